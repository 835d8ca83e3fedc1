"""One document, read in several ways: which keys of its text, its tables and its sheets are one actor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from govgraph.graph.identity import Chain, Mention, core, resolve

from .sheet import Claim

DOCUMENT = ("Document", "")
"""A place that all parts of a document share: where nothing contradicts, one name in it is one thing."""


def joined(groups: Sequence[list[Claim]]) -> list[Claim]:
    """The claims of all parts of a document, a later part using the keys of an earlier one for what is the same.

    Within a part different keys are different things. Between parts the rules of identity between sources hold
    (`graph.identity`), except that one document speaks of one place.
    """
    groups = [group for group in groups if group]
    if len(groups) < 2:
        return [claim for group in groups for claim in group]
    mentions = [m for number, group in enumerate(groups) for m in _mentions(f"{number:06}", group)]
    clusters: dict[str, list[str]] = {}
    for key, first in resolve(mentions).canonical.items():
        clusters.setdefault(first, [first]).append(key)
    renamed: dict[str, str] = {}
    for keys in clusters.values():
        one, *others = (key.partition("|")[2] for key in sorted(keys))
        renamed |= {key: one for key in others if key != one}
    return [_renamed(claim, renamed) for group in groups for claim in group]


def _mentions(source: str, group: Sequence[Claim]) -> Iterator[Mention]:
    entities = {str(c["key"]): c for c in reversed(group) if c["kind"] == "entity"}
    names = {key: _name(claim) for key, claim in entities.items()}
    chains = {key: _chain(key, entities, names) for key in entities}
    bodies: dict[str, set[str]] = {}
    for claim in group:
        if claim["kind"] == "relation" and claim["relation"] == "HOLDS_POST":
            bodies.setdefault(str(claim["subject"]), set()).add(f"{source}|{claim['object']}")
    count = Counter((str(entities[key]["type"]), core(names[key], "", chains[key])) for key in entities)
    for key, claim in entities.items():
        type_ = str(claim["type"])
        if count[type_, core(names[key], "", chains[key])] == 1 or type_ == "Person":
            served = frozenset(bodies.get(key, ()))
            yield Mention(f"{source}|{key}", source, type_, names[key], (*chains[key], DOCUMENT), served)


def _name(claim: Claim) -> str:
    """The name without the word 小区, which a table leaves out and a text does not."""
    name = str(claim["name"])
    return name.replace("小区", "") if len(name) > 4 and claim["type"] != "Person" else name


def _chain(key: str, entities: Mapping[str, Claim], names: Mapping[str, str]) -> Chain:
    found: list[tuple[str, str]] = []
    place = entities[key].get("place")
    while isinstance(place, str) and place in entities and len(found) < 10:
        found.append((str(entities[place]["type"]), names[place]))
        place = entities[place].get("place")
    return tuple(found)


def _renamed(claim: Claim, keys: Mapping[str, str]) -> Claim:
    """The claim with other keys where it names actors."""
    new = dict(claim)
    for name in ("key", "subject", "object", "place"):
        if name in new:
            new[name] = keys.get(str(new[name]), new[name])
    scope = new.get("scope")
    if isinstance(scope, dict) and "place" in scope:
        place = cast("dict[str, object]", scope)["place"]
        new["scope"] = {**scope, "place": keys.get(str(place), place)}
    return new
