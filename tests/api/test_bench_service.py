"""The service under load on a tiny city, for real; and the load itself on a service that answers as it is told."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from engines import PASSWORD, Neo4j
from fastapi.testclient import TestClient

from govgraph.api.bench import rivals, service_report
from govgraph.api.bench.clock import Times
from govgraph.api.bench.load import paced, saturated
from govgraph.api.bench.service import Served


@contextmanager
def told(status: int, length: int = 2) -> Iterator[int]:
    """A service that answers everything with this status, or breaks off where the body is shorter than it says."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer(connection: socket.socket) -> None:
            with connection:
                while connection.recv(65536):
                    connection.sendall(f"HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n{{}}".encode())
                    if length != 2:
                        return

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=[connection], daemon=True).start()

        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def test_a_load_is_bounded_and_counts_every_request() -> None:
    with told(200) as port:
        taken = paced(port, ["/a", "/b?x=甘"], rate=200, seconds=0.5)
        assert taken.ended == {200: 100} and taken.errors == 0 and len(taken.seconds) == 100
        assert taken.lasted >= 0.4 and max(taken.due) < 0.5 and taken.share(0.5) <= taken.share(0.95)
        assert len(taken.between(0.0975, 0.2975).seconds) == 40  # bounds between two that are due, for they are rounded
        assert saturated(port, ["/"], 0.3, connections=2).rate > 10


@pytest.mark.parametrize(("status", "length", "seen"), [(500, 2, 500), (404, 2, 404), (200, 9, 0)])
def test_what_goes_wrong_is_an_error(status: int, length: int, seen: int) -> None:
    with told(status, length) as port:
        assert paced(port, ["/"], rate=20, seconds=0.5).ended == {seen: 10}


def test_goals_are_judged_from_what_was_measured() -> None:
    result = Served(1000, left_out=["no server"])
    result.look_up = {"govgraph": Times((0.003,)), "again": Times((0.002,)), "empty": Times((0.001,))}
    result.start = {"engine": Times((2.0,)), "up": Times((1.0,)), "down": Times((4.5,))}
    goals = {goal.text: goal.met for goal in service_report.goals(result)}
    assert [met for text, met in goals.items() if "empty endpoint" in text] == [True, True]
    assert [met for text, met in goals.items() if "naive" in text or "by hand" in text] == [None] * 12
    assert [met for text, met in goals.items() if text.startswith("start")] == [True, False]
    assert any(row["group"] == "left out" for row in service_report.rows(result))


def test_everything_is_measured(govgraph: Any, neo4j_server: Neo4j, tmp_path: Path) -> None:
    neo4j_server.empty()
    page = tmp_path / "page.md"
    words = ("bench-service", "--size", "1000", "--minutes", "0.1", "--seconds", "0.3", "--document", page)
    (result,) = govgraph.rows(*words, "--neo4j", neo4j_server.uri, "--password", PASSWORD)
    assert set(result["look_up"]) == {"govgraph", "again", "bare", "empty", "naive", "cypher"}
    assert set(result["most"]) == {*result["look_up"], "govgraph_each", "again_each"}
    assert result["mixed"]["ended"] == {"200": result["mixed"]["requests"]} and result["mixed"]["requests"] == 240
    assert set(result["start"]) == {"engine", "up", "down"} and result["reload"][0] < result["reload"][1]
    text = page.read_text("utf-8")
    assert text.startswith("# How fast the service is") and all(goal["text"] in text for goal in result["goals"])
    assert json.loads(json.dumps(result)) == result


def test_the_two_services_with_py2neo_say_the_same(neo4j_server: Neo4j) -> None:
    neo4j_server.empty()
    statement = """CREATE (p:Entity {name: '甲'})-[:HOLDS_POST {role: '主任', from: '2020', quote: 'q'}]->(:Entity {name: '会'}),
    (p)-[:HOLDS_POST {role: '书记', to: '2021', quote: 'r'}]->(:Entity {name: '部'}), (:Entity {name: '甲'})"""
    neo4j_server.driver.execute_query(statement)
    answers = [
        TestClient(make(neo4j_server.uri, "neo4j", PASSWORD)).get("/roles", params={"person": "甲"}).json()
        for make in (rivals.naive, rivals.cypher)
    ]
    by_matchers, by_hand = (sorted(answer, key=lambda row: row["body"]) for answer in answers)
    assert by_matchers == by_hand and [row["role"] for row in by_hand] == ["主任", "书记"]
    neo4j_server.empty()
