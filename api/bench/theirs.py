"""What a user would write instead: a script with `UNWIND … MERGE`, and Cypher by hand, on a Neo4j server.

The script is a good one: one constraint, large batches, each type of node and relation by itself. It keeps names,
attributes, dates as they are written and the quote, and knows nothing of what they may mean.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from govgraph.graph.errors import BadInput

if TYPE_CHECKING:
    import neo4j

BATCH = 10_000
NODES = "UNWIND $rows AS row MERGE (n:Entity {{key: row.key}}) SET n:{type}, n += row"
RELATIONS = """UNWIND $rows AS row MATCH (a:Entity {{key: row.a}}) MATCH (b:Entity {{key: row.b}})
MERGE (a)-[r:{type} {{line: row.line}}]->(b) SET r += row.properties"""
SCHEMA = (
    "CREATE CONSTRAINT bench_key IF NOT EXISTS FOR (n:Entity) REQUIRE n.key IS UNIQUE",
    "CREATE INDEX bench_name IF NOT EXISTS FOR (n:Entity) ON (n.name)",
)
MARK = "GovgraphBench"
"""A node with this label says that all in the database is ours to delete."""

Rows = list[dict[str, Any]]


def _on(*relations: str) -> str:
    """All these relations hold on the day, by the dates as they were written."""
    return " AND ".join(f"{r}.from <= $day AND ({r}.to IS NULL OR $day < {r}.to)" for r in relations)


def _covering(body: str, relations: str) -> str:
    return f"""MATCH (k:Compound) OPTIONAL MATCH (b:{body})-[r:{relations}]->(k) WHERE {_on("r")}
RETURN k.key AS compound, k.name AS name, collect({{name: b.name, form: b.form, quote: r.quote}}) AS bodies"""


COVERAGE = {
    "branch": _covering("PartyOrg", "BASED_IN|COVERS"),
    "committee": _covering("OwnersCommittee", "BASED_IN"),
    "firm": _covering("PropertyFirm", "SERVES"),
    "station": _covering("ServiceStation", "BASED_IN"),
}
_FOUND = "p.name AS person, w.role AS role, w.quote AS quote, h.role AS other_role, h.quote AS other_quote"
_BRANCH_HEADS = "['支部书记', '党总支书记', '党委书记']"
CONFLICTS = {
    "firm_and_committee": f"""MATCH (p:Person)-[w:HOLDS_POST]->(f:PropertyFirm)-[s:SERVES]->(k:Compound),
    (k)<-[b:BASED_IN]-(c:OwnersCommittee)<-[h:HOLDS_POST]-(p) WHERE {_on("w", "s", "b", "h")}
    RETURN {_FOUND}, f.name AS firm, k.name AS compound, c.name AS committee""",
    "firm_and_branch": f"""MATCH (p:Person)-[w:HOLDS_POST]->(f:PropertyFirm)-[s:SERVES]->(k:Compound),
    (k)<-[b:BASED_IN|COVERS]-(z:PartyOrg)<-[h:HOLDS_POST]-(p)
    WHERE h.role IN ['支部书记', '副书记', '支部委员'] AND {_on("w", "s", "b", "h")}
    RETURN {_FOUND}, f.name AS firm, k.name AS compound, z.name AS branch""",
    "secretary_chairs_committee": f"""MATCH (p:Person)-[w:HOLDS_POST]->(z:PartyOrg)-[x:BASED_IN|COVERS]->(k:Compound),
    (k)<-[y:BASED_IN]-(c:OwnersCommittee)<-[h:HOLDS_POST]-(p)
    WHERE w.role IN ['支部书记', '党总支书记'] AND h.role = '业委会主任' AND {_on("w", "x", "y", "h")}
    RETURN {_FOUND}, z.name AS branch, k.name AS compound, c.name AS committee""",
    "supervisor_in_supervised": f"""MATCH t = (a:Entity)-[:SUPERVISES|GUIDES|LEADS*1..3]->(z:Entity)
    WHERE a <> z AND all(r IN relationships(t) WHERE {_on("r")})
    MATCH (z)<-[h:HOLDS_POST]-(p:Person)-[w:HOLDS_POST]->(a) WHERE {_on("w", "h")}
    RETURN {_FOUND}, [n IN nodes(t) | n.name] AS bodies""",
    "rated_by_own": f"""MATCH (p:Person)-[w:HOLDS_POST]->(f:PropertyFirm),
    (f)<-[r:RATES|SUPERVISES|GUIDES|INSPECTS|REGULATES]-(g:Entity)<-[h:HOLDS_POST]-(p)
    WHERE w.role IN ['总经理', '董事长', '法定代表人', '负责人'] AND {_on("w", "r", "h")}
    RETURN {_FOUND}, f.name AS firm, g.name AS body""",
    "kin_in_firm": f"""MATCH (p:Person)-[a:FAMILY_OF]-(q:Person)-[w:HOLDS_POST]->(f:PropertyFirm),
    (f)-[s:SERVES]->(k:Compound)<-[b:BASED_IN]-(c:OwnersCommittee)<-[h:HOLDS_POST]-(p) WHERE {_on("w", "s", "b", "h")}
    RETURN {_FOUND}, q.name AS relative, f.name AS firm, k.name AS compound, c.name AS committee""",
    "village_company": f"""MATCH (p:Person)-[i:HOLDS_POST]->(g:ResidentsGroup)<-[b:BASED_IN]-(j:JointStockCompany)
    <-[w:HOLDS_POST]-(p), (p)-[h:HOLDS_POST]->(z:PartyOrg)-[s:BASED_IN]->(g)
    WHERE i.role = '居民小组组长' AND w.role = '股份合作公司董事长' AND h.role IN {_BRANCH_HEADS}
    AND {_on("i", "b", "w", "h", "s")} RETURN {_FOUND}, g.name AS grp, j.name AS company, z.name AS branch""",
    "owned_firm_serves": f"""MATCH (p:Person)-[w:INVESTS_IN]->(f:PropertyFirm)-[s:SERVES]->(k:Compound),
    (k)<-[b:BASED_IN|COVERS]-(o:Entity)<-[h:HOLDS_POST]-(p) WHERE {_on("w", "s", "b", "h")}
    RETURN {_FOUND}, f.name AS firm, k.name AS compound, o.name AS body""",
    "two_of_four_steps": f"""MATCH (m:MajorMatter)<-[s:PROPOSES|DELIBERATES|REVIEWS|RESOLVES]-(a:Entity)
    MATCH (a)<-[w:HOLDS_POST]-(p:Person)
    MATCH (p)-[h:HOLDS_POST]->(o:Entity)-[t:PROPOSES|DELIBERATES|REVIEWS|RESOLVES]->(m)
    WHERE type(s) < type(t) AND {_on("s", "w", "h", "t")}
    RETURN {_FOUND}, m.name AS matter, a.name AS body, o.name AS other""",
    "auditor_tied": f"""MATCH (p:Person)-[w:HOLDS_POST]->(d:OwnersSupervisoryBoard)-[x:BASED_IN]->(k:Compound),
    (k)<-[y:BASED_IN]-(c:OwnersCommittee)<-[h:HOLDS_POST]-(p) WHERE {_on("w", "x", "y", "h")}
    RETURN {_FOUND}, d.name AS board, k.name AS compound, c.name AS committee""",
    "seal_and_seat": f"""MATCH (p:Person)-[w:HOLDS_POST]->(o:Entity)-[s:HOLDS_SEAL_OF]->(c:OwnersCommittee),
    (c)<-[h:HOLDS_POST]-(p) WHERE {_on("w", "s", "h")} RETURN {_FOUND}, o.name AS keeper, c.name AS committee""",
    "same_post_many": f"""MATCH (k:Compound)<-[x:BASED_IN|COVERS]-(a:Entity)<-[w:HOLDS_POST]-(p:Person),
    (p)-[h:HOLDS_POST]->(b:Entity)-[y:BASED_IN|COVERS]->(l:Compound)
    WHERE a.key < b.key AND k <> l AND ((w.role IN {_BRANCH_HEADS} AND h.role IN {_BRANCH_HEADS})
    OR (w.role = '业委会主任' AND h.role = '业委会主任')) AND {_on("x", "w", "h", "y")}
    RETURN {_FOUND}, a.name AS body, k.name AS compound, b.name AS other, l.name AS second""",
}
ROLES = """MATCH (p:Entity {name: $name})-[r:HOLDS_POST]->(o:Entity)
RETURN p.name AS person, o.name AS body, r.role AS role, r.from AS since, r.to AS until, r.quote AS quote"""


class Runs(Protocol):
    """Runs one statement, whatever the client."""

    def __call__(self, statement: str, **parameters: object) -> object: ...


@dataclass(slots=True)
class Server:
    """A Neo4j server, whose database is empty or was filled by an earlier bench. Raises BadInput for any other."""

    uri: str
    user: str
    password: str
    driver: neo4j.Driver = field(init=False)

    def __post_init__(self) -> None:
        import neo4j

        self.driver = neo4j.GraphDatabase.driver(
            self.uri, auth=(self.user, self.password), telemetry_disabled=True, notifications_min_severity="OFF"
        )
        try:
            mine = self.read(f"MATCH (m:{MARK}) RETURN 1 AS one LIMIT 1")
            if not mine and self.read("MATCH (n) RETURN 1 AS one LIMIT 1"):
                raise BadInput(
                    f"{self.uri} holds data, and bench would delete it; give it the address of an empty Neo4j"
                )
        except neo4j.exceptions.DriverError as error:
            raise BadInput(f"no Neo4j at {self.uri}: {error}") from None
        except neo4j.exceptions.AuthError:
            raise BadInput(f"the Neo4j at {self.uri} refused the log-in; give --user and --password") from None

    def read(self, statement: str, **parameters: object) -> Rows:
        """Rows as a user gets them."""
        with self.driver.session(default_access_mode="READ") as session:
            return [record.data() for record in session.run(statement, parameters)]

    def write(self, statement: str, **parameters: object) -> None:
        with self.driver.session() as session:
            session.run(statement, parameters).consume()

    def clear(self) -> None:
        """Delete everything, and say that what comes is ours."""
        self.write("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
        self.write(f"CREATE (:{MARK})")

    def close(self) -> None:
        """Leave the database as it was found: empty."""
        self.clear()
        self.write(f"MATCH (m:{MARK}) DELETE m")
        for name in ("CONSTRAINT bench_key", "INDEX bench_name"):
            self.write(f"DROP {name} IF EXISTS")
        self.driver.close()

    def with_driver(self, claims: Path) -> None:
        """The user's script with the neo4j driver."""
        _load(self.write, claims)

    def with_py2neo(self, claims: Path) -> None:
        """The same with py2neo."""
        from py2neo import Graph

        graph = Graph(self.uri, auth=(self.user, self.password))
        _load(lambda statement, **parameters: graph.run(statement, **parameters), claims)


def has_py2neo() -> bool:
    return find_spec("py2neo") is not None


def _load(run: Runs, claims: Path) -> None:
    for statement in SCHEMA:
        run(statement)
    nodes, relations = _read(claims)
    for type, rows in nodes.items():
        for some in _batches(rows):
            run(NODES.format(type=type), rows=some)
    for type, rows in relations.items():
        for some in _batches(rows):
            run(RELATIONS.format(type=type), rows=some)


def _read(claims: Path) -> tuple[Mapping[str, Rows], Mapping[str, Rows]]:
    """Nodes and relations by type, as a script reads them out of such a file."""
    nodes: dict[str, Rows] = defaultdict(list)
    relations: dict[str, Rows] = defaultdict(list)
    with open(claims, encoding="utf-8") as file:
        for line in file:
            claim = json.loads(line)
            properties = claim.get("attributes", {})
            if claim["kind"] == "entity":
                own = {"key": claim["key"], "name": claim["name"], "quote": claim["evidence"]["quote"]}
                nodes[claim["type"]].append(own | properties)
            elif claim["kind"] == "relation":
                start, _, end = claim.get("valid", "/").partition("/")
                dates = {"from": start, "to": None if end in ("", "..") else end, "quote": claim["evidence"]["quote"]}
                row = {"a": claim["subject"], "b": claim["object"], "line": claim["evidence"]["locator"]["row"]}
                relations[claim["relation"]].append(row | {"properties": properties | dates})
    return nodes, relations


def _batches(rows: Rows) -> Iterator[Iterable[dict[str, Any]]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
