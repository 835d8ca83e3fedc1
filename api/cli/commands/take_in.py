"""Taking in: documents, tables, claims."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from govgraph.graph import period
from govgraph.graph.formats.claims import import_claims
from govgraph.graph.log import Report

from ..app import Context, Options, app, options


class Kind(StrEnum):
    """The formats that `import` reads."""

    claims = "claims"


@app.command()
def load(
    context: Context,
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files, or folders with all that is in them: txt, md, html, docx, pdf, csv, xlsx, zip."),
    ],
    place: Annotated[
        str | None, typer.Option(help="The place that the documents are about, e.g. 浙江省温州市.")
    ] = None,
    published: Annotated[
        str | None, typer.Option(help="The date of the documents: YYYY, YYYY-MM or YYYY-MM-DD.")
    ] = None,
    map: Annotated[Path | None, typer.Option(help="A YAML file that says what the columns of a table are.")] = None,
    complete: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TYPE",
            help="The table lists every TYPE (e.g. OwnersCommittee) of the place at that date. Repeat for several.",
        ),
    ] = None,
    llm: Annotated[
        bool,
        typer.Option("--llm", help="Put texts before the language model of GOVGRAPH_LLM_URL as well (docs/model.md)."),
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes that read.", show_default="the processors, one for few files"),
    ] = None,
) -> None:
    """Documents and tables to claims, then to the graph.

    A file loaded again replaces its earlier version. Example: `govgraph load register.xlsx --place 温州市 --published
    2024-06-30 --complete OwnersCommittee`
    """
    from govgraph.ingest.ask import Endpoint
    from govgraph.ingest.load import Given, read_mapping
    from govgraph.ingest.load import load as load_files

    o = options(context)
    if published:
        period.dates(published)
    with o.workspace() as workspace:
        endpoint = Endpoint.from_settings(o.settings) if llm else None
        given = Given(place, published, read_mapping(map) if map else None, complete or (), endpoint)
        report = load_files(workspace, paths, given, workers)
    end(o, report)


@app.command("map")
def map_(
    context: Context,
    file: Annotated[Path, typer.Argument(help="A table: csv, xlsx, or a document with tables in it.")],
    place: Annotated[str | None, typer.Option(help="The place that the table is about.")] = None,
    published: Annotated[str | None, typer.Option(help="The date of the table.")] = None,
) -> None:
    """Propose what the columns of a table are, for `load --map`. Nothing is stored.

    The proposal is YAML on stdout, to be corrected; what the first ten rows would give is on stderr.
    Example: `govgraph map register.xlsx > map.yaml`, then `govgraph load register.xlsx --map map.yaml`
    """
    from govgraph.ingest.mapping import as_yaml, propose_mapping

    o = options(context)
    proposals = propose_mapping(file, place=place, published=published)
    if o.format_chosen:
        o.write([{"sheet": p.sheet, "map": p.mapping, "claims": p.claims, "refused": p.refusals} for p in proposals])
        return
    print(as_yaml(proposals), end="")
    for proposal in proposals:
        o.say(f"\n{proposal.sheet}: the first rows would give")
        for line in (*map(_told, proposal.claims), *proposal.refusals, *proposal.notes):
            o.say(f"  {line}")


@app.command("import")
def import_(
    context: Context,
    files: Annotated[list[Path], typer.Argument(help="Claims, one JSON object a line.")],
    kind: Annotated[Kind, typer.Option(help="The format of the files.")] = Kind.claims,
) -> None:
    """Claims in the exchange format (docs/claims.md) to the graph.

    What is refused is named by file and line; the good lines are kept. Importing twice changes nothing.
    """
    o = options(context)
    with o.workspace() as workspace:
        report = import_claims(workspace, files)
    end(o, report)


@app.command()
def rebuild(context: Context) -> None:
    """Delete the graph and build it again from claims and decisions."""
    o = options(context)
    with o.workspace() as workspace:
        built = workspace.rebuild()
    o.say(f"{built.nodes} nodes and {built.relations} relations")


def _told(claim: Mapping[str, object]) -> str:
    """A claim in one line: what it says, and the cell that says it."""
    said = [claim.get(name) for name in ("subject", "relation", "object", "type", "name", "counted", "value", "valid")]
    attributes = claim.get("attributes")
    said += [f"{k}={v}" for k, v in attributes.items()] if isinstance(attributes, dict) else []
    evidence = claim.get("evidence")
    first = evidence[0] if isinstance(evidence, list) else evidence
    at = first["locator"] if isinstance(first, dict) else {}
    quote = first["quote"] if isinstance(first, dict) else ""
    words = " ".join(str(part).removeprefix("preview/") for part in said if part is not None)
    return f"{claim['kind']}: {words}  [{at.get('column')}{at.get('row')} “{quote}”]"


def end(o: Options, report: Report) -> None:
    """Say what a load did; exit 1 if something was refused."""
    for note in report.notes:
        o.say(note)
    for refusal in report.refusals:
        typer.echo(str(refusal), err=True)
    done = [f"{report.claims} claims taken in" if report.claims else "nothing new"]
    done += [f"{report.known} known already"] if report.known else []
    done += [f"{report.withdrawn} taken back"] if report.withdrawn else []
    done += [f"{len(report.refusals)} refused"] if report.refusals else []
    o.say(", ".join(done))
    if report.refusals:
        raise typer.Exit(1)
