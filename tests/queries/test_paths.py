"""Why two actors have to do with each other: shortest paths, their time, and places that contain everybody."""

from __future__ import annotations

import random
from functools import cache
from itertools import combinations
from typing import cast

import networkx
import pytest

from govgraph.graph.errors import BadInput, NotFound
from govgraph.graph.workspace import Workspace
from govgraph.queries.evidence import Row
from govgraph.queries.paths import why

ACTORS = {
    "d": ("District", "路城区"), "k": ("Compound", "路口小区"), "far": ("Compound", "路尾小区"),
    "o": ("OwnersCommittee", "路口小区业委会"), "f": ("PropertyFirm", "路通物业公司"),
    "b": ("PartyOrg", "路口小区党支部"), "x": ("OwnersCommittee", "路尾小区业委会"),
    "p": ("Person", "郑一"), "q": ("Person", "郑二"), "r": ("Person", "郑三"), "s": ("Person", "郑四"),
    "t1": ("Person", "郑同名"), "t2": ("Person", "郑同名"), "alone": ("Person", "郑独"),
}  # fmt: skip
SURE: dict[str, object] = {"valid": "2019-01-01/..", "observed": "2021-06-30"}
RELATIONS: list[tuple[str, str, str, dict[str, object]]] = [
    ("o", "BASED_IN", "k", {}),
    ("o", "BASED_IN", "d", {}),
    ("f", "SERVES", "k", SURE),
    ("f", "BASED_IN", "d", {}),
    ("x", "BASED_IN", "far", {}),
    ("far", "LOCATED_IN", "d", {}),
    ("k", "LOCATED_IN", "d", {}),
    ("p", "HOLDS_POST", "o", {"attributes": {"role": "业委会主任"}} | SURE),
    ("p", "HOLDS_POST", "o", {"attributes": {"role": "业委会委员"}, "valid": "2015-01-01/2018-12-31"}),
    ("p", "HOLDS_POST", "b", {"attributes": {"role": "支部书记"}, "valid": "2015-01-01/2018-12-31"}),
    ("q", "HOLDS_POST", "f", {"attributes": {"role": "物管公司负责人"}, "valid": "2020-01-01/.."}),
    ("r", "HOLDS_POST", "b", {"attributes": {"role": "支部委员"}} | SURE),
    ("s", "HOLDS_POST", "x", {"attributes": {"role": "业委会委员"}} | SURE),
    ("t1", "HOLDS_POST", "b", {"attributes": {"role": "支部委员"}} | SURE),
    ("t2", "HOLDS_POST", "x", {"attributes": {"role": "业委会委员"}} | SURE),
]


@cache
def tangle() -> list[tuple[str, str]]:
    """Who supervises whom among forty offices, at random, and the same in each run."""
    chance = random.Random(7)
    pairs = {(f"n{chance.randrange(40)}", f"n{chance.randrange(40)}") for _ in range(50)}
    return sorted((a, b) for a, b in pairs if a != b)


def claims() -> list[Row]:
    def claim(kind: str, says: str, **fields: object) -> Row:
        return {
            "kind": kind,
            "id": says,
            "evidence": {"source": "paths", "locator": {"row": 1}, "quote": says},
        } | fields

    found: list[Row] = [{"kind": "source", "id": "paths", "title": "paths", "type": "table"}]
    found += [claim("entity", key, key=key, type=type, name=name) for key, (type, name) in ACTORS.items()]
    for number, (subject, relation, object_, more) in enumerate(RELATIONS):
        ends: Row = {"subject": subject, "relation": relation, "object": object_}
        found.append(claim("relation", f"{number} {subject} {relation} {object_}", **ends, **more))
    found += [claim("entity", f"n{n}", key=f"n{n}", type="GovDepartment", name=f"路政{n}科") for n in range(40)]
    for a, b in tangle():
        found.append(claim("relation", f"{a} over {b}", subject=a, relation="SUPERVISES", object=b))
    return found


@pytest.fixture(scope="module")
def workspace(shared_workspace: Workspace) -> Workspace:
    with shared_workspace.loading("paths") as loading:
        for one in claims():
            assert loading.add(one), loading.report.refusals
    assert not loading.report.refusals
    return shared_workspace


def walk(row: Row) -> str:
    """A path as text: names, and arrows in the direction in which they run."""
    steps = cast(list[Row], row["path"])
    text = str(cast(Row, steps[0]["from"])["name"])
    for step in steps:
        arrow = f"<-{step['relation']}-" if step["reversed"] else f"-{step['relation']}->"
        text += f" {arrow} {cast(Row, step['to'])['name']}"
    return text


def test_the_shortest_path_and_its_sources(workspace: Workspace) -> None:
    rows = why(workspace, "郑一", "郑二", "2021-06-30")
    assert [walk(r) for r in rows] == [
        "郑一 -HOLDS_POST-> 路口小区业委会 -BASED_IN-> 路口小区 <-SERVES- 路通物业公司 <-HOLDS_POST- 郑二"
    ]
    (row,) = rows
    assert (row["length"], row["holds"]) == (4, "possibly")  # nobody says that 郑二 stayed
    assert row["claims"] == ["0 o BASED_IN k", "10 q HOLDS_POST f", "2 f SERVES k", "7 p HOLDS_POST o"]
    assert [quote["claim"] for quote in cast(list[Row], row["evidence"])] == row["claims"]
    first = cast(list[Row], row["path"])[0]
    assert first["role"] == "业委会主任" and first["valid"] == "2019-01-01/.."
    assert first["sure"] == ["2019-01-01", "2021-07-01"] and first["possible"] == ["2019-01-01", None]
    assert cast(Row, first["from"])["type"] == "Person" and first["reversed"] is False


def test_terms_that_never_met_are_no_reason_for_today(workspace: Workspace) -> None:
    rows = why(workspace, "郑一", "郑二")
    assert [(cast(list[Row], r["path"])[0]["role"], r["holds"]) for r in rows] == [
        ("业委会主任", "possibly"),
        ("业委会委员", "no"),
    ]
    assert why(workspace, "郑一", "郑二", limit=1) == rows[:1]


def test_what_cannot_hold_on_the_day_is_not_walked(workspace: Workspace) -> None:
    assert [r["holds"] for r in why(workspace, "郑一", "郑三")] == ["no"]  # years apart in one branch
    assert all("路口小区党支部" not in walk(r) for r in why(workspace, "郑一", "郑三", "2021-06-30"))


def test_places_above_the_compound_only_where_there_is_no_other_way(workspace: Workspace) -> None:
    (first, *rest) = why(workspace, "郑一", "郑四", "2021-06-30")
    assert "路城区" in walk(first) and first["length"] == 5
    assert not rest
    assert [walk(r) for r in why(workspace, "路口小区", "路城区")] == ["路口小区 -LOCATED_IN-> 路城区"]


def test_everybody_of_a_name(workspace: Workspace) -> None:
    rows = why(workspace, "郑同名", "路口小区党支部", "2021-06-30")
    assert walk(rows[0]) == "郑同名 -HOLDS_POST-> 路口小区党支部"
    assert {len(cast(list[Row], r["path"])) for r in rows[1:]} <= {6, 7, 8}  # the other one of that name
    ends = [cast(list[Row], r["path"]) for r in why(workspace, "郑同名", "郑同名")]
    assert ends and all(cast(Row, path[0]["from"])["id"] != cast(Row, path[-1]["to"])["id"] for path in ends)


def test_it_reads_the_same_from_the_other_end(workspace: Workspace) -> None:
    there, back = why(workspace, "郑一", "郑二", "2021-06-30"), why(workspace, "郑二", "郑一", "2021-06-30")
    assert [(r["length"], r["holds"], r["claims"]) for r in there] == [
        (r["length"], r["holds"], r["claims"]) for r in back
    ]
    assert walk(back[0]).startswith("郑二 -HOLDS_POST-> 路通物业公司 -SERVES-> 路口小区 <-BASED_IN-")


def test_no_path_and_no_such_actor(workspace: Workspace) -> None:
    assert why(workspace, "郑一", "郑独") == []
    with pytest.raises(NotFound, match="郑无"):
        why(workspace, "郑一", "郑无")
    with pytest.raises(BadInput, match="郑一 and p are one actor"):
        why(workspace, "郑一", "p")


def test_paths_are_those_of_networkx(workspace: Workspace) -> None:
    graph, lengths = networkx.Graph(tangle()), set()
    for a, b in combinations([f"n{n}" for n in range(7)], 2):
        rows = why(workspace, a, b, limit=1000)
        found = {tuple(walk(r).replace("路政", "n").replace("科", "").split()[::2]) for r in rows}
        joined = a in graph and b in graph and networkx.has_path(graph, a, b)
        expected = {tuple(path) for path in networkx.all_shortest_paths(graph, a, b)} if joined else set()
        assert found == {path for path in expected if len(path) <= 9}
        lengths |= set(map(len, found))
    assert len(lengths) > 2
