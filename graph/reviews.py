"""What people decided about single claims: accepted, corrected, rejected. Kept beside the claims, never in them.

A decision holds for what a claim says, not for its id: the same thing read again from the same source by newer rules is
decided already. Entries of the journal, each with `kind`: accept, reject, correct (with the `claim` that stands
instead), undo (of a `review`), and what loads add: moved (a corrected claim's words stand elsewhere in a new version
of the document: `evidence`) and lapsed (they stand there no more).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .claim import evidence_of

if TYPE_CHECKING:
    import duckdb

Entry = Mapping[str, str]
VERDICTS = ("accept", "correct", "reject")
SAYS: Mapping[str, Sequence[str]] = {
    "entity": ("key", "type", "name"),
    "relation": ("subject", "relation", "object", "valid"),
    "register": ("of", "place", "valid"),
    "figure": ("value", "value_to", "unit", "qualifier", "counted", "scope", "observed"),
    "statement": ("subject_type", "relation", "object_type", "strength", "scope", "valid"),
}
"""The fields that make a claim what it is; with the attributes below, and the sources that it quotes."""
TELLING = ("role", "kinship", "subject", "object", "subject_text", "object_text")
COLUMNS = ("seq", "event", "id", "digest", "recorded", "claim", "kind", "key", "type", "name", "aliases", "subject")
MORE = ("relation", "object", "place", "attributes", "valid", "observed", "evidence")


@dataclass(frozen=True, slots=True)
class Standing:
    """The decision that counts for what some claims say."""

    id: str
    kind: str
    match: str
    source: str
    entry: Entry
    evidence: str | None = None  # of a correction: where its words stand now, if they moved
    lapsed: bool = False


def fingerprint(claim: Mapping[str, object]) -> str:
    """A digest of what a claim says and of which source, without where, when and how it was read."""
    kind = str(claim["kind"])
    attributes = claim.get("attributes")
    told = attributes if isinstance(attributes, dict) else {}
    said: list[object] = [kind, sorted({str(e.get("source")) for e in evidence_of(claim)})]
    said += [claim.get(name) for name in SAYS.get(kind, ())]
    said += [told.get(name) for name in TELLING]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:20]


def in_force(entries: Iterable[Entry]) -> list[Standing]:
    """The decisions that count: of several about one thing the last that was not undone. An undo can be undone."""
    entries = list(entries)
    undone: set[str] = set()
    last: dict[str, Entry] = {}
    moved: dict[str, Entry] = {}
    for entry in reversed(entries):
        if entry["id"] in undone:
            continue
        if entry["kind"] == "undo":
            undone.add(entry["review"])
        elif entry["kind"] in VERDICTS:
            last.setdefault(entry["match"], entry)
        else:
            moved.setdefault(entry["review"], entry)
    found = []
    for entry in reversed(last.values()):
        after = moved.get(entry["id"], {})
        lapsed = after.get("kind") == "lapsed"
        found.append(
            Standing(entry["id"], entry["kind"], entry["match"], entry["source"], entry, after.get("evidence"), lapsed)
        )
    return found


def apply(con: duckdb.DuckDBPyConnection, entries: Sequence[Entry]) -> None:
    """Make `log` of `written_log`, with `rejected` and `accepted` (ids): what the views of log.sql are over.

    A correction is one more row of the log, as old as its source, so that it goes and comes back with it.
    """
    con.execute("CREATE TABLE rejected (id VARCHAR); CREATE TABLE accepted (id VARCHAR)")
    standing = in_force(entries)
    if not standing:
        con.execute("CREATE VIEW log AS SELECT * FROM written_log")
        return
    decided = _decided(con, standing)
    for table, kinds in (("rejected", ("reject", "correct")), ("accepted", ("accept",))):
        ids = sorted(id for id, one in decided.items() if one.kind in kinds)
        con.execute(f"INSERT INTO {table} SELECT unnest($1::VARCHAR[])", [ids])
    con.execute("CREATE TABLE correction AS SELECT * FROM written_log LIMIT 0")
    names = (*COLUMNS, *MORE)
    for row in sorted(_rows(con, standing), key=lambda row: str(row[2])):
        con.execute(f"INSERT INTO correction ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", row)
    con.execute("CREATE VIEW log AS SELECT * FROM written_log UNION ALL BY NAME SELECT * FROM correction")


def decided(con: duckdb.DuckDBPyConnection, entries: Sequence[Entry]) -> dict[str, Standing]:
    """The claims that a decision in force speaks of, by id."""
    return _decided(con, in_force(entries))


def _decided(con: duckdb.DuckDBPyConnection, standing: Sequence[Standing]) -> dict[str, Standing]:
    by_match = {one.match: one for one in standing}
    if not by_match:
        return {}
    rows = con.execute(
        """SELECT id, claim FROM written_log WHERE event = 'claim' AND kind <> 'source'
           AND list_has_any(list_transform(evidence, lambda e: e.source), $1::VARCHAR[])""",
        [sorted({source for one in standing for source in json.loads(one.source)})],
    ).fetchall()
    prints = ((id, fingerprint(json.loads(claim))) for id, claim in rows)
    return {id: by_match[found] for id, found in prints if found in by_match}


def correction(one: Standing) -> dict[str, object]:
    """The claim that a correction puts in the place of another, its words where they stand now."""
    claim: dict[str, object] = json.loads(one.entry["claim"])
    return claim | ({"evidence": json.loads(one.evidence)} if one.evidence else {})


def _rows(con: duckdb.DuckDBPyConnection, standing: Sequence[Standing]) -> Iterable[list[object]]:
    stated = """SELECT max(seq) FROM written_log WHERE event IN ('claim', 'restate') AND id = ?"""
    for one in standing:
        if one.kind != "correct" or one.lapsed:
            continue
        claim = correction(one)
        (seq,) = con.execute(stated, [json.loads(one.source)[0]]).fetchone() or (None,)
        if seq is None:
            continue
        attributes, scope, kind = claim.get("attributes"), claim.get("scope"), claim["kind"]
        evidence = [
            {
                "source": e["source"],
                "locator": json.dumps(e["locator"], ensure_ascii=False),
                "quote": e["quote"],
                "method": e["method"],
                "version": e.get("version"),
                "confidence": e.get("confidence"),
            }
            for e in evidence_of(claim)
        ]
        text = json.dumps(claim, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        place = claim.get("place") or (scope.get("place") if isinstance(scope, dict) else None)
        yield [
            *(seq, "claim", claim["id"], hashlib.sha256(text.encode()).hexdigest(), one.entry["when"], text, kind),
            *(claim.get("key"), claim.get("type") or claim.get("of"), claim.get("name"), claim.get("aliases")),
            *(claim.get("subject"), claim.get("relation"), claim.get("object"), place),
            json.dumps(attributes, ensure_ascii=False) if attributes else None,
            *(claim.get("valid"), claim.get("observed"), evidence),
        ]


def follow(
    entries: Sequence[Entry], replaced: Collection[str], text_of: Callable[[str], str | None]
) -> Iterable[dict[str, str]]:
    """What a new version of some sources means for corrections that quote them: entries to append.

    The nearest place where the same words stand counts. Where a source has no text (a table), the correction stays.
    """
    for one in in_force(entries):
        sources = json.loads(one.source)
        if one.kind != "correct" or not set(sources) & set(replaced):
            continue
        was = evidence_of(correction(one))
        now = [_moved(piece, text_of(str(piece["source"]))) for piece in was]
        kept = [piece for piece in now if piece]
        if not kept:
            if not one.lapsed:
                yield {"kind": "lapsed", "review": one.id}
        elif one.lapsed or kept != was:
            evidence = kept[0] if len(kept) == 1 else kept
            yield {"kind": "moved", "review": one.id, "evidence": json.dumps(evidence, ensure_ascii=False)}


def _moved(piece: dict[str, object], text: str | None) -> dict[str, object] | None:
    locator, quote = piece["locator"], str(piece["quote"])
    start = locator.get("start") if isinstance(locator, dict) else None
    if text is None or not isinstance(start, int) or not isinstance(locator, dict):
        return piece
    places = []
    at = text.find(quote)
    while at >= 0:
        places.append(at)
        at = text.find(quote, at + 1)
    if not places:
        return None
    at = min(places, key=lambda place: (abs(place - start), place))
    there = {"start": at, "end": at + len(quote), "line": text.count("\n", 0, at) + 1}
    return piece | {"locator": locator | there}
