"""The words of a norm, from the text of the law where that has been loaded as a document of the workspace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from .packs import Pack

if TYPE_CHECKING:
    from govgraph.graph.log import Log
    from govgraph.graph.workspace import Workspace

_NEXT = r"(?=^[ \t\u3000#]*第[零〇一二三四五六七八九十百千]+[条章节编]\s|\Z)"


def quote_norms(workspace: Workspace, packs: Iterable[Pack], norms: Iterable[dict[str, object]]) -> None:
    """Fill in `quote` of rows of norms whose law is among the documents, by its sha256 or else by its full name."""
    unquoted = [norm for norm in norms if norm["quote"] is None]
    if not unquoted:
        return
    known = {pack.law: pack for pack in packs}
    documents = _documents(workspace.log, workspace.log.version())
    for norm in unquoted:
        pack = known[str(norm["law"])]
        sha256 = documents.get(pack.sha256 or pack.name)
        if sha256:
            with suppress(FileNotFoundError):
                text = _text(workspace.root / "texts" / f"{sha256}.txt")
                norm["quote"] = article(text, str(norm["article"]))


def article(text: str, heading: str) -> str | None:
    """An article with its heading (第十七条), exactly as it stands in the text; None where it does not."""
    match = re.search(rf"^[ \t\u3000]*({re.escape(heading)}\s.*?){_NEXT}", text, re.MULTILINE | re.DOTALL)
    return match.group(1).rstrip() if match else None


@lru_cache(maxsize=8)
def _documents(log: Log, version: str) -> Mapping[str, str]:
    """The hashes of the live documents in a version of the log, by title and by themselves."""
    with log.attach() as con:
        rows = con.execute("SELECT title, sha256 FROM source WHERE status = 'live' AND sha256 IS NOT NULL").fetchall()
    found = cast("list[tuple[str, str]]", rows)
    return {name: sha256 for title, sha256 in found for name in (title.strip("《》"), sha256)}


@lru_cache(maxsize=64)
def _text(file: Path) -> str:
    """A text, which never changes: its name is its hash."""
    with open(file, encoding="utf-8", newline="") as handle:  # line ends as they were written
        return handle.read()
