"""What the private server offers over HTTP and not over Bolt: databases, their schema and settings, bulk load."""

from __future__ import annotations

import base64
import http.client
import json
import re
import socket
from collections.abc import Iterable, Mapping
from contextlib import suppress

from .engine import LOOPBACK, Address
from .errors import EngineFailure

_LOAD_WITHIN = 3600.0  # seconds between two signs of life of a load
_ANSWER_WITHIN = 600.0  # an index over a million rows takes ten
_PIECES = "idMapping=false&batchSize=25000&commitEvery=10000"  # a million relations fit into a heap of 1 GB
_LARGE = re.compile(rb"\d{19}")
_SPARE = 10.0  # seconds after its time that the server may take to stop a statement


class Lost(EngineFailure):
    """The server broke the connection: it died, or is ending."""


class Reader:
    """Questions to the server with the log-in that cannot write, over connections that are kept for the next ones. Safe
    to use from several threads."""

    def __init__(self, address: Address) -> None:
        self.address = address
        word = base64.b64encode(":".join(address.reader).encode()).decode()
        self._headers: dict[str, object] = {"Authorization": f"Basic {word}", "Content-Type": "application/json"}
        self._spare: list[socket.socket] = []
        self._closed = False

    def query(
        self, database: str, cypher: str, parameters: Mapping[str, object], timeout: float
    ) -> list[dict[str, object]]:
        """The rows of a statement that returns scalars, lists and maps.

        Raises TypeError if nodes, relations or paths are among them, EngineFailure for all else.
        """
        question = {"language": "opencypher", "command": cypher, "params": parameters, "limit": -1}
        try:
            body = json.dumps(question, ensure_ascii=False).encode()
        except (TypeError, ValueError) as error:
            raise EngineFailure(f"a parameter cannot be sent to the graph as JSON: {error}") from error
        if _LARGE.search(body):
            raise EngineFailure("a number may be too large for the graph")  # the driver says so, JSON would round it
        try:
            status, answer = self._asked(f"/api/v1/query/{database}", body, timeout + _SPARE)
        except (OSError, http.client.HTTPException) as error:
            raise Lost(f"the private graph server broke the connection ({error}); try again") from error
        if status != 200:
            raise EngineFailure(f"the private graph server failed: {answer.decode(errors='replace')[:300]}")
        if b'"@rid"' in answer:
            raise TypeError("the rows hold records of the server")
        found = json.loads(answer)["result"]
        assert isinstance(found, list)
        return found

    def _asked(self, path: str, body: bytes, timeout: float) -> tuple[int, bytes]:
        """Status and body. A kept connection may have been closed by the server meanwhile: then a new one is made."""
        headers = self._headers | {"Content-Length": len(body)}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        text = f"POST {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\n{head}\r\n".encode() + body
        with suppress(IndexError, http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            return self._over(self._spare.pop(), text, timeout)
        wire = socket.create_connection((LOOPBACK, self.address.http), timeout)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._over(wire, text, timeout)

    def _over(self, wire: socket.socket, text: bytes, timeout: float) -> tuple[int, bytes]:
        """In one piece: the library sends head and body apart, and the server wakes up twice."""
        try:
            wire.settimeout(timeout)
            wire.sendall(text)
            with http.client.HTTPResponse(wire, method="POST") as response:
                response.begin()
                answer = response.status, response.read()
        except BaseException:
            wire.close()
            raise
        if response.will_close:
            wire.close()
            return answer
        self._spare.append(wire)
        if self._closed:
            self.close()
        return answer

    def close(self) -> None:
        """Close the connections that are kept, and keep no more."""
        self._closed = True
        while self._spare:
            with suppress(IndexError):
                self._spare.pop().close()


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
        made = self._send(f"/api/v1/batch/{database}?{_PIECES}", lines, "application/x-ndjson", _LOAD_WITHIN)
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
