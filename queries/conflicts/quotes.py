"""The words of a norm, from the text of the law where that has been loaded as a document of the workspace."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from .packs import Pack

if TYPE_CHECKING:
    from govgraph.graph.workspace import Workspace

_NEXT = r"(?=^[ \t\u3000#]*第[零〇一二三四五六七八九十百千]+[条章节编]\s|\Z)"


def quote_norms(workspace: Workspace, packs: Iterable[Pack], norms: Iterable[dict[str, object]]) -> None:
    """Fill in `quote` of rows of norms whose law is among the documents, by its sha256 or else by its full name."""
    unquoted = [norm for norm in norms if norm["quote"] is None]
    if not unquoted:
        return
    known = {pack.law: pack for pack in packs}
    texts = _texts(workspace)
    for norm in unquoted:
        pack = known[str(norm["law"])]
        text = texts.get(pack.sha256 or pack.name)
        norm["quote"] = article(text, str(norm["article"])) if text else None


def article(text: str, heading: str) -> str | None:
    """An article with its heading (第十七条), exactly as it stands in the text; None where it does not."""
    match = re.search(rf"^[ \t\u3000]*({re.escape(heading)}\s.*?){_NEXT}", text, re.MULTILINE | re.DOTALL)
    return match.group(1).rstrip() if match else None


def _texts(workspace: Workspace) -> dict[str, str]:
    """The texts of the live documents by title and by hash."""
    with workspace.log.attach() as con:
        rows = con.execute("SELECT title, sha256 FROM source WHERE status = 'live' AND sha256 IS NOT NULL").fetchall()
    found = cast("list[tuple[str, str]]", rows)
    texts: dict[str, str] = {}
    for title, sha256 in found:
        file = workspace.root / "texts" / f"{sha256}.txt"
        if file.exists():
            texts[title.strip("《》")] = texts[sha256] = _read(file)
    return texts


def _read(file: Path) -> str:
    with open(file, encoding="utf-8", newline="") as handle:  # line ends as they were written
        return handle.read()
