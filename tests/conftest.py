"""The two engines, for every test that needs a graph: a test that asks for ``settings`` runs on both of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # tests are no package: this makes `engines` importable
from engines import PASSWORD, Missing, Neo4j

from govgraph.graph import engine
from govgraph.graph.arcade import Arcade
from govgraph.graph.settings import Settings
from govgraph.graph.store import Store, open_store

MakeStore = Callable[..., AbstractContextManager[Store]]


@pytest.fixture(scope="session")
def private_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of one private server that all tests share which are not about its life."""
    root = tmp_path_factory.mktemp("engine")
    with engine.lease(root, Settings()):
        yield root
    engine.stop(root)


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4j]:
    """One real Neo4j for the session. Where it cannot be had the test is skipped with the remedy, under CI it fails."""
    try:
        server = Neo4j(tmp_path_factory.mktemp("neo4j") / "home")
    except Missing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    yield server
    server.stop()


@pytest.fixture
def embedded_settings(private_server: Path) -> Settings:
    """Settings for the private server, its graph empty."""
    with engine.lease(private_server, Settings()) as address:
        server, old, new = Arcade(address), engine.current(private_server), engine.new_database()
        server.create(new)
        engine.switch(private_server, new)
        server.drop(old)
    return Settings()


@pytest.fixture
def neo4j_settings(neo4j_server: Neo4j) -> Settings:
    """Settings for a real Neo4j, its graph empty."""
    neo4j_server.empty()
    return Settings(uri=neo4j_server.uri, user="neo4j", password=PASSWORD)


@pytest.fixture(params=["embedded", "neo4j"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Settings for each engine in turn, its graph empty. Use it with ``workspace_root`` or ``make_store``."""
    found = request.getfixturevalue(f"{request.param}_settings")
    assert isinstance(found, Settings)
    return found


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """The environment in which a command of its own process uses the same engine."""
    ours = {"GOVGRAPH_URI": settings.uri, "GOVGRAPH_USER": settings.user, "GOVGRAPH_PASSWORD": settings.password}
    plain = {name: value for name, value in os.environ.items() if not name.startswith("GOVGRAPH_")}
    return plain | {name: value for name, value in ours.items() if value is not None}


@pytest.fixture
def workspace_root(settings: Settings, private_server: Path, tmp_path: Path) -> Path:
    """An empty folder for a workspace. On the embedded engine it uses the shared server, which saves its cold start."""
    root = tmp_path / "workspace"
    root.mkdir()
    (root / "engine").symlink_to(private_server, target_is_directory=True)
    return root


@pytest.fixture
def make_store(settings: Settings, private_server: Path) -> MakeStore:
    """``make_store(workspace_id="test", write=True)`` opens the graph of the engine in turn, as a context manager."""

    def make(
        workspace_id: str = "test", *, write: bool = True, settings: Settings = settings
    ) -> AbstractContextManager[Store]:
        return open_store(settings, private_server, workspace_id, write=write)

    return make
