"""A workspace at hand: ask, and get a pandas frame in which every row names its claims.

    from govgraph.api.notebook import study

    city = study("govgraph-demo")
    city.coverage(of="committee", place="潮埠街道")
    city.show(centre="望潮花园")

Needs `pip install 'govgraph[notebook]'`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas

from govgraph.graph.period import day as checked_day
from govgraph.graph.settings import Settings
from govgraph.graph.workspace import Workspace
from govgraph.queries.evidence import Row, with_evidence

from .cli.output import flat
from .view import rendered
from .view.frame import Frame

if TYPE_CHECKING:
    import networkx

    from govgraph.graph.vocabulary import Tier
    from govgraph.queries.network import Slice

    from .view.widget import Picture

__all__ = ["Study", "demo", "study"]


def study(folder: str | Path | None = None) -> Study:
    """A workspace in a folder (default: GOVGRAPH_WORKSPACE, else ./govgraph-data), made on first use."""
    settings = Settings.from_environment()
    return Study(Workspace(Path(folder) if folder is not None else settings.workspace, settings))


def demo(folder: str | Path | None = None) -> Study:
    """The demo city. It is loaded on first use, and its folder is left alone after that."""
    from .cli.commands.demo import HOME, load_city

    root = Path(folder) if folder is not None else HOME
    workspace = Workspace(root, Settings.from_environment())
    if not workspace.log.version() or not any(root.glob("claims/*.parquet")):
        load_city(workspace)
    return Study(workspace)


class Study:
    """A workspace as a notebook asks it. Days are ISO days, names are exact names, aliases, ids or keys.

    Frames have the fields of docs/answers.md, those of objects as `object.field`, and beside a list of actors their
    names (`by.name`); `claims` lists ids, `quote` and `source` are the first words behind the row, `quotes` has all.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def __repr__(self) -> str:
        state = self.workspace.state()
        return f"Study({str(self.workspace.root)!r}: {state.nodes} nodes, {state.relations} relations)"

    @property
    def day(self) -> str:
        """The newest day that a source speaks of: the day of answers that name none."""
        return self.workspace.day()

    # --- the answers ---------------------------------------------------------------------------------------------
    def roles(self, name: str, as_of: str | None = None) -> pandas.DataFrame:
        """The posts of a person, or the holders in a body."""
        from govgraph.queries.roles import roles

        return self._frame(roles(self.workspace, name, _day(as_of)))

    def coverage(self, of: str = "branch", place: str | None = None, as_of: str | None = None) -> pandas.DataFrame:
        """For each compound the verdict on a kind of actor."""
        from govgraph.queries.coverage import coverage

        return self._frame(coverage(self.workspace, of, place, _day(as_of)))

    def board(self, place: str | None = None, as_of: str | None = None) -> pandas.DataFrame:
        """Every compound with its verdicts for branch, committee, firm and station, most gaps first."""
        from govgraph.queries.board import board

        return self._frame(with_evidence(self.workspace, board(self.workspace, place, _day(as_of))))

    def conflicts(self, place: str | None = None, as_of: str | None = None, **more: Any) -> pandas.DataFrame:
        """Findings with their verdicts. Also `patterns`, `packs`, `verdicts` (lists) and `lang`."""
        from govgraph.queries.conflicts import conflicts

        return self._frame(conflicts(self.workspace, place=place, as_of=_day(as_of), **more))

    def clauses(self, finding: str, lang: Literal["zh", "en"] = "en") -> pandas.DataFrame:
        """The norms that a finding was judged by, one a row."""
        from govgraph.queries.conflicts import conflicts

        rows = conflicts(self.workspace, lang=lang)
        return pandas.DataFrame([norm for row in rows if row["id"] == finding for norm in _rows(row["norms"])])

    def why(self, a: str, b: str, as_of: str | None = None) -> pandas.DataFrame:
        """How two actors are connected, the shortest ways first, each told in a line."""
        from govgraph.queries.paths import why

        rows = [{"told": _told(row), **row} for row in why(self.workspace, a, b, _day(as_of))]
        return self._frame(rows)

    def figures(self, place: str | None = None) -> pandas.DataFrame:
        """Published totals against what is recorded."""
        from govgraph.queries.figures import figures

        return self._frame(figures(self.workspace, place))

    def query(self, name: str, as_of: str | None = None, **parameters: str) -> pandas.DataFrame:
        """The answer to a question of the catalogue, such as Q05."""
        from govgraph.queries.catalogue import run

        return self._frame(run(self.workspace, name, parameters, as_of))

    def questions(self) -> pandas.DataFrame:
        """The catalogue: ids and titles in both languages."""
        from govgraph.queries.catalogue import questions

        return pandas.DataFrame([{"id": asked.id, **asked.title} for asked in questions()])

    def cypher(self, text: str, **parameters: Any) -> pandas.DataFrame:
        """Any statement that only reads; one that writes is refused."""
        with self.workspace.reader() as store:
            return self._frame(store.read_untrusted(text, parameters))

    def centrality(self, part: Slice | None = None, **slice: Any) -> pandas.DataFrame:
        """Who is central in a slice: `place`, `types`, `relations`, `as_of`, `surely` (queries/network.py)."""
        from govgraph.queries.network import Slice, actors

        return self._frame(actors(self.workspace, part or Slice(**slice)))

    def interlocks(self, part: Slice | None = None, **slice: Any) -> pandas.DataFrame:
        """Pairs of bodies tied by people who hold posts in both at the same time."""
        from govgraph.queries.network import Slice, interlocks

        return self._frame(interlocks(self.workspace, part or Slice(**slice)))

    def networkx(self, **slice: Any) -> networkx.MultiDiGraph[str]:
        """A slice as a networkx graph: `place`, `types`, `relations`, `as_of`, `surely`, `isolates`."""
        from govgraph.graph.bridges.networkx import to_networkx

        return to_networkx(self.workspace, **slice)

    # --- own data, and the words behind it ----------------------------------------------------------------------
    def load(
        self,
        path: str | Path,
        place: str | None = None,
        published: str | None = None,
        complete: Sequence[str] = (),
    ) -> pandas.DataFrame:
        """Take in a document or a table. `complete` names the types of which the table lists all. Tells what came."""
        from govgraph.ingest.load import Given, load_each

        report = load_each(self.workspace, [(Path(path), Given(place, published, None, tuple(complete)))])
        told = [("refused", str(refusal)) for refusal in report.refusals] + [("note", note) for note in report.notes]
        return pandas.DataFrame(told, columns=["what", "text"])

    def quotes(self, claims: str | Iterable[str]) -> pandas.DataFrame:
        """The words behind claims: source, title, locator and quote."""
        wanted = [claims] if isinstance(claims, str) else [str(claim) for claim in claims]
        found = self.workspace.evidence(wanted)
        return pandas.DataFrame([quote for claim in dict.fromkeys(wanted) for quote in found[claim]])

    # --- pictures -----------------------------------------------------------------------------------------------
    def show(self, tier: Tier = "public", lang: Literal["zh", "en"] = "zh", **what: Any) -> Frame:
        """An interactive picture: `centre` and `hops`, or `place`, or `query`; `as_of`, `most`. Needs no widgets.

        A notebook that is passed on holds its pictures, so that they show what is public unless `tier` says more.
        """
        return Frame(rendered(self.workspace, lang=lang, tier=tier, **what))

    def widget(self, tier: Tier = "public", lang: Literal["zh", "en"] = "zh", **what: Any) -> Picture:
        """The same picture as a widget, whose `selected` is the id of what was clicked. Needs anywidget."""
        from .view.widget import Picture

        return Picture(page=rendered(self.workspace, lang=lang, tier=tier, **what))

    def _frame(self, rows: Sequence[Row]) -> pandas.DataFrame:
        """Rows as a frame: objects flat, the first quote beside."""
        told = []
        for row in rows:
            evidence = _rows(row.get("evidence"))
            first = evidence[0] if evidence else {}
            rest = {name: value for name, value in row.items() if name != "evidence"}
            quoted = {"quote": first.get("quote"), "source": first.get("title")} if "evidence" in row else {}
            names = {f"{field}.name": _names(value) for field, value in rest.items() if _names(value)}
            told.append(flat(rest, lists=False) | names | quoted)
        return pandas.DataFrame(told)


def _day(text: str | None) -> str | None:
    return checked_day(text) if text else None


def _rows(value: object) -> list[Row]:
    return value if isinstance(value, list) else []


def _names(value: object) -> str:
    return "、".join(str(one["name"]) for one in _rows(value) if isinstance(one, dict) and one.get("name"))


def _told(row: Row) -> str:
    steps: list[Any] = _rows(row["path"])
    told = [str(steps[0]["from"]["name"])]
    for step in steps:
        said = step["role"] or step["relation"]
        told.append(f"←{said}– {step['to']['name']}" if step["reversed"] else f"–{said}→ {step['to']['name']}")
    return " ".join(told)
