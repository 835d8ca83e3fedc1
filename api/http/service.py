"""What the service keeps open: the graph, the views of the tiers, the names in them, and answers already given.

Every graph is held for as long as the service runs and followed to its newest version, in which a load never has to
wait for a reader nor a reader for a load. Answers are kept for the version that they were computed from.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import duckdb

from govgraph.graph import compile as compiler
from govgraph.graph import engine
from govgraph.graph.errors import Busy, EngineFailure, GovgraphError, Moved
from govgraph.graph.workspace import Evidence, Workspace
from govgraph.queries.search import Names
from govgraph.queries.tiers import TIERS, Tier, View

if TYPE_CHECKING:
    from govgraph.graph.lookup import Lookup
    from govgraph.graph.store import Store

Row = dict[str, object]
FOLLOW = 0.5
"""Seconds between looks at whether there is a newer graph."""
SETTLED = 100_000_000
"""Nanoseconds after which a file that was changed is taken to be as it was seen."""
TRIES = 5
LARGE = 20_000
"""Nodes and relations from which on a view follows in a process of its own."""
MADE = 600.0
"""Seconds that a worker waits at most for a view that another makes."""
REBUILT = 20.0
"""Seconds that a request waits at most for tables that are being compiled again."""
_T = TypeVar("_T")


class Held(Workspace):
    """A workspace whose graph stays open. Its state is that of the graph, not of a log that is just being loaded."""

    _stack: ExitStack | None = None
    _store: Store | None = None
    _shown: compiler.Compiled | None = None
    _names: tuple[str, Names] | None = None
    _logged: tuple[tuple[int, ...], str] | None = None
    _opening: threading.Lock
    engine: Path
    """The folder of the private server, where there is one."""

    def hold(self) -> Store:
        """The open graph. The first time what an earlier load left undone is completed."""
        if (store := self._store) is not None:
            return store
        with self._opening:
            if self._store is None:
                with Workspace.reader(self):
                    pass
                self._stack = ExitStack()
                self._store = self._stack.enter_context(self._open())
            return self._store

    def open_now(self) -> Store | None:
        """The graph if it is open."""
        return self._store

    def at_hand(self, version: str) -> tuple[Lookup, str] | None:
        """The look-ups of a version of the graph and its day, if that is the version that is open."""
        look = self._store.lookup if self._store else None
        if look is None or look.folder.name != version:
            return None
        shown = self._shown
        if shown is None or shown.version != version:
            self._shown = shown = compiler.read(look.folder)
        return (look, shown.day()) if shown else None

    def engine_name(self) -> str:
        """What holds the graph: `embedded`, the private server, or `neo4j`."""
        return "embedded" if self.settings.uri is None else "neo4j"

    def release(self) -> None:
        """Close the graph."""
        with self._opening:
            if self._stack:
                self._stack.close()
            self._stack = self._store = None

    @contextmanager
    def reader(self) -> Iterator[Store]:
        yield self.hold()

    def newest(self) -> str:
        """The version of the newest graph, which is read from now on."""
        store = self.hold()
        store.refresh()
        if store.known is not None and store.known == self.expected():
            return store.known
        version = store.version()
        if version is None:
            raise EngineFailure("the graph is empty; build it with `govgraph rebuild`")
        if store.known != version:
            store.known, store.lookup = version, self._look_up(self.compiled / version)
        return version

    def expected(self) -> str:
        """The version that the graph comes to. One that is there already is not asked for: whoever changes a graph
        changes first what it is made from."""
        at = tuple(map(_changed, self._watched))
        if self._logged is None or self._logged[0] != at:
            version = compiler.version(self.log)
            if time.time_ns() - max(at) < SETTLED:
                return version  # what changes again within a tick of the clock would look the same
            self._logged = at, version
        return self._logged[1]

    @cached_property
    def _watched(self) -> tuple[str, ...]:
        """What changes with the log. As text, here and below: each request asks several times."""
        return tuple(map(str, (self.log.folder, *self.log.decided)))

    def settled(self) -> str | None:
        """The version of the open graph where nothing is being changed: found without asking anybody."""
        known = self._store.known if self._store is not None else None
        return known if known == self.expected() else None

    def state(self) -> compiler.Compiled:
        if self._store is None:
            return Workspace.state(self)
        version = self.newest()
        known = self._shown
        if known is None or known.version != version:
            known = self._whole(lambda: compiler.read(self.compiled / version)) or Workspace.state(self)
            self._shown = known
        return known

    def names(self) -> Names:
        """The names of all actors, read once for each version."""
        version = self.newest()
        with self._opening:
            if self._names is None or self._names[0] != version:
                self._names = version, self._whole(lambda: Names(self.compiled / version))
            return self._names[1]

    def evidence(self, claims: Iterable[str], look: Lookup | None = None) -> dict[str, list[Evidence]]:
        wanted = list(claims)

        def read() -> dict[str, list[Evidence]]:
            return super(Held, self).evidence(wanted, look)

        return self._whole(read)

    def _quoted(self) -> Path:
        return self.compiled / self.newest()

    def _whole(self, read: Callable[[], _T]) -> _T:
        """What `read` finds in the compiled tables. While a rebuild makes them again they are missing for a moment."""
        end = time.monotonic() + REBUILT
        while True:
            try:
                if (found := read()) is not None or time.monotonic() > end:
                    return found
            except (OSError, duckdb.IOException, Moved):
                if time.monotonic() > end:
                    raise
            time.sleep(0.05)

    def asleep(self) -> bool:
        """Whether the private server was stopped: the next request starts it, looking for news does not."""
        return self.settings.uri is None and engine.status(self.engine) is None

    def follow(self) -> None:
        """Complete what a load that died has left undone. A load that is under way is let be."""
        if not self.asleep() and self.newest() != compiler.version(self.log):
            with contextlib.suppress(Busy), self.writing("complete an earlier load"):
                self.refresh()
        if not self.asleep():
            self.state()


class HeldWhole(Held):
    """The workspace as its owner sees it."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace.root, workspace.settings)
        self.engine = self.root / "engine"
        self._opening = threading.Lock()


class HeldView(Held, View):
    """The workspace as a tier sees it."""

    def __init__(self, whole: HeldWhole, tier: Literal["public", "research"]) -> None:
        View.__init__(self, whole, tier)
        self.whole, self.engine = whole, self.folder / "engine"
        self._opening = threading.Lock()

    def lease(self) -> ExitStack:
        """The server of the view, started if need be, for as long as what this gives stays open."""
        held = ExitStack()
        held.enter_context(engine.lease(self.engine, self.settings))
        return held

    def hold(self) -> Store:
        if self._store is None and self.behind():
            self._first()
        return super().hold()

    def _first(self) -> None:
        """Make the view where there is none yet, or wait for another worker that is at it."""
        end = time.monotonic() + MADE
        while self.behind():
            self.catch_up()
            if time.monotonic() > end:
                raise Busy(f"the view of the tier {self.tier} is still being made; try again in a minute")
            time.sleep(0.05)

    def expected(self) -> str:
        return self.whole.newest()

    def settled(self) -> str | None:
        above = self.whole.settled()
        return above if above and self._store is not None and self._store.known == above else None

    def behind(self) -> bool:
        return compiler.read(self.compiled / self.base.state().version) is None

    def catch_up(self) -> None:
        """Bring the view to the graph that the workspace has now, unless another worker is at it."""
        with contextlib.suppress(Busy), self.writing("bring the view up to date"):
            self.refresh()

    def follow(self) -> None:
        if self._store is None or self.asleep() or self.whole.asleep():
            return
        state = self.base.state()
        if state.version == self.newest():
            return
        if state.nodes + state.relations < LARGE:
            self.catch_up()
        else:
            self._catch_up_beside()

    def _catch_up_beside(self) -> None:
        """The same in a process of its own, in which the work for a large graph holds up no request."""
        command = [sys.executable, "-m", "govgraph.api.http.beside", str(self.root), self.tier]
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of one answer, the version of the graph they are from, and the day they are for (None: every day)."""

    rows: list[Row]
    version: str
    as_of: str | None
    whole: bool = True  # false where more rows were left out than can be paged through


class Service:
    """The graphs of one workspace, for all tiers, and the answers that were given last."""

    def __init__(self, workspace: Workspace, lang: Literal["zh", "en"] = "en", kept: int = 200_000) -> None:
        self.lang = lang
        self.whole = HeldWhole(workspace)
        self.views: dict[Tier, HeldView] = {
            "public": HeldView(self.whole, "public"),
            "research": HeldView(self.whole, "research"),
        }
        self._own = tuple(str(self.whole.root / name) for name in ("packs", "patterns"))
        self._marks = str(self.whole.root / "claims" / "findings.jsonl")
        self.kept = Kept(kept)
        self._stop = threading.Event()
        self._tiers: Callable[[], Collection[Tier]] = tuple
        self._follower = threading.Thread(target=self._follow, name="follow the graph", daemon=True)

    def open(self, tiers: Callable[[], Collection[Tier]] = tuple, follow: bool = True) -> None:
        """Open the graph and the views of the tiers for which somebody may come, and follow them from now on: a tier
        whose first key is made later gets its view then. Raises EngineFailure."""
        self._tiers = tiers
        lower = [view for tier, view in self.views.items() if tier in tiers()]
        with ExitStack() as leases:  # the servers start side by side
            with ThreadPoolExecutor(1 + len(lower)) as starting:
                first = starting.submit(self.whole.hold)
                for lease in starting.map(HeldView.lease, lower):
                    leases.push(lease)
                first.result()
            for view in lower:
                view.hold()
        if follow and not self._follower.is_alive():
            self._follower.start()

    def close(self) -> None:
        """Let go of every graph."""
        self._stop.set()
        if self._follower.is_alive():
            self._follower.join()
        for held in (*self.views.values(), self.whole):
            held.release()

    def of(self, tier: Tier) -> Held:
        """The workspace as a tier sees it."""
        return self.whole if tier == TIERS[-1] else self.views[tier]

    def versions(self) -> dict[Tier, str]:
        """The version of each graph that is open."""
        held: dict[Tier, Held] = {"restricted": self.whole, **self.views}
        return {tier: store.known for tier, one in held.items() if (store := one.open_now()) and store.known}

    def stamp(self, tier: Tier) -> str:
        """What an answer depends on beside the question: the graph, the day, the user's norms, patterns and marks."""
        return self._stamped(self.of(tier).newest())

    def settled(self, tier: Tier) -> str | None:
        """The stamp where nothing is being changed, without asking anybody."""
        version = self.of(tier).settled()
        return self._stamped(version) if version else None

    def _stamped(self, version: str) -> str:
        seen = sorted(file for folder in self._own for file in _files(folder))
        if marked := _changed(self._marks):
            seen.append(("marks", marked))
        own = hashlib.sha256(repr(seen).encode()).hexdigest()[:8] if seen else ""
        return f"{version}.{date.today().isoformat()}.{own}"

    def answer(
        self, tier: Tier, asked: str, compute: Callable[[Held], tuple[list[Row], str | None]], stamp: str | None = None
    ) -> Answer:
        """The answer to `asked`, from one version of the graph: computed, unless it was for this version before."""
        for _ in range(TRIES):
            stamp = stamp or self.stamp(tier)
            if found := self.kept.get(f"{stamp} {tier} {asked}"):
                return found
            rows, as_of = compute(self.of(tier))
            answer = Answer(rows, version_of(stamp), as_of)
            if self.stamp(tier) == stamp:
                self.kept.put(f"{stamp} {tier} {asked}", answer)
                return answer
            stamp = None  # a load came in between: statements of two versions may have met
        return answer

    def _follow(self) -> None:
        while not self._stop.wait(FOLLOW):
            for tier, held in (("restricted", self.whole), *self.views.items()):
                with contextlib.suppress(GovgraphError, OSError):  # the next request says what is wrong
                    if tier in self._tiers() and not self.whole.asleep():
                        held.hold()
                    held.follow()


def version_of(stamp: str) -> str:
    """The version of the graph, of all that a stamp names."""
    return stamp.partition(".")[0]


def _changed(path: str) -> int:
    """When a file or folder was changed last, in nanoseconds; 0 for what is not there."""
    try:
        return os.stat(path).st_mtime_ns
    except FileNotFoundError:
        return 0


def _files(folder: str) -> list[tuple[str, int]]:
    """Each file of a folder, with when it was changed last."""
    try:
        with os.scandir(folder) as found:
            return [(file.name, file.stat().st_mtime_ns) for file in found]
    except FileNotFoundError:
        return []


class Kept:
    """The answers given last, as many as have so many rows together."""

    def __init__(self, rows: int) -> None:
        self._room, self.rows = rows, 0
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Answer | None:
        with self._lock:
            if found := self._answers.get(key):
                self._answers.move_to_end(key)
            return found

    def of_version(self, tier: Tier, asked: str, version: str) -> Answer | None:
        """An answer from an earlier version of the graph."""
        with self._lock:
            keys = [key for key in self._answers if key.startswith(f"{version}.") and key.endswith(f" {tier} {asked}")]
            return self._answers[keys[-1]] if keys else None

    def put(self, key: str, answer: Answer) -> None:
        with self._lock:
            if old := self._answers.pop(key, None):
                self.rows -= len(old.rows) + 1
            self._answers[key] = answer
            self.rows += len(answer.rows) + 1
            while self.rows > self._room and len(self._answers) > 1:
                self.rows -= len(self._answers.popitem(last=False)[1].rows) + 1
