"""The rules in force in a place, and whether they are kept there.

What a rule asks stands in the catalogue (`catalogue/rules.yaml`). Where and since when it holds comes from the
documents of the workspace: a statement (`must`, `promoted` and so on) with a place, an institution that a place or body
has adopted, or a document that it issued. A rule of one district is not asked of another.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar, cast

from govgraph.graph.errors import EngineFailure, NotFound
from govgraph.graph.period import covered, dates
from govgraph.graph.store import Store
from govgraph.graph.workspace import Workspace, consistent

from .catalogue import FOLDER, Question, Record, answer, question, records
from .catalogue.returned import returned
from .evidence import Row, claims_of, with_evidence
from .names import places

AT_ONCE = 2
"""Rules that the engine is asked for at a time. Each takes one of its cores, and they share its memory."""
STRENGTHS = ("must", "promoted", "encouraged", "exploratory", "may", "practised", "forbidden")
"""Strongest first; what is adopted or laid down in a document that says no more is practised."""

SCOPE = "p.id AS place, p.name AS name, p.places AS places, p.place_names AS place_names"
STATEMENTS = f"""
MATCH (s:Statement)
WHERE s.place IS NOT NULL
OPTIONAL MATCH (p:Entity {{id: s.place_id}})
RETURN 'statement' AS kind, s.relation AS relation, s.subject_type AS subject, s.object_type AS object, s.quote AS text,
       s.strength AS strength, s.valid AS valid, s.observed AS observed, s.sources AS sources, s.claims AS claims,
       s.place AS written, {SCOPE}
ORDER BY s.id
"""
INSTITUTIONS = f"""
MATCH (p:Actor)-[r:ADOPTED|ISSUED]->(m)
RETURN CASE type(r) WHEN 'ADOPTED' THEN 'mechanism' ELSE 'policy' END AS kind,
       m.name + ' ' + coalesce(m.subtype, '') AS text, 'practised' AS strength,
       r.valid AS valid, r.observed AS observed, r.sources AS sources, r.claims AS claims, p:Place AS is_place, {SCOPE}
ORDER BY r.id
"""
SEATS = f"""
MATCH (a:Actor)-[:BASED_IN]->(p:Place)
WHERE a.id IN $ids
RETURN a.id AS body, {SCOPE} ORDER BY body, place
"""
CHAIN = "MATCH (n:Place) WHERE n.id IN $ids RETURN n.places AS places, n.place_names AS place_names"
PUBLISHED = "MATCH (s:Source) WHERE s.published IS NOT NULL RETURN s.id AS id, s.published AS published"

_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")

_PINYIN = re.compile(r"\([^()一-鿿]*\)")


@dataclass(frozen=True, slots=True)
class Scope:
    """A place: its ids (or the bare name where no document described it), its name, and the ids and names of all that
    contains it, itself included. `ids` are several only where several places bear the name that was asked for."""

    ids: tuple[str, ...]
    name: str
    above: frozenset[str]

    def lies_in(self, other: Scope) -> bool:
        return not self.above.isdisjoint(other.ids)


@dataclass(frozen=True, slots=True)
class Said:
    """What a document says that can bring a rule into force."""

    row: Row
    scope: Scope
    said: str | None

    @property
    def valid(self) -> str | None:
        return cast("str | None", self.row["valid"])

    def holds(self, day: str) -> str:
        """yes, possibly or no. What has no term holds from the day on which it was said; before that, perhaps."""
        if self.valid is not None:
            first, after = covered(self.valid)
            return "yes" if first <= day < after else "no"
        return "yes" if self.said and self.said <= day else "possibly"

    def brings(self, rule: Record) -> bool:
        text = _plain(str(self.row["text"] or ""))
        relation, subject, object_ = (str(self.row.get(key) or "") for key in ("relation", "subject", "object"))
        return any(sign.kind == self.row["kind"] and sign.fits(relation, subject, object_, text) for sign in rule.signs)


@consistent
def rules(workspace: Workspace, place: str | None = None, as_of: str | None = None) -> list[Row]:
    """The rules in force in a place (all places if None) on a day, and which are kept: one row per rule and place.

    A rule of a larger place is judged in the place asked for, one of a smaller place in that. `verdict` is `broken` if
    something surely breaks it, `met` if it applies to something recorded and nothing possibly breaks it, `unknown` if
    the records do not tell (then `needs` names those that would), `listed` where it is a measure that nothing can
    break. `judged` counts what it applies to, `broken` and `open` the rows of its query that are sure and possible.
    `claims` and `evidence` are what brings it into force. Raises NotFound for a place nobody knows.
    """
    day = as_of or workspace.day()
    index = records(FOLDER)
    with workspace.reader() as store:
        asked = _asked(store, place)
        found: dict[tuple[str, Scope], list[Said]] = defaultdict(list)
        for said in _said(store):
            if said.holds(day) != "no" and (asked is None or said.scope.lies_in(asked) or asked.lies_in(said.scope)):
                for rule in index.values():
                    if said.brings(rule):
                        found[rule.id, said.scope].append(said)

        def row(of: tuple[str, Scope]) -> Row:
            id, scope = of
            return _row(store, index[id], scope, found[of], asked if asked and asked.lies_in(scope) else scope, day)

        ordered = sorted(found, key=lambda of: (of[0], of[1].name, of[1].ids))
        rows = side_by_side(workspace, row, ordered)
    return with_evidence(workspace, rows)


def side_by_side(workspace: Workspace, ask: Callable[[_Asked], _Answer], of: Sequence[_Asked]) -> list[_Answer]:
    """What `ask` says of each rule, in their order, asked `AT_ONCE` at a time. Where the engine fails at one beside
    another, which may be for want of memory, that one is asked once more by itself."""

    def asked(one: _Asked) -> tuple[_Asked, list[_Answer]]:
        try:
            return one, [ask(one)]
        except EngineFailure:
            return one, []

    with ThreadPoolExecutor(AT_ONCE) as asking:
        answers = list(workspace.told("rules", asking.map(asked, of), len(of)))
    return [answer[0] if answer else ask(one) for one, answer in answers]


def _row(store: Store, rule: Record, scope: Scope, said: Sequence[Said], where: Scope, day: str) -> Row:
    asks = question(rule.id)
    at = place_of(asks)
    judged, broken, open_ = judge(store, rule, asks, where.ids, day)
    verdict = _verdict(rule, judged, broken, open_)
    return {
        "rule": rule.id,
        "title": dict(asks.title),
        "place": scope.name,
        "strength": min((str(one.row["strength"]) for one in said), key=STRENGTHS.index),
        "valid": next((one.valid for one in said if one.valid), None),
        "said": min((one.said for one in said if one.said), default=None),
        "holds": "yes" if any(one.holds(day) == "yes" for one in said) else "possibly",
        "verdict": verdict,
        "judged_in": where.name,
        "judged": judged,
        "broken": broken,
        "open": open_,
        "needs": list(rule.needs) if verdict == "unknown" else [],
        "parameters": {at: where.name},
        "claims": claims_of(*(_list(one.row["claims"]) for one in said)),
    }


def _verdict(rule: Record, judged: int, broken: int, open_: int) -> str:
    if rule.lists:
        return "listed" if broken + open_ else "unknown"
    if broken:
        return "broken"
    return "met" if judged and not open_ else "unknown"


def place_of(asks: Question) -> str:
    """The parameter of a rule's question that says in which place it is asked."""
    return next(p.name for p in asks.parameters.values() if p.type == "place")


def judge(store: Store, rule: Record, asks: Question, where: Sequence[str], day: str) -> tuple[int, int, int]:
    """To how much a rule applies in a place, and how many rows of `asks`, its question, break it surely and possibly.
    `where` are the ids of the place, or its bare name where no document described it."""
    at = place_of(asks)
    given: Row = {"place": list(where)} | ({"as_of": day} if "$as_of" in rule.population else {})
    (count,) = store.read(rule.population, given)
    breaks: Counter[str] = Counter()
    try:
        for id in where:
            for row in answer(store, replace(asks, text=_counting(asks.text)), {at: id}, day):
                breaks[str(row["holds"])] += cast(int, row.get("rows", 1))
    except NotFound:  # a place that a document names, and in which nothing is recorded
        pass
    return cast(int, count["judged"]), breaks["yes"], breaks["possibly"]


def _counting(text: str) -> str:
    """The query, but counting its rows on the engine, which a whole city's would burden. A union is left as it is."""
    last = returned(text)
    if last is None:
        return text
    columns = last.columns if last.aggregates else {"holds": last.columns["holds"]}
    shown = ", ".join(f"{of} AS {name}" for name, of in columns.items())
    return f"{last.head}\nWITH {shown}\nRETURN holds AS holds, count(*) AS rows"


# --- what documents say ----------------------------------------------------------------------------------------------
def _said(store: Store) -> list[Said]:
    published = {str(row["id"]): str(row["published"]) for row in store.read(PUBLISHED)}
    institutions = store.read(INSTITUTIONS)
    bodies = [str(row["place"]) for row in institutions if not row["is_place"]]
    seats = {str(row["body"]): row for row in reversed(store.read(SEATS, {"ids": bodies}))}
    found: list[tuple[Row, Scope | None]] = [(row, _scope(row, str(row["written"]))) for row in store.read(STATEMENTS)]
    found += [(row, _scope(row) if row["is_place"] else _seat(row, seats)) for row in institutions]
    return [Said(row, scope, _day(row, published)) for row, scope in found if scope]


def _seat(row: Row, seats: Mapping[str, Row]) -> Scope | None:
    """What a body adopts or issues holds where the body has its seat, or in the nearest place that it lies in."""
    if at := seats.get(str(row["place"])):
        return _scope(at)
    ids, names = _list(row["places"]), _list(row["place_names"])
    return Scope((ids or names)[:1], names[0], frozenset((*ids, *names))) if names else None


def _scope(row: Row, written: str = "") -> Scope:
    ids, name = (str(row["place"]),) if row["place"] else (written,), str(row["name"] or written)
    return Scope(ids, name, frozenset((*ids, *_list(row["places"]), *_list(row["place_names"]))))


def _asked(store: Store, place: str | None) -> Scope | None:
    """The place asked for; of several that bear the name, all together."""
    ids = places(store, place)
    if ids is None or place is None:
        return None
    above = [one for row in store.read(CHAIN, {"ids": ids}) for key in row for one in _list(row[key])]
    return Scope(tuple(ids), place, frozenset((*ids, *above)))


def _day(row: Row, published: dict[str, str]) -> str | None:
    """The day on which it was said: as observed, else when the source appeared; the first that it can have been."""
    said = row["observed"] or next((published[s] for s in _list(row["sources"]) if s in published), None)
    return dates(str(said))[0] if said else None


def _plain(text: str) -> str:
    """A quote for comparison: without pinyin between the characters, simplified."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        text = _simplified()(_PINYIN.sub("", text))
    return text


@cache
def _simplified() -> Callable[[str], str]:
    import opencc  # only for texts in traditional characters

    return cast("Callable[[str], str]", opencc.OpenCC("t2s").convert)


def _list(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()
