"""The graph over Bolt: rows out, a whole graph or a difference in. One contract; ``embedded`` and ``remote`` vary it.

A reader never waits and never sees half a graph. A difference is one transaction. A full load is one too on Neo4j; the
private server loads a new database and readers are switched to it when it is whole. A process that is killed leaves the
old graph or the new one, and the version in the graph says which.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, fields
from itertools import groupby, islice
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

from .errors import BadInput, EngineFailure, stopped
from .log import connect, quoted_paths
from .lookup import Lookup
from .settings import Settings

if TYPE_CHECKING:
    import neo4j

Row = dict[str, object]
Progress = Callable[[str, int, int], None]
"""Called with the name of a step, how much of it is done, and how much there is."""
NodeRow = tuple[str, Sequence[str], str]
"""id, labels, properties (a flat JSON object that includes the id)."""
RelationRow = tuple[str, str, str, str, str]
"""id, id of the start, relation type, id of the end, properties (a flat JSON object that includes the id)."""
ROOTS = ("Entity", "Figure", "GraphVersion", "Register", "Source", "Statement")
"""Labels under which a node is found by its id; each node has exactly one of them."""
_GRACE = 5.0  # seconds that an engine is given to stop what took too long
_T = TypeVar("_T")
_K = TypeVar("_K", str, tuple[str, ...])


@dataclass(frozen=True, slots=True)
class Difference:
    """What turns one graph into another. Deleted rows are those of the old graph, all others those of the new one."""

    nodes_created: Sequence[NodeRow] = ()
    nodes_changed: Sequence[NodeRow] = ()
    nodes_deleted: Sequence[NodeRow] = ()
    relations_created: Sequence[RelationRow] = ()
    relations_changed: Sequence[RelationRow] = ()
    relations_deleted: Sequence[RelationRow] = ()

    def __len__(self) -> int:
        return sum(len(getattr(self, part.name)) for part in fields(self))


@contextmanager
def open_store(settings: Settings, engine_root: Path, workspace_id: str, *, write: bool = False) -> Generator[Store]:
    """The graph of a workspace: at ``settings.uri`` if that is set, else on the private server in ``engine_root``.

    Raises EngineFailure if there is no server to be had; BadInput if the log-in is wrong, if the Neo4j database holds
    another workspace's graph or, when writing, anything else that is not ours.
    """
    store: Store
    if settings.uri is not None:
        from .remote import Remote  # with the driver, 0.15 s: only who opens a graph pays

        store = Remote(settings, settings.uri, workspace_id, write=write)
    else:
        from .embedded import Embedded

        store = Embedded(settings, engine_root, workspace_id)
    try:
        yield store
    finally:
        store.close()


class Store(ABC):
    """An open graph. Safe to use from several threads; one at a time may write."""

    _batch: int  # rows in one writing statement
    _where: str  # the server, in messages
    known: str | None = None
    """The version that the graph was last seen to have, by who keeps the store open."""
    lookup: Lookup | None = None
    """Look-ups in the compiled tables of that version, where they are at hand."""

    def __init__(self, workspace_id: str, timeout: float) -> None:
        self._workspace = workspace_id
        self._timeout = timeout

    def read(
        self,
        cypher: str,
        parameters: Mapping[str, object] | None = None,
        *,
        timeout: float | None = None,
        limit: int | None = None,
    ) -> list[Row]:
        """Rows of a statement of our own, by column name, as plain values (see ``bolt.plain``), ``limit`` at most.

        ``timeout`` in seconds, by default the setting. A lost connection is tried once more. Raises BadInput for a
        statement the engine does not understand, Refused for one that writes, EngineFailure when it takes too long.
        """
        bound = self._timeout if timeout is None else timeout
        if limit is None and (rows := self._quickly(cypher, parameters or {}, bound)) is not None:
            return rows
        from . import bolt

        return self._answered(lambda: self._rows(bolt.query(cypher, bound), parameters or {}, bound, limit), bound)

    def read_untrusted(
        self,
        cypher: str,
        parameters: Mapping[str, object] | None = None,
        *,
        timeout: float | None = None,
        limit: int | None = None,
    ) -> list[Row]:
        """Like ``read``, for a user's statement: what reads is answered, whatever words stand in it; what writes, reads
        files, calls out or administers is Refused before it runs. Returns in time even where the engine does not."""
        if not cypher.strip():
            raise BadInput("the statement is empty; write one such as MATCH (n:Person) RETURN n.name LIMIT 10")
        bound = self._timeout if timeout is None else timeout
        from . import bolt

        def ask() -> list[Row]:
            self._answered(lambda: self._inspect(cypher, bound), bound)
            return self._answered(lambda: self._rows(bolt.query(cypher, bound), parameters or {}, bound, limit), bound)

        return _in_time(ask, bound)

    def recall(
        self,
        cypher: str,
        parameters: Mapping[str, object] | None = None,
        *,
        ids: Callable[[Row], Iterable[str]] = lambda row: (),
        of: Collection[str] | None = None,
    ) -> list[Row]:
        """The rows of a statement of our own that reads the whole graph: asked for once in each version of it, then
        remembered beside the compiled tables. `of` leaves only rows to which the function `ids` (always the same for
        a statement) gives one of these ids, in a time that does not grow with the graph.
        """
        name = hashlib.sha256(json.dumps([cypher, parameters or {}], sort_keys=True).encode()).hexdigest()
        if self.lookup and (kept := self.lookup.kept(name)):
            return kept.rows(of)
        rows = self.read(cypher, parameters)
        if self.lookup and self.version() == self.known:
            self.lookup.keep(name, rows, ids)
        return rows if of is None else [row for row in rows if not set(of).isdisjoint(ids(row))]

    def version(self) -> str | None:
        """Version of the compiled tables that the graph was built from; None for a graph that was never built."""
        found = self.read("MATCH (v:GraphVersion {id: 'graph'}) RETURN v.version AS version")
        return str(found[0]["version"]) if found else None

    def refresh(self) -> None:
        """Read the newest graph from now on. A store sees the graph as it was opened until a full load is old news."""
        return

    def may_write(self) -> bool:
        """Whether the log-in that reads could write as well, were it not refused here. The private server's cannot."""
        return False

    @abstractmethod
    def replace(self, folder: Path, version: str, progress: Progress | None = None) -> None:
        """Load the compiled tables of ``folder`` (nodes.parquet, relations.parquet) in place of all there is."""

    def apply(self, difference: Difference, folder: Path, version: str, progress: Progress | None = None) -> None:
        """Write a difference and the new version in one transaction.

        Loads ``folder`` anew instead if that is quicker, or if the graph turns out not to be what the difference
        is from.
        """
        if self._quicker_anew(difference, folder):
            return self.replace(folder, version, progress)
        from . import bolt

        try:
            with self._writing() as session, session.begin_transaction() as transaction:
                changes = Changes(transaction, self._batch, len(difference), progress)
                changes.write(difference)
                changes.stamp(self._workspace, version)
                transaction.commit()
        except (_OutOfStep, bolt.ClientError):
            self.replace(folder, version, progress)
        except bolt.ERRORS as error:
            raise bolt.translated(error, self._timeout, self._where) from error

    def _quicker_anew(self, difference: Difference, folder: Path) -> bool:
        return False

    @abstractmethod
    def close(self) -> None: ...

    def _quickly(self, cypher: str, parameters: Mapping[str, object], timeout: float) -> list[Row] | None:
        """The rows by a way that is quicker than the driver, or None where there is none."""
        return None

    @abstractmethod
    def _rows(
        self, query: neo4j.Query, parameters: Mapping[str, object], timeout: float, limit: int | None
    ) -> list[Row]: ...

    @abstractmethod
    def _writing(self) -> neo4j.Session: ...

    def _inspect(self, cypher: str, timeout: float) -> None:
        """Refuse a statement that the reader's log-in alone does not stop."""
        return

    @abstractmethod
    def _recovered(self, error: Exception) -> bool:
        """Whether it is worth asking again after this error, on a connection made anew."""

    def _answered(self, ask: Callable[[], _T], timeout: float) -> _T:
        from . import bolt

        try:
            try:
                return ask()
            except (*bolt.ERRORS, EngineFailure) as error:
                if not self._recovered(error):
                    raise
            return ask()
        except bolt.ERRORS as error:
            raise bolt.translated(error, timeout, self._where) from error
        except RecursionError:  # the driver reads plans and values by calling itself
            raise BadInput("the statement or its answer is nested too deeply; write it flatter") from None


def _in_time(ask: Callable[[], _T], bound: float) -> _T:
    """The answer, or a failure if there is none soon after the bound: Neo4j's own does not reach its parser, which deep
    nesting keeps busy for minutes. What is given up is left to end by itself."""
    answer: Future[_T] = Future()

    def run() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:
            answer.set_exception(error)

    Thread(target=run, daemon=True).start()
    try:
        return answer.result(bound + _GRACE)
    except TimeoutError:
        raise stopped(bound) from None


class _OutOfStep(EngineFailure):
    """The graph does not hold what the difference says it holds."""


class Changes:
    """A difference as statements, one for each label set or relation type and batch, each checked to hit its rows."""

    def __init__(self, transaction: neo4j.Transaction, batch: int, total: int, progress: Progress | None) -> None:
        self._transaction = transaction
        self._batch = batch
        self._total = total
        self._progress = progress
        self._done = 0

    def write(self, difference: Difference) -> None:
        # Relations go before the nodes they hang on and come after them.
        for relation, ends in _grouped(difference.relations_deleted, _type):
            self._run(f"{_start(relation)}->() DELETE r RETURN count(r) AS n", map(_relation, ends))
        for label, nodes in _grouped(difference.nodes_deleted, _anchor):
            self._run(f"{_node(label)} DETACH DELETE n RETURN count(n) AS n", ({"id": row[0]} for row in nodes))
        self.create_nodes(sorted(difference.nodes_created, key=_label_set))
        self._change_nodes(difference.nodes_changed)
        self.create_relations(sorted(difference.relations_created, key=_type))
        for relation, ends in _grouped(difference.relations_changed, _type):
            self._run(
                f"{_start(relation)}->(:Entity {{id: row.to}}) SET r = row.properties RETURN count(r) AS n",
                map(_relation, ends),
            )

    def create_nodes(self, created: Iterable[NodeRow]) -> None:
        """Rows come ordered by their labels."""
        for labels, nodes in groupby(created, _label_set):
            self._run(
                f"UNWIND $rows AS row CREATE (n{_labels(labels)}) SET n = row.properties RETURN count(n) AS n",
                map(_properties, nodes),
            )

    def create_relations(self, created: Iterable[RelationRow]) -> None:
        """Rows come ordered by their type."""
        for relation, ends in groupby(created, _type):
            self._run(
                "UNWIND $rows AS row MATCH (a:Entity {id: row.from}) MATCH (b:Entity {id: row.to})"
                f" CREATE (a)-[r{_labels([relation])}]->(b) SET r = row.properties RETURN count(r) AS n",
                map(_relation, ends),
            )

    def _change_nodes(self, changed: Sequence[NodeRow]) -> None:
        before = self._labels_in_graph(changed)
        if missing := next((row[0] for row in changed if row[0] not in before), None):
            raise _OutOfStep(f"the graph has no node {missing}")
        self._relabel([row for row in changed if set(row[1]) != before[row[0]]])
        for anchor, nodes in _grouped([row for row in changed if set(row[1]) == before[row[0]]], _anchor):
            self._run(f"{_node(anchor)} SET n = row.properties RETURN count(n) AS n", map(_properties, nodes))

    def _labels_in_graph(self, rows: Sequence[NodeRow]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for anchor, nodes in _grouped(rows, _anchor):
            statement = f"{_node(anchor)} RETURN n.id AS id, labels(n) AS labels"
            answer = self._ask(statement, ({"id": row[0]} for row in nodes))
            found |= {str(record["id"]): set(record["labels"]) for record in answer}
        return found

    def _relabel(self, rows: Sequence[NodeRow]) -> None:
        """Delete the nodes and create them again with their relations: the private server cannot move a node from one
        set of labels to another within a transaction if its id has to be unique."""
        relations: dict[str, RelationRow] = {}
        for statement in (_RELATIONS_OUT, _RELATIONS_IN):
            for found in self._ask(statement, ({"id": row[0]} for row in rows)):
                relations[found["id"]] = (
                    found["id"], found["from"], found["relation"], found["to"], json.dumps(found["properties"])
                )  # fmt: skip
        for anchor, nodes in _grouped(rows, _anchor):
            self._ask(f"{_node(anchor)} DETACH DELETE n", ({"id": row[0]} for row in nodes))
        self.create_nodes(sorted(rows, key=_label_set))
        self._total += len(relations)
        self.create_relations(sorted(relations.values(), key=_type))

    def stamp(self, workspace: str, version: str) -> None:
        self._transaction.run(
            "MERGE (v:GraphVersion {id: 'graph'}) SET v.workspace = $workspace, v.version = $version",
            workspace=workspace,
            version=version,
        ).consume()

    def _run(self, statement: str, rows: Iterable[Row]) -> None:
        for some in _batches(rows, self._batch):
            hit = self._transaction.run(statement, rows=some).single(strict=True)["n"]  # pyright: ignore[reportArgumentType]
            if hit != len(some):
                raise _OutOfStep(f"the graph has {hit} of {len(some)}: {statement}")
            self._done += len(some)
            if self._progress is not None:
                self._progress("graph", self._done, self._total)

    def _ask(self, statement: str, rows: Iterable[Row]) -> Iterator[neo4j.Record]:
        """The rows of a statement, all at once: the next statement may change what it reads."""
        found: list[neo4j.Record] = []
        for some in _batches(rows, self._batch):
            found += self._transaction.run(statement, rows=some)  # pyright: ignore[reportArgumentType]
        return iter(found)


_RELATIONS_OUT, _RELATIONS_IN = (
    f"""UNWIND $rows AS row MATCH (n:Entity {{id: row.id}}){arrow}(m:Entity)
        RETURN r.id AS id, {start}.id AS from, type(r) AS relation, {end}.id AS to, properties(r) AS properties"""
    for arrow, start, end in (("-[r]->", "n", "m"), ("<-[r]-", "m", "n"))
)


def table(folder: Path, name: str) -> str:
    """The compiled table ``nodes`` or ``relations`` of a folder, as it stands in a statement for DuckDB."""
    return f"read_parquet({quoted_paths([folder / f'{name}.parquet'])})"


def count(folder: Path, name: str) -> int:
    """How many nodes or relations the compiled tables of a folder hold."""
    with connect() as con:
        found = con.execute(f"SELECT count(*) FROM {table(folder, name)}").fetchone()
    return int(found[0]) if found else 0


def label(name: str) -> str:
    """A label or relation type, quoted for Cypher and for the private server's SQL."""
    return "`" + name.replace("`", "``") + "`"


def _labels(names: Iterable[str]) -> str:
    return "".join(f":{label(name)}" for name in names)


def _label_set(row: NodeRow) -> tuple[str, ...]:
    return tuple(row[1])


def _type(row: RelationRow) -> str:
    return row[2]


def _anchor(row: NodeRow) -> str:
    return next(name for name in row[1] if name in ROOTS)


def _node(anchor: str) -> str:
    return f"UNWIND $rows AS row MATCH (n{_labels([anchor])} {{id: row.id}})"


def _start(relation: str) -> str:
    """A relation is found through its start node: look-up by a property of relations has no index everywhere."""
    return f"UNWIND $rows AS row MATCH (:Entity {{id: row.from}})-[r{_labels([relation])} {{id: row.id}}]"


def _properties(row: NodeRow) -> Row:
    return {"id": row[0], "properties": json.loads(row[2])}


def _relation(row: RelationRow) -> Row:
    return {"id": row[0], "from": row[1], "to": row[3], "properties": json.loads(row[4])}


def _grouped(rows: Iterable[_T], key: Callable[[_T], _K]) -> Iterator[tuple[_K, Iterator[_T]]]:
    return groupby(sorted(rows, key=key), key)


def _batches(rows: Iterable[_T], size: int) -> Iterator[list[_T]]:
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some
