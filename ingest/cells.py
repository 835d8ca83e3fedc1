"""What stands in one cell: a name, several names, a date, a term, or word that there is nothing."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

from .words import words

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff〇"
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e01ef]"
)
"""Control characters, marks that turn the direction of writing, and others that nobody sees."""
_GAP = re.compile(rf"(?<=[{HAN}（）、，·])\s+|\s+(?=[{HAN}（）、，·])")
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|0\d{2,3}[\s-]?\d{7,8}|\d{7,8})(?!\d)")
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{15})(?![0-9A-Za-z])")
_BRACKETS = re.compile(r"（([^（）]*)）")
_LISTED = re.compile(r"[、，,;；/\n|]+")
_SPACED = re.compile(r"[\s\u3000]+")
_PERSON = re.compile(rf"[{HAN}]{{2,4}}|[{HAN}]+(?:·[{HAN}]+)+|[A-Za-z][A-Za-z .'-]+")
_CALLED = re.compile(r".{1,2}(?:先生|女士|小姐|书记|主任|经理|干部)|.[总工]")
_RUNS_ON = re.compile("管理|服务|有限|物业|股份|集团|分公司|发展")
_NUMERALS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_DATE = re.compile(r"(\d{4})年?(?:[-./年](\d{1,2})月?(?:[-./月](\d{1,2})日?)?)?(?:\s*(?:\d{1,2}:\d{2}(?::\d{2})?))?")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})?")
_OPEN = re.compile(r"至今|今|现在|目前|现任|在任|长期|.*(?:聘|续签|换届)为止")
_SPLIT = re.compile(r"\s*-?(?:至(?!今)|到|--|—+|–|~|～|―|－{1,2}|→)\s*")
_YEARS = re.compile(r"(?:为期|任期|期限)?([0-9]{1,2})\s*年(?:期|任期)?")

_FORMULA = re.compile(r"[=＝][A-Za-z0-9+\-@(\"'$]|[+@]SUM\(|@[A-Z]+\(")

EXPECTED = "write YYYY, YYYY-MM or YYYY-MM-DD"


class BadCell(ValueError):
    """A cell that does not say what its column asks for; the text tells what was expected."""


@lru_cache(1 << 16)
def clean(text: str) -> str:
    """A name without blanks inside Chinese, one width for digits and letters, brackets as in Chinese print."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).replace("(", "（").replace(")", "）")
    text = text.replace(",", "，").replace("•", "·").replace("・", "·")
    return _SPACED.sub(" ", _GAP.sub("", text)).strip(" ")


def is_void(text: str, *, of: str = "") -> bool:
    """Whether a cell says that there is no such body, or that a post is vacant."""
    word = clean(text).rstrip("。.")
    known = words()
    if not word or word in known.void or word.startswith(known.void_front) or is_vacant(text):
        return True
    return of == "firm" and (word in known.self_managed or word.strip("（）") in known.self_managed)


def is_vacant(text: str, *, head: bool = False) -> bool:
    """Whether a cell says that nobody holds a post that there is; `head` tells that the post is that of a head."""
    word = clean(text).rstrip("。.").strip("（）")
    known = words()
    return word in known.vacant or word.startswith(known.vacant_front) or (head and word in known.vacant_head)


def is_formula(text: str) -> bool:
    """Whether a cell holds the formula of a spreadsheet and not its value."""
    return bool(_FORMULA.match(text))


def is_yes(text: str) -> bool:
    """Whether a cell says that there is such a body, without its name."""
    word = clean(text)
    return word in words().yes or word.startswith(("已成立", "已组建", "已建立", "已设立"))


def sensitive(text: str) -> tuple[int, int]:
    """How many telephone and identity numbers stand in a cell."""
    numbers = unicodedata.normalize("NFKC", text)
    identities = len(_IDENTITY.findall(numbers))
    return len(_PHONE.findall(_IDENTITY.sub(" ", numbers))), identities


def quotable(text: str) -> str:
    """The cell, or the longest part of it that holds no telephone or identity number."""
    if not any(sensitive(text)):
        return text
    parts = [part.strip(" \t\n:：()（）、，,") for part in re.split(r"[0-9０-９][0-9０-９Xx -]{5,}", text)]
    return max(parts, key=len)


def without_numbers(text: str) -> str:
    """The cell without telephone and identity numbers."""
    return _PHONE.sub(" ", _IDENTITY.sub(" ", unicodedata.normalize("NFKC", text)))


def people(text: str) -> list[tuple[str, str]]:
    """The persons of a cell, each with what stands in brackets after the name.

    Raises BadCell for what is no full name; it does not repeat the cell, which may hold more than a name.
    """
    found: list[tuple[str, str]] = []
    for piece in _pieces(text):
        plain = clean(without_numbers(piece)).strip("：:。. ")
        name = _BRACKETS.sub("", plain).strip()
        if not name or is_void(name):
            continue
        if not _PERSON.fullmatch(name) or _CALLED.fullmatch(name):
            raise BadCell("not the full name of a person; write names only, with 、 between them")
        found.append((name, "，".join(_BRACKETS.findall(plain))))
    return found


def _pieces(text: str) -> list[str]:
    outside = re.sub(r"[（(][^（）()]*[)）]", lambda match: match[0].translate(_HIDE), text)
    pieces = [piece.translate(_SHOW) for part in _LISTED.split(outside) for piece in _by_blanks(part)]
    return [piece for piece in pieces if piece.strip()]


_HIDE = {ord(c): 0xE000 + i for i, c in enumerate("、，,;；/\n| \u3000")}
_SHOW = {private: c for c, private in _HIDE.items()}


def _by_blanks(text: str) -> list[str]:
    """Names with blanks between them are several; one character, a blank and another are one name, set wide."""
    parts = [part for part in _SPACED.split(text.strip()) if part]
    if any(part.isascii() and part.isalpha() for part in parts):
        return [text]
    if len(parts) > 1 and all(len(clean(part)) >= 2 or not re.match(f"[{HAN}]", part) for part in parts):
        return parts
    return [text]


def names(text: str, endings: tuple[str, ...]) -> list[str]:
    """The bodies named in a cell: several where each part ends as names of its kind do, else one (on two lines)."""
    whole = [clean(part) for part in re.split(r"[、；;\n]+", text) if part.strip()]
    broken = "\n" in text and any(_RUNS_ON.match(part) for part in whole)
    if len(whole) > 1 and not broken and all(_BRACKETS.sub("", part).endswith(endings) for part in whole):
        return whole
    return [clean(text)]


def number(text: str) -> int:
    """A whole number with or without its unit ("37", "共37个", "1,204户"). Raises BadCell."""
    plain = re.sub(r"[,，\s]", "", unicodedata.normalize("NFKC", text))
    match = re.fullmatch(r"(?:共|约)?(\d+)(?:个|户|家|名|人|处)?", plain)
    if not match:
        raise BadCell(f"{text} is not a whole number; write digits only")
    return int(match[1])


@lru_cache(1 << 14)
def partial(text: str) -> str:
    """A date as YYYY, YYYY-MM or YYYY-MM-DD from the usual ways to write one. Raises BadCell."""
    plain = _plain_date(text)
    match = _DATE.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if not match:
        raise BadCell(f"{text} is not a date; {EXPECTED}")
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        date(year or 0, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        raise BadCell(f"{text} is not a day of the calendar; {EXPECTED}") from None
    return "-".join([f"{year:04}", *(f"{part:02}" for part in (month, day) if part is not None)])


def is_open(text: str) -> bool:
    """Whether an end is said to lie ahead ("至今")."""
    return bool(_OPEN.fullmatch(clean(text)))


def years(text: str) -> int | None:
    """The length of a term in years ("5年", "为期三年"), if that is all the cell says."""
    match = _YEARS.fullmatch(_plain_date(text).rstrip("制"))
    return int(match[1]) if match and 0 < int(match[1]) <= 30 else None


def later(start: str, count: int) -> str:
    """The same day, month or year `count` years later; the last day of February where there is no 29th."""
    year, rest = int(start[:4]) + count, start[4:]
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return f"{year:04}{'-02-28' if rest == '-02-29' and not leap else rest}"


@lru_cache(1 << 14)
def span(text: str) -> tuple[str | None, str | None]:
    """Start and end of a term in one cell; an end of ".." goes on, None is not said. Raises BadCell."""
    plain = re.sub(r"^(?:自|从|由)|(?<=[\d年月日])[-~～—－/]+$", "", clean(text))
    if match := re.fullmatch(r"(.+?)(?:起|开始|以来)(?:[，至]?(.*))?", plain):
        start = partial(match[1])
        return start, _end_after(start, match[2] or "", text)
    parts = _halves(plain)
    if len(parts) != 2:
        return (partial(plain), None) if len(parts) == 1 else _refuse(text)
    start = partial(parts[0])
    return start, _end_after(start, _borrowed(parts[1], start), text)


def _end_after(start: str, end: str, text: str) -> str | None:
    if not end:
        return None
    if is_open(end):
        return ".."
    if count := years(end):
        return later(start, count)
    found = partial(end)
    if found < start[: len(found)]:
        raise BadCell(f"{text} ends before it begins; write the earlier date first")
    return found


def _borrowed(end: str, start: str) -> str:
    """The year of the start for an end that has none ("2019年3月至9月")."""
    return f"{start[:4]}年{end}" if re.fullmatch(r"\d{1,2}月(?:\d{1,2}日?)?", end) else end


def _halves(text: str) -> list[str]:
    """Split at the sign between two dates, which may be the one that stands inside them as well."""
    parts = [part for part in _SPLIT.split(text) if part]
    if len(parts) > 1:
        return parts
    if match := re.fullmatch(r"(.*?[年月日])-?(至今|现在|目前)", text):
        return [match[1], match[2]]
    for pattern in (
        r"(.*?\d)-?(至今)",
        r"([\d年月日./]+?)-([\d年月日./]+|.*今.*|现在|目前)",
        r"(\d{4}(?:-\d{1,2}){2})[-/ ]+(\d{4}(?:-\d{1,2}){2})",
        r"(\d{4}-\d{1,2})[-/ ]+(\d{4}-\d{1,2})",
        r"(\d{4})[-/](\d{4})",
        r"(\d{4}(?:-\d{1,2}){1,2})[-/](.*今.*|现在|目前)",
    ):
        if (match := re.fullmatch(pattern, text)) and _is_date(match[1]):
            if re.fullmatch(r"\d{1,2}(?:[-./]\d{1,2})?", match[2]):
                continue  # the rest of one date: 2019-9
            return [match[1], match[2]]
    return [text]


def _is_date(text: str) -> bool:
    try:
        partial(text)
    except BadCell:
        return False
    return True


def _refuse(text: str) -> tuple[str, str]:
    raise BadCell(f"{text} is not a term; write START-END with dates as YYYY, YYYY.MM or YYYY.MM.DD")


def _plain_date(text: str) -> str:
    plain = clean(text).replace(" 00:00:00", "")
    if re.search("[一二三四五六七八九十]", plain):
        plain = re.sub("([二三])?十([一二三四五六七八九])?", _tens, plain).translate(_NUMERALS)
    return re.sub(r"[年月./-]+$", "", plain) if re.search(r"\d[./-]+$", plain) else plain.translate(_NUMERALS)


def _tens(match: re.Match[str]) -> str:
    tens, ones = match.groups()
    return str(10 * int((tens or "一").translate(_NUMERALS)) + int((ones or "〇").translate(_NUMERALS)))
