"""Who holds which post: patterns over masked sentences, and the body a post belongs to where it is only implied."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from govgraph.graph.vocabulary import vocabulary

from . import dates, lexicon
from .dates import Date
from .document import Document, Role
from .masks import Masked, compiled
from .mentions import Mention
from .persons import Person

# what a class mention belongs to, so that it can be named after it: 社区党委 after the community
_HOSTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "PartyOrg": {
        "党委": ("Community", "SubDistrict"),
        "党工委": ("SubDistrict",),
        "党总支": ("Community", "Compound"),
        "党支部": ("ResidentsGroup", "Compound", "Community"),
        "支部": ("ResidentsGroup", "Compound", "Community"),
    },
    "OwnersCommittee": {"": ("Compound",)},
    "OwnersSupervisoryBoard": {"": ("Compound",)},
    "CompoundManagementCommittee": {"": ("Compound",)},
    "ResidentsCommittee": {"": ("Community",)},
    "ResidentsGroup": {"": ()},
    "ServiceStation": {"": ("Community", "Compound")},
    "JointStockCompany": {"": ("ResidentsGroup", "Community")},
    "Government": {"": ("SubDistrict",)},
}
_HOST_WORDS = {"社区": "Community", "小区": "Compound", "居民小组": "ResidentsGroup", "街道": "SubDistrict"}
_HOST_WORDS |= {"镇": "SubDistrict", "乡": "SubDistrict", "区委": "District", "县": "District", "市": "City"}
_POST = re.compile("([\ue000-\ue3ff])?([\ue800-\uebff])")
_FULL_TERM = re.compile("任期(?:自|从|为|：|是)*([\uf000-\uf3ff])(?:起|开始)?(?:至|到|—|-|~|－|止)+([\uf000-\uf3ff])")
_SPAN_BEFORE = re.compile("([\uf000-\uf3ff])(?:起)?(?:至|到|—|-|~)([\uf000-\uf3ff])[，]?$")
_OPEN_TERM = re.compile("(?:自|从)?([\uf000-\uf3ff])(?:起|以来|开始|至今)[^。；]{0,12}$")
_BODY_WORD = re.compile(
    "党支部|支部|党总支|党委|党工委|业委会|业主委员会|居委会|居民委员会|居民小组|股份合作公司|小区管理委员会|物业管理指导委员会"
)
_UNTIL = re.compile("任期(?:至|到)([\uf000-\uf3ff])")
_TERM_OF_ALL = re.compile("本届[^。；]{0,16}任期")
_DECIDES = re.compile("研究决定|决定如下|选举产生|表决通过|会议决定")
_LAST_DATE = re.compile("([\uf000-\uf3ff])[^\uf000-\uf3ff。；]*$")


@dataclass(frozen=True)
class Body:
    """The organisation of a post: a mention, or a name made from a host and the class word."""

    type: str
    name: str
    start: int  # in the document
    end: int
    says: tuple[str, ...]
    basis: str
    mention: Mention | None = None
    host: Mention | None = None


@dataclass(frozen=True)
class Post:
    """A finding: the clean span says that the person holds the role in the body."""

    person: str
    role: str
    written: str
    body: Body
    start: int
    end: int
    manner: str | None
    valid: str | None
    valid_text: str | None
    observed: str | None
    pattern: str
    sender: Mention | None = None
    term: tuple[int, int] | None = None  # where else the document says from when to when


def find(document: Document, index: int, masked: Masked) -> Iterator[Post]:
    """The posts that one sentence states."""
    passage = document.passages[index]
    if not passage.roles or not (passage.persons) or passage.heading:
        return
    for rule in cast(Sequence[dict[str, object]], lexicon.table("posts")["patterns"]):
        for m in compiled(str(rule["pattern"])).finditer(masked.text):
            if _planned(masked, m):
                continue
            yield from _Reading(document, index, masked, rule, m).posts()


def _planned(masked: Masked, m: re.Match[str]) -> bool:
    """Whether the clause speaks of candidates or of rules, not of what is."""
    start = max(masked.text.rfind(stop, 0, m.start()) for stop in "，。；\n") + 1
    end = re.compile("[，。；\n]|$").search(masked.text, m.end())
    clause = masked.text[start : end.start() if end else len(masked.text)]
    return any(word in clause for word in lexicon.words("posts", "not_facts"))


class _Reading:
    def __init__(
        self, document: Document, index: int, masked: Masked, rule: dict[str, object], m: re.Match[str]
    ) -> None:
        self.document, self.index, self.masked, self.rule, self.m = document, index, masked, rule, m
        self.passage = document.passages[index]
        self.base = self.passage.sentence.start

    def posts(self) -> Iterator[Post]:
        people = cast(list[Person], self.masked.all("N", self.m["names"]))
        found = list(self._posts())
        if "分别" in self.m[0] and len(people) == len(found) > 1:
            pairs = list(zip(people, found, strict=True))
        else:
            pairs = [(person, post) for post in found for person in people]
        for person, (role, body, start, end) in pairs:
            yield self._post(person, role, body, start, end)

    def _posts(self) -> Iterator[tuple[Role, Body, int, int]]:
        """Role, body and span of the post in the masked text. A body holds for the posts after it that name none."""
        each = self.rule.get("each")
        found = compiled(str(each)).finditer(self.m.string, *self.m.span()) if each else [self.m]
        parts = [(m["posts"], m.start("posts")) for m in found]
        last: Body | None = None
        for text, at in parts:
            for p in _POST.finditer(text):
                role = cast(Role, self.masked.items[p[2]])
                body = self._body(cast("Mention | None", self.masked.items[p[1]] if p[1] else None), role, last)
                if body:
                    yield role, body, at + p.start(), at + p.end()
                    last = body

    def _body(self, mention: Mention | None, role: Role, last: Body | None) -> Body | None:
        if mention and mention.named:
            return _named(mention) if mention.type in lexicon.roles()[role.word] else None
        if mention:
            return self._of_class(mention, role)
        if last and last.type in lexicon.roles()[role.word]:
            return Body(last.type, last.name, last.start, last.end, last.says, last.basis, last.mention, last.host)
        return self._nearest(role)

    def _of_class(self, mention: Mention, role: Role) -> Body | None:
        """社区党委 in a sentence about one community: the body of that name, or one named after its host."""
        if mention.type not in lexicon.roles()[role.word]:
            return None
        wanted = [t for word, t in _HOST_WORDS.items() if word in mention.core]
        for there in self._around():
            if there.type == mention.type and _same_kind(there, mention, wanted):
                return _named(there, "resolved")
        by_ending: Mapping[str, tuple[str, ...]] = _HOSTS.get(mention.type, {})
        hosts = next((h for end, h in by_ending.items() if mention.ending.endswith(end)), ())
        for there in self._around():
            if there.type in hosts and (not wanted or there.type in wanted):
                return _composed(there, mention)
        return None

    def _nearest(self, role: Role) -> Body | None:
        """A post without a body: the last body before it that has such a post, or the one that its class word means."""
        here = self.base + role.start
        own = [m for m in self.passage.mentions if m.end <= here]
        before = [m for p in self.document.before(self.index, 8) for m in reversed(p.mentions)]
        for there in [*reversed(own), *before]:
            if there.type in lexicon.roles()[role.word] and not there.is_place:
                if not there.named:
                    return self._of_class(there, role)
                return _named(there, "resolved")
        return None

    def _around(self) -> Iterator[Mention]:
        """Named mentions up to the post, nearest first, each with what stands above it; then after it; then earlier."""
        end = self.base + self.masked.at[self.m.end()]
        own = [m for m in self.passage.mentions if m.named]
        near = [*reversed([m for m in own if m.end <= end]), *[m for m in own if m.end > end]]
        for m in near:
            yield m
            yield from m.up()
        for passage in [*self.document.before(self.index, 2), *self.document.passages[: min(2, self.index)]]:
            for m in reversed(passage.mentions):
                if m.named:
                    yield m
                    yield from m.up()

    def _post(self, person: Person, role: Role, body: Body, start: int, end: int) -> Post:
        canonical = vocabulary().canonical_role(_with_body(role.word, body), body.type, subtype(body.type, body.name))
        canonical = canonical or vocabulary().canonical_role(role.word, body.type, subtype(body.type, body.name))
        valid, said, observed = self._when(start, end)
        term = self._term_of_all() if self.rule["id"] == "list" else None
        if term:
            valid, said, observed = term[0], term[1], None
        at = self.masked.at
        low = min(self.base + at[start], self.base + person.start)
        high = max(self.base + at[end], self.base + person.end)
        for date in self.passage.dates:  # the quote holds the day it is about
            if date.value in re.split("/", f"{valid}/{observed}"):
                low, high = min(low, self.base + date.start), max(high, self.base + date.end)
        return Post(
            person.name,
            canonical or role.word,
            role.word,
            body,
            low,
            high,
            self._manner(start, role),
            valid,
            said,
            observed,
            str(self.rule["id"]),
            self._sender() if self.rule.get("manner") == "dispatched" else None,
            term[2] if term else None,
        )

    def _term_of_all(self) -> tuple[str, str, tuple[int, int]] | None:
        """The term of everyone on a list, said in a sentence near it: 本届业主委员会任期…自…至…."""
        for passage in self.document.passages[max(0, self.index - 5) : self.index + 9]:
            m = _TERM_OF_ALL.search(passage.text)
            days = [d for d in passage.dates if m and d.start >= m.start()]
            if m and len(days) >= 2:
                base = passage.sentence.start
                span = base + m.start(), base + days[1].end
                return f"{days[0].value}/{days[1].value}", passage.text[m.start() : days[1].end], span
        return None

    def _manner(self, start: int, role: Role) -> str | None:
        if self.rule.get("manner"):
            return str(self.rule["manner"])
        if role.word == "兼职委员":
            return "part_time"
        between = self.masked.text[self.m.start() : start]
        tail = re.split("[\ue000-\ue3ff\ue800-\uebff\uec00-\uefff]", between)[-1] if between else ""
        before = self.masked.text[max(0, start - 8) : start]
        words = lexicon.words("posts", "concurrent")
        concurrent = any(w in tail or before.endswith(w) for w in words) or bool(re.search("一肩挑", between))
        return "concurrent" if concurrent else None

    def _sender(self) -> Mention | None:
        before = self.masked.text[: self.m.start()]
        m = re.search("([\ue000-\ue3ff])[^\ue000-\uf8ff，。；]{0,4}$", before)
        sender = cast(Mention, self.masked.items[m[1]]) if m else None
        return sender if sender and sender.named else None

    def _when(self, start: int, end: int) -> tuple[str | None, str | None, str | None]:
        """valid, what the text says where that differs, observed."""
        text = self.masked.text
        stop = re.compile("[。；\n]").search(text, self.m.end())
        after = text[self.m.start() : stop.start() if stop else len(text)]
        term = _FULL_TERM.search(after)
        if term:
            first, last = (cast(Date, self.masked.items[c]) for c in term.groups())
            return f"{first.value}/{last.value}", f"{first.text}至{last.text}", None
        before = text[: self.m.end("posts") if "posts" in self.m.re.groupindex and self.m["posts"] else self.m.end()]
        span = _SPAN_BEFORE.search(text[: self.m.start()])
        if span:
            first, last = (cast(Date, self.masked.items[c]) for c in span.groups())
            return f"{first.value}/{last.value}", f"{first.text}至{last.text}", None
        return self._from_date(before, after)

    def _from_date(self, before: str, after: str) -> tuple[str | None, str | None, str | None]:
        within = re.split("[。；\n]", before)[-1]
        if self.rule.get("ends"):
            day = self._last_date(within) or self._decided() or self.document.published
            return (f"/{day}", None, None) if day else (None, None, None)
        until = _UNTIL.search(after)
        if until:
            last = cast(Date, self.masked.items[until[1]])
            return f"{self._last_date(within) or ''}/{last.value}", None, None
        opened = _OPEN_TERM.search(within)
        if opened:
            date = cast(Date, self.masked.items[opened[1]])
            said = None if date.text[:4].isdigit() else date.text
            return f"{date.value}/..", said, None
        day = self._last_date(within)
        notice = self.rule["id"] in ("appointed", "list") or "同志" in self.m[0]
        decided = self._decided() if notice and not day else None
        if decided:
            return f"{decided}/", None, None
        years = dates.term_years(self._plain(after))
        begins = any(w in within or w in after[:30] for w in lexicon.words("posts", "begins"))
        if day and years:
            return f"{day}/{dates.add_years(day, years)}", f"任期{years}年", None
        if day and begins:
            return f"{day}/", None, None
        return None, None, day

    def _decided(self) -> str | None:
        """The day of the decision or election that the sentences before speak of."""
        for passage in self.document.before(self.index, 10):
            if passage.dates and _DECIDES.search(passage.text):
                return passage.dates[-1].value
        return None

    def _last_date(self, masked: str) -> str | None:
        m = _LAST_DATE.search(masked)
        return cast(Date, self.masked.items[m[1]]).value if m else None

    def _plain(self, masked: str) -> str:
        return "".join(" " if "\ue000" <= c <= "\uf8ff" else c for c in masked)


def _named(mention: Mention, basis: str = "stated") -> Body:
    said = says(mention)
    basis = mention.basis if basis == "stated" else basis
    return Body(mention.type, mention.name, mention.start, mention.end, said, basis, mention, mention.host)


def says(mention: Mention) -> tuple[str, ...]:
    """The words that a quote must hold to name the mention: its name, or the parts that it was made from."""
    if mention.parts:
        return mention.parts
    host = mention.host
    if host and mention.name == host.name + mention.core + mention.ending:
        return (host.core or host.name, mention.core + mention.ending)
    return (mention.name,)


def _same_kind(there: Mention, mention: Mention, wanted: Sequence[str]) -> bool:
    if mention.type == "PartyOrg":
        if there.ending[-2:] != mention.ending[-2:]:
            return False
        return not wanted or (there.host is not None and there.host.type in wanted)
    return True


def _composed(host: Mention, mention: Mention) -> Body:
    """社区党委 + 白鹭社区 → 白鹭社区党委; 股份合作公司 + 上围居民小组 → 上围股份合作公司."""
    ending = {"支部": "党支部", "总支": "党总支"}.get(mention.ending, mention.ending)
    stem = host.name
    if mention.type in ("JointStockCompany",):
        stem = host.core
    if mention.type == "ResidentsCommittee":
        stem = host.name
    low, high = min(host.start, mention.start), max(host.end, mention.end)
    return Body(
        mention.type, stem + ending, low, high, (host.core or host.name, mention.ending), "resolved", None, host
    )


def _with_body(word: str, body: Body) -> str:
    ending = _BODY_WORD.search(body.name)
    return (ending[0] if ending else "") + word


def subtype(type_: str, name: str, host: str | None = None) -> str | None:
    """The kind of party organisation that its name tells."""
    if type_ != "PartyOrg":
        return None
    tail = re.search("党支部|支部|党总支|党委|党工委|党小组|党组", name)
    word = tail[0] if tail else ""
    before = name[: tail.start()] if tail else ""
    if word == "党小组":
        return "党小组"
    if word == "党工委":
        return "街道党工委"
    if host == "Community" or (before.endswith("社区") and not host):
        return {"党委": "社区党委", "党总支": "社区党总支"}.get(word, "社区党支部")
    if host == "ResidentsGroup" or before.endswith(("居民小组", "村民小组")):
        return "居民小组党支部"
    if host == "OwnersCommittee" or before.endswith(("业委会", "业主委员会")):
        return "业委会党支部"
    if host == "ResidentsCommittee" or before.endswith(("居委会", "居民委员会")):
        return "居委会党支部"
    if host == "JointStockCompany":
        return "股份合作公司党支部"
    if host == "PropertyFirm":
        return "物业公司党组织"
    if host == "Compound" or before.endswith("小区"):
        return "小区党支部" if "支部" in word else "小区党委或党总支"
    if host in ("District", "City") and word == "党委":
        return None
    return None
