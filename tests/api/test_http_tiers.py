"""Who sees what: nothing that a tier may not see leaves the service, whatever is asked and however."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from serving import DAY, RESEARCH, RESTRICTED, claims, key, load, new_workspace, serving
from starlette.testclient import TestClient

from govgraph.api.http import HttpSettings
from govgraph.api.http.keys import Keys
from govgraph.graph.errors import BadInput
from govgraph.graph.settings import Settings
from govgraph.graph.workspace import Workspace

Row = dict[str, Any]
CALLS = int(os.environ.get("GOVGRAPH_TEST_CALLS") or (10_000 if os.environ.get("CI") == "true" else 1_000))


@pytest.fixture(scope="module")
def workspace(private_server: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The small city; Neo4j needs no turn here, for the views of tiers are always on private servers."""
    found = Workspace(new_workspace(tmp_path_factory.mktemp("tiers") / "w", private_server), Settings())
    found.rebuild()
    load(found, claims())
    return found


@pytest.fixture(scope="module")
def keys(workspace: Workspace) -> dict[str, dict[str, str]]:
    return {"public": {}, "research": key(workspace, "research"), "restricted": key(workspace, "restricted")}


@pytest.fixture(scope="module")
def client(workspace: Workspace, keys: dict[str, dict[str, str]]) -> Iterator[TestClient]:
    with serving(workspace) as client:
        yield client


def hidden(tier: str) -> list[str]:
    hides: dict[str, list[str]] = {"public": [*RESTRICTED, *RESEARCH], "research": [*RESTRICTED], "restricted": []}
    return hides[tier]


def leaks(tier: str, answer: Any, said: str = "") -> list[str]:
    """Words in an answer (its headers too) that the tier may not see and the caller did not say himself."""
    text = re.sub(r'"(id|version|next|claim|claims|at)": ("[^"]*"|\[[^\]]*\])', "", answer.text) + json.dumps(
        dict(answer.headers)
    )
    return [
        word
        for word in hidden(tier)
        if re.search(rf"(?<![\w.-]){word}(?![\w.-])" if word.isdigit() else word, text) and word not in said
    ]


# --- who asks ---------------------------------------------------------------------------------------------------------
def test_without_keys_and_from_here_one_is_the_owner(private_server: Path, tmp_path: Path) -> None:
    found = Workspace(new_workspace(tmp_path / "w", private_server), Settings())
    found.rebuild()
    load(found, claims())
    with serving(found) as client:
        assert "SECRETPHONE" in client.post("/v1/cypher", json={"query": "MATCH (n:Person) RETURN n"}).text
        for strange in ({"Host": "evil.example"}, {"X-Forwarded-For": "203.0.113.9"}, {"Host": ""}):
            assert client.post("/v1/cypher", json={"query": "RETURN 1 AS x"}, headers=strange).status_code == 403, (
                strange
            )
        key(found, "restricted")  # the service is closed from now on
        assert client.post("/v1/cypher", json={"query": "RETURN 1 AS x"}).status_code == 403
        Keys(found.root).revoke(found, Keys(found.root).all()[0].id)
        assert client.post("/v1/cypher", json={"query": "RETURN 1 AS x"}).status_code == 403
    with serving(found, exposed=True) as client:
        assert client.get("/v1/roles").status_code == 200


def test_keys_are_hashed_scoped_expire_and_are_revoked(client: TestClient, workspace: Workspace) -> None:
    kept = Keys(workspace.root)
    made, text = kept.add(workspace, "甲", "research", ["read"], 1)
    secret = text.rpartition("_")[2]
    assert secret not in kept.file.read_text("utf-8") and kept.file.stat().st_mode & 0o077 == 0
    asked = {"X-API-Key": text}
    assert client.get("/v1/roles", headers=asked).status_code == 200
    assert client.post("/v1/cypher", json={"query": "RETURN 1 AS x"}, headers=asked).status_code == 403
    only = key(workspace, "research", "cypher")
    assert client.get("/v1/roles", headers=only).status_code == 403
    assert client.post("/v1/cypher", json={"query": "RETURN 1 AS x"}, headers=only).json()["items"] == [{"x": 1}]
    kept.revoke(workspace, made.id)
    answer = client.get("/v1/roles", headers=asked)
    assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"
    assert [row["status"] for row in map(lambda k: k.row(), kept.all()) if row["id"] == made.id] == ["revoked"]
    for wrong in ("gg_00000000_x", "x", "", text + "x", "gg__", f"gg_{made.id}_"):
        assert (
            client.get("/v1/roles", headers={"Authorization": f"Bearer {wrong}"}).status_code in (200, 401)
            if not wrong
            else 401
        )
    rows = json.loads(kept.file.read_text("utf-8"))
    rows.append(rows[-1] | {"id": "0ld", "expires": "2020-01-01T00:00:00+00:00", "revoked": None})
    kept.file.write_text(json.dumps(rows), "utf-8")
    assert {k.id: k.status for k in kept.all()}["0ld"] == "expired"


def test_keys_that_cannot_be_are_refused(workspace: Workspace) -> None:
    kept = Keys(workspace.root)
    for tier, scopes, days in (("public", ["cypher"], 1), ("research", ["write"], 1), ("research", ["read"], 0)):
        with pytest.raises(BadInput):
            kept.add(workspace, "x", tier, scopes, days)  # type: ignore[arg-type]


def test_callers_without_a_key_can_be_kept_out(
    client: TestClient, workspace: Workspace, keys: dict[str, dict[str, str]]
) -> None:
    with serving(workspace, settings=HttpSettings(anonymous=False), beside=True) as client:
        assert client.get("/v1/roles").status_code == 401
        assert client.get("/v1/roles", headers=keys["restricted"]).status_code == 200
        assert client.get("/healthz").status_code == 200


def test_who_asks_too_often_has_to_wait(client: TestClient, workspace: Workspace) -> None:
    with serving(workspace, settings=HttpSettings(rate=1), beside=True) as client:
        asked = {"X-API-Key": key(workspace, "restricted")["Authorization"].removeprefix("Bearer ")}
        answers = [client.get("/v1/sources", headers=asked) for _ in range(4)]
        assert (
            answers[0].status_code == 200
            and answers[-1].status_code == 429
            and int(answers[-1].headers["retry-after"]) >= 1
        )


def test_what_is_known_is_sent_again_only_to_whom_it_was_for(
    client: TestClient, workspace: Workspace, keys: dict[str, dict[str, str]]
) -> None:
    for tier in ("restricted", "public", "research", "restricted", "public"):
        found = [client.get("/v1/conflicts", headers=keys[tier]) for _ in range(2)]
        assert found[0].content == found[1].content and dict(found[0].headers) == dict(found[1].headers)
        assert ("祁连山" in found[0].text) is (tier == "restricted")
    only = key(workspace, "public", "read")
    assert client.get("/v1/roles", headers=only).status_code == 200
    made = [k for k in Keys(workspace.root).all() if k.tier == "public"][-1]
    Keys(workspace.root).revoke(workspace, made.id)
    assert client.get("/v1/roles", headers=only).status_code == 401
    narrow = key(workspace, "public", "read")
    rows = json.loads(Keys(workspace.root).file.read_text("utf-8"))
    rows[-1]["scopes"] = []
    Keys(workspace.root).file.write_text(json.dumps(rows), "utf-8")
    assert client.get("/v1/roles", headers=narrow).status_code == 403


def test_reads_of_what_is_not_public_are_noted_without_a_value(
    client: TestClient, workspace: Workspace, keys: dict[str, dict[str, str]]
) -> None:
    def noted() -> list[str]:
        return [line for file in sorted((workspace.root / "audit").glob("*")) for line in file.read_text().splitlines()]

    before = len(noted())
    client.get("/v1/roles", headers=keys["restricted"])
    client.get("/v1/conflicts", headers=keys["restricted"])
    (line,) = noted()[before:]
    read = json.loads(line)
    assert (read["door"], read["fields"], read["tier"]) == ("/v1/conflicts", ["FAMILY_OF", "kinship"], "restricted")
    assert read["key"] and "祁连山" not in line
    client.get("/v1/conflicts", headers=keys["restricted"])  # though it was answered before
    assert len(noted()) == before + 2


def test_logs_hold_no_personal_data(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "govgraph.http"):
        client.get("/v1/roles", params={"person": "甘若水"})
        client.get("/v1/actors/甘若水")
    assert len(caplog.records) == 2 and "甘若水" not in caplog.text and '"door": "/v1/roles"' in caplog.text


# --- what each tier sees ----------------------------------------------------------------------------------------------
def test_the_restricted_tier_sees_all(client: TestClient, keys: dict[str, dict[str, str]]) -> None:
    text = client.post(
        "/v1/cypher", json={"query": "MATCH (n) OPTIONAL MATCH (n)-[r]-() RETURN n, r"}, headers=keys["restricted"]
    ).text
    assert [word for word in (*RESTRICTED, *RESEARCH) if word not in text] == []


def test_the_research_tier_sees_some(client: TestClient, keys: dict[str, dict[str, str]]) -> None:
    answer = client.post(
        "/v1/cypher", json={"query": "MATCH (n) OPTIONAL MATCH (n)-[r]-() RETURN n, r"}, headers=keys["research"]
    )
    assert leaks("research", answer) == [] and [word for word in RESEARCH if word not in answer.text] == []


@pytest.mark.parametrize("tier", ["public", "research"])
def test_a_kin_finding_says_that_a_relative_exists_not_who(
    client: TestClient, keys: dict[str, dict[str, str]], tier: str
) -> None:
    answer = client.get("/v1/conflicts", params={"pattern": "kin_in_firm"}, headers=keys[tier])
    (row,) = answer.json()["items"]
    assert row["people"][0]["name"] == "甘若水" and row["people"][1] == {"id": None, "name": "a relative (not public)"}
    assert (
        "祁连山" not in answer.text
        and "客服主管" not in answer.text
        and "2020-06" not in answer.text
        and "2022-06" not in answer.text
    )
    assert "配偶" not in answer.text and not any(step.get("kinship") for step in row["path"])
    assert row["holds"] == "possibly" and row["sure"] is None and row["possible"] == ["2020-01-01", "2023-01-02"]
    whole = client.get("/v1/conflicts", params={"pattern": "kin_in_firm"}, headers=keys["restricted"]).json()["items"][
        0
    ]
    assert whole["people"][1]["name"] == "祁连山" and whole["id"] != row["id"]
    assert not (set(whole["claims"]) - {c for c in row["claims"]}) & set(row["claims"])
    for claim in set(whole["claims"]) - set(row["claims"]):
        seen = client.get(f"/v1/claims/{claim}", headers=keys[tier])
        assert seen.status_code == 404 or "FAMILY_OF" not in seen.text


def test_the_days_of_a_relative_do_not_show_in_whether_a_finding_holds(client: TestClient) -> None:
    holds = {
        day: len(client.get("/v1/conflicts", params={"pattern": "kin_in_firm", "as_of": day}).json()["items"])
        for day in ("2019-12-31", "2020-02-01", "2020-07-01", "2022-12-01", "2023-02-01")
    }
    assert list(holds.values()) == [0, 1, 1, 1, 0]  # the relative's post lasted from June 2020 to June 2022 only


def test_people_known_only_in_private_are_not_there(client: TestClient, keys: dict[str, dict[str, str]]) -> None:
    for tier in ("public", "research"):
        assert client.get("/v1/actors", params={"q": "SECRETMEMBER"}, headers=keys[tier]).json()["items"] == []
        assert client.get("/v1/roles", params={"person": "SECRETMEMBER"}, headers=keys[tier]).status_code == 404
        assert [s["id"] for s in client.get("/v1/sources", headers=keys[tier]).json()["items"]] == ["reg"]
    assert client.get("/v1/actors", params={"q": "SECRETMEMBER"}, headers=keys["restricted"]).json()["total"] == 1


def test_words_beside_what_is_masked_stay_back(client: TestClient, keys: dict[str, dict[str, str]]) -> None:
    public = client.get("/v1/roles", params={"person": "祁连山"}).json()["items"][0]
    assert public["evidence"][0]["quote"] == "客服主管"
    masked = client.get("/v1/roles", params={"person": "甘若水"}).json()["items"][0]
    assert "quote" not in masked["evidence"][0] and masked["evidence"][0]["locator"]
    whole = client.get("/v1/roles", params={"person": "甘若水"}, headers=keys["restricted"]).json()["items"][0]
    assert whole["evidence"][0]["quote"] == "业委会主任"


TRICKS = [
    "MATCH (n) RETURN properties(n) AS p",
    "MATCH (n) RETURN n {.*} AS p",
    "MATCH (n) RETURN keys(n) AS p",
    "MATCH (n:Person) RETURN n.phone AS p, n['phone'] AS q, n.codename AS r, n.age AS s",
    "MATCH (n:Person) RETURN [k IN keys(n) | [k, toString(n[k])]] AS p",
    "MATCH (n:Person) WHERE n.phone STARTS WITH 'SECRET' RETURN 'SECRET' + 'PHONE' AS p",
    "MATCH (n:Person) WHERE n.age > 70 RETURN n.age + 0 AS p",
    "MATCH (n:Person) RETURN n.name AS p ORDER BY n.age",
    "MATCH ()-[r]->() RETURN properties(r) AS p, type(r) AS t",
    "MATCH (a)-[r:FAMILY_OF]-(b) RETURN a.name AS a, b.name AS b",
    "MATCH p = (:Person)-[*1..3]-(:Person) RETURN p",
    "MATCH (n) RETURN collect(n) AS p",
    "MATCH (s:Source) RETURN s.title AS p",
    "MATCH (n) WHERE any(k IN keys(n) WHERE toString(n[k]) CONTAINS 'SECRET') RETURN count(n) AS p, collect(n) AS q",
    "MATCH (n:Person) RETURN reduce(s = '', k IN keys(n) | s + k) AS p",
    "CALL db.propertyKeys() YIELD propertyKey RETURN propertyKey AS p",
    "MATCH (n) RETURN [x IN n.claims | x] AS p, n.quote AS q, n.keys AS r",
]  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_no_statement_reaches_what_the_tier_may_not_see(
    client: TestClient, keys: dict[str, dict[str, str]], trick: str
) -> None:
    answer = client.post("/v1/cypher", json={"query": trick}, headers=keys["research"])
    assert answer.status_code in (200, 400, 403) and leaks("research", answer, said=trick.replace("' + '", "")) == []
    if "FAMILY_OF" in trick or "WHERE n." in trick:
        assert answer.json()["items"] == []
    assert client.post("/v1/cypher", json={"query": trick}).status_code == 403


def test_nothing_leaks_whatever_is_asked(client: TestClient, keys: dict[str, dict[str, str]]) -> None:
    """Calls drawn at random over every door: 10,000 in CI. GOVGRAPH_TEST_CALLS sets how many, _SEED which."""
    seed = os.environ.get("GOVGRAPH_TEST_SEED") or str(random.randrange(10**6))
    draw = random.Random(seed)
    described = client.get("/openapi.json").json()["paths"]
    whole = client.post(
        "/v1/cypher",
        json={
            "query": "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN n.id AS n, n.name AS name, n.keys AS keys, n.claims AS c, r.claims AS d"
        },
        headers=keys["restricted"],
    ).json()["items"]
    words = sorted(
        {
            str(x)
            for row in whole
            for value in row.values()
            for x in (value if isinstance(value, list) else [value])
            if x
        }
    )
    words += [
        "甘",
        "SECRET",
        "grs",
        "13",
        "phone",
        "age",
        "配偶",
        "亲属",
        DAY,
        "2020-06-01",
        "kin_in_firm",
        "*",
        "",
        "person",
        "Q05",
        "Person",
        "FAMILY_OF",
        "text",
        "row",
    ]
    properties = ["phone", "age", "sex", "note", "codename", "party_member", "place", "keys", "roles", "aliases", "id"]
    statements = [*TRICKS, "MATCH (n) WHERE n.name CONTAINS $a RETURN n", "MATCH (n) RETURN n[$a] AS x"]
    doors = [(path, method) for path, operations in described.items() for method in operations]
    for number in range(CALLS):
        path, method = draw.choice(doors)
        tier = draw.choice(["public", "research"])
        query: list[tuple[str, str]] = []
        at = path
        for p in described[path][method].get("parameters", ()):
            word = draw.choice(words)
            if p["in"] == "path":
                at = at.replace("{" + p["name"] + "}", draw.choice([word, "Q05", word]).replace("/", "%2F") or "x")
            elif p.get("required") or draw.random() < 0.25:
                schema = json.dumps(p["schema"])
                choices = re.findall(r'"enum": \["(.*?)"\]', schema)
                query.append(
                    (
                        p["name"],
                        draw.choice(choices[0].split('", "'))
                        if choices
                        else DAY
                        if "date" in schema or "from" in p["name"]
                        else str(draw.randint(1, 5))
                        if '"integer"' in schema
                        else word,
                    )
                )
        if "queries/" in path:
            query = [(draw.choice(["person", "name", "district", "place", "as_of"]), draw.choice(words))]
        body: Any = None
        form: Any = None
        if "cypher" in path:
            body = {"query": draw.choice(statements), "parameters": {"a": draw.choice(words)}}
        elif "batch" in path:
            body = {"names": [w for w in draw.sample(words, 3) if w] or ["x"]}
        elif "reconcile" in path and method == "post":
            wish = {"ids": draw.sample(words, 3), "properties": [{"id": name} for name in draw.sample(properties, 4)]}
            form = draw.choice(
                [{"queries": json.dumps({"q": {"query": draw.choice(words)}})}, {"extend": json.dumps(wish)}]
            )
        answer = client.request(method, at, params=tuple(query), json=body, data=form, headers=keys[tier])
        told = f"seed {seed} call {number}: {tier} {method} {at} {query} {body} {form}"
        assert answer.status_code < 500, f"{told}: {answer.text}"
        found = leaks(tier, answer, said=told.replace("' + '", ""))
        assert not found, f"{told} leaks {found}: {answer.text[:2000]}"


def test_the_command_makes_lists_and_revokes_keys(govgraph: Any) -> None:
    (made,) = govgraph.rows("keys", "add", "编辑部", "--tier", "research", "--days", "30")
    assert made["key"].startswith(f"gg_{made['id']}_")
    (listed,) = govgraph.rows("keys", "list")
    assert (
        listed["status"] == "valid" and listed["scopes"] == ["read"] and "digest" not in listed and "key" not in listed
    )
    assert govgraph("keys", "revoke", made["id"]).code == 0
    assert govgraph.rows("keys", "list")[0]["status"] == "revoked"
    assert govgraph("keys", "revoke", "none").code == 2
    assert govgraph("keys", "add", "x", "--tier", "secret").code == 2
