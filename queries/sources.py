"""What was loaded: the sources, and what each of them says."""

from __future__ import annotations

import json

from govgraph.graph.log import find_source
from govgraph.graph.workspace import Workspace

from .evidence import Row

LIST = """
SELECT s.id, s.title, s.type, s.published, s.publisher, s.place, s.url, s.status, count(e.claim)
FROM source s LEFT JOIN (SELECT DISTINCT source, claim FROM evidence WHERE live) e ON e.source = s.id
GROUP BY ALL ORDER BY s.id
"""
FIELDS = ("id", "title", "type", "published", "publisher", "place", "url", "status", "claims")
SAID = """
SELECT w.id, w.kind, coalesce(w.name, w.claim->>'counted', ''), w.subject, w.relation, w.object, w.claim->>'value',
       e.quote, e.locator, e.method, e.confidence
FROM written w JOIN evidence e ON e.claim = w.id
WHERE e.source = $1 AND (e.live OR NOT $2) ORDER BY w.seq, e.locator::VARCHAR
"""


def source_list(workspace: Workspace) -> list[Row]:
    """Every source that was ever loaded, with the number of its live claims and its status (live or retracted)."""
    with workspace.log.attach() as con:
        return [dict(zip(FIELDS, row, strict=True)) for row in con.execute(LIST).fetchall()]


def source_show(workspace: Workspace, id: str) -> list[Row]:
    """What one source says, claim by claim, with the quote and where it stands. Raises NotFound."""
    with workspace.log.attach() as con:
        find_source(con, id)
        live = con.execute("SELECT status = 'live' FROM source WHERE id = ?", [id]).fetchone()
        rows = con.execute(SAID, [id, bool(live and live[0])]).fetchall()
    return [
        {
            "claim": claim,
            "kind": kind,
            "says": " ".join(str(x) for x in (name, subject, relation, object_, value) if x),
            "quote": quote,
            "locator": json.loads(locator),
            "method": method,
            "confidence": confidence,
        }
        for claim, kind, name, subject, relation, object_, value, quote, locator, method, confidence in rows
    ]
