"""Keeping house: what was loaded, what goes out, the engine."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from govgraph.graph.formats.claims import export_claims
from govgraph.graph.formats.cypher import export_cypher
from govgraph.graph.formats.folder import export_graph
from govgraph.graph.formats.neo4j_csv import export_neo4j_csv
from govgraph.queries.sources import source_list as sources_of
from govgraph.queries.sources import source_show as one_source

from ..app import Context, app, options
from ..output import Column, path
from .take_in import end

if TYPE_CHECKING:
    from govgraph.graph.engine import Address

source = typer.Typer(no_args_is_help=True, help="What was loaded; take a source back.")
engine = typer.Typer(no_args_is_help=True, help="The private graph server of the workspace.")
app.add_typer(source, name="source")
app.add_typer(engine, name="engine")


class What(StrEnum):
    """What can be exported."""

    claims = "claims"
    graph = "graph"
    cypher = "cypher"
    neo4j_csv = "neo4j-csv"


GRAPHS = {What.graph: export_graph, What.cypher: export_cypher, What.neo4j_csv: export_neo4j_csv}


@app.command()
def export(
    context: Context,
    what: Annotated[What, typer.Argument(help="claims, cypher: a file; graph, neo4j-csv: a folder.")],
    out: Annotated[Path, typer.Argument(help="File or folder to write.")],
) -> None:
    """Write claims, the compiled graph, a Cypher script for any Neo4j, or files for `neo4j-admin database import`.

    Sorted: the same claims give the same bytes.
    """
    o = options(context)
    with o.workspace() as workspace:
        if what is What.claims:
            o.say(f"{export_claims(workspace, out)} claims to {out}")
        else:
            nodes, relations = GRAPHS[what](workspace, out)
            o.say(f"{nodes} nodes and {relations} relations to {out}")


@source.command("list")
def source_list(context: Context) -> None:
    """Every source that was loaded: its date, its live claims, and whether it was taken back."""
    o = options(context)
    with o.workspace() as workspace:
        rows = sources_of(workspace)
    o.write(
        rows,
        Column("编号", "id", path("id")),
        Column("标题", "title", path("title")),
        Column("类别", "type", path("type")),
        Column("日期", "published", path("published")),
        Column("断言", "claims", path("claims")),
        Column("状态", "status", path("status")),
    )


@source.command("show")
def source_show(context: Context, id: str) -> None:
    """One source with everything it says."""
    o = options(context)
    with o.workspace() as workspace:
        rows = one_source(workspace, id)
    o.write(
        rows,
        Column("断言", "claim", path("claim")),
        Column("类别", "kind", path("kind")),
        Column("内容", "says", path("says")),
        Column("原文", "quote", path("quote")),
    )


@source.command("retract")
def source_retract(context: Context, id: str) -> None:
    """Take a source back: what rested on it alone leaves the graph. Loading it again brings it back."""
    o = options(context)
    with o.workspace() as workspace:
        end(o, workspace.retract(id))


@engine.command("status")
def engine_status(context: Context) -> None:
    """Start the private server if need be; print its address and the reader's login, for any Neo4j client.

    `views` lists the servers that run for the lower tiers of the service.
    """
    from govgraph.graph.engine import lease, status
    from govgraph.queries.tiers import views

    o = options(context)
    with o.workspace() as workspace, lease(workspace.root / "engine", o.settings) as at:
        beside = {root: found for root in views(workspace.root) if (found := status(root))}
        lower = [{"view": root.parent.name} | _login(root, found) for root, found in beside.items()]
        o.write([_login(workspace.root / "engine", at) | {"views": lower}])


def _login(root: Path, at: Address) -> dict[str, object]:
    from govgraph.graph.engine import current

    user, password = at.reader
    return {"uri": at.uri, "user": user, "password": password, "database": current(root), "pid": at.pid}


@engine.command("stop")
def engine_stop(context: Context) -> None:
    """Stop the private server, and those of the views of lower tiers. The next command starts what it needs again."""
    from govgraph.graph.engine import stop
    from govgraph.queries.tiers import views

    o = options(context)
    with o.workspace() as workspace:
        stopped = [stop(root) for root in (workspace.root / "engine", *views(workspace.root))]
        o.say("stopped" if any(stopped) else "it was not running")


@app.command()
def doctor(context: Context) -> None:
    """Look for what is wrong with this set-up: folder, claims, graph, engine, the data that came with govgraph."""
    from govgraph.queries.doctor import examine

    o = options(context)
    with o.workspace() as workspace:
        findings = examine(workspace)
    o.write(
        findings,
        Column("检查", "check", path("check")),
        Column("结果", "result", path("result")),
        Column("说明", "detail", path("detail")),
    )
    if any(row["result"] == "bad" for row in findings):
        raise typer.Exit(1)
