"""The files for containers and systemd name what is there."""

from __future__ import annotations

import configparser
import re
import shlex
from pathlib import Path

import yaml
from typer.testing import CliRunner

from govgraph.api.cli.app import app

ROOT = Path(__file__).parents[2]
INSTRUCTIONS = ("FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "VOLUME", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "CMD")


def steps() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text("utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def command(words: list[str]) -> None:
    """`govgraph …` is a command with these options."""
    assert words[0] == "govgraph"
    ran = CliRunner().invoke(app, [*words[1:], "--help"])
    assert ran.exit_code == 0, ran.output


def test_the_image_is_made_of_what_is_there() -> None:
    found = steps()
    assert {word for word, _ in found} <= set(INSTRUCTIONS) and found[0][0] == "FROM"
    copied = []
    for word, rest in found:
        if word == "COPY" and not rest.startswith("--from"):
            *sources, _ = rest.split()
            copied += sources
    assert all((ROOT / source).exists() for source in copied), copied
    packages = re.findall(r'^"govgraph\.\w+" = "(\w+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert set(packages) <= set(copied)
    assert [rest for word, rest in found if word == "USER"] == ["govgraph"]  # not root
    (started,) = [yaml.safe_load(rest) for word, rest in found if word == "CMD"]
    command(started)


def test_what_is_left_out_of_the_image_is_not_copied() -> None:
    left_out = (ROOT / ".dockerignore").read_text("utf-8").split()
    copied = " ".join(rest for word, rest in steps() if word == "COPY").split()
    assert not set(left_out) & set(copied)


def test_the_compose_file_is_whole() -> None:
    plan = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    assert set(plan["services"]) == {"neo4j", "govgraph"}
    named = {volume.partition(":")[0] for service in plan["services"].values() for volume in service["volumes"]}
    assert named == set(plan["volumes"])
    ours = plan["services"]["govgraph"]
    assert set(ours["depends_on"]) <= set(plan["services"]) and (ROOT / ours["build"] / "Dockerfile").exists()
    assert ours["environment"]["GOVGRAPH_URI"] == "bolt://neo4j:7687"
    assert all(port.startswith("127.0.0.1:") for port in ours["ports"])


def test_the_unit_runs_commands_that_are_there() -> None:
    text = re.search(r"```ini\n(.*?)```", (ROOT / "docs/operations.md").read_text("utf-8"), re.DOTALL)
    assert text
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text[1])
    assert list(unit) == ["DEFAULT", "Unit", "Service", "Install"]
    for name in ("ExecStart", "ExecStopPost"):
        path, *words = shlex.split(unit["Service"][name])
        command([Path(path).name, *words])
