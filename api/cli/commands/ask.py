"""Asking: who held what, what is uncovered, which double posts are conflicts, and anything else in Cypher."""

from __future__ import annotations

import json
from typing import Annotated, Any, cast

import typer

from govgraph.graph import period
from govgraph.graph.errors import BadInput
from govgraph.graph.workspace import Workspace

from ..app import Context, Options, app, options
from ..labels import label
from ..output import Column, Format, Row, path

AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="The day asked about, YYYY-MM-DD.",
        show_default="the newest day a source speaks of",
    ),
]
Of = Annotated[
    str,
    typer.Option(metavar="TYPE", help="branch, committee, firm, station, or any actor of the vocabulary, e.g. 党小组."),
]
Place = Annotated[str | None, typer.Option(metavar="NAME", help="Only what lies in this place.")]
Parameters = Annotated[list[str] | None, typer.Option("-p", metavar="k=v", help="A parameter. Repeat for several.")]

QUOTE = Column("原文", "quote", lambda row: _quote(row))


@app.command()
def roles(
    context: Context,
    name: Annotated[str, typer.Argument(help="A person or a body: name, alias, id or key.")],
    as_of: AsOf = None,
) -> None:
    """The posts of a person, or who holds posts in a body. Without a day every term is listed."""
    from govgraph.queries.roles import roles as roles_of

    o = options(context)
    with o.workspace() as workspace:
        day = period.day(as_of) if as_of else None
        rows = roles_of(workspace, name, day)
    o.answer(
        workspace,
        rows,
        Column("姓名", "person", path("person", "name")),
        Column("职务", "post", path("post", "role")),
        Column("组织", "body", path("organization", "name")),
        Column("所在地", "place", path("place")),
        Column("当日", "holds", lambda row: label(row["holds"], o.lang)),
        Column("确定", "surely", lambda row: _period(row["sure"])),
        Column("可能", "possibly", lambda row: _period(row["possible"])),
        QUOTE,
        Column("来源", "source", lambda row: _source(row)),
        day=day,
    )


@app.command()
def coverage(
    context: Context,
    of: Of = "branch",
    place: Place = None,
    as_of: AsOf = None,
) -> None:
    """For each compound: is it covered, and by whom; where nobody is known, is it known or the register incomplete?"""
    from govgraph.queries.coverage import coverage as coverage_of

    o = options(context)
    with o.workspace() as workspace:
        day = o.day(workspace, as_of)
        rows = coverage_of(workspace, of, place, day)
    o.answer(
        workspace,
        rows,
        Column("小区", "compound", path("compound", "name")),
        Column("所在地", "place", path("place")),
        Column("结论", "verdict", lambda row: label(row["verdict"], o.lang)),
        Column("覆盖组织", "by", path("by")),
        Column("名册", "register", path("register")),
        QUOTE,
        day=day,
    )


@app.command()
def conflicts(
    context: Context,
    place: Place = None,
    as_of: AsOf = None,
    pattern: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this pattern. Repeat for several.")
    ] = None,
    norms: Annotated[
        list[str] | None,
        typer.Option(metavar="PACK", help="Judge by this pack only. Repeat for several.", show_default="all"),
    ] = None,
    verdict: Annotated[
        list[str] | None, typer.Option(metavar="V", help="Only findings with this verdict. Repeat for several.")
    ] = None,
    person: Annotated[str | None, typer.Option(metavar="NAME", help="Only findings with this person.")] = None,
    explain: Annotated[
        str | None, typer.Option(metavar="ID", help="Tell this finding in sentences, each with its source.")
    ] = None,
    would_hold: Annotated[
        str | None,
        typer.Option(
            metavar="ROLE",
            help="What would arise if --person held this post --in a body, --from a day; nothing is written.",
        ),
    ] = None,
    in_: Annotated[str | None, typer.Option("--in", metavar="BODY", help="The body of --would-hold.")] = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="DATE",
            help="First day of --would-hold.",
            show_default="the newest day a source speaks of",
        ),
    ] = None,
) -> None:
    """Double posts and ties that close a circle, each judged by the norms in force at that place and day."""
    o = options(context)
    if explain is not None:
        return _explain(o, explain)
    if would_hold is not None or in_ is not None or from_ is not None:
        return _would_arise(o, person, would_hold, in_, from_)
    from govgraph.queries.conflicts.findings import conflicts as findings
    from govgraph.queries.conflicts.worklist import latest

    day = period.day(as_of) if as_of else None
    with o.workspace() as workspace:
        rows = findings(
            workspace,
            place=place,
            person=person,
            as_of=day,
            patterns=pattern,
            packs=norms,
            verdicts=verdict,
            lang=o.lang,
        )
        marks = latest(workspace)
    for row in rows:
        row["status"] = marks[str(row["id"])]["status"] if row["id"] in marks else "new"
    _write_findings(o, workspace, rows, "status", "处理", day)


def _explain(o: Options, finding: str) -> None:
    from govgraph.queries.conflicts.explain import explain

    with o.workspace() as workspace:
        row = explain(workspace, finding, o.lang)
    if o.format is not Format.table:
        return o.answer(workspace, [row])
    print(row["text"])
    seen = {quoted["number"]: quoted for quoted in cast("list[Row]", row["evidence"])}
    for number, quoted in seen.items():
        print(f"[{number}] {quoted['quote']} — {quoted['title']}")


def _would_arise(o: Options, person: str | None, role: str | None, body: str | None, start: str | None) -> None:
    from govgraph.queries.conflicts.whatif import would_arise

    if person is None or role is None or body is None:
        raise BadInput("an appointment to be checked needs --person NAME --would-hold ROLE --in BODY")
    with o.workspace() as workspace:
        rows = would_arise(workspace, person, role, body, start, o.lang)
    if not rows:
        o.say("no finding would arise")
    _write_findings(o, workspace, rows, "arises", "产生", None)


def _write_findings(o: Options, workspace: Workspace, rows: list[Row], mark: str, zh: str, day: str | None) -> None:
    o.answer(
        workspace,
        rows,
        Column("编号", "id", path("id")),
        Column(zh, mark, lambda row: label(row[mark], o.lang)),
        Column("结论", "verdict", lambda row: label(row["verdict"], o.lang)),
        Column("类型", "pattern", path("pattern")),
        Column("人员", "people", path("people")),
        Column("组织", "bodies", path("bodies")),
        Column("当时", "holds", lambda row: label(row["holds"], o.lang)),
        Column("确定", "surely", lambda row: _period(row["sure"])),
        Column("条款", "norms", _norms),
        Column("反证", "against", path("against")),
        QUOTE,
        day=day,
    )


@app.command()
def figures(context: Context, place: Place = None) -> None:
    """Published totals against what is recorded, and whether the totals agree among themselves."""
    from govgraph.queries.figures import figures as figures_of

    o = options(context)
    with o.workspace() as workspace:
        rows = figures_of(workspace, place)
    o.answer(
        workspace,
        rows,
        Column("所计", "counted", path("reported", "counted")),
        Column("范围", "scope", path("scope", "place")),
        Column("公布", "reported", path("reported", "value")),
        Column("在册", "recorded", path("recorded")),
        Column("相差", "difference", path("difference")),
        Column("结论", "verdict", lambda row: label(row["verdict"], o.lang)),
        Column("与其他数字", "beside others", lambda row: _beside(row, o.lang)),
        QUOTE,
    )


@app.command()
def why(context: Context, a: str, b: str, as_of: AsOf = None) -> None:
    """How two actors are connected: ranked paths, each step with its source."""
    from govgraph.queries.paths import why as paths_of

    o = options(context)
    with o.workspace() as workspace:
        day = period.day(as_of) if as_of else None
        rows = paths_of(workspace, a, b, day)
    o.answer(
        workspace,
        rows,
        Column("路径", "path", lambda row: _walk(row)),
        Column("步数", "steps", path("length")),
        Column("当日", "holds", lambda row: label(row["holds"], o.lang)),
        QUOTE,
    )


@app.command()
def query(
    context: Context,
    name: Annotated[str, typer.Argument(help="A question of the catalogue, e.g. Q05.")],
    p: Parameters = None,
    as_of: AsOf = None,
) -> None:
    """Run a question of the catalogue. `govgraph queries Q05` tells its parameters."""
    from govgraph.queries.catalogue import question, run

    o = options(context)
    with o.workspace() as workspace:
        if day := question(name).day(workspace, as_of):
            o.say(f"as of {day}")
        o.answer(workspace, run(workspace, name, _pairs(p), as_of), day=as_of)


@app.command()
def queries(
    context: Context,
    name: Annotated[str | None, typer.Argument(help="One question, to have it explained with its Cypher.")] = None,
) -> None:
    """List the questions of the catalogue, or explain one."""
    from govgraph.queries.catalogue import question, questions

    o = options(context)
    found = [question(name)] if name else questions()
    o.write(
        [q.row() for q in found],
        Column("编号", "id", path("id")),
        Column("问题", "question", lambda row: path("title", o.lang)(row)),
        *(
            (Column("参数", "parameters", path("parameters")), Column("Cypher", "Cypher", path("cypher")))
            if name
            else ()
        ),
    )


@app.command()
def rules(context: Context, place: Place = None, as_of: AsOf = None) -> None:
    """The rules that documents lay down for a place: met, broken, or not to be judged from the records."""
    from govgraph.queries.rules import rules as rules_of

    o = options(context)
    with o.workspace() as workspace:
        day = o.day(workspace, as_of)
        rows = rules_of(workspace, place, day)
    o.answer(
        workspace,
        rows,
        Column("编号", "id", path("rule")),
        Column("规则", "rule", lambda row: path("title", o.lang)(row)),
        Column("适用于", "holds in", path("place")),
        Column("力度", "strength", path("strength")),
        Column("结论", "verdict", lambda row: label(row["verdict"], o.lang)),
        Column("所涉", "judged", path("judged")),
        Column("违反", "broken", path("broken")),
        Column("待查", "open", path("open")),
        Column("尚需", "needs", path("needs")),
        QUOTE,
        day=day,
    )


@app.command()
def cypher(
    context: Context, text: Annotated[str, typer.Argument(help="A statement that only reads.")], p: Parameters = None
) -> None:
    """Read the graph in Cypher. Example: `govgraph cypher 'MATCH (k:Compound) RETURN k.name AS name' --format csv`"""
    from govgraph.graph.workspace import consistent

    o = options(context)
    parameters = {name: _value(value) for name, value in _pairs(p).items()}
    with o.workspace() as workspace:

        @consistent
        def answer() -> list[Row]:
            with workspace.reader() as store:
                return store.read_untrusted(text, parameters)

        o.answer(workspace, answer())


def _pairs(given: list[str] | None) -> dict[str, str]:
    pairs = {}
    for pair in given or ():
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise BadInput(f"-p {pair} is not a parameter; write -p name=value")
        pairs[name] = value
    return pairs


def _value(text: str) -> object:
    """A parameter is a string unless it parses as JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _period(span: object) -> str:
    return f"{span[0] or '…'} – {span[1] or '…'}" if isinstance(span, list) else ""


def _first(row: Row) -> dict[str, object]:
    evidence = row.get("evidence")
    return evidence[0] if isinstance(evidence, list) and evidence else {}


def _quote(row: Row) -> str:
    quote = str(_first(row).get("quote", ""))
    return quote if len(quote) <= 60 else quote[:59] + "…"


def _source(row: Row) -> str:
    return str(_first(row).get("title", ""))


def _walk(row: Row) -> str:
    steps = row["path"]
    assert isinstance(steps, list) and steps
    return str(steps[0]["from"]["name"]) + "".join(map(_arrow, steps))


def _beside(row: dict[str, Any], lang: str) -> str:
    """How a figure goes with others: ✓ an identity that holds, ≠ what a tension would make it, = a share derived."""
    found = [f"{label(row['identity']['kind'], lang)} ✓"] if row["identity"] and row["identity"]["holds"] else []
    for tension in row["tensions"]:
        expected = f"{tension['expected']:.1%}" if tension["kind"] == "share" else f"{tension['expected']:g}"
        found.append(f"{label(tension['kind'], lang)} ≠ {expected}")
    found += [f"{label('share', lang)} = {row['derived']['share']:.1%}"] if row["derived"] else []
    return "；".join(found)


def _norms(row: Row) -> str:
    norms = row["norms"]
    assert isinstance(norms, list)
    return "；".join(f"{norm['name']} {norm['article']}" for norm in norms)


def _arrow(step: dict[str, Any]) -> str:
    relation = f" ←{step['relation']}– " if step["reversed"] else f" –{step['relation']}→ "
    return relation + str(step["to"]["name"])
