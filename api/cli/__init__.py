"""The command line: a few lines over the library for each command."""

from __future__ import annotations

import os
import signal
import sys

from govgraph.graph.errors import GovgraphError

from . import commands
from .app import app

__all__ = ["app", "commands", "main"]


def main() -> None:
    """Run the command line. Problems become one message on stderr and an exit code, never a traceback."""
    signal.signal(signal.SIGINT, _interrupted)
    try:
        app()
    except GovgraphError as error:
        _fail(str(error), error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone: nothing more to say
    except OSError as error:
        _fail(
            f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}; nothing half-written stays",
            2,
        )
    except Exception as error:
        if os.environ.get("GOVGRAPH_DEBUG"):
            raise
        _fail(f"this should not have happened: {type(error).__name__}: {error}; GOVGRAPH_DEBUG=1 shows where", 3)


def _interrupted(number: int, frame: object) -> None:
    print("\ngovgraph: interrupted; what was not finished is as if it had not begun", file=sys.stderr)
    raise SystemExit(130)


def _fail(message: str, code: int) -> None:
    print(f"govgraph: {message}", file=sys.stderr)
    sys.exit(code)
