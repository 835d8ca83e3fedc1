"""The app: what every request passes on its way in and out, and the description of all doors."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import models
from .doors import Doors, headers_of
from .known import Known
from .pages import add_pages
from .problems import MEDIA, TITLES, Problem, add_handlers, problem
from .quick import Quick, packed
from .routes import ROUTERS
from .service import Service
from .settings import HttpSettings
from .tally import Tally

log = logging.getLogger("govgraph.http")
ABOUT = """Who governs a residential compound, and by what right. Every answer is the one that the command line gives,
as far as the caller may see it: without a key that is the public tier, where this is not the caller's own machine."""
OTHER = "none"
"""What the log and the counts say instead of a path that is no door: it may hold anything."""
FREE = ("/v1/queries/{name}",)
"""Doors whose parameters are not all known here."""
FILLED_IN = {("/v1/graph", "centre")}
"""Parameters without any of which a door says nothing, though none is needed as such: `/docs` shows them filled in."""
PROBLEMS = {"GET": (400, 401, 403, 404, 410, 422, 429, 503), "POST": (400, 401, 403, 404, 410, 413, 422, 429, 503)}


def create_app(
    service: Service,
    settings: HttpSettings | None = None,
    *,
    exposed: bool = False,
    tallies: Path | None = None,
) -> FastAPI:
    """The app over a workspace. `exposed` says that it listens to more than this machine: callers without a key are
    then public. The graphs are opened when the app starts and closed when it ends. `tallies` is a folder in which
    several workers keep what `/metrics` adds up."""
    settings = settings or HttpSettings()
    doors = Doors(service.whole.root, exposed, settings.anonymous, settings.rate)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        service.open(doors.tiers)
        yield
        service.close()

    app = FastAPI(
        title="govgraph",
        version="1",
        description=ABOUT,
        lifespan=life,
        docs_url=None,
        redoc_url=None,
        root_path=settings.prefix,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # its traces hold what was asked: names
        dependencies=[Depends(_only_known)],
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.service, app.state.doors, app.state.tally = service, doors, Tally(tallies)
    for router in ROUTERS:
        app.include_router(router)
    add_pages(app)
    add_handlers(app)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    app.add_middleware(packed)
    app.add_middleware(Small, most=settings.body)
    app.add_middleware(Quick, service=service, doors=doors)
    app.add_middleware(Known, service=service, doors=doors)
    if settings.cors:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "X-API-Key", "Content-Type", "If-None-Match"],
            expose_headers=["ETag", "Link"],
        )
    app.add_middleware(Logged)
    return app


async def _only_known(request: Request) -> None:
    """A parameter that the door does not take is an error: a misspelt as_of would be answered for another day."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or route.path in FREE:
        return
    known = _takes(route)
    if unknown := [name for name in request.query_params if name not in known]:
        takes = f"it takes {', '.join(known)}" if known else "it takes none"
        raise Problem(400, f"{unknown[0]!r} is no parameter of this door; {takes}")


def _takes(route: APIRoute) -> list[str]:
    """The names of the parameters of a door."""
    return list(dict.fromkeys(_parameters(route.dependant)))


def _parameters(dependant: Dependant) -> Iterator[str]:
    yield from (parameter.alias for parameter in dependant.query_params)
    for below in dependant.dependencies:
        yield from _parameters(below)


def _described(app: FastAPI) -> dict[str, Any]:
    """The description of all doors: every one tells of the problems it may answer with."""
    if app.openapi_schema:
        return app.openapi_schema
    found = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = found["components"]["schemas"]
    schemas["Problem"] = models.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    found["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    app.state.methods = {path: ", ".join(sorted(map(str.upper, ways))) for path, ways in found["paths"].items()}
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            responses = operation["responses"]
            for status in PROBLEMS[method.upper()]:
                responses[str(status)] = {
                    "description": TITLES[status][1],
                    "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            operation["security"] = [{}, {"key": []}]
            for parameter in operation.get("parameters", ()):
                if (path, parameter["name"]) in FILLED_IN:
                    parameter["example"] = next(s["examples"][0] for s in _schemas(parameter) if "examples" in s)
            if any(parameter["name"] == "format" for parameter in operation.get("parameters", ())):
                responses["200"]["content"]["text/csv"] = {"schema": {"type": "string"}}
            if method == "get" and path.startswith("/v1/"):
                responses["304"] = {"description": "The caller has it already"}
            if path.startswith("/v1/actors/{"):
                responses["308"] = {"description": "The actor was merged into another, which Location names"}
    app.openapi_schema = found
    return found


def _schemas(parameter: dict[str, Any]) -> list[dict[str, Any]]:
    """The schema of a parameter, and what it may be instead."""
    return [parameter["schema"], *parameter["schema"].get("anyOf", ())]


class Small:
    """Refuses bodies that are too large, told or not, before anything reads them whole."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app, self.most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        told = headers_of(scope).get(b"content-length", b"0")
        left = self.most if told.isdigit() and int(told) <= self.most else -1

        async def counted() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            return message if left >= 0 else {"type": "http.disconnect"}

        async def unless_too_large(message: Message) -> None:
            if left >= 0:
                await send(message)

        if left >= 0:
            await self.app(scope, counted, unless_too_large)
        if left < 0:
            detail = f"the body is larger than {self.most} bytes; send less at a time"
            await problem(413, detail)(scope, receive, send)


class Line(dict[str, object]):
    """What is noted of a request. As text it is JSON, made only where it is written so."""

    def __str__(self) -> str:
        return json.dumps(self)


class Logged:
    """One line for each request, of what is no personal data: never the path as asked, nor a parameter."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        start, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-content-type-options", b"nosniff")]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            route, caller = scope.get("route"), scope.get("state", {}).get("caller")
            line = Line(
                method=scope["method"],
                door=getattr(route, "path", None) or OTHER,
                status=status,
                ms=round(1000 * (time.perf_counter() - start), 1),
                tier=caller.tier if caller else None,
                key=caller.key if caller else None,
            )
            log.info("%s", line, extra={"request": line})
            tally: Tally = scope["app"].state.tally
            tally.count(scope["method"], str(line["door"]), status, time.perf_counter() - start)
