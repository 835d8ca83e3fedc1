"""Claims that somebody should look at, and what people decide about them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from govgraph.graph.errors import BadInput

from ..app import Context, app, options
from ..labels import label
from ..output import Column, Row, path

group = typer.Typer(invoke_without_command=True)
app.add_typer(group, name="review")

BELOW = 0.8


class Status(StrEnum):
    """What became of a claim."""

    open = "open"
    accepted = "accepted"
    corrected = "corrected"
    rejected = "rejected"


Below = Annotated[float, typer.Option(metavar="0–1", help="Claims less sure than this, and ambiguous ones.")]
Claim = Annotated[str, typer.Argument(metavar="ID", help="The id of a claim, as the list shows it.")]
Claims = Annotated[list[str], typer.Argument(metavar="ID", help="The ids of claims, as the list shows them.")]
Note = Annotated[str, typer.Option(metavar="TEXT", help="Why.")]
Who = Annotated[str | None, typer.Option(metavar="NAME", help="Who says so.", show_default="the user")]


@group.callback()
def start(context: Context) -> None:
    """Claims of low confidence, or read from the context, each with its sentence. Without a word: the list.

    What is decided stays when the document is loaded again, and when newer rules read the same.
    """
    if context.invoked_subcommand is None:
        list_(context)


@group.command("list")
def list_(
    context: Context,
    below: Below = BELOW,
    source: Annotated[str | None, typer.Option(metavar="ID", help="Only of this source.")] = None,
    status: Annotated[
        list[Status] | None, typer.Option(help="With this status, else open. Repeat for several.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="So many, the least sure first.")] = None,
) -> None:
    """The claims to look at, the least sure first, each with its sentence."""
    from govgraph.queries.review import review

    o = options(context)
    with o.workspace() as workspace:
        wanted = [one.value for one in status or (Status.open,)]
        rows = review(workspace, below=below, source=source, statuses=wanted, limit=limit)
    o.write(
        rows,
        Column("编号", "id", path("id")),
        Column("处理", "status", lambda row: label(row["status"], o.lang)),
        Column("原因", "why", lambda row: "、".join(label(word, o.lang) for word in _list(row["why"]))),
        Column("把握", "confidence", path("confidence")),
        Column("内容", "says", path("says")),
        Column("句子", "sentence", path("sentence")),
        Column("来源", "source", path("source")),
        Column("备注", "note", path("note")),
    )


@group.command()
def accept(context: Context, ids: Claims, note: Note = "", who: Who = None) -> None:
    """Say that claims are right: they are then fully sure, and listed no more."""
    from govgraph.queries.review import accept as accept_claims

    o = options(context)
    with o.workspace() as workspace:
        o.write(accept_claims(workspace, ids, note, who))


@group.command()
def reject(context: Context, ids: Claims, note: Note = "", who: Who = None) -> None:
    """Take claims out of the graph. `review undo` brings them back."""
    from govgraph.queries.review import reject as reject_claims

    o = options(context)
    with o.workspace() as workspace:
        o.write(reject_claims(workspace, ids, note, who))


@group.command()
def correct(
    context: Context,
    id: Claim,
    changes: Annotated[
        list[str],
        typer.Argument(metavar="FIELD=VALUE", help="What is right, e.g. role=支部书记, object=KEY, value=12."),
    ],
    note: Note = "",
    who: Who = None,
) -> None:
    """Put what is right in the place of a claim: a claim by you, with the same words behind it."""
    from govgraph.queries.review import correct as correct_claim

    given = dict(_pair(change) for change in changes)
    o = options(context)
    with o.workspace() as workspace:
        o.write(correct_claim(workspace, id, given, note, who))


@group.command()
def undo(
    context: Context,
    review: Annotated[str, typer.Argument(metavar="ID", help="A decision, e.g. r3.")],
    note: Note = "",
    who: Who = None,
) -> None:
    """Take a decision back. The graph is then as if it had never been taken; both stay on record."""
    from govgraph.queries.review import undo as undo_review

    o = options(context)
    with o.workspace() as workspace:
        o.write(undo_review(workspace, review, note, who))


@group.command()
def history(context: Context) -> None:
    """Every decision about a claim, oldest first, and whether it is in force."""
    from govgraph.queries.review import history as history_of

    o = options(context)
    with o.workspace() as workspace:
        o.write(history_of(workspace))


def _pair(change: str) -> tuple[str, str]:
    name, equals, value = change.partition("=")
    if not equals or not name:
        raise BadInput(f"{change} is not FIELD=VALUE; write for example role=支部书记")
    return name.strip(), value.strip()


def _list(value: object) -> list[Row]:
    return value if isinstance(value, list) else []
