"""One run: make the city, build it, load it again with changes, ask everything, here and as a user would without us."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from govgraph.graph import engine
from govgraph.graph.errors import GovgraphError
from govgraph.graph.settings import Settings
from govgraph.graph.workspace import Workspace, calm
from govgraph.queries.catalogue import FOLDER, answer, question, records
from govgraph.queries.conflicts.findings import conflicts, folders, known_patterns, look
from govgraph.queries.conflicts.packs import load_packs
from govgraph.queries.coverage import coverage
from govgraph.queries.evidence import with_evidence
from govgraph.queries.names import places
from govgraph.queries.roles import roles
from govgraph.queries.rules import judge, place_of, side_by_side

from . import floor, picture, theirs
from .city import DAY, NAME, write
from .clock import Times, in_turn, peak_below, run, size, timed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import neo4j

    from govgraph.graph.store import Row, Store

CHANGED = 0.01
"""The share of relations that the second edition of the registers changes."""
SMALLEST = 1_000  # relations of a city that tells anything
PATIENT = 600.0
"""Seconds that a question may take here: a slow one is to be measured, not stopped."""
JUDGED = "all rules, judged as `govgraph rules` does"
ROWS = "all rules, every row with its claims"
_NAMES = 40  # people looked up in one turn
_SLOWEST = 5  # rules that are named
Say = Callable[[str], None]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Measure:
    """How long one thing takes here (the whole answer, and the part of it spent in the engine), as a user would do it,
    and in DuckDB; and the yardstick that a goal names, where it is none of these. `rows` are those found here and there
    (those of the yardstick, for rules).
    """

    group: str
    name: str
    ours: Times
    engine: Times | None = None
    theirs: Times | None = None
    floor: Times | None = None
    yardstick: Times | None = None
    rows: tuple[int, int] | None = None


@dataclass(slots=True)
class Result:
    """What a run measured. Memory and sizes are in bytes, the curve is (relations, claims, seconds of a build)."""

    size: int
    claims: int = 0
    machine: dict[str, object] = field(default_factory=dict)
    measures: list[Measure] = field(default_factory=list)
    curve: list[tuple[int, int, float]] = field(default_factory=list)
    memory: dict[str, int] = field(default_factory=dict)
    disk: dict[str, int] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def bench(relations: int, settings: Settings, server: theirs.Server | None, say: Say) -> Result:
    """Measure a city of so many relations. Everything is made in a folder for the time of the run."""
    result = Result(relations, machine=_machine(settings))
    if server is None:
        result.left_out.append("what a user would write instead, on Neo4j: no server was named (--neo4j URI)")
    elif not theirs.has_py2neo():
        result.left_out.append("the user's script with py2neo: it is not installed (pip install govgraph[py2neo])")
    with tempfile.TemporaryDirectory(prefix="govgraph-bench-") as folder:
        patient = replace(settings, uri=None, query_timeout=max(settings.query_timeout, PATIENT))
        made = _Run(Path(folder), patient, server, say, result)
        try:
            made.measure()
        finally:
            made.stop()
    return result


def _machine(settings: Settings) -> dict[str, object]:
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "engine_memory": settings.engine_memory,
    }


def _rounds(relations: int) -> int:
    """How often a build is repeated: what takes minutes is done once, and what is too small to tell anything."""
    return 3 if 10_000 <= relations <= 200_000 else 1


@dataclass(slots=True)
class _Run:
    folder: Path
    settings: Settings
    server: theirs.Server | None
    say: Say
    result: Result

    def measure(self) -> None:
        self.say("making the city")
        self.result.claims, _ = write(self.result.size, self.city)
        write(self.result.size, self.edition, changed=CHANGED)
        self.result.disk["claims as JSON Lines"] = size_of(self.city)
        self._curve()
        self._build()
        with Watched(self.workspace, self.settings).kept():
            self._questions()
        for part in (self._findings, self._rules, self._roles, self._command, self._picture):
            try:
                part()
            except GovgraphError as failure:  # the others took half an hour, and are not to be lost for it
                self.result.left_out.append(f"{part.__name__.strip('_')}: {failure}")

    @property
    def city(self) -> Path:
        return self.folder / "city.jsonl"

    @property
    def edition(self) -> Path:
        return self.folder / "edition.jsonl"

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    def stop(self) -> None:
        for root in self.folder.glob("*/engine"):
            engine.stop(root)

    # --- building -----------------------------------------------------------------------------------------------------
    def _curve(self) -> None:
        """The same city at smaller sizes: what does a claim cost there?"""
        sizes = [n for n in (10_000, 100_000) if n < self.result.size] or [SMALLEST]
        for relations in sizes:
            self.say(f"building {relations} relations")
            file = self.folder / f"{relations}.jsonl"
            claims, _ = write(relations, file)
            taken = []
            for number in range(_rounds(relations)):
                root = self.folder / f"small-{relations}-{number}"
                taken.append(self._import(root, file)[0])
                engine.stop(root / "engine")
            self.result.curve.append((relations, claims, Times(tuple(taken)).median))

    def _build(self) -> None:
        """Each round builds a workspace anew and loads the second edition into it; the last workspace is kept."""
        ours: list[float] = []
        again: list[float] = []
        memory = {"python": 0, "java": 0}
        script: dict[str, list[float]] = {"py2neo": [], "driver": [], "again": []}
        bare, lines = [], []
        rounds = _rounds(self.result.size)
        for number in range(rounds):
            self.say(f"building {self.result.size} relations, {number + 1} of {rounds}")
            root = self.workspace if number == rounds - 1 else self.folder / f"build-{number}"
            for file, taken in ((self.city, ours), (self.edition, again)):
                seconds, held = self._import(root, file)
                taken.append(seconds)
                at = engine.status(root / "engine")
                memory["python"] = max(memory["python"], held)
                memory["java"] = max(memory["java"], (at and peak_below(at.pid)) or 0)
                if file == self.city:
                    bare.append(self._bare(root, number))
            if root != self.workspace:
                engine.stop(root / "engine")
            lines.append(self._floor())
            for name, seconds in self._scripts():
                script[name].append(seconds)
        self._built(ours, again, bare, lines, script)
        self.result.memory = {"python": memory["python"], "engine": memory["java"]}
        for name in ("claims", "compiled", "engine"):
            self.result.disk[f"workspace: {name}"] = size(self.workspace / name)
        self.result.curve.append((self.result.size, self.result.claims, Times(tuple(ours)).median))

    def _built(
        self,
        ours: list[float],
        again: list[float],
        bare: list[float],
        lines: list[float],
        script: Mapping[str, list[float]],
    ) -> None:
        def times(taken: Sequence[float]) -> Times | None:
            return Times(tuple(taken)) if taken else None

        whole = Times(tuple(ours))
        add = self.result.measures.append
        add(Measure("build", "against the script with the driver", whole, None, times(script["driver"]), times(lines)))
        if script["py2neo"]:
            add(Measure("build", "against the script with py2neo", whole, None, times(script["py2neo"])))
        add(Measure("build", "against the engine's fast door with bare rows", whole, yardstick=times(bare)))
        second = Times(tuple(again))
        add(Measure("build", "again with 1 % changed", second, None, times(script["again"]), yardstick=whole))

    def _import(self, root: Path, file: Path) -> tuple[float, int]:
        ran = run([*_COMMAND, "--workspace", root, "import", file], self._environment())
        return ran.seconds, ran.memory

    def _environment(self) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("GOVGRAPH_")}
        return plain | {"GOVGRAPH_ENGINE_MEMORY": self.settings.engine_memory, "NO_COLOR": "1"}

    def _bare(self, built: Path, number: int) -> float:
        """The rows that a workspace compiled, without any property but the id, through the batch door of a server of
        their own, which is started for it as a build starts its own.
        """
        tables, root = Workspace(built, self.settings).tables(), self.folder / f"bare-{number}" / "engine"
        try:
            return timed(lambda: _load_bare(root, tables, self.settings))
        finally:
            engine.stop(root)

    def _floor(self) -> float:
        rows = floor.Floor()
        try:
            return timed(lambda: rows.load(self.city))
        finally:
            rows.close()

    def _scripts(self) -> Iterator[tuple[str, float]]:
        if self.server is None:
            return
        self.say("building with the user's scripts")
        if theirs.has_py2neo():
            self.server.clear()
            yield "py2neo", timed(partial(self.server.with_py2neo, self.city))
        self.server.clear()
        yield "driver", timed(partial(self.server.with_driver, self.city))
        yield "again", timed(partial(self.server.with_driver, self.edition))

    # --- asking -------------------------------------------------------------------------------------------------------
    def _questions(self) -> None:
        workspace = Watched(self.workspace, self.settings)
        rows = floor.Floor()
        rows.load(self.city)
        try:
            with workspace.kept():
                for of, statement in theirs.COVERAGE.items():
                    self.say(f"coverage: {of}")
                    ask: Callable[[], Sequence[object]] = partial(coverage, workspace, of, None, DAY)
                    self._question("coverage", of, workspace, ask, statement, floor.COVERAGE[of], rows)
                known = known_patterns(workspace)
                for pattern, statement in theirs.CONFLICTS.items():
                    self.say(f"conflicts: {pattern}")
                    ask = partial(_anew, workspace, partial(conflicts, workspace, as_of=DAY, patterns=[pattern]))
                    sql = floor.CONFLICTS.get(pattern)
                    again = partial(look, workspace, [known[pattern]], as_of=DAY)
                    self._question("conflicts", pattern, workspace, ask, statement, sql, rows, again)
        finally:
            rows.close()

    def _question(
        self,
        group: str,
        name: str,
        workspace: Watched,
        ask: Callable[[], Sequence[object]],
        statement: str,
        sql: str | None,
        rows: floor.Floor,
        again: Callable[[], object] | None = None,
    ) -> None:
        """`again` finds once more what was found before: the rows of an answer, without judging and quotes."""
        found: dict[str, int] = {}

        def counted(name: str, ask: Callable[[], Sequence[object]]) -> None:
            found[name] = len(ask())

        things: dict[str, Callable[[], object]] = {"ours": partial(counted, "ours", ask)}
        if self.server:
            things["theirs"] = partial(counted, "theirs", partial(self.server.read, statement, day=DAY))
        if sql:
            things["floor"] = partial(rows.read, sql, day=DAY)
        if again:
            things["again"] = again
        workspace.asked.clear()
        taken = in_turn(things, rounds=3, warm=1)
        readers = 2 if again else 1  # ours is the first of each round; that of the warm round is left out
        spent = Times(tuple(workspace.asked[readers::readers]))
        both = (found["ours"], found["theirs"]) if "theirs" in found else None
        self.result.measures.append(
            Measure(group, name, taken["ours"], spent, taken.get("theirs"), taken.get("floor"), rows=both)
        )
        if again:
            self.result.measures.append(Measure("again", name, taken["again"], None, taken.get("theirs")))

    def _findings(self) -> None:
        """All findings of all time, found and judged; and those of one person or compound, beside a bare look-up."""
        self.say("findings, all and of one")
        workspace = Workspace(self.workspace, self.settings)
        patterns = known_patterns(workspace)
        with workspace.kept(), self._bare_look_up() as bare:
            rules = load_packs(folders(workspace), patterns)
            found = look(workspace, patterns.values())
            people = [terms[0].of("Person")[0] for _, terms in found.groups]
            compounds = [node.id for _, terms in found.groups for node in terms[0].of("Compound")]
            some = people[:: max(1, len(people) // _NAMES)][:_NAMES]
            homes = compounds[:: max(1, len(compounds) // _NAMES)][:_NAMES]
            whole = in_turn(
                {
                    "find": partial(_anew, workspace, partial(look, workspace, patterns.values())),
                    "judge": calm()(partial(found.rows, rules, "en")),
                },
                rounds=3,
                warm=1,
            )
            one = in_turn(
                {
                    "person": partial(_each, [node.id for node in some], lambda id: conflicts(workspace, person=id)),
                    "compound": partial(_each, homes, lambda id: conflicts(workspace, place=id)),
                    "bare": partial(_each, [node.name for node in some], bare),
                },
                rounds=7,
                warm=2,
            )
        add = self.result.measures.append
        add(Measure("findings", "all, judged", whole["judge"], yardstick=whole["find"]))
        look_up = _per(one["bare"], len(some))
        add(Measure("findings", "of one person", _per(one["person"], len(some)), yardstick=look_up))
        add(Measure("findings", "of one compound", _per(one["compound"], len(homes)), yardstick=look_up))

    def _rules(self) -> None:
        """Every rule asked of the whole city: judged as `govgraph rules` does, every row, and every row with its
        quotes; against reading all relations once."""
        asked = {id: question(id) for id in records(FOLDER)}
        self.say(f"all {len(asked)} rules")
        workspace = Workspace(self.workspace, self.settings)
        each: dict[str, list[float]] = {id: [] for id in asked}
        found: dict[str, int] = {}
        with (
            workspace.kept(),
            workspace.reader() as store,
            self._driver() as (driver, database),
            driver.session(database=database, default_access_mode="READ") as session,
        ):
            where = places(store, NAME) or []

            def judge_one(id: str) -> tuple[int, int, int]:
                return judge(store, records(FOLDER)[id], asked[id], where, DAY)

            def row(id: str, quoted: bool) -> None:
                rows = answer(store, asked[id], {place_of(asked[id]): NAME}, DAY)
                found[id] = len(with_evidence(workspace, rows) if quoted else rows)

            def one(id: str, quoted: bool) -> float:
                return timed(partial(row, id, quoted))

            @calm()  # as all answers are
            def judged() -> None:
                side_by_side(workspace, judge_one, list(asked))

            @calm()
            def rows(quoted: bool) -> None:
                taken = side_by_side(workspace, partial(one, quoted=quoted), list(asked))
                for id, seconds in zip(asked, taken, strict=True):
                    if not quoted:
                        each[id].append(seconds)

            def relations() -> None:
                found["relations"] = sum(1 for _ in session.run(_RELATIONS))

            things: dict[str, Callable[[], object]] = {
                JUDGED: judged,
                ROWS: partial(rows, False),
                "and the quotes of each row": partial(rows, True),
                "relations": relations,
            }
            taken = in_turn(things, rounds=_rounds(self.result.size), warm=1)
        add = self.result.measures.append
        yardstick, read = taken.pop("relations"), found.pop("relations")
        for name, times in taken.items():
            shown = None if name == JUDGED else (sum(found.values()), read)
            add(Measure("rules", name, times, yardstick=yardstick, rows=shown))
        spent = {id: Times(tuple(seconds[1:])) for id, seconds in each.items()}
        for id in sorted(spent, key=lambda id: -spent[id].median)[:_SLOWEST]:
            add(Measure("rules", f"{id} {asked[id].title['en']}", spent[id], rows=(found[id], read)))

    @contextmanager
    def _bare_look_up(self) -> Iterator[Callable[[str], object]]:
        """The posts of a person by name as the driver alone gives them: what any answer about one takes at least."""
        with self._driver() as (driver, database):
            yield lambda name: driver.execute_query(_BARE_ROLES, name=name, database_=database, routing_="r")

    @contextmanager
    def _driver(self) -> Iterator[tuple[neo4j.Driver, str]]:
        """The driver as a user would open it on the private server, and the name of the database."""
        import neo4j

        with (
            engine.lease(self.workspace / "engine", self.settings) as at,
            neo4j.GraphDatabase.driver(at.uri, auth=at.reader) as driver,
        ):
            yield driver, engine.current(self.workspace / "engine")

    def _roles(self) -> None:
        self.say("roles of a person, in the library")
        workspace = Workspace(self.workspace, self.settings)
        names = self._people()
        rows = floor.Floor()
        rows.load(self.city)
        with workspace.kept(), self._bare_look_up() as bare:
            things: dict[str, Callable[[], object]] = {
                "ours": partial(_each, names, partial(roles, workspace)),
                "bare": partial(_each, names, bare),
                "floor": partial(_each, names[:5], lambda name: rows.read(floor.ROLES, name=name)),
            }
            if (server := self.server) is not None:
                things["theirs"] = partial(_each, names, lambda name: server.read(theirs.ROLES, name=name))
            taken = in_turn(things, rounds=7, warm=2)
        rows.close()
        one = {name: _per(times, 5 if name == "floor" else len(names)) for name, times in taken.items()}
        self.result.measures.append(
            Measure("roles", "in the library", one["ours"], None, one.get("theirs"), one["floor"], one["bare"])
        )

    def _people(self) -> list[str]:
        """Names of some people, from all over the city."""
        with open(self.city, encoding="utf-8") as file:
            people = [name for line in file if '"Person"' in line and (name := str(json.loads(line)["name"]))]
        return list(islice(people[:: max(1, len(people) // _NAMES)], _NAMES))

    def _command(self) -> None:
        """One-shot commands: the server up, and the server to be started."""
        self.say("roles of a person, on the command line")
        name, environment = self._people()[0], self._environment()
        ask = partial(run, [*_COMMAND, "--workspace", self.workspace, "roles", name], environment)
        driver = partial(run, [sys.executable, "-c", "import neo4j"], environment)
        warm = in_turn({"ours": ask, "driver": driver}, rounds=7, warm=1)
        self.result.measures.append(Measure("roles", "one command, engine up", warm["ours"], yardstick=warm["driver"]))
        cold = []
        for _ in range(3):
            engine.stop(self.workspace / "engine")
            cold.append(timed(ask))
        self.result.measures.append(Measure("roles", "one command, engine down", Times(tuple(cold))))

    def _picture(self) -> None:
        self.say("the picture of a sub-district")
        for name, taken in picture.measured(Workspace(self.workspace, self.settings), self.folder):
            self.result.measures.append(Measure("picture", name, taken))


_COMMAND = (sys.executable, "-m", "govgraph.api")
_RELATIONS = "MATCH (a)-[r]->(b) RETURN a.id AS start, type(r) AS type, properties(r) AS properties, b.id AS end"
_BARE_ROLES = """MATCH (p:Entity {name: $name})-[r:HOLDS_POST]->(o:Entity)
RETURN p.name AS person, o.name AS body, r.role AS role, r.valid AS valid, r.quote AS quote"""


def size_of(file: Path) -> int:
    return file.stat().st_size


def _each(names: Sequence[str], ask: Callable[[str], object]) -> None:
    for name in names:
        ask(name)


def _anew(workspace: Workspace, ask: Callable[[], _T]) -> _T:
    """The answer as it is the first time, when nothing of it was asked for before."""
    workspace.forget()
    return ask()


def _per(times: Times, calls: int) -> Times:
    return Times(tuple(seconds / calls for seconds in times.seconds))


class Watched(Workspace):
    """A workspace that notes how long the engine took for each answer. `asked`: seconds, one for each reader."""

    def __init__(self, root: Path, settings: Settings) -> None:
        super().__init__(root, settings)
        self.asked: list[float] = []

    @contextmanager
    def reader(self) -> Iterator[Store]:
        with super().reader() as store:
            read, spent = store.read, [0.0]

            def watched(
                cypher: str,
                parameters: Mapping[str, object] | None = None,
                *,
                timeout: float | None = None,
                limit: int | None = None,
            ) -> list[Row]:
                found: list[list[Row]] = []
                spent[0] += timed(lambda: found.append(read(cypher, parameters, timeout=timeout, limit=limit)))
                return found[0]

            store.read = watched  # type: ignore[method-assign]
            try:
                yield store
            finally:
                store.read = read  # type: ignore[method-assign]
                self.asked.append(spent[0])


def _load_bare(root: Path, tables: Path, settings: Settings) -> None:
    from govgraph.graph.arcade import Arcade
    from govgraph.graph.embedded import bare_lines, indexes, schema

    with engine.lease(root, settings) as at:
        server, database = Arcade(at), engine.new_database()
        server.create(database)
        schema(server, database, tables)
        server.load(database, bare_lines(tables))
        indexes(server, database)
