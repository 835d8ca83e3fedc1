"""Whether the service lives and can answer."""

from __future__ import annotations

import os

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
    """How many requests came to each door, how they ended and how long they took, for Prometheus."""
    here = service(request)
    versions = {f'tier="{tier}",version="{version}"': 1.0 for tier, version in here.versions().items()}
    kept = {f'process="{os.getpid()}"': float(here.kept.rows)}
    gauges = {
        "govgraph_graph": ("The version of the graph that each tier is answered from.", versions),
        "govgraph_kept_rows": ("Rows of answers that are kept.", kept),
    }
    return PlainTextResponse(request.app.state.tally.text(gauges), media_type="text/plain; version=0.0.4")


@router.get("/readyz", response_model=models.Alive)
def readyz(request: Request) -> Response:
    """The graph can be asked. Gives its version and on which engine it is."""
    here = service(request).of(TIERS[-1])
    return send({"status": "ready", "version": here.newest(), "engine": here.engine_name()})
