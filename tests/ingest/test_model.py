"""A language model behind the gate: recorded answers from a real server on this machine, good, bad and hostile ones."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from govgraph.graph.errors import BadInput
from govgraph.graph.formats.claims import export_claims
from govgraph.graph.settings import Settings
from govgraph.graph.workspace import Workspace
from govgraph.ingest import model
from govgraph.ingest.ask import Endpoint
from govgraph.ingest.extract import extract
from govgraph.ingest.load import Given, load

EXCHANGES = Path(__file__).parent / "exchanges"
KEY = "sk-secret"
Answer = Callable[[BaseHTTPRequestHandler], None]


def reply(status: int, body: bytes) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def says(content: object) -> Answer:
    """An answer of the usual form."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return reply(200, json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode())


def slow(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(3)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(40):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


def cut(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices"')


def elsewhere(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header("Location", f"http://127.0.0.1:{handler.server.server_address[1]}/other")  # type: ignore[index]
    handler.send_header("Content-Length", "0")
    handler.end_headers()


@dataclass
class Server:
    """Answers in turn, the last one again and again, and keeps what it was asked."""

    answers: list[Answer] = field(default_factory=list[Answer])
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    headers: list[str | None] = field(default_factory=list["str | None"])
    url: str = ""

    def endpoint(self, timeout: float = 5.0) -> Endpoint:
        return Endpoint(self.url, "recorded", KEY, timeout)


@pytest.fixture
def server() -> Iterator[Server]:
    kept = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            kept.headers.append(self.headers["Authorization"])
            with suppress(OSError):  # the other side did not wait
                kept.answers[min(len(kept.asked), len(kept.answers)) - 1](self)

        def do_GET(self) -> None:
            kept.headers.append("followed")
            reply(200, b"{}")(self)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        kept.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
        thread = threading.Thread(target=http.serve_forever, args=(0.05,))
        thread.start()
        yield kept
        http.shutdown()
        thread.join()


def exchange(name: str) -> tuple[str, dict[str, Any]]:
    found = json.loads((EXCHANGES / f"{name}.json").read_text("utf-8"))
    return found["text"], found["answer"]


def read(server: Server, text: str, timeout: float = 5.0) -> model.Found:
    known = extract(text, source_id="s")
    return model.read(text, known, source_id="s", endpoint=server.endpoint(timeout))


def test_what_stands_in_the_text_is_taken_and_the_rest_counted(server: Server) -> None:
    text, answer = exchange("letter")
    server.answers = [says(answer)]
    found = read(server, text)
    told = {(c["kind"], c.get("name") or c["relation"]) for c in found.claims}
    assert ("entity", "骆建平") in told and ("relation", "HOLDS_POST") in told
    (post,) = (c for c in found.claims if c.get("relation") == "HOLDS_POST")
    assert post["attributes"] == {"role": "业委会副主任"}
    assert post["valid"] == "2020-06/"
    for claim in found.claims:
        piece = claim["evidence"]
        assert isinstance(piece, dict)
        assert text[piece["locator"]["start"] : piece["locator"]["end"]] == piece["quote"]
        assert (piece["method"], piece["version"]) == ("model", "recorded+prompt-1")
    assert found.counts["dropped: the quote does not stand in the text"] == 1
    assert found.counts["dropped: a date that the quote does not give"] == 1
    assert found.counts["dropped: no claim in form"] == 1
    assert found.counts["dropped: the quote does not say it"] == 2
    assert found.counts["dropped: between what did not stand"] == 1
    assert found.counts["dropped: not in the vocabulary"] == 2


def test_what_the_rules_have_found_is_not_said_twice(server: Server) -> None:
    text = "2021年3月，阮思齐当选为东岸花园小区业委会主任。"
    quote = "阮思齐当选为东岸花园小区业委会主任"
    entities = [
        {"id": "1", "type": "Person", "name": "阮思齐", "quote": quote},
        {"id": "2", "type": "OwnersCommittee", "name": "东岸花园小区业委会", "quote": quote},
        {"id": "3", "type": "PartyOrg", "name": "东岸花园小区", "quote": quote},
    ]
    tie = {"subject": "1", "relation": "HOLDS_POST", "object": "2", "role": "主任", "quote": quote}
    server.answers = [says({"entities": entities, "relations": [tie, tie]})]
    found = read(server, text)
    assert found.claims == []
    assert found.counts == {"known": 4, "dropped: another type than the rules read": 1}


def test_an_order_in_a_document_does_nothing(server: Server) -> None:
    text, answer = exchange("injection")
    server.answers = [says(answer)]
    found = read(server, text)
    assert found.claims == []
    assert not found.failures
    (asked,) = server.asked
    system, user = (message["content"] for message in asked["messages"])
    assert "忽略以上" in user and "忽略以上" not in system
    first, *_, last = user.split("\n")
    assert first == last and first not in text


def test_positions_and_types_of_a_model_are_not_believed(server: Server) -> None:
    text = "骆建平住在翠竹苑小区。"
    odd: list[object] = [
        {"id": ["x"], "type": "Person", "name": "骆建平", "quote": "骆建平"},
        {"id": "1", "type": "Person", "name": "骆建平", "quote": 7},
        {"id": "1", "type": "Person", "name": "骆", "quote": "骆建平"},
        {"id": "1", "type": "Person", "name": "骆建平", "quote": "骆建平住在", "start": 5, "end": 9},
    ]
    server.answers = [says({"entities": odd, "relations": {"a": 1}})]
    found = read(server, text)
    (person,) = found.claims
    assert isinstance(person["evidence"], dict)
    assert person["evidence"]["locator"] == {"start": 0, "end": 5, "line": 1}


def test_the_quote_is_that_of_the_raw_text(server: Server) -> None:
    text = "骆建平(píng)住(zhù)在(zài)翠竹苑小區。"
    server.answers = [
        says({"entities": [{"id": "1", "type": "Person", "name": "骆建平", "quote": "骆建平住在翠竹苑"}]})
    ]
    (person,) = read(server, text).claims
    assert isinstance(person["evidence"], dict)
    assert person["evidence"]["quote"] == "骆建平(píng)住(zhù)在(zài)翠竹苑"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (says("I am sorry, I cannot do that."), "an answer that is no JSON"),
        (says("[1, 2]"), "an answer of another form"),
        (says("[" * 100_000), "an answer that is no JSON"),
        (reply(200, b"{}"), "an answer of another form"),
        (reply(200, b"\xff\xfe"), "an answer of another form"),
        (reply(200, b'{"choices": [{"message": {"content": null}}]}'), "an answer of another form"),
        (reply(200, b" " * (5 << 20)), "an answer that is too long"),
        (reply(401, b"sk-secret is no key"), "status 401"),
        (reply(500, b"secret"), "status 500"),
        (elsewhere, "status 302"),
        (cut, "an answer that broke off"),
        (slow, "no answer in time"),
        (dripping, "no answer in time"),
    ],
)
def test_a_bad_answer_is_named_and_nothing_is_taken(server: Server, answer: Answer, why: str) -> None:
    server.answers = [answer]
    found = read(server, "东岸花园小区召开会议。", timeout=1.0)
    assert found.failures == {why: 1} and found.claims == []
    assert "followed" not in server.headers


def test_a_fence_around_the_answer_is_taken_off_and_an_unknown_form_is_asked_without(server: Server) -> None:
    inside = {"entities": [{"id": "1", "type": "Person", "name": "骆建平", "quote": "骆建平"}], "relations": []}
    server.answers = [reply(400, b"{}"), says(f"```json\n{json.dumps(inside, ensure_ascii=False)}\n```")]
    assert len(read(server, "骆建平住在翠竹苑小区。").claims) == 1
    assert ["response_format" in asked for asked in server.asked] == [True, False]
    assert server.headers == [f"Bearer {KEY}"] * 2


def test_a_long_text_is_asked_in_pieces(server: Server) -> None:
    server.answers = [says({})]
    text = "东岸花园小区召开会议，讨论停车收费。\n" * 400
    read(server, text)
    pieces = [asked["messages"][1]["content"].split("\n", 1)[1].rpartition("\n")[0] for asked in server.asked]
    assert len(pieces) == 3 and "".join(pieces) == text


def test_who_cannot_be_reached_is_not_asked_for_ever() -> None:
    nobody = Endpoint("http://127.0.0.1:9/v1", "none", None, 1.0)
    for _ in range(model.GIVE_UP):
        assert model.read("一。", [], source_id="s", endpoint=nobody).failures == {"not reachable": 1}
    start = time.monotonic()
    assert model.read("一。" * 10_000, [], source_id="s", endpoint=nobody).failures["not reachable"] > 5
    assert time.monotonic() - start < 1


# --- a whole load -----------------------------------------------------------------------------------------------------
@pytest.fixture
def workspace(embedded_settings: Settings, private_server: Path, tmp_path: Path) -> Workspace:
    """An empty workspace on the shared private server."""
    root = tmp_path / "workspace"
    root.mkdir()
    (root / "engine").symlink_to(private_server, target_is_directory=True)
    return Workspace(root, embedded_settings)


def claims(workspace: Workspace) -> list[dict[str, Any]]:
    out = workspace.root / "out.jsonl"
    export_claims(workspace, out)
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def by_model(workspace: Workspace) -> list[dict[str, Any]]:
    return [c for c in claims(workspace) if "model" in json.dumps(c.get("evidence", {}))]


def test_a_load_with_a_model(workspace: Workspace, server: Server, tmp_path: Path) -> None:
    text, answer = exchange("letter")
    file = tmp_path / "信.txt"
    file.write_text(text, "utf-8")
    assert not load(workspace, [file]).notes and not server.asked  # off, if nobody asks for it
    by_rules = claims(workspace)
    server.answers = [slow]
    report = load(workspace, [file], Given(endpoint=server.endpoint(0.5)))
    assert any("gave no answer in time; read by rules alone" in note for note in report.notes)
    assert not any(KEY in note or "骆" in note for note in report.notes)
    assert claims(workspace) == by_rules
    server.answers = [says(answer)]
    report = load(workspace, [file], Given(endpoint=server.endpoint()))  # what had no answer is asked again
    assert "of what the language model said: " in report.notes[-1] and "dropped" in report.notes[-1]
    assert by_model(workspace)
    assert [c for c in claims(workspace) if c not in by_model(workspace)] == by_rules
    asked = len(server.asked)
    assert not load(workspace, [file], Given(endpoint=server.endpoint())).changed
    assert len(server.asked) == asked  # and what had one is not
    load(workspace, [file])
    assert claims(workspace) == by_rules


def test_settings_of_the_model(server: Server) -> None:
    with pytest.raises(BadInput, match="set GOVGRAPH_LLM_URL"):
        Endpoint.from_settings(Settings.from_environment({}))
    with pytest.raises(BadInput, match="LLM_URL is no web address"):
        Settings.from_environment({"GOVGRAPH_LLM_URL": "file:///etc/passwd"})
    given = {"GOVGRAPH_LLM_URL": "https://user:pw@host/v1/", "GOVGRAPH_LLM_MODEL": "m", "GOVGRAPH_LLM_KEY": KEY}
    settings = Settings.from_environment(given)
    endpoint = Endpoint.from_settings(settings)
    assert KEY not in repr(settings) + repr(endpoint)
    assert endpoint.shown == "https://host"
