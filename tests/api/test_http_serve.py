"""`govgraph serve` as a user runs it: a process of its own, stopped by a signal, following the loads of others."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from serving import claims, said

Row = dict[str, Any]


@contextmanager
def served(govgraph: Any, *words: str) -> Iterator[tuple[Callable[..., tuple[int, Row]], subprocess.Popen[str]]]:
    """A running service, and how to ask it."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GOVGRAPH_")}
    command = [govgraph.command, "--workspace", govgraph.root, "serve", "--port", "0", *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=clean) as process:
        assert process.stderr
        try:
            said = process.stderr.readline()
            found = re.search(r"http://[^/]*:(\d+)/docs", said)
            assert found, said

            def ask(path: str, key: str | None = None) -> tuple[int, Row]:
                connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=60)
                connection.request("GET", quote(path, safe="/?=&"), headers={"X-API-Key": key} if key else {})
                answer = connection.getresponse()
                body = json.loads(answer.read())
                connection.close()
                return answer.status, body

            until(lambda: ask("/readyz")[0] == 200)
            yield ask, process
        finally:
            process.terminate()
            process.stderr.read()


def until(true: Callable[[], bool], within: float = 60) -> None:
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_it_follows_loads_and_ends_at_a_signal(govgraph: Any, write: Callable[..., Path]) -> None:
    assert govgraph("import", write("a.jsonl", *claims())).code == 0
    with served(govgraph) as (ask, process):
        before = ask("/v1/roles?person=甘若水")[1]
        assert before["items"] == govgraph.rows("roles", "甘若水")
        more = [
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
        assert govgraph("import", write("b.jsonl", *more)).code == 0
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
    for view in (govgraph.root / "views").glob("*/engine"):
        from govgraph.graph import engine

        engine.stop(view)


def test_an_address_that_is_taken_is_told(govgraph: Any, write: Callable[..., Path]) -> None:
    assert govgraph("import", write("a.jsonl", *claims())).code == 0
    assert "cannot be listened on" in govgraph("serve", "--host", "203.0.113.1").err
    assert govgraph("serve", "--host", "203.0.113.1").code == 2
