"""Who holds which post, where, and since when: for a person or for a body, on a day or over all time."""

from __future__ import annotations

from govgraph.graph.period import from_bounds, shown
from govgraph.graph.workspace import Workspace

from .evidence import Row, with_evidence
from .names import find

SHOWN = """RETURN p.id AS person, p.name AS person_name, o.id AS organization, o.name AS organization_name,
o.type AS type, o.place AS place, properties(h) AS post"""
POSTS = "UNWIND $ids AS id MATCH (p:Entity {id: id})-[h:HOLDS_POST]->(o:Entity) " + SHOWN
HOLDERS = "UNWIND $ids AS id MATCH (o:Entity {id: id})<-[h:HOLDS_POST]-(p:Entity) " + SHOWN


def roles(workspace: Workspace, name: str, as_of: str | None = None) -> list[Row]:
    """The posts of everybody and the holders in every body called `name` (name, alias, id or key).

    With `as_of` (ISO day) only those that hold on that day, surely or possibly; without it every term, and `holds`
    tells of the workspace's day. Raises NotFound if nobody bears the name.
    """
    day = as_of or workspace.day()
    with workspace.reader() as store:
        ids = [row["id"] for row in find(store, name)]
        terms = store.read(POSTS, {"ids": ids}) + store.read(HOLDERS, {"ids": ids})
    rows = [row for term in terms if (row := _row(term, day))["holds"] != "no" or not as_of]
    rows.sort(key=_order)
    return with_evidence(workspace, rows)


def _row(term: Row, day: str) -> Row:
    post = term["post"]
    assert isinstance(post, dict)
    period = from_bounds(post)
    return {
        "person": {"id": term["person"], "name": term["person_name"]},
        "post": {"role": post.get("role"), "manner": post.get("manner")},
        "organization": {"id": term["organization"], "name": term["organization_name"], "type": term["type"]},
        "place": term["place"],
        "holds": period.holds(day),
        "valid": post.get("valid"),
        "sure": shown(period.sure),
        "possible": shown(period.possible),
        "disagrees": post.get("disagrees") or [],
        "claims": post["claims"],
    }


def _order(row: Row) -> tuple[str, ...]:
    person, organization, post, possible = row["person"], row["organization"], row["post"], row["possible"]
    assert (
        isinstance(person, dict)
        and isinstance(organization, dict)
        and isinstance(post, dict)
        and isinstance(possible, list)
    )
    return tuple(
        str(x or "")
        for x in (
            person["name"],
            person["id"],
            possible[0],
            organization["name"],
            organization["id"],
            post["role"],
            row["valid"],
        )
    )
