"""The description of the service is true: whatever it allows is answered as it says."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import CHECKS, load_all_checks
from serving import HERE, claims, load, new_workspace, serving
from starlette.testclient import TestClient

from govgraph.api.http import create_app
from govgraph.api.http.service import Service
from govgraph.graph.settings import Settings
from govgraph.graph.workspace import Workspace

EXAMPLES = int(os.environ.get("GOVGRAPH_TEST_EXAMPLES", "15"))
DESCRIBED = create_app(
    Service(Workspace(Path(tempfile.gettempdir()) / "govgraph-not-opened", Settings()))
).openapi()  # describing needs no graph
DOORS = [(method, path) for path, operations in DESCRIBED["paths"].items() for method in operations]
load_all_checks()
# What fits the description but names nothing known (a place, a type, a field) is refused: that is meant.
MEANT = [CHECKS.get_one("positive_data_acceptance")]


@pytest.fixture(scope="module")
def client(private_server: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    workspace = Workspace(new_workspace(tmp_path_factory.mktemp("schema") / "w", private_server), Settings())
    workspace.rebuild()
    load(workspace, claims())
    with serving(workspace) as client:
        yield client


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_the_service_does_what_it_says(client: TestClient, method: str, path: str) -> None:
    operation = schemathesis.openapi.from_dict(DESCRIBED)[path][method]

    @hypothesis.given(case=operation.as_strategy())
    @hypothesis.settings(
        max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    def check(case: Any) -> None:
        asked = case.as_transport_kwargs(base_url=HERE)
        asked.pop("cookies", None)
        answer = client.request(**asked)
        case.validate_response(answer, excluded_checks=MEANT)

    check()
