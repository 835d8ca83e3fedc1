"""Claims with their evidence, and the one gate they pass: the quote stands, and says what is claimed.

Everything that the rules find is noted here; `claims` gives what holds, in reading order, each thing once with all the
places where it is said.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..text import Text, flatten
from . import lexicon, names

Claim = dict[str, object]
Span = tuple[int, int]  # of the clean text
_CLAUSE_START = re.compile(r"[，。；：！？\n、]")
_CLAUSE_END = re.compile(r"[，。；！？\n]")
_CONFIDENCE = {"stated": 0.9, "resolved": 0.7, "document_scope": 0.5}
_DAMAGED = 0.3  # the sentence holds something that could not be read


@dataclass
class _Note:
    claim: Claim
    order: tuple[int, int, int]
    evidence: list[Claim] = field(default_factory=list)


class Collector:
    """Takes findings with the words that must stand in their quote."""

    def __init__(self, text: Text, source_id: str, tagger: str) -> None:
        self._text, self._source = text, source_id
        self._version = f"{lexicon.version()}+{tagger}"
        self._notes: dict[tuple[object, ...], _Note] = {}
        self._keys: dict[str, _Note] = {}

    def key(self, type_: str, name: str) -> str:
        """The key of an entity: it depends on type and name only, so that text put in elsewhere does not move it."""
        return f"{self._source}/{type_}:{names.core(type_, name)}"

    def has(self, key: str) -> bool:
        return key in self._keys

    def placed(self, key: str) -> bool:
        return "place" in self._keys[key].claim

    def set_place(self, key: str, place: str) -> None:
        self._keys[key].claim.setdefault("place", place)

    def type_of(self, key: str) -> str:
        return str(self._keys[key].claim["type"])

    def entity(
        self,
        type_: str,
        name: str,
        span: Span,
        *,
        says: Sequence[str] | None = None,
        attributes: Mapping[str, object] | None = None,
        place: str | None = None,
        basis: str = "stated",
        aliases: Sequence[str] = (),
    ) -> str | None:
        """Note an entity; its key, or None if the quote does not say it."""
        key = self.key(type_, name)
        evidence = self._evidence(span, says if says is not None else [name], basis)
        if evidence is None:
            return key if key in self._keys else None
        note = self._keys.get(key)
        if note is None:
            claim: Claim = {
                "kind": "entity",
                "key": key,
                "type": type_,
                "name": name,
                "aliases": [*aliases],
                "attributes": {},
            }
            note = self._keys[key] = self._add(("entity", key), claim, span, 0)
            note.claim["attributes"] = dict(attributes or {})
            note.evidence.append(evidence)
        else:
            self._said_again(note, evidence, name, attributes)
        if place and "place" not in note.claim:
            note.claim["place"] = place
        return key

    def _said_again(self, note: _Note, evidence: Claim, name: str, attributes: Mapping[str, object] | None) -> None:
        aliases = note.claim["aliases"]
        assert isinstance(aliases, list)
        composed = isinstance(a := note.claim["attributes"], dict) and "name_basis" in a
        if composed and not (attributes and "name_basis" in attributes):  # the name as written beats one we composed
            if note.claim["name"] != name:
                aliases.append(note.claim["name"])
            note.claim["name"], note.claim["attributes"], note.evidence = name, dict(attributes or {}), [evidence]
            if name in aliases:
                aliases.remove(name)
        elif name != note.claim["name"] and name not in aliases and not (attributes and "name_basis" in attributes):
            aliases.append(name)
            note.evidence.append(evidence)
        elif flatten(str(evidence["quote"])) == flatten(str(note.evidence[0]["quote"])):
            self._also(note, evidence)

    def relation(
        self,
        subject: str | None,
        relation: str,
        object_: str | None,
        span: Span,
        *,
        says: Sequence[str] = (),
        attributes: Mapping[str, object] | None = None,
        valid: str | None = None,
        observed: str | None = None,
        extra: Mapping[str, object] | None = None,
        also: Sequence[tuple[Span, Sequence[str]]] = (),
    ) -> None:
        """Note a relation between two noted entities; a weaker basis gives way to a stronger one.

        `also` are further passages that it rests on, such as the heading that names the body; each must hold its words.
        """
        if not subject or not object_ or subject == object_ or not (self.has(subject) and self.has(object_)):
            return
        told = dict(attributes or {})
        basis = str(told.get("basis", "stated"))
        evidence = self._evidence(span, says, basis)
        further = [self._evidence(there, words, basis) for there, words in also]
        if evidence is None or None in further:
            return
        identity = ("relation", subject, relation, object_, told.get("role"), valid)
        note = self._notes.get(identity)
        if note and "manner" in told:
            _attributes(note).setdefault("manner", told["manner"])
        if note and str(_attributes(note).get("basis", "stated")) != basis:
            if _CONFIDENCE[basis] < _CONFIDENCE[str(_attributes(note).get("basis", "stated"))]:
                return
            told = {k: v for k, v in _attributes(note).items() if k not in ("basis", "subject_inferred")} | told
            del self._notes[identity]
            note = None
        if note is None:
            claim: Claim = {"kind": "relation", "subject": subject, "relation": relation, "object": object_}
            claim |= {"attributes": told, "valid": valid, "observed": observed}
            note = self._add(identity, claim | dict(extra or {}), span, 1)
        elif observed and not note.claim.get("observed"):
            note.claim["observed"] = observed
        for piece in [evidence, *further]:
            if piece:
                self._also(note, piece)

    def other(self, claim: Claim, identity: Sequence[object], span: Span, says: Sequence[str]) -> None:
        """Note a figure or a statement."""
        evidence = self._evidence(span, says, "stated")
        if evidence is None:
            return
        key = (claim["kind"], *identity)
        note = self._notes.get(key) or self._add(key, claim, span, 2)
        self._also(note, evidence)

    def claims(self) -> list[Claim]:
        """Everything that passed, in reading order; entities before what speaks of them at the same place."""
        out = []
        for note in sorted(self._notes.values(), key=lambda n: (n.order, repr(n.claim))):
            claim = {k: v for k, v in note.claim.items() if v not in (None, [], {}) or k in ("valid", "value_to")}
            if claim.get("valid") is None and note.claim["kind"] != "statement":
                claim.pop("valid", None)
            claim["evidence"] = note.evidence[0] if len(note.evidence) == 1 else note.evidence
            out.append(claim)
        return out

    def clause(self, start: int, end: int) -> Span:
        """The clauses that the span lies in, without the stops around them."""
        clean = self._text.clean
        low = max(0, start - 200)
        before = list(_CLAUSE_START.finditer(clean, low, start))
        after = _CLAUSE_END.search(clean, end)
        first = before[-1].end() if before else low
        last = min(after.start() if after else len(clean), end + 200)
        while first < start and clean[first] in " ”’」』）》":
            first += 1
        return first, max(last, end)

    def _add(self, identity: tuple[object, ...], claim: Claim, span: Span, rank: int) -> _Note:
        note = self._notes[identity] = _Note(claim, (span[0], rank, span[1]))
        return note

    def _also(self, note: _Note, evidence: Claim) -> None:
        if all(evidence["locator"] != e["locator"] for e in note.evidence):
            note.evidence.append(evidence)

    def _evidence(self, span: Span, says: Iterable[str], basis: str) -> Claim | None:
        start, end = self._text.span(*span)
        quote = self._text.raw[start:end]
        if not verified(self._text.raw, start, end, quote, says):
            return None
        damaged = self._text.is_damaged(start, end)
        evidence: Claim = {
            "source": self._source,
            "locator": {"start": start, "end": end, "line": self._text.line(start)},
            "quote": quote,
            "method": "rules",
            "version": self._version,
            "confidence": _DAMAGED if damaged else _CONFIDENCE[basis],
        }
        return evidence | ({"damaged": True} if damaged else {})


def verified(raw: str, start: int, end: int, quote: str, says: Iterable[str]) -> bool:
    """Whether the quote stands at its place and, cleaned, holds every one of the words."""
    flat = flatten(quote)
    return bool(quote) and raw[start:end] == quote and all(flatten(word) in flat for word in says)


def _attributes(note: _Note) -> dict[str, object]:
    attributes = note.claim["attributes"]
    assert isinstance(attributes, dict)
    return attributes
