"""Uncertain time: partial dates, intervals and days of observation become a sure and a possible period.

The rules are the time table of docs/time.md. A period is half-open, its bounds are ISO days. Inside this module an
unbounded start is `LOW` and an unbounded end is `HIGH`, two strings that sort before and after every day, so that
`min`, `max` and `<` need no special case; outside they are `None`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from .errors import BadInput

LOW, HIGH = "", "~"
Span = tuple[str, str]
Holds = Literal["yes", "possibly", "no"]

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@dataclass(frozen=True, slots=True)
class Period:
    """When something holds: `possible` is never empty, `sure` lies within it or is None. Both half-open."""

    sure: Span | None
    possible: Span

    def holds(self, day: str) -> Holds:
        """Whether it holds on `day` (ISO): yes, possibly or no. Total: every day has one answer."""
        if self.sure and self.sure[0] <= day < self.sure[1]:
            return "yes"
        return "possibly" if self.possible[0] <= day < self.possible[1] else "no"

    def bounds(self) -> dict[str, str | bool]:
        """The properties of a relation in the graph: `sure`, and `sure_from` … `possible_to` where they are bounded."""
        named = {"possible_from": self.possible[0], "possible_to": self.possible[1]}
        if self.sure:
            named |= {"sure_from": self.sure[0], "sure_to": self.sure[1]}
        return {"sure": self.sure is not None} | {k: v for k, v in named.items() if v not in (LOW, HIGH)}


ALWAYS = Period((LOW, HIGH), (LOW, HIGH))


def from_bounds(bounds: Mapping[str, object]) -> Period:
    """The inverse of `Period.bounds`: read a period back from the properties of a relation."""
    return Period(_span(bounds, "sure") if bounds.get("sure") else None, _span(bounds, "possible"))


def _span(bounds: Mapping[str, object], name: str) -> Span:
    return str(bounds.get(f"{name}_from") or LOW), str(bounds.get(f"{name}_to") or HIGH)


def shown(span: Span | None) -> list[str | None] | None:
    """A span as answers show it: `[from, to]` with null for an unbounded end, null for no period at all."""
    return span and [None if bound in (LOW, HIGH) else bound for bound in span]


def day(text: str) -> str:
    """Check a full day (`YYYY-MM-DD`) and return it. Raises BadInput with the remedy."""
    first, after = dates(text)
    if after != _next(first):
        raise BadInput(f"{text} is not a full day; write YYYY-MM-DD")
    return first


@lru_cache(maxsize=65536)
def dates(text: str) -> Span:
    """The days that a date of year, month or day precision can mean: (first day, day after the last)."""
    match = _DATE.fullmatch(text)
    if not match:
        raise BadInput(f"{text} is not a date; write YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, dayofmonth = (int(part) if part else 0 for part in match.groups())
    try:
        first = date(year, month or 1, dayofmonth or 1)
        last = date(year, month or 12, dayofmonth or monthrange(year, month or 12)[1])
    except ValueError as error:
        raise BadInput(f"{text} is not a day of the calendar; write YYYY, YYYY-MM or YYYY-MM-DD") from error
    return first.isoformat(), _next(last.isoformat())


def newest(text: str) -> str:
    """The last day that a date can mean."""
    return _previous(dates(text)[1])


def day_before(iso: str) -> str:
    """The day before a full day; the end of a half-open period as people write it."""
    return _previous(iso)


def contradict(a: str, b: str) -> bool:
    """Whether two terms that touch cannot both be right: they give starts, or ends, that no day fits."""
    (starts_a, ends_a), (starts_b, ends_b) = _ends(a), _ends(b)
    if starts_a[0] >= ends_b[1] or starts_b[0] >= ends_a[1]:
        return False  # one after the other: two terms, no contradiction
    started = LOW not in (starts_a[0], starts_b[0]) and (starts_a[1] < starts_b[0] or starts_b[1] < starts_a[0])
    ended = HIGH not in (ends_a[1], ends_b[1]) and (ends_a[1] <= ends_b[0] or ends_b[1] <= ends_a[0])
    return started or ended


def covered(valid: str) -> Span:
    """The days of an interval with both ends included, as registers and norms count them (half-open result)."""
    if "/" not in valid:
        return dates(valid)
    start, end = _halves(valid)
    return (dates(start)[0] if _dated(start) else LOW), (dates(end)[1] if _dated(end) else HIGH)


def check(valid: str | None) -> None:
    """Raise BadInput, naming the text and the remedy, unless `valid` is a date, an interval or None."""
    if valid is not None:
        _ends(valid)


def period(valid: str | None, said: str | None = None) -> Period:
    """The period of a claim that is `valid` and was `said` to be so on a day (its `observed`, see `said_on`).

    An end after the day it was said is a plan, so nothing is sure after that day; a full day on which a thing is said
    to be so is sure, if it is possible at all; without such a day a term of unknown or open end is sure on its first
    day alone. Raises BadInput for a text that is no interval.
    """
    (possible_from, sure_from), (ends, possible_to) = _ends(valid)
    if (possible_from, possible_to) == (LOW, HIGH) and valid is not None and valid == "../..":
        return ALWAYS
    sure_to = ends
    if said:
        sure_to = min(ends, _next(dates(said)[0]))
    elif ends == HIGH:  # nobody says that it went on: sure on a first day that is known, and no longer
        sure_to = _next(sure_from) if sure_from not in (LOW, HIGH) and sure_from == possible_from else LOW
    sure = (sure_from, sure_to) if sure_from < sure_to else None
    if said and (seen := dates(said))[1] == _next(seen[0]) and possible_from <= seen[0] < possible_to:
        sure = (min(sure[0], seen[0]), max(sure[1], seen[1])) if sure else seen
    return Period(sure, (possible_from, possible_to))


def said_on(valid: str | None, observed: str | None, published: str | None) -> str | None:
    """The day on which a claim is said to hold: `observed`, else the source's date where the claim speaks of its
    present.

    A source speaks of its own present if it gives no time at all or says that the thing goes on (`..`).
    """
    return observed or (published if valid is None or valid.endswith("/..") else None)


def together(periods: Iterable[Period]) -> Period:
    """One term that several claims speak of: sure from its first sure day to its last, with nothing against it between.

    The periods have the same `valid` and so the same possible period. Raises ValueError if there are none.
    """
    known = list(periods)
    sure = [p.sure for p in known if p.sure]
    span = (min(s[0] for s in sure), max(s[1] for s in sure)) if sure else None
    return Period(span, known[0].possible)


def meet(periods: Sequence[Period]) -> Period | None:
    """When all of them hold: the intersection, or None where that is impossible. The meet of nothing is always."""
    possible = max((p.possible[0] for p in periods), default=LOW), min((p.possible[1] for p in periods), default=HIGH)
    if possible[0] >= possible[1]:
        return None
    surely = [p.sure for p in periods if p.sure]
    sure = max((s[0] for s in surely), default=LOW), min((s[1] for s in surely), default=HIGH)
    return Period(sure if len(surely) == len(periods) and sure[0] < sure[1] else None, possible)


def _ends(valid: str | None) -> tuple[Span, Span]:
    """((earliest start, latest start), (earliest end, latest end)); an end is the first day on which it has ended.

    The last day of a term may be incomplete, so a term can end on any day of the written end date, that day included.
    """
    if valid is None:
        return (LOW, HIGH), (HIGH, HIGH)
    if "/" not in valid:
        first, after = dates(valid)
        single = after == _next(first)
        return (first, _previous(after)), (after if single else first, after)
    start, end = _halves(valid)
    starts = (LOW, LOW) if start == ".." else (LOW, HIGH) if not start else _first_and_last(start)
    ends = dates(end) if _dated(end) else (HIGH, HIGH)
    if starts[0] >= ends[1]:
        raise BadInput(f"{valid} ends before it begins; write the earlier date first")
    return starts, ends


def _halves(valid: str) -> tuple[str, str]:
    start, slash, end = valid.partition("/")
    if not slash or "/" in end or start == end == "":
        raise BadInput(f"{valid} is not an interval; write START/END, each YYYY, YYYY-MM, YYYY-MM-DD, '..' or nothing")
    return start, end


def _dated(bound: str) -> bool:
    return bound not in ("", "..")


def _first_and_last(text: str) -> Span:
    first, after = dates(text)
    return first, _previous(after)


@lru_cache(maxsize=65536)
def _next(iso: str) -> str:
    try:
        return (date.fromisoformat(iso) + timedelta(1)).isoformat()
    except OverflowError:
        return HIGH


@lru_cache(maxsize=65536)
def _previous(iso: str) -> str:
    return "9999-12-31" if iso == HIGH else (date.fromisoformat(iso) - timedelta(1)).isoformat()
