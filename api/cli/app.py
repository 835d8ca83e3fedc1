"""The options that stand before every command, and what a command gets from them."""

from __future__ import annotations

import locale
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from govgraph.graph import period
from govgraph.graph.settings import Settings
from govgraph.graph.workspace import Progress, Workspace

from .output import Column, Format, Row, write

if TYPE_CHECKING:
    from govgraph.queries.trust import Trust

app = typer.Typer(
    name="govgraph",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="""Who governs a residential compound, and by what right. 谁在治理小区，凭什么。

    Documents and tables become claims, claims become a graph in which every fact has its exact words behind it.
    Start with `govgraph demo`, or `govgraph load FILES` and then `roles`, `coverage`, `conflicts`.""",
    epilog="Exit code: 0 done, 1 some input was refused, 2 wrong use or no such thing, 3 engine failure or time-out.",
)


@dataclass(slots=True)
class Options:
    """What the user said before the command."""

    root: Path
    format: Format
    lang: Literal["zh", "en"]
    quiet: bool
    settings: Settings
    chosen: bool  # the workspace was named
    format_chosen: bool
    words: list[str]  # the command and what follows it, as typed
    methods: list[str] | None = None
    confidence: float = 0.0

    def say(self, message: str) -> None:
        """A remark for people, on stderr."""
        if not self.quiet:
            print(message, file=sys.stderr)

    def write(self, rows: list[Row], *columns: Column) -> None:
        """The answer, on stdout."""
        write(rows, self.format, columns, self.lang)

    def answer(self, workspace: Workspace, rows: list[Row], *columns: Column, day: str | None = None) -> None:
        """Write an answer from the claims that are trusted, and say on stderr how it is cited and asked again."""
        from govgraph.queries.cite import cite

        self.write(self.trust(workspace).rows(rows), *columns)
        if not self.quiet:
            asked = [word for method in self.methods or () for word in ("--method", method)]
            asked += ["--confidence", f"{self.confidence:g}"] if self.confidence else []
            self.say(f"cite as: {cite(workspace, [*asked, *self.words], day)}")

    def trust(self, workspace: Workspace) -> Trust:
        """Trust in the claims that were asked for, in all without a word."""
        from govgraph.queries.trust import trust

        return trust(workspace, self.methods, self.confidence)

    @contextmanager
    def workspace(self, root: Path | None = None) -> Iterator[Workspace]:
        """The workspace, with a progress bar on a terminal while something long goes on."""
        with _progress(not self.quiet and sys.stderr.isatty()) as progress:
            yield Workspace(root or self.root, self.settings, progress)

    def day(self, workspace: Workspace, as_of: str | None) -> str:
        """The day of an answer: the one asked for, else the workspace's, which is said."""
        if as_of:
            return period.day(as_of)
        day = workspace.day()
        self.say(f"as of {day}, the newest day that a source speaks of; --as-of asks for another")
        return day


Context = typer.Context


def options(context: typer.Context) -> Options:
    """The options of this run."""
    found = context.find_object(Options)
    assert found
    return found


@app.callback()
def start(
    context: typer.Context,
    workspace: Annotated[
        Path | None,
        typer.Option(
            help="Folder of claims and graph, made on first use.",
            envvar="GOVGRAPH_WORKSPACE",
            show_default="./govgraph-data",
        ),
    ] = None,
    format: Annotated[
        Format | None, typer.Option(help="How answers are written.", show_default="table on a terminal, else jsonl")
    ] = None,
    lang: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="Language of headings.", show_default="that of the terminal")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Only answers and errors.")] = False,
    method: Annotated[
        list[str] | None,
        typer.Option(
            metavar="M", help="Answer from claims made so alone: mapping, rules, model, human. Repeat for several."
        ),
    ] = None,
    confidence: Annotated[
        float, typer.Option(metavar="0–1", help="Answer from claims alone that are at least so sure.")
    ] = 0.0,
) -> None:
    settings = Settings.from_environment()
    context.obj = Options(
        workspace or settings.workspace,
        format or (Format.table if sys.stdout.isatty() else Format.jsonl),
        lang or ("zh" if (locale.getlocale()[0] or "").startswith(("zh", "Chinese")) else "en"),
        quiet,
        settings,
        chosen=workspace is not None,
        format_chosen=format is not None,
        words=_command(sys.argv[1:]),
        methods=method,
        confidence=confidence,
    )


def _command(typed: list[str]) -> list[str]:
    """The command and what follows it, without the options before it. All of them but --quiet have a value."""
    at = 0
    while at < len(typed) and typed[at].startswith("-"):
        at += 1 if "=" in typed[at] or typed[at] == "--quiet" else 2
    return typed[at:]


@contextmanager
def _progress(shown: bool) -> Iterator[Progress | None]:
    if not shown:
        yield None
        return
    from rich import progress as bars_of
    from rich.console import Console

    columns = bars_of.TextColumn("{task.description}"), bars_of.BarColumn(), bars_of.TimeElapsedColumn()
    with bars_of.Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, bars_of.TaskID] = {}

        def progress(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=None)
            bars.update(tasks[step], completed=done, total=total or None)

        yield progress
