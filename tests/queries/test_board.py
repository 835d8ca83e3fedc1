"""The board: every compound once, under its community and sub-district, with the verdicts that coverage gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from serving import DAY, Row, claims, load, said

from govgraph.graph.errors import NotFound
from govgraph.graph.settings import Settings
from govgraph.graph.workspace import Workspace
from govgraph.queries.board import board
from govgraph.queries.coverage import KINDS, coverage


def more() -> list[Row]:
    """A compound in a community, and one whose place a source only wrote."""
    return [
        {
            "kind": "entity",
            "key": "reg/c",
            "type": "Community",
            "name": "东岸社区",
            "place": "reg/s",
            "evidence": said("reg", 5, "A", "东岸社区"),
        },
        {
            "kind": "entity",
            "key": "reg/k2",
            "type": "Compound",
            "name": "东岸家园",
            "place": "reg/c",
            "evidence": said("reg", 5, "B", "东岸家园"),
        },
        {
            "kind": "entity",
            "key": "reg/k3",
            "type": "Compound",
            "name": "无名苑",
            "place": "柳浪街道",
            "evidence": said("reg", 6, "B", "无名苑"),
        },
    ]


def test_the_board(settings: Settings, workspace_root: Path) -> None:
    workspace = Workspace(workspace_root, settings)
    workspace.rebuild()
    load(workspace, claims() + more())
    rows: list[Any] = [*board(workspace, as_of=DAY)]
    assert [row["compound"]["name"] for row in rows] == ["东岸家园", "无名苑", "测试花园"]
    for kind in KINDS:
        told: list[Any] = [*coverage(workspace, kind, as_of=DAY)]
        assert {row["compound"]["id"]: row["verdict"] for row in told} == {
            row["compound"]["id"]: row[kind]["verdict"] for row in rows
        }
    first, written, known = rows
    assert (first["gaps"], first["unknown"]) == (1, 3) and first["claims"]  # the register lists branches alone
    assert (first["community"]["name"], first["sub_district"]["name"]) == ("东岸社区", "云城街道")
    assert written["sub_district"]["name"] == "柳浪街道" and written["community"] is None
    assert (known["gaps"], known["covered"]) == (0, 3)
    assert [row["compound"] for row in board(workspace, "东岸社区", DAY)] == [first["compound"]]
    with pytest.raises(NotFound, match="无此地"):
        board(workspace, "无此地")
