"""What is around an actor: nodes and links for a view, as many as can be drawn, and how many more there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from govgraph.graph.errors import BadInput
from govgraph.graph.period import day, from_bounds, shown
from govgraph.graph.vocabulary import vocabulary
from govgraph.graph.workspace import Workspace, consistent

from .evidence import Row, with_evidence
from .names import find

if TYPE_CHECKING:
    from govgraph.graph.store import Store

HOPS = 4
"""How far one may look at most."""
READ = 20_000
"""Relations that are read for one step at most."""

AROUND = """
UNWIND $ids AS id
MATCH (n:Entity {id: id})-[r]-(m:Entity)
WHERE ($relations IS NULL OR type(r) IN $relations) AND ($types IS NULL OR m.type IN $types)
  AND ($as_of IS NULL OR (coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')))
RETURN n.id AS here, m.id AS id, m.name AS name, m.type AS type, m.place AS place, type(r) AS relation,
       startNode(r).id AS start, properties(r) AS properties
ORDER BY here, relation, name, id
"""
BETWEEN = """
UNWIND $ids AS id
MATCH (n:Entity {id: id})-[r]->(m:Entity)
WHERE m.id IN $ids AND ($relations IS NULL OR type(r) IN $relations)
  AND ($as_of IS NULL OR (coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')))
RETURN n.id AS `from`, m.id AS to, type(r) AS relation, properties(r) AS properties
ORDER BY `from`, relation, to, r.id
"""


@consistent
def neighbourhood(
    workspace: Workspace,
    centre: str,
    *,
    hops: int = 1,
    relations: Sequence[str] | None = None,
    types: Sequence[str] | None = None,
    as_of: str | None = None,
    most: int = 300,
    quotes: bool = False,
) -> Row:
    """The actors within `hops` relations of everybody called `centre`, and the relations between them.

    `nodes` have `id, name, type, place, hops`; `links` have `id, from, to, relation, role, valid, sure, possible,
    claims`, and with `quotes` `evidence`. No more than `most` nodes are given, the nearest first; `cut` counts by type
    those that were found and left out, `complete` is whether none was. `relations` and `types` (with what lies below
    them) narrow what is walked.
    Raises NotFound for a name that nobody bears, BadInput for an unknown relation or type, or too many hops.
    """
    if not 0 <= hops <= HOPS:
        raise BadInput(f"{hops} hops are not possible; ask for 0 to {HOPS}")
    for relation in relations or ():
        vocabulary().relation(relation)
    below = sorted({t for type_ in types for t in vocabulary().descendants(type_)}) if types else None
    asked: Row = {
        "relations": list(relations) if relations else None,
        "types": below,
        "as_of": day(as_of) if as_of else None,
    }
    with workspace.reader() as store:
        starts = find(store, centre)
        nodes: dict[str, Row] = {
            str(row["id"]): {name: row[name] for name in ("id", "name", "type", "place")} | {"hops": 0}
            for row in starts
        }
        cut = _grow(store, nodes, hops, asked, most)
        links = store.read(BETWEEN, asked | {"ids": list(nodes)}, limit=READ)
    found = [_link(link) for link in links]
    return {
        "centre": [row["id"] for row in starts],
        "nodes": list(nodes.values()),
        "links": with_evidence(workspace, found) if quotes else found,
        "cut": dict(sorted(cut.items())),
        "complete": not cut,
    }


def _grow(store: Store, nodes: dict[str, Row], hops: int, asked: Row, most: int) -> Counter[str]:
    """Add the nodes of each step while there is room; count the others by type."""
    edge, cut, left = list(nodes), Counter[str](), set[str]()
    for step in range(1, hops + 1):
        found = store.read(AROUND, asked | {"ids": edge}, limit=READ)
        edge = []
        for row in found:
            id = str(row["id"])
            if id in nodes or id in left:
                continue
            if len(nodes) >= most:
                left.add(id)
                cut[str(row["type"])] += 1
                continue
            nodes[id] = {name: row[name] for name in ("id", "name", "type", "place")} | {"hops": step}
            edge.append(id)
        if not edge:
            break
    return cut


def _link(row: Row) -> Row:
    properties = row["properties"]
    assert isinstance(properties, dict)
    period = from_bounds(properties)
    return {
        "id": properties["id"],
        "from": row["from"],
        "relation": row["relation"],
        "to": row["to"],
        "role": properties.get("role"),
        "valid": properties.get("valid"),
        "sure": shown(period.sure),
        "possible": shown(period.possible),
        "claims": properties.get("claims") or [],
    }
