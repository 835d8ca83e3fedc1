"""Scripts of the years of py2neo go on working, on either engine, with the login that can only read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import claims, load

from govgraph.graph import engine
from govgraph.graph.settings import Settings
from govgraph.graph.workspace import Workspace

SCRIPT = """
import json, sys, warnings
warnings.simplefilter("ignore")  # the package is no longer kept up, and its import says so
from py2neo import Graph, NodeMatcher, RelationshipMatcher
from py2neo.matching import CONTAINS, STARTS_WITH

uri, user, password, database = sys.argv[1:]
graph = Graph(uri, auth=(user, password), name=database or None)

# asking
assert graph.evaluate("MATCH (k:Compound) RETURN count(k)") == 1
cursor = graph.run("MATCH (p:Person)-[h:HOLDS_POST]->(o) RETURN p.name AS name, h.role AS role ORDER BY name")
rows = cursor.data()
assert rows == [{"name": "甘若水", "role": "业委会主任"}, {"name": "祁连山", "role": "客服主管"}], rows
frame = graph.run("MATCH (n:Organization) RETURN n.name AS name, n.type AS type ORDER BY name").to_data_frame()
assert list(frame.columns) == ["name", "type"] and len(frame) == 3
assert graph.run("MATCH (n:Organization) RETURN n.name ORDER BY n.name").to_series()[0] == frame["name"][0]
assert graph.run("UNWIND $names AS n RETURN n", names=["甲", "乙"]).to_table()[1][0] == "乙"

# matching
nodes = NodeMatcher(graph)
branch = nodes.match("PartyOrg", name="测试花园党支部").first()
assert branch["form"] == "联合建" and {"Entity", "Actor", "Organization", "PartyOrg"} <= set(branch.labels)
assert len(nodes.match("Person")) == nodes.match("Person").count() >= 2
assert [n["name"] for n in nodes.match("Entity", name=CONTAINS("业主委员会"))] == ["测试花园业主委员会"]
assert nodes.match("Entity", name=STARTS_WITH("测试")).order_by("_.name").limit(2).all()
person = nodes.match("Person", name="甘若水").first()
posts = list(RelationshipMatcher(graph).match((person, None), r_type="HOLDS_POST"))
assert len(posts) == 1 and posts[0]["role"] == "业委会主任" and posts[0].end_node["name"] == "测试花园业主委员会"
assert type(posts[0]).__name__ == "HOLDS_POST" and posts[0]["claims"]
assert graph.nodes.match("Compound").first()["name"] == "测试花园"
assert len(graph.match((None, nodes.match("Compound").first()), r_type="BASED_IN")) == 2

# walking and paging
whole = graph.run("MATCH (a:Entity)-[r]->(b:Entity) RETURN a, r, b").to_subgraph()
assert len(whole.relationships) >= 6
cursor = graph.run("UNWIND range(1, 2500) AS i RETURN i")
page, pages, total = [], 0, 0
while cursor.forward():
    page.append(cursor.current["i"])
    if len(page) == 1000:
        pages, total, page = pages + 1, total + sum(page), []
assert (pages, len(page), total + sum(page)) == (2, 500, 2500 * 2501 // 2)
skipped = [graph.run("MATCH (n:Entity) RETURN n.id AS id ORDER BY id SKIP $s LIMIT 2", s=s).data() for s in (0, 2)]
assert len({row["id"] for part in skipped for row in part}) == 4

# writing is refused
refused = []
ask = graph.run if database else graph.query  # the latter asks in a session that may only read
for statement in ("CREATE (:Evil)", "MATCH (n:Person) SET n.name = 'x'", "MATCH (n:Person) DETACH DELETE n"):
    try:
        ask(statement).data()
    except Exception as error:
        refused.append(type(error).__name__)
print(json.dumps({"refused": refused, "evil": graph.evaluate("MATCH (n:Evil) RETURN count(n)")}))
"""


@pytest.fixture
def login(settings: Settings, workspace_root: Path) -> Iterator[list[str]]:
    """The small city on each engine: address, the login of a reader, and the name of the database."""
    workspace = Workspace(workspace_root, settings)
    workspace.rebuild()
    load(workspace, claims())
    if settings.uri is None:
        with engine.lease(workspace_root / "engine", settings) as at:
            yield [at.uri, *at.reader, engine.current(workspace_root / "engine")]
    else:
        yield [settings.uri, settings.user or "", settings.password or "", ""]


def test_an_old_script_goes_on_working(login: list[str], settings: Settings) -> None:
    """In a process of its own: the package warns on import, and its pools do not close in good order."""
    pytest.importorskip("pandas", reason="run: pip install 'govgraph[notebook]'")
    try:
        __import__("importlib.metadata").metadata.version("py2neo")
    except ImportError:
        pytest.skip("py2neo is not installed; run: pip install 'govgraph[py2neo]'")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *login],
        capture_output=True,
        text=True,
        timeout=240,
        env=os.environ | {"PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert len(told["refused"]) == 3 and told["evil"] == 0
