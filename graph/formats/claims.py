"""Claims as JSON Lines, the format of docs/claims.md: in from files, out to one file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..claim import evidence_of
from ..errors import BadInput
from ..log import Report
from ..workspace import Workspace
from .files import replacing

if TYPE_CHECKING:
    import duckdb

KINDS = ("source", "entity", "relation", "register", "figure", "statement")
LONGEST = 16 * 1024 * 1024  # bytes of one line


def import_claims(workspace: Workspace, files: Sequence[Path]) -> Report:
    """Take in the claims of the files, in their order. Bad lines are refused by name, good ones kept.

    Raises BadInput, and takes nothing in, if a file is missing or cannot be read.
    """
    for file in files:
        if not file.is_file():
            raise BadInput(f"{file} is not a file; give files with one claim a line (JSON Lines)")
    with workspace.loading("import " + ", ".join(file.name for file in files)) as loading:
        for file in files:
            for done in loading.add_lines(file, _lines(file)):
                if workspace.progress:
                    workspace.progress(f"reading {file.name}", done, 0)
    return loading.report


def export_claims(workspace: Workspace, out: Path) -> int:
    """Write every live claim, sorted, one a line; give their number. The same claims give the same bytes."""
    count = 0
    with workspace.log.attach() as con, replacing(out) as file:
        live = {source for (source,) in con.execute("SELECT id FROM source WHERE status = 'live'").fetchall()}
        for (text,) in _sorted(con):
            claim = json.loads(text)
            if claim["kind"] != "source":
                evidence = [e for e in evidence_of(claim) if e["source"] in live]
                claim["evidence"] = evidence[0] if len(evidence) == 1 else evidence
            ordered = {"kind": claim.pop("kind"), "id": claim.pop("id")} | claim
            file.write(json.dumps(ordered, ensure_ascii=False) + "\n")
            count += 1
    return count


def _sorted(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str]]:
    """In an order in which they can be imported again; of one key as they came, since the first gives the name."""
    cursor = con.execute(
        f"""SELECT claim::VARCHAR FROM live ORDER BY list_position({list(KINDS)!r}, kind),
            coalesce(key, subject, place, ''), relation, object, CASE WHEN kind = 'entity' THEN seq END, id"""
    )
    while rows := cursor.fetchmany(10_000):
        yield from rows


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file that hold something, from 1. Raises BadInput for what is no UTF-8 text."""
    try:
        with open(file, encoding="utf-8-sig", newline="\n") as handle:
            number = 0
            while line := handle.readline(LONGEST):
                number += 1
                if not line.isspace():
                    yield number, line
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is not UTF-8 text (byte {error.start}); claims are JSON Lines in UTF-8") from None
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from None
