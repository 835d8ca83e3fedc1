"""How an answer is cited: which graph, which day, which question. With these three it can be asked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from shlex import quote

from govgraph.graph.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Citation:
    """The version of the graph, the day (ISO; None for an answer about all time) and the question with its options."""

    graph: str
    day: str | None
    query: str
    software: str

    def row(self) -> dict[str, str | None]:
        return {"graph": self.graph, "day": self.day, "query": self.query, "software": self.software}

    def __str__(self) -> str:
        return f"{self.software}, graph {self.graph}, {self.day or 'every day'}: {self.query}"


def cite(workspace: Workspace, name: str, options: Mapping[str, object], day: str | None) -> Citation:
    """The citation of an answer. `options` are those of the question; what was left out (None, False, nothing) is."""
    said = [part for key, value in options.items() for part in _said(key, value)]
    query = " ".join([name, *said, *((f"--as-of {day}",) if day else ())])
    return Citation(workspace.state().version, day, query, f"govgraph {version('govgraph')}")


def _said(key: str, value: object) -> list[str]:
    """An option as it is typed: --place 罗湖区, --surely, an option given twice for two values."""
    if value is None or value is False or value == 0:
        return []
    if value is True:
        return [f"--{key}"]
    return [f"--{key} {quote(str(one))}" for one in (value if isinstance(value, list | tuple) else [value])]
