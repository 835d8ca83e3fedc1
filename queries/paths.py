"""Why two actors have to do with each other: the shortest chains of recorded relations between them, with sources.

Searched level by level from both ends, one statement a level, so that a relation of another time or a place that
contains everybody can be passed over *during* the search: engines differ in when they apply a condition on a path.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import log2
from typing import TYPE_CHECKING

from govgraph.graph.errors import BadInput
from govgraph.graph.period import day, meet, shown
from govgraph.graph.workspace import Workspace, consistent

from .conflicts.walk import STANDING, Node, Step
from .evidence import Row, claims_of, with_evidence
from .names import find

if TYPE_CHECKING:
    from govgraph.graph.store import Store

LONGEST = 8
"""Relations on a path at most; what is farther apart has nothing to say to each other."""
MOST = 1000
"""Shortest paths that are looked at before the best are chosen."""

# Cross-appointments are left out: they only repeat the two posts that they follow from.
AROUND = """
UNWIND $ids AS id
MATCH (n:Entity {id: id})-[r]-(m:Entity)
WHERE ($hubs OR m.id = $goal OR NOT (m:Country OR m:Province OR m:City OR m:District OR m:SubDistrict OR m:Community))
  AND r.derived IS NULL
  AND ($as_of IS NULL OR (coalesce(r.possible_from, '') <= $as_of AND $as_of < coalesce(r.possible_to, '~')))
RETURN n.id AS here, m.id AS id, m.name AS name, m.type AS type, type(r) AS relation, startNode(r).id AS start,
       properties(r) AS properties
"""
TIES = """
UNWIND $ids AS id
MATCH (n:Entity {id: id})-[r]-()
WHERE r.derived IS NULL
RETURN n.id AS id, count(r) AS ties
"""
_HOLDS = ("yes", "possibly", "no")
STRENGTH: Mapping[str, float] = {
    "FAMILY_OF": 1.0,
    "INVESTS_IN": 0.95,
    "HOLDS_POST": 0.9,
    "HOLDS_SEAL_OF": 0.9,
    "SERVES": 0.8,
    "BASED_IN": 0.8,
    "COVERS": 0.8,
    "MEMBER_OF": 0.6,
    "LIVES_IN": 0.4,
    "LOCATED_IN": 0.2,
}
"""How much a relation ties those whom it joins: kinship and money more than a post, that more than a place for both."""
OTHERS = 0.7


@consistent
def why(workspace: Workspace, a: str, b: str, as_of: str | None = None, limit: int = 10) -> list[Row]:
    """The shortest paths between everybody called `a` and everybody called `b` (exact name, alias, id or key).

    Rows are `path` (steps as in docs/answers.md), `length`, `holds`, `sure`, `possible`, `strength`, `claims` and
    `evidence`: the shortest first, then what surely holds before what possibly does, then the strongest: by the kinds
    of its relations, and the fewer ties those have over whom it leads. `sure` and `possible` are when all of it held
    together (null: never). `holds` is about `as_of` (ISO day; relations that cannot hold then are
    not walked) or the workspace's day, and no where the relations never hold together on it. Seats, kinship and
    containment narrow the time only where a source dates them. Paths over a place above the compound stand in only
    where there is no other. No path within 8 relations: no rows. Raises NotFound for a name that nobody bears, BadInput
    if both are the same actor.
    """
    as_of = day(as_of) if as_of else None
    on = as_of or workspace.day()
    with workspace.reader() as store:
        starts, ends = _nodes(store, a), _nodes(store, b)
        pairs = [(start, end) for start in starts for end in ends if start.id != end.id]
        if not pairs:
            raise BadInput(f"{a} and {b} are one actor ({starts[0].id}); name two different ones")
        paths = [path for start, end in pairs for path in _between(store, start, end, as_of)]
        over = sorted({step.end.id for path in paths for step in path})
        ties = {str(row["id"]): int(str(row["ties"])) for row in store.read(TIES, {"ids": over})} if over else {}
    rows = sorted((_row(path, on, ties) for path in paths), key=_order)
    return with_evidence(workspace, [{k: v for k, v in row.items() if k != "order"} for row in rows[:limit]])


def _nodes(store: Store, name: str) -> list[Node]:
    return [Node(str(row["id"]), str(row["name"]), str(row["type"])) for row in find(store, name)]


def _between(store: Store, start: Node, end: Node, as_of: str | None) -> list[Sequence[Step]]:
    """The shortest paths between two actors; over places above the compound only if there are no others."""
    for hubs in (False, True):
        if paths := list(islice(_shortest(store, start, end, as_of, hubs), MOST)):
            return paths
    return []


@dataclass(slots=True)
class Side:
    """One end of the search: how far each actor is from it, and by which steps from the one before."""

    start: Node
    goal: Node
    depth: dict[str, int] = field(default_factory=dict)
    steps: dict[str, list[Step]] = field(default_factory=lambda: defaultdict(list))
    edge: list[str] = field(default_factory=list)
    level: int = 0

    def __post_init__(self) -> None:
        self.depth[self.start.id], self.edge = 0, [self.start.id]

    def grow(self, store: Store, known: dict[str, Node], as_of: str | None, hubs: bool) -> None:
        """Go one step further out."""
        self.level += 1
        found = store.read(AROUND, {"ids": self.edge, "goal": self.goal.id, "as_of": as_of, "hubs": hubs})
        self.edge = []
        for row in found:
            node = known.setdefault(str(row["id"]), Node(str(row["id"]), str(row["name"]), str(row["type"])))
            if node.id not in self.depth:
                self.depth[node.id] = self.level
                self.edge.append(node.id)
            if self.depth[node.id] == self.level:
                self.steps[node.id].append(_step(known[str(row["here"])], node, row))

    def outermost(self) -> set[str]:
        """The actors just reached. Where those of both sides meet first, every shortest path passes."""
        return set(self.edge)

    def back(self, node: str) -> Iterator[tuple[Step, ...]]:
        """Every shortest path from the start to a node."""
        if node == self.start.id:
            yield ()
        for step in sorted(self.steps[node], key=lambda step: (step.start.id, step.relation, step.id)):
            for path in self.back(step.start.id):
                yield (*path, step)


def _shortest(store: Store, start: Node, end: Node, as_of: str | None, hubs: bool) -> Iterator[Sequence[Step]]:
    known = {node.id: node for node in (start, end)}
    near, far = Side(start, end), Side(end, start)
    while near.edge and far.edge and near.level + far.level < LONGEST:
        side = min(near, far, key=lambda side: len(side.edge))
        side.grow(store, known, as_of, hubs)
        met = near.outermost() & far.outermost()
        for node in sorted(met):
            for out in near.back(node):
                for home in far.back(node):
                    yield (*out, *map(_turned, reversed(home)))
        if met:
            return


def _step(here: Node, there: Node, row: Row) -> Step:
    properties = row["properties"]
    assert isinstance(properties, dict)
    return Step(here, there, str(row["relation"]), row["start"] != here.id, properties)


def _turned(step: Step) -> Step:
    return Step(step.end, step.start, step.relation, not step.reversed, step.properties)


def _row(path: Sequence[Step], on: str, ties: Mapping[str, int]) -> Row:
    """One path. Two posts of one body at different times make a path that never held: `no`."""
    dated = [step.period for step in path if step.relation not in STANDING | {"LOCATED_IN"} or step.valid is not None]
    term = meet(dated)
    holds, strength = term.holds(on) if term else "no", _strength(path, ties)
    return {
        "path": [step.row() | {"claims": step.claims, "ties": ties.get(step.end.id, 0)} for step in path],
        "length": len(path),
        "holds": holds,
        "sure": shown(term.sure) if term else None,
        "possible": shown(term.possible) if term else None,
        "strength": round(strength, 4),
        "claims": claims_of(*(step.claims for step in path)),
        "order": (
            len(path),
            _HOLDS.index(holds),
            -round(strength, 4),
            *((s.end.name, s.end.id, s.relation, s.id) for s in path),
        ),
    }


def _strength(path: Sequence[Step], ties: Mapping[str, int]) -> float:
    """From 0 to 1: what its relations are worth, less where it leads over somebody who is tied to many."""
    worth = 1.0
    for step in path:
        worth *= STRENGTH.get(step.relation, OTHERS)
    for step in path[:-1]:
        worth /= max(1.0, log2(ties.get(step.end.id, 2)))
    return worth


def _order(row: Row) -> tuple[object, ...]:
    order = row["order"]
    assert isinstance(order, tuple)
    return order
