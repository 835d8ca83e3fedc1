"""Files and folders into a workspace: read, extract, claim, append; the graph follows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files as resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypedDict, cast

import yaml

from govgraph.graph import reviews
from govgraph.graph.claim import Checker
from govgraph.graph.errors import BadInput
from govgraph.graph.log import Refusal, Report
from govgraph.graph.workspace import Loading, Workspace, now, write_text

from .pipeline import document_claims, source_id_of, walk
from .read import Document, read_each
from .tables import Extraction

_BY_HAND = """SELECT claim, source, locator, quote FROM evidence
    WHERE live AND method = 'human' AND list_contains($1::VARCHAR[], source)"""
DOCUMENTS, CLAIMS = 200, 50_000
"""Documents and claims that are taken in together at most: what a load holds in memory, and loses if it is stopped."""


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
    files = [(file, given) for file in dict.fromkeys(walk(paths))]
    if not files:
        raise BadInput(
            f"there is no file in {', '.join(map(str, paths))}; give documents or tables, or a folder that holds some"
        )
    return load_each(workspace, files)


def load_each(workspace: Workspace, files: Sequence[tuple[Path, Given]]) -> Report:
    """Load files, each with what is said about it; the graph is brought up to date once, at the end.

    Claims are appended a few hundred documents at a time, those of one document together or not at all; a load that was
    stopped goes on where it was when the same is loaded again. A file that was loaded before from the same path
    replaces its earlier version: only what differs is written; one that is as it was, read by the same rules and
    without a refusal, is not read again. What cannot be read is refused by name and the rest is kept. Raises BadInput,
    and changes nothing, if no file can be read.
    """
    assert workspace.id
    with workspace.writing("load " + ", ".join(file.name for file, _ in files[:3])):
        taking = _Taking(workspace, _Origins(workspace))
        for batch in _batches(_read(workspace, files, taking)):
            taking.append(batch)
        if not taking.origins.now and not taking.unchanged:
            raise BadInput("\n".join(map(str, taking.report.refusals)))
        if taking.unchanged:
            taking.report.notes.append(f"unchanged since they were loaded: {taking.unchanged} documents")
        workspace.log.merge()
        workspace.refresh()
    return taking.report


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


@dataclass(slots=True)
class _Done:
    """One document on its way into the log."""

    id: str
    path: Path
    state: str
    found: Extraction


def _read(workspace: Workspace, files: Sequence[tuple[Path, Given]], taking: _Taking) -> Iterator[_Done]:
    """The claims of every document that is new or changed; what cannot be read is reported."""
    progress = workspace.progress or (lambda step, done, total: None)
    for number, (file, given) in enumerate(files):
        progress("reading", number, len(files))
        wanted = _Wanted(taking, given)
        for path, document in read_each(file, wanted):
            try:
                if isinstance(document, BadInput):
                    raise document
                yield _claims(path, document, given, taking.origins)
            except BadInput as error:
                reason = str(error).removeprefix(str(path)).lstrip(": ")
                taking.report.refusals.append(Refusal(_shown(path), 0, reason))
    progress("reading", len(files), len(files))


def _claims(path: Path, document: Document, given: Given, origins: _Origins) -> _Done:
    id = origins.id_of(path)
    found = document_claims(
        document,
        place=given.place,
        published=given.published,
        mapping=given.mapping,
        complete=given.complete,
        source_id=id,
    )
    state = _state(document.sha256, given)
    origins.take(id, path)
    return _Done(id, path, state, found)


def _batches(documents: Iterable[_Done]) -> Iterator[list[_Done]]:
    batch: list[_Done] = []
    for document in documents:
        batch.append(document)
        if len(batch) >= DOCUMENTS or sum(len(done.found.claims) for done in batch) >= CLAIMS:
            yield batch
            batch = []
    if batch:
        yield batch


class _Taking:
    """Appends batches of documents to the log, and adds up what became of them."""

    def __init__(self, workspace: Workspace, origins: _Origins) -> None:
        self.workspace, self.origins = workspace, origins
        self.report = Report()
        self.unchanged = 0
        self.texts: dict[str, tuple[str, str]] = {}
        self.checker = Checker(set(workspace.sources()), self._text)
        with workspace.log.attach() as con:
            self.live = {id for (id,) in con.execute("SELECT id FROM source WHERE status = 'live'").fetchall()}

    def _text(self, source: str) -> str | None:
        return self.texts[source][1] if source in self.texts else None

    def append(self, batch: Sequence[_Done]) -> None:
        """Append the claims of some documents as one part: all of them, or none if it is interrupted."""
        log = self.workspace.log
        with log.staging(now()) as staging:
            self.origins.reserve(done.id for done in batch)
            loading = Loading(staging, self.checker, kept=["human"])
            self.texts = loading.texts
            for done in batch:
                _add(loading, done)
            self._follow(loading)
            loading.finish(self.workspace.root / "texts")
        refused = {refusal.file for refusal in loading.report.refusals}
        for done in batch:
            self.origins.settle(done.id, None if _shown(done.path) in refused else done.state)
        self.origins.write()
        log.merge()
        self._count(loading.report)

    def _follow(self, loading: Loading) -> None:
        """What people said of the sources that are replaced stays, as far as the words that they quote still stand."""
        log, replaced = self.workspace.log, set(loading.replaces) & self.texts.keys()
        if not replaced:
            return
        for entry in reviews.follow(log.reviews.read(), replaced, self._text):
            log.reviews.append(entry | {"when": now()})
        with log.attach(reviewed=False) as con:
            rows = con.execute(_BY_HAND, [sorted(replaced)]).fetchall()
        for id, source, locator, quote in rows:
            at = json.loads(locator)
            if "end" in at and (self._text(source) or "")[at["start"] : at["end"]] != quote:
                loading.staging.event("withdraw", id)

    def _count(self, report: Report) -> None:
        total = self.report
        total.claims += report.claims
        total.known += report.known
        total.sources += report.sources
        total.withdrawn += report.withdrawn
        total.refusals = sorted(total.refusals + report.refusals, key=lambda r: (r.file, r.line))
        total.notes += report.notes


def _add(loading: Loading, done: _Done) -> None:
    found, file = done.found, _shown(done.path)
    if done.id in loading.checker.sources:
        loading.replaces.append(done.id)
    if found.text is not None:
        loading.texts[done.id] = found.sha256, found.text
    for claim in found.claims:
        loading.add(claim, file, _line(claim))
    loading.report.refusals += [_refusal(file, text) for text in found.refusals]
    loading.report.notes += [f"{file}: {note}" for note in found.notes]


def _refusal(file: str, text: str) -> Refusal:
    line, _, reason = text.partition(": ")
    return Refusal(file, int(line), reason)


def _shown(path: Path) -> str:
    """A path as it can be printed: a name may hold line ends, or marks that turn what follows around."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(path))


def _line(claim: Mapping[str, object]) -> int:
    """Where the first evidence of a claim stands: its line or row, 0 if it has none."""
    evidence = claim.get("evidence")
    first = evidence[0] if isinstance(evidence, list) and evidence else evidence
    locator = first.get("locator") if isinstance(first, dict) else None
    line = (locator.get("line") or locator.get("row")) if isinstance(locator, dict) else None
    return line if isinstance(line, int) else 0


def _state(sha256: str, given: Given) -> str:
    """What the claims of a file follow from: its bytes, what was said about it, and the rules."""
    said = json.dumps([sha256, given.place, given.published, given.mapping, [*given.complete], _rules()], default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@cache
def _rules() -> str:
    """A digest of everything that decides what is read from a file: the code here, its words, the vocabulary."""
    digest = hashlib.sha256()
    for package in ("govgraph.ingest", "govgraph.graph.vocabulary"):
        for file in _files(resources(package)):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _files(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _files(entry)
        elif entry.name.endswith((".py", ".yaml", ".txt", ".tsv", ".csv")):
            yield entry


class _Wanted:
    """Whether a file of this load has to be read; those that need not are counted."""

    def __init__(self, taking: _Taking, given: Given) -> None:
        self.taking, self.given = taking, given

    def __call__(self, path: Path, sha256: str) -> bool:
        origins = self.taking.origins
        id = origins.known_id(path)
        if id is None or id not in self.taking.live or origins.state(id) != _state(sha256, self.given):
            return True
        self.taking.unchanged += 1
        return False


class Origin(TypedDict):
    """Where a source came from, and what its claims followed from when nothing of it was refused."""

    path: str
    state: str | None


@dataclass
class _Origins:
    """Which file a source was read from, so that its next version is known as such.

    Kept beside the claims, never exported.
    """

    workspace: Workspace
    known: dict[str, Origin] = field(init=False)
    now: dict[str, Origin] = field(default_factory=dict[str, Origin], init=False)

    def __post_init__(self) -> None:
        self.file = self.workspace.log.folder / "origins.json"
        found = cast("dict[str, Origin | str]", json.loads(self.file.read_text("utf-8")) if self.file.exists() else {})
        self.known = {id: {"path": o, "state": None} if isinstance(o, str) else o for id, o in sorted(found.items())}
        self.ids = {origin["path"]: id for id, origin in reversed(self.known.items())}
        self.taken = set(self.workspace.sources()) | self.known.keys()

    def known_id(self, path: Path) -> str | None:
        """The id of the source that was read from a file."""
        return self.ids.get(str(path.resolve()))

    def state(self, id: str) -> str | None:
        """What the claims of a source followed from."""
        return self.known[id]["state"] if id in self.known else None

    def id_of(self, path: Path) -> str:
        """The id that a file has or gets."""
        return self.known_id(path) or source_id_of(path, self.taken)

    def take(self, id: str, path: Path) -> None:
        """Note that a file is read now."""
        resolved = str(path.resolve())
        self.now[id] = {"path": resolved, "state": None}
        self.ids[resolved] = id
        self.taken.add(id)

    def reserve(self, ids: Iterable[str]) -> None:
        """Write down, before they are in the log, whose ids these are: after a crash nothing must be there twice."""
        self.known |= {id: self.now[id] for id in ids}
        self.write()

    def settle(self, id: str, state: str | None) -> None:
        """Note that the claims of a source are in the log."""
        self.known[id] = {"path": self.now[id]["path"], "state": state}

    def write(self) -> None:
        """Write down what is in the log."""
        write_text(self.file, json.dumps(self.known, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
