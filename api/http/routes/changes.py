"""What changed between two days or two loads."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from govgraph.queries.changes import KINDS, changes

from .. import models
from ..answers import listed
from ..doors import Asking
from ..service import Held, Row
from .parameters import Paging, Place

router = APIRouter(tags=["answers"])
Moment = Annotated[
    str,
    Query(
        pattern=r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$",
        description="A day, or the moment of a load (UTC).",
    ),
]


class Kind(StrEnum):
    """Began to hold, ended, or became known by a load."""

    began = "began"
    ended = "ended"
    known = "known"


@router.get("/v1/changes", response_model=models.ListOf[models.Change])
def list_changes(
    request: Request,
    caller: Asking,
    page: Paging,
    start: Annotated[Moment, Query(alias="from", examples=["2024-01-01"])],
    end: Annotated[Moment, Query(alias="to", examples=["2025-12-31"])],
    place: Place = None,
    change: Annotated[list[Kind] | None, Query(max_length=3)] = None,
) -> Response:
    """Posts and bonds that began, ended or became known from one day to another, both included."""

    def compute(held: Held) -> tuple[list[Row], None]:
        return changes(held, start, end, place, [kind.value for kind in change] if change else KINDS), None

    return listed(request, caller, page, compute)
