"""Measuring: shares with bounds, what should be there, the network, and spells for R and Stata."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from govgraph.graph import period
from govgraph.graph.errors import BadInput

from ..app import Context, app, options
from ..labels import label
from ..output import Column, Format, Row, path
from .ask import QUOTE, AsOf, Of, Place

Types = Annotated[
    list[str] | None, typer.Option("--type", metavar="TYPE", help="Only these actors. Repeat for several.")
]
Years = Annotated[str | None, typer.Option(metavar="FIRST-LAST", help="The years of a panel, e.g. 2015-2021.")]


class Show(StrEnum):
    """What of a network is shown."""

    actors = "actors"
    interlocks = "interlocks"
    people = "people"
    components = "components"
    bridges = "bridges"


@app.command()
def rates(
    context: Context,
    of: Of = "branch",
    by: Annotated[str, typer.Option(metavar="TYPE", help="The kind of place.")] = "SubDistrict",
    place: Place = None,
    as_of: AsOf = None,
    shared: Annotated[
        bool, typer.Option("--shared", help="Instead: the bodies that are at several compounds.")
    ] = False,
) -> None:
    """What share of the compounds of each place is covered: the lowest and the highest that the sources allow."""
    from govgraph.queries.coverage import shared as shared_of
    from govgraph.queries.rates import rates as rates_of

    o = options(context)
    with o.workspace() as workspace:
        day = o.day(workspace, as_of)
        rows = shared_of(workspace, of, place, day) if shared else rates_of(workspace, of, by, place, day)
    if shared:
        o.answer(
            workspace,
            rows,
            Column("组织", "body", path("body")),
            Column("小区", "compounds", path("compounds")),
            Column("确定", "surely", path("sure")),
            Column("至多", "at most", path("possible")),
            QUOTE,
            day=day,
        )
        return
    o.answer(
        workspace,
        rows,
        Column("地方", "place", path("place")),
        Column("小区数", "compounds", path("compounds")),
        Column("最低", "lowest", lambda row: _percent(row["lowest"])),
        Column("最高", "highest", lambda row: _percent(row["highest"])),
        Column("结论", "verdicts", lambda row: _counts(row["verdicts"], o.lang)),
        Column("小区名册", "register of compounds", path("register")),
        day=day,
    )


@app.command()
def structure(context: Context, place: Place = None, as_of: AsOf = None) -> None:
    """The bodies and posts that a compound should have by the rules of its place, and whether it has them."""
    from govgraph.queries.structure import structure as structure_of

    o = options(context)
    with o.workspace() as workspace:
        day = o.day(workspace, as_of)
        rows = structure_of(workspace, place, day)
    o.answer(
        workspace,
        rows,
        Column("小区", "compound", path("compound")),
        Column("应有", "expected", _expected),
        Column("力度", "strength", path("strength")),
        Column("结论", "verdict", lambda row: label(row["verdict"], o.lang)),
        Column("现有", "by", path("by")),
        Column("依据", "norms", lambda row: _norms(row["norms"])),
        QUOTE,
        day=day,
    )


@app.command()
def network(
    context: Context,
    show: Annotated[Show, typer.Option(help="What to show.")] = Show.actors,
    place: Place = None,
    type: Types = None,
    relation: Annotated[
        list[str] | None,
        typer.Option(metavar="RELATION", help="Only these ties. Repeat for several.", show_default="HOLDS_POST"),
    ] = None,
    as_of: AsOf = None,
    surely: Annotated[bool, typer.Option("--surely", help="Leave out what is only possible.")] = False,
) -> None:
    """Centrality, interlocks, components and bridges of a slice of the graph. Without a day: of all that ever was."""
    from govgraph.queries import network as of

    o = options(context)
    day = period.day(as_of) if as_of else None
    with o.workspace() as workspace:
        trusted = o.trust(workspace)
        part = of.Slice(place, type, tuple(relation or of.POSTS), day, surely, trusted)
        rows = {
            Show.actors: of.actors,
            Show.interlocks: of.interlocks,
            Show.people: of.interlockers,
            Show.components: of.components,
            Show.bridges: of.bridges,
        }[show](workspace, part)
    o.answer(workspace, rows, *_COLUMNS[show], day=day)


@app.command()
def spells(
    context: Context,
    place: Place = None,
    person: Annotated[str | None, typer.Option(metavar="NAME", help="Only the posts of this person.")] = None,
    type: Types = None,
    of: Annotated[
        str | None, typer.Option(metavar="TYPE", help="Instead of posts: how the coverage of compounds changed.")
    ] = None,
    yearly: Annotated[bool, typer.Option("--yearly", help="A row for each year: a panel.")] = False,
    years: Years = None,
) -> None:
    """Who held what from when to when, one flat row for each spell. `--format csv` is what R and Stata read."""
    from govgraph.queries import spells as spells_of

    o = options(context)
    span = _years(years)
    if of and (person or type):
        raise BadInput("--of asks about compounds and --person, --type about posts; give one or the other")
    with o.workspace() as workspace:
        trusted = o.trust(workspace)
        if of:
            rows = (
                spells_of.coverage_panel(workspace, of, span, place)
                if yearly or span
                else spells_of.coverage_spells(workspace, of, place)
            )
        elif yearly or span:
            rows = spells_of.panel(workspace, span, place, person, type, trusted)
        else:
            rows = spells_of.spells(workspace, place, person, type, trusted)
    rows = trusted.rows(rows)
    o.answer(workspace, [_cells(row) for row in rows] if o.format in (Format.csv, Format.table) else rows)


_ACTOR = Column("主体", "actor", path("actor"))
_COLUMNS: dict[Show, tuple[Column, ...]] = {
    Show.actors: (
        _ACTOR,
        Column("类型", "type", path("actor", "type")),
        Column("度", "degree", path("degree")),
        Column("度中心性", "degree centrality", path("degree_centrality")),
        Column("中介中心性", "betweenness", path("betweenness")),
        Column("特征向量中心性", "eigenvector", path("eigenvector")),
        Column("分支", "component", path("component")),
        Column("割点", "cutpoint", path("cutpoint")),
    ),
    Show.interlocks: (
        Column("组织", "bodies", path("bodies")),
        Column("人员", "people", path("people")),
        Column("人数", "strength", path("strength")),
        Column("确定人数", "surely", path("sure_strength")),
        QUOTE,
    ),
    Show.people: (
        Column("姓名", "person", path("person")),
        Column("组织", "bodies", path("bodies")),
        Column("组织数", "strength", path("strength")),
        QUOTE,
    ),
    Show.components: (
        Column("分支", "component", path("component")),
        Column("规模", "size", path("size")),
        Column("占比", "share", path("share")),
        Column("密度", "density", path("density")),
        Column("主体", "actors", path("actors")),
    ),
    Show.bridges: (
        Column("两端", "ends", path("ends")),
        Column("各连", "splits", path("splits")),
        QUOTE,
    ),
}


def _years(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    first, _, last = text.partition("-")
    if not (first.isdigit() and (last or first).isdigit()):
        raise BadInput(f"--years {text} are none; write them as 2015-2021")
    return int(first), int(last or first)


def _cells(row: Row) -> Row:
    """A row of cells: claims as one text, and without the evidence, which is no column of a data set."""
    claims = row["claims"]
    assert isinstance(claims, list)
    return {name: value for name, value in row.items() if name != "evidence"} | {"claims": " ".join(map(str, claims))}


def _percent(share: object) -> str:
    return f"{share:.1%}" if isinstance(share, float) else ""


def _counts(verdicts: object, lang: str) -> str:
    assert isinstance(verdicts, dict)
    return "、".join(f"{label(verdict, lang)} {count}" for verdict, count in verdicts.items())


def _expected(row: Row) -> str:
    expected = row["expected"]
    assert isinstance(expected, dict)
    what = str(expected["role"] or "/".join(expected["types"]))
    return f"{expected['on']['name']}：{what}" if expected["on"] else what


def _norms(norms: object) -> str:
    assert isinstance(norms, list)
    return "；".join(" ".join(filter(None, (norm["law"], norm["article"]))) for norm in norms)
