"""The network of people and bodies, measured as the field measures it, over a slice that the researcher chooses.

An *affiliation network* (two-mode) has people on one side, bodies on the other, and a tie for every post; a one-mode
network has ties among bodies alone (who guides or supervises whom). Both are read as undirected and simple: two posts
of one person in one body are one tie. Every measure is worked out by networkx on nodes in the order of their ids, and
rounded to nine places, so that the same graph gives the same numbers on every machine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, cast

import networkx
from networkx.algorithms import bipartite

from govgraph.graph.bridges.networkx import to_networkx
from govgraph.graph.period import Period, from_bounds, meet, shown
from govgraph.graph.vocabulary import vocabulary
from govgraph.graph.workspace import Workspace, consistent

from .evidence import Row, claims_of, with_evidence
from .trust import EVERY, Trust

if TYPE_CHECKING:
    Graph = networkx.Graph[str]

POSTS = ("HOLDS_POST",)
PLACES = 9
STEPS = 10_000
"""How many steps the eigenvector is given to settle; a network of thousands of actors needs hundreds."""


@dataclass(frozen=True, slots=True)
class Slice:
    """What part of the graph is measured: relations of these kinds, between actors of these types, in a place.

    `as_of` (ISO day) takes what holds on that day, surely or possibly; without it all that ever did. `surely` leaves
    out what is only possible. `trust` takes only ties with a trusted claim.
    """

    place: str | None = None
    types: Sequence[str] | None = None
    relations: Sequence[str] = POSTS
    as_of: str | None = None
    surely: bool = False
    trust: Trust = EVERY


@consistent
def actors(workspace: Workspace, part: Slice) -> list[Row]:
    """The actors of a slice with their centrality and the component they belong to, most central first.

    degree              the number of other actors that an actor is tied to, d
    degree_centrality   d / (n - 1) in a one-mode network of n actors; d / (number of actors on the other side) in a
                        two-mode one. Freeman 1978, Social Networks 1; Borgatti and Everett 1997, Social Networks 19
    betweenness         the sum over pairs (s, t) of the share of shortest paths between them that pass through the
                        actor, divided by the largest value that a network of this size can give: (n - 1)(n - 2) / 2,
                        for two modes that of Borgatti and Everett. Freeman 1977, Sociometry 40
    eigenvector         x with A x = λ x for the largest λ of the adjacency matrix A, of length 1. Worked out within
                        each component, whose values are not to be compared with those of another; null where it does
                        not settle. Bonacich 1972, Journal of Mathematical Sociology 2
    component           the number of the largest set of actors that are all connected, 1 for the largest
    cutpoint            whether the component falls apart without the actor (articulation point). Harary 1969, Graph
                        Theory

    Rows: `actor` {id, name, type}, `mode` (one or two), these seven, and the claims of the actor's ties. Raises
    NotFound for an unknown place, BadInput for an unknown type or relation.
    """
    graph, ties = _read(workspace, part)
    people = _people(graph)
    shares = _degree(graph, people)
    between = _betweenness(graph, people)
    vector = _eigenvector(graph)
    number = {id: at for at, members in enumerate(_components(graph), 1) for id in members}
    cut = set(networkx.articulation_points(graph))
    rows: list[Row] = [
        {
            "actor": _actor(graph, id),
            "mode": "two" if people else "one",
            "degree": len(graph[id]),
            "degree_centrality": _rounded(shares[id]),
            "betweenness": _rounded(between[id]),
            "eigenvector": _rounded(vector.get(id)),
            "component": number[id],
            "cutpoint": id in cut,
            "claims": claims_of(*(ties[_pair(id, other)] for other in graph[id])),
        }
        for id in graph
    ]
    rows.sort(key=lambda row: (-cast("int", row["degree"]), -cast("float", row["betweenness"]), *_named(row["actor"])))
    return with_evidence(workspace, rows)


@consistent
def components(workspace: Workspace, part: Slice) -> list[Row]:
    """The connected components of a slice, the largest first: sets of actors between any two of whom there is a path.

    Rows: `component` (number), `size`, `share` (of all actors of the slice), `ties`, `density` (ties divided by the
    ties there could be: n (n - 1) / 2, in a two-mode network people times bodies), `actors`, claims. Wasserman and
    Faust 1994, Social Network Analysis, 4.2.
    """
    graph, ties = _read(workspace, part)
    people = _people(graph)
    rows: list[Row] = []
    for number, members in enumerate(_components(graph), 1):
        inside = [_pair(a, b) for a, b in graph.subgraph(members).edges]
        on_one_side = len(people.intersection(members))
        size = len(members)
        possible = on_one_side * (size - on_one_side) if people else size * (size - 1) // 2
        rows.append(
            {
                "component": number,
                "size": size,
                "share": _rounded(size / len(graph)),
                "ties": len(inside),
                "density": _rounded(len(inside) / possible) if possible else None,
                "actors": [_actor(graph, id) for id in members],
                "claims": claims_of(*(ties[pair] for pair in inside)),
            }
        )
    return with_evidence(workspace, rows)


@consistent
def bridges(workspace: Workspace, part: Slice) -> list[Row]:
    """The bridges of a slice: ties without which two parts of it would have no path between them.

    Rows: `ends` (two actors), `splits` (how many actors would stay connected to each of the ends), claims; those that
    cut off the most come first. Harary, Norman and Cartwright 1965, Structural
    Models; Granovetter 1973, American Journal of Sociology 78.
    """
    graph, ties = _read(workspace, part)
    size = {id: len(members) for members in _components(graph) for id in members}
    below = _below(graph)
    rows: list[Row] = []
    for a, b in cast("Iterable[tuple[str, str]]", networkx.bridges(graph)):
        child, other = (a, b) if below[a] < below[b] else (b, a)
        first, second = sorted((child, other), key=lambda id: _named(_actor(graph, id)))
        cut = {child: below[child], other: size[child] - below[child]}
        rows.append(
            {
                "ends": [_actor(graph, first), _actor(graph, second)],
                "splits": [cut[first], cut[second]],
                "claims": claims_of(ties[_pair(a, b)]),
            }
        )
    rows.sort(key=lambda row: (-min(cast("list[int]", row["splits"])), *_named(cast("list[Row]", row["ends"])[0]),
                               *_named(cast("list[Row]", row["ends"])[1])))  # fmt: skip
    return with_evidence(workspace, rows)


@consistent
def interlocks(workspace: Workspace, part: Slice) -> list[Row]:
    """Pairs of bodies that share people at one time, with when they did: interlocking directorates.

    Two posts of one person overlap where their periods do: surely on the days on which both surely hold, possibly on
    those on which neither is ruled out. People who never can have held both at once are no interlock. With `as_of` the
    overlap holds on that day.

    Rows: `bodies` (two), `people` (with `roles`, one for each body, `holds`, `sure` and `possible` of the best term),
    `strength` (the number of people shared: the weight of the tie in the projection of the affiliation network on
    bodies, Breiger 1974, Social Forces 53), `sure_strength` (of those who surely shared a day), `holds`, claims;
    the strongest first. Mizruchi 1996, Annual Review of Sociology 22.
    """
    graph = to_networkx(workspace, part.place, None, part.types and [*part.types, "Person"], POSTS)
    posts: dict[str, dict[str, list[Mapping[str, object]]]] = defaultdict(lambda: defaultdict(list))
    for person, body, post in graph.edges(data=True):
        if part.trust.of(cast("list[str]", post["claims"])) and _is_body(graph.nodes[body]):
            posts[person][body].append(post)
    shared: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for person, bodies in sorted(posts.items()):
        for a, b in combinations(sorted(bodies, key=lambda id: _named(_actor(graph, id))), 2):
            if overlap := _overlap(bodies[a], bodies[b], part):
                shared[a, b].append({"id": person, "name": graph.nodes[person]["name"]} | overlap)
    rows = [_interlock(graph, pair, people, part.trust) for pair, people in shared.items()]
    rows.sort(key=lambda row: (-cast("int", row["strength"]), *_named(cast("list[Row]", row["bodies"])[0]),
                               *_named(cast("list[Row]", row["bodies"])[1])))  # fmt: skip
    return with_evidence(workspace, rows)


@consistent
def interlockers(workspace: Workspace, part: Slice) -> list[Row]:
    """The people who hold posts in several bodies at one time, most bodies first (linkers, big linkers).

    Rows: `person`, `bodies` (those that any of them overlaps with another), `strength` (how many), claims of the
    interlocks. Those who moved from one body to another are not among them.
    """
    at: dict[str, tuple[Row, dict[str, Row], list[Iterable[object]]]] = {}
    for row in interlocks(workspace, part):
        for person in cast("list[Row]", row["people"]):
            _, bodies, claims = at.setdefault(str(person["id"]), (person, {}, []))
            bodies |= {str(body["id"]): body for body in cast("list[Row]", row["bodies"])}
            claims.append(cast("list[str]", person["claims"]))
    rows: list[Row] = [
        {
            "person": {"id": person["id"], "name": person["name"]},
            "bodies": sorted(bodies.values(), key=_named),
            "strength": len(bodies),
            "claims": claims_of(*claims),
        }
        for person, bodies, claims in at.values()
    ]
    rows.sort(key=lambda row: (-cast("int", row["strength"]), *_named(row["person"])))
    return with_evidence(workspace, rows)


# --- the slice -------------------------------------------------------------------------------------------------------
def _read(workspace: Workspace, part: Slice) -> tuple[Graph, dict[tuple[str, str], list[str]]]:
    """The simple, undirected graph of a slice, its nodes in order of id, and the claims of each of its ties."""
    found = to_networkx(workspace, part.place, part.as_of, part.types, part.relations, surely=part.surely)
    ties: dict[tuple[str, str], list[str]] = defaultdict(list)
    for a, b, tie in found.edges(data=True):
        if a != b and (claims := part.trust.of(cast("list[str]", tie["claims"]))):
            ties[_pair(a, b)] += claims
    graph: Graph = networkx.Graph()
    for id in sorted({end for pair in ties for end in pair}):
        graph.add_node(id, **found.nodes[id])
    graph.add_edges_from(sorted(ties))
    return graph, ties


def _people(graph: Graph) -> set[str]:
    """The people, if every tie is between a person and something else: then the network is two-mode. Else nobody."""
    people = {id for id, node in graph.nodes(data=True) if node["type"] == "Person"}
    return people if all((a in people) != (b in people) for a, b in graph.edges) else set()


def _degree(graph: Graph, people: set[str]) -> Mapping[str, float]:
    if people:
        return cast("Mapping[str, float]", bipartite.degree_centrality(graph, people))
    return cast("Mapping[str, float]", networkx.degree_centrality(graph))


def _betweenness(graph: Graph, people: set[str]) -> Mapping[str, float]:
    if not people:
        return cast("Mapping[str, float]", networkx.betweenness_centrality(graph))
    raw = networkx.betweenness_centrality(graph, normalized=False)
    ours, others = len(people), len(graph) - len(people)
    largest = {True: _largest(ours, others), False: _largest(others, ours)}
    return {id: value / largest[id in people] if largest[id in people] else 0.0 for id, value in raw.items()}


def _largest(own: int, other: int) -> float:
    """The largest betweenness of one of `own` nodes in a two-mode network with `other` nodes on the other side, not
    normalised: Borgatti and Everett 1997; Borgatti and Halgin 2011, Analyzing affiliation networks. 0 where no path can
    pass through it.
    """
    s, t = divmod(own - 1, other)
    return (other**2 * (s + 1) ** 2 + other * (s + 1) * (2 * t - s - 1) - t * (2 * s - t + 3)) / 2


def _eigenvector(graph: Graph) -> dict[str, float]:
    found: dict[str, float] = {}
    for members in _components(graph):
        try:
            found |= networkx.eigenvector_centrality(_ordered(graph, members), max_iter=STEPS, tol=1e-12)
        except networkx.PowerIterationFailedConvergence:
            continue
    return found


def _ordered(graph: Graph, members: Iterable[str]) -> Graph:
    """The part of the graph with these nodes, in their order (a subgraph of networkx has that of a set)."""
    part: Graph = networkx.Graph()
    part.add_nodes_from(members)
    part.add_edges_from(sorted(graph.subgraph(part.nodes).edges))
    return part


def _components(graph: Graph) -> list[list[str]]:
    return sorted((sorted(found) for found in networkx.connected_components(graph)), key=lambda ids: (-len(ids), ids))


def _below(graph: Graph) -> dict[str, int]:
    """How many nodes hang below each in a tree that spans its component, itself included.

    A bridge is in every such tree, and what hangs below its lower end is what it cuts off.
    """
    size: dict[str, int] = {}
    for root, *_ in _components(graph):
        steps = list(networkx.dfs_edges(graph, root))
        size |= {root: 1} | {child: 1 for _, child in steps}
        for parent, child in reversed(steps):
            size[parent] += size[child]
    return size


# --- interlocks ------------------------------------------------------------------------------------------------------
def _overlap(here: Sequence[Mapping[str, object]], there: Sequence[Mapping[str, object]], part: Slice) -> Row | None:
    """The best overlap of two sets of terms: one that surely was before one that may have been, then the earliest."""
    wanted = ("yes",) if part.surely else ("yes", "possibly")
    terms = [
        (period, a, b)
        for a in here
        for b in there
        if (period := meet([from_bounds(dict(a)), from_bounds(dict(b))])) and _holds(period, part) in wanted
    ]
    if not terms:
        return None
    period, a, b = min(terms, key=lambda term: (_holds(term[0], part) != "yes", term[0].sure or term[0].possible))
    claims = [part.trust.of(cast("list[str]", post["claims"])) for _, *pair in terms for post in pair]
    return {
        "roles": [a.get("role"), b.get("role")],
        "holds": _holds(period, part),
        "sure": shown(period.sure),
        "possible": shown(period.possible),
        "claims": claims_of(*claims),
    }


def _holds(period: Period, part: Slice) -> str:
    """Whether it holds on the day of the slice; without one, whether there is any day on which it surely did."""
    return period.holds(part.as_of) if part.as_of else "yes" if period.sure else "possibly"


def _interlock(graph: networkx.MultiDiGraph[str], pair: tuple[str, str], people: list[Row], trust: Trust) -> Row:
    sure = sum(person["holds"] == "yes" for person in people)
    return {
        "bodies": [_actor(graph, id) for id in pair],
        "people": people,
        "strength": len(people),
        "sure_strength": sure,
        "holds": "yes" if sure else "possibly",
        "claims": claims_of(*(cast("list[str]", person["claims"]) for person in people)),
    }


def _is_body(node: Mapping[str, object]) -> bool:
    return vocabulary().is_a(str(node["type"]), "Organization")


# --- rows ------------------------------------------------------------------------------------------------------------
def _actor(graph: networkx.Graph[str], id: str) -> Row:
    node = graph.nodes[id]
    return {"id": id, "name": node["name"], "type": node["type"]}


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)


def _named(actor: object) -> tuple[str, str]:
    found = cast("Row", actor)
    return str(found["name"]), str(found["id"])


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, PLACES)
