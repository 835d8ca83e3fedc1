"""A workspace: a folder with the claims, the texts they quote, and everything that can be built again from them.

    claims/     the log and the decisions (never thrown away)      compiled/  the tables the graph was built from
    texts/      what the readers read, by the hash of the file     engine/    the private server
    packs/ patterns/  the user's own norms and patterns            lock       held by the one who writes

Writing goes one way: claims are appended, then the log is compiled, then the difference is written to the graph. A
crash leaves the old or the new state of each, and whoever comes next completes the work. Readers never wait.
"""

from __future__ import annotations

import fcntl
import gc
import getpass
import json
import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, wraps
from pathlib import Path
from threading import Event, Thread
from typing import ParamSpec, TypeVar

from . import compile as compiler
from . import engine
from .checking import Line, Texts, check_all
from .claim import Body, Checker
from .errors import BadInput, Busy, Damaged, GovgraphError, Moved, NotFound
from .log import Log, Refusal, Report, Staging, connect, find_source, quoted_paths, sync_folder
from .lookup import KEPT, Lookup
from .settings import Settings
from .store import Difference, Store, open_store

FORMAT = 1
FEW = 200  # claims whose evidence is looked up one by one; the words behind more are read from the table
Progress = Callable[[str, int, int], None]
Evidence = dict[str, object]
TRIES = 10  # of an answer that loads keep changing under it
_EVIDENCE = ("claim", "source", "title", "locator", "quote")
_P = ParamSpec("_P")
_T = TypeVar("_T")


def consistent(answer: Callable[_P, _T]) -> Callable[_P, _T]:
    """For an answer made of several statements: all of it is from one state of the graph. Where a load came between
    them it is asked again, so that it must only read. Raises Moved where loads follow one another too fast for it."""

    @wraps(answer)
    def asked(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        with calm():
            for _ in range(TRIES - 1):
                try:
                    return answer(*args, **kwargs)
                except Moved:
                    continue
            return answer(*args, **kwargs)

    return asked


@contextmanager
def calm() -> Iterator[None]:
    """Inside the block Python does not look for cycles among its objects. An answer about a city is a hundred thousand
    of them and more, none in a cycle; going through all of them again and again took half of its time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Workspace:
    """A workspace in a folder, made on first use. Raises BadInput for one that a newer govgraph has written."""

    def __init__(self, root: Path, settings: Settings | None = None, progress: Progress | None = None) -> None:
        self.root = root.resolve()
        self.settings = settings or Settings.from_environment()
        self.progress = progress
        self.log = Log(self.root / "claims")
        self.compiled = self.root / "compiled"
        self._kept: Store | None = None
        self._lookup: tuple[Path, Lookup] | None = None
        self._seen: str | None = None  # the version of the graph that was read last
        self._identity()

    @cached_property
    def id(self) -> str:
        """A random name of this workspace, so that no two write to one database."""
        if not (known := self._identity()):
            with self.writing("make the workspace"):
                if not (known := self._identity()):
                    known = uuid.uuid4().hex
                    write_text(self.root / "workspace.json", json.dumps({"format": FORMAT, "id": known}) + "\n")
        return known

    def _identity(self) -> str | None:
        file = self.root / "workspace.json"
        try:
            found = json.loads(file.read_text("utf-8"))
            form, name = int(found["format"]), str(found["id"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            raise BadInput(f"{file} is not readable; is {self.root} a workspace? --workspace names another") from None
        if form > FORMAT:
            raise BadInput(
                f"{self.root} was written by a newer govgraph (format {form}, not {FORMAT}); install that one"
            )
        return name

    # --- writing -----------------------------------------------------------------------------------------------------
    @contextmanager
    def writing(self, what: str) -> Iterator[None]:
        """Hold the workspace's lock. Raises Busy, naming the process that holds it, instead of waiting."""
        self.root.mkdir(parents=True, exist_ok=True)
        with open(self.root / "lock", "a+", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise Busy(
                    f"{self.root} is being written to ({lock.read().strip() or 'by another'}); try again after that"
                ) from None
            lock.truncate(0)
            lock.write(f"{what}, process {os.getpid()}, since {now()}")
            lock.flush()
            try:
                yield
            finally:
                lock.truncate(0)

    @contextmanager
    def loading(self, what: str) -> Iterator[Loading]:
        """Take claims in: check each, append them as one part when the block ends well, and bring the graph up to
        date.
        """
        assert self.id
        with self.writing(what), self._starting(), self.log.staging(now()) as staging:
            loading = Loading(staging, stored=Texts(self.root / "texts", self.sources()))
            loading.checker = _checker(loading.stored, loading.texts)
            yield loading
            loading.finish(self.root / "texts")
            self.log.merge()
            self.refresh()

    @contextmanager
    def _starting(self) -> Iterator[None]:
        """Inside the block the private server starts, which takes as long as reading a few thousand claims."""
        ended = Event()

        def hold() -> None:
            with suppress(GovgraphError, OSError), engine.lease(self.root / "engine", self.settings):
                ended.wait()

        if self.settings.uri is None:
            Thread(target=hold, daemon=True).start()
        try:
            yield
        finally:
            ended.set()

    def retract(self, source: str) -> Report:
        """Take a source back: what rested on it alone goes. Raises NotFound for a source that was never loaded."""
        with self.log.attach() as con:
            find_source(con, source)
        with self.loading(f"retract {source}") as loading:
            loading.staging.event("retract", source)
        return loading.report

    def decide(self, kind: str, **what: str) -> dict[str, str]:
        """Record a decision: `same` or `different` with the keys `a` and `b`, or `undo` with `decision`."""
        assert self.id
        with self.writing(kind):
            known = {d["id"] for d in self.log.decisions()}
            if kind == "undo" and what["decision"] not in known:
                raise NotFound(f"no decision {what['decision']} was taken; `govgraph decisions` lists them")
            decision = self.log.decide({"kind": kind, **what, "who": getpass.getuser(), "when": now()})
            self.refresh()
        return decision

    def rebuild(self) -> compiler.Compiled:
        """Throw the graph away and build it again from claims and decisions."""
        assert self.id
        with self.writing("rebuild"):
            shutil.rmtree(self.compiled, ignore_errors=True)
            return self.refresh(anew=True)

    def refresh(self, anew: bool = False) -> compiler.Compiled:
        """Bring compiled tables and graph up to the log. Needs the lock; does nothing if they are."""
        self._seen = None
        version = compiler.version(self.log)
        found = self._compile(version)
        try:
            before = self._bring(version, anew)
        except Damaged:
            shutil.rmtree(self.root / "engine", ignore_errors=True)
            before = self._bring(version, anew=True)
        for folder in self.compiled.iterdir():
            if folder.name not in (version, before):  # readers may still be asking the graph from before
                shutil.rmtree(folder, ignore_errors=True)
        return found

    def _bring(self, version: str, anew: bool) -> str | None:
        """Bring the graph to a version whose tables are compiled, by the difference, or anew where that is not known.

        Gives the version that the graph had before.
        """
        with self._open(write=True) as store:
            there = store.version()
            if there == version and not anew:
                return there
            old = self.compiled / there if there else None
            if anew or old is None or compiler.read(old) is None:
                store.replace(self.compiled / version, version, self.progress)
            else:
                changes = difference(old, self.compiled / version)
                store.apply(changes, self.compiled / version, version, self.progress)
            return there

    def _compile(self, version: str) -> compiler.Compiled:
        folder = self.compiled / version
        if found := compiler.read(folder):
            return found
        shutil.rmtree(folder, ignore_errors=True)
        self.compiled.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(dir=self.compiled, prefix=".new-"))
        try:
            found = compiler.compile(self.log, new)
            new.rename(folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        sync_folder(self.compiled)
        return found

    def sources(self) -> dict[str, str | None]:
        """Every source that was ever loaded, with the hash of its file where it had one."""
        with self.log.attach() as con:
            return dict(con.execute("SELECT id, sha256 FROM source").fetchall())

    def checker(self) -> Checker:
        """A checker that knows the sources of the log and the texts held."""
        return _checker(Texts(self.root / "texts", self.sources()), {})

    # --- reading -----------------------------------------------------------------------------------------------------
    @contextmanager
    def reader(self) -> Iterator[Store]:
        """The graph, for reading. What a crash or a damaged disk left undone is completed first; while another process
        writes, the graph is as it was. Raises Moved at the end of the block if it changed meanwhile: see `consistent`.
        """
        with self._reading() as store:
            before = self._seen = store.known
            yield store
            if compiler.version(self.log) != before and store.version() != before:
                raise _moved()

    @contextmanager
    def _reading(self) -> Iterator[Store]:
        if self._kept is not None:
            self._kept.refresh()
            if self._current(self._kept):
                yield self._kept
                return
        try:
            with self._open() as store:
                if self._current(store):
                    yield store
                    return
        except Damaged as damage:
            print(f"{damage}; it is being built again", file=sys.stderr)
        try:
            with self.writing("complete an earlier load"):
                self.refresh()
        except Busy:
            print("another process is loading; the answer is from before that load", file=sys.stderr)
        with self._open() as store:
            self._current(store)
            yield store

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Inside the block one connection serves all readers: for whoever asks often. It keeps the server from
        stopping, and follows the loads of others."""
        with self.reader():
            pass  # what a crash left undone is completed first
        with self._open() as store:
            self._kept = store
            try:
                yield
            finally:
                self._kept = None

    def _current(self, store: Store) -> bool:
        """Whether the graph is that of the log. A store that was remembers it until the log has changed."""
        version = compiler.version(self.log)
        there = version if store.known == version else store.version()
        store.known = there
        store.lookup = self._look_up(self.compiled / there) if there else None
        return there == version

    def _look_up(self, folder: Path) -> Lookup | None:
        if self._lookup is None or self._lookup[0] != folder:
            try:
                self._lookup = folder, Lookup(folder)
            except FileNotFoundError:
                return None
        return self._lookup[1]

    def told(self, step: str, things: Iterable[_T], total: int) -> Iterator[_T]:
        """The things one by one, telling the progress bar how many of so many are done."""
        for done, thing in enumerate(things):
            if self.progress:
                self.progress(step, done, total)
            yield thing

    def forget(self) -> None:
        """Drop the rows that were kept of answers (`Store.recall`): the next ones are asked of the graph anew."""
        self._lookup = None
        for folder in self.compiled.glob(f"*/{KEPT}"):
            shutil.rmtree(folder, ignore_errors=True)

    def _open(self, write: bool = False) -> AbstractContextManager[Store]:
        return open_store(self.settings, self.root / "engine", self.id, write=write)

    def state(self) -> compiler.Compiled:
        """What the newest compiled tables hold. Makes them if need be; while another process does, those before."""
        version = compiler.version(self.log)
        if found := compiler.read(self.compiled / version):
            return found
        try:
            with self.writing("compile"):
                return self._compile(version)
        except Busy:
            earlier = sorted(self.compiled.glob("*/compiled.json"), key=lambda file: file.stat().st_mtime)
            if earlier and (found := compiler.read(earlier[-1].parent)):
                return found
            raise

    def day(self) -> str:
        """The day of an answer that names none (ISO)."""
        return self.state().day()

    def tables(self) -> Path:
        """The folder of the compiled tables (nodes, relations, evidence) that belong to the newest claims."""
        return self.compiled / self.state().version

    def evidence(self, claims: Iterable[str], look: Lookup | None = None) -> dict[str, list[Evidence]]:
        """The words behind claims: for each id its evidence with claim, source, title, locator and quote.

        They are those that `look` knows, by default of the graph that was read last. Raises Moved where its tables are
        gone: see `consistent`.
        """
        wanted = sorted(set(claims))
        if look is None and len(wanted) <= FEW:
            look = self._look_up(self._quoted())
        if look:
            rows = [[claim, *row] for claim in wanted for row in look.evidence(claim)]
        else:
            rows = _evidence(self._quoted() / "evidence.parquet", wanted)
        found: dict[str, list[Evidence]] = {claim: [] for claim in wanted}
        for claim, source, title, locator, quote in rows:
            found[str(claim)].append(
                {"claim": claim, "source": source, "title": title, "locator": locator, "quote": quote}
            )
        return found

    def _quoted(self) -> Path:
        """The folder of the tables whose words answers quote: those of the graph that was read last."""
        behind = self._seen and self._seen != compiler.version(self.log)
        return self.compiled / str(self._seen) if behind else self.tables()


@dataclass(slots=True)
class Loading:
    """One load under way: claims go in one by one, refusals are collected, the good ones are kept."""

    staging: Staging
    checker: Checker = field(default_factory=Checker)
    report: Report = field(default_factory=Report)
    replaces: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # the methods whose claims outlive a new version of their source
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)  # source → hash of its file, text
    notes: dict[str, tuple[int, str]] = field(default_factory=dict)  # how often, and where first
    stored: Texts = field(default_factory=lambda: Texts(Path(), {}))

    def add(self, claim: Body | str, file: str = "", line: int = 0) -> bool:
        """Take one claim (an object, or a line of JSON). False if it was refused; the refusal names file and line."""
        try:
            checked = self.checker.line(claim) if isinstance(claim, str) else self.checker.check(claim)
        except BadInput as error:
            self.report.refusals.append(Refusal(file, line, str(error)))
            return False
        self.staging.add(checked, file, line)
        for note in checked.notes:
            self._note(note, 1, f"{file}:{line}")
        return True

    def add_lines(self, file: Path, lines: Iterable[Line]) -> Iterator[int]:
        """Take the numbered lines of a file; gives, from time to time, how many were taken."""
        done = 0
        for count, (rows, refusals, notes) in check_all(self.checker, file, lines, self.staging.seq, self.stored):
            self.staging.add_rows(rows, count)
            self.report.refusals += [Refusal(str(file), number, reason) for number, reason in refusals]
            for note, (times, first) in notes.items():
                self._note(note, times, f"{file}:{first}")
            done += count
            yield done

    def _note(self, note: str, times: int, place: str) -> None:
        before, first = self.notes.get(note, (0, place))
        self.notes[note] = before + times, first

    def finish(self, texts: Path) -> None:
        """Write texts, then claims; complete the report."""
        for sha256, text in self.texts.values():
            texts.mkdir(parents=True, exist_ok=True)
            write_text(texts / f"{sha256}.txt", text)
        refusals, notes = self.report.refusals, self.report.notes
        self.report = self.staging.commit(self.replaces, self.kept)
        self.report.refusals = sorted(refusals + self.report.refusals, key=lambda r: (r.file, r.line))
        self.report.notes = notes + [
            f"{place}: {note}" + (f" ({count} times)" if count != 1 else "")
            for note, (count, place) in self.notes.items()
        ]


def _evidence(table: Path, claims: Sequence[str]) -> list[list[object]]:
    if not claims:
        return []
    import duckdb  # 0.1 s, spared where the look-ups do

    try:
        with connect() as con:
            rows = con.execute(
                f"""SELECT {", ".join(_EVIDENCE)} FROM read_parquet({quoted_paths([table])})
                    WHERE claim IN (SELECT unnest($1)) ORDER BY claim, source, locator""",
                [claims],
            ).fetchall()
    except duckdb.IOException:
        raise _moved() from None
    locators = json.loads(f"[{','.join(row[3] for row in rows)}]")  # each by itself takes thrice as long
    return [
        [claim, source, title, locator, quote]
        for (claim, source, title, _, quote), locator in zip(rows, locators, strict=True)
    ]


def difference(old: Path, new: Path) -> Difference:
    """What has to be created, changed and deleted to turn the graph of one compiled folder into that of another."""
    with connect() as con:
        parts: dict[str, Sequence[tuple[object, ...]]] = {}
        for table, columns in (
            ("nodes", "id, labels, properties"),
            ("relations", 'id, "from", relation, "to", properties'),
        ):
            a, b = (f"read_parquet({quoted_paths([folder / f'{table}.parquet'])})" for folder in (old, new))
            join = f"{a} a FULL JOIN {b} b ON a.id = b.id"
            picked = ", ".join(f"b.{c.strip()}" for c in columns.split(","))
            gone = ", ".join(f"a.{c.strip()}" for c in columns.split(","))
            changed = "a.properties <> b.properties" + (" OR a.labels <> b.labels" if table == "nodes" else "")
            parts[f"{table}_created"] = con.execute(
                f"SELECT {picked} FROM {join} WHERE a.id IS NULL ORDER BY b.id"
            ).fetchall()
            parts[f"{table}_changed"] = con.execute(
                f"SELECT {picked} FROM {join} WHERE a.id = b.id AND ({changed}) ORDER BY b.id"
            ).fetchall()
            parts[f"{table}_deleted"] = con.execute(
                f"SELECT {gone} FROM {join} WHERE b.id IS NULL ORDER BY a.id"
            ).fetchall()
    return Difference(**parts)  # type: ignore[arg-type]


def _moved() -> Moved:
    return Moved("the graph changed while it was read; ask again when the load is done")


def now() -> str:
    """The present moment as it is recorded (UTC, seconds)."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _checker(stored: Texts, fresh: Mapping[str, tuple[str, str]]) -> Checker:
    """A checker that knows the sources of the log, and the texts held there and in this load (hash and text)."""
    return Checker(set(stored.hashes), lambda source: fresh[source][1] if source in fresh else stored(source))


def write_text(file: Path, text: str) -> None:
    """Write a small file whole or not at all, and durably."""
    new = file.with_name(f".{file.name}.new")
    with open(new, "w", encoding="utf-8", newline="") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    new.replace(file)
    sync_folder(file.parent)
