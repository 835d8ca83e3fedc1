"""Questions of the catalogue, and statements of one's own."""

from __future__ import annotations

import json
import re
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from govgraph.queries.catalogue import question, questions, run

from .. import models
from ..answers import LONG, NO_CONTROL, Page, listed
from ..doors import Asking
from ..problems import Problem
from ..service import Held, Row
from .parameters import Paging

router = APIRouter(tags=["questions"])
MOST_ROWS = 10_000
Name = Annotated[str, Path(max_length=LONG, pattern=NO_CONTROL, examples=["Q05"])]


@router.get("/v1/queries", response_model=models.ListOf[models.Question])
def list_queries(request: Request, caller: Asking, page: Paging) -> Response:
    """The questions of the catalogue, with what an answer means and the Cypher that runs."""

    def compute(held: Held) -> tuple[list[Row], None]:
        return [q.row() for q in questions()], None

    return listed(request, caller, page, compute)


@router.get(
    "/v1/queries/{name}",
    response_model=models.ListOf[models.Row],
    openapi_extra={
        "parameters": [
            {
                "name": "parameters",
                "in": "query",
                "style": "form",
                "explode": True,
                "description": "The parameters of the question, as /v1/queries names them.",
                "schema": {
                    "type": "object",
                    "additionalProperties": {"type": "string", "maxLength": LONG, "pattern": NO_CONTROL},
                },
                "example": {"person": "林望舒"},
            }
        ]
    },
)
def ask(request: Request, caller: Asking, page: Paging, name: Name) -> Response:
    """The answer to a question of the catalogue."""
    given = {k: v for k, v in request.query_params.items() if k not in Page.__dataclass_fields__}
    if any(len(v) > LONG or not re.match(NO_CONTROL, v) for v in given.values()):
        raise Problem(422, f"a parameter is longer than {LONG} characters, or holds control characters")

    def compute(held: Held) -> tuple[list[Row], str | None]:
        asked = question(name)
        rows = run(held, name, given)
        return rows, asked.day(held, given.get("as_of"))

    return listed(request, caller, page, compute)


@router.post("/v1/cypher", response_model=models.ListOf[models.Row])
def cypher(request: Request, caller: Asking, page: Paging, statement: models.Statement) -> Response:
    """Read the graph in Cypher, from the tier research on: a graph that holds only what the caller's tier may see."""
    if caller.tier == "public" or "cypher" not in caller.scopes:
        raise Problem(
            403, "statements of one's own need a key of the tier research with the scope cypher; ask the owner for one"
        )

    def compute(held: Held) -> tuple[list[Row], None]:
        with held.reader() as store:
            rows = store.read_untrusted(statement.query, statement.parameters, limit=MOST_ROWS + 1)
        if len(rows) > MOST_ROWS:
            raise Problem(400, f"the statement has more than {MOST_ROWS} rows; write a LIMIT, or narrow it")
        return rows, None

    body = json.dumps([statement.query, statement.parameters], sort_keys=True)
    return listed(request, caller, page, compute, body=body)
