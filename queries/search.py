"""Looking for an actor by what people type: names, aliases, short forms, the first letters of pinyin, slips of the pen.

The names come from the compiled tables, so that every engine gives the same answer. Each hit says why it is one.
"""

from __future__ import annotations

import json
import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from pathlib import Path
from threading import Lock

from govgraph.graph.errors import NotFound
from govgraph.graph.identity import core
from govgraph.graph.log import connect, quoted_paths
from govgraph.graph.vocabulary import vocabulary
from govgraph.graph.workspace import Workspace, calm

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
_NOISE = re.compile(r"[\s“”\"'‘’「」·（）()]")
LETTERS = re.compile(r"[a-z]{2,40}")
ENOUGH = 20
"""Slips of the pen are looked for where fewer than so many fit otherwise."""
ROWS = """
SELECT json_array(id, type, name, aliases, more[1], more[2], more[3]::VARCHAR, more[4]::VARCHAR)::VARCHAR FROM (
    SELECT id, type, name, aliases, json_extract(properties, ['$.place', '$.keys', '$.places', '$.place_names']) AS more
    FROM read_parquet(%s) WHERE list_contains(labels, 'Actor'))
ORDER BY name, id
"""
"""A text a row: DuckDB makes texts and lists of Python one by one, which takes longer than reading JSON."""


@dataclass(frozen=True, slots=True)
class Actor:
    """What is shown of an actor."""

    id: str
    type: str
    name: str
    aliases: tuple[str, ...]
    place: str | None

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


class Lines:
    """Texts as one, a line each, so that a million of them are looked through without a step of Python for each."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.text = "\n".join(("", *texts, ""))
        self._starts = array("Q", accumulate((len(text) + 1 for text in texts), initial=1))

    def start(self, line: int) -> int:
        """Where a line begins."""
        return self._starts[line]

    def line(self, at: int) -> tuple[int, int]:
        """Which line a place in the text is in, and how far."""
        number = bisect_right(self._starts, at) - 1
        return number, at - self._starts[number]

    def holding(self, part: str) -> Iterator[tuple[int, int]]:
        """The lines that hold a part, each once, and where it stands first."""
        at = self.text.find(part)
        while at >= 0:
            yield self.line(at)
            at = self.text.find(part, self.text.find("\n", at))

    def matching(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
        """The lines in which a pattern that crosses no line is found, each once, and where first."""
        found = pattern.search(self.text)
        while found:
            yield self.line(found.start())
            found = pattern.search(self.text, self.text.find("\n", found.start()))

    def equal(self, text: str) -> Iterator[int]:
        """The lines that are this text."""
        whole = f"\n{text}\n"
        at = self.text.find(whole)
        while at >= 0:
            yield self.line(at + 1)[0]
            at = self.text.find(whole, at + len(text) + 1)


class Forms:
    """Texts of one length as one, so that those like another are found without comparing each. `lines` tells which
    line each of them is."""

    def __init__(self, texts: Sequence[str], lines: Sequence[int]) -> None:
        self.lines = lines
        self._text, self._step = "\n".join((*texts, "")), len(texts[0]) + 1

    def within(self, wanted: str, slips: int) -> Iterator[tuple[int, int]]:
        """The lines that are so many slips from `wanted` at most, and how many."""
        from rapidfuzz.distance import DamerauLevenshtein as Distance

        for number in sorted(self._near(wanted, slips)):
            start = number * self._step
            apart = Distance.distance(wanted, self._text[start : start + self._step - 1], score_cutoff=slips)
            if apart <= slips:
                yield self.lines[number], apart

    def _near(self, wanted: str, slips: int) -> set[int]:
        """The numbers of those that may be so many slips from `wanted`: at least all that are.

        Of as many parts as slips and one more, one is without a slip and nearly where it was, unless two letters
        changed places between two parts: then it is tried with these back in place, and a slip less.
        """
        cuts = [len(wanted) * n // (slips + 1) for n in range(slips + 2)]
        found = {n for start, end in pairwise(cuts) for n in self._holding(wanted[start:end], start, slips)}
        for cut in cuts[1:-1]:
            swapped = wanted[: cut - 1] + wanted[cut] + wanted[cut - 1] + wanted[cut + 1 :]
            found |= self._near(swapped, slips - 1)
        return found

    def _holding(self, part: str, start: int, slips: int) -> Iterator[int]:
        text, step = self._text, self._step
        at = text.find(part)
        while at >= 0:
            number, begins = divmod(at, step)
            if abs(begins - start) <= slips:
                yield number
                at = text.find(part, (number + 1) * step)
            else:
                at = text.find(part, at + 1)


class Names:
    """The names of all actors of one version of a graph, by the number of their row."""

    @calm()
    def __init__(self, tables: Path) -> None:
        with connect() as con:
            rows = con.execute(ROWS % quoted_paths([tables / "nodes.parquet"])).fetchall()
        known: dict[str, str] = {}
        lies: dict[tuple[str | None, str | None], frozenset[str]] = {}
        self._actors: list[tuple[str, str, str, Sequence[str], str | None]] = []
        self._lies: list[frozenset[str]] = []
        keys: list[tuple[int, str]] = []
        for number, (text,) in enumerate(rows):
            id, type_, name, aliases, place, own, places, written = json.loads(text)
            self._actors.append(
                (id, known.setdefault(type_, type_), name, aliases or (), known.setdefault(place, place))
            )
            if (where := lies.get((places, written))) is None:
                where = lies[places, written] = frozenset((*_texts(places), *_texts(written)))
            self._lies.append(where)
            keys += [(number, str(key)) for key in own or ()]
        self._keys, self._key_of = Lines([key for _, key in keys]), array("Q", (number for number, _ in keys))
        self._ids = Lines([actor[0] for actor in self._actors])

    def __len__(self) -> int:
        return len(self._actors)

    def actor(self, number: int) -> Actor:
        id, type_, name, aliases, place = self._actors[number]
        return Actor(id, type_, name, tuple(aliases), place)

    @cached_property
    def _of(self) -> array[int]:
        """Whose the name on each line is."""
        return array("Q", (n for n, (_, _, _, aliases, _) in enumerate(self._actors) for _ in (1, *aliases)))

    @cached_property
    def _written(self) -> Lines:
        """Each name as it is written."""
        return Lines([x.replace("\n", " ") for _, _, name, aliases, _ in self._actors for x in (name, *aliases)])

    @cached_property
    def _plain(self) -> Lines:
        """Each name in the form in which names are compared."""
        return Lines([plain(x) for _, _, name, aliases, _ in self._actors for x in (name, *aliases)])

    @cached_property
    def _cores(self) -> Lines:
        """Each name without what may be left out."""
        return Lines([core(x, type_) for _, type_, name, aliases, _ in self._actors for x in (name, *aliases)])

    @cached_property
    def _forms(self) -> dict[int, Forms]:
        """The plain forms by their length, for slips."""
        forms, found = self._plain.text[1:-1].split("\n"), dict[int, list[int]]()
        for line, form in enumerate(forms):
            found.setdefault(len(form), []).append(line)
        return {length: Forms([forms[line] for line in lines], lines) for length, lines in found.items()}

    def chosen(self, types: Sequence[str] | None, places: Sequence[str] | None) -> list[Actor]:
        """The actors of these types (and those below) that lie in one of these places (ids or names)."""
        fits = self._filter(types, places)
        return [self.actor(number) for number in range(len(self._actors)) if fits(number)]

    def places(self, name: str) -> list[str]:
        """The ids of the places of that name, alias, id or key; the name itself where it was only ever written."""
        v = vocabulary()
        lines = self._written.equal(name.replace("\n", " "))
        numbers = {*self._ids.equal(name), *(self._key_of[line] for line in self._keys.equal(name))}
        numbers |= {self._of[line] for line in lines}
        found = sorted(self._actors[n][0] for n in numbers if v.is_a(self._actors[n][1], "Place"))
        return found or ([name] if any(name in where for where in set(self._lies)) else [])

    def _filter(self, types: Sequence[str] | None, places: Sequence[str] | None) -> Callable[[int], bool]:
        v = vocabulary()
        below = {t for type_ in types for t in v.descendants(type_)} if types else None

        def fits(number: int) -> bool:
            return (below is None or self._actors[number][1] in below) and (
                places is None or not self._lies[number].isdisjoint(places)
            )

        return fits

    def search(self, text: str, types: Sequence[str] | None, places: Sequence[str] | None) -> list[Match]:
        """The actors that `text` may mean, the best first."""
        wanted, fits = plain(text), self._filter(types, places)
        best: dict[int, tuple[float, str, int | None]] = {}
        for number, score, reason, line in self._matches(text, wanted):
            if fits(number) and (number not in best or score > best[number][0]):
                best[number] = score, reason, line
        if len(best) < ENOUGH:
            for number, score, line in self._slips(wanted):
                if fits(number) and number not in best:
                    best[number] = score, "slip", line
        found = [
            Match(actor := self.actor(number), reason, actor.name if line is None else self._name(line), score)
            for number, (score, reason, line) in best.items()
        ]
        return sorted(found, key=lambda m: (-m.score, len(m.text), m.actor.name, m.actor.id))

    def _name(self, line: int) -> str:
        number = self._of[line]
        first = bisect_left(self._of, number)
        _, _, name, aliases, _ = self._actors[number]
        return (name, *aliases)[line - first]

    def _matches(self, text: str, wanted: str) -> Iterator[tuple[int, float, str, int | None]]:
        """Actor, score, reason and line (none for an id) of everything that fits. A line gives its best reason only."""
        if not wanted:
            return
        for number in {*self._ids.equal(text), *(self._key_of[line] for line in self._keys.equal(text))}:
            yield number, REASONS["id"], "id", None
        seen: set[int] = set()
        for line, reason, at in self._fitting(text, wanted):
            if line not in seen:
                seen.add(line)
                yield self._of[line], REASONS[reason] - min(at, 4), reason, line

    def _fitting(self, text: str, wanted: str) -> Iterator[tuple[int, str, int]]:
        """The lines that fit and why, the better reasons first, and how far into the name they do so."""
        for line, at in self._plain.holding(wanted):
            whole = at == 0 and self._plain.text[self._plain.start(line) + len(wanted)] == "\n"
            if not whole:
                yield line, "contains" if at else "begins with", at
            else:
                name, own = self._name(line), self._actors[self._of[line]][2]
                yield line, ("name" if name == own else "alias") if name == text else "written otherwise", 0
        if LETTERS.fullmatch(wanted):
            for line, at in self._written.matching(self._initials(wanted)):
                yield line, "pinyin", at
            return  # no letter stands for more than one character
        if len(wanted) < 3:
            return
        for line, _ in self._plain.matching(re.compile("[^\n]*".join(map(re.escape, wanted)))):
            start = self._plain.start(line)
            yield line, "short form", self._plain.text.find(wanted[0], start) - start
        for of_person in (True, False):
            for line in self._cores.equal(core(text, "Person" if of_person else "Organization")):
                if (self._actors[self._of[line]][1] == "Person") is of_person:
                    yield line, "written otherwise", 0

    @cached_property
    def _by_letter(self) -> dict[str, str]:
        """The characters of the names whose readings begin with a letter, for a pattern."""
        found: dict[str, list[str]] = {}
        for character in sorted(set(self._written.text) - {"\n"}):
            for letter in letters(character):
                found.setdefault(letter, []).append(re.escape(character))
        return {letter: f"[{''.join(characters)}]" for letter, characters in found.items()}

    def _initials(self, wanted: str) -> re.Pattern[str]:
        return re.compile("".join(self._by_letter.get(letter, "(?!)") for letter in wanted))

    def _slips(self, wanted: str) -> Iterator[tuple[int, float, int]]:
        """Actor, score and line of names that differ by a letter or two, which must be few beside those that agree."""
        allowed = 0 if len(wanted) < 3 else 1 if len(wanted) < 6 else 2
        if not allowed:
            return
        for length in range(len(wanted) - allowed, len(wanted) + allowed + 1):
            if forms := self._forms.get(length):
                for line, apart in forms.within(wanted, allowed):
                    yield self._of[line], REASONS["slip"] * (1 - apart / (2 * len(wanted))), line


def plain(name: str) -> str:
    """A name as it is compared: width, case, blanks and quotation marks do not count."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)).casefold()


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
    if found := names.places(name):
        return found
    raise NotFound(f"no place {name} is known; give the exact name, alias, id or key of a place in this workspace")


def _texts(value: str | None) -> tuple[str, ...]:
    return tuple(map(str, json.loads(value))) if value else ()
