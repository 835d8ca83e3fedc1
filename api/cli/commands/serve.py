"""The service over HTTP, and the keys to it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from govgraph.graph.errors import BadInput
from govgraph.graph.workspace import Workspace

from ..app import Context, app, options
from ..output import Column, Format, path

keys = typer.Typer(no_args_is_help=True, help="Keys to the service: who holds one sees what its tier sees.")
app.add_typer(keys, name="keys")


@app.command()
def serve(
    context: Context,
    host: Annotated[
        str, typer.Option(help="Where to listen. Anything but this machine makes callers public.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer side by side.")] = 1,
) -> None:
    """The same answers over HTTP, until Ctrl-C. `/docs` tells what can be asked.

    Without a key and on this machine alone the caller is the owner and sees all. As soon as `govgraph keys add` has
    made a key, or with another --host, a caller without one sees what is public.
    """
    o = options(context)
    with o.workspace() as workspace, _starting(workspace):
        from ...http.run import run  # takes as long as the server takes to start

        run(workspace, host, port, lang=o.lang, say=o.say, workers=workers)


@contextmanager
def _starting(workspace: Workspace) -> Iterator[None]:
    """Let the private server start meanwhile. What may go wrong is said by whoever opens the graph."""
    from govgraph.graph.engine import lease

    with ExitStack() as held, ThreadPoolExecutor(1) as beside:
        if workspace.settings.uri is None:
            beside.submit(lambda: held.enter_context(lease(workspace.root / "engine", workspace.settings)))
        yield


@app.command("bench-service")
def bench_service(
    context: Context,
    size: Annotated[int, typer.Option(min=1000, help="Relations of the city that is made for it.")] = 10_000,
    neo4j: Annotated[
        str | None,
        typer.Option(
            metavar="URI", help="An empty Neo4j for services with py2neo. It is cleared.", show_default="leave it out"
        ),
    ] = None,
    user: Annotated[str, typer.Option(help="Who logs in there.")] = "neo4j",
    password: Annotated[str, typer.Option(envvar="GOVGRAPH_BENCH_PASSWORD", help="The password there.")] = "neo4j",
    minutes: Annotated[float, typer.Option(min=0.1, max=600, help="How long the mixed load lasts.")] = 10.0,
    seconds: Annotated[float, typer.Option(min=0.1, max=600, help="How long each turn of look-ups lasts.")] = 4.0,
    document: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write the page docs/service-performance.md to this file.")
    ] = None,
) -> None:
    """Measure the service under load on a made-up city, beside an empty endpoint and services with py2neo.

    Everything happens in a folder that is thrown away; the workspace is not touched.
    """
    from govgraph.api.bench import service, service_report, theirs

    o = options(context)
    server = theirs.Server(neo4j, user, password) if neo4j else None
    try:
        result = service.measure(size, o.settings, server, minutes, seconds, o.say)
    finally:
        if server:
            server.close()
    if document:
        service_report.write_document(result, document)
    if o.format in (Format.json, Format.jsonl):
        o.write([service_report.data(result)])
        return
    o.write(
        service_report.rows(result),
        Column("类别", "group", path("group")),
        Column("内容", "what", path("what")),
        Column("结果", "found", path("found")),
        Column("目标", "goal", path("limit")),
    )


@keys.command("add")
def keys_add(
    context: Context,
    name: Annotated[str, typer.Argument(help="Whose key it is, in your words.")],
    tier: Annotated[str, typer.Option(help="public, research or restricted: what the key shows.")] = "research",
    days: Annotated[int, typer.Option(help="How long it is valid.")] = 90,
    scope: Annotated[
        list[str] | None, typer.Option(help="read (answers), cypher. Repeat for several.", show_default="read")
    ] = None,
) -> None:
    """Make a key. It is shown this once; hold it out as `Authorization: Bearer KEY`."""
    from govgraph.queries.tiers import TIERS

    from ...http.keys import Keys

    o = options(context)
    if tier not in TIERS:
        raise BadInput(f"{tier} is no tier; use {', '.join(TIERS)}")
    with o.workspace() as workspace:
        key, text = Keys(workspace.root).add(workspace, name, tier, scope or ["read"], days)
    o.write([{"id": key.id, "name": key.name, "tier": key.tier, "expires": key.expires, "key": text}])


@keys.command("list")
def keys_list(context: Context) -> None:
    """Every key ever made, without its secret."""
    from ...http.keys import Keys

    o = options(context)
    with o.workspace() as workspace:
        rows = [key.row() for key in Keys(workspace.root).all()]
    o.write(
        rows,
        Column("编号", "id", path("id")),
        Column("持有人", "name", path("name")),
        Column("权限", "tier", path("tier")),
        Column("范围", "scopes", path("scopes")),
        Column("有效至", "expires", path("expires")),
        Column("状态", "status", path("status")),
    )


@keys.command("revoke")
def keys_revoke(context: Context, id: Annotated[str, typer.Argument(help="Its id, see `keys list`.")]) -> None:
    """End a key at once; a running service notices."""
    from ...http.keys import Keys

    o = options(context)
    with o.workspace() as workspace:
        key = Keys(workspace.root).revoke(workspace, id)
    o.say(f"key {key.id} of {key.name} is revoked")
