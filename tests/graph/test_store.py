"""The store on every engine: what goes in comes out, what writes is refused, what breaks leaves the old or the new."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import duckdb
import pytest
from engines import Neo4j

from govgraph.graph import engine, store
from govgraph.graph.errors import BadInput, EngineFailure, GovgraphError, Refused
from govgraph.graph.settings import Settings
from govgraph.graph.store import Difference, NodeRow, RelationRow, Store

LABELS = {
    "Person": ["Entity", "Actor", "Person"],
    "PartyOrg": ["Entity", "Actor", "Organization", "PartyOrg"],
    "Organization": ["Entity", "Actor", "Organization"],
    "Compound": ["Entity", "Actor", "Place", "Compound"],
    "Source": ["Source"],
}
ENDLESS = "UNWIND range(1,100000) AS a UNWIND range(1,100000) AS b UNWIND range(1,1000) AS c RETURN count(*)"


class MakeStore(Protocol):
    def __call__(
        self, workspace_id: str = "test", *, write: bool = True, settings: Settings = ...
    ) -> AbstractContextManager[Store]: ...


Node = tuple[str, dict[str, object]]
Relation = tuple[str, str, str, dict[str, object]]


@dataclass(frozen=True)
class Graph:
    """A small graph as compiled tables hold it."""

    nodes: Mapping[str, Node]  # id → type, properties
    relations: Mapping[str, Relation]  # id → start, type, end, properties

    def node_rows(self, ids: Sequence[str]) -> list[NodeRow]:
        return [
            (i, LABELS[self.nodes[i][0]], json.dumps({"id": i, **self.nodes[i][1]}, ensure_ascii=False)) for i in ids
        ]

    def relation_rows(self, ids: Sequence[str]) -> list[RelationRow]:
        return [
            (i, a, r, b, json.dumps({"id": i, **p}, ensure_ascii=False))
            for i in ids
            for a, r, b, p in [self.relations[i]]
        ]

    def write(self, folder: Path) -> Path:
        folder.mkdir(exist_ok=True)
        with duckdb.connect() as con:
            con.execute("CREATE TABLE nodes (id VARCHAR, labels VARCHAR[], properties VARCHAR)")
            con.execute(
                'CREATE TABLE relations (id VARCHAR, "from" VARCHAR, relation VARCHAR, "to" VARCHAR, properties VARCHAR)'
            )
            for name, rows in (
                ("nodes", self.node_rows(list(self.nodes))),
                ("relations", self.relation_rows(list(self.relations))),
            ):
                if rows:
                    con.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)
                con.execute(f"COPY {name} TO '{folder / name}.parquet' (FORMAT parquet)")
        return folder

    def as_read(self) -> tuple[list[object], list[object]]:
        """What reading all of it must give."""
        nodes = [{"id": i, **p, "labels": sorted(LABELS[t])} for i, (t, p) in sorted(self.nodes.items())]
        relations = [[a, {"id": i, **p, "type": r}, b] for i, (a, r, b, p) in sorted(self.relations.items())]
        return list(nodes), list(relations)


def all_of(graph: Store) -> tuple[list[object], list[object]]:
    nodes = graph.read("MATCH (n) WHERE NOT n:GraphVersion RETURN n ORDER BY n.id")
    relations = graph.read("MATCH (a)-[r]->(b) RETURN [a.id, r, b.id] AS row ORDER BY r.id")
    return [row["n"] for row in nodes], [row["row"] for row in relations]


def difference(old: Graph, new: Graph) -> Difference:
    def parts(a: Mapping[str, object], b: Mapping[str, object]) -> tuple[list[str], list[str], list[str]]:
        return sorted(set(b) - set(a)), sorted(i for i in set(a) & set(b) if a[i] != b[i]), sorted(set(a) - set(b))

    created, changed, deleted = parts(old.nodes, new.nodes)
    r_created, r_changed, r_deleted = parts(old.relations, new.relations)
    return Difference(
        new.node_rows(created), new.node_rows(changed), old.node_rows(deleted),
        new.relation_rows(r_created), new.relation_rows(r_changed), old.relation_rows(r_deleted),
    )  # fmt: skip


SMALL = Graph(
    {
        "p1": (
            "Person",
            {"name": "张三", "aliases": ["老张", '张"三"'], "born": 1960, "share": 0.5, "whole": 2.0, "alive": True},
        ),
        "b1": (
            "PartyOrg",
            {"name": "阳光小区\n党支部", "aliases": [], "founded": "2019-09-01", "slash": "a\\b", "attr 1": "空 格"},
        ),
        "c1": ("Compound", {"name": "阳光小区", "emoji": "𠮷🏘"}),
        "s1": ("Source", {"title": "名册"}),
    },
    {
        "r1": ("p1", "HOLDS_POST", "b1", {"role": "支部书记", "sure": True, "claims": ["c1", "c2"]}),
        "r2": ("p1", "HOLDS_POST", "b1", {"role": "委员", "sure": False}),
        "r3": ("b1", "BASED_IN", "c1", {"valid": "2019-09/.."}),
    },
)


def shaken(old: Graph, dice: random.Random) -> Graph:
    """A graph near another one: nodes and relations created, changed, retyped and deleted."""
    nodes = {i: n for i, n in old.nodes.items() if dice.random() > 0.15}
    nodes |= {f"n{dice.randrange(1000)}": (dice.choice(list(LABELS)), {"name": str(dice.random())}) for _ in range(15)}
    for i in dice.sample(sorted(nodes), len(nodes) // 3):
        kind = (
            nodes[i][0]
            if nodes[i][0] == "Source" or dice.random() < 0.5
            else dice.choice([t for t in LABELS if t != "Source"])
        )
        nodes[i] = (kind, {"name": dice.choice("甲乙丙"), "claims": [str(dice.randrange(9))]})
    # a Source is never an end; what keeps its id but changes between entity and source is another node
    nodes = {
        i: n for i, n in nodes.items() if i not in old.nodes or (n[0] == "Source") == (old.nodes[i][0] == "Source")
    }
    ends = sorted(i for i, n in nodes.items() if n[0] != "Source")
    relations: dict[str, Relation] = {
        i: (a, r, b, p if dice.random() < 0.6 else {"role": dice.choice("正副")})
        for i, (a, r, b, p) in old.relations.items()
        if a in ends and b in ends and dice.random() > 0.2
    }
    for _ in range(25):
        start, end = dice.choice(ends), dice.choice(ends)
        relations[f"{start}-{end}"] = (
            start,
            dice.choice(["HOLDS_POST", "BASED_IN", "LEADS"]),
            end,
            {"n": dice.randrange(9)},
        )
    relations = {i: r for i, r in relations.items() if i not in old.relations or r[:3] == old.relations[i][:3]}
    return Graph(nodes, relations)


# --- in and out -------------------------------------------------------------------------------------------------------
def test_what_goes_in_comes_out(make_store: MakeStore, tmp_path: Path) -> None:
    with make_store() as graph:
        assert graph.version() is None
        assert graph.read("MATCH (n) RETURN n") == []
        graph.replace(SMALL.write(tmp_path / "one"), "v1")
        assert graph.version() == "v1"
        assert all_of(graph) == SMALL.as_read()
        (row,) = graph.read("MATCH (n:Entity {id: 'p1'}) RETURN n.born AS born, n.whole AS whole, n.alive AS alive")
        assert [type(row[name]) for name in ("born", "whole", "alive")] == [int, float, bool]
    with make_store(write=False) as again:
        assert again.version() == "v1"


def test_a_label_finds_what_is_below_it(make_store: MakeStore, tmp_path: Path) -> None:
    with make_store() as graph:
        graph.replace(SMALL.write(tmp_path / "one"), "v1")
        names = {
            label: graph.read(f"MATCH (n:{label}) RETURN count(n) AS n")[0]["n"]
            for label in ("Entity", "Actor", "Organization", "Source")
        }
    assert names == {"Entity": 3, "Actor": 3, "Organization": 1, "Source": 1}


def test_an_empty_graph_has_a_version_too(make_store: MakeStore, tmp_path: Path) -> None:
    with make_store() as graph:
        graph.replace(SMALL.write(tmp_path / "one"), "v1")
        graph.replace(Graph({}, {}).write(tmp_path / "none"), "v2")
        assert (graph.version(), all_of(graph)) == ("v2", ([], []))
        graph.apply(difference(Graph({}, {}), SMALL), tmp_path, "v3")
        assert (graph.version(), all_of(graph)) == ("v3", SMALL.as_read())


@pytest.mark.parametrize("seed", range(4))
def test_applying_the_difference_gives_the_new_graph(
    make_store: MakeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    dice = random.Random(seed)
    old = shaken(SMALL, dice)
    with make_store() as graph:
        graph.replace(old.write(tmp_path / "old"), "v0")
        monkeypatch.setattr(type(graph), "replace", lambda *_: pytest.fail("the graph was loaded anew"))
        for step in range(3):
            new = shaken(old, dice)
            graph.apply(difference(old, new), tmp_path / "nowhere", f"v{step + 1}")
            assert all_of(graph) == new.as_read()
            assert graph.version() == f"v{step + 1}"
            old = new


def test_a_node_keeps_its_relations_when_its_type_changes(make_store: MakeStore, tmp_path: Path) -> None:
    new = Graph(
        {**SMALL.nodes, "b1": ("Organization", {"name": "新"}), "c1": ("Organization", {"name": "院"})}, SMALL.relations
    )
    with make_store() as graph:
        graph.replace(SMALL.write(tmp_path / "one"), "v1")
        graph.apply(difference(SMALL, new), tmp_path / "nowhere", "v2")
        assert all_of(graph) == new.as_read()
        assert graph.read("MATCH (n:PartyOrg) RETURN n") == []


def test_a_difference_from_another_graph_ends_in_a_full_load(make_store: MakeStore, tmp_path: Path) -> None:
    """Whatever the graph holds, after `apply` it holds the new tables."""
    other = Graph({"x": ("Person", {"name": "旧"})}, {})
    with make_store() as graph:
        graph.replace(other.write(tmp_path / "other"), "v0")
        graph.apply(difference(shaken(SMALL, random.Random(1)), SMALL), SMALL.write(tmp_path / "small"), "v1")
        assert (graph.version(), all_of(graph)) == ("v1", SMALL.as_read())


def test_an_id_is_held_by_one_entity(make_store: MakeStore, tmp_path: Path) -> None:
    with make_store() as graph:
        graph.replace(SMALL.write(tmp_path / "one"), "v1")
        found = graph.read("SHOW CONSTRAINTS YIELD type, labelsOrTypes, properties RETURN *")
        assert any(
            "UNIQUENESS" in str(row["type"]) and (row["labelsOrTypes"], row["properties"]) == (["Entity"], ["id"])
            for row in found
        )


def test_progress_is_told_to_the_end(make_store: MakeStore, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    with make_store() as graph:
        graph.replace(SMALL.write(tmp_path / "one"), "v1", lambda *step: told.append(step))
        assert told[-1][1:] == (7, 7)
        told.clear()
        graph.apply(Difference(nodes_deleted=SMALL.node_rows(["s1"])), tmp_path, "v2", lambda *step: told.append(step))
        assert told[-1][1:] == (1, 1)


# --- reading ----------------------------------------------------------------------------------------------------------
def test_values_are_plain(make_store: MakeStore, tmp_path: Path) -> None:
    with make_store() as graph:
        graph.replace(SMALL.write(tmp_path / "one"), "v1")
        (row,) = graph.read(
            """MATCH path = (p:Entity {id: 'p1'})-[r:HOLDS_POST {role: '委员'}]->(b) RETURN path, r, [p.id, {x: b.id}] AS mixed,
               date('2020-02-29') AS day, datetime('2020-02-29T12:00:00Z') AS moment, duration('P1DT2H') AS span, null AS nothing, $list AS list""",
            {"list": [1, "二", None]},
        )
    relation = {"id": "r2", "role": "委员", "sure": False, "type": "HOLDS_POST"}
    nodes = {node["id"]: node for node in SMALL.as_read()[0]}  # type: ignore[index]
    assert row["path"] == [nodes["p1"], relation, nodes["b1"]]
    assert row["r"] == relation and row["mixed"] == ["p1", {"x": "b1"}]
    assert (
        row["day"] == "2020-02-29" and str(row["moment"]).startswith("2020-02-29T12:00:00") and row["span"] == "P1DT2H"
    )
    assert row["nothing"] is None and row["list"] == [1, "二", None]
    json.dumps(row)


def test_a_limit_cuts_and_nothing_else_does(make_store: MakeStore) -> None:
    with make_store(write=False) as graph:
        assert graph.read("UNWIND range(1, 1000) AS x RETURN x", limit=3) == [{"x": 1}, {"x": 2}, {"x": 3}]
        assert len(graph.read("UNWIND range(1, 120000) AS x RETURN x")) == 120_000


@pytest.mark.parametrize("statement", ["MATCH (n RETURN n", "RETURN $missing", "RETURN nosuch(1)", "", "RETURN 1 1"])
def test_a_statement_that_makes_no_sense_is_bad_input(make_store: MakeStore, statement: str) -> None:
    with make_store(write=False) as graph, pytest.raises(BadInput) as raised:
        graph.read_untrusted(statement)
    assert str(raised.value) and "neo4j_code" not in str(raised.value) and "java" not in str(raised.value)


def test_a_syntax_error_points_into_the_users_text(make_store: MakeStore) -> None:
    with make_store(write=False) as graph:
        with pytest.raises(BadInput, match=r"line 1[:,] ?(column )?(9|10)\b"):
            graph.read_untrusted("MATCH (n RETURN n")
        with pytest.raises(BadInput, match="line 3"):
            graph.read_untrusted("MATCH (n)\nWHERE n.x = 1\nRETRUN n")


@pytest.mark.parametrize("value", [10**30, "\ud800", object()], ids=["too large", "half a character", "no value"])
def test_a_parameter_that_cannot_be_sent_is_bad_input(make_store: MakeStore, value: object) -> None:
    with make_store(write=False) as graph:
        with pytest.raises(BadInput, match="parameter"):
            graph.read("RETURN $x AS x", {"x": value})
        assert graph.read("RETURN 1 AS x") == [{"x": 1}]


# --- the door ---------------------------------------------------------------------------------------------------------
HOSTILE = [
    "CREATE (:Evil)", "MATCH (n) SET n.x = 1", "MATCH (n) SET n:Evil", "MATCH (n) DETACH DELETE n", "MATCH ()-[r]->() DELETE r",
    "MERGE (n:Actor {id: 'evil'})", "CALL { CREATE (:Evil) } RETURN 1", "FOREACH (i IN [1] | CREATE (:Evil))",
    "MATCH (n) CALL (n) { SET n.x = 1 } IN TRANSACTIONS RETURN 1", "CREATE INDEX evil FOR (n:Actor) ON (n.name)",
    "DROP CONSTRAINT govgraph_Entity_id IF EXISTS", "LOAD CSV FROM 'file:///etc/hostname' AS l RETURN l",
    "LOAD CSV FROM 'http://127.0.0.1:1/x' AS l RETURN l", "MATCH (n) REMOVE n.name", "CREATE USER evil SET PASSWORD 'abcdefgh'",
    "ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'abcdefgh'", "RETURN 1; CREATE (:Evil)", "/* x */ CREATE (:Evil) // RETURN",
    "// RETURN\nCREATE (:Evil)", "PROFILE CREATE (:Evil)", "PROFILE LOAD CSV FROM 'file:///etc/hostname' AS l RETURN l",
    "EXPLAIN CREATE (:Evil)", "CALL db.createLabel('Evil')", "CALL dbms.killConnections(['x'])", "SHOW USERS",
    "TERMINATE TRANSACTIONS 'neo4j-transaction-1'", "SHOW TRANSACTIONS", "CALL { LOAD CSV FROM 'file:///etc/hostname' AS l RETURN l } RETURN l",
]  # fmt: skip


def test_what_writes_or_reaches_out_is_refused(make_store: MakeStore, tmp_path: Path) -> None:
    with make_store() as graph:
        graph.replace(SMALL.write(tmp_path / "one"), "v1")
    with make_store(write=False) as graph:
        answered = []
        for statement in HOSTILE:
            try:
                graph.read_untrusted(statement)
                answered.append(statement)
            except GovgraphError as error:
                assert isinstance(error, (BadInput, Refused, EngineFailure)), statement
                assert "Traceback" not in str(error) and str(error)
        # an explanation runs nothing
        assert [s for s in answered if not s.startswith("EXPLAIN")] == []
        assert (graph.version(), all_of(graph)) == ("v1", SMALL.as_read())
        assert graph.read("MATCH (n:Evil) RETURN n") == []


def test_what_writes_is_refused_in_our_own_statements_too(make_store: MakeStore) -> None:
    with make_store(write=False) as graph, pytest.raises(Refused):
        graph.read("CREATE (:Evil)")


HARMLESS = {
    "RETURN 'CREATE (:Evil) // SET' AS x": [{"x": "CREATE (:Evil) // SET"}],
    "UNWIND range(1, 1000) AS a RETURN sum(a) AS x": [{"x": 500500}],
    "MATCH (`SET`:Person) RETURN `SET`.name AS x // CREATE": [{"x": "张三"}],
    "CALL { MATCH (n:Person) RETURN n } RETURN n.id AS x": [{"x": "p1"}],
    "MATCH (n:Person) WHERE EXISTS { (n)-[:HOLDS_POST]->() } RETURN n.id AS x UNION RETURN 'y' AS x": [
        {"x": "p1"},
        {"x": "y"},
    ],
    "CALL db.labels() YIELD label WITH label WHERE label = 'Person' RETURN label AS x": [{"x": "Person"}],
    "MATCH p = shortestPath((a:Entity {id: 'p1'})-[*..4]-(b:Entity {id: 'c1'})) RETURN length(p) AS x": [{"x": 2}],
}


def test_what_only_reads_is_answered(make_store: MakeStore, tmp_path: Path) -> None:
    with make_store() as graph:
        graph.replace(SMALL.write(tmp_path / "one"), "v1")
        for statement, rows in HARMLESS.items():
            assert graph.read_untrusted(statement) == rows, statement


def test_an_endless_query_is_stopped_and_the_next_one_works(make_store: MakeStore, settings: Settings) -> None:
    with make_store(write=False, settings=replace(settings, query_timeout=1.5)) as graph:
        start = time.monotonic()
        with pytest.raises(EngineFailure, match=r"1\.5 s.*GOVGRAPH_QUERY_TIMEOUT"):
            graph.read_untrusted(ENDLESS)
        assert 1 < time.monotonic() - start < 8
        assert graph.read("RETURN 1 AS x") == [{"x": 1}]
        start = time.monotonic()
        with pytest.raises(EngineFailure, match=r"0\.5 s"):
            graph.read(ENDLESS, timeout=0.5)
        assert time.monotonic() - start < 4


def test_the_bound_of_readers_does_not_stop_a_load(make_store: MakeStore, settings: Settings, tmp_path: Path) -> None:
    many = Graph({f"p{i}": ("Person", {"name": f"n{i}"}) for i in range(8000)}, {})
    hurried = replace(settings, query_timeout=0.5)
    with make_store(settings=hurried) as graph:
        graph.replace(many.write(tmp_path / "many"), "v1")
        empty = Graph({}, {})
        graph.apply(difference(many, empty), empty.write(tmp_path / "none"), "v2")
        assert graph.version() == "v2"
        assert graph.read("MATCH (n:Entity) RETURN count(n) AS n", timeout=30) == [{"n": 0}]


# --- many at once, and ends that nobody planned -----------------------------------------------------------------------
def of_size(size: int) -> Graph:
    nodes: dict[str, Node] = {f"p{i}": ("Person", {"name": f"n{i}"}) for i in range(size)}
    return Graph(nodes, {f"{i}-{(i + 1) % size}": (f"p{i}", "KNOWS", f"p{(i + 1) % size}", {}) for i in range(size)})


def test_a_reader_neither_waits_nor_sees_what_is_half_written(make_store: MakeStore, tmp_path: Path) -> None:
    """Read in the very middle of a full load and of a difference: a reader that waited for the writer would never end."""
    small, large = of_size(40), of_size(1500)
    small.write(tmp_path / "small"), large.write(tmp_path / "large")
    seen: list[list[dict[str, object]]] = []
    with make_store() as writer, make_store(write=False) as reader:

        def look(step: str, done: int, total: int) -> None:
            if done < total:
                reader.refresh()
                seen.append(reader.read("MATCH (n:Entity) RETURN count(n) AS n"))
                seen.append(reader.read("MATCH (n:Entity) MATCH (n)-[r:KNOWS]->(m) RETURN count(m) AS n"))

        writer.replace(tmp_path / "small", "v1")
        writer.replace(tmp_path / "large", "v2", look)
        writer.replace(tmp_path / "small", "v3")
        writer.apply(difference(small, large), tmp_path / "nowhere", "v4", look)
        assert reader.read("MATCH (n:Entity) RETURN count(n) AS n") == [{"n": 1500}]
    assert len(seen) >= 4 and all(rows == [{"n": 40}] for rows in seen)


def test_a_reader_sees_the_old_graph_or_the_new_one(make_store: MakeStore, tmp_path: Path) -> None:
    small, large = of_size(40).write(tmp_path / "small"), of_size(1000).write(tmp_path / "large")
    seen: set[object] = set()
    done = threading.Event()

    def look() -> None:
        with make_store(write=False) as graph:
            while not done.is_set():
                graph.refresh()
                seen.add(graph.read("MATCH (n:Entity) RETURN count(n) AS n")[0]["n"])

    with make_store() as writer:
        writer.replace(small, "small")
        reader = threading.Thread(target=look)
        reader.start()
        try:
            for _ in range(3):
                writer.replace(large, "large")
                writer.replace(small, "small")
        finally:
            done.set()
            reader.join()
    assert seen == {40, 1000}


def test_an_open_reader_outlives_full_loads(make_store: MakeStore, tmp_path: Path) -> None:
    one, two = of_size(3).write(tmp_path / "one"), of_size(5).write(tmp_path / "two")
    count = "MATCH (n:Entity) RETURN count(n) AS n"
    with make_store() as writer:
        writer.replace(one, "v1")
        with make_store(write=False) as reader:
            assert reader.read(count) == [{"n": 3}]
            for version in ("v2", "v3", "v4"):
                writer.replace(two, version)
                assert reader.read(count)[0]["n"] in (3, 5)
            reader.refresh()
            assert (reader.version(), reader.read(count)) == ("v4", [{"n": 5}])


def test_several_threads_share_a_reader(make_store: MakeStore, tmp_path: Path) -> None:
    found: list[object] = []
    with make_store() as graph:
        graph.replace(SMALL.write(tmp_path / "one"), "v1")
        threads = [threading.Thread(target=lambda: found.append(all_of(graph))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [SMALL.as_read()] * 6


WRITER = """
import sys
from pathlib import Path
from govgraph.graph.settings import Settings
from govgraph.graph.store import Difference, open_store
root, small, large = map(Path, sys.argv[1:4])
from test_store import difference, of_size
there, back = difference(of_size(40), of_size(2000)), difference(of_size(2000), of_size(40))
with open_store(Settings.from_environment(), root, "test", write=True) as graph:
    print("ready", flush=True)
    while True:
        if sys.argv[4] == "replace":
            graph.replace(large, "large")
            graph.replace(small, "small")
        else:  # the folder does not exist: a full load would fail
            graph.apply(there, root / "nowhere", "large")
            graph.apply(back, root / "nowhere", "small")
"""


@pytest.mark.parametrize("way", ["replace", "apply"])
def test_a_writer_that_is_killed_leaves_the_old_graph_or_the_new_one(
    make_store: MakeStore, environment: dict[str, str], private_server: Path, tmp_path: Path, way: str
) -> None:
    small, large = of_size(40).write(tmp_path / "small"), of_size(2000).write(tmp_path / "large")
    here = os.pathsep.join(str(folder) for folder in list(Path(__file__).parents)[:2])
    for wait in (0.3, 0.9):
        with make_store() as graph:
            graph.replace(small, "small")
        command = [sys.executable, "-c", WRITER, str(private_server), str(small), str(large), way]
        with subprocess.Popen(
            command, env=environment | {"PYTHONPATH": here}, stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None and writer.stdout.readline() == "ready\n"
            time.sleep(wait)
            assert writer.poll() is None
            writer.kill()
        with make_store() as graph:
            expected = {"small": 40, "large": 2000}[str(graph.version())]
            assert graph.read("MATCH (n:Entity) RETURN count(n) AS n") == [{"n": expected}]
            assert graph.read("MATCH (:Entity)-[r]->(:Entity) RETURN count(r) AS n") == [{"n": expected}]
            graph.replace(small, "again")
            assert graph.version() == "again"


# --- what only one engine can do --------------------------------------------------------------------------------------
def java(root: Path) -> int:
    address = engine.status(root)
    assert address is not None
    processes = [address.pid]
    for process in processes:
        processes += map(
            int, subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True).stdout.split()
        )
    return next(p for p in processes if Path(f"/proc/{p}/exe").resolve().name == "java")


def test_an_open_store_survives_the_death_of_the_private_server(tmp_path: Path) -> None:
    root = tmp_path / "engine"
    try:
        with store.open_store(Settings(), root, "test", write=True) as graph:
            graph.replace(SMALL.write(tmp_path / "one"), "v1")
            os.kill(java(root), signal.SIGKILL)
            assert (graph.version(), all_of(graph)) == ("v1", SMALL.as_read())
            changed = Graph({**SMALL.nodes, "p1": ("Person", {"name": "新"})}, SMALL.relations)
            graph.apply(difference(SMALL, changed), tmp_path, "v2")
            os.kill(java(root), signal.SIGKILL)
            graph.replace(SMALL.write(tmp_path / "one"), "v3")
            assert (graph.version(), all_of(graph)) == ("v3", SMALL.as_read())
            engine.stop(root)
            assert graph.version() == "v3"
        left = {path.name for path in (root / "databases").iterdir() if path.is_dir()}
        assert left == {engine.current(root)}
    finally:
        engine.stop(root)


def test_a_database_of_another_workspace_is_refused(neo4j_settings: Settings, tmp_path: Path) -> None:
    with store.open_store(neo4j_settings, tmp_path, "mine", write=True) as graph:
        graph.replace(SMALL.write(tmp_path / "one"), "v1")
    for write in (False, True):
        with (
            pytest.raises(BadInput, match="another workspace"),
            store.open_store(neo4j_settings, tmp_path, "yours", write=write),
        ):
            pass


def test_a_database_that_is_not_ours_is_not_written_to(
    neo4j_settings: Settings, neo4j_server: Neo4j, tmp_path: Path
) -> None:
    neo4j_server.driver.execute_query("CREATE (:Film {title: 'x'})")
    with store.open_store(neo4j_settings, tmp_path, "mine") as graph:
        assert graph.version() is None
    with (
        pytest.raises(BadInput, match="GOVGRAPH_DATABASE"),
        store.open_store(neo4j_settings, tmp_path, "mine", write=True),
    ):
        pass


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        ({"password": "wrong"}, BadInput, "GOVGRAPH_PASSWORD"),
        ({"password": None}, BadInput, "GOVGRAPH_PASSWORD"),
        ({"database": "nosuch"}, BadInput, "GOVGRAPH_DATABASE"),
        ({"uri": "bolt://127.0.0.1:1"}, EngineFailure, "127.0.0.1:1"),
    ],
    ids=["password", "no password", "database", "address"],
)
def test_a_server_that_cannot_be_used_is_explained(
    neo4j_settings: Settings, tmp_path: Path, wrong: dict[str, str], error: type[Exception], says: str
) -> None:
    settings = replace(neo4j_settings, **wrong)  # type: ignore[arg-type]
    with pytest.raises(error, match=says), store.open_store(settings, tmp_path, "mine"):
        pass


# --- settings ---------------------------------------------------------------------------------------------------------
def test_settings_come_from_the_environment() -> None:
    given = {
        "GOVGRAPH_URI": "neo4j://h:7687",
        "GOVGRAPH_QUERY_TIMEOUT": "2.5",
        "GOVGRAPH_ENGINE_MEMORY": "2G",
        "GOVGRAPH_USER": "",
    }
    found = Settings.from_environment(given)
    assert found == Settings(uri="neo4j://h:7687", query_timeout=2.5, engine_memory="2g")
    assert Settings.from_environment({}) == Settings()
    assert "secret" not in repr(Settings(password="secret"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QUERY_TIMEOUT", "soon"),
        ("QUERY_TIMEOUT", "0"),
        ("ENGINE_IDLE", "nan"),
        ("ENGINE_MEMORY", "lots"),
        ("URI", "localhost:7687"),
    ],
)
def test_a_bad_setting_is_named_with_the_remedy(name: str, value: str) -> None:
    with pytest.raises(BadInput, match=f"GOVGRAPH_{name} is '{value}'.*write"):
        Settings.from_environment({f"GOVGRAPH_{name}": value})
