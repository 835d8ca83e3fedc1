"""A bounded load on a service: so many requests a second, or as many as it takes, over so many connections at most.

A request that is due while all connections are busy waits, and its time counts from when it was due: a slow service
cannot hide by being asked less.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from urllib.parse import quote

CONNECTIONS = 32
"""Connections at most, so requests under way at most."""
PATIENCE = 120.0
"""Seconds after which a request that was not answered counts as an error."""


@dataclass(slots=True)
class Taken:
    """What a load saw: for each request when it was due (seconds from the start) and how long it took; and how many
    ended with which status (0: not at all)."""

    due: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    ended: Counter[int] = field(default_factory=Counter)
    lasted: float = 0.0

    @property
    def errors(self) -> int:
        return sum(n for status, n in self.ended.items() if status != 200)

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.ended[200] / self.lasted if self.lasted else 0.0

    def share(self, part: float) -> float:
        """The time within which this share of the requests was answered (0.95: the p95)."""
        found = sorted(self.seconds)
        return found[min(len(found) - 1, int(part * len(found)))]

    def between(self, start: float, end: float) -> Taken:
        """The requests that were due in a part of the time."""
        kept = [(d, s) for d, s in zip(self.due, self.seconds, strict=True) if start <= d < end]
        return Taken([d for d, _ in kept], [s for _, s in kept], Counter(), end - start)


def paced(port: int, paths: Iterable[str], rate: float, seconds: float) -> Taken:
    """Ask so often a second, whatever the answers take."""
    return asyncio.run(_run(port, paths, seconds, rate))


def saturated(port: int, paths: Iterable[str], seconds: float, connections: int = CONNECTIONS) -> Taken:
    """Ask the next as soon as one is answered, over all connections."""
    return asyncio.run(_run(port, paths, seconds, None, connections))


async def _run(
    port: int, paths: Iterable[str], seconds: float, rate: float | None, connections: int = CONNECTIONS
) -> Taken:
    taken, given = Taken(), cycle(paths)
    start = time.perf_counter()
    due = _dues(start, seconds, rate)

    async def ask() -> None:
        wire = _Wire(port)
        for at in due:  # shared: each connection takes the next
            if (wait := at - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            try:
                status = await asyncio.wait_for(wire.get(next(given)), PATIENCE)
            except (OSError, EOFError, ValueError, TimeoutError):
                status = 0
                wire.close()
            taken.due.append(at - start)
            taken.seconds.append(time.perf_counter() - at)
            taken.ended[status] += 1
        wire.close()

    await asyncio.gather(*(ask() for _ in range(connections)))
    taken.lasted = time.perf_counter() - start
    return taken


def _dues(start: float, seconds: float, rate: float | None) -> Iterator[float]:
    if rate is None:
        while (now := time.perf_counter()) < start + seconds:
            yield now
    else:
        yield from (start + number / rate for number in range(int(rate * seconds)))


class _Wire:
    """One connection, kept open and made again when it broke."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> int:
        if self._ends is None:
            self._ends = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._ends
        writer.write(f"GET {quote(path, safe='/?=&%')} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        _, _, rest = head.partition(b"content-length:")
        await reader.readexactly(int(rest.partition(b"\r\n")[0]))
        return int(head[9:12])

    def close(self) -> None:
        if self._ends is not None:
            self._ends[1].close()
        self._ends = None
