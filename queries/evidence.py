"""Answers quote what they rest on."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from govgraph.graph.lookup import Lookup
from govgraph.graph.workspace import Workspace

Row = dict[str, object]


def with_evidence(workspace: Workspace, rows: list[Row], look: Lookup | None = None) -> list[Row]:
    """Add to each row `evidence`: the quotes of exactly its `claims`, with source, title and locator. For rows that
    are from look-ups these are given too."""
    behind = [_claims(row) for row in rows]
    quotes = workspace.evidence(chain.from_iterable(behind), look)
    return [
        row | {"evidence": [quote for claim in claims for quote in quotes[claim]]}
        for row, claims in zip(rows, behind, strict=True)
    ]


def claims_of(*things: Iterable[object] | None) -> list[str]:
    """The claims of several relations or nodes, each once, sorted."""
    return sorted({str(claim) for claims in things for claim in claims or ()})


def _claims(row: Row) -> list[str]:
    claims = row["claims"]
    return claims if isinstance(claims, list) else []
