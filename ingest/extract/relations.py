"""Relations between named bodies, and statements about classes of them, by patterns over masked sentences."""


import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from govgraph.graph.vocabulary import vocabulary

from . import lexicon
from .dates import Date
from .document import Document, Passage
from .masks import Masked, compiled
from .mentions import LEVELS, Mention
from .verify import Collector, Span

_STOP = re.compile("[。；\n]")
_SINCE = re.compile("([\uf000-\uf3ff])(?:起|以来|开始)")
_NEGATED = re.compile("未|没有|不再|尚未|无法|难以")
_OPEN = re.compile("[“”《》（）]")
_NOT_THING = re.compile("^(?:的|和|与|了|在|一个|各项|相关|有关|上述|这|该|其)|落实$")


@dataclass(frozen=True)
class End:
    """One end of a relation: an entity by key, or a class by type."""

    type: str
    key: str | None
    words: str


def note(document: Document, index: int, masked: Masked, collector: Collector) -> None:
    """Note what one sentence says about how bodies stand to each other."""
    passage = document.passages[index]
    if passage.heading:
        return
    for rule in cast(Sequence[dict[str, object]], lexicon.table("relations")["patterns"]):
        for m in compiled(str(rule["pattern"])).finditer(masked.text):
            if not _NEGATED.search(m[0]):
                _Match(document, passage, masked, collector, rule, m).note()


@dataclass(frozen=True)
class _Match:
    document: Document
    passage: Passage
    masked: Masked
    collector: Collector
    rule: dict[str, object]
    m: re.Match[str]

    def note(self) -> None:
        subjects = list(self._subjects())
        if "makes" in self.rule and not any(end.key for end, _ in subjects):
            return  # whose it is stays open: nothing to tell
        for relation in cast(list[str], self.rule["relations"]):
            for object_ in list(self._objects()):
                for subject, inferred in subjects:
                    self._pair(subject, relation, object_, inferred)

    def _subjects(self) -> Iterator[tuple[End, bool]]:
        if self.rule.get("posts"):
            yield End("Post", None, self._plain("s")), False
            return
        found = [self._end(cast(Mention, a)) for a in self.masked.all("A", self.m["s"] or "")]
        yield from ((end, False) for end in found)
        if not found and "makes" in self.rule:
            implied = self._implied()
            if implied:
                yield implied, True

    def _implied(self) -> End | None:
        """Who acts where the clause does not say: the sentence's first named body, else what the document is about."""
        base = self.passage.sentence.start
        relation = cast(list[str], self.rule["relations"])[0]
        for mention in self.passage.mentions:
            before = mention.named and mention.end - base <= self.masked.at[self.m.start()]
            if before and vocabulary().allows(relation, mention.type, str(self.rule["makes"])):
                return self._end(mention)
        for name in reversed(self.document.about):
            for kind in LEVELS:
                key = self.collector.key(kind, name)
                if self.collector.has(key):
                    return End(kind, key, "")
        return None

    def _objects(self) -> Iterator[End]:
        if self.rule.get("posts"):
            yield End("Post", None, self._plain("o"))
            return
        if "t" in self.m.re.groupindex:
            yield from self._things()
            return
        if self.rule.get("makes"):
            for title in self.masked.all("P", self.m["o"]):
                yield from self._thing(str(title), self.m.start("o"), self.m.end("o"))
            return
        for a in self.masked.all("A", self.m["o"]):
            yield self._end(cast(Mention, a))

    def _things(self) -> Iterator[End]:
        text = self._plain("t")
        pieces = [text] if "list" not in self.rule else text.split(str(self.rule["list"]))
        for piece in pieces:
            if len(piece) >= 3 and not _NOT_THING.search(piece):
                yield from self._thing(piece, self.m.start("t"), self.m.end("t"))

    def _thing(self, name: str, start: int, end: int) -> Iterator[End]:
        """An entity that is called by words of the text: a document, an institution, an honour, a team."""
        if len(_OPEN.findall(name)) % 2:
            return
        kind = str(self.rule["makes"])
        base = self.passage.sentence.start
        at = self.passage.text.find(name, self.masked.at[start])
        if at < 0:
            return
        span = self.collector.clause(base + at, base + at + len(name))
        key = self.collector.entity(kind, name, span)
        if key:
            yield End(kind, key, name)

    def _end(self, mention: Mention) -> End:
        key = self.collector.key(mention.type, mention.name) if mention.named else None
        base = self.passage.sentence.start
        return End(mention.type, key, self.passage.text[mention.start - base : mention.end - base])

    def _pair(self, subject: End, relation: str, object_: End, inferred: bool) -> None:
        if not vocabulary().allows(relation, subject.type, object_.type):
            return
        span = self._span()
        if subject.key and object_.key:
            attributes: dict[str, object] = {}
            if inferred:
                attributes = {"basis": "document_scope" if not subject.words else "resolved", "subject_inferred": True}
            says = [object_.words, *([] if inferred else [subject.words])]
            since = self._since() if self.rule.get("dated") else None
            valid = f"{since.value}/.." if since else None
            if since:
                base = self.passage.sentence.start
                span = min(span[0], base + since.start), max(span[1], base + since.end)
            self.collector.relation(
                subject.key, relation, object_.key, span, says=says, attributes=attributes, valid=valid
            )
            if relation == "LOCATED_IN":
                self.collector.set_place(subject.key, object_.key)
        elif not self.rule.get("makes"):
            self._statement(subject, relation, object_, span)

    def _statement(self, subject: End, relation: str, object_: End, span: Span) -> None:
        claim: dict[str, object] = {"kind": "statement", "subject_type": subject.type, "relation": relation}
        claim |= {"object_type": object_.type, "strength": self._strength()}
        scope = {"place": self.document.about[-1]} if self.document.about else None
        named = {k: e.key for k, e in (("subject", subject), ("object", object_)) if e.key}
        words = {"subject_text": subject.words, "object_text": object_.words}
        claim |= {"scope": scope, "attributes": named | words}
        identity = (subject.type, relation, object_.type, subject.words, object_.words)
        self.collector.other(claim, identity, span, [subject.words, object_.words])

    def _since(self) -> Date | None:
        """From when, where the sentence says so before the end of the match: 2020年6月起."""
        found = list(_SINCE.finditer(self.masked.text, 0, self.m.end()))
        return cast(Date, self.masked.items[found[-1][1]]) if found else None

    def _strength(self) -> str:
        text = self.masked.text
        before = [s.end() for s in _STOP.finditer(text, 0, self.m.start())]
        clause = text[before[-1] if before else 0 : self.m.end()]
        tables = cast(dict[str, list[str]], lexicon.table("relations")["strength"])
        return next((k for k, words in tables.items() if any(w in clause for w in words)), "practised")

    def _span(self) -> Span:
        base, at = self.passage.sentence.start, self.masked.at
        return self.collector.clause(base + at[self.m.start()], base + at[self.m.end()])

    def _plain(self, group: str) -> str:
        low, high = self.m.span(group)
        return self.passage.text[self.masked.at[low] : self.masked.at[high]]
