"""Registers as people keep them, and the claims that must come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import openpyxl
import pytest
import yaml

from govgraph.graph.claim import Checker
from govgraph.graph.errors import BadInput
from govgraph.graph.vocabulary import vocabulary
from govgraph.ingest.cells import BadCell, partial, people, span
from govgraph.ingest.headers import Meaning, meaning
from govgraph.ingest.mapping import Proposal, as_yaml, propose_mapping
from govgraph.ingest.pipeline import load_document, source_id_of, walk
from govgraph.ingest.read import Table, read
from govgraph.ingest.tables import Claim, Extraction, table_claims
from govgraph.ingest.words import words

Rows = Sequence[Sequence[str]]

REGISTER: Rows = [
    ["试验区住宅小区登记表"],
    ["小区", "社区", "街道", "党支部", "组建形式", "支部书记", "业委会主任", "任期开始", "任期结束", "物业公司", "项目经理",
     "服务开始", "服务结束", "户数"],
    ["阳光花园", "东风社区", "北湖街道", "阳光花园党支部", "单独建", "张三", "李四", "2019.9", "2024.9", "甲物业公司",
     "王伟", "2018", "2021", "1200"],
    ["月亮花园", "东风社区", "北湖街道", "东风联合党支部", "联合建", "张　明", "陈五", "2019-02-30", "2024", "无", "—", "",
     "", "800"],
    ["星星花园", "东风社区", "北湖街道", "东风联合党支部", "联合建", "张 明", "未成立", "", "", "甲物业公司", "王伟", "",
     "", ""],
    ["合计", "", "", "2", "", "", "", "", "", "", "", "", "", "2000"],
    ["注：截至2020年11月30日"],
]  # fmt: skip


def claims_of(rows: Rows, **options: object) -> Extraction:
    """What comes out of a sheet; every claim of it must pass the checks of the graph."""
    merged = cast("tuple[tuple[int, int, int, int], ...]", options.pop("merged", ()))
    table = Table("甲", tuple(map(tuple, rows)), merged)
    settings: dict[str, object] = {"source_id": "s", "published": "2020-11-30", "place": "试验区", **options}
    found = table_claims(table, **settings)  # type: ignore[arg-type]
    check(found.claims, table)
    return found


def check(claims: Sequence[Claim], table: Table) -> None:
    checker = Checker(sources={"s"})
    types = {str(claim["key"]): str(claim["type"]) for claim in claims if claim["kind"] == "entity"}
    for claim in claims:
        assert not checker.check(dict(claim)).notes, claim
        if claim["kind"] == "relation":
            ends = types[str(claim["subject"])], types[str(claim["object"])]
            vocabulary().check_relation(str(claim["relation"]), *ends)
        for row, column, quote in places(claim):
            assert quote and quote in table.rows[row - table.first_row][column]


def places(claim: Claim) -> Iterator[tuple[int, int, str]]:
    evidence = cast("Any", claim["evidence"])
    for one in evidence if isinstance(evidence, list) else [evidence]:
        at = one["locator"]
        yield at["row"], number_of(at["column"]), one["quote"]


def number_of(column: str) -> int:
    """The number, from 0, of a column that a spreadsheet calls by letters."""
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number - 1


def relations(found: Extraction, relation: str) -> list[tuple[str, str, str, str | None]]:
    """Subject, object, role or form, valid; by the last part of the keys."""
    return [
        (
            str(claim["subject"]).rpartition("/")[2],
            str(claim["object"]).rpartition("/")[2],
            str(attribute(claim, "role") or attribute(claim, "form") or ""),
            cast("str | None", claim.get("valid")),
        )
        for claim in found.claims
        if claim.get("relation") == relation
    ]


def attribute(claim: Claim, name: str) -> object:
    return cast("Mapping[str, object]", claim.get("attributes", {})).get(name)


def entities(found: Extraction, type_: str) -> dict[str, Claim]:
    return {str(c["name"]): c for c in found.claims if c["kind"] == "entity" and c["type"] == type_}


def figures(found: Extraction) -> dict[object, object]:
    return {claim["counted"]: claim["value"] for claim in found.claims if claim["kind"] == "figure"}


# --- a plain register -------------------------------------------------------------------------------------------------
def test_register() -> None:
    found = claims_of(REGISTER)
    assert list(entities(found, "Compound")) == ["阳光花园", "月亮花园", "星星花园"]
    assert relations(found, "LOCATED_IN")[:2] == [
        ("东风社区", "北湖街道", "", None),
        ("阳光花园", "东风社区", "", None),
    ]
    assert relations(found, "BASED_IN") == [
        ("阳光花园党支部", "阳光花园", "单独建", None),
        ("阳光花园业主委员会", "阳光花园", "", None),
        ("月亮花园业主委员会", "月亮花园", "", None),
    ]
    assert relations(found, "COVERS") == [
        ("东风联合党支部", "月亮花园", "联合建", None),
        ("东风联合党支部", "星星花园", "联合建", None),
    ]
    assert relations(found, "SERVES") == [
        ("甲物业公司", "阳光花园", "", "2018/2021"),
        ("甲物业公司", "星星花园", "", None),
    ]
    assert relations(found, "HOLDS_POST") == [
        ("张三", "阳光花园党支部", "支部书记", "2019-09/2024-09"),
        ("李四", "阳光花园业主委员会", "业委会主任", "2019-09/2024-09"),
        ("王伟", "甲物业公司", "项目经理", None),
        ("张明", "东风联合党支部", "支部书记", "/2024"),
        ("陈五", "月亮花园业主委员会", "业委会主任", "/2024"),
        ("张明", "东风联合党支部", "支部书记", None),
    ]
    assert attribute(entities(found, "Compound")["阳光花园"], "households") == 1200
    assert figures(found) == {"小区党支部": 2, "住户": 2000}


def test_a_refused_cell_does_not_lose_its_row() -> None:
    found = claims_of(REGISTER)
    (refusal,) = found.refusals
    assert refusal == (
        "4: sheet 甲, column H, 任期开始: 2019-02-30 is not a day of the calendar; write YYYY, YYYY-MM or YYYY-MM-DD"
    )
    assert ("陈五", "月亮花园业主委员会", "业委会主任", "/2024") in relations(found, "HOLDS_POST")


def test_an_end_after_the_day_of_the_register_is_a_plan() -> None:
    found = claims_of(
        [["小区", "业委会主任", "任期"], ["甲园", "张三", "2019.9-2024.9"], ["乙园", "李四", "2015-2019"]]
    )
    observed = [claim.get("observed") for claim in found.claims if claim.get("relation") == "HOLDS_POST"]
    assert observed == ["2020-11-30", None]


def test_places() -> None:
    found = claims_of(REGISTER)
    assert entities(found, "SubDistrict")["北湖街道"]["place"] == "试验区"
    assert entities(found, "Compound")["阳光花园"]["place"] == "s/Community/北湖街道/东风社区"
    short = claims_of([["小区", "社区", "街道", "区"], ["甲园", "东风居委会", "北湖", "试验区"]], place="示范市试验区")
    assert entities(short, "District")["试验区"]["place"] == "示范市"
    assert attribute(entities(short, "Community")["东风社区"], "name_basis") == "normalised"
    assert "北湖街道" in entities(short, "SubDistrict")


def test_unnamed_bodies_are_called_after_their_compound_and_say_so() -> None:
    found = claims_of([["小区", "业委会主任", "书记"], ["甲园", "张三", "李四"]])
    assert attribute(entities(found, "OwnersCommittee")["甲园业主委员会"], "name_basis") == "composed"
    assert attribute(entities(found, "PartyOrg")["甲园党支部"], "name_basis") == "composed"


def test_yes_and_no() -> None:
    rows = [
        ["小区", "是否成立业委会", "党支部成立情况", "党群服务站"],
        ["甲园", "是", "已成立", "有"],
        ["乙园", "否", "未成立", "无"],
        ["丙园", "不一定", "", ""],
    ]
    found = claims_of(rows)
    assert [name for name, *_ in relations(found, "BASED_IN")] == ["甲园业主委员会", "甲园党支部", "甲园党群服务站"]
    assert found.refusals == [
        "4: sheet 甲, column B, 是否成立业委会: 不一定 is neither yes nor no; write 是 or 否",
    ]


# --- vacancies --------------------------------------------------------------------------------------------------------
def vacancies(found: Extraction) -> list[tuple[str, str, object]]:
    """Post, body, role of every post that is said to be vacant."""
    return [
        (str(c["subject"]).rpartition("/")[2], str(c["object"]).rpartition("/")[2], attribute(c, "role"))
        for c in found.claims
        if c.get("relation") == "POST_IN" and attribute(c, "vacant") is True
    ]


@pytest.mark.parametrize("word", ["空缺", "待选举", "（待选）", "缺额", "暂缺", "选举中", "待补选。", "暂无", "无"])
def test_a_vacancy_is_a_claim(word: str) -> None:
    found = claims_of([["小区", "业委会", "业委会主任"], ["甲园", "甲园业委会", word]])
    assert vacancies(found) == [("业委会主任", "甲园业委会", "业委会主任")]
    assert list(entities(found, "Post")) == ["甲园业委会主任"]
    (claim,) = (c for c in found.claims if c.get("relation") == "POST_IN")
    assert list(places(claim)) == [(2, 2, word)] and not relations(found, "HOLDS_POST")


@pytest.mark.parametrize("word", ["", "—", "/", "不详", "未知"])
def test_an_empty_cell_is_no_vacancy(word: str) -> None:
    found = claims_of([["小区", "业委会", "业委会主任"], ["甲园", "甲园业委会", word]])
    assert not vacancies(found) and not found.refusals


def test_a_vacancy_needs_a_body_that_is_there() -> None:
    rows = [
        ["小区", "业委会", "业委会主任", "书记", "业委会委员"],
        ["甲园", "未成立", "空缺", "待选举", "无"],
        ["乙园", "是", "张三", "空缺", "无"],
    ]
    assert not vacancies(claims_of(rows))  # that there is no member need not mean that a seat is empty


def test_a_vacancy_in_a_list_of_people() -> None:
    rows = [
        ["姓名", "职务", "组织"],
        ["张三", "主任", "甲园业委会"],
        ["空缺", "副主任、委员", "甲园业委会"],
        ["", "委员", "甲园业委会"],
    ]
    assert [role for *_, role in vacancies(claims_of(rows))] == ["业委会副主任", "业委会委员"]


def test_one_vacant_seat_among_several() -> None:
    found = claims_of([["小区", "业委会", "业委会委员"], ["甲园", "甲园业委会", "张三、李四、待补选"]])
    assert [name for name, *_ in relations(found, "HOLDS_POST")] == ["张三", "李四"] and not found.refusals


@pytest.mark.parametrize(
    "nothing", ["无", "暂无", "未成立", "—", "", "/", "空缺", "尚未成立", "暂未组建", "无物业", "筹备中"]
)
def test_words_for_nothing_are_no_names(nothing: str) -> None:
    found = claims_of([["小区", "业委会", "业委会主任", "物业公司"], ["甲园", nothing, nothing, nothing]])
    assert {claim["type"] for claim in found.claims} == {"Compound"} and not found.refusals


def test_a_person_in_a_body_that_is_not_there_is_refused() -> None:
    found = claims_of([["小区", "业委会", "业委会主任"], ["甲园", "未成立", "张三"]])
    assert not relations(found, "HOLDS_POST") and "says that there is no committee" in found.refusals[0]


def test_generic_names_are_those_of_the_compound() -> None:
    found = claims_of([["小区", "党支部"], ["甲园", "第一党支部"], ["乙园", "第一党支部"], ["丙园", "党支部"]])
    assert list(entities(found, "PartyOrg")) == ["甲园第一党支部", "乙园第一党支部", "丙园党支部"]


# --- several in one cell ----------------------------------------------------------------------------------------------
def test_several_persons_in_one_cell() -> None:
    cell = "张三、李 四（兼）\n王五（候补委员）；欧阳修"
    found = claims_of([["小区", "业委会委员"], ["甲园", cell]])
    assert [(name, role) for name, _, role, _ in relations(found, "HOLDS_POST")] == [
        ("张三", "业委会委员"),
        ("李四", "业委会委员"),
        ("王五", "业委会候补委员"),
        ("欧阳修", "业委会委员"),
    ]
    manners = [attribute(claim, "manner") for claim in found.claims if claim.get("relation") == "HOLDS_POST"]
    assert manners == [None, "concurrent", None, None]


def test_several_posts_with_their_people_in_one_cell() -> None:
    rows = [
        ["小区", "党支部", "业委会成员", "党支部班子"],
        ["甲园", "甲园党支部", "主任：张三；副主任：李四、王五；委员：赵六（兼）", "书记:钱七\n组织委员:孙八"],
    ]
    found = claims_of([rows[0][:3], rows[1][:3]])
    assert [(name, role) for name, _, role, _ in relations(found, "HOLDS_POST")] == [
        ("张三", "业委会主任"), ("李四", "业委会副主任"), ("王五", "业委会副主任"), ("赵六", "业委会委员"),
    ]  # fmt: skip
    members = claims_of([["小区", "党支部成员"], ["甲园", rows[1][3]]])
    assert [(name, role) for name, _, role, _ in relations(members, "HOLDS_POST")] == [
        ("钱七", "支部书记"),
        ("孙八", "支部委员"),
    ]


def test_a_cell_with_posts_of_two_bodies() -> None:
    found = claims_of(
        [
            ["小区", "业委会", "党支部书记", "业委会成员"],
            ["甲园", "甲园业委会", "王五", "党支部书记：张三；业委会主任：李四"],
        ]
    )
    assert [(name, body, role) for name, body, role, _ in relations(found, "HOLDS_POST")] == [
        ("王五", "甲园党支部", "支部书记"), ("张三", "甲园党支部", "支部书记"), ("李四", "甲园业委会", "业委会主任"),
    ]  # fmt: skip


def test_a_header_of_two_posts() -> None:
    found = claims_of([["小区", "支部书记兼业委会主任"], ["甲园", "张三"]])
    assert [(name, role) for name, _, role, _ in relations(found, "HOLDS_POST")] == [
        ("张三", "支部书记"),
        ("张三", "业委会主任"),
    ]
    assert len(persons(found)) == 1


@pytest.mark.parametrize("cell", ["李主任", "张先生", "街道派驻干部人员", "张三等3人", "123"])
def test_what_is_no_full_name_is_refused_without_repeating_it(cell: str) -> None:
    found = claims_of([["小区", "业委会主任"], ["甲园", cell]])
    assert not relations(found, "HOLDS_POST")
    assert (
        found.refusals[0].startswith("2: sheet 甲, column B, 业委会主任: not the full name")
        and cell not in found.refusals[0]
    )


def test_two_firms_and_a_name_on_two_lines() -> None:
    found = claims_of([["小区", "物业公司"], ["甲园", "甲物业公司、乙物业公司"], ["乙园", "丙物业\n管理有限公司"]])
    assert list(entities(found, "PropertyFirm")) == ["甲物业公司", "乙物业公司", "丙物业管理有限公司"]


def test_numbers_of_persons_are_left_out_and_counted() -> None:
    rows = [
        ["小区", "业委会主任", "联系电话", "身份证号码"],
        ["甲园", "张三 13800138000", "0755-88886666", "44030119700101001X"],
    ]
    found = claims_of(rows)
    assert found.notes == ["sheet 甲: telephone numbers left out: 2", "sheet 甲: identity numbers left out: 1"]
    assert not any(number in str(found.claims) for number in ("138", "0755", "4403"))


# --- who is who -------------------------------------------------------------------------------------------------------
def persons(found: Extraction) -> list[str]:
    return [str(claim["key"]) for claim in found.claims if claim.get("type") == "Person"]


def test_one_row_speaks_of_one_person_two_rows_of_two() -> None:
    rows = [["小区", "支部书记", "业委会主任"], ["甲园", "张三", "张三"], ["乙园", "张三", ""]]
    found = claims_of(rows)
    assert len(persons(found)) == 2
    first = [claim["subject"] for claim in found.claims if claim.get("relation") == "HOLDS_POST"][:2]
    assert first[0] == first[1]


def test_the_same_manager_of_one_firm_is_one_person() -> None:
    found = claims_of(
        [["小区", "物业公司", "项目经理"], ["甲园", "甲物业公司", "王伟"], ["乙园", "甲物业公司", "王伟"]]
    )
    assert len(persons(found)) == 1


def test_namesakes_in_two_communities_stay_apart() -> None:
    rows = [["小区", "社区"], ["阳光花园", "东风社区"], ["阳光花园", "西风社区"], ["阳光花园", "东风社区"]]
    keys = [claim["key"] for claim in claims_of(rows).claims if claim.get("type") == "Compound"]
    assert keys == ["s/Compound/东风社区/阳光花园", "s/Compound/西风社区/阳光花园"]


def test_an_identity_number_joins_two_rows_and_is_not_kept() -> None:
    rows = [
        ["姓名", "职务", "组织", "身份证号"],
        ["张三", "书记", "甲园党支部", "440301197001010011"],
        ["张三", "主任", "乙园业委会", "440301197001010011"],
        ["张三", "主任", "丙园业委会", ""],
    ]
    found = claims_of(rows)
    assert len(persons(found)) == 2 and "4403" not in str(found.claims)


# --- a row for each person --------------------------------------------------------------------------------------------
def test_long_form() -> None:
    rows = [
        ["姓名", "职务", "组织", "小区", "任期"],
        ["张三", "党支部书记兼业委会主任", "阳光花园党支部", "阳光花园", "2019.9-2024.9"],
        ["李四", "副主任", "月亮花园业委会", "", "2019年9月至今"],
        ["王五", "项目经理", "甲物业公司", "阳光花园", ""],
        ["赵六", "组织委员", "党支部", "阳光花园", "2019"],
        ["钱七", "书记", "东风社区党委", "", ""],
        ["孙八", "主任", "东风社区居委会", "", ""],
    ]
    found = claims_of([["试验区任职情况表"], *rows[:1], *rows[1:6]])
    assert relations(found, "HOLDS_POST") == [
        ("张三", "阳光花园党支部", "支部书记", "2019-09/2024-09"),
        ("张三", "阳光花园业主委员会", "业委会主任", "2019-09/2024-09"),
        ("李四", "月亮花园业委会", "业委会副主任", "2019-09/.."),
        ("王五", "甲物业公司", "项目经理", None),
        ("赵六", "阳光花园党支部", "支部委员", "2019/.."),
        ("钱七", "东风社区党委", "党委书记", None),
    ]
    assert ("月亮花园业委会", "月亮花园", "", None) in relations(found, "BASED_IN")
    assert len(persons(found)) == 5


def test_an_organisation_of_unknown_kind_is_refused() -> None:
    found = claims_of([["姓名", "职务", "单位"], ["张三", "主任", "某处"]])
    assert "the kind of organisation 某处 is not known" in found.refusals[0]


# --- dirt in cells ----------------------------------------------------------------------------------------------------
def test_marks_that_nobody_sees_are_no_part_of_a_name() -> None:
    found = claims_of(
        [["小区", "业委会主任"], ["甲\u200b园\u202e", "张\u2066三\u2069"], ["乙\x07园", "\u200f李四\ufe0f"]]
    )
    assert list(entities(found, "Compound")) == ["甲园", "乙园"] and list(entities(found, "Person")) == ["张三", "李四"]


def test_what_is_said_of_a_cell_can_be_printed() -> None:
    found = claims_of([["小区", "业委会数", "成立\x1b[31m时间"], ["甲园", "\x1b[2J\u202e若\n干", "x"]])
    assert found.refusals and all(text.isprintable() for text in found.refusals)


def test_formulas_in_cells_are_refused_and_the_row_stays() -> None:
    found = claims_of(
        [["小区", "社区", "业委会主任"], ["甲园", '=B1&"社区"', '=HYPERLINK("x")'], ["=A2", "东风社区", "张三"]]
    )
    assert list(entities(found, "Compound")) == ["甲园"]
    assert [refusal.partition(": ")[0] for refusal in found.refusals][:3] == ["2", "2", "3"]
    assert all(
        "a formula; open the file in a spreadsheet and save its values" in refusal for refusal in found.refusals[:3]
    )


def test_a_table_of_all_columns_there_are() -> None:
    found = claims_of([[f"列{i}" for i in range(16_384)], ["甲"] * 16_384])
    assert found.refusals == ["1: sheet 甲 has 16384 columns; at most 512 are read: leave out the others"]
    wide = claims_of([["小区", *[""] * 16_382, "业委会主任"], ["甲园", *[""] * 16_382, "张三"]])
    assert [name for name, *_ in relations(wide, "HOLDS_POST")] == ["张三"]


def test_merged_cells_that_cover_everything() -> None:
    with pytest.raises(BadInput, match="cover more than 1,000,000 cells"):
        claims_of([["小区"] * 300] * 300, merged=((0, 0, 1_048_575, 16_383),) * 20)


# --- forms ------------------------------------------------------------------------------------------------------------
FORM: Rows = [
    ["业主委员会备案表", "", "", ""],
    ["小区名称", "甲园", "所属社区", "东风社区"],
    ["业委会名称", "甲园业主委员会", "成立时间", "2019年9月"],
    ["任期", "2019.9-2024.9", "户数", "1200"],
    ["物业服务企业", "甲物业公司", "联系电话", "13800138000"],
    ["姓名", "职务", "性别", "联系电话"],
    ["张三", "主任", "男", "13900000000"],
    ["李四", "副主任", "女", ""],
    ["空缺", "委员", "", ""],
]


def test_a_form_and_the_list_in_it() -> None:
    found = claims_of(FORM, merged=((0, 0, 0, 3),))
    assert relations(found, "HOLDS_POST") == [
        ("张三", "甲园业主委员会", "业委会主任", "2019-09/2024-09"),
        ("李四", "甲园业主委员会", "业委会副主任", "2019-09/2024-09"),
    ]
    assert relations(found, "BASED_IN") == [("甲园业主委员会", "甲园", "", "2019-09/..")]
    assert relations(found, "SERVES") == [("甲物业公司", "甲园", "", None)]
    assert relations(found, "LOCATED_IN") == [("甲园", "东风社区", "", None)]
    assert attribute(entities(found, "Compound")["甲园"], "households") == 1200
    assert [role for *_, role in vacancies(found)] == ["业委会委员"]
    assert "sheet 甲: telephone numbers left out: 2" in found.notes and not found.refusals


def test_a_form_alone_and_one_in_single_cells() -> None:
    alone = claims_of(FORM[:5])
    assert relations(alone, "SERVES") == [("甲物业公司", "甲园", "", None)] and not alone.refusals
    inline = claims_of([["小区名称：甲园", "所属社区：东风社区"], ["业委会主任：张三", "物业公司：甲物业公司"]])
    assert relations(inline, "HOLDS_POST") == [("张三", "甲园业主委员会", "业委会主任", None)]


def test_an_empty_form_yields_nothing() -> None:
    empty = [
        [cell if i % 2 == 0 or not 1 <= r <= 4 else "" for i, cell in enumerate(row)] for r, row in enumerate(FORM[:6])
    ]
    found = claims_of(empty)
    assert not found.claims and not found.refusals and found.notes == ["sheet 甲: a form that is not filled in"]


# --- dirt of layout ---------------------------------------------------------------------------------------------------
def test_header_over_two_rows_with_merged_cells() -> None:
    rows = [
        ["北湖街道住宅小区一览表（截至2020年11月）"],
        ["序号", "小区", "社区", "党支部", "", "", "业委会", "", "", "物业公司", ""],
        ["", "", "", "名称", "书记", "成立时间", "主任", "委员", "任期", "名称", "联系电话"],
        [
            "1",
            "甲园",
            "东风社区",
            "甲园党支部",
            "张三",
            "2018年5月",
            "李四",
            "王五、赵六",
            "2019.9-2024.9",
            "甲物业公司",
            "无",
        ],
        ["2", "乙园", "", "无", "", "", "无", "", "", "业主自管", ""],
    ]
    found = claims_of(rows, merged=((0, 0, 0, 10), (1, 3, 1, 5), (1, 6, 1, 8), (1, 9, 1, 10), (3, 2, 4, 2)))
    assert relations(found, "LOCATED_IN") == [("甲园", "东风社区", "", None), ("乙园", "东风社区", "", None)]
    assert ("甲园党支部", "甲园", "", "2018-05/..") in relations(found, "BASED_IN")
    assert [(name, valid) for name, _, _, valid in relations(found, "HOLDS_POST")] == [
        ("张三", None),
        ("李四", "2019-09/2024-09"),
        ("王五", "2019-09/2024-09"),
        ("赵六", "2019-09/2024-09"),
    ]
    assert list(entities(found, "PropertyFirm")) == ["甲物业公司"] and not found.refusals
    merged_cell = [claim for claim in found.claims if claim.get("name") == "东风社区"]
    assert list(places(merged_cell[0])) == [(4, 2, "东风社区")]


def test_sections_repeated_headers_and_remarks() -> None:
    rows = [
        ["小区", "业委会主任", "物业公司"],
        ["一、北湖街道"],
        ["甲园", "张三", ""],
        ["小区", "业委会主任", "物业公司"],
        ["（二）南湖街道"],
        ["乙园", "李四", ""],
        ["小计", "2", ""],
        ["备注：以上由各街道填报"],
        ["填表人：王五", "审核：赵六"],
    ]
    found = claims_of(rows)
    assert relations(found, "LOCATED_IN") == [("甲园", "北湖街道", "", None), ("乙园", "南湖街道", "", None)]
    assert len(persons(found)) == 2


def test_a_row_with_a_name_alone_is_a_compound() -> None:
    rows = [["小区", "社区", "业委会主任"], ["大湾村"], ["北湖街道"], ["甲园"], ["以上由各街道填报，截至年底。"]]
    found = claims_of(rows)
    assert relations(found, "LOCATED_IN") == [("甲园", "北湖街道", "", None)]
    assert list(entities(found, "Compound")) == ["大湾村", "甲园"]
    assert found.notes == ["sheet 甲: rows with a single cell that names no place, passed over: 1"]


def test_two_tables_in_one_sheet() -> None:
    rows = [
        ["小区", "社区", "户数"],
        ["甲园", "东风社区", "100"],
        [],
        ["姓名", "职务", "小区"],
        ["张三", "业委会委员", "甲园"],
    ]
    found = claims_of(rows)
    assert relations(found, "HOLDS_POST") == [("张三", "甲园业主委员会", "业委会委员", None)]
    assert list(entities(found, "Compound")) == ["甲园"]


def test_counts_are_figures_of_their_place() -> None:
    found = claims_of([["社区", "小区数", "业委会数"], ["东风社区", "12", "3个"], ["西风社区", "—", "若干"]])
    assert figures(found) == {"住宅小区": 12, "业主委员会": 3}
    assert found.claims[1]["scope"] == {"place": "s/Community/东风社区"}
    assert found.refusals == ["3: sheet 甲, column C, 业委会数: 若干 is not a whole number; write digits only"]


def test_traditional_table() -> None:
    found = claims_of(
        [["小區", "社區", "業委會主任"], ["陽光花園", "東風社區", "張三"], ["月亮花園", "東風社區", "無"]]
    )
    assert relations(found, "HOLDS_POST") == [("张三", "阳光花园业主委员会", "业委会主任", None)]
    assert list(places(found.claims[0])) == [(2, 1, "東風社區")]


def test_a_table_without_a_known_header_is_refused_once() -> None:
    found = claims_of([["标题"], ["甲", "乙"], ["1", "2"], ["3", "4"]])
    assert not found.claims
    (refusal,) = found.refusals
    assert refusal.startswith("2: sheet 甲 has no header that is known (found 甲, 乙)") and "--map FILE" in refusal


def test_columns_that_are_not_used_are_named() -> None:
    found = claims_of([["小区", "社区", "绿化率"], ["甲园", "东风社区", "30%"]])
    assert found.notes == ["sheet 甲: columns not used: 绿化率; say with --map FILE what they mean"]


# --- terms ------------------------------------------------------------------------------------------------------------
def test_a_term_belongs_to_the_posts_before_it() -> None:
    rows = [
        ["小区", "支部书记", "任期", "业委会主任", "任期开始", "任期结束", "物业公司", "合同起止时间"],
        ["甲园", "张三", "2018-2023", "李四", "2020.1", "至今", "甲物业公司", "2019年3月1日至2022年2月28日"],
    ]
    found = claims_of(rows)
    assert [valid for *_, valid in relations(found, "HOLDS_POST")] == ["2018/2023", "2020-01/.."]
    assert relations(found, "SERVES")[0][3] == "2019-03-01/2022-02-28"


def test_a_term_in_years_counts_from_its_start() -> None:
    rows = [
        ["小区", "业委会主任", "任职时间", "任期"],
        ["甲园", "张三", "2019-09-01", "5年"],
        ["乙园", "李四", "", "五年"],
    ]
    assert [valid for *_, valid in relations(claims_of(rows), "HOLDS_POST")] == ["2019-09-01/2024-09-01", None]


def test_an_end_before_the_beginning_is_refused() -> None:
    found = claims_of([["小区", "业委会主任", "任期开始", "任期结束"], ["甲园", "张三", "2019", "2018"]])
    assert relations(found, "HOLDS_POST")[0][3] == "2019/.."
    assert found.refusals == [
        "2: sheet 甲, column D, 任期结束: 2018 lies before 2019, the beginning; correct one of them"
    ]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2019", "2019"), ("2019年", "2019"), ("2019.9", "2019-09"), ("2019-09", "2019-09"), ("2019/9/1", "2019-09-01"),
        ("2019年9月1日", "2019-09-01"), ("２０１９年９月", "2019-09"), ("二〇一九年十二月", "2019-12"), ("20190901", "2019-09-01"),
        ("2019-09-01 00:00:00", "2019-09-01"), ("2020-02-29", "2020-02-29"),
    ],
)  # fmt: skip
def test_dates(text: str, date: str) -> None:
    assert partial(text) == date


@pytest.mark.parametrize("text", ["2019-02-30", "2019.13", "9月", "43709", "19.9", "去年", "2021-02-29", "2019-00"])
def test_impossible_dates(text: str) -> None:
    with pytest.raises(BadCell, match="write YYYY, YYYY-MM or YYYY-MM-DD"):
        partial(text)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("2019.9-2024.9", ("2019-09", "2024-09")), ("2019年9月至2024年9月", ("2019-09", "2024-09")),
        ("2019-09-01至2024-08-31", ("2019-09-01", "2024-08-31")), ("2019.9—2024.9", ("2019-09", "2024-09")),
        ("2019-2024", ("2019", "2024")), ("2019-09-2024-09", ("2019-09", "2024-09")), ("2019-9", ("2019-09", None)),
        ("2019/9-2024/9", ("2019-09", "2024-09")), ("2019.9～至今", ("2019-09", "..")), ("2019年9月起三年", ("2019-09", "2022-09")),
        ("2019年3月至9月", ("2019-03", "2019-09")), ("自2019年9月1日起至2024年8月31日", ("2019-09-01", "2024-08-31")),
    ],
)  # fmt: skip
def test_terms(text: str, term: tuple[str, str | None]) -> None:
    assert span(text) == term


def test_people() -> None:
    assert people("张　三、李四(主任) 王五") == [("张三", ""), ("李四", "主任"), ("王五", "")]
    assert people("阿依古丽·买买提") == [("阿依古丽·买买提", "")]


# --- registers --------------------------------------------------------------------------------------------------------
def test_complete() -> None:
    found = claims_of(REGISTER, complete=["PartyOrg", "HOLDS_POST"])
    registers = [claim for claim in found.claims if claim["kind"] == "register"]
    assert [(r["of"], r["place"], r["valid"]) for r in registers] == [
        ("PartyOrg", "试验区", "2020-11-30"),
        ("HOLDS_POST", "试验区", "2020-11-30"),
    ]
    assert list(places(registers[0])) == [(1, 0, "试验区住宅小区登记表")]
    assert any("declared complete, but cells were refused (1)" in note for note in found.notes)


@pytest.mark.parametrize(
    ("options", "said"),
    [({"place": None}, "--place"), ({"published": None}, "--published"), ({"complete": ["PartyOrgs"]}, "PartyOrg")],
)
def test_a_register_needs_place_day_and_type(options: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        claims_of(REGISTER, **{"complete": ["PartyOrg"], **options})


# --- a map ------------------------------------------------------------------------------------------------------------
def test_a_map_gives_a_meaning_to_headers_and_letters() -> None:
    rows = [
        ["表"],
        ["楼名", "片", "头儿", "届起", "届止", "x"],
        ["甲园", "东风", "张三", "2019", "2024", "1"],
        ["乙园", "", "", "", "", ""],
    ]
    columns = {
        "楼名": "compound",
        "B": "社区",
        "头儿": "chair",
        "届起": "committee.from",
        "届止": "committee.to",
        "x": "ignore",
    }
    found = claims_of(rows, mapping={"columns": columns, "header_row": 2, "fill_down": ["B"]})
    assert relations(found, "HOLDS_POST") == [("张三", "甲园业主委员会", "业委会主任", "2019/2024")]
    assert relations(found, "LOCATED_IN") == [("甲园", "东风社区", "", None), ("乙园", "东风社区", "", None)]
    assert not found.notes
    assert relations(claims_of(rows, mapping=columns), "HOLDS_POST") == relations(found, "HOLDS_POST")


def test_a_table_without_headers() -> None:
    rows = [["阳光花园", "东风社区", "张三"], ["月亮花园", "东风社区", "李四"]]
    columns = {"A": "compound", "b": "community", "C": "业委会主任"}
    for mapping in ({"columns": columns}, {"columns": columns, "header_row": 0}):
        found = claims_of(rows, mapping=mapping)
        assert [name for name, *_ in relations(found, "HOLDS_POST")] == ["张三", "李四"]
        assert list(places(found.claims[1])) == [(1, 0, "阳光花园")]
    with pytest.raises(BadInput, match="a column D, and 甲 has the columns A to C"):
        claims_of(rows, mapping={"columns": {"D": "compound"}})
    with pytest.raises(BadInput, match="header_row 7, and 甲 has 2 rows"):
        claims_of(rows, mapping={"columns": columns, "header_row": 7})


# --- maps that are proposed -------------------------------------------------------------------------------------------
def proposed(tmp_path: Path, text: str) -> Proposal:
    path = tmp_path / "表.csv"
    path.write_text(text, "utf-8")
    (proposal,) = propose_mapping(path)
    loaded = yaml.safe_load(as_yaml([proposal]))
    assert loaded == proposal.mapping
    assert load_document(path, mapping=loaded, source_id="s").claims  # it can be used as it stands
    return proposal


def test_a_map_for_a_known_header(tmp_path: Path) -> None:
    proposal = proposed(
        tmp_path,
        "楼盘,片,负责人,业委会任期,电话\n阳光花园,东风社区,张三,2019.9-2024.9,13800138000\n月亮花园,东风社区,李四,,13900138000\n",
    )
    assert proposal.mapping == {
        "columns": {
            "楼盘": "compound",
            "片": "community",
            "负责人": "ignore",
            "业委会任期": "committee.range",
            "电话": "phone",
        },
        "header_row": 1,
    }
    assert "people: say which post" in as_yaml([proposal]) and "138" not in as_yaml([proposal])
    assert {claim["name"] for claim in proposal.claims if claim["kind"] == "entity"} == {
        "阳光花园",
        "月亮花园",
        "东风社区",
    }


def test_a_map_for_a_table_without_headers(tmp_path: Path) -> None:
    proposal = proposed(
        tmp_path, "阳光花园,东风社区,甲物业公司,2019.9-2022.9\n月亮花园,东风社区,乙物业公司,2019.9-2024\n"
    )
    assert proposal.mapping == {
        "columns": {"A": "compound", "B": "community", "C": "firm", "D": "range"},
        "header_row": 0,
    }
    assert sum(claim.get("relation") == "SERVES" for claim in proposal.claims) == 2


def test_the_first_ten_rows_are_shown(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "小区,社区\n" + "".join(f"第{i}花园,东风社区\n" for i in range(30)))
    assert sum(claim.get("type") == "Compound" for claim in proposal.claims) == 10


def test_a_map_for_each_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "甲"
    for row in (
        ["登记表"],
        ["序号", "小区", "业委会", None],
        [None, None, "主任", "委员"],
        [1, "阳光花园", "张三", "李四"],
    ):
        book.active.append(row)
    book.create_sheet("乙").append(["楼名", "片"])
    book["乙"].append(["月亮苑", "东风社区"])
    book.save(tmp_path / "a.xlsx")
    proposals = propose_mapping(tmp_path / "a.xlsx")
    mapping = yaml.safe_load(as_yaml(proposals))
    assert mapping["sheets"]["乙"]["columns"] == {"楼名": "compound", "片": "community"}
    found = load_document(tmp_path / "a.xlsx", mapping=mapping, source_id="s")
    assert [name for name, *_ in relations(found, "HOLDS_POST")] == ["张三", "李四"]
    assert {"阳光花园", "月亮苑"} == set(entities(found, "Compound"))
    del mapping["sheets"]["甲"]
    assert (
        "sheet 甲: not in the map, not read" in load_document(tmp_path / "a.xlsx", mapping=mapping, source_id="s").notes
    )


def test_no_map_for_a_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("只有正文。", "utf-8")
    with pytest.raises(BadInput, match="a text, and a map is for tables"):
        propose_mapping(tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("columns", "said"), [({"楼名": "compund"}, "meaning compund"), ({"没有": "compound"}, "column 没有")]
)
def test_a_map_that_cannot_be_used(columns: dict[str, str], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        claims_of([["楼名", "片"], ["甲园", "东风"]], mapping=columns)


# --- words ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("小区名称", Meaning("compound")), ("项目名称", Meaning("compound")), ("所属社区", Meaning("community")),
        ("镇街", Meaning("sub_district")), ("物业服务企业", Meaning("firm", "firm")), ("物管单位", Meaning("firm", "firm")),
        ("物业负责人", Meaning("firm_head", "firm_post")), ("业委会主任姓名", Meaning("chair", "committee")),
        ("副主任", Meaning("vice_chair", "committee")), ("小区党组织", Meaning("branch", "branch")),
        ("党支部书记", Meaning("secretary", "branch")), ("组建方式", Meaning("form")), ("合同起", Meaning("from", "firm")),
        ("服务结束", Meaning("to", "firm")), ("业委会届满时间", Meaning("to", "committee")), ("阵地", Meaning("station", "station")),
        ("是否成立业委会", Meaning("exists", "committee")), ("户数（户）", Meaning("households")), ("小 区\n名 称", Meaning("compound")),
        ("任职时间", Meaning("from")), ("绿化率", None),
    ],
)  # fmt: skip
def test_headers(header: str, expected: Meaning | None) -> None:
    assert meaning(header) == expected


def test_types_roles_and_forms_are_those_of_the_vocabulary() -> None:
    known = words()
    for body in known.bodies.values():
        vocabulary().type(body.type)
    for post in known.posts.values():
        assert vocabulary().canonical_role(post.role, known.bodies[post.body].type) == post.role
    for scope, roles in known.roles.items():
        for role in roles:
            assert vocabulary().canonical_role(role, known.bodies[scope].type) == role
    forms = vocabulary().attribute("PartyOrg", "form")
    assert forms is not None and set(known.forms) <= set(forms.values)
    subtypes = vocabulary().attribute("PartyOrg", "subtype")
    assert subtypes is not None and {value for _, value in known.subtypes} <= set(subtypes.values)


# --- files ------------------------------------------------------------------------------------------------------------
def test_a_workbook_from_file_to_claims(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "登记"
    sheet.append(["试验区小区登记表（截至2020年11月30日）"])
    sheet.append(["小区", "业委会主任", "任期开始", "任期结束"])
    sheet.append(["甲园", "张三", datetime(2019, 9, 1), "2024-02-30"])
    sheet.append(["乙园", "李四", 2019.1, 2024])
    book.save(tmp_path / "登记 表.xlsx")
    found = load_document(tmp_path / "登记 表.xlsx", place="试验区", complete=["OwnersCommittee"], source_id="s")
    source = found.claims[0]
    assert (source["type"], source["published"], source["place"]) == ("register", "2020-11-30", "试验区")
    assert source["title"] == "登记 表" and source["sha256"] == read(tmp_path / "登记 表.xlsx").sha256
    assert [valid for *_, valid in relations(found, "HOLDS_POST")] == ["2019-09-01/..", "2019/2024"]
    assert found.refusals == [
        "3: sheet 登记, column D, 任期结束: 2024-02-30 is not a day of the calendar; write YYYY, YYYY-MM or YYYY-MM-DD"
    ]
    assert "sheet 登记: 任期开始: numbers such as 2019.1, January or October, read as the year: 1" in found.notes
    assert found.claims[-1]["kind"] == "register" and found.text is None


def test_a_csv_with_a_ragged_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("小区,社区,业委会主任\n甲园,东风社区,张三\n乙园,李四\n丙园,东风社区,王五\n", "gb18030")
    found = load_document(path, source_id="s")
    assert [name for name, *_ in relations(found, "HOLDS_POST")] == ["张三", "王五"]
    assert [refusal.split(":")[0] for refusal in found.refusals] == ["3"]


def test_a_text_is_read_by_rules(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text("# 试验区简报\n\n发布时间：2020年12月1日\n\n东岸花园小区业主委员会主任是周试宁。\n", "utf-8")
    found = load_document(path, place="试验区", source_id="s")
    assert found.claims[0] | {"sha256": ""} == {
        "kind": "source", "id": "s", "title": "试验区简报", "type": "note", "published": "2020-12-01", "place": "试验区",
        "sha256": "",
    }  # fmt: skip
    assert found.text == path.read_text("utf-8") and len(found.claims) > 1
    with pytest.raises(BadInput, match="only a table can be complete"):
        load_document(path, place="试验区", complete=["PartyOrg"], source_id="s")


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("标题\n\n正文一。\n\n2020年12月1日", "2020-12-01"),
        ("标题\n日期：2020-12-01\n正文。", "2020-12-01"),
        ("标题\n正文。\n某办公室 2020年12月1日印发", "2020-12-01"),
        ("标题\n正文。\n二〇二〇年十二月一日", "2020-12-01"),
        ("标题\n2019年9月，东岸花园成立业委会。", None),
        ("标题\n没有日期。", None),
    ],
)
def test_the_date_that_a_text_states(tmp_path: Path, text: str, published: str | None) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text, "utf-8")
    assert load_document(path, source_id="s").claims[0].get("published") == published


def test_given_date_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("标题\n正文。", "utf-8")
    with pytest.raises(BadInput, match="2020-02-30 is not a day of the calendar"):
        load_document(path, published="2020-02-30", source_id="s")


def test_walk(tmp_path: Path) -> None:
    for name in ("b.txt", "a.csv", ".hidden", "~$a.xlsx", "sub/c.md", ".git/d.txt"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("x")
    assert [str(p.relative_to(tmp_path)) for p in walk([tmp_path])] == ["a.csv", "b.txt", "sub/c.md"]
    assert list(walk([tmp_path / ".hidden"])) == [tmp_path / ".hidden"]
    with pytest.raises(BadInput, match="no such file or folder"):
        list(walk([tmp_path / "none"]))


def test_source_ids() -> None:
    assert source_id_of(Path("小区 登记表（2020）.xlsx"), set()) == "小区-登记表-2020"
    assert source_id_of(Path("x/a_b.txt"), {"a-b", "a-b-2"}) == "a-b-3"
    assert source_id_of(Path("！！.txt"), set()) == "source"
