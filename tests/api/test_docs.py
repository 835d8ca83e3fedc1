"""Documentation that fails: every command it shows runs, every link it gives leads somewhere, every command is in it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SHOWN = [
    pytest.param(page, line, id=f"{page.name}: {line[:60]}")
    for page in PAGES
    for line in re.findall(r"^\$ (govgraph .*)$", page.read_text("utf-8"), re.MULTILINE)
]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the pages speak of."""
    folder = tmp_path_factory.mktemp("papers")
    (folder / "papers").mkdir()
    (folder / "papers" / "notice.txt").write_text(
        "2024年6月，东岸社区党委书记甘若水兼任东岸花园小区业主委员会主任。\n", "utf-8"
    )
    for name in ("register.xlsx", "register.csv", "table.xlsx"):
        (folder / name).write_text(
            "小区名称,社区,业主委员会,业委会主任\n东岸花园小区,东岸社区,东岸花园小区业主委员会,甘若水\n", "utf-8"
        )
    return folder


@pytest.mark.parametrize(("page", "line"), SHOWN)
def test_a_command_that_is_shown_runs(demo: Any, papers: Path, tmp_path: Path, page: Path, line: str) -> None:
    """What reads is asked of the demo city, what writes goes to a workspace of its own."""
    words = shlex.split(line, comments=True)[1:]
    writes = words[0] in ("load", "import", "same", "different", "undo", "rebuild", "demo", "keys") or words[:2] == [
        "source",
        "retract",
    ]
    if words[0] in ("serve", "bench"):
        words.append("--help")
    root = papers / "w" if writes else demo.root
    done = subprocess.run(
        [str(demo.command), "--workspace", str(root), *words], cwd=papers, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, f"{page.name}: $ {line}\n{done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_command_is_in_the_documentation() -> None:
    told = "".join(page.read_text("utf-8") for page in PAGES)
    help = subprocess.run(
        [str(Path(sys.executable).with_name("govgraph")), "--help"],
        capture_output=True,
        text=True,
        env={"COLUMNS": "200", "NO_COLOR": "1", "LANG": "C.UTF-8"},
    ).stdout
    commands = re.findall(r"^[│|]\s+([a-z]+)\s", help, re.MULTILINE)
    assert len(commands) > 15
    missing = [command for command in commands if not re.search(rf"govgraph {command}\b|`{command}\b", told)]
    assert not missing, f"no page speaks of {missing}"
