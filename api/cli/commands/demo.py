"""The main job on the city that comes with govgraph: load everything, then ask the three questions."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import yaml

from govgraph.graph.errors import BadInput
from govgraph.graph.log import Report
from govgraph.graph.workspace import Workspace

from ..app import Context, app, options
from ..labels import both
from ..output import Format
from .take_in import end

CITY = Path(__file__).parents[2] / "demo"
HOME = Path("govgraph-demo")
Lang = Literal["zh", "en"]
MARK = "this-is-the-demo"  # a folder without this file is never cleared


@app.command()
def demo(context: Context) -> None:
    """The main job on shipped documents: what is uncovered, which double posts are conflicts, who held what.

    Uses a workspace of its own, ./govgraph-demo (or --workspace), which is made anew each time.
    """
    o = options(context)
    root = o.root if o.chosen else HOME
    plan = yaml.safe_load((CITY / "demo.yaml").read_text("utf-8"))
    day, person = str(plan["as_of"]), str(plan["person"])
    with o.workspace(_fresh(root)) as workspace:
        report = load_city(workspace)
        answers = _answers(workspace, day, person, o.lang)
    if o.format is Format.table or not o.format_chosen:
        print("\n".join(_told(answers, day, person, root)))
    else:
        o.write([{**answers}])
    if report.refusals:
        end(o, report)


def _fresh(root: Path) -> Path:
    """An empty folder for the demo. Raises BadInput for one that holds something else."""
    from govgraph.graph.engine import stop
    from govgraph.queries.tiers import views

    if root.exists() and any(root.iterdir()):
        if not (root / MARK).exists():
            raise BadInput(f"{root} is not empty and not a demo; choose another folder with --workspace")
        for server in (root / "engine", *views(root)):
            stop(server)
        shutil.rmtree(root)
    root.mkdir(parents=True, exist_ok=True)
    (root / MARK).touch()
    return root


def load_city(workspace: Workspace) -> Report:
    """Load every document of the city."""
    from govgraph.ingest.load import Given, load_each

    sources = yaml.safe_load((CITY / "demo.yaml").read_text("utf-8"))["sources"]
    given = [(CITY / s["file"], Given(s["place"], str(s["published"]), None, s.get("complete", ()))) for s in sources]
    return load_each(workspace, given)


def _answers(workspace: Workspace, day: str, person: str, lang: Lang) -> dict[str, list[Any]]:
    from govgraph.queries.conflicts import conflicts
    from govgraph.queries.coverage import coverage
    from govgraph.queries.roles import roles

    return {
        "coverage": coverage(workspace, "branch", None, day),
        "conflicts": conflicts(workspace, lang=lang),
        "roles": roles(workspace, person, day),
    }


def _told(answers: dict[str, list[Any]], day: str, person: str, root: Path) -> Iterator[str]:
    """The three answers as a person reads them."""
    yield f"\n1  哪些小区没有党组织？ Which compounds have no party branch? ({day})\n"
    counts = Counter(row["verdict"] for row in answers["coverage"])
    for verdict, number in sorted(counts.items(), key=lambda x: -x[1]):
        yield f"   {number:3}  {both(verdict)}"
    for row in answers["coverage"]:
        if row["verdict"] in ("uncovered", "hollow"):
            yield f"\n   {row['compound']['name']}（{row['place']}）: {both(row['verdict'])}" + "".join(
                f" — {b['name']}" for b in row["by"]
            )
            yield from _quotes(row["evidence"])

    yield "\n\n2  哪些双重任职构成利益冲突？ Which double posts are conflicts, under the norm in force there and then?"
    for row in answers["conflicts"]:
        people, bodies = ("、".join(x["name"] for x in row[part]) for part in ("people", "bodies"))
        when = _period(row["sure"] or row["possible"])
        yield f"\n   {both(row['verdict'])}: {people} — {bodies}  [{row['pattern']}, {when}]"
        for norm in row["norms"]:
            yield f"      § {norm['name']} {norm['article']}: {norm['summary']} ({norm['verdict']})"
        yield from _quotes(row["evidence"])
        for doubt in row["against"]:
            yield f"      但 but: {doubt}"

    yield f"\n\n3  {person}在{day}担任什么职务？ Which posts did {person} hold on {day}?"
    for row in answers["roles"]:
        post = f"{row['organization']['name']} {row['post']['role']}"
        yield f"\n   {both(row['holds'])}: {post}  [{_period(row['possible'])}]"
        yield from _quotes(row["evidence"])

    yield f"""

Try next 接着试试:
   govgraph --workspace {root} coverage --of committee          which compounds have no owners' committee
   govgraph --workspace {root} roles 渡江家园党支部               who holds posts in a branch
   govgraph --workspace {root} why 周岚 吴桂明                    how two people are connected
   govgraph --workspace {root} queries                           the catalogue of questions
   govgraph --workspace {root} cypher 'MATCH (k:Compound) RETURN k.name AS name, k.place AS community'
   govgraph --workspace {root} engine status                     address and login for any Neo4j client
   govgraph --workspace {root} view map.html --place 望江区      a picture in one file, to open or to pass on
   govgraph load YOUR-FILES --place 浙江省温州市                   your own documents and tables

Look at it 打开图谱浏览:
   govgraph --workspace {root} serve                             then open http://127.0.0.1:8000/ in a browser"""


def _quotes(evidence: Sequence[dict[str, Any]], most: int = 3) -> Iterator[str]:
    for one in evidence[:most]:
        where = one["locator"]
        at = (
            f"第{where['line']}行 line {where['line']}"
            if "line" in where
            else f"{where.get('sheet', '')} {where.get('column', '')}{where.get('row', '')}".strip()
        )
        yield f"      「{' '.join(str(one['quote']).split())}」 {one['title']}, {at}"
    if len(evidence) > most:
        yield f"      … {len(evidence) - most} more"


def _period(span: list[str | None] | None) -> str:
    return f"{span[0] or '…'} – {span[1] or '…'}" if span else "…"
