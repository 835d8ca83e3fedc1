"""Who acts in a clause, where the clause itself may not say it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .document import Document, Passage
from .masks import Masked
from .mentions import LEVELS, Mention
from .verify import Collector

_CLAUSES = re.compile("[，；：]")
_LEAD = re.compile(
    "(?:[\uf000-\uf3ff]|近年来|目前|如今|同时|此外|其中|例如|比如|譬如|如|像|由|此|特别|为此|去年|今年|当前|据悉|据了解|近日|日前|"
    "各|该|全体|所有|[一二三四五]是|第[一二三四五]|首先|其次|再次|截至|[ “、]|在[^\ue000-\uf8ff，]{0,12}(?:下|中|上|后|时|方面))*"
)
_NOT_SUBJECT = re.compile("(?:对|为|给|在|向|将|把|与|同|以|从|让|使|被|受|按|因|用|到|于|内|的)$")
_COUNTED = re.compile(r"(?:\d|[一二三四五六七八九十百])(?:余|多)?[个名家户支]$|(?:各|每个|由)$")
_NUMBER = re.compile(r"(?<!至少设置)(?<!至少)(?<!不少于)(?<!\d)\d[\d,.]*万?(?:余|多)?[个家支户名]$")
_NUMBERED = re.compile(r"\d[\d,.]*(?:余|多)?[个家支户]")
_SMALL = frozenset({"Compound", "Community", "ResidentsGroup", "Area"})
_BODY = re.compile("[\ue000-\ue3ff]")


@dataclass(frozen=True)
class End:
    """One end of a relation: an entity by key, or a class by type."""

    type: str
    key: str | None
    words: str
    basis: str = "stated"
    inferred: bool = False  # not in the clause
    level: bool = False  # a class of places
    place: str | None = None  # where a body lies that was told by its class word
    start: int | None = None  # where it stands in the document, if outside the match
    seat: str | None = None  # the nearest place, or itself
    counted: bool = False  # a number stands before or after it: a figure, no rule


def end_of(collector: Collector, passage: Passage, mention: Mention) -> End:
    """The end that a mention in the clause is."""
    key = collector.key(mention.type, mention.name) if mention.named else None
    base = passage.sentence.start
    words = passage.text[mention.start - base : mention.end - base]
    told = mention.basis != "stated" and mention.host is not None and mention.host.type in _SMALL
    place = mention.host.name if told and mention.host else None
    before, after = passage.text[: mention.start - base], passage.text[mention.end - base :]
    counted = not mention.named and bool(_NUMBER.search(before) or _NUMBERED.match(after))
    seat = next((m.name for m in [mention, *mention.up()] if m.is_place and m.named), None)
    return End(mention.type, key, words, mention.basis, level=mention.is_place, place=place, seat=seat, counted=counted)


@dataclass(frozen=True)
class Acting:
    """A named mention, or the name of the place the document is about, that acts in a clause."""

    mention: Mention | None
    name: str
    basis: str
    passage: Passage
    here: bool = False  # in the sentence itself


def acting(document: Document, index: int, masked: Masked, at: int, bodies: bool = False) -> Acting | None:
    """Who acts at a position of a masked sentence: the subject of its clause, of the clauses before it, or of the
    paragraph; at last the place that the document is about. `bodies`: a body of a compound, told by its class word, too.
    """
    passage = document.passages[index]
    for mention in _subjects(masked, at):
        if not bodies and mention.basis != "stated" and mention.host and mention.host.type in _SMALL:
            continue
        return Acting(mention, mention.name, mention.basis, passage, True)
    for back in document.before(index, 3):
        if back.paragraph != passage.paragraph:
            break
        first = next((m for m in back.mentions if m.named and m.first - back.sentence.start <= 12), None)
        if first and (first.is_place or first.type == "PartyDepartment"):
            lowest = _chain_end(back, first)
            return Acting(lowest, lowest.name, "resolved", back)
    if document.about:
        return Acting(None, document.about[-1], "document_scope", passage)
    return None


def _chain_end(passage: Passage, first: Mention) -> Mention:
    """青溪区 in 青溪区兰亭街道: the last of the chain that begins with it."""
    return next((m for m in reversed(passage.mentions) if m.named and m.first == first.first), first)


def _subjects(masked: Masked, at: int) -> Iterator[Mention]:
    """The subject of the clause at a position, and of those before it in the sentence, nearest first."""
    text = masked.text
    stops = [0, *(m.end() for m in _CLAUSES.finditer(text, 0, at))]
    ends = [*stops[1:], at + 1]
    for low, high in zip(reversed(stops), reversed(ends), strict=True):
        high = min(high, at)
        lead = _LEAD.match(text, low)
        body = _BODY.match(text, lead.end() if lead else low)
        if body and body.start() < high:
            item = masked.items[body[0]]
            if isinstance(item, Mention):
                yield item
                continue
        own = high == at
        inner = [b for b in _BODY.finditer(text, low, high) if not _NOT_SUBJECT.search(text[low : b.start()])]
        first = inner[0] if inner else None
        if (
            first
            and isinstance(item := masked.items[first[0]], Mention)
            and (item.named or own)
            and not _is_object(text, first)
        ):
            yield item


def _is_object(text: str, sign: re.Match[str]) -> bool:
    """Whether a verb stands directly before it: 获评青溪区…."""
    return bool(
        re.search(r"[\u4e00-\u9fff、]$", text[max(0, sign.start() - 1) : sign.start()])
    ) and not _COUNTED.search(text[: sign.start()])


def known(collector: Collector, who: Acting) -> End | None:
    """The end that an acting body is, if it was noted as an entity."""
    if who.mention:
        end = end_of(collector, who.passage, who.mention)
        if end.key and not collector.has(end.key):
            return None
        if who.here:
            return replace(end, basis=who.basis, start=who.mention.start)
        return replace(end, basis="resolved", inferred=True)
    for kind in LEVELS:
        key = collector.key(kind, who.name)
        if collector.has(key):
            return End(kind, key, "", "document_scope", True)
    return None
