"""Published totals against what is recorded, and against each other.

A number in a report is a claim like any other. Where it counts things that the graph knows as actors, it is compared
with how many of them are recorded in the place. Where several numbers speak of one matter, they are compared with each
other: a total with its parts, a share with the two counts behind it, a number with the same number in another source.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import cast

from govgraph.graph.store import Store
from govgraph.graph.vocabulary import Word, vocabulary
from govgraph.graph.workspace import Workspace, consistent

from .evidence import Row, claims_of, with_evidence
from .names import places

FIGURES = """
MATCH (f:Figure)
OPTIONAL MATCH (p:Entity {id: f.place_id})
RETURN properties(f) AS figure, p.places AS places, p.place_names AS place_names ORDER BY f.id
"""
RECORDED = """
MATCH (n:{type})
WHERE ($place IN n.places OR $place IN n.place_names) AND n.id <> $place AND coalesce(n.collective, false) = false{only}
RETURN count(n) AS recorded
"""
FACTS = ("value", "value_to", "unit", "qualifier", "counted", "observed", "valid", "value_text")

COUNTING = frozenset((None, "", *"个家支处所座间名位人户栋幢条片"))
"""Units that count actors. A sum of money, an area, a number of events is no count of actors."""
SHARE = "比例"
_FORMULA = re.compile(r"\d+(?:[+＋]\d+)+")
ABOUT = 0.1
"""How far a recorded number may lie from one that is only said to be about right, as a part of it."""
NEAR = 3
"""A total and parts that only happen to add up are taken for a breakdown within so many lines (or rows)."""
NEAREST = 12
"""How many numbers around a total are tried as its parts."""

_BEFORE = re.compile(
    r"(?:(?:其中|目前|截至目前|现|已经|已|共计|共|合计|总计|累计)?"
    r"(?:有|设有|建有|拥有|登记|密布|分布着?|下辖|管辖|辖|成立了?|建立了?|组建了?|建成|共|的)|其中|目前|全[市区县镇街]道?|辖区内?|各类?|所有)"
)
_AFTER = re.compile(r"(?:共有|有|由|共|达到?|为|是|数量?|总数)$")
_GOES_ON = re.compile(r"(?:[\d.,]+[万亿]?[余多]?\w?)?(?:$|[\s，。；：！？,.;:!?（）()]|(?:和|及|与|以及)\d)")
_EACH = re.compile("每|平均|人均")
_NEGATION = re.compile("没有|尚无|尚未|未|无|缺")


@dataclass(frozen=True)
class Figure:
    """A published number: what it counts, in which place, which sources say so, and where in the source it stands."""

    id: str
    value: float
    counted: str
    value_to: float | None = None
    unit: str | None = None
    qualifier: str | None = None
    place: str | None = None
    place_name: str | None = None
    observed: str | None = None
    value_text: str | None = None
    quote: str | None = None
    sources: frozenset[str] = frozenset()
    line: int | None = None
    start: int = 0

    @cached_property
    def phrase(self) -> str:
        """What is counted, without the place in front of it and words that only say that there is so much."""
        text = re.sub(r"[“”\"「」\s]", "", self.counted)
        for _ in range(4):
            if self.place_name and text.startswith(self.place_name):
                text = text[len(self.place_name) :].lstrip("的")
            text = text[match.end() :] if (match := _BEFORE.match(text)) and match.end() < len(text) else text
        return _AFTER.sub("", text) or text

    @cached_property
    def word(self) -> Word | None:
        """The type, or the sort of a type, that the whole phrase names; None for any other phrase."""
        return vocabulary().by_word(self.phrase)

    @cached_property
    def head(self) -> tuple[str, str]:
        """What sort of thing is counted (a type, or a noun that is none), and the words that narrow it."""
        text = self.phrase
        for at in range(len(text)):
            if len(text) - at > 1 and (word := vocabulary().by_word(text[at:])):
                return word.type, text[:at] + (word.value or "")
        before, _, noun = text.rpartition("的")
        return noun, before

    @cached_property
    def narrowed(self) -> tuple[frozenset[str], bool]:
        """The types that narrow what is counted, and whether it is their absence that does."""
        return frozenset(_types(self.head[1])), bool(_NEGATION.search(self.head[1]))

    @cached_property
    def named(self) -> frozenset[str]:
        """The types that the phrase speaks of anywhere."""
        return frozenset(_types(self.phrase))

    @cached_property
    def total(self) -> bool:
        """Whether it is the number of all that the phrase names: “173个小区” is one, “173个小区获评示范” is none."""
        quote = self.quote or ""
        at = quote.find(self.counted)
        return not _EACH.search(quote) and (at < 0 or bool(_GOES_ON.match(quote[at + len(self.counted) :])))

    @property
    def counts(self) -> bool:
        return self.unit != SHARE

    @property
    def whole(self) -> bool:
        """Whether all things of the sort are counted, not some of them."""
        return not self.head[1] and self.total

    def fits(self, number: float) -> bool:
        """Whether a number agrees with this one, as exactly as this one is meant."""
        low, high = self.value, self.value if self.value_to is None else self.value_to
        match self.qualifier:
            case "at_least":
                return number >= low
            case "more_than":
                return number > low
            case "at_most":
                return number <= high
            case "less_than":
                return number < high
            case "about":
                return low * (1 - ABOUT) <= number <= high * (1 + ABOUT)
        return low <= number <= high

    def beside(self, other: Figure) -> bool:
        """Whether both stand in one source and speak of one place, at days that do not differ."""
        return (
            bool(self.sources & other.sources)
            and self.place == other.place
            and not _differ(self.observed, other.observed)
        )

    def far(self, other: Figure) -> float:
        """How many lines lie between the two, 0 where the source has no lines."""
        return abs(self.line - other.line) if self.line is not None and other.line is not None else 0


@consistent
def figures(workspace: Workspace, place: str | None = None) -> list[Row]:
    """Every published figure (of a place, if one is named) beside what is recorded: rows as in docs/answers.md.

    `difference` is recorded minus reported. Recorded are all actors of the sort in the place, whatever their dates.
    `claims` are those of the figure and of the figures it is compared with. Raises NotFound for an unknown place.
    """
    with workspace.reader() as store:
        wanted = places(store, place)
        found = store.read(FIGURES)
        of = {str(_dict(row["figure"])["id"]): row for row in found}
        evidence = workspace.evidence(of)
        known = [_figure(_dict(row["figure"]), evidence.get(id, [])) for id, row in of.items()]
        at: dict[str | None, list[Figure]] = defaultdict(list)
        for figure in known:
            at[figure.place].append(figure)
        chosen = [f for f in known if wanted is None or _lies_in(f, of[f.id], wanted)]
        numbers: dict[tuple[Word, str], int] = {}
        for figure in chosen:
            if (key := countable(figure)) and key not in numbers:
                numbers[key] = _recorded(store, *key)
    rows = []
    for figure in sorted(chosen, key=lambda f: (f.place_name or "", f.counted, f.id)):
        recorded = numbers[key] if (key := countable(figure)) else None
        others, facts = at[figure.place], _dict(of[figure.id]["figure"])
        more = derived(figure, others), tensions(figure, others, recorded)
        rows.append(row(figure, recorded, identity(figure, others), facts, *more))
    return with_evidence(workspace, rows)


def row(
    figure: Figure,
    recorded: int | None,
    found: Row | None,
    facts: Mapping[str, object],
    rate: Row | None = None,
    strained: Sequence[Row] = (),
) -> Row:
    """One answer. `recorded` is None where the thing counted is none that the graph can count; `found` is the figure's
    identity, `rate` what is derived of it, `strained` its tensions."""
    others = [id for one in (found, *strained) if one for id in _list(one["with"])]
    others += [rate["part"], rate["whole"]] if rate else []
    return {
        "figure": figure.id,
        "reported": {name: facts.get(name) for name in FACTS},
        "recorded": recorded,
        "difference": None if recorded is None else recorded - figure.value,
        "verdict": verdict(figure, recorded),
        "scope": {"place": figure.place_name} if figure.place_name else None,
        "identity": found,
        "derived": rate,
        "tensions": list(strained),
        "claims": claims_of([figure.id], others),
    }


def verdict(figure: Figure, recorded: int | None) -> str:
    """agrees, fewer_recorded, more_recorded or not_countable."""
    if recorded is None:
        return "not_countable"
    if figure.fits(recorded):
        return "agrees"
    if figure.qualifier in ("at_least", "more_than"):
        return "fewer_recorded"
    if figure.qualifier in ("at_most", "less_than"):
        return "more_recorded"
    return "fewer_recorded" if recorded < figure.value else "more_recorded"


def countable(figure: Figure) -> tuple[Word, str] | None:
    """The sort of actor that a figure counts and the place; None if it counts anything else.

    People are not counted: a graph of who governs names office holders, never all members or residents.
    """
    word, v = figure.word, vocabulary()
    if word is None or figure.place is None or figure.unit not in COUNTING or not figure.total:
        return None
    if not v.is_a(word.type, "Actor") or v.is_a(word.type, "Person"):
        return None
    if figure.unit == "家" and v.is_a(word.type, "PartyOrg"):
        return None  # “建立党组织48家” counts firms
    return word, figure.place


# --- figures against each other --------------------------------------------------------------------------------------
def identity(figure: Figure, known: Iterable[Figure]) -> Row | None:
    """What a figure should equal by others of its place, and whether it does: a sum, a share, a repetition, or None.

    A figure written as a formula (“1+2+5文件”) is a sum that is `with` no other.
    """
    others = [f for f in known if f.id != figure.id]
    beside = [f for f in others if figure.beside(f)]
    if (added := _formula(figure)) is not None:
        return _identity("sum", (), added == figure.value)
    if not figure.counts:
        return _share(figure, [f for f in beside if f.counts])
    return _sum(figure, [f for f in beside if f.counts and f.unit == figure.unit]) or _repeat(figure, others)


def derived(figure: Figure, known: Iterable[Figure]) -> Row | None:
    """The share that a count has in the number of all such things, where its source gives that too: `share` (0 … 1)
    with `part` and `whole`. None where the number of all is not known, or either number is not exact.
    """
    if not figure.counts or figure.whole or not _exact(figure):
        return None
    alike = (f for f in known if f.id != figure.id and f.counts and f.unit == figure.unit and figure.beside(f))
    wholes = [f for f in alike if f.whole and _exact(f) and f.head[0] == figure.head[0] and f.value >= figure.value > 0]
    if not wholes or not figure.head[0]:
        return None
    whole = min(wholes, key=lambda f: _distance(figure, [f]))
    return {"share": round(figure.value / whole.value, 6), "part": figure.id, "whole": whole.id}


def tensions(figure: Figure, known: Iterable[Figure], recorded: int | None = None) -> list[Row]:
    """What does not go together with a figure, each with `kind`, the figures it is `with`, `reported` (the figure's own
    value) and `expected` (what the others, or the records, would make it):

    sum, share, repeat   the identity does not hold: the parts add up to, the two counts give, the other source says
    per                  fewer bodies than the things they are said to belong to: 437 stations of compounds, and 864
                         compounds; `expected` is the number of those things, for one each
    recorded             more are recorded than the figure allows; fewer may only mean that not all were
    """
    others = list(known)
    found = [_strained(figure, others), _per(figure, others)]
    if recorded is not None and verdict(figure, recorded) == "more_recorded":
        found.append({"kind": "recorded", "with": [], "reported": figure.value, "expected": recorded})
    return [one for one in found if one]


def _strained(figure: Figure, known: Sequence[Figure]) -> Row | None:
    found = identity(figure, known)
    if found is None or found["holds"]:
        return None
    values = {f.id: f.value for f in known}
    numbers = sorted(values[str(id)] for id in _list(found["with"]))
    kind = str(found["kind"])
    expected: float | None = _formula(figure)
    if expected is None:
        expected = _EXPECTED[kind](numbers)
    return {"kind": kind, "with": found["with"], "reported": figure.value, "expected": expected}


def _share_of(numbers: Sequence[float]) -> float:
    return round(numbers[0] / numbers[-1], 6)


_EXPECTED: Mapping[str, Callable[[Sequence[float]], float]] = {"sum": sum, "share": _share_of, "repeat": min}
"""What the others of an identity, in order of size, would make of a figure."""


def _formula(figure: Figure) -> int | None:
    """What a figure that is written as a formula (“1+2+5文件”) adds up to."""
    if not _FORMULA.fullmatch(figure.value_text or ""):
        return None
    return sum(int(number) for number in re.findall(r"\d+", figure.value_text or ""))


def _per(figure: Figure, known: Iterable[Figure]) -> Row | None:
    """Bodies of something against the number of those somethings, in one source and place."""
    v, (type, _), (narrowed, negated) = vocabulary(), figure.head, figure.narrowed
    if type not in v.types or not v.is_a(type, "Organization") or negated or not _exact(figure):
        return None
    if figure.unit not in COUNTING or not figure.total:
        return None
    things = [
        f
        for f in known
        if f.id != figure.id and f.head[0] in narrowed and f.head[0] != type and f.unit in COUNTING and _exact(f)
    ]
    more = [f for f in things if figure.beside(f) and f.value > figure.value]
    if not more:
        return None
    other = min(more, key=lambda f: (not f.whole, _distance(figure, [f])))
    return {"kind": "per", "with": [other.id], "reported": figure.value, "expected": other.value}


def _sum(total: Figure, beside: Sequence[Figure]) -> Row | None:
    """A total of two or three others. With and without a thing make a total, whether or not the numbers do."""
    parts = [f for f in beside if _exact(f) and f.head[0] == total.head[0] and f.head[1] != total.head[1]]
    if not _exact(total) or not total.head[0]:
        return None
    if total.whole:
        halves = [(a, b) for a, b in combinations(parts, 2) if _complements(a, b)]
        if halves:
            a, b = min(halves, key=lambda pair: (pair[0].value + pair[1].value != total.value, *_distance(total, pair)))
            return _identity("sum", (a, b), a.value + b.value == total.value)
    parts += _sharing(parts, beside)
    near = [f for f in parts if 0 < f.value < total.value and total.far(f) <= NEAR]
    near = sorted(near, key=lambda f: _distance(total, [f]))[:NEAREST]
    groups: list[tuple[Figure, ...]] = [*combinations(near, 2), *combinations(near, 3)]
    adding = [
        group
        for group in groups
        if sum(f.value for f in group) == total.value and _apart(group) and _whole(group, total)
    ]
    if not adding:
        return None
    parts_of_it = min(adding, key=lambda group: (len(group), *_distance(total, group)))
    return _identity("sum", parts_of_it, True)


def _sharing(parts: Iterable[Figure], beside: Iterable[Figure]) -> list[Figure]:
    """The counts that leave their noun to the next one: 4 居委会 in “4个居委会和14个居民小组党支部”."""
    known, found = list(parts), list[Figure]()
    for figure in sorted(beside, key=lambda f: -f.start):
        if figure not in known and any(_leads_to(figure, part) for part in [*known, *found]):
            found.append(figure)
    return found


def _leads_to(figure: Figure, next_: Figure) -> bool:
    """Whether a count stands right before another, joined to it."""
    here, there = (f"{f.value_text}{f.counted}" for f in (figure, next_))
    joined = re.escape(here) + r"(?:[、和与及]|，?以及)" + re.escape(there)
    return bool(figure.quote and figure.value_text and re.search(joined, figure.quote))


def _whole(group: Sequence[Figure], total: Figure) -> bool:
    """Whether every count of a group names the total's sort, or stands right before another of the group."""
    return all(f.head[0] == total.head[0] or any(_leads_to(f, other) for other in group) for f in group)


def _share(share: Figure, counts: Sequence[Figure]) -> Row | None:
    """A share is of the things that it names, or, as in “占小区总数”, of the number before it; against all of them."""
    wholes = [f for f in counts if f.whole and f.head[0] in share.named and f.value]
    pairs = [(part, all_) for all_ in wholes for part in counts if part.head[0] == all_.head[0] and not part.whole]
    named = [pair for pair in pairs if _same(share, pair[0])]
    if named:
        pair = min(named, key=lambda pair: _distance(share, pair))
        return _identity("share", pair, _share_fits(share, pair))
    if not share.phrase.startswith("占"):
        return None
    fitting = [pair for pair in pairs if _share_fits(share, pair)]
    if fitting:
        pair = min(fitting, key=lambda pair: _distance(share, pair))
        return _identity("share", pair, True)
    before = [pair for pair in pairs if pair[0].line == share.line and pair[0].start < share.start]
    if before:
        pair = max(before, key=lambda pair: (pair[0].start, pair[0].id, pair[1].id))
        return _identity("share", pair, False)
    return None


def _share_fits(share: Figure, pair: tuple[Figure, Figure]) -> bool:
    """A share is written rounded: to the last decimal of a percentage, or loosely, as 五分之一 or 三成."""
    ratio = pair[0].value / pair[1].value
    if share.qualifier not in (None, "exact"):
        return share.fits(ratio)
    if re.search("[分成半]", re.sub("百分之", "", share.value_text or "")):
        slack = share.value * ABOUT
    else:
        slack = 0.5 * 10 ** -max(2, len(f"{share.value:.6f}".rstrip("0").partition(".")[2]))
    return share.value - slack <= ratio <= (share.value if share.value_to is None else share.value_to) + slack


def _repeat(figure: Figure, others: Iterable[Figure]) -> Row | None:
    """The same thing counted in the same place by other sources, on days that do not differ."""
    same = [
        f
        for f in others
        if f.total
        and figure.total
        and not f.sources & figure.sources
        and (f.place, f.word or f.phrase, f.unit) == (figure.place, figure.word or figure.phrase, figure.unit)
        and not _differ(f.observed, figure.observed)
    ]
    return _identity("repeat", same, all(_agree(figure, f) for f in same)) if same else None


def _identity(kind: str, others: Iterable[Figure], holds: bool) -> Row:
    return {"kind": kind, "with": sorted(f.id for f in others), "holds": holds}


def _agree(a: Figure, b: Figure) -> bool:
    if not _exact(a) and not _exact(b):
        return a.fits(b.value) or b.fits(a.value)
    return a.fits(b.value) if _exact(b) else b.fits(a.value)


def _exact(figure: Figure) -> bool:
    return figure.qualifier in (None, "exact") and figure.value_to is None


def _same(a: Figure, b: Figure) -> bool:
    """Whether both speak of the same things, narrowed by the same types in the same sense."""
    return a.phrase == b.phrase or (a.head[0] == b.head[0] and bool(a.narrowed[0]) and a.narrowed == b.narrowed)


def _complements(a: Figure, b: Figure) -> bool:
    """With a thing and without it: both narrowed by the same types, one of them by a negation."""
    (by_a, not_a), (by_b, not_b) = a.narrowed, b.narrowed
    return bool(by_a) and by_a == by_b and not_a != not_b


def _apart(parts: Sequence[Figure]) -> bool:
    """Whether no two of them count the same thing."""
    return len({f.head[1] for f in parts}) == len(parts)


def _distance(figure: Figure, others: Iterable[Figure]) -> tuple[float, int, list[str]]:
    chosen = list(others)
    return sum(map(figure.far, chosen)), sum(abs(figure.start - f.start) for f in chosen), sorted(f.id for f in chosen)


def _differ(a: str | None, b: str | None) -> bool:
    """Whether two days cannot be the same; 2019 and 2019-06 can."""
    return a is not None and b is not None and not a.startswith(b) and not b.startswith(a)


def _types(text: str) -> list[str]:
    """The types that a text names, reading the longest word at each place."""
    found, at, by_word = [], 0, vocabulary().by_word
    while at < len(text):
        end = next((end for end in range(len(text), at + 1, -1) if by_word(text[at:end])), None)
        if end and (word := by_word(text[at:end])):
            found.append(word.type)
        at = end or at + 1
    return found


# --- from the graph --------------------------------------------------------------------------------------------------
def _figure(facts: Mapping[str, object], evidence: Sequence[Mapping[str, object]]) -> Figure:
    locator = _dict(evidence[0]["locator"]) if evidence else {}
    value, value_to = facts["value"], facts.get("value_to")
    assert isinstance(value, int | float) and isinstance(value_to, int | float | None)
    sources = facts.get("sources")
    return Figure(
        id=str(facts["id"]),
        value=value,
        value_to=value_to,
        counted=str(facts["counted"]),
        unit=_text(facts.get("unit")),
        qualifier=_text(facts.get("qualifier")),
        place=_text(facts.get("place_id")) or _text(facts.get("place")),
        place_name=_text(facts.get("place")),
        observed=_text(facts.get("observed")),
        value_text=_text(facts.get("value_text")),
        quote=_text(facts.get("quote")),
        sources=frozenset(map(str, sources if isinstance(sources, list) else [])),
        line=next((n for key in ("line", "row") if isinstance(n := locator.get(key), int)), None),
        start=n if isinstance(n := locator.get("start"), int) else 0,
    )


def _recorded(store: Store, word: Word, place: str) -> int:
    """How many actors of that sort lie in the place (an id, or a name that was only ever written)."""
    only, values = "", []
    if word.attribute and word.value:
        only = f" AND n.{word.attribute} IN $values"
        attribute = vocabulary().attribute(word.type, word.attribute)
        value = attribute.values[word.value] if attribute else None
        values = [word.value, *(value.synonyms if value else ())]
    (found,) = store.read(RECORDED.format(type=word.type, only=only), {"place": place, "values": values})
    recorded = found["recorded"]
    assert isinstance(recorded, int)
    return recorded


def _lies_in(figure: Figure, row: Row, wanted: Sequence[str]) -> bool:
    around = {figure.place, figure.place_name, *_list(row["places"]), *_list(row["place_names"])}
    return any(place in around for place in wanted)


def _dict(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return cast("dict[str, object]", value)


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return None if value is None else str(value)
