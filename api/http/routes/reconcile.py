"""The W3C reconciliation API (0.2): OpenRefine and others match the names of a table of one's own with actors."""

from __future__ import annotations

import json
from html import escape
from typing import Annotated, Any, TypeVar, cast
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool

from govgraph.graph.errors import BadInput, NotFound
from govgraph.graph.vocabulary import vocabulary
from govgraph.queries.search import search
from govgraph.queries.tiers import Tier, attribute_tier, may_see

from .. import models
from ..answers import LONG, NO_CONTROL, send, service
from ..doors import Asking, Caller, Doors
from ..problems import Problem
from ..service import Held, Row

router = APIRouter(tags=["reconciliation"])
SPACE = "urn:govgraph:actor"
SURE = 95
"""A single hit of at least this score is a match without a person looking."""
AT_ONCE = 100
OWN = ("id", "name", "type", "aliases", "place", "roles")
"""What every actor may have, beside the attributes of its type."""
FEW = "MATCH (n:Entity {id: $id}) WHERE n:Actor RETURN n.name AS name, n.type AS type, n.place AS place"
KNOWN = "UNWIND $ids AS id MATCH (n:Entity {id: id}) WHERE n:Actor RETURN n.id AS id, properties(n) AS all"
POSTS = """
UNWIND $ids AS id MATCH (n:Entity {id: id})-[r:HOLDS_POST]-(m:Entity)
RETURN DISTINCT n.id AS id, m.name AS name, r.role AS role ORDER BY id, name, role
"""
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
Prefix = Annotated[str, Query(max_length=LONG, pattern=NO_CONTROL, examples=["潮埠"])]
Cursor = Annotated[int, Query(ge=0, le=1000)]


class Column(BaseModel):
    """A property that is asked of actors."""

    id: str = Field(max_length=LONG)


class Wish(BaseModel):
    """Which properties of which actors a table is to be extended by."""

    ids: list[str] = Field(max_length=1000)
    properties: list[Column] = Field(max_length=50)


WISH = TypeAdapter(Wish)


@router.get("/v1/reconcile", response_model=models.Row)
def manifest(
    request: Request,
    caller: Asking,
    queries: Annotated[
        str | None,
        Query(max_length=50_000, description="A batch of queries as JSON.", examples=['{"q0": {"query": "潮埠街"}}']),
    ] = None,
    extend: Annotated[
        str | None,
        Query(
            max_length=50_000,
            description="Actors and the properties wanted of them, as JSON.",
            examples=['{"ids": ["ee93a96afba7c5b01"], "properties": [{"id": "place"}]}'],
        ),
    ] = None,
) -> Response:
    """What this service offers to reconciliation; with `queries` their candidates, with `extend` what is known of
    actors that were matched."""
    if queries:
        return send(_answers(request, caller, queries))
    if extend:
        return send(_extended(request, caller, extend))
    base = str(request.base_url).rstrip("/")
    v = vocabulary()

    def at(path: str) -> Row:
        return {"service_url": base, "service_path": f"/v1/reconcile/{path}"}

    return send(
        {
            "versions": ["0.2"],
            "name": "govgraph",
            "identifierSpace": SPACE,
            "schemaSpace": "urn:govgraph:type",
            "documentation": f"{base}/docs",
            "batchSize": AT_ONCE,
            "defaultTypes": [{"id": name, "name": v.type(name).en} for name in MAIN],
            "view": {"url": f"{base}/v1/actors/{{{{id}}}}"},
            "preview": {"url": f"{base}/v1/reconcile/preview?id={{{{id}}}}", "width": 400, "height": 120},
            "suggest": {kind: at(f"suggest/{kind}") for kind in ("entity", "property", "type")},
            "extend": {"propose_properties": at("extend/propose"), "property_settings": []},
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
                        "minProperties": 1,
                        "maxProperties": 1,
                        "additionalProperties": False,
                        "properties": {
                            "queries": {"type": "string", "maxLength": 100_000},
                            "extend": {"type": "string", "maxLength": 100_000},
                        },
                    },
                    "example": {"queries": '{"q0": {"query": "潮埠街", "type": "SubDistrict"}}'},
                }
            },
        }
    },
)
async def reconcile(request: Request, caller: Asking) -> Response:
    """The candidates for a batch of names (`queries`), or properties of actors (`extend`), as OpenRefine asks."""
    form = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    for name, answer in (("queries", _answers), ("extend", _extended)):
        if len(form.get(name, ())) == 1:
            return send(await run_in_threadpool(answer, request, caller, form[name][0]))
    raise Problem(400, "the form has no queries; send queries={…} as application/x-www-form-urlencoded")


@router.get("/v1/reconcile/suggest/entity", response_model=models.Row)
def suggest_entity(request: Request, caller: Asking, prefix: Prefix, cursor: Cursor = 0) -> Response:
    """Actors for what somebody is typing."""
    held = service(request).of(caller.tier)
    hits = search(held, prefix, names=held.names()) if prefix else []
    shown = ("id", "name", "description")
    return send({"result": [{k: v for k, v in _candidate(hit).items() if k in shown} for hit in _page(hits, cursor)]})


@router.get("/v1/reconcile/suggest/type", response_model=models.Row)
def suggest_type(request: Request, caller: Asking, prefix: Prefix, cursor: Cursor = 0) -> Response:
    """Types for what somebody is typing, in Chinese or English."""
    known = vocabulary().types.values()
    rows: list[Row] = [
        {"id": t.name, "name": t.en, "description": t.zh} for t in known if _fits(prefix, t.name, t.en, t.zh)
    ]
    return send({"result": _page(rows, cursor)})


@router.get("/v1/reconcile/suggest/property", response_model=models.Row)
def suggest_property(request: Request, caller: Asking, prefix: Prefix, cursor: Cursor = 0) -> Response:
    """Properties for what somebody is typing."""
    rows = [row for row in _properties(caller.tier) if _fits(prefix, str(row["id"]), str(row["name"]))]
    return send({"result": _page(rows, cursor)})


@router.get("/v1/reconcile/extend/propose", response_model=models.Row)
def propose(
    request: Request,
    caller: Asking,
    type: Annotated[str, Query(max_length=LONG, pattern=NO_CONTROL, examples=["PartyOrg"])] = "Actor",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """The properties by which a table of actors of a type can be extended, as far as the caller may see them."""
    return send({"type": type, "limit": limit, "properties": _properties(caller.tier, type)[:limit]})


@router.get("/v1/reconcile/preview", response_class=HTMLResponse)
def preview(
    request: Request,
    caller: Asking,
    id: Annotated[str, Query(max_length=LONG, pattern=NO_CONTROL, examples=["ee93a96afba7c5b01"])],
) -> HTMLResponse:
    """An actor in a few words, as a page to be shown inside another."""
    held = service(request).of(caller.tier)
    with held.reader() as store:
        found = store.read(FEW, {"id": id})
    if not found:
        raise NotFound(f"no actor {id} is known; look for one by name with /v1/actors?q=")
    row, v = found[0], vocabulary().type(str(found[0]["type"]))
    words = [f"{v.zh} {v.en}", str(row["place"] or "")]
    text = "".join(f"<p>{escape(word)}</p>" for word in words if word)
    policy = {"Content-Security-Policy": "default-src 'none'"}
    return HTMLResponse(f"<!doctype html><meta charset=utf-8><h1>{escape(str(row['name']))}</h1>{text}", headers=policy)


def _page(rows: list[Row], cursor: int) -> list[Row]:
    return rows[cursor : cursor + 20]


def _fits(prefix: str, *words: str) -> bool:
    return any(word.casefold().startswith(prefix.casefold()) for word in words)


def _properties(tier: Tier, type: str = "Actor") -> list[Row]:
    """What can be asked of actors of a type or below it: own fields, roles, and attributes that the tier may see."""
    v = vocabulary()
    owners = {label for below in v.descendants(type) for label in (below, *v.labels(below))} if type in v.types else ()
    named = {a.name: a.means for owner in sorted(owners) for a in v.types[owner].attributes.values()}
    seen = [name for name in sorted(named) if any(may_see(tier, attribute_tier(owner, name)) for owner in owners)]
    return [{"id": name, "name": name} for name in (*OWN, *(name for name in seen if name not in OWN))]


def _extended(request: Request, caller: Caller, text: str) -> Row:
    """The properties of actors, from the graph that the caller's tier sees: what it may not see is not in it."""
    wish = _read(WISH, text, '{"ids": ["…"], "properties": [{"id": "place"}]}', "extend")
    held = service(request).of(caller.tier)
    wanted, seen = [column.id for column in wish.properties], {row["id"] for row in _properties(caller.tier)}
    with held.reader() as store:
        found = {str(row["id"]): row["all"] for row in store.read(KNOWN, {"ids": wish.ids})}
        posts: dict[str, list[object]] = {}
        for row in store.read(POSTS, {"ids": wish.ids}) if "roles" in wanted else ():
            posts.setdefault(str(row["id"]), []).append(f"{row['name']} {row['role'] or ''}".strip())
    rows: Row = {}
    for id in wish.ids:
        known = cast("Row", found.get(id) or {})
        own = known | {"roles": posts.get(id)}
        rows[id] = {
            name: _cells(own.get(name, own.get(f"attribute_{name}"))) if name in seen else [] for name in wanted
        }
    doors: Doors = request.app.state.doors
    doors.audit.read(caller, "/v1/reconcile", list(rows.values()), held.newest())
    return {"meta": [{"id": name, "name": name} for name in wanted], "rows": rows}


def _cells(value: object) -> list[Row]:
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [{_cell(one): one if isinstance(one, bool | int | float) else str(one)} for one in values]


def _cell(value: object) -> str:
    return "bool" if isinstance(value, bool) else "float" if isinstance(value, int | float) else "str"


_T = TypeVar("_T")


def _read(shape: TypeAdapter[_T], text: str, example: str, name: str) -> _T:
    try:
        return shape.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        at = ".".join(map(str, first["loc"]))
        raise Problem(400, f"{name} {at}: {first['msg']}", f"write {example}") from None


def _answers(request: Request, caller: Caller, text: str) -> Row:
    batch = _read(BATCH, text, '{"q0": {"query": "a name"}}', "queries")
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
