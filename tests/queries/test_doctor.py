"""What `doctor` says of the door that questions go through."""

from __future__ import annotations

from pathlib import Path

from govgraph.graph.settings import Settings
from govgraph.graph.workspace import Workspace
from govgraph.queries.doctor import examine


def test_where_the_user_may_write_a_reader_account_is_recommended(settings: Settings, workspace_root: Path) -> None:
    workspace = Workspace(workspace_root, settings)
    with workspace.reader() as store:
        before = store.read("MATCH (n) RETURN count(n) AS n")
        (door,) = (row for row in examine(workspace) if row["check"] == "door")
        if settings.uri is None:
            assert door["result"] == "good" and "cannot write" in str(door["detail"])
        else:
            assert door["result"] == "note"
            for words in (
                "reader account is safer",
                "CREATE USER",
                "GRANT ROLE reader",
                "Community Edition",
                "GOVGRAPH_USER",
            ):
                assert words in str(door["detail"])
        assert store.read("MATCH (n) RETURN count(n) AS n") == before
