"""Shares of covered compounds: between what is surely so and what is not ruled out, place by place."""

from __future__ import annotations

import pytest
from short import graph, load

from govgraph.graph.errors import BadInput, NotFound
from govgraph.graph.workspace import Workspace
from govgraph.queries.rates import rates

SURE = {"valid": "2018-01-01/..", "observed": "2021-12-31"}
LATER = {"valid": "2019-01-01/..", "observed": "2020-01-01"}
DAY = "2021-06-30"


@pytest.fixture(scope="module")
def workspace(shared_workspace: Workspace) -> Workspace:
    """率甲街道 (a register of branches and of posts): covered, hollow, uncovered, possible, and a hollow one with a
    branch that may be there as well. 率乙街道 (no register): covered, unknown, hollow is not to be known."""
    compounds = {f"甲{n}": {"type": "Compound", "place": "ra"} for n in range(1, 6)}
    compounds |= {f"乙{n}": {"type": "Compound", "place": "rb"} for n in range(1, 4)} | {
        "无": {"type": "Compound", "place": "rd"}
    }
    branches = {f"b{n}": {"type": "PartyOrg"} for n in range(1, 7)}
    actors = {
        "rd": {"type": "District", "name": "率区"},
        "ra": {"type": "SubDistrict", "name": "率甲街道", "place": "rd"},
        "rb": {"type": "SubDistrict", "name": "率乙街道", "place": "rd"},
        "p": {"type": "Person"},
    }
    ties = [
        ("b1", "BASED_IN", "甲1", SURE),
        ("p", "HOLDS_POST", "b1", {"role": "支部书记"} | SURE),
        ("b2", "BASED_IN", "甲2", SURE),
        ("b3", "BASED_IN", "甲4", LATER),
        ("p", "HOLDS_POST", "b3", {"role": "支部书记"} | SURE),
        ("b2", "COVERS", "甲5", SURE),
        ("b3", "COVERS", "甲5", LATER),
        ("b4", "BASED_IN", "乙1", SURE),
        ("b5", "BASED_IN", "乙2", LATER),
    ]
    registers = [("PartyOrg", "ra", "2021"), ("HOLDS_POST", "ra", "2021"), ("Compound", "rd", "2021-06")]
    load(shared_workspace, graph("rates", actors | compounds | branches, ties, registers))
    return shared_workspace


def test_bounds_by_sub_district(workspace: Workspace) -> None:
    first, second, rest = rates(workspace, "branch", "SubDistrict", "率区", DAY)
    assert second["place"] == {"id": second["place"]["id"], "name": "率甲街道", "type": "SubDistrict"}  # type: ignore[index]
    assert second["verdicts"] == {"covered": 1, "hollow": 2, "possibly_covered": 1, "uncovered": 1}
    # surely covered is 甲1; ruled out are 甲2 (hollow) and 甲3 (uncovered); 甲4 and 甲5 may be covered by b3
    assert (second["compounds"], second["lowest"], second["highest"]) == (5, 1 / 5, 3 / 5)
    assert (first["compounds"], first["lowest"], first["highest"]) == (3, 1 / 3, 1.0)
    assert first["verdicts"] == {"covered": 1, "possibly_covered": 1, "unknown": 1}
    assert rest["place"] is None and (rest["compounds"], rest["lowest"], rest["highest"]) == (1, 0.0, 1.0)


def test_the_total_is_known_only_by_a_register_of_compounds(workspace: Workspace) -> None:
    assert {row["register"] for row in rates(workspace, "branch", "SubDistrict", "率区", DAY) if row["place"]} == {
        "register Compound rd"
    }
    assert {row["register"] for row in rates(workspace, "branch", "SubDistrict", "率区", "2021-07-01")} == {None}


def test_every_kind_of_place_and_actor(workspace: Workspace) -> None:
    (row,) = rates(workspace, "branch", "区", "率区", DAY)
    assert (row["compounds"], row["lowest"], row["highest"]) == (9, 2 / 9, 7 / 9)
    (row,) = rates(workspace, "firm", "District", "率区", DAY)
    assert (row["lowest"], row["highest"], row["verdicts"]) == (0.0, 1.0, {"unknown": 9})
    assert set(row["claims"]) >= {"甲1", "无"}  # type: ignore[call-overload]


def test_bounds_meet_where_all_is_known(workspace: Workspace) -> None:
    (row,) = rates(workspace, "branch", "Compound", "甲1", DAY)
    assert (row["lowest"], row["highest"]) == (1.0, 1.0)
    (row,) = rates(workspace, "branch", "Compound", "甲3", DAY)
    assert (row["lowest"], row["highest"]) == (0.0, 0.0)


def test_what_is_no_kind_of_place(workspace: Workspace) -> None:
    with pytest.raises(BadInput, match="PartyOrg is no kind of place; use one of Place, "):
        rates(workspace, "branch", "PartyOrg")
    with pytest.raises(NotFound):
        rates(workspace, "branch", "District", "没有的区")
