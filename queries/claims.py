"""One claim as it was stated, with the words behind it."""

from __future__ import annotations

import json

from govgraph.graph.claim import KNOWN
from govgraph.graph.errors import NotFound
from govgraph.graph.vocabulary import vocabulary
from govgraph.graph.workspace import Workspace

from .evidence import Row
from .tiers import TIERS, Tier, attribute_tier, may_see

TYPE = "SELECT arg_min(type, seq) FROM live WHERE kind = 'entity' AND key = ?"


def claim(workspace: Workspace, id: str, tier: Tier = "restricted") -> Row:
    """A live claim in the format of docs/claims.md, as the tier of the workspace (see `tiers.View`) may see it.

    Raises NotFound for a claim that is not there or that the tier may not see: it cannot tell which.
    """
    evidence = workspace.evidence([id])[id]
    whole = tier == TIERS[-1]
    with workspace.log.attach() as con:
        found = con.execute("SELECT claim FROM live WHERE id = ?", [id]).fetchone() if evidence or whole else None
        if not found:
            raise NotFound(f"no claim {id} is known; ids of claims stand in `claims` of every answer")
        body: Row = {"id": id} | json.loads(found[0])
        kind = con.execute(TYPE, [body.get("key")]).fetchone()
    if whole:
        return body
    return _seen(body, str((kind and kind[0]) or body.get("type")), tier) | {"evidence": evidence}


def _seen(body: Row, type_: str, tier: Tier) -> Row:
    """Of a visible claim only what the format knows and the vocabulary shows to the tier."""
    owner = str(body["relation"]) if body["kind"] == "relation" else type_
    known = KNOWN[str(body["kind"])] - {"evidence"}
    if body["kind"] == "entity" and vocabulary().is_a(type_, "Person"):
        known = known - {"place"}
    seen = {name: value for name, value in body.items() if name in known and not name.endswith("_text")}
    if isinstance(attributes := seen.get("attributes"), dict):
        seen["attributes"] = {k: v for k, v in attributes.items() if may_see(tier, attribute_tier(owner, k))}
    return seen
