"""What speaks against the facts of a finding, and what the graph holds about the people in it: declarations on file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, cast

from govgraph.graph.errors import BadInput
from govgraph.graph.identity import in_force
from govgraph.graph.period import HIGH, Span, covered, dates
from govgraph.graph.vocabulary import vocabulary

from .judge import Declared, Lang, messages
from .walk import STANDING, Step, Term

if TYPE_CHECKING:
    from govgraph.graph.store import Store
    from govgraph.graph.workspace import Workspace

REFUSED = ("不", "未", "驳", "拒", "退", "撤", "refus", "reject", "withdr")
DECLARED = """
MATCH (p:Entity)-[r:DECLARED]->(x)
OPTIONAL MATCH (x)-[:DECLARED]->(o)
RETURN p.id AS id, p.name AS person, x.type AS type, x.name AS name, x.about AS about, x.date AS date,
       x.outcome AS outcome, o.name AS before, r.valid AS valid, r.claims AS claims
ORDER BY id, name, before, claims
"""
KEYS = "MATCH (p:Entity) WHERE p.id IN $people RETURN p.id AS id, p.keys AS keys"


# what is on file ------------------------------------------------------------------------------------------------------


def declarations(store: Store, people: Collection[str]) -> dict[str, list[Mapping[str, object]]]:
    """The declarations of these people (ids), as the graph holds them: to a body, or as a paper put before one."""
    found: dict[str, list[Mapping[str, object]]] = defaultdict(list)
    for row in store.recall(DECLARED, ids=lambda row: [str(row["id"])], of=people):
        found[str(row["id"])].append(row)
    return found


def declared(term: Term, on_file: Mapping[str, list[Mapping[str, object]]]) -> tuple[Declared, ...]:
    """The declarations of the people of a finding. One counts unless it was refused or speaks of something else."""
    names = [node.name for node in (*term.of("Person"), *term.of("Organization"))]
    return tuple(
        _declared(row, [name for name in names if name != row["person"]])
        for node in term.of("Person")
        for row in on_file.get(node.id, ())
    )


def _declared(row: Mapping[str, object], names: Sequence[str]) -> Declared:
    about = str(row["about"]) if row["about"] else None
    paper = row["type"] == "Declaration"
    return Declared(
        person=str(row["person"]),
        before=str(row["before"] or "") or None if paper else str(row["name"]),
        about=about,
        span=_span(row["valid"], row["date"]),
        counts=not str(row["outcome"] or "").startswith(REFUSED) and (about is None or any(n in about for n in names)),
        claims=tuple(cast("Iterable[str]", row["claims"] or ())),
    )


def _span(valid: object, date: object) -> Span | None:
    """The days for which it stands: those written, else from its date on."""
    if valid:
        return covered(str(valid))
    try:
        return (dates(str(date))[0], HIGH) if date else None
    except BadInput:  # an attribute may hold any text
        return None


def confirmed(workspace: Workspace, store: Store, people: Collection[str]) -> frozenset[str]:
    """Those of these people (ids) whom somebody has confirmed to be one person in several sources."""
    same = {key for one in in_force(workspace.log.decisions()) if one["kind"] == "same" for key in (one["a"], one["b"])}
    if not same or not people:
        return frozenset()
    found = store.read(KEYS, {"people": sorted(people)})
    return frozenset(str(row["id"]) for row in found if same.intersection(cast("Iterable[str]", row["keys"] or ())))


# what is doubtful -----------------------------------------------------------------------------------------------------


def doubts(terms: Sequence[Term], as_of: str | None, sure: Collection[str], lang: Lang) -> list[str]:
    """What speaks against the facts of a finding, the best term first: one sentence for each kind of doubt.

    `sure` are the people whose identity was confirmed.
    """
    best, say = terms[0], messages(lang)
    dated = {_fact(step) for term in terms for step in term.steps if step.valid is not None}
    undated = [s for s in best.steps if s.valid is None and s.relation not in STANDING and _fact(s) not in dated]
    found = [say["possibly"]] if best.holds(as_of) == "possibly" else []
    for kind, steps in (("undated", undated), ("disputed", [s for s in best.steps if s.properties.get("disagrees")])):
        if told := list(dict.fromkeys(told_in_words(step, lang) for step in steps)):
            found.append(say[kind].format(facts=say["and"].join(told)))
    for step in best.steps:
        if step.properties.get("manner") == "ex_officio":
            found.append(say["held_ex_officio"].format(fact=told_in_words(step, lang)))
    found += [say["same_name"].format(name=name) for name in _same_names(terms, sure)]
    return list(dict.fromkeys(found))


def told_in_words(step: Step, lang: Lang) -> str:
    """A relation in the direction in which it runs, in words: 何一鸣 holds a post in 埠头物业服务有限公司."""
    start, end = step.ends
    return relation_in_words(step.relation, start.name, end.name, lang)


def relation_in_words(relation: str, start: str, end: str, lang: Lang) -> str:
    """That a relation runs from one to another, in words."""
    try:
        known = vocabulary().relation(relation)
    except BadInput:  # a relation of the user's own
        return f"{start} {relation} {end}"
    if lang == "zh" and relation == "HOLDS_POST":
        return f"{start}在{end}任职"
    return f"{start}{known.zh}{end}" if lang == "zh" else f"{start} {known.en} {end}"


def _fact(step: Step) -> tuple[str, str, str]:
    start, end = step.ends
    return step.relation, start.id, end.id


def _same_names(terms: Sequence[Term], sure: Collection[str]) -> list[str]:
    """The people whose ties stand in sources that have nothing in common, so that the name alone joins them."""
    sources: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for step in (step for term in terms for step in term.steps if step.relation != "FAMILY_OF"):
        start, end = step.ends
        if start.is_a("Person") and start.id not in sure:
            sources[start.id, start.name][end.id].update(cast("Iterable[str]", step.properties.get("sources") or ()))
    return [
        name
        for (_, name), ties in sources.items()
        if any(a and b and not a & b for a, b in combinations(ties.values(), 2))
    ]
