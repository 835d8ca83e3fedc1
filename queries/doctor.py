"""What is wrong with a set-up, and what to do about it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator

from govgraph.graph import compile as compiler
from govgraph.graph import engine
from govgraph.graph.errors import GovgraphError
from govgraph.graph.vocabulary import vocabulary
from govgraph.graph.workspace import Workspace

from .evidence import Row
from .tiers import views

LITTLE = 1 << 30  # bytes free under which a load may fail


def examine(workspace: Workspace) -> list[Row]:
    """Run every check, each on its own: rows with check, result (good, note or bad) and detail with the remedy."""
    rows: list[Row] = []
    for name, check in CHECKS.items():
        try:
            rows += [{"check": name, "result": result, "detail": detail} for result, detail in check(workspace)]
        except (GovgraphError, OSError) as error:
            rows.append({"check": name, "result": "bad", "detail": str(error)})
    return rows


def _python(workspace: Workspace) -> Iterator[tuple[str, str]]:
    yield "good", f"{sys.version.split()[0]} on {sys.platform}"


def _space(workspace: Workspace) -> Iterator[tuple[str, str]]:
    workspace.root.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(workspace.root).free
    yield "bad" if free < LITTLE else "good", f"{free / 2**30:.1f} GiB free for {workspace.root}"


def _data(workspace: Workspace) -> Iterator[tuple[str, str]]:
    from .catalogue import questions
    from .conflicts import conflict_patterns, load_packs
    from .conflicts import packs as norms
    from .conflicts import pattern as files

    v = vocabulary()
    yield (
        "good",
        f"{len(v.types)} types, {len(v.relations)} relations, {len(v.posts)} posts, {len(questions())} questions",
    )
    patterns = conflict_patterns((files.SHIPPED, workspace.root / "patterns"))
    packs = load_packs((norms.SHIPPED, workspace.root / "packs"), patterns)
    yield "good", f"{len(packs)} norm packs and {len(patterns)} patterns, those of the workspace included"


LOG = """
SELECT (SELECT count(*) FROM live WHERE kind <> 'source'), (SELECT count(*) FROM source WHERE status = 'live'),
       (SELECT count(*) FROM live WHERE kind = 'relation' AND NOT (subject IN (SELECT key FROM live WHERE kind =
       'entity')
                                                               AND object IN (SELECT key FROM live WHERE kind =
                                                               'entity')))
"""


def _log(workspace: Workspace) -> Iterator[tuple[str, str]]:
    with workspace.log.attach() as con:
        claims, sources, waiting = con.execute(LOG).fetchone() or (0, 0, 0)
    parts, decisions = len(workspace.log.parts()), len(workspace.log.decisions())
    yield "good", f"{claims} live claims of {sources} sources in {parts} parts, {decisions} decisions"
    if waiting:
        yield "note", f"{waiting} relations rest on actors that no live source declares; they wait in the log"


def _graph(workspace: Workspace) -> Iterator[tuple[str, str]]:
    with workspace.reader() as store:
        there = store.version()
    current = there == compiler.version(workspace.log)
    state = workspace.state()
    yield (
        "good" if current else "bad",
        f"{state.nodes} nodes, {state.relations} relations"
        + ("" if current else "; behind the claims, run govgraph rebuild"),
    )
    if state.questions:
        a, b = state.questions[0].a, state.questions[0].b
        yield (
            "note",
            f"{len(state.questions)} pairs may be one actor, e.g. {a} and {b}; decide with govgraph same or different",
        )


READER = """
CREATE USER govgraph_reader SET PASSWORD '…' CHANGE NOT REQUIRED; GRANT ROLE reader TO govgraph_reader
""".strip()


def _door(workspace: Workspace) -> Iterator[tuple[str, str]]:
    """Whether whoever only asks could also write."""
    if workspace.settings.uri is None:
        yield "good", "questions go through a log-in of the private server that cannot write"
        return
    with workspace.reader() as store:
        if not store.may_write():
            yield "good", "the account in GOVGRAPH_USER cannot write"
            return
        (server,) = store.read("CALL dbms.components() YIELD edition RETURN edition AS edition LIMIT 1")
    account = "the account in GOVGRAPH_USER may write; govgraph refuses what does, but a reader account is safer"
    if server["edition"] == "community":
        how = (
            "; Community Edition has no such accounts (every one may write), so give others the address of"
            " `govgraph serve` and not the password; on Enterprise or Aura:"
        )
    else:
        how = " for all but loading:"
    yield "note", f"{account}{how} {READER}, then set GOVGRAPH_USER and GOVGRAPH_PASSWORD to it"


def _views(workspace: Workspace) -> Iterator[tuple[str, str]]:
    """What the service keeps for the lower tiers."""
    for root in views(workspace.root):
        made = sorted((root.parent / "compiled").glob("*/compiled.json"), key=lambda file: file.stat().st_mtime)
        current = bool(made) and made[-1].parent.name == workspace.state().version
        runs = "its server runs" if engine.status(root) else "its server is stopped"
        behind = "" if current else "; behind the graph, which `govgraph serve` mends"
        yield "good" if current else "note", f"{root.parent.name}: {runs}{behind}"


CHECKS: dict[str, Callable[[Workspace], Iterator[tuple[str, str]]]] = {
    "python": _python,
    "disk": _space,
    "data": _data,
    "claims": _log,
    "graph": _graph,
    "door": _door,
    "views": _views,
}
