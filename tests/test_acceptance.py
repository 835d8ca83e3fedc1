"""The contract tried from outside, and extraction measured against hand-made graphs. Both live beside the project."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from govgraph.ingest.extract import extract
from govgraph.ingest.text import normalise

SHARED = Path(__file__).parents[2] / "shared"
GOVGRAPH = Path(sys.executable).with_name("govgraph")

missing = pytest.mark.skipif(not SHARED.exists(), reason=f"NOT CHECKED FROM OUTSIDE: {SHARED} is missing")


@missing
def test_the_contract_from_outside(capfd: pytest.CaptureFixture[str]) -> None:
    seed = os.environ.get("GOVGRAPH_TEST_SEED") or str(random.randrange(10**6))
    groups = "cli,claims,time,planted,norms,evidence,door,retract,http"
    check = SHARED / "acceptance" / "check.py"
    run = subprocess.run(
        [sys.executable, check, "--govgraph", GOVGRAPH, "--seed", seed, "--only", groups],
        capture_output=True,
        text=True,
        env={k: v for k, v in os.environ.items() if not k.startswith("GOVGRAPH_")},
    )
    with capfd.disabled():
        print(f"\ncheck.py --seed {seed}: {run.stdout.splitlines()[-1] if run.stdout else 'no output'}")
    assert run.returncode == 0, "\n".join(line for line in run.stdout.splitlines() if not line.startswith("ok"))


@missing
def test_extraction_against_the_hand_made_graphs(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A report, and a floor: every quote stands exactly at its place, the four posts of one person are found, and so
    are the sums, shares and tensions of the published figures."""

    def govgraph(*words: str | Path, format: str = "csv") -> str:
        command = [GOVGRAPH, "--workspace", tmp_path / "w", "--format", format, *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    govgraph("load", SHARED / "seeds")
    govgraph("export", "claims", tmp_path / "claims.jsonl")
    posts = govgraph("roles", "曾拥军").splitlines()
    figures = {row["figure"]: row for row in json.loads(govgraph("figures", format="json"))}
    govgraph("engine", "stop")
    score = SHARED / "gold" / "score.py"
    report = subprocess.run(
        [sys.executable, score, tmp_path / "claims.jsonl", SHARED / "seeds", SHARED / "gold"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    with capfd.disabled():
        print("\n" + report)
    value = {id: row["reported"]["value"] for id, row in figures.items()}
    identities = {
        (
            value[id],
            row["identity"]["kind"],
            row["identity"]["holds"],
            *sorted(value[one] for one in row["identity"]["with"]),
        )
        for id, row in figures.items()
        if row["identity"]
    }
    assert identities >= {
        (929, "sum", True, 145, 784), (18, "sum", True, 4, 14), (0.2, "share", False, 145, 929), (4, "sum", True), (8, "sum", True)
    }  # fmt: skip
    strained = {(value[id], one["kind"], one["expected"]) for id, row in figures.items() for one in row["tensions"]}
    assert strained >= {(0.2, "share", 0.156082), (437, "per", 864)}
    assert len(posts) == 5 and "TOTAL quotes exact  1.00" in report


@missing
def test_a_text_in_disorder_says_what_its_clean_text_says() -> None:
    """Traditional script, pinyin inside words, folded marks: the claims are those of the cleaned text."""
    (file,) = (SHARED / "seeds").glob("002*.txt")
    raw = file.read_text("utf-8")

    def said(text: str) -> list[str]:
        claims = extract(text, source_id="s", published="2019")
        return sorted(
            json.dumps({k: v for k, v in c.items() if k not in ("id", "evidence")}, sort_keys=True) for c in claims
        )

    assert said(raw) == said(normalise(raw).clean) and len(said(raw)) > 40
