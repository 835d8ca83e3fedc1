"""Claims that somebody should look at, each with its sentence, and what people decided about them.

A decision is kept beside the claims (graph/reviews.py), with who, when and why. It holds for what the claim says: the
same thing read again by newer rules is decided already.
"""

from __future__ import annotations

import getpass
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from govgraph.graph import reviews
from govgraph.graph.checking import read_text
from govgraph.graph.claim import KNOWN, evidence_of
from govgraph.graph.errors import BadInput, NotFound
from govgraph.graph.reviews import Standing, fingerprint
from govgraph.graph.vocabulary import vocabulary
from govgraph.graph.workspace import Workspace, now

from .evidence import Row

if TYPE_CHECKING:
    import duckdb

BELOW = 0.8
"""Confidence under which a claim is put before a person, if nobody says otherwise."""
OPEN = "open"
STATUSES = (OPEN, "accepted", "corrected", "rejected")
_STATUS = {"accept": "accepted", "correct": "corrected", "reject": "rejected"}
_STOP = re.compile(r"[。！？\n]")
_LONGEST = 300  # characters of a sentence on each side of the quote
_AMBIGUOUS = """attributes LIKE '%"basis"%' OR attributes LIKE '%"subject_inferred"%'"""
_NUMBERS = ("value", "value_to")
_FIXED = frozenset({"kind", "id", "evidence", "key"})


def review(
    workspace: Workspace,
    *,
    below: float = BELOW,
    source: str | None = None,
    statuses: Collection[str] = (OPEN,),
    limit: int | None = None,
) -> list[Row]:
    """Claims of low confidence, read from the context, or of a damaged sentence: the least sure first.

    Rows have `id`, `status`, `why` (low_confidence, resolved, document_scope, subject_inferred, damaged), `says`,
    `confidence`, `source`, `title`, `locator`, `quote`, `sentence`, and of a decided claim `review`, `note`, `who`,
    `when`, of a corrected one `now`. Raises BadInput for an unknown status.
    """
    for status in statuses:
        if status not in STATUSES:
            raise BadInput(f"status {status} is not known; use {', '.join(STATUSES)}")
    with workspace.log.attach() as con:
        decided = reviews.decided(con, workspace.log.reviews.read())
        titles = dict(con.execute("SELECT id, title FROM source").fetchall())
        names = _Names(con)
        found = []
        for id, claim in con.execute(_WANTED, [below, source, sorted(decided)]).fetchall():
            standing = decided.get(id)
            status = _STATUS[standing.kind] if standing else OPEN
            if status in statuses:
                found.append(_row(id, json.loads(claim), standing, status, titles, names, below))
    found.sort(key=lambda row: (row["confidence"], row["source"], str(row["locator"]), row["id"]))
    found = found[:limit]
    sentence = _Sentences(workspace)
    for row in found:
        row["sentence"] = sentence.around(str(row["source"]), cast("Row", row["locator"]), str(row["quote"]))
    return found


_WANTED = f"""
    SELECT w.id, w.claim FROM written w
    WHERE w.kind <> 'source' AND w.id IN (SELECT claim FROM evidence WHERE stands)
      AND NOT list_contains(list_transform(w.evidence, lambda e: e.method), 'human')
      AND (list_min(list_transform(w.evidence, lambda e: coalesce(e.confidence, 1.0))) < $1 OR {_AMBIGUOUS}
           OR list_contains($3::VARCHAR[], w.id))
      AND ($2 IS NULL OR list_contains(list_transform(w.evidence, lambda e: e.source), $2))
    ORDER BY w.id"""


def accept(workspace: Workspace, claims: Sequence[str], note: str = "", who: str | None = None) -> list[Row]:
    """Say that claims are right as they stand: from then on they are as sure as can be."""
    return _decide(workspace, "accept", claims, note, who)


def reject(workspace: Workspace, claims: Sequence[str], note: str = "", who: str | None = None) -> list[Row]:
    """Take claims out of the graph, until that is undone. Of an entity this takes what is said of it as well."""
    return _decide(workspace, "reject", claims, note, who)


def correct(
    workspace: Workspace, claim: str, changes: Mapping[str, str], note: str = "", who: str | None = None
) -> list[Row]:
    """Put a claim by a person in the place of another: the same words, read otherwise.

    `changes` are fields of the claim (docs/claims.md) or attributes, by name; an empty text takes one out. Raises
    NotFound for an unknown claim, BadInput for what the vocabulary does not bear.
    """
    with workspace.log.attach() as con:
        body = _known(con, claim)
        corrected = _changed(body, changes)
        checked = workspace.checker().check(corrected)
        _check_ends(con, corrected)
    return _decide(workspace, "correct", [claim], note, who, checked.text)


def undo(workspace: Workspace, review: str, note: str = "", who: str | None = None) -> list[Row]:
    """Take a decision back, or an undo. The graph is then as if it had not been taken."""
    known = workspace.log.reviews.read()
    entry = next((e for e in known if e["id"] == review), None)
    if entry is None or entry["kind"] in ("moved", "lapsed"):
        raise NotFound(f"no decision {review} was taken; `govgraph review history` lists them")
    return [_append(workspace, {"kind": "undo", "review": review}, note, who)]


def history(workspace: Workspace) -> list[Row]:
    """Every decision ever taken, oldest first, and whether it is in force."""
    entries = workspace.log.reviews.read()
    force = {one.id for one in reviews.in_force(entries)}
    lapsed = {one.id for one in reviews.in_force(entries) if one.lapsed}
    return [
        {
            "id": entry["id"],
            "kind": entry["kind"],
            "claim": entry.get("of"),
            "says": entry.get("says"),
            "undoes": entry.get("review"),
            "in_force": entry["id"] in force,
            "lapsed": entry["id"] in lapsed,
            **{name: entry.get(name) for name in ("note", "who", "when")},
        }
        for entry in entries
    ]


def _decide(
    workspace: Workspace, kind: str, claims: Sequence[str], note: str, who: str | None, corrected: str | None = None
) -> list[Row]:
    with workspace.log.attach() as con:
        names = _Names(con)
        bodies = [_known(con, id) for id in claims]
        says = [names.says(body) for body in bodies]
    rows = []
    with workspace.writing(f"review {kind}"):
        for id, body, words in zip(claims, bodies, says, strict=True):
            entry = {"kind": kind, "of": id, "match": fingerprint(body), "says": words}
            entry["source"] = json.dumps(sorted({str(e["source"]) for e in evidence_of(body)}))
            entry |= {"claim": corrected} if corrected else {}
            rows.append(_append(workspace, entry, note, who, alone=False))
        workspace.refresh()
    return rows


def _append(workspace: Workspace, entry: dict[str, str], note: str, who: str | None, alone: bool = True) -> Row:
    entry = entry | {"note": note, "who": who or getpass.getuser(), "when": now()}
    if not alone:
        written = workspace.log.reviews.append(entry)
    else:
        with workspace.writing("review"):
            written = workspace.log.reviews.append(entry)
            workspace.refresh()
    return {k: v for k, v in written.items() if k not in ("match", "source")}


def _known(con: duckdb.DuckDBPyConnection, id: str) -> dict[str, object]:
    row = con.execute("SELECT claim FROM written WHERE id = ? AND kind <> 'source'", [id]).fetchone()
    if row is None:
        raise NotFound(f"no claim {id} is known; `govgraph review` lists those to look at")
    body: dict[str, object] = json.loads(row[0])
    return body


def _changed(body: Mapping[str, object], changes: Mapping[str, str]) -> dict[str, object]:
    """The claim with other fields, by a person, from the same words."""
    if not changes:
        raise BadInput("say what is right, such as role=支部书记 or object=KEY")
    kind = str(body["kind"])
    attributes = dict(cast("Mapping[str, object]", body.get("attributes") or {}))
    for marked in ("basis", "subject_inferred", "name_basis"):
        attributes.pop(marked, None)
    new = {name: value for name, value in body.items() if name not in ("id", "evidence", "attributes")}
    for name, text in changes.items():
        if name in _FIXED:
            raise BadInput(f"{name} cannot be corrected; reject the claim, and import what is right")
        if name in KNOWN[kind]:
            new[name] = _value(name, text)
        else:
            attributes[name] = text or None
    pieces: list[dict[str, object]] = []
    for piece in evidence_of(body):
        pieces.append({name: piece[name] for name in ("source", "locator", "quote")})
        pieces[-1] |= {"method": "human", "confidence": 1.0}
    told = {name: value for name, value in attributes.items() if value is not None}
    new = {name: value for name, value in new.items() if value is not None} | ({"attributes": told} if told else {})
    return new | {"evidence": pieces[0] if len(pieces) == 1 else pieces}


def _value(name: str, text: str) -> object:
    if text == "":
        return None
    if name in _NUMBERS:
        try:
            number = float(text)
        except ValueError:
            raise BadInput(f"{name} {text} is not a number") from None
        return int(number) if number == int(number) else number
    if name == "scope":
        return {"place": text}
    return text.split("、") if name == "aliases" else text


def _check_ends(con: duckdb.DuckDBPyConnection, body: Mapping[str, object]) -> None:
    """Refuse what the vocabulary does not let be related, in the claim itself or because a type becomes another."""
    types = dict(con.execute("SELECT key, arg_min(type, seq) FROM live WHERE kind = 'entity' GROUP BY key").fetchall())
    ties = [(body.get("subject"), body.get("relation"), body.get("object"))] if body["kind"] == "relation" else []
    if body["kind"] == "entity":
        types[body["key"]] = str(body["type"])
        about = "SELECT subject, relation, object FROM live WHERE kind = 'relation' AND (subject = $1 OR object = $1)"
        ties = con.execute(about, [body["key"]]).fetchall()
    for subject, relation, object_ in ties:
        for key in (subject, object_):
            if key not in types:
                raise BadInput(f"{key} is no key of a live entity; `govgraph export claims` shows the keys")
        vocabulary().check_relation(str(relation), types[subject], types[object_])


class _Names:
    """What claims say, in words: names instead of keys."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._name = lru_cache(maxsize=100_000)(self._look_up)

    def _look_up(self, key: str) -> str:
        found = self._con.execute(
            "SELECT name FROM written WHERE kind = 'entity' AND key = ? ORDER BY seq LIMIT 1", [key]
        ).fetchone()
        return str(found[0]) if found else key

    def says(self, body: Mapping[str, object]) -> str:
        attributes = cast("Mapping[str, object]", body.get("attributes") or {})
        parts: list[object]
        if body["kind"] == "relation":
            parts = [self._name(str(body["subject"])), body["relation"], self._name(str(body["object"]))]
            parts += [attributes.get("role"), body.get("valid")]
        elif body["kind"] == "entity":
            parts = [body["type"], body["name"]]
        elif body["kind"] == "figure":
            scope = cast("Mapping[str, object]", body.get("scope") or {})
            parts = [scope.get("place"), body["counted"], body["value"], body.get("unit"), body.get("observed")]
        elif body["kind"] == "statement":
            parts = [body["subject_type"], body["relation"], body["object_type"], body["strength"]]
        else:
            parts = [body["of"], body["place"], body["valid"]]
        return " ".join(str(part) for part in parts if part is not None)


def _row(
    id: str,
    body: dict[str, object],
    standing: Standing | None,
    status: str,
    titles: Mapping[str, str],
    names: _Names,
    below: float,
) -> Row:
    pieces = evidence_of(body)
    least = min(pieces, key=lambda piece: float(cast("float", piece.get("confidence", 1.0))))
    source = str(least["source"])
    row: Row = {"id": id, "status": status, "why": list(_why(body, below)), "says": names.says(body)}
    row |= {"confidence": least.get("confidence", 1.0), "source": source, "title": titles.get(source)}
    row |= {"locator": least["locator"], "quote": least["quote"], "sentence": None}
    if standing:
        row |= {"review": standing.id} | {name: standing.entry.get(name) for name in ("note", "who", "when")}
        if standing.kind == "correct":
            row |= {"now": None if standing.lapsed else names.says(reviews.correction(standing))}
    return row


def _why(body: Mapping[str, object], below: float) -> Iterator[str]:
    pieces = evidence_of(body)
    attributes = cast("Mapping[str, object]", body.get("attributes") or {})
    if any(piece.get("damaged") for piece in pieces):
        yield "damaged"
    if attributes.get("basis"):
        yield str(attributes["basis"])
    if attributes.get("subject_inferred"):
        yield "subject_inferred"
    if min(float(cast("float", piece.get("confidence", 1.0))) for piece in pieces) < below:
        yield "low_confidence"


class _Sentences:
    """The sentences around quotes, from the stored texts."""

    def __init__(self, workspace: Workspace) -> None:
        self._hashes = workspace.sources()
        self._folder = workspace.root / "texts"
        self._text = lru_cache(maxsize=8)(self._read)

    def _read(self, source: str) -> str | None:
        file = self._folder / f"{self._hashes.get(source)}.txt"
        return read_text(file) if file.exists() else None

    def around(self, source: str, locator: Mapping[str, object], quote: str) -> str:
        """The sentence that a quote stands in; the quote alone where it is a cell."""
        start, end = locator.get("start"), locator.get("end")
        text = self._text(source) if isinstance(start, int) and isinstance(end, int) else None
        if text is None or not isinstance(start, int) or not isinstance(end, int):
            return quote
        before = text[max(0, start - _LONGEST) : start]
        stops = [m.end() for m in _STOP.finditer(before)]
        after = _STOP.search(text, max(start, end - 1), end + _LONGEST)
        return (before[stops[-1] if stops else 0 :] + text[start : after.end() if after else end + _LONGEST]).strip()
