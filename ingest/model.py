"""Claims by a language model, behind the same gate as those by rules: the words must stand in the text.

The model gives quotes and typed claims, never positions. What does not stand in the text, does not say what is claimed,
or does not fit the vocabulary is dropped and counted; what the rules have found already is not said twice.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import cast

import yaml

from govgraph.graph import period
from govgraph.graph.errors import BadInput
from govgraph.graph.vocabulary import vocabulary

from .ask import Endpoint, NoAnswer, ask
from .extract.names import core
from .extract.verify import verified
from .sheet import Claim
from .text import Text, flatten, normalise

CONFIDENCE = 0.6
"""How sure a claim by a model is: below what `review` puts before a person."""
GIVE_UP = 3
"""Questions in a row that reach nobody, after which nobody is asked for a while (PAUSE, in seconds)."""
PAUSE = 60.0
_SETTINGS = Path(__file__).with_name("model.yaml")
_DATE = re.compile(r"\d{4}(-\d\d){0,2}")
_FENCE = re.compile(r"^\s*```(?:json)?\s*(.*?)\s*```\s*$", re.S)
_LONGEST = 300  # characters of a quote


@dataclass
class Found:
    """What a model had to say: claims to add, how many were taken, known or dropped and why, and questions in vain."""

    claims: list[Claim] = field(default_factory=list[Claim])
    counts: Counter[str] = field(default_factory=Counter[str])
    failures: Counter[str] = field(default_factory=Counter[str])


@cache
def prompt() -> Mapping[str, object]:
    """What is asked, and of what: data/model.yaml."""
    return cast("Mapping[str, object]", yaml.safe_load(_SETTINGS.read_text("utf-8")))


def version(endpoint: Endpoint) -> str:
    """Names the model and the question, in the evidence of each claim."""
    return f"{endpoint.model}+prompt-{prompt()['version']}"


_unreached: dict[Endpoint, tuple[int, float]] = {}  # questions in a row that reached nobody, and when the last was


def read(raw: str, known: Sequence[Claim], *, source_id: str, endpoint: Endpoint) -> Found:
    """Ask the model about a text and add what holds to what is `known` of it. The text is sent to the endpoint."""
    text, found = normalise(raw), Found()
    gate = _Gate(text, known, source_id, version(endpoint), found)
    for start, end in _chunks(text.clean):
        tries, last = _unreached.get(endpoint, (0, 0.0))
        if tries >= GIVE_UP and time.monotonic() - last < PAUSE:
            found.failures["not reachable"] += 1
            continue
        try:
            answer = ask(endpoint, _system(), _user(text.clean[start:end]))
            _unreached.pop(endpoint, None)
            gate.take(_parsed(answer), start, end)
        except NoAnswer as error:
            _unreached[endpoint] = (tries + 1 if error.gone else 0, time.monotonic())
            found.failures[str(error)] += 1
    found.claims = gate.claims
    return found


def _system() -> str:
    said = prompt()
    lists = {"{types}": str(said["types"]).strip(), "{relations}": str(said["relations"]).strip()}
    system = str(said["system"])
    for name, words in lists.items():
        system = system.replace(name, words.replace(" ", ", "))
    return system


def _user(text: str) -> str:
    """The text between two marks that nobody who wrote it can know."""
    mark = f"=== {secrets.token_hex(8)} ==="
    return f"{mark}\n{text}\n{mark}"


def _chunks(clean: str) -> Iterator[tuple[int, int]]:
    """Pieces of a text that end with a paragraph or a sentence."""
    most, start = int(str(prompt()["chunk"])), 0
    while start < len(clean):
        end = min(len(clean), start + most)
        if end < len(clean):
            stop = max(clean.rfind("\n", start, end), clean.rfind("。", start, end))
            end = stop + 1 if stop > start + most // 2 else end
        if clean[start:end].strip():
            yield start, end
        start = end


def _parsed(answer: str) -> Mapping[str, object]:
    fenced = _FENCE.match(answer)
    try:
        found = json.loads(fenced[1] if fenced else answer)
    except (ValueError, RecursionError):
        raise NoAnswer("an answer that is no JSON") from None
    if not isinstance(found, dict):
        raise NoAnswer("an answer of another form")
    return found


class _Drop(Exception):
    """Why something is dropped, in a few words."""


class _Gate:
    """Takes what a model says, piece by piece, and lets through what stands in the text."""

    def __init__(self, text: Text, known: Sequence[Claim], source: str, version: str, found: Found) -> None:
        self.text, self.source, self.version, self.found = text, source, version, found
        self.claims: list[Claim] = []
        self.types = {str(c["key"]): str(c["type"]) for c in known if c["kind"] == "entity"}
        self.names: dict[str, set[str]] = {}
        self.alias: dict[tuple[str, str], str] = {}
        for c in known:
            if c["kind"] == "entity":
                for name in (str(c["name"]), *cast("list[str]", c.get("aliases") or [])):
                    self._name(str(c["key"]), str(c["type"]), name)
        self.ties = {_tie(c) for c in known if c["kind"] == "relation"}

    def _name(self, key: str, kind: str, name: str) -> None:
        self.names.setdefault(key, set()).add(flatten(name))
        self.alias.setdefault((kind, core(kind, name)), key)

    def take(self, answer: Mapping[str, object], start: int, end: int) -> None:
        """What one answer says of clean[start:end]."""
        keys: dict[str, str] = {}
        for name, take in (("entities", self._entity), ("relations", self._relation)):
            for row in self._rows(answer, name):
                try:
                    self.found.counts[take(row, keys, start, end)] += 1
                except _Drop as why:
                    self.found.counts[f"dropped: {why}"] += 1

    def _rows(self, answer: Mapping[str, object], name: str) -> Iterator[Mapping[str, object]]:
        rows = answer.get(name, [])
        most = int(str(prompt()["answers"]))
        for number, row in enumerate(rows if isinstance(rows, list) else []):
            if isinstance(row, dict) and number < most:
                yield row
            else:
                self.found.counts["dropped: no claim in form" if number < most else "dropped: too many"] += 1

    def _entity(self, row: Mapping[str, object], keys: dict[str, str], start: int, end: int) -> str:
        id, kind, name = (_text(row, field) for field in ("id", "type", "name"))
        if kind not in str(prompt()["types"]).split():
            raise _Drop("not in the vocabulary")
        if len(flatten(name)) < 2:
            raise _Drop("no name")
        evidence = self._evidence(_text(row, "quote"), [name], start, end)
        key = self.alias.get((kind, core(kind, name)))
        if key:
            keys[id] = key
            return "known"
        if any(known == flatten(name) for names in self.names.values() for known in names):
            raise _Drop("another type than the rules read")
        key = keys[id] = f"{self.source}/{kind}:{core(kind, name)}"
        self.types[key] = kind
        self._name(key, kind, name)
        self.claims.append({"kind": "entity", "key": key, "type": kind, "name": name, "evidence": evidence})
        return "taken"

    def _relation(self, row: Mapping[str, object], keys: dict[str, str], start: int, end: int) -> str:
        relation = _text(row, "relation")
        if relation not in str(prompt()["relations"]).split():
            raise _Drop("not in the vocabulary")
        subject, object_ = (keys.get(_text(row, end_)) for end_ in ("subject", "object"))
        if not subject or not object_ or subject == object_:
            raise _Drop("between what did not stand")
        try:
            vocabulary().check_relation(relation, self.types[subject], self.types[object_])
        except BadInput:
            raise _Drop("not in the vocabulary") from None
        quote = _text(row, "quote")
        evidence = self._evidence(quote, [], start, end)
        if not all(any(name in flatten(quote) for name in self.names[key]) for key in (subject, object_)):
            raise _Drop("the quote does not say it")
        claim: Claim = {"kind": "relation", "subject": subject, "relation": relation, "object": object_}
        if relation == "HOLDS_POST":
            claim["attributes"] = {"role": self._role(row, quote, self.types[object_])}
        valid = _valid(row, quote)
        claim |= {"valid": valid} if valid else {}
        if (tie := _tie(claim)) in self.ties:
            return "known"
        self.ties.add(tie)
        self.claims.append(claim | {"evidence": evidence})
        return "taken"

    def _role(self, row: Mapping[str, object], quote: str, kind: str) -> str:
        role = _text(row, "role")
        if flatten(role) not in flatten(quote):
            raise _Drop("the quote does not say it")
        return vocabulary().canonical_role(role, kind) or role

    def _evidence(self, quote: str, says: Sequence[str], start: int, end: int) -> Claim:
        """The evidence for a quote that stands in the piece of text that the model was shown."""
        quote = quote.strip()
        at = self.text.clean.find(quote, start, end) if quote else -1
        if at < 0 or len(quote) > _LONGEST:
            raise _Drop("the quote does not stand in the text")
        low, high = self.text.span(at, at + len(quote))
        words = self.text.raw[low:high]
        if not verified(self.text.raw, low, high, words, says):
            raise _Drop("the quote does not say it")
        if self.text.is_damaged(low, high):
            raise _Drop("a damaged sentence")
        return {
            "source": self.source,
            "locator": {"start": low, "end": high, "line": self.text.line(low)},
            "quote": words,
            "method": "model",
            "version": self.version,
            "confidence": CONFIDENCE,
        }


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise _Drop("no claim in form")
    return value.strip()


def _tie(claim: Claim) -> tuple[object, ...]:
    """What makes two relations one, whoever read them: the dates do not."""
    attributes = cast("Mapping[str, object]", claim.get("attributes") or {})
    return claim["subject"], claim["relation"], claim["object"], attributes.get("role")


def _valid(row: Mapping[str, object], quote: str) -> str | None:
    """From when to when, if these days stand in the quote."""
    numbers = {int(n) for n in re.findall(r"\d+", flatten(quote))}
    ends = []
    for name in ("from", "to"):
        value = row.get(name)
        given = value.strip() if isinstance(value, str) else ""
        if given and (not _DATE.fullmatch(given) or not {int(n) for n in given.split("-")} <= numbers):
            raise _Drop("a date that the quote does not give")
        ends.append(given)
    if not any(ends):
        return None
    valid = "/".join(ends)
    try:
        period.check(valid)
    except BadInput:
        raise _Drop("a date that the quote does not give") from None
    return valid
