"""The claim log: immutable Parquet parts, one per load, and the decisions beside them as JSON Lines.

A part is written under a temporary name, synced and renamed, and the folder is synced: the rename is the moment at
which a load has happened. Nothing is changed afterwards. What a later load takes back or says again is an event in its
own part:

    claim     this content is stated for the first time     restate   a claim is stated again after it had ended
    retract   a source is taken back                        withdraw  a new version of its source leaves a claim out

A piece of evidence is live while its claim was stated after the last retraction of its source, and not withdrawn since.
A claim lives while a piece of its evidence does. Everything that reads the log reads it through `Log.attach`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from . import reviews
from .checking import row
from .claim import Claim
from .errors import BadInput, NotFound
from .vocabulary import vocabulary

if TYPE_CHECKING:
    import duckdb

PART = re.compile(r"(\d{6})-(\d{6})-[0-9a-f]{12}\.parquet")
MEMORY = "1500MB"
MERGE_AT = 64  # so many parts are read in no time; more are merged into one

EMPTY = """
CREATE TABLE written_log (seq BIGINT, event VARCHAR, id VARCHAR, digest VARCHAR, recorded VARCHAR, claim JSON,
    kind VARCHAR, key VARCHAR, type VARCHAR, name VARCHAR, aliases VARCHAR[], subject VARCHAR, relation VARCHAR,
    object VARCHAR, place VARCHAR, attributes VARCHAR, valid VARCHAR, observed VARCHAR, evidence STRUCT(source VARCHAR,
    locator JSON, quote VARCHAR, method VARCHAR, version VARCHAR, confidence DOUBLE)[])
"""
VIEWS = Path(__file__).with_name("log.sql").read_text("utf-8")
STAGE = dict(
    re.findall(
        r"(?ms)^-- (\w+)(?::[^\n]*)?\n((?:(?!^-- ).)*)", Path(__file__).with_name("stage.sql").read_text("utf-8")
    )
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Input that was refused: where it stands (line from 1, 0 for a whole file) and why, with the remedy."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


@dataclass(slots=True)
class Report:
    """What a load did: counts, refusals in order, and notes on what was odd but kept."""

    claims: int = 0
    known: int = 0
    sources: int = 0
    withdrawn: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return bool(self.claims or self.withdrawn)


class Journal:
    """What people decided, as JSON Lines: entries are appended under the next id, and never changed."""

    def __init__(self, file: Path, prefix: str) -> None:
        self.file, self._prefix = file, prefix

    def read(self) -> list[dict[str, str]]:
        """Every entry, oldest first. A last line that a crash cut off was never written."""
        if not self.file.exists():
            return []
        *whole, _ = self.file.read_text("utf-8").split("\n")
        return [json.loads(line) for line in whole]

    def append(self, entry: dict[str, str]) -> dict[str, str]:
        """Append an entry under the next id, synced before it counts. Needs the workspace's lock."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        known = self.read()
        entry = {"id": f"{self._prefix}{len(known) + 1}"} | entry
        with open(self.file, "a+b") as file:
            file.truncate(sum(len(json.dumps(e, ensure_ascii=False).encode()) + 1 for e in known))
            file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self.file.parent)
        return entry


class Log:
    """The log in a folder. Reading needs no lock: a reader lists the folder once and reads what it saw."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = Journal(folder / "decisions.jsonl", "d")
        self.reviews = Journal(folder / "reviews.jsonl", "r")

    def parts(self) -> list[Path]:
        """The parts in order. Of a merged part and those that it replaced only the merged one counts."""
        try:
            found = sorted((int(m[1]), -int(m[2]), p) for p in self.folder.iterdir() if (m := PART.fullmatch(p.name)))
        except FileNotFoundError:
            return []
        parts, last = [], 0
        for first, minus_end, path in found:
            if first > last:
                parts.append(path)
                last = -minus_end
        return parts

    @property
    def decided(self) -> tuple[Path, Path]:
        """The files of what people decided, which need not exist."""
        return self.journal.file, self.reviews.file

    def version(self) -> str:
        """A digest of everything in the log; equal versions give equal graphs."""
        decisions = b"\0".join(file.read_bytes() for file in self.decided if file.exists())
        names = "\n".join(part.name for part in self.parts())
        return hashlib.sha256(names.encode() + b"\0" + decisions).hexdigest()[:16]

    def attach(self, reviewed: bool = True) -> duckdb.DuckDBPyConnection:
        """A DuckDB in memory with the log as tables:
        `log` (all rows), `written` (each claim once), `live`, `source`, `evidence`.

        What people decided about single claims (reviews.py) is heeded, unless `reviewed` is false.
        """
        con = connect()
        parts = self.parts()
        if parts:
            con.execute(f"CREATE VIEW written_log AS SELECT * FROM read_parquet({quoted_paths(parts)})")
        else:
            con.execute(EMPTY)
        reviews.apply(con, self.reviews.read() if reviewed else ())
        con.execute(VIEWS)
        return con

    @contextmanager
    def staging(self, recorded: str) -> Iterator[Staging]:
        """Collect checked claims and events, and write them as one part with `commit`. Needs the workspace's lock."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (
            tempfile.TemporaryDirectory(dir=self.folder, prefix=".staging-") as folder,
            open(Path(folder) / "rows.ndjson", "w", encoding="utf-8") as rows,
        ):
            yield Staging(self, rows, recorded)

    def decisions(self) -> list[dict[str, str]]:
        """Every decision ever taken, oldest first."""
        return self.journal.read()

    def decide(self, decision: dict[str, str]) -> dict[str, str]:
        """Append a decision under the next id. Needs the workspace's lock."""
        return self.journal.append(decision)

    def merge(self) -> None:
        """Merge the parts into one if they are many.

        The old ones, which readers may be reading, go at the next call.
        """
        parts = self.parts()
        for path in self.folder.iterdir():
            if PART.fullmatch(path.name) and path not in parts:
                path.unlink()
        if len(parts) >= MERGE_AT:
            first, last = PART.fullmatch(parts[0].name), PART.fullmatch(parts[-1].name)
            assert first and last
            with connect() as con:
                sql = f"SELECT * FROM read_parquet({quoted_paths(parts)}) ORDER BY seq"
                write_part(con, sql, self.folder, f"{first[1]}-{last[2]}")


class Staging:
    """The rows of one load on their way into the log."""

    def __init__(self, log: Log, rows: TextIO, recorded: str) -> None:
        self.log, self.rows, self.recorded, self.seq = log, rows, recorded, 0
        self.report = Report()

    def add(self, claim: Claim, file: str = "", line: int = 0) -> None:
        """Stage a checked claim; file and line are named if it is refused later."""
        self._row("claim", claim.id, claim.digest, claim.text, file, line)

    def add_rows(self, rows: str, lines: int) -> None:
        """Stage what `checking.check_all` made of so many lines."""
        self.seq += lines
        self.rows.write(rows)

    def event(self, event: str, id: str) -> None:
        """Stage an event: `retract` a source or `withdraw` a claim."""
        self._row(event, id, "", "null", "", 0)

    def _row(self, event: str, id: str, digest: str, claim: str, file: str, line: int) -> None:
        self.seq += 1
        self.rows.write(row(self.seq, event, id, digest, claim, file, line))

    def commit(self, replaces: Iterable[str] = (), kept: Sequence[str] = ()) -> Report:
        """Refuse what the log or the vocabulary does not bear, write the rest as a part, and report.

        `replaces` names sources of which this is a new version: their claims that are not stated again are withdrawn,
        but for those made by one of the methods `kept`.
        """
        self.rows.flush()
        with self.log.attach(reviewed=False) as con:
            (last,) = con.execute("SELECT coalesce(max(seq), 0) FROM log").fetchone() or (0,)
            given = {"last": last, "recorded": self.recorded, "replaced": list(replaces), "rows": self.rows.name}
            given["kept"] = list(kept)
            _run(con, "stage", given)
            self._refuse(con, given)
            _run(con, "settle", given)
            self._count(con)
            if con.execute("SELECT 1 FROM staged LIMIT 1").fetchone():
                self._write(con)
        self.report.refusals.sort(key=lambda r: (r.file, r.line))
        return self.report

    def _refuse(self, con: duckdb.DuckDBPyConnection, given: Mapping[str, object]) -> None:
        """Take out of `staged` what cannot stand, naming the line."""
        _run(con, "refuse_ids", given)
        self._drop_refused(con)
        _run(con, "declare", given)
        self._refuse_types(con)
        _run(con, "refuse_ends", given)
        self._refuse_relations(con)
        self._drop_refused(con)

    def _refuse_types(self, con: duckdb.DuckDBPyConnection) -> None:
        """One key is one thing: a second type must be above or below the first."""
        v = vocabulary()
        pairs = """SELECT DISTINCT t.type, d.type FROM declared d JOIN typed t USING (key)
                   WHERE t.type <> d.type ORDER BY ALL"""
        for first, other in con.execute(pairs).fetchall():
            if not v.is_a(first, other):
                _run(con, "refine_type" if v.is_a(other, first) else "refuse_type", {"first": first, "other": other})

    def _refuse_relations(self, con: duckdb.DuckDBPyConnection) -> None:
        """A relation joins only types that the vocabulary lets it join."""
        ends = """SELECT DISTINCT s.relation, a.type, b.type FROM staged s
                  JOIN typed a ON a.key = s.subject JOIN typed b ON b.key = s.object WHERE s.kind = 'relation'"""
        for relation, subject, object_ in con.execute(ends).fetchall():
            try:
                vocabulary().check_relation(relation, subject, object_)
            except BadInput as error:
                row = {"reason": str(error), "relation": relation, "subject": subject, "object": object_}
                _run(con, "refuse_relation", row)

    def _drop_refused(self, con: duckdb.DuckDBPyConnection) -> None:
        rows = con.execute(
            "SELECT file, line, min(reason) FROM refused JOIN staged USING (seq) GROUP BY file, line, seq"
        ).fetchall()
        self.report.refusals += [Refusal(*row) for row in rows]
        con.execute("DELETE FROM staged WHERE seq IN (SELECT seq FROM refused); DELETE FROM refused")

    def _count(self, con: duckdb.DuckDBPyConnection) -> None:
        kinds = "SELECT CASE WHEN kind = 'source' THEN 'source' ELSE event END, count(*) FROM staged GROUP BY 1"
        counts = dict(con.execute(kinds).fetchall())
        (known,) = con.execute("SELECT count(*) FROM again").fetchone() or (0,)
        self.report.sources = counts.get("source", 0)
        self.report.claims = counts.get("claim", 0) + counts.get("restate", 0) + self.report.sources
        self.report.withdrawn = counts.get("withdraw", 0) + counts.get("retract", 0)
        self.report.known = known - counts.get("restate", 0)

    def _write(self, con: duckdb.DuckDBPyConnection) -> None:
        parts = self.log.parts()
        number = int(PART.fullmatch(parts[-1].name)[2]) + 1 if parts else 1  # type: ignore[index]
        write_part(
            con, "SELECT * EXCLUDE (file, line) FROM staged ORDER BY seq", self.log.folder, f"{number:06}-{number:06}"
        )


def _run(con: duckdb.DuckDBPyConnection, name: str, given: Mapping[str, object]) -> None:
    """Run the statements of one name, each with those of the given values that it uses."""
    for statement in STAGE[name].split(";\n"):
        if statement.strip():
            con.execute(statement, {k: v for k, v in given.items() if re.search(rf"\${k}\b", statement)})


def connect() -> duckdb.DuckDBPyConnection:
    """A DuckDB that keeps no file, keeps the order of rows where asked, and never looks for the network.

    It takes at most MEMORY and puts what is more into the folder for temporary files while it works.
    """
    import duckdb  # paid only by commands that read the log

    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "threads": min(4, os.cpu_count() or 1),
        "memory_limit": MEMORY,
        "temp_directory": str(Path(tempfile.gettempdir()) / f"govgraph-{os.getpid()}"),  # made when it is needed
    }
    return duckdb.connect(":memory:", config=config)


def write_part(con: duckdb.DuckDBPyConnection, sql: str, folder: Path, name: str) -> Path:
    """Write the rows of `sql` as `folder/name-<hash>.parquet`, atomically: whole and synced, or not at all."""
    new = folder / f".{name}.new"
    try:
        con.execute(f"COPY ({sql}) TO '{_quoted(new)}' (FORMAT parquet, COMPRESSION zstd)")
        with open(new, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:12]
            os.fsync(file.fileno())
        path = folder / f"{name}-{digest}.parquet"
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    sync_folder(folder)
    return path


def sync_folder(folder: Path) -> None:
    """Make a rename or a new file in the folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def find_source(con: duckdb.DuckDBPyConnection, id: str) -> str:
    """The id of a source that was loaded, or NotFound with the remedy."""
    if con.execute("SELECT 1 FROM source WHERE id = ?", [id]).fetchone():
        return id
    raise NotFound(f"no source {id} was ever loaded; `govgraph source list` shows those that were")


def quoted_paths(paths: Sequence[Path]) -> str:
    """A list of files as DuckDB reads it inside a statement."""
    return "[" + ", ".join(f"'{_quoted(p)}'" for p in paths) + "]"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
