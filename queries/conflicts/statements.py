"""Policy statements of loaded documents as norms: say, 交叉任职 of branch and committee is promoted in a district.

A statement speaks of classes (`subject_type`, `object_type`), with a strength and a place. What it counts as is in
`terms.STRENGTHS`; as a policy it ranks below every law.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

from govgraph.graph.errors import BadInput
from govgraph.graph.period import ALWAYS, HIGH, Span, covered, dates
from govgraph.graph.vocabulary import vocabulary

from .packs import NATION, Pack, Rule, Who, units
from .terms import STRENGTHS

if TYPE_CHECKING:
    from govgraph.graph.store import Store

RELATIONS = ("CROSS_APPOINTED_WITH", "CONCURRENT_WITH")
"""What a statement says of two bodies when it speaks of one person in both."""


def policies(store: Store) -> tuple[Pack, ...]:
    """The statements about double posts that the graph holds, each as a pack of one rule, in order of id."""
    found = store.recall(
        "MATCH (s:Statement) WHERE s.relation IN $relations AND s.place IS NOT NULL "
        "RETURN s.id AS id, s.subject_type AS subject, s.object_type AS object, s.relation AS relation, "
        "s.strength AS strength, s.place AS place, s.valid AS valid, s.observed AS observed, s.quote AS quote, "
        "s.sources AS sources ORDER BY id",
        {"relations": list(RELATIONS)},
    )
    sources = _sources(store, {_source(row) for row in found}) if found else {}
    return tuple(
        _pack(row, sources.get(_source(row), {})) for row in found if row["place"] == NATION or units(str(row["place"]))
    )


def _source(row: Mapping[str, object]) -> str:
    return cast("list[str]", row["sources"])[0]


def _sources(store: Store, ids: Iterable[str]) -> dict[str, Mapping[str, object]]:
    found = store.recall(
        "MATCH (s:Source) WHERE s.id IN $ids RETURN s.id AS id, s.title AS title, s.published AS published",
        {"ids": sorted(ids)},
    )
    return {str(row["id"]): row for row in found}


def _pack(row: Mapping[str, object], source: Mapping[str, object]) -> Pack:
    strength = str(row["strength"])
    in_force, held = _spans(row["valid"], row["observed"] or source.get("published"))
    title = str(source.get("title") or _source(row))
    rule = Rule(
        id=str(row["id"]),
        article=str(row["id"]),
        pattern="double_post",
        who=Who(member_of=(str(row["subject"]),), with_=(str(row["object"]),)),
        verdict=STRENGTHS.get(strength),
        strength=strength,
        summary=_told(row, "en"),
        summary_zh=_told(row, "zh"),
        in_force=in_force,
        quote=str(row["quote"]) if row["quote"] else None,
        claims=(str(row["id"]),),
    )
    return Pack(str(row["id"]), title, "policy", str(row["place"]), in_force, held, (rule,))


def _told(row: Mapping[str, object], lang: str) -> str:
    """A statement in words: party organisation is cross-appointed with owners' committee: promoted."""
    v = vocabulary()
    try:
        parts = v.type(str(row["subject"])), v.relation(str(row["relation"])), v.type(str(row["object"]))
    except BadInput:  # a type of the user's own
        return f"{row['subject']} {row['relation']} {row['object']}: {row['strength']}"
    return f"{(' ' if lang == 'en' else '').join(getattr(part, lang) for part in parts)}: {row['strength']}"


def _spans(valid: object, said: object) -> tuple[Span, Span]:
    """When a statement is in force, and when that is known: as dated, else from the day it was said on."""
    if valid is not None:
        return covered(str(valid)), covered(str(valid))
    return ALWAYS.possible, ((dates(str(said))[0], HIGH) if said else ALWAYS.possible)
