"""From a name, alias, id or key, as people write it, to the actors that are meant."""

from __future__ import annotations

import re

from govgraph.graph.compile import actor_id
from govgraph.graph.errors import BadInput, NotFound
from govgraph.graph.lookup import Lookup
from govgraph.graph.store import Store

ID = re.compile("e[0-9a-f]{16}")  # as compile.sql makes them
WHERE = "$name IN n.aliases OR $name IN n.keys OR $name IN n.ids"
BY_INDEX = "UNWIND $ids AS id MATCH (n:Entity {{id: id}}) WHERE n:{label} RETURN {shown}"
BY_SCAN = f"MATCH (n:{{label}}) WHERE n.id = $name OR n.name = $name OR {WHERE} RETURN {{shown}}"
SHOWN = "n.id AS id, n.name AS name, n.type AS type, n.keys AS keys, n.place AS place"
NEAR = """
MATCH (n:Actor) WHERE n.name CONTAINS $name OR $name CONTAINS n.name RETURN DISTINCT n.name AS name ORDER BY name
LIMIT 5
"""
WRITTEN = "MATCH (n:Entity) WHERE $name IN n.place_names RETURN n.id AS id LIMIT 1"


def find(store: Store, name: str) -> list[dict[str, object]]:
    """All actors with this name, alias, id or key: dicts of id, name, type, keys, place. Raises NotFound if none."""
    found = called(store, name)
    if not found:
        raise nobody(store, name)
    return sorted(found, key=lambda row: (str(row["name"]), str(row["id"])))


def only(store: Store, name: str) -> dict[str, object]:
    """The one actor with this name, alias, id or key. Raises NotFound if there is none, BadInput if there are more."""
    found = find(store, name)
    if len(found) > 1:
        choice = "; ".join(f"{row['id']} ({row['name']}, {row['place'] or 'no place'})" for row in found)
        raise BadInput(f"{name} may be {len(found)} actors; name one by its id: {choice}")
    return found[0]


def called(store: Store, name: str, label: str = "Entity") -> list[dict[str, object]]:
    """Those of a label that a text may mean, in no order: by the indexes of the graph where the rest is at hand."""
    ids = indexed(store, name)
    statement = (BY_SCAN if ids is None else BY_INDEX).format(label=label, shown=SHOWN)
    return store.read(statement, {"name": name, "ids": ids})


def indexed(store: Store, name: str) -> list[str] | None:
    """The ids that a text may stand for: it is one, it is the key that one is made of, or it is a name, a further key
    or id of somebody. None where only the graph itself can tell."""
    look: Lookup | None = getattr(store, "lookup", None)
    if look is None:
        return None
    return meant(look, name)


def meant(look: Lookup, name: str) -> list[str]:
    """The same from look-ups."""
    itself = {name} if ID.fullmatch(name) else set[str]()
    return sorted({actor_id(name), *look.named(name)} | itself)


def nobody(store: Store, name: str) -> NotFound:
    """The error for a name that nobody bears, with names that are like it."""
    near = [str(row["name"]) for row in store.read(NEAR, {"name": name})]
    return NotFound(
        f"nobody and nothing is called {name}"
        + (f"; there is {'、'.join(near)}" if near else "; give an exact name, alias, id or key")
    )


def places(store: Store, name: str | None) -> list[str] | None:
    """What a node's `places` or `place_names` must hold to lie in the place of that name; None if none is asked for.

    Several places may bear the name, then all count. Raises NotFound for a place that nobody speaks of.
    """
    if name is None:
        return None
    found = sorted(str(row["id"]) for row in called(store, name, "Place"))
    if not found and store.read(WRITTEN, {"name": name}):
        found = [name]  # some source wrote it, none described it
    if not found:
        raise NotFound(f"no place {name} is known; give the exact name, alias, id or key of a place in this workspace")
    return found
