"""Conflicts of interest: what the patterns find in the graph, when it held, and what the norms say of it.

Each row that a pattern returns is one combination of relations along a walk, a term. The terms of the same people,
bodies and compound are one finding. Periods are intersected here and not in Cypher, by the same rules as everywhere.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

from govgraph.graph.errors import BadInput
from govgraph.graph.period import ALWAYS, HIGH, LOW, Period, Span, day, meet, shown
from govgraph.graph.workspace import Workspace, consistent

from ..evidence import Row, with_evidence
from ..names import find as called_so
from ..names import places
from . import packs as norm_packs
from . import pattern as pattern_files
from .doubts import confirmed, declarations, declared, doubts
from .judge import NO_RULE, Country, Declared, Facts, Lang, Law, Seat, Verdict, judge, turning_days
from .packs import Pack, chosen
from .pattern import After, Pattern
from .quotes import quote_norms
from .statements import policies
from .terms import PAY, POST, SHARE, VERDICTS
from .walk import STANDING, Node, Step, Term

if TYPE_CHECKING:
    from govgraph.graph.store import Store


@consistent
def conflicts(
    workspace: Workspace,
    *,
    place: str | None = None,
    person: str | None = None,
    as_of: str | None = None,
    patterns: Sequence[str] | None = None,
    packs: Sequence[str] | None = None,
    verdicts: Collection[str] | None = None,
    lang: Lang = "en",
) -> list[Row]:
    """Who holds posts that conflict, by pattern, with the verdict of the norms: rows as docs/answers.md describes them.

    `place` is a name, alias, id or key of a place that the finding lies in, `person` of somebody in it; `as_of` a day
    (ISO) on which it holds, surely or possibly, without it all that ever held; `patterns` and `packs` choose by id,
    `verdicts` by verdict; the user's own patterns and packs in the workspace count as well. Raises BadInput for an
    unknown name of these or no day, NotFound for an unknown place or person.
    """
    as_of = day(as_of) if as_of else None
    known = known_patterns(workspace)
    wanted = _chosen_patterns(known, patterns)
    rules = chosen(norm_packs.load_packs(folders(workspace), known), packs)
    for verdict in verdicts or ():
        if verdict not in (*VERDICTS, NO_RULE):
            raise BadInput(f"verdict {verdict} is not known; use {', '.join((*VERDICTS, NO_RULE))}")
    found = look(workspace, wanted, place, as_of, person)
    rules = (*rules, *(found.policies if packs is None else ()))
    rows = [row for row in found.rows(rules, lang) if not verdicts or row["verdict"] in verdicts]
    quote_norms(workspace, rules, (norm for row in rows for norm in cast("list[Row]", row["norms"])))
    return with_evidence(workspace, rows)


def folders(workspace: Workspace) -> tuple[Path, Path]:
    """Where the norm packs of a workspace are: the shipped ones, then the user's own."""
    return norm_packs.SHIPPED, workspace.root / "packs"


def known_patterns(workspace: Workspace) -> dict[str, Pattern]:
    """The patterns of a workspace by id, the user's own among them."""
    return pattern_files.conflict_patterns((pattern_files.SHIPPED, workspace.root / "patterns"))


@dataclass(frozen=True, slots=True)
class Found:
    """What patterns found in a workspace, before any norm is asked: terms by finding, and what judging them needs."""

    groups: Sequence[tuple[Pattern, list[Term]]]
    as_of: str | None
    today: str
    policies: tuple[Pack, ...]
    on_file: Mapping[str, list[Mapping[str, object]]]
    sure: Collection[str]

    def rows(self, packs: Sequence[Pack], lang: Lang) -> list[Row]:
        """The findings, judged by these packs, in order."""
        country = Country(packs)
        rows = [
            finding(
                pattern,
                terms,
                self.as_of,
                self.today,
                country.law_at(terms[0].places),
                lang,
                declared(terms[0], self.on_file),
                self.sure,
            )
            for pattern, terms in self.groups
        ]
        return sorted(rows, key=_order)


@consistent
def look(
    workspace: Workspace,
    patterns: Iterable[Pattern],
    place: str | None = None,
    as_of: str | None = None,
    person: str | None = None,
) -> Found:
    """Run the patterns. Raises NotFound for an unknown place or person."""
    today, patterns = workspace.day(), list(patterns)
    with workspace.reader() as store:
        here = places(store, place)
        who = {str(row["id"]) for row in called_so(store, person)} if person is not None else None
        groups = [
            (pattern, terms)
            for pattern in workspace.told("patterns", patterns, len(patterns))
            for terms in together(find(store, pattern, here, as_of, who), as_of)
            if who is None or any(node.id in who for node in terms[0].of("Person"))
        ]
        people = {node.id for _, terms in groups for node in terms[0].of("Person")}
        on_file, sure = declarations(store, people), confirmed(workspace, store, people)
        return Found(groups, as_of, today, policies(store), on_file, sure)


def find(
    store: Store, pattern: Pattern, here: list[str] | None, as_of: str | None, people: Collection[str] | None = None
) -> list[Term]:
    """The terms that a pattern finds in these places, without those that cannot have held at one time. With `people`
    (ids) at least those in which they are."""
    given = pattern.values(here, as_of)
    if pattern.own:
        rows = store.read_untrusted(pattern.text, given)
    else:
        rows = store.recall(pattern.text, given, ids=_ids, of=here if people is None else people)
    if here is not None:
        rows = [row for row in rows if "within" not in row or not _within(row).isdisjoint(here)]
    return [term for row in rows if (term := _term(pattern, row))]


def _ids(row: Row) -> set[str]:
    """What a row of a pattern is found by: the people on the walk and the places in which it lies."""
    return {str(node["id"]) for node in cast("list[Row]", row["nodes"]) if node["type"] == "Person"} | _within(row)


def _within(row: Row) -> set[str]:
    """Ids and names of the places in which a walk lies."""
    return set(_strings(row["within"]))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value if isinstance(value, list) else ():
        yield from _strings(part)


def together(terms: Iterable[Term], as_of: str | None) -> list[list[Term]]:
    """Terms grouped into findings, the best first in each; with `as_of` only findings that hold on that day."""
    groups: dict[object, dict[tuple[str, ...], Term]] = defaultdict(dict)
    for term in terms:
        groups[term.key][tuple(step.id for step in term.steps)] = term
    found = [sorted(group.values(), key=lambda term: _rank(term, as_of)) for group in groups.values()]
    return [group for group in found if group[0].holds(as_of) != "no"]


def finding(
    pattern: Pattern,
    terms: Sequence[Term],
    as_of: str | None,
    today: str,
    law: Law,
    lang: Lang,
    on_file: tuple[Declared, ...] = (),
    sure: Collection[str] = (),
) -> Row:
    """The row of one finding. `terms` are its terms, the best first; `today` is the newest day that counts; `on_file`
    are declarations of its people, `sure` those whose identity was confirmed.
    """
    best = terms[0]
    known = facts(pattern.id, best, on_file)
    verdict = judge(known, best.places, as_of or last_day(best.period, today), law, lang)
    told = [term.row(as_of) for term in terms]
    return {
        "id": finding_id(pattern.id, best),
        "pattern": pattern.id,
        "title": pattern.title[lang],
        "people": [{"id": node.id, "name": node.name} for node in best.of("Person")],
        "bodies": [node.row() for node in best.of("Organization")],
        "path": told[0]["path"],
        "place": best.places[0] if best.places else None,
        "holds": best.holds(as_of),
        "sure": shown(best.period.sure),
        "possible": shown(best.period.possible),
        "verdict": verdict.verdict,
        "norms": verdict.norms,
        "parts": parts(known, best, today, law),
        "against": [*doubts(terms, as_of, sure, lang), *verdict.against],
        "terms": told,
        "claims": list(dict.fromkeys((*(c for term in terms for c in term.claims), *_claims(verdict)))),
    }


def parts(known: Facts, term: Term, today: str, law: Law) -> list[Row]:
    """The verdicts of a finding over its time, where the law changed meanwhile; empty where one verdict covers it all.

    Each has `from` and `to` (half-open days, as `sure` has), `verdict` and the ids of its `norms`.
    """
    start, end = term.period.sure or term.period.possible
    days = [d for d in turning_days(known, term.places, law) if start < d < end and d <= today]
    found: list[Row] = []
    for first, after in zip([start, *days], [*days, end], strict=True) if days else ():
        verdict = judge(known, term.places, last_day(Period(None, (first, after)), today), law)
        said = {"verdict": verdict.verdict, "norms": [norm["id"] for norm in verdict.norms]}
        if found and all(found[-1][key] == value for key, value in said.items()):
            first = str(found.pop()["from"] or LOW)
        span = shown((first, after)) or [None, None]
        found.append({"from": span[0], "to": span[1], **said})
    return found if len(found) > 1 else []


def _claims(verdict: Verdict) -> list[str]:
    """The claims that a verdict rests on: policy statements among the norms, and declarations."""
    return [*(claim for norm in verdict.norms for claim in cast("list[str]", norm["claims"])), *verdict.claims]


def facts(pattern: str, term: Term, on_file: tuple[Declared, ...] = ()) -> Facts:
    """What the norms ask of a finding."""
    of = {name: [step for step in term.steps if step.relation == name] for name in ("FAMILY_OF", "SUBSIDIARY_OF")}
    daughters = {step.ends[0].id: step.ends[1].type for step in of["SUBSIDIARY_OF"]}
    kinship = of["FAMILY_OF"][0].properties.get("kinship") if of["FAMILY_OF"] else None
    shares = [step.ends for step in term.steps if step.relation in ("INVESTS_IN", "OWNS_SHARE_IN")]
    paid = any(step.relation == "FUNDS" for step in term.steps)
    return Facts(
        pattern=pattern,
        seats=tuple(dict.fromkeys(_seat(step, daughters) for step in term.steps if step.relation == "HOLDS_POST")),
        bodies=tuple((node.id, node.type) for node in term.of("Organization")),
        couple=bool(of["FAMILY_OF"]),
        kinship=str(kinship) if kinship else None,
        tie=SHARE if shares else PAY if paid else POST,
        subsidiary=bool(daughters),
        indirect=bool(shares) and any(not start.is_a("Person") for start, _ in shares),
        declared=on_file,
    )


def last_day(period: Period, today: str) -> str:
    """The last day on which a finding surely held, else possibly, at most `today`: the day whose norms count."""
    end = (period.sure or period.possible)[1]
    return today if end == HIGH else min((date.fromisoformat(end) - timedelta(1)).isoformat(), today)


def _term(pattern: Pattern, row: Mapping[str, object]) -> Term | None:
    nodes = [Node(str(n["id"]), str(n["name"]), str(n["type"])) for n in cast("list[Row]", row["nodes"])]
    relations = cast("list[Row]", row["relations"])
    if len(nodes) != len(relations) + 1 or nodes[0] != nodes[-1] or not nodes[0].is_a("Person"):
        raise BadInput(f"pattern {pattern.id} returned no walk from a person back to him; see docs/norms.md")
    steps = tuple(
        Step(start, end, str(r["type"]), r["start"] != start.id, r)
        for start, end, r in zip(nodes, nodes[1:], relations, strict=False)
    )
    periods = [ALWAYS if step.relation in STANDING and step.valid is None else step.period for step in steps]
    if pattern.after:
        window = _after(steps[0], pattern.after)
        if window is None:
            return None
        periods[0] = window
    period = meet(periods)
    if period is None:
        return None
    return Term(tuple(dict.fromkeys(nodes)), steps, period, tuple(cast("list[str]", row["places"] or ())))


def _after(step: Step, after: After) -> Period | None:
    """The years after the end of a relation; None where no end of it is known."""
    held = step.period
    earliest, latest = held.sure[1] if held.sure else held.possible[0], held.possible[1]
    if latest == HIGH:
        return None
    years = after.of(step.properties.get("role"))
    sure = (latest, _years_later(earliest, years)) if earliest else None
    return Period(sure if sure and sure[0] < sure[1] else None, (earliest, _years_later(latest, years)))


def _years_later(iso: str, years: int) -> str:
    found = date.fromisoformat(iso)
    try:
        return found.replace(year=found.year + years).isoformat()
    except ValueError:  # 29 February
        return found.replace(year=found.year + years, month=3, day=1).isoformat()


def _seat(step: Step, daughters: Mapping[str, str]) -> Seat:
    """A post, in a subsidiary read as one in a body of the kind that owns it."""
    person, body = step.ends
    role = step.properties.get("role")
    return Seat(person.id, str(role) if role else None, body.id, daughters.get(body.id, body.type))


def _rank(term: Term, as_of: str | None) -> tuple[object, ...]:
    """Sorts the best term first: what holds, surely before possibly; then what lasted last, and longest."""
    order = ("yes", "possibly", "no").index(term.holds(as_of))
    span: Span = term.period.sure or term.period.possible
    return order, term.period.sure is None, _Latest(span[1]), span[0], tuple(step.id for step in term.steps)


class _Latest(str):
    """A day that sorts before every earlier one."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)


def finding_id(pattern: str, term: Term) -> str:
    """The id of a finding: the same for the same pattern, people, bodies and compound, whatever else changes."""
    content = json.dumps([pattern, *(sorted(part) for part in term.key)], ensure_ascii=False)
    return "f" + hashlib.sha256(content.encode()).hexdigest()[:16]


def _order(row: Row) -> tuple[str, str, str]:
    names = "、".join(str(person["name"]) for person in cast("list[Row]", row["people"]))
    return str(row["pattern"]), names, str(row["id"])


def _chosen_patterns(known: Mapping[str, Pattern], wanted: Sequence[str] | None) -> list[Pattern]:
    for name in wanted or ():
        if name not in known:
            raise BadInput(f"{name} is no conflict pattern; there are {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(wanted)] if wanted is not None else list(known.values())
