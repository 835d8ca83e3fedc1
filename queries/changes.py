"""What changed between two days: posts and bonds that began, that ended, and that became known."""

from __future__ import annotations

import re
from collections.abc import Collection

from govgraph.graph.errors import BadInput
from govgraph.graph.period import day, from_bounds, shown
from govgraph.graph.workspace import Workspace, consistent

from .evidence import Row, with_evidence
from .names import places

KINDS = ("began", "ended", "known")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")

HERE = """($places IS NULL OR any(x IN $places
    WHERE x IN a.places OR x IN a.place_names OR x IN b.places OR x IN b.place_names))"""
FOUND = """RETURN a {.id, .name, .type} AS start, b {.id, .name, .type} AS end, type(r) AS relation,
       properties(r) AS properties"""
DATED = f"""
MATCH (a:Entity)-[r]->(b:Entity)
WHERE r.derived IS NULL AND ((r.possible_from >= $first AND r.possible_from <= $last)
      OR (r.possible_to >= $first AND r.possible_to <= $last)) AND {HERE}
{FOUND}
"""
KNOWN = f"""
MATCH (a:Entity)-[r]->(b:Entity)
WHERE r.derived IS NULL AND any(c IN r.claims WHERE c IN $claims) AND {HERE}
{FOUND}
"""
RECORDED = """
SELECT id, min(recorded) FROM log WHERE event = 'claim' AND kind = 'relation' AND id IN (SELECT id FROM live)
GROUP BY id HAVING min(recorded) >= $1 AND min(recorded) <= $2
"""


@consistent
def changes(
    workspace: Workspace, start: str, end: str, place: str | None = None, kinds: Collection[str] = KINDS
) -> list[Row]:
    """Relations that began, ended or became known from `start` to `end`, both included: days, or moments of loads.

    Rows are `change`, `day`, `surely`, `from`, `relation`, `to`, `role`, `valid`, `sure`, `possible`, `claims` and
    `evidence`, in the order of their days. `day` is the first on which it may have held (began), the first on which it
    no longer did (ended), or the moment of the load that told of it first (known). `surely` is whether that day is
    certain. Moments are written 2026-11-25T22:00:00Z and are days for what began and ended. Raises BadInput for what is
    no day and for an end before the start, NotFound for an unknown place.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise BadInput(f"{kind} is no change; use {', '.join(KINDS)}")
    for text in (start, end):
        if not MOMENT.fullmatch(text):
            day(text)
    if end[:10] < start[:10] or (len(start) == len(end) and end < start):
        raise BadInput(f"from {start} to {end} is no span of time; name the earlier day first")
    first, last = start[:10], end[:10]
    with workspace.reader() as store:
        here = {"places": places(store, place)}
        dated = store.read(DATED, here | {"first": first, "last": last}) if {"began", "ended"} & set(kinds) else []
        recorded = _recorded(workspace, start, end) if "known" in kinds else {}
        known = store.read(KNOWN, here | {"claims": sorted(recorded)}) if recorded else []
    rows = [row for found in dated for row in _dated(found, first, last) if row["change"] in kinds]
    rows += [row for found in known if (row := _known(found, recorded))]
    rows.sort(key=lambda row: (str(row["day"]), KINDS.index(str(row["change"])), str(row["id"])))
    return with_evidence(workspace, rows)


def _recorded(workspace: Workspace, start: str, end: str) -> dict[str, str]:
    """When claims of relations came in, for those that came in within the time."""
    with workspace.log.attach() as con:
        return dict(con.execute(RECORDED, [start, end if "T" in end else f"{end}T23:59:59Z"]).fetchall())


def _dated(found: Row, first: str, last: str) -> list[Row]:
    properties = found["properties"]
    assert isinstance(properties, dict)
    (began, ended), sure = from_bounds(properties).possible, from_bounds(properties).sure
    rows = []
    if first <= began <= last:
        rows.append(_row("began", began, bool(sure and sure[0] == began), found))
    if first <= ended <= last:
        rows.append(_row("ended", ended, bool(sure and sure[1] == ended), found))
    return rows


def _known(found: Row, recorded: dict[str, str]) -> Row | None:
    """A relation became known with its first claim: one that was known before is none."""
    properties = found["properties"]
    assert isinstance(properties, dict)
    if not set(properties["claims"]) <= recorded.keys():
        return None
    return _row("known", min(recorded[claim] for claim in properties["claims"]), True, found)


def _row(change: str, on: str, surely: bool, found: Row) -> Row:
    properties = found["properties"]
    assert isinstance(properties, dict)
    period = from_bounds(properties)
    return {
        "id": properties["id"],
        "change": change,
        "day": on,
        "surely": surely,
        "from": found["start"],
        "relation": found["relation"],
        "to": found["end"],
        "role": properties.get("role"),
        "valid": properties.get("valid"),
        "sure": shown(period.sure),
        "possible": shown(period.possible),
        "claims": properties["claims"],
    }
