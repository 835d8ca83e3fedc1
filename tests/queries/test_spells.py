"""Spells and panels: flat rows with sure and possible time, and answers kept to what is trusted."""

from __future__ import annotations

import pytest
from short import Tie, graph, load, pick

from govgraph.graph.errors import BadInput, NotFound
from govgraph.graph.workspace import Workspace
from govgraph.queries.cite import cite
from govgraph.queries.roles import roles
from govgraph.queries.spells import coverage_panel, coverage_spells, panel, spells
from govgraph.queries.trust import trust

CHAIR = {"role": "业委会主任"}
SEAT = {"role": "业委会委员", "method": "rules", "confidence": 0.6}


@pytest.fixture(scope="module")
def workspace(shared_workspace: Workspace) -> Workspace:
    actors = {
        "sd": {"type": "District", "name": "期区"},
        "小区": {"type": "Compound", "place": "sd"},
        "委": {"type": "OwnersCommittee", "name": "期业委会", "place": "sd"},
        "局": {"type": "GovDepartment", "name": "期局", "place": "sd"},
        "甲": {"type": "Person"}, "乙": {"type": "Person"},
    }  # fmt: skip
    ties: list[Tie] = [
        ("甲", "HOLDS_POST", "委", CHAIR | {"valid": "2018-03-01/2020-02-01"}),
        ("甲", "HOLDS_POST", "委", CHAIR | {"valid": "2020/2021-01-01", "observed": None}),
        ("乙", "HOLDS_POST", "委", SEAT | {"valid": "2019-07-01/..", "observed": "2020-12-31"}),
        ("乙", "HOLDS_POST", "局", {"role": "科长"}),
        ("委", "BASED_IN", "小区", {"valid": "2019-07-01/2020-12-01"}),
    ]
    load(shared_workspace, graph("spells", actors, ties, [("OwnersCommittee", "sd", "2018-01-01/2021-12-31")]))
    return shared_workspace


def test_spells_are_flat(workspace: Workspace) -> None:
    rows = spells(workspace, place="期区")
    assert pick(
        rows, "person", "role", "body", "body_type", "sure", "sure_from", "sure_to", "possible_from", "possible_to"
    ) == [
        ("乙", "科长", "期局", "GovDepartment", False, None, None, None, None),
        ("乙", "业委会委员", "期业委会", "OwnersCommittee", True, "2019-07-01", "2021-01-01", "2019-07-01", None),
        (
            "甲",
            "业委会主任",
            "期业委会",
            "OwnersCommittee",
            True,
            "2018-03-01",
            "2020-02-01",
            "2018-03-01",
            "2020-02-02",
        ),
        (
            "甲",
            "业委会主任",
            "期业委会",
            "OwnersCommittee",
            True,
            "2020-12-31",
            "2021-01-01",
            "2020-01-01",
            "2021-01-02",
        ),
    ]
    assert all(len(name) <= 32 and name.replace("_", "").isalpha() for row in rows for name in row)
    assert rows[0]["claims"] == ["乙 HOLDS_POST 局 科长"] and rows[0]["evidence"][0]["quote"] == "乙 HOLDS_POST 局 科长"  # type: ignore[index]


def test_spells_of_a_person_or_a_type(workspace: Workspace) -> None:
    assert {row["person"] for row in spells(workspace, person="甲")} == {"甲"}
    assert pick(spells(workspace, place="期区", types=["GovDepartment"]), "body") == [("期局",)]
    with pytest.raises(NotFound):
        spells(workspace, person="没有此人")
    with pytest.raises(BadInput):
        spells(workspace, types=["SpaceStation"])


def test_a_panel_counts_days_once(workspace: Workspace) -> None:
    rows = panel(workspace, (2017, 2021), place="期区", person="甲")
    assert pick(rows, "year", "days", "sure_days", "possible_days", "holds") == [
        (2018, 365, 306, 306, "yes"),
        (2019, 365, 365, 365, "yes"),
        (2020, 366, 31 + 1, 366, "yes"),  # January of the first term; of the second only the last day is sure
        (2021, 365, 0, 1, "no"),
    ]
    assert rows[2]["claims"] == [
        "甲 HOLDS_POST 委 业委会主任 2018-03-01/2020-02-01",
        "甲 HOLDS_POST 委 业委会主任 2020/2021-01-01",
    ]
    assert pick(
        panel(workspace, (2021, 2021), place="期区", person="乙", types=["OwnersCommittee"]),
        "sure_days",
        "possible_days",
        "holds",
    ) == [(0, 365, "possibly")]
    assert {row["year"] for row in panel(workspace, place="期区", person="甲")} <= {2018, 2019, 2020, 2021}
    with pytest.raises(BadInput, match="2021 to 2017 are no years"):
        panel(workspace, (2021, 2017))


def test_spells_and_panel_of_coverage(workspace: Workspace) -> None:
    rows = coverage_spells(workspace, "committee", "期区")
    assert pick(rows, "compound", "from_day", "to_day", "verdict", "bodies") == [
        ("小区", None, "2018-01-01", "unknown", None),
        ("小区", "2018-01-01", "2019-07-01", "uncovered", None),
        ("小区", "2019-07-01", "2020-12-01", "covered", "期业委会"),
        ("小区", "2020-12-01", "2020-12-02", "possibly_covered", "期业委会"),
        ("小区", "2020-12-02", "2022-01-01", "uncovered", None),
        ("小区", "2022-01-01", None, "unknown", None),
    ]
    rows = coverage_panel(workspace, "committee", (2017, 2022), "期区")
    assert pick(rows, "year", "verdict", "changes") == [
        (2017, "unknown", 0), (2018, "uncovered", 1), (2019, "covered", 1), (2020, "uncovered", 2), (2021, "uncovered", 0), (2022, "unknown", 1),
    ]  # fmt: skip


def test_an_answer_is_kept_to_what_is_trusted(workspace: Workspace) -> None:
    assert pick(spells(workspace, place="期区", person="乙", trust=trust(workspace, ["human"])), "role") == [("科长",)]
    assert len(spells(workspace, place="期区", trust=trust(workspace, ["rules", "human"], 0.6))) == 4
    assert len(spells(workspace, place="期区", trust=trust(workspace, None, 0.7))) == 3
    rows = roles(workspace, "乙")
    kept = trust(workspace, ["rules"]).rows(rows)
    assert pick(kept, "person", "organization") == [("乙", "期业委会")] and kept[0]["evidence"]
    assert trust(workspace).rows(rows) == rows
    assert trust(workspace, ["model"]).rows(rows) == []
    with pytest.raises(BadInput, match="guess is no method; use mapping, rules, model, human"):
        trust(workspace, ["guess"])
    with pytest.raises(BadInput, match="give a number from 0 to 1"):
        trust(workspace, None, 60)


def test_an_answer_can_be_cited(workspace: Workspace) -> None:
    found = cite(workspace, ["rates", "--of", "branch", "--place", "期区", "--surely"], "2021-06-30")
    assert found.graph == workspace.state().version and found.day == "2021-06-30"
    assert found.query == "rates --of branch --place '期区' --surely --as-of 2021-06-30"
    assert str(found).startswith(f"govgraph {found.software.split()[1]}, graph {found.graph}, 2021-06-30: rates ")
    asked = cite(workspace, ["rates", "--as-of", "2021-06-30"], "2021-06-30")
    assert asked.query == "rates --as-of 2021-06-30", "the day that was typed is not said twice"
    assert str(cite(workspace, ["spells"], None)).endswith(", every day: spells")
    assert set(found.row()) == {"graph", "day", "query", "software"}
