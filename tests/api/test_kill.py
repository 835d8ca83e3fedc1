"""Kill whatever is writing, at a random moment; the next command completes the work and nothing is lost.

GOVGRAPH_KILL_ROUNDS sets the number of rounds (12), GOVGRAPH_TEST_SEED the moments at which they strike.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

Row = dict[str, Any]
ROUNDS = int(os.environ.get("GOVGRAPH_KILL_ROUNDS", "12"))


def town(source: str, size: int) -> list[Row]:
    """A source with `size` compounds, each with a firm, a committee and a chair."""
    evidence = {"source": source, "locator": {"row": 1, "column": "A"}, "quote": "x"}
    rows: list[Row] = [{"kind": "source", "id": source, "title": source, "type": "table", "published": "2024-01-01"}]

    def entity(key: str, type: str, name: str) -> None:
        rows.append({"kind": "entity", "key": f"{source}/{key}", "type": type, "name": name, "evidence": evidence})

    def relate(a: str, relation: str, b: str, **attributes: str) -> None:
        ends = {"subject": f"{source}/{a}", "relation": relation, "object": f"{source}/{b}"}
        rows.append({"kind": "relation", **ends, "attributes": attributes, "valid": "2020/..", "evidence": evidence})

    for n in range(size):
        entity(f"k{n}", "Compound", f"{source}{n}号小区")
        entity(f"f{n}", "PropertyFirm", f"{source}第{n}物业服务有限公司")
        entity(f"c{n}", "OwnersCommittee", f"{source}{n}号小区业主委员会")
        entity(f"p{n}", "Person", f"甘{source}{n}")
        relate(f"f{n}", "SERVES", f"k{n}")
        relate(f"c{n}", "BASED_IN", f"k{n}")
        relate(f"p{n}", "HOLDS_POST", f"c{n}", role="业委会主任")
    return rows


def strike(govgraph: Any, words: tuple[str, ...], after: float) -> None:
    """Run a command in a process group of its own and kill the group after so many seconds."""
    process = subprocess.Popen(
        [govgraph.command, "--workspace", govgraph.root, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(after)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def claims(govgraph: Any, to: Path) -> set[str]:
    assert govgraph("export", "claims", to).code == 0
    return set(to.read_text("utf-8").splitlines())


def graph(govgraph: Any, to: Path) -> bytes:
    assert govgraph("export", "graph", to).code == 0
    return (to / "nodes.jsonl").read_bytes() + (to / "relations.jsonl").read_bytes()


def test_killed_at_any_moment_nothing_is_lost(govgraph: Any, tmp_path: Path) -> None:
    seed = int(os.environ.get("GOVGRAPH_TEST_SEED") or random.randrange(10**6))
    print(f"GOVGRAPH_TEST_SEED={seed}")
    r = random.Random(seed)
    files = []
    for number, size in enumerate((60, 5, 40, 20)):
        file = tmp_path / f"town{number}.jsonl"
        file.write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in town(f"t{number}", size)), "utf-8"
        )
        files.append(str(file))
    steps = [
        ("import", files[0]),
        ("import", files[1]),
        ("rebuild",),
        ("import", files[2]),
        ("source", "retract", "t1"),
        ("import", files[3]),
        ("import", files[1]),
    ]
    never = type(govgraph)(tmp_path / "never-killed")
    try:
        for number in range(ROUNDS):
            step = steps[number % len(steps)]
            before = claims(govgraph, tmp_path / "before")
            strike(govgraph, step, r.uniform(0, 1.6))
            ran = govgraph("roles", "t00号小区业主委员会")
            assert ran.code in (0, 2), ran.err
            between = claims(govgraph, tmp_path / "between")
            assert govgraph(*step).code == 0
            after = claims(govgraph, tmp_path / "after")
            assert between in (before, after), f"round {number}, {step}: half a step stands in the log"
            assert never(*step).code == 0
            assert graph(govgraph, tmp_path / "g") == graph(never, tmp_path / "n"), (
                f"round {number}, {step}: not the graph of one never killed"
            )
            counted = govgraph.rows("cypher", "MATCH (n:Entity) RETURN count(n) AS n")
            assert counted == never.rows("cypher", "MATCH (n:Entity) RETURN count(n) AS n")
    finally:
        never("engine", "stop")


@pytest.mark.parametrize("folder", ["compiled", "engine"])
def test_what_can_be_built_again_may_be_deleted_or_damaged(govgraph: Any, tmp_path: Path, folder: str) -> None:
    file = tmp_path / "town.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in town("t", 5)), "utf-8")
    assert govgraph("import", file).code == 0
    expected = govgraph.rows("coverage", "--of", "firm")
    govgraph("engine", "stop")
    for harm in ("delete", "damage"):
        for path in sorted((govgraph.root / folder).rglob("*"), reverse=True):
            if path.is_file() and (harm == "delete" or path.suffix in (".parquet", ".json", ".bucket", ".wal")):
                path.unlink() if harm == "delete" else path.write_bytes(b"not what it was")
        ran = govgraph("coverage", "--of", "firm")
        assert ran.code == 0 and ran.rows == expected, (harm, ran.err)
        govgraph("engine", "stop")
