"""`govgraph serve` as a user runs it: a process of its own, stopped by a signal, following the loads of others."""

from __future__ import annotations

import re
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from serving import claims, said, served, until

from govgraph.graph import engine

Row = dict[str, Any]
MORE: list[Row] = [
    {"kind": "source", "id": "new", "title": "新", "type": "note"},
    {
        "kind": "relation",
        "subject": "reg/p",
        "relation": "HOLDS_POST",
        "object": "reg/b",
        "attributes": {"role": "支部书记"},
        "evidence": said("new", 1, "A", "支部书记"),
    },
]


def test_it_follows_loads_and_ends_at_a_signal(govgraph: Any, write: Callable[..., Path]) -> None:
    assert govgraph("import", write("a.jsonl", *claims())).code == 0
    with served(govgraph) as (ask, process):
        before = ask("/v1/roles?person=甘若水")[1]
        assert before["items"] == govgraph.rows("roles", "甘若水")
        assert govgraph("import", write("b.jsonl", *MORE)).code == 0
        after = ask("/v1/roles?person=甘若水")[1]
        assert len(after["items"]) == 2 and after["version"] != before["version"]
        assert govgraph("engine", "stop").code == 0  # a running service does not hold it, and starts it when asked
        assert ask("/v1/roles?person=甘若水")[1] == after
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGTERM)


def test_open_to_others_it_shows_only_what_is_public(govgraph: Any, write: Callable[..., Path]) -> None:
    assert govgraph("import", write("a.jsonl", *claims())).code == 0
    (key,) = govgraph.rows("keys", "add", "a reader", "--tier", "restricted")
    with served(govgraph, "--host", "0.0.0.0") as (ask, _):
        assert ask("/v1/conflicts")[1]["items"][0]["people"][1]["id"] is None
        assert ask("/v1/conflicts", key["key"])[1]["items"][0]["people"][1]["name"] == "祁连山"
        assert ask("/v1/roles", "gg_x_y")[0] == 401
        assert govgraph("keys", "revoke", key["id"]).code == 0
        assert ask("/v1/roles", key["key"])[0] == 401
    views = list((govgraph.root / "views").glob("*/engine"))
    assert [engine.status(view) is not None for view in views] == [True]
    assert [view["view"] for view in govgraph.rows("engine", "status")[0]["views"]] == [views[0].parent.name]
    assert any(row["check"] == "views" and "runs" in row["detail"] for row in govgraph.rows("doctor"))
    assert govgraph("engine", "stop").code == 0  # stops those of the views as well
    assert not any(map(engine.status, views))


def test_loads_and_rebuilds_beside_several_workers_fail_no_request(govgraph: Any, write: Callable[..., Path]) -> None:
    assert govgraph("import", write("a.jsonl", *claims())).code == 0
    with served(govgraph, "--workers", "2") as (ask, process):
        answers: list[tuple[int, Row]] = []
        done = threading.Event()

        def keep_asking() -> None:
            while not done.is_set():
                answers.append(ask("/v1/roles?person=甘若水"))

        askers = [threading.Thread(target=keep_asking) for _ in range(2)]
        for asker in askers:
            asker.start()
        assert govgraph("import", write("b.jsonl", *MORE)).code == 0
        assert govgraph("rebuild").code == 0
        done.set()
        for asker in askers:
            asker.join()
        assert {status for status, _ in answers} == {200}
        assert {len(body["items"]) for _, body in answers} <= {1, 2}
        assert all(len(ask("/v1/roles?person=甘若水")[1]["items"]) == 2 for _ in range(8))
        asked = len(answers) + 8
        until(lambda: _counted(ask.text("/metrics")) == asked, 20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGTERM)


def _counted(text: str) -> int:
    """Requests to /v1/roles that `/metrics` counts, over all workers."""
    found = re.findall(r'^govgraph_request_seconds_count\{.*door="/v1/roles",.*\} (\d+)', text, re.MULTILINE)
    return sum(map(int, found))


def test_it_is_served_under_the_path_of_a_proxy(govgraph: Any, write: Callable[..., Path]) -> None:
    assert govgraph("import", write("a.jsonl", *claims())).code == 0
    with served(govgraph, GOVGRAPH_HTTP_PREFIX="/govgraph") as (ask, _):
        assert ask("/openapi.json")[1]["servers"] == [{"url": "/govgraph"}]
        assert ask("/v1/roles")[0] == 200 and ask("/govgraph/v1/roles")[0] == 200
        assert "/govgraph/v1/actors/{{id}}" in ask("/v1/reconcile")[1]["view"]["url"]
        assert '"openapi.json"' in ask.text("/docs")  # relative, so right under any path


def test_addresses_as_people_type_them_and_clients_that_do_not_finish(
    govgraph: Any, write: Callable[..., Path]
) -> None:
    assert govgraph("import", write("a.jsonl", *claims())).code == 0
    with served(govgraph) as (ask, _):
        with socket.create_connection(("127.0.0.1", ask.port)) as slow, _sent(ask.port, "GET /v1/ro") as half:
            slow.sendall(b"POST /v1/cypher HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            raw = "GET /v1/roles?person=甘若水 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
            with _sent(ask.port, raw) as whole:
                answer = b"".join(iter(lambda: whole.recv(65536), b"")).decode()
            assert answer.startswith("HTTP/1.1 200") and "业委会主任" in answer
            half.sendall(b"les\0 HTTP/1.1\r\n\r\n")
            assert half.recv(100).startswith(b"HTTP/1.1 400")
        assert ask("/v1/roles")[0] == 200


def _sent(port: int, text: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.sendall(text.encode())
    return connection


def test_an_address_that_is_taken_is_told(govgraph: Any, write: Callable[..., Path]) -> None:
    assert govgraph("import", write("a.jsonl", *claims())).code == 0
    assert "cannot be listened on" in govgraph("serve", "--host", "203.0.113.1").err
    assert govgraph("serve", "--host", "203.0.113.1").code == 2
