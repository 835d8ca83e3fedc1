"""Counts for `/metrics`, as Prometheus reads them: of one process, or added up over those of several workers."""

from __future__ import annotations

import json
import os
import threading
import time
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from pathlib import Path

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the buckets, in seconds; there is one more, without end."""
WRITTEN = 1.0
"""Seconds between two times that a worker writes down its counts."""
Counts = dict[str, list[float]]
"""Method, door and status as JSON → requests in each bucket, then the sum of their seconds."""


class Tally:
    """How many requests came to each door, how they ended and how long they took.

    With a `folder` each process keeps its counts there in a file, also when it has ended: they only ever grow.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._file = folder / f"{os.getpid()}.json" if folder else None
        self._lock = threading.Lock()
        self._counts: Counts = {}
        self._written = 0.0

    def count(self, method: str, door: str, status: int, seconds: float) -> None:
        """Count one request."""
        with self._lock:
            row = self._counts.setdefault(json.dumps([method, door, status]), [0.0] * (len(BOUNDS) + 2))
            row[bisect_left(BOUNDS, seconds)] += 1
            row[-1] += seconds
            if self._file and time.monotonic() - self._written > WRITTEN:
                self._write()

    def text(self, gauges: Mapping[str, tuple[str, Mapping[str, float]]]) -> str:
        """The counts so far, and gauges: name → (help, labels → value)."""
        with self._lock:
            self._write()
            counts = _added(self._others(), self._counts)
        lines = ["# HELP govgraph_request_seconds How long requests took, by method, door and status."]
        lines += ["# TYPE govgraph_request_seconds histogram"]
        for key, row in sorted(counts.items()):
            method, door, status = json.loads(key)
            lines += _histogram(f'method="{method}",door="{door}",status="{status}"', row)
        for name, (told, values) in gauges.items():
            lines += [f"# HELP {name} {told}", f"# TYPE {name} gauge"]
            lines += [f"{name}{{{labels}}} {value:g}" for labels, value in values.items()]
        return "\n".join(lines) + "\n"

    def _write(self) -> None:
        self._written = time.monotonic()
        if self._file:
            new = self._file.with_suffix(".new")
            new.write_text(json.dumps(self._counts))
            new.replace(self._file)

    def _others(self) -> Iterable[Counts]:
        if self._file is None:
            return []
        return [json.loads(file.read_text()) for file in self._file.parent.glob("*.json") if file != self._file]


def _added(others: Iterable[Counts], own: Counts) -> Counts:
    found = {key: list(row) for key, row in own.items()}
    for counts in others:
        for key, row in counts.items():
            found[key] = [a + b for a, b in zip(found.get(key, [0.0] * len(row)), row, strict=True)]
    return found


def _histogram(labels: str, row: list[float]) -> Iterable[str]:
    total = 0.0
    for bound, n in zip((*map(str, BOUNDS), "+Inf"), row[:-1], strict=True):
        total += n
        yield f'govgraph_request_seconds_bucket{{{labels},le="{bound}"}} {total:g}'
    yield f"govgraph_request_seconds_sum{{{labels}}} {row[-1]:.6f}"
    yield f"govgraph_request_seconds_count{{{labels}}} {total:g}"
