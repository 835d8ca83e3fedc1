"""Pictures in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from govgraph.graph import period
from govgraph.graph.errors import BadInput

from ..app import Context, app, options
from .ask import AsOf, Place


@app.command()
def view(
    context: Context,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="OUT.html, .svg, .gexf or .graphml.")],
    centre: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who is in the middle: a name, alias, id or key.")
    ] = None,
    hops: Annotated[int, typer.Option(min=0, max=4, help="How many relations to go from there.")] = 2,
    place: Place = None,
    query: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whoever stands in the answer: Q05, or 'Q05 person=林望舒'.")
    ] = None,
    as_of: AsOf = None,
    most: Annotated[int, typer.Option(min=1, max=2000, help="Actors at most.")] = 2000,
    tier: Annotated[str, typer.Option(help="Whom the picture is for: public, research or restricted.")] = "public",
) -> None:
    """A picture in one file: interactive as .html, still as .svg, for Gephi as .gexf or .graphml.

    It opens from disk and asks the network for nothing. Whoever has the file has all that is in it, so that it holds
    what is public unless --tier says more.
    """
    from govgraph.queries.tiers import TIERS

    from ...view import draw

    o = options(context)
    if tier not in TIERS:
        raise BadInput(f"{tier} is no tier; use {', '.join(TIERS)}")
    day = period.day(as_of) if as_of else None
    with o.workspace() as workspace:
        drawn = draw(
            workspace,
            out,
            lang=o.lang,
            tier=tier,
            centre=centre,
            hops=hops,
            place=place,
            query=query,
            as_of=day,
            most=most,
        )
    o.say(f"{out}: {len(drawn.nodes)} actors, {len(drawn.links)} relations, for the {tier} tier")
    if drawn.cut:
        left = ", ".join(f"{n} {type}" for type, n in drawn.cut.items())
        o.say(f"left out, since more than {most} cannot be read: {left}; narrow it with --centre, --hops or --place")
