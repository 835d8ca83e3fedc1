"""Actors: looking for one, everything about one, and the roles of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from govgraph.graph.compile import RESERVED
from govgraph.graph.errors import NotFound
from govgraph.graph.store import Store
from govgraph.queries.evidence import with_evidence
from govgraph.queries.roles import roles
from govgraph.queries.search import search

from .. import models
from ..answers import LONG, NO_CONTROL, listed, service, single
from ..doors import Asking
from ..service import Held, Row
from .parameters import AsOf, Paging, Place, Types, day_of

router = APIRouter(tags=["actors"])

MERGED = "MATCH (n:Entity) WHERE $id IN n.ids RETURN n.id AS id ORDER BY id LIMIT 1"
TIES = "MATCH (n:Entity {id: $id})-[r]-() RETURN type(r) AS relation, count(r) AS n ORDER BY relation"
FIND = "/v1/actors"
Id = Annotated[str, Path(max_length=LONG, pattern=NO_CONTROL, examples=["e3d1720f68a2a26ac"])]


@router.get("/v1/actors", response_model=models.ListOf[models.Hit])
def find(
    request: Request,
    caller: Asking,
    page: Paging,
    q: Annotated[
        str | None,
        Query(
            max_length=LONG,
            pattern=NO_CONTROL,
            description="A name, alias, short form, id, key, or first letters of pinyin.",
            examples=["潮埠街"],
        ),
    ] = None,
    type: Types = None,
    place: Place = None,
) -> Response:
    """Look for actors by name: the best first, each with the reason of the match. Without `q` all of them."""

    def compute(held: Held) -> tuple[list[Row], None]:
        return search(held, q, types=type, place=place, names=held.names()), None

    return listed(request, caller, page, compute)


@router.get("/v1/actors/{id}", response_model=models.Actor)
def actor(request: Request, caller: Asking, id: Id) -> Response:
    """Everything about one actor that the caller may see."""
    if moved := _moved(request, caller, id, ""):
        return moved
    return single(request, caller, lambda held: _actor(held, id))


@router.get("/v1/actors/{id}/roles", response_model=models.ListOf[models.Role])
def roles_of(request: Request, caller: Asking, page: Paging, id: Id, as_of: AsOf = None) -> Response:
    """The posts of a person, or who holds posts in a body. Without a day every term."""
    if moved := _moved(request, caller, id, "/roles"):
        return moved
    day = day_of(as_of)

    def compute(held: Held) -> tuple[list[Row], str | None]:
        return roles(held, id, day), day

    return listed(request, caller, page, compute)


def _moved(request: Request, caller: Asking, id: str, rest: str) -> Response | None:
    """Where an actor is that was merged into another. Raises NotFound for an id that no actor has or had."""
    with service(request).of(caller.tier).reader() as store:
        if _one(store, id):
            return None
        now = store.read(MERGED, {"id": id})
    if not now:
        raise NotFound(f"no actor {id} is known; look for one by name with {FIND}?q=")
    query = f"?{request.url.query}" if request.url.query else ""
    prefix = request.scope.get("root_path", "")
    return RedirectResponse(f"{prefix}{FIND}/{now[0]['id']}{rest}{query}", 308)


def _one(store: Store, id: str) -> Mapping[str, object] | None:
    found = store.read("MATCH (n:Entity {id: $id}) RETURN n", {"id": id})
    node = found[0]["n"] if found else None
    return node if isinstance(node, dict) else None


def _actor(held: Held, id: str) -> Row:
    with held.reader() as store:
        node = _one(store, id)
        if node is None:
            raise NotFound(f"no actor {id} is known; look for one by name with {FIND}?q=")
        ties = store.read(TIES, {"id": id})
    attributes = {name.removeprefix("attribute_"): node[name] for name in sorted(node) if name not in RESERVED}
    row: Row = {
        "id": node["id"],
        "type": node["type"],
        "labels": node["labels"],
        "name": node["name"],
        "aliases": node.get("aliases") or [],
        "place": node.get("place"),
        "places": node.get("place_names") or [],
        "attributes": attributes,
        "relations": {str(tie["relation"]): tie["n"] for tie in ties},
        "sources": node.get("sources") or [],
        "claims": node.get("claims") or [],
    }
    return with_evidence(held, [row])[0]
