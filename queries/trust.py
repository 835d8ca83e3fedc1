"""What an answer is, kept to the claims that a researcher trusts: by how they were made, and how sure that was.

A claim's `method` is `mapping` (a table), `rules`, `model` or `human`, its `confidence` a number from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import cast

from govgraph.graph.errors import BadInput
from govgraph.graph.log import connect, quoted_paths
from govgraph.graph.workspace import Workspace

from .evidence import Row

METHODS = ("mapping", "rules", "model", "human")


@dataclass(frozen=True, slots=True)
class Trust:
    """The claims that count. `claims` is None where all do."""

    claims: frozenset[str] | None = None

    def of(self, claims: Iterable[object]) -> list[str]:
        """Those of these claims that count, in their order."""
        return [claim for claim in map(str, claims) if self.claims is None or claim in self.claims]

    def rows(self, rows: Iterable[Row]) -> list[Row]:
        """An answer with only the claims that count, and their evidence; a row left without any claim is gone, one that
        rests on none is kept.

        Nothing is worked out anew: a verdict that rested on a claim that no longer counts stays what it was as long as
        another claim stands behind the row. What should be worked out from trusted claims alone takes them before, as
        `network` and `spells` do.
        """
        kept: list[Row] = []
        for row in rows:
            if self.claims is None or not isinstance(row.get("claims"), list):
                kept.append(row)
            elif claims := self.of(_list(row["claims"])):
                quotes = [cast("Row", quote) for quote in _list(row.get("evidence"))]
                evidence = [quote for quote in quotes if quote["claim"] in claims]
                kept.append(row | {"claims": claims} | ({"evidence": evidence} if "evidence" in row else {}))
        return kept


EVERY = Trust()
"""Every claim counts."""


def trust(workspace: Workspace, methods: Collection[str] | None = None, confidence: float = 0.0) -> Trust:
    """Trust in the claims that some living source's evidence made by one of `methods` and with at least `confidence`.

    Evidence that does not say how sure it is counts as 1 where a person or a table made it, as 0 elsewhere. Raises
    BadInput for an unknown method or a confidence outside 0 … 1.
    """
    if unknown := sorted(set(methods or ()) - set(METHODS)):
        raise BadInput(f"{unknown[0]} is no method; use {', '.join(METHODS)}")
    if not 0 <= confidence <= 1:
        raise BadInput(f"confidence {confidence} is none; give a number from 0 to 1")
    if methods is None and not confidence:
        return EVERY
    with connect() as con:
        rows = con.execute(
            f"""SELECT DISTINCT claim FROM read_parquet({quoted_paths([workspace.tables() / "evidence.parquet"])})
                WHERE ($1 IS NULL OR list_contains($1, method))
                AND coalesce(confidence, CASE WHEN method IN ('human', 'mapping') THEN 1 ELSE 0 END) >= $2""",
            [None if methods is None else sorted(methods), confidence],
        ).fetchall()
    return Trust(frozenset(str(claim) for (claim,) in rows))


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
