"""Answers that were sent before, sent again as they are: to the same tier, from the same graph, to the same question.

It stands before the routes and asks of a request what they would: the key, its tier and how often it asks. What is not
known goes on to them. Answers whose reading is noted (`audit/`) are not known here.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from govgraph.graph.errors import GovgraphError
from govgraph.queries.tiers import Tier

from .doors import Caller, Doors, Headers, headers_of
from .service import Service

ROOM = 32 << 20
"""Bytes of answers that are kept."""
LARGE = 1 << 18
"""Bytes from which on an answer is not kept: there is little to gain."""
Key = tuple[str, bool, str, bytes, bytes, bool]


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer as it left, and the stamp of what it depends on."""

    stamp: str
    route: Any
    start: Message
    body: bytes


class Known:
    """Sends what is known, and learns what the routes answer."""

    def __init__(self, app: ASGIApp, service: Service, doors: Doors) -> None:
        self.app, self.service, self.doors = app, service, doors
        self._sent: OrderedDict[Key, Sent] = OrderedDict()
        self._stamps: dict[Tier, str | None] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith("/v1/"):
            return await self.app(scope, receive, send)
        headers = headers_of(scope)
        if b"if-none-match" in headers:
            return await self.app(scope, receive, send)
        try:
            caller = self.doors.caller(scope)
            stamp = self._stamp(caller.tier)
        except GovgraphError:
            stamp = None
        if stamp is None:  # the routes wait for the graph, and say what is wrong
            return await self.app(scope, receive, send)
        key = _key(scope, headers, caller)
        state = scope.setdefault("state", {})
        if (known := self._sent.get(key)) and known.stamp == stamp and "read" in caller.scopes:
            try:
                self.doors.count(scope, caller)
            except GovgraphError:
                return await self.app(scope, receive, send)
            scope["route"], state["caller"] = known.route, caller
            await send({**known.start})
            await send({"type": "http.response.body", "body": known.body})
            return
        state["settled"] = caller, stamp
        await self._learn(key, stamp, scope, receive, send)

    def _stamp(self, tier: Tier) -> str | None:
        """What the service knows to be settled. The requests that are here by now go by one look, which comes after."""
        if not self._stamps:
            asyncio.get_running_loop().call_soon(self._stamps.clear)
        if tier not in self._stamps:
            self._stamps[tier] = self.service.settled(tier)
        return self._stamps[tier]

    async def _learn(self, key: Key, stamp: str, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message | None = None
        parts: list[bytes] = []

        async def seen(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = {**message}
            else:
                parts.append(message.get("body", b""))
            await send(message)

        await self.app(scope, receive, seen)
        # The routes say whether the answer depends on nothing else: see answers.py.
        if start and start["status"] == 200 and scope.get("state", {}).get("same") == stamp:
            self._put(key, Sent(stamp, scope.get("route"), start, b"".join(parts)))

    def _put(self, key: Key, sent: Sent) -> None:
        if len(sent.body) > LARGE:
            return
        with self._lock:
            if old := self._sent.pop(key, None):
                self._bytes -= len(old.body)
            self._sent[key] = sent
            self._bytes += len(sent.body)
            while self._bytes > ROOM:
                self._bytes -= len(self._sent.popitem(last=False)[1].body)


def _key(scope: Scope, headers: Headers, caller: Caller) -> Key:
    """Everything of a request on which an answer depends, beside the graph. Holders of keys are apart: see `audit`."""
    said = scope["path"], scope["query_string"], headers.get(b"host", b""), takes_gzip(headers)
    return (caller.tier, caller.key is None, *said)


def takes_gzip(headers: Headers) -> bool:
    """Whether the caller takes an answer that is compressed."""
    return b"gzip" in headers.get(b"accept-encoding", b"")
