"""What the explorer asks beside the answers: what is here and what it is called, and the board of coverage."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from govgraph.queries.board import board

from ...view.look import words
from ...view.scene import census
from .. import models
from ..answers import listed, service, single
from ..doors import Asking
from ..service import Held, Row
from .parameters import AsOf, Paging, Place, day_of

router = APIRouter(tags=["explorer"])


@router.get("/v1/about", response_model=models.About)
def about(request: Request, caller: Asking) -> Response:
    """What is here: the caller's tier, the day of answers that name none, how many actors of each type, and what types
    and relations are called and look like."""
    here = service(request)

    def compute(held: Held) -> Row:
        counts, examples = census(held)
        known: Row = {"tier": caller.tier, "as_of": held.day(), "lang": here.lang}
        return known | {"counts": counts, "examples": examples} | words()

    return single(request, caller, compute)


@router.get("/v1/board", response_model=models.ListOf[models.BoardRow])
def list_board(request: Request, caller: Asking, page: Paging, place: Place = None, as_of: AsOf = None) -> Response:
    """Every compound with its verdicts for branch, committee, firm and station, those with most gaps first. The
    evidence of a verdict is that of /v1/coverage."""
    day = day_of(as_of)

    def compute(held: Held) -> tuple[list[Row], str | None]:
        on = day or held.day()
        return board(held, place, on), on

    return listed(request, caller, page, compute)
