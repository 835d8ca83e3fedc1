"""One question of the catalogue, and how its file is read. docs/queries.md describes a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from govgraph.graph.errors import BadInput
from govgraph.graph.period import day
from govgraph.graph.workspace import Workspace

from ..evidence import Row

TYPES = {
    "text": "a text",
    "integer": "a whole number",
    "number": "a number",
    "date": "a day, written YYYY-MM-DD",
    "list": "texts with commas between them",
    "place": "the exact name, alias, id or key of a place",
    "actor": "the exact name, alias, id or key of an actor",
}
AS_OF = "as_of"

_COMMENT = re.compile(r"//\s*(id|title|for|means|does not mean|parameter|column)(?:\s+(\w+))?\s*:\s*(.*?)\s*")
_PARAMETER = re.compile(
    r"(?P<type>\w+)(?:,\s*(?:(?P<optional>optional)|default\s+(?P<default>[^,;]+)))?(?:[,;]\s*(?P<means>.*))?"
)
_EXAMPLE = re.compile(r"(.*?),?\s*e\.g\.\s*(.+)")
_USED = re.compile(r"\$(\w+)")
_REMEDIES: Mapping[str, str] = {
    "id": "write // id: and the letters before the first _ of the file's name, in capitals; further ids after a comma",
    "title": "write // title: 中文 | English",
    "for": "say who asks, as in // for: auditor",
    "means": "say what a row means",
    "does not mean": "say what a row does not mean",
}
_KEYS = ", ".join((*_REMEDIES, "parameter NAME", "column NAME"))


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something a question asks for. Optional ones are null if not given; a default stands for what is not given."""

    name: str
    type: str
    optional: bool
    default: str | None
    means: str
    example: str | None

    @property
    def needed(self) -> bool:
        return not self.optional and self.default is None

    def __str__(self) -> str:
        if self.needed:
            return f"{self.name}={self.example}"
        return f"{self.name} (optional{f', {self.example}' if self.example else ''})"


@dataclass(frozen=True)
class Question:
    """One question of the catalogue: what it asks, for whom, of what, and what an answer means.

    `rule` tells of a rule where it was met and how strongly, in which text, and what records it needs.
    """

    file: Path
    ids: tuple[str, ...]
    title: Mapping[str, str]
    audience: str
    parameters: Mapping[str, Parameter]
    columns: Mapping[str, str]
    means: str
    does_not_mean: str
    text: str
    rule: Row | None = None

    @property
    def id(self) -> str:
        return self.ids[0]

    @property
    def name(self) -> str:
        """The file's name, or the id of a rule that stands in the index of rules."""
        return self.file.stem if self.file.suffix == ".cypher" else self.id.casefold()

    def row(self) -> Row:
        """The question as an answer shows it, with the Cypher that runs, ready for any Neo4j client."""
        shown: Row = {
            "id": self.id,
            "ids": list(self.ids),
            "name": self.name,
            "title": dict(self.title),
            "for": self.audience,
            "parameters": [str(parameter) for parameter in self.parameters.values()],
            "columns": dict(self.columns),
            "means": self.means,
            "does_not_mean": self.does_not_mean,
            "cypher": self.text,
        }
        return shown | ({"rule": self.rule} if self.rule else {})

    @cached_property
    def dated(self) -> bool:
        """Whether the answer depends on a day."""
        return AS_OF in self.parameters

    def day(self, workspace: Workspace, as_of: str | None) -> str | None:
        """The day of an answer: the one asked for, else the workspace's where the question needs one, else none."""
        if as_of is not None:
            return day(as_of)
        return workspace.day() if self.dated and self.parameters[AS_OF].default else None


def id_of(file: Path) -> str:
    """The id with which the name of a file begins."""
    return file.stem.partition("_")[0].upper()


def read(file: Path) -> Question:
    """Read one question. Raises BadInput with FILE:LINE, what is wrong and what to write."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file}:1: not readable as UTF-8 text ({error})") from None
    said: dict[str, str] = {}
    parameters: dict[str, Parameter] = {}
    columns: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.startswith("//"):
            continue
        match = _COMMENT.fullmatch(line)
        if not match:
            raise BadInput(f"{file}:{number}: not readable; write // KEY: text, where KEY is one of {_KEYS}")
        key, name, text = match.groups()
        if (key in ("parameter", "column")) != (name is not None) or not text:
            raise BadInput(f"{file}:{number}: write // parameter NAME: …, // column NAME: … or // {key}: …")
        if key == "parameter":
            parameters[name] = _parameter(f"{file}:{number}", name, text)
        elif key == "column":
            columns[name] = text
        else:
            said[key] = text
    text = "\n".join(line for line in lines if not line.startswith("//")).strip()
    _whole(file, lines, said, parameters, columns)
    zh, _, en = said["title"].partition("|")
    return Question(
        file=file,
        ids=_ids(said["id"]),
        title={"zh": zh.strip(), "en": en.strip()},
        audience=said["for"],
        parameters=parameters,
        columns=columns,
        means=said["means"],
        does_not_mean=said["does not mean"],
        text=text,
    )


def _ids(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


def _parameter(at: str, name: str, text: str) -> Parameter:
    match = _PARAMETER.fullmatch(text)
    if not match or match["type"] not in TYPES:
        raise BadInput(f"{at}: {name} has no known type; write // parameter {name}: TYPE, … with {', '.join(TYPES)}")
    means, example = match["means"] or "", None
    if found := _EXAMPLE.fullmatch(means):
        means, example = found.groups()
    parameter = Parameter(name, match["type"], bool(match["optional"]), match["default"], means, example)
    if parameter.needed and not example:
        raise BadInput(f"{at}: {name} has no example; end the line with e.g. EXAMPLE, or say optional")
    return parameter


def _whole(
    file: Path, lines: list[str], said: Mapping[str, str], parameters: Iterable[str], columns: Iterable[str]
) -> None:
    """Everything said that has to be, and the query asks and returns what the comments promise."""
    for key, remedy in _REMEDIES.items():
        if key not in said:
            raise BadInput(f"{file}:1: {key} is missing; {remedy}")
    if _ids(said["id"])[0] != id_of(file):
        raise BadInput(f"{file}:1: id {said['id']} does not begin the name of the file; {_REMEDIES['id']}")
    if "|" not in said["title"]:
        raise BadInput(f"{file}:1: the title has one language; {_REMEDIES['title']}")
    query = [(number, line.partition("//")[0]) for number, line in enumerate(lines, 1)]
    used = {name: number for number, line in reversed(query) for name in _USED.findall(line)}
    for name, number in used.items():
        if name not in parameters:
            raise BadInput(
                f"{file}:{number}: ${name} is not declared; write // parameter {name}: TYPE, …, e.g. EXAMPLE"
            )
    for name in parameters:
        if name not in used:
            raise BadInput(f"{file}:1: parameter {name} is not used by the query; take the line out")
    text = "\n".join(line for _, line in query)
    for name in columns:
        if not re.search(rf"\bAS\s+{name}\b", text):
            raise BadInput(f"{file}:{len(lines)}: column {name} is not returned; write AS {name} or drop its line")
    if not columns:
        raise BadInput(f"{file}:1: no columns are described; write // column NAME: what it holds for each")
