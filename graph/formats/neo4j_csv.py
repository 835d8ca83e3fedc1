"""The compiled graph as files for `neo4j-admin database import`, the quickest way into an empty Neo4j.

The folder gets a CSV file for each set of labels and each type of relation, `import.sh` with the command, and
`schema.cypher` with the constraints that govgraph relies on. A Neo4j that was filled in this way is the graph of this
workspace: with GOVGRAPH_URI set, commands use it as it is.
"""

from __future__ import annotations

import json
import shlex
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from ..errors import BadInput
from ..log import connect, quoted_paths
from ..store import ROOTS
from ..workspace import Workspace
from .files import replacing

BETWEEN = "\x1f"  # the unit separator: between the elements of a list
_FETCH = 10_000
_TYPES = {bool: "boolean", int: "long", float: "double", str: "string"}

Columns = dict[str, str]
"""Property → its type as the header of a file writes it."""
Rows = Callable[[], Iterator[tuple[str, list[str], dict[str, object]]]]
"""The rows of a table, as often as asked: what they are grouped by, their first cells, their properties."""


def export_neo4j_csv(workspace: Workspace, out: Path) -> tuple[int, int]:
    """Write the files into the folder `out`; give the numbers of nodes and relations. The same claims give the same
    bytes. Raises BadInput if the folder cannot be written, or holds other files, or if a text of a list holds U+001F.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        for old in out.glob("*.csv"):
            old.unlink()
    except OSError as error:
        raise BadInput(f"{out} cannot be made a folder for the files: {error.strerror}") from None
    tables = workspace.tables()
    version: dict[str, object] = {"id": "graph", "workspace": workspace.id, "version": workspace.state().version}
    written: list[tuple[str, str, Path]] = []
    nodes = _write(out, "nodes", lambda: _nodes(tables, version), _node_header, written)
    relations = _write(out, "relationships", lambda: _relations(tables), _relation_header, written)
    _finish(out, written)
    return nodes - 1, relations


def _nodes(tables: Path, version: dict[str, object]) -> Iterator[tuple[str, list[str], dict[str, object]]]:
    columns = "array_to_string(labels, ':'), id, properties"
    for labels, id, properties in _table(tables / "nodes.parquet", columns, "1, 2"):
        yield labels, [id], _without_id(json.loads(properties))
    yield "GraphVersion", ["graph"], _without_id(version)


def _without_id(properties: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in properties.items() if name != "id"}


def _relations(tables: Path) -> Iterator[tuple[str, list[str], dict[str, object]]]:
    columns = 'relation, "from", "to", properties'
    for relation, start, end, properties in _table(tables / "relations.parquet", columns, '1, "from", "to", id'):
        yield relation, [start, end], json.loads(properties)


def _table(file: Path, columns: str, order: str) -> Iterator[tuple[str, ...]]:
    with connect() as con:
        con.execute(f"SELECT {columns} FROM read_parquet({quoted_paths([file])}) ORDER BY {order}")
        while rows := con.fetchmany(_FETCH):
            yield from rows


def _node_header(labels: str) -> list[str]:
    space = next(label for label in labels.split(":") if label in ROOTS)
    return [f"id:ID({space})"]


def _relation_header(relation: str) -> list[str]:
    return [":START_ID(Entity)", ":END_ID(Entity)"]


def _write(
    out: Path, kind: str, rows: Rows, header: Callable[[str], list[str]], written: list[tuple[str, str, Path]]
) -> int:
    """Write a file for each group of rows whose properties have the same types; `written` gets what the files are."""
    types = _types_of(rows())
    count = 0
    with ExitStack() as open_files:
        files: dict[tuple[str, str], tuple[TextIO, Columns]] = {}
        for group, cells, properties in rows():
            own = {name: _type(value) for name, value in properties.items() if len(types[group][name]) > 1}
            at = group, json.dumps(own, sort_keys=True)
            if at not in files:
                path = out / f"{kind}-{len(written) + 1:03}-{group.rpartition(':')[2]}.csv"
                columns = _columns(types[group], own)
                file = open_files.enter_context(replacing(path))
                names = [*header(group), *(f"{name}:{of}" for name, of in columns.items())]
                file.write(",".join(map(_cell, names)) + "\n")
                files[at] = file, columns
                written.append((kind, group, path))
            file, columns = files[at]
            values = [*cells, *(_text(name, properties.get(name)) for name in columns)]
            file.write(",".join(map(_cell, values)) + "\n")
            count += 1
    return count


def _columns(types: dict[str, set[str]], own: Columns) -> Columns:
    """The columns of a file: `own` are those of its rows whose type is another in other rows of the group."""
    if odd := next((name for name in types if ":" in name), None):
        raise BadInput(f"the attribute {odd} has a colon in its name, which the files for Neo4j cannot hold")
    single = {name: min(of) for name, of in types.items() if len(of) == 1}
    return dict(sorted((single | own).items()))


def _types_of(rows: Iterable[tuple[str, list[str], dict[str, object]]]) -> dict[str, dict[str, set[str]]]:
    """Group → property → the types that its values have."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for group, _, properties in rows:
        for name, value in properties.items():
            found[group][name].add(_type(value))
    return found


def _type(value: object) -> str:
    if isinstance(value, list):
        return f"{_TYPES[type(value[0])] if value else 'string'}[]"
    return _TYPES[type(value)]


def _text(name: str, value: object) -> str | None:
    """A value as it stands in a cell; None for one that is not there."""
    if value is None or value == []:
        return None
    if isinstance(value, list):
        texts = [str(_text(name, item)) for item in value]
        if any(BETWEEN in text for text in texts):
            raise BadInput(f"a text in {name} holds the character U+001F, which separates the elements of a list here")
        return BETWEEN.join(texts)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _cell(text: str | None) -> str:
    """What is not there is an empty cell, an empty text a quoted one."""
    return "" if text is None else '"' + text.replace('"', '""') + '"'


def _finish(out: Path, written: list[tuple[str, str, Path]]) -> None:
    """Write the command, and what is to be run once the server is up: lists that are empty have no cell to stand in."""
    files = "".join(
        f" \\\n  {shlex.quote(f'--{kind}={group}={path.name}')}" for kind, group, path in written if path.exists()
    )
    with replacing(out / "import.sh") as file:
        file.write(
            "#!/bin/sh\n# Fill an empty Neo4j 5 (stopped) with this graph, then start it and run schema.cypher.\n"
            'cd "$(dirname "$0")" && exec neo4j-admin database import full neo4j --overwrite-destination \\\n'
            f"  --multiline-fields=true --array-delimiter=U+001F{files}\n"
        )
    with replacing(out / "schema.cypher") as file:
        for root in ROOTS:
            file.write(f"CREATE CONSTRAINT govgraph_{root}_id IF NOT EXISTS FOR (n:{root}) REQUIRE n.id IS UNIQUE;\n")
        file.write("CREATE INDEX govgraph_Entity_name IF NOT EXISTS FOR (n:Entity) ON (n.name);\n")
        for name in ("aliases", "places", "place_names"):
            file.write(f"MATCH (n:Entity) WHERE n.{name} IS NULL SET n.{name} = [];\n")
