"""Every example of `/docs` is answered by `govgraph serve` on the demo, with something in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from serving import serving
from starlette.testclient import TestClient

from govgraph.graph.settings import Settings
from govgraph.graph.workspace import Workspace

Row = dict[str, Any]
INSTEAD = {("/v1/graph", "place"), ("/v1/graph", "id")}
"""Parameters that stand for another one that has an example."""


@pytest.fixture(scope="module")
def client(demo: Any) -> Iterator[TestClient]:
    with serving(Workspace(Path(demo.root), Settings())) as client:
        yield client


def example(parameter: Row) -> Any:
    """The example that the page of doors shows for a parameter."""
    schema = parameter["schema"]
    return parameter.get("example") or next(iter(schema.get("examples", ())), None)


def asked(described: Row, path: str, operation: Row, whole: bool) -> tuple[str, list[tuple[str, str]]]:
    """The address of a door and its query: what it has to have, or every example."""
    query: list[tuple[str, str]] = []
    for parameter in operation.get("parameters", ()):
        given = example(parameter)
        if parameter["in"] == "path":
            assert given, f"{path} has no example for {parameter['name']}"
            path = path.replace("{" + parameter["name"] + "}", quote(given))
        elif isinstance(given, dict):
            query += given.items()
        elif given is not None and (whole or parameter.get("required") or "example" in parameter):
            if (path, parameter["name"]) in INSTEAD:
                continue
            query.append((parameter["name"], given))
        else:
            assert not parameter.get("required"), f"{path} has no example for {parameter['name']}"
    return path, query


def test_every_example_is_answered(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    empty = []
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            body = dict(operation.get("requestBody", {}).get("content", {}))
            for whole in (False, True):
                at, query = asked(described, path, operation, whole)
                sent: Row = {}
                for media, content in body.items():
                    shape = content["schema"]
                    named = described["components"]["schemas"].get(shape.get("$ref", "").rpartition("/")[2], {})
                    given = content.get("example") or named["examples"][0]
                    sent = {"json": given} if "json" in media else {"data": given}
                answer = client.request(method, at, params=tuple(query), **sent)
                assert answer.status_code == 200, f"{method} {at} {query}: {answer.text}"
                if "items" in answer.text[:20] and not json.loads(answer.text)["items"]:
                    empty.append((at, whole))
    assert not [at for at, whole in empty if not whole], "only all filters of one door at once may leave nothing"
