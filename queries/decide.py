"""Decisions about identity, taken by name: these two are one actor, these two are not."""

from __future__ import annotations

from govgraph.graph.errors import BadInput
from govgraph.graph.store import Store
from govgraph.graph.vocabulary import vocabulary
from govgraph.graph.workspace import Workspace, consistent

from .names import only


def same(workspace: Workspace, a: str, b: str) -> dict[str, str]:
    """Decide that two actors (exact name, alias, id or key) are one.

    Raises BadInput if a name is not clear, or if their types cannot be one.
    """
    (key_a, type_a), (key_b, type_b) = _both(workspace, a, b)
    v = vocabulary()
    if not v.is_a(type_a, type_b) and not v.is_a(type_b, type_a):
        raise BadInput(f"{a} is a {type_a} and {b} a {type_b}; only actors of one type can be the same")
    return workspace.decide("same", a=key_a, b=key_b)


def different(workspace: Workspace, a: str, b: str) -> dict[str, str]:
    """Decide that two keys speak of two actors. Raises BadInput if both names lead to one key."""
    (key_a, _), (key_b, _) = _both(workspace, a, b)
    return workspace.decide("different", a=key_a, b=key_b)


@consistent
def _both(workspace: Workspace, a: str, b: str) -> tuple[tuple[str, str], tuple[str, str]]:
    with workspace.reader() as store:
        first, second = _key(store, a), _key(store, b)
    if first[0] == second[0]:
        raise BadInput(f"{a} and {b} are one actor ({first[0]}); name two keys, `govgraph cypher` shows them as n.keys")
    return first, second


def _key(store: Store, name: str) -> tuple[str, str]:
    """The key that a name stands for, and the type of its actor."""
    found = only(store, name)
    keys = found["keys"]
    assert isinstance(keys, list)
    return (name if name in keys else str(keys[0])), str(found["type"])
