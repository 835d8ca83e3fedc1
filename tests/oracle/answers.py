"""The answers of queries/, worked out from a reading of the claims: rows as plain tuples, actors by their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import cast

from oracle.reading import ABOVE, EVER, Actor, Bond, Days, Reading, Row, answer, shown

Rows = list[tuple[object, ...]]

HEADS = {"branch": ("支部书记", "党总支书记", "党委书记"), "committee": ("业委会主任",)}
SEATS = ("支部书记", "党总支书记", "党委书记", "第一书记", "副书记", "支部委员")
FIRM_HEADS = ("项目经理", "总经理")
FORMS = {"单独建": "covered", "联合建": "covered_jointly", "区域建": "covered_by_area", "连片组建": "covered_by_area",
         "临时建": "covered_temporarily", "派驻建": "covered_by_dispatch"}  # fmt: skip
VERDICTS = (
    "covered",
    "covered_jointly",
    "covered_by_area",
    "covered_temporarily",
    "covered_by_dispatch",
    "hollow",
    "possibly_covered",
    "uncovered",
    "unknown",
)
KINDS = {"branch": "PartyOrg", "committee": "OwnersCommittee", "firm": "PropertyFirm", "station": "ServiceStation"}
STANDING = ("FAMILY_OF", "BASED_IN", "COVERS")


def roles(city: Reading, name: str, as_of: str | None, today: str) -> Rows:
    rows: Rows = []
    for post in (
        p for side in ("start", "end") for p in city.of("HOLDS_POST") if cast(Actor, getattr(p, side)).called(name)
    ):
        if post.holds(as_of or today) != "no" or not as_of:
            rows.append(
                (post.start.name, post.role, post.attributes.get("manner"), post.end.name, post.end.type, city.place(post.end),
                 answer(post.sure, post.possible, as_of or today), post.valid, shown(post.sure), shown(post.possible), post.claims)
            )  # fmt: skip
    return rows


# --- coverage ---------------------------------------------------------------------------------------------------------
def seats(city: Reading, compound: Actor, type_: str) -> Iterator[tuple[Actor, str | None, list[Bond]]]:
    """The bodies of a type at a compound: each with the form of its seat and the bonds that make it."""
    relations = {"PartyOrg": ("BASED_IN", "COVERS"), "PropertyFirm": ("SERVES",)}.get(type_, ("BASED_IN",))
    ways = [[bond] for bond in city.of(*relations, start=type_, end=compound)]
    if type_ == "PartyOrg":
        committees = city.of("BASED_IN", start="OwnersCommittee", end=compound)
        ways += [[own, seat] for seat in committees for own in city.of("BASED_IN", start="PartyOrg", end=seat.start)]
    for way in ways:
        form = way[0].attributes.get("form") or way[0].start.attributes.get("form")
        if form != "行业建" and possible(way):
            yield way[0].start, cast("str | None", form), way


def coverage(city: Reading, of: str, place: set[str] | None, day: str) -> Rows:
    type_, heads, rows = KINDS[of], HEADS.get(of, ()), list[tuple[object, ...]]()
    types = ("Entity", "Actor", "Organization", type_)
    for compound in city.typed("Compound"):
        if not city.lies_in(compound, place):
            continue
        there = [
            (body, form, way, on) for body, form, way in seats(city, compound, type_) if (on := hold(way, day)) != "no"
        ]
        posts = city.closed(compound, ["HOLDS_POST"], day)
        closed = city.closed(compound, types, day)
        verdicts = []
        for body, form, _, on in there:
            headed = any(
                p.role in heads and p.holds(day) != "no" for p in city.of("HOLDS_POST", start="Person", end=body)
            )
            hollow = bool(heads and posts and not headed)
            verdicts.append(
                "possibly_covered" if on == "possibly" else "hollow" if hollow else FORMS.get(form or "", "covered")
            )
        verdict = min(verdicts, key=VERDICTS.index, default="uncovered" if closed else "unknown")
        register = min((r.id for r in (posts if verdict == "hollow" else closed)), default=None)
        shown_register = {register} if register and verdict in ("hollow", "uncovered") else set()
        claims = {claim for _, _, way, _ in there for bond in way for claim in bond.claims} | shown_register
        bodies = sorted({(body.name, body.id) for body, *_ in there})
        rows.append(
            (compound.name, city.place(compound), verdict, tuple(name for name, _ in bodies), register,
             frozenset(claims if there else claims | compound.claims))
        )  # fmt: skip
    return rows


def possible(way: Iterable[Bond]) -> Days:
    found = EVER
    for bond in way:
        found &= bond.possible
    return found


def surely(way: Iterable[Bond]) -> Days:
    found = EVER
    for bond in way:
        found &= bond.sure
    return found


def hold(way: Sequence[Bond], day: str | None) -> str:
    """yes, possibly or no: whether all of these hold on a day, or together on any."""
    if not possible(way):
        return "no"
    return answer(surely(way), possible(way), day) if day else "yes" if surely(way) else "possibly"


def dated(way: Iterable[Bond]) -> list[Bond]:
    """Kinship and a seat narrow a finding only where a source dates them."""
    return [bond for bond in way if bond.valid is not None or bond.relation not in STANDING]


# --- conflicts --------------------------------------------------------------------------------------------------------
Walk = tuple[list[Actor], list[Bond]]


def posts(
    city: Reading, person: Actor | str = "Person", body: Actor | str | None = None, roles: Sequence[str] = ()
) -> list[Bond]:
    return [post for post in city.of("HOLDS_POST", start=person, end=body) if not roles or post.role in roles]


def kin(city: Reading, person: Actor) -> Iterator[tuple[Bond, Actor]]:
    for bond in city.of("FAMILY_OF"):
        if person in (bond.start, bond.end):
            yield bond, bond.end if bond.start is person else bond.start


def serving(city: Reading, *relations: str, start: str | None) -> Iterator[tuple[Bond, Bond]]:
    """A seat of a body in a compound, and a firm that serves it."""
    for seat in city.of(*relations, start=start, end="Compound"):
        if seat.start.is_body:
            for serves in city.of("SERVES", end=seat.end):
                yield seat, serves


def firm_and_committee(city: Reading) -> Iterator[Walk]:
    for seat, serves in serving(city, "BASED_IN", start="OwnersCommittee"):
        for own in posts(city, body=seat.start):
            for work in posts(city, own.start, serves.start):
                yield [own.start, serves.start, seat.end, seat.start], [work, serves, seat, own]


def firm_and_branch(city: Reading) -> Iterator[Walk]:
    for seat, serves in serving(city, "BASED_IN", "COVERS", start="PartyOrg"):
        for own in posts(city, body=seat.start, roles=SEATS):
            for work in posts(city, own.start, serves.start):
                yield [own.start, serves.start, seat.end, seat.start], [work, serves, seat, own]


def kin_in_firm(city: Reading) -> Iterator[Walk]:
    for seat, serves in serving(city, "BASED_IN", start="OwnersCommittee"):
        for own in posts(city, body=seat.start):
            for tie, other in kin(city, own.start):
                for work in posts(city, other, serves.start):
                    yield [own.start, seat.start, seat.end, serves.start, other], [own, seat, serves, work, tie]


def secretary_chairs_committee(city: Reading) -> Iterator[Walk]:
    for seat in city.of("BASED_IN", start="OwnersCommittee", end="Compound"):
        for chair in posts(city, body=seat.start, roles=("业委会主任",)):
            for branch in city.of("BASED_IN", "COVERS", start="PartyOrg", end=seat.end):
                for head in posts(city, chair.start, branch.start, ("支部书记", "党总支书记")):
                    yield [chair.start, branch.start, seat.end, seat.start], [head, branch, seat, chair]


def supervisor_in_supervised(city: Reading) -> Iterator[Walk]:
    over = [b for b in city.of("SUPERVISES", "GUIDES", "LEADS") if b.start.is_body and b.end.is_body]
    chains = [[bond] for bond in over]
    for chain in chains:  # grows while it is read
        if len(chain) < 3:
            chains += [[*chain, bond] for bond in over if bond.start is chain[-1].end and bond not in chain]
        first, last = chain[0].start, chain[-1].end
        if first is not last:
            for low in posts(city, body=last):
                for high in posts(city, low.start, first):
                    yield [low.start, *(b.start for b in chain), last], [high, *chain, low]


def rated_by_own(city: Reading) -> Iterator[Walk]:
    for rates in city.of("RATES", "SUPERVISES", "GUIDES", "INSPECTS", "REGULATES", end="PropertyFirm"):
        if rates.start.is_body:
            for own in posts(city, body=rates.start):
                for head in posts(city, own.start, rates.end, FIRM_HEADS):
                    yield [own.start, rates.end, rates.start], [head, rates, own]


def village_company(city: Reading) -> Iterator[Walk]:
    for seat in city.of("BASED_IN", start="JointStockCompany", end="ResidentsGroup"):
        over = [b for b in city.of("SUPERVISES", "LEADS", start="PartyOrg", end=seat.start)]
        over += city.of("BASED_IN", start="PartyOrg", end=seat.end)
        for group in posts(city, body=seat.end, roles=("居民小组组长",)):
            for company in posts(city, group.start, seat.start, ("股份合作公司董事长",)):
                for branch in over:
                    for head in posts(city, group.start, branch.start, HEADS["branch"]):
                        yield [group.start, branch.start, seat.start, seat.end], [head, branch, seat, group, company]


def owned_firm_serves(city: Reading) -> Iterator[Walk]:
    for seat, serves in serving(city, "BASED_IN", "COVERS", start=None):
        for share in city.of("INVESTS_IN", end=serves.start):
            for own in posts(city, body=seat.start):
                if share.start is own.start:
                    yield [own.start, serves.start, seat.end, seat.start], [share, serves, seat, own]
                elif share.start.is_body:
                    for post in posts(city, own.start, share.start):
                        yield (
                            [own.start, share.start, serves.start, seat.end, seat.start],
                            [post, share, serves, seat, own],
                        )


STEPS = ("PROPOSES", "DELIBERATES", "REVIEWS", "RESOLVES")


def two_of_four_steps(city: Reading) -> Iterator[Walk]:
    for one, other in product(city.of(*STEPS, end="MajorMatter"), repeat=2):
        if (
            one.end is other.end
            and STEPS.index(one.relation) < STEPS.index(other.relation)
            and one.start.is_body
            and other.start.is_body
        ):
            for first in posts(city, body=one.start):
                for second in posts(city, first.start, other.start):
                    yield [first.start, one.start, one.end, other.start], [first, one, other, second]


def auditor_tied(city: Reading) -> Iterator[Walk]:
    ties: list[tuple[Actor, Actor, list[Actor], list[Bond]]] = []
    for board in city.of("BASED_IN", start="OwnersSupervisoryBoard", end="Compound"):
        for seat in city.of("BASED_IN", start="OwnersCommittee", end=board.end):
            ties.append((board.start, seat.start, [board.end], [board, seat]))
    together = {(a, b) for a, b, *_ in ties}
    for audits in city.of("AUDITS", "SUPERVISES"):
        boards = ("OwnersSupervisoryBoard", "VillageSupervisoryCommittee")
        if audits.start.type in boards and audits.end.is_body and (audits.start, audits.end) not in together:
            ties.append((audits.start, audits.end, [], [audits]))
    for board_, audited, between, bonds in ties:
        for own in posts(city, body=board_):
            for post in posts(city, own.start, audited):
                yield [own.start, board_, *between, audited], [own, *bonds, post]
            for tie, other in kin(city, own.start):
                for post in posts(city, other, audited):
                    yield [own.start, board_, *between, audited, other], [own, *bonds, post, tie]


def seal_and_seat(city: Reading) -> Iterator[Walk]:
    ways = [(seal.end, seal.start, [seal], list[Actor]()) for seal in city.of("HOLDS_SEAL_OF", end="OwnersCommittee")]
    for step in city.of("DELIBERATES", "DECIDED", start="OwnersCommittee", end="MajorMatter"):
        ways += [(step.start, review.start, [review, step], [step.end]) for review in city.of("REVIEWS", end=step.end)]
    for committee, keeper, bonds, between in ways:
        if keeper.is_body:
            for own in posts(city, body=committee):
                for post in posts(city, own.start, keeper):
                    yield [own.start, keeper, *between, committee], [post, *bonds, own]


def same_post_many(city: Reading) -> Iterator[Walk]:
    found = [
        (post, seat)
        for seat in city.of("BASED_IN", "COVERS", end="Compound")
        if seat.start.is_body
        for post in posts(city, body=seat.start)
    ]
    for (one, x), (other, y) in product(found, repeat=2):
        alike = any(one.role in HEADS[body] and other.role in HEADS[body] for body in HEADS)
        if alike and one.start is other.start and one.end.id < other.end.id and x.end is not y.end:
            yield [one.start, one.end, x.end, other.end, y.end], [one, x, other, y]


def same_holder(first: Sequence[Bond], second: Sequence[Bond]) -> Iterator[Walk]:
    """One person with a post of either list, in two bodies."""
    for one in first:
        for other in second:
            if other.start is one.start and other.end is not one.end:
                yield [one.start, one.end, other.end], [one, other]


OFFICES = ("Government", "GovDepartment", "PartyDepartment")


def in_office(city: Reading) -> list[Bond]:
    return [post for office in OFFICES for post in posts(city, body=office) if post.role != "网格员"]


def buys_from_supervised(city: Reading) -> Iterator[Walk]:
    for buys in city.of("PURCHASES_SERVICE_FROM"):
        if buys.start.is_body and buys.end.is_body:
            for over in city.of(
                "SUPERVISES", "GUIDES", "INSPECTS", "RATES", "REGULATES", start=buys.start, end=buys.end
            ):
                for post in posts(city, body=buys.start):
                    yield [post.start, buys.start, buys.end], [post, buys, over]


def financial_ties(city: Reading) -> Iterator[Walk]:
    for seat, serves in serving(city, "BASED_IN", start="OwnersCommittee"):
        shares = [[i] for i in city.of("INVESTS_IN", end=serves.start)]
        shares += [
            [i, o]
            for (i,) in list(shares)
            if i.start.is_body
            for o in city.of("INVESTS_IN", "OWNS_SHARE_IN", start="Person", end=i.start)
            if o is not i
        ]
        for way in shares:
            owner = way[-1].start
            if owner.type != "Person":
                continue
            between = [bond.start for bond in way[:-1]]
            for own in posts(city, owner, seat.start):
                yield [owner, seat.start, seat.end, serves.start, *between], [own, seat, serves, *way]
            for tie, other in kin(city, owner):
                for own in posts(city, other, seat.start):
                    yield [other, seat.start, seat.end, serves.start, *between, owner], [own, seat, serves, *way, tie]


def hired_firm_of_kin(city: Reading) -> Iterator[Walk]:
    for benefits in city.of("BENEFITS", start="MajorMatter"):
        for step in city.of(*STEPS, "DECIDED", end=benefits.start):
            for share in city.of("INVESTS_IN", start="Person", end=benefits.end):
                if step.start.is_body and benefits.end.is_body:
                    for own in posts(city, share.start, step.start):
                        yield [share.start, step.start, benefits.start, benefits.end], [own, step, benefits, share]
                    for tie, other in kin(city, share.start):
                        for own in posts(city, other, step.start):
                            yield (
                                [other, step.start, benefits.start, benefits.end, share.start],
                                [own, step, benefits, share, tie],
                            )


def official_with_post(city: Reading) -> Iterator[Walk]:
    bodies = (
        "PropertyFirm",
        "Enterprise",
        "JointStockCompany",
        "RuralCollective",
        "IndustryAssociation",
        "OwnersCommittee",
        "OwnersSupervisoryBoard",
    )
    yield from same_holder(in_office(city), [post for body in bodies for post in posts(city, body=body)])


def paid_official(city: Reading) -> Iterator[Walk]:
    for pays in city.of("FUNDS", end="Person"):
        for post in posts(city, pays.end, pays.start) if pays.start.is_body else ():
            for actors, bonds in same_holder(in_office(city), [post]):
                yield actors, [*bonds, pays]


def preparatory_group_and_firm(city: Reading) -> Iterator[Walk]:
    for seat, serves in serving(city, "BASED_IN", start="PreparatoryGroup"):
        for own in posts(city, body=seat.start):
            for work in posts(city, own.start, serves.start):
                yield [own.start, serves.start, seat.end, seat.start], [work, serves, seat, own]
            for tie, other in kin(city, own.start):
                for work in posts(city, other, serves.start):
                    yield [own.start, seat.start, seat.end, serves.start, other], [own, seat, serves, work, tie]


def residents_and_owners_committee(city: Reading) -> Iterator[Walk]:
    workers = ("居委会工作人员", "网格员", "楼栋长", "居民代表", "驻社区律师")
    members = [
        p
        for body in ("ResidentsCommittee", "VillageCommittee")
        for p in posts(city, body=body)
        if p.role not in workers
    ]
    yield from same_holder(members, posts(city, body="OwnersCommittee"))


def stand_in_chair(city: Reading) -> Iterator[Walk]:
    chairs = posts(city, body="PropertyManagementCommittee", roles=("物业管理委员会主任",))
    yield from same_holder(chairs, [p for p in posts(city) if p.end.is_body])


def subsidiary_and_committee(city: Reading) -> Iterator[Walk]:
    for seat, serves in serving(city, "BASED_IN", start="OwnersCommittee"):
        for below in city.of("SUBSIDIARY_OF", end=serves.start):
            for work in posts(city, body=below.start):
                for own in posts(city, work.start, seat.start):
                    yield [own.start, below.start, serves.start, seat.end, seat.start], [work, below, serves, seat, own]
                for tie, other in kin(city, work.start):
                    for own in posts(city, other, seat.start):
                        yield (
                            [other, seat.start, seat.end, serves.start, below.start, work.start],
                            [own, seat, serves, below, work, tie],
                        )


UNREAD = {
    "cooling_off": "a post counts for some years after its end: a period of its own, which test_conflicts.py holds"
}
"""Patterns that both engines have to answer alike, but of which there is no plain reading, and why not."""

PATTERNS: dict[str, Callable[[Reading], Iterator[Walk]]] = {
    f.__name__: f
    for f in (
        firm_and_committee, firm_and_branch, kin_in_firm, secretary_chairs_committee, supervisor_in_supervised, rated_by_own,
        village_company, owned_firm_serves, two_of_four_steps, auditor_tied, seal_and_seat, same_post_many, buys_from_supervised, financial_ties, hired_firm_of_kin,
        official_with_post, paid_official, preparatory_group_and_firm, residents_and_owners_committee, stand_in_chair, subsidiary_and_committee,
    )
}  # fmt: skip


def conflicts(city: Reading, as_of: str | None) -> Rows:
    """One row per pattern and set of people, bodies and compounds: the best answer, the periods of all terms, the claims."""
    rows: Rows = []
    for pattern, walks in PATTERNS.items():
        found: dict[object, list[Walk]] = defaultdict(list)
        for actors, bonds in walks(city):
            if possible(dated(bonds)):
                found[frozenset(a for a in actors if a.type in ("Person", "Compound") or a.is_body)].append(
                    (actors, bonds)
                )
        for some in found.values():
            terms = {
                (hold(dated(bonds), as_of), str(shown(surely(dated(bonds)))), str(shown(possible(dated(bonds)))))
                for _, bonds in some
            }
            holds = min((on for on, *_ in terms), key=("yes", "possibly", "no").index)
            if holds != "no":
                met = {actor for walk, _ in some for actor in walk}
                people = tuple(sorted(a.name for a in met if a.type == "Person"))
                bodies = tuple(sorted(a.name for a in met if a.is_body))
                claims = frozenset(claim for _, bonds in some for bond in bonds for claim in bond.claims)
                rows.append((pattern, people, bodies, holds, frozenset(terms), claims))
    return rows


# --- figures ----------------------------------------------------------------------------------------------------------
THINGS = {
    "小区": "Compound",
    "业主委员会": "OwnersCommittee",
    "物业服务企业": "PropertyFirm",
    "党群服务站": "ServiceStation",
}


def figures(city: Reading) -> Rows:
    rows: Rows = []
    for claim in city.live:
        if claim["kind"] != "figure":
            continue
        written, counted, value = (
            str(cast(Row, claim["scope"])["place"]),
            str(claim["counted"]),
            cast(int, claim["value"]),
        )
        place = city.of_key.get(written) or city.named.get(written)
        inside = {place.id} if place else {written}
        recorded = None
        if counted in THINGS and claim.get("unit") in ("个", "家"):
            recorded = len([a for a in city.typed(THINGS[counted]) if a is not place and city.lies_in(a, inside)])
        verdict = (
            "not_countable" if recorded is None else verdict_of(str(claim.get("qualifier", "exact")), recorded, value)
        )
        rows.append(
            (
                counted,
                place.name if place else written,
                value,
                recorded,
                None if recorded is None else recorded - value,
                verdict,
                str(claim["id"]),
            )
        )
    return rows


def verdict_of(qualifier: str, recorded: int, value: int) -> str:
    fits_ = {
        "exact": recorded == value, "at_least": recorded >= value, "more_than": recorded > value, "at_most": recorded <= value,
        "less_than": recorded < value, "about": abs(recorded - value) <= value / 10,
    }[qualifier]  # fmt: skip
    if fits_:
        return "agrees"
    return (
        "fewer_recorded"
        if qualifier in ("at_least", "more_than") or (recorded < value and qualifier in ("exact", "about"))
        else "more_recorded"
    )


# --- why --------------------------------------------------------------------------------------------------------------
def why(city: Reading, a: str, b: str, as_of: str | None, limit: int = 10) -> list[int]:
    """The lengths of the shortest paths between everybody of either name, of at most eight bonds, shortest first."""
    lengths: list[int] = []
    for start, end in product((x for x in city.actors if x.called(a)), (x for x in city.actors if x.called(b))):
        if start is not end:
            lengths += paths(city, start, end, as_of, False) or paths(city, start, end, as_of, True)
    return sorted(lengths)[:limit]


def paths(city: Reading, start: Actor, end: Actor, as_of: str | None, over: bool) -> list[int]:
    """The length of each shortest path; over places above the compound only where `over` allows it."""
    ways: Mapping[Actor, int] = {start: 1}  # who is reached in this many steps, and in how many ways
    seen = {start}
    for length in range(1, 9):
        further: dict[Actor, int] = defaultdict(int)
        for bond in city.bonds:
            if as_of is None or bond.holds(as_of) != "no":
                for here, there in {(bond.start, bond.end), (bond.end, bond.start)}:
                    if here in ways and there not in seen and (over or there is end or there.type not in ABOVE):
                        further[there] += ways[here]
        if end in further:
            return [length] * further[end]
        ways, seen = further, seen | further.keys()
    return []
