"""Files and folders into a workspace: read, extract, claim, append; the graph follows."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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

from .ask import Endpoint
from .pipeline import document_claims, source_id_of, walk
from .read import Document, is_archive, read_each
from .tables import Extraction
from .workers import FEW, Workers, cores

_BY_HAND = """SELECT claim, source, locator, quote FROM evidence
    WHERE live AND method = 'human' AND list_contains($1::VARCHAR[], source)"""
DOCUMENTS, CLAIMS = 200, 50_000
"""Documents and claims that are taken in together at most: what a load holds in memory, and loses if it is stopped."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the user says about a file:
    the place it is about, its date, what its columns are, which types it lists in full,
    the model to ask about its text.
    """

    place: str | None = None
    published: str | None = None
    mapping: Mapping[str, object] | None = None
    complete: Sequence[str] = ()
    endpoint: Endpoint | None = None


def load(workspace: Workspace, paths: Sequence[Path], given: Given = Given(), workers: int | None = None) -> Report:
    """Load documents and tables (files, or folders with all that is in them) as one load; see `load_each`."""
    files = [(file, given) for file in dict.fromkeys(walk(paths))]
    if not files:
        raise BadInput(
            f"there is no file in {', '.join(map(str, paths))}; give documents or tables, or a folder that holds some"
        )
    return load_each(workspace, files, workers)


def load_each(workspace: Workspace, files: Sequence[tuple[Path, Given]], workers: int | None = None) -> Report:
    """Load files, each with what is said about it; the graph is brought up to date once, at the end.

    Many are read by as many `workers` as there are processors, one if told so; the claims are the same.

    Claims are appended a few hundred documents at a time, those of one document together or not at all; a load that was
    stopped goes on where it was when the same is loaded again. A file that was loaded before from the same path
    replaces its earlier version: only what differs is written; one that is as it was, read by the same rules and
    without a refusal, is not read again. What cannot be read is refused by name and the rest is kept. Raises BadInput,
    and changes nothing, if no file can be read.
    """
    assert workspace.id
    with workspace.writing("load " + ", ".join(file.name for file, _ in files[:3])):
        taking = _Taking(workspace, _Origins(workspace))
        for batch in _batches(_read(workspace, files, taking, workers)):
            taking.append(batch)
        if not taking.origins.now and not taking.unchanged:
            raise BadInput("\n".join(map(str, taking.report.refusals)))
        if taking.unchanged:
            taking.report.notes.append(f"unchanged since they were loaded: {taking.unchanged} documents")
        if taking.asked:
            said = ", ".join(f"{count} {what}" for what, count in sorted(taking.asked.items()))
            taking.report.notes.append(f"of what the language model said: {said}")
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
class Done:
    """One document on its way into the log."""

    id: str
    path: Path
    state: str
    found: Extraction


@dataclass(frozen=True, slots=True)
class Job:
    """A file to read, or a document of an archive that is read already; `state` is what its claims followed from."""

    path: Path
    given: Given
    id: str
    state: str | None = None
    document: Document | None = None


Result = Done | BadInput | None
"""What became of a file: its claims, why it was refused, or None where it is as it was."""


def do(job: Job) -> tuple[Job, Result]:
    """Read one file and make its claims; the same wherever it is done."""
    try:
        found: Result = None
        for _, document in _documents(job):
            if isinstance(document, BadInput):
                raise document
            found = _claims(job, document)
        return replace(job, document=None), found
    except BadInput as error:
        return replace(job, document=None), error


def _documents(job: Job) -> Iterable[tuple[Path, Document | BadInput]]:
    if job.document:
        return [(job.path, job.document)]
    return read_each(job.path, lambda path, sha256: job.state is None or job.state != _state(sha256, job.given))


def _died(job: Job) -> tuple[Job, Result]:
    return replace(job, document=None), BadInput(
        f"{job.path}: the process that read it ended, perhaps for want of memory; load it alone or leave it out"
    )


def _read(
    workspace: Workspace, files: Sequence[tuple[Path, Given]], taking: _Taking, workers: int | None
) -> Iterator[Done]:
    """The claims of every document that is new or changed; what cannot be read is reported."""
    count = min(cores(), len(files)) if workers is None else workers
    if count < 2 or (workers is None and len(files) < FEW):
        yield from taking.sort_out(map(do, _jobs(workspace, files, taking)))
        return
    with Workers[Job, tuple[Job, Result]](count, _died) as pool:
        yield from taking.sort_out(pool.map(_jobs(workspace, files, taking)))


def _jobs(workspace: Workspace, files: Sequence[tuple[Path, Given]], taking: _Taking) -> Iterator[Job]:
    """A job for each file, and for each file in an archive, with the id that its source has or gets."""
    progress = workspace.progress or (lambda step, done, total: None)
    for number, (file, given) in enumerate(files):
        progress("reading", number, len(files))
        if not is_archive(file):
            yield Job(file, given, taking.origins.id_of(file), taking.state_of(file))
            continue
        for path, document in read_each(file, _Wanted(taking, given)):
            if isinstance(document, BadInput):
                taking.refuse(path, document)
            else:
                yield Job(path, given, taking.origins.id_of(path), None, document)
    progress("reading", len(files), len(files))


def _claims(job: Job, document: Document) -> Done:
    given = job.given
    found = document_claims(
        document,
        place=given.place,
        published=given.published,
        mapping=given.mapping,
        complete=given.complete,
        source_id=job.id,
        endpoint=given.endpoint,
    )
    return Done(job.id, job.path, _state(document.sha256, given), found)


def _batches(documents: Iterable[Done]) -> Iterator[list[Done]]:
    batch: list[Done] = []
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
        self.asked: Counter[str] = Counter()
        self.texts: dict[str, tuple[str, str]] = {}
        self.checker = Checker(set(workspace.sources()), self._text)
        with workspace.log.attach() as con:
            self.live = {id for (id,) in con.execute("SELECT id FROM source WHERE status = 'live'").fetchall()}

    def sort_out(self, results: Iterable[tuple[Job, Result]]) -> Iterator[Done]:
        """Give on what has claims; note what was refused or is as it was."""
        for job, result in results:
            if isinstance(result, BadInput):
                self.refuse(job.path, result)
            elif result is None:
                self.unchanged += 1
            else:
                self.origins.take(job.id, job.path)
                yield result

    def refuse(self, path: Path, error: BadInput) -> None:
        """Report a file that cannot be read."""
        reason = str(error).removeprefix(str(path)).lstrip(": ")
        self.report.refusals.append(Refusal(_shown(path), 0, reason))

    def state_of(self, path: Path) -> str | None:
        """What the claims of a file that is in the graph followed from."""
        id = self.origins.known_id(path)
        return self.origins.state(id) if id is not None and id in self.live else None

    def _text(self, source: str) -> str | None:
        return self.texts[source][1] if source in self.texts else None

    def append(self, batch: Sequence[Done]) -> None:
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
            whole = _shown(done.path) not in refused and not done.found.unanswered
            self.origins.settle(done.id, done.state if whole else None)
            self.asked += done.found.asked
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


def _add(loading: Loading, done: Done) -> None:
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
    said: list[object] = [sha256, given.place, given.published, given.mapping, [*given.complete], _rules()]
    said += [given.endpoint.url, given.endpoint.model] if given.endpoint else []
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()[:16]


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
        if self.taking.state_of(path) != _state(sha256, self.given):
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
        """The id that a file has or gets; nobody else gets it then."""
        id = self.known_id(path)
        if id is None:
            id = self.ids[str(path.resolve())] = source_id_of(path, self.taken)
            self.taken.add(id)
        return id

    def take(self, id: str, path: Path) -> None:
        """Note that a file is read now."""
        self.now[id] = {"path": str(path.resolve()), "state": None}

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
