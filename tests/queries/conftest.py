"""One graph for a whole module of questions, on each engine in turn: loaded once, then only read."""

from __future__ import annotations

import pytest
from engines import PASSWORD

from govgraph.graph.settings import Settings
from govgraph.graph.workspace import Workspace


@pytest.fixture(scope="module", params=["embedded", "neo4j"])
def shared_workspace(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """An empty workspace that all tests of a module share."""
    root = tmp_path_factory.mktemp("workspace")
    if request.param == "embedded":
        (root / "engine").symlink_to(request.getfixturevalue("private_server"), target_is_directory=True)
        return Workspace(root, Settings())
    server = request.getfixturevalue("neo4j_server")
    server.empty()
    return Workspace(root, Settings(uri=server.uri, user="neo4j", password=PASSWORD))
