"""Nodes and links for views."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from govgraph.queries.neighbourhood import HOPS, neighbourhood

from ...view.scene import MOST_ASKED, groups, scene
from .. import models
from ..answers import LONG, NO_CONTROL, single
from ..doors import Asking
from ..problems import Problem
from ..service import Held, Row
from .parameters import AsOf, Place, Relations, Types, day_of

router = APIRouter(tags=["answers"])


Ids = Annotated[list[Annotated[str, Query(max_length=LONG, pattern=NO_CONTROL)]] | None, Query(max_length=MOST_ASKED)]


@router.get("/v1/graph", response_model=models.Graph)
def graph(
    request: Request,
    caller: Asking,
    centre: Annotated[str | None, Query(max_length=LONG, pattern=NO_CONTROL, examples=["潮埠街道"])] = None,
    hops: Annotated[int, Query(ge=0, le=HOPS)] = 1,
    relation: Relations = None,
    type: Types = None,
    place: Place = None,
    id: Ids = None,
    as_of: AsOf = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ASKED, description="Nodes at most; `cut` counts those left out.")] = 300,
    evidence: Annotated[bool, Query(description="Whether links come with their quotes.")] = False,
    grouped: Annotated[
        bool, Query(description="Groups by place and type in place of the actors of a `place`.")
    ] = False,
) -> Response:
    """Nodes and the relations between them: around a `centre` (`relation` and `type` expand only by these), in a
    `place`, or just those with an `id`."""
    day = day_of(as_of)
    if sum(choice is not None for choice in (centre, place, id)) != 1:
        raise Problem(400, "give one of centre, place and id")

    def compute(held: Held) -> Row:
        if centre is not None:
            return neighbourhood(
                held, centre, hops=hops, relations=relation, types=type, as_of=day, most=limit, quotes=evidence
            )
        if grouped and place is not None:
            return groups(held, place, as_of=day, most=limit)
        return scene(held, place=place, ids=id, as_of=day, most=limit, quotes=evidence, tier=caller.tier).row()

    return single(request, caller, compute)
