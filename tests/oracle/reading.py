"""What claims mean, in plain Python: actors, bonds, places and time, read from docs/ and from nothing of the product.

Time is read by brute force: a period is a set of days, one bit a day, from 2015 to 2025. The first bit stands for all
days before, the last for all days after.
"""

from __future__ import annotations

import hashlib
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import combinations
from typing import cast

Row = Mapping[str, object]
Days = int
Span = list[str | None] | None

FIRST = date(2015, 1, 1)
LAST = (date(2026, 1, 1) - FIRST).days + 1  # the bit after the last day
EVER: Days = (1 << LAST + 1) - 1
PLACES = {"City", "District", "SubDistrict", "Community", "Compound"}
ABOVE = PLACES - {"Compound"}
BODIES = {
    "OwnersCommittee", "PartyOrg", "PropertyFirm", "ServiceStation", "OwnersSupervisoryBoard", "VillageSupervisoryCommittee",
    "JointStockCompany", "ResidentsGroup", "ResidentsCommittee", "GovDepartment", "GuidanceCommittee", "LandlordCouncil",
    "CompoundManagementCommittee", "IndustryAssociation", "OwnersAssembly", "AffairsCouncil", "PreparatoryGroup", "PropertyManagementCommittee",
}  # fmt: skip
ROLES = {("党支部书记", "PartyOrg"): "支部书记", ("主任", "OwnersCommittee"): "业委会主任"}


# --- time -------------------------------------------------------------------------------------------------------------
def bit(day: str) -> int:
    return (date.fromisoformat(day) - FIRST).days + 1


def between(first: int, after: int) -> Days:
    return (1 << after) - (1 << first) if first < after else 0


@cache
def meant(text: str) -> tuple[int, int]:
    """The first and the last day that a written date can mean."""
    year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
    first = date(year, month or 1, day or 1)
    last = date(year, month or 12, day or monthrange(year, month or 12)[1])
    return bit(first.isoformat()), bit(last.isoformat())


def hull(days: Days) -> Days:
    """From the first to the last of them, with all between."""
    return between((days & -days).bit_length() - 1, days.bit_length()) if days else 0


@cache
def term(valid: str | None, said: str | None) -> tuple[Days, Days]:
    """The days on which something surely holds, and those on which it possibly does."""
    if valid == "../..":
        return EVER, EVER
    seen = meant(said) if said else None
    if valid is not None and "/" not in valid:  # somewhere within; a full day is that day
        first, last = meant(valid)
        possible = between(first, last + 1)
        sure = possible if first == last and (not seen or seen[0] >= first) else 0
    else:
        start, end = (valid or "/").split("/")
        starts = (0, 0) if start == ".." else (0, LAST) if not start else meant(start)
        ends = (LAST, LAST) if end in ("", "..") else meant(end)
        possible = between(starts[0], LAST + 1) & between(0, ends[1] + 1)
        on = between(starts[1], LAST + 1) if starts != (0, LAST) else 0  # it has begun, whenever that was
        if end not in ("", ".."):
            on &= between(0, ends[0])  # the last day may be incomplete
        if seen:
            on &= between(0, seen[0] + 1)  # an end after that day is a plan
        elif end in ("", ".."):  # nobody says that it went on
            on = 1 << starts[0] if starts[0] == starts[1] != 0 else 0
        sure = on
    if seen and seen[0] == seen[1] and possible >> seen[0] & 1:
        sure = hull(sure | 1 << seen[0])
    return sure, possible


def shown(days: Days) -> Span:
    if not days:
        return None
    low, high = (days & -days).bit_length() - 1, days.bit_length()
    return [iso(low) if low else None, iso(high) if high <= LAST else None]


def iso(number: int) -> str:
    return (FIRST + timedelta(number - 1)).isoformat()


def answer(sure: Days, possible: Days, day: str) -> str:
    return "yes" if sure >> bit(day) & 1 else "possibly" if possible >> bit(day) & 1 else "no"


# --- things -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class Actor:
    id: str
    keys: tuple[str, ...]
    type: str
    name: str
    aliases: frozenset[str]
    attributes: Mapping[str, object]
    claims: frozenset[str]

    @property
    def is_body(self) -> bool:
        return self.type in BODIES

    def called(self, name: str) -> bool:
        return name in (self.id, self.name, *self.aliases, *self.keys)


@dataclass(frozen=True, eq=False)
class Bond:
    start: Actor
    relation: str
    end: Actor
    attributes: Mapping[str, object]
    valid: str | None
    sure: Days
    possible: Days
    claims: frozenset[str]

    @property
    def role(self) -> str | None:
        return cast("str | None", self.attributes.get("role"))

    def holds(self, day: str | None) -> str:
        """yes, possibly or no on a day; without one, whether it surely held on any."""
        return answer(self.sure, self.possible, day) if day else "yes" if self.sure else "possibly"


Term = tuple[Actor, str, Actor, frozenset[tuple[str, object]], str | None]
"""What makes claims one bond: its ends, relation, attributes and `valid`."""


@dataclass(frozen=True)
class Register:
    id: str
    of: str
    place: str
    days: Days


@dataclass
class Reading:
    """The claims of one city, without those that rest on sources taken back."""

    said: Sequence[Row]
    retracted: Iterable[str] = ()
    places_of: dict[str, list[Actor]] = field(default_factory=dict)
    written: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        gone = set(self.retracted)
        self.published = {
            str(c["id"]): cast("str | None", c.get("published")) for c in self.said if c["kind"] == "source"
        }
        self.sources_of = {
            str(c["id"]): [s for s in all_sources(c) if s not in gone] for c in self.said if c["kind"] != "source"
        }
        self.live = [c for c in self.said if self.sources_of.get(str(c["id"]))]
        self.live_sources = [s for s in self.published if s not in gone]
        self.declared: dict[str, list[Row]] = defaultdict(list)
        for claim in self.live:
            if claim["kind"] == "entity":
                self.declared[str(claim["key"])].append(claim)
        self.joined = [
            c
            for c in self.live
            if c["kind"] == "relation" and c["subject"] in self.declared and c["object"] in self.declared
        ]
        self.same = self._identity()
        self.actors = self._actors()
        self.of_key = {key: actor for actor in self.actors for key in actor.keys}
        self._locate()
        self.bonds = self._bonds()
        self.by_relation: dict[str, list[Bond]] = defaultdict(list)
        for bond in self.bonds:
            self.by_relation[bond.relation].append(bond)

    # identity: one key is one thing; across sources by name and place, people by name and body ----------------------
    def _identity(self) -> dict[str, str]:
        """Key → the smallest of the keys that are one with it."""
        used_by = {
            key: {s for c in claims for s in self.sources_of[str(c["id"])]} for key, claims in self.declared.items()
        }
        kind = {key: (str(claims[0]["type"]), plain(str(claims[0]["name"]))) for key, claims in self.declared.items()}
        root = {key: key for key in self.declared}
        levels = {key: self._levels(key) for key in self.declared}
        served: dict[str, set[str]] = defaultdict(set)
        for claim in self.joined:
            if claim["relation"] == "HOLDS_POST":
                served[str(claim["subject"])].add(str(claim["object"]))

        def likeness(a: str, b: str) -> str:
            if kind[a][0] == "Person":
                return "one" if {root[x] for x in served[a]} & {root[x] for x in served[b]} else "open"
            shared = levels[a].keys() & levels[b].keys()
            if any(not levels[a][level] & levels[b][level] for level in shared):
                return "apart"
            return "one" if shared or kind[a][0] == "City" or not (levels[a] or levels[b]) else "open"

        for people in (False, True):  # whom the bodies are that somebody serves has to be known first
            groups: dict[tuple[str, str], list[str]] = defaultdict(list)
            for key in sorted(self.declared):
                if (kind[key][0] == "Person") == people:
                    groups[kind[key]].append(key)
            for group in groups.values():
                pairs = {(a, b): likeness(a, b) for a, b in combinations(group, 2) if not used_by[a] & used_by[b]}
                for cluster in joined(group, [pair for pair, like in pairs.items() if like == "one"]):
                    torn = any(used_by[a] & used_by[b] for a, b in combinations(cluster, 2))
                    torn |= any(like == "apart" and a in cluster and b in cluster for (a, b), like in pairs.items())
                    if not torn:
                        root.update(dict.fromkeys(cluster, min(cluster)))
        return root

    def _levels(self, key: str) -> dict[str, set[str]]:
        """What a key is said to lie in or to be based in, all the way up, by type."""
        found: dict[str, set[str]] = defaultdict(set)
        seen, level = {key}, [key]
        while level:
            above: set[str] = set()
            for one in level:
                above |= {str(c["place"]) for c in self.declared.get(one, ()) if "place" in c}
                above |= {
                    str(c["object"])
                    for c in self.joined
                    if c["subject"] == one and c["relation"] in ("LOCATED_IN", "BASED_IN")
                }
            level = sorted(above - seen)
            seen |= above
            for place in level:
                if place in self.declared:
                    claim = self.declared[place][0]
                    found[str(claim["type"])].add(plain(str(claim["name"])))
                else:
                    found[written_type(place)].add(place)
        return found

    def _actors(self) -> list[Actor]:
        clusters: dict[str, list[str]] = defaultdict(list)
        for key, root in self.same.items():
            clusters[root].append(key)
        found = []
        for root, keys in clusters.items():
            claims = [c for key in sorted(keys, key=lambda k: k != root) for c in self.declared[key]]
            if len(keys) > 1:  # the canonical key speaks first, then the others in the order in which they were said
                rest = [c for c in self.live if c["kind"] == "entity" and c["key"] in keys and c["key"] != root]
                claims = [*self.declared[root], *rest]
            name = str(claims[0]["name"])
            attributes: dict[str, object] = {}
            for claim in claims:
                for attribute, value in cast(Row, claim.get("attributes", {})).items():
                    attributes.setdefault(attribute, value)
            called = {str(c["name"]) for c in claims} | {
                a for c in claims for a in cast("list[str]", c.get("aliases", []))
            }
            id = "e" + hashlib.sha256(root.encode()).hexdigest()[:16]
            found.append(
                Actor(
                    id,
                    tuple(keys),
                    str(claims[0]["type"]),
                    name,
                    frozenset(called - {name}),
                    attributes,
                    frozenset(str(c["id"]) for c in claims),
                )
            )
        return found

    # places ---------------------------------------------------------------------------------------------------------
    def _locate(self) -> None:
        self.texts: dict[str, list[str]] = defaultdict(list)
        self.parents: dict[str, list[Actor]] = defaultdict(list)
        named: dict[str, set[Actor]] = defaultdict(set)
        for actor in self.actors:
            if actor.type in PLACES:
                for name in (actor.name, *actor.aliases):
                    named[name].add(actor)
        self.named = {name: next(iter(some)) for name, some in named.items() if len(some) == 1}
        for key, claims in self.declared.items():
            actor = self.of_key[key]
            for place in (str(c["place"]) for c in claims if "place" in c):
                if place in self.of_key:
                    self._put(actor, self.of_key[place])
                else:
                    self.texts[actor.id].append(place)
                    if place in self.named:
                        self._put(actor, self.named[place])
        for claim in self.joined:
            if claim["relation"] == "LOCATED_IN":
                self._put(self.of_key[str(claim["subject"])], self.of_key[str(claim["object"])])
        located = {id for id, parents in self.parents.items() if parents} | {
            id for id, texts in self.texts.items() if texts
        }
        for claim in self.joined:
            subject = self.of_key[str(claim["subject"])]
            if claim["relation"] == "BASED_IN" and subject.id not in located:
                self._put(subject, self.of_key[str(claim["object"])])

    def _put(self, child: Actor, parent: Actor) -> None:
        if child is not parent and parent not in self.parents[child.id]:
            self.parents[child.id].append(parent)

    def around(self, actor: Actor) -> list[list[Actor]]:
        """The actor, then what contains it, level by level."""
        levels, seen = [[actor]], {actor.id}
        while levels[-1]:
            above = {p.id: p for one in levels[-1] for p in self.parents[one.id] if p.id not in seen}
            seen |= above.keys()
            levels.append(list(above.values()))
        return levels[:-1]

    def nearest(self, actor: Actor) -> Actor | None:
        """The nearest place around it that is known."""
        for level in self.around(actor)[1:]:
            if places := [one for one in level if one.type in PLACES]:
                return min(places, key=lambda one: one.id)
        return None

    def place(self, actor: Actor) -> str | None:
        """Name of the nearest place around it, else of the nearest that is only written, the first by its characters."""
        if nearest := self.nearest(actor):
            return nearest.name
        levels = ([text for one in level for text in self.texts[one.id]] for level in self.around(actor))
        return next((min(texts) for texts in levels if texts), None)

    def place_ids(self, actor: Actor) -> set[str]:
        return {one.id for level in self.around(actor) for one in level if one.type in PLACES}

    def place_words(self, actor: Actor) -> set[str]:
        """Names of what contains it, and names that are only written."""
        levels = [one for level in self.around(actor) for one in level]
        return {one.name for one in levels if one.type in PLACES} | {
            text for one in levels for text in self.texts[one.id]
        }

    def asked(self, name: str) -> set[str] | None:
        """What a place of that name means: the ids of all that bear it, else the word itself; None if nobody speaks of it."""
        if found := {one.id for one in self.actors if one.type in PLACES and one.called(name)}:
            return found
        return {name} if any(name in self.place_words(one) for one in self.actors) else None

    def lies_in(self, actor: Actor, asked: set[str] | None) -> bool:
        return asked is None or bool(asked & (self.place_ids(actor) | self.place_words(actor)))

    # bonds ----------------------------------------------------------------------------------------------------------
    def _bonds(self) -> list[Bond]:
        terms: dict[Term, list[Row]] = defaultdict(list)
        for claim in self.joined:
            start, end = self.of_key[str(claim["subject"])], self.of_key[str(claim["object"])]
            attributes = dict(cast(Row, claim.get("attributes", {})))
            if claim["relation"] == "HOLDS_POST" and "role" in attributes:
                attributes["role"] = ROLES.get((str(attributes["role"]), end.type), attributes["role"])
            valid = cast("str | None", claim.get("valid"))
            terms[start, str(claim["relation"]), end, frozenset(attributes.items()), valid].append(claim)
        bonds = []
        for (start, relation, end, said, valid), claims in terms.items():
            periods = [term(valid, day) for c in claims for day in self._said(c)]
            sure = hull(union(sure for sure, _ in periods))
            ids = frozenset(str(c["id"]) for c in claims)
            bonds.append(Bond(start, relation, end, dict(said), valid, sure, periods[0][1], ids))
        return bonds

    def _said(self, claim: Row) -> Iterator[str | None]:
        """The days on which a claim is said to be so: once for each living source."""
        valid, observed = cast("str | None", claim.get("valid")), cast("str | None", claim.get("observed"))
        for source in self.sources_of[str(claim["id"])]:
            yield observed or (self.published[source] if valid is None or valid.endswith("/..") else None)

    def of(self, *relations: str, start: Actor | str | None = None, end: Actor | str | None = None) -> list[Bond]:
        """Bonds of these relations from and to an actor, or an actor of a type."""
        return [b for name in relations for b in self.by_relation[name] if fits(b.start, start) and fits(b.end, end)]

    def typed(self, type_: str) -> list[Actor]:
        return [actor for actor in self.actors if actor.type == type_]

    # registers and days ---------------------------------------------------------------------------------------------
    @cached_property
    def registers(self) -> list[Register]:
        return [
            Register(str(c["id"]), str(c["of"]), str(c["place"]), covered(str(c["valid"])))
            for c in self.live
            if c["kind"] == "register"
        ]

    def closed(self, actor: Actor, of: Iterable[str], day: str) -> list[Register]:
        """The registers of such things that are complete on that day where the actor lies."""
        found = []
        for register in self.registers:
            place = self.of_key.get(register.place) or self.named.get(register.place)
            inside = place.id in self.place_ids(actor) if place else register.place in self.place_words(actor)
            if register.of in of and inside and register.days >> bit(day) & 1:
                found.append(register)
        return found

    @property
    def newest(self) -> str | None:
        """The newest day that a living source speaks of."""
        days = [meant(str(c["observed"]))[1] for c in self.live if "observed" in c]
        days += [meant(published)[1] for s in self.live_sources if (published := self.published[s])]
        days += [r.days.bit_length() - 1 for r in self.registers if r.days.bit_length() <= LAST]
        return iso(max(days)) if days else None


def all_sources(claim: Row) -> list[str]:
    evidence = claim["evidence"]
    return [str(one["source"]) for one in (evidence if isinstance(evidence, list) else [cast(Row, evidence)])]


def plain(name: str) -> str:
    return name.replace("业主委员会", "业委会")


def written_type(place: str) -> str:
    return {"市": "City", "区": "District", "道": "SubDistrict", "社区": "Community"}.get(
        place[-2:] if place.endswith("社区") else place[-1], "Compound"
    )


def covered(valid: str) -> Days:
    """The days of a register, first and last included."""
    start, _, end = valid.partition("/") if "/" in valid else (valid, "", valid)
    return between(0 if start in ("", "..") else meant(start)[0], LAST + 1) & between(
        0, LAST + 1 if end in ("", "..") else meant(end)[1] + 1
    )


def union(days: Iterable[Days]) -> Days:
    found = 0
    for some in days:
        found |= some
    return found


def fits(actor: Actor, wanted: Actor | str | None) -> bool:
    return wanted is None or (actor.type == wanted if isinstance(wanted, str) else actor is wanted)


def joined(keys: Sequence[str], pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """The sets of keys that pairs link."""
    clusters = {key: {key} for key in keys}
    for a, b in pairs:
        if clusters[a] is not clusters[b]:
            clusters[a] |= clusters[b]
            for key in clusters[b]:
                clusters[key] = clusters[a]
    return list({id(cluster): cluster for cluster in clusters.values()}.values())
