"""Processes that read documents beside one another, and give what they find in the order in which it was asked for.

Each is a Python of its own (`python -m govgraph.ingest.workers`) that takes jobs on stdin and answers on stdout, so
that nothing of the parent (threads, connections, locks) is in it, and a library that crashes takes one document with
it. They take no notice of Ctrl-C; they end when their parent closes the pipe or is gone.
"""

from __future__ import annotations

import os
import pickle
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import IO, Generic, TypeVar, cast

from govgraph.graph.errors import BadInput

_LENGTH = struct.Struct("<Q")
AHEAD = 3
"""Jobs for each worker that are under way or done and not yet asked for: what bounds the memory."""
FEW = 16
"""So few files are read sooner by one process than by several that have to start first."""
_J = TypeVar("_J")
_R = TypeVar("_R")


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers(Generic[_J, _R]):
    """Some worker processes, for as long as the block lasts. `died` makes the result of a job whose worker crashed."""

    def __init__(self, count: int, died: Callable[[_J], _R]) -> None:
        self._count, self._died = count, died
        self._idle: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def __enter__(self) -> Workers[_J, _R]:
        for _ in range(self._count):
            self._idle.put(None)  # started when first needed
        self._threads = ThreadPoolExecutor(self._count)
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        for process in list(self._running):
            process.kill()
        self._threads.shutdown(cancel_futures=True)
        for process in self._running:
            _end(process)

    def map(self, jobs: Iterable[_J]) -> Iterator[_R]:
        """The results of the jobs in their order. Not more jobs are taken than the workers need to be busy."""
        waiting: deque[Future[_R]] = deque()
        for job in jobs:
            waiting.append(self._threads.submit(self._do, job))
            if len(waiting) >= AHEAD * self._count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _do(self, job: _J) -> _R:
        process = self._idle.get()
        try:
            process = process or self._start()
            assert process.stdin and process.stdout
            _write(process.stdin, job)
            answer = _read(process.stdout)
        except (OSError, EOFError):
            if process:
                _end(process)
                self._running.discard(process)
            process = None
            if self._closed:
                raise
            return self._died(job)
        finally:
            self._idle.put(process)
        if isinstance(answer, BaseException):
            raise answer
        return cast(_R, answer)

    def _start(self) -> subprocess.Popen[bytes]:
        if self._closed:
            raise EOFError
        process = subprocess.Popen(
            [sys.executable, "-m", "govgraph.ingest.workers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the parent
        )
        self._running.add(process)
        return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(OSError):
                pipe.close()


def _write(pipe: IO[bytes], what: object) -> None:
    data = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _read(pipe: IO[bytes]) -> object:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)


def serve() -> None:
    """Do jobs until the parent closes the pipe. What a library prints goes to stderr, never among the answers."""
    from .load import do

    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with suppress(EOFError, BrokenPipeError):
        while True:
            job = _read(sys.stdin.buffer)
            try:
                answer: object = do(job)  # type: ignore[arg-type]
            except Exception as error:
                answer = error if isinstance(error, BadInput) else RuntimeError(f"{type(error).__name__}: {error}")
            _write(out, answer)


if __name__ == "__main__":
    serve()
