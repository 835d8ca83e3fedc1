"""A bounded load on a service: so many requests a second, or as many as it takes, over so many connections at most.

A request that is due while all connections are busy waits, and its time counts from when it was due: a slow service
cannot hide by being asked less. One that finds a connection counts from when it left: that a timer was late is not the
service's doing.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator
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
    return _looped(_run(port, paths, seconds, rate))


def saturated(port: int, paths: Iterable[str], seconds: float, connections: int = CONNECTIONS) -> Taken:
    """Ask the next as soon as one is answered, over all connections."""
    return _looped(_run(port, paths, seconds, None, connections))


def _looped(load: Coroutine[None, None, Taken]) -> Taken:
    """On the lighter loop where there is one: the load shares the cores with the service."""
    new: Callable[[], asyncio.AbstractEventLoop] | None = None
    with contextlib.suppress(ImportError):
        from uvloop import new_event_loop as new
    with asyncio.Runner(loop_factory=new) as runner:
        return runner.run(load)


async def _run(
    port: int, paths: Iterable[str], seconds: float, rate: float | None, connections: int = CONNECTIONS
) -> Taken:
    taken, given = Taken(), cycle([_request(path) for path in paths])
    start = time.perf_counter()
    due = _dues(start, seconds, rate)

    async def ask() -> None:
        wire = _Wire(port)
        for at in due:  # shared: each connection takes the next
            began = at
            if (wait := at - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
                began = time.perf_counter()
            try:
                status = await wire.get(next(given))
            except (OSError, EOFError, ValueError, TimeoutError):
                status = 0
                wire.close()
            taken.due.append(at - start)
            taken.seconds.append(time.perf_counter() - began)
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


def _request(path: str) -> bytes:
    return f"GET {quote(path, safe='/?=&%')} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


class _Wire(asyncio.Protocol):
    """One connection, kept open and made again when it broke. Every answer says how long it is."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[int] | None = None
        self._got = bytearray()
        self._whole = 0
        """Bytes of the answer under way, head and body; 0 before the head is there."""

    async def get(self, request: bytes) -> int:
        loop = asyncio.get_running_loop()
        if self._transport is None:
            self._transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", self._port)
        self._answer, self._whole = loop.create_future(), 0
        self._got.clear()
        self._transport.write(request)
        async with asyncio.timeout(PATIENCE):
            return await self._answer

    def data_received(self, data: bytes) -> None:
        self._got += data
        if not self._whole and (end := self._got.find(b"\r\n\r\n")) > 0:
            _, _, rest = self._got[:end].lower().partition(b"content-length:")
            try:
                self._whole = end + 4 + int(rest.partition(b"\r\n")[0])
            except ValueError as error:
                self._end(error)
        if self._whole and len(self._got) >= self._whole:
            self._end(int(self._got[9:12]))

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._end(error or EOFError("the service closed the connection"))

    def _end(self, how: int | Exception) -> None:
        if self._answer is None or self._answer.done():
            return
        if isinstance(how, int):
            self._answer.set_result(how)
        else:
            self._answer.set_exception(how)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
        self._transport = None
