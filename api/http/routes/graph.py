"""The neighbourhood of an actor, for views."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from govgraph.queries.neighbourhood import HOPS, neighbourhood

from .. import models
from ..answers import LONG, NO_CONTROL, single
from ..doors import Asking
from .parameters import AsOf, Relations, Types, day_of

router = APIRouter(tags=["answers"])


@router.get("/v1/graph", response_model=models.Graph)
def graph(
    request: Request,
    caller: Asking,
    centre: Annotated[str, Query(max_length=LONG, pattern=NO_CONTROL, examples=["潮埠街道"])],
    hops: Annotated[int, Query(ge=0, le=HOPS)] = 1,
    relation: Relations = None,
    type: Types = None,
    as_of: AsOf = None,
    limit: Annotated[int, Query(ge=1, le=2000, description="Nodes at most; `cut` counts those left out.")] = 300,
) -> Response:
    """The actors around one, and the relations between them. `relation` and `type` expand only by these."""
    day = day_of(as_of)
    return single(
        request,
        caller,
        lambda held: neighbourhood(held, centre, hops=hops, relations=relation, types=type, as_of=day, most=limit),
    )
