"""Which compounds have a branch, a committee, a firm, a station, or any other actor; and where none is known, whether
that is known to be so.

A gap is a finding only inside a register: a source that lists every body of a type in a place at a day. Elsewhere the
answer is `unknown`. The verdicts and their order are those of docs/answers.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import cast

from govgraph.graph.errors import BadInput
from govgraph.graph.period import HIGH, LOW, Period, from_bounds, meet
from govgraph.graph.store import Store
from govgraph.graph.vocabulary import nearest, vocabulary
from govgraph.graph.workspace import Workspace, consistent

from .evidence import Row, claims_of, with_evidence
from .names import places

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
COVERED = VERDICTS[:5]
"""The verdicts that say: a body is surely there, and not known to be without a head."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What can cover a compound: the type of actor, the relations by which it does, and whose absence hollows it.

    `only` narrows the type to sorts of it: an attribute, and the values that count.
    """

    type: str
    relations: str
    head_of: str | None = None
    only: tuple[str, tuple[str, ...]] | None = None


KINDS = {
    "branch": Kind("PartyOrg", "BASED_IN|COVERS", "branch"),
    "committee": Kind("OwnersCommittee", "BASED_IN", "committee"),
    "firm": Kind("PropertyFirm", "SERVES"),
    "station": Kind("ServiceStation", "BASED_IN"),
}
PRESENCE = ("BASED_IN", "COVERS", "SERVES", "COVERS_AREA", "CHILD_PHASE_OF")
"""By which any other organisation or place may be at a compound. Lying in it (LOCATED_IN) counts for places alone."""

HERE = "($places IS NULL OR any(x IN $places WHERE x IN k.places OR x IN k.place_names))"
COMPOUNDS = f"""
MATCH (k:Compound) WHERE {HERE} AND coalesce(k.collective, false) = false
RETURN k.id AS id, k.name AS name, k.place AS place, k.places + k.place_names AS places, k.claims AS claims
"""
BODY = "k.id AS compound, b.id AS id, b.name AS name, b.type AS type, coalesce(r.form, b.form) AS form"
TERM = "{{.sure, .sure_from, .sure_to, .possible_from, .possible_to, .claims}}"  # within a template
THEN = "($day IS NULL OR (coalesce({0}.possible_from, '') <= $day AND $day < coalesce({0}.possible_to, '~')))"
SEATS = f"""
MATCH (b:{{type}})-[r:{{relations}}]->(k:Compound) WHERE {THEN.format("r")} AND {{here}}
RETURN {{body}}, [r {TERM}] AS way
"""
BY_COMMITTEE = f"""
MATCH (b:PartyOrg)-[r:BASED_IN]->(c:OwnersCommittee)-[s:BASED_IN]->(k:Compound)
WHERE {THEN.format("r")} AND {THEN.format("s")} AND {{here}}
RETURN {{body}}, [r {TERM}, s {TERM}] AS way
"""
HEADS = f"""
MATCH (b:{{type}})<-[h:HOLDS_POST]-(p:Person) WHERE h.role IN $heads AND {THEN.format("h")}
RETURN b.id AS body, h {TERM} AS post
"""
REGISTERS = """
MATCH (r:Register) WHERE r.of IN $of
RETURN r.id AS id, r.of AS of, coalesce(r.place_id, r.place) AS place, r.from AS `from`, r.to AS to, r.claims AS claims
ORDER BY id
"""


def kind_of(of: str) -> Kind:
    """The kind that a word means: one of KINDS, a type of actor, or a sort of one, by its name or in Chinese (党小组).

    Raises BadInput, with the nearest word, for anything that no actor is called.
    """
    v = vocabulary()
    word = None if of in KINDS else v.by_word(of)
    if of not in KINDS and (word is None or not v.is_a(word.type, "Actor")):
        names = [*KINDS, *v.descendants("Actor")]
        raise BadInput(f"{of} is no kind of actor; the nearest is {nearest(of, names)}; or use {', '.join(KINDS)}")
    if word is None:
        return KINDS[of]
    only = None
    if word.attribute and word.value:
        value = v.value(word.type, word.attribute, word.value)
        only = word.attribute, (word.value, *(value.synonyms if value else ()))
    for known in KINDS.values():
        if known.type == word.type:
            return Kind(known.type, known.relations, known.head_of, only)
    return Kind(word.type, "|".join(_relations(word.type)), None, only)


def _relations(type: str) -> list[str]:
    """By which relations an actor of the type is at a compound: a body by its seat, a place by lying there, a person
    by a post of the compound itself."""
    v = vocabulary()
    found = [name for name in PRESENCE if any(v.allows(name, below, "Compound") for below in v.descendants(type))]
    more = {"Place": "LOCATED_IN", "Person": "HOLDS_POST"}
    return found + [relation for above, relation in more.items() if v.is_a(type, above)] or ["BASED_IN"]


@dataclass(frozen=True, slots=True)
class Seat:
    """One term of a body at a compound, with the form that it has there."""

    period: Period
    form: str | None
    claims: Sequence[str]

    @property
    def verdict(self) -> str:
        """What it counts for on a day on which it surely holds."""
        return _form(self.form) or "covered"


@dataclass(slots=True)
class Body:
    """A body at one compound: the terms of its seat there."""

    id: str
    name: str
    type: str
    seats: list[Seat] = field(default_factory=list)

    def there(self, day: str) -> str:
        """yes, possibly or no."""
        answers = [seat.period.holds(day) for seat in self.seats]
        return "yes" if "yes" in answers else "possibly" if "possibly" in answers else "no"

    def best(self, day: str) -> Seat:
        """Of the seats that hold on the day the one that counts: one that surely does, and by the order of VERDICTS."""
        there = self.there(day)
        holding = [seat for seat in self.seats if seat.period.holds(day) == there]
        if len(holding) == 1:
            return holding[0]
        return min(holding, key=lambda seat: (VERDICTS.index(seat.verdict), seat.form or "", seat.claims))

    def claims(self, day: str) -> list[str]:
        return claims_of(*(seat.claims for seat in self.seats if seat.period.holds(day) != "no"))

    def row(self, day: str) -> Row:
        return {"id": self.id, "name": self.name, "type": self.type, "form": self.best(day).form}


@dataclass(frozen=True, slots=True)
class Recorded:
    """All that the graph says of a kind in a place, on whatever day. `heads` is None where no head matters."""

    compounds: list[Row]
    bodies: Mapping[str, list[Body]]
    registers: list[Row]
    heads: Mapping[str, list[Period]] | None

    def at(self, day: str) -> list[Row]:
        """The answer for every compound on that day, in the order of `compounds`."""
        registers = self._registers(day)
        return [self._row(compound, registers, day) for compound in self.compounds]

    def on(self, compound: Row, day: str) -> Row:
        """The answer for one compound on that day: a row of docs/answers.md without its evidence."""
        return self._row(compound, self._registers(day), day)

    def _registers(self, day: str) -> list[Row]:
        return [r for r in self.registers if _on(r, day)]

    def _row(self, compound: Row, registers: Sequence[Row], day: str) -> Row:
        return _row(compound, self.bodies.get(str(compound["id"]), ()), registers, self.headed, day)

    def open(self, compound: Row, day: str) -> bool:
        """Whether it is not ruled out that the compound is covered that day: some body with a head may be there.

        A body that nobody recorded may be, unless a register of the type says that all are.
        """
        registers = [r for r in self.registers if _on(r, day) and r["place"] in _list(compound["places"])]
        if not any(r["of"] != "HOLDS_POST" for r in registers):
            return True
        posts = any(r["of"] == "HOLDS_POST" for r in registers)
        there = (body for body in self.bodies.get(str(compound["id"]), ()) if body.there(day) != "no")
        return any(self.headed(body.id, day) or not posts for body in there)

    def headed(self, body: str, day: str) -> bool:
        """Whether somebody may head the body that day; true where no head matters."""
        return self.heads is None or any(term.holds(day) != "no" for term in self.heads.get(body, ()))

    def turns(self, compound: Row) -> list[str]:
        """The days on which the verdict on a compound may change, ascending: the bounds of all that bears on it."""
        bodies = self.bodies.get(str(compound["id"]), ())
        terms = [seat.period for body in bodies for seat in body.seats]
        terms += [term for body in bodies for term in (self.heads or {}).get(body.id, ())]
        days = {bound for term in terms for span in (term.sure, term.possible) if span for bound in span}
        for register in self.registers:
            if register["place"] in _list(compound["places"]):
                days |= {str(register["from"] or LOW), str(register["to"] or HIGH)}
        return sorted(days - {LOW, HIGH})


def recorded(store: Store, kind: Kind, place: str | None = None, day: str | None = None) -> Recorded:
    """Read what the graph says of a kind in a place, with `day` only what may hold on it.

    Raises NotFound for a place nobody knows.
    """
    heads = vocabulary().roles(head_of=kind.head_of) if kind.head_of else frozenset()
    here: dict[str, object] = {"places": places(store, place), "day": day}
    if kind.only:
        here["values"] = list(kind.only[1])
    where = HERE + (f" AND b.{kind.only[0]} IN $values" if kind.only else "")
    seats = store.read(SEATS.format(type=kind.type, relations=kind.relations, here=where, body=BODY), here)
    if vocabulary().is_a("PartyOrg", kind.type):
        seats += store.read(BY_COMMITTEE.format(here=where, body=BODY), here)
    compounds = store.read(COMPOUNDS, {"places": here["places"]})
    compounds.sort(key=lambda row: (str(row["place"] or ""), str(row["name"]), str(row["id"])))
    registers = store.read(REGISTERS, {"of": ["HOLDS_POST", *vocabulary().labels(kind.type)]})
    bodies = _bodies(seats)
    seated = {body.id for some in bodies.values() for body in some}
    headed: dict[str, list[Period]] = defaultdict(list)
    if heads and any(r["of"] == "HOLDS_POST" for r in registers):  # elsewhere nobody's absence is known
        for row in store.read(HEADS.format(type=kind.type), {"heads": sorted(heads), "day": day}):
            if (body := str(row["body"])) in seated:
                headed[body].append(from_bounds(_dict(row["post"])))
    return Recorded(compounds, bodies, registers, headed if heads else None)


@consistent
def coverage(workspace: Workspace, of: str = "branch", place: str | None = None, as_of: str | None = None) -> list[Row]:
    """One row for each compound of the place: its verdict for actors of the kind `of`, the bodies, the register, the
    claims.

    `of` is what `kind_of` takes, `as_of` an ISO day (default: the workspace's day). Raises NotFound for a place nobody
    knows, BadInput for a kind.
    """
    return with_evidence(workspace, covering(workspace, of, place, as_of))


@consistent
def covering(workspace: Workspace, of: str = "branch", place: str | None = None, as_of: str | None = None) -> list[Row]:
    """The rows of `coverage` without their `evidence`, for a caller who adds it to those that it shows."""
    kind, day = kind_of(of), as_of or workspace.day()
    with workspace.reader() as store:
        found = recorded(store, kind, place, day)
    return found.at(day)


@consistent
def verdicts(workspace: Workspace, of: str = "branch", place: str | None = None) -> list[Row]:
    """How the verdict on each compound changed: one row for each stretch of days with one verdict, oldest first.

    Rows are those of `coverage` with `from` and `to` (half-open ISO days, null where unbounded). `by`, `register` and
    `claims` are those of the first day of the stretch, joined with those of later days in it. The stretches of a
    compound follow one another without a gap, and on each day of one `coverage` gives its verdict.
    """
    with workspace.reader() as store:
        found = recorded(store, kind_of(of), place)
    return with_evidence(workspace, [row for compound in found.compounds for row in _stretches(found, compound)])


def _stretches(found: Recorded, compound: Row) -> Iterator[Row]:
    stretch: Row = {}
    for day in (LOW, *found.turns(compound)):
        row = found.on(compound, day)
        if stretch and stretch["verdict"] == row["verdict"]:
            stretch["by"] = [*_list(stretch["by"]), *(b for b in _list(row["by"]) if b not in _list(stretch["by"]))]
            stretch["register"] = stretch["register"] or row["register"]
            stretch["claims"] = claims_of(_list(stretch["claims"]), _list(row["claims"]))
            continue
        if stretch:
            yield stretch | {"to": day}
        stretch = {"compound": row["compound"], "place": row["place"], "from": day or None, "to": None} | row
    yield stretch


@consistent
def shared(workspace: Workspace, of: str = "branch", place: str | None = None, as_of: str | None = None) -> list[Row]:
    """The bodies that are at several compounds of the place on a day: a joint branch, a firm with many contracts.

    Rows: `body` {id, name, type, form}, `compounds` [{id, name, holds}], `sure` and `possible` (how many compounds it
    surely, and at most, covers), most first. A body at one compound only is no row.
    """
    kind, day = kind_of(of), as_of or workspace.day()
    with workspace.reader() as store:
        found = recorded(store, kind, place, day)
    at: dict[str, list[tuple[Row, Body]]] = defaultdict(list)
    for compound in found.compounds:
        for body in found.bodies.get(str(compound["id"]), ()):
            if body.there(day) != "no":
                at[body.id].append((compound, body))
    rows = [_shared(seats, day) for _, seats in sorted(at.items()) if len(seats) > 1]
    rows.sort(key=lambda row: -len(_list(row["compounds"])))
    return with_evidence(workspace, rows)


def _shared(seats: Sequence[tuple[Row, Body]], day: str) -> Row:
    body = seats[0][1]
    forms = sorted({form for _, b in seats if (form := b.best(day).form)})
    at = [{"id": compound["id"], "name": compound["name"], "holds": b.there(day)} for compound, b in seats]
    return {
        "body": {"id": body.id, "name": body.name, "type": body.type, "form": "、".join(forms) or None},
        "compounds": at,
        "sure": sum(one["holds"] == "yes" for one in at),
        "possible": len(at),
        "claims": claims_of(*(b.claims(day) for _, b in seats)),
    }


def _bodies(seats: Sequence[Row]) -> dict[str, list[Body]]:
    """The bodies of each compound; several terms of one seat are one body."""
    found: dict[tuple[str, str], Body] = {}
    for seat in seats:
        way = [_dict(step) for step in _list(seat["way"])]
        term = meet([from_bounds(step) for step in way])
        form = str(seat["form"]) if seat["form"] else None
        if term and not _covers_nothing(form):
            key = str(seat["compound"]), str(seat["id"])
            body = found.setdefault(key, Body(key[1], str(seat["name"]), str(seat["type"])))
            body.seats.append(Seat(term, form, claims_of(*(_list(step["claims"]) for step in way))))
    at: dict[str, list[Body]] = defaultdict(list)
    for (compound, _), body in sorted(found.items()):
        at[compound].append(body)
    return at


def _row(
    compound: Row, bodies: Iterable[Body], registers: Sequence[Row], headed: Callable[[str, str], bool], day: str
) -> Row:
    """The verdict of one compound."""
    within = _list(compound["places"])
    closed = [r for r in registers if r["place"] in within]
    of_type = next((r for r in closed if r["of"] != "HOLDS_POST"), None)
    of_posts = next((r for r in closed if r["of"] == "HOLDS_POST"), None)
    there = [(body, answer) for body in bodies if (answer := body.there(day)) != "no"]
    found = [_verdict(body, answer, day, of_posts is not None and not headed(body.id, day)) for body, answer in there]
    verdict = min(found, key=VERDICTS.index, default="uncovered" if of_type else "unknown")
    register = of_posts if verdict == "hollow" else of_type
    own = _list(compound["claims"]) if not there else []
    shown = register if verdict in ("hollow", "uncovered") else None
    return {
        "compound": {"id": compound["id"], "name": compound["name"]},
        "place": compound["place"],
        "verdict": verdict,
        "by": [body.row(day) for body, _ in there],
        "register": register["id"] if register else None,
        "claims": claims_of(own, *(body.claims(day) for body, _ in there), _list(shown["claims"]) if shown else ()),
    }


def _verdict(body: Body, answer: str, day: str, vacant: bool) -> str:
    if answer == "possibly":
        return "possibly_covered"
    return "hollow" if vacant else body.best(day).verdict


@cache
def _form(form: str | None) -> str | None:
    """What a form of founding counts for: the vocabulary's word for it, or None where it says nothing."""
    attribute = vocabulary().attribute("PartyOrg", "form")
    value = attribute.values.get(form) if attribute and form else None
    return value.counts_as[0] if value and value.counts_as else None


def _covers_nothing(form: str | None) -> bool:
    return _form(form) == "nothing"


def _on(register: Row, day: str) -> bool:
    return str(register["from"] or "") <= day < str(register["to"] or "~")


def _dict(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return cast("dict[str, object]", value)


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
