"""Looking for an actor by what people type: names, aliases, short forms, the first letters of pinyin, slips of the pen.

The names come from the compiled tables, so that every engine gives the same answer. Each hit says why it is one.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock

from govgraph.graph.errors import NotFound
from govgraph.graph.identity import core
from govgraph.graph.log import connect, quoted_paths
from govgraph.graph.vocabulary import vocabulary
from govgraph.graph.workspace import Workspace

from .evidence import Row

REASONS: Mapping[str, float] = {
    "id": 100,
    "name": 100,
    "alias": 98,
    "written otherwise": 95,
    "begins with": 85,
    "pinyin": 80,
    "contains": 75,
    "short form": 70,
    "slip": 50,
}
"""Why something is found, with its score: a hit in the middle of a longer name counts a little less."""
LETTERS = re.compile(r"[a-z]{2,40}")
ENOUGH = 20
"""Slips of the pen are looked for where fewer than so many fit otherwise."""
ROWS = """
SELECT id, type, name, aliases, properties::JSON->>'place', properties::JSON->'keys',
       properties::JSON->'places', properties::JSON->'place_names'
FROM read_parquet(%s) WHERE list_contains(labels, 'Actor') ORDER BY name, id
"""


@dataclass(frozen=True, slots=True)
class Actor:
    """What is looked at of an actor. `places` are ids and names of what it lies in."""

    id: str
    type: str
    name: str
    aliases: tuple[str, ...]
    place: str | None
    keys: tuple[str, ...]
    places: frozenset[str]

    def row(self) -> Row:
        return {"id": self.id, "type": self.type, "name": self.name, "aliases": list(self.aliases), "place": self.place}


@dataclass(frozen=True, slots=True)
class Match:
    """Why an actor is a hit: the reason, the name that fits, and how well, from 0 to 100."""

    actor: Actor
    reason: str
    text: str
    score: float

    def row(self) -> Row:
        return self.actor.row() | {"match": {"reason": self.reason, "text": self.text, "score": round(self.score, 1)}}


class Names:
    """The names of all actors of one version of a graph."""

    def __init__(self, tables: Path) -> None:
        with connect() as con:
            rows = con.execute(ROWS % quoted_paths([tables / "nodes.parquet"])).fetchall()
        self.actors = [
            Actor(id, type_, name, tuple(aliases), place, _texts(keys), frozenset((*_texts(places), *_texts(written))))
            for id, type_, name, aliases, place, keys, places, written in rows
        ]

    @cached_property
    def _named(self) -> list[tuple[str, str, Actor]]:
        """Each name in the form in which names are compared, as it is written, and whose it is."""
        return [(plain(name), name, actor) for actor in self.actors for name in (actor.name, *actor.aliases)]

    def chosen(self, types: Sequence[str] | None, places: Sequence[str] | None) -> list[Actor]:
        """The actors of these types (and those below) that lie in one of these places (ids or names)."""
        v = vocabulary()
        below = {t for type_ in types for t in v.descendants(type_)} if types else None
        return [
            actor
            for actor in self.actors
            if (below is None or actor.type in below) and (places is None or actor.places.intersection(places))
        ]

    def search(self, text: str, types: Sequence[str] | None, places: Sequence[str] | None) -> list[Match]:
        """The actors that `text` may mean, the best first."""
        allowed = {actor.id for actor in self.chosen(types, places)}
        best: dict[str, Match] = {}
        for match in self._matches(text):
            known = best.get(match.actor.id)
            if match.actor.id in allowed and (known is None or match.score > known.score):
                best[match.actor.id] = match
        if len(best) < ENOUGH:
            for match in self._slips(plain(text)):
                if match.actor.id in allowed:
                    best.setdefault(match.actor.id, match)
        return sorted(best.values(), key=lambda m: (-m.score, len(m.text), m.actor.name, m.actor.id))

    def _matches(self, text: str) -> Iterator[Match]:
        wanted = plain(text)
        if not wanted:
            return
        for actor in self.actors:
            if text == actor.id or text in actor.keys:
                yield Match(actor, "id", actor.name, REASONS["id"])
        initials = _initials if LETTERS.fullmatch(wanted) else None
        for form, name, actor in self._named:
            if found := _why(wanted, text, form, name, actor, initials):
                reason, at = found
                yield Match(actor, reason, name, REASONS[reason] - min(at, 4))

    def _slips(self, wanted: str) -> Iterator[Match]:
        """Names that differ by a letter or two, which must be few beside those that agree."""
        from rapidfuzz.distance import DamerauLevenshtein as Distance

        allowed = 0 if len(wanted) < 3 else 1 if len(wanted) < 6 else 2
        if not allowed:
            return
        for form, name, actor in self._named:
            if abs(len(form) - len(wanted)) <= allowed:
                apart = Distance.distance(wanted, form, score_cutoff=allowed)
                if apart <= allowed:
                    yield Match(actor, "slip", name, REASONS["slip"] * (1 - apart / (2 * len(wanted))))


def _why(
    wanted: str, text: str, form: str, name: str, actor: Actor, initials: Callable[[str, str], int] | None
) -> tuple[str, int] | None:
    """The reason why a name fits, and how far into the name it does so; None if it does not."""
    if form == wanted:
        return ("name" if name == actor.name else "alias") if name == text else "written otherwise", 0
    at = form.find(wanted)
    if at == 0:
        return "begins with", 0
    if at > 0:
        return "contains", at
    if initials:
        at = initials(wanted, name)
        return ("pinyin", at) if at >= 0 else None
    if len(wanted) >= 3 and len(wanted) < len(form) and _in_order(wanted, form):
        return "short form", max(form.find(wanted[0]), 0)
    if len(wanted) >= 3 and core(text, actor.type) == core(name, actor.type):
        return "written otherwise", 0
    return None


def _in_order(short: str, long: str) -> bool:
    """Whether all characters of a short form stand in a name, in their order."""
    rest = iter(long)
    return all(character in rest for character in short)


def plain(name: str) -> str:
    """A name as it is compared: width, case, blanks and quotation marks do not count."""
    return re.sub(r"[\s“”\"'‘’「」·（）()]", "", unicodedata.normalize("NFKC", name)).casefold()


# --- pinyin -----------------------------------------------------------------------------------------------------------
_first: dict[str, str] = {}
_filling = Lock()


def letters(character: str) -> str:
    """The letters with which the readings of a character begin, the usual one first; itself if it has none."""
    if not _first:
        from pypinyin.pinyin_dict import pinyin_dict  # late: 40,000 readings, only where somebody types letters

        with _filling:
            for code, readings in pinyin_dict.items():
                begins = (unicodedata.normalize("NFD", reading)[:1] for reading in readings.split(","))
                _first[chr(code)] = "".join(dict.fromkeys(begins))
    return _first.get(character, character.casefold())


def _initials(wanted: str, name: str) -> int:
    """Where in a name the first letters of its characters read as `wanted`; -1 if nowhere."""
    for at in range(len(name) - len(wanted) + 1):
        if all(letter in letters(name[at + i]) for i, letter in enumerate(wanted)):
            return at
    return -1


# --- of a workspace ---------------------------------------------------------------------------------------------------
def search(
    workspace: Workspace,
    text: str | None = None,
    *,
    types: Sequence[str] | None = None,
    place: str | None = None,
    names: Names | None = None,
) -> list[Row]:
    """Actors that `text` may mean, the best first, each with `match` (`reason`, `text`, `score`); all without a text.

    `types` are types or what lies below them, `place` the name, alias, id or key of a place that they lie in. Somebody
    who asks often keeps the `names` of a version. Raises BadInput for an unknown type, NotFound for an unknown place.
    """
    names = names or Names(workspace.tables())
    for type_ in types or ():
        vocabulary().type(type_)
    here = _places(names, place) if place is not None else None
    if text is None or not plain(text):
        return [actor.row() for actor in names.chosen(types, here)]
    return [match.row() for match in names.search(text, types, here)]


def _places(names: Names, name: str) -> list[str]:
    """The ids of the places of that name, or the name itself where it was only ever written."""
    v = vocabulary()
    found = [
        actor.id
        for actor in names.actors
        if v.is_a(actor.type, "Place") and name in (actor.id, actor.name, *actor.aliases, *actor.keys)
    ]
    if found or any(name in actor.places for actor in names.actors):
        return found or [name]
    raise NotFound(f"no place {name} is known; give the exact name, alias, id or key of a place in this workspace")


def _texts(value: str | None) -> tuple[str, ...]:
    return tuple(map(str, json.loads(value))) if value else ()
