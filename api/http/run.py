"""Running the service in this process."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Callable
from typing import Literal

import uvicorn

from govgraph.graph.errors import BadInput
from govgraph.graph.workspace import Workspace

from .app import create_app
from .doors import loopback
from .service import Service
from .settings import HttpSettings

GRACE = 10
"""Seconds that requests under way are given when the service ends."""
SLOW = 30
"""Seconds that an idle connection is kept."""


def run(workspace: Workspace, host: str, port: int, *, lang: Literal["zh", "en"], say: Callable[[str], None]) -> None:
    """Serve until a signal. Raises BadInput for an address that cannot be had, EngineFailure without a graph."""
    settings = HttpSettings.from_environment()
    service = Service(workspace, lang, settings.kept)
    app = create_app(service, settings, exposed=not loopback(host))
    with _listening(host, port) as listener:
        service.whole.hold()  # better a message here than a log from inside the server
        at = listener.getsockname()
        closed = app.state.doors.closed()
        who = "the public and holders of keys" if closed else "you"
        here = f"http://{_shown(at[0])}:{at[1]}{settings.prefix}"
        say(f"{here}/ is the explorer, for {who}; {here}/docs describes the doors for programs")
        _log_to_stderr()
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
            timeout_keep_alive=SLOW,
        )
        uvicorn.Server(config).run(sockets=[listener])


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
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    for name, level in (("govgraph.http", logging.INFO), ("uvicorn.error", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)
