"""Names of persons in a sentence: what the tagger calls one, and what stands where only a name can."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import lexicon
from .mentions import Sentence

_NAME = r"[\u4e00-\u9fff]{2,4}"
_MINORITY = re.compile(r"[\u4e00-\u9fff]{2,7}(?:·[\u4e00-\u9fff]{2,7})+")
_AFTER_POST = re.compile(
    r"([\u4e00-\u9fff]{2,4}?)(?=同志|先生|女士|既是|又是|也是|还是|兼任|兼|担任|出任|当选|任|主持|说|表示|介绍|带领|率|的|与|和|在"
    r"|为|向|等|参加|出席|[、，。；：（）！？ \n]|$)"
)
_LISTED = re.compile(rf"({_NAME}?)([、， ]|(?=[。；\n]|$))")
_BEFORE_POST = re.compile(rf"({_NAME}?)(?:同志|先生|女士)?(?:兼任|担任|出任|当选|接任|既是)")
_CALLED = re.compile(
    rf"(?:干部|社工|律师|教师|医生|民警|工作人员|党员|委员|代表|选派|委派|推选|选举|任命|聘任|免去|[哥弟姐妹]|妻子|丈夫|儿子|女儿|父亲|母亲)({_NAME}?)"
    r"(?:同志|先生|女士)?(?=兼任|担任|任|为|到|赴|出任|现任|现为|的|是)"
)
_NO_NAME = re.compile(
    r"主任|书记|委员|组长|会长|经理|同志|阿姨|先生|女士|老师|大爷|大妈|叔叔|师傅|小区|社区|街道|党|组织|单位|负责|成员|代表|居民|业主|由|均|现|都|被|经|应|可|不|要|等|某|们|员$|人$|者$|[职会部区长局]$"
)


@dataclass(frozen=True)
class Person:
    """text[start:end] of the sentence is a name."""

    start: int
    end: int
    name: str


def find(sentence: Sentence, post_ends: list[int], free: list[tuple[int, int]]) -> list[Person]:
    """The persons of a sentence; `post_ends` is where post words end, `free` are the spans of other mentions."""
    found: dict[int, Person] = {}
    for start, end in _candidates(sentence, post_ends):
        name = sentence.text[start:end]
        taken = [*free, *((p.start, p.end) for p in found.values())]
        if is_name(name) and not any(a < end and start < b for a, b in taken):
            found[start] = Person(start, end, name)
    return [found[k] for k in sorted(found)]


def is_name(name: str) -> bool:
    """Whether a text can be a person's name: a surname and one or two more characters, or a name with a middle dot."""
    if _MINORITY.fullmatch(name):
        return True
    single, double = lexicon.surnames()
    if not 2 <= len(name) <= 4 or _NO_NAME.search(name):
        return False
    return (name[:2] in double and len(name) >= 3) or (name[0] in single and len(name) <= 3)


def _candidates(sentence: Sentence, post_ends: list[int]) -> Iterator[tuple[int, int]]:
    text = sentence.text
    for m in _MINORITY.finditer(text):
        if text[m.start() - 1 : m.start()] not in ("“", "‘", "《"):
            yield m.span()
    yield from ((t.start, t.end) for t in sentence.tokens if t.kind == "PER")
    for end in post_ends:
        after = _AFTER_POST.match(text, end + (text[end : end + 1] == " "))
        if after:
            yield after.span(1)
        listed = end + 1 if text[end : end + 1] == "：" else None
        while listed is not None:
            one = _LISTED.match(text, listed)
            if not one or not is_name(one[1]):
                break
            yield one.span(1)
            listed = one.end() if one[2] else None
    for m in _CALLED.finditer(text):
        yield m.span(1)
    for m in _BEFORE_POST.finditer(text):
        if m.start() == 0 or not re.match(r"[\u4e00-\u9fff]", text[m.start() - 1]):
            yield m.span(1)
