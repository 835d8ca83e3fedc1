"""The hand-made graphs of two documents answer the questions as the list of questions says: found, closed world, no
instance. The numbers of the list are those of five documents; here are those that rest on these two alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from govgraph.graph.workspace import Workspace
from govgraph.queries.catalogue import question, run
from govgraph.queries.rules import rules

Row = dict[str, object]
GOLD = Path(__file__).parents[2] / "../shared/gold"
DOCUMENTS = ("000_longgang", "003_bantian")
DAY = "2020-11-30"

pytestmark = pytest.mark.skipif(not GOLD.is_dir(), reason=f"{GOLD} is missing: questions not asked of the gold graphs")


def claims(document: str) -> Iterator[Row]:
    """A gold graph as claims. The file gives no dates; here all of it is said to be so on one day."""
    yield {"kind": "source", "id": document, "title": document, "type": "article", "published": DAY}
    for row in lines(f"{document}.jsonl"):
        evidence = {"source": document, "locator": {"line": row["line"]}, "quote": row["evidence"]}
        about: Row = {"attributes": row.get("attributes", {}), "evidence": evidence}
        if row["kind"] == "entity":
            place = "".join(str(row[level]) for level in ("district", "street", "community") if level in row)
            more = {"place": place} if place and not place.endswith(str(row["name"])) else {}
            names = {"key": f"{document}/{row['id']}", "type": row["type"], "name": row["name"]}
            yield {"kind": "entity", "aliases": row["aliases"]} | names | about | more
        else:
            ends = {end: f"{document}/{row[end]}" for end in ("subject", "object")}
            yield {"kind": "relation", "relation": row["relation"], "observed": DAY} | ends | about
    for row in lines("generic_000_003.jsonl"):
        if str(row["file"])[:3] == document[:3] and row["subject_label"] and row["object_label"]:
            yield {
                "kind": "statement",
                "subject_type": row["subject_label"],
                "relation": row["relation"],
                "object_type": row["object_label"],
                "strength": row["strength"],
                "scope": {"place": str(row["district"]).replace("/", "")},
                "evidence": {"source": document, "locator": {"line": row["line"]}, "quote": row["evidence"]},
            }


def lines(name: str) -> Iterator[Row]:
    for line in (GOLD / name).read_text("utf-8").splitlines():
        yield json.loads(line)


@pytest.fixture(scope="module")
def workspace(shared_workspace: Workspace) -> Workspace:
    with shared_workspace.loading("gold") as loading:
        for document in DOCUMENTS:
            for claim in claims(document):
                assert loading.add(claim), loading.report.refusals
    assert not loading.report.refusals
    return shared_workspace


def ask(workspace: Workspace, id: str, column: str, **parameters: str) -> list[object]:
    """What stands in a column, actors by their names, sorted."""
    rows = run(workspace, id, parameters, DAY if question(id).dated else None)
    values = [row[column] for row in rows]
    return sorted((value["name"] if isinstance(value, dict) else value for value in values), key=str)


CLOSED_WORLD = {
    ("Q01", "compound", "龙岗区"): 6,
    ("Q03", "compound", "龙岗区"): 8,
    ("Q12", "unit", "坂田街道"): 3,
}
NO_INSTANCE = {
    "Q08": {"district": "龙岗区"},
    "Q13": {"district": "龙岗区"},
    "Q14": {},
    "Q15": {},
    "Q18": {},
    "Q22": {"sub_district": "坂田街道"},
    "Q25": {"role": "支部书记"},
    "Q26": {"district": "龙岗区"},
    "Q27": {},
    "Q28": {"sub_district": "坂田街道"},
    "Q31": {"district": "龙岗区"},
    "Q32": {"district": "龙岗区"},
    "Q33": {},
    "Q35": {"district": "龙岗区"},
    "Q36": {"district": "龙岗区"},
    "Q37": {},
    "Q38": {"district": "龙岗区"},
}


@pytest.mark.parametrize(("id", "column", "place"), CLOSED_WORLD)
def test_closed_world(workspace: Workspace, id: str, column: str, place: str) -> None:
    """Rows come out because the documents say nothing; so each is possible only."""
    parameter = next(name for name, p in question(id).parameters.items() if p.type == "place")
    rows = run(workspace, id, {parameter: place}, DAY)
    assert len(rows) == CLOSED_WORLD[id, column, place]
    assert {row["holds"] for row in rows} == {"possibly"} and {row["because"] for row in rows} == {"no_register"}


@pytest.mark.parametrize("id", NO_INSTANCE)
def test_no_instance(workspace: Workspace, id: str) -> None:
    assert run(workspace, id, NO_INSTANCE[id], DAY) == []


def test_posts_of_one_person(workspace: Workspace) -> None:
    rows = run(workspace, "Q05", {"person": "曾拥军"}, DAY)
    assert {(row["role"], cast(Row, row["organization"])["name"]) for row in rows} == {
        ("副书记", "五和社区党委"),
        ("居民小组组长", "大光勘居民小组"),
        ("支部书记", "大光勘居民小组党支部"),
        ("股份合作公司董事长", "大光勘股份合作公司"),
    }
    assert {row["holds"] for row in rows} == {"yes"}


def test_forms_by_category(workspace: Workspace) -> None:
    rows = run(workspace, "Q10", {"district": "龙岗区"}, DAY)
    assert [(row["category"], row["form"], row["organisations"]) for row in rows] == [
        ("外卖地", None, 2),
        (None, None, 1),
        ("花园小区", None, 1),
    ]


def test_one_person_at_the_head_of_three_bodies(workspace: Workspace) -> None:
    (several,) = run(workspace, "Q24", {"n": "3"}, DAY)
    assert (cast(Row, several["person"])["name"], several["kinds"], several["posts"]) == ("曾拥军", 3, 4)
    (hand,) = run(workspace, "Q34", {"sub_district": "坂田街道"}, DAY)
    assert [cast(Row, hand[c])["name"] for c in ("person", "branch", "company", "residents_group")] == [
        "曾拥军",
        "大光勘居民小组党支部",
        "大光勘股份合作公司",
        "大光勘居民小组",
    ]
    assert (hand["branch_post"], hand["company_post"]) == ("支部书记", "股份合作公司董事长")
    (loop,) = run(workspace, "Q39", {"roles": "支部书记、党总支书记、副书记"}, DAY)
    assert [cast(Row, loop[c])["name"] for c in ("person", "supervisor", "supervised")] == [
        "曾拥军",
        "大光勘居民小组党支部",
        "大光勘股份合作公司",
    ]


def test_quotes_and_mechanisms(workspace: Workspace) -> None:
    assert ask(workspace, "Q11", "actor", mechanism="党群联席会议") == ["坂田街道"]
    for row in run(workspace, "Q34", {"sub_district": "坂田街道"}, DAY):
        assert all(quote["quote"] for quote in cast(list[Row], row["evidence"]))


OF_LONGGANG = {
    *("R03", "R07", "R17", "R18", "R19", "R20", "R21", "R22", "R23", "R24", "R25", "R26", "R27", "R28", "R29"),
    *("R30", "R31"),
}
OF_BANTIAN = {"R03", "R37", "R38", "R39", "R40", "R41"}


def test_rules_hold_where_their_document_says_so(workspace: Workspace) -> None:
    found = {(row["place"], row["rule"]) for row in rules(workspace, None, DAY)}
    assert {rule for place, rule in found if place == "龙岗区"} == OF_LONGGANG
    assert {rule for place, rule in found if place == "坂田街道"} == OF_BANTIAN
    assert {place for place, _ in found} == {"龙岗区", "坂田街道"}


def test_rules_of_a_place_and_what_contains_it(workspace: Workspace) -> None:
    rows = rules(workspace, "坂田街道", DAY)
    assert {row["rule"] for row in rows} == OF_LONGGANG | OF_BANTIAN
    assert {row["judged_in"] for row in rows} == {"坂田街道"}
    verdicts = {row["rule"]: row["verdict"] for row in rows if row["place"] == "坂田街道"}
    assert verdicts["R37"] == "met"  # the secretary of the one recorded group is its head
    assert verdicts["R40"] == "unknown"
