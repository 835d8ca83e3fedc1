"""Look-ups of one thing in a compiled folder: who bears a name, the posts of an actor, the words behind a claim.

Files of sorted lines, `hash of what is looked for<tab>what is found`, searched by halves: a look-up reads a few pages
of a million lines and needs neither a database nor an import. What is asked for by the thousand is read from the
Parquet tables instead. Like those, they are made when the tables are compiled and go with them.

Rows that a statement found in the whole graph are kept in `kept/` once somebody has asked for them: `Store.recall`.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from .log import quoted_paths

if TYPE_CHECKING:
    import duckdb

Row = dict[str, object]
NAMES, POSTS, EVIDENCE, KEPT = "names.lines", "posts.lines", "evidence.lines", "kept"
ROWS, IDS = "rows.lines", "ids.lines"
HASH = 32
"""Hexadecimal digits of the hash that a line begins with: enough for no two texts to share one."""
_SIZED = 12  # digits of a hash that tell where it stands
_GUESSES = 8  # looks where a hash is to be expected; a million lines need five
REMEMBERED = 100
"""Texts whose lines are remembered, for whoever asks again at once."""
_PLAIN = "FORMAT csv, HEADER false, DELIMITER '\x01', QUOTE '', ESCAPE ''"

# The id made of a key is worked out: see queries/names.py. Of a post the body is told with it, the holder's name too;
# behind a body stand the ids of its holders.
_LINES = {
    NAMES: """
        SELECT DISTINCT line_hash(text) || chr(9) || id AS line FROM (
            SELECT id, name AS text FROM {nodes} WHERE list_contains(labels, 'Entity')
            UNION ALL SELECT id, unnest(aliases) FROM {nodes} WHERE len(aliases) > 0
            UNION ALL SELECT id, unnest(from_json(properties->'$.keys', '["VARCHAR"]')) FROM {merged}
            UNION ALL SELECT id, unnest(from_json(properties->'$.ids', '["VARCHAR"]')) FROM {merged})
        ORDER BY line""",
    POSTS: """
        WITH post AS MATERIALIZED (SELECT "from", "to", properties FROM {relations} WHERE relation = 'HOLDS_POST'),
        body AS (
            SELECT id, to_json(id) || ',' || to_json(name) || ',' || to_json(type) || ','
                || coalesce(properties->'$.place', 'null') AS shown
            FROM {nodes} WHERE id IN (SELECT "to" FROM post))
        SELECT line_hash("from") || chr(9)
            || '[' || to_json(p.id) || ',' || to_json(p.name) || ',' || b.shown || ',' || post.properties || ']' AS line
        FROM post JOIN {nodes} p ON p.id = "from" JOIN body b ON b.id = "to"
        UNION ALL SELECT DISTINCT line_hash("to") || chr(9) || to_json("from") FROM post WHERE "to" <> "from"
        ORDER BY line""",
    EVIDENCE: """
        SELECT line_hash(claim) || chr(9) || json_array(source, title, locator::JSON, quote)::VARCHAR AS line
        FROM {evidence} ORDER BY line""",
}


def write(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the files beside the tables `nodes`, `relations` and `evidence` of the folder."""
    names = ("nodes", "relations", "evidence")
    tables = {name: f"read_parquet({quoted_paths([folder / f'{name}.parquet'])})" for name in names}
    con.execute(f"CREATE OR REPLACE TEMP MACRO line_hash(text) AS left(sha256(text), {HASH})")
    tables["merged"] = f"""(SELECT id, properties::JSON AS properties FROM {tables["nodes"]}
                            WHERE properties LIKE '%"ids":[%,%' AND json_array_length(properties::JSON, '$.ids') > 1)"""
    for name, sql in _LINES.items():
        path = quoted_paths([folder / name])[1:-1]
        # a text, not a table: no line holds a control character, since JSON escapes them, so nothing is ever quoted
        con.execute(f"COPY ({sql.format(**tables)}) TO {path} ({_PLAIN})")


class Lookup:
    """The look-ups of one compiled folder. Raises FileNotFoundError if it has none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names, self._posts, self._evidence = (_Lines(folder / name) for name in _LINES)
        self._kept: dict[str, Kept] = {}

    def named(self, text: str) -> list[str]:
        """Ids of the actors that have this name, alias, key of a merged actor, or former id."""
        return list(self._names.of(text))

    def posts(self, actor: str) -> Iterator[list[object]]:
        """The posts that an actor of this id holds, then those held in it: id and name of the holder; id, name, type
        and place of the body; the properties of the relation."""
        for found in map(json.loads, self._posts.of(actor)):
            if isinstance(found, list):
                yield found
            else:  # the id of a holder
                held = map(json.loads, self._posts.of(found))
                yield from (post for post in held if isinstance(post, list) and post[2] == actor)

    def evidence(self, claim: str) -> list[list[object]]:
        """Source, title, locator and quote of each piece of evidence of a claim."""
        found = [json.loads(line) for line in self._evidence.of(claim)]
        return sorted(found, key=lambda e: (e[0], json.dumps(e[2]))) if len(found) > 1 else found

    def kept(self, name: str) -> Kept | None:
        """The rows that were kept under a name, if any were."""
        if name not in self._kept:
            try:
                self._kept[name] = Kept(self.folder / KEPT / name)
            except FileNotFoundError:
                return None
        return self._kept[name]

    def keep(self, name: str, rows: Iterable[Row], ids: Callable[[Row], Iterable[str]]) -> None:
        """Keep rows under a name, to be found by the ids of each. Does nothing where the disk or a value forbids it."""
        with suppress(OSError, TypeError):
            (self.folder / KEPT).mkdir(exist_ok=True)
            new = Path(tempfile.mkdtemp(dir=self.folder / KEPT, prefix=".new-"))
            try:
                _write_rows(new, rows, ids)
                new.rename(self.folder / KEPT / name)  # fails where another was quicker
            finally:
                shutil.rmtree(new, ignore_errors=True)

    def close(self) -> None:
        for lines in (self._names, self._posts, self._evidence):
            lines.close()
        for kept in self._kept.values():
            kept.close()


class Kept:
    """Rows of an answer, all of them or those of some ids. Raises FileNotFoundError if the folder has none."""

    def __init__(self, folder: Path) -> None:
        self._rows, self._ids = _Lines(folder / ROWS), _Lines(folder / IDS)

    def rows(self, ids: Collection[str] | None = None) -> list[Row]:
        """The rows in the order in which they were kept; with `ids` those that any of these was given for."""
        if ids is None:
            return [json.loads(line) for line in self._rows.all()]
        starts = sorted({int(start) for id in ids for start in self._ids.of(id)})
        return [json.loads(self._rows.line(start)) for start in starts]

    def close(self) -> None:
        self._rows.close()
        self._ids.close()


def _write_rows(folder: Path, rows: Iterable[Row], ids: Callable[[Row], Iterable[str]]) -> None:
    lines: list[bytes] = []
    found: list[bytes] = []
    start = 0
    for row in rows:
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
        lines.append(line)
        found += (b"%s\t%d\n" % (_hash(id), start) for id in set(ids(row)))
        start += len(line)
    for name, text in ((ROWS, lines), (IDS, sorted(found))):
        with open(folder / name, "wb") as file:
            file.writelines(text)
            file.flush()
            os.fsync(file.fileno())  # a power cut must not leave an answer that is empty or half


class _Lines:
    """A file of sorted lines, mapped into memory. `of` gives what stands behind a text, on each line that begins with
    it."""

    of: Callable[[str], tuple[str, ...]]

    def __init__(self, path: Path) -> None:
        with open(path, "rb") as file:
            empty = not path.stat().st_size
            self._text = None if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.of = lru_cache(REMEMBERED)(lambda text: tuple(self._of(text)))

    def _of(self, text: str) -> Iterator[str]:
        if self._text is None:
            return
        start = _hash(text) + b"\t"
        at = self._first(self._text, start)
        while self._text[at : at + len(start)] == start:
            end = self._text.find(b"\n", at)
            yield self._text[at + len(start) : end].decode()
            at = end + 1

    def all(self) -> Iterator[bytes]:
        """Every line."""
        start = 0
        while self._text is not None and start < len(self._text):
            line = self.line(start)
            yield line
            start += len(line) + 1

    def line(self, start: int) -> bytes:
        """The line that begins at a byte."""
        return self._text[start : self._text.find(b"\n", start)] if self._text is not None else b""

    @staticmethod
    def _first(text: mmap.mmap, start: bytes) -> int:
        """Where the first line stands that is not less than `start`. Between two bytes it looks where a hash
        of that size is to be expected, later in the middle: many lines may have one hash."""
        low, high, wanted, least, most, turn = 0, len(text), _size(start), 0, 1 << 4 * _SIZED, 0
        while low < high:
            share = (wanted - least) / (most - least) if turn < _GUESSES and most > least else 0.5
            line = text.rfind(b"\n", low, low + int(share * (high - low - 1))) + 1 or low
            found = text[line : line + len(start)]
            if found < start:
                low, least = text.find(b"\n", line) + 1, _size(found)
            else:
                high, most = line, _size(found)
            turn += 1
        return low

    def close(self) -> None:
        if self._text is not None:
            self._text.close()


def _size(start: bytes) -> int:
    """The first digits of a hash as a number."""
    return int(start[:_SIZED], 16)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:HASH].encode()
