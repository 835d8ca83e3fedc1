"""The service under load, in one run: a made-up city, served, beside an empty endpoint and services with py2neo."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote
from urllib.request import urlopen

from govgraph.graph import engine
from govgraph.graph.errors import EngineFailure
from govgraph.graph.settings import Settings
from govgraph.queries.coverage import coverage

from . import theirs
from .city import DAY, write
from .clock import Times, in_turn, timed
from .clock import run as process
from .load import Taken, paced, saturated
from .run import Watched, _machine

Say = Callable[[str], None]
COMMAND = (sys.executable, "-m", "govgraph.api")
RATE = 200.0
"""Look-ups a second that the goal names."""
MIXED = 40.0
"""Requests a second of the mixed load, most of them look-ups."""
ROUNDS = 3
TURNS = 9
"""Turns of look-ups, short ones: what else the machine does hits all alike."""
UP = 120.0


@dataclass(slots=True)
class Served:
    """What a run measured. Times are seconds, `look_up` and `most` by service, in turns: govgraph, again (the same for
    a thousand people who are asked for again and again), both also with a worker for each core (`_each`), and bare,
    empty, naive, cypher (see `rivals`)."""

    size: int
    machine: dict[str, object] = field(default_factory=dict)
    look_up: dict[str, Times] = field(default_factory=dict)
    most: dict[str, Times] = field(default_factory=dict)
    coverage: Times | None = None
    engine: Times | None = None
    start: dict[str, Times] = field(default_factory=dict)
    mixed: Taken = field(default_factory=Taken)
    reload: tuple[float, float] = (0.0, 0.0)
    left_out: list[str] = field(default_factory=list)


def measure(
    relations: int, settings: Settings, server: theirs.Server | None, minutes: float, seconds: float, say: Say
) -> Served:
    """Measure a city of so many relations: `seconds` for each turn of a load, `minutes` of mixed load with a reload in
    the middle. Everything is made in a folder for the time of the run."""
    result = Served(relations, _machine(settings))
    if server is None:
        result.left_out.append("services with py2neo, on Neo4j: no server was named (--neo4j URI)")
    elif not theirs.has_py2neo():
        result.left_out.append("services with py2neo: it is not installed (pip install govgraph[py2neo])")
        server = None
    with tempfile.TemporaryDirectory(prefix="govgraph-bench-") as folder:
        made = _Run(Path(folder), replace(settings, uri=None), server, minutes, seconds, say, result)
        try:
            made.all()
        finally:
            engine.stop(made.workspace / "engine")
    return result


@dataclass(slots=True)
class _Run:
    folder: Path
    settings: Settings
    server: theirs.Server | None
    minutes: float
    seconds: float
    say: Say
    result: Served
    people: Iterator[str] = field(default_factory=lambda: iter(()))
    bodies: list[str] = field(default_factory=list)
    thousand: list[str] = field(default_factory=list)

    @property
    def city(self) -> Path:
        return self.folder / "city.jsonl"

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    def all(self) -> None:
        self.say("making and building the city")
        write(self.result.size, self.city)
        process([*COMMAND, "--workspace", self.workspace, "import", self.city], self._environment())
        if self.server:
            self.say("loading it into Neo4j, as a user's script does")
            self.server.clear()
            self.server.with_driver(self.city)
        self.thousand = list(islice(self._people(), 1000))
        self.people, self.bodies = self._people(), self._named("PartyOrg")[:50]
        self._start()
        with ExitStack() as running:
            own = running.enter_context(self._serve())
            ports = {"again": own, "govgraph": own}
            ports |= {name: running.enter_context(self._rival(name)) for name in ("bare", "empty")}
            if self.server:
                for name in ("naive", "cypher"):
                    ports[name] = running.enter_context(self._rival(name, self.server.uri, self.server.user))
            self._look_ups(ports)
            self._most(ports)
            self._coverage(ports["govgraph"])
            self._mixed(ports["govgraph"])

    # --- the parts ----------------------------------------------------------------------------------------------------
    def _start(self) -> None:
        """From the command to the first answer, the engine up and down; and the engine alone."""
        root, taken = self.workspace / "engine", dict[str, list[float]]()

        def alone() -> None:
            with engine.lease(root, self.settings):
                pass

        def served() -> None:
            with self._serve():
                pass

        for _ in range(ROUNDS):
            self.say("starting the service")
            for name, before, what in (("engine", True, alone), ("up", False, served), ("down", True, served)):
                if before:
                    engine.stop(root)
                taken.setdefault(name, []).append(timed(what))
        self.result.start = {name: Times(tuple(seconds)) for name, seconds in taken.items()}

    def _look_ups(self, ports: dict[str, int]) -> None:
        """The p95 of each turn."""
        for name, port in ports.items():  # engines and their caches get warm
            paced(port, self._asked(name, RATE), RATE, self.seconds)
        taken: dict[str, list[float]] = {name: [] for name in ports}
        for number in range(TURNS):
            self.say(f"look-ups at {RATE:g} a second, {number + 1} of {TURNS}")
            for name, port in ports.items():
                found = paced(port, self._asked(name, RATE), RATE, self.seconds)
                taken[name].append(_no_errors(name, found).share(0.95))
        self.result.look_up = {name: Times(tuple(seconds)) for name, seconds in taken.items()}

    def _most(self, ports: dict[str, int]) -> None:
        """Good answers a second when each connection asks as soon as it was answered."""
        with self._serve("--workers", str(os.cpu_count())) as port:
            ports = ports | {f"{name}_each": port for name in ("again", "govgraph")}
            for name in ports:
                saturated(ports[name], self._asked(name, 1000), self.seconds)
            taken: dict[str, list[float]] = {name: [] for name in ports}
            for number in range(ROUNDS):
                self.say(f"as many look-ups as it takes, {number + 1} of {ROUNDS}")
                for name, port in ports.items():
                    found = saturated(port, self._asked(name, 5000), self.seconds)
                    taken[name].append(_no_errors(name, found).rate)
        self.result.most = {name: Times(tuple(rates)) for name, rates in taken.items()}

    def _coverage(self, port: int) -> None:
        """A district, on another day each time so that no answer is kept from before."""
        self.say("coverage of a district")
        days = (str(date.fromisoformat(DAY) + timedelta(number)) for number in range(1000))
        whole = Watched(self.workspace, self.settings)

        def over_http() -> object:
            path = f"/v1/coverage?of=committee&place={quote(_DISTRICT)}&as_of={next(days)}"
            with urlopen(f"http://127.0.0.1:{port}{path}") as answer:
                return answer.read()

        def library() -> object:
            return coverage(whole, "committee", _DISTRICT, next(days))

        with whole.kept():
            whole.asked.clear()
            taken = in_turn({"http": over_http, "library": library}, rounds=7, warm=2)
            self.result.engine = Times(tuple(whole.asked[-7:]))
        self.result.coverage = taken["http"]

    def _mixed(self, port: int) -> None:
        """Everything at once, and in the middle the graph is thrown away and built again."""
        self.say(f"mixed load for {self.minutes:g} minutes, with a full reload in the middle")
        rebuilt: list[float] = []
        start = time.perf_counter()

        def reload() -> None:
            rebuilt.append(time.perf_counter() - start)
            process([*COMMAND, "--workspace", self.workspace, "rebuild"], self._environment())
            rebuilt.append(time.perf_counter() - start)

        timer = threading.Timer(self.minutes * 60 / 3, reload)
        timer.start()
        paths = [self._any(number) for number in range(int(MIXED * 60 * self.minutes))]
        self.result.mixed = paced(port, paths, MIXED, self.minutes * 60)
        timer.join()
        self.result.reload = rebuilt[0], rebuilt[1]

    def _any(self, number: int) -> str:
        """One request of the mix: of twenty, fourteen look-ups and six of other kinds."""
        name, kind = next(self.people), number % 20
        others = {
            3: f"/v1/actors?q={name}",
            6: f"/v1/graph?centre={name}&hops=1",
            9: f"/v1/paths?from={name}&to={self.bodies[number % len(self.bodies)]}",
            12: f"/v1/roles?organization={self.bodies[number % len(self.bodies)]}",
            15: "/readyz",
        }
        if number % 400 == 18:
            return f"/v1/coverage?of=committee&place={_DISTRICT}&as_of={DAY}"
        return others.get(kind, _LOOK_UP["govgraph"] % name)

    def _asked(self, name: str, rate: float) -> list[str]:
        """What a turn asks: for people who were not asked for before, or for the same thousand again."""
        if name in ("bare", "empty"):
            return ["/"]
        name = name.removesuffix("_each")
        people = self.thousand if name == "again" else list(islice(self.people, int(rate * self.seconds)))
        return [_LOOK_UP[name] % person for person in people]

    def _people(self) -> Iterator[str]:
        """Names of people from all over the city, again and again, each round from another beginning."""
        names = self._named("Person")
        step = 7919  # a prime: neighbours in time are none in the city
        for number in range(10**9):
            yield names[number * step % len(names)]

    def _named(self, type_: str) -> list[str]:
        with open(self.city, encoding="utf-8") as file:
            return [str(json.loads(line)["name"]) for line in file if f'"type": "{type_}"' in line]

    # --- processes ----------------------------------------------------------------------------------------------------
    def _environment(self) -> dict[str, str]:
        left_out = "GOVGRAPH_", "PYTHONDONTWRITEBYTECODE"  # a start is measured as installed: compiled already
        plain = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        mine = {"GOVGRAPH_ENGINE_MEMORY": self.settings.engine_memory, "NO_COLOR": "1"}
        return plain | mine | ({"GOVGRAPH_BENCH_PASSWORD": self.server.password} if self.server else {})

    @contextmanager
    def _serve(self, *how: str) -> Iterator[int]:
        """`govgraph serve`, from the command to its end; gives the port once it answers."""
        command = [*COMMAND, "--workspace", str(self.workspace), "serve", "--port", "0", *how]
        with (
            tempfile.NamedTemporaryFile(dir=self.folder) as log,
            _running(command, self._environment(), log.fileno()) as service,
        ):
            port = _until(lambda: re.search(r"http://[^/]*:(\d+)/docs", Path(log.name).read_text("utf-8")), service)
            _until(lambda: saturated_once(int(port[1]), "/readyz").ended[200], service)
            yield int(port[1])

    @contextmanager
    def _rival(self, what: str, *server: str) -> Iterator[int]:
        told = self.folder / f"{what}.port"
        command = [sys.executable, "-m", "govgraph.api.bench.rivals", what, str(told), *server]
        with _running(command, self._environment(), subprocess.DEVNULL) as service:
            _until(told.exists, service)
            port = int(told.read_text())
            _until(lambda: saturated_once(port, "/openapi.json").ended[200], service)
            yield port


_OURS, _THEIRS = "/v1/roles?person=%s", "/roles?person=%s"
_LOOK_UP = {"govgraph": _OURS, "again": _OURS, "naive": _THEIRS, "cypher": _THEIRS}
_DISTRICT = "第0区"


def saturated_once(port: int, path: str) -> Taken:
    """One request."""
    return paced(port, [path], 1.0, 1.0)


def _no_errors(name: str, taken: Taken) -> Taken:
    if taken.errors:
        raise EngineFailure(f"{name} answered with {dict(taken.ended)}")
    return taken


@contextmanager
def _running(command: list[str], environment: dict[str, str], log: int) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log
    ) as running:
        try:
            yield running
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait()


_T = TypeVar("_T")


def _until(ask: Callable[[], _T | None], service: subprocess.Popen[bytes]) -> _T:
    end = time.monotonic() + UP
    while not (found := ask()):
        if service.poll() is not None or time.monotonic() > end:
            raise EngineFailure(f"{service.args!r} did not start")
        time.sleep(0.02)
    return found
