"""Coverage of every kind of actor, on any day: small graphs with exact rows, and a city whose truth was planted."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from short import Row, Tie, graph, load, pick

from govgraph.graph.errors import BadInput
from govgraph.graph.workspace import Workspace
from govgraph.queries.coverage import KINDS, VERDICTS, coverage, kind_of, shared, verdicts

PLANTED = Path(__file__).parents[3] / "shared" / "acceptance" / "planted.py"
SAID = {"valid": "2015-01-01/..", "observed": "2021-06-30"}


def kinds() -> Iterator[Row]:
    """Compounds of one community: 总 with a general branch, a branch and a group; 合甲 and 合乙 with one branch; 空."""
    compound = {"type": "Compound", "place": "kd"}
    return graph(
        "kinds",
        {
            "kd": {"type": "Community", "name": "类社区"},
            "总": compound, "合甲": compound, "合乙": compound, "空": compound,
            "general": {"type": "PartyOrg", "name": "总小区党总支", "subtype": "小区党总支"},
            "branch": {"type": "PartyOrg", "name": "总小区第一党支部", "subtype": "小区党支部"},
            "group": {"type": "PartyOrg", "name": "总小区一栋党小组", "subtype": "党小组"},
            "joint": {"type": "PartyOrg", "name": "合党支部", "form": "联合建"},
            "own": {"type": "PartyOrg", "name": "合乙业委会党支部"},
            "committee": {"type": "OwnersCommittee", "name": "合乙业委会"},
            "trade": {"type": "PartyOrg", "name": "物业党支部", "form": "行业建"},
            "council": {"type": "LandlordCouncil", "name": "空房东理事会"},
            "block": {"type": "Building", "name": "空一栋"},
            "head": {"type": "Person", "name": "类楼长"},
            "secretary": {"type": "Person", "name": "类书记"},
        },
        [
            ("general", "BASED_IN", "总", SAID),
            ("branch", "BASED_IN", "总", SAID),
            ("group", "BASED_IN", "总", SAID),
            ("branch", "SUBORDINATE_TO", "general", SAID),
            ("secretary", "HOLDS_POST", "general", {"role": "党总支书记"} | SAID),
            ("joint", "COVERS", "合甲", SAID),
            ("joint", "COVERS", "合乙", {"valid": "2018-01-01/2020-01-01", "observed": None}),
            ("committee", "BASED_IN", "合乙", SAID),
            ("own", "BASED_IN", "committee", {"valid": "2020-01-01/..", "observed": "2021-06-30"}),
            ("trade", "BASED_IN", "空", SAID),
            ("council", "BASED_IN", "空", SAID),
            ("block", "LOCATED_IN", "空", SAID),
            ("head", "HOLDS_POST", "空", {"role": "楼栋长"} | SAID),
        ],
        [("PartyOrg", "kd", "2019-01-01/2021-12-31"), ("HOLDS_POST", "kd", "2021-01-01/2021-12-31")],
    )  # fmt: skip


@pytest.fixture(scope="module")
def workspace(shared_workspace: Workspace) -> Workspace:
    load(shared_workspace, kinds())
    return shared_workspace


def of(workspace: Workspace, what: str, day: str) -> list[tuple[object, ...]]:
    return pick(coverage(workspace, what, "类社区", day), "compound", "verdict", "by")


def test_general_branch_branches_and_groups_of_one_compound(workspace: Workspace) -> None:
    found = {row[0]: row[1:] for row in of(workspace, "branch", "2021-06-30")}
    assert found["总"][0] == "covered"  # the general branch has a secretary, the branch below it none
    assert sorted(found["总"][1]) == ["总小区一栋党小组", "总小区党总支", "总小区第一党支部"]  # type: ignore[call-overload]
    assert found["合甲"] == ("hollow", ["合党支部"])
    assert found["合乙"] == ("hollow", ["合乙业委会党支部"])  # on the committee of the compound
    assert found["空"] == ("uncovered", [])  # the firm's own branch says nothing of the residents


@pytest.mark.parametrize(
    ("what", "covered"),
    [
        ("PartyOrg", {"总", "合甲", "合乙"}),
        ("党小组", {"总"}),
        ("小区党总支", {"总"}),
        ("OwnersCommittee", {"合乙"}),
        ("业主委员会", {"合乙"}),
        ("LandlordCouncil", {"空"}),
        ("房东理事会", {"空"}),
        ("Building", {"空"}),
        ("Person", {"空"}),
        ("Organization", {"总", "合乙", "空", "合甲"}),
        ("station", set()),
    ],
)
def test_any_kind_of_actor(workspace: Workspace, what: str, covered: set[str]) -> None:
    found = of(workspace, what, "2020-06-30")
    assert {name for name, _, by in found if by} == covered
    assert {verdict for _, verdict, _ in found} <= set(VERDICTS)


def test_outside_a_register_nothing_is_uncovered(workspace: Workspace) -> None:
    assert [row for row in of(workspace, "station", "2021-06-30") if row[1] != "unknown"] == []
    assert {row[0]: row[1] for row in of(workspace, "党小组", "2021-06-30")}[
        "空"
    ] == "uncovered"  # a branch is a PartyOrg
    assert {row[0]: row[1] for row in of(workspace, "branch", "2022-01-01")}["空"] == "unknown"


def test_a_branch_of_several_compounds(workspace: Workspace) -> None:
    (row,) = shared(workspace, "branch", "类社区", "2019-06-30")
    assert row["body"] == {"id": row["body"]["id"], "name": "合党支部", "type": "PartyOrg", "form": "联合建"}  # type: ignore[index]
    assert pick([row], "compounds", "sure", "possible") == [(["合乙", "合甲"], 2, 2)]
    assert row["claims"] == ["joint COVERS 合乙 2018-01-01/2020-01-01", "joint COVERS 合甲 2015-01-01/.."]
    assert shared(workspace, "branch", "类社区", "2020-06-30") == []


def test_the_days_on_which_a_verdict_changes(workspace: Workspace) -> None:
    rows = verdicts(workspace, "branch", "合乙")
    assert pick(rows, "from", "to", "verdict") == [
        (None, "2018-01-01", "unknown"),
        ("2018-01-01", "2020-01-01", "covered_jointly"),
        (
            "2020-01-01",
            "2021-01-01",
            "covered",
        ),  # the last day of the joint branch is only possible, the new one is sure
        ("2021-01-01", "2021-07-01", "hollow"),
        ("2021-07-01", None, "possibly_covered"),
    ]
    assert [row["claims"] for row in rows][1] == ["joint COVERS 合乙 2018-01-01/2020-01-01"]
    assert {e["quote"] for row in rows for e in row["evidence"]} >= {"register HOLDS_POST kd"}  # type: ignore[attr-defined]


def test_verdicts_over_time_are_those_of_each_day(workspace: Workspace) -> None:
    for what in (*KINDS, "党小组"):
        rows = verdicts(workspace, what)
        days = {str(row[end]) for row in rows for end in ("from", "to") if row[end]}
        days |= {str(date.fromisoformat(day) - timedelta(1)) for day in days} | {"2017-03-01"}
        for day in sorted(days):
            then = {k["compound"]["id"]: k["verdict"] for k in rows if (k["from"] or "") <= day < (k["to"] or "~")}  # type: ignore[index,operator]
            assert then == {k["compound"]["id"]: k["verdict"] for k in coverage(workspace, what, as_of=day)}, day  # type: ignore[index]


def test_a_kind_that_is_none_is_named_with_the_nearest() -> None:
    for word in ("moonbase", "Mechanism", "四议两公开"):
        with pytest.raises(BadInput, match=f"{word} is no kind of actor; the nearest is "):
            kind_of(word)
    assert kind_of("branch") == kind_of("PartyOrg") == kind_of("党组织")


# --- a city with planted truth ---------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def planted() -> ModuleType:
    if not PLANTED.exists():
        pytest.skip(f"{PLANTED} is missing: coverage was NOT compared with a planted city")
    spec = importlib.util.spec_from_file_location("planted", PLANTED)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["planted"] = module
    spec.loader.exec_module(module)
    return module


def test_a_planted_city_at_random_days(workspace: Workspace, planted: ModuleType) -> None:
    number = random.randrange(10**6)
    print(f"seed {number}")
    chance = random.Random(number)
    city = planted.City(60, 200, number)
    claims: list[Row] = [
        {"kind": "source", "id": "city", "title": "planted", "type": "table", "published": planted.OBSERVED}
    ]
    load(workspace, [*claims, *city.rows])
    days = [date(2014, 1, 1) + timedelta(chance.randrange(365 * 10)) for _ in range(4)] + [
        date(2021, chance.randint(1, 12), 15)
    ]
    over_time = {what: verdicts(workspace, what, "试验市") for what in ("branch", "committee", "firm")}
    for day in days:
        truth = city.truth(day)
        for what, name in (("branch", "coverage"), ("committee", "committees"), ("firm", "firms")):
            rows = coverage(workspace, what, "试验市", day.isoformat())
            assert {r["compound"]["name"]: r["verdict"] for r in rows} == truth[name], (number, day, what)  # type: ignore[index]
            then = [r for r in over_time[what] if (r["from"] or "") <= day.isoformat() < (r["to"] or "~")]  # type: ignore[operator]
            assert {r["compound"]["name"]: r["verdict"] for r in then} == truth[name], (number, day, what)  # type: ignore[index]


def test_a_body_with_two_seats_takes_the_form_of_the_better_one(workspace: Workspace) -> None:
    actors = {
        "vd": {"type": "Community", "name": "双社区"},
        "双": {"type": "Compound", "place": "vd"},
        "two": {"type": "PartyOrg", "name": "双党支部", "form": "临时建"},
    }
    ties: list[Tie] = [
        ("two", "BASED_IN", "双", {"valid": "2018-01-01/..", "observed": "2021-12-15"}),
        ("two", "COVERS", "双", {"form": "一体化", "valid": "2019-01-01/2020-01-01"}),
    ]
    load(workspace, graph("seats", actors, ties))
    found = {
        day: coverage(workspace, "branch", "双社区", day)[0]
        for day in ("2018-06-01", "2019-06-01", "2020-01-01", "2022-01-01")
    }
    assert [(row["verdict"], row["by"][0]["form"]) for row in found.values()] == [  # type: ignore[index]
        ("covered_temporarily", "临时建"),
        ("covered", "一体化"),
        ("covered_temporarily", "临时建"),  # the last day of the other is only possible
        ("possibly_covered", "临时建"),
    ]
