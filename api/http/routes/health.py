"""Whether the service lives and can answer."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from govgraph.queries.tiers import TIERS

from .. import models
from ..answers import send, service

router = APIRouter(tags=["operation"])


@router.get("/healthz", response_model=models.Alive)
def healthz() -> Response:
    """The process lives."""
    return send({"status": "alive"})


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(request: Request) -> PlainTextResponse:
    """How many requests came to each door of this process, how they ended and how long they took, for Prometheus."""
    return PlainTextResponse(request.app.state.tally.text())


@router.get("/readyz", response_model=models.Alive)
def readyz(request: Request) -> Response:
    """The graph can be asked. Gives its version."""
    return send({"status": "ready", "version": service(request).of(TIERS[-1]).newest()})
