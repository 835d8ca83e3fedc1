"""Who holds which post, where, and since when: for a person or for a body, on a day or over all time."""

from __future__ import annotations

from govgraph.graph.period import from_bounds, shown
from govgraph.graph.store import Store
from govgraph.graph.vocabulary import vocabulary
from govgraph.graph.workspace import Workspace, consistent

from .evidence import Row, with_evidence
from .names import find, indexed, nobody, places

MET = """OPTIONAL MATCH (n)-[h:HOLDS_POST]-(m:Entity)
RETURN n.id AS id, n.name AS name, n.type AS type, n.place AS place, startNode(h).id = n.id AS holder,
m.id AS other, m.name AS other_name, m.type AS other_type, m.place AS other_place, properties(h) AS post"""
BY_INDEX = f"""
UNWIND $ids AS id MATCH (n:Entity {{id: id}}) {MET}
UNION ALL
MATCH (n:Entity {{name: $name}}) {MET}
"""
SHOWN = """RETURN p.id AS person, p.name AS person_name, o.id AS organization, o.name AS organization_name,
o.type AS type, o.place AS place, properties(h) AS post"""
BY_ID = f"UNWIND $ids AS id MATCH (n:Entity {{id: id}}) {MET}"
OF_PEOPLE = "UNWIND $people AS id MATCH (p:Entity {id: id})-[h:HOLDS_POST]->(o:Entity) "
IN_BODIES = "UNWIND $bodies AS id MATCH (o:Entity {id: id})<-[h:HOLDS_POST]-(p:Entity) "
ALL = "MATCH (p:Person)-[h:HOLDS_POST]->(o:Entity) "
FITS = """WHERE ($people IS NULL OR p.id IN $people) AND ($bodies IS NULL OR o.id IN $bodies)
AND ($roles IS NULL OR h.role IN $roles)
AND ($places IS NULL OR any(at IN $places WHERE at IN o.places OR at IN o.place_names)) """


@consistent
def roles(workspace: Workspace, name: str, as_of: str | None = None) -> list[Row]:
    """The posts of everybody and the holders in every body called `name` (name, alias, id or key).

    With `as_of` (ISO day) only those that hold on that day, surely or possibly; without it every term, and `holds`
    tells of the workspace's day. Raises NotFound if nobody bears the name.
    """
    day = as_of or workspace.day()
    with workspace.reader() as store:
        terms = _terms(store, name)
    rows = [row for term in terms if (row := _row(term, day))["holds"] != "no" or not as_of]
    rows.sort(key=_order)
    return with_evidence(workspace, rows)


def _terms(store: Store, name: str, holder: bool | None = None) -> list[Row]:
    """The posts of whoever is called so (`holder`: true), and those held in it (false), each once: by one statement
    where the indexes do."""
    ids = indexed(store, name)
    if ids is None:
        met = store.read(BY_ID, {"ids": [row["id"] for row in find(store, name)]})
    elif not (met := store.read(BY_INDEX, {"ids": ids, "name": name})):
        raise nobody(store, name)
    wanted = [row for row in met if row["post"] and (holder is None or row["holder"] is holder)]
    return list({_post_id(row): _term(row) for row in wanted}.values())


def _post_id(row: Row) -> tuple[object, bool]:
    """A post is met from both its ends if both are called so, and is then shown twice."""
    post, holder = row["post"], row["holder"]
    assert isinstance(post, dict)
    return post["id"], bool(holder)


def _term(row: Row) -> Row:
    person, body = ("", "other_") if row["holder"] else ("other_", "")
    names = {"": "id", "other_": "other"}
    return {
        "person": row[names[person]],
        "person_name": row[f"{person}name"],
        "organization": row[names[body]],
        "organization_name": row[f"{body}name"],
        "type": row[f"{body}type"],
        "place": row[f"{body}place"],
        "post": row["post"],
    }


@consistent
def posts(
    workspace: Workspace,
    *,
    person: str | None = None,
    organization: str | None = None,
    role: str | None = None,
    place: str | None = None,
    as_of: str | None = None,
) -> list[Row]:
    """The posts that fit all that is given: rows as `roles` gives them, in the same order, but without `evidence`.

    `person` and `organization` are names, aliases, ids or keys, `place` is one in which the organization lies, `role`
    is a post as the graph writes it or a variant of it. Raises NotFound for a person, organization or place that nobody
    bears. A list of every post of a city is long: the caller adds evidence to the rows that it shows.
    """
    day = as_of or workspace.day()
    with workspace.reader() as store:
        if (name := person or organization) and not (person and organization) and role is None and place is None:
            found = _terms(store, name, holder=bool(person))
        else:
            found = _fitting(store, person, organization, role, place)
    rows = [row for term in found if (row := _row(term, day))["holds"] != "no" or not as_of]
    return sorted(rows, key=_order)


def _fitting(
    store: Store, person: str | None, organization: str | None, role: str | None, place: str | None
) -> list[Row]:
    given = {
        "people": [row["id"] for row in find(store, person)] if person is not None else None,
        "bodies": [row["id"] for row in find(store, organization)] if organization is not None else None,
        "roles": [role, vocabulary().canonical_role(role) or role] if role is not None else None,
        "places": places(store, place),
    }
    return store.read((OF_PEOPLE if person else IN_BODIES if organization else ALL) + FITS + SHOWN, given)


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
            row["claims"],  # no claim is behind two posts
        )
    )
