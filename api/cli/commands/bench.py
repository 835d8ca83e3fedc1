"""How fast it is, in one run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from govgraph.graph.errors import BadInput

from ..app import Context, app, options
from ..output import Column, Format, path


@app.command()
def bench(
    context: Context,
    size: Annotated[int, typer.Option(help="Relations of the city that is made for it.")] = 10_000,
    neo4j: Annotated[
        str | None,
        typer.Option(
            metavar="URI",
            help="An empty Neo4j on this machine, to compare with what one would write instead. It is cleared.",
            show_default="leave that out",
        ),
    ] = None,
    user: Annotated[str, typer.Option(help="Who logs in there.")] = "neo4j",
    password: Annotated[str, typer.Option(envvar="GOVGRAPH_BENCH_PASSWORD", help="The password there.")] = "neo4j",
    reading: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Measure this alone: texts to claims, beside the bare tagger on one core."),
    ] = None,
    document: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write the page docs/performance.md to this file.")
    ] = None,
) -> None:
    """Measure speed, memory and disk on a made-up city, beside what one would write instead, as ratios.

    Everything happens in a folder that is thrown away; the workspace is not touched. With `--format json` every figure
    is given. Example: `govgraph bench --size 100000 --neo4j bolt://127.0.0.1:7687 --password secret`
    """
    from govgraph.api.bench import report, run, theirs

    o = options(context)
    if reading:
        from govgraph.api.bench.reading import reading as read_folder

        o.write([read_folder(reading)])
        return
    if size < run.SMALLEST:
        raise BadInput(f"--size {size} is too small to tell anything; ask for {run.SMALLEST} relations or more")
    server = theirs.Server(neo4j, user, password) if neo4j else None
    try:
        result = run.bench(size, o.settings, server, o.say)
    finally:
        if server:
            server.close()
    if document:
        report.write_document(result, document)
    if o.format in (Format.json, Format.jsonl):
        o.write([report.data(result)])
        return
    o.write(
        report.rows(result),
        Column("类别", "group", path("group")),
        Column("内容", "what", path("what")),
        Column("本工具", "govgraph", path("ours")),
        Column("引擎内", "in the engine", path("in the engine")),
        Column("自写", "instead", path("instead")),
        Column("标尺", "yardstick", path("yardstick")),
        Column("下限", "floor", path("floor")),
        Column("比值", "ratio", path("ratio")),
    )
