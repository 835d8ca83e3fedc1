"""Lines checked by several processes give what one would give: rows, refusals by line, notes, in their order."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
from itertools import islice
from pathlib import Path

import pytest

from govgraph.graph import checking
from govgraph.graph.checking import Checked, Line, Texts, check_all
from govgraph.graph.claim import Checker
from govgraph.graph.errors import EngineFailure


@pytest.fixture
def lines(tmp_path: Path) -> tuple[Path, list[Line], Texts]:
    """Claims of many sources, each declared just before what cites it; some bad, some odd, some that quote a text."""
    text = "甲小区成立了党支部。"
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    (tmp_path / f"{sha256}.txt").write_text(text, "utf-8")
    said: list[str] = []
    for n in range(300):
        source = {"kind": "source", "id": f"s{n}", "title": "题", "type": "note"}
        said.append(json.dumps(source) if n % 3 else json.dumps(source).replace("source", "\\u0073ource", 1))
        quote = {
            "source": f"s{n}",
            "locator": {"start": 0, "end": 3, "line": 1},
            "quote": "甲小区" if n % 5 else "乙小区",
        }
        said.append(
            json.dumps({"kind": "entity", "key": f"s{n}/k", "type": "Compound", "name": "甲小区", "evidence": quote})
        )
        later = {"source": f"s{n + 40}", "locator": {}, "quote": "x"}
        odd = {"attributes": {"oddity": n}, "evidence": later if n % 7 == 0 else quote | {"locator": {}}}
        said.append(json.dumps({"kind": "entity", "key": f"s{n}/o", "type": "Compound", "name": "乙小区"} | odd))
        said.append(
            "{not json" if n % 50 == 9 else json.dumps({"kind": "source", "id": f"t{n}", "title": "", "type": "note"})
        )
    return tmp_path / "claims.jsonl", list(enumerate(said, 1)), Texts(tmp_path, {f"s{n}": sha256 for n in range(300)})


def checked(file: Path, lines: list[Line], texts: Texts) -> list[tuple[int, Checked]]:
    file.write_text("", "utf-8")
    return list(check_all(Checker(set(), texts), file, lines, 7, texts))


def test_many_processes_give_what_one_gives(
    lines: tuple[Path, list[Line], Texts], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "CHUNK", 11)
    alone = checked(*lines)
    monkeypatch.setattr(checking, "LARGE", 0)
    monkeypatch.setattr(checking, "_cores", lambda: 3)
    assert checked(*lines) == alone
    refused = {number for _, (_, refusals, _) in alone for number, _ in refusals}
    assert {2, 22, 3, 4, 40} <= refused and 6 not in refused and len(refused) > 300
    assert sum(count for count, _ in alone) == 1200
    assert alone[0][1][0].startswith('{"head":[8, "claim", "s0", ')


def test_a_checker_that_dies_is_an_error(
    lines: tuple[Path, list[Line], Texts], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []
    popen = subprocess.Popen

    def noted(*args: object, **more: object) -> subprocess.Popen[bytes]:
        process: subprocess.Popen[bytes] = popen(*args, **more)  # type: ignore[call-overload]
        started.append(process.pid)
        return process

    monkeypatch.setattr(subprocess, "Popen", noted)
    monkeypatch.setattr(checking, "CHUNK", 11)
    monkeypatch.setattr(checking, "LARGE", 0)
    monkeypatch.setattr(checking, "_cores", lambda: 2)
    file, some, texts = lines
    file.write_text("", "utf-8")
    running = check_all(Checker(set(), texts), file, some, 0, texts)
    next(running)
    for pid in started:
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(EngineFailure, match="has died"):
        list(islice(running, 1200))
