"""Plain text and Markdown, as they stand: quotes point into the raw text."""

from __future__ import annotations

from pathlib import Path

from govgraph.graph.errors import BadInput

from .document import Document, of_text
from .encoding import EXPECTED, decode
from .fit import LIKELY, NO, POSSIBLE, is_plain

SUFFIXES = (".md", ".txt")


def fits(data: bytes, suffix: str) -> int:
    """Any text that is not marked up fits; the ending makes it likely."""
    if not is_plain(data) or decode(data) is None:
        return NO
    return LIKELY if suffix in SUFFIXES else POSSIBLE


def read(path: Path, data: bytes) -> Document:
    """The text, decoded."""
    found = decode(data)
    if found is None:
        raise BadInput(f"{path}: not {EXPECTED}; save it as UTF-8")
    return of_text(path, data, *found)
