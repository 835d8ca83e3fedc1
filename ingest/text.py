"""Clean text for reading by rules, with the way back to the text as it was read.

Rules need simplified characters, one width and whole sentences; evidence needs the raw text to the letter. `normalise`
gives both: the clean text, and for each of its characters the raw characters it stands for. What cannot be read (bytes
shifted in a damaged file) stays unread: it becomes U+FFFD and its sentence is named in `damaged`.
"""

import html
import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import Protocol

UNREADABLE = "\ufffd"

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff〇"
_CJK = _HAN + r"\u3001-\u3003\u3008-\u3011\u3014-\u301b“”‘’—…·，。；：？！（）％＋－"
_PINYIN = re.compile(rf"(?<=[{_HAN}])\((?=[^)]*[{_TONED}])[a-z{_TONED}ü]{{1,6}} ?\)")
_PINYIN_MIN = 3  # one such bracket may be a gloss that the author wrote, three are an annotator's
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_NEWLINE = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLOCK_TAG = re.compile(r"</?(?:p|div|li|ul|ol|tr|table|h[1-6]|br)\b[^<>\n]{0,200}>", re.I)
_INLINE_TAG = re.compile(
    r"</?(?:a|b|i|u|em|strong|span|font|td|th|tbody|img|sup|sub|center|o:p)\b[^<>\n]{0,400}>", re.I
)
_HTML_ENTITY = re.compile(
    r"&(?:#\d{2,6}|#x[0-9a-fA-F]{2,5}|nbsp|amp|lt|gt|quot|ldquo|rdquo|middot|mdash|hellip|emsp|ensp);"
)
_TAG_REMAINS = re.compile(
    r"[?!？！]*</?(?:span|font|div|strong|p|a)\b(?![^<\n]*>)|[?!？！]*/(?:span|font|div|strong|p|a)>", re.I
)
_SHIFTED = re.compile(
    rf"[?？]+[a-z{_TONED}]{{1,6}} ?[)）]"  # a lost opening bracket of an annotation
    rf"|(?<=[{_HAN}])\?{{2,}}(?=[{_HAN}])"
    rf"|(?<=[{_HAN}])\?(?=[、，。；,;])"
    r"|[\ufffd\ue000-\uf8ff]+"
)
_LONE_QUESTION = re.compile(rf"(?<=[{_HAN}])\?(?=[{_HAN}])")
_ASKS = re.compile("什么|甚麼|什麼|如何|怎|吗|嗎|呢|谁|誰|何|哪|几|幾|是否|多少|能不能|有没有|有沒有|为啥")
_SENTENCE_END = re.compile(r"[。！？；\n]")
_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_UNFINISHED = re.compile(r"[^。！？!?；;：:…”’」』）》\ufffd\s]\s*$")
_STOP_INSIDE = re.compile(r"。.")
_PROSE = re.compile(r"[，。；、,;]")
_NEW_BLOCK = re.compile(
    r"\s*(?:#|[-*•●■◆]|——|[（(]?[一二三四五六七八九十]{1,3}[)）、.．]|[（(]?\d{1,2}[)）、.．]\D|第[一二三四五六七八九十百\d]+[章节条届]|附件|附：|注：)"
)
_INDENT = re.compile(r"[\u3000\t]|[ \u00a0]{2,}")
_TAIL_OF_SENTENCE = re.compile(rf"[，。；：、）”’》]|[{_HAN}]{{1,2}}[。；]")
# a label spread to the width of its neighbours: 主　任：
_STRETCHED = re.compile(
    rf"(?:(?<=^[{_HAN}])|(?<=^[ \u3000][{_HAN}])|(?<=^[ \u3000]{{2}}[{_HAN}]))[ \u3000]{{1,4}}(?=[{_HAN}]：)", re.M
)
_HEADING_MARK = re.compile(r"^#{1,6}[ \u3000]*", re.M)
_JOIN_FROM = 25  # characters: a shorter line is a heading or a caption that needs no full stop

_TO_FULL = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）"}
_KEEP_FULL = set("，；：？！（）")
_KEEP_ZHU = re.compile("著[名作称述者录书]|[名著论专显卓昭编原译巨合土遗拙]著")


@dataclass(frozen=True)
class Text:
    """A document's clean text and, for every clean position, where it stood in the raw text."""

    raw: str
    clean: str
    starts: "array[int]" = field(repr=False)
    ends: "array[int]" = field(repr=False)
    damaged: tuple[tuple[int, int], ...] = ()

    @property
    def offsets(self) -> "array[int]":
        """The raw position of each clean character."""
        return self.starts

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The raw span behind clean[start:end]; ValueError if that is empty or outside."""
        if not 0 <= start < end <= len(self.clean):
            raise ValueError(f"clean span {start}..{end}: expected a non-empty span within 0..{len(self.clean)}")
        return self.starts[start], self.ends[end - 1]

    def line(self, raw_position: int) -> int:
        """The line of a raw position, from 1."""
        return bisect_right(self._line_starts, raw_position)

    def is_damaged(self, raw_start: int, raw_end: int) -> bool:
        """Whether the raw span touches a sentence that holds something unreadable."""
        return any(start < raw_end and raw_start < end for start, end in self.damaged)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(m.end() for m in re.finditer("\n", self.raw))]


def normalise(raw: str) -> Text:
    """Clean `raw`; the length may shrink, never grow, and each clean character keeps its raw place. Linear time."""
    buffer = _Buffer(raw)
    buffer.replace(_NEWLINE, "\n")
    buffer.replace(_INVISIBLE, "")
    buffer.replace(_BLOCK_TAG, "\n")
    buffer.replace(_INLINE_TAG, "")
    buffer.edit((m.start(), m.end(), _entity(m[0])) for m in _HTML_ENTITY.finditer(buffer.text))
    if len(_PINYIN.findall(buffer.text)) >= _PINYIN_MIN:
        buffer.replace(_PINYIN, "")
    buffer.replace(_TAG_REMAINS, UNREADABLE)
    buffer.replace(_SHIFTED, UNREADABLE)
    buffer.edit((p, p + 1, UNREADABLE) for p in _unasked_questions(buffer.text))
    buffer.substitute(_widths(buffer.text))
    buffer.substitute(simplify(buffer.text))
    buffer.edit(_joins(buffer.text))
    buffer.replace(_HEADING_MARK, "")
    buffer.replace(_STRETCHED, "")
    buffer.edit(_blanks(buffer.text))
    return Text(raw, buffer.text, buffer.starts, buffer.ends, _damaged(buffer))


def simplify(text: str) -> str:
    """Traditional to simplified characters, of equal length."""
    out = _convert(text)
    if out == text:
        return text
    kept = {i for m in _KEEP_ZHU.finditer(out) for i in range(m.start(), m.end())}
    return "".join("着" if c == "著" and i not in kept else c for i, c in enumerate(out))


@lru_cache(maxsize=4096)
def flatten(text: str) -> str:
    """A form in which a raw quote and a clean passage compare: no blanks, pinyin inserts, width, script or case."""
    text = _INVISIBLE.sub("", _PINYIN.sub("", _HEADING_MARK.sub("", text)))
    text = _INLINE_TAG.sub("", _BLOCK_TAG.sub("", text))
    return simplify(re.sub(r"\s", "", unicodedata.normalize("NFKC", text))).casefold()


class _Buffer:
    """Characters with their raw places, under replacement."""

    def __init__(self, raw: str) -> None:
        self.text = raw
        self.starts = array("l", range(len(raw)))
        self.ends = array("l", range(1, len(raw) + 1))

    def substitute(self, text: str) -> None:
        """Put a text of the same length in the place of this one."""
        assert len(text) == len(self.text)
        self.text = text

    def replace(self, pattern: re.Pattern[str], by: str) -> None:
        self.edit((m.start(), m.end(), by) for m in pattern.finditer(self.text) if m[0])

    def edit(self, edits: Iterable[tuple[int, int, str]]) -> None:
        """Apply (start, end, replacement of at most one character), in order and without overlap."""
        todo = list(edits)
        if not todo:
            return
        pieces: list[str] = []
        starts, ends, done = array("l"), array("l"), 0
        for start, end, by in todo:
            pieces += (self.text[done:start], by)
            starts += self.starts[done:start]
            ends += self.ends[done:start]
            if by:
                starts.append(self.starts[start])
                ends.append(self.ends[end - 1])
            done = end
        self.text = "".join(pieces) + self.text[done:]
        self.starts, self.ends = starts + self.starts[done:], ends + self.ends[done:]


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _opencc() -> _Converter:
    import opencc

    converter: _Converter = opencc.OpenCC("t2s")
    return converter


def _convert(text: str) -> str:
    out = _opencc().convert(text)
    if len(out) == len(text):
        return out
    single = {c: _opencc().convert(c) for c in set(text)}  # a phrase changed the length: offsets go before elegance
    return "".join(s if len(s := single[c]) == 1 else c for c in text)


def _entity(entity: str) -> str:
    char = html.unescape(entity)
    return char if len(char) == 1 else " "


def _unasked_questions(text: str) -> Iterator[int]:
    """Question marks between two characters in a sentence that asks nothing: bytes that found no partner."""
    for m in _LONE_QUESTION.finditer(text):
        before = _SENTENCE_END.split(text[max(0, m.start() - 60) : m.start()])[-1]
        if not _ASKS.search(before):
            yield m.start()


def _widths(text: str) -> str:
    """Digits and letters narrow; punctuation wide where its neighbour is Chinese."""
    narrow = "".join(_narrow(c) if "\uff01" <= c <= "\uff5e" and c not in _KEEP_FULL else c for c in text)
    chars = list(narrow)
    opened: list[bool] = []
    for m in re.finditer(r"[,;:?!()]", narrow):
        i, c = m.start(), m[0]
        wide = opened.pop() if c == ")" and opened else _chinese_beside(narrow, i)
        if c == "(":
            opened.append(wide)
        if wide:
            chars[i] = _TO_FULL[c]
    return "".join(chars)


def _narrow(char: str) -> str:
    return chr(ord(char) - 0xFEE0)


_CJK_CHAR = re.compile(f"[{_CJK}]")


def _chinese_beside(text: str, i: int) -> bool:
    before, after = text[max(0, i - 2) : i].strip(), text[i + 1 : i + 3].strip()
    return bool((before and _CJK_CHAR.match(before[-1])) or (after and _CJK_CHAR.match(after[0])))


def _joins(text: str) -> Iterator[tuple[int, int, str]]:
    """The breaks inside a sentence: line ends of a printed page, and one empty line where a page or column ended.

    Two or more empty lines are never bridged: something else stands between.
    """
    lines = [m for m in re.finditer(r"[^\n]*\S[^\n]*", text)]
    threshold = _wrap_width([len(m[0].strip()) for m in lines])
    for here, there in pairwise(lines):
        if text.count("\n", here.end(), there.start()) <= 2 and _runs_on(here[0], there[0], threshold):
            yield here.end(), there.start(), "" if _CJK_CHAR.match(there[0].strip()[0]) else " "


def _runs_on(line: str, following: str, threshold: int) -> bool:
    if not _UNFINISHED.search(line) or _INDENT.match(following) or _NEW_BLOCK.match(following) or line.startswith("#"):
        return False
    if _TAIL_OF_SENTENCE.match(following):
        return True
    if len(line.strip()) >= threshold and _PROSE.search(line):
        return True
    return bool(_STOP_INSIDE.search(line))  # a heading has no full stop, so a sentence broke off here


def _wrap_width(lengths: list[int]) -> int:
    """The length from which an unfinished line is a wrapped one; less where most lines are filled to one width."""
    if len(lengths) >= 5:
        width = max(lengths)
        if 10 <= width < _JOIN_FROM + 3 and sum(n >= width - 3 for n in lengths) > 0.5 * len(lengths):
            return width - 3
    return _JOIN_FROM


def _blanks(text: str) -> Iterator[tuple[int, int, str]]:
    """One blank where it parts two words; none at line ends, beside Chinese punctuation, between Chinese and digits."""
    for m in _BLANKS.finditer(text):
        before = text[m.start() - 1] if m.start() else "\n"
        after = text[m.end()] if m.end() < len(text) else "\n"
        yield m.start(), m.end(), " " if _parts_words(before, after) else ""


def _parts_words(before: str, after: str) -> bool:
    if "\n" in (before, after):
        return False
    han = [bool(re.match(f"[{_HAN}]", c)) for c in (before, after)]
    if all(han):
        return True
    if any(not h and _CJK_CHAR.match(c) for h, c in zip(han, (before, after), strict=True)):
        return before in "”’）》" and han[1]
    return not any(han)


def _damaged(buffer: _Buffer) -> tuple[tuple[int, int], ...]:
    """Raw spans of the sentences that hold something unreadable."""
    spans: list[tuple[int, int]] = []
    for m in re.finditer(UNREADABLE, buffer.text):
        ends = [e.end() for e in _SENTENCE_END.finditer(buffer.text, max(0, m.start() - 500), m.start())]
        start = ends[-1] if ends else max(0, m.start() - 500)
        stop = _SENTENCE_END.search(buffer.text, m.end())
        end = stop.end() if stop else len(buffer.text)
        raw = (buffer.starts[start], buffer.ends[end - 1])
        if not spans or spans[-1] != raw:
            spans.append(raw)
    return tuple(spans)
