"""The read door under fire: hostile and malformed statements, none of which may write, hang, or break anything.

`GOVGRAPH_DOOR_STATEMENTS` says how many (1,000 on each engine), `GOVGRAPH_DOOR_SEED` repeats a run.
"""

from __future__ import annotations

import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import neo4j
import pytest
from engines import PASSWORD, Neo4j

from govgraph.graph import engine
from govgraph.graph.arcade import Arcade
from govgraph.graph.errors import BadInput, EngineFailure, GovgraphError, Refused
from govgraph.graph.log import connect
from govgraph.graph.settings import Settings
from govgraph.graph.store import Store

MakeStore = Callable[..., AbstractContextManager[Store]]
STATEMENTS = int(os.environ.get("GOVGRAPH_DOOR_STATEMENTS", "1000"))
SEED = int(os.environ.get("GOVGRAPH_DOOR_SEED") or random.randrange(2**31))
BOUND = 2.0  # seconds that a statement is allowed
SLACK = 10.0  # seconds after which it counts as hanging; a crowded machine is given time

WRITES = """
CREATE (:Evil)
CREATE (a:Evil {x: 1})-[:EVIL]->(b:Evil) RETURN a, b
MATCH (n) SET n.evil = 1
MATCH (n:Person) SET n:Evil
MATCH (n:Person) SET n += {evil: 1} RETURN n
MATCH (n) SET n = {}
MATCH (n) REMOVE n.name
MATCH (n:Person) REMOVE n:Person
MATCH (n) DETACH DELETE n
MATCH ()-[r]->() DELETE r
MATCH (n) NODETACH DELETE n
MERGE (n:Evil {id: 'evil'}) ON CREATE SET n.evil = 1 ON MATCH SET n.evil = 2
MATCH (a:Person) MERGE (a)-[:EVIL]->(a)
FOREACH (i IN [1, 2] | CREATE (:Evil))
MATCH p = (a)-[*..2]->(b) FOREACH (n IN nodes(p) | SET n.evil = 1)
CALL { CREATE (:Evil) } RETURN 1 AS x
CALL () { CREATE (n:Evil) RETURN n } RETURN n
MATCH (n) CALL (n) { SET n.evil = 1 } IN TRANSACTIONS RETURN 1 AS x
UNWIND range(1, 100) AS i CALL (i) { CREATE (:Evil {i: i}) } IN 3 CONCURRENT TRANSACTIONS OF 10 ROWS
MATCH (n) WITH n LIMIT 1 SET n.evil = 1 RETURN n UNION MATCH (n) RETURN n
RETURN 1 AS x UNION CREATE (n:Evil) RETURN 2 AS x
WITH 1 AS x WHERE x = 1 CREATE (:Evil)
OPTIONAL MATCH (n:Nothing) CREATE (:Evil)
MATCH (n) WHERE EXISTS { CREATE (:Evil) } RETURN n
RETURN COUNT { CREATE (:Evil) RETURN 1 } AS x
RETURN COLLECT { CREATE (n:Evil) RETURN n } AS x
INSERT (:Evil)
MATCH (n:Person) CALL db.create.setNodeVectorProperty(n, 'evil', [1.0]) RETURN 1 AS x
CALL db.createLabel('Evil')
CALL db.createProperty('evil')
CALL db.createRelationshipType('EVIL')
CALL apoc.cypher.doIt('CREATE (:Evil)', {}) YIELD value RETURN value
CALL apoc.periodic.iterate('MATCH (n) RETURN n', 'SET n.evil = 1', {})
CALL algo.evil()
MATCH (n) CALL merge.node(['Evil'], {}) YIELD node RETURN node
""".strip().splitlines()  # fmt: skip
BEYOND = """
CREATE INDEX evil FOR (n:Person) ON (n.name)
CREATE CONSTRAINT evil FOR (n:Evil) REQUIRE n.x IS UNIQUE
CREATE FULLTEXT INDEX evil FOR (n:Person) ON EACH [n.name]
CREATE VECTOR INDEX evil FOR (n:Person) ON (n.v)
DROP INDEX govgraph_Entity_name IF EXISTS
DROP CONSTRAINT govgraph_Entity_id IF EXISTS
DROP DATABASE neo4j
DROP TYPE Entity UNSAFE
CREATE DATABASE evil
CREATE ALIAS evil FOR DATABASE neo4j
STOP DATABASE neo4j
START DATABASE system
USE system SHOW USERS
USE system CREATE USER evil SET PASSWORD 'abcdefgh'
USE neo4j CREATE (:Evil)
CREATE USER evil SET PASSWORD 'abcdefgh' CHANGE NOT REQUIRED
ALTER USER neo4j SET PASSWORD 'abcdefgh'
ALTER CURRENT USER SET PASSWORD FROM 'only-for-the-tests' TO 'abcdefgh'
RENAME USER neo4j TO evil
DROP USER neo4j
CREATE ROLE evil
GRANT ROLE admin TO neo4j
DENY MATCH {*} ON GRAPH * TO PUBLIC
SHOW USERS
SHOW DATABASES
SHOW TRANSACTIONS YIELD transactionId RETURN transactionId
SHOW SETTINGS
SHOW PROCEDURES
SHOW INDEXES
TERMINATE TRANSACTIONS 'neo4j-transaction-1'
LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l
LOAD CSV WITH HEADERS FROM 'http://127.0.0.1:1/x.csv' AS l FIELDTERMINATOR ';' RETURN l
LOAD CSV FROM 'ftp://127.0.0.1/x' AS l CREATE (:Evil {l: l})
CALL { LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l } RETURN l
WITH 'file:///etc/passwd' AS u LOAD CSV FROM u AS l RETURN l
CALL dbms.killConnections(['x'])
CALL dbms.setConfigValue('server.memory.pagecache.size', '1k')
CALL dbms.listConfig() YIELD name, value RETURN name, value
CALL dbms.queryJmx('*:*')
CALL dbms.security.listUsers()
CALL db.clearQueryCaches()
CALL db.checkpoint()
CALL db.resampleOutdatedIndexes()
CALL tx.setMetaData({evil: 1})
CALL db.awaitIndexes(300)
IMPORT DATABASE file:///etc/passwd
BACKUP DATABASE
ALTER DATABASE `arcadedb.command.timeout` 1
INSERT INTO Evil SET x = 1
UPDATE Entity SET evil = 1
DELETE FROM Entity
TRUNCATE TYPE Entity UNSAFE
SELECT FROM schema:types
begin; delete vertex from Entity; commit;
:auto MATCH (n) DELETE n
:use system
g.V().drop()
{"query": "CREATE (:Evil)"}
""".strip().splitlines()
READS = """
MATCH (n) RETURN n
MATCH (n:Person)-[h:HOLDS_POST]->(o) WHERE h.role = '支部书记' RETURN n.name AS name, o.name AS body ORDER BY name LIMIT 5
MATCH p = (a:Entity {id: 'p1'})-[*..3]-(b) RETURN p
UNWIND range(1, 100) AS x RETURN sum(x) AS x
MATCH (n) RETURN n {.*, labels: labels(n)} AS n
RETURN 'CREATE (:Evil) // SET' AS x
MATCH (n) WHERE n.name =~ '(a+)+b' RETURN n
CALL db.labels() YIELD label RETURN label
RETURN reduce(s = 0, x IN range(1, 1000) | s + x) AS x
RETURN [x IN range(1, 100) WHERE x % 2 = 0 | x] AS x, {a: [1, {b: null}]} AS y
MATCH (n) OPTIONAL MATCH (n)-[r]-() RETURN n.id AS id, count(r) AS n
RETURN date('2020-01-01') AS d, duration('P1D') AS l, point({x: 1, y: 2}) AS p
""".strip().splitlines()
MALFORMED = """
MATCH
RETURN
MATCH (n RETURN n
MATCH (n) RETRUN n
RETURN 1 AS x; RETURN 2 AS x
RETURN $missing AS x
RETURN undefined AS x
RETURN 1/0 AS x
RETURN 'unfinished
RETURN "\\uD800" AS x
RETURN `` AS x
MATCH (n)-[*]->(n)-[*]->(n) RETURN count(*) AS x
RETURN toInteger('9999999999999999999999') AS x, 99999999999999999999999 AS y
RETURN 1e400 AS x
/* never closed
// only a comment
EXPLAIN
PROFILE
EXPLAIN EXPLAIN RETURN 1 AS x
CYPHER 5 RETURN 1 AS x
CYPHER runtime=interpreted planner=dp RETURN 1 AS x
RETURN localdatetime({year: 99999999999}) AS x
""".strip().splitlines()
HEAVY = (
    "UNWIND range(1, 100000000) AS a UNWIND range(1, 100000000) AS b RETURN count(*) AS x",
    "RETURN reduce(s = 0, a IN range(1, 100000) | s + reduce(t = 0, b IN range(1, 100000) | t + b)) AS x",
    "MATCH (a), (b), (c), (d), (e), (f), (g), (h), (i), (j), (k), (l) RETURN count(*) AS x",
)
WORDS = re.compile(r"\s+")


def monsters() -> list[str]:
    """Statements that are large or deep."""
    return [
        "RETURN " + "(" * 3000 + "1" + ")" * 3000 + " AS x",
        "RETURN " + "[" * 2000 + "]" * 2000 + " AS x",
        "RETURN " + " + ".join(["1"] * 5000) + " AS x",
        "RETURN '" + "长" * 300_000 + "' AS x",
        "RETURN " + "9" * 20_000 + " AS x",
        "RETURN [" + ",".join(map(str, range(30_000))) + "] AS x",
        "MATCH " + ", ".join(f"(n{i})" for i in range(300)) + " RETURN 1 AS x LIMIT 1",
        "CALL { " * 60 + "RETURN 1 AS x" + " } RETURN 1 AS x" * 60,
        "CALL { " * 40 + "CREATE (:Evil)" + " } RETURN 1 AS x" * 40,
        "MATCH (n) WHERE " + "EXISTS { MATCH (n) WHERE " * 40 + "true" + " }" * 40 + " RETURN n",
        "RETURN 1 AS x " + "UNION RETURN 1 AS x " * 400,
        "RETURN " + "NOT " * 2000 + "true AS x",
        "WITH 1 AS x " * 1000 + "RETURN x",
        "RETURN `" + "a" * 70_000 + "` AS x",
        "/*" + "*" * 100_000 + "*/ RETURN 1 AS x",
        "\n" * 50_000 + "RETURN 1 AS x",
    ]


# --- mutations --------------------------------------------------------------------------------------------------------
def escaped(chance: random.Random, text: str) -> str:
    """Letters of the words as unicode escapes, which Cypher reads before anything else."""
    return "".join(f"\\u{ord(c):04X}" if c.isalpha() and ord(c) < 65536 and chance.random() < 0.3 else c for c in text)


def commented(chance: random.Random, text: str) -> str:
    between = ("/* */", " // RETURN\n", "/**/", "\t", " ", "\u00a0", "\u2028", " /* ' */ ")
    return WORDS.sub(lambda _: " " + chance.choice(between) + " ", text)


def cased(chance: random.Random, text: str) -> str:
    return "".join(c.upper() if chance.random() < 0.5 else c.lower() for c in text)


def wrapped(chance: random.Random, text: str) -> str:
    return chance.choice((
        "CALL {{ {} }} RETURN 1 AS x", "CALL () {{ {} }} RETURN 1 AS x", "MATCH (n) CALL (n) {{ {} }} RETURN n", "MATCH (n) WHERE EXISTS {{ {} }} RETURN n",
        "RETURN COUNT {{ {} }} AS x", "RETURN COLLECT {{ {} }} AS x", "EXPLAIN {}", "PROFILE {}", "CYPHER 5 {}", "CYPHER 25 {}", "CYPHER planner=cost {}",
        "WITH 1 AS one {}", "{} UNION RETURN 1 AS x", "RETURN 1 AS x UNION {}", "FOREACH (i IN [1] | {})", "{}; RETURN 1 AS x", "RETURN 1 AS x; {}", "USE neo4j {}", "NEXT {}", "RETURN 1 AS x NEXT {}",
        "CALL {{ CALL {{ {} }} RETURN 1 AS y }} RETURN 1 AS x", "CALL {{ {} }} IN TRANSACTIONS OF 1 ROW RETURN 1 AS x", "WHEN true THEN {}", "// x\n{}", "/* x */{}", "({})", "`{}`", "'{}'",
        "RETURN 1 AS x // \n{}", "RETURN '\\'' AS x //' {}\n", "explain profile {}", ";{}", "\ufeff{}",
    )).format(text)  # fmt: skip


def broken(chance: random.Random, text: str) -> str:
    """Characters left out, doubled, swapped or put in."""
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(text) + 1)
        put = chance.choice(
            (
                "",
                "",
                ")",
                "(",
                "{",
                "}",
                "'",
                '"',
                "`",
                "\\",
                "\0",
                ";",
                "$",
                "|",
                "\\u",
                "长",
                "\U0001f600",
                "--",
                "/*",
            )
        )
        text = text[:at] + put + text[at + chance.randrange(2) :]
    return text


def cut(chance: random.Random, text: str) -> str:
    return text[: chance.randrange(len(text) + 1)]


def spliced(chance: random.Random, text: str) -> str:
    other = chance.choice((*WRITES, *BEYOND, *READS))
    return cut(chance, text) + " " + other[chance.randrange(len(other)) :]


MUTATIONS = (escaped, commented, cased, wrapped, wrapped, wrapped, broken, cut, spliced)


def statements(number: int, seed: int) -> Iterator[str]:
    """The corpus as it stands, then mutations of it, most of them of what writes or reaches out."""
    chance = random.Random(seed)
    corpus = [*WRITES, *BEYOND, *READS, *MALFORMED]
    yield from [*corpus, *monsters()]
    for _ in range(number - len(corpus) - 16):
        text = chance.choice(chance.choice((WRITES, WRITES, BEYOND, READS, MALFORMED)))
        for _ in range(chance.choice((1, 1, 2, 3))):
            text = chance.choice(MUTATIONS)(chance, text)
        yield text


# --- what must not change ---------------------------------------------------------------------------------------------
def small(folder: Path) -> Path:
    """The compiled tables of two people in one body."""
    folder.mkdir()
    with connect() as con:
        con.execute(
            f"""COPY (SELECT id, labels, '{{"id":"' || id || '","name":"' || name || '","claims":["c"]}}' AS properties FROM (VALUES
                ('p1', ['Entity','Actor','Person'], '张三'), ('p2', ['Entity','Actor','Person'], '李四'),
                ('b1', ['Entity','Actor','Organization','PartyOrg'], '甲党支部')) t(id, labels, name)) TO '{folder}/nodes.parquet'"""
        )
        con.execute(
            f"""COPY (SELECT id, "from", relation, "to", '{{"id":"' || id || '","role":"支部书记"}}' AS properties FROM (VALUES
                ('r1', 'p1', 'HOLDS_POST', 'b1'), ('r2', 'p2', 'HOLDS_POST', 'b1')) t(id, "from", relation, "to")) TO '{folder}/relations.parquet'"""
        )
    return folder


def state(store: Store) -> object:
    """Everything in the graph: nodes with labels, relations, and the version."""
    nodes = store.read("MATCH (n) RETURN n", timeout=30)
    relations = store.read("MATCH (a)-[r]->(b) RETURN a.id AS a, r AS r, b.id AS b", timeout=30)
    return store.version(), sorted(map(str, nodes)), sorted(map(str, relations))


@pytest.fixture
def beside(request: pytest.FixtureRequest, settings: Settings, private_server: Path) -> Callable[[], object]:
    """What a server holds beside the graph: users, databases, schema; read with all rights."""
    if settings.uri is None:

        def embedded() -> object:
            address = engine.status(private_server)
            assert address is not None
            return sorted(Arcade(address).databases())

        return embedded
    server: Neo4j = request.getfixturevalue("neo4j_server")

    def with_all_rights() -> object:
        with neo4j.GraphDatabase.driver(server.uri, auth=("neo4j", PASSWORD)) as fresh:
            fresh.verify_connectivity()  # the password is still the one it was
        asked = (
            "SHOW USERS YIELD user RETURN user AS x",
            "SHOW DATABASES YIELD name, currentStatus RETURN name + currentStatus AS x",
        )
        found = [
            sorted(r["x"] for r in server.driver.execute_query(text, database_="system").records) for text in asked
        ]
        kept = [
            sorted(r["name"] for r in server.driver.execute_query(text).records)
            for text in ("SHOW INDEXES YIELD name", "SHOW CONSTRAINTS YIELD name")
        ]
        return found, kept

    return with_all_rights


# --- the tests --------------------------------------------------------------------------------------------------------
def test_nothing_gets_through_the_door(
    make_store: MakeStore, settings: Settings, beside: Callable[[], object], tmp_path: Path
) -> None:
    print(f"GOVGRAPH_DOOR_SEED={SEED} GOVGRAPH_DOOR_STATEMENTS={STATEMENTS}")
    with make_store() as writer:
        writer.replace(small(tmp_path / "small"), "v1")
    ended: Counter[str] = Counter()
    with make_store(write=False, settings=replace(settings, query_timeout=BOUND)) as store:
        before, around = state(store), beside()
        asked = list(statements(STATEMENTS, SEED))
        for number, text in enumerate(asked):
            start = time.monotonic()
            try:
                rows = store.read_untrusted(text, {}, limit=100)
                assert len(rows) <= 100
                ended["answered"] += 1
            except GovgraphError as error:
                assert (
                    isinstance(error, (BadInput, Refused, EngineFailure))
                    and str(error)
                    and "Traceback" not in str(error)
                ), text
                ended[type(error).__name__] += 1
            except Exception as error:  # whatever it is, it is none of ours
                pytest.fail(f"seed {SEED}, statement {number}: {type(error).__name__}: {error}\n{text[:2000]!r}")
            took = time.monotonic() - start
            assert took < BOUND + SLACK, f"seed {SEED}, statement {number} took {took:.1f} s\n{text[:2000]!r}"
            assert store.read("RETURN 1 AS x") == [{"x": 1}], text[:2000]
            if number % 50 == 49 or number == len(asked) - 1:
                since = "\n".join(repr(one[:300]) for one in asked[max(0, number - 49) : number + 1])
                assert (state(store), beside()) == (before, around), f"seed {SEED}: one of these wrote:\n{since}"
    print(dict(ended))
    assert len(asked) >= 1000 or STATEMENTS < 1000
    assert ended["Refused"] > STATEMENTS / 20 and ended["answered"] > STATEMENTS / 50, ended


@pytest.mark.parametrize("text", HEAVY)
def test_a_heavy_statement_is_stopped_in_time(
    make_store: MakeStore, settings: Settings, tmp_path: Path, text: str
) -> None:
    with make_store() as writer:
        writer.replace(small(tmp_path / "small"), "v1")
    with make_store(write=False, settings=replace(settings, query_timeout=1.0)) as store:
        start = time.monotonic()
        try:
            store.read_untrusted(text)
        except EngineFailure as error:
            assert "1 s" in str(error)
        except BadInput as error:
            assert "range" in str(error)  # the embedded engine makes no list of that length
        assert time.monotonic() - start < 1 + SLACK
        assert store.read("RETURN 1 AS x") == [{"x": 1}]


def test_rows_are_capped(make_store: MakeStore) -> None:
    with make_store(write=False) as store:
        start = time.monotonic()
        rows = store.read_untrusted("UNWIND range(1, 5000000) AS x RETURN x", limit=1000, timeout=20)
        assert [row["x"] for row in rows] == list(range(1, 1001))
        assert time.monotonic() - start < 20  # not all of them were read
        assert store.read_untrusted("RETURN 1 AS x", limit=0) == []
        assert store.read("RETURN 1 AS x") == [{"x": 1}]
