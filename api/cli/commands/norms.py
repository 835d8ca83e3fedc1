"""Norm packs: which count, what they say, whether one is whole, and what it would change."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from ..app import Context, app, options
from ..labels import label
from ..output import Column, Row, path

norms = typer.Typer(no_args_is_help=True)
app.add_typer(
    norms,
    name="norms",
    help="""Norm packs: the laws and policies by which conflicts are judged.

    Your own are YAML files in the folder `packs` of the workspace: put one there to switch it on, take it away to
    switch it off. docs/norms.md describes how to write one.""",
)
ZH = {
    "law": "法律",
    "regulation": "行政法规",
    "province": "省级法规",
    "city": "市级法规",
    "policy": "政策",
    "gained": "新增",
    "lost": "消失",
    "changed": "改变",
}
Pack = Annotated[Path, typer.Argument(metavar="FILE", help="A norm pack.", exists=True, dir_okay=False)]


@norms.command("list")
def list_packs(context: Context) -> None:
    """The laws and policies that count in this workspace, your own among them."""
    from govgraph.queries.conflicts.trial import packs

    o = options(context)
    with o.workspace() as workspace:
        rows = packs(workspace)
    o.write(
        rows,
        Column("编号", "law", path("law")),
        Column("名称", "name", path("name")),
        Column("层级", "level", lambda row: _word(row["level"], o.lang)),
        Column("地区", "place", path("place")),
        Column("施行", "in force", path("in_force")),
        Column("收录文本", "text held", path("text_held")),
        Column("条数", "rules", path("rules")),
        Column("来源", "from", lambda row: _origin(row, o.lang)),
    )


@norms.command()
def show(
    context: Context, law: Annotated[str, typer.Argument(help="A pack, as `govgraph norms list` names it.")]
) -> None:
    """The rules of one law or policy: whom each speaks of, what it says, since when."""
    from govgraph.queries.conflicts.trial import rules

    o = options(context)
    with o.workspace() as workspace:
        rows = rules(workspace, law, o.lang)
    o.write(
        rows,
        Column("条款", "article", path("article")),
        Column("事项", "matter", lambda row: _matter(row, o.lang)),
        Column("对象", "whom", lambda row: _whom(row, o.lang)),
        Column("结论", "verdict", lambda row: label(row["verdict"], o.lang)),
        Column("期间", "valid", path("valid")),
        Column("摘要", "summary", path("summary")),
        Column("后果", "consequence", path("consequence")),
        Column("原文", "words", path("quote")),
    )


@norms.command()
def check(
    context: Context,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Norm packs.", show_default="all that count")
    ] = None,
) -> None:
    """Whether packs are whole: each mistake with file, line and what to write. Exit code 1 if there is one."""
    from govgraph.queries.conflicts.trial import check as problems

    o = options(context)
    with o.workspace() as workspace:
        found = problems(workspace, files or ())
    o.write(
        found,
        Column("文件", "file", path("file")),
        Column("行", "line", path("line")),
        Column("问题", "problem", path("problem")),
    )
    if found:
        raise typer.Exit(1)
    o.say("all whole")


@norms.command("try")
def try_(context: Context, file: Pack) -> None:
    """What a pack would change before it is switched on: findings gained, lost and changed. Writes nothing."""
    from govgraph.queries.conflicts.trial import try_pack

    o = options(context)
    with o.workspace() as workspace:
        rows = try_pack(workspace, file, o.lang)
    o.write(
        rows,
        Column("变化", "change", lambda row: _word(row["change"], o.lang)),
        Column("原结论", "before", lambda row: label(row["before"], o.lang)),
        Column("新结论", "after", lambda row: label(row["after"], o.lang)),
        Column("类型", "pattern", path("pattern")),
        Column("人员", "people", path("people")),
        Column("组织", "bodies", path("bodies")),
        Column("条款", "norms", path("norms_after")),
    )
    o.say(f"{len(rows)} findings would change" if rows else "no finding would change")


def _word(word: object, lang: str) -> str:
    return ZH.get(str(word), str(word)) if lang == "zh" else str(word)


def _origin(row: Row, lang: str) -> str:
    own, shipped = ("自有", "内置") if lang == "zh" else ("your own", "shipped")
    return own if row["own"] else shipped


def _matter(row: Row, lang: str) -> str:
    from govgraph.queries.conflicts.terms import PATTERNS, PATTERNS_ZH

    pattern = str(row["pattern"])
    return (PATTERNS_ZH if lang == "zh" else PATTERNS).get(pattern, pattern)


def _whom(row: Row, lang: str) -> str:
    """The bodies that a rule speaks of, with the relatives that it reaches."""
    from govgraph.graph.vocabulary import vocabulary

    who = row["who"]
    assert isinstance(who, Mapping)
    named = [
        "、".join(vocabulary().type(type).zh if lang == "zh" else vocabulary().type(type).en for type in who[part])
        for part in ("member_of", "body", "with")
        if part in who
    ]
    kin = f" ({'、'.join(who['kin'])})" if "kin" in who else ""
    return " – ".join(named) + kin
