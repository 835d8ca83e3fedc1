"""From a scene to a file, by the ending of its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from govgraph.graph.errors import BadInput
from govgraph.graph.vocabulary import Tier
from govgraph.graph.workspace import Workspace

from .exchange import to_gexf, to_graphml
from .look import Lang
from .page import to_html, write
from .scene import Scene, scene, seen_by
from .svg import to_svg

FORMATS: Mapping[str, Callable[[Scene, Lang], str]] = {
    ".html": lambda scene, lang: to_html(scene, lang=lang),
    ".svg": lambda scene, lang: to_svg(scene, lang=lang),
    ".gexf": lambda scene, lang: to_gexf(scene, lang=lang),
    ".graphml": lambda scene, lang: to_graphml(scene, lang=lang),
}


def draw(workspace: Workspace, file: Path, *, lang: Lang = "zh", tier: Tier = "public", **what: Any) -> Scene:
    """Write a picture of what `scene` takes, as far as a tier may see it, in the format that the file is named for.

    Raises BadInput for another ending, NotFound for a name that nobody bears.
    """
    made = FORMATS.get(file.suffix.lower())
    if made is None:
        raise BadInput(f"{file.name} is no picture that can be made; name it {', '.join(FORMATS)}")
    drawn = scene(seen_by(workspace, tier), tier=tier, **what)
    write(file, made(drawn, lang))
    return drawn


def rendered(workspace: Workspace, *, lang: Lang = "zh", tier: Tier = "public", **what: Any) -> str:
    """The page itself, for notebooks."""
    return to_html(scene(seen_by(workspace, tier), tier=tier, **what), lang=lang)
