"""Claims from text: what is found, that every quote stands, and that nothing depends on what stands elsewhere."""


import re
from pathlib import Path
from typing import cast

import pytest

from govgraph.graph.vocabulary import vocabulary
from govgraph.ingest.extract import extract
from govgraph.ingest.extract.figures import find as find_figures
from govgraph.ingest.extract.numerals import parse
from govgraph.ingest.extract.tag import PlainTagger
from govgraph.ingest.extract.verify import Claim, verified
from govgraph.ingest.text import flatten

DOCUMENTS = Path(__file__).parent / "documents"
SEEDS = Path(__file__).parents[2] / "../shared/seeds"
PUBLISHED = {
    "election": "2023-04-18",
    "minutes": "2022-09-09",
    "news": "2023-05-01",
    "appointment": "2024-01-08",
    "held_letter": "2023-02",
    "held_news": "2023-03-10",
}
NOTICE = (
    "　　2020年11月，试验区北湖街道东岸社区党委书记周试宁兼任东岸花园小区业主委员会主任。\n"
    "全街道共有小区３７个，其中29个成立了党支部。\n"
)


def read(name: str) -> tuple[str, list[Claim]]:
    raw = (DOCUMENTS / f"{name}.txt").read_text(encoding="utf-8")
    return raw, extract(raw, source_id="s", published=PUBLISHED[name])


def of(text: str, place: str | None = None, published: str | None = None) -> list[Claim]:
    return extract(text, source_id="s", place=place, published=published)


def evidence(claim: Claim) -> list[dict[str, object]]:
    found = claim["evidence"]
    return cast(list[dict[str, object]], found if isinstance(found, list) else [found])


def posts(claims: list[Claim]) -> set[tuple[str, str, str]]:
    """Person, role and body by name."""
    name = {c["key"]: str(c["name"]) for c in claims if c["kind"] == "entity"}
    return {
        (name[c["subject"]], str(cast(dict[str, object], c["attributes"])["role"]), name[c["object"]])
        for c in claims
        if c.get("relation") == "HOLDS_POST"
    }


def relations(claims: list[Claim], relation: str) -> set[tuple[str, str]]:
    name = {c["key"]: str(c["name"]) for c in claims if c["kind"] == "entity"}
    return {(name[c["subject"]], name[c["object"]]) for c in claims if c.get("relation") == relation}


def named(claims: list[Claim], kind: str) -> set[str]:
    return {str(c["name"]) for c in claims if c.get("type") == kind}


def check(raw: str, claims: list[Claim]) -> None:
    """What must hold of every extraction."""
    types = {c["key"]: str(c["type"]) for c in claims if c["kind"] == "entity"}
    assert len(types) == sum(c["kind"] == "entity" for c in claims)
    for claim in claims:
        for piece in evidence(claim):
            at = cast(dict[str, int], piece["locator"])
            assert raw[at["start"] : at["end"]] == piece["quote"] != ""
            assert at["line"] == raw.count("\n", 0, at["start"]) + 1
            assert piece["method"] == "rules"
        if claim["kind"] == "relation":
            vocabulary().check_relation(str(claim["relation"]), types[claim["subject"]], types[claim["object"]])
        elif claim["kind"] == "entity":
            vocabulary().type(str(claim["type"]))
            assert not re.search(r"\s", str(claim["name"]))
        elif claim["kind"] == "figure":
            assert flatten(str(claim["value_text"])) in flatten(str(evidence(claim)[0]["quote"]))


def test_two_posts_and_two_figures() -> None:
    claims = of(NOTICE, place="试验区", published="2020-12-01")
    check(NOTICE, claims)
    assert posts(claims) == {
        ("周试宁", "党委书记", "东岸社区党委"),
        ("周试宁", "业委会主任", "东岸花园小区业主委员会"),
    }
    assert [c["value"] for c in claims if c["kind"] == "figure"] == [37, 29]
    assert relations(claims, "LOCATED_IN") >= {("东岸社区", "北湖街道"), ("北湖街道", "试验区")}
    assert relations(claims, "BASED_IN") == {("东岸社区党委", "东岸社区"), ("东岸花园小区业主委员会", "东岸花园小区")}


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_quote_stands_and_every_relation_is_allowed(name: str) -> None:
    check(*read(name))


def test_election_notice() -> None:
    claims = read("election")[1]
    body = "柳荫苑小区业主委员会"
    assert posts(claims) == {
        ("欧阳秋实", "业委会主任", body),
        ("贺明远", "业委会副主任", body),
        ("沈若兰", "业委会副主任", body),
        ("马春生", "业委会委员", body),
        ("丁一鸣", "业委会委员", body),
        ("韩雪梅", "业委会委员", body),
        ("白志强", "业委会候补委员", body),
        ("贺明远", "支部书记", "柳荫苑小区党支部"),
    }
    chair = next(c for c in claims if c.get("relation") == "HOLDS_POST" and "欧阳" in str(c["subject"]))
    assert chair["valid"] == "2023-04-16/2028-04-15"
    assert any("自2023年4月16日" in str(e["quote"]) for e in evidence(chair))


def test_minutes() -> None:
    claims = read("minutes")[1]
    assert posts(claims) == {
        ("沈立新", "党委书记", "南塘社区党委"),
        ("沈立新", "居委会主任", "南塘社区居委会"),
        ("郭大海", "项目经理", "云岭市安居物业服务有限公司"),
        ("欧阳秋实", "业委会主任", "柳荫苑小区业委会"),
        ("谭丽", "负责人", "柳荫街道党建工作办公室"),
        ("秦怀远", "第一书记", "柳荫苑小区党支部"),
    }
    assert relations(claims, "SERVES") == {("云岭市安居物业服务有限公司", "柳荫苑小区")}
    assert relations(claims, "SUPERVISES") == relations(claims, "GUIDES") == {("南塘社区党委", "柳荫苑小区业委会")}
    assert relations(claims, "REPORTS_TO") == {("柳荫苑小区业委会", "南塘社区党委")}
    assert relations(claims, "DISPATCHES") == {("柳荫街道党工委", "秦怀远")}


def test_news() -> None:
    claims = read("news")[1]
    assert posts(claims) == {
        ("卢子安", "支部书记", "竹溪新村党支部"),
        ("卢子安", "副书记", "竹溪社区党委"),
        ("卢子安", "业委会主任", "竹溪新村业委会"),
    }
    assert named(claims, "Person") == {"卢子安"}  # nobody of the byline
    assert relations(claims, "PAIRED_WITH") == {("竹溪新村党支部", "云岭市第二人民医院党支部")}
    assert relations(claims, "LEADS") == {("桃源街道党工委", "竹溪社区党委")}
    assert {c.get("valid") for c in claims if c.get("relation") == "HOLDS_POST"} == {None, "2021-03/.."}
    values = {c["value"] for c in claims if c["kind"] == "figure"}
    assert values == {286, 213, 97, 0.745, 30, 6, 327, 0.333333}
    rule = next(c for c in claims if c["kind"] == "statement" and c["relation"] == "CONCURRENT_WITH")
    assert (rule["subject_type"], rule["object_type"], rule["strength"]) == ("Post", "Post", "promoted")
    district = next(c for c in claims if c.get("name") == "松江区")
    assert district["place"] == "s/City:云岭市"  # the document's own city, not the one of a namesake


def test_appointments_and_removals_take_the_day_of_the_decision() -> None:
    claims = read("appointment")[1]
    terms = {(str(c["subject"])[9:], c.get("valid")) for c in claims if c.get("relation") == "HOLDS_POST"}
    assert terms == {
        ("程立军", "2024-01-05/"),
        ("尉迟晓峰", "2024-01-05/"),
        ("沈立新", "/2024-01-05"),
        ("史秀英", "2024-01-05/"),
    }


def test_kinship_and_terms_in_a_letter() -> None:
    claims = read("held_letter")[1]
    assert relations(claims, "FAMILY_OF") == {("章立群", "章立民")}
    served = next(c for c in claims if c.get("relation") == "SERVES")
    assert served["valid"] == "2020-06/.."
    assert "2020年6月起" in str(evidence(served)[0]["quote"])


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("张卫东任青石街道北关社区党委书记。", {("张卫东", "党委书记", "北关社区党委")}),
        ("北关花园小区业委会主任张卫东主持会议。", {("张卫东", "业委会主任", "北关花园小区业委会")}),
        (
            "北关社区党委书记、居委会主任张卫东出席。",
            {("张卫东", "党委书记", "北关社区党委"), ("张卫东", "居委会主任", "北关社区居委会")},
        ),
        ("张卫东当选为北关花园小区业主委员会副主任。", {("张卫东", "业委会副主任", "北关花园小区业主委员会")}),
        ("小区党支部书记可以兼任业委会主任。", set()),
        ("推荐张卫东为北关花园小区业委会主任候选人。", set()),
        ("张卫东不得担任北关花园小区业委会主任。", set()),
        ("记者：张卫东 摄影：李晓明", set()),
    ],
)
def test_posts_in_one_sentence(sentence: str, expected: set[tuple[str, str, str]]) -> None:
    claims = of(sentence)
    check(sentence, claims)
    assert posts(claims) == expected


@pytest.mark.parametrize(
    "words", ["小区党支部", "各社区党委", "住宅小区业委会", "老旧小区", "该街道", "全区各小区", "物业公司"]
)
def test_a_class_is_no_instance(words: str) -> None:
    assert [c for c in of(f"要加强{words}的工作。") if c["kind"] == "entity"] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("共有37个小区", (37, None, "个", "exact")),
        ("分红约8.1万元", (81000, None, "元", "about")),
        ("任务22万多项", (220000, None, "项", "more_than")),
        ("占总额的10%—20%", (0.1, 0.2, "比例", "exact")),
        ("近五分之一的小区", (0.2, None, "比例", "about")),
        ("占一半以上", (0.5, None, "比例", "at_least")),
        ("居民三百六十二户", (362, None, "户", "exact")),
        ("不少于30%", (0.3, None, "比例", "at_least")),
        ("小区党员不足3名", (3, None, "名", "less_than")),
        ("业主1,246户", (1246, None, "户", "exact")),
        ("形成“三驾马车”", None),
        ("出台“1+2+5文件”", None),
        ("第8督导组", None),
        ("《三年（2019-2021年）行动计划》", None),
        ("第12栋", None),
    ],
)
def test_figures(text: str, expected: tuple[object, ...] | None) -> None:
    found = [(f.value, f.value_to, f.unit, f.qualifier) for f in find_figures(text, [])]
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三百六十二", 362),
        ("两千八百万", 28_000_000),
        ("十二", 12),
        ("8.1万", 81000),
        ("二〇一九", 2019),
        ("百", None),
        ("廿三", 23),
    ],
)
def test_numerals(text: str, value: float | None) -> None:
    assert parse(text) == value


def test_districts_are_placed_only_where_there_is_no_doubt() -> None:
    alone = {c["name"]: c.get("place") for c in of("白云区和罗湖区开展活动。") if c["kind"] == "entity"}
    assert alone == {"白云区": None, "罗湖区": "广东省深圳市"}
    told = {c["name"]: c.get("place") for c in of("白云区开展活动。", place="广州市白云区") if c["kind"] == "entity"}
    assert told == {"白云区": "广东省广州市"}


def test_a_repeated_block_gives_one_claim_with_all_places() -> None:
    block = "南塘社区党委书记沈立新介绍，辖区共有小区12个。\n"
    once, twice = of(block), of(block + "\n中间的话。\n\n" + block)
    assert len(once) == len(twice)
    post = next(c for c in twice if c.get("relation") == "HOLDS_POST")
    assert len(evidence(post)) == 2


def test_what_stands_elsewhere_moves_no_key_and_no_content() -> None:
    before = "雁门市河东区召开会议，听取汇报。\n\n"
    raw = (DOCUMENTS / "minutes.txt").read_text(encoding="utf-8")
    keys = {c["key"] for c in of(raw) if c["kind"] == "entity"}
    assert keys <= {c["key"] for c in of(before + raw) if c["kind"] == "entity"}


def test_the_same_text_gives_the_same_claims() -> None:
    assert read("news") == read("news")


def test_a_damaged_sentence_is_kept_and_marked() -> None:
    raw = "南塘社区党委书记沈立新说明情况，共有小区12个，矛盾突出??傮后一起解决。"
    claims = of(raw)
    check(raw, claims)
    assert posts(claims) == {("沈立新", "党委书记", "南塘社区党委")}
    assert all(e.get("damaged") for c in claims for e in evidence(c))


def test_names_are_simplified_and_quotes_raw() -> None:
    raw = "南塘社區黨委書記沈立新兼任柳蔭苑小區業主委員會主任。"
    claims = of(raw)
    check(raw, claims)
    assert posts(claims) == {("沈立新", "党委书记", "南塘社区党委"), ("沈立新", "业委会主任", "柳荫苑小区业主委员会")}


def test_without_a_tagger_the_notice_still_gives_its_posts() -> None:
    claims = extract(NOTICE, source_id="s", place="试验区", tagger=PlainTagger())
    check(NOTICE, claims)
    assert ("周试宁", "业委会主任", "东岸花园小区业主委员会") in posts(claims)


def test_a_quote_that_does_not_say_it_is_no_evidence() -> None:
    raw = "东岸社区党委书记周试宁。"
    assert verified(raw, 0, 4, "东岸社区", ["东岸社区"])
    assert not verified(raw, 0, 4, "东岸社區", [])
    assert not verified(raw, 0, 4, "东岸社区", ["西岸社区"])
    assert not verified(raw, 1, 1, "", [])


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed documents (../shared/seeds) are not here")
def test_the_seed_documents_give_only_quotes_that_stand() -> None:
    for file in sorted(SEEDS.glob("*.txt")):
        raw = file.read_text(encoding="utf-8")
        claims = of(raw)
        check(raw, claims)
        assert len(claims) > 30
