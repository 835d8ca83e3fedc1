"""The time table, row by row, and the algebra against a brute-force reading of the same table."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govgraph.graph.errors import BadInput
from govgraph.graph.period import (
    Period,
    check,
    covered,
    dates,
    from_bounds,
    meet,
    newest,
    period,
    said_on,
    shown,
    together,
)

TABLE = [
    ("2019-09/2021-03-15", None, ["2019-09-30", "2021-03-15"], ["2019-09-01", "2021-03-16"]),
    ("2019/2021", None, ["2019-12-31", "2021-01-01"], ["2019-01-01", "2022-01-01"]),
    ("2019-09-01/2024-09-01", "2020-11-30", ["2019-09-01", "2020-12-01"], ["2019-09-01", "2024-09-02"]),
    ("2019-09-01/..", "2020-11-30", ["2019-09-01", "2020-12-01"], ["2019-09-01", None]),
    ("2019-09-01/", "2020-11-30", ["2019-09-01", "2020-12-01"], ["2019-09-01", None]),
    ("2019-09-01/..", "2020-11", ["2019-09-01", "2020-11-02"], ["2019-09-01", None]),
    ("2019-09-01/..", None, ["2019-09-01", "2019-09-02"], ["2019-09-01", None]),
    ("2019-09-01/", None, ["2019-09-01", "2019-09-02"], ["2019-09-01", None]),
    ("2019-09/..", None, None, ["2019-09-01", None]),
    ("2020/..", "2020-06-30", ["2020-06-30", "2020-07-01"], ["2020-01-01", None]),
    ("/2020", None, None, [None, "2021-01-01"]),
    ("../2020", None, [None, "2020-01-01"], [None, "2021-01-01"]),
    ("../..", None, [None, None], [None, None]),
    ("../..", "2020-11-30", [None, None], [None, None]),
    ("2021-01-01/..", "2020-11-30", None, ["2021-01-01", None]),
    (None, "2020-11-30", ["2020-11-30", "2020-12-01"], [None, None]),
    (None, "2020-11", None, [None, None]),
    (None, None, None, [None, None]),
    ("2020-05-31", None, ["2020-05-31", "2020-06-01"], ["2020-05-31", "2020-06-01"]),
    ("2020-05", None, None, ["2020-05-01", "2020-06-01"]),
    ("2020-02/2020-02", None, None, ["2020-02-01", "2020-03-01"]),
    ("9999-12-31/..", None, ["9999-12-31", None], ["9999-12-31", None]),
]


@pytest.mark.parametrize(("valid", "said", "sure", "possible"), TABLE)
def test_the_table(
    valid: str | None, said: str | None, sure: list[str | None] | None, possible: list[str | None]
) -> None:
    p = period(valid, said)
    assert (shown(p.sure), shown(p.possible)) == (sure, possible)


def test_a_source_speaks_of_its_present_only_where_it_says_so() -> None:
    assert said_on(None, None, "2020-11") == "2020-11"
    assert said_on("2019/..", None, "2020-11") == "2020-11"
    assert said_on("2019/", None, "2020-11") is None
    assert said_on("2019/2024", None, "2020-11") is None
    assert said_on("2019/2024", "2020", "2020-11") == "2020"


def test_seen_on_two_days_is_sure_between() -> None:
    p = together([period(None, "2020-01-01"), period(None, "2021-01-01"), period(None, "2020")])
    assert shown(p.sure) == ["2020-01-01", "2021-01-02"]


@pytest.mark.parametrize(
    "text",
    [
        "2019-02-30",
        "2019-13",
        "19",
        "2019~",
        "2019/2020/2021",
        "/",
        "2021/2019",
        "open",
        "2019-1",
        "2019-02-30/..",
        "2019-05/2019-04",
        "٢٠١٩",
    ],
)
def test_what_is_no_interval_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadInput, match=r"write|earlier"):
        check(text)


def test_registers_count_both_ends() -> None:
    assert covered("2021-01-01/2021-12-31") == ("2021-01-01", "2022-01-01")
    assert covered("2023") == ("2023-01-01", "2024-01-01")
    assert shown(covered("2021/..")) == ["2021-01-01", None]
    assert newest("2020-02") == "2020-02-29"


# --- the same table read by brute force: all histories that a claim allows, day by day -------------------------------
DAYS = [date(2019, 12, 28) + timedelta(n) for n in range(45)]  # across two month ends and a year end
BOUND = st.sampled_from(
    ["", "..", "2019", "2020", "2019-12", "2020-01", "2020-02", *(d.isoformat() for d in DAYS[::3])]
)
SAID = st.one_of(st.none(), st.sampled_from(["2019-12", "2020-01", "2020", *(d.isoformat() for d in DAYS[::2])]))


def iso(d: date) -> str:
    return d.isoformat()


@st.composite
def intervals(draw: st.DrawFn) -> str | None:
    if draw(st.booleans()) and draw(st.booleans()):
        return draw(st.one_of(st.none(), BOUND.filter(lambda b: b not in ("", ".."))))
    text = f"{draw(BOUND)}/{draw(BOUND)}"
    try:
        check(text)
    except BadInput:
        return None
    return text


@given(intervals(), SAID)
def test_sure_lies_within_possible_and_every_day_has_one_answer(valid: str | None, said: str | None) -> None:
    p = period(valid, said)
    assert p.possible[0] < p.possible[1]
    assert p.sure is None or p.possible[0] <= p.sure[0] < p.sure[1] <= p.possible[1]
    assert from_bounds(dict(p.bounds())) == p
    answers = [p.holds(iso(d)) for d in DAYS]
    assert set(answers) <= {"yes", "possibly", "no"}


@given(intervals(), SAID)
def test_possible_is_what_some_history_allows(valid: str | None, said: str | None) -> None:
    """A day is possible if some start within the first bound and some last day within the second enclose it."""
    p = period(valid, said)
    start, end = ("", "") if valid is None else valid.split("/") if "/" in valid else (valid, valid)
    for d in map(iso, DAYS):
        begun = start in ("", "..") or d >= dates(start)[0]
        not_over = end in ("", "..") or d < dates(end)[1]
        assert (p.holds(d) != "no") == (begun and not_over)


@given(intervals())
def test_without_an_observation_sure_is_what_every_history_needs(valid: str | None) -> None:
    """A day is sure if it lies after every possible start and before every possible last day."""
    p = period(valid)
    start, end = ("", "") if valid is None else valid.split("/") if "/" in valid else (valid, valid)
    for d in map(iso, DAYS):
        single_day = "/" not in (valid or "/") and dates(start)[0] == d and newest(start) == d
        after_start = start == ".." or (start != "" and d >= newest(start))
        first_known_day = start not in ("", "..") and dates(start)[0] == newest(start) == d
        before_end = d < dates(end)[0] if end not in ("", "..") else first_known_day or valid == "../.."
        assert (p.holds(d) == "yes") == (single_day or (after_start and before_end)), d


@given(st.lists(st.tuples(intervals(), SAID), min_size=1, max_size=4))
def test_meet_holds_on_a_day_as_its_parts_do(parts: list[tuple[str | None, str | None]]) -> None:
    periods = [period(*part) for part in parts]
    both = meet(periods)
    for d in map(iso, DAYS):
        answers = {p.holds(d) for p in periods}
        expected = "no" if "no" in answers else "possibly" if "possibly" in answers else "yes"
        assert (both.holds(d) if both else "no") == expected, d


def test_the_meet_of_nothing_is_always() -> None:
    assert meet([]) == Period(("", "~"), ("", "~"))
