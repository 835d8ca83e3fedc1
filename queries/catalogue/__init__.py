"""The catalogue of questions: one Cypher file per question, found by being there; and rules, asked like questions.

A file begins with comment lines that say what it asks (docs/queries.md describes them), then comes the query. A command
that runs one question reads one file: the name of a file begins with the id of its question, `q05_posts_of_a_person`.
A rule that asks by a question, or is made from a shape, stands in `rules.yaml`; only who asks for a rule reads that.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from govgraph.graph.errors import BadInput, NotFound
from govgraph.graph.period import day
from govgraph.graph.store import Store
from govgraph.graph.workspace import Workspace, consistent

from ..evidence import Row, claims_of, with_evidence
from ..names import find, places
from .question import AS_OF, TYPES, Parameter, Question, id_of, read
from .records import Record, records
from .returned import unsorted

__all__ = ["FOLDER", "Parameter", "Question", "Record", "answer", "question", "questions", "read", "records", "run"]

FOLDER = Path(__file__).parent
_RULE = re.compile(r"[Rr]\d+")


def questions(folder: Path = FOLDER) -> list[Question]:
    """Every question and rule, by id. Raises BadInput, naming file and line, for one that is not whole."""
    found = {asked.id: asked for asked in map(read, _files(folder))}
    for id, rule in records(folder).items():
        found[id] = rule.asked(found.get(rule.query)) if rule.query else rule.made()
    return [found[id] for id in sorted(found)]


def question(name: str, folder: Path = FOLDER) -> Question:
    """The question or rule of that id (whatever the case) or file name. Raises NotFound with the nearest."""
    files = {key: file for file in _files(folder) for key in (id_of(file).casefold(), file.stem.casefold())}
    file = files.get(name.casefold())
    rules = records(folder) if _RULE.fullmatch(name) or file is None else {}
    if rule := rules.get(name.upper()):
        asks = files.get(rule.query.casefold()) if rule.query else None
        return rule.asked(read(asks) if asks else None) if rule.query else rule.made()
    if file:
        return read(file)
    known = {key: f"{id_of(file)} ({file.stem})" for key, file in files.items()}
    known |= {id.casefold(): id for id in rules}
    near = difflib.get_close_matches(name.casefold(), known, 1, 0.5)
    hint = f"the nearest is {known[near[0]]}" if near else "`govgraph queries` lists them"
    raise NotFound(f"there is no question {name}; {hint}")


@consistent
def run(workspace: Workspace, name: str, parameters: Mapping[str, str], as_of: str | None = None) -> list[Row]:
    """The answer to a question, one row for each answer, in the order that the question gives.

    Values are texts and are read as the type that the question declares; `as_of` (ISO day) may stand among them. Rows
    that rest on claims get `evidence`. Raises NotFound for an unknown question, place or actor, BadInput for a
    parameter that is missing, not known or not of its type.
    """
    asked = question(name)
    given = dict(parameters)
    if as_of is not None:
        given[AS_OF] = as_of
    _check(asked, given)
    chosen = asked.day(workspace, given.get(AS_OF))
    with workspace.reader() as store:
        rows = answer(store, asked, given, chosen)
    if any("claims" not in row for row in rows):
        return rows
    return with_evidence(workspace, rows)


def answer(store: Store, asked: Question, given: Mapping[str, str], chosen: str | None) -> list[Row]:
    """The rows of a question on an open graph, without their evidence; `chosen` is the day where it takes one."""
    values = {p.name: _value(store, asked, p, given.get(p.name, p.default)) for p in asked.parameters.values()}
    text, put = unsorted(asked.text)
    rows = put(store.read(text, values | ({AS_OF: chosen} if asked.dated else {})))
    for row in rows:
        if "claims" in row:
            row["claims"] = claims_of(_list(row["claims"]))
    return rows


def _check(asked: Question, given: Mapping[str, str]) -> None:
    expected = f"{asked.id} takes {', '.join(map(str, asked.parameters.values())) or 'no parameters'}"
    for key in given:
        if key not in asked.parameters:
            raise BadInput(f"parameter {key} is not known; {expected}")
    if missing := [p.name for p in asked.parameters.values() if p.needed and p.name not in given]:
        raise BadInput(f"parameter {' and '.join(missing)} is missing; {expected}")


def _value(store: Store, asked: Question, parameter: Parameter, text: str | None) -> object:
    """A value as the query takes it: places and actors become the list of ids that bear the name."""
    if text is None or parameter.name == AS_OF:
        return None
    if parameter.type == "place":
        return places(store, text)
    if parameter.type == "actor":
        return [row["id"] for row in find(store, text)]
    try:
        return _PLAIN[parameter.type](text)
    except (ValueError, BadInput):
        example = f", e.g. {parameter.example}" if parameter.example else ""
        raise BadInput(f"{asked.id}: {parameter.name}={text} is not {TYPES[parameter.type]}{example}") from None


def _texts(text: str) -> list[str]:
    return [part for part in (part.strip() for part in re.split("[,，、]", text)) if part]


_PLAIN: Mapping[str, Callable[[str], object]] = {
    "text": str,
    "integer": int,
    "number": float,
    "date": day,
    "list": _texts,
}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.cypher"))
