"""Clients of the user's own on the private server, with the reader's login that `govgraph engine status` prints."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest
from engines import Missing, cypher_shell

from govgraph.graph import engine
from govgraph.graph.engine import Address
from govgraph.graph.log import connect
from govgraph.graph.settings import Settings
from govgraph.graph.store import open_store

NAMES = "MATCH (p:Person)-[h:HOLDS_POST]->(o:Entity {id: $id}) RETURN p.name AS name, h.role AS role ORDER BY name"
FOUND = [{"name": "张三", "role": "支部书记"}, {"name": "李四", "role": "支部委员"}]


@pytest.fixture
def address(embedded_settings: Settings, private_server: Path, tmp_path: Path) -> Iterator[tuple[Address, str]]:
    """The private server with two people of one branch, and the name of its database."""
    with connect() as con:
        con.execute(
            f"""COPY (SELECT id, labels, '{{"id":"' || id || '","name":"' || name || '"}}' AS properties FROM (VALUES
                ('p1', ['Entity','Actor','Person'], '张三'), ('p2', ['Entity','Actor','Person'], '李四'),
                ('b1', ['Entity','Actor','Organization','PartyOrg'], '甲党支部')) t(id, labels, name)) TO '{tmp_path}/nodes.parquet'"""
        )
        con.execute(
            f"""COPY (SELECT id, "from", 'HOLDS_POST' AS relation, 'b1' AS "to", '{{"id":"' || id || '","role":"' || role || '"}}' AS properties
                FROM (VALUES ('r1', 'p1', '支部书记'), ('r2', 'p2', '支部委员')) t(id, "from", role)) TO '{tmp_path}/relations.parquet'"""
        )
    with open_store(embedded_settings, private_server, "test", write=True) as store:
        store.replace(tmp_path, "v1")
    with engine.lease(private_server, embedded_settings) as at:
        yield at, engine.current(private_server)


def test_the_neo4j_driver(address: tuple[Address, str]) -> None:
    at, database = address
    with neo4j.GraphDatabase.driver(at.uri, auth=at.reader) as driver:
        driver.verify_connectivity()
        records, summary, keys = driver.execute_query(
            NAMES, id="b1", database_=database, routing_=neo4j.RoutingControl.READ
        )
        assert (
            [record.data() for record in records] == FOUND
            and keys == ["name", "role"]
            and summary.counters.contains_updates is False
        )
        with driver.session(database=database) as session, session.begin_transaction() as transaction:
            node = transaction.run("MATCH (n:PartyOrg) RETURN n").single(strict=True)["n"]
            assert set(node.labels) == {"Entity", "Actor", "Organization", "PartyOrg"} and node["name"] == "甲党支部"
        graph = driver.execute_query(
            "MATCH p = (:Person)-->(:PartyOrg) RETURN p", database_=database, result_transformer_=neo4j.Result.graph
        )
        assert (len(graph.nodes), len(graph.relationships)) == (3, 2)
        with (
            pytest.raises(neo4j.exceptions.Neo4jError, match=r"(?i)permi|allowed|access|denied"),
            driver.session(database=database) as session,
        ):
            session.run("CREATE (:Evil)").consume()


def test_networkx(address: tuple[Address, str]) -> None:
    import networkx as nx

    at, database = address
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    with neo4j.GraphDatabase.driver(at.uri, auth=at.reader) as driver:
        for record in driver.execute_query(
            "MATCH (a:Entity)-[r]->(b:Entity) RETURN a.name AS a, type(r) AS r, b.name AS b", database_=database
        ).records:
            graph.add_edge(record["a"], record["b"], key=record["r"])
    assert nx.degree_centrality(graph)["甲党支部"] == 1.0


PY2NEO = """
import json, sys, warnings
warnings.simplefilter("ignore")  # the package is no longer kept up, and its import says so
from py2neo import Graph, NodeMatcher, RelationshipMatcher
uri, user, password, database, names, found = sys.argv[1:]
graph = Graph(uri, auth=(user, password), name=database)
assert graph.run(names, id="b1").data() == json.loads(found)
assert graph.evaluate("RETURN 1") == 1
assert NodeMatcher(graph).match("PartyOrg", name="甲党支部").first()["id"] == "b1"
assert len(list(RelationshipMatcher(graph).match(r_type="HOLDS_POST"))) == 2
assert len(graph.run("MATCH (a)-[r]->(b) RETURN a, r, b").to_subgraph().nodes) == 3
try:
    graph.run("CREATE (:Evil)")
except Exception as error:
    print(type(error).__name__)
else:
    raise SystemExit("it wrote")
assert graph.evaluate("MATCH (n:Evil) RETURN count(n)") == 0
"""


def test_py2neo(address: tuple[Address, str]) -> None:
    """In a process of its own: the package warns on import, and its pools do not close in good order."""
    at, database = address
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip(
            "py2neo", reason="py2neo is not installed; run: pip install 'govgraph[py2neo]'", exc_type=ImportError
        )
    done = subprocess.run(
        [sys.executable, "-c", PY2NEO, at.uri, *at.reader, database, NAMES, json.dumps(FOUND)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip(), "a write must be refused"


@pytest.fixture(scope="session")
def shell() -> list[str]:
    try:
        return cypher_shell()
    except Missing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


def test_cypher_shell(address: tuple[Address, str], shell: list[str]) -> None:
    at, database = address
    login = ["-a", at.uri, "-u", at.reader[0], "-d", database, "--format", "plain", "--non-interactive"]
    environment = os.environ | {"NEO4J_PASSWORD": at.reader[1]}

    def ask(text: str) -> subprocess.CompletedProcess[str]:
        command = [*shell, *login, text]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, encoding="utf-8")

    done = ask(NAMES.replace("$id", "'b1'"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["name, role", '"张三", "支部书记"', '"李四", "支部委员"']
    refused = ask("CREATE (:Evil)")
    assert refused.returncode != 0 and refused.stderr
    assert ask("MATCH (n:Evil) RETURN count(n) AS n").stdout.splitlines() == ["n", "0"]


def test_the_command_prints_what_a_client_needs(
    embedded_settings: Settings, private_server: Path, tmp_path: Path
) -> None:
    root = tmp_path / "workspace"
    root.mkdir()
    (root / "engine").symlink_to(private_server, target_is_directory=True)
    command = shutil.which(
        "govgraph", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    )
    assert command
    done = subprocess.run(
        [command, "--workspace", str(root), "--format", "json", "engine", "status"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)
    assert {"uri", "user", "password", "database"} <= row.keys()
    with neo4j.GraphDatabase.driver(row["uri"], auth=(row["user"], row["password"])) as driver:
        assert driver.execute_query("RETURN 1 AS x", database_=row["database"]).records[0]["x"] == 1
