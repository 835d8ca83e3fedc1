"""The service: the answers of the command line over HTTP, in pages, for programs."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import pytest
from engines import PASSWORD
from serving import DAY, claims, load, said, serving
from starlette.testclient import TestClient

from govgraph.api.http import HttpSettings, models
from govgraph.api.http.answers import at_once
from govgraph.api.http.service import Service
from govgraph.graph import engine
from govgraph.graph.errors import BadInput
from govgraph.graph.settings import Settings
from govgraph.graph.workspace import Workspace
from govgraph.queries.conflicts import conflicts
from govgraph.queries.conflicts.worklist import mark
from govgraph.queries.coverage import coverage
from govgraph.queries.figures import figures
from govgraph.queries.paths import why
from govgraph.queries.roles import roles

Row = dict[str, Any]


@pytest.fixture(scope="module", params=["embedded", "neo4j"])
def workspace(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The small city on each engine; on the private one the engine is the one that all tests share."""
    root = tmp_path_factory.mktemp("workspace")
    if request.param == "embedded":
        (root / "engine").symlink_to(request.getfixturevalue("private_server"), target_is_directory=True)
        found = Workspace(root, Settings())
    else:
        server = request.getfixturevalue("neo4j_server")
        server.empty()
        found = Workspace(root, Settings(uri=server.uri, user="neo4j", password=PASSWORD))
    found.rebuild()
    load(found, claims())
    return found


@pytest.fixture(scope="module")
def client(workspace: Workspace) -> Iterator[TestClient]:
    with serving(workspace) as client:
        yield client


def items(client: TestClient, door: str, **query: Any) -> list[Row]:
    """All rows of a list, page by page."""
    rows: list[Row] = []
    cursor: dict[str, str] = {}
    while True:
        page = client.get(door, params=query | cursor)
        assert page.status_code == 200, page.text
        found = page.json()
        rows += found["items"]
        if not found["next"]:
            assert found["total"] == len(rows)
            return rows
        cursor = {"cursor": found["next"]}


def problem(answer: Any, status: int) -> Row:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: Row = answer.json()
    assert (
        body["status"] == status
        and body["type"].startswith("urn:govgraph:problem:")
        and body["title"]
        and body["detail"]
        and body["remedy"]
    )
    return body


def actor(client: TestClient, name: str) -> str:
    return str(items(client, "/v1/actors", q=name)[0]["id"])


# --- the same answers -------------------------------------------------------------------------------------------------
def test_answers_are_those_of_the_library_to_the_byte(client: TestClient, workspace: Workspace) -> None:
    for door, query, rows in (
        ("/v1/conflicts", {}, [row | {"status": "new"} for row in conflicts(workspace)]),
        ("/v1/conflicts", {"as_of": DAY, "lang": "zh"}, [row | {"status": "new"} for row in conflicts(workspace, as_of=DAY, lang="zh")]),
        ("/v1/coverage", {"of": "branch", "as_of": DAY}, coverage(workspace, "branch", None, DAY)),
        ("/v1/figures", {}, figures(workspace)),
        ("/v1/roles", {"person": "甘若水"}, roles(workspace, "甘若水")),
        ("/v1/roles", {"organization": "测试物业有限公司", "as_of": DAY}, roles(workspace, "测试物业有限公司", DAY)),
        ("/v1/paths", {"from": "甘若水", "to": "测试物业有限公司"}, why(workspace, "甘若水", "测试物业有限公司")),
    ):  # fmt: skip
        assert rows
        answer = client.get(door, params=query)
        assert json.dumps(rows, ensure_ascii=False) in answer.text, door


@pytest.mark.parametrize(
    ("query", "is_short"),
    [
        ("person=甘若水", True),
        (f"person=甘若水&as_of={DAY}", True),
        ("person=测试物业有限公司", True),
        ("as_of=2022-02-30&person=甘若水", False),  # a day that there is not
        ("person=甘若水&as_of=2022", False),
        ("person=甘若水&person=甘若水", False),
        ("person=甘若水&asof=2022-01-01", False),
        ("person=甘若水&limit=1", False),
        ("person=测试花园", False),
        ("person=无此人", False),
        ("person=", False),
        ("person=甘若水%0A", False),
        (f"person={'甘' * 201}", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_the_short_way_answers_as_the_long_one(workspace: Workspace, query: str, is_short: bool, encoding: str) -> None:
    takes = {"Accept-Encoding": encoding}
    used_at = patch("govgraph.api.http.quick.at_once", side_effect=at_once)
    with patch("govgraph.api.http.quick.LEAST", 600), serving(workspace) as client, used_at as used:
        client.get("/readyz")  # from the first answer on it knows which graph it holds
        short = client.get(f"/v1/roles?{query}", headers=takes)
        assert used.called == is_short
        long = client.get(f"/v1/roles?{query}", headers=takes | {"If-None-Match": "none"})  # is let by
    assert (short.status_code, short.headers, short.content) == (long.status_code, long.headers, long.content)
    packed = short.headers.get("content-encoding") == "gzip"
    assert packed == (encoding == "gzip" and len(short.content) >= 600)


async def asked(client: TestClient, path: str, *headers: tuple[bytes, bytes], query: str = "") -> tuple[Any, bytes]:
    """The headers of an answer and its body, to a request just as given: the client puts headers together."""
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.Event().wait()  # nothing more comes

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "root_path": "", "state": {}}
    scope |= {"query_string": query.encode(), "headers": [(b"host", b"127.0.0.1"), *headers]}
    await client.app(scope, receive, send)
    return dict(sent[0]["headers"]), b"".join(message.get("body", b"") for message in sent)


def test_an_answer_is_sent_packed_only_to_those_who_take_that(client: TestClient) -> None:
    assert client.portal
    packs, plain = (b"accept-encoding", b"gzip"), (b"accept-encoding", b"identity")
    for headers in ((packs, plain), (plain, packs), (plain,), (packs,)):  # of two the first counts
        for _ in range(2):
            told, _ = client.portal.call(asked, client, "/v1/conflicts", *headers)
            assert (b"content-encoding" in told) == (headers[0] == packs)


def test_requests_that_are_here_together_go_by_one_look(workspace: Workspace) -> None:
    settled = patch.object(Service, "settled", autospec=True, side_effect=Service.settled)
    with serving(workspace) as client, settled as looked:
        answer, query = client.get("/v1/roles?person=甘若水"), f"person={quote('甘若水')}"

        async def together(number: int) -> list[tuple[Any, bytes]]:
            return await asyncio.gather(*(asked(client, "/v1/roles", query=query) for _ in range(number)))

        assert client.portal
        for number in (5, 1):
            looked.reset_mock()
            assert [body for _, body in client.portal.call(together, number)] == [answer.content] * number
            assert looked.call_count == 1


def test_a_graph_that_has_just_gone_is_not_answered_from(workspace: Workspace) -> None:
    with serving(workspace) as client, patch.object(Service, "settled", return_value="before.2020-01-01."):
        version = client.get("/readyz").json()["version"]
        assert client.get("/v1/roles?person=甘若水").json()["version"] == version


def test_a_finding_that_is_marked_shows_it_at_once(client: TestClient, workspace: Workspace) -> None:
    found = items(client, "/v1/conflicts")[0]
    mark(workspace, found["id"], "explained", "asked")
    assert items(client, "/v1/conflicts")[0] == found | {"status": "explained"}
    mark(workspace, found["id"], "new")
    assert items(client, "/v1/conflicts")[0] == found


def test_without_a_day_coverage_says_for_which_day_it_is(client: TestClient, workspace: Workspace) -> None:
    assert client.get("/v1/coverage").json()["as_of"] == workspace.day()
    assert client.get("/v1/roles").json()["as_of"] is None


def test_roles_are_narrowed_by_everything_given(client: TestClient) -> None:
    assert {r["person"]["name"] for r in items(client, "/v1/roles")} == {"甘若水", "祁连山"}
    assert [r["post"]["role"] for r in items(client, "/v1/roles", role="业委会主任")] == ["业委会主任"]
    assert [r["person"]["name"] for r in items(client, "/v1/roles", place="云城街道")] == ["甘若水"]
    assert items(client, "/v1/roles", person="甘若水", organization="测试物业有限公司") == []
    assert items(client, "/v1/roles", person="祁连山", as_of="2023-06-01") == []


def test_an_actor_with_everything_that_is_known_of_it(client: TestClient) -> None:
    id = actor(client, "测试花园党支部")
    found = client.get(f"/v1/actors/{id}").json()
    assert (
        found["name"] == "测试花园党支部"
        and found["attributes"]["form"] == "联合建"
        and found["relations"]["BASED_IN"] == 1
    )
    assert found["places"][0] == "测试花园" and found["evidence"][0]["quote"] == "测试花园党支部"
    assert items(client, f"/v1/actors/{actor(client, '甘若水')}/roles", as_of=DAY)[0]["post"]["role"] == "业委会主任"


def test_questions_of_the_catalogue(client: TestClient) -> None:
    listed = items(client, "/v1/queries", limit=5)
    assert "Q05" in [q["id"] for q in listed]
    assert items(client, "/v1/queries/Q05", person="甘若水")[0]["role"] == "业委会主任"
    assert "person" in problem(client.get("/v1/queries/Q05"), 400)["detail"]
    problem(client.get("/v1/queries/Q99999"), 404)


def test_statements_of_ones_own(client: TestClient) -> None:
    ask = {"query": "MATCH (k:Compound {name: $name}) RETURN k.name AS name", "parameters": {"name": "测试花园"}}
    assert client.post("/v1/cypher", json=ask).json()["items"] == [{"name": "测试花园"}]
    assert problem(client.post("/v1/cypher", json={"query": "CREATE (:Evil)"}), 403)["type"].endswith("refused")
    problem(client.post("/v1/cypher", json={"query": "MATCH ("}), 400)
    problem(client.post("/v1/cypher", json={"query": "UNWIND range(1, 20000) AS x RETURN x"}), 400)
    problem(client.post("/v1/cypher", json={}), 422)
    assert client.post("/v1/cypher", json={"query": "MATCH (n:Evil) RETURN count(n) AS n"}).json()["items"] == [
        {"n": 0}
    ]


def test_sources_and_claims(client: TestClient) -> None:
    assert {s["id"]: s["status"] for s in items(client, "/v1/sources")} == {"reg": "live", "kin": "live"}
    (row,) = items(client, "/v1/roles", person="甘若水")
    found = client.get(f"/v1/claims/{row['claims'][0]}").json()
    assert (
        found["kind"] == "relation" and found["relation"] == "HOLDS_POST" and found["evidence"]["quote"] == "业委会主任"
    )
    problem(client.get("/v1/claims/none"), 404)


def test_the_neighbourhood_is_capped_and_says_what_was_cut(client: TestClient) -> None:
    around = client.get("/v1/graph", params={"centre": "测试花园", "hops": 2}).json()
    assert around["complete"] and around["cut"] == {} and len(around["nodes"]) > 6
    ids = {node["id"] for node in around["nodes"]}
    assert all(link["from"] in ids and link["to"] in ids for link in around["links"])
    few = client.get("/v1/graph", params={"centre": "测试花园", "hops": 2, "limit": 3}).json()
    assert len(few["nodes"]) == 3 and not few["complete"] and sum(few["cut"].values()) > 0
    only = client.get("/v1/graph", params={"centre": "测试花园", "relation": "SERVES"}).json()
    assert [node["type"] for node in only["nodes"]] == ["Compound", "PropertyFirm"]
    problem(client.get("/v1/graph", params={"centre": "测试花园", "relation": "SERVE"}), 400)


def test_what_changed(client: TestClient) -> None:
    began = items(client, "/v1/changes", **{"from": "2020-01-01", "to": "2020-12-31", "change": "began"})
    assert [(r["day"], r["from"]["name"], r["surely"]) for r in began] == [
        ("2020-01-01", "甘若水", True),
        ("2020-06-01", "祁连山", True),
    ]
    ended = items(client, "/v1/changes", **{"from": "2022-01-01", "to": "2022-12-31", "change": "ended"})
    assert [(r["day"], r["role"]) for r in ended] == [("2022-06-02", "客服主管")]
    known = items(client, "/v1/changes", **{"from": "2020-01-01", "to": "2099-01-01", "change": "known"})
    assert {r["relation"] for r in known} >= {"HOLDS_POST", "SERVES", "FAMILY_OF"}
    assert items(client, "/v1/changes", **{"from": "2020-01-01", "to": "2020-12-31", "change": "known"}) == []
    problem(client.get("/v1/changes", params={"from": "2021-01-01", "to": "2020-01-01"}), 400)


def test_roles_of_many_at_once(client: TestClient) -> None:
    found = client.post(
        "/v1/roles/batch", json={"names": ["甘若水", "无此人", "测试物业有限公司"], "as_of": DAY}
    ).json()["items"]
    assert [len(row["roles"]) for row in found] == [1, 0, 1] and "无此人" in found[1]["unknown"]
    problem(client.post("/v1/roles/batch", json={"names": []}), 422)
    problem(client.post("/v1/roles/batch", json={"names": ["甘若水"] * 101}), 422)


# --- search -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("云城街道", "云城街道", "name"),
        ("云城街", "云城街道", "begins with"),
        ("花园业委会", "测试花园业主委员会", "alias"),
        ("测试花园业委会", "测试花园业主委员会", "short form"),
        ("云成街道", "云城街道", "slip"),
        ("csjd", None, None),
        ("ycjd", "云城街道", "pinyin"),
        ("grs", "甘若水", "pinyin"),
        ("物业", "测试物业有限公司", "contains"),
        ("reg/w", "测试花园业主委员会", "id"),
    ],
)
def test_search_finds_and_says_why(client: TestClient, text: str, name: str | None, reason: str | None) -> None:
    hits = items(client, "/v1/actors", q=text)
    assert (hits[0]["name"], hits[0]["match"]["reason"]) == (name, reason) if name else hits == []


def test_search_is_narrowed_by_type_and_place(client: TestClient) -> None:
    assert [h["type"] for h in items(client, "/v1/actors", q="测试花园", type="PartyOrg")] == ["PartyOrg"]
    assert {h["type"] for h in items(client, "/v1/actors", type="Place")} == {"District", "SubDistrict", "Compound"}
    assert "测试物业有限公司" not in [h["name"] for h in items(client, "/v1/actors", q="测试", place="云城街道")]
    problem(client.get("/v1/actors", params={"type": "SpaceStation"}), 400)
    problem(client.get("/v1/actors", params={"place": "月球"}), 404)


def test_a_table_of_ones_own_is_reconciled(client: TestClient) -> None:
    about = client.get("/v1/reconcile").json()
    assert (
        "0.2" in about["versions"]
        and about["identifierSpace"]
        and about["schemaSpace"]
        and "{{id}}" in about["view"]["url"]
    )
    batch = {
        "q0": {"query": "云城街道", "type": "SubDistrict"},
        "q1": {"query": "测试花园业委会", "limit": 3},
        "q2": {"query": "nobody"},
    }
    found = client.post("/v1/reconcile", data={"queries": json.dumps(batch)}).json()
    assert found["q0"]["result"][0]["match"] is True and found["q0"]["result"][0]["type"] == [
        {"id": "SubDistrict", "name": "sub-district"}
    ]
    assert found["q1"]["result"][0]["name"] == "测试花园业主委员会" and found["q1"]["result"][0]["match"] is False
    assert found["q2"] == {"result": []}
    assert client.get("/v1/reconcile", params={"queries": json.dumps(batch)}).json() == found
    assert (
        client.get("/v1/reconcile/suggest/entity", params={"prefix": "云城"}).json()["result"][0]["name"] == "云城街道"
    )
    problem(client.post("/v1/reconcile", data={"queries": "["}), 400)
    problem(client.post("/v1/reconcile", content=b"x"), 400)


# --- pages and forms --------------------------------------------------------------------------------------------------
def test_pages_join_to_the_whole_list(client: TestClient) -> None:
    assert items(client, "/v1/actors", limit=2) == items(client, "/v1/actors")
    page = client.get("/v1/actors", params={"limit": 2}).json()
    problem(client.get("/v1/actors", params={"cursor": page["next"], "q": "云城"}), 400)
    problem(client.get("/v1/actors", params={"cursor": "x"}), 400)
    problem(client.get("/v1/actors", params={"limit": 0}), 422)


def test_only_the_fields_asked_for(client: TestClient) -> None:
    rows = items(client, "/v1/coverage", fields="compound,verdict")
    assert [list(row) for row in rows] == [["compound", "verdict"]]
    assert "verdict" in problem(client.get("/v1/coverage", params={"fields": "colour"}), 400)["detail"]


def test_csv_is_that_of_the_command_line(client: TestClient) -> None:
    answer = client.get("/v1/coverage", params={"format": "csv", "as_of": DAY})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.splitlines()[0].startswith("compound.id,compound.name,place,verdict")
    first = client.get("/v1/actors", params={"format": "csv", "limit": 1})
    assert 'rel="next"' in first.headers["link"] and len(first.text.splitlines()) == 2


def test_who_has_an_answer_is_not_sent_it_again(client: TestClient) -> None:
    first = client.get("/v1/coverage")
    again = client.get("/v1/coverage", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == first.headers["etag"]
    assert (
        client.get("/v1/coverage", params={"of": "firm"}, headers={"If-None-Match": first.headers["etag"]}).status_code
        == 200
    )


def test_large_answers_are_compressed_for_who_takes_it(client: TestClient) -> None:
    assert client.get("/v1/queries", headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in client.get("/v1/queries", headers={"Accept-Encoding": "identity"}).headers


def test_scripts_of_other_sites_are_not_answered_unless_set(client: TestClient, workspace: Workspace) -> None:
    site = {"Origin": "https://map.example.org"}
    assert "access-control-allow-origin" not in client.get("/healthz", headers=site).headers
    with serving(workspace, settings=HttpSettings(cors=("https://map.example.org",))) as other:
        assert other.get("/healthz", headers=site).headers["access-control-allow-origin"] == site["Origin"]
        assert (
            "access-control-allow-origin"
            not in other.get("/healthz", headers={"Origin": "https://evil.example"}).headers
        )


# --- errors -----------------------------------------------------------------------------------------------------------
def test_bad_input_is_told_with_the_remedy(client: TestClient) -> None:
    for query in (
        {"as_of": "2021-02-30"},
        {"as_of": "yesterday"},
        {"as_off": DAY},
        {"of": "moon"},
        {"place": "a\x00b"},
        {"place": "x" * 201},
    ):
        answer = client.get("/v1/coverage", params=query)
        problem(answer, answer.status_code)
        assert answer.status_code in (400, 422)
    assert "as_of" in problem(client.get("/v1/coverage", params={"as_off": DAY}), 400)["detail"]
    problem(client.get("/v1/coverage", params={"place": "月球"}), 404)
    problem(client.get("/v1/conflicts", params={"pattern": "none"}), 400)
    problem(client.get("/v1/paths", params={"from": "甘若水"}), 422)
    problem(client.get("/v1/roles", params={"person": "无此人"}), 404)


def test_unknown_doors_and_things_are_not_found(client: TestClient) -> None:
    for door in ("/v1/actors/nobody-at-all", "/v1/actors/nobody/roles", "/v1/no-such-door", "/v1/claims/a/b", "/x"):
        problem(client.get(door), 404)
    problem(client.put("/v1/roles"), 405)
    problem(client.get("/v1/cypher"), 405)


def test_hostile_input_is_refused_or_answered_never_a_fault(client: TestClient) -> None:
    statement = '{"query": "RETURN 1 AS x", "parameters": {"a": ' + "[" * 5000 + "]" * 5000 + "}}"
    answers = [
        client.post("/v1/cypher", content=statement, headers={"Content-Type": "application/json"}),
        client.post("/v1/cypher", content=b"\xff\xfe", headers={"Content-Type": "application/json"}),
        client.post("/v1/cypher", json={"query": "RETURN $a AS a", "parameters": {"a": 10**40}}),
        client.post("/v1/cypher", json={"query": "RETURN 1 AS x" + " " * 30_000}),
        client.post("/v1/cypher", json={"query": "RETURN '\x00' AS x"}),
        client.post("/v1/cypher", json={"query": "RETURN 1 AS x", "parameters": {"\x00": None}}),
        client.post(
            "/v1/roles/batch", content=r'{"names": ["\u0000", "\ud83d"]}', headers={"Content-Type": "application/json"}
        ),
        client.get("/v1/actors?q=%ED%A0%80%00"),
        client.get(f"/v1/actors/{quote('a' * 5000)}"),
        client.get("/v1/actors/%00"),
        client.get("/v1/queries/Q05", params={"person": "\x00"}),
    ]
    for answer in answers:
        assert answer.status_code < 500, answer.text
    problem(client.post("/v1/cypher", content=b" " * 2_000_000, headers={"Content-Type": "application/json"}), 413)
    problem(
        client.post(
            "/v1/cypher", content=(b" " * 100_000 for _ in range(20)), headers={"Content-Type": "application/json"}
        ),
        413,
    )


# --- loads go on ------------------------------------------------------------------------------------------------------
def test_a_load_shows_at_once_and_a_list_goes_on_as_it_began(client: TestClient, workspace: Workspace) -> None:
    first = client.get("/v1/actors", params={"limit": 3}).json()
    tag = client.get("/v1/figures").headers["etag"]
    load(
        workspace,
        [
            {"kind": "source", "id": "new", "title": "新", "type": "note"},
            {
                "kind": "entity",
                "key": "new/c",
                "type": "Compound",
                "name": "阿尔法苑",
                "evidence": said("new", 1, "A", "阿尔法苑"),
            },
        ],
    )
    assert items(client, "/v1/actors", q="阿尔法苑")[0]["match"]["reason"] == "name"
    rest = client.get("/v1/actors", params={"limit": 1000, "cursor": first["next"]}).json()
    assert rest["version"] == first["version"] and len(first["items"]) + len(rest["items"]) == first["total"]
    assert client.get("/v1/figures", headers={"If-None-Match": tag}).status_code == 200
    workspace.retract("new")
    assert items(client, "/v1/actors", q="阿尔法苑") == []


def test_an_id_that_was_merged_leads_to_the_new_one(client: TestClient, workspace: Workspace) -> None:
    load(
        workspace,
        [
            {"kind": "source", "id": "two", "title": "二", "type": "note"},
            {
                "kind": "entity",
                "key": "two/d",
                "type": "District",
                "name": "望江新区",
                "evidence": said("two", 1, "A", "望江新区"),
            },
        ],
    )
    old = {actor(client, "望江新区"), actor(client, "望江区")}
    decision = workspace.decide("same", a="reg/d", b="two/d")
    answers = {id: client.get(f"/v1/actors/{id}/roles", params={"as_of": DAY}) for id in old}
    (moved,) = [a for a in answers.values() if a.status_code == 308]
    (there,) = [id for id, a in answers.items() if a.status_code == 200]
    assert moved.headers["location"] == f"/v1/actors/{there}/roles?as_of={DAY}"
    workspace.decide("undo", decision=decision["id"])
    workspace.retract("two")


def test_no_request_fails_while_the_graph_is_built_anew(client: TestClient, workspace: Workspace) -> None:
    building = threading.Thread(target=lambda: [workspace.rebuild() for _ in range(2)])
    building.start()
    answers: list[Any] = []
    while building.is_alive() or len(answers) < 10:
        answers.append(client.get("/v1/roles", params={"person": "甘若水", "as_of": DAY}))
    building.join()
    assert {a.status_code for a in answers} == {200} and {len(a.json()["items"]) for a in answers} == {1}


def test_a_server_that_died_is_replaced(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w", Settings())
    load(workspace, claims())
    with serving(workspace) as client:
        assert client.get("/readyz").status_code == 200
        assert engine.stop(workspace.root / "engine")
        assert len(items(client, "/v1/roles")) == 2
    engine.stop(workspace.root / "engine")


# --- what describes it ------------------------------------------------------------------------------------------------
def test_health_and_the_page_of_doors(client: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "alive"
    assert client.get("/readyz").json()["version"] == client.get("/v1/roles").json()["version"]
    page = client.get("/docs")
    assert (
        page.status_code == 200
        and "http" not in page.text.replace("meta http-equiv", "")
        and "sha256-" in page.headers["content-security-policy"]
    )
    start = client.get("/")
    assert start.status_code == 200 and "default-src 'none'" in start.headers["content-security-policy"]
    for part in re.findall(r'(?:src|href)="([^"]+)"', start.text):
        assert client.get(f"/{part}").status_code == 200
    assert client.get("/explorer/__init__.py").status_code == client.get("/explorer/../http/app.py").status_code == 404


def test_the_description_names_every_door_and_its_problems(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    doors = {
        "/v1/actors",
        "/v1/actors/{id}",
        "/v1/actors/{id}/roles",
        "/v1/roles",
        "/v1/roles/batch",
        "/v1/coverage",
        "/v1/conflicts",
        "/v1/figures",
        "/v1/paths",
        "/v1/changes",
        "/v1/graph",
        "/v1/queries",
        "/v1/queries/{name}",
        "/v1/cypher",
        "/v1/sources",
        "/v1/claims/{id}",
        "/v1/reconcile",
        "/healthz",
        "/readyz",
    }
    assert doors <= set(described["paths"])
    for path, operations in described["paths"].items():
        for operation in operations.values():
            assert operation.get("description"), path
            assert "application/problem+json" in operation["responses"]["404"]["content"]


def test_answers_have_the_shape_that_is_described(client: TestClient) -> None:
    shapes: list[tuple[str, Row, type[Any]]] = [
        ("/v1/actors", {"q": "测试"}, models.Hit),
        ("/v1/roles", {}, models.Role),
        ("/v1/coverage", {}, models.Coverage),
        ("/v1/conflicts", {}, models.Conflict),
        ("/v1/figures", {}, models.Figure),
        ("/v1/paths", {"from": "甘若水", "to": "测试物业有限公司"}, models.Path),
        ("/v1/queries", {}, models.Question),
        ("/v1/sources", {}, models.Source),
    ]  # fmt: skip
    for door, query, shape in shapes:
        answer = client.get(door, params=query).json()
        models.ListOf[shape].model_validate(answer)  # type: ignore[valid-type]
        named = {field.alias or name for name, field in shape.model_fields.items()}
        assert answer["items"] and named <= set(answer["items"][0]), (door, named - set(answer["items"][0]))


@pytest.mark.parametrize(
    ("name", "value"),
    [("CORS", "map.example.org"), ("RATE", "fast"), ("ANONYMOUS", "maybe"), ("PREFIX", "x/"), ("BODY", "1")],
)
def test_a_bad_setting_is_told_at_the_start(name: str, value: str) -> None:
    with pytest.raises(BadInput, match=f"GOVGRAPH_HTTP_{name}"):
        HttpSettings.from_environment({f"GOVGRAPH_HTTP_{name}": value})
