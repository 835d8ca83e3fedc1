"""Where a sentence names a place or a body.

A mention ends like a name (data/names.yaml). Its beginning is found by walking left over words that may stand in a
name; it is *named* if something proper stands there or if a named place or body stands directly before. Everything
else is a mention of a class (小区党支部, 业委会) and never becomes an instance by itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from . import areas, lexicon
from .tag import Token

LEVELS = {"Province": 1, "City": 2, "District": 3, "SubDistrict": 4, "Community": 5, "Area": 6, "Compound": 7}
_COMPANY = frozenset({"Enterprise", "PropertyFirm", "JointStockCompany"})
_INSTITUTIONS = ("小学", "中学", "学校", "幼儿园", "医院", "公司", "局", "所", "站", "院", "大队", "银行", "中心")
_ASSOCIATIONS = frozenset({"IndustryAssociation", "SocialOrg", "PromotionAssociation"})
_SEVERAL_NAMES = re.compile("[与及]|街道|[镇乡].")
_FORMED = frozenset({"WorkGroup", "Team", "Heritage", "SocialOrg"})
_LONG = _COMPANY | {"IndustryAssociation", "SocialOrg", "PromotionAssociation", "WorkGroup"}
_STOP_KINDS = frozenset({"v", "vd", "p", "c", "u", "w", "r", "d", "xc", "q", "m", "t", "TIME", "ad", "PER"})
_PROPER_KINDS = frozenset({"LOC", "ORG", "PER", "nz", "nw", "s"})
_NAME_CHARS = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff〇A-Za-z0-9·]")
_LEADING = re.compile(r"[在由向从对将把给让被如至于据经为是以已指级等]")
_SESSION = re.compile(r"第[一二三四五六七八九十\d]{1,3}届(?:第?[一二三四五六七八九十\d]{1,2}次)?$")
_ORDINAL = re.compile(r"第[一二三四五六七八九十\d]{1,3}$")
_PHASE = re.compile(r"[一二三四五六七八九十\d]{1,2}(?:期|号院|区(?![域委属级直内]))")
_ADMIN_END = re.compile("[省市区县旗州盟街村]|行政区|林区")
_ADMIN = re.compile(r"[\u4e00-\u9fff]{2,7}?(?:自治州|自治县|新区|省|市|区|县|旗)")
_NOT_ADMIN_NEXT = re.compile(r"民(?!政|族|警)|场|域|内|级|直|属|容")
_STREET = re.compile(r"[\u4e00-\u9fff]{2,4}街(?=党工委|办事处)")
_TITLE = re.compile(r"《[^《》]{1,80}》|(?:获评|评为|荣获|获得|称号|命名为|授予)[^“，。；]{0,40}“[^“”]{1,30}”")
_OF_COMMITTEE = re.compile(r"委(?!员|托|派|屈|任|办|组织部|宣传部|统战部|政法|社会工作部)")
_AND_GOVERNMENT = re.compile(r"[、和]?[省市区县]政府")
_KIND_WORDS = ("小区", "住宅小区", "社区")
_OWN_STREET = re.compile("[\u4e00-\u9fff]{2,3}街(?=[\u4e00-\u9fff]{2})(?![东西南北中]?[一二三四五六七八九十]|道)")
_OWN_DISTRICT = re.compile("[\u4e00-\u9fff]{2}(?:(?<![小社园片厂校辖])区|县)(?=[\u4e00-\u9fff]{2})")
_LIVED_IN = re.compile("(?:自|的|内|全体)?(?:党支部|业委会|业主|物业|居民)")  # what only a compound has
_FUNCTION = re.compile(r"[的了在自由向从对将把给让被如至于据经为是和与及等并又也还以已指]")
_OWN_LEVEL = re.compile("[省市区县]|.*(?:会同|联合|[局委办])")  # 区民政局会同区住建局
_VILLAGE = re.compile(r"[\u4e00-\u9fff]{1,3}?[^新]村(?=村民|村委|党|民|居|第|\d)")
_AFTER_DISTRICT_STREET = re.compile(r"([\u4e00-\u9fff]{2,3})街(?!道|区|坊|头|上)")


@dataclass
class Mention:
    """text[start:end] of the clean document; `first` is where the chain of places before it begins."""

    start: int
    end: int
    first: int
    type: str
    name: str
    core: str
    ending: str
    named: bool
    parent: "Mention | None" = None  # the place written directly before
    host: "Mention | None" = None  # the place or body whose name is part of this name
    parts: tuple[str, ...] = field(default=())  # what of the name must stand in the text, where it is not the name
    basis: str = "stated"  # or "resolved": 该街道, or a class word that can only mean this
    count: int | None = None  # how many unnamed ones it stands for
    many: bool = False  # it stands for several, and no text says how many

    @property
    def is_place(self) -> bool:
        return self.type in LEVELS

    def up(self) -> Iterator["Mention"]:
        """The bodies and places in its name and before it, nearest first."""
        seen: Mention | None = self.host or self.parent
        while seen:
            yield seen
            seen = seen.host or seen.parent


@dataclass(frozen=True)
class Sentence:
    """clean[start:end] and its tokens (positions within the sentence)."""

    start: int
    end: int
    text: str
    tokens: Sequence[Token]


def find(
    sentence: Sentence, given: Mapping[str, str] = MappingProxyType({}), short_streets: bool = False
) -> list[Mention]:
    """The mentions of one sentence in order; `given` are names known beforehand and their types.

    `short_streets`: the document writes its sub-districts as X街, without 道.
    """
    return _Reader(sentence, given, short_streets).read()


def _all(text: str, word: str) -> Iterator[int]:
    at = text.find(word) if word else -1
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


@cache
def _admin_names() -> Mapping[int, frozenset[str]]:
    """Known provinces, cities and districts by length."""
    by_length: dict[int, set[str]] = {}
    for name in areas.known():
        by_length.setdefault(len(name), set()).add(name)
    return {n: frozenset(names) for n, names in sorted(by_length.items(), reverse=True)}


class _Reader:
    def __init__(self, sentence: Sentence, given: Mapping[str, str], short_streets: bool) -> None:
        self.short_streets = short_streets
        self.sentence, self.text, self.given = sentence, sentence.text, given
        self.token_at = [t for t in sentence.tokens for _ in range(t.end - t.start)]
        self.found: list[Mention] = []
        self.titles = [m.span() for m in _TITLE.finditer(self.text)]

    def read(self) -> list[Mention]:
        forms = [*self._forms()]
        inside = [(a, b) for a, b, _ in forms]
        admin = self._admin_hits()
        hits = [*forms, *(h for h in admin if not any(a < h[1] and h[0] < b for a, b in inside))]
        taken = [(a, b) for a, b, _ in hits]
        for m in lexicon.ending_pattern().finditer(self.text):
            unless = lexicon.unless().get(m[0])
            if unless and unless.match(self.text, m.end()):
                continue
            if any(a <= m.start() and m.end() <= b for a, b in inside):
                continue
            if not any(a <= m.start() < b - 1 for a, b in taken):
                hits.append((m.start(), m.end(), ""))
        for start, end, kind in sorted(hits):
            self._take(start, end, kind)
        return self.found

    def _forms(self) -> Iterator[tuple[int, int, str]]:
        """Names of another build than a core and an ending."""
        done = 0
        for kind, pattern in lexicon.forms():
            for m in pattern.finditer(self.text):
                if m.start() >= done:
                    yield m.start(), m.end(), kind
                    done = m.end()
        for kind, pattern in lexicon.such_as():
            for m in pattern.finditer(self.text):
                token = self.token_at[m.start() - 1] if m.start() else None
                if token and token.end == m.start() and token.kind in ("LOC", "ORG") and len(token.text) >= 2:
                    yield token.start, token.end, kind

    def _admin_hits(self) -> Iterator[tuple[int, int, str]]:
        """Provinces, cities, districts; sub-districts called 街 and villages, where what follows shows it."""
        starts = {p for name in self.given for p in _all(self.text, name)}
        for m in _ADMIN_END.finditer(self.text):
            starts.update(range(max(0, m.start() - 10), m.start()))
        done = 0
        for i in sorted(starts):
            hit = self._admin_at(i) if i >= done else None
            if hit:
                yield i, hit[0], hit[1]
                done = hit[0]

    def _admin_at(self, i: int) -> tuple[int, str] | None:
        for name, kind in self.given.items():
            if self.text.startswith(name, i):
                return i + len(name), kind
        for length, names in _admin_names().items():
            name = self.text[i : i + length]
            if name in names and not _NOT_ADMIN_NEXT.match(self.text, i + length):
                return i + length, areas.known()[name][0]
        if not self._may_begin(i):
            return None
        m = _ADMIN.match(self.text, i)
        if m and self._admin_like(m):
            return m.end(), admin_type(m[0])
        m = _STREET.match(self.text, i)
        if m and not self._has_verb(m[0]):
            return m.end(), "SubDistrict"
        m = _VILLAGE.match(self.text, i)
        if m and not self._has_verb(m[0]) and self._proper(m[0][:-1], m.start(), m.end() - 1):
            return m.end(), "Community"
        return None

    def _may_begin(self, i: int) -> bool:
        return not self.token_at or self.token_at[i].start == i or self.token_at[i].kind == "?"

    def _admin_like(self, m: re.Match[str]) -> bool:
        """An unknown X市, X区, X县: the tagger calls it a place from end to end."""
        name = m[0]
        if self.text[m.end() : m.end() + 1] in ("”", "』") or self._has_verb(name[:2]) or _SEVERAL_NAMES.search(name):
            return False
        if name.endswith(lexicon.ends("names", "not_names")) or _NOT_ADMIN_NEXT.match(self.text, m.end()):
            return False
        if name.endswith(("小区", "社区", "园区", "片区", "街区")) or _OWN_LEVEL.match(name):
            return False
        token = self.token_at[m.start()]
        return token.kind in {"LOC", "ORG"} and not lexicon.common_pattern().fullmatch(name[:-1])

    def _take(self, start: int, end: int, admin: str) -> None:
        last = self.found[-1] if self.found else None
        base = self.sentence.start
        if any(a <= start < b for a, b in self.titles):
            return
        if last and start < last.end - base:
            return
        if admin:
            parent = last if last and last.end - base == start and last.is_place else None
            first = parent.first if parent else base + start
            name = self.text[start:end]
            tail = _ending_of(name)
            core = name[: len(name) - len(tail)]
            if admin in _COMPANY and parent:
                mention = Mention(
                    parent.start, base + end, first, admin, parent.name + name, core, tail, True, parent.parent, parent
                )
                self.found.append(mention)
                return
            if admin in _FORMED:
                core, tail = name, ""
            host = parent if admin in ("Team", "Heritage", "SocialOrg") else None
            self.found.append(Mention(base + start, base + end, first, admin, name, core, tail, True, parent, host))
            self._street_after_district(end)
            self._committee_of(end)
            return
        ending = lexicon.endings()[self.text[start:end]]
        limit = last.end - base if last else 0
        begin = self._walk_left(start, limit, ending)
        made = self._make(ending, begin, start, end, last)
        if made:
            self.found.append(made)

    def _street_after_district(self, end: int) -> None:
        """青溪区兰亭街…: after a district, X街 is a sub-district."""
        last = self.found[-1]
        m = _AFTER_DISTRICT_STREET.match(self.text, end)
        if m and last.type == "District" and not self._has_verb(m[0]):
            base = self.sentence.start
            self.found.append(
                Mention(base + end, base + m.end(), last.first, "SubDistrict", m[0], m[1], "街", True, last)
            )

    def _committee_of(self, end: int) -> None:
        """青溪区委, and 区政府 directly after it."""
        host, base = self.found[-1], self.sentence.start
        m = _OF_COMMITTEE.match(self.text, end)
        if not m or host.type not in ("Province", "City", "District"):
            return
        self.found.append(
            Mention(
                host.start, base + m.end(), host.first, "PartyOrg", host.name + "委", "", "委", True, host.parent, host
            )
        )
        g = _AND_GOVERNMENT.match(self.text, m.end())
        if g and g[0][-3] == host.name[-1]:
            at = base + g.end() - 3
            name = host.name + "政府"
            self.found.append(
                Mention(at, base + g.end(), at, "Government", name, "", "政府", True, host.parent, host, (g[0][-3:],))
            )

    def _make(self, ending: lexicon.Ending, begin: int, start: int, end: int, last: Mention | None) -> Mention | None:
        base = self.sentence.start
        session = _SESSION.search(self.text, last.end - base if last else 0, start)
        begin = min(begin, session.start()) if session else begin
        congress = self.text[start:end] in ("党代会", "党代表大会")
        core = "" if session and not congress else self.text[begin:start]
        quoted = self.text[begin - 1 : begin] in ("“", "『") and (core or self.text[end : end + 1] in ("”", "』"))
        touching = last is not None and last.end - base == begin - bool(quoted)
        beside = last if last and touching and last.named else None
        phase = _PHASE.match(self.text, end) if ending.type == "Compound" else None
        end = phase.end() if phase else end
        tail = self.text[start:end]
        if ending.place and last and begin == start == last.end - base and _absorbed(last, ending):
            self.found.pop()  # 花城 + 社区, 豪园 + 小区: one name
            begin, core, last = last.start - base, last.name, last.parent
            beside = last
        if ending.place:
            if last and last.named and last.is_place and self.text[last.end - base : begin] == "的":
                beside = last  # 竹溪社区的竹溪新村
            return self._place(ending, core, begin, end, tail, beside)
        if last and not last.named and last.end - base == begin and not core:  # 社区 + 党委: one class
            self.found.pop()
            return Mention(last.start, base + end, last.start, ending.type, last.name + tail, last.name, tail, False)
        numbered = bool(_ORDINAL.fullmatch(core) or _SESSION.fullmatch(core))
        if beside and (not core or numbered or ending.needs == "host"):
            return self._hosted(ending, core, begin, end, tail, beside)
        named = ending.needs in {"core", "either"} and not numbered and self._named(core, begin, start, beside)
        if beside and ending.type in _ASSOCIATIONS and len(core) > 1:  # 某区 + 住房市场和物业服务促进会
            named = not lexicon.common_pattern().fullmatch(core)
        name = core + tail
        if not named and not core.startswith(("“", "第")):
            begin = self._past_verb(begin, start)
            core = self.text[begin:start]
            name = core + tail
        first = beside.first if beside else base + begin
        if (
            named
            and beside
            and not quoted
            and (ending.type in _LONG or (ending.type == "PartyOrg" and _of_institution(core, beside)))
        ):
            name, begin = beside.name + name, beside.start - base
            return Mention(base + begin, base + end, first, ending.type, name, core, tail, True, beside.parent, beside)
        return Mention(base + begin, base + end, first, ending.type, name, core, tail, named, beside if named else None)

    def _place(
        self, ending: lexicon.Ending, core: str, begin: int, end: int, tail: str, beside: Mention | None
    ) -> Mention | None:
        base = self.sentence.start
        if beside and not (beside.is_place and LEVELS[beside.type] < LEVELS[ending.type]):
            beside = None
        if ending.needs == "chain" and not (beside and beside.type in {"SubDistrict", "Community"} and len(core) >= 2):
            return None
        street = _OWN_STREET.match(core) if self.short_streets and ending.type == "Compound" and not beside else None
        if street and not self._has_verb(street[0]):
            at = base + begin + street.end()
            beside = Mention(base + begin, at, base + begin, "SubDistrict", street[0], street[0][:-1], "街", True)
            self.found.append(beside)
            begin, core = begin + street.end(), core[street.end() :]
        above = _OWN_DISTRICT.match(core) if not beside and not street else None
        if above and not self._has_verb(above[0]):  # one word to the tagger: 某区某街道
            at = base + begin + above.end()
            kind = admin_type(above[0])
            beside = Mention(base + begin, at, base + begin, kind, above[0], above[0], "", True)
            self.found.append(beside)
            begin, core = begin + above.end(), core[above.end() :]
        named = bool(core) and self._named(core, begin, end - len(tail), beside)
        if above and len(core) > 1:
            named = True
        if street and core:
            named = True
        listed = self.found[-1] if self.found and self.text[begin - 1 : begin] == "、" else None
        if listed and listed.named and listed.type == ending.type and listed.end == base + begin - 1 and len(core) == 2:
            named = core not in lexicon.words("names", "common")  # of a list of which the one before is a name
        if ending.needs == "chain" and beside and _LIVED_IN.match(self.text, end):
            named = core not in lexicon.words("names", "squares")
        if not named:
            begin = self._past_verb(begin, end - len(tail))
            core = self.text[begin : end - len(tail)]
        first = beside.first if beside and named else base + begin
        name = core + tail
        return Mention(base + begin, base + end, first, ending.type, name, core, tail, named, beside if named else None)

    def _hosted(
        self, ending: lexicon.Ending, core: str, begin: int, end: int, tail: str, host: Mention
    ) -> Mention | None:
        """A body called after the place or body directly before it: 东岸社区 + 党委."""
        base = self.sentence.start
        counted = bool(_ORDINAL.fullmatch(core) or _SESSION.fullmatch(core))
        if core and not counted and core not in _KIND_WORDS and lexicon.common_pattern().fullmatch(core):
            return Mention(base + begin, base + end, base + begin, ending.type, core + tail, core, tail, False)
        name = host.name + core + tail
        return Mention(host.start, base + end, host.first, ending.type, name, core, tail, True, host.parent, host)

    def _walk_left(self, start: int, limit: int, ending: lexicon.Ending) -> int:
        """Where the name whose ending begins at `start` may begin."""
        most = 24 if ending.type in _LONG else 10
        ordinal = _ORDINAL.search(self.text, limit, start) or _SESSION.search(self.text, limit, start)
        if ordinal:
            return ordinal.start()
        p = start
        while p > limit and start - p < most:
            if not _NAME_CHARS.match(self.text[p - 1]):
                break
            token = self.token_at[p - 1]
            begin = max(token.start, limit)
            if token.kind == "?":  # no tagger: character by character, to the nearest word that ends a name
                begin = p - 1
                if self._function_word_ends(p):
                    break
            elif token.kind in _STOP_KINDS or token.text in lexicon.words("names", "verbs"):
                break
            p = begin
            while p < start and not _NAME_CHARS.match(self.text[p]):
                p += 1
        p = self._after_verb(self._clip(p, start), start)
        if start - p == 1 and _LEADING.match(self.text, p):
            p = start
        if p > limit > 0 and self._all_name(limit, p, ending):
            p = limit
        return p

    def _all_name(self, limit: int, start: int, ending: lexicon.Ending) -> bool:
        """Whether what stands between a named place and this belongs to the name, against the tagger.

        So it does where the tagger could not put the characters together, and with an "and" in an association's name.
        """
        gap = self.text[limit:start]
        if len(gap) > 8 or not self.found or not self.found[-1].named or not all(map(_NAME_CHARS.match, gap)):
            return False
        tokens = [t for t in self.sentence.tokens if t.start < start and limit < t.end]
        if ending.type in _LONG and tokens and tokens[0].kind != "c":
            return not any(t.kind in {"v", "p", "u", "d", "r", "m"} for t in tokens)
        return all(t.end - t.start == 1 and not _FUNCTION.match(t.text) for t in tokens)

    def _after_verb(self, p: int, start: int) -> int:
        """Past the last verb in what the tagger took for one word, unless it took it for a name."""
        if any(t.start <= p and start <= t.end and t.kind in _PROPER_KINDS for t in self.sentence.tokens):
            return p
        core = self.text[p:start]
        ends = [core.rfind(v) + len(v) for v in lexicon.words("names", "verbs") if len(v) > 1 and v in core]
        return p + max(ends, default=0)

    def _past_verb(self, begin: int, start: int) -> int:
        """Past a verb that begins a class word: 联合小区物业公司."""
        for n in (2, 3):
            if start - begin >= n and self.text[begin : begin + n] in lexicon.words("names", "verbs"):
                return begin + n
        return begin

    def _function_word_ends(self, p: int) -> bool:
        verbs = lexicon.words("names", "verbs")
        return any(self.text[max(0, p - n) : p] in verbs for n in (1, 2))

    def _clip(self, p: int, start: int) -> int:
        """Take off function words that the tagger left on the front of a name."""
        while start - p >= 2:
            for n in (2, 1):
                piece = self.text[p : p + n]
                if start - p - n >= 1 and (
                    (n == 2 and piece in lexicon.words("names", "verbs")) or (n == 1 and _LEADING.fullmatch(piece))
                ):
                    p += n
                    break
            else:
                return p
        return p

    def _has_verb(self, text: str) -> bool:
        return bool(lexicon.verb_pattern().search(text))

    def _named(self, core: str, begin: int, start: int, beside: Mention | None) -> bool:
        if not 2 <= len(core) <= 24 or core[0] in "的了等及与们":
            return False
        whole = any(t.start == begin and t.end >= start and t.kind in _PROPER_KINDS for t in self.sentence.tokens)
        if lexicon.common_pattern(whole).fullmatch(core) or (core[0] == "和" and not whole):
            return False
        return self._proper(core, begin, start, beside)

    def _proper(self, core: str, begin: int, end: int, beside: Mention | None = None) -> bool:
        """Whether the tagger saw a proper name or could make nothing of the characters.

        Without a tagger: whether the word stands where a name would.
        """
        tokens = [t for t in self.sentence.tokens if t.start < end and begin < t.end]
        kinds = {t.kind for t in tokens}
        if kinds & _PROPER_KINDS:
            return True
        if "?" in kinds:
            clear = begin == 0 or bool(beside) or not _NAME_CHARS.match(self.text[begin - 1])
            return 2 <= len(core) <= 6 and (clear or self._function_word_ends(begin))
        if not beside:
            return False
        single = sum(t.end - t.start == 1 for t in tokens)
        return single >= 2 or (len(tokens) <= 2 and kinds <= {"n", "a"} and not self._has_verb(core))


def _of_institution(core: str, beside: Mention) -> bool:
    """Whether a branch belongs to an institution that is called after the place before it: 某镇中心小学党支部."""
    level = LEVELS.get(beside.type, 9)
    return level <= 3 or (level <= 5 and core.endswith(_INSTITUTIONS))


def _absorbed(last: Mention, ending: lexicon.Ending) -> bool:
    return last.is_place and bool(last.core) and LEVELS[last.type] >= LEVELS[ending.type]


def _ending_of(name: str) -> str:
    """The longest known ending of a name, so that a name given from outside is cut like one that was found."""
    return max((e for e in lexicon.endings() if name.endswith(e) and name != e), key=len, default="")


def admin_type(name: str) -> str:
    """The level of a place by the last character of its name."""
    if name.endswith(("省", "自治区")):
        return "Province"
    if name.endswith(("街道", "镇", "乡")):
        return "SubDistrict"
    if name.endswith(("社区", "村")):
        return "Community"
    if name.endswith(("小区", "花园")):
        return "Compound"
    return "City" if name.endswith(("市", "州", "盟")) else "District"
