"""Who is who: decisions that can be undone."""

from __future__ import annotations

from typing import Annotated

import typer

from govgraph.graph.identity import in_force

from ..app import Context, app, options
from ..output import Column, path

Name = Annotated[str, typer.Argument(help="A name, alias, id or key.")]


@app.command()
def same(context: Context, a: Name, b: Name) -> None:
    """Decide that two actors are one. `undo` takes it back without a trace in the graph."""
    _decide(context, "same", a, b)


@app.command()
def different(context: Context, a: Name, b: Name) -> None:
    """Decide that two keys speak of two actors, whatever their names say."""
    _decide(context, "different", a, b)


@app.command()
def undo(context: Context, decision: Annotated[str, typer.Argument(help="The decision's id, e.g. d3.")]) -> None:
    """Take a decision back. The decision and its undoing both stay on record."""
    o = options(context)
    with o.workspace() as workspace:
        o.write([dict(workspace.decide("undo", decision=decision))])


@app.command()
def decisions(context: Context) -> None:
    """List every decision: who took it, when, and whether it is in force."""
    o = options(context)
    with o.workspace() as workspace:
        known = workspace.log.decisions()
    force = {d["id"] for d in in_force(known)}
    o.write(
        [{**d, "in_force": d["id"] in force} for d in known],
        Column("编号", "id", path("id")),
        Column("类别", "kind", path("kind")),
        Column("甲", "a", path("a")),
        Column("乙", "b", path("b")),
        Column("撤销", "undoes", path("decision")),
        Column("谁", "who", path("who")),
        Column("何时", "when", path("when")),
        Column("有效", "in force", path("in_force")),
    )


def _decide(context: Context, kind: str, a: str, b: str) -> None:
    from govgraph.queries import decide

    o = options(context)
    with o.workspace() as workspace:
        o.write([dict(getattr(decide, kind)(workspace, a, b))])
