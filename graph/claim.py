"""Claims: what a source says, with the exact words behind it. Checked one by one, identified by their content.

The format is section "Claims" of docs/claims.md. A claim is a JSON object; here it stays one, since everything that its
author wrote is kept, known to us or not. What a single claim cannot tell (does the subject exist, may these two types
be related, is the id taken) is checked for a whole load at once by `log.Staging`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from . import period
from .errors import BadInput
from .vocabulary import Vocabulary, vocabulary

Body = dict[str, object]

REQUIRED: dict[str, tuple[str, ...]] = {
    "source": ("id", "title", "type"),
    "entity": ("key", "type", "name", "evidence"),
    "relation": ("subject", "relation", "object", "evidence"),
    "register": ("of", "place", "valid", "evidence"),
    "figure": ("value", "counted", "evidence"),
    "statement": ("subject_type", "relation", "object_type", "strength", "evidence"),
}
OPTIONAL: dict[str, tuple[str, ...]] = {
    "source": ("publisher", "published", "published_text", "retrieved", "url", "place", "sha256"),
    "entity": ("aliases", "attributes", "place", "observed"),
    "relation": ("attributes", "valid", "valid_text", "observed", "observed_text"),
    "register": ("observed", "valid_text", "attributes"),
    "figure": (
        "value_to",
        "value_text",
        "unit",
        "qualifier",
        "scope",
        "observed",
        "observed_text",
        "valid",
        "valid_text",
        "attributes",
    ),
    "statement": ("scope", "valid", "valid_text", "observed", "attributes"),
}
EVIDENCE = ("source", "locator", "quote", "method", "version", "confidence")
SOURCE_TYPES = ("article", "register", "notice", "law", "table", "note")
METHODS = ("mapping", "rules", "model", "human")
QUALIFIERS = ("exact", "at_least", "more_than", "about", "at_most", "less_than")
STRENGTHS = ("must", "promoted", "encouraged", "may", "exploratory", "practised", "forbidden")

KNOWN = {kind: frozenset(("kind", "id", *REQUIRED[kind], *OPTIONAL[kind])) for kind in REQUIRED}
TEXTS = frozenset(
    (
        "id",
        "title",
        "type",
        "key",
        "name",
        "subject",
        "relation",
        "object",
        "of",
        "counted",
        "subject_type",
        "object_type",
        "place",
        "unit",
        "valid",
        "observed",
        "published",
    )
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that passed: its id, a digest of its content, its canonical JSON, and what was odd but kept."""

    id: str
    digest: str
    text: str
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Checker:
    """Checks claims in the order in which they stand. It knows the sources declared so far, and their texts if held.

    `text_of` gives the stored text of a source (by its id), or None where none is held.
    """

    sources: set[str] = field(default_factory=set)
    text_of: Callable[[str], str | None] = lambda source: None
    vocabulary: Vocabulary = field(default_factory=vocabulary)

    def line(self, text: str) -> Claim:
        """Parse and check one line of JSON. Raises BadInput with what is wrong, what is expected and the remedy."""
        try:
            body = _decode(text)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"not JSON ({error}); write one object a line") from None
        if not isinstance(body, dict):
            raise BadInput(f"a claim is a JSON object, this is a {type(body).__name__}")
        return self.check(body)

    def check(self, body: Body) -> Claim:
        """Check one claim. Raises BadInput; a source that passes is known to the claims after it."""
        kind = body.get("kind")
        if not isinstance(kind, str) or kind not in REQUIRED:
            raise BadInput(f"kind {kind!r} is not known; use one of {', '.join(REQUIRED)}")
        body = _tidy(body, kind)
        for name in REQUIRED[kind]:
            if body.get(name) in (None, "", []):
                raise BadInput(f"a claim of kind {kind} needs {name}, and it is missing or empty")
        _check_texts(body)
        notes = [f"key {name} is not known; kept" for name in body if name not in KNOWN[kind]]
        if kind != "source":
            self._check_evidence(body["evidence"])
        notes += getattr(self, f"_{kind}")(body)
        claim = _identified(body, tuple(notes))
        if kind == "source":
            self.sources.add(claim.id)
        return claim

    def _source(self, body: Body) -> Iterator[str]:
        if body["type"] not in SOURCE_TYPES:
            raise BadInput(f"a source of type {body['type']!r} is not known; use one of {', '.join(SOURCE_TYPES)}")
        _check_date(body, "published")
        yield from ()

    def _entity(self, body: Body) -> Iterator[str]:
        kind = self.vocabulary.type(str(body["type"]))
        _check_strings(body, "aliases")
        _check_date(body, "observed")
        yield from self._attributes(body, kind.name)

    def _relation(self, body: Body) -> Iterator[str]:
        relation = self.vocabulary.relation(str(body["relation"]))
        _check_times(body)
        yield from self._attributes(body, relation.name)
        role = _attributes(body).get("role")
        if relation.name == "HOLDS_POST" and isinstance(role, str) and self.vocabulary.canonical_role(role) is None:
            yield f"role {role} is not a post of the vocabulary; kept as written"

    def _register(self, body: Body) -> Iterator[str]:
        of = str(body["of"])
        if of != "HOLDS_POST":
            self.vocabulary.type(of)
        _check_times(body)
        yield from ()

    def _figure(self, body: Body) -> Iterator[str]:
        for name in ("value", "value_to"):
            value = body.get(name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
                raise BadInput(f"{name} is {value!r}; write a number, what the source wrote belongs in value_text")
        _check_choice(body, "qualifier", QUALIFIERS)
        _check_object(body, "scope")
        _check_times(body)
        yield from ()

    def _statement(self, body: Body) -> Iterator[str]:
        self.vocabulary.type(str(body["subject_type"]))
        self.vocabulary.type(str(body["object_type"]))
        self.vocabulary.relation(str(body["relation"]))
        _check_choice(body, "strength", STRENGTHS)
        _check_object(body, "scope")
        _check_times(body)
        yield from ()

    def _attributes(self, body: Body, owner: str) -> Iterator[str]:
        _check_object(body, "attributes")
        for name in _attributes(body):
            if self.vocabulary.attribute(owner, name) is None:
                yield f"attribute {name} of {owner} is not in the vocabulary; kept"

    def _check_evidence(self, evidence: object) -> None:
        for one in evidence if isinstance(evidence, list) else [evidence]:
            if not isinstance(one, dict):
                raise BadInput("evidence is an object or a list of objects with source, locator and quote")
            source, quote, locator = one.get("source"), one.get("quote"), one.get("locator")
            if not isinstance(source, str) or source not in self.sources:
                raise BadInput(f"source {source!r} is not declared; a line of kind source stands before what cites it")
            if not isinstance(quote, str) or not quote:
                raise BadInput("evidence needs a quote, exactly what stands in the source")
            if not isinstance(locator, dict):
                raise BadInput("evidence needs a locator, an object such as {start, end, line} or {sheet, row, column}")
            _check_choice(one, "method", METHODS)
            confidence = one.get("confidence")
            if confidence is not None and not (isinstance(confidence, int | float) and 0 <= confidence <= 1):
                raise BadInput(f"confidence is {confidence!r}; write a number from 0 to 1")
            self._check_quote(source, locator, quote)

    def _check_quote(self, source: str, locator: Mapping[str, object], quote: str) -> None:
        start, end = locator.get("start"), locator.get("end")
        if start is None or end is None or (text := self.text_of(source)) is None:
            return
        if not isinstance(start, int) or not isinstance(end, int) or text[start:end] != quote or start < 0:
            raise BadInput(
                f"the quote does not stand at {start}–{end} of the text of {source}; quote exactly what stands there"
            )


def evidence_of(body: Mapping[str, object]) -> list[dict[str, object]]:
    """The evidence of a claim as a list, whether one object or several were written."""
    evidence = body.get("evidence") or []
    return evidence if isinstance(evidence, list) else [evidence]  # type: ignore[list-item]


def _tidy(body: Body, kind: str) -> Body:
    """Leave out what says nothing (an optional field that is null or empty), so that content decides identity."""
    empty = {name for name in OPTIONAL[kind] if name in body and body[name] in (None, [], {})}
    evidence = body.get("evidence")
    tidy = {name: value for name, value in body.items() if name not in empty and name != "id"}
    if isinstance(evidence, list) and len(evidence) == 1:
        tidy["evidence"] = evidence[0]
    if body.get("id") is not None:
        tidy["id"] = body["id"]
    return tidy


def _identified(body: Body, notes: tuple[str, ...]) -> Claim:
    given = body.get("id")
    content = _encode({k: v for k, v in body.items() if k != "id"} if given is not None else body)
    id = str(given) if given is not None else ""
    try:
        digest = hashlib.sha256(content.encode()).hexdigest()
        id.encode()
    except UnicodeEncodeError:
        raise BadInput("a text holds half of a surrogate pair, which is no character; write it whole") from None
    id = id or "c" + digest[:20]
    return Claim(id, digest, f'{{"id":{_encode(id)},{content[1:]}', notes)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no JSON number")


# Made once: a million claims pass through them.
_decode = json.JSONDecoder(parse_constant=_no_number).decode
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _attributes(body: Body) -> Mapping[str, object]:
    found = body.get("attributes")
    return found if isinstance(found, dict) else {}


def _check_texts(body: Body) -> None:
    for name in body.keys() & TEXTS:
        if not isinstance(body[name], str):
            raise BadInput(f"{name} is {body[name]!r}; write a text")


def _check_strings(body: Body, name: str) -> None:
    value = body.get(name, [])
    if not isinstance(value, list) or not all(isinstance(x, str) and x for x in value):
        raise BadInput(f"{name} is {value!r}; write a list of texts")


def _check_object(body: Body, name: str) -> None:
    if not isinstance(body.get(name, {}), dict):
        raise BadInput(f"{name} is {body[name]!r}; write an object")


def _check_choice(body: Mapping[str, object], name: str, allowed: tuple[str, ...]) -> None:
    if body.get(name) is not None and body[name] not in allowed:
        raise BadInput(f"{name} {body[name]!r} is not known; use one of {', '.join(allowed)}")


def _check_date(body: Body, name: str) -> None:
    if name in body:
        _named(name, lambda: period.dates(str(body[name])))


def _check_times(body: Body) -> None:
    if "valid" in body:
        _named("valid", lambda: period.check(str(body["valid"])))
    _check_date(body, "observed")


def _named(name: str, check: Callable[[], object]) -> None:
    try:
        check()
    except BadInput as error:
        raise BadInput(f"{name}: {error}") from None
