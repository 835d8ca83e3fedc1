"""The graph on a Neo4j server of the user's: one database holds the graph of one workspace and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import neo4j

from . import bolt
from .errors import BadInput, Refused
from .log import connect
from .settings import Settings
from .store import ROOTS, Changes, NodeRow, Progress, RelationRow, Row, Store, count, label, table

_FETCH = 10_000
_EXPLAIN = "EXPLAIN\n"  # on a line of its own, so that columns in messages are those of the user's text
_BEYOND_THE_GRAPH = ("LoadCSV", "Show", "Terminate")  # operators of a plan that only reads, but files or the server
_READING_PROCEDURES = frozenset(
    f"db.{name}"
    for name in (
        "labels",
        "relationshipTypes",
        "propertyKeys",
        "schema.visualization",
        "schema.nodeTypeProperties",
        "schema.relTypeProperties",
        "index.fulltext.queryNodes",
        "index.fulltext.queryRelationships",
    )
)


class Remote(Store):
    """A driver for a Neo4j server. Readers open sessions in READ mode, which the server enforces."""

    _batch = 10_000

    def __init__(self, settings: Settings, uri: str, workspace_id: str, *, write: bool) -> None:
        super().__init__(workspace_id, settings.query_timeout)
        address = urlsplit(uri)
        self._where = f"the Neo4j server at {address.hostname}:{address.port or 7687}"
        self._database = settings.database
        login = (settings.user or "neo4j", settings.password) if settings.password is not None else None
        self._driver = bolt.driver(uri, login)
        try:
            self._check_owner(write)
        except BaseException:
            self._driver.close()
            raise

    def _check_owner(self, write: bool) -> None:
        found = self.read("MATCH (v:GraphVersion {id: 'graph'}) RETURN v.workspace AS workspace")
        if found and found[0]["workspace"] != self._workspace:
            raise BadInput(
                f"{self._where} holds the graph of another workspace; use that one, or name another database with"
                " GOVGRAPH_DATABASE"
            )
        if write and not found and self.read("MATCH (n) RETURN 1 AS one LIMIT 1"):
            raise BadInput(
                f"{self._where} holds data that is not govgraph's; name an empty database with GOVGRAPH_DATABASE"
            )

    def close(self) -> None:
        self._driver.close()

    # --- reading ------------------------------------------------------------------------------------------------------
    def _rows(
        self, query: neo4j.Query, parameters: Mapping[str, object], timeout: float, limit: int | None
    ) -> list[Row]:
        with self._reading() as session:
            return bolt.rows(session, query, parameters, limit)

    def _reading(self) -> neo4j.Session:
        return self._driver.session(database=self._database, default_access_mode=neo4j.READ_ACCESS)

    def _recovered(self, error: Exception) -> bool:
        return isinstance(error, bolt.LOST)

    def _inspect(self, cypher: str, timeout: float) -> None:
        """READ mode stops what writes to the graph, but not LOAD CSV, nor what administers the server or calls out."""
        try:
            with self._reading() as session:
                summary = session.run(bolt.query(f"{_EXPLAIN}{cypher}", timeout)).consume()
        except neo4j.exceptions.CypherSyntaxError as error:
            raise BadInput(_as_written(error.message or str(error))) from None
        if summary.query_type != "r" or summary.plan is None:
            raise Refused("only statements that read are allowed here; this one would change the graph or the server")
        for operator, details in _operators(summary.plan):
            name = details.partition("(")[0].strip()
            if operator == "ProcedureCall" and name not in _READING_PROCEDURES:
                raise Refused(f"only statements that read the graph are allowed here; not the procedure {name}")
            if operator.startswith(_BEYOND_THE_GRAPH):
                raise Refused("only statements that read the graph are allowed here; this one reaches beyond it")

    def may_write(self) -> bool:
        try:
            with self._writing() as session, session.begin_transaction() as transaction:
                transaction.run("CREATE ()").consume()  # without label or property, so that nothing is left behind
                transaction.rollback()
        except bolt.ClientError:
            return False
        except bolt.ERRORS as error:
            raise bolt.translated(error, self._timeout, self._where) from error
        return True

    # --- writing ------------------------------------------------------------------------------------------------------
    def _writing(self) -> neo4j.Session:
        return self._driver.session(database=self._database, default_access_mode=neo4j.WRITE_ACCESS)

    def replace(self, folder: Path, version: str, progress: Progress | None = None) -> None:
        """One transaction, so that no reader sees the graph half; the server needs memory for all of it."""
        try:
            with self._writing() as session:
                self._constrain(session)
                with session.begin_transaction() as transaction:
                    transaction.run("MATCH (n) DETACH DELETE n").consume()
                    total = count(folder, "nodes") + count(folder, "relations")
                    changes = Changes(transaction, self._batch, total, progress)
                    changes.create_nodes(_nodes(folder))
                    changes.create_relations(_relations(folder))
                    changes.stamp(self._workspace, version)
                    transaction.commit()
        except bolt.ERRORS as error:
            raise bolt.translated(error, self._timeout, self._where) from error

    def _constrain(self, session: neo4j.Session) -> None:
        for root in ROOTS:
            name = label(f"govgraph_{root}_id")
            session.run(
                f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label(root)}) REQUIRE n.id IS UNIQUE"  # pyright: ignore[reportArgumentType]
            ).consume()
        session.run("CREATE INDEX govgraph_Entity_name IF NOT EXISTS FOR (n:Entity) ON (n.name)").consume()


def _operators(plan: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and details of every operator of a plan, as the driver gives it: maps in maps."""
    yield plan["operatorType"].partition("@")[0], str(plan["args"].get("Details", ""))
    for child in plan.get("children", ()):
        yield from _operators(child)


def _as_written(message: str) -> str:
    """An error in the lines of the user's text, without the one that stood before it."""
    message = re.sub(r"\(line ([1-9]\d*),", lambda found: f"(line {int(found[1]) - 1},", message)
    return re.sub(r"\(offset: (\d+)\)", lambda found: f"(offset: {int(found[1]) - len(_EXPLAIN)})", message)


def _nodes(folder: Path) -> Iterator[NodeRow]:
    with connect() as con:
        con.execute(f"SELECT id, labels, properties FROM {table(folder, 'nodes')} ORDER BY labels")
        while some := con.fetchmany(_FETCH):
            yield from some


def _relations(folder: Path) -> Iterator[RelationRow]:
    with connect() as con:
        columns = 'id, "from", relation, "to", properties'
        con.execute(f"SELECT {columns} FROM {table(folder, 'relations')} ORDER BY relation")
        while some := con.fetchmany(_FETCH):
            yield from some
