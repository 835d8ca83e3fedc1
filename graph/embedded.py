"""The graph on the workspace's private server: read through a log-in that cannot write, loaded into a new database."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from . import engine
from .arcade import Arcade, Lost, Reader
from .errors import EngineFailure, Refused, stopped
from .log import connect
from .settings import Settings
from .store import ROOTS, Difference, Progress, Row, Store, count, label, table

if TYPE_CHECKING:
    import neo4j

_LINES = 10_000  # lines of a load in one piece
_DYING = 1.0  # seconds that a killed server may still seem to answer
_SMALL = 5_000  # rows that are always written as a difference


class Embedded(Store):
    """A lease on the private server of ``root``. The driver is for what reads nodes, relations and paths, and for
    writing; other rows come over HTTP as JSON, which is read ten times faster and spares a one-shot command the driver.
    """

    _batch = 1000  # far within the time that a command of any reader has
    _where = "the private graph server"

    def __init__(self, settings: Settings, root: Path, workspace_id: str) -> None:
        super().__init__(workspace_id, settings.query_timeout)
        self._settings = settings
        self._root = root.resolve()
        self._lock = RLock()
        self._open = ExitStack()
        self._whole: set[str] = set()  # statements that were seen to return nodes, relations or paths
        self._connect()

    def _connect(self) -> None:
        self._address = self._open.enter_context(engine.lease(self._root, self._settings))
        self._reader = self._open.enter_context(closing(Reader(self._address)))
        self._drivers: dict[tuple[str, str], neo4j.Driver] = {}
        self._switched = engine.switched(self._root)
        self._database = engine.current(self._root)

    def _driver(self, login: tuple[str, str]) -> neo4j.Driver:
        with self._lock:
            if login not in self._drivers:
                from . import bolt

                self._drivers[login] = self._open.enter_context(bolt.driver(self._address.uri, login))
            return self._drivers[login]

    @property
    def _readers(self) -> neo4j.Driver:
        return self._driver(self._address.reader)

    @property
    def _writers(self) -> neo4j.Driver:
        return self._driver(self._address.writer)

    def close(self) -> None:
        self._open.close()

    # --- reading ------------------------------------------------------------------------------------------------------
    def refresh(self) -> None:
        if (now := engine.switched(self._root)) != self._switched:
            self._switched, self._database = now, engine.current(self._root)

    def _quickly(self, cypher: str, parameters: Mapping[str, object], timeout: float) -> list[Row] | None:
        """Over HTTP. What goes wrong there, or comes as a node, a relation or a path, is asked for by the driver."""
        if cypher in self._whole:
            return None
        start = time.monotonic()
        try:
            self._bound(timeout)
            return self._reader.query(self._database, cypher, parameters, timeout)
        except TypeError:
            self._whole.add(cypher)
        except EngineFailure:
            if time.monotonic() - start > timeout:
                raise stopped(timeout) from None
        return None

    def _rows(
        self, query: neo4j.Query, parameters: Mapping[str, object], timeout: float, limit: int | None
    ) -> list[Row]:
        from . import bolt

        self._bound(timeout)
        with self._readers.session(database=self._database, default_access_mode="READ") as session:
            return bolt.rows(session, query, parameters, limit)

    def _bound(self, seconds: float) -> None:
        """Have the server stop longer commands. It knows one bound for a database and ignores the driver's, so the
        bound is set when it differs from the last one asked for; who asks last sets it for all."""
        wanted, note = f"{self._database} {seconds:g}", self._root / "bound"
        with suppress(FileNotFoundError):
            if note.read_text() == wanted:
                return
        Arcade(self._address).bound(self._database, seconds)
        engine.write_private(note, wanted)

    def _inspect(self, cypher: str, timeout: float) -> None:
        """The reader's log-in can write nothing, but it may end the queries of other readers. What administers the
        server has no plan."""
        from . import bolt

        self._bound(timeout)
        with self._readers.session(database=self._database) as session:
            if session.run(bolt.query(f"EXPLAIN {cypher}", None)).consume().plan is None:
                raise Refused("only statements that read the graph are allowed here; this one is about the server")

    def _recovered(self, error: Exception) -> bool:
        """The server died, was stopped, or dropped a database that is old news."""
        from . import bolt

        lost = isinstance(error, (*bolt.LOST, Lost))
        with self._lock:
            before = self._address, self._database
            end = time.monotonic() + (_DYING if lost else 0)
            while (alive := engine.status(self._root)) == self._address and time.monotonic() < end:
                time.sleep(0.05)
            if alive != self._address:
                self._connect()
            self._database = engine.current(self._root)
            return lost or before != (self._address, self._database)

    # --- writing ------------------------------------------------------------------------------------------------------
    def _writing(self) -> neo4j.Session:
        self._server()
        self._database = engine.current(self._root)
        return self._writers.session(database=self._database)

    def _quicker_anew(self, difference: Difference, folder: Path) -> bool:
        """A row of a difference takes about five times as long as one of a full load."""
        return len(difference) > _SMALL and 5 * len(difference) > count(folder, "nodes") + count(folder, "relations")

    def replace(self, folder: Path, version: str, progress: Progress | None = None) -> None:
        server, database = self._server(), engine.new_database()
        used = engine.current(self._root)
        for old in server.databases():
            if old.startswith(engine.DATABASE) and old != used:
                server.drop(old)  # readers were switched away from it by an earlier load
        server.create(database)
        try:
            schema(server, database, folder)
            _load(server, database, folder, (self._workspace, version), progress)
            indexes(server, database)
            server.settle(database)
            _sync(self._root / "databases" / database)
        except BaseException:
            with suppress(EngineFailure):
                server.drop(database)
            raise
        engine.switch(self._root, database)
        self._database = database

    @contextmanager
    def aside(self, folder: Path) -> Iterator[None]:
        """Inside the block this store reads the graph of the compiled tables in ``folder``, and nobody else does."""
        server, database = self._server(), engine.new_database()
        server.create(database)
        try:
            schema(server, database, folder)
            _load(server, database, folder, (self._workspace, "aside"), None)
            self._database = database
            yield
        finally:
            with suppress(EngineFailure):
                server.drop(database)

    def _server(self) -> Arcade:
        """The server as its administrator; started again if it has died since this store was opened."""
        try:
            Arcade(self._address).databases()
        except Lost as error:
            self._recovered(error)
        return Arcade(self._address)


@contextmanager
def scratch(settings: Settings, root: Path, folder: Path) -> Iterator[Store]:
    """A graph of the compiled tables in ``folder``, on the private server of ``root``, for reading inside the block.

    It has a database of its own, which no reader of the workspace sees; the next load drops it if a crash left it.
    """
    store = Embedded(settings, root, "scratch")
    try:
        with store.aside(folder):
            yield store
    finally:
        store.close()


def schema(server: Arcade, database: str, folder: Path) -> None:
    """A type for each label, and one for each set of labels that inherits from them."""
    with connect() as con:
        sets = con.execute(f"SELECT DISTINCT list_sort(labels) FROM {table(folder, 'nodes')} ORDER BY ALL").fetchall()
        types = con.execute(f"SELECT DISTINCT relation FROM {table(folder, 'relations')} ORDER BY ALL").fetchall()
    labels = sorted({name for (names,) in sets for name in names} | set(ROOTS))
    server.sql(
        database,
        *(f"CREATE VERTEX TYPE {label(name)}" for name in labels),
        *(f"CREATE PROPERTY {label(name)}.id STRING" for name in ROOTS),
        "CREATE PROPERTY Entity.name STRING",
        *(
            f"CREATE VERTEX TYPE {label('~'.join(names))} EXTENDS {', '.join(map(label, names))}"
            for (names,) in sets
            if len(names) > 1
        ),
        *(f"CREATE EDGE TYPE {label(name)}" for (name,) in types),
    )


def indexes(server: Arcade, database: str) -> None:
    """The look-ups by id and name, made when all rows are there: five times as fast as row by row."""
    server.sql(
        database,
        *(f"CREATE INDEX ON {label(name)} (id) UNIQUE" for name in ROOTS),
        "CREATE INDEX ON Entity (name) NOTUNIQUE",
    )


def _load(server: Arcade, database: str, folder: Path, stamp: tuple[str, str], progress: Progress | None) -> None:
    nodes, relations = count(folder, "nodes"), count(folder, "relations")
    made = server.load(database, _lines(folder, stamp, nodes + relations, progress))
    if made != (nodes + 1, relations):
        raise EngineFailure(
            f"the private graph server made {made[0]} nodes and {made[1]} relations of {nodes + 1} and {relations};"
            " build the graph again with `govgraph rebuild`"
        )


# Lines are put together by the set, from JSON that is JSON already: a million of them never become Python objects.
_NODES = """
SELECT '{"@type":"vertex","@class":' || to_json(array_to_string(list_sort(labels), '~'))::VARCHAR
    || CASE WHEN list_contains(labels, 'Entity') THEN ',"@id":' || to_json(id)::VARCHAR ELSE '' END
    || ',' || substr(properties, 2)
FROM %s"""
_RELATIONS = """
SELECT '{"@type":"edge","@class":' || to_json(relation)::VARCHAR || ',"@from":' || to_json("from")::VARCHAR
    || ',"@to":' || to_json("to")::VARCHAR || ',' || substr(properties, 2)
FROM %s"""
_VERSION = """
SELECT '{"@type":"vertex","@class":"GraphVersion","id":"graph","workspace":' || to_json($1)::VARCHAR
    || ',"version":' || to_json($2)::VARCHAR || '}'"""


_BARE_NODES = """
SELECT '{"@type":"vertex","@class":' || to_json(array_to_string(list_sort(labels), '~'))::VARCHAR
    || CASE WHEN list_contains(labels, 'Entity') THEN ',"@id":' || to_json(id)::VARCHAR ELSE '' END
    || ',"id":' || to_json(id)::VARCHAR || '}'
FROM %s"""
_BARE_RELATIONS = """
SELECT '{"@type":"edge","@class":' || to_json(relation)::VARCHAR || ',"@from":' || to_json("from")::VARCHAR
    || ',"@to":' || to_json("to")::VARCHAR || '}'
FROM %s"""


def bare_lines(folder: Path) -> Iterator[bytes]:
    """The rows of the tables without what they say: what any load of this graph takes at least. For measuring."""
    with connect() as con:
        for sql, name in ((_BARE_NODES, "nodes"), (_BARE_RELATIONS, "relations")):
            con.execute(sql % table(folder, name))
            while some := con.fetchmany(_LINES):
                yield "".join(f"{line}\n" for (line,) in some).encode()


def _lines(folder: Path, stamp: tuple[str, str], total: int, progress: Progress | None) -> Iterator[bytes]:
    done = 0
    with connect() as con:
        for sql, parameters in (
            (_NODES % table(folder, "nodes"), []),
            (_VERSION, list(stamp)),
            (_RELATIONS % table(folder, "relations"), []),
        ):
            con.execute(sql, parameters)
            while some := con.fetchmany(_LINES):
                yield "".join(f"{line}\n" for (line,) in some).encode()
                done += len(some)
                if progress is not None:
                    progress("graph", min(done, total), total)


def _sync(folder: Path) -> None:
    """Have the disk keep all files of a folder: the load wrote no log from which a power cut could be mended."""
    for path in [*folder.rglob("*"), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
