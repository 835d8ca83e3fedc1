"""The bench on a tiny city, for real: what it measures, what it says of it, and that it leaves nothing behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from engines import PASSWORD, Neo4j

from govgraph.api.bench import report, theirs
from govgraph.api.bench.city import City, write
from govgraph.api.bench.clock import Times, in_turn, ratio
from govgraph.api.bench.run import SMALLEST, Measure, Result
from govgraph.graph.claim import Checker


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, neo4j_server: Neo4j) -> tuple[dict[str, Any], str, Path]:
    """One run with everything: the JSON, the page, and the folder in which the bench had its own."""
    folder = tmp_path_factory.mktemp("bench")
    page, scratch = folder / "performance.md", folder / "scratch"
    scratch.mkdir()
    neo4j_server.empty()
    command = [sys.executable, "-m", "govgraph.api", "--workspace", str(folder / "w"), "--format", "json", "bench"]
    command += ["--size", str(SMALLEST), "--neo4j", neo4j_server.uri, "--document", str(page)]
    environment = os.environ | {"TMPDIR": str(scratch), "GOVGRAPH_BENCH_PASSWORD": PASSWORD}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)[0], page.read_text("utf-8"), scratch


def test_everything_is_measured(ran: tuple[dict[str, Any], str, Path]) -> None:
    result, _, _ = ran
    measured = {(m["group"], m["name"]): m for m in result["measures"]}
    groups = {group: {name for g, name in measured if g == group} for group, _ in measured}
    assert groups["coverage"] == {"branch", "committee", "firm", "station"}
    assert groups["again"] == groups["conflicts"] == set(theirs.CONFLICTS) and len(theirs.CONFLICTS) == 12
    assert groups["roles"] == {"in the library", "one command, engine up", "one command, engine down"}
    assert groups["picture"] == {"making the file", "first paint", "all drawn", "a frame while it is moved"}
    assert groups["findings"] == {"all, judged", "of one person", "of one compound"}
    assert len(groups["rules"]) == 8 and {name[0] for name in groups["rules"]} == {"a", "R"}
    assert {"against the script with the driver", "again with 1 % changed"} <= groups["build"]
    for (group, _), m in measured.items():
        for name in ("ours", "engine", "theirs", "floor", "yardstick"):
            assert name not in m or 0 < m[name]["least"] <= m[name]["median"] <= m[name]["most"]
        if group in ("coverage", "conflicts"):
            assert m["engine"]["median"] <= m["ours"]["median"] and "theirs" in m
    assert [relations for relations, _, _ in result["curve"]] == [SMALLEST, SMALLEST]
    assert result["memory"]["python"] > 1 << 20 and all(bytes > 0 for bytes in result["disk"].values())


def test_goals_are_judged_from_what_was_measured(ran: tuple[dict[str, Any], str, Path]) -> None:
    result, page, _ = ran
    assert len(result["goals"]) == 17
    for goal in result["goals"]:
        assert goal["met"] == (goal["found"] <= goal["limit"])
        assert f"| {goal['text']} | {goal['limit']:g} |" in page
    assert page.startswith("# How fast it is\n")
    assert ("**missed**" in page) == (not all(goal["met"] for goal in result["goals"]))


def test_nothing_stays(ran: tuple[dict[str, Any], str, Path], neo4j_server: Neo4j) -> None:
    _, _, scratch = ran
    assert not list(scratch.glob("govgraph-bench-*"))
    assert neo4j_server.driver.execute_query("MATCH (n) RETURN count(n) AS n")[0][0]["n"] == 0


def test_a_database_with_data_is_left_alone(govgraph: Any, neo4j_server: Neo4j) -> None:
    neo4j_server.empty()
    neo4j_server.driver.execute_query("CREATE (:Precious)")
    done = govgraph("bench", "--neo4j", neo4j_server.uri, "--password", PASSWORD)
    assert done.code == 2 and "holds data" in done.err
    assert neo4j_server.driver.execute_query("MATCH (n:Precious) RETURN count(n) AS n")[0][0]["n"] == 1
    neo4j_server.empty()


def test_no_server_and_a_size_that_says_nothing(govgraph: Any) -> None:
    done = govgraph("bench", "--neo4j", "bolt://127.0.0.1:1", "--password", "x")
    assert done.code == 2 and "no Neo4j at" in done.err
    done = govgraph("bench", "--size", "10")
    assert done.code == 2 and str(SMALLEST) in done.err


# --- the pieces -------------------------------------------------------------------------------------------------------
def test_the_city_is_the_same_each_time_and_every_claim_stands(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    claims, relations = write(3000, first)
    assert relations == 3000 and write(3000, second) == (claims, relations)
    assert first.read_bytes() == second.read_bytes()
    checker = Checker()
    for line in first.read_text("utf-8").splitlines():
        checker.line(line)


def test_a_city_grows_by_more_of_the_same() -> None:
    small, large = (list(City(size, 1).rows()) for size in (2000, 4000))
    assert large[: len(small)] == small


def test_an_edition_changes_one_in_a_hundred(tmp_path: Path) -> None:
    write(5000, tmp_path / "a")
    write(5000, tmp_path / "b", changed=0.01)
    a, b = ((tmp_path / name).read_text("utf-8").splitlines() for name in "ab")
    assert 20 < sum(x != y for x, y in zip(a, b, strict=True)) < 90


def test_ratios_are_those_of_each_turn() -> None:
    assert ratio(Times((1.0, 4.0, 9.0)), Times((1.0, 2.0, 3.0))) == {"median": 2.0, "least": 1.0, "most": 3.0}
    order: list[str] = []
    taken = in_turn({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=2, warm=1)
    assert "".join(order) == "ababab" and len(taken["a"].seconds) == 2


def test_what_was_left_out_is_said() -> None:
    one = Times((2.0,))
    result = Result(1000, 1800, measures=[
        Measure("build", "against the engine's fast door with bare rows", one, yardstick=Times((1.0,))),
        Measure("build", "again with 1 % changed", one, yardstick=Times((10.0,))),
        Measure("roles", "in the library", one, yardstick=one), Measure("roles", "one command, engine up", one, yardstick=one),
    ], curve=[(1000, 1800, 1.0), (1000, 1800, 1.0)], left_out=["no server"])  # fmt: skip
    found = report.goals(result)
    assert [goal.met for goal in found] == [None, True, False, *[None] * 8, True, True, None, None, True, True]
    assert "- no server" in report.document(result) and "not measured" in report.document(result)
    assert report.rows(result)[-1] == {"group": "left out", "what": "no server"}
