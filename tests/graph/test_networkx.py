"""The graph as networkx knows it: slices by place, type, day and certainty, and what is projected from posts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import networkx
import pytest
from serving import Row, load, said

from govgraph.graph.bridges.networkx import from_networkx, projected, to_networkx
from govgraph.graph.errors import BadInput
from govgraph.graph.settings import Settings
from govgraph.graph.workspace import Workspace


def claims() -> Iterator[Row]:
    """Two committees in two places; three people whose posts in them overlap surely, possibly, and never."""
    yield {"kind": "source", "id": "s", "title": "名册", "type": "register", "published": "2022-01-01"}
    for key, type, place in (("东区", "District", None), ("西区", "District", None)):
        yield {
            "kind": "entity",
            "key": f"s/{key}",
            "type": type,
            "name": key,
            "place": place,
            "evidence": said("s", 1, "A", key),
        }
    for key, place in (("甲业委会", "s/东区"), ("乙业委会", "s/西区")):
        yield {
            "kind": "entity",
            "key": f"s/{key}",
            "type": "OwnersCommittee",
            "name": key,
            "place": place,
            "evidence": said("s", 2, "A", key),
        }
    for name in ("赵", "钱", "孙", "李"):
        yield {
            "kind": "entity",
            "key": f"s/{name}",
            "type": "Person",
            "name": name,
            "evidence": said("s", 3, "A", name),
        }
    posts = (
        ("赵", "甲业委会", "2020-01-01/2020-12-31"),
        ("钱", "甲业委会", "2020-07-01/2021-06-30"),
        ("孙", "甲业委会", "2020/2021"),
        ("李", "甲业委会", "2022-01-01/2022-06-30"),
        ("赵", "乙业委会", "2020-06-01/2020-08-31"),
    )
    for person, body, valid in posts:
        yield {
            "kind": "relation", "subject": f"s/{person}", "relation": "HOLDS_POST", "object": f"s/{body}", "valid": valid,
            "observed": "2022-12-31", "attributes": {"role": "业委会委员"}, "evidence": said("s", 4, "A", person),
        }  # fmt: skip


@pytest.fixture
def workspace(settings: Settings, workspace_root: Path) -> Workspace:
    found = Workspace(workspace_root, settings)
    found.rebuild()
    load(found, list(claims()))
    return found


def names(graph: networkx.Graph[str], *ids: str) -> tuple[str, ...]:
    return tuple(sorted(graph.nodes[id]["name"] for id in ids))


def test_any_slice(workspace: Workspace) -> None:
    graph = to_networkx(workspace, relations=["HOLDS_POST"])
    assert isinstance(graph, networkx.MultiDiGraph) and (len(graph), graph.number_of_edges()) == (6, 5)
    assert all(post["claims"] and post["valid"] for _, _, post in graph.edges(data=True))
    assert to_networkx(workspace, place="西区", relations=["HOLDS_POST"]).number_of_edges() == 1
    assert to_networkx(workspace, as_of="2021-03-01", relations=["HOLDS_POST"]).number_of_edges() == 2
    assert to_networkx(workspace, as_of="2021-03-01", surely=True, relations=["HOLDS_POST"]).number_of_edges() == 1
    assert len(to_networkx(workspace, types=["Person"], isolates=True)) == 4


def test_people_by_the_bodies_that_they_share(workspace: Workspace) -> None:
    people = projected(to_networkx(workspace, relations=["HOLDS_POST"]), "people")
    ties = {names(people, a, b): tie for a, b, tie in people.edges(data=True)}
    assert set(ties) == {("赵", "钱"), ("孙", "赵"), ("孙", "钱")} and len(people) == 4
    sure = ties["赵", "钱"]
    assert (sure["weight"], sure["surely"], sure["sure"]) == (183, True, ["2020-07-01", "2020-12-31"])
    assert sure["possible"] == ["2020-07-01", "2021-01-01"] and len(sure["claims"]) == 2 and len(sure["shared"]) == 1
    possible = ties["孙", "赵"]
    assert possible["weight"] == 0 and not possible["surely"] and possible["possible"] == ["2020-01-01", "2021-01-01"]
    assert ties["孙", "钱"]["weight"] == 0 or ties["孙", "钱"]["surely"]


def test_bodies_by_the_people_that_they_share(workspace: Workspace) -> None:
    bodies = projected(to_networkx(workspace, relations=["HOLDS_POST"]), "bodies")
    ((a, b, tie),) = bodies.edges(data=True)
    assert names(bodies, a, b) == ("乙业委会", "甲业委会")
    assert (tie["weight"], tie["sure"]) == (91, ["2020-06-01", "2020-08-31"])


def test_networkx_itself_goes_on_from_there(workspace: Workspace) -> None:
    """Dispatch sees an ordinary graph: a backend that is not there is asked for by name, and refused by networkx."""
    people = projected(to_networkx(workspace, relations=["HOLDS_POST"]), "people")
    assert max(networkx.degree_centrality(people).values()) > 0
    with pytest.raises((ImportError, KeyError), match="nobody"):
        networkx.betweenness_centrality(people, backend="nobody")


def test_a_graph_does_not_become_claims() -> None:
    with pytest.raises(BadInput, match="words"):
        from_networkx(networkx.Graph())
