"""Look-ups of one thing in a compiled folder: who else bears a name, and the words behind a claim.

Files of sorted lines, `hash of what is looked for<tab>what is found`, searched by halves: a look-up reads a few pages
of a million lines and needs neither a database nor an import. What is asked for by the thousand is read from the
Parquet tables instead. Like those, they are made when the tables are compiled and go with them.
"""

from __future__ import annotations

import hashlib
import json
import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .log import quoted_paths

if TYPE_CHECKING:
    import duckdb

NAMES, EVIDENCE = "names.lines", "evidence.lines"
_PLAIN = "FORMAT csv, HEADER false, DELIMITER '\x01', QUOTE '', ESCAPE ''"

# A name and the id made of the key are found in the graph itself: see queries/names.py. Here is what is not.
_LINES = {
    NAMES: """
        SELECT DISTINCT sha256(text) || chr(9) || id AS line FROM (
            SELECT id, unnest(aliases) AS text FROM {nodes} WHERE len(aliases) > 0
            UNION ALL SELECT id, unnest(from_json(properties->'$.keys', '["VARCHAR"]')) FROM {merged}
            UNION ALL SELECT id, unnest(from_json(properties->'$.ids', '["VARCHAR"]')) FROM {merged})
        ORDER BY line""",
    EVIDENCE: """
        SELECT sha256(claim) || chr(9) || json_array(source, title, locator::JSON, quote)::VARCHAR AS line
        FROM {evidence} ORDER BY line""",
}


def write(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write both files beside the tables `nodes` and `evidence` of the folder."""
    tables = {name: f"read_parquet({quoted_paths([folder / f'{name}.parquet'])})" for name in ("nodes", "evidence")}
    tables["merged"] = f"""(SELECT id, properties::JSON AS properties FROM {tables["nodes"]}
                            WHERE properties LIKE '%"ids":[%,%' AND json_array_length(properties::JSON, '$.ids') > 1)"""
    for name, sql in _LINES.items():
        path = quoted_paths([folder / name])[1:-1]
        # a text, not a table: no line holds a control character, since JSON escapes them, so nothing is ever quoted
        con.execute(f"COPY ({sql.format(**tables)}) TO {path} ({_PLAIN})")


class Lookup:
    """The look-ups of one compiled folder. Raises FileNotFoundError if it has none."""

    def __init__(self, folder: Path) -> None:
        self._names, self._evidence = _Lines(folder / NAMES), _Lines(folder / EVIDENCE)

    def named(self, text: str) -> list[str]:
        """Ids of the actors that have this alias, key of a merged actor, or former id."""
        return list(self._names.of(text))

    def evidence(self, claim: str) -> list[list[object]]:
        """Source, title, locator and quote of each piece of evidence of a claim."""
        return sorted((json.loads(found) for found in self._evidence.of(claim)), key=lambda e: (e[0], json.dumps(e[2])))

    def close(self) -> None:
        self._names.close()
        self._evidence.close()


class _Lines:
    """A file of sorted lines, mapped into memory."""

    def __init__(self, path: Path) -> None:
        with open(path, "rb") as file:
            empty = not path.stat().st_size
            self._text = None if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def of(self, text: str) -> Iterator[str]:
        """What stands behind a text, on each line that begins with it."""
        if self._text is None:
            return
        start = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest().encode() + b"\t"
        at = self._first(self._text, start)
        while self._text[at : at + len(start)] == start:
            end = self._text.find(b"\n", at)
            yield self._text[at + len(start) : end].decode()
            at = end + 1

    @staticmethod
    def _first(text: mmap.mmap, start: bytes) -> int:
        """Where the first line stands that is not less than `start`. Between two bytes it looks at the line there."""
        low, high = 0, len(text)
        while low < high:
            line = text.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = text.find(b"\n", line)
            if text[line : min(end, line + len(start))] < start:
                low = end + 1
            else:
                high = line
        return low

    def close(self) -> None:
        if self._text is not None:
            self._text.close()
