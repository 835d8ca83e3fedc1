"""A service for the tests: a small city with something to hide for every tier, asked in this process."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.testclient import TestClient

from govgraph.api.http import HttpSettings, create_app
from govgraph.api.http.keys import Keys
from govgraph.api.http.service import Service
from govgraph.graph import engine
from govgraph.graph.workspace import Workspace
from govgraph.queries.tiers import Tier

Row = dict[str, Any]
HERE = "http://127.0.0.1"
RESTRICTED = [
    "SECRETPHONE",
    "SECRETUNKNOWN",
    "SECRETMOOD",
    "SECRETMEMBER",
    "SECRETQUOTE",
    "SECRETHOME",
    "SECRETKEY",
    "SECRETTITLE",
    "86419",
]
"""Words that only the restricted tier may see, whatever it asks."""
RESEARCH = ["SECRETSEX", "SECRETNOTE"]
"""Words that the public may not see."""
DAY = "2022-01-01"


def said(source: str, row: int, column: str, quote: str) -> Row:
    return {"source": source, "locator": {"row": row, "column": column}, "quote": quote}


def claims() -> list[Row]:
    """A compound with its committee, firm and branch; the chair's husband works for the firm, which only a declaration tells."""
    r = "reg"
    return [
        {"kind": "source", "id": r, "title": "任职登记", "type": "register", "published": DAY},
        {"kind": "source", "id": "kin", "title": "SECRETTITLE 亲属申报", "type": "table", "published": DAY},
        {"kind": "entity", "key": "reg/d", "type": "District", "name": "望江区", "evidence": said(r, 1, "A", "望江区")},
        {"kind": "entity", "key": "reg/s", "type": "SubDistrict", "name": "云城街道", "place": "reg/d", "evidence": said(r, 1, "B", "云城街道")},
        {"kind": "entity", "key": "reg/k", "type": "Compound", "name": "测试花园", "place": "reg/s", "evidence": said(r, 2, "A", "测试花园")},
        {"kind": "entity", "key": "reg/w", "type": "OwnersCommittee", "name": "测试花园业主委员会", "aliases": ["花园业委会"], "place": "reg/k", "evidence": said(r, 2, "B", "测试花园业主委员会")},
        {"kind": "entity", "key": "reg/f", "type": "PropertyFirm", "name": "测试物业有限公司", "attributes": {"party_members": 3}, "evidence": said(r, 2, "C", "测试物业有限公司")},
        {"kind": "entity", "key": "reg/b", "type": "PartyOrg", "name": "测试花园党支部", "attributes": {"subtype": "小区党支部", "form": "联合建", "note": "SECRETNOTE"}, "place": "reg/k", "evidence": said(r, 2, "H", "测试花园党支部")},
        {"kind": "entity", "key": "reg/p", "type": "Person", "name": "甘若水", "attributes": {"phone": "SECRETPHONE", "sex": "SECRETSEX", "codename": "SECRETUNKNOWN", "age": 86419}, "place": "SECRETHOME", "evidence": said(r, 2, "D", "甘若水 SECRETQUOTE")},
        {"kind": "entity", "key": "reg/q", "type": "Person", "name": "祁连山", "evidence": said(r, 2, "E", "祁连山")},
        {"kind": "entity", "key": "SECRETKEY/q", "type": "Person", "name": "SECRETMEMBER", "attributes": {"party_member": True}, "evidence": said("kin", 9, "A", "SECRETMEMBER")},
        {"kind": "relation", "subject": "reg/w", "relation": "BASED_IN", "object": "reg/k", "evidence": said(r, 2, "B", "测试花园业主委员会")},
        {"kind": "relation", "subject": "reg/b", "relation": "BASED_IN", "object": "reg/k", "valid": "2019-01-01/2023-01-01", "evidence": said(r, 2, "H", "测试花园党支部")},
        {"kind": "relation", "subject": "reg/f", "relation": "SERVES", "object": "reg/k", "valid": "2019-01-01/2023-01-01", "evidence": said(r, 2, "C", "测试物业有限公司")},
        {"kind": "relation", "subject": "reg/p", "relation": "HOLDS_POST", "object": "reg/w", "attributes": {"role": "业委会主任", "mood": "SECRETMOOD", "note": "SECRETNOTE"}, "valid": "2020-01-01/2023-01-01", "evidence": said(r, 2, "F", "业委会主任")},
        {"kind": "relation", "subject": "reg/q", "relation": "HOLDS_POST", "object": "reg/f", "attributes": {"role": "客服主管"}, "valid": "2020-06-01/2022-06-01", "evidence": said(r, 2, "G", "客服主管")},
        {"kind": "relation", "subject": "reg/q", "relation": "FAMILY_OF", "object": "reg/p", "attributes": {"kinship": "配偶"}, "evidence": said("kin", 1, "A", "SECRETQUOTE 祁连山系甘若水之夫")},
        {"kind": "relation", "subject": "SECRETKEY/q", "relation": "MEMBER_OF", "object": "reg/b", "evidence": said("kin", 9, "A", "SECRETMEMBER")},
        {"kind": "relation", "subject": "reg/p", "relation": "LIVES_IN", "object": "reg/k", "attributes": {"note": "SECRETHOME"}, "evidence": said("kin", 3, "A", "SECRETHOME")},
        {"kind": "register", "of": "PartyOrg", "place": "reg/s", "valid": DAY, "evidence": said(r, 1, "Z", "登记")},
        {"kind": "figure", "value": 1, "unit": "个", "counted": "小区", "scope": {"place": "云城街道"}, "observed": DAY, "evidence": said(r, 1, "Y", "1个小区")},
    ]  # fmt: skip


def load(workspace: Workspace, rows: list[Row]) -> None:
    with workspace.loading("a test") as loading:
        for row in rows:
            assert loading.add(json.dumps(row, ensure_ascii=False)), loading.report.refusals
    assert not loading.report.refusals


@contextmanager
def serving(
    workspace: Workspace, *, exposed: bool = False, settings: HttpSettings | None = None, beside: bool = False
) -> Iterator[TestClient]:
    """The service of a workspace, asked from this machine. Its views stop their servers at the end, but not where it
    runs `beside` another service of that workspace."""
    settings = settings or HttpSettings(rate=1e6)
    service = Service(workspace, "en", settings.kept)
    app = create_app(service, settings, exposed=exposed)
    try:
        with TestClient(
            app, base_url=HERE, client=("127.0.0.1", 50000), follow_redirects=False, raise_server_exceptions=False
        ) as client:
            yield client
    finally:
        for view in () if beside else service.views.values():
            engine.stop(view.folder / "engine")


def key(workspace: Workspace, tier: Tier, *scopes: str, days: int = 1) -> dict[str, str]:
    """A header that holds out a new key."""
    _, text = Keys(workspace.root).add(workspace, "a test", tier, scopes or ("read", "cypher"), days)
    return {"Authorization": f"Bearer {text}"}


def new_workspace(root: Path, private_server: Path) -> Path:
    """A folder for a workspace on the server that the tests share."""
    root.mkdir(parents=True)
    (root / "engine").symlink_to(private_server, target_is_directory=True)
    return root


class Ask:
    """Asks a running service over HTTP."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    def __call__(self, path: str, key: str | None = None) -> tuple[int, Row]:
        """Status and body of an answer in JSON."""
        status, text = self._get(path, key)
        return status, json.loads(text)

    def text(self, path: str) -> str:
        return self._get(path, None)[1]

    def _get(self, path: str, key: str | None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", quote(path, safe="/?=&"), headers={"X-API-Key": key} if key else {})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text


@contextmanager
def served(govgraph: Any, *words: str, **settings: str) -> Iterator[tuple[Ask, subprocess.Popen[str]]]:
    """`govgraph serve` in a process of its own, and how to ask it."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GOVGRAPH_")} | settings
    command = [govgraph.command, "--workspace", govgraph.root, "serve", "--port", "0", *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=clean) as process:
        assert process.stderr
        try:
            told = process.stderr.readline()
            found = re.search(r"http://[^/]*:(\d+)/\S*docs", told)
            assert found, told
            drain = threading.Thread(target=process.stderr.read)  # a full pipe would hold the service up
            drain.start()
            ask = Ask(int(found[1]))
            until(lambda: ask("/readyz")[0] == 200)
            yield ask, process
        finally:
            process.terminate()
            drain.join()


def until(true: Callable[[], bool], within: float = 60) -> None:
    """Wait until something is so."""
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)
