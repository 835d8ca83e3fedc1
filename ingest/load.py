"""Files and folders into a workspace: read, extract, claim, append; the graph follows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from govgraph.graph.errors import BadInput
from govgraph.graph.log import Refusal, Report
from govgraph.graph.workspace import Loading, Workspace, write_text

from .pipeline import load_document, source_id_of, walk


@dataclass(frozen=True, slots=True)
class Given:
    """What the user says about a file:
    the place it is about, its date, what its columns are, which types it lists in full.
    """

    place: str | None = None
    published: str | None = None
    mapping: Mapping[str, object] | None = None
    complete: Sequence[str] = ()


def load(workspace: Workspace, paths: Sequence[Path], given: Given = Given()) -> Report:
    """Load documents and tables (files, or folders with all that is in them) as one load; see `load_each`."""
    files = [(file, given) for file in walk(paths)]
    if not files:
        raise BadInput(
            f"there is no file in {', '.join(map(str, paths))}; give documents or tables, or a folder that holds some"
        )
    return load_each(workspace, files)


def load_each(workspace: Workspace, files: Sequence[tuple[Path, Given]]) -> Report:
    """Load files, each with what is said about it, as one load.

    A file that was loaded before from the same path replaces its earlier version: only what differs is written. What
    cannot be read is refused by name and the rest is kept. Raises BadInput, and changes nothing, if no file can be
    read.
    """
    with workspace.loading("load " + ", ".join(file.name for file, _ in files[:3])) as loading:
        origins = _Origins(workspace)
        for number, (file, given) in enumerate(files):
            if workspace.progress:
                workspace.progress("reading", number, len(files))
            try:
                _load_one(loading, file, origins, given)
            except BadInput as error:
                loading.report.refusals.append(Refusal(str(file), 0, str(error).removeprefix(f"{file}: ")))
        if workspace.progress:
            workspace.progress("reading", len(files), len(files))
        if not origins.now:
            raise BadInput("\n".join(map(str, loading.report.refusals)))
        origins.write()
    return loading.report


def read_mapping(file: Path) -> Mapping[str, object]:
    """Read a `--map` file. Raises BadInput if it is missing or no YAML mapping."""
    try:
        found = yaml.safe_load(file.read_text("utf-8"))
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} is not YAML: {error}") from None
    if not isinstance(found, dict):
        raise BadInput(f"{file} is no mapping of columns to what they hold; docs/tables.md shows one")
    return found


def _load_one(loading: Loading, file: Path, origins: _Origins, given: Given) -> None:
    id = origins.id_of(file)
    found = load_document(
        file, place=given.place, published=given.published, mapping=given.mapping, complete=given.complete, source_id=id
    )
    origins.take(id, file)
    if id in loading.checker.sources:
        loading.replaces.append(id)
    if found.text is not None:
        loading.texts[id] = found.sha256, found.text
    for claim in found.claims:
        loading.add(claim, str(file), _line(claim))
    loading.report.refusals += [_refusal(file, text) for text in found.refusals]
    loading.report.notes += [f"{file}: {note}" for note in found.notes]


def _refusal(file: Path, text: str) -> Refusal:
    line, _, reason = text.partition(": ")
    return Refusal(str(file), int(line), reason)


def _line(claim: Mapping[str, object]) -> int:
    """Where the first evidence of a claim stands: its line or row, 0 if it has none."""
    evidence = claim.get("evidence")
    first = evidence[0] if isinstance(evidence, list) and evidence else evidence
    locator = first.get("locator") if isinstance(first, dict) else None
    line = (locator.get("line") or locator.get("row")) if isinstance(locator, dict) else None
    return line if isinstance(line, int) else 0


class _Origins:
    """Which file a source was read from, so that its next version is known as such.

    Kept beside the claims, never exported.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.file = workspace.log.folder / "origins.json"
        self.known: dict[str, str] = json.loads(self.file.read_text("utf-8")) if self.file.exists() else {}
        self.taken = set(workspace.sources()) | self.known.keys()
        self.now: dict[str, str] = {}

    def id_of(self, file: Path) -> str:
        mine = self._mine(str(file.resolve()))
        return next(mine, None) or source_id_of(file, self.taken)

    def _mine(self, path: str) -> Iterator[str]:
        return (id for id, origin in sorted((self.known | self.now).items()) if origin == path)

    def take(self, id: str, file: Path) -> None:
        self.now[id] = str(file.resolve())
        self.taken.add(id)

    def write(self) -> None:
        write_text(self.file, json.dumps(self.known | self.now, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
