"""Who holds which post, where, and since when: for a person or for a body, on a day or over all time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from govgraph.graph.lookup import Lookup
from govgraph.graph.period import from_bounds, shown
from govgraph.graph.store import Store
from govgraph.graph.vocabulary import vocabulary
from govgraph.graph.workspace import Workspace, consistent

from .evidence import Row, with_evidence
from .names import find, indexed, meant, nobody, places

SHOWN = """RETURN p.id AS person, p.name AS person_name, o.id AS organization, o.name AS organization_name,
o.type AS type, o.place AS place, properties(h) AS post"""
BY_ID = f"""UNWIND $ids AS id MATCH (n:Entity {{id: id}}) OPTIONAL MATCH (n)-[h:HOLDS_POST]-(:Entity)
WITH n, h, startNode(h) AS p, endNode(h) AS o {SHOWN}, n.id AS called"""
_TERM = ("person", "person_name", "organization", "organization_name", "type", "place", "post", "called")
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
    return with_evidence(workspace, _rows(terms, day, every=not as_of))


def _terms(store: Store, name: str, holder: bool | None = None) -> list[Row]:
    """The posts of whoever is called so (`holder`: true), and those held in it (false): from the compiled look-ups
    where they know of any, else from the graph."""
    ids = indexed(store, name)
    met = list(_looked_up(store.lookup, ids)) if store.lookup and ids else []
    if not met:
        met = store.read(BY_ID, {"ids": [row["id"] for row in find(store, name)] if ids is None else ids})
    if not met:
        raise nobody(store, name)
    return _each(met, holder)


def _looked_up(look: Lookup, ids: list[str]) -> Iterator[Row]:
    return (dict(zip(_TERM, (*post, id), strict=True)) for id in ids for post in look.posts(id))


def _each(met: list[Row], holder: bool | None) -> list[Row]:
    """Each post once; but one that is met from both its ends, since both are called so, is shown twice."""
    each = {(_dict(row["post"])["id"], row["person"] == row["called"]): row for row in met if row["post"]}
    return [row for (_, held), row in each.items() if holder is None or held is holder]


def at_hand(look: Lookup, person: str, day: str, every: bool, most: int) -> list[Row] | None:
    """The `posts` of a person on a day, or `every` one, as the look-ups know them, which waits for nobody. None if they
    know of none behind the name, or of more than `most`."""
    met = list(islice(_looked_up(look, meant(look, person)), most + 1))
    return _rows(_each(met, holder=True), day, every) if 0 < len(met) <= most else None


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
    return _rows(found, day, every=not as_of)


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


def _rows(terms: list[Row], day: str, every: bool) -> list[Row]:
    rows = [row for term in terms if (row := _row(term, day))["holds"] != "no" or every]
    return sorted(rows, key=_order)


def _row(term: Row, day: str) -> Row:
    post = _dict(term["post"])
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
    person, organization, post = _dict(row["person"]), _dict(row["organization"]), _dict(row["post"])
    possible = row["possible"]
    assert isinstance(possible, list)
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


def _dict(value: object) -> Row:
    assert isinstance(value, dict)
    return value
