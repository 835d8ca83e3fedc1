"""What Bolt gives, as plain Python: values of a row, and errors in our own words. Imports the driver: import late."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from itertools import islice

import neo4j
import neo4j.exceptions
import neo4j.graph
import neo4j.time

from .errors import BadInput, EngineFailure, GovgraphError, Refused, stopped

Row = dict[str, object]

# A server's hints on a query (an unknown label, say) are for whoever asks the logger for them, not for the terminal.
logging.getLogger("neo4j").addHandler(logging.NullHandler())

LOST = (neo4j.exceptions.ServiceUnavailable, neo4j.exceptions.SessionExpired)
ClientError = neo4j.exceptions.ClientError
ERRORS = (neo4j.exceptions.Neo4jError, neo4j.exceptions.DriverError)


def driver(uri: str, login: tuple[str, str] | None) -> neo4j.Driver:
    return neo4j.GraphDatabase.driver(
        uri, auth=login, connection_timeout=10, user_agent="govgraph", telemetry_disabled=True
    )


def query(cypher: str, timeout: float | None) -> neo4j.Query:
    """A statement for the driver, which wants a literal, against injection; ours are written by us or by the user."""
    return neo4j.Query(cypher, timeout=timeout)  # pyright: ignore[reportArgumentType]


def rows(
    session: neo4j.Session, statement: neo4j.Query, parameters: Mapping[str, object], limit: int | None
) -> list[Row]:
    """The rows of a statement, the first ``limit`` of them, as plain values."""
    try:
        result = session.run(statement, dict(parameters))
    except (TypeError, ValueError, OverflowError) as error:
        raise BadInput(f"a parameter cannot be sent to the graph: {error}") from None
    return [dict(zip(record.keys(), map(plain, record.values()), strict=True)) for record in islice(result, limit)]


def plain(value: object) -> object:
    """Scalars, lists and maps. A node is its properties and ``labels`` (sorted, for engines differ in their order), a
    relation its properties and ``type``, a path the list of both in turn, a date or time its ISO text."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case neo4j.graph.Node():
            return {**_properties(value), "labels": sorted(value.labels)}
        case neo4j.graph.Relationship():
            return {**_properties(value), "type": value.type}
        case neo4j.graph.Path():
            return [plain(value.start_node)] + [
                plain(part) for pair in zip(value.relationships, value.nodes[1:], strict=True) for part in pair
            ]
        case Mapping():
            return {str(name): plain(item) for name, item in value.items()}
        case neo4j.time.Duration():  # also a tuple
            return value.iso_format()
        case bytes() | bytearray():
            return value.hex()
        case list() | tuple() | set() | frozenset():  # a point is a tuple of its coordinates
            return [plain(item) for item in value]
    if callable(iso := getattr(value, "iso_format", None) or getattr(value, "isoformat", None)):
        return str(iso())
    return str(value)


def _properties(entity: neo4j.graph.Entity) -> Row:
    return {name: plain(value) for name, value in entity.items()}


def translated(error: Exception, timeout: float, where: str) -> GovgraphError:
    """One of our errors for one of the driver's. ``where`` names the server, ``timeout`` is the query's, in seconds."""
    code = getattr(error, "code", None) or ""
    said = (getattr(error, "message", None) or str(error)).strip()
    if "TransactionTimedOut" in code:
        return stopped(timeout)
    if code in ("Neo.ClientError.Security.Forbidden", "Neo.ClientError.Statement.AccessMode"):
        return Refused(f"only statements that read are allowed here: {said}")
    if code.startswith("Neo.ClientError.Security"):
        return BadInput(f"{where} refused the log-in: {said}; check GOVGRAPH_USER and GOVGRAPH_PASSWORD")
    if code == "Neo.ClientError.Database.DatabaseNotFound":
        return BadInput(f"{where} has no such database: {said}; check GOVGRAPH_DATABASE")
    if code.startswith("Neo.ClientError"):
        return BadInput(said)
    if isinstance(error, LOST):
        return EngineFailure(f"no connection to {where}: {said}")
    return EngineFailure(f"{where} failed: {said}")
