"""Who is recognised across sources, who is not, and what decisions do. Names are invented."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from govgraph.graph.identity import Mention, core, in_force, resolve

Book = Any
Make = Callable[..., Any]
TOWN = (("SubDistrict", "望江街道"), ("City", "温州市"))
OTHER = (("SubDistrict", "北湖街道"), ("City", "温州市"))


def clusters(*mentions: Mention, decisions: list[dict[str, str]] | None = None) -> set[frozenset[str]]:
    found = resolve(mentions, in_force(decisions or [])).canonical
    groups: dict[str, set[str]] = {}
    for m in mentions:
        groups.setdefault(found.get(m.key, m.key), set()).add(m.key)
    return {frozenset(g) for g in groups.values() if len(g) > 1}


def firm(key: str, name: str = "安心物业服务有限公司", chain: Any = TOWN, type: str = "PropertyFirm") -> Mention:
    return Mention(key, key.split("/")[0], type, name, chain)


def person(key: str, *bodies: str) -> Mention:
    return Mention(key, key.split("/")[0], "Person", "张伟", (), frozenset(bodies))


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        ("东岸小区业主委员会", "东岸小区业委会", True),
        ("东岸小区 业主委员会", "东岸小区“业委会”", True),
        ("安心物业服务有限公司", "安心物业服务有限责任公司", True),
        ("中共望江街道工作委员会", "望江街道党工委", True),
        ("中共东岸社区委员会", "东岸社区党委", True),
        ("中共东岸小区支部委员会", "东岸小区党支部", True),
        ("东岸花园一期", "东岸花园二期", False),
        ("第一党支部", "第三党支部", False),
        ("安心物业服务有限公司", "安心物业发展有限公司", False),
        ("海珠社区", "海昌社区", False),
        ("温州市望江街道东岸社区", "东岸社区", True),
        ("望江街道党工委", "党工委", False),
    ],
)
def test_core_names(a: str, b: str, equal: bool) -> None:
    assert (core(a, "Organization", TOWN) == core(b, "Organization", TOWN)) is equal


def test_one_organisation_in_two_sources_is_one_where_the_place_agrees() -> None:
    assert clusters(firm("a/1"), firm("b/1", "安心物业服务有限责任公司")) == {frozenset(("a/1", "b/1"))}
    assert clusters(firm("a/1"), firm("b/1", chain=OTHER)) == set()
    assert clusters(firm("a/1"), firm("b/1", chain=())) == set()
    assert clusters(firm("a/1", chain=()), firm("b/1", chain=())) == {frozenset(("a/1", "b/1"))}
    assert clusters(firm("a/1"), firm("b/1", type="Enterprise")) == set()


def test_keys_of_one_source_stay_apart_and_leave_the_other_source_in_doubt() -> None:
    mentions = firm("a/1"), firm("a/2"), firm("b/1")
    assert clusters(*mentions) == set()
    assert {(q.a, q.b) for q in resolve(mentions).questions} >= {("a/1", "b/1"), ("a/2", "b/1")}


def test_a_person_is_the_same_by_name_and_body_only() -> None:
    bodies = firm("a/f"), firm("b/f")
    assert frozenset(("a/p", "b/p")) in clusters(*bodies, person("a/p", "a/f"), person("b/p", "b/f"))
    assert clusters(person("a/p", "a/f"), person("b/p", "b/g")) == set()
    assert clusters(person("a/p"), person("b/p")) == set()


def test_a_person_is_followed_from_body_to_body() -> None:
    bodies = (
        firm("a/f"),
        firm("b/f"),
        firm("b/g", "西岸小区业委会", type="OwnersCommittee"),
        firm("c/g", "西岸小区业委会", type="OwnersCommittee"),
    )
    people = person("a/p", "a/f"), person("b/p", "b/f", "b/g"), person("c/p", "c/g")
    assert frozenset(("a/p", "b/p", "c/p")) in clusters(*bodies, *people)
    twice = person("c/q", "c/g")  # a second one of that name in one of the bodies: nobody knows which
    assert not [c for c in clusters(*bodies, *people, twice) if "a/p" in c]


def ask(*mentions: Mention) -> list[tuple[str, str]]:
    return [(q.a, q.b) for q in resolve(mentions).questions]


def test_a_question_is_asked_only_where_somebody_could_answer_it() -> None:
    assert ask(firm("a/1"), firm("b/1", chain=())) == [("a/1", "b/1")]
    assert ask(firm("a/1"), firm("b/1", chain=OTHER)) == []
    bodies = firm("a/f"), firm("b/g", "安居物业服务有限公司")
    assert ask(*bodies, person("a/p", "a/f"), person("b/p", "b/g")) == [("a/p", "b/p")]
    assert ask(person("a/p"), person("b/p")) == []


def test_decisions_merge_separate_and_are_undone() -> None:
    pair = firm("a/1"), firm("b/1", chain=OTHER)
    same = {"id": "d1", "kind": "same", "a": "a/1", "b": "b/1"}
    assert clusters(*pair, decisions=[same]) == {frozenset(("a/1", "b/1"))}
    assert clusters(*pair, decisions=[same, {"id": "d2", "kind": "undo", "decision": "d1"}]) == set()
    undone_undo = [same, {"id": "d2", "kind": "undo", "decision": "d1"}, {"id": "d3", "kind": "undo", "decision": "d2"}]
    assert clusters(*pair, decisions=undone_undo) == {frozenset(("a/1", "b/1"))}
    assert clusters(firm("a/1"), firm("b/1"), decisions=[same | {"kind": "different"}]) == set()
    assert clusters(*pair, decisions=[same | {"kind": "different"}, same | {"id": "d2"}]) == {frozenset(("a/1", "b/1"))}
    assert clusters(firm("a/1"), firm("a/2"), decisions=[{"id": "d1", "kind": "same", "a": "a/1", "b": "a/2"}]) == {
        frozenset(("a/1", "a/2"))
    }


def test_the_order_of_mentions_does_not_matter() -> None:
    mentions = [firm(f"{s}/{n}", chain=c) for s in "abc" for n, c in enumerate((TOWN, OTHER, ()))] + [
        person("a/p", "a/0"),
        person("b/p", "b/0"),
    ]
    expected = clusters(*mentions)
    for seed in range(20):
        random.Random(seed).shuffle(mentions)
        assert clusters(*mentions) == expected


# --- in the tables ---------------------------------------------------------------------------------------------------
def town(says: Make, source: str, subdistrict: str = "望江街道", role: str = "项目经理") -> Any:
    s = says(source, "2024-01-01")
    city = s.entity("city", "City", "温州市")
    sub = s.entity("sub", "SubDistrict", subdistrict, place=city)
    f = s.entity("f", "PropertyFirm", "安心物业服务有限公司", place=sub)
    s.post(s.entity("p", "Person", "张伟"), f, role, "2020/..")
    return s


def test_two_sources_of_one_town_are_one_graph_with_both_as_sources(book: Book, says: Make) -> None:
    book.take(town(says, "a"), town(says, "b"))
    (man,), (company,) = book.named("张伟"), book.named("安心物业服务有限公司")
    assert man["keys"] == ["a/p", "b/p"] and man["id"] in man["ids"] and len(man["ids"]) == 2
    assert company["sources"] == ["a", "b"] and company["place_names"] == ["望江街道", "温州市"]
    (post,) = [r for r in book.rows("relations") if r["relation"] == "HOLDS_POST"]
    assert len(post["claims"]) == 2 and post["sources"] == ["a", "b"]


def test_ids_stay_when_unrelated_sources_come_and_go(book: Book, says: Make) -> None:
    book.take(town(says, "a"), town(says, "b"))
    before = {n["name"]: n["id"] for n in book.rows("nodes")}
    book.take(town(says, "0", "北湖街道"))
    after = book.rows("nodes")
    assert before.pop("温州市") in book.named("温州市")[0]["ids"], "the city is in both: its old id leads to it"
    assert set(before.values()) <= {n["id"] for n in after}
    assert len(book.named("安心物业服务有限公司")) == 2
    book.take([], retract="0")
    assert {n["name"]: n["id"] for n in book.rows("nodes")} == before | {"温州市": book.named("温州市")[0]["id"]}


def test_a_decision_is_undone_to_identical_bytes(book: Book, says: Make) -> None:
    book.take(town(says, "a"), town(says, "b", "北湖街道"))
    before = book.compile()[1]
    book.log.decide({"kind": "same", "a": "a/p", "b": "b/p"})
    assert len(book.named("张伟")) == 1 and book.compile()[1] != before
    book.log.decide({"kind": "undo", "decision": "d1"})
    assert len(book.named("张伟")) == 2 and book.compile()[1] == before


def test_a_merged_actor_outlives_the_source_of_its_smallest_key(book: Book, says: Make) -> None:
    book.take(town(says, "a"), town(says, "b"), town(says, "c"))
    book.take([], retract="a")
    (man,) = book.named("张伟")
    assert man["keys"] == ["b/p", "c/p"]
