"""The compiled graph as a folder of two JSON Lines files, for people and programs that want no database."""

from __future__ import annotations

import json
from pathlib import Path

from ..errors import BadInput
from ..log import connect, quoted_paths
from ..workspace import Workspace
from .files import replacing

NODES = ("id", "type", "labels", "name", "aliases", "attributes", "claims", "sources")
RELATIONS = (
    "from",
    "relation",
    "to",
    "role",
    "attributes",
    "valid",
    "sure_from",
    "sure_to",
    "possible_from",
    "possible_to",
    "claims",
    "sources",
)


def export_graph(workspace: Workspace, out: Path) -> tuple[int, int]:
    """Write `nodes.jsonl` and `relations.jsonl` into the folder `out`; give the numbers of both.

    Rows and fields are in a fixed order, so the same claims and decisions give the same bytes. Periods are half-open,
    a bound that is null is unbounded. Raises BadInput if the folder cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{out} cannot be made a folder: {error.strerror}") from None
    return _write(workspace, out, "nodes", NODES), _write(workspace, out, "relations", RELATIONS)


def _write(workspace: Workspace, out: Path, name: str, fields: tuple[str, ...]) -> int:
    columns = ", ".join(f'"{field}"' for field in fields)
    order = "id" if name == "nodes" else '"from", relation, "to", id'
    table, count = quoted_paths([workspace.tables() / f"{name}.parquet"]), 0
    with connect() as con, replacing(out / f"{name}.jsonl") as file:
        cursor = con.execute(f"SELECT {columns} FROM read_parquet({table}) ORDER BY {order}")
        while rows := cursor.fetchmany(10_000):
            for row in rows:
                record = dict(zip(fields, row, strict=True))
                record["attributes"] = json.loads(str(record["attributes"]))
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += len(rows)
    return count
