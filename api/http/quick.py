"""The commonest question, the posts of one person, without the way through the framework, which takes longer than all
the rest.

It calls the door's own function, with the default of every parameter that was not given. Whatever is not exactly that
question goes on to the routes, and so does what they have to wait for, or to refuse: they say why.
"""

from __future__ import annotations

import re

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from govgraph.graph.errors import GovgraphError
from govgraph.queries.roles import at_hand

from .answers import LONG, Page
from .doors import Caller, Doors
from .routes import answers
from .service import Service

TAKES = {"person": re.compile(rf"[^\x00-\x1f\x7f]{{1,{LONG}}}"), "as_of": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")}
"""The parameters of the question, and what the door surely takes for them."""
FEW = 20
"""Posts from which on an answer is worth a thread."""
ROUTE = next(route for route in answers.router.routes if getattr(route, "endpoint", None) is answers.list_roles)
PATH = "/v1/roles"


class Quick:
    """Answers that question where it can be without waiting for anything. `Known` has seen who asks."""

    def __init__(self, app: ASGIApp, service: Service, doors: Doors) -> None:
        self.app, self.service, self.doors = app, service, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller: Caller | None
        caller, stamp = scope.get("state", {}).get("settled", (None, ""))
        if caller is None or scope["path"] != PATH or "read" not in caller.scopes:
            return await self.app(scope, receive, send)
        request = Request(scope)
        given = _given(request)
        if given is None or not self._at_hand(caller, given["person"]):
            return await self.app(scope, receive, send)
        try:
            self.doors.count(request, caller)
            scope["route"], request.state.caller = ROUTE, caller
            with self.service.going_by(caller.tier, stamp):
                response = answers.list_roles(request, caller, Page(), **given)
        except GovgraphError:
            return await self.app(scope, receive, send)
        await response(scope, receive, send)

    def _at_hand(self, caller: Caller, person: str) -> bool:
        store = self.service.of(caller.tier).open_now()
        return store is not None and 0 < at_hand(store, person) <= FEW


def _given(request: Request) -> dict[str, str] | None:
    """The parameters, if they are those of the question."""
    pairs = request.query_params.multi_items()
    good = all(name in TAKES and TAKES[name].fullmatch(value) for name, value in pairs)
    given = dict(pairs)
    return given if good and len(given) == len(pairs) and "person" in given else None
