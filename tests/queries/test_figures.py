"""Published totals: what they count, whether they fit what is recorded, and whether they fit each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from govgraph.graph.errors import NotFound
from govgraph.graph.workspace import Workspace
from govgraph.queries.evidence import Row
from govgraph.queries.figures import Figure, countable, derived, figures, identity, row, tensions, verdict

HERE = frozenset(["a"])
THERE = frozenset(["b"])


def figure(id: str, value: float, counted: str, sources: frozenset[str] = HERE, **more: object) -> Figure:
    fields: dict[str, object] = {"unit": "个", "place": "luohu", "place_name": "罗湖区", "sources": sources} | more
    return Figure(id, value, counted, **fields)  # type: ignore[arg-type]


def identities(*known: Figure) -> dict[str, Row]:
    return {f.id: found for f in known if (found := identity(f, known))}


@pytest.mark.parametrize(
    ("counted", "type", "value"),
    [
        ("小区", "Compound", None),
        ("罗湖区住宅小区", "Compound", None),
        ("全区居民小区", "Compound", None),
        ("其中有物业服务公司", "PropertyFirm", None),
        ("已建立小区党支部", "PartyOrg", "小区党支部"),
        ("“城中村”小区", "Compound", "城中村"),
    ],
)
def test_a_plain_word_is_counted(counted: str, type: str, value: str | None) -> None:
    found = countable(figure("f", 10, counted))
    assert found is not None
    word, place = found
    assert (word.type, word.value, place) == (type, value, "luohu")


@pytest.mark.parametrize(
    "counted",
    [
        "由物业服务公司管理的小区",
        "无物业服务公司的小区",
        "标准化建设达标的社区党委",
        "党员",
        "居民",
        "支部书记",
        "召开的联席会议",
        "文件",
    ],
)
def test_anything_narrower_is_not_counted(counted: str) -> None:
    assert countable(figure("f", 10, counted)) is None


@pytest.mark.parametrize(
    ("quote", "counted", "total"),
    [
        ("全区共有小区173个，其中", "小区", True),
        ("辖区有173个小区和20家公司", "小区", True),
        ("共173个小区获评示范", "小区", False),
        ("173个小区建立了党支部", "小区", False),
        ("每个社区设1个党群服务站", "党群服务站", False),
        ("已有173个小区、社区建立党支部", "小区", False),
        ("说法不同", "小区", True),
    ],
)
def test_a_number_of_some_is_not_compared_with_all(quote: str, counted: str, total: bool) -> None:
    assert (countable(figure("f", 173, counted, quote=quote)) is not None) == total


def test_a_number_of_firms_is_not_one_of_party_organisations() -> None:
    assert countable(figure("f", 48, "建立党组织", unit="家")) is None


def test_what_has_no_place_or_no_unit_of_actors_is_not_counted() -> None:
    assert countable(figure("f", 10, "小区", place=None, place_name=None)) is None
    assert countable(figure("f", 10, "小区", unit="次")) is None
    assert countable(figure("f", 0.1, "小区", unit="比例")) is None


@pytest.mark.parametrize(
    ("qualifier", "value_to", "recorded", "expected"),
    [
        (None, None, 20, "agrees"),
        ("exact", None, 19, "fewer_recorded"),
        ("exact", None, 21, "more_recorded"),
        ("at_least", None, 25, "agrees"),
        ("at_least", None, 19, "fewer_recorded"),
        ("more_than", None, 20, "fewer_recorded"),
        ("more_than", None, 21, "agrees"),
        ("at_most", None, 21, "more_recorded"),
        ("less_than", None, 20, "more_recorded"),
        ("less_than", None, 19, "agrees"),
        ("about", None, 22, "agrees"),
        ("about", None, 23, "more_recorded"),
        (None, 30, 25, "agrees"),
        (None, 30, 31, "more_recorded"),
        (None, None, None, "not_countable"),
    ],
)
def test_verdicts(qualifier: str | None, value_to: float | None, recorded: int | None, expected: str) -> None:
    assert verdict(figure("f", 20, "小区", qualifier=qualifier, value_to=value_to), recorded) == expected


def test_the_difference_is_recorded_minus_reported() -> None:
    shown = row(figure("f", 20, "小区"), 18, None, {"value": 20, "counted": "小区"})
    assert (shown["recorded"], shown["difference"], shown["verdict"]) == (18, -2, "fewer_recorded")
    assert shown["scope"] == {"place": "罗湖区"} and shown["claims"] == ["f"]


ALL = figure("all", 929, "密布居民小区", line=6, start=10)
WITH = figure("with", 784, "其中有由物业服务公司管理的小区", line=6, start=20)
WITHOUT = figure("without", 145, "无物业服务公司的小区", line=6, start=60)
VILLAGES = figure("villages", 42, "城中村小区", line=6, start=80)
FIRMS = figure("firms", 563, "物业服务公司", line=6, start=30, unit="家")


def test_with_and_without_make_the_whole() -> None:
    assert identities(ALL, WITH, WITHOUT, VILLAGES, FIRMS) == {
        "all": {"kind": "sum", "with": ["with", "without"], "holds": True}
    }


def test_with_and_without_that_do_not_add_up() -> None:
    wrong = figure("without", 154, "无物业服务公司的小区", line=40)
    assert identities(ALL, WITH, wrong) == {"all": {"kind": "sum", "with": ["with", "without"], "holds": False}}


def test_a_total_and_its_parts_of_one_sort() -> None:
    old = figure("old", 18, "原居民小组一级股份合作公司党支部", line=29, start=1)
    a = figure("a", 4, "居委会党支部", line=29, start=2)
    b = figure("b", 14, "居民小组党支部", line=29, start=3)
    places = figure("places", 7, "外卖地", line=29, start=4)
    assert identities(old, a, b, places) == {"old": {"kind": "sum", "with": ["a", "b"], "holds": True}}


def test_a_count_leaves_its_noun_to_the_next_one() -> None:
    said: dict[str, Any] = {"line": 29, "quote": "18个旧党支部，调整为4个居委会和14个居民小组党支部", "place": "luohu"}
    old = figure("old", 18, "旧党支部", value_text="18个", **said)
    a = figure("a", 4, "居委会", value_text="4个", **said)
    b = figure("b", 14, "居民小组党支部", value_text="14个", **said)
    assert identities(old, a, b) == {"old": {"kind": "sum", "with": ["a", "b"], "holds": True}}
    apart = replace(a, quote="18个旧党支部，4个居委会，调整为14个居民小组党支部")
    assert identities(old, apart, b) == {}
    assert identities(replace(old, value=19), a, b) == {}


def test_a_formula_is_a_sum_by_itself() -> None:
    papers = figure("f", 8, "1+2+5文件", value_text="1+2+5")
    assert identities(papers) == {"f": {"kind": "sum", "with": [], "holds": True}}
    assert identities(replace(papers, value=9))["f"]["holds"] is False


def test_a_total_of_three() -> None:
    parts = [
        figure(id, value, f"{word}小区")
        for id, value, word in (("a", 10, "花园"), ("b", 20, "老旧"), ("c", 5, "城中村"))
    ]
    assert identities(figure("all", 35, "小区"), *parts)["all"] == {
        "kind": "sum",
        "with": ["a", "b", "c"],
        "holds": True,
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"place": "longgang"},
        {"sources": THERE},
        {"unit": "家"},
        {"observed": "2019", "line": 6},
        {"qualifier": "about"},
        {"counted": "物业服务公司"},
    ],
)
def test_numbers_that_speak_of_different_things_are_not_added(changes: dict[str, object]) -> None:
    other = {"counted": "无物业服务公司的小区", "sources": HERE, "line": 6} | changes
    part = figure("without", 145, other.pop("counted"), other.pop("sources"), **other)  # type: ignore[arg-type]
    whole = figure("all", 929, "居民小区", line=6, observed="2020-11")
    assert identities(whole, WITH, part) == {}


def test_numbers_far_apart_that_happen_to_add_up_are_no_breakdown() -> None:
    known = [figure("a", 5, "花园小区", line=1), figure("b", 7, "老旧小区", line=90), figure("c", 12, "小区", line=50)]
    assert identities(*known) == {}


@pytest.mark.parametrize(
    ("value", "text", "holds"),
    [(0.21, "21%", True), (0.2, "五分之一", True), (0.5, "一半", False), (0.25, "25%", False)],
)
def test_a_share_of_two_counts(value: float, text: str, holds: bool) -> None:
    part = figure("part", 195, "成立业委会的小区", line=6, start=40)
    share = figure("share", value, "占小区总数", unit="比例", value_text=text, line=6, start=50)
    assert identities(ALL, part, FIRMS, share) == {"share": {"kind": "share", "with": ["all", "part"], "holds": holds}}


def test_a_share_that_names_its_part() -> None:
    share = figure("share", 0.2, "没有物业服务公司的小区", unit="比例", qualifier="about", line=7)
    assert identities(ALL, WITH, WITHOUT, share)["share"] == {
        "kind": "share",
        "with": ["all", "without"],
        "holds": False,
    }


def test_a_share_of_something_else() -> None:
    assert (
        identities(ALL, WITH, figure("share", 0.5, "大部分小区流动人口", unit="比例", qualifier="at_least", line=6))
        == {}
    )


def test_a_share_whose_counts_are_not_there() -> None:
    assert identities(ALL, figure("share", 0.3, "党员委员", unit="比例", line=6)) == {}


@pytest.mark.parametrize(
    ("value", "qualifier", "holds"),
    [(929, None, True), (930, None, False), (900, "more_than", True), (900, "about", True)],
)
def test_another_source_repeats_a_number(value: float, qualifier: str | None, holds: bool) -> None:
    other = figure("other", value, "罗湖区住宅小区", THERE, qualifier=qualifier)
    assert identities(ALL, other) == {
        "all": {"kind": "repeat", "with": ["other"], "holds": holds},
        "other": {"kind": "repeat", "with": ["all"], "holds": holds},
    }


def test_a_number_of_another_year_is_no_repetition() -> None:
    assert (
        identities(figure("a", 929, "小区", observed="2018"), figure("b", 930, "小区", THERE, observed="2019-06")) == {}
    )


# --- in a graph ------------------------------------------------------------------------------------------------------
def claims() -> list[Row]:
    def claim(kind: str, id: str, **fields: object) -> Row:
        return {"kind": kind, "id": id, "evidence": {"source": "s", "locator": {"line": 1}, "quote": id}} | fields

    def entity(key: str, type: str, name: str, place: str | None = None, **attributes: object) -> Row:
        return claim("entity", f"c-{key}", key=key, type=type, name=name, place=place, attributes=attributes)

    def total(id: str, value: float, counted: str, place: str | None, **fields: object) -> Row:
        return claim(
            "figure", id, value=value, counted=counted, unit="个", scope={"place": place} if place else None, **fields
        )

    return [
        {"kind": "source", "id": "s", "title": "figures", "type": "article"},
        entity("d", "District", "数城区"),
        entity("e", "District", "数外区"),
        *(
            entity(f"k{n}", "Compound", f"数城{n}号院", "d", category="老旧小区" if n else "城中村小区")
            for n in range(3)
        ),
        entity("far", "Compound", "数外院", "e"),
        total("f1", 3, "住宅小区", "数城区"),
        total("f2", 2, "城中村小区", "数城区", observed="2020"),
        total("f3", 4, "由物业公司管理的小区", "d"),
        total("f4", 5, "小区", "数外区", qualifier="at_most"),
        total("f5", 5, "小区", None),
        total("f6", 1, "小区", "数无街道"),
    ]


@pytest.fixture(scope="module")
def workspace(shared_workspace: Workspace) -> Workspace:
    with shared_workspace.loading("figures") as loading:
        for one in claims():
            assert loading.add(one), loading.report.refusals
    return shared_workspace


def brief(rows: Sequence[Row]) -> list[tuple[object, ...]]:
    return [(r["figure"], r["recorded"], r["difference"], r["verdict"], r["scope"]) for r in rows]


def test_figures_of_a_workspace(workspace: Workspace) -> None:
    rows = figures(workspace)
    assert sorted(brief(rows)) == [
        ("f1", 3, 0, "agrees", {"place": "数城区"}),
        ("f2", 1, -1, "fewer_recorded", {"place": "数城区"}),
        ("f3", None, None, "not_countable", {"place": "数城区"}),
        ("f4", 1, -4, "agrees", {"place": "数外区"}),
        ("f5", None, None, "not_countable", None),
        ("f6", 0, -1, "fewer_recorded", {"place": "数无街道"}),
    ]
    second = next(r for r in rows if r["figure"] == "f2")
    assert second["reported"] == {
        "value": 2, "value_to": None, "unit": "个", "qualifier": None, "counted": "城中村小区",
        "observed": "2020", "valid": None, "value_text": None,
    }  # fmt: skip
    assert second["identity"] is None and second["claims"] == ["f1", "f2"]  # of f1 it is a part
    assert second["evidence"] == [
        {"claim": id, "source": "s", "title": "figures", "locator": {"line": 1}, "quote": id} for id in ("f1", "f2")
    ]


def test_figures_of_a_place(workspace: Workspace) -> None:
    assert [r["figure"] for r in figures(workspace, "数外区")] == ["f4"]
    assert sorted(str(r["figure"]) for r in figures(workspace, "数城区")) == ["f1", "f2", "f3"]
    with pytest.raises(NotFound, match="no place 乌有区 is known"):
        figures(workspace, "乌有区")


def test_a_share_is_derived_where_the_number_of_all_is_known() -> None:
    all_ = figure("all", 929, "居民小区", line=6)
    some = figure("some", 784, "有由物业服务公司管理的小区", line=6)
    assert derived(some, [all_, some]) == {"share": 0.843918, "part": "some", "whole": "all"}
    assert derived(all_, [all_, some]) is None
    assert derived(some, [some, figure("elsewhere", 929, "小区", THERE)]) is None  # another source
    assert derived(figure("more", 930, "成立业委会的小区"), [all_]) is None  # no part of it
    assert derived(some, [some, figure("about", 929, "小区", qualifier="about")]) is None


def test_a_tension_is_named() -> None:
    stations = figure("stations", 437, "已建立住宅小区党群服务阵地", line=49)
    compounds = figure("compounds", 864, "住宅小区", quote="已在864个住宅小区建立了党组织", line=33)
    few = figure("few", 173, "小区", line=63)
    assert tensions(stations, [stations, compounds, few]) == [
        {"kind": "per", "with": ["compounds"], "reported": 437, "expected": 864}
    ]
    assert tensions(stations, [stations, few]) == []
    assert tensions(compounds, [stations, compounds, few]) == []
    assert tensions(stations, [stations, figure("c", 864, "住宅小区", THERE)]) == []


def test_an_identity_that_does_not_hold_is_a_tension() -> None:
    all_, none = figure("all", 929, "小区"), figure("none", 145, "无物业服务公司的小区")
    fifth = figure("fifth", 0.2, "无物业服务公司的小区", unit="比例", qualifier="about")
    assert tensions(fifth, [all_, none, fifth]) == [
        {"kind": "share", "with": ["all", "none"], "reported": 0.2, "expected": 0.156082}
    ]
    assert tensions(figure("a", 5, "业委会"), [figure("b", 7, "业委会", THERE)]) == [
        {"kind": "repeat", "with": ["b"], "reported": 5, "expected": 7}
    ]
    assert tensions(figure("a", 5, "业委会"), [figure("b", 0, "业委会", THERE)]) == [
        {"kind": "repeat", "with": ["b"], "reported": 5, "expected": 0}
    ]
    assert tensions(figure("a", 9, "文件", value_text="1+2+5"), []) == [
        {"kind": "sum", "with": [], "reported": 9, "expected": 8}
    ]


def test_more_recorded_than_reported_is_a_tension_and_fewer_is_none() -> None:
    assert tensions(figure("f", 3, "小区"), [], 4) == [{"kind": "recorded", "with": [], "reported": 3, "expected": 4}]
    assert tensions(figure("f", 3, "小区"), [], 2) == []
