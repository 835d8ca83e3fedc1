"""Settings of one process, read once from the environment (prefix ``GOVGRAPH_``) and then frozen.

A plain dataclass rather than pydantic-settings: that library costs 0.2 s of import, three times what a one-shot
command needs for everything else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from .errors import BadInput

_PREFIX = "GOVGRAPH_"
_MEMORY = re.compile(r"[1-9][0-9]*[kmg]", re.IGNORECASE)
_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user can set.

    ``uri`` names a Neo4j server; None means the private server of the workspace. ``query_timeout`` and ``engine_idle``
    are seconds, ``engine_memory`` is the heap of the private server in Java's notation (``512m``, ``1g``).
    ``llm_url`` is the OpenAI-compatible endpoint that `load --llm` asks, ``llm_timeout`` the seconds for an answer.
    """

    uri: str | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    database: str | None = None
    query_timeout: float = 30.0
    engine_idle: float = 300.0
    engine_memory: str = "2g"  # a scan of a million relations may hold half of it
    workspace: Path = Path("govgraph-data")
    llm_url: str | None = None
    llm_model: str | None = None
    llm_key: str | None = field(default=None, repr=False)
    llm_timeout: float = 60.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """The settings of this process. An empty value counts as not set; a bad one raises BadInput with the remedy."""
        given = os.environ if environment is None else environment
        default = cls()

        def text(name: str) -> str | None:
            return given.get(_PREFIX + name) or None

        return cls(
            uri=_uri(text("URI")),
            user=text("USER"),
            password=text("PASSWORD"),
            database=text("DATABASE"),
            query_timeout=_seconds("QUERY_TIMEOUT", text("QUERY_TIMEOUT"), default.query_timeout),
            engine_idle=_seconds("ENGINE_IDLE", text("ENGINE_IDLE"), default.engine_idle),
            engine_memory=_memory(text("ENGINE_MEMORY"), default.engine_memory),
            workspace=Path(text("WORKSPACE") or default.workspace),
            llm_url=_web(text("LLM_URL")),
            llm_model=text("LLM_MODEL"),
            llm_key=text("LLM_KEY"),
            llm_timeout=_seconds("LLM_TIMEOUT", text("LLM_TIMEOUT"), default.llm_timeout),
        )


def _uri(value: str | None) -> str | None:
    if value is not None and value.partition("://")[0] not in _SCHEMES:
        raise BadInput(
            f"{_PREFIX}URI is {value!r}: expected the Bolt address of a Neo4j server; write neo4j://host:7687 or bolt://host:7687"
        )
    return value


def _web(value: str | None) -> str | None:
    if value is not None and value.partition("://")[0] not in ("http", "https"):
        raise BadInput(f"{_PREFIX}LLM_URL is no web address; write for example http://localhost:11434/v1")
    return value


def _seconds(name: str, value: str | None, default: float) -> float:
    if value is None:
        return default
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0.1 <= seconds <= 1_000_000:
        raise BadInput(f"{_PREFIX}{name} is {value!r}: expected seconds, from 0.1 to 1000000; write {default:g}")
    return seconds


def _memory(value: str | None, default: str) -> str:
    if value is None:
        return default
    if not _MEMORY.fullmatch(value):
        raise BadInput(f"{_PREFIX}ENGINE_MEMORY is {value!r}: expected a size such as 512m or 2g; write {default}")
    return value.lower()
