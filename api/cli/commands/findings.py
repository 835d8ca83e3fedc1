"""Findings as a work list: what was said of each, and files for an auditor."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..app import Context, app, options
from ..labels import label
from ..output import Column, Row, path
from .ask import QUOTE, Place

group = typer.Typer(invoke_without_command=True)
app.add_typer(group, name="findings")

Patterns = Annotated[
    list[str] | None, typer.Option("--pattern", metavar="ID", help="Only this pattern. Repeat for several.")
]
Verdicts = Annotated[
    list[str] | None, typer.Option("--verdict", metavar="V", help="Only this verdict. Repeat for several.")
]


class Status(StrEnum):
    """What a finding is marked as."""

    new = "new"
    confirmed = "confirmed"
    explained = "explained"
    dismissed = "dismissed"
    declared = "declared"


Statuses = Annotated[list[Status] | None, typer.Option("--status", help="Only with this mark. Repeat for several.")]
Finding = Annotated[str, typer.Argument(metavar="ID", help="The id of a finding, as the list shows it.")]


@group.callback()
def start(context: Context) -> None:
    """Findings of conflict as a work list: what was said of each stays over every load. Without a word: the list."""
    if context.invoked_subcommand is None:
        list_(context)


@group.command("list")
def list_(
    context: Context,
    place: Place = None,
    pattern: Patterns = None,
    verdict: Verdicts = None,
    status: Statuses = None,
) -> None:
    """Every finding with its mark. Marked ones whose ground is not as it was, or that are gone, say so."""
    from govgraph.queries.conflicts.worklist import findings

    o = options(context)
    with o.workspace() as workspace:
        rows = findings(
            workspace, place=place, patterns=pattern, verdicts=verdict, statuses=_words(status), lang=o.lang
        )
    o.write(
        rows,
        Column("编号", "id", path("id")),
        Column("处理", "status", lambda row: label(row["status"], o.lang)),
        Column("变化", "changed", lambda row: "、".join(label(word, o.lang) for word in _list(row["changed"]))),
        Column("结论", "verdict", lambda row: label(row.get("verdict"), o.lang)),
        Column("类型", "finding", path("title")),
        Column("人员", "people", path("people")),
        Column("组织", "bodies", path("bodies")),
        Column("备注", "note", path("note")),
        Column("谁", "who", path("who")),
        QUOTE,
    )


@group.command()
def mark(
    context: Context,
    finding: Finding,
    status: Annotated[Status, typer.Argument(help="What it is. `new` takes an earlier mark back.")],
    note: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
) -> None:
    """Say of a finding what it is. Every mark is kept, with who and when; the last one counts."""
    from govgraph.queries.conflicts.worklist import mark as mark_of

    o = options(context)
    with o.workspace() as workspace:
        o.write([mark_of(workspace, finding, status.value, note)])


@group.command()
def history(
    context: Context, finding: Annotated[str | None, typer.Argument(metavar="ID", show_default="all findings")] = None
) -> None:
    """Every mark ever made, oldest first."""
    from govgraph.queries.conflicts.worklist import history as history_of

    o = options(context)
    with o.workspace() as workspace:
        o.write(history_of(workspace, finding))


@group.command()
def export(
    context: Context,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A document to read (.html) or the list (.xlsx).")],
    place: Place = None,
    pattern: Patterns = None,
    verdict: Verdicts = None,
    status: Statuses = None,
) -> None:
    """Write the findings for an auditor, with clauses, quotes and what speaks against them; people in public roles."""
    from govgraph.queries.conflicts.report import export as export_to

    o = options(context)
    with o.workspace() as workspace:
        asked = {"place": place, "patterns": pattern, "verdicts": verdict, "statuses": _words(status)}
        count = export_to(workspace, out, o.lang, **asked)
    o.say(f"{count} findings written to {out}")


def _words(statuses: list[Status] | None) -> list[str] | None:
    return [status.value for status in statuses] if statuses else None


def _list(value: object) -> list[Row]:
    return value if isinstance(value, list) else []
