"""Findings as a work list: what somebody said of each, kept over every load and rebuild.

A mark is no claim about the world. It stands beside the claims, in `claims/findings.jsonl`, never in the graph, and
remembers what the finding rested on that day: whatever is different now is shown as changed.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Collection, Mapping, Sequence
from typing import cast

from govgraph.graph.errors import BadInput, NotFound
from govgraph.graph.log import Journal
from govgraph.graph.vocabulary import nearest
from govgraph.graph.workspace import Workspace, now

from ..evidence import Row
from .findings import conflicts
from .judge import Lang

NEW = "new"
STATUSES = (NEW, "confirmed", "explained", "dismissed", "declared")
"""What a finding may be marked as; `new` is one that nobody has marked, or whose mark was taken back."""
GROUND = ("verdict", "norms", "sure", "possible", "claims")
GONE = "gone"


def findings(
    workspace: Workspace,
    *,
    place: str | None = None,
    patterns: Sequence[str] | None = None,
    verdicts: Collection[str] | None = None,
    statuses: Collection[str] | None = None,
    lang: Lang = "en",
) -> list[Row]:
    """The findings of `conflicts` with what was said of them: `status`, `note`, `who`, `when`, and `changed`.

    `changed` names what of a marked finding is not as it was: verdict, norms, sure, possible, claims. Where nothing
    narrows the list, marked findings that are found no more come last, `changed` being `["gone"]`; their rows have
    `id`, `pattern`, `people`, `bodies`, `place` and the mark. Raises BadInput for an unknown status.
    """
    for status in statuses or ():
        _known(status)
    rows = conflicts(workspace, place=place, patterns=patterns, verdicts=verdicts, lang=lang)
    marks = latest(workspace)
    found = [row | _mark(marks.pop(str(row["id"]), None), row) for row in rows]
    if not (place or patterns or verdicts):
        found += [cast("Row", json.loads(mark["shown"])) | _mark(mark, None) for _, mark in sorted(marks.items())]
    return [row for row in found if not statuses or row["status"] in statuses]


def mark(workspace: Workspace, finding: str, status: str, note: str = "") -> Row:
    """Say of a finding (its id) what it is: one of STATUSES. Every mark is kept; the last one counts.

    Raises NotFound for an id that no pattern finds now, BadInput for an unknown status.
    """
    _known(status)
    row = one(workspace, finding)
    shown = {key: row[key] for key in ("id", "pattern", "title", "people", "bodies", "place")}
    entry = {
        "finding": finding,
        "status": status,
        "note": note,
        "who": getpass.getuser(),
        "when": now(),
        "ground": json.dumps(_ground(row), ensure_ascii=False),
        "shown": json.dumps(shown, ensure_ascii=False),
    }
    with workspace.writing(f"mark finding {finding}"):
        return _said(_journal(workspace).append(entry))


def one(workspace: Workspace, finding: str, lang: Lang = "en") -> Row:
    """The finding of that id, as it is without a day. Raises NotFound with the nearest id."""
    rows = {str(row["id"]): row for row in conflicts(workspace, lang=lang)}
    if finding not in rows:
        hint = f"the nearest is {nearest(finding, rows)}" if rows else "nothing was found"
        raise NotFound(f"there is no finding {finding}; {hint}; `govgraph findings` lists them")
    return rows[finding]


def history(workspace: Workspace, finding: str | None = None) -> list[Row]:
    """Every mark ever made, oldest first; of one finding if its id is given."""
    entries = _journal(workspace).read()
    return [{"finding": e["finding"]} | _said(e) for e in entries if finding in (None, e["finding"])]


def latest(workspace: Workspace) -> dict[str, dict[str, str]]:
    """The mark that counts of each marked finding, by its id."""
    return {entry["finding"]: entry for entry in _journal(workspace).read()}


def _journal(workspace: Workspace) -> Journal:
    return Journal(workspace.root / "claims" / "findings.jsonl", "m")


def _known(status: str) -> None:
    if status not in STATUSES:
        raise BadInput(f"status {status} is not known; use {', '.join(STATUSES)}")


def _said(entry: Mapping[str, str]) -> Row:
    return {key: entry[key] for key in ("id", "status", "note", "who", "when")}


def _mark(entry: Mapping[str, str] | None, row: Row | None) -> Row:
    if entry is None:
        return {"status": NEW, "changed": [], "note": None, "who": None, "when": None}
    said = {key: entry[key] or None for key in ("status", "note", "who", "when")}
    if row is None:
        return said | {"changed": [GONE]}
    was, is_now = json.loads(entry["ground"]), _ground(row)
    return said | {"changed": [key for key in GROUND if was[key] != is_now[key]]}


def _ground(row: Row) -> Row:
    """What a finding rests on."""
    norms = [[norm["id"], norm["verdict"]] for norm in cast("list[Row]", row["norms"])]
    return {
        "verdict": row["verdict"],
        "norms": sorted(norms),
        "sure": row["sure"],
        "possible": row["possible"],
        "claims": sorted(cast("list[str]", row["claims"])),
    }
