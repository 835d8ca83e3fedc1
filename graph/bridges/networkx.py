"""The graph, or a slice of it, as a networkx graph.

from govgraph.graph.bridges.networkx import to_networkx
g = to_networkx(workspace, place="罗湖区", as_of="2021-06-30", relations=["HOLDS_POST"])
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, Literal, NoReturn, cast

import networkx

from ..errors import BadInput, NotFound
from ..period import HIGH, LOW, Period, day, from_bounds, meet, shown
from ..vocabulary import vocabulary
from ..workspace import consistent

if TYPE_CHECKING:
    from ..store import Row, Store
    from ..workspace import Workspace

    Graph = networkx.MultiDiGraph[str]
    Simple = networkx.Graph[str]

PLACE = """
MATCH (p:Place)
WHERE p.id = $name OR p.name = $name OR $name IN p.aliases OR $name IN p.keys OR $name IN p.ids
RETURN p.id AS id
"""
WRITTEN = "MATCH (n:Entity) WHERE $name IN n.place_names RETURN n.id AS id LIMIT 1"
LIES = "($places IS NULL OR any(x IN $places WHERE x IN {n}.places OR x IN {n}.place_names))"
HOLDS = "($day IS NULL OR (coalesce(r.possible_from, '') <= $day AND $day < coalesce(r.possible_to, '~')))"
TIES = f"""
MATCH (a:Entity)-[r{{relations}}]->(b:Entity) WHERE {HOLDS} AND ({LIES.format(n="a")} OR {LIES.format(n="b")})
RETURN a.id AS a, type(r) AS relation, properties(r) AS r, b.id AS b
"""
NODES = "UNWIND $ids AS id MATCH (n:Entity {id: id}) RETURN properties(n) AS n"
ALONE = f"MATCH (n:Entity) WHERE {LIES.format(n='n')} RETURN properties(n) AS n"


@consistent
def to_networkx(
    workspace: Workspace,
    place: str | None = None,
    as_of: str | None = None,
    types: Collection[str] | None = None,
    relations: Collection[str] | None = None,
    *,
    surely: bool = False,
    isolates: bool = False,
) -> Graph:
    """The actors as nodes and the relations between them as edges, both with their properties as attributes.

    Nodes are keyed by id, edges by (from, to, id of the relation); an edge has `relation`, `valid`, `claims` and the
    bounds of its two periods as in the graph. `place` keeps what lies in it: every end that is not a person, and one
    end at least, for people count wherever they live. `types` and `relations` keep these, a type with all below it.
    `as_of` (ISO day) keeps the relations that hold on that day and adds `holds` (yes or possibly) to each; `surely`
    keeps those that surely do, or without a day those that surely did at some time. `isolates` keeps nodes without an
    edge. Nodes and edges come in the order of their ids. Raises NotFound for an unknown place, BadInput for an
    unknown type or relation or for no day.
    """
    as_of = day(as_of) if as_of else None
    wanted = None if types is None else {below for name in types for below in vocabulary().descendants(name)}
    chosen = [vocabulary().relation(name).name for name in relations or ()]
    with workspace.reader() as store:
        places = _places(store, place)
        statement = TIES.format(relations=":" + "|".join(chosen) if chosen else "")
        ties = store.read(statement, {"places": places, "day": as_of})
        ends = sorted({str(tie[end]) for tie in ties for end in ("a", "b")})
        found = [*store.read(NODES, {"ids": ends}), *(store.read(ALONE, {"places": places}) if isolates else [])]
    known = {str(n["id"]): n for row in found if _wanted(n := _properties(row["n"]), wanted)}
    edges: list[tuple[str, str, str, Row]] = []
    for tie in ties:
        a, b, r = known.get(str(tie["a"])), known.get(str(tie["b"])), _properties(tie["r"])
        holds = _holds(r, as_of, surely)
        if holds and a and b and _inside(a, b, places):
            more: Row = {"relation": tie["relation"]} | ({"holds": holds} if as_of else {})
            edges.append((str(a["id"]), str(b["id"]), str(r["id"]), r | more))
    edges.sort(key=lambda edge: edge[:3])
    tied = {end for edge in edges for end in edge[:2]}
    graph: Graph = networkx.MultiDiGraph()
    for id in sorted(known):
        if id in tied or (isolates and (places is None or _lies(known[id], places))):
            graph.add_node(id, **known[id])
    for start, end, key, attributes in edges:
        graph.add_edge(start, end, key, **attributes)
    return graph


def projected(graph: Graph, onto: Literal["people", "bodies"]) -> Simple:
    """People tied by the bodies in which they hold posts at the same time, or bodies tied by the people who do.

    Of a slice with posts (`to_networkx`). An edge has `weight`, the days on which the two posts surely overlap, summed
    over what they share; `surely` (whether there is any such day), `shared` (ids of the bodies or people), `sure` and
    `possible` (the first and last overlap, [from, to]), and `claims`. Posts that never can overlap tie nobody.
    Breiger 1974, Social Forces 53.
    """
    holders: dict[str, list[tuple[str, Row]]] = defaultdict(list)
    for person, body, post in graph.edges(data=True):
        if post["relation"] == "HOLDS_POST":
            middle, end = (body, person) if onto == "people" else (person, body)
            holders[middle].append((end, cast("Row", post)))
    ties: dict[tuple[str, str], list[tuple[str, Period, list[object]]]] = defaultdict(list)
    for middle, held in sorted(holders.items()):
        for (a, one), (b, other) in combinations(sorted(held, key=lambda end: (end[0], str(end[1]["id"]))), 2):
            term = meet([from_bounds(one), from_bounds(other)]) if a != b else None
            if term:
                ties[a, b].append((middle, term, [*_list(one["claims"]), *_list(other["claims"])]))
    found: Simple = networkx.Graph()
    ends = sorted({end for held in holders.values() for end, _ in held})
    found.add_nodes_from((end, dict(graph.nodes[end])) for end in ends)
    for (a, b), shared in sorted(ties.items()):
        found.add_edge(a, b, **_tie(shared))
    return found


def _tie(shared: Sequence[tuple[str, Period, list[object]]]) -> Row:
    days = {middle: set[tuple[str, str]]() for middle, _, _ in shared}
    for middle, term, _ in shared:
        if term.sure:
            days[middle].add(term.sure)
    sure = [span for spans in days.values() for span in spans]
    possible = [term.possible for _, term, _ in shared]
    return {
        "weight": sum(_days(spans) for spans in days.values()),
        "surely": bool(sure),
        "shared": sorted(days),
        "sure": shown((min(s[0] for s in sure), max(s[1] for s in sure))) if sure else None,
        "possible": shown((min(p[0] for p in possible), max(p[1] for p in possible))),
        "claims": sorted({str(claim) for _, _, claims in shared for claim in claims}),
    }


def _days(spans: Iterable[tuple[str, str]]) -> int:
    """How many days lie in any of the half-open spans; a span without an end counts no day."""
    total, reached = 0, LOW
    for start, end in sorted(spans):
        start = max(start, reached)
        if start != LOW and end != HIGH and start < end:
            total += (date.fromisoformat(end) - date.fromisoformat(start)).days
            reached = end
    return total


def from_networkx(graph: object) -> NoReturn:
    """Refused: an edge has no words of a source, and a claim is nothing without them."""
    raise BadInput(
        "a networkx graph cannot become claims: its edges name claims but hold no source, place and words; "
        "write what you know as claims with their evidence (docs/claims.md) and use `govgraph import`"
    )


def _places(store: Store, name: str | None) -> list[str] | None:
    """The ids of the places of that name; the name itself where some source wrote it and none described it."""
    if name is None:
        return None
    found = [str(row["id"]) for row in store.read(PLACE, {"name": name})]
    if not found and store.read(WRITTEN, {"name": name}):
        found = [name]
    if not found:
        raise NotFound(f"no place {name} is known; give the exact name, alias, id or key of a place in this workspace")
    return found


def _holds(relation: Row, as_of: str | None, surely: bool) -> str | None:
    """yes or possibly, as far as it is wanted; None for a relation that is not."""
    period = from_bounds(relation)
    holds = period.holds(as_of) if as_of else "yes" if period.sure else "possibly"
    return None if holds == "no" or (surely and holds != "yes") else holds


def _wanted(node: Row, types: set[str] | None) -> bool:
    return types is None or node["type"] in types


def _inside(a: Row, b: Row, places: list[str] | None) -> bool:
    """Whether both ends lie in one of the places, or one does and the other is a person."""
    if places is None:
        return True
    lies = [_lies(a, places), _lies(b, places)]
    return any(lies) and all(inside or end["type"] == "Person" for inside, end in zip(lies, (a, b), strict=True))


def _lies(node: Row, places: Iterable[str]) -> bool:
    around = cast("list[str]", [*_list(node.get("places")), *_list(node.get("place_names"))])
    return any(place in around for place in places)


def _properties(value: object) -> Row:
    assert isinstance(value, dict)
    return cast("Row", value)


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
