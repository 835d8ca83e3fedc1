"""How an answer is cited: which graph, which day, which question. With these three it can be asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from shlex import join

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


def cite(workspace: Workspace, words: Sequence[str], day: str | None) -> Citation:
    """The citation of an answer. `words` are the question as it was typed, `day` is the one it was answered for."""
    said = list(words) if day is None or "--as-of" in words else [*words, "--as-of", day]
    return Citation(workspace.state().version, day, join(said), f"govgraph {version('govgraph')}")
