"""The measuring commands, as a researcher runs them on the demo city."""

from __future__ import annotations

import csv
import io
import re
import shlex
from typing import Any

CITE = re.compile(r"cite as: govgraph \S+, graph [0-9a-f]{16}-[0-9a-f]+, ")


def test_rates_lie_within_their_bounds(demo: Any) -> None:
    rows = demo.rows("rates", "--by", "SubDistrict", "--as-of", "2024-12-31")
    assert rows and all(0 <= row["lowest"] <= row["highest"] <= 1 for row in rows)
    covered = demo.rows("coverage", "--as-of", "2024-12-31")
    assert sum(sum(row["verdicts"].values()) for row in rows) >= len(covered)
    ran = demo("rates", "--of", "党小组", "--by", "区", options=("--format", "table", "--lang", "zh"))
    assert (
        ran.code == 0
        and "最低" in ran.out
        and CITE.search(ran.err)
        and "rates --of '党小组' --by '区' --as-of 2025-06-30" in ran.err
    )


def test_what_is_shared_is_at_several_compounds(demo: Any) -> None:
    rows = demo.rows("rates", "--of", "firm", "--shared", "--as-of", "2024-12-31")
    assert all(len(row["compounds"]) == row["possible"] > 1 for row in rows)


def test_structure_names_its_rules(demo: Any) -> None:
    rows = demo.rows("structure")
    assert all(
        row["norms"] and row["verdict"] in ("there", "possibly_there", "missing", "vacant", "unknown") for row in rows
    )
    assert demo("structure", options=("--format", "table")).code == 0


def test_network_shows_one_thing_at_a_time(demo: Any) -> None:
    everybody = demo.rows("network")
    assert {"actor", "degree", "betweenness", "eigenvector", "component", "cutpoint"} <= set(everybody[0])
    people = demo.rows("network", "--show", "people")
    assert people and all(row["strength"] == len(row["bodies"]) > 1 for row in people)
    for show in ("interlocks", "components", "bridges"):
        ran = demo("network", "--show", show, options=("--format", "table", "--lang", "en"))
        assert ran.code == 0 and f"every day: network --show {show}" in ran.err
    assert demo("network", options=("--method", "guess")).code == 2


def test_spells_as_csv(demo: Any) -> None:
    out = demo("spells", options=("--format", "csv")).out
    rows = list(csv.DictReader(io.StringIO(out)))
    assert list(rows[0])[:3] == ["person_id", "person", "role"] and "evidence" not in rows[0]
    assert len(rows) == len(demo.rows("spells"))
    panel = list(
        csv.DictReader(io.StringIO(demo("spells", "--yearly", "--years", "2023-2024", options=("--format", "csv")).out))
    )
    assert {row["year"] for row in panel} <= {"2023", "2024"} and all(
        int(row["sure_days"]) <= int(row["possible_days"]) <= int(row["days"]) for row in panel
    )
    covered = demo.rows("spells", "--of", "branch", "--years", "2024")
    assert {row["year"] for row in covered} == {2024}


def test_spells_ask_about_one_thing(demo: Any) -> None:
    ran = demo("spells", "--of", "branch", "--person", "林望舒")
    assert ran.code == 2 and "give one or the other" in ran.err
    ran = demo("spells", "--years", "late")
    assert ran.code == 2 and "write them as 2015-2021" in ran.err


def test_any_answer_can_be_cited_and_kept_to_trusted_claims(demo: Any) -> None:
    for ask in (
        ("roles", "林望舒"),
        ("coverage", "--of", "firm"),
        ("conflicts",),
        ("figures",),
        ("why", "周岚", "吴桂明"),
    ):
        ran = demo(*ask)
        assert CITE.search(ran.err) and ran.err.rstrip().endswith(
            shlex.join(ask) + (" --as-of 2025-06-30" * (ask[0] == "coverage"))
        ), ran.err
        assert "cite as" not in demo(*ask, options=("--quiet",)).err
        tables = demo.rows(*ask, options=("--method", "mapping"))
        texts = demo.rows(*ask, options=("--method", "rules"))
        every = {claim for row in demo.rows(*ask) for claim in row["claims"]}
        told = [{claim for row in rows for claim in row["claims"]} for rows in (tables, texts)]
        assert told[0] | told[1] == every, ask
    assert demo.rows("roles", "林望舒", options=("--confidence", "1"))
    ran = demo("roles", "林望舒", options=("--method", "mapping", "--confidence", "0.5"))
    assert ran.err.rstrip().endswith("--method mapping --confidence 0.5 roles '林望舒'")
    assert demo("roles", "林望舒", options=("--confidence", "2")).code == 2
