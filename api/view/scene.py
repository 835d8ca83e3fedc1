"""What is drawn: the actors around one, in a place or in an answer, and all relations between them.

A scene is read from the compiled tables of a workspace, or of what a tier may see of it (`seen_by`): what is hidden is
then in no table, and no server has to run.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from govgraph.graph.compile import RESERVED
from govgraph.graph.errors import BadInput, NotFound
from govgraph.graph.log import connect, quoted_paths
from govgraph.graph.period import from_bounds, shown
from govgraph.graph.vocabulary import Tier, vocabulary
from govgraph.graph.workspace import Workspace
from govgraph.queries.tiers import TIERS, View

from .look import Row

if TYPE_CHECKING:
    import duckdb

MOST = 2000
"""Nodes of a picture at most; an answer of the service may have `MOST_ASKED`."""
MOST_ASKED = 5000
HOPS = 4
QUOTES = 3
"""Quotes for each relation and actor at most."""

ACTORS = "nodes WHERE NOT list_has_any(labels, ['Source', 'Figure', 'Statement', 'Register'])"
NAMED = f"""SELECT id FROM {ACTORS} AND (id = $1 OR name = $1 OR list_contains(aliases, $1)
    OR list_contains(from_json(properties::JSON->'keys', '["VARCHAR"]'), $1)
    OR list_contains(from_json(properties::JSON->'ids', '["VARCHAR"]'), $1)) ORDER BY name, id"""
LIES = """list_has_any(list_concat(from_json(properties::JSON->'places', '["VARCHAR"]'),
    from_json(properties::JSON->'place_names', '["VARCHAR"]')), $1)"""
HOLDS = """($day IS NULL OR (coalesce(properties::JSON->>'possible_from', '') <= $day
    AND $day < coalesce(properties::JSON->>'possible_to', '~')))"""
AROUND = f"""
SELECT here, n.id, n.type FROM (
    SELECT "from" AS here, "to" AS there FROM relations WHERE list_contains($ids, "from") AND {HOLDS}
    UNION SELECT "to", "from" FROM relations WHERE list_contains($ids, "to") AND {HOLDS}) r
JOIN (SELECT * FROM {ACTORS}) n ON n.id = r.there ORDER BY n.name, n.id
"""
DEGREE = f"""
SELECT n.id, n.type, count(e.id) AS ties FROM (SELECT * FROM {ACTORS}) n
LEFT JOIN (SELECT "from" AS id FROM relations WHERE {HOLDS} UNION ALL SELECT "to" FROM relations WHERE {HOLDS}) e
ON e.id = n.id WHERE ($ids IS NULL OR list_contains($ids, n.id)) GROUP BY n.id, n.type, n.name
ORDER BY ties DESC, n.name, n.id
"""
SHOWN = "SELECT id, properties FROM nodes WHERE id IN (SELECT unnest($1)) ORDER BY id"
BETWEEN = f"""
SELECT id, "from", relation, "to", properties FROM relations
WHERE "from" IN (SELECT unnest($ids)) AND "to" IN (SELECT unnest($ids)) AND {HOLDS}
ORDER BY id
"""
GROUPS = """
CREATE TABLE grouped AS WITH
found AS (SELECT id, type, from_json(properties::JSON->'place_names', '["VARCHAR"]') AS names
          FROM nodes WHERE id IN (SELECT id FROM inside)),
lying AS (SELECT *, list_position(list_transform(names, lambda x: list_contains($asked, x)), true) AS n FROM found),
placed AS (SELECT id, type, CASE WHEN n > 0 THEN names[greatest(n - 1, 1)] END AS place FROM lying),
near AS (SELECT "from" AS id, min(p.place) AS place FROM relations r JOIN placed p ON p.id = "to"
         WHERE r.relation IN ('HOLDS_POST', 'SERVES', 'COVERS') GROUP BY 1)
SELECT p.id, p.type, coalesce(p.place, n.place) AS place, p.type || ' ' || coalesce(p.place, n.place, '') AS grp
FROM placed p LEFT JOIN near n ON n.id = p.id
"""
"""In a place by the places right within it; who has none by the first of those where he holds posts or serves."""
TIES = f"""
SELECT a.grp, r.relation, b.grp, count(*) FROM relations r JOIN grouped a ON a.id = r."from"
JOIN grouped b ON b.id = r."to" WHERE a.grp <> b.grp AND {HOLDS} GROUP BY ALL ORDER BY 4 DESC, 1, 2, 3
"""
HUBS = ("Country", "Province", "City", "District", "SubDistrict", "Community")
"""Places that contain everybody: shown beside what lies in them, not walked through."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture shows. `nodes` and `links` have the fields of /v1/graph, with quotes (`evidence`) where asked for.

    `cut` counts by type what was found and left out; `day` is the day that only what may hold on it is shown of.
    """

    title: str
    centre: list[str]
    nodes: list[Row]
    links: list[Row]
    tier: Tier
    version: str
    newest: str
    day: str | None = None
    cut: dict[str, int] = field(default_factory=dict)

    def row(self) -> Row:
        """As /v1/graph answers."""
        shown = {"centre": self.centre, "nodes": self.nodes, "links": self.links}
        return shown | {"cut": self.cut, "complete": not self.cut}

    @property
    def names(self) -> dict[str, str]:
        return {str(node["id"]): str(node["name"]) for node in self.nodes}

    @property
    def ends(self) -> list[tuple[str, str]]:
        return [(str(link["from"]), str(link["to"])) for link in self.links]


def seen_by(workspace: Workspace, tier: Tier) -> Workspace:
    """The workspace as a tier sees it. Its tables are made if need be, which needs no server."""
    return workspace if tier == TIERS[-1] else View(workspace, "public" if tier == "public" else "research")


def scene(
    workspace: Workspace,
    *,
    centre: str | None = None,
    hops: int = 1,
    place: str | None = None,
    query: str | None = None,
    ids: Sequence[str] | None = None,
    as_of: str | None = None,
    most: int = MOST,
    quotes: bool = True,
    tier: Tier | None = None,
) -> Scene:
    """The actors within `hops` of everybody called `centre`, or those in a place, or those in the answer to a question
    of the catalogue (`NAME` or `NAME k=v …`), or those with `ids`, or all, and what ties them.

    `workspace` is what the reader may see (`seen_by`). No more than `most` nodes: the nearest, else those with most
    ties. Raises NotFound for a name that nobody bears, BadInput for more than one kind of choice or too many hops.
    """
    if sum(choice is not None for choice in (centre, place, query, ids)) > 1:
        raise BadInput("a picture is of a centre, of a place, or of a question: give one of them")
    if not 0 <= hops <= HOPS:
        raise BadInput(f"{hops} hops are not possible; ask for 0 to {HOPS}")
    state = workspace.state()
    asked = _answered(workspace, query, as_of) if query else ids
    with connect() as con:
        _open(con, workspace)
        starts = _named(con, centre) if centre else []
        if centre:
            chosen, cut = _around(con, starts, hops, as_of, most)
        else:
            inside = asked if asked is not None else _inside(con, place) if place else None
            chosen, cut = _tied(con, inside, as_of, most)
        nodes = [_node(row, chosen.get(str(row[0]))) for row in con.execute(SHOWN, [list(chosen)]).fetchall()]
        links = [_link(row) for row in con.execute(BETWEEN, {"ids": list(chosen), "day": as_of}).fetchall()]
    if quotes:
        _quoted(workspace, [*nodes, *links])
    names = [str(node["name"]) for node in nodes if node["id"] in starts]
    title = "、".join(dict.fromkeys(names)) or place or query or ""
    tier = tier or (workspace.tier if isinstance(workspace, View) else TIERS[-1])
    newest = workspace.day()
    return Scene(title, starts, nodes, links, tier, state.version, newest, as_of, cut)


def groups(workspace: Workspace, place: str, *, as_of: str | None = None, most: int = MOST) -> Row:
    """The actors of a place as groups by place and type, and between groups how many relations of each kind there are:
    for more than can be drawn one by one. Answers as /v1/graph does; a group has `count`."""
    with connect() as con:
        _open(con, workspace)
        con.execute("CREATE TABLE inside AS SELECT unnest($1) AS id", [_inside(con, place)])
        called = con.execute("SELECT name FROM nodes WHERE id IN (SELECT unnest($1))", [_ids(con, place)]).fetchall()
        con.execute(GROUPS, {"asked": [place, *(name for (name,) in called)]})
        sizes = con.execute("SELECT grp, place, type, count(*) FROM grouped GROUP BY ALL ORDER BY 4 DESC, 1").fetchall()
        ties = con.execute(TIES, {"day": as_of}).fetchall()
    kept = {row[0] for row in sizes[:most]}
    cut = Counter[str]()
    for _, _, type, n in sizes[most:]:
        cut[type] += n
    nodes = [{"id": g, "name": at or "", "type": type, "place": at, "count": n} for g, at, type, n in sizes[:most]]
    links = [
        {"id": f"{a} {relation} {b}", "from": a, "relation": relation, "to": b, "claims": [], "count": n}
        for a, relation, b, n in ties
        if a in kept and b in kept
    ]
    return {"centre": [], "nodes": nodes, "links": links, "cut": dict(cut), "complete": not cut}


def census(workspace: Workspace) -> tuple[dict[str, int], list[Row]]:
    """How many actors there are of each type, and for some types the one with most relations."""
    with connect() as con:
        _open(con, workspace)
        counts = dict(con.execute(f"SELECT type, count(*) FROM {ACTORS} GROUP BY 1 ORDER BY 2 DESC, 1").fetchall())
        found = con.execute(
            f"""SELECT arg_max(id, ties), arg_max(name, ties), type FROM (
                    SELECT n.id, n.name, n.type, count(*) + 1.0 / (1 + length(n.name)) AS ties
                    FROM (SELECT * FROM {ACTORS}) n
                    JOIN (SELECT "from" AS id FROM relations UNION ALL SELECT "to" FROM relations) r ON r.id = n.id
                    WHERE n.type IN ('Person', 'Compound', 'PropertyFirm', 'SubDistrict') GROUP BY n.id, n.name, n.type)
                GROUP BY type ORDER BY type"""
        ).fetchall()
    return counts, [{"id": id, "name": name, "type": type} for id, name, type in found]


def _open(con: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    for table in ("nodes", "relations"):
        file = quoted_paths([workspace.tables() / f"{table}.parquet"])
        con.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet({file})")


def _named(con: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    found = [id for (id,) in con.execute(NAMED, [name]).fetchall()]
    if not found:
        raise NotFound(f"nobody and nothing is called {name}; give an exact name, alias, id or key")
    return found


def _inside(con: duckdb.DuckDBPyConnection, place: str) -> list[str]:
    """The places of that name and what lies in them, with those who hold posts there and those who serve it."""
    places = [
        id
        for id, type in con.execute(
            "SELECT id, type FROM nodes WHERE id IN (SELECT unnest($1))", [_ids(con, place)]
        ).fetchall()
        if vocabulary().is_a(type, "Place")
    ]
    found = [id for (id,) in con.execute(f"SELECT id FROM {ACTORS} AND {LIES}", [places or [place]]).fetchall()]
    if not found and not places:
        raise NotFound(f"no place {place} is known; give the exact name, alias, id or key of a place in this workspace")
    there = list(dict.fromkeys([*places, *found]))
    beside = con.execute(
        """SELECT "from" AS id FROM relations r JOIN nodes n ON n.id = r."from"
           WHERE "to" IN (SELECT unnest($1)) AND (relation IN ('SERVES', 'COVERS')
               OR (relation = 'HOLDS_POST' AND n.type = 'Person')) GROUP BY 1 ORDER BY 1""",
        [there],
    )
    return list(dict.fromkeys([*there, *(id for (id,) in beside.fetchall())]))


def _ids(con: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    return [id for (id,) in con.execute(NAMED, [name]).fetchall()]


def _around(
    con: duckdb.DuckDBPyConnection, starts: Sequence[str], hops: int, day: str | None, most: int
) -> tuple[dict[str, int], dict[str, int]]:
    """The nodes around the starts with their distance, and by type how many more there are."""
    chosen, left, cut = dict.fromkeys(starts[:most], 0), set[str](), Counter[str]()
    edge: Collection[str] = list(chosen)
    for step in range(1, hops + 1):
        walked: list[str] = []
        for _, id, type in con.execute(AROUND, {"ids": list(edge), "day": day}).fetchall():
            if id in chosen or id in left:
                continue
            if len(chosen) >= most:
                left.add(id)
                cut[type] += 1
                continue
            chosen[id] = step
            if type not in HUBS:
                walked.append(id)
        edge = walked
        if not edge:
            break
    return chosen, dict(sorted(cut.items()))


def _tied(
    con: duckdb.DuckDBPyConnection, inside: Sequence[str] | None, day: str | None, most: int
) -> tuple[dict[str, int], dict[str, int]]:
    """The nodes with most ties of those inside, or of all, and by type how many more there are."""
    found = con.execute(DEGREE, {"ids": list(inside) if inside is not None else None, "day": day}).fetchall()
    return {id: 0 for id, _, _ in found[:most]}, dict(sorted(Counter(type for _, type, _ in found[most:]).items()))


def _answered(workspace: Workspace, query: str, as_of: str | None) -> list[str]:
    """The ids that stand in the answer to a question."""
    from govgraph.queries.catalogue import run

    name, *pairs = query.split()
    given = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    if isinstance(workspace, View):
        with workspace.writing("bring the view up to date"):
            workspace.refresh()
    rows = run(workspace, name, given, as_of)
    known = {str(value) for row in rows for value in _values(row)}
    return sorted(known)


def _values(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in cast("Row", value).items():
            if name not in ("claims", "evidence"):
                yield from _values(part)
    elif isinstance(value, list):
        for part in cast("list[object]", value):
            yield from _values(part)


def _node(row: Sequence[object], hops: int | None) -> Row:
    properties: Row = json.loads(str(row[1]))
    attributes = {k.removeprefix("attribute_"): v for k, v in properties.items() if k not in RESERVED and v is not None}
    found: Row = {name: properties.get(name) for name in ("id", "name", "type", "place")} | {"hops": hops or 0}
    more: Row = {"aliases": properties.get("aliases"), "attributes": attributes, "claims": properties.get("claims")}
    return found | {name: value for name, value in more.items() if value}


def _link(row: Sequence[object]) -> Row:
    id, start, relation, end, text = row
    properties: Row = json.loads(str(text))
    period = from_bounds(properties)
    manner = properties.get("manner")
    return {
        "id": id,
        "from": start,
        "relation": relation,
        "to": end,
        "role": properties.get("role"),
        **({"manner": manner} if manner else {}),
        "valid": properties.get("valid"),
        "sure": shown(period.sure),
        "possible": shown(period.possible),
        "claims": properties.get("claims") or [],
    }


def _quoted(workspace: Workspace, rows: list[Row]) -> None:
    """Add to each row the first quotes of its claims, without the ids of claims: each is shorter than its id."""
    claims = {str(claim) for row in rows for claim in cast("list[object]", row.get("claims") or [])}
    found = workspace.evidence(claims)
    for row in rows:
        quotes = [one for claim in cast("list[str]", row.get("claims") or []) for one in found[claim]]
        row["evidence"] = [
            {name: one[name] for name in ("title", "locator", "quote") if one.get(name) is not None}
            for one in quotes[:QUOTES]
        ]
        if len(quotes) > QUOTES:
            row["more"] = len(quotes) - QUOTES
