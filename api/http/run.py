"""Running the service: in this process, or in several that share an address."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TextIO
from urllib.parse import quote

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.supervisors import Multiprocess

from govgraph.graph.errors import BadInput
from govgraph.graph.workspace import Workspace

from .app import create_app
from .doors import Doors, loopback
from .service import Service
from .settings import HttpSettings

GRACE = 10
"""Seconds that requests under way are given when the service ends."""
SLOW = 30
"""Seconds that an idle connection is kept."""
SWITCH = 0.0005
"""Seconds that a thread at work may keep the others waiting: the loop hands each request to a thread and back."""
GARBAGE = 10_000
"""New objects after which Python looks for garbage among them; an answer about a city makes tens of thousands."""
GIVEN = "GOVGRAPH_HTTP_WORKER"
METHODS = (b"GET ", b"HEAD ", b"POST ")
ADDRESS = " /?#[]@!$&'()*+,;=:%-._~"
"""What stands in the first line of a request as it is; the sign of percent begins what is escaped already."""


def run(
    workspace: Workspace,
    host: str,
    port: int,
    *,
    lang: Literal["zh", "en"],
    say: Callable[[str], None],
    workers: int = 1,
) -> None:
    """Serve until a signal. Raises BadInput for an address that cannot be had, EngineFailure without a graph.

    Several workers are processes that share the address, the servers of the graphs, and the counts of `/metrics`. Each
    keeps its own answers, and counts for itself how often a caller asks.
    """
    settings = HttpSettings.from_environment()
    service = Service(workspace, lang, settings.kept)
    doors = Doors(workspace.root, not loopback(host), settings.anonymous, settings.rate)
    with _listening(host, port) as listener:
        service.open(doors.tiers, follow=False)  # better a message here than a log from inside the server
        at = listener.getsockname()
        closed = doors.closed()
        who = "the public and holders of keys" if closed else "you"
        here = f"http://{_shown(at[0])}:{at[1]}{settings.prefix}"
        say(f"{here}/ is the explorer, for {who}; {here}/docs describes the doors for programs")
        _log_to_stderr()
        if workers == 1:
            app = create_app(service, settings, exposed=doors.exposed)
            _calm()
            uvicorn.Server(_config(app)).run(sockets=[listener])
            return
        service.close()
        with tempfile.TemporaryDirectory(prefix="govgraph-metrics-") as tallies:
            given = Worker(str(workspace.root), lang, doors.exposed, tallies)
            os.environ[GIVEN] = json.dumps(asdict(given))
            config = _config("govgraph.api.http.run:worker", workers)
            Multiprocess(config, [listener]).run()


@dataclass(frozen=True, slots=True)
class Worker:
    """What a worker has to know beside the settings, which it has from the environment too."""

    root: str
    lang: Literal["zh", "en"]
    exposed: bool
    tallies: str


def worker() -> FastAPI:
    """The app of one worker of several."""
    _log_to_stderr()
    given = Worker(**json.loads(os.environ[GIVEN]))
    settings = HttpSettings.from_environment()
    service = Service(Workspace(Path(given.root)), given.lang, settings.kept)
    app = create_app(service, settings, exposed=given.exposed, tallies=Path(given.tallies))
    _calm()
    return app


def _calm() -> None:
    """Have a process that serves not stop for itself: for other threads, and to look for garbage."""
    sys.setswitchinterval(SWITCH)
    gc.set_threshold(GARBAGE)
    gc.freeze()  # what is there by now stays


def _config(app: FastAPI | str, workers: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=workers,
        http=Lenient,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=SLOW,
    )


class Lenient(HttpToolsProtocol):
    """HTTP that also takes an address as people type it, with Chinese characters that are not escaped."""

    def data_received(self, data: bytes) -> None:
        if not data.isascii() and data.startswith(METHODS) and (self.cycle is None or self.cycle.response_complete):
            line, end, rest = data.partition(b"\r\n")
            data = quote(line, safe=ADDRESS).encode() + end + rest
        super().data_received(data)


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
    except OSError as error:
        raise BadInput(
            f"{host}:{port} cannot be listened on ({error.strerror}); choose another --port or --host"
        ) from None
    return listener


def _shown(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _log_to_stderr() -> None:
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # what no line tells is not looked for, which takes a fifth of the time of one
    stderr = sys.stderr.fileno()  # sys.stderr itself writes each line
    handler = Together(os.fdopen(stderr, "w", encoding="utf-8", errors="backslashreplace", closefd=False))
    handler.setFormatter(AsJson())
    for name, level in (("govgraph.http", logging.INFO), ("uvicorn.error", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)


class Together(logging.StreamHandler[TextIO]):
    """Writes the lines of requests that ended together in one go: writing takes as long as a look-up."""

    _waiting = False

    def flush(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # from a thread, or at the end
            return super().flush()
        if not self._waiting:
            self._waiting = True
            loop.call_soon(self._write)

    def _write(self) -> None:
        self._waiting = False
        super().flush()


class AsJson(logging.Formatter):
    """A JSON object a line. Of a fault only its kind and where it was raised: its words may hold what was asked."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"at": at, "from": record.name, "level": record.levelname.lower()}
        if record.exc_info and (error := record.exc_info[1]) is not None:
            frames = traceback.extract_tb(error.__traceback__)
            line |= {"error": type(error).__name__, "where": [f"{f.filename}:{f.lineno}" for f in frames]}
        elif request := getattr(record, "request", None):
            line |= request
        else:
            line["says"] = record.getMessage()
        return json.dumps(line, ensure_ascii=False)
