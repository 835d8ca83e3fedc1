"""The claim log: immutable Parquet parts, one per load, and the decisions beside them as JSON Lines.

A part is written under a temporary name, synced and renamed, and the folder is synced: the rename is the moment at which
a load has happened. Nothing is changed afterwards. What a later load takes back or says again is an event in its own part:

    claim     the first time that this content is stated        restate   a claim is stated again after it had ended
    retract   a source is taken back                            withdraw  a claim is taken back by its own source's new version

A piece of evidence is live while its claim was stated after the last retraction of its source, and not withdrawn since.
A claim lives while a piece of its evidence does. Everything that reads the log reads it through `Log.attach`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from .claim import Claim
from .errors import BadInput, NotFound
from .vocabulary import vocabulary

if TYPE_CHECKING:
    import duckdb

PART = re.compile(r"(\d{6})-(\d{6})-[0-9a-f]{12}\.parquet")
MERGE_AT = 64  # so many parts are read in no time; more are merged into one

EVIDENCE = '[{"source":"VARCHAR","locator":"JSON","quote":"VARCHAR","method":"VARCHAR","version":"VARCHAR","confidence":"DOUBLE"}]'
COLUMNS = f"""
    seq, event, id, digest, recorded, claim,
    claim->>'kind' AS kind,
    coalesce(claim->>'key', CASE WHEN claim->>'kind' = 'source' THEN claim->>'id' END) AS key,
    coalesce(claim->>'type', claim->>'of') AS type,
    coalesce(claim->>'name', claim->>'title') AS name,
    CASE WHEN json_type(claim->'aliases') = 'ARRAY' THEN (claim->'aliases')::VARCHAR[] END AS aliases,
    claim->>'subject' AS subject, claim->>'relation' AS relation, claim->>'object' AS object,
    coalesce(claim->>'place', claim->>'$.scope.place') AS place,
    (claim->'attributes')::VARCHAR AS attributes,
    claim->>'valid' AS valid,
    coalesce(claim->>'observed', claim->>'published') AS observed,
    json_transform(CASE WHEN json_type(claim->'evidence') = 'OBJECT' THEN json_array(claim->'evidence')
                        ELSE claim->'evidence' END, '{EVIDENCE}') AS evidence
"""
EMPTY = """
    CREATE TABLE log (seq BIGINT, event VARCHAR, id VARCHAR, digest VARCHAR, recorded VARCHAR, claim JSON, kind VARCHAR, key VARCHAR, type VARCHAR,
        name VARCHAR, aliases VARCHAR[], subject VARCHAR, relation VARCHAR, object VARCHAR, place VARCHAR, attributes VARCHAR, valid VARCHAR,
        observed VARCHAR, evidence STRUCT(source VARCHAR, locator JSON, quote VARCHAR, method VARCHAR, version VARCHAR, confidence DOUBLE)[])
"""
VIEWS = Path(__file__).with_name("log.sql").read_text("utf-8")


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


class Log:
    """The log in a folder. Reading needs no lock: a reader lists the folder once and reads what it saw."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.decisions_file = folder / "decisions.jsonl"

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

    def version(self) -> str:
        """A digest of everything in the log; equal versions give equal graphs."""
        decisions = self.decisions_file.read_bytes() if self.decisions_file.exists() else b""
        names = "\n".join(part.name for part in self.parts())
        return hashlib.sha256(names.encode() + b"\0" + decisions).hexdigest()[:16]

    def attach(self) -> duckdb.DuckDBPyConnection:
        """An in-memory DuckDB with the log as tables: `log` (every row), `written` (each claim once), `live`, `source`, `evidence`."""
        con = connect()
        parts = self.parts()
        if parts:
            con.execute(f"CREATE VIEW log AS SELECT * FROM read_parquet({quoted_paths(parts)})")
        else:
            con.execute(EMPTY)
        con.execute(VIEWS)
        return con

    @contextmanager
    def staging(self, recorded: str) -> Iterator[Staging]:
        """Collect checked claims and events, and write them as one part with `commit`. Needs the workspace's lock."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".staging-") as tmp:
            with open(Path(tmp) / "rows.ndjson", "w", encoding="utf-8") as rows:
                yield Staging(self, rows, recorded)

    def decisions(self) -> list[dict[str, str]]:
        """Every decision ever taken, oldest first. A last line that a crash cut off was never taken."""
        if not self.decisions_file.exists():
            return []
        *whole, _ = self.decisions_file.read_text("utf-8").split("\n")
        return [json.loads(line) for line in whole]

    def decide(self, decision: dict[str, str]) -> dict[str, str]:
        """Append a decision under the next id, synced before it counts. Needs the workspace's lock."""
        self.folder.mkdir(parents=True, exist_ok=True)
        known = self.decisions()
        decision = {"id": f"d{len(known) + 1}"} | decision
        with open(self.decisions_file, "a+b") as file:
            file.truncate(sum(len(json.dumps(d, ensure_ascii=False).encode()) + 1 for d in known))
            file.write(json.dumps(decision, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self.folder)
        return decision

    def merge(self) -> None:
        """Merge the parts into one if they are many. Readers who listed the old parts may still be reading them: they go at the next merge."""
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

    def event(self, event: str, id: str) -> None:
        """Stage an event: `retract` a source or `withdraw` a claim."""
        self._row(event, id, "", "null", "", 0)

    def _row(self, event: str, id: str, digest: str, claim: str, file: str, line: int) -> None:
        self.seq += 1
        head = json.dumps([self.seq, event, id, digest, file, line], ensure_ascii=False)
        self.rows.write(f'{{"head":{head},"claim":{claim}}}\n')

    def commit(self, replaces: Iterable[str] = ()) -> Report:
        """Refuse what the log or the vocabulary does not bear, write the rest as a part, and report.

        `replaces` names sources of which this is a new version: their claims that are not stated again are withdrawn.
        """
        self.rows.flush()
        with self.log.attach() as con:
            (last,) = con.execute("SELECT coalesce(max(seq), 0) FROM log").fetchone() or (0,)
            con.execute(
                f"""CREATE TABLE staged AS SELECT {COLUMNS}, file, line FROM (
                    SELECT head[1]::BIGINT + {last} AS seq, head[2] AS event, head[3] AS id, head[4] AS digest, $1 AS recorded, head[5] AS file, head[6]::INTEGER AS line, claim
                    FROM read_json($2, format='newline_delimited', columns={{head: 'VARCHAR[]', claim: 'JSON'}}, maximum_object_size=67108864))""",
                [self.recorded, self.rows.name],
            )
            replaced = list(replaces)
            self._refuse(con, replaced)
            self._settle(con, replaced)
            self.report.refusals.sort(key=lambda r: (r.file, r.line))
            (rows,) = con.execute("SELECT count(*) FROM staged").fetchone() or (0,)
            if rows:
                self._write(con)
        return self.report

    def _refuse(self, con: duckdb.DuckDBPyConnection, replaced: list[str]) -> None:
        """Take out of `staged` what cannot stand, naming the line."""
        con.execute("CREATE TABLE refused (seq BIGINT, reason VARCHAR)")
        con.execute(
            """INSERT INTO refused SELECT s.seq, 'id ' || s.id || ' is known with other content; a claim is never changed, give the new one another id'
               FROM staged s JOIN (
                   SELECT id, arg_max(digest, seq) AS digest FROM log WHERE event = 'claim' AND id IN (SELECT id FROM staged) AND id NOT IN (SELECT unnest($1::VARCHAR[])) GROUP BY id
                   UNION ALL SELECT id, arg_min(digest, seq) FROM staged WHERE event = 'claim' GROUP BY id) k
               ON k.id = s.id AND k.digest <> s.digest WHERE s.event = 'claim'""",
            [replaced],
        )
        self._drop_refused(con)
        con.execute(
            """CREATE TABLE declared AS SELECT key, type, seq FROM staged WHERE kind = 'entity'
               UNION ALL SELECT key, type, seq FROM log WHERE event = 'claim' AND kind = 'entity' AND key IN (
                   SELECT subject FROM staged UNION SELECT object FROM staged UNION SELECT key FROM staged)"""
        )
        self._refuse_types(con)
        self._refuse_ends(con)
        self._drop_refused(con)

    def _refuse_types(self, con: duckdb.DuckDBPyConnection) -> None:
        """One key is one thing: a second type must be above or below the first."""
        con.execute("CREATE TABLE typed AS SELECT key, arg_min(type, seq) AS type FROM declared GROUP BY key")
        pairs = con.execute("SELECT DISTINCT t.type, d.type FROM declared d JOIN typed t USING (key) WHERE t.type <> d.type").fetchall()
        for first, other in pairs:
            if not (vocabulary().is_a(first, other) or vocabulary().is_a(other, first)):
                con.execute(
                    """INSERT INTO refused SELECT s.seq, 'key ' || s.key || ' is a ' || t.type || ' already, here a ' || s.type || '; one key names one thing'
                       FROM staged s JOIN typed t USING (key) WHERE s.kind = 'entity' AND t.type = $1 AND s.type = $2""",
                    [first, other],
                )
            elif vocabulary().is_a(other, first):
                con.execute("UPDATE typed SET type = $2 WHERE type = $1 AND key IN (SELECT key FROM declared WHERE type = $2)", [first, other])

    def _refuse_ends(self, con: duckdb.DuckDBPyConnection) -> None:
        """The ends of a relation are declared, and of types that it may join."""
        for end in ("subject", "object"):
            con.execute(
                f"""INSERT INTO refused SELECT seq, '{end} ' || {end} || ' is declared by nobody; add a line of kind entity with this key'
                    FROM staged WHERE kind = 'relation' AND {end} NOT IN (SELECT key FROM typed)"""
            )
        joined = "staged s JOIN typed a ON a.key = s.subject JOIN typed b ON b.key = s.object"
        for relation, subject, object_ in con.execute(f"SELECT DISTINCT s.relation, a.type, b.type FROM {joined} WHERE s.kind = 'relation'").fetchall():
            try:
                vocabulary().check_relation(relation, subject, object_)
            except BadInput as error:
                con.execute(
                    f"INSERT INTO refused SELECT s.seq, $4 FROM {joined} WHERE s.relation = $1 AND a.type = $2 AND b.type = $3",
                    [relation, subject, object_, str(error)],
                )

    def _drop_refused(self, con: duckdb.DuckDBPyConnection) -> None:
        rows = con.execute("SELECT file, line, min(reason) FROM refused JOIN staged USING (seq) GROUP BY file, line, seq").fetchall()
        self.report.refusals += [Refusal(*row) for row in rows]
        con.execute("DELETE FROM staged WHERE seq IN (SELECT seq FROM refused); DELETE FROM refused")

    def _settle(self, con: duckdb.DuckDBPyConnection, replaced: list[str]) -> None:
        """What is known already is not written again; what had ended is stated again; what a new version leaves out is withdrawn."""
        con.execute("DELETE FROM staged WHERE event = 'claim' AND seq NOT IN (SELECT min(seq) FROM staged WHERE event = 'claim' GROUP BY id)")
        con.execute("CREATE TABLE again AS SELECT s.seq, s.id FROM staged s JOIN written w ON w.id = s.id AND w.digest = s.digest WHERE s.event = 'claim'")
        if replaced:
            con.execute(
                f"""INSERT INTO staged BY NAME SELECT (SELECT max(seq) FROM staged) + row_number() OVER (ORDER BY claim) AS seq, 'withdraw' AS event, claim AS id, $2 AS recorded
                    FROM (SELECT DISTINCT claim FROM evidence WHERE live AND list_contains($1::VARCHAR[], source) AND claim NOT IN (SELECT id FROM staged))""",
                [replaced, self.recorded],
            )
        ended = """SELECT claim AS id FROM evidence WHERE NOT live AND claim IN (SELECT id FROM again)
                   UNION SELECT id FROM source WHERE status = 'retracted'"""
        con.execute(
            f"""UPDATE staged SET event = 'restate', digest = NULL, claim = NULL, kind = NULL, key = NULL, type = NULL, name = NULL, aliases = NULL, subject = NULL, relation = NULL,
                object = NULL, place = NULL, attributes = NULL, valid = NULL, observed = NULL, evidence = NULL
                WHERE seq IN (SELECT seq FROM again WHERE id IN ({ended}))"""
        )
        con.execute("DELETE FROM staged WHERE event = 'claim' AND seq IN (SELECT seq FROM again)")
        counts = dict(con.execute("SELECT CASE WHEN kind = 'source' THEN 'source' ELSE event END, count(*) FROM staged GROUP BY 1").fetchall())
        (known,) = con.execute("SELECT count(*) FROM again").fetchone() or (0,)
        self.report.sources = counts.get("source", 0)
        self.report.claims = counts.get("claim", 0) + counts.get("restate", 0) + self.report.sources
        self.report.withdrawn = counts.get("withdraw", 0) + counts.get("retract", 0)
        self.report.known = known - counts.get("restate", 0)

    def _write(self, con: duckdb.DuckDBPyConnection) -> None:
        parts = self.log.parts()
        number = int(PART.fullmatch(parts[-1].name)[2]) + 1 if parts else 1  # type: ignore[index]
        write_part(con, "SELECT * EXCLUDE (file, line) FROM staged ORDER BY seq", self.log.folder, f"{number:06}-{number:06}")


def connect() -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory that stays in memory, keeps the order of rows where asked, and never looks for the network."""
    import duckdb  # paid only by commands that read the log

    return duckdb.connect(":memory:", config={"autoinstall_known_extensions": False, "threads": min(4, os.cpu_count() or 1)})


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
