"""What a compound should have by the rules of its place, and what it has."""

from __future__ import annotations

import pytest
from short import graph, load, pick

from govgraph.graph.errors import NotFound
from govgraph.graph.workspace import Workspace
from govgraph.queries.evidence import Row
from govgraph.queries.structure import structure

SURE = {"valid": "2018-01-01/..", "observed": "2021-12-31"}
DAY = "2021-06-30"


@pytest.fixture(scope="module")
def workspace(shared_workspace: Workspace) -> Workspace:
    """Two districts: the rules of 构甲区 are not those of 构乙区."""
    compound = {"type": "Compound", "place": "ja"}
    actors = {
        "ja": {"type": "District", "name": "构甲区"},
        "jb": {"type": "District", "name": "构乙区"},
        "全": compound | {"category": "花园小区"},
        "缺": compound | {"category": "商品房花园小区"},
        "村": compound | {"category": "城中村"},
        "不详": compound,
        "外": {"type": "Compound", "place": "jb"},
        "站": {"type": "ServiceStation", "name": "全站"},
        "会": {"type": "OwnersCommittee", "name": "全业委会"},
        "支": {"type": "PartyOrg", "name": "全业委会党支部"},
        "空支": {"type": "PartyOrg", "name": "缺小区党支部"},
        "议": {"type": "AffairsCouncil", "name": "全议事会"},
        "书记": {"type": "Person", "name": "构书记"},
        "岗": {"type": "Post", "name": "党建指导员", "role": "党建指导员"},
    }
    ties = [
        ("站", "BASED_IN", "全", SURE),
        ("会", "BASED_IN", "全", SURE),
        ("支", "BASED_IN", "会", SURE),
        ("书记", "HOLDS_POST", "支", {"role": "支部书记"} | SURE),
        ("空支", "BASED_IN", "缺", SURE),
        ("岗", "POST_IN", "空支", SURE),
        ("议", "BASED_IN", "全", {"valid": "2018-01-01/..", "observed": "2019-12-31"}),
    ]
    registers = [("PartyOrg", "ja", "2021"), ("HOLDS_POST", "ja", "2021"), ("ServiceStation", "ja", "2021")]

    def rule(id: str, subject: str, object_: str, strength: str, relation: str = "BASED_IN", **more: object) -> Row:
        return (
            {"id": id, "subject_type": subject, "relation": relation, "object_type": object_, "strength": strength}
            | {"scope": {"place": "ja"}}
            | more
        )

    statements = [
        rule("每个小区设站", "ServiceStation", "Compound", "must"),
        rule("小区建党支部", "Compound", "PartyOrg", "promoted", "ESTABLISHED", valid="2020-01-01/.."),
        rule("业委会建党支部", "PartyOrg", "OwnersCommittee", "promoted"),
        rule("花园小区设议事会", "AffairsCouncil", "Compound", "must"),
        rule("可以设房东理事会", "LandlordCouncil", "Compound", "may"),
        rule("党支部监督业委会", "PartyOrg", "OwnersCommittee", "must", "SUPERVISES"),
    ]
    load(shared_workspace, graph("rules", actors, ties, registers, statements))
    return shared_workspace


def shown(rows: list[Row]) -> list[tuple[object, ...]]:
    return [(_what(row["expected"]), row["strength"], row["verdict"], [by["name"] for by in row["by"]]) for row in rows]  # type: ignore[attr-defined]


def _what(expected: object) -> str:
    assert isinstance(expected, dict)
    on = f" of {expected['on']['name']}" if expected["on"] else ""
    return ("/".join(expected["types"]) or str(expected["role"]).split("、")[0]) + on


def test_a_compound_that_has_what_it_should(workspace: Workspace) -> None:
    assert shown(structure(workspace, "全", DAY)) == [
        ("AffairsCouncil", "must", "possibly_there", ["全议事会"]),
        ("ServiceStation", "must", "there", ["全站"]),
        ("PartyOrg", "promoted", "there", ["全业委会党支部"]),
        ("PartyOrg of 全业委会", "promoted", "there", ["全业委会党支部"]),
        ("支部书记 of 全业委会党支部", "promoted", "there", ["构书记"]),
    ]


def test_what_is_missing_vacant_or_unknown(workspace: Workspace) -> None:
    assert shown(structure(workspace, "缺", DAY)) == [
        ("AffairsCouncil", "must", "unknown", []),  # no register of such councils
        ("ServiceStation", "must", "missing", []),
        ("PartyOrg", "promoted", "there", ["缺小区党支部"]),
        ("党建指导员 of 缺小区党支部", "promoted", "vacant", []),
        ("支部书记 of 缺小区党支部", "promoted", "vacant", []),
    ]
    assert {row[2] for row in shown(structure(workspace, "缺", "2022-06-30"))} == {"unknown", "possibly_there"}


def test_a_rule_is_of_its_category_place_and_time(workspace: Workspace) -> None:
    assert shown(structure(workspace, "村", DAY)) == [
        ("ServiceStation", "must", "missing", []),
        ("PartyOrg", "promoted", "missing", []),
    ]
    unknown = structure(workspace, "不详", DAY)
    assert pick(unknown, "category", "applies", "verdict") == [
        (None, "possibly", "unknown"),
        (None, "yes", "missing"),
        (None, "yes", "missing"),
    ]
    assert structure(workspace, "构乙区", DAY) == []
    before = structure(workspace, "村", "2019-06-30")
    assert shown(before) == [("ServiceStation", "must", "unknown", [])]


def test_every_row_rests_on_the_rule_and_on_what_is_there(workspace: Workspace) -> None:
    station = structure(workspace, "缺", DAY)[1]
    assert station["claims"] == ["register ServiceStation ja", "每个小区设站", "缺"]
    assert station["register"] == "register ServiceStation ja"
    assert station["norms"] == [{
        "id": "每个小区设站", "place": "构甲区", "law": "rules", "article": None, "summary": "ServiceStation BASED_IN Compound",
        "strength": "must", "quote": "每个小区设站",
    }]  # fmt: skip
    assert {quote["claim"] for quote in station["evidence"]} == set(station["claims"])  # type: ignore[attr-defined]


def test_norm_packs_that_are_in_force_there(workspace: Workspace) -> None:
    names = {
        "zj": {"type": "Province", "name": "浙江省"}, "sx": {"type": "City", "name": "绍兴市", "place": "zj"},
        "绍小区": {"type": "Compound", "place": "sx"}, "绍会": {"type": "OwnersCommittee"},
        "bj": {"type": "City", "name": "北京市"}, "京小区": {"type": "Compound", "place": "bj"},
    }  # fmt: skip
    load(workspace, graph("packs", names, [("绍会", "BASED_IN", "绍小区", SURE)]))
    rows = structure(workspace, "绍小区", "2021-11-30")
    assert shown(rows) == [("PartyOrg of 绍会", "must", "unknown", [])]
    (norm,) = rows[0]["norms"]  # type: ignore[misc]
    assert norm["law"] and norm["article"] and norm["quote"] is None and norm["place"] == "浙江省绍兴市"  # type: ignore[has-type]
    assert ("OwnersCommittee/PropertyManagementCommittee", "must", "unknown", []) in shown(
        structure(workspace, "京小区", "2024-06-30")
    )
    assert shown(structure(workspace, "京小区", "2001-01-01")) == []


def test_a_place_nobody_knows(workspace: Workspace) -> None:
    with pytest.raises(NotFound):
        structure(workspace, "没有的小区")
