"""The command as a user runs it: a process of its own, with its own output and exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

COMMAND = Path(sys.executable).with_name("govgraph")
Row = dict[str, Any]


@dataclass
class Ran:
    """What one run printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[Row]:
        return [json.loads(line) for line in self.out.splitlines()]


class Govgraph:
    """The command on one workspace."""

    command = COMMAND

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, *words: str | Path, options: tuple[str, ...] = (), env: dict[str, str] | None = None) -> Ran:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("GOVGRAPH_")} | {
            "COLUMNS": "200",
            "NO_COLOR": "1",
            "LANG": "C.UTF-8",
        }
        command = [str(x) for x in (COMMAND, "--workspace", self.root, *options, *words)]
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, env=clean | (env or {}), timeout=300
        )
        ran = Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))
        assert "Traceback (most recent call last)" not in ran.out + ran.err, ran.err
        return ran

    def rows(self, *words: str | Path, options: tuple[str, ...] = ()) -> list[Row]:
        """The rows of an answer; the run must end well."""
        ran = self(*words, options=options)
        assert ran.code == 0, ran.err
        return ran.rows


@pytest.fixture
def govgraph(tmp_path: Path) -> Iterator[Govgraph]:
    """The command on an empty workspace."""
    found = Govgraph(tmp_path / "w")
    yield found
    if (tmp_path / "w" / "engine").exists():
        found("engine", "stop")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Govgraph]:
    """The command on the demo city, loaded once. Tests only read it."""
    found = Govgraph(tmp_path_factory.mktemp("demo") / "w")
    ran = found("demo")
    assert ran.code == 0, ran.err
    found.told = ran.out  # type: ignore[attr-defined]
    yield found
    found("engine", "stop")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write claims as JSON Lines."""

    def write(name: str, *rows: Row | str) -> Path:
        file = tmp_path / name
        file.write_text(
            "".join((row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n" for row in rows),
            "utf-8",
        )
        return file

    return write
