"""Dates and terms in a sentence, made absolute with the day of publication.

A date is `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; what cannot be resolved without a day of publication is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from . import numerals

_YEAR = r"(?P<year>(?:19|20)\d{2}|[一二][九〇零][〇零一二三四五六七八九]{2})年"
_RELATIVE = r"(?P<relative>今年|去年|前年|本年度|上年度|当年|同年)"
_MONTH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月份?"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9]|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"
_DATE = re.compile(
    rf"(?:(?:{_YEAR}|{_RELATIVE})(?P<half>上半年|下半年|年初|年底|年末|初|底|末)?(?:{_MONTH}(?:{_DAY})?)?(?P<end>底|初|末|中旬|上旬|下旬)?)"
    rf"|(?P<iso>(?:19|20)\d{{2}}[-./](?:1[0-2]|0?[1-9])(?:[-./](?:3[01]|[12]\d|0?[1-9]))?(?![\d.]))"
    rf"|(?<![\d一二三四五六七八九十年])(?P<bare_month>1[0-2]|[1-9])月(?P<bare_day>3[01]|[12]\d|[1-9])[日号]"
)
_TERM = re.compile(r"任期(?:为|是)?(?P<years>[1-9]|[一二三四五六])年")


@dataclass(frozen=True)
class Date:
    """text[start:end] of the sentence says `value`."""

    start: int
    end: int
    value: str
    text: str


def find(text: str, published: str | None) -> Iterator[Date]:
    """The dates of a sentence; a month without a year takes the year before it in the sentence, or of publication."""
    year: int | None = None
    for m in _DATE.finditer(text):
        value = _value(m, published, year)
        if value:
            year = int(value[:4])
            yield Date(m.start(), m.end(), value, m[0])


def term_years(text: str) -> int | None:
    """How many years a term lasts, where the text says so."""
    m = _TERM.search(text)
    return _number(m["years"]) if m else None


def add_years(date: str, years: int) -> str:
    return f"{int(date[:4]) + years}{date[4:]}"


def _value(m: re.Match[str], published: str | None, before: int | None) -> str | None:
    if m["iso"]:
        return _iso([int(x) for x in re.split(r"[-./]", m["iso"])])
    if m["bare_month"]:
        year = before or (int(published[:4]) if published else None)
        return _iso([year, int(m["bare_month"]), int(m["bare_day"])]) if year else None
    year = _year(m, published, before)
    if year is None:
        return None
    parts = [year]
    if m["month"]:
        parts.append(_number(m["month"]))
        if m["day"]:
            parts.append(_number(m["day"]))
    elif m["half"] in ("年底", "年末", "底", "末"):
        parts.append(12)
    elif m["half"] in ("年初", "初"):
        parts.append(1)
    return _iso(parts)


def _year(m: re.Match[str], published: str | None, before: int | None) -> int | None:
    if m["year"]:
        return int("".join(c if c.isdigit() else str(numerals.DIGITS[c]) for c in m["year"]))
    if m["relative"] in ("当年", "同年"):
        return before
    if not published:
        return None
    return int(published[:4]) - {"去年": 1, "上年度": 1, "前年": 2}.get(m["relative"], 0)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else int(numerals.parse(text) or 0)


def _iso(parts: list[int]) -> str | None:
    if len(parts) > 2:
        try:
            date(*parts[:3])
        except ValueError:
            return None
    return "-".join([f"{parts[0]:04d}", *(f"{p:02d}" for p in parts[1:])])
