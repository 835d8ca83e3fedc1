"""What was loaded, and each claim with its words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from govgraph.graph.log import connect, quoted_paths
from govgraph.queries.claims import claim
from govgraph.queries.sources import source_list

from .. import models
from ..answers import LONG, NO_CONTROL, listed, single
from ..doors import Asking
from ..service import Held, HeldView, Row
from .parameters import Paging

router = APIRouter(tags=["sources"])
SHOWN = """
SELECT n.id, count(DISTINCT e.claim) FROM read_parquet(%s) n LEFT JOIN read_parquet(%s) e ON e.source = n.id
WHERE list_contains(n.labels, 'Source') GROUP BY n.id
"""


@router.get("/v1/sources", response_model=models.ListOf[models.Source])
def list_sources(request: Request, caller: Asking, page: Paging) -> Response:
    """Every source that was loaded: its date, its live claims, and whether it was taken back."""

    def compute(held: Held) -> tuple[list[Row], None]:
        rows = source_list(held)
        if isinstance(held, HeldView):
            seen = _seen(held)
            rows = [row | {"claims": seen[str(row["id"])]} for row in rows if row["id"] in seen]
        return rows, None

    return listed(request, caller, page, compute)


@router.get("/v1/claims/{id:path}", response_model=models.Claim)
def one_claim(
    request: Request,
    caller: Asking,
    id: Annotated[str, Path(max_length=LONG, pattern=NO_CONTROL, examples=["c736faf71a0fa00162c0c"])],
) -> Response:
    """One claim as it was stated, with the words behind it."""
    return single(request, caller, lambda held: claim(held, id, caller.tier))


def _seen(held: Held) -> dict[str, int]:
    """The sources in a view, with the number of claims that its tier may see."""
    files = [quoted_paths([held.tables() / f"{name}.parquet"]) for name in ("nodes", "evidence")]
    with connect() as con:
        return dict(con.execute(SHOWN % tuple(files)).fetchall())
