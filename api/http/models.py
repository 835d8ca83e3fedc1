"""The shapes of answers, for the description of the service. The rows themselves leave as the library gives them.

Every field may be missing: `fields=` leaves out what is not asked for, and a lower tier does not get what it may not
see.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Span = Annotated[
    list[str | None] | None,
    Field(description="[from, to] with `to` exclusive and null for an unbounded end; null for no period at all"),
]
Claims = Annotated[list[str] | None, Field(description="ids of the claims it rests on; /v1/claims/{id} has each")]


class Shape(BaseModel):
    """An object of which more fields may come in time."""

    model_config = ConfigDict(extra="allow")


class Named(Shape):
    id: str | None = Field(None, examples=["e1a2b3c4d5e6f708"])
    name: str | None = Field(None, examples=["望江街道"])


class Typed(Named):
    type: str | None = Field(None, examples=["SubDistrict"])


class Quote(Shape):
    """The words behind a claim. `quote` is missing where the caller may not see the words around it."""

    claim: str | None = None
    source: str | None = None
    title: str | None = None
    locator: dict[str, Any] | None = None
    quote: str | None = None


class Based(Shape):
    claims: Claims = None
    evidence: list[Quote] | None = None


class Post(Shape):
    role: str | None = None
    manner: str | None = None


class Role(Based):
    person: Named | None = None
    post: Post | None = None
    organization: Typed | None = None
    place: str | None = None
    holds: str | None = Field(None, description="yes, possibly or no")
    valid: str | None = None
    sure: Span = None
    possible: Span = None
    disagrees: Claims = None


class Body(Typed):
    form: str | None = None


class Coverage(Based):
    compound: Named | None = None
    place: str | None = None
    verdict: str | None = Field(None, examples=["covered_jointly"])
    by: list[Body] | None = None
    register_: str | None = Field(None, alias="register")


class Step(Shape):
    from_: Typed | None = Field(None, alias="from")
    relation: str | None = None
    to: Typed | None = None
    role: str | None = None
    kinship: str | None = None
    valid: str | None = None
    sure: Span = None
    possible: Span = None
    reversed: bool | None = None
    claims: list[str] | None = None


class Norm(Shape):
    id: str | None = None
    place: str | None = None
    law: str | None = None
    article: str | None = None
    summary: str | None = None
    verdict: str | None = None
    valid: str | None = None
    consequence: str | None = None
    quote: str | None = None


class Term(Shape):
    holds: str | None = None
    sure: Span = None
    possible: Span = None
    path: list[Step] | None = None
    claims: Claims = None


class Conflict(Based):
    """A finding. To a tier that may not see kinship a relative has no id and no name."""

    id: str | None = None
    pattern: str | None = None
    title: str | None = None
    people: list[Named] | None = None
    bodies: list[Typed] | None = None
    path: list[Step] | None = None
    place: str | None = None
    holds: str | None = None
    sure: Span = None
    possible: Span = None
    verdict: str | None = None
    norms: list[Norm] | None = None
    against: list[str] | None = None
    terms: list[Term] | None = None
    status: str | None = Field(None, description="what it was marked as; only where all is seen", examples=["new"])


class Figure(Based):
    figure: str | None = None
    reported: dict[str, Any] | None = None
    recorded: int | None = None
    difference: float | None = None
    verdict: str | None = None
    scope: dict[str, Any] | None = None
    identity: dict[str, Any] | None = None


class Rule(Based):
    rule: str | None = Field(None, description="its id; /v1/queries/{rule} lists what breaks it", examples=["R01"])
    title: dict[str, str] | None = None
    place: str | None = Field(None, description="where it is in force")
    strength: str | None = Field(None, examples=["must"])
    valid: str | None = None
    said: str | None = None
    holds: str | None = None
    verdict: str | None = Field(None, description="met, broken, unknown or listed")
    judged_in: str | None = None
    judged: int | None = Field(None, description="to how much it applies there")
    broken: int | None = None
    open: int | None = Field(None, description="what possibly breaks it")
    needs: list[str] | None = Field(None, description="the records that would tell, where it cannot be judged")
    parameters: dict[str, str] | None = None


class PathStep(Step):
    claims: Claims = None
    ties: int | None = Field(
        None, description="how many relations the actor to which it leads has: the fewer, the rarer"
    )


class Path(Based):
    path: list[PathStep] | None = None
    length: int | None = None
    holds: str | None = None
    sure: Span = None
    possible: Span = None
    strength: float | None = Field(None, description="from 0 to 1: the kinds of its relations, and how rare they are")


class Match(Shape):
    reason: str | None = Field(None, examples=["short form"])
    text: str | None = None
    score: float | None = None


class Hit(Typed):
    aliases: list[str] | None = None
    place: str | None = None
    match: Match | None = Field(None, description="why it is a hit, where a text was asked for")


class Actor(Based, Typed):
    labels: list[str] | None = None
    aliases: list[str] | None = None
    place: str | None = None
    places: list[str] | None = Field(None, description="names of what it lies in, the nearest first")
    attributes: dict[str, Any] | None = None
    relations: dict[str, int] | None = Field(None, description="how many relations of each kind it has")
    sources: list[str] | None = None
    version: str | None = None


class Source(Shape):
    id: str | None = None
    title: str | None = None
    type: str | None = None
    published: str | None = None
    publisher: str | None = None
    place: str | None = None
    url: str | None = None
    status: str | None = None
    claims: int | None = None


class Claim(Shape):
    """A claim in the format of docs/claims.md."""

    id: str | None = None
    kind: str | None = None
    evidence: Any = None
    version: str | None = None


class Change(Based):
    id: str | None = None
    change: str | None = Field(None, description="began, ended or known")
    day: str | None = None
    surely: bool | None = None
    from_: Typed | None = Field(None, alias="from")
    relation: str | None = None
    to: Typed | None = None
    role: str | None = None
    valid: str | None = None
    sure: Span = None
    possible: Span = None


class Link(Shape):
    id: str | None = None
    from_: str | None = Field(None, alias="from")
    relation: str | None = None
    to: str | None = None
    role: str | None = None
    valid: str | None = None
    sure: Span = None
    possible: Span = None
    claims: Claims = None
    evidence: list[Quote] | None = None
    count: int | None = Field(None, description="how many relations between two groups it stands for")


class NodeInView(Typed):
    place: str | None = None
    hops: int | None = None
    count: int | None = Field(None, description="how many actors a group stands for")


class Graph(Shape):
    centre: list[str]
    nodes: list[NodeInView]
    links: list[Link]
    cut: dict[str, int] = Field(description="how many were found and left out, by type")
    complete: bool
    version: str


class About(Shape):
    tier: str
    as_of: str
    lang: str
    counts: dict[str, int] = Field(description="how many actors there are of each type")
    examples: list[Typed] = Field(description="some with many relations, to begin with")
    types: dict[str, dict[str, Any]]
    relations: dict[str, dict[str, Any]]
    looks: dict[str, dict[str, Any]]
    version: str


class Cell(Shape):
    verdict: str | None = Field(None, examples=["uncovered"])
    by: list[Body] | None = None
    register_: str | None = Field(None, alias="register")


class BoardRow(Shape):
    compound: Named | None = None
    place: str | None = None
    sub_district: Named | None = None
    community: Named | None = None
    branch: Cell | None = None
    committee: Cell | None = None
    firm: Cell | None = None
    station: Cell | None = None
    gaps: int | None = Field(None, description="kinds known to be missing")
    unknown: int | None = Field(None, description="kinds of which nothing is known")
    covered: int | None = None
    claims: Claims = None


class Question(Shape):
    id: str | None = Field(None, examples=["Q05"])
    name: str | None = None
    title: dict[str, str] | None = None
    for_: str | None = Field(None, alias="for")
    parameters: list[str] | None = None
    columns: dict[str, str] | None = None
    means: str | None = None
    does_not_mean: str | None = None
    cypher: str | None = None


class Statement(BaseModel):
    """A statement that only reads."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"query": "MATCH (k:Compound) RETURN k.name AS name"}]})

    query: str = Field(min_length=1, max_length=20_000)
    parameters: dict[str, Any] = Field(default_factory=dict, max_length=100)


class Batch(BaseModel):
    """People and bodies whose roles are asked for at once."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"names": ["林望舒", "潮埠街道党工委"]}]})

    names: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(min_length=1, max_length=100)
    as_of: str | None = Field(None, json_schema_extra={"format": "date"}, max_length=10)


class BatchRow(Shape):
    name: str | None = None
    roles: list[Role] | None = None
    unknown: str | None = Field(None, description="why there are none: nobody bears the name")


Of = TypeVar("Of")


class ListOf(BaseModel, Generic[Of]):
    """A page of a list."""

    items: list[Of]
    next: str | None = Field(description="give it as `cursor` for the next page; null on the last one")
    total: int | None = Field(description="rows on all pages; null where there are more than can be paged through")
    as_of: str | None = Field(description="the day the answer is for; null where it is for every day")
    version: str = Field(description="the version of the graph that the list is from")


class Row(Shape):
    """The columns that the question or the statement names."""


class Alive(Shape):
    status: str
    version: str | None = Field(None, description="of the graph")
    engine: str | None = Field(None, description="embedded or neo4j")


class Problem(BaseModel):
    """What went wrong, by RFC 9457."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:govgraph:problem:not-found"])
    title: str
    status: int
    detail: str
    remedy: str
