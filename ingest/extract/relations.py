"""Relations between named bodies, and statements about classes of them, by patterns over masked sentences.

The patterns are data: data/relations.yaml for what named bodies do and make, data/statements.yaml for rules about classes.
"""


import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

from govgraph.graph.vocabulary import vocabulary

from . import lexicon, subjects
from .dates import Date
from .document import Document, Passage, Role
from .masks import Masked, compiled
from .mentions import Mention
from .persons import Person
from .subjects import End
from .verify import Collector, Span

_STOP = re.compile("[。；\n]")
_SINCE = re.compile("([\uf000-\uf3ff])(?:起|以来|开始)")
_NEGATED = re.compile("未(?!纳入|列入)|没有|不再|尚未|无法|难以")
_OPEN = re.compile("[“”《》（）]")
_SIGNS = re.compile("[\ue000-\ue7ff]?[\ue800-\uebff]|[\ue000-\ue7ff\uec00-\uefff]")
_WIDER = re.compile("^.*?(?:辖区|各|所有)")
_NICKNAME = re.compile("(?:（以下简称)?(“[^“”]{2,14}”)(?!的)")
Rule = Mapping[str, object]


@cache
def rules() -> Sequence[Rule]:
    """All patterns, in the order of the data files."""
    return [
        rule
        for name in ("relations", "statements")
        for rule in cast(Sequence[Rule], lexicon.table(name)["patterns"])
    ]


def note(document: Document, index: int, masked: Masked, collector: Collector) -> None:
    """Note what one sentence says about how bodies stand to each other."""
    passage = document.passages[index]
    if passage.heading:
        return
    for rule in rules():
        on = cast(Sequence[str], rule.get("on", ()))
        if on and not any(word in masked.text for word in on):
            continue
        for m in compiled(str(rule["pattern"])).finditer(masked.text):
            if not _NEGATED.search(m[0]):
                _Match(document, index, masked, collector, rule, m).note()


@dataclass(frozen=True)
class _Match:
    document: Document
    index: int
    masked: Masked
    collector: Collector
    rule: Rule
    m: re.Match[str]

    @property
    def passage(self) -> Passage:
        return self.document.passages[self.index]

    def note(self) -> None:
        if "chain" in self.m.re.groupindex:
            self._chain()
            return
        acting = list(self._subjects())
        if "makes" in self.rule and not any(end.key for end in acting):
            return  # whose it is stays open: nothing to tell
        things = [e for e in self._objects() if self._wanted("o_types", e)]
        acting = [e for e in acting if self._wanted("s_types", e)]
        for relation in cast(list[str], self.rule.get("relations", [])):
            for object_ in things:
                for subject in acting:
                    self._pair(subject, relation, object_)
        for relation in cast(list[str], self.rule.get("back", [])):
            for object_ in things:
                for subject in acting:
                    self._pair(object_, relation, subject)

    def _wanted(self, key: str, end: End) -> bool:
        types = cast(Sequence[str], self.rule.get(key, ()))
        return not types or end.type in types

    def _chain(self) -> None:
        """街道—社区—站点: each is subordinate to the one before it."""
        ends = list(self._ends("chain"))
        for relation in cast(list[str], self.rule["relations"]):
            for above, below in zip(ends, ends[1:], strict=False):
                self._pair(below, relation, above)

    def _subjects(self) -> Iterator[End]:
        given = self.m.re.groupindex
        if "s_is" in self.rule:
            yield End(str(self.rule["s_is"]), None, self._plain("s") if "s" in given else "")
            return
        found = list(self._ends("s")) if "s" in given and self.m["s"] else []
        yield from found
        if found or not ("makes" in self.rule or self.rule.get("from") == "clause"):
            return
        at = self.m.start("verb" if "verb" in given else 0)
        who = subjects.acting(self.document, self.index, self.masked, at)
        end = subjects.known(self.collector, who) if who else None
        if end:
            yield end

    def _objects(self) -> Iterator[End]:
        given = self.m.re.groupindex
        if "o_is" in self.rule:
            yield End(str(self.rule["o_is"]), None, self._plain("o") if "o" in given else "")
        elif "t" in given:
            yield from self._things()
        elif self.rule.get("makes"):
            for title in self.masked.all("P", self.m["o"]):
                yield from self._thing(str(title), self.m.start("o"), self.m.end("o"), self._nickname(str(title)))
        else:
            yield from self._ends("o")

    def _ends(self, group: str) -> Iterator[End]:
        """The bodies, people and posts in a group; a later word of a list may say what the earlier ones are."""
        found: list[End] = []
        text, shift = self.m[group] or "", self.m.start(group)
        for sign in _SIGNS.finditer(text):
            item = self.masked.items[sign[0][-1]]
            if isinstance(item, Role):
                low, high = self.masked.at[shift + sign.start()], self.masked.at[shift + sign.end()]
                found.append(End("Post", None, self.passage.text[low:high]))
            elif isinstance(item, Person):
                found.append(End("Person", self.collector.key("Person", item.name), item.name))
            elif isinstance(item, Mention):
                found.append(subjects.end_of(self.collector, self.passage, item))
        if found and found[-1].type == "PartyOrg" and not found[-1].key:
            found = [End("PartyOrg", None, e.words) if e.level and not e.key else e for e in found]
        metonymy = cast(Mapping[str, str], self.rule.get("as", {}))
        yield from (End(metonymy[e.type], None, e.words) if e.type in metonymy and not e.key else e for e in found)

    def _things(self) -> Iterator[End]:
        types = cast(Sequence[str], self.rule.get("t_types", ()))
        if types and not any(cast(Mention, a).type in types for a in self.masked.all("A", self.m["t"])):
            return
        text = self._plain("t")
        pieces = [text] if "list" not in self.rule else text.split(str(self.rule["list"]))
        for piece in pieces:
            if len(piece) >= 3 and not _not_thing().search(piece):
                yield from self._thing(piece, self.m.start("t"), self.m.end("t"))

    def _nickname(self, title: str) -> list[str]:
        """《…方案》“1+3文件”: what the document is called for short."""
        at = self.passage.text.find(title) + len(title)
        m = _NICKNAME.match(self.passage.text, at)
        return [m[1]] if m else []

    def _thing(self, name: str, start: int, end: int, also: Sequence[str] = ()) -> Iterator[End]:
        """An entity that is called by words of the text: a document, an institution, an honour, a team."""
        if len(_OPEN.findall(name)) % 2:
            return
        kind = str(self.rule["makes"])
        base = self.passage.sentence.start
        at = self.passage.text.find(name, self.masked.at[start])
        if at < 0:
            return
        span = self.collector.clause(base + at, base + at + len(name))
        about = self._plain("about") if "about" in self.m.re.groupindex and self.m["about"] else ""
        attributes = {"name_basis": "normalised"} if about else {}
        says = [name, about] if about else None
        if about:
            low = base + self.masked.at[self.m.start("about")]
            span = self.collector.clause(low, base + at + len(name))
        key = self.collector.entity(
            kind, about + name, span, says=says, attributes=attributes, aliases=[name, *also] if about else also
        )
        if key:
            yield End(kind, key, name)

    def _pair(self, subject: End, relation: str, object_: End) -> None:
        if not vocabulary().allows(relation, subject.type, object_.type) or subject == object_:
            return
        span = self._span()
        span = min([span[0], *(e.start for e in (subject, object_) if e.start is not None)]), span[1]
        both = subject.key and object_.key
        if both and self.rule.get("only") != "statement":
            self._relation(subject, relation, object_, span)
        if not self.rule.get("makes") and (not both or "resolved" in (subject.basis, object_.basis)):
            self._statement(subject, relation, object_, span)

    def _relation(self, subject: End, relation: str, object_: End, span: Span) -> None:
        assert subject.key and object_.key
        attributes: dict[str, object] = dict(cast(Mapping[str, object], self.rule.get("attributes", {})))
        basis = max((e.basis for e in (subject, object_)), key=("stated", "resolved", "document_scope").index)
        if basis != "stated":
            attributes["basis"] = basis
        if subject.inferred:
            attributes["subject_inferred"] = True
        says = [e.words for e in (object_, subject) if not e.inferred]
        since = self._since() if self.rule.get("dated") else None
        valid = f"{since.value}/.." if since else None
        if since:
            base = self.passage.sentence.start
            span = min(span[0], base + since.start), max(span[1], base + since.end)
        self.collector.relation(subject.key, relation, object_.key, span, says=says, attributes=attributes, valid=valid)
        if relation == "LOCATED_IN":
            self.collector.set_place(subject.key, object_.key)

    def _statement(self, subject: End, relation: str, object_: End, span: Span) -> None:
        claim: dict[str, object] = {"kind": "statement", "subject_type": subject.type, "relation": relation}
        claim |= {"object_type": object_.type, "strength": self._strength()}
        place = next((e.place for e in (subject, object_) if e.place), None)
        place = place or (self.document.about[-1] if self.document.about else None)
        named = {k: e.key for k, e in (("subject", subject), ("object", object_)) if e.key}
        words = {"subject_text": subject.words, "object_text": object_.words}
        inferred: dict[str, object] = {"subject_inferred": True} if subject.inferred else {}
        more = dict(cast(Mapping[str, object], self.rule.get("attributes", {})))
        claim |= {"scope": {"place": place} if place else None}
        claim |= {"attributes": {k: v for k, v in (named | words | inferred | more).items() if v}}
        ends = [_WIDER.sub("", e.words) for e in (subject, object_)]
        identity = (subject.type, relation, object_.type, *ends, claim["strength"])
        says = [e.words for e in (subject, object_) if not e.inferred]
        self.collector.other(claim, identity, span, says)

    def _since(self) -> Date | None:
        """From when, where the sentence says so before the end of the match: 2020年6月起."""
        found = list(_SINCE.finditer(self.masked.text, 0, self.m.end()))
        return cast(Date, self.masked.items[found[-1][1]]) if found else None

    def _strength(self) -> str:
        if "strength" in self.rule:
            return str(self.rule["strength"])
        text = self.masked.text
        before = [s.end() for s in _STOP.finditer(text, 0, self.m.start())]
        after = re.compile("[，。；\n]|$").search(text, self.m.end())
        clause = text[before[-1] if before else 0 : after.start() if after else len(text)]
        tables = cast(dict[str, list[str]], lexicon.table("relations")["strength"])
        return next((k for k, words in tables.items() if any(w in clause for w in words)), "practised")

    def _span(self) -> Span:
        base, at = self.passage.sentence.start, self.masked.at
        return self.collector.clause(base + at[self.m.start()], base + at[self.m.end()])

    def _plain(self, group: str) -> str:
        low, high = self.m.span(group)
        return self.passage.text[self.masked.at[low] : self.masked.at[high]]


@cache
def _not_thing() -> re.Pattern[str]:
    return re.compile(str(lexicon.table("relations")["not_things"]))
