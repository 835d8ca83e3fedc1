"""The commonest question, the posts of one person, without the way through the framework, which takes longer than all
the rest.

It is computed as the door computes it, from the look-ups alone. Whatever is not exactly that question goes on to the
routes, and so does what they have to wait for, or to refuse: they say why.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

from fastapi import Response
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from govgraph.graph.errors import GovgraphError
from govgraph.queries.evidence import with_evidence
from govgraph.queries.roles import at_hand

from .answers import LONG, at_once
from .doors import Caller, Doors, headers_of
from .known import takes_gzip
from .routes import answers
from .routes.parameters import day_of
from .service import Service, version_of

TAKES = {"person": re.compile(rf"[^\x00-\x1f\x7f]{{1,{LONG}}}"), "as_of": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")}
"""The parameters of the question, and what the door surely takes for them."""
FEW = 20
"""Posts from which on an answer is worth a thread."""
ROUTE = next(route for route in answers.router.routes if getattr(route, "endpoint", None) is answers.list_roles)
PATH = "/v1/roles"
LEAST = 1000
"""Bytes of an answer from which on it is sent compressed to those who take that."""


class Quick:
    """Answers that question where it can be without waiting for anything. `Known` has seen who asks."""

    def __init__(self, app: ASGIApp, service: Service, doors: Doors) -> None:
        self.app, self.service, self.doors = app, service, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: Response | None = None
        if scope["type"] == "http" and scope["path"] == PATH and (seen := scope.get("state", {}).get("settled")):
            answer = self._answer(scope, *seen)
        if answer is None:
            await self.app(scope, receive, send)
        elif len(answer.body) < LEAST:  # as `packed` decides, which takes a sixth of the time of a look-up for it
            await answer(scope, receive, send)
        elif takes_gzip(headers_of(scope)):
            await packed(answer)(scope, receive, send)
        else:
            answer.headers.add_vary_header("Accept-Encoding")
            await answer(scope, receive, send)

    def _answer(self, scope: Scope, caller: Caller, stamp: str) -> Response | None:
        held = self.service.of(caller.tier)
        given, ready = _given(scope["query_string"]), held.at_hand(version_of(stamp))
        if given is None or ready is None or "read" not in caller.scopes:
            return None
        look, today = ready
        try:
            day = day_of(given.get("as_of"))
            rows = at_hand(look, given["person"], day or today, every=day is None, most=FEW)
            if rows is None:
                return None
            self.doors.count(scope, caller)
        except GovgraphError:
            return None
        scope["route"], scope["state"]["caller"] = ROUTE, caller
        return at_once(scope, caller, with_evidence(held, rows, look), day, stamp)


def packed(app: ASGIApp) -> ASGIApp:
    """An app whose answers are compressed for those who take that."""
    return GZipMiddleware(app, minimum_size=LEAST, compresslevel=5)


def _given(query: bytes) -> dict[str, str] | None:
    """The parameters, if they are those of the question."""
    given: dict[str, str] = {}
    for part in query.decode("latin-1").split("&"):
        name, _, value = part.partition("=")
        given[name] = value = unquote_plus(value) if name in TAKES and name not in given else ""
        if not value or not TAKES[name].fullmatch(value):
            return None
    return given if "person" in given else None
