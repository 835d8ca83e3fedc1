"""Which compounds have a branch, a committee, a firm, a station; and where none is known, whether that is known to be
so.

A gap is a finding only inside a register: a source that lists every body of a type in a place at a day. Elsewhere the
answer is `unknown`. The verdicts and their order are those of docs/answers.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from govgraph.graph.period import Period, from_bounds, meet
from govgraph.graph.vocabulary import vocabulary
from govgraph.graph.workspace import Workspace

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


@dataclass(frozen=True, slots=True)
class Kind:
    """What can cover a compound: the type of body, the relations by which it does, and whose absence hollows it."""

    type: str
    relations: str
    head_of: str | None = None


KINDS = {
    "branch": Kind("PartyOrg", "BASED_IN|COVERS", "branch"),
    "committee": Kind("OwnersCommittee", "BASED_IN", "committee"),
    "firm": Kind("PropertyFirm", "SERVES"),
    "station": Kind("ServiceStation", "BASED_IN"),
}

HERE = "($places IS NULL OR any(x IN $places WHERE x IN k.places OR x IN k.place_names))"
COMPOUNDS = f"""
MATCH (k:Compound) WHERE {HERE}
RETURN k.id AS id, k.name AS name, k.place AS place, k.places AS places, k.claims AS claims
"""
BODY = "k.id AS compound, b.id AS id, b.name AS name, b.type AS type, coalesce(r.form, b.form) AS form"
SEATS = """
MATCH (b:{type})-[r:{relations}]->(k:Compound) WHERE {here}
RETURN {body}, [properties(r)] AS way
"""
BY_COMMITTEE = """
MATCH (b:PartyOrg)-[r:BASED_IN]->(c:OwnersCommittee)-[s:BASED_IN]->(k:Compound) WHERE {here}
RETURN {body}, [properties(r), properties(s)] AS way
"""
HEADS = "MATCH (:Person)-[h:HOLDS_POST]->(b:{type}) WHERE h.role IN $heads RETURN b.id AS body, properties(h) AS post"
REGISTERS = """
MATCH (r:Register) WHERE r.of IN $of
RETURN r.id AS id, r.of AS of, r.place_id AS place, r.from AS `from`, r.to AS to, r.claims AS claims ORDER BY id
"""


@dataclass(slots=True)
class Body:
    """A body at one compound: the terms of its seat there."""

    id: str
    name: str
    type: str
    form: str | None
    terms: list[tuple[Period, list[str]]] = field(default_factory=list)

    def there(self, day: str) -> str:
        """yes, possibly or no."""
        answers = {term.holds(day) for term, _ in self.terms}
        return next((answer for answer in ("yes", "possibly") if answer in answers), "no")

    def claims(self, day: str) -> list[str]:
        return claims_of(*(claims for term, claims in self.terms if term.holds(day) != "no"))


def coverage(workspace: Workspace, of: str = "branch", place: str | None = None, as_of: str | None = None) -> list[Row]:
    """One row for each compound of the place: its verdict for bodies of the kind `of`, the bodies, the register, the
    claims.

    `of` is one of KINDS, `as_of` an ISO day (default: the workspace's day). Raises NotFound for a place nobody knows.
    """
    kind, day = KINDS[of], as_of or workspace.day()
    heads = vocabulary().roles(head_of=kind.head_of) if kind.head_of else frozenset()
    with workspace.reader() as store:
        here = {"places": places(store, place)}
        compounds = store.read(COMPOUNDS, here)
        seats = store.read(SEATS.format(type=kind.type, relations=kind.relations, here=HERE, body=BODY), here)
        if of == "branch":
            seats += store.read(BY_COMMITTEE.format(here=HERE, body=BODY), here)
        registers = [
            r for r in store.read(REGISTERS, {"of": ["HOLDS_POST", *vocabulary().labels(kind.type)]}) if _on(r, day)
        ]
        posts = store.read(HEADS.format(type=kind.type), {"heads": sorted(heads)}) if heads else []
    headed = {str(row["body"]) for row in posts if from_bounds(_dict(row["post"])).holds(day) != "no"}
    bodies = _bodies(seats)
    rows = [_row(k, bodies[str(k["id"])], registers, headed if heads else None, day) for k in compounds]
    rows.sort(
        key=lambda row: (
            str(row["place"] or ""),
            str(_dict(row["compound"])["name"]),
            str(_dict(row["compound"])["id"]),
        )
    )
    return with_evidence(workspace, rows)


def _bodies(seats: Sequence[Row]) -> dict[str, list[Body]]:
    """The bodies of each compound; several terms of one seat are one body."""
    found: dict[tuple[str, str], Body] = {}
    for seat in seats:
        way = [_dict(step) for step in _list(seat["way"])]
        term = meet([from_bounds(step) for step in way])
        form = str(seat["form"]) if seat["form"] else None
        if term and not _covers_nothing(form):
            key = str(seat["compound"]), str(seat["id"])
            body = found.setdefault(key, Body(key[1], str(seat["name"]), str(seat["type"]), form))
            body.terms.append((term, claims_of(*(_list(step["claims"]) for step in way))))
    at: dict[str, list[Body]] = defaultdict(list)
    for (compound, _), body in sorted(found.items()):
        at[compound].append(body)
    return at


def _row(compound: Row, bodies: Iterable[Body], registers: Sequence[Row], headed: set[str] | None, day: str) -> Row:
    """The verdict of one compound.

    `headed`: the bodies whose head's post somebody may hold; None where no head matters.
    """
    closed = [r for r in registers if r["place"] in _list(compound["places"])]
    of_type = next((r for r in closed if r["of"] != "HOLDS_POST"), None)
    of_posts = next((r for r in closed if r["of"] == "HOLDS_POST"), None)
    there = [(body, answer) for body in bodies if (answer := body.there(day)) != "no"]
    found = [
        _verdict(body, answer, of_posts is not None and headed is not None and body.id not in headed)
        for body, answer in there
    ]
    verdict = min(found, key=VERDICTS.index, default="uncovered" if of_type else "unknown")
    register = of_posts if verdict == "hollow" else of_type
    own = _list(compound["claims"]) if not there else []
    shown = register if verdict in ("hollow", "uncovered") else None
    return {
        "compound": {"id": compound["id"], "name": compound["name"]},
        "place": compound["place"],
        "verdict": verdict,
        "by": [{"id": body.id, "name": body.name, "type": body.type, "form": body.form} for body, _ in there],
        "register": register["id"] if register else None,
        "claims": claims_of(own, *(body.claims(day) for body, _ in there), _list(shown["claims"]) if shown else ()),
    }


def _verdict(body: Body, answer: str, vacant: bool) -> str:
    if answer == "possibly":
        return "possibly_covered"
    return "hollow" if vacant else _form(body.form) or "covered"


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
    return value


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
