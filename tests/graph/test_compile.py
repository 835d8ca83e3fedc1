"""Claims to tables: the same bytes, the right periods, every relation with its claims."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from govgraph.graph.compile import chain_of

Book = Any
Make = Callable[..., Any]


def small(says: Make, source: str = "s", published: str | None = "2020-11-30") -> tuple[Any, str, str]:
    s = says(source, published)
    return (
        s,
        s.entity("p", "Person", "张某"),
        s.entity("b", "PartyOrg", "东岸小区党支部", attributes={"subtype": "小区党支部"}),
    )


def test_the_order_of_claims_does_not_matter(book: Book, says: Make, tmp_path: Any) -> None:
    s, p, b = small(says)
    for year in range(2010, 2020):
        s.post(p, b, "支部书记", f"{year}/{year + 1}")
    expected = None
    for seed in range(3):
        rest = s.rows[1:]
        random.Random(seed).shuffle(rest)
        other = type(book)(tmp_path / f"claims-{seed}")
        other.take([s.rows[0], *rest])
        expected = expected or other.compile()[1]
        assert other.compile()[1] == expected


def test_two_claims_of_one_key_are_one_thing_with_aliases(book: Book, says: Make) -> None:
    s = says("s")
    s.entity("k", "Compound", "东岸花园小区", attributes={"households": 300})
    s.entity("k", "Compound", "东岸花园", aliases=["东岸"], attributes={"households": 310, "category": "花园小区"})
    book.take(s)
    (compound,) = book.named("东岸花园小区")
    assert (
        compound["aliases"] == ["东岸", "东岸花园"]
        and compound["households"] == 300
        and compound["category"] == "花园小区"
    )
    assert compound["disputed"] == ["households"] and len(compound["claims"]) == 2


def test_claims_alike_are_one_term_and_any_other_difference_is_another(book: Book, says: Make) -> None:
    s, p, b = small(says)
    s.post(p, b, "支部书记", observed="2020-01-01")
    s.post(p, b, "支部书记", observed="2021-01-01")
    s.post(p, b, "支部书记", "2019/2020")
    s.post(p, b, "支部委员")
    book.take(s)
    rows = {(r["role"], r.get("valid")): r for r in book.rows("relations")}
    assert set(rows) == {("支部书记", None), ("支部书记", "2019/2020"), ("支部委员", None)}
    twice = rows["支部书记", None]
    assert len(twice["claims"]) == 2 and (twice["sure_from"], twice["sure_to"]) == ("2020-01-01", "2021-01-02")
    assert "possible_from" not in twice and "possible_to" not in twice and twice["sure"] is True


def test_the_sources_date_stands_for_a_missing_observation(book: Book, says: Make) -> None:
    s, p, b = small(says)
    s.post(p, b, "支部书记", "2019-09-01/..")
    s.post(p, b, "副书记", "2019-09-01/")
    book.take(s)
    ends = {r["role"]: r["sure_to"] for r in book.rows("relations")}
    assert ends == {"支部书记": "2020-12-01", "副书记": "2019-09-02"}


def test_variants_of_a_post_are_read_as_it_and_others_kept(book: Book, says: Make) -> None:
    s, p, b = small(says)
    s.post(p, b, "党支部书记")
    s.post(p, b, "首席协调官")
    book.take(s)
    assert {r["role"] for r in book.rows("relations")} == {"支部书记", "首席协调官"}


def test_bodies_that_share_a_holder_at_a_time_are_cross_appointed(book: Book, says: Make) -> None:
    s, p, b = small(says)
    c, d = (
        s.entity("c", "OwnersCommittee", "东岸小区业主委员会"),
        s.entity("d", "OwnersCommittee", "西岸小区业主委员会"),
    )
    s.post(p, b, "支部书记", "2018-01-01/2020-01-01")
    s.post(p, c, "业委会主任", "2019-01-01/2022-01-01")
    s.post(p, d, "业委会主任", "2021-01-01/2022-01-01")
    book.take(s)
    ties = {
        frozenset((r["from"], r["to"])): r for r in book.rows("relations") if r["relation"] == "CROSS_APPOINTED_WITH"
    }
    assert set(ties) == {
        frozenset(("东岸小区党支部", "东岸小区业主委员会")),
        frozenset(("东岸小区业主委员会", "西岸小区业主委员会")),
    }
    tie = ties[frozenset(("东岸小区党支部", "东岸小区业主委员会"))]
    assert (tie["sure_from"], tie["sure_to"], tie["possible_to"]) == ("2019-01-01", "2020-01-01", "2020-01-02")
    assert tie["derived"] is True and len(tie["claims"]) == 2


def test_containment_follows_place_and_located_in_by_key_and_by_name(book: Book, says: Make) -> None:
    s = says("s")
    city = s.entity("city", "City", "温州市", place="浙江省")
    s.entity("d", "District", "望江区", place=city)
    sub = s.entity("sub", "SubDistrict", "东门街道", place="温州市望江区")
    k = s.entity("k", "Compound", "东岸小区")
    s.relation(k, "LOCATED_IN", sub)
    c = s.entity("c", "OwnersCommittee", "东岸小区业主委员会")
    s.relation(c, "BASED_IN", k)
    book.take(s)
    (compound,), (committee,) = book.named("东岸小区"), book.named("东岸小区业主委员会")
    assert (
        compound["place_names"] == ["东岸小区", "东门街道", "望江区", "温州市", "浙江省"]
        and compound["place"] == "东门街道"
    )
    assert committee["place"] == "东岸小区" and "温州市" in committee["place_names"]
    assert len(compound["places"]) == 4


def test_places_that_contain_each_other_do_no_harm(book: Book, says: Make) -> None:
    s = says("s")
    a, b = s.entity("a", "Community", "甲社区"), s.entity("b", "SubDistrict", "乙街道")
    s.relation(a, "LOCATED_IN", b)
    s.relation(b, "LOCATED_IN", a)
    book.take(s)
    assert book.named("甲社区")[0]["place_names"] == ["甲社区", "乙街道"]


def test_sources_that_disagree_both_stay_and_name_each_other(book: Book, says: Make) -> None:
    s, p, b = small(says)
    s.post(p, b, "支部书记", "2019-01-01/2023-01-01")
    other = says("t")
    other.post(p, b, "支部书记", "2020-05-01/2023-01-01")
    other.post(other.entity("q", "Person", "李某"), b, "支部书记", "2021-01-01/2022-01-01")
    book.take(s, other)
    marks = {(r["from"], r["valid"]): len(r.get("disagrees", [])) for r in book.rows("relations")}
    assert marks == {
        ("张某", "2019-01-01/2023-01-01"): 2,
        ("张某", "2020-05-01/2023-01-01"): 1,
        ("李某", "2021-01-01/2022-01-01"): 1,
    }


def test_a_source_does_not_disagree_with_itself_nor_with_a_coarser_one(book: Book, says: Make) -> None:
    s, p, b = small(says)
    s.post(p, b, "支部书记", "2019-01-01/2023-01-01")
    s.post(p, b, "支部书记", "2020-05-01/2023-01-01")
    other = says("t")
    other.post(p, b, "支部书记", "2019/2023")
    book.take(s, other)
    marks = {r["valid"]: len(r.get("disagrees", [])) for r in book.rows("relations")}
    assert marks["2019-01-01/2023-01-01"] == 0


def test_attributes_that_a_graph_cannot_hold_become_text_and_keep_off_our_names(book: Book, says: Make) -> None:
    s = says("s")
    s.entity(
        "k",
        "Compound",
        "东岸小区",
        attributes={
            "id": "7",
            "@type": "x",
            "tags": ["a", "b"],
            "mixed": [1, "a"],
            "deep": {"x": {"y": 1}},
            "nothing": None,
        },
    )
    book.take(s)
    (k,) = book.named("东岸小区")
    assert (
        k["attribute_id"] == "7" and k["attribute_@type"] == "x" and k["id"].startswith("e") and k["tags"] == ["a", "b"]
    )
    assert k["mixed"] == '[1, "a"]' and k["deep"] == '{"x": {"y": 1}}' and "nothing" not in k


def test_registers_figures_statements_and_sources_are_nodes(book: Book, says: Make) -> None:
    s, *_ = small(says)
    d = s.entity("d", "District", "望江区")
    s.rows.append({"kind": "register", "of": "PartyOrg", "place": d, "valid": "2021", "evidence": s.evidence()})
    s.rows.append(
        {
            "kind": "figure",
            "value": 784,
            "unit": "个",
            "counted": "小区",
            "scope": {"place": "望江区"},
            "observed": "2024",
            "evidence": s.evidence(),
        }
    )
    s.rows.append(
        {
            "kind": "statement",
            "subject_type": "PartyOrg",
            "relation": "GUIDES",
            "object_type": "OwnersCommittee",
            "strength": "must",
            "evidence": s.evidence(),
        }
    )
    book.take(s)
    nodes = {n["labels"][0]: n for n in book.rows("nodes") if n["labels"][0] != "Entity"}
    assert set(nodes) == {"Source", "Register", "Figure", "Statement"}
    assert (nodes["Register"]["from"], nodes["Register"]["to"], nodes["Register"]["of"]) == (
        "2021-01-01",
        "2022-01-01",
        "PartyOrg",
    )
    assert (
        nodes["Register"]["place_id"] == nodes["Figure"]["place_id"] == book.named("望江区")[0]["id"]
        and nodes["Figure"]["value"] == 784
    )
    assert book.compile()[0].newest == "2024-12-31"


def test_written_places_fall_into_their_levels() -> None:
    assert chain_of("浙江省温州市望江区东门街道东岸社区") == (
        ("Community", "东岸社区"),
        ("SubDistrict", "东门街道"),
        ("District", "望江区"),
        ("City", "温州市"),
        ("Province", "浙江省"),
    )
    assert chain_of("东门街道") == (("SubDistrict", "东门街道"),)
    assert chain_of("东岸社区") == (("Community", "东岸社区"),), "its last character alone would make it a district"
    assert chain_of("东门街道东岸小区") == (("Compound", "东岸小区"), ("SubDistrict", "东门街道"))
