"""Rules hold where documents say so, and are judged there: met, broken, or not to be judged from the records."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from govgraph.graph.errors import EngineFailure, NotFound
from govgraph.graph.workspace import Workspace
from govgraph.queries.catalogue import FOLDER, answer, question, records
from govgraph.queries.rules import _counting, rules, side_by_side

Row = dict[str, object]
DAY = "2021-06-30"


def claims() -> Iterator[Row]:
    for source, published in (("east", "2020-06-30"), ("west", "2021-06-30"), ("list", DAY)):
        yield {"kind": "source", "id": source, "title": source, "type": "article", "published": published}
    places = {
        "e": ("District", "东规区", None),
        "w": ("District", "西规区", None),
        "s": ("SubDistrict", "东规街道", "list/e"),
    }
    compounds = {
        "k1": ("Compound", "东规一小区", "list/s"),
        "k2": ("Compound", "东规二小区", "list/e"),
        "k3": ("Compound", "西规小区", "list/w"),
    }
    for key, (type_, name, place) in (places | compounds).items():
        yield entity(key, type_, name, **({"place": place} if place else {}))
    yield entity("t1", "ServiceStation", "东规一小区党群服务站")
    yield entity("o", "OwnersCommittee", "西规小区业委会")
    yield entity("z", "PartyOrg", "西规社区党委", attributes={"subtype": "社区党委"}, place="list/w")
    yield entity("m", "Mechanism", "公章由社区党组织统一管理审批制度")
    yield entity("y", "Policy", "《东规区业主委员会任前谈话工作指引》")
    yield entity("q", "GovDepartment", "东规区住建局")
    for subject, relation, object_, more in (
        ("t1", "BASED_IN", "k1", {"valid": "2019-01-01/..", "observed": DAY}),
        ("o", "BASED_IN", "k3", {}),
        ("w", "ADOPTED", "m", {}),
        ("q", "BASED_IN", "e", {}),
        ("q", "ISSUED", "y", {}),
    ):
        yield relation_("list", subject, relation, object_, **more)
    yield register("ServiceStation", "list/e")
    yield statement("east", "ServiceStation", "BASED_IN", "Compound", "must", "东规区", "每个小区至少一个站点")
    yield statement("west", "PartyOrg", "HOLDS_SEAL_OF", "OwnersCommittee", "promoted", "西规区", "公章交社区")
    yield statement("west", "PartyOrg", "PAIRED_WITH", "PartyOrg", "must", "无人区", "结对")
    yield statement(
        "west", "OwnersCommittee", "REPORTS_TO", "PartyOrg", "must", "西规区", "定期报告", valid="2019-01-01/2019-12-31"
    )


def quoted(source: str, text: str) -> Row:
    return {"source": source, "locator": {"row": 1}, "quote": text}


def entity(key: str, type_: str, name: str, **more: object) -> Row:
    return {
        "kind": "entity",
        "key": f"list/{key}",
        "type": type_,
        "name": name,
        "evidence": quoted("list", name),
    } | more


def relation_(source: str, subject: str, relation: str, object_: str, **more: object) -> Row:
    ends = {"subject": f"list/{subject}", "object": f"list/{object_}"}
    return {"kind": "relation", "relation": relation, "evidence": quoted(source, relation)} | ends | more


def register(of: str, place: str) -> Row:
    return {"kind": "register", "of": of, "place": place, "valid": DAY, "evidence": quoted("list", of)}


def statement(
    source: str, subject: str, relation: str, object_: str, strength: str, place: str, quote: str, **more: object
) -> Row:
    said = {"subject_type": subject, "relation": relation, "object_type": object_, "strength": strength}
    return {"kind": "statement", "scope": {"place": place}, "evidence": quoted(source, quote)} | said | more


@pytest.fixture(scope="module")
def workspace(shared_workspace: Workspace) -> Workspace:
    with shared_workspace.loading("rules") as loading:
        for claim in claims():
            assert loading.add(claim), loading.report.refusals
    assert not loading.report.refusals
    return shared_workspace


def found(workspace: Workspace, place: str | None, day: str = DAY) -> dict[tuple[object, object], Row]:
    return {(row["rule"], row["place"]): row for row in rules(workspace, place, day)}


def test_a_rule_is_in_force_where_a_document_says_so(workspace: Workspace) -> None:
    assert set(found(workspace, "东规区")) == {("R27", "东规区"), ("R13", "东规区")}
    assert set(found(workspace, "西规区")) == {("R46", "西规区")}
    assert set(found(workspace, None)) == {("R13", "东规区"), ("R27", "东规区"), ("R29", "无人区"), ("R46", "西规区")}
    with pytest.raises(NotFound, match="no place 乌有区 is known"):
        rules(workspace, "乌有区", DAY)


def test_a_broken_rule(workspace: Workspace) -> None:
    row = found(workspace, "东规区")["R27", "东规区"]
    assert [row[key] for key in ("verdict", "judged", "broken", "open", "needs")] == ["broken", 2, 1, 0, []]
    assert [row[key] for key in ("strength", "said", "valid", "holds")] == ["must", "2020-06-30", None, "yes"]
    assert [quote["quote"] for quote in cast(list[Row], row["evidence"])] == ["每个小区至少一个站点"]
    assert row["title"] == {"zh": "每个小区至少有一个党群服务站点", "en": "At least one service station per compound"}


def test_a_rule_of_a_larger_place_is_judged_in_the_smaller(workspace: Workspace) -> None:
    row = found(workspace, "东规街道")["R27", "东规区"]
    assert [row[key] for key in ("verdict", "judged_in", "judged", "broken", "open")] == ["met", "东规街道", 1, 0, 0]
    compound = found(workspace, "东规二小区")["R27", "东规区"]
    assert [compound[key] for key in ("verdict", "judged")] == ["broken", 1]


def test_records_that_would_be_needed(workspace: Workspace) -> None:
    seal = found(workspace, "西规区")["R46", "西规区"]
    assert [seal[key] for key in ("verdict", "judged", "broken", "open")] == ["unknown", 1, 0, 1]
    assert seal["needs"] == ["PartyOrg HOLDS_SEAL_OF OwnersCommittee", "PartyOrg BASED_IN Community"]
    assert seal["strength"] == "promoted" and len(cast(list[str], seal["claims"])) == 2
    talk = found(workspace, "东规区")["R13", "东规区"]
    assert [talk[key] for key in ("verdict", "judged", "needs")] == ["unknown", 0, ["talk_date of the post"]]
    empty = found(workspace, None)["R29", "无人区"]
    assert [empty[key] for key in ("verdict", "judged", "open")] == ["unknown", 0, 0]


def test_when_a_rule_holds(workspace: Workspace) -> None:
    assert found(workspace, "东规区", "2020-01-01")["R27", "东规区"]["holds"] == "possibly"
    assert ("R22", "西规区") not in found(workspace, "西规区")
    assert found(workspace, "西规区", "2019-06-30")["R22", "西规区"]["holds"] == "yes"


@pytest.mark.parametrize("id", records(FOLDER))
def test_what_a_rule_applies_to_can_be_counted(workspace: Workspace, id: str) -> None:
    """Every rule can be counted on either engine: what it applies to, and what breaks it."""
    rule, asks = records(FOLDER)[id], question(id)
    given: Row = {"place": None} | ({"as_of": DAY} if "$as_of" in rule.population else {})
    with workspace.reader() as store:
        (row,) = store.read(rule.population, given)
        here = {p.name: "东规区" for p in asks.parameters.values() if p.type == "place"}
        breaks = answer(store, replace(asks, text=_counting(asks.text)), here, DAY)
    assert isinstance(row["judged"], int)
    assert all(row["holds"] in ("yes", "possibly") for row in breaks)
    assert rule.signs and rule.needs and rule.strength and rule.source


# --- two at a time ----------------------------------------------------------------------------------------------------
def test_two_are_asked_at_a_time_and_what_fails_beside_another_once_more_by_itself(tmp_path: Path) -> None:
    both = threading.Barrier(2, timeout=10)
    alone: list[int] = []

    def ask(number: int) -> int:
        if threading.current_thread() is threading.main_thread():
            alone.append(number)
        else:
            both.wait()
            if number in (2, 3):
                raise EngineFailure("no memory is left")
        return 10 * number

    told: list[tuple[str, int, int]] = []
    workspace = Workspace(tmp_path, progress=lambda step, done, total: told.append((step, done, total)))
    assert side_by_side(workspace, ask, [1, 2, 3, 4]) == [10, 20, 30, 40] and alone == [2, 3]
    assert told == [("rules", done, 4) for done in range(4)]


def test_what_fails_by_itself_too_is_said(tmp_path: Path) -> None:
    def ask(number: int) -> int:
        raise EngineFailure(f"{number} takes too long")

    with pytest.raises(EngineFailure, match="1 takes too long"):
        side_by_side(Workspace(tmp_path), ask, [1, 2])
