"""Times in pairs, because machines are noisy: what is compared runs in turn, and ratios are those of each turn."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from govgraph.graph.errors import EngineFailure


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of one thing, in the order in which it was measured."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def row(self) -> dict[str, float]:
        return {"median": self.median, "least": min(self.seconds), "most": max(self.seconds), "runs": len(self.seconds)}


def ratio(ours: Times, other: Times) -> dict[str, float]:
    """How many times as long ours takes, turn by turn: median, least and most."""
    found = [a / b for a, b in zip(ours.seconds, other.seconds, strict=True)]
    return {"median": statistics.median(found), "least": min(found), "most": max(found)}


def in_turn(things: Mapping[str, Callable[[], object]], rounds: int, warm: int = 0) -> dict[str, Times]:
    """Run the things one after the other, `rounds` times over, after `warm` rounds that do not count."""
    taken: dict[str, list[float]] = {name: [] for name in things}
    for number in range(warm + rounds):
        for name, thing in things.items():
            seconds = timed(thing)
            if number >= warm:
                taken[name].append(seconds)
    return {name: Times(tuple(seconds)) for name, seconds in taken.items()}


def timed(thing: Callable[[], object]) -> float:
    start = time.perf_counter()
    thing()
    return time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class Ran:
    """A process of its own: seconds, and the most memory it held (bytes)."""

    seconds: float
    memory: int


def run(command: Sequence[str | Path], environment: Mapping[str, str]) -> Ran:
    """Run a command to its end, its output thrown away. Raises EngineFailure, with what it said, if it fails."""
    start = time.perf_counter()
    with subprocess.Popen(
        [str(word) for word in command],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode not in (0, 1):
        raise EngineFailure(f"{' '.join(map(str, command))} ended with {process.returncode}: {said.decode()[-2000:]}")
    return Ran(seconds, _bytes(usage))


def _bytes(usage: resource.struct_rusage) -> int:
    return usage.ru_maxrss * (1 if os.uname().sysname == "Darwin" else 1024)


def peak_below(pid: int) -> int | None:
    """The most memory (bytes) that a process and those it started have held, as far as the system tells (Linux)."""
    try:
        held = [
            int(line.split()[1]) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmHWM" in line
        ]
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return None
    return sum(held) * 1024 + sum(peak_below(int(child)) or 0 for child in children)


def size(folder: Path) -> int:
    """Bytes of all files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
