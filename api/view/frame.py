"""A page inside a notebook: in a frame of its own, from the page itself, so that no file has to lie anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

FRAME = (
    '<iframe title="govgraph" sandbox="allow-scripts allow-downloads" srcdoc="{}" width="100%" height="{}" '
    'style="border:1px solid #ddd"></iframe>'
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a notebook shows of a page."""

    page: str
    height: str = "620px"

    def _repr_html_(self) -> str:
        return FRAME.format(escape(self.page, quote=True), escape(self.height, quote=True))
