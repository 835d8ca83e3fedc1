"""The questions of the catalogue, worked out from a reading of the claims: the columns of a row in the order of the file.

An actor is written as its name, claims as a set of ids.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from oracle.answers import FIRM_HEADS, HEADS, SEATS, Rows, dated, hold, kin, posts, seats
from oracle.reading import PLACES, Actor, Bond, Reading

Claims = frozenset[str]
SHAPED = "made from a shape with slots: exact rows of every rule are in tests/queries/catalogue"
RARE = "about records that random cities hardly ever have together: exact rows are in tests/queries/catalogue"
WITHOUT: dict[str, str] = {
    **dict.fromkeys(("Q14", "Q15", "Q17", "Q18", "Q20", "Q21", "Q28", "Q31", "Q33", "Q37"), RARE),
    **dict.fromkeys(("R17", "R18", "R23", "R32", "R44", "R49", "R50", "R53", "R55", "R56"), RARE),
    **dict.fromkeys(
        (
            "R04",
            "R05",
            "R07",
            *(
                f"R{n}"
                for n in (*range(10, 17), 19, 21, 24, 25, 26, 28, *range(31, 36), 37, 38, 40, 42, 43, 51, 52, 54)
                if n != 32
            ),
        ),
        SHAPED,
    ),
}
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
                        if (
                            own.end in (seat.end, seat.start)
                            and hold(dated([chair, head, seat, own]), asked.as_of) != "no"
                        ):
                            found[head.start, seat.end, head.end, head.role, seat.start].append(
                                [chair, head, seat, own]
                            )
    return [
        (p.name, c.name, b.name, role, o.name, best(asked, ways), claims(*ways)) for (p, c, b, role, o), ways in found.items()
    ]  # fmt: skip


def best(asked: Asked, ways: Iterable[Iterable[Bond]]) -> str:
    return "yes" if any(hold(dated(way), asked.as_of) == "yes" for way in ways) else "possibly"


@answers("Q05")
def posts_of_person(asked: Asked) -> Rows:
    return [
        (
            h.start.name,
            h.end.name,
            asked.city.place(h.end),
            h.role,
            h.attributes.get("manner"),
            h.valid,
            h.holds(asked.as_of),
            h.claims,
        )
        for person in asked.people()
        for h in asked.city.of("HOLDS_POST", start=person)
        if not asked.as_of or h.holds(asked.as_of) != "no"
    ]


@answers("Q06")
def firms_without_party_organisation(asked: Asked) -> Rows:
    rows: Rows = []
    for f in asked.city.typed("PropertyFirm"):
        serves = [
            b
            for b in asked.city.of("SERVES", start=f, end="Compound")
            if asked.here(b.end) and b.holds(asked.day) != "no"
        ]
        if not serves and not asked.here(f):
            continue
        ties = asked.city.of("BASED_IN", "HAS_OWN_BRANCH", "JOINS_JOINT_BRANCH")
        own = [
            [b]
            for b in ties
            if (b.start is f and b.end.type == "PartyOrg") or (b.end is f and b.start.type == "PartyOrg")
        ]
        if found := gap(asked, own, f, "PartyOrg"):
            surely = {b.end for b in serves if b.holds(asked.day) == "yes"}
            rows.append(
                (f.name, len(surely), len({b.end for b in serves} - surely), *found[:2], found[2] | claims(serves))
            )
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
        pairs = [
            k
            for k in pairs
            for one, x in ((k.start, k.end), (k.end, k.start))
            if one in (b, c) and x.type == "PartyOrg" and x is not b
        ]
        if not any(k.holds(asked.day) == "yes" for k in pairs):
            rows.append(
                (b.name, c.name, "possibly", "uncertain" if pairs else "none_recorded", claims([b], pairs, *ways))
            )
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


# --- the questions of some difficulty ----------------------------------------------------------------------------------
K = TypeVar("K")


def at_once(asked: Asked, ways: Iterable[tuple[K, list[Bond]]]) -> dict[K, list[list[Bond]]]:
    """Ways by what they are about: those in which all the bonds hold at one time, and on the day asked about."""
    found: dict[K, list[list[Bond]]] = defaultdict(list)
    for key, way in ways:
        if hold(dated(way), asked.as_of) != "no":
            found[key].append(way)
    return found


def on_day(asked: Asked, bonds: Iterable[Bond]) -> list[Bond]:
    """Those that hold on the day, surely or possibly; without a day all."""
    return [bond for bond in bonds if not asked.as_of or bond.holds(asked.as_of) != "no"]


@answers("Q11")
def adopters(asked: Asked) -> Rows:
    rows: Rows = []
    for r in on_day(asked, asked.city.of("ADOPTED", "CONVENES", "LEADS", end="Mechanism")):
        names = (r.end.name, *r.end.aliases, str(r.end.attributes.get("subtype", "")))
        if any(asked.given["mechanism"] in name for name in names) and (
            r.start.is_body or r.start.type in (*PLACES, "Person")
        ):
            rows.append(
                (
                    r.end.name,
                    r.start.name,
                    r.relation,
                    asked.city.place(r.start),
                    r.valid,
                    r.holds(asked.as_of),
                    r.claims,
                )
            )
    return rows


@answers("Q12")
def units_without_branch(asked: Asked) -> Rows:
    rows: Rows = []
    city, kinds = asked.city, re.split("[,，、]", asked.given.get("kinds", "Compound、ResidentsGroup"))
    for x in (actor for kind in kinds for actor in city.typed(kind)):
        seats_of = [b.end for b in city.of("BASED_IN", start=x) if b.end.type in PLACES]
        wanted = city.asked(asked.given["sub_district"]) or set()
        if not (city.lies_in(x, wanted) or any(wanted & city.place_ids(at) for at in seats_of)):
            continue
        ways = [[b] for b in city.of("BASED_IN", "COVERS", start="PartyOrg", end=x)]
        ways += [
            [own, s]
            for s in city.of("BASED_IN", start="OwnersCommittee", end=x)
            for own in city.of("BASED_IN", start="PartyOrg", end=s.start)
        ]
        ways = [
            way for way in ways if (way[0].attributes.get("form") or way[0].start.attributes.get("form")) != "行业建"
        ]
        there = [way for way in ways if hold(way, asked.day) != "no"]
        if found := gap(asked, ways, x, "PartyOrg"):
            closed = (
                frozenset(r for at in (x, *seats_of) for r in closing(asked, at, "PartyOrg"))
                if not there
                else frozenset[str]()
            )
            holds, because, behind = ("yes", "register", x.claims | closed) if closed else found
            rows.append((x.name, x.attributes.get("category"), holds, because, behind))
    return rows


@answers("Q16")
def not_cross_appointed(asked: Asked) -> Rows:
    city, at = asked.city, defaultdict[tuple[Actor, Actor, Actor], list[list[Bond]]](list)
    for s in city.of("BASED_IN", start="OwnersCommittee", end="Compound"):
        for t in city.of("BASED_IN", start="PartyOrg"):
            form = t.attributes.get("form") or t.start.attributes.get("form")
            there = t.end in (s.start, s.end) and "no" not in (s.holds(asked.day), t.holds(asked.day))
            if there and asked.here(s.end) and form != "行业建" and t.start.attributes.get("subtype") != "党小组":
                at[s.end, t.start, s.start].append([s, t])
    rows: Rows = []
    for (c, b, o), ways in at.items():
        both = [
            [h, k]
            for h in posts(city, body=o)
            for k in posts(city, h.start, b)
            if "no" not in (h.holds(asked.day), k.holds(asked.day))
        ]
        if not any(h.holds(asked.day) == k.holds(asked.day) == "yes" for h, k in both):
            rows.append(
                (c.name, b.name, o.name, "possibly", "uncertain" if both else "none_recorded", claims(*ways, *both))
            )
    return rows


@answers("Q19")
def seal_elsewhere(asked: Asked) -> Rows:
    city, rows = asked.city, list[tuple[object, ...]]()
    at: dict[tuple[Actor, Actor], list[Bond]] = defaultdict(list)
    for s in city.of("BASED_IN", start="OwnersCommittee", end="Compound"):
        if asked.here(s.end) and s.holds(asked.day) != "no":
            at[s.start, s.end].append(s)
    for (o, c), there in at.items():
        keepers = [
            (r, own_keeper(city, r.start, c)) for r in city.of("HOLDS_SEAL_OF", end=o) if r.holds(asked.day) != "no"
        ]
        if any(own and r.holds(asked.day) == "yes" for r, own in keepers):
            continue
        elsewhere = any(not own and r.holds(asked.day) == "yes" for r, own in keepers)
        because = "elsewhere" if elsewhere else "uncertain" if keepers else "none_recorded"
        others = frozenset(r.start.name for r, own in keepers if not own)
        rows.append(
            (
                o.name,
                c.name,
                others,
                "yes" if elsewhere else "possibly",
                because,
                claims([o], there, [r for r, _ in keepers]),
            )
        )
    return rows


def own_keeper(city: Reading, z: Actor, c: Actor) -> bool:
    """Whether it is a party organisation of the community in which the compound lies."""
    if z.type != "PartyOrg":
        return False
    homes = {b.end.id for b in city.of("BASED_IN", start=z, end="Community")}
    nearest = city.nearest(z)
    of_community = (
        z.attributes.get("subtype") in ("社区党委", "社区党支部")
        and nearest is not None
        and nearest.id in city.place_ids(c)
    )
    return bool(homes & city.place_ids(c)) or of_community


@answers("Q22")
def secretary_not_owner(asked: Asked) -> Rows:
    city, at = asked.city, defaultdict[tuple[Actor, Actor, Actor], list[list[Bond]]](list)
    for t in city.of("BASED_IN", start="PartyOrg", end="Compound"):
        if (
            t.end.attributes.get("category") == "花园小区"
            and asked.here(t.end, "sub_district")
            and t.holds(asked.day) != "no"
        ):
            for h in posts(city, body=t.start, roles=HEADS["branch"]):
                if h.holds(asked.day) != "no":
                    at[h.start, t.start, t.end].append([t, h])
    rows: Rows = []
    for (p, b, c), ways in at.items():
        homes = [w for w in city.of("OWNS_HOME_IN", start=p, end=c) if w.holds(asked.day) != "no"]
        if not any(w.holds(asked.day) == "yes" for w in homes):
            rows.append(
                (
                    p.name,
                    b.name,
                    c.name,
                    "possibly",
                    "uncertain" if homes else "none_recorded",
                    claims([c], homes, *ways),
                )
            )
    return rows


@answers("Q23")
def coverage_rates(asked: Asked) -> Rows:
    city, at = asked.city, defaultdict[Actor, list[tuple[str, Claims]]](list)
    for c in compounds(asked):
        ways = [way for *_, way in seats(city, c, "PartyOrg") if hold(way, asked.day) != "no"]
        closed = frozenset[str]() if ways else closing(asked, c, "PartyOrg")
        verdict = (
            "covered"
            if any(hold(way, asked.day) == "yes" for way in ways)
            else "possibly"
            if ways
            else "uncovered"
            if closed
            else "unknown"
        )
        for s in (one for level in city.around(c) for one in level if one.type == "SubDistrict"):
            at[s].append((verdict, claims(*ways) | closed))
    rows: Rows = []
    for s, found in at.items():
        n = Counter(verdict for verdict, _ in found)
        rates = n["covered"] / len(found), (len(found) - n["uncovered"]) / len(found)
        counts = [n[verdict] for verdict in ("covered", "possibly", "uncovered", "unknown")]
        rows.append(
            (
                s.name,
                len(found),
                *counts,
                *rates,
                "yes" if rates[0] == rates[1] else "possibly",
                frozenset[str]().union(*(x for _, x in found)),
            )
        )
    return rows


@answers("Q25")
def head_of_several(asked: Asked) -> Rows:
    city, at = asked.city, defaultdict[Actor, dict[Actor, list[list[Bond]]]](lambda: defaultdict(list))
    for h in posts(city, roles=(asked.given["role"],)):
        for s in city.of("BASED_IN", "COVERS", start=h.end, end="Compound"):
            if hold(dated([h, s]), asked.day) != "no":
                at[h.start][s.end].append([h, s])
    rows: Rows = []
    for p, found in at.items():
        if len(found) > 1 and any(asked.here(c, "place") for c in found):
            surely = [c for c, ways in found.items() if any(hold(dated(way), asked.day) == "yes" for way in ways)]
            bodies = {way[0].end for ways in found.values() for way in ways}
            rows.append(
                (
                    p.name,
                    len(bodies),
                    frozenset(c.name for c in found),
                    "yes" if len(surely) > 1 else "possibly",
                    claims(*(w for ways in found.values() for w in ways)),
                )
            )
    return rows


@answers("Q29")
def self_supervision(asked: Asked) -> Rows:
    city, rows = asked.city, list[tuple[object, ...]]()
    ways = (
        ((head.start, head.end, seat.start), [chair, head, seat, own])
        for seat in city.of("BASED_IN", start="OwnersCommittee", end="Compound")
        if asked.here(seat.end)
        for chair in posts(city, body=seat.start, roles=HEADS["committee"])
        for head in posts(city, chair.start, "PartyOrg", HEADS["branch"])
        for own in city.of("BASED_IN", "COVERS", start=head.end)
        if own.end in (seat.end, seat.start)
    )
    for (p, b, o), found in at_once(asked, ways).items():
        over = [
            r
            for r in on_day(asked, city.of("SUPERVISES", "GUIDES", "LEADS", end=o))
            if r.start is b or r.relation != "LEADS"
        ]
        others = frozenset(r.start.name for r in over if r.start is not b)
        rows.append(
            (
                p.name,
                b.name,
                o.name,
                any(r.start is b for r in over),
                others,
                best(asked, map(dated, found)),
                claims(over, *found),
            )
        )
    return rows


@answers("Q32")
def manager_on_branch(asked: Asked) -> Rows:
    city, rows = asked.city, list[tuple[object, ...]]()
    ways = (
        ((h.start, s.start, k.role, t.start, h.role, t.end), [h, k, s, t])
        for t in city.of("BASED_IN", "COVERS", start="PartyOrg", end="Compound")
        if asked.here(t.end)
        for s in city.of("SERVES", start="PropertyFirm", end=t.end)
        for h in posts(city, body=t.start, roles=SEATS)
        for k in posts(city, h.start, s.start, FIRM_HEADS)
    )
    for (p, f, firm_post, b, role, c), found in at_once(asked, ways).items():
        over = on_day(asked, city.of("SUPERVISES", "GUIDES", start=b, end=f))
        rows.append(
            (p.name, f.name, firm_post, b.name, role, c.name, bool(over), best(asked, found), claims(over, *found))
        )
    return rows


@answers("Q34")
def village_company(asked: Asked) -> Rows:
    city = asked.city
    wanted = city.asked(asked.given["sub_district"]) or set()
    ways = (
        ((k.start, v.start, k.role, s.end, s.start, h.role), [h, k, g, v, s])
        for s in city.of("BASED_IN", start="JointStockCompany", end="ResidentsGroup")
        if city.lies_in(s.end, wanted) or any(wanted & city.place_ids(b.end) for b in city.of("BASED_IN", start=s.end))
        for h in posts(city, body=s.start, roles=("股份合作公司董事长",))
        for g in posts(city, h.start, s.end, ("居民小组组长",))
        for v in city.of("SUPERVISES", "GUIDES", "LEADS", start="PartyOrg", end=s.start)
        for k in posts(city, h.start, v.start, HEADS["branch"])
    )
    return [
        (p.name, b.name, branch_post, g.name, j.name, company_post, best(asked, found), claims(*found))
        for (p, b, branch_post, g, j, company_post), found in at_once(asked, ways).items()
    ]


@answers("Q38")
def auditors_tied(asked: Asked) -> Rows:
    city, ways = asked.city, list[tuple[tuple[Actor, Actor, Actor, Actor | None], list[Bond]]]()
    for u in city.of("BASED_IN", start="OwnersSupervisoryBoard", end="Compound"):
        audited = [
            *city.of("BASED_IN", start="OwnersCommittee", end=u.end),
            *city.of("BASED_IN", "SERVES", start="PropertyFirm", end=u.end),
        ]
        for h in posts(city, body=u.start) if asked.here(u.end) else ():
            for s in audited:
                if asked.given.get("tie", "own") == "own":
                    ways += [((u.start, h.start, s.start, None), [h, k, s, u]) for k in posts(city, h.start, s.start)]
                if asked.given.get("tie", "relative") == "relative":
                    ways += [
                        ((u.start, h.start, s.start, q), [h, k, s, u, a])
                        for a, q in kin(city, h.start)
                        for k in posts(city, q, s.start)
                    ]
    return [
        (z.name, p.name, o.name, "relative" if q else "own", q.name if q else None, best(asked, found), claims(*found))
        for (z, p, o, q), found in at_once(asked, ways).items()
    ]


@answers("Q39")
def loops_of_supervision(asked: Asked) -> Rows:
    city, roles = asked.city, re.split("[,，、]", asked.given["roles"])
    over = [b for b in city.of("SUPERVISES", "GUIDES", "LEADS", "MANAGES")]
    chains = [[b] for b in over if b.start.is_body]
    for chain in chains:  # grows while it is read
        if len(chain) < 4:
            chains += [[*chain, b] for b in over if b.start is chain[-1].end and b not in chain]
    ways = (
        ((h.start, h.end, h.role, chain[-1].end), [h, k, *chain])
        for chain in chains
        if chain[-1].end is not chain[0].start and chain[-1].end.is_body
        for h in posts(city, body=chain[0].start, roles=roles)
        for k in posts(city, h.start, chain[-1].end)
    )
    return [
        (p.name, a.name, role, z.name, min(len(way) for way in found) - 2, best(asked, found), claims(*found))
        for (p, a, role, z), found in at_once(asked, ways).items()
    ]


@answers("Q13")
def three_member_rule(asked: Asked) -> Rows:
    city, rows = asked.city, list[tuple[object, ...]]()
    for c in compounds(asked):
        members = c.attributes.get("formal_members")
        if not isinstance(members, int):
            continue
        breaks = "R01" if members >= int(asked.given.get("k", "3")) else "R02"
        if asked.given.get("breaks", breaks) != breaks:
            continue
        there = [(form, way) for _, form, way in seats(city, c, "PartyOrg") if hold(way, asked.day) != "no"]
        fits = [(kind, way) for form, way in there if (kind := own_branch(breaks, form, way)) != "other"]
        if any(kind == "fits" and hold(way, asked.day) == "yes" for kind, way in fits):
            continue
        closed = frozenset[str]() if fits else closing(asked, c, "PartyOrg")
        because = "uncertain" if fits else "no_register" if not closed else "other_form" if there else "register"
        holds = "yes" if because in ("register", "other_form") else "possibly"
        rows.append((c.name, members, breaks, holds, because, claims([c], *(way for _, way in there)) | closed))
    return rows


def own_branch(breaks: str, form: str | None, way: list[Bond]) -> str:
    """Whether a seat is what the rule asks for: any branch, or one of the compound's own; open where no form is said."""
    if breaks == "R02":
        return "fits"
    if way[0].relation == "COVERS" or form in ("联合建", "区域建", "连片组建", "临时建", "派驻建"):
        return "other"
    return "fits" if form else "open"


@answers("Q24")
def posts_in_several_kinds(asked: Asked) -> Rows:
    city, rows, n = asked.city, list[tuple[object, ...]](), int(asked.given.get("n", "3"))
    for p in city.typed("Person"):
        found = on_day(asked, posts(city, p))
        kinds = {h.end.type for h in found}
        surely = {h.end.type for h in found if h.holds(asked.as_of) == "yes"}
        homes = [h.end for h in posts(city, p)]
        homes += [seat.end for home in list(homes) for seat in based(city, home)]
        if len(kinds) >= n and any(asked.here(home, "place") for home in homes):
            held = {(h.role, h.end) for h in found}
            rows.append((p.name, len(kinds), len(held), "yes" if len(surely) >= n else "possibly", claims(found)))
    return rows


def based(city: Reading, body: Actor) -> Iterator[Bond]:
    """Seats in a place, of a body or of the one that it is based on."""
    for bond in city.of("BASED_IN", start=body):
        for seat in (bond, *city.of("BASED_IN", start=bond.end)):
            if seat.end.type in PLACES:
                yield seat


@answers("Q26")
def members_not_checked_in(asked: Asked) -> Rows:
    city, rows = asked.city, list[tuple[object, ...]]()
    for c in compounds(asked):
        there = [t for t in city.of("BASED_IN", start="PartyOrg", end=c) if t.holds(asked.day) != "no"]
        homes: dict[Actor, list[Bond]] = defaultdict(list)
        for home in city.of("LIVES_IN", start="Person", end=c) if there else ():
            if home.start.attributes.get("party_member") is True and home.holds(asked.day) != "no":
                homes[home.start].append(home)
        tied = {
            r.start
            for r in city.of("MEMBER_OF", "CHECKS_IN_WITH", "HOLDS_POST")
            if r.end in [t.start for t in there] and r.holds(asked.day) == "yes"
        }
        missing = homes.keys() - tied
        if missing:
            rows.append((c.name, len(missing), len(homes), "possibly", claims(there, *(homes[p] for p in missing))))
    return rows


@answers("Q27")
def badly_rated_firms(asked: Asked) -> Rows:
    city, rows, least = asked.city, list[tuple[object, ...]](), int(asked.given.get("stars", "3"))
    over = [r for r in city.of("SUPERVISES", "GUIDES") if r.holds(asked.day) != "no"]
    for s in city.of("SERVES", start="PropertyFirm", end="Compound"):
        stars, listed = s.attributes.get("stars", s.start.attributes.get("stars")), s.start.attributes.get("list")
        bad = (isinstance(stars, int) and stars < least) or listed == asked.given.get("list", "黑榜")
        if bad and asked.here(s.end, "place") and s.holds(asked.day) != "no":
            committees = [b.start for b in city.of("BASED_IN", start="OwnersCommittee", end=s.end)]
            of_firm, of_committee = [r for r in over if r.end is s.start], [r for r in over if r.end in committees]
            names = (frozenset(r.start.name for r in some) for some in (of_firm, of_committee))
            rows.append(
                (
                    s.start.name,
                    s.end.name,
                    stars,
                    listed,
                    *names,
                    s.holds(asked.day),
                    claims([s.start], [s], of_firm, of_committee),
                )
            )
    return rows


@answers("Q30")
def power_in_one_hand(asked: Asked) -> Rows:
    city = asked.city
    ways = (
        ((g.start, u.end, k.end, h.end, u.start, w.start), [g, h, k, w, s, t, u])
        for u in city.of("BASED_IN", start="CompoundManagementCommittee", end="Compound")
        if asked.here(u.end)
        for g in posts(city, body=u.start, roles=("小区管理委员会会长",))
        for w in city.of("MEMBER_OF", start="PropertyFirm", end=u.start)
        for h in posts(city, g.start, "OwnersCommittee", HEADS["committee"])
        for s in city.of("BASED_IN", start=h.end, end=u.end)
        for k in posts(city, g.start, "PartyOrg", HEADS["branch"])
        for t in city.of("BASED_IN", "COVERS", start=k.end)
        if t.end in (u.end, h.end)
    )
    return [
        (*(actor.name for actor in key), best(asked, map(dated, found)), claims(*found))
        for key, found in at_once(asked, ways).items()
    ]


@answers("Q35")
def company_firm_serves_own_compound(asked: Asked) -> Rows:
    city, ways = asked.city, list[tuple[tuple[Actor, ...], list[Bond]]]()
    for i in city.of("INVESTS_IN", end="PropertyFirm"):
        for s in city.of("SERVES", start=i.end, end="Compound"):
            if i.start.type not in ("JointStockCompany", "Person") or not asked.here(s.end):
                continue
            bodies = city.of("BASED_IN", "COVERS", start="PartyOrg", end=s.end)
            around = [
                t
                for t in city.of("BASED_IN", start="GuidanceCommittee", end="Community")
                if t.end.id in city.place_ids(s.end)
            ]
            for t in [*bodies, *around]:
                for k in posts(city, body=t.start):
                    for h in posts(city, k.start, "JointStockCompany"):
                        if i.start in (k.start, h.end):
                            ways.append(((k.start, h.end, i.start, i.end, s.end, t.start), [h, k, i, s, t]))
    return [
        (*(actor.name for actor in key), best(asked, map(dated, found)), claims(*found))
        for key, found in at_once(asked, ways).items()
    ]


@answers("Q36")
def cadre_under_own_seal(asked: Asked) -> Rows:
    city, rows = asked.city, list[tuple[object, ...]]()
    committees = dict.fromkeys(
        b.start for b in city.of("BASED_IN", start="OwnersCommittee", end="Compound") if asked.here(b.end)
    )
    ways = (
        ((h.start, o, h.role, s.start), [h, k, s])
        for o in committees
        for s in city.of("HOLDS_SEAL_OF", start="PartyOrg", end=o)
        for h in posts(city, body=o)
        for k in posts(city, h.start, s.start)
    )
    for (p, o, role, z), found in at_once(asked, ways).items():
        steps = [
            (d, r)
            for d in city.of("DECIDED", "DELIBERATES", start=o, end="MajorMatter")
            for r in city.of("REVIEWS", start=z, end=d.end)
        ]
        rows.append(
            (p.name, o.name, role, z.name, len({d.end for d, _ in steps}), best(asked, found), claims(*found, *steps))
        )
    return rows


@answers("Q40")
def landlord_council_and_branch(asked: Asked) -> Rows:
    city, rows = asked.city, list[tuple[object, ...]]()
    at: dict[tuple[Actor, Actor], list[tuple[Bond, Bond]]] = defaultdict(list)
    for s in city.of("BASED_IN", start="LandlordCouncil", end="Compound"):
        if s.end.id in (city.asked(asked.given["compound"]) or set()):
            for r in on_day(asked, city.of("REPORTS_TO", "ESCALATES_TO", start=s.start, end="PartyOrg")):
                at[s.start, r.end].append((s, r))
    for (council, b), found in at.items():
        ties = city.of("MEMBER_OF", "HOLDS_POST", start="Person")
        both = [
            (v, w)
            for v in ties
            if v.end is council
            for w in ties
            if w.end is b and w.start is v.start and hold([v, w], asked.as_of) != "no"
        ]
        sure = "yes" if any(r.holds(asked.as_of) == "yes" for _, r in found) else "possibly"
        rows.append((council.name, b.name, frozenset(v.start.name for v, _ in both), sure, claims(*found, *both)))
    return rows
