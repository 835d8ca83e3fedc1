"""An article as a thing of its own: its headline, what it is about, and who made it. A byline is never a post."""


import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import persons
from .document import BYLINE, Document, Passage

_ROLE = re.compile(
    r"(?:本报|特约)?(记者|通讯员|作者|编辑|责编|策划|统筹|文/图|文|图|摄影|校对|撰文|供稿|审核|监制|见习记者|实习生)[：:／/ 　]+"
)
_NO_ARTICLE = re.compile("(?:通知|公告|公示|通报|纪要|合同|条例|办法|规定|细则|备案表|申报表|登记表|协议|函|答复|决定|意见|方案|名册|一览表?)(?:（.*）)?$")
_DATED = re.compile(r"(?:19|20)\d\d年|日报|晚报|第\d+版|记者|通讯员|来源")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_HEADLINE_MIN = 8


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
    wanted = [s for s in lines if s[1] - s[0] >= _HEADLINE_MIN and not _DATED.search(clean[slice(*s)])]
    if title:
        flat = re.sub(r"\s", "", title)
        wanted = [s for s in wanted if re.sub(r"\s", "", clean[slice(*s)]) == flat] or wanted
    if not wanted:
        return None
    span = max(wanted, key=lambda s: s[1] - s[0])
    return None if _NO_ARTICLE.search(clean[slice(*span)]) else span


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

