"""Spells and yearly panels: who held what from when to when, as flat rows that R and Stata read as they are.

Names of columns are lower-case words of at most 32 characters. Days are ISO days, and a spell runs from the first
(`…_from`) up to, not including, the second (`…_to`); an empty cell is an unbounded or unknown end. A row has `sure_…`
where the sources make certain days certain, and `possible_…` for the days that they do not rule out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from govgraph.graph.errors import BadInput
from govgraph.graph.period import HIGH, LOW, Span, from_bounds
from govgraph.graph.vocabulary import vocabulary
from govgraph.graph.workspace import Workspace, consistent

from .coverage import verdicts
from .evidence import Row, claims_of, with_evidence
from .names import find, places
from .trust import EVERY, Trust

TERMS = """
MATCH (p:Person)-[h:HOLDS_POST]->(o:Entity)
WHERE ($places IS NULL OR any(x IN $places WHERE x IN o.places OR x IN o.place_names))
  AND ($people IS NULL OR p.id IN $people)
RETURN p.id AS person, p.name AS person_name, o.id AS body, o.name AS body_name, o.type AS body_type, o.place AS place,
properties(h) AS post
"""
BOUNDS = ("sure_from", "sure_to", "possible_from", "possible_to")
KEYS = ("person_id", "person", "role", "manner", "body_id", "body", "body_type", "place")


@consistent
def spells(
    workspace: Workspace,
    place: str | None = None,
    person: str | None = None,
    types: Sequence[str] | None = None,
    trust: Trust = EVERY,
) -> list[Row]:
    """One row for each term of a post: the person, the post, the body, and its sure and possible time.

    Rows: `person_id`, `person`, `role`, `manner`, `body_id`, `body`, `body_type`, `place`, `valid` (as written),
    `sure_from`, `sure_to`, `possible_from`, `possible_to`, `claims`. `place` is that of the body; `types` keeps bodies
    of these types and those below them. Raises NotFound for an unknown place or person, BadInput for an unknown type.
    """
    return with_evidence(workspace, _terms(workspace, place, person, types, trust))


@consistent
def panel(
    workspace: Workspace,
    years: tuple[int, int] | None = None,
    place: str | None = None,
    person: str | None = None,
    types: Sequence[str] | None = None,
    trust: Trust = EVERY,
) -> list[Row]:
    """One row for each person, post, body and year in which the post may have been held.

    Rows: the columns of a spell that name it, `year`, `days` (of the year), `sure_days` (on which it was surely held),
    `possible_days` (on which that is not ruled out), `holds` on the last day of the year, claims. Days that several
    terms share count once. `years` are the first and the last; without them from the first year in which a term of the
    answer surely or possibly begins to that of the workspace's day. Raises as `spells` does, and BadInput for no years.
    """
    terms = _terms(workspace, place, person, types, trust)
    first, last = years or _years(terms, workspace.day())
    if first > last:
        raise BadInput(f"{first} to {last} are no years; give the earlier one first")
    held: dict[tuple[str, ...], list[Row]] = {}
    for term in terms:
        held.setdefault(tuple(str(term[name] or "") for name in KEYS), []).append(term)
    rows = [row for same in held.values() for year in range(first, last + 1) for row in _year(same, year)]
    return with_evidence(workspace, rows)


@consistent
def coverage_spells(workspace: Workspace, of: str = "branch", place: str | None = None) -> list[Row]:
    """One row for each stretch of days in which a compound has one verdict of coverage, as `coverage.verdicts` gives.

    Rows: `compound_id`, `compound`, `place`, `of`, `verdict`, `from_day`, `to_day`, `bodies` (names), claims.
    """
    return [_flat(row, of) for row in verdicts(workspace, of, place)]


@consistent
def coverage_panel(
    workspace: Workspace, of: str = "branch", years: tuple[int, int] | None = None, place: str | None = None
) -> list[Row]:
    """One row for each compound and year: the verdict of coverage on the last day of the year.

    Rows: `compound_id`, `compound`, `place`, `of`, `year`, `verdict`, `changes` (days of the year on which the verdict
    became another one), `bodies`, claims. `years` as in `panel`.
    """
    stretches = coverage_spells(workspace, of, place)
    days = [str(row["from_day"]) for row in stretches if row["from_day"]]
    today = workspace.day()
    first, last = years or (int(min(days, default=today)[:4]), int(today[:4]))
    return [row for year in range(first, last + 1) for row in _covered_in(stretches, year)]


def _terms(
    workspace: Workspace, place: str | None, person: str | None, types: Sequence[str] | None, trust: Trust
) -> list[Row]:
    wanted = None if types is None else {below for name in types for below in vocabulary().descendants(name)}
    with workspace.reader() as store:
        here: dict[str, object] = {"places": places(store, place), "people": None}
        if person is not None:
            here["people"] = [row["id"] for row in find(store, person)]
        found = store.read(TERMS, here)
    rows = [row for term in found if wanted is None or term["body_type"] in wanted for row in _term(term, trust)]
    rows.sort(
        key=lambda row: [str(row[name] or "") for name in ("person", "person_id", "possible_from", *KEYS, "valid")]
    )
    return rows


def _term(term: Row, trust: Trust) -> Iterator[Row]:
    post = cast("Row", term["post"])
    if claims := trust.of(cast("list[str]", post["claims"])):
        yield {
            "person_id": term["person"],
            "person": term["person_name"],
            "role": post.get("role"),
            "manner": post.get("manner"),
            "body_id": term["body"],
            "body": term["body_name"],
            "body_type": term["body_type"],
            "place": term["place"],
            "valid": post.get("valid"),
            **{name: post.get(name) for name in BOUNDS},
            "sure": bool(post.get("sure")),
            "claims": claims,
        }


@dataclass(frozen=True, slots=True)
class _Year:
    number: int

    @property
    def span(self) -> Span:
        return f"{self.number:04}-01-01", f"{self.number + 1:04}-01-01"

    @property
    def last(self) -> str:
        return f"{self.number:04}-12-31"

    def days(self, spans: Iterable[Span | None]) -> int:
        """How many days of the year lie in at least one of the spans."""
        first, after = self.span
        inside = sorted((max(a, first), min(b, after)) for a, b in filter(None, spans))
        count, reached = 0, first
        for start, end in inside:
            if end > max(start, reached):
                count += _apart(max(start, reached), end)
                reached = end
        return count


def _year(terms: Sequence[Row], number: int) -> Iterator[Row]:
    """The row of one post in one year; none where it cannot have been held."""
    year = _Year(number)
    periods = [from_bounds(term) for term in terms]
    if possible := year.days(period.possible for period in periods):
        there = [term for term, period in zip(terms, periods, strict=True) if year.days([period.possible])]
        answers = {period.holds(year.last) for period in periods}
        yield {
            **{name: terms[0][name] for name in KEYS},
            "year": number,
            "days": _apart(*year.span),
            "sure_days": year.days(period.sure for period in periods),
            "possible_days": possible,
            "holds": next(answer for answer in ("yes", "possibly", "no") if answer in answers),
            "claims": claims_of(*(cast("list[str]", term["claims"]) for term in there)),
        }


def _years(terms: Sequence[Row], today: str) -> tuple[int, int]:
    days = [str(term[name]) for term in terms for name in ("sure_from", "possible_from") if term[name]]
    return min(int(min(days, default=today)[:4]), int(today[:4])), int(today[:4])


def _flat(row: Row, of: str) -> Row:
    compound = cast("Row", row["compound"])
    return {
        "compound_id": compound["id"],
        "compound": compound["name"],
        "place": row["place"],
        "of": of,
        "verdict": row["verdict"],
        "from_day": row["from"],
        "to_day": row["to"],
        "bodies": "、".join(str(body["name"]) for body in cast("list[Row]", row["by"])) or None,
        "claims": row["claims"],
        "evidence": row["evidence"],
    }


def _covered_in(stretches: Sequence[Row], number: int) -> Iterator[Row]:
    year = _Year(number)
    changes: dict[object, int] = {}
    for row in stretches:
        if year.span[0] <= str(row["from_day"] or LOW) < year.span[1]:
            changes[row["compound_id"]] = changes.get(row["compound_id"], 0) + 1
    for row in stretches:
        if str(row["from_day"] or LOW) <= year.last < str(row["to_day"] or HIGH):
            named = {name: row[name] for name in ("compound_id", "compound", "place", "of")}
            rest = {name: row[name] for name in ("verdict", "bodies", "claims", "evidence")}
            yield {**named, "year": number, **rest, "changes": changes.get(row["compound_id"], 0)}


def _apart(first: str, after: str) -> int:
    return (date.fromisoformat(after) - date.fromisoformat(first)).days
