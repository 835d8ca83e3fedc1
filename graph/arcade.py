"""What the private server offers over HTTP and not over Bolt: databases, their schema and settings, bulk load."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Iterable
from contextlib import suppress

from .engine import LOOPBACK, Address
from .errors import EngineFailure

_LOAD_WITHIN = 3600.0  # seconds between two signs of life of a load
_ANSWER_WITHIN = 120.0


class Lost(EngineFailure):
    """The server broke the connection: it died, or is ending."""


class Arcade:
    """The private server as its administrator. Every failure is an EngineFailure with what the server said."""

    def __init__(self, address: Address) -> None:
        self._port = address.http
        word = base64.b64encode(":".join(address.writer).encode()).decode()
        self._headers = {"Authorization": f"Basic {word}"}

    def databases(self) -> list[str]:
        names = self._ask("/api/v1/server", {"command": "list databases"})["result"]
        assert isinstance(names, list)
        return [str(name) for name in names]

    def create(self, database: str) -> None:
        self._ask("/api/v1/server", {"command": f"create database {database}"})

    def drop(self, database: str) -> None:
        self._ask("/api/v1/server", {"command": f"drop database {database}"})

    def settle(self, database: str) -> None:
        """Close the database, so that all of it is in its files, and open it again."""
        self._ask("/api/v1/server", {"command": f"close database {database}"})
        self._ask("/api/v1/server", {"command": f"open database {database}"})

    def sql(self, database: str, *statements: str) -> None:
        """Run statements as one script."""
        script = {"language": "sqlscript", "command": "\n".join(f"{statement};" for statement in statements)}
        self._ask(f"/api/v1/command/{database}", script)

    def bound(self, database: str, seconds: float) -> None:
        """From now on every command on this database is stopped after so many seconds."""
        self._ask(
            f"/api/v1/command/{database}",
            {"language": "sql", "command": f"ALTER DATABASE `arcadedb.command.timeout` {round(seconds * 1000)}"},
        )

    def load(self, database: str, lines: Iterable[bytes]) -> tuple[int, int]:
        """Stream vertices, then edges (one JSON object a line) into a new database; how many of each were made.

        The write-ahead log is off meanwhile: what a crash leaves is to be thrown away.
        """
        made = self._send(f"/api/v1/batch/{database}", lines, "application/x-ndjson", _LOAD_WITHIN)
        return int(str(made["verticesCreated"])), int(str(made["edgesCreated"]))

    def _ask(self, path: str, question: dict[str, str]) -> dict[str, object]:
        return self._send(path, json.dumps(question).encode(), "application/json", _ANSWER_WITHIN)

    def _send(self, path: str, body: bytes | Iterable[bytes], kind: str, timeout: float) -> dict[str, object]:
        connection = http.client.HTTPConnection(LOOPBACK, self._port, timeout=timeout)
        try:
            chunked = not isinstance(body, bytes)
            headers = {**self._headers, "Content-Type": kind, **({"Transfer-Encoding": "chunked"} if chunked else {})}
            connection.request("POST", path, body, headers, encode_chunked=chunked)
            response = connection.getresponse()
            status, answer = response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Lost(f"the private graph server broke the connection ({error}); try again") from error
        finally:
            connection.close()
        found: dict[str, object] = {}
        with suppress(ValueError):
            found = json.loads(answer)
        if status != 200:
            said = found.get("detail") or found.get("error") or answer.decode(errors="replace")[:300]
            raise EngineFailure(f"the private graph server failed: {said}")
        return found
