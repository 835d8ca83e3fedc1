"""The W3C reconciliation API (0.2): OpenRefine and others match the names of a table of one's own with actors."""

from __future__ import annotations

import json
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool

from govgraph.graph.errors import BadInput, NotFound
from govgraph.graph.vocabulary import vocabulary
from govgraph.queries.search import search

from .. import models
from ..answers import LONG, NO_CONTROL, send, service
from ..doors import Asking, Caller
from ..problems import Problem
from ..service import Held, Row

router = APIRouter(tags=["reconciliation"])
SPACE = "urn:govgraph:actor"
SURE = 95
"""A single hit of at least this score is a match without a person looking."""
AT_ONCE = 100
MAIN = ("PartyOrg", "OwnersCommittee", "PropertyFirm", "Person", "Compound", "Place", "Organization")


class Wanted(BaseModel):
    """One property of a query: only `place` is used."""

    pid: str
    v: Any = None


class Asked(BaseModel):
    """One query of a batch."""

    model_config = ConfigDict(extra="ignore")

    query: str = Field(max_length=LONG)
    type: str | list[str] | None = None
    limit: int = Field(5, ge=1, le=50)
    properties: list[Wanted] = Field(default_factory=list, max_length=20)


BATCH = TypeAdapter(dict[str, Asked])


@router.get("/v1/reconcile", response_model=models.Row)
def manifest(
    request: Request,
    caller: Asking,
    queries: Annotated[str | None, Query(max_length=50_000, description="A batch of queries as JSON.")] = None,
) -> Response:
    """What this service offers to reconciliation; with `queries` their candidates."""
    if queries is not None:
        return send(_answers(request, caller, queries))
    base = str(request.base_url).rstrip("/")
    v = vocabulary()
    return send(
        {
            "versions": ["0.2"],
            "name": "govgraph",
            "identifierSpace": SPACE,
            "schemaSpace": "urn:govgraph:type",
            "defaultTypes": [{"id": name, "name": v.type(name).en} for name in MAIN],
            "view": {"url": f"{base}/v1/actors/{{{{id}}}}"},
            "suggest": {"entity": {"service_url": base, "service_path": "/v1/reconcile/suggest/entity"}},
        }
    )


@router.post(
    "/v1/reconcile",
    response_model=models.Row,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": {
                        "type": "object",
                        "required": ["queries"],
                        "properties": {"queries": {"type": "string", "maxLength": 100_000}},
                    },
                    "example": {"queries": '{"q0": {"query": "潮埠街", "type": "SubDistrict"}}'},
                }
            },
        }
    },
)
async def reconcile(request: Request, caller: Asking) -> Response:
    """The candidates for a batch of names, as OpenRefine asks for them."""
    form = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    if len(form.get("queries", ())) != 1:
        raise Problem(400, "the form has no queries; send queries={…} as application/x-www-form-urlencoded")
    return send(await run_in_threadpool(_answers, request, caller, form["queries"][0]))


@router.get("/v1/reconcile/suggest/entity", response_model=models.Row)
def suggest(
    request: Request,
    caller: Asking,
    prefix: Annotated[str, Query(max_length=LONG, pattern=NO_CONTROL, examples=["潮埠"])],
    cursor: Annotated[int, Query(ge=0, le=1000)] = 0,
) -> Response:
    """Actors for what somebody is typing."""
    held = service(request).of(caller.tier)
    hits = search(held, prefix, names=held.names())[cursor : cursor + 20] if prefix else []
    return send(
        {"result": [{k: v for k, v in _candidate(hit).items() if k in ("id", "name", "description")} for hit in hits]}
    )


def _answers(request: Request, caller: Caller, text: str) -> Row:
    try:
        batch = BATCH.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        at = ".".join(map(str, first["loc"]))
        raise Problem(400, f"queries {at}: {first['msg']}", 'write {"q0": {"query": "a name"}}') from None
    if len(batch) > AT_ONCE:
        raise Problem(400, f"{len(batch)} queries in one batch; send {AT_ONCE} at most")
    held = service(request).of(caller.tier)
    return {key: {"result": _candidates(held, asked)} for key, asked in batch.items()}


def _candidates(held: Held, asked: Asked) -> list[Row]:
    """The best hits; an unknown type or place narrows to nothing, as users of the API expect."""
    types = [asked.type] if isinstance(asked.type, str) else asked.type
    place = next((str(p.v) for p in asked.properties if p.pid == "place" and isinstance(p.v, str)), None)
    try:
        hits = search(held, asked.query, types=types, place=place, names=held.names()) if asked.query else []
    except (BadInput, NotFound):
        return []
    found = [_candidate(hit) for hit in hits[: asked.limit]]
    certain = [row for row in found if float(json.dumps(row["score"])) >= SURE]
    return [row | {"match": len(certain) == 1 and row is certain[0]} for row in found]


def _candidate(hit: Row) -> Row:
    match, type_ = hit["match"], str(hit["type"])
    assert isinstance(match, dict)
    return {
        "id": hit["id"],
        "name": hit["name"],
        "description": hit["place"] or "",
        "type": [{"id": type_, "name": vocabulary().type(type_).en}],
        "score": match["score"],
        "match": False,
    }
