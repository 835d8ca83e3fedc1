"""The network: Davis's Southern women come out exactly as they are published, and time counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import networkx
import pytest
from short import Row, Tie, graph, load, pick

from govgraph.graph.bridges.networkx import to_networkx
from govgraph.graph.errors import BadInput, NotFound
from govgraph.graph.workspace import Workspace
from govgraph.queries.network import Slice, actors, bridges, components, interlockers, interlocks
from govgraph.queries.trust import trust

# Degree and betweenness as Borgatti and Halgin publish them (Analyzing affiliation networks, 2011), two digits
PUBLISHED = {
    "E8": (0.78, 0.24), "E9": (0.67, 0.23), "E7": (0.56, 0.13), "Nora Fayette": (0.57, 0.11), "Evelyn Jefferson": (0.57, 0.10),
    "Theresa Anderson": (0.57, 0.09), "E6": (0.44, 0.07), "Sylvia Avondale": (0.50, 0.07), "Laura Mandeville": (0.50, 0.05),
    "Brenda Rogers": (0.50, 0.05), "Katherina Rogers": (0.43, 0.05), "E5": (0.44, 0.04), "Helen Lloyd": (0.36, 0.04),
    "E3": (0.33, 0.02), "Ruth DeSand": (0.29, 0.02), "Verne Sanderson": (0.29, 0.02), "E12": (0.33, 0.02), "Myra Liddel": (0.29, 0.02),
    "E11": (0.22, 0.02), "Eleanor Nye": (0.29, 0.01), "Frances Anderson": (0.29, 0.01), "Pearl Oglethorpe": (0.21, 0.01),
    "E4": (0.22, 0.01), "Charlotte McDowd": (0.29, 0.01), "E10": (0.28, 0.01), "Olivia Carleton": (0.14, 0.01),
    "Flora Price": (0.14, 0.01), "E2": (0.17, 0.00), "E1": (0.17, 0.00), "Dorothy Murchison": (0.14, 0.00), "E13": (0.17, 0.00),
    "E14": (0.17, 0.00),
}  # fmt: skip
ATTENDANCE = [
    3,
    3,
    6,
    4,
    8,
    8,
    10,
    14,
    12,
    5,
    4,
    6,
    3,
    3,
]  # women at each of the fourteen events (Davis, Gardner and Gardner 1941)
SURE = {"valid": "2018-01-01/..", "observed": "2021-12-31"}


def southern_women() -> Iterator[Row]:
    """Women as people, events as bodies, and the county they lived in."""
    davis = networkx.davis_southern_women_graph()
    women = davis.graph["top"]
    people = {name: {"type": "Person"} for name in women}
    events = {name: {"type": "ResidentOrg", "place": "natchez"} for name in davis.graph["bottom"]}
    ties: list[Tie] = [(woman, "HOLDS_POST", event, {"role": "guest"}) for woman in women for event in davis[woman]]
    return graph("davis", {"natchez": {"type": "City", "name": "Natchez"}} | people | events, ties)


def town() -> Iterator[Row]:
    """Five bodies in a row by way of people, a bar-bell of offices, and two people who moved on."""
    place = {"place": "nd"}
    bodies = {name: {"type": "OwnersCommittee", **place} for name in ("网甲", "网乙", "网丙")}
    offices = {f"局{n}": {"type": "GovDepartment", **place} for n in range(1, 8)}
    people = {name: {"type": "Person"} for name in ("连", "前后", "可能", "跨区")}
    elsewhere = {"od": {"type": "District", "name": "外网区"}, "外局": {"type": "GovDepartment", "place": "od"}}
    post = {"role": "业委会委员"}
    ties: list[Tie] = [
        ("连", "HOLDS_POST", "网甲", post | {"valid": "2018-01-01/2020-06-01"}),
        ("连", "HOLDS_POST", "网乙", post | {"valid": "2019-01-01/2021-01-01", "method": "model", "confidence": 0.4}),
        ("前后", "HOLDS_POST", "网甲", post | {"valid": "2015-01-01/2016-01-01"}),
        ("前后", "HOLDS_POST", "网丙", post | {"valid": "2017-01-01/2018-01-01"}),
        ("可能", "HOLDS_POST", "网乙", post | {"valid": "2018-01-01/2020"}),
        ("可能", "HOLDS_POST", "网丙", post | {"valid": "2020-05-01/2021-01-01"}),
        ("跨区", "HOLDS_POST", "网甲", post | SURE),
        ("跨区", "HOLDS_POST", "外局", {"role": "科长"} | SURE),
        *((f"局{a}", "GUIDES", f"局{b}", SURE) for a, b in ((1, 2), (2, 3), (3, 1), (3, 4), (4, 5), (5, 6), (6, 4))),
        ("局5", "GUIDES", "局7", {"valid": "2018-01-01/2019-01-01"}),
    ]
    return graph("town", {"nd": {"type": "District", "name": "网区"}} | bodies | offices | people | elsewhere, ties)


@pytest.fixture(scope="module")
def workspace(shared_workspace: Workspace) -> Workspace:
    load(shared_workspace, [*southern_women(), *town()])
    return shared_workspace


DAVIS = Slice(place="Natchez")
OFFICES = Slice(place="网区", relations=("GUIDES",))


def test_southern_women_as_published(workspace: Workspace) -> None:
    rows = actors(workspace, DAVIS)
    assert {row["mode"] for row in rows} == {"two"} and {row["component"] for row in rows} == {1}
    found = {row["actor"]["name"]: row for row in rows}  # type: ignore[index]
    assert set(found) == set(PUBLISHED)
    for name, (degree, betweenness) in PUBLISHED.items():
        assert found[name]["degree_centrality"] == pytest.approx(degree, abs=0.01), name
        assert found[name]["betweenness"] == pytest.approx(betweenness, abs=0.01), name
    assert [found[f"E{n}"]["degree"] for n in range(1, 15)] == ATTENDANCE
    assert not any(row["cutpoint"] for row in rows)
    assert rows[0]["actor"]["name"] == "E8"  # type: ignore[index]


def test_southern_women_by_networkx_itself(workspace: Workspace) -> None:
    davis = networkx.davis_southern_women_graph()
    vector = networkx.eigenvector_centrality(davis, max_iter=10_000, tol=1e-12)
    for row in actors(workspace, DAVIS):
        assert row["eigenvector"] == pytest.approx(vector[row["actor"]["name"]], abs=1e-8)  # type: ignore[index]
    (whole,) = components(workspace, DAVIS)
    assert (whole["size"], whole["ties"], whole["share"]) == (32, 89, 1.0)
    assert whole["density"] == pytest.approx(89 / (18 * 14), abs=1e-9)
    assert bridges(workspace, DAVIS) == []


def test_southern_women_share_events(workspace: Workspace) -> None:
    davis = networkx.davis_southern_women_graph()
    events = networkx.bipartite.weighted_projected_graph(davis, davis.graph["bottom"])
    rows = interlocks(workspace, DAVIS)
    found = {frozenset(b["name"] for b in row["bodies"]): row["strength"] for row in rows}  # type: ignore[attr-defined]
    assert found == {frozenset((a, b)): tie["weight"] for a, b, tie in events.edges(data=True)}
    assert len(found) == 66 and found[frozenset(("E8", "E9"))] == 9  # Breiger 1974
    assert {row["holds"] for row in rows} == {"possibly"}  # nobody dates them
    assert max(row["strength"] for row in interlockers(workspace, DAVIS)) == 8  # type: ignore[type-var]


def test_only_posts_at_one_time_are_an_interlock(workspace: Workspace) -> None:
    rows = interlocks(workspace, Slice(place="网区"))
    assert pick(rows, "bodies", "people", "strength", "sure_strength", "holds") == [
        (["网丙", "网乙"], ["可能"], 1, 0, "possibly"),
        (["网乙", "网甲"], ["连"], 1, 1, "yes"),
    ]
    by_name = {row["people"][0]["name"]: row["people"][0] for row in rows}  # type: ignore[index]
    assert by_name["连"]["sure"] == ["2019-01-01", "2020-06-01"]
    assert by_name["可能"]["sure"] is None and by_name["可能"]["possible"] == ["2020-05-01", "2021-01-01"]


def test_interlocks_of_a_day(workspace: Workspace) -> None:
    def people(part: Slice) -> set[object]:
        return {name for row in pick(interlocks(workspace, part), "people") for name in row[0]}  # type: ignore[attr-defined]

    assert people(Slice(place="网区", as_of="2020-05-31")) == {"连", "可能"}
    assert people(Slice(place="网区", as_of="2020-05-31", surely=True)) == {"连"}
    assert people(Slice(place="网区", as_of="2016-01-01")) == set()
    assert people(Slice(as_of="2021-06-30")) >= {"跨区"}
    assert people(Slice(place="网区", trust=trust(workspace, ["human"]))) == {"可能"}
    assert people(Slice(place="网区", trust=trust(workspace, None, 0.4))) == {"连", "可能"}


def test_bridges_and_cutpoints(workspace: Workspace) -> None:
    rows = bridges(workspace, OFFICES)
    assert pick(rows, "ends", "splits") == [(["局3", "局4"], [3, 4]), (["局5", "局7"], [6, 1])]
    rows = actors(workspace, OFFICES)
    assert {row["actor"]["name"] for row in rows if row["cutpoint"]} == {"局3", "局4", "局5"}  # type: ignore[index]
    assert {row["mode"] for row in rows} == {"one"}
    degree = {row["actor"]["name"]: (row["degree"], row["degree_centrality"]) for row in rows}  # type: ignore[index]
    assert degree["局4"] == (3, 0.5) and degree["局7"] == (1, round(1 / 6, 9))
    (now,) = components(workspace, Slice(place="网区", relations=("GUIDES",), as_of="2021-06-30"))
    assert (now["size"], now["ties"], now["density"]) == (6, 7, round(7 / 15, 9))
    assert now["claims"] == sorted(
        f"局{a} GUIDES 局{b} 2018-01-01/.." for a, b in ((1, 2), (2, 3), (3, 1), (3, 4), (4, 5), (5, 6), (6, 4))
    )


def test_one_person_in_two_bodies_is_between_them(workspace: Workspace) -> None:
    rows = actors(
        workspace,
        Slice(place="网区", as_of="2018-06-01", trust=trust(workspace, ["human"]), types=("Person", "OwnersCommittee")),
    )
    assert {cast("dict[str, str]", row["actor"])["name"]: row["betweenness"] for row in rows} == {
        "网甲": 0.2,
        "网乙": 0.0,
        "连": 0.0,
        "可能": 0.0,
        "跨区": 0.0,
    }
    rows = actors(workspace, Slice(place="外网区", relations=("HOLDS_POST",)))
    assert pick(rows, "actor", "betweenness", "degree_centrality", "component") == [
        ("外局", 0.0, 1.0, 1),
        ("跨区", 0.0, 1.0, 1),
    ]


def test_the_same_numbers_every_time(workspace: Workspace) -> None:
    assert actors(workspace, DAVIS) == actors(workspace, DAVIS)


def test_a_slice_as_a_networkx_graph(workspace: Workspace) -> None:
    found = to_networkx(workspace, place="网区", relations=["HOLDS_POST"], as_of="2019-06-01")
    names = networkx.get_node_attributes(found, "name")
    assert {(names[a], names[b], tie["holds"]) for a, b, tie in found.edges(data=True)} == {
        ("连", "网甲", "yes"), ("连", "网乙", "yes"), ("可能", "网乙", "yes"), ("跨区", "网甲", "yes"),
    }  # fmt: skip
    edge = next(tie for a, b, tie in found.edges(data=True) if names[a] == "跨区")
    assert (
        edge["relation"] == "HOLDS_POST"
        and edge["role"] == "业委会委员"
        and edge["claims"] == ["跨区 HOLDS_POST 网甲 业委会委员 2018-01-01/.."]
    )
    assert list(found) == sorted(found)
    assert len(to_networkx(workspace, place="网区", types=["OwnersCommittee"])) == 3  # cross-appointed, as derived
    assert len(to_networkx(workspace, place="网区", types=["District"])) == 0
    alone = to_networkx(workspace, place="网区", types=["District"], isolates=True)
    assert [node["name"] for _, node in alone.nodes(data=True)] == ["网区"]


def test_a_slice_of_nothing(workspace: Workspace) -> None:
    empty = Slice(place="网区", relations=("RATES",))
    assert actors(workspace, empty) == components(workspace, empty) == bridges(workspace, empty) == []
    with pytest.raises(NotFound, match="no place 无此地 is known"):
        actors(workspace, Slice(place="无此地"))
    with pytest.raises(BadInput, match="SUPERVISE is not a relation"):
        actors(workspace, Slice(relations=("SUPERVISE",)))
