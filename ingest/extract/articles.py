"""An article as a thing of its own: its headline, what it is about, and who made it. A byline is never a post."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import persons
from .document import BYLINE, Document, Passage

_ROLE = re.compile(
    r"(?:本报|特约)?(记者|通讯员|作者|编辑|责编|策划|统筹|文/图|文|图|摄影|校对|撰文|供稿|审核|监制|见习记者|实习生)[：:／/ 　]+"
)
_NO_ARTICLE = re.compile(
    "(?:通知|公告|公示|通报|纪要|合同|条例|办法|规定|细则|备案表|申报表|登记表|协议|函|答复|决定|意见|方案|案例|指引|材料|事迹|讲话|发言|简介|章程|公约|规约|守则|建议书|报告|总结|简报|要点|名册|一览表?)(?:（.*）)?$"
)
_LABEL = re.compile(
    "(?:[一二三四五六七八九十、 -]{0,3})(?:甲方|乙方|委托方|受托方|时间|地点|主持人?|参加人员|出席|列席|记录|申报|填报)[^：]{0,6}："
)
_DATED = re.compile(r"(?:19|20)\d\d年|日报|晚报|第\d+版|记者|通讯员|来源")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_HEADLINE_MIN = 8
_MASTHEAD = 2  # a line so many times as long as the one taken for the title: that was the head of the page


@dataclass(frozen=True)
class Maker:
    """clean[start:end] names a person and what he or she did for the article."""

    start: int
    end: int
    name: str
    role: str


def headline(document: Document, title: str | None) -> tuple[int, int] | None:
    """The span of the headline, if the text is an article: the longest line above the first paragraph."""
    lines: list[tuple[int, int]] = []
    clean = document.text.clean
    for m in re.finditer(r"[^\n]+", clean):
        if "。" in m[0]:
            break
        lines.append(m.span())
    else:
        return None
    if any(_NO_ARTICLE.search(clean[slice(*s)]) or _LABEL.match(clean[slice(*s)]) for s in lines):
        return None
    wanted = [s for s in lines if s[1] - s[0] >= _HEADLINE_MIN and not _DATED.search(clean[slice(*s)])]
    wanted = [s for s in wanted if not clean[slice(*s)].startswith("——")]
    if not wanted:
        return None
    longest = max(wanted, key=lambda s: s[1] - s[0])
    known = [s for s in wanted if title and re.sub(r"\s", "", clean[slice(*s)]) == re.sub(r"\s", "", title)]
    if known and longest[1] - longest[0] < _MASTHEAD * (known[0][1] - known[0][0]):
        return known[0]
    return longest


def makers(document: Document) -> Iterator[Maker]:
    """The people of the bylines: 文/图：…, 记者 …."""
    for passage in document.passages:
        if passage.heading and BYLINE.search(passage.text):
            yield from _of_line(passage)


def _of_line(passage: Passage) -> Iterator[Maker]:
    text, base = passage.text, passage.sentence.start
    roles = list(_ROLE.finditer(text))
    for i, role in enumerate(roles):
        end = roles[i + 1].start() if i + 1 < len(roles) else len(text)
        for name in _NAME.finditer(text, role.end(), end):
            if not persons.is_name(name[0]):
                break
            yield Maker(base + name.start(), base + name.end(), name[0], role[1])
