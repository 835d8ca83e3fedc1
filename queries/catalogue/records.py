"""The rules that documents lay down, as records: `rules.yaml`, R01 to R56. docs/queries.md describes the fields.

A rule asks by a question of the catalogue, perhaps with some parameters fixed, or by a shape (`shapes.yaml`) whose
slots it fills; then the Cypher is made here, in the dialect and by the conventions of the files.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import cast

import yaml

from govgraph.graph.errors import BadInput

from .question import Parameter, Question

INDEX = "rules.yaml"
SHAPES = "shapes.yaml"

Fields = Mapping[str, object]

_RELATION = re.compile(r"\[(\w+):")
_NODE = re.compile(r"\((\w+)[:)]")
_BEGINS = re.compile(r"(\((\w+):\w+\))<?-")
_USED = re.compile(r"\b([a-z]\w*)\.")
_SLOT = re.compile("«(\\w+)»")
PLACE = Parameter("place", "place", True, None, "only what lies or is based in it", "龙岗区")
DAY = Parameter("as_of", "date", False, "day", "without it the newest day that a source speaks of", None)


@dataclass(frozen=True, slots=True)
class Sign:
    """What a document must say to bring a rule into force: a statement, or the name of a mechanism or policy.

    `words` is a regular expression that is looked for in the quote, or in the name.
    """

    kind: str
    relation: frozenset[str]
    subject: frozenset[str]
    object: frozenset[str]
    words: str

    def fits(self, relation: str, subject: str, object_: str, text: str) -> bool:
        """Whether a statement with that relation between those types, in those words, says so."""
        return (
            relation in (self.relation or (relation,))
            and subject in (self.subject or (subject,))
            and object_ in (self.object or (object_,))
            and bool(re.search(self.words, text))
        )


@dataclass(frozen=True, slots=True)
class Record:
    """One rule: where it was met and how strongly (`strength`), what brings it into force, what it needs, how it asks.

    `lists` is true where the query gives a measure or a classification, which nothing can break.
    """

    file: Path
    id: str
    strength: Mapping[str, str]
    source: str
    signs: tuple[Sign, ...]
    needs: tuple[str, ...]
    lists: bool
    fields: Fields

    @property
    def query(self) -> str | None:
        """The id of the question it asks by, None where it is made from a shape."""
        return cast("str | None", self.fields.get("query"))

    def asked(self, question: Question | None) -> Question:
        """The question as this rule asks it: with the rule's id, title and fixed parameters."""
        if question is None:
            raise BadInput(f"{self.file}: {self.id}: there is no question {self.query}; `govgraph queries` lists them")
        fixed = cast("Mapping[str, str]", self.fields.get("with", {}))
        parameters = {
            name: replace(p, default=fixed[name], optional=False) if name in fixed else p
            for name, p in question.parameters.items()
        }
        title = _title(self.fields) if "title" in self.fields else question.title
        ids = (self.id, *(id for id in question.ids if id != self.id))
        return replace(question, ids=ids, title=title, parameters=parameters, rule=self._known)

    def made(self) -> Question:
        """The question that is made from the rule's shape."""
        name = str(self.fields["shape"])
        shape = _shapes(self.file.with_name(SHAPES)).get(name)
        if shape is None:
            raise BadInput(f"{self.file}: {self.id}: there is no shape {name}; see {SHAPES}")
        own = {column: is_ for column, (_, is_) in _columns(self.fields).items()}
        return Question(
            file=self.file,
            ids=(self.id,),
            title=_title(self.fields),
            audience=str(self.fields["for"]),
            parameters={"place": PLACE, "as_of": DAY},
            columns=own | cast("dict[str, str]", shape["columns"]),
            means=str(self.fields["means"]),
            does_not_mean=str(self.fields["does_not_mean"]),
            text=_fill(str(shape["cypher"]), _slots(self.fields)),
            rule=self._known,
        )

    @property
    def _known(self) -> dict[str, object]:
        return {"strength": dict(self.strength), "source": self.source, "needs": list(self.needs)}

    @property
    def population(self) -> str:
        """Cypher that counts to how much the rule applies, as `judged`; takes $place and $as_of."""
        of = cast(Fields, self.fields.get("judged", self.fields))
        counted = of.get("count") or next(variable for variable, _ in _columns(of).values())
        return "\n".join([*_matches(of), f"RETURN count(DISTINCT {counted}.id) AS judged"])


def records(folder: Path) -> Mapping[str, Record]:
    """The rules of a folder by id; none where it has no index. Raises BadInput for a record that is not whole."""
    return _records(folder / INDEX)


@cache
def _records(file: Path) -> Mapping[str, Record]:
    if not file.exists():
        return {}
    read = cast("Mapping[str, Fields]", yaml.load(file.read_text("utf-8"), yaml.CSafeLoader))
    return {id: _record(file, id, fields) for id, fields in read.items()}


def _record(file: Path, id: str, fields: Fields) -> Record:
    for key in ("strength", "source", "in_force", "needs"):
        if key not in fields:
            raise BadInput(f"{file}: {id}: {key} is missing; docs/queries.md describes the fields of a rule")
    if ("query" in fields) == ("shape" in fields):
        raise BadInput(f"{file}: {id}: write either query: ID or shape: NAME")
    return Record(
        file=file,
        id=id,
        strength=cast("Mapping[str, str]", fields["strength"]),
        source=str(fields["source"]),
        signs=tuple(_sign(sign) for sign in cast("Sequence[Fields]", fields["in_force"])),
        needs=tuple(_texts(fields["needs"])),
        lists=bool(fields.get("lists")),
        fields=fields,
    )


def _sign(fields: Fields) -> Sign:
    kind = next((kind for kind in ("mechanism", "policy") if kind in fields), "statement")
    relation, subject, object_ = (frozenset(_texts(fields.get(key))) for key in ("relation", "subject", "object"))
    return Sign(kind, relation, subject, object_, str(fields.get("words" if kind == "statement" else kind, "")))


@cache
def _shapes(file: Path) -> Mapping[str, Fields]:
    return cast("Mapping[str, Fields]", yaml.load(file.read_text("utf-8"), yaml.CSafeLoader))


def _texts(value: object) -> list[str]:
    return [] if value is None else [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _title(fields: Fields) -> Mapping[str, str]:
    zh, _, en = str(fields["title"]).partition(" | ")
    return {"zh": zh, "en": en}


def _columns(fields: Fields) -> dict[str, tuple[str, str]]:
    """Of each column the variable or expression, and what it is."""
    columns = cast("Mapping[str, str]", fields["columns"])
    parts = {name: text.partition(" | ") for name, text in columns.items()}
    return {name: (of, is_.strip("'")) for name, (of, _, is_) in parts.items()}


# --- Cypher ----------------------------------------------------------------------------------------------------------
def _fill(text: str, slots: Mapping[str, str]) -> str:
    lines = [line for line in text.splitlines() if all(slots[name] for name in _SLOT.findall(line))]
    return _SLOT.sub(lambda match: slots[match[1]], "\n".join(lines)).strip()


def _slots(fields: Fields) -> dict[str, str]:
    columns, events = _columns(fields), _texts(fields.get("events"))
    matches, ties = _texts(fields["match"]), _texts(fields.get("ties"))
    nodes = [variable for variable, _ in columns.values() if variable.isidentifier()]
    values = {name: of for name, (of, _) in columns.items() if not of.isidentifier()}
    lies = str(fields["in"]).removeprefix("seat of ")
    bound = {name for pattern in matches for name in _NODE.findall(pattern)}
    wanted = [name for tie in ties for name in _NODE.findall(tie) + _USED.findall(tie) if name in bound]
    kept = list(dict.fromkeys([*nodes, *wanted, *([lies] if "register" in fields else [])]))
    bonds = [r for pattern in matches for r in _RELATION.findall(pattern)]
    narrow = [r for r in bonds if r in [*_texts(fields.get("terms")), *events]]
    surely = [str(fields.get("known", "true")), *(_surely(r, events) for r in narrow)]
    return {
        "register": "[" + ", ".join(f"'{of}'" for of in _registers(fields)) + "]",
        "matches": "\n".join(_matches(fields)),
        "ties": _ties(ties, events, [*(["registers"] if "register" in fields else []), *kept, *values, "seats"], bound),
        "kept": ", ".join([*kept, *(f"{of} AS {name}" for name, of in values.items())]),
        "seats": f"collect({' + '.join(f'{r}.claims' for r in bonds)})" if bonds else "[]",
        "known": " AND ".join(f"({one})" for one in surely if one != "true") or "true",
        "shown": ", ".join(
            f"{of} {{.id, .name, .type}} AS {name}" if name not in values else f"{name} AS {name}"
            for name, (of, _) in columns.items()
        ),
        "first": nodes[0],
        "lies": lies,
        "order": ", ".join(
            [*(f"{node}.name, {node}.id" for node in nodes), *(f"coalesce(toString({name}), '')" for name in values)]
        ),
    }


def _ties(ties: Sequence[str], events: Sequence[str], kept: Sequence[str], bound: Collection[str]) -> str:
    """The clauses that look for the ties: the claims of those that hold possibly are `found`, whether each surely holds
    is `sure`. One that begins at what is bound already is looked for row by row, without grouping all rows."""
    by = [r for tie in ties for r in _RELATION.findall(tie)]
    if not by:
        return ""
    claims, surely = " + ".join(f"{r}.claims" for r in by), " AND ".join(f"({_surely(r, events)})" for r in by)
    on = ", ".join(kept)
    begins = _NODE.match(ties[0])
    if len(ties) == 1 and begins and begins[1] in bound:
        look = _pattern("", ties[0], by, events).strip().replace("\n", " ")
        return (
            f"WITH {on}, [{look} | {{claims: {claims}, sure: {surely}}}] AS ties\n"
            f"WITH {on}, [t IN ties | t.claims] AS found, [t IN ties | t.sure] AS sure"
        )
    there = f"{by[-1]} IS NOT NULL"
    found = claims if len(by) == 1 else f"CASE WHEN {there} THEN {claims} END"
    clauses = [_pattern("OPTIONAL MATCH", tie, by, events) for tie in ties]
    return "\n".join([*clauses, f"WITH {on}, collect({found}) AS found, collect({there} AND {surely}) AS sure"])


def _registers(fields: Fields) -> list[str]:
    """What a register may list to close the gap: the type itself, or one above it."""
    of = _texts(fields.get("register"))
    return of if of == ["HOLDS_POST"] else [*of, "Organization", "Actor", "Entity"]


def _matches(fields: Fields) -> list[str]:
    """The patterns that say to what a rule applies: on that day, and in that place."""
    place, terms, events = str(fields["in"]), _texts(fields.get("terms")), _texts(fields.get("events"))
    lies, seated = place.removeprefix("seat of "), place.startswith("seat of ")
    clauses: list[str] = []
    bound: list[str] = []
    patterns = _texts(fields["match"])
    for n, pattern in enumerate(patterns, 1):
        names = _NODE.findall(pattern.partition(" WHERE ")[0]) + _RELATION.findall(pattern)
        first = lies in names and lies not in bound
        bound += [name for name in names if name not in bound]
        more = [f"($place IS NULL OR any(d IN $place WHERE {_lies(lies)}))"] if first and not seated else []
        if n == len(patterns) and "unmet" in fields:
            more.append(_bracketed(str(fields["unmet"])))
        clauses.append(_pattern("MATCH", pattern, terms, events, more))
        if first and seated:
            own = _BEGINS.match(pattern) if n == 1 else None
            if own and own[2] == lies:  # once for each, not for each of its relations
                clauses = [f"MATCH {own[1]}", *_seated(lies, [lies]), clauses[-1].replace(own[1], f"({lies})", 1)]
            else:
                clauses += _seated(lies, bound)
    return clauses


def _lies(name: str) -> str:
    return f"d IN {name}.places OR d IN {name}.place_names"


def _seated(lies: str, bound: Iterable[str]) -> list[str]:
    """That a body lies, or has its seat, in the place. The variables in `bound` go on."""
    homes = f"[({lies})-[:BASED_IN*1..2]->(seat:Place) | coalesce(seat.places + seat.place_names, [])]"
    return [
        f"WITH {', '.join(bound)}, {homes} AS homes",
        f"WHERE $place IS NULL OR any(d IN $place WHERE {_lies(lies)} OR any(home IN homes WHERE d IN home))",
    ]


def _pattern(verb: str, text: str, terms: Iterable[str], events: Iterable[str], more: Sequence[str] = ()) -> str:
    """A pattern, with what it asks, and that its terms hold possibly on the day, or that its events have happened."""
    pattern, _, where = text.partition(" WHERE ")
    relations = _RELATION.findall(pattern)
    asked = [_bracketed(where)] if where else []
    asked += more
    asked += [_possibly(r) for r in relations if r in terms and r not in events]
    asked += [f"coalesce({r}.possible_from, '') <= $as_of" for r in relations if r in events]
    unwound = pattern.replace(" MATCH ", "\nMATCH ") if pattern.startswith("UNWIND ") else f"{verb} {pattern}"
    return unwound + (f"\nWHERE {' AND '.join(asked)}" if asked else "")


def _bracketed(where: str) -> str:
    return f"({where})" if " OR " in where else where


def _possibly(r: str) -> str:
    return f"coalesce({r}.possible_from, '') <= $as_of AND $as_of < coalesce({r}.possible_to, '~')"


def _surely(r: str, events: Iterable[str]) -> str:
    if r in events:  # it has begun by that day, or all of the time in which it may lie is over
        return f"{r}.sure AND coalesce({r}.sure_from, '') <= $as_of OR coalesce({r}.possible_to, '~') <= $as_of"
    return f"{r}.sure AND coalesce({r}.sure_from, '') <= $as_of AND $as_of < coalesce({r}.sure_to, '~')"
