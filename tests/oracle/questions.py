"""The questions of the catalogue, worked out from a reading of the claims: the columns of a row in the order of the file.

An actor is written as its name, claims as a set of ids.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from oracle.answers import HEADS, Rows, dated, hold, posts, seats
from oracle.reading import Actor, Bond, Reading

Claims = frozenset[str]
WITHOUT: dict[str, str] = {}
"""Questions that both engines have to answer alike, but that no plain reading answers, and why not."""


@dataclass(frozen=True)
class Asked:
    """A question: the city, the values of its parameters, and its day (that of the workspace where it needs one)."""

    city: Reading
    given: dict[str, str]
    day: str

    @property
    def as_of(self) -> str | None:
        return self.given.get("as_of")

    def here(self, actor: Actor, parameter: str = "district") -> bool:
        return parameter not in self.given or self.city.lies_in(actor, self.city.asked(self.given[parameter]))

    def people(self, parameter: str = "person") -> list[Actor]:
        return [actor for actor in self.city.actors if actor.called(self.given[parameter])]


Plain = Callable[[Asked], Rows]
PLAIN: dict[str, Plain] = {}


def answers(question: str) -> Callable[[Plain], Plain]:
    def register(function: Plain) -> Plain:
        PLAIN[question] = function
        return function

    return register


def claims(*things: Iterable[Bond | Actor]) -> Claims:
    return frozenset(claim for some in things for thing in some for claim in thing.claims)


def closing(asked: Asked, actor: Actor, type_: str) -> Claims:
    """The registers in which the actor would stand."""
    return frozenset(r.id for r in asked.city.closed(actor, (type_, "Organization", "Actor", "Entity"), asked.day))


def gap(asked: Asked, there: list[list[Bond]], actor: Actor, type_: str) -> tuple[str, str, Claims] | None:
    """holds, because and claims of what is missing; None where it surely is not."""
    found = [way for way in there if hold(way, asked.day) != "no"]
    if any(hold(way, asked.day) == "yes" for way in found):
        return None
    if found:
        return "possibly", "uncertain", claims([actor], *found)
    if closed := closing(asked, actor, type_):
        return "yes", "register", actor.claims | closed
    return "possibly", "no_register", actor.claims


def compounds(asked: Asked) -> Iterator[Actor]:
    return (c for c in asked.city.typed("Compound") if asked.here(c))


@answers("Q01")
def without_party_organisation(asked: Asked) -> Rows:
    rows: Rows = []
    for c in compounds(asked):
        if found := gap(asked, [way for *_, way in seats(asked.city, c, "PartyOrg")], c, "PartyOrg"):
            rows.append((c.name, c.attributes.get("category"), asked.city.place(c), *found))
    return rows


@answers("Q02")
def situations(asked: Asked) -> Rows:
    found: dict[tuple[str, str], list[Claims]] = defaultdict(list)
    for c in compounds(asked):
        words, known, behind = "", True, c.claims
        for type_, relation, word in (("PropertyFirm", "SERVES", "物业"), ("OwnersCommittee", "BASED_IN", "业委会")):
            there = [b for b in asked.city.of(relation, start=type_, end=c) if b.holds(asked.day) != "no"]
            closed = frozenset[str]() if there else closing(asked, c, type_)
            words += ("有" if there else "无") + word
            known &= bool(closed) or any(b.holds(asked.day) == "yes" for b in there)
            behind |= claims(there) | closed
        urban = c.attributes.get("category") == "城中村"
        found["城中村" if urban else words, "yes" if urban or known else "possibly"].append(behind)
    return [(*key, len(behind), frozenset[str]().union(*behind)) for key, behind in found.items()]


@answers("Q03")
def without_station(asked: Asked) -> Rows:
    rows: Rows = []
    for c in compounds(asked):
        stations = [[b] for b in asked.city.of("BASED_IN", start="ServiceStation", end=c)]
        if found := gap(asked, stations, c, "ServiceStation"):
            rows.append((c.name, c.attributes.get("category"), asked.city.place(c), *found))
    return rows


@answers("Q04")
def secretary_is_chair(asked: Asked) -> Rows:
    city, found = asked.city, defaultdict[tuple[Actor, Actor, Actor, str | None, Actor], list[list[Bond]]](list)
    for seat in city.of("BASED_IN", start="OwnersCommittee", end="Compound"):
        if asked.here(seat.end):
            for chair in posts(city, body=seat.start, roles=HEADS["committee"]):
                for head in posts(city, chair.start, "PartyOrg", HEADS["branch"]):
                    for own in city.of("BASED_IN", "COVERS", start=head.end):
                        if own.end in (seat.end, seat.start) and hold(dated([chair, head, seat, own]), asked.as_of) != "no":
                            found[head.start, seat.end, head.end, head.role, seat.start].append([chair, head, seat, own])
    return [
        (p.name, c.name, b.name, role, o.name, best(asked, ways), claims(*ways)) for (p, c, b, role, o), ways in found.items()
    ]  # fmt: skip


def best(asked: Asked, ways: Iterable[Iterable[Bond]]) -> str:
    return "yes" if any(hold(dated(way), asked.as_of) == "yes" for way in ways) else "possibly"


@answers("Q05")
def posts_of_person(asked: Asked) -> Rows:
    return [
        (h.start.name, h.end.name, asked.city.place(h.end), h.role, h.attributes.get("manner"), h.valid, h.holds(asked.as_of), h.claims)
        for person in asked.people()
        for h in asked.city.of("HOLDS_POST", start=person)
        if not asked.as_of or h.holds(asked.as_of) != "no"
    ]


@answers("Q06")
def firms_without_party_organisation(asked: Asked) -> Rows:
    rows: Rows = []
    for f in asked.city.typed("PropertyFirm"):
        serves = [b for b in asked.city.of("SERVES", start=f, end="Compound") if asked.here(b.end) and b.holds(asked.day) != "no"]
        if not serves and not asked.here(f):
            continue
        ties = asked.city.of("BASED_IN", "HAS_OWN_BRANCH", "JOINS_JOINT_BRANCH")
        own = [[b] for b in ties if (b.start is f and b.end.type == "PartyOrg") or (b.end is f and b.start.type == "PartyOrg")]
        if found := gap(asked, own, f, "PartyOrg"):
            surely = {b.end for b in serves if b.holds(asked.day) == "yes"}
            rows.append((f.name, len(surely), len({b.end for b in serves} - surely), *found[:2], found[2] | claims(serves)))
    return rows


@answers("Q07")
def documents(asked: Asked) -> Rows:
    rows: Rows = []
    for y in asked.city.typed("Policy"):
        issues = asked.city.of("ISSUED", end=y)
        if asked.here(y) or any(asked.here(i.start) for i in issues):
            issued = y.attributes.get("issued")
            rows += [(y.name, issued, i.start.name, i.attributes.get("role"), "yes", claims([y], [i])) for i in issues]
            rows += [] if issues else [(y.name, issued, None, None, "yes", y.claims)]
    return rows


SENDERS = ("SubDistrict", "Community", "ResidentsCommittee")
SENDING = ("街道党工委", "社区党委", "社区党支部", "街道办事处")


def branch_seats(asked: Asked, *relations: str) -> Iterator[tuple[Actor, Actor, list[Bond]]]:
    """Branch, compound, and the bonds that put it there: its own, or that of the committee it is based on."""
    city = asked.city
    for c in compounds(asked):
        for bond in city.of(*relations, start="PartyOrg", end=c):
            yield bond.start, c, [bond]
        for seat in city.of("BASED_IN", start="OwnersCommittee", end=c):
            for own in city.of("BASED_IN", start="PartyOrg", end=seat.start):
                yield own.start, c, [own, seat]


@answers("Q08")
def sent_secretaries(asked: Asked) -> Rows:
    found: dict[tuple[Bond, Actor, Actor | None], list[tuple[bool, list[Bond]]]] = defaultdict(list)
    for b, c, way in branch_seats(asked, "BASED_IN", "COVERS"):
        for h in posts(asked.city, body=b, roles=(*HEADS["branch"], "第一书记")):
            sent = [x for x in asked.city.of("DISPATCHES", end=h.start) if x.attributes.get("role", h.role) == h.role]
            if hold(dated([h, *way]), asked.as_of) == "no":
                continue
            for x in sent:
                if x.start.type in SENDERS or x.start.attributes.get("subtype") in SENDING:
                    found[h, c, x.start].append((hold(dated([h, *way]), asked.as_of) == "yes", [h, *way, x]))
            if not sent and h.attributes.get("manner") == "dispatched":
                found[h, c, None].append((False, [h, *way]))
    return [
        (h.start.name, h.role, h.end.name, c.name, a.name if a else None, h.valid,
         "yes" if any(sure for sure, _ in ways) else "possibly", claims(*(way for _, way in ways)))
        for (h, c, a), ways in found.items()
    ]  # fmt: skip


@answers("Q09")
def unpaired(asked: Asked) -> Rows:
    rows: Rows = []
    at: dict[tuple[Actor, Actor], list[list[Bond]]] = defaultdict(list)
    for b, c, way in branch_seats(asked, "BASED_IN"):
        form = way[0].attributes.get("form") or b.attributes.get("form")
        if b.attributes.get("subtype") != "党小组" and form != "行业建" and hold(way, asked.day) != "no":
            at[b, c].append(way)
    for (b, c), ways in at.items():
        pairs = [k for k in asked.city.of("PAIRED_WITH") if k.holds(asked.day) != "no"]
        pairs = [k for k in pairs for one, x in ((k.start, k.end), (k.end, k.start)) if one in (b, c) and x.type == "PartyOrg" and x is not b]
        if not any(k.holds(asked.day) == "yes" for k in pairs):
            rows.append((b.name, c.name, "possibly", "uncertain" if pairs else "none_recorded", claims([b], pairs, *ways)))
    return rows


@answers("Q10")
def forms(asked: Asked) -> Rows:
    at: dict[tuple[Actor, Actor, object], list[list[Bond]]] = defaultdict(list)
    for b, c, way in branch_seats(asked, "BASED_IN", "COVERS"):
        if hold(way, asked.day) != "no":
            at[b, c, way[0].attributes.get("form") or b.attributes.get("form")].append(way)
    counted: dict[tuple[object, object, str], list[tuple[Actor, Actor, Claims]]] = defaultdict(list)
    for (b, c, form), ways in at.items():
        holds = "yes" if any(hold(way, asked.day) == "yes" for way in ways) else "possibly"
        counted[c.attributes.get("category"), form, holds].append((b, c, claims([b, c], *ways)))
    return [
        (*key, len({b for b, *_ in some}), len({c for _, c, _ in some}), frozenset[str]().union(*(x for *_, x in some)))
        for key, some in counted.items()
    ]  # fmt: skip


def multiset(rows: Rows) -> Counter[tuple[object, ...]]:
    return Counter(rows)
