"""The answers: roles, coverage, conflicts, figures, paths."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from govgraph.graph.errors import NotFound
from govgraph.queries.conflicts import conflicts
from govgraph.queries.conflicts.worklist import NEW, latest
from govgraph.queries.coverage import covering
from govgraph.queries.figures import figures
from govgraph.queries.paths import why
from govgraph.queries.roles import posts, roles
from govgraph.queries.rules import rules
from govgraph.queries.tiers import View, conflicts_seen

from .. import models
from ..answers import LONG, MOST, NO_CONTROL, Page, Text, listed, service
from ..doors import Asking
from ..service import Held, Row
from .parameters import AsOf, Lang, Paging, Place, Texts, day_of

router = APIRouter(tags=["answers"])
UNMARKED = {"status": NEW}
Name = Annotated[str, Query(max_length=LONG, pattern=NO_CONTROL, description="A name, alias, id or key.")]


class Of(StrEnum):
    """What can cover a compound."""

    branch = "branch"
    committee = "committee"
    firm = "firm"
    station = "station"


@router.get("/v1/roles", response_model=models.ListOf[models.Role])
def list_roles(
    request: Request,
    caller: Asking,
    page: Paging,
    person: Annotated[Text | None, Query(examples=["林望舒"])] = None,
    organization: Annotated[Text | None, Query(examples=["潮埠街道党工委"])] = None,
    role: Annotated[Text | None, Query(examples=["业委会主任"])] = None,
    place: Place = None,
    as_of: AsOf = None,
) -> Response:
    """Who holds which post in which body. With a day only what holds on it, surely or possibly; else every term."""
    day = day_of(as_of)

    def compute(held: Held) -> tuple[list[Row], str | None]:
        return posts(held, person=person, organization=organization, role=role, place=place, as_of=day), day

    return listed(request, caller, page, compute, evidence=True)


@router.post("/v1/roles/batch", response_model=models.ListOf[models.BatchRow])
def batch_of_roles(request: Request, caller: Asking, batch: models.Batch) -> Response:
    """The roles of many people or bodies in one call: a row for each name, in their order."""
    day = day_of(batch.as_of)

    def one(held: Held, name: str) -> Row:
        try:
            return {"name": name, "roles": roles(held, name, day)}
        except NotFound as error:
            return {"name": name, "roles": [], "unknown": str(error)}

    def compute(held: Held) -> tuple[list[Row], str | None]:
        return [one(held, name) for name in batch.names], day

    return listed(request, caller, Page(limit=MOST), compute, body=batch.model_dump_json())


@router.get("/v1/coverage", response_model=models.ListOf[models.Coverage])
def list_coverage(
    request: Request, caller: Asking, page: Paging, of: Of = Of.branch, place: Place = None, as_of: AsOf = None
) -> Response:
    """For each compound: is it covered, and by whom; where nobody is known, is it known or the register incomplete?"""
    day = day_of(as_of)

    def compute(held: Held) -> tuple[list[Row], str | None]:
        on = day or held.day()
        return covering(held, of.value, place, on), on

    return listed(request, caller, page, compute, evidence=True)


@router.get("/v1/conflicts", response_model=models.ListOf[models.Conflict])
def list_conflicts(
    request: Request,
    caller: Asking,
    page: Paging,
    place: Place = None,
    as_of: AsOf = None,
    pattern: Texts = None,
    norms: Texts = None,
    verdict: Texts = None,
    lang: Lang = None,
) -> Response:
    """Double posts and ties that close a circle, each judged by the norms in force at that place and day."""
    here, day = service(request), day_of(as_of)
    said = lang or here.lang

    def compute(held: Held) -> tuple[list[Row], str | None]:
        if isinstance(held, View):
            rows = conflicts_seen(
                held, here.whole, place=place, as_of=day, patterns=pattern, packs=norms, verdicts=verdict, lang=said
            )
        else:
            rows = conflicts(held, place=place, as_of=day, patterns=pattern, packs=norms, verdicts=verdict, lang=said)
            marks = latest(held)
            rows = [row | {"status": marks.get(str(row["id"]), UNMARKED)["status"]} for row in rows]
        return rows, day

    return listed(request, caller, page, compute)


@router.get("/v1/figures", response_model=models.ListOf[models.Figure])
def list_figures(request: Request, caller: Asking, page: Paging, place: Place = None) -> Response:
    """Published totals against what is recorded, and whether the totals agree among themselves."""

    def compute(held: Held) -> tuple[list[Row], None]:
        return figures(held, place), None

    return listed(request, caller, page, compute)


@router.get("/v1/rules", response_model=models.ListOf[models.Rule])
def list_rules(request: Request, caller: Asking, page: Paging, place: Place = None, as_of: AsOf = None) -> Response:
    """The rules that documents lay down for a place: met, broken, or not to be judged, and the records that would tell.

    Each comes with the words that bring it into force. Without a place the rules of every place.
    """
    day = day_of(as_of)

    def compute(held: Held) -> tuple[list[Row], str | None]:
        on = day or held.day()
        return rules(held, place, on), on

    return listed(request, caller, page, compute)


@router.get("/v1/paths", response_model=models.ListOf[models.Path])
def list_paths(
    request: Request,
    caller: Asking,
    page: Paging,
    start: Annotated[Name, Query(alias="from", examples=["林望舒"])],
    end: Annotated[Name, Query(alias="to", examples=["潮埠街道党工委"])],
    as_of: AsOf = None,
) -> Response:
    """How two actors are connected: ranked paths, each step with its source."""
    day = day_of(as_of)

    def compute(held: Held) -> tuple[list[Row], str | None]:
        return why(held, start, end, day), day or held.day()

    return listed(request, caller, page, compute)
