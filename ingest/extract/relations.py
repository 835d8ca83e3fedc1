"""Relations between named bodies, and statements about classes of them, by patterns over masked sentences.

The patterns are data: data/relations.yaml for what named bodies do and make, data/statements.yaml for rules about classes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
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
_FROM_TO = re.compile("自([\uf000-\uf3ff])起?(?:至|到)[\uf000-\uf3ff]")
_UNTIL = re.compile("起?(?:至|到)([\uf000-\uf3ff])")
_NEGATED = re.compile("未(?!纳入|列入)|没有|不再|尚未|无法|难以")
_OPEN = re.compile("[“”《》（）]")
_SIGNS = re.compile("[\ue000-\ue7ff]?[\ue800-\uebff]|[\ue000-\ue7ff\uec00-\uefff]")
_PLAIN_WORDS = re.compile(
    "^(?:[^，。；“”]{1,8}的(?=“)|(?:稳定|完善|健全|规范|科学|长效|一套)的|“[^“”]*，[^“”]*”(?=[\u4e00-\u9fff]{6}))"
)
_WITH = re.compile("(?:联合|会同|、|和|与)$")
_WHERE = re.compile("在[^，。；\ue000-\ue3ff]{0,12}$")
_WIDER = re.compile("^.*?(?:辖区|各|所有)")
_NICKNAME = re.compile("(?:（以下简称)?(“[^“”]{2,14}”)(?!的)")
Rule = Mapping[str, object]


@cache
def rules() -> Sequence[Rule]:
    """All patterns, in the order of the data files."""
    return [
        rule for name in ("relations", "statements") for rule in cast(Sequence[Rule], lexicon.table(name)["patterns"])
    ]


@cache
def _index() -> tuple[Mapping[str, Sequence[tuple[str, Sequence[int]]]], Sequence[int]]:
    """By first character the words of which a sentence must hold one, each with its rules; and the rules without."""
    by_word: dict[str, list[int]] = {}
    always: list[int] = []
    for number, rule in enumerate(rules()):
        words = cast(Sequence[str], rule.get("words", ()))
        for word in words:
            by_word.setdefault(word, []).append(number)
        if not words:
            always.append(number)
    found: dict[str, list[tuple[str, Sequence[int]]]] = {}
    for word, numbers in sorted(by_word.items()):
        found.setdefault(word[0], []).append((word, numbers))
    return found, always


def note(document: Document, index: int, masked: Masked, collector: Collector) -> None:
    """Note what one sentence says about how bodies stand to each other."""
    passage = document.passages[index]
    if passage.heading:
        return
    by_word, always = _index()
    wanted = set(always)
    for c in set(passage.text):
        for word, numbers in by_word.get(c, ()):
            if word in passage.text:
                wanted.update(numbers)
    for rule in (rules()[number] for number in sorted(wanted)):
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
        if self.rule.get("scoped") and not any(end.seat for end in acting):
            return
        things = [e for e in self._objects(acting) if self._wanted("o", e)]
        acting = [e for e in acting if self._wanted("s", e)]
        for relation in cast(list[str], self.rule.get("relations", [])):
            for object_ in things:
                for subject in acting:
                    self._pair(subject, relation, object_)
        answers = self.rule.get("back_if") is None or bool(self.m[str(self.rule["back_if"])])
        for relation in cast(list[str], self.rule.get("back", [])) if answers else []:
            for object_ in things:
                for subject in acting:
                    self._pair(object_, relation, subject)

    def _wanted(self, side: str, end: End) -> bool:
        """Whether an end has a type that the rule takes, and no class that it leaves out."""
        types = cast(Sequence[str], self.rule.get(f"{side}_types", ()))
        without = cast(Sequence[str], self.rule.get(f"not_{side}", ()))
        return (not types or end.type in types) and (bool(end.key) or end.type not in without)

    def _chain(self) -> None:
        """街道—社区—站点: each is subordinate to the one before it."""
        ends = [last for part in self._parts("chain") for last in list(self._within(*part))[-1:]]
        for relation in cast(list[str], self.rule["relations"]):
            for above, below in pairwise(ends):
                self._pair(below, relation, above)

    def _subjects(self) -> Iterator[End]:
        given = self.m.re.groupindex
        if "s_is" in self.rule:
            yield End(str(self.rule["s_is"]), None, self._plain("s") if "s" in given else "")
            return
        found = list(self._ends("s")) if "s" in given and self.m["s"] else []
        if "makes" in self.rule and found and not any(end.key for end in found) and "verb" in given:
            found = []  # a class further off
        before = self.masked.text[: self.m.start("s")] if "s" in given else ""
        if self.rule.get("alone") and (_WITH.search(before) or _WHERE.search(before)):
            return
        yield from found
        if found or not ("makes" in self.rule or self.rule.get("from") == "clause"):
            return
        at = self.m.start("verb" if "verb" in given else 0)
        who = subjects.acting(self.document, self.index, self.masked, at, bool(self.rule.get("bodies")))
        if who and "makes" not in self.rule and not who.here:
            return
        end = subjects.known(self.collector, who) if who else None
        if end:
            yield end

    def _objects(self, acting: Sequence[End]) -> Iterator[End]:
        given = self.m.re.groupindex
        if "o_is" in self.rule:
            yield End(str(self.rule["o_is"]), None, self._plain("o") if "o" in given else "")
        elif "t" in given:
            yield from self._things(next((e.seat for e in acting if e.seat), None) if self.rule.get("scoped") else None)
        elif self.rule.get("makes"):
            for title in self.masked.all("P", self.m["o"]):
                yield from self._thing(str(title), self.m.start("o"), self.m.end("o"), self._nickname(str(title)))
        elif "o_near" in self.rule:
            yield from self._near(str(self.rule["o_near"]))
        elif "o_headline" in self.rule:
            yield from self._headline(str(self.rule["o_headline"]))
        elif self.rule.get("o_host"):
            yield from self._hosts()
        else:
            yield from self._ends("o")

    def _near(self, kind: str) -> Iterator[End]:
        """The one place of a kind that the sentence has named so far: where a firm is hired."""
        before = self.passage.sentence.start + self.masked.at[self.m.start()]
        mentions = (n for m in self.passage.mentions if m.named and m.end <= before for n in [m, *m.up()])
        named = {m.name: m for m in mentions if m.type == kind}
        if len(named) == 1:
            end = subjects.end_of(self.collector, self.passage, *named.values())
            yield replace(end, inferred=True, basis="resolved")

    def _headline(self, kind: str) -> Iterator[End]:
        """The one place of a kind that the first line names: what an announcement is about."""
        named = {m.name: m for m in self.document.passages[0].mentions if m.named and m.type == kind}
        if len(named) == 1:
            end = subjects.end_of(self.collector, self.document.passages[0], *named.values())
            yield replace(end, inferred=True, basis="document_scope")

    def _hosts(self) -> Iterator[End]:
        """The place in or before the subject's name: 青石街道“…”服务队."""
        group = "by" if "by" in self.m.re.groupindex else "s"
        for mention in cast(list[Mention], self.masked.all("A", self.m[group])):
            above = [mention, *mention.up()] if group == "by" else mention.up()
            place = next((m for m in above if m.is_place and m.named), None)
            if place:
                end = subjects.end_of(self.collector, self.passage, place)
                yield replace(end, inferred=True, basis="resolved") if mention.basis != "stated" else end

    def _ends(self, group: str) -> Iterator[End]:
        """The bodies, people and posts in a group; a later word of a list may say what the earlier ones are."""
        yield from self._within(self.m[group] or "", self.m.start(group))

    def _parts(self, group: str) -> Iterator[tuple[str, int]]:
        """The links of a chain A—B（C）—D, without what stands in brackets."""
        for part in re.finditer("[^—]+", self.m[group]):
            yield re.sub("（.*?）", lambda b: "·" * len(b[0]), part[0]), self.m.start(group) + part.start()

    def _within(self, text: str, shift: int) -> Iterator[End]:
        found: list[End] = []
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

    def _things(self, scope: str | None) -> Iterator[End]:
        types = cast(Sequence[str], self.rule.get("t_types", ()))
        if types and not any(cast(Mention, a).type in types for a in self.masked.all("A", self.m["t"])):
            return
        text = self._plain("t")
        pieces = [text] if "list" not in self.rule else text.split(str(self.rule["list"]))
        for piece in pieces:
            if len(piece) >= 3 and not _not_thing().search(piece):
                piece = _PLAIN_WORDS.sub("", piece)
                yield from self._thing(piece, self.m.start("t"), self.m.end("t"), scope=scope)

    def _nickname(self, title: str) -> list[str]:
        """《…方案》“1+3文件”: what the document is called for short."""
        at = self.passage.text.find(title) + len(title)
        m = _NICKNAME.match(self.passage.text, at)
        return [m[1]] if m else []

    def _thing(
        self, name: str, start: int, end: int, also: Sequence[str] = (), scope: str | None = None
    ) -> Iterator[End]:
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
        also = [*also, *(_short_names(name) if kind != "Policy" else ())]
        full = about + name
        if scope:  # one of many that are called so
            full, says, attributes = f"{name}（{scope}）", [name], {"name_basis": "described"}
        key = self.collector.entity(
            kind, full, span, says=says, attributes=attributes, aliases=[name, *also] if about else also
        )
        if key:
            yield End(kind, key, name)

    def _pair(self, subject: End, relation: str, object_: End) -> None:
        if not vocabulary().allows(relation, subject.type, object_.type) or subject == object_:
            return
        span = self._span()
        span = min([span[0], *(e.start for e in (subject, object_) if e.start is not None)]), span[1]
        both = subject.key and object_.key
        if both and not self._only("statement"):
            self._relation(subject, relation, object_, span)
        if subject.counted or object_.counted:
            return
        told = subject.place and object_.place  # by class words, so that the sentence reads as a rule as well
        if not (self.rule.get("makes") or self._only("relation")) and (not both or told or self._only("statement")):
            self._statement(subject, relation, object_, span)

    def _only(self, kind: str) -> bool:
        return self.rule.get("only") == kind

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
        until = self._until() if since else None
        valid = (f"{since.value}/{until.value}" if until else f"{since.value}/..") if since else None
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
        apart = claim["strength"] if claim["strength"] in ("exploratory", "forbidden") else ""
        identity = (subject.type, relation, object_.type, *ends, apart)
        says = [e.words for e in (subject, object_) if not e.inferred]
        self.collector.other(claim, identity, span, says)

    def _since(self) -> Date | None:
        """From when, where the sentence says so before the end of the match: 2020年6月起."""
        found = list(_SINCE.finditer(self.masked.text, 0, self.m.end()))
        found = found or list(_FROM_TO.finditer(self.masked.text, 0, self.m.end()))
        return cast(Date, self.masked.items[found[-1][1]]) if found else None

    def _until(self) -> Date | None:
        m = _UNTIL.search(self.masked.text, 0, self.m.end())
        return cast(Date, self.masked.items[m[1]]) if m else None

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


def _short_names(name: str) -> list[str]:
    """What stands in quotation marks, if that is a name of its own, and the last noun phrase."""
    quoted = re.search("“([^“”，、]{4,12})”", name)
    tail = re.search("的([^的“”]{5,12})$", name)
    return [m[1] for m in (quoted, tail) if m and m[1] != name]


@cache
def _not_thing() -> re.Pattern[str]:
    return re.compile(str(lexicon.table("relations")["not_things"]))
