"""Closed walks that patterns find: the people, bodies and relations of a finding, and when they held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

from govgraph.graph.errors import BadInput
from govgraph.graph.period import Period, from_bounds, shown
from govgraph.graph.vocabulary import vocabulary

from ..evidence import Row

STANDING = frozenset(("FAMILY_OF", "BASED_IN", "COVERS"))
"""Kinship and a seat narrow a finding only where a source dates them."""


@lru_cache(maxsize=4096)
def is_a(type: str, ancestor: str) -> bool:
    """Whether a type is, or descends from, another; one of the user's own is only itself."""
    try:
        return vocabulary().is_a(type, ancestor)
    except BadInput:
        return type == ancestor


@dataclass(frozen=True, slots=True)
class Node:
    id: str
    name: str = field(compare=False)
    type: str = field(compare=False)

    def row(self) -> Row:
        return {"id": self.id, "name": self.name, "type": self.type}

    def is_a(self, type: str) -> bool:
        return is_a(self.type, type)


@dataclass(frozen=True, slots=True)
class Step:
    """A relation on a walk, in the direction of the walk. `reversed` where the arrow runs the other way."""

    start: Node
    end: Node
    relation: str
    reversed: bool
    properties: Mapping[str, object]
    period: Period = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "period", from_bounds(self.properties))

    @property
    def id(self) -> str:
        return str(self.properties.get("id"))

    @property
    def ends(self) -> tuple[Node, Node]:
        """Where the relation begins and where it ends, whichever way the walk goes."""
        return (self.end, self.start) if self.reversed else (self.start, self.end)

    @property
    def valid(self) -> object:
        return self.properties.get("valid")

    @property
    def claims(self) -> list[str]:
        return list(cast("Iterable[str]", self.properties.get("claims") or ()))

    def row(self) -> Row:
        period = self.period
        return {
            "from": self.start.row(),
            "relation": self.relation,
            "to": self.end.row(),
            "role": self.properties.get("role"),
            "kinship": self.properties.get("kinship"),
            "valid": self.valid,
            "sure": shown(period.sure),
            "possible": shown(period.possible),
            "reversed": self.reversed,
            "claims": self.claims,
        }


@dataclass(frozen=True, slots=True)
class Term:
    """One combination of relations that makes a finding, its nodes (each once), and when all of it held."""

    nodes: tuple[Node, ...]
    steps: tuple[Step, ...]
    period: Period
    places: tuple[str, ...]
    key: tuple[frozenset[str], frozenset[str], frozenset[str]] = field(init=False, compare=False)
    """What makes two terms one finding: the people, the bodies and the compound."""

    def __post_init__(self) -> None:
        people, bodies, compounds = (
            frozenset(node.id for node in self.of(type)) for type in ("Person", "Organization", "Compound")
        )
        object.__setattr__(self, "key", (people, bodies, compounds))

    def of(self, type: str) -> list[Node]:
        """The nodes of a type in the order of the walk, each once."""
        return [node for node in self.nodes if node.is_a(type)]

    @property
    def claims(self) -> list[str]:
        return list(dict.fromkeys(claim for step in self.steps for claim in step.claims))

    def holds(self, as_of: str | None) -> str:
        """Whether it holds on a day; without one, whether there is any day on which it surely did."""
        return self.period.holds(as_of) if as_of else "yes" if self.period.sure else "possibly"

    def row(self, as_of: str | None) -> Row:
        return {
            "holds": self.holds(as_of),
            "sure": shown(self.period.sure),
            "possible": shown(self.period.possible),
            "path": [step.row() for step in self.steps],
            "claims": self.claims,
        }
