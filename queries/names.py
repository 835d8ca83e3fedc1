"""From a name, alias, id or key, as people write it, to the actors that are meant."""

from __future__ import annotations

from govgraph.graph.errors import NotFound
from govgraph.graph.store import Store

FIND = """
MATCH (n:{label})
WHERE n.id = $name OR n.name = $name OR $name IN n.aliases OR $name IN n.keys OR $name IN n.ids
RETURN n.id AS id, n.name AS name, n.type AS type, n.keys AS keys, n.place AS place ORDER BY name, id
"""
NEAR = """
MATCH (n:Actor) WHERE n.name CONTAINS $name OR $name CONTAINS n.name RETURN DISTINCT n.name AS name ORDER BY name
LIMIT 5
"""
WRITTEN = "MATCH (n:Entity) WHERE $name IN n.place_names RETURN n.id AS id LIMIT 1"


def find(store: Store, name: str) -> list[dict[str, object]]:
    """All actors with this name, alias, id or key: dicts of id, name, type, keys, place. Raises NotFound if none."""
    found = store.read(FIND.format(label="Entity"), {"name": name})
    if not found:
        near = [str(row["name"]) for row in store.read(NEAR, {"name": name})]
        raise NotFound(
            f"nobody and nothing is called {name}"
            + (f"; there is {'、'.join(near)}" if near else "; give an exact name, alias, id or key")
        )
    return found


def places(store: Store, name: str | None) -> list[str] | None:
    """What a node's `places` or `place_names` must hold to lie in the place of that name; None if none is asked for.

    Several places may bear the name, then all count. Raises NotFound for a place that nobody speaks of.
    """
    if name is None:
        return None
    found = [str(row["id"]) for row in store.read(FIND.format(label="Place"), {"name": name})]
    if not found and store.read(WRITTEN, {"name": name}):
        found = [name]  # some source wrote it, none described it
    if not found:
        raise NotFound(f"no place {name} is known; give the exact name, alias, id or key of a place in this workspace")
    return found
