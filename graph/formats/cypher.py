"""The compiled graph as a Cypher script for any Neo4j 5 or openCypher database."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ..log import connect, quoted_paths
from ..workspace import Workspace
from .files import replacing

BATCH = 500  # rows of one statement


def export_cypher(workspace: Workspace, out: Path) -> tuple[int, int]:
    """Write statements that create the graph in an empty database; give the numbers of nodes and relations."""
    tables = workspace.tables()
    counts = [0, 0]
    with connect() as con, replacing(out) as file:
        file.write("CREATE CONSTRAINT entity_id IF NOT EXISTS FOR (n:Entity) REQUIRE n.id IS UNIQUE;\n")
        nodes = con.execute(
            f"""SELECT array_to_string(labels, ':'), properties
                FROM read_parquet({quoted_paths([tables / "nodes.parquet"])}) ORDER BY 1, id"""
        )
        for labels, rows in _batches(nodes.fetchall()):
            counts[0] += len(rows)
            file.write(f"UNWIND [{', '.join(_map(p) for (_, p) in rows)}] AS row CREATE (n:{labels}) SET n = row;\n")
        relations = con.execute(
            f"""SELECT relation, properties, "from", "to"
                FROM read_parquet({quoted_paths([tables / "relations.parquet"])}) ORDER BY 1, "from", "to", id"""
        )
        for relation, rows in _batches(relations.fetchall()):
            counts[1] += len(rows)
            ends = ", ".join(f"{{a: {literal(a)}, b: {literal(b)}, p: {_map(p)}}}" for _, p, a, b in rows)
            file.write(
                f"UNWIND [{ends}] AS row MATCH (a:Entity {{id: row.a}}), (b:Entity {{id: row.b}}) "
                f"CREATE (a)-[r:{relation}]->(b) SET r = row.p;\n"
            )
    return counts[0], counts[1]


def _batches(rows: list[tuple[str, ...]]) -> list[tuple[str, list[tuple[str, ...]]]]:
    """Consecutive rows with the same first field, at most BATCH together."""
    batches: list[tuple[str, list[tuple[str, ...]]]] = []
    for row in rows:
        if not batches or batches[-1][0] != row[0] or len(batches[-1][1]) == BATCH:
            batches.append((row[0], []))
        batches[-1][1].append(row)
    return batches


def _map(properties: str) -> str:
    return literal(json.loads(properties))


def literal(value: object) -> str:
    """A value as Cypher writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_name(k)}: {literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r") + "'"
    return json.dumps(value)


def _name(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z_]\w*", text, re.ASCII) else "`" + text.replace("`", "``") + "`"
