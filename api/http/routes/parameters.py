"""Parameters that several doors take. They are the command's options."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Query

from govgraph.graph import period
from govgraph.graph.vocabulary import vocabulary

from ..answers import LONG, NO_CONTROL, Page, Text, paging

Paging = Annotated[Page, Depends(paging)]
AsOf = Annotated[
    str | None,
    Query(
        pattern=r"^\d{4}-\d{2}-\d{2}$",
        json_schema_extra={"format": "date"},
        description="The day asked about.",
        examples=["2025-06-30"],
    ),
]
Place = Annotated[
    str | None,
    Query(max_length=LONG, pattern=NO_CONTROL, description="Only what lies in this place.", examples=["潮埠街道"]),
]
Lang = Annotated[Literal["zh", "en"] | None, Query(description="Language of what is said; by default the service's.")]
Texts = Annotated[list[Text] | None, Query(max_length=50)]
# The library checks them and refuses with the nearest name; the description of the service names all.
_Type = Annotated[str, Query(max_length=LONG, json_schema_extra={"enum": [*sorted(vocabulary().types)]})]
_Relation = Annotated[str, Query(max_length=LONG, json_schema_extra={"enum": [*sorted(vocabulary().relations)]})]
Types = Annotated[list[_Type] | None, Query(max_length=50, description="Types, or what lies below them.")]
Relations = Annotated[list[_Relation] | None, Query(max_length=50, description="Kinds of relations.")]


def day_of(as_of: str | None) -> str | None:
    """The day, checked. Raises BadInput for one that is not in the calendar."""
    return period.day(as_of) if as_of is not None else None
