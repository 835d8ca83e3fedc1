"""The verdict on a finding: what the norms in force at its place and day say. Pure Python, without a database.

Facts and law are kept apart: whether somebody holds two posts is not asked here, only what follows if he does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Literal

import yaml

from govgraph.graph.period import HIGH, LOW, Span

from .packs import NATION, Pack, Rule, units
from .terms import (
    CROSS_POSTS,
    DEFINED_TIES,
    KIN,
    LEVELS,
    NEAR_KIN,
    OPEN_KIN,
    POST,
    SELF,
    SERVING_FIRM,
    SHARE,
    SPEAKS,
    TIES,
)
from .walk import is_a

Lang = Literal["zh", "en"]
MESSAGES = Path(__file__).parent / "messages.yaml"
Body = tuple[str, str]
"""An organisation: its id and its type."""

NO_RULE = "no_rule"
ASSEMBLY = "业主大会"
STRICTEST = ("forbidden", "must_declare", "required", "encouraged", "allowed", "unclear")
"""Of two verdicts that do not contradict one another the one that stands first here is the answer."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A post somebody holds: in which body, and as what."""

    person: str
    role: str | None
    body: str
    type: str


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration or approval on file: whose, before whom, of what, and when it stands (half-open, None if undated).

    `counts` is false where it was refused or speaks of something else than the finding.
    """

    person: str
    before: str | None = None
    about: str | None = None
    span: Span | None = None
    counts: bool = True
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a finding says, as far as norms ask for it.

    `kinship` counts only where `couple` is true. `subsidiary` says that the tie is with a subsidiary of the firm that
    serves, `indirect` that the share is held through another company.
    """

    pattern: str
    seats: tuple[Seat, ...]
    bodies: tuple[Body, ...]
    couple: bool = False
    kinship: str | None = None
    tie: str = POST
    subsidiary: bool = False
    indirect: bool = False
    declared: tuple[Declared, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, the norms it rests on (highest first, as rows of docs/answers.md), what speaks against it, and the
    claims of the declarations that count.
    """

    verdict: str
    norms: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    against: list[str] = field(default_factory=list[str])
    claims: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one rule says of the facts. `rule` is None where the text of that day is not held."""

    pack: Pack
    rule: Rule | None
    verdict: str
    reasons: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    held: bool = True


class Law:
    """The packs that are law at one place. To judge by it alone, where many findings lie there, saves going through the
    laws of the whole country for each.
    """

    def __init__(self, packs: Iterable[Pack]) -> None:
        self.packs = list(packs)
        in_order = sorted(self.packs, key=_version)
        self.versions = [list(group) for _, group in groupby(in_order, key=lambda pack: pack.identity)]
        self._turning: dict[frozenset[str], frozenset[str]] = {}

    def turning(self, patterns: frozenset[str]) -> frozenset[str]:
        """The days on which what it says of these patterns may change."""
        if patterns not in self._turning:
            days: set[str] = set()
            for pack in self.packs:
                rules = [rule for rule in pack.rules if rule.pattern in patterns]
                if rules or pack.level in ("province", "city"):
                    days.update((*pack.in_force, *pack.text_held))
                    days.update(bound for rule in rules for bound in rule.in_force)
            self._turning[patterns] = frozenset(days)
        return self._turning[patterns]


class Country:
    """All packs, and which of them are law at a place."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self._packs = list(packs)
        self._units = {unit for pack in self._packs for unit in pack.units}
        self._laws: dict[frozenset[str], Law] = {}

    def law_at(self, chain: Sequence[str]) -> Law:
        """The law at a place, as `judge` names it: one for all places in the same units."""
        here = frozenset(name for name in _names(tuple(chain)) if name in self._units or _rank(name))
        if here not in self._laws:
            self._laws[here] = Law(pack for pack in self._packs if _at(pack, here))
        return self._laws[here]


def judge(facts: Facts, chain: Sequence[str], day: str, packs: Iterable[Pack] | Law, lang: Lang = "en") -> Verdict:
    """What the norms in force on `day` (ISO) say of `facts` at a place.

    `packs` are any, or the law at that place alone. `chain` names the place and what contains it, nearest first:
    温州花园小区, 温州市, 浙江省. A higher rule outranks a lower one that contradicts it, a later one an earlier of the
    same rank; a stricter local rule stands where the higher ones leave a gap; a policy never lifts a bar, nor settles
    what the law leaves open. A declaration that stands on that day turns must_declare into allowed. Without any rule
    the verdict is no_rule.
    """
    here = _names(tuple(chain))
    law = packs if isinstance(packs, Law) else Country(packs).law_at(chain)
    say = messages(lang)
    read = _ordered(_precise(_readings(facts, law, day, say), facts))
    readings = [_cleared(reading, facts, day, say) for reading in read]
    verdict, contradictions = _fold(_without_exceptions(readings), say)
    against = [*contradictions, *_assumed(readings, here, say), *_remarks(readings)]
    against += _wanted([*readings, *_elsewhere(facts, law, day, say)], say)
    claims: list[str] = []
    if any(reading.verdict == "must_declare" or _asks_assembly(reading) for reading in read):
        against += _declarations(facts, day, say)
        claims += (claim for one in facts.declared for claim in one.claims)
    if verdict == NO_RULE:
        against += _searched(law, here, day, say)
    return Verdict(verdict, [_row(reading, say) for reading in readings], list(dict.fromkeys(against)), claims)


def turning_days(facts: Facts, chain: Sequence[str], packs: Iterable[Pack] | Law) -> list[str]:
    """The days (ISO) on which the verdict on these facts at this place may change, in order."""
    law = packs if isinstance(packs, Law) else Country(packs).law_at(chain)
    declared = {bound for one in facts.declared if one.span for bound in one.span}
    return sorted((law.turning(_patterns(facts)) | declared) - {LOW, HIGH})


# which norms --------------------------------------------------------------------------------------------------------


def _readings(facts: Facts, law: Law, day: str, say: Mapping[str, str]) -> Iterator[_Reading]:
    patterns = _patterns(facts)
    for versions in law.versions:
        current = next((pack for pack in versions if _within(pack.text_held, day)), None)
        if current:
            yield from _said(facts, current, patterns, day, say)
        elif passed := [pack for pack in versions if _within(pack.in_force, day)]:
            yield from _unheld(facts, _next_version(passed, day), patterns, say)


def _patterns(facts: Facts) -> frozenset[str]:
    return frozenset((facts.pattern, "double_post", *SPEAKS.get(facts.pattern, ())))


def _version(pack: Pack) -> tuple[object, ...]:
    return (*pack.identity, pack.text_held, pack.law)


def _said(facts: Facts, pack: Pack, patterns: Iterable[str], day: str, say: Mapping[str, str]) -> Iterator[_Reading]:
    for rule in pack.rules:
        if rule.pattern in patterns and _within(rule.in_force, day) and (reading := _apply(facts, pack, rule, say)):
            yield reading


def _precise(readings: Iterable[_Reading], facts: Facts) -> list[_Reading]:
    """The readings without rules on relatives where the same article has one on the member himself, whom it concerns.

    Laws bar both in one sentence, which is two rules of a pack; the facts of one person are those of the second.
    """
    found = list(readings)
    own = {
        (r.pack.law, r.rule.article) for r in found if r.rule and r.rule.pattern.startswith("employee_of_serving_firm")
    }
    return [
        r
        for r in found
        if facts.couple
        or not r.rule
        or r.rule.pattern != "kin_in_serving_firm"
        or (r.pack.law, r.rule.article) not in own
    ]


def _cleared(reading: _Reading, facts: Facts, day: str, say: Mapping[str, str]) -> _Reading:
    """A rule that asks for a declaration allows what has been declared, one that leaves it to the owners' assembly what
    the assembly gave leave for."""
    stands = [one for one in facts.declared if _stands(one, day)]
    if reading.verdict == "must_declare" and stands:
        return replace(reading, verdict="allowed", reasons=(*reading.reasons, say["is_declared"]))
    if _asks_assembly(reading) and any((one.before or "").endswith(ASSEMBLY) for one in stands):
        return replace(reading, verdict="allowed", reasons=(*reading.reasons, say["is_given_leave"]))
    return reading


def _asks_assembly(reading: _Reading) -> bool:
    return reading.verdict == "unclear" and reading.rule is not None and reading.rule.depends_on == "assembly"


def _stands(declared: Declared, day: str) -> bool:
    return declared.counts and declared.span is not None and _within(declared.span, day)


def _declarations(facts: Facts, day: str, say: Mapping[str, str]) -> Iterator[str]:
    for one in facts.declared:
        words = {
            "person": one.person,
            "before": one.before or say["not_told"],
            "about": one.about or say["not_told"],
            "valid": written(one.span) if one.span else say["not_told"],
        }
        yield say["declared" if _stands(one, day) else "declared_otherwise"].format(**words)


def _searched(law: Law, here: frozenset[str], day: str, say: Mapping[str, str]) -> Iterator[str]:
    """What was searched in vain: an auditor must tell a silent law from a law that nobody has looked into."""
    local = [pack for pack in law.packs if pack.units and _within(pack.text_held, day) and not pack.is_statement]
    if any(pack.level != "policy" for pack in local):
        yield say["searched"].format(names="、".join(f"《{pack.name}》" for pack in local))
    else:
        yield say["only_national" if any(_rank(name) for name in here) else "no_place"]


def _unheld(facts: Facts, pack: Pack, patterns: Iterable[str], say: Mapping[str, str]) -> Iterator[_Reading]:
    """A law in force whose wording of that day is not known: unclear, whatever the wording of another day says.

    A law of the place itself may have said anything then. A national one is named only if the known wording speaks of
    the matter, else every finding of those years would be unclear.
    """
    rules: list[Rule | None] = [r for r in pack.rules if r.pattern in patterns and _apply(facts, pack, r, say)]
    if not rules and pack.level in ("province", "city"):
        rules = [None]
    for rule in rules:
        yield _Reading(pack, rule, "unclear", (say["not_held"],), held=False)


def _elsewhere(facts: Facts, law: Law, day: str, say: Mapping[str, str]) -> Iterator[_Reading]:
    """Rules about the double post as such that do not judge this pattern of conflict."""
    patterns = CROSS_POSTS - _patterns(facts)
    for pack in law.packs:
        if _within(pack.text_held, day):
            yield from _said(facts, pack, patterns, day, say)


def _apply(facts: Facts, pack: Pack, rule: Rule, say: Mapping[str, str]) -> _Reading | None:
    """The reading of a rule, or None where it does not speak of these facts."""
    if rule.verdict is None or not _concerns(facts, rule):
        return None
    kin, tie, firm = _kin(facts, rule), _tie(facts, rule), _firm(facts, rule)
    if "no" in (kin, tie, firm):
        return None
    remarks = (say["tie"].format(tie="、".join(rule.who.tie)),) if tie == "open" else ()
    reasons = [say[rule.depends_on]] if rule.depends_on else []
    if firm == "open":
        message = say["indirect_open" if facts.indirect else "subsidiary_open"]
        reasons.append(message.format(tie="、".join(rule.who.tie)))
    if kin == "open":
        message = say["kin_unknown" if _degree(facts.kinship) is None else "kin_open"]
        reasons.append(message.format(kin="、".join(word for word in rule.who.kin if word != SELF)))
    return _Reading(pack, rule, "unclear" if "open" in (kin, firm) else rule.verdict, tuple(reasons), remarks)


def _concerns(facts: Facts, rule: Rule) -> bool:
    who = rule.who
    if rule.pattern in CROSS_POSTS and not who.with_:
        return False  # it says who sits in a body, not who sits in two
    if who.body:
        first = [id for id, type in facts.bodies if _is(type, who.body)]
    else:
        first = [s.body for s in facts.seats if _is(s.type, who.member_of) and (not who.roles or s.role in who.roles)]
    return any(not who.with_ or _faces(facts, rule, body) for body in first)


def _faces(facts: Facts, rule: Rule, body: str) -> bool:
    """Whether somebody of the finding sits in another body that the rule sets against it, or owns a share of it."""
    who = rule.who
    seats = [s for s in facts.seats if s.body != body and _is(s.type, who.with_)]
    if any(not who.with_roles or s.role in who.with_roles for s in seats):
        return True
    return facts.tie == SHARE and any(id != body and _is(type, who.with_) for id, type in facts.bodies)


def _kin(facts: Facts, rule: Rule) -> Literal["yes", "no", "open"]:
    words = rule.who.kin
    if not facts.couple:
        return "yes" if not words or SELF in words else "no"
    relatives = [word for word in words if word != SELF]
    if not relatives:
        return "no"
    degree = _degree(facts.kinship)
    if degree in frozenset().union(*(KIN[word] for word in relatives)) or "亲属" in relatives:
        return "yes"
    if degree in NEAR_KIN:
        return "no"
    if degree is None:
        return "open"
    reach = {"三代以内旁系血亲", "特定关系人"} if _COLLATERAL & set(degree) else OPEN_KIN - {"三代以内旁系血亲"}
    return "open" if reach.intersection(relatives) else "no"


def _degree(kinship: str | None) -> str | None:
    """The degree of kinship in the words of the law; None where the source tells none."""
    return None if kinship is None or kinship in _VAGUE else _DEGREES.get(kinship, kinship)


def _tie(facts: Facts, rule: Rule) -> Literal["yes", "no", "open"]:
    words = [word for word in rule.who.tie if facts.tie in TIES[word]]
    if rule.pattern == "financial_ties_with_serving_firm":
        return "yes" if facts.tie in words else "no"  # it speaks of a post only where it says so
    if not rule.who.tie or DEFINED_TIES.intersection(words):
        return "yes"
    return "open" if words else "no"


def _firm(facts: Facts, rule: Rule) -> Literal["yes", "no", "open"]:
    """Whether a rule on the serving firm reaches the tie of the finding: to a subsidiary, or through a company."""
    if facts.indirect and rule.pattern in SERVING_FIRM:
        return "open"
    if not facts.subsidiary or rule.pattern not in SERVING_FIRM or rule.who.subsidiaries:
        return "yes"
    return "open" if rule.who.tie and not DEFINED_TIES.intersection(rule.who.tie) else "no"


def _is(type: str, allowed: Iterable[str]) -> bool:
    return any(is_a(type, one) for one in allowed)


# where and when -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _names(chain: tuple[str, ...]) -> frozenset[str]:
    """The units that a place chain names; a place called 深圳市龙岗区 names two."""
    names = set(chain)
    for name in chain:
        if not name.endswith(_NO_UNITS):
            names.update(units(name))
    return frozenset(names)


def _at(pack: Pack, here: frozenset[str]) -> bool:
    """Whether a pack is law at a place: its own unit is named, and no other province, city or county than its own."""
    if pack.place == NATION:
        return True
    *above, own = pack.units
    if own not in here:
        return False
    return all(unit in here or not {name for name in here - {own} if _rank(name) == _rank(unit)} for unit in above)


@lru_cache(maxsize=4096)
def _rank(unit: str) -> str | None:
    if unit.endswith(_NO_UNITS):
        return None
    return next((rank for rank, endings in _RANKS.items() if unit.endswith(endings)), None)


def _assumed(readings: Iterable[_Reading], here: frozenset[str], say: Mapping[str, str]) -> Iterator[str]:
    for pack in {reading.pack.law: reading.pack for reading in readings}.values():
        *above, own = pack.units or ("",)
        if above and not here.intersection(above):
            yield say["assumed"].format(unit=own, place=pack.place)


def _within(span: Span, day: str) -> bool:
    return span[0] <= day < span[1]


def _next_version(versions: Sequence[Pack], day: str) -> Pack:
    """The version whose wording begins next after `day`, else the last one."""
    return next((pack for pack in versions if pack.text_held[0] > day), versions[-1])


# which of them counts -----------------------------------------------------------------------------------------------


def _ordered(readings: Iterable[_Reading]) -> list[_Reading]:
    """Highest rank first, wider places before narrower, later norms before earlier, stricter before milder."""
    found = sorted(readings, key=lambda r: (STRICTEST.index(r.verdict), r.pack.law, r.rule.id if r.rule else ""))
    found.sort(key=lambda r: r.pack.in_force[0], reverse=True)
    return sorted(found, key=lambda r: (LEVELS.index(r.pack.level), len(r.pack.units)))


def _without_exceptions(readings: Sequence[_Reading]) -> list[_Reading]:
    """The readings without the rules out of which another one that applies takes this case."""
    applied = {(r.pack.law, r.rule.id) for r in readings if r.rule}
    return [r for r in readings if not (r.rule and any((r.pack.law, id) in applied for id in r.rule.exceptions))]


def _fold(readings: Sequence[_Reading], say: Mapping[str, str]) -> tuple[str, list[str]]:
    """The verdict of readings in their order of rank, and the contradictions between them."""
    verdict = NO_RULE
    contradictions: list[str] = []
    standing: list[_Reading] = []
    for reading in readings:
        opposed = [other for other in standing if _contradict(other, reading)]
        contradictions += [_contradiction(other, reading, say) for other in opposed]
        if opposed:
            continue
        standing.append(reading)
        if verdict == "unclear" and reading.pack.level == "policy" and reading.verdict != "forbidden":
            continue
        verdict = reading.verdict if verdict == NO_RULE else min(verdict, reading.verdict, key=STRICTEST.index)
    return verdict, contradictions


def _contradict(a: _Reading, b: _Reading) -> bool:
    """Whether one bars what the other lets happen. Rules of one law are read together, the stricter one counts."""
    verdicts = a.verdict, b.verdict
    return a.pack.law != b.pack.law and "forbidden" in verdicts and len({*verdicts}) == 2 and "unclear" not in verdicts


def _contradiction(above: _Reading, below: _Reading, say: Mapping[str, str]) -> str:
    a, b = above.pack, below.pack
    if LEVELS.index(a.level) < LEVELS.index(b.level) or len(a.units) < len(b.units):
        why = "higher"
    else:
        why = "later" if a.in_force[0] > b.in_force[0] else "stricter"
    verdicts = {"above_verdict": say[above.verdict], "below_verdict": say[below.verdict]}
    return say["contradiction"].format(above=_cited(above), below=_cited(below), why=say[why], **verdicts)


@cache
def messages(lang: Lang) -> Mapping[str, str]:
    """The sentences of messages.yaml in one language."""
    found: dict[str, dict[str, str]] = yaml.safe_load(MESSAGES.read_text("utf-8"))
    return {name: words[lang] for name, words in found.items()}


# what is shown ------------------------------------------------------------------------------------------------------


def _row(reading: _Reading, say: Mapping[str, str]) -> dict[str, object]:
    pack, rule = reading.pack, reading.rule
    start, end = rule.in_force if rule else pack.in_force
    summary, consequence = rule.told(say["lang"]) if rule else (say["not_held"], None)
    if reading.held:
        start, end = max(start, pack.text_held[0]), min(end, pack.text_held[1])
    return {
        "id": pack.law if rule is None or rule.claims else f"{pack.law}-{rule.id}",
        "place": pack.place,
        "law": pack.law,
        "name": pack.name,
        "level": pack.level,
        "article": rule.article if rule else say["whole"],
        "summary": summary,
        "verdict": reading.verdict,
        "reasons": list(reading.reasons),
        "valid": written((start, end)),
        "consequence": consequence,
        "quote": rule.quote if rule else None,
        "claims": list(rule.claims) if rule else [],
    }


def written(span: Span) -> str:
    """A half-open span of days as norms are written, both ends included (2017-05-01/..); an unknown start is empty."""
    end = ".." if span[1] == HIGH else (date.fromisoformat(span[1]) - timedelta(1)).isoformat()
    return f"{'' if span[0] == LOW else span[0]}/{end}"


def _cited(reading: _Reading) -> str:
    return f"《{reading.pack.name}》{reading.rule.article if reading.rule else ''}"


def _remarks(readings: Iterable[_Reading]) -> Iterator[str]:
    for reading in readings:
        yield from (f"{_cited(reading)}: {text}" for text in (*reading.reasons, *reading.remarks))


def _wanted(readings: Iterable[_Reading], say: Mapping[str, str]) -> Iterator[str]:
    """Norms that prescribe the double post (it is ex officio, a class of its own) or encourage it."""
    for reading in readings:
        if reading.verdict == "required":
            yield say["ex_officio"].format(cited=_cited(reading))
        elif reading.verdict == "encouraged":
            yield say["wanted"].format(cited=_cited(reading))


_RANKS = {
    "province": ("省", "自治区", "特别行政区"),
    "city": ("市", "自治州", "地区", "盟"),
    "county": ("区", "县", "旗"),
}
_NO_UNITS = "小区", "社区", "园区", "片区", "村"
_VAGUE = frozenset(("", "亲属", "亲戚", "家属", "家人", "其他", "other", "不详"))
_COLLATERAL = frozenset("叔伯姑舅姨侄甥堂表")
_DEGREES: Mapping[str, str] = {
    word: degree
    for degree, words in {
        "配偶": "夫妻 丈夫 妻子",
        "父母": "父亲 母亲 父子 父女 母子 母女",
        "子女": "儿子 女儿",
        "兄弟姐妹": "兄弟 姐妹 兄妹 姐弟 哥哥 弟弟 姐姐 妹妹",
        "祖孙": "祖父母 外祖父母 孙子女 外孙子女 祖父 祖母 外祖父 外祖母 孙子 孙女 外孙 外孙女",
    }.items()
    for word in words.split()
}
"""Everyday words for the near kin of article 1045; kinship is symmetric here, so parent and child need no direction."""
