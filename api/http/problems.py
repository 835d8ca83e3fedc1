"""How errors leave: problems by RFC 9457, each with a stable type and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from govgraph.graph.errors import BadInput, Busy, EngineFailure, GovgraphError, NotFound, Refused

MEDIA = "application/problem+json"
TITLES: Mapping[int, tuple[str, str, str]] = {
    400: ("bad-input", "What was asked cannot be read", "see /docs for what this door takes"),
    401: ("no-valid-key", "The key is not valid", "ask the owner of the workspace for a key: govgraph keys add"),
    403: ("refused", "This may not be done here", "ask for a key of a higher tier, or use another door"),
    404: ("not-found", "There is no such thing", "see /docs for the doors there are, /v1/actors?q= for names"),
    405: ("method", "This door takes another method", "see /docs for the method"),
    410: ("cursor-expired", "The list has changed since this cursor was given", "start again without a cursor"),
    413: ("too-large", "The request is too large", "ask for less at a time"),
    422: ("bad-parameter", "A parameter is not what it has to be", "see /docs for what this door takes"),
    429: ("too-many", "Too many requests", "wait for the seconds in Retry-After"),
    500: ("fault", "Something is wrong with govgraph", "look into the log of the service; the fault is not yours"),
    503: ("unavailable", "The graph cannot be asked now", "try again in a few seconds; see /readyz"),
}
"""Status → the end of the type, the title, and the remedy where the error itself names none."""


class Problem(GovgraphError):
    """An error of the service itself, with the status that tells of it."""

    def __init__(self, status: int, detail: str, remedy: str | None = None, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.remedy = status, remedy
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def problem(
    status: int, detail: str, remedy: str | None = None, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """The response for a problem. A message of ours names its remedy after the last semicolon."""
    name, title, otherwise = TITLES.get(status, TITLES[400 if status < 500 else 500])
    said, semicolon, advice = detail.rpartition("; ")
    body = {
        "type": f"urn:govgraph:problem:{name}",
        "title": title,
        "status": status,
        "detail": detail,
        "remedy": remedy or (advice if semicolon and said else otherwise),
        **more,
    }
    text = json.dumps(body, ensure_ascii=False)
    return Response(text.encode("utf-8", "replace"), status, dict(headers or {}), MEDIA)


def status_of(error: GovgraphError) -> int:
    """The status that tells of an error."""
    if isinstance(error, Problem):
        return error.status
    kinds = ((NotFound, 404), (Refused, 403), (EngineFailure, 503), (Busy, 503), (BadInput, 400))
    return next((status for kind, status in kinds if isinstance(error, kind)), 500)


def add_handlers(app: FastAPI) -> None:
    """Every error of the app leaves as a problem."""

    @app.exception_handler(GovgraphError)
    def ours(request: Request, error: GovgraphError) -> Response:
        status = status_of(error)
        headers = dict(getattr(error, "headers", {}))
        if status == 503:
            headers.setdefault("Retry-After", "2")
        return problem(status, str(error), getattr(error, "remedy", None), headers)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        errors = [{"at": ".".join(map(str, e["loc"])), "says": e["msg"]} for e in error.errors()]
        return problem(422, "; ".join(f"{e['at']}: {e['says']}" for e in errors), TITLES[422][2], errors=errors)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        detail = f"no such door: {request.url.path}" if error.status_code == 404 else str(error.detail)
        headers = dict(error.headers or {})
        if error.status_code == 405:
            request.app.openapi()
            path = getattr(request.scope.get("route"), "path_format", request.url.path)
            headers["Allow"] = request.app.state.methods.get(path, "GET")
        return problem(error.status_code, detail, TITLES.get(error.status_code, TITLES[400])[2], headers)

    @app.exception_handler(Exception)
    def fault(request: Request, error: Exception) -> Response:
        return problem(500, f"{type(error).__name__} in {request.url.path}", TITLES[500][2])
