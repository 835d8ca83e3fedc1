"""The files for neo4j-admin make, with that tool, the graph that was compiled, and govgraph works on it at once."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from engines import PASSWORD, Missing, Neo4j, jars

from govgraph.graph.engine import java_home
from govgraph.graph.errors import BadInput
from govgraph.graph.formats.neo4j_csv import BETWEEN, export_neo4j_csv
from govgraph.graph.log import connect, quoted_paths
from govgraph.graph.settings import Settings
from govgraph.graph.workspace import Workspace
from govgraph.queries.roles import roles

EVIDENCE = {"source": "s", "locator": {"row": 1, "column": "A"}, "quote": '说“是”, "是"\n第二行; a,b'}
CLAIMS: list[dict[str, object]] = [
    {"kind": "source", "id": "s", "title": "t", "type": "table", "published": "2021-01-01"},
    {
        "kind": "entity",
        "key": "k",
        "type": "Compound",
        "name": "某小区",
        "evidence": EVIDENCE,
        "attributes": {"area": 12, "empty": ""},
    },
    {
        "kind": "entity",
        "key": "m",
        "type": "Compound",
        "name": "另一小区",
        "evidence": EVIDENCE,
        "attributes": {"area": "约12", "numbers": [1, 2], "open": True},
    },
    {
        "kind": "entity",
        "key": "c",
        "type": "OwnersCommittee",
        "name": "业委会",
        "aliases": ["业主委员会", "a;b"],
        "evidence": EVIDENCE,
        "place": "k",
    },
    {"kind": "entity", "key": "p", "type": "Person", "name": "甘一", "evidence": EVIDENCE},
    {"kind": "relation", "subject": "c", "relation": "BASED_IN", "object": "k", "evidence": EVIDENCE},
    {
        "kind": "relation",
        "subject": "p",
        "relation": "HOLDS_POST",
        "object": "c",
        "attributes": {"role": "业委会主任"},
        "valid": "2020-01-01/..",
        "evidence": EVIDENCE,
    },
    {"kind": "register", "of": "OwnersCommittee", "place": "k", "valid": "2021", "evidence": EVIDENCE},
    {"kind": "figure", "value": 0.5, "unit": "比例", "counted": "覆盖率", "evidence": EVIDENCE},
]


@pytest.fixture
def workspace(workspace_root: Path, embedded_settings: Settings) -> Workspace:
    found = Workspace(workspace_root, embedded_settings)
    with found.loading("test") as loading:
        for claim in CLAIMS:
            assert loading.add(dict(claim))
    return found


@pytest.fixture(params=["embedded"])
def settings(embedded_settings: Settings) -> Settings:
    """The files are made from the compiled tables: the engine does not matter."""
    return embedded_settings


def imported(folder: Path, home: Path) -> None:
    """Run the real tool on the files, with the words of import.sh."""
    words = (folder / "import.sh").read_text("utf-8").partition("neo4j-admin ")[2].replace("\\\n", " ")
    (home / "admin").mkdir(parents=True)
    (home / "admin" / "neo4j.conf").write_text(f"server.directories.data={home / 'data'}\n")
    java = [
        str(java_home() / "jre/bin/java"),
        "-Xmx512m",
        "-cp",
        f"{jars()}/*",
        "--add-opens=java.base/java.nio=ALL-UNNAMED",
    ]
    run = subprocess.run(
        ["sh", "-c", f'exec "$@" {words}', "sh", *java, "org.neo4j.cli.AdminTool"],
        cwd=folder,
        env=os.environ | {"NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "admin")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]


def test_the_tool_makes_the_compiled_graph_and_govgraph_works_on_it(workspace: Workspace, tmp_path: Path) -> None:
    out, home = tmp_path / "csv", tmp_path / "home"
    nodes, relations = export_neo4j_csv(workspace, out)
    try:
        imported(out, home)
        server = Neo4j(home)
    except Missing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    try:
        for statement in (out / "schema.cypher").read_text("utf-8").split(";\n"):
            if statement:
                server.driver.execute_query(statement)
        there = {
            r["id"]: (sorted(r["labels"]), r["p"])
            for r in server.driver.execute_query(
                "MATCH (n) RETURN n.id AS id, labels(n) AS labels, properties(n) AS p"
            )[0]
        }
        ties = {
            r["p"]["id"]: (r["type"], r["a"], r["b"], r["p"])
            for r in server.driver.execute_query(
                "MATCH (a)-[r]->(b) RETURN type(r) AS type, a.id AS a, b.id AS b, properties(r) AS p"
            )[0]
        }
        there.pop("graph")
        assert (len(there), len(ties)) == (nodes, relations)
        assert there == {
            id: (sorted(labels), json.loads(p))
            for id, labels, p in compiled(workspace, "nodes", "id, labels, properties")
        }
        assert ties == {
            id: (t, a, b, json.loads(p))
            for id, t, a, b, p in compiled(workspace, "relations", 'id, relation, "from", "to", properties')
        }
        remote = Workspace(workspace.root, Settings(uri=server.uri, user="neo4j", password=PASSWORD))
        assert [row["post"] for row in roles(remote, "业主委员会")] == [{"role": "业委会主任", "manner": None}]
    finally:
        server.stop()


def compiled(workspace: Workspace, name: str, columns: str) -> list[tuple[str, ...]]:
    with connect() as con:
        return con.execute(
            f"SELECT {columns} FROM read_parquet({quoted_paths([workspace.tables() / f'{name}.parquet'])})"
        ).fetchall()


def test_the_same_claims_give_the_same_bytes(workspace: Workspace, tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    export_neo4j_csv(workspace, first)
    export_neo4j_csv(workspace, second)
    export_neo4j_csv(workspace, second)
    one, other = ({file.name: file.read_bytes() for file in folder.iterdir()} for folder in (first, second))
    assert one == other


def test_what_the_files_cannot_hold_is_said(workspace: Workspace, tmp_path: Path) -> None:
    with workspace.loading("test") as loading:
        assert loading.add(
            {
                "kind": "entity",
                "key": "x",
                "type": "Person",
                "name": "甲",
                "aliases": [f"a{BETWEEN}b"],
                "evidence": EVIDENCE,
            }
        )
    with pytest.raises(BadInput, match=r"U\+001F"):
        export_neo4j_csv(workspace, tmp_path / "out")
