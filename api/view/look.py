"""How actors and relations look, and what they are called: for pictures, the explorer, and other programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from govgraph.graph.vocabulary import vocabulary

Lang = Literal["zh", "en"]
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Look:
    """A group of actors or relations that look alike. `shape` and `size` are of actors, `width` of relations."""

    name: str
    zh: str
    en: str
    colour: str
    shape: str = ""
    size: float = 0
    width: float = 0
    members: tuple[str, ...] = ()

    def row(self) -> Row:
        shown = {"name": self.name, "zh": self.zh, "en": self.en, "colour": self.colour}
        return shown | ({"shape": self.shape, "size": self.size} if self.shape else {"width": self.width})


@cache
def looks() -> tuple[tuple[Look, ...], tuple[Look, ...]]:
    """The looks of actors and those of relations."""
    data = yaml.safe_load(Path(__file__).with_name("look.yaml").read_text("utf-8"))
    actors = (Look(members=tuple(one.pop("types")), **one) for one in data["actors"])
    relations = (Look(members=tuple(one.pop("relations")), **one) for one in data["relations"])
    return tuple(actors), tuple(relations)


@cache
def look_of_type(type: str) -> Look:
    """The first look that names the type or one above it; the last for a type that nobody knows."""
    above = vocabulary().labels(type) if type in vocabulary().types else ()
    return next((look for look in looks()[0] if set(look.members) & set(above)), looks()[0][-1])


@cache
def look_of_relation(relation: str) -> Look:
    """The look that names the relation, else the last."""
    return next((look for look in looks()[1] if relation in look.members), looks()[1][-1])


def words(types: Iterable[str] | None = None, relations: Iterable[str] | None = None) -> dict[str, Mapping[str, Row]]:
    """What a page needs to name and draw these types and relations (default: all): `types`, `relations`, `looks`."""
    v = vocabulary()
    types = sorted(v.types if types is None else set(types))
    relations = sorted(v.relations if relations is None else set(relations))
    return {
        "types": {
            name: {"zh": of.zh if of else name, "en": of.en if of else name, "look": look_of_type(name).name}
            for name, of in ((name, v.types.get(name)) for name in types)
        },
        "relations": {
            name: {"zh": of.zh if of else name, "en": of.en if of else name, "look": look_of_relation(name).name}
            | ({"symmetric": True} if of and of.symmetric else {})
            for name, of in ((name, v.relations.get(name)) for name in relations)
        },
        "looks": {look.name: look.row() for group in looks() for look in group},
    }


def type_name(type: str, lang: Lang) -> str:
    """What a type is called."""
    found = vocabulary().types.get(type)
    return (found.zh if lang == "zh" else found.en) if found else type


def relation_name(relation: str, lang: Lang) -> str:
    """What a relation is called."""
    found = vocabulary().relations.get(relation)
    return (found.zh if lang == "zh" else found.en) if found else relation
