"""The demo city: what was planted in its documents comes out as answers, with the words behind it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

TRUTH = json.loads(Path(__file__).with_name("demo_truth.json").read_text("utf-8"))
VERDICTS = set(
    [
        "covered",
        "covered_jointly",
        "covered_by_area",
        "covered_temporarily",
        "covered_by_dispatch",
        "hollow",
        "possibly_covered",
        "uncovered",
        "unknown",
    ]
)


@pytest.mark.parametrize("of", ["branch", "committee", "firm", "station"])
def test_coverage_is_as_planted(demo: Any, of: str) -> None:
    rows = {row["compound"]["name"]: row for row in demo.rows("coverage", "--of", of, "--as-of", TRUTH["as_of"])}
    assert {name: row["verdict"] for name, row in rows.items()} == {k["compound"]: k[of] for k in TRUTH["coverage"]}
    assert all(row["claims"] and row["evidence"] for row in rows.values())
    if of == "branch":
        assert {row["verdict"] for row in rows.values()} == VERDICTS
        assert {k: [b["name"] for b in rows[k]["by"]] for k in TRUTH["bodies"]} == {
            k: [v] for k, v in TRUTH["bodies"].items()
        }


def test_conflicts_are_as_planted(demo: Any) -> None:
    rows = demo.rows("conflicts")
    found = Counter((r["pattern"], *sorted(p["name"] for p in r["people"]), r["verdict"]) for r in rows)
    assert found == Counter((c["pattern"], *sorted(c["people"]), c["verdict"]) for c in TRUTH["conflicts"])
    assert len({r["verdict"] for r in rows}) >= 3
    for row in rows:
        planted = next(
            c
            for c in TRUTH["conflicts"]
            if c["pattern"] == row["pattern"] and set(c["people"]) == {p["name"] for p in row["people"]}
        )
        assert set(planted["bodies"]) <= {b["name"] for b in row["bodies"]}
        assert planted["law"] is None or (planted["law"], planted["article"]) in {
            (n["law"], n["article"]) for n in row["norms"]
        }


def test_roles_are_as_planted(demo: Any) -> None:
    for planted in TRUTH["roles"]:
        for day, holds in planted["holds"].items():
            ran = demo("roles", planted["person"], "--as-of", day)
            accepted = planted["role"] if isinstance(planted["role"], list) else [planted["role"]]
            found = {
                r["holds"]
                for r in ran.rows
                if r["organization"]["name"] == planted["organization"] and r["post"]["role"] in accepted
            }
            best = "yes" if "yes" in found else "possibly" if "possibly" in found else "no"
            assert best == holds, (planted["person"], planted["organization"], day, found)


def test_a_rule_is_in_force_where_a_document_says_so(demo: Any) -> None:
    (rule,) = demo.rows("rules")
    assert (rule["rule"], rule["place"], rule["verdict"]) == ("R03", "潮埠街道", "broken")
    assert (rule["judged"], rule["broken"], rule["open"]) == (28, 5, 1)
    inside = [row for row in TRUTH["coverage"] if row["place"] == "潮埠街道"]
    assert len(inside) == 28 and sum(row["branch"] == "uncovered" for row in inside) == 5


def test_every_quote_of_a_text_stands_in_it(demo: Any, tmp_path: Path) -> None:
    demo("export", "claims", tmp_path / "claims.jsonl")
    claims = [json.loads(line) for line in (tmp_path / "claims.jsonl").read_text("utf-8").splitlines()]
    texts = {c["id"]: demo.root / "texts" / f"{c['sha256']}.txt" for c in claims if c["kind"] == "source"}
    checked = 0
    for claim in claims:
        evidence = claim.get("evidence", [])
        for one in evidence if isinstance(evidence, list) else [evidence]:
            if "start" in one["locator"]:
                text = texts[one["source"]].read_text("utf-8")
                assert text[one["locator"]["start"] : one["locator"]["end"]] == one["quote"]
                checked += 1
    assert checked > 100


def test_the_demo_tells_it_in_both_languages_with_quote_and_source(demo: Any) -> None:
    told = demo.told
    for words in (
        "哪些小区没有党组织",
        "Which compounds have no party branch",
        "禁止 forbidden",
        "鼓励 encouraged",
        "不明确 unclear",
        "Try next",
        "「",
        "第十七条",
        "未覆盖 uncovered",
    ):
        assert words in told, words


def test_a_decision_by_hand_finds_one_more(demo: Any, govgraph: Any, tmp_path: Path) -> None:
    """Two registers name a man of one name in one compound; only a person can say that he is one."""
    demo("export", "claims", tmp_path / "claims.jsonl")
    assert govgraph("import", tmp_path / "claims.jsonl").code == 0
    before = govgraph.rows("conflicts", "--pattern", "firm_and_branch")
    ids = [
        row["id"] for row in govgraph.rows("cypher", "MATCH (p:Person {name: '池晓峰'}) RETURN p.id AS id ORDER BY id")
    ]
    (decision,) = govgraph.rows("same", *ids)
    after = govgraph.rows("conflicts", "--pattern", "firm_and_branch")
    assert Counter(p["name"] for r in after for p in r["people"]) - Counter(
        p["name"] for r in before for p in r["people"]
    ) == Counter(["池晓峰"])
    govgraph.rows("undo", decision["id"])
    assert govgraph.rows("conflicts", "--pattern", "firm_and_branch") == before
