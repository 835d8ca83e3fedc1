"""Rows are put into the order that a question asks for, whatever the engine gives them in."""

from __future__ import annotations

import random

import pytest

from govgraph.queries.catalogue import questions
from govgraph.queries.catalogue.returned import KEYS, returned, unsorted

ASKS = """MATCH (p:Person)-[h:HOLDS_POST]->(o)
WITH p, o, h, count(*) AS n
RETURN p {.id, .name} AS person, o {.id} AS body, n AS n, CASE WHEN h.sure THEN 'yes, sure' ELSE 'possibly' END AS holds
ORDER BY n DESC, p.name, coalesce(h.role, ''), o.id"""


def test_a_query_is_taken_apart() -> None:
    last = returned(ASKS)
    assert last and list(last.columns) == ["person", "body", "n", "holds"]
    assert last.columns["holds"] == "CASE WHEN h.sure THEN 'yes, sure' ELSE 'possibly' END"
    assert last.order == (("n", True), ("p.name", False), ("coalesce(h.role, '')", False), ("o.id", False))
    assert last.head.endswith("AS n") and not last.aggregates


def test_rows_are_put_into_order() -> None:
    text, put = unsorted(ASKS)
    assert "ORDER BY" not in text and text.endswith(f"[coalesce(h.role, '')] AS {KEYS}")
    wanted = [(2, "甲", "", "1"), (2, "甲", "", "2"), (2, "甲", "主任", "0"), (1, "丙", "", "1"), (1, None, "", "0")]
    rows = [
        {"person": {"name": name}, "body": {"id": id}, "n": n, "holds": "yes", KEYS: [role]}
        for n, name, role, id in random.Random(1).sample(wanted, len(wanted))
    ]
    found = put(rows)
    assert [(row["n"], row["person"]["name"], row["body"]["id"]) for row in found] == [  # type: ignore[index]
        (n, name, id) for n, name, _, id in wanted
    ]
    assert all(KEYS not in row for row in found)


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (p) RETURN p.name AS name",
        "MATCH (p)\nRETURN p.name AS name, count(*) AS n\nORDER BY name",
        "MATCH (p)\nRETURN p.role AS role\nORDER BY coalesce(role, '')",
        "MATCH (p)\nRETURN p.name AS name\nUNION ALL\nMATCH (p)\nRETURN p.id AS name\nORDER BY name",
    ],
)
def test_what_only_the_engine_can_sort_is_left_to_it(text: str) -> None:
    rows: list[dict[str, object]] = [{"name": "b"}, {"name": "a"}]
    asked, put = unsorted(text)
    assert asked == text and put(list(rows)) == rows


def test_the_catalogue_is_sorted_here() -> None:
    assert {asked.id for asked in questions() if "\nORDER BY" in unsorted(asked.text)[0].rpartition("\nRETURN")[2]} == {
        "Q15",
        "R09",
    }
