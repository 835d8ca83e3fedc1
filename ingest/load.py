"""Files and folders into a workspace: read, extract, claim, append; the graph follows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from govgraph.graph.errors import BadInput
from govgraph.graph.log import Refusal, Report
from govgraph.graph.workspace import Loading, Workspace, write_text

from .pipeline import load_document, source_id_of, walk


def load(
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    place: str | None = None,
    published: str | None = None,
    mapping: Mapping[str, object] | None = None,
    complete: Sequence[str] = (),
) -> Report:
    """Load documents and tables (files, or folders with all that is in them) as one load.

    A file that was loaded before from the same path replaces its earlier version: only what differs is written. What
    cannot be read is refused by name and the rest is kept. Raises BadInput, and changes nothing, if a path does not
    exist or no file can be read.
    """
    files = list(walk(paths))
    if not files:
        raise BadInput(f"there is no file in {', '.join(map(str, paths))}; give documents or tables, or a folder that holds some")
    with workspace.loading("load " + ", ".join(path.name for path in paths)) as loading:
        origins = _Origins(workspace)
        for number, file in enumerate(files):
            if workspace.progress:
                workspace.progress(f"reading {file.name}", number, len(files))
            try:
                _load_one(loading, file, origins, place, published, mapping, complete)
            except BadInput as error:
                loading.report.refusals.append(Refusal(str(file), 0, str(error).removeprefix(f"{file}: ")))
        if not origins.now:
            raise BadInput("\n".join(map(str, loading.report.refusals)))
        if workspace.progress:
            workspace.progress("reading", len(files), len(files))
        origins.write()
    return loading.report


def _load_one(
    loading: Loading,
    file: Path,
    origins: _Origins,
    place: str | None,
    published: str | None,
    mapping: Mapping[str, object] | None,
    complete: Sequence[str],
) -> None:
    id = origins.id_of(file)
    found = load_document(file, place=place, published=published, mapping=mapping, complete=complete, source_id=id)
    origins.take(id, file)
    if id in loading.checker.sources:
        loading.replaces.append(id)
    if found.text is not None:
        loading.texts[id] = (found.sha256, found.text)
    for claim in found.claims:
        loading.add(claim, str(file), _line(claim))
    loading.report.refusals += [Refusal(str(file), 0, refusal) for refusal in found.refusals]
    loading.report.notes += [f"{file}: {note}" for note in found.notes]


def _line(claim: Mapping[str, object]) -> int:
    evidence = claim.get("evidence")
    locator = evidence.get("locator") if isinstance(evidence, dict) else None
    line = (locator.get("line") or locator.get("row")) if isinstance(locator, dict) else None
    return line if isinstance(line, int) else 0


class _Origins:
    """Which file a source was read from, so that its next version is known as such. Kept beside the claims, never exported."""

    def __init__(self, workspace: Workspace) -> None:
        self.file = workspace.log.folder / "origins.json"
        self.known: dict[str, str] = json.loads(self.file.read_text("utf-8")) if self.file.exists() else {}
        self.taken = set(workspace.sources())
        self.now: dict[str, str] = {}

    def id_of(self, file: Path) -> str:
        path = str(file.resolve())
        mine = {id for id, origin in self.known.items() if origin == path}
        return next(iter(sorted(mine)), None) or source_id_of(file, self.taken | self.known.keys())

    def take(self, id: str, file: Path) -> None:
        self.now[id] = str(file.resolve())
        self.taken.add(id)

    def write(self) -> None:
        write_text(self.file, json.dumps(self.known | self.now, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
