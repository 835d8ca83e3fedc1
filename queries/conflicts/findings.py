"""Conflicts of interest: what the patterns find in the graph, when it held, and what the norms say of it.

Each row that a pattern returns is one combination of relations along a walk, a term. The terms of the same people,
bodies and compound are one finding. Periods are intersected here and not in Cypher, by the same rules as everywhere.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

from govgraph.graph.errors import BadInput
from govgraph.graph.period import ALWAYS, HIGH, Period, Span, day, from_bounds, meet, shown
from govgraph.graph.vocabulary import vocabulary

from ..evidence import Row, with_evidence
from ..names import places
from . import packs as norm_packs
from . import pattern as pattern_files
from .judge import NO_RULE, Facts, Lang, Seat, judge, messages
from .packs import Pack, chosen
from .pattern import Pattern
from .quotes import quote_norms
from .statements import policies
from .terms import POST, SHARE, VERDICTS

if TYPE_CHECKING:
    from govgraph.graph.store import Store
    from govgraph.graph.workspace import Workspace

STANDING = frozenset(("FAMILY_OF", "BASED_IN", "COVERS"))
"""Kinship and a seat narrow a finding only where a source dates them."""


@dataclass(frozen=True, slots=True)
class Node:
    id: str
    name: str
    type: str

    def row(self) -> Row:
        return {"id": self.id, "name": self.name, "type": self.type}

    def is_a(self, type: str) -> bool:
        try:
            return vocabulary().is_a(self.type, type)
        except BadInput:  # a type of the user's own
            return self.type == type


@dataclass(frozen=True, slots=True)
class Step:
    """A relation on a walk, in the direction of the walk. `reversed` where the arrow runs the other way."""

    start: Node
    end: Node
    relation: str
    reversed: bool
    properties: Mapping[str, object]

    @property
    def id(self) -> str:
        return str(self.properties.get("id"))

    @property
    def valid(self) -> object:
        return self.properties.get("valid")

    @property
    def claims(self) -> list[str]:
        return list(cast("Iterable[str]", self.properties.get("claims") or ()))

    @property
    def period(self) -> Period:
        return from_bounds(dict(self.properties))

    def row(self) -> Row:
        period = self.period
        return {
            "from": self.start.row(),
            "relation": self.relation,
            "to": self.end.row(),
            "role": self.properties.get("role"),
            "valid": self.valid,
            "sure": shown(period.sure),
            "possible": shown(period.possible),
            "reversed": self.reversed,
        }


@dataclass(frozen=True, slots=True)
class Term:
    """One combination of relations that makes a finding, and when all of them held."""

    steps: tuple[Step, ...]
    period: Period
    places: tuple[str, ...]

    @property
    def nodes(self) -> list[Node]:
        return [self.steps[0].start, *(step.end for step in self.steps)]

    def of(self, type: str) -> list[Node]:
        """The nodes of a type in the order of the walk, each once."""
        return list(dict.fromkeys(node for node in self.nodes if node.is_a(type)))

    @property
    def claims(self) -> list[str]:
        return list(dict.fromkeys(claim for step in self.steps for claim in step.claims))

    @property
    def key(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """What makes two terms one finding: the people, the bodies and the compound."""
        people, bodies, compounds = (
            frozenset(node.id for node in self.of(type)) for type in ("Person", "Organization", "Compound")
        )
        return people, bodies, compounds

    def holds(self, as_of: str | None) -> str:
        """Whether it holds on a day; without one, whether there is any day on which it surely did."""
        return self.period.holds(as_of) if as_of else "yes" if self.period.sure else "possibly"

    def row(self, as_of: str | None) -> Row:
        return {
            "holds": self.holds(as_of),
            "sure": shown(self.period.sure),
            "possible": shown(self.period.possible),
            "path": [step.row() for step in self.steps],
            "claims": self.claims,
        }


def conflicts(
    workspace: Workspace,
    *,
    place: str | None = None,
    as_of: str | None = None,
    patterns: Sequence[str] | None = None,
    packs: Sequence[str] | None = None,
    verdicts: Collection[str] | None = None,
    lang: Lang = "en",
) -> list[Row]:
    """Who holds posts that conflict, by pattern, with the verdict of the norms: rows as docs/answers.md describes them.

    `place` is a name, alias, id or key of a place that the finding lies in; `as_of` a day (ISO) on which it holds,
    surely or possibly, without it all that ever held; `patterns` and `packs` choose by id, `verdicts` by verdict; the
    user's own patterns and packs in the workspace count as well. Raises BadInput for an unknown name of these or no
    day, NotFound for an unknown place.
    """
    as_of = day(as_of) if as_of else None
    known = pattern_files.conflict_patterns((pattern_files.SHIPPED, workspace.root / "patterns"))
    wanted = _chosen_patterns(known, patterns)
    folders = (norm_packs.SHIPPED, workspace.root / "packs")
    rules = chosen(norm_packs.load_packs(folders, known), packs)
    for verdict in verdicts or ():
        if verdict not in (*VERDICTS, NO_RULE):
            raise BadInput(f"verdict {verdict} is not known; use {', '.join((*VERDICTS, NO_RULE))}")
    today = workspace.day()
    rows: list[Row] = []
    with workspace.reader() as store:
        here = places(store, place)
        rules = (*rules, *(policies(store) if packs is None else ()))
        for pattern in wanted:
            groups = together(find(store, pattern, here, as_of), as_of)
            rows += [finding(pattern, terms, as_of, today, rules, lang) for terms in groups]
    rows = [row for row in sorted(rows, key=_order) if not verdicts or row["verdict"] in verdicts]
    quote_norms(workspace, rules, (norm for row in rows for norm in cast("list[Row]", row["norms"])))
    return with_evidence(workspace, rows)


def find(store: Store, pattern: Pattern, here: list[str] | None, as_of: str | None) -> list[Term]:
    """The terms that a pattern finds in these places, without those that cannot have held at one time."""
    read = store.read_untrusted if pattern.own else store.read
    return [term for row in read(pattern.text, pattern.values(here, as_of)) if (term := _term(pattern, row))]


def together(terms: Iterable[Term], as_of: str | None) -> list[list[Term]]:
    """Terms grouped into findings, the best first in each; with `as_of` only findings that hold on that day."""
    groups: dict[object, dict[tuple[str, ...], Term]] = defaultdict(dict)
    for term in terms:
        groups[term.key][tuple(step.id for step in term.steps)] = term
    found = [sorted(group.values(), key=lambda term: _rank(term, as_of)) for group in groups.values()]
    return [group for group in found if group[0].holds(as_of) != "no"]


def finding(
    pattern: Pattern, terms: Sequence[Term], as_of: str | None, today: str, packs: Sequence[Pack], lang: Lang
) -> Row:
    """The row of one finding. `terms` are its terms, the best first; `today` is the newest day that counts."""
    best = terms[0]
    verdict = judge(facts(pattern.id, best), best.places, as_of or last_day(best.period, today), packs, lang)
    return {
        "id": _id(pattern.id, best),
        "pattern": pattern.id,
        "title": pattern.title[lang],
        "people": [{"id": node.id, "name": node.name} for node in best.of("Person")],
        "bodies": [node.row() for node in best.of("Organization")],
        "path": [step.row() for step in best.steps],
        "place": best.places[0] if best.places else None,
        "holds": best.holds(as_of),
        "sure": shown(best.period.sure),
        "possible": shown(best.period.possible),
        "verdict": verdict.verdict,
        "norms": verdict.norms,
        "against": [*_doubts(best, as_of, messages(lang)), *verdict.against],
        "terms": [term.row(as_of) for term in terms],
        "claims": list(dict.fromkeys((*(c for term in terms for c in term.claims), *_claims(verdict.norms)))),
    }


def _claims(norms: Sequence[Row]) -> list[str]:
    """The claims of policy statements among the norms: a verdict that rests on them quotes them."""
    return [claim for norm in norms for claim in cast("list[str]", norm["claims"])]


def facts(pattern: str, term: Term) -> Facts:
    """What the norms ask of a finding."""
    posts = [step for step in term.steps if step.relation == "HOLDS_POST"]
    seats = [_seat(*((step.end, step.start) if step.reversed else (step.start, step.end)), step) for step in posts]
    kin = [step for step in term.steps if step.relation == "FAMILY_OF"]
    shares = any(step.relation in ("INVESTS_IN", "OWNS_SHARE_IN") for step in term.steps)
    kinship = kin[0].properties.get("kinship") if kin else None
    return Facts(
        pattern=pattern,
        seats=tuple(dict.fromkeys(seats)),
        bodies=tuple((node.id, node.type) for node in term.of("Organization")),
        couple=bool(kin),
        kinship=str(kinship) if kinship else None,
        tie=SHARE if shares else POST,
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
    period = meet([ALWAYS if step.relation in STANDING and step.valid is None else step.period for step in steps])
    return Term(steps, period, tuple(cast("list[str]", row["places"] or ()))) if period else None


def _seat(person: Node, body: Node, step: Step) -> Seat:
    role = step.properties.get("role")
    return Seat(person.id, str(role) if role else None, body.id, body.type)


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


def _doubts(term: Term, as_of: str | None, say: Mapping[str, str]) -> list[str]:
    """What speaks against the facts of a finding."""
    found = [say["possibly"]] if term.holds(as_of) == "possibly" else []
    for step in term.steps:
        ends = {"start": step.start.name, "end": step.end.name}
        if step.valid is None and step.relation not in STANDING:
            found.append(say["undated"].format(relation=step.relation, **ends))
        if step.properties.get("disagrees"):
            found.append(say["disputed"].format(**ends))
    return list(dict.fromkeys(found))


def _id(pattern: str, term: Term) -> str:
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
