"""Published numbers: value, unit, what is counted, and where.

A formula that counts papers (“1+2+5文件”) is one figure, their sum. Left out: dates, ordinals (第8督导组), names of
documents, other formulas, numbers in names of things (三驾马车).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

from . import lexicon, numerals
from .document import Document, Passage
from .mentions import LEVELS, Mention
from .tag import Token

_N = numerals.NUMBER
_RANGE = r"(?:[—–~～-]{1,2}|至|到)"
_FRACTION = re.compile(
    rf"(?P<percent>{numerals.ARABIC})[%％](?:{_RANGE}(?P<percent_to>{numerals.ARABIC})[%％])?"
    rf"|(?P<low>\d+(?:\.\d+)?){_RANGE}(?P<high>\d+(?:\.\d+)?)[%％]"
    rf"|百分之(?P<hundredth>{numerals.CHINESE}+(?:点[〇零一二三四五六七八九]+)?)"
    rf"|(?P<den>{numerals.CHINESE}{{1,3}})分之(?P<num>{numerals.CHINESE}{{1,3}})"
    r"|(?P<half>一半|半数|过半数?)"
    r"|(?P<tenths>[一二三四五六七八九])成(?=[，。；、的以多]|左右|$)"
)
_TITLE = re.compile(r"《[^《》]{1,80}》|〔\d{4}〕\s*\d+\s*号|“[^“”]{0,12}\d\+\d[^“”]{0,8}”")
_NOT_BEFORE = re.compile(r"(?:第|[A-Za-z0-9+.:：/—-]|每日|\d[年月日时点号])$")
_NOT_AFTER = re.compile(r"[+＋]|[:：]\d|[A-Za-z]")
_CROWD = "(?:搬迁|常住|流动|户籍|在册|辖区)?(?:群众|居民|人口|业主|党员|村民|职工)"
_PEOPLE = re.compile(r"(?:人口|人数|居民|党员)[^，。；]{0,6}$")
_NOT_UNIT_AFTER = re.compile(r"小组组长|方面|百分点|层面|维度|驾|体(?!系)")


_FORMULA = re.compile(r"(?<![\d+＋.])(?P<formula>\d{1,2}(?:[+＋]\d{1,2})+)(?P<noun>文件)")


@dataclass(frozen=True)
class Figure:
    """text[start:end] of the sentence is the number with its unit and qualifier. `counted` is set where it is plain."""

    start: int
    end: int
    value: float | int
    value_to: float | int | None
    unit: str
    qualifier: str
    text: str
    counted: str | None = None


def find(text: str, taken: list[tuple[int, int]]) -> Iterator[Figure]:
    """The figures of a sentence; `taken` are spans that are names or dates."""
    closed = [*taken, *(m.span() for m in _TITLE.finditer(text))]
    for m in _FORMULA.finditer(text):
        value = sum(map(int, re.findall(r"\d+", m["formula"])))
        yield Figure(m.start(), m.end("formula"), value, None, "个", "exact", m["formula"], m[0])
    done = 0
    for m in _pattern().finditer(text):
        if m.start() < done or any(a < m.end("core") and m.start("core") < b for a, b in closed):
            continue
        figure = _fraction(m) if m["fraction"] else _count(m, text)
        if figure:
            done = figure.end
            yield figure


@cache
def _pattern() -> re.Pattern[str]:
    before = "|".join(sorted(_qualifiers("before"), key=len, reverse=True))
    fraction = re.sub(r"\?P<(\w+)>", r"?P<\1>", _FRACTION.pattern)
    units = "|".join(sorted(lexicon.words("figures", "units"), key=len, reverse=True))
    return re.compile(
        rf"(?P<before>(?:{before})*)(?P<core>(?P<fraction>{fraction})"
        rf"|(?P<number>{_N})(?P<more>余|多|几)?(?P<scale>[万亿])?(?P<more2>余|多)?(?:{_RANGE}(?P<to>{_N}))?"
        rf"(?P<unit>{units}|(?<=[万亿])(?=[，。；、\n]|$|(?:多|余)?(?:名|位)?{_CROWD})))(?P<after>以上|以下|以内|左右|上下)?"
    )


@cache
def _qualifiers(side: str) -> Mapping[str, str]:
    return cast(Mapping[str, str], lexicon.table("figures")[side])


def _qualifier(m: re.Match[str]) -> str:
    """The strictest thing the words say; 近 and 约 with 以上 keep the bound."""
    if m["after"] and _qualifiers("after")[m["after"]] != "about":
        return _qualifiers("after")[m["after"]]
    if not m["fraction"] and (m["more"] or m["more2"]):
        return "more_than"
    said = [v for k, v in _qualifiers("before").items() if m["before"].endswith(k)]
    if said:
        return next((v for v in said if v != "exact"), "exact")
    if m["half"] and m["half"].startswith("过"):
        return "more_than"
    return "about" if m["after"] else "exact"


def _fraction(m: re.Match[str]) -> Figure | None:
    value: float | int | None
    to: float | int | None = None
    if m["percent"]:
        value = numerals.parse(m["percent"])
        to = numerals.parse(m["percent_to"]) if m["percent_to"] else None
    elif m["low"]:
        value, to = numerals.parse(m["low"]), numerals.parse(m["high"])
    elif m["hundredth"]:
        value = numerals.parse(m["hundredth"])
    elif m["den"]:
        den, num = numerals.parse(m["den"]), numerals.parse(m["num"])
        value = 100 * num / den if den and num is not None else None
    elif m["half"]:
        value = 50
    else:
        tenths = numerals.parse(m["tenths"])
        value = 10 * tenths if tenths else None
    if value is None:
        return None
    share = round(value / 100, 6)
    return Figure(m.start(), m.end(), share, None if to is None else round(to / 100, 6), "比例", _qualifier(m), m[0])


def _count(m: re.Match[str], text: str) -> Figure | None:
    number, unit = m["number"], m["unit"]
    before, after = text[: m.start("core")], text[m.end() :]
    if _NOT_BEFORE.search(before) or _NOT_AFTER.match(after) or _NOT_UNIT_AFTER.match(after):
        return None
    if not unit:
        if not (_PEOPLE.search(before) or re.match(_CROWD, after)):
            return None
        unit = "人"
    chinese = not number[0].isdigit()
    if (
        chinese
        and len(number) == 1
        and not m["more"]
        and unit not in cast(list[str], lexicon.table("figures")["single_chinese"])
    ):
        return None
    if chinese and number in ("一", "十", "百", "千", "万") and not m["more"]:
        return None
    durations = cast(Mapping[str, list[str]], lexicon.table("figures")["durations"])
    if unit in durations["units"] and not any(c in text for c in durations["cues"]):
        return None
    if unit == "年" and (len(number) == 4 or chinese):
        return None
    scale = m["scale"] or ""
    value = numerals.parse(number + scale)
    to = numerals.parse(m["to"] + (scale if not re.search("[万亿]", m["to"]) else "")) if m["to"] else None
    if value is None:
        return None
    factor, unit = {
        "万元": (10**4, "元"),
        "亿元": (10**8, "元"),
        "余元": (1, "元"),
        "万人": (10**4, "人"),
        "大类": (1, "类"),
    }.get(unit, (1, unit))
    value = round(value * factor, 6)
    value = int(value) if value == int(value) else value
    return Figure(m.start(), m.end(), value, to and to * factor, unit, _qualifier(m), m[0])


_STOPS = re.compile(r"[，。；：！？\n]")
_AFTER = re.compile(
    r"[，。；：！？、\n]|(?<=[\u4e00-\u9fff]{2})“|中(?=已|有)|已|均|全部|都"
    r"|[和及与、](?=\d)|(?=成立|建立|组建|实现|进入|加入|充分|直接|完成|引入|共\d|参加|参与|获评)"
)
_LEAD = re.compile(r"^(?:的|多|余|左右|以上|以下)+")
_NUMBER_END = re.compile(r"\d[\d,.]*[万亿]?[\u4e00-\u9fff]{1,2}$")
_VERB = re.compile(
    r"(?:已|均|全部|都|成立|建立|组建|实现|完成|获评|获得|参加|参与|加入|开展|通过|解决|投入|达到|没有|缺少)"
)
_TAIL = re.compile(
    r"(?:已|共|共有|共计|累计|总计|现有|目前|达到|达|高达|约|超过|逾|为|是|有|增长至|增加到|预计|已经|近|至|占|了|的|从|在|其中|合计|新"
    r"|拥有|应到)+$"
)
_PREDICATE = re.compile(
    r"因(?!素)|由于|被|未|尚|没有|不[^同]|仍|按|经(?!济|营)|暂"
)  # says something of what was named before
_STOP_BEFORE = re.compile(r"[，；：](?=[^，；：]*$)")
_STANDS = re.compile("坐落|位于")
_FIRMS = frozenset({"PropertyFirm", "Enterprise", "JointStockCompany"})
_WIDE = {"全市": 2, "全区": 3, "全县": 3, "全街道": 4, "全街": 4, "全镇": 4, "该街道": 4, "全社区": 5, "辖区": 0}
_FROM = re.compile(
    r"(?:由|从)(?:(?:20\d\d年|年初|上年|上年度|去年|前年|原来|原先|过去|此前|最初|起初)(?:底|末)?的?)?(?:\d.*|百分之.*)?$"
)  # 分红从2004年的2000元增长至
_ONLY_VERB = re.compile("(?:收回|发出|回收|同意|反对|弃权|有效|实到|实有)+")
_LEADING = re.compile(
    r"^(?:共计|总计|累计|合计|共有|共|开展|举办|解决|受理|现有|配备|建成|拥有|设有|建有)(?=[\u4e00-\u9fff]{2})"
)
_HEAD = re.compile(
    r"^.*(?:已?(?:建立|成立|组建)(?!率|数|比例|情况)了?|下设|共有|现有|设有|拥有|包括|已有|已建成|全街道|全区|全市|全镇|全县|目前|其中)(?=.)"
)


def counted(
    text: str, figure: Figure, before: str | None, tokens: Sequence[Token] = (), nouns: Sequence[tuple[int, int]] = ()
) -> tuple[str, int, int]:
    """What is counted, in the words of the text, and the span of the sentence that says it.

    `before` is what the figure before it in the sentence counted: 其中29个成立了党支部 goes on counting that. `tokens` and
    `nouns` (spans of mentions) tell where a verb ends the phrase.
    """
    if figure.counted:
        return figure.counted, figure.start, figure.start + len(figure.counted)
    stop = _STOPS.search(text, figure.end)
    cut = _AFTER.search(text, figure.end)
    end = cut.start() if cut else len(text)
    end = min([end, *_verbs_after(tokens, figure.end, [high for _, high in nouns if high <= end])])
    after = _LEAD.sub("", text[figure.end : end])
    whole_end = stop.start() if stop else len(text)
    if text[figure.end : figure.end + 1] == "的":  # 党员不足3名的小区: it is what stands before that is counted
        after = ""
    elif before and _PREDICATE.match(text, figure.end):  # 其中2家因…被否决
        return f"{text[figure.end : whole_end]}的{before}"[:40], figure.start, whole_end
    elif (
        figure.unit in ("名", "人", "户") and "的" in after[2:] and after[0] not in "在由从有没未"
    ):  # 3名以上正式党员的小区
        after = after[: after.index("的", 2)]
    whole = figure.start, whole_end
    if figure.unit not in ("元", "比例"):
        rest = text[figure.end : whole[1]][:30]
        if not after and _VERB.match(rest):
            return (f"{rest}的{before}" if before else rest), *whole
        if after:
            return after[:40], *whole
    words, start = _words_before(text, figure)
    if before and _ONLY_VERB.fullmatch(words):
        words = before
    return (words or figure.unit or "数量"), start, figure.end


def _verbs_after(tokens: Sequence[Token], start: int, nouns: Sequence[int]) -> Iterator[int]:
    """Where a verb or a preposition begins after at least two characters: 12名党员 | 挨家敲门."""
    for t in tokens:
        if t.start >= start + 2 and t.kind in ("v", "p", "d", "vd") and not any(end > t.start for end in nouns):
            yield t.start
            return


def _words_before(text: str, figure: Figure) -> tuple[str, int]:
    starts = [0, *(m.end() for m in re.finditer(r"[，。；：、\n]", text[: figure.start]))]
    for start in reversed(starts[-3:]):
        words = _TAIL.sub("", _FROM.sub("", text[start : figure.start].rstrip("，、")))
        words = _HEAD.sub("", words)
        words = _LEADING.sub("", _NUMBER_END.sub("", words))
        if words:
            return words[-40:], start
    return "", starts[-1]


def scope(document: Document, index: int, figure: Figure) -> dict[str, str] | None:
    """The place that the number speaks of: named before it in the sentence, meant by 全区, or the document's."""
    passage = document.passages[index]  # the first of its kind, where a block is repeated
    base = passage.sentence.start
    before = passage.text[: figure.start]
    wide = [(before.rfind(w), level) for w, level in _WIDE.items() if w in before]
    firms = [m for m in passage.mentions if m.type in _FIRMS]
    named = [
        m
        for m in passage.mentions
        if m.named and m.end <= base + figure.start and not any(f.start <= m.start and m.end <= f.end for f in firms)
    ]
    at = max(wide)[0] if wide else -1
    own = _own_word(document, index, before)
    first = named[0].first - base if named else 0
    if len(named) > 1 and passage.text[first - 1 : first] == "由":  # who led is not yet what it is about
        named = [m for m in named if m.first != named[0].first] or named
    stop = _STOP_BEFORE.search(before)
    clause = base + (stop.end() if stop else 0)
    near = [m for m in named if m.start >= clause]
    title = [m for m in document.passages[0].mentions if m.named and m.is_place]
    if _STANDS.search(before) and title and title[-1].type == "Compound":
        return {"place": title[-1].name}
    if own and not any(m.start >= base + before.rfind(own[1]) for m in named):
        return {"place": own[0]}
    compounds = [m for m in named if m.type == "Compound"]
    if (
        compounds
        and not near
        and all(LEVELS.get(p.type, 9) <= 3 for m in named[:1] for p in [m, *m.up()] if p.is_place)
    ):
        return {"place": compounds[-1].name}
    if passage.text.startswith("【") and len(named) > 1:
        named = named[1:]
    for m in [*reversed(near), *_lead(named)]:
        if m.start - base < at:
            break
        for place in [m, *m.up()]:
            if place.is_place:
                return {"place": place.name}
    if wide and max(wide)[1]:
        level = max(wide)[1]
        names = [m.name for m in _places(document, index) if LEVELS[m.type] == level]
        if names:
            return {"place": names[0]}
    for back in document.before(index, 3):
        if back.paragraph == passage.paragraph and not at >= 0:
            lead = [p for m in _lead([m for m in back.mentions if m.named]) for p in [m, *m.up()] if p.is_place]
            if lead:
                return {"place": lead[0].name}
    section = _section(document, index)
    if section or title:
        return {"place": section or title[-1].name}
    if document.about:
        return {"place": document.about[-1]}
    names = [m.name for m in _places(document, index)]
    return {"place": names[0]} if names else None


_OWN_WORD = re.compile(
    "(?:^|[，；。])(?:该|本|整个)?((?:小区|宿舍|大院|花园|社区)(?=的|共|现有|现|有|总|建|住|内共|选|已|新|累计|组建|成立|改造|招募))"
)
_FAR = 60  # sentences above in which a heading is looked for
_SECTION = 60  # characters at most of a line that heads a section


def _own_word(document: Document, index: int, before: str) -> tuple[str, str] | None:
    """宿舍的物业费收缴率: a place called by its class word alone is the last of its kind that was named."""
    clause = re.split("[，；。]", before)[-1]
    m = _OWN_WORD.search("，" + clause)
    if not m:
        return None
    kind = "Community" if m[1] == "社区" else "Compound"
    passage = document.passages[index]
    at = passage.sentence.start + before.rfind(m[1])
    for back in [passage, *document.before(index, 8)]:
        names = [p.name for n in back.mentions if n.named and n.end <= at for p in [n, *n.up()] if p.type == kind]
        if names:
            return names[-1], m[1]
    return None


def _section(document: Document, index: int) -> str | None:
    """The place in the nearest heading above a paragraph, the first line aside."""
    for i in range(index, max(0, index - _FAR), -1):
        passage = document.passages[i]
        alone = passage.paragraph not in (
            document.passages[i - 1].paragraph,
            document.passages[i + 1].paragraph if i + 1 < len(document.passages) else -1,
        )
        if alone and len(passage.text) <= _SECTION and passage.text[-1] not in "。；！？，：、":
            firms = any(m.type in _FIRMS for m in passage.mentions)
            places = [p.name for m in passage.mentions if m.named for p in [m, *m.up()] if p.is_place]
            if not firms:  # of a list of parties it is a line, no heading
                return places[0] if places else None
    return None


def _lead(named: Sequence[Mention]) -> list[Mention]:
    """What a sentence is about: the last of the chain it begins with, then the rest from the end."""
    if not named:
        return []
    first = [m for m in named if m.first == named[0].first]
    return [first[-1], *reversed(named)]


def _places(document: Document, index: int) -> Iterator[Mention]:
    for passage in [document.passages[index], *document.before(index, 50)]:
        for m in reversed(passage.mentions):
            for place in [m, *m.up()]:
                if place.named and place.is_place:
                    yield place


def observed(passage: Passage, figure: Figure) -> str | None:
    """The last date before the number in its sentence."""
    days = [d for d in passage.dates if d.end <= figure.start and not passage.text[d.end :].startswith("以来")]
    return days[-1].value if days else None
