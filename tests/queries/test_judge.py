"""Verdicts: by place and day, by kinship, by rank. No database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from govgraph.queries.conflicts.judge import (
    MESSAGES,
    Declared,
    Facts,
    Lang,
    Seat,
    Verdict,
    judge,
    messages,
    turning_days,
)
from govgraph.queries.conflicts.packs import Pack, Rule, Who, load_packs, read_pack
from govgraph.queries.conflicts.pattern import conflict_patterns

PACKS = load_packs(patterns=conflict_patterns())
FIRM, COMMITTEE, BRANCH = ("f", "PropertyFirm"), ("c", "OwnersCommittee"), ("b", "PartyOrg")
DAY = "2021-06-15"
LANGS: tuple[Lang, Lang] = ("en", "zh")


def kin(kinship: str | None = "配偶", body: str = "OwnersCommittee") -> Facts:
    seats = Seat("p", "业委会委员", "c", body), Seat("q", "项目经理", "f", "PropertyFirm")
    return Facts("kin_in_firm", seats, (("c", body), FIRM), couple=True, kinship=kinship)


def employee() -> Facts:
    seats = Seat("p", "项目经理", "f", "PropertyFirm"), Seat("p", "业委会委员", "c", "OwnersCommittee")
    return Facts("firm_and_committee", seats, (FIRM, COMMITTEE))


def secretary(pattern: str = "secretary_chairs_committee", chair: str = "业委会主任") -> Facts:
    seats = Seat("p", "支部书记", "b", "PartyOrg"), Seat("p", chair, "c", "OwnersCommittee")
    return Facts(pattern, seats, (BRANCH, COMMITTEE))


def pack(
    verdict: str, level: str = "city", since: str = "2020-01-01", place: str = "浙江省温州市", **rule: object
) -> Pack:
    who = Who(member_of=("PartyOrg",), with_=("OwnersCommittee",))
    span = (since, "~")
    one = Rule("r", "第一条", "branch_secretary_as_chair", who, verdict, "…", span)
    name = f"{level}-{verdict}-{since}"
    return Pack(name, name, level, place, span, span, (replace(one, **rule),))  # type: ignore[arg-type]


def at(facts: Facts, town: str, province: str, day: str = DAY) -> Verdict:
    return judge(facts, [f"{town}花园小区", town, province], day, PACKS)


@pytest.mark.parametrize(
    ("facts", "town", "province", "day", "verdict", "norms"),
    [
        (kin(), "温州市", "浙江省", DAY, "forbidden", ["wenzhou-property-2017-a017-1"]),
        (kin(), "温州市", "浙江省", "2017-04-30", "no_rule", []),
        (kin(), "温州市", "浙江省", "2017-05-01", "forbidden", ["wenzhou-property-2017-a017-1"]),
        (employee(), "温州市", "浙江省", DAY, "forbidden", ["wenzhou-property-2017-a017-2"]),
        (kin(), "台州市", "浙江省", DAY, "unclear", ["taizhou-property-2021-a020-1"]),
        (employee(), "台州市", "浙江省", DAY, "unclear", ["taizhou-property-2021-a020-1"]),
        (kin(), "绍兴市", "浙江省", DAY, "no_rule", []),
        (employee(), "绍兴市", "浙江省", DAY, "unclear", ["shaoxing-property-2020-a022-2"]),
        (kin(), "菏泽市", "山东省", "2023-06-15", "no_rule", []),
        (employee(), "菏泽市", "山东省", "2023-06-15", "no_rule", []),
        (kin("兄弟姐妹"), "上海市", "上海市", DAY, "no_rule", []),
        (kin("兄弟姐妹"), "清远市", "广东省", "2023-06-15", "forbidden", ["qingyuan-property-2022-a022-1"]),
        (kin("子女"), "上海市", "上海市", DAY, "forbidden", ["shanghai-property-2020-a020-4"]),
        (kin("子女"), "上海市", "上海市", "2020-12-29", "forbidden", ["shanghai-property-2018-a020-1"]),
        (employee(), "上海市", "上海市", DAY, "forbidden", ["shanghai-property-2020-a020-5"]),
        (employee(), "湖州市", "浙江省", DAY, "forbidden", ["huzhou-property-2021-a018-1"]),
        (secretary(), "龙岗区", "深圳市", DAY, "encouraged", ["longgang-compounds-secretary-chair", "longgang-compounds-branch-committee"]),
        (secretary(), "罗湖区", "深圳市", "2022-01-01", "unclear", [f"luohu-compounds-{rule}" for rule in ("branch-committee", "secretary-chair", "secretary-source")]),
        (secretary(), "绍兴市", "浙江省", DAY, "encouraged", ["shaoxing-property-2020-a018-5"]),
        (secretary(), "绍兴市", "浙江省", "2020-06-15", "no_rule", []),
        (secretary(), "白云区", "广州市", DAY, "encouraged", ["baiyun-owners-committees-secretary-chair"]),
        (secretary(), "白云区", "贵阳市", DAY, "no_rule", []),
        (kin(), "某某市", "某某省", DAY, "no_rule", []),
    ],
)  # fmt: skip
def test_the_verdict_is_that_of_the_place_and_the_day(
    facts: Facts, town: str, province: str, day: str, verdict: str, norms: list[str]
) -> None:
    found = at(facts, town, province, day)
    assert found.verdict == verdict
    assert sorted(str(norm["id"]) for norm in found.norms) == sorted(norms)


def test_a_norm_is_shown_with_its_citation() -> None:
    (norm,) = at(kin(), "温州市", "浙江省").norms
    expected = {
        "law": "wenzhou-property-2017", "name": "温州市物业管理条例", "article": "第十七条", "place": "浙江省温州市",
        "verdict": "forbidden", "valid": "2017-05-01/..", "consequence": None, "quote": None,
    }  # fmt: skip
    assert {key: norm[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("kinship", "near", "lineal"),
    [
        ("配偶", "forbidden", "forbidden"), ("夫妻", "forbidden", "forbidden"), ("父母", "forbidden", "forbidden"),
        ("子女", "forbidden", "forbidden"), ("祖孙", "forbidden", "forbidden"), ("兄弟姐妹", "forbidden", "no_rule"),
        ("兄弟", "forbidden", "no_rule"), ("岳父母", "no_rule", "unclear"), ("叔侄", "no_rule", "no_rule"),
        (None, "unclear", "unclear"), ("亲属", "unclear", "unclear"),
    ],
)  # fmt: skip
def test_places_differ_by_degree_of_kinship(kinship: str | None, near: str, lineal: str) -> None:
    who = Who(member_of=("OwnersCommittee",), with_=("PropertyFirm",), kin=("本人", "配偶", "直系亲属"))
    other = pack("forbidden", pattern="kin_in_serving_firm", who=who, place="浙江省湖州市")
    assert at(kin(kinship), "温州市", "浙江省").verdict == near
    assert judge(kin(kinship), ["湖州市", "浙江省"], DAY, [other]).verdict == lineal


def test_an_unknown_kinship_is_said() -> None:
    found = at(kin(None), "温州市", "浙江省")
    assert any("近亲属" in text and "no source says" in text for text in found.against)


def test_a_bar_on_a_preparatory_group_does_not_touch_the_committee() -> None:
    who = Who(member_of=("PreparatoryGroup",), with_=("PropertyFirm",), kin=("本人", "近亲属"))
    group = pack("forbidden", pattern="kin_in_serving_firm", who=who)
    chain = ["温州市", "浙江省"]
    assert judge(kin(), chain, DAY, [group]).verdict == "no_rule"
    assert judge(kin(body="PreparatoryGroup"), chain, DAY, [group]).verdict == "forbidden"


def test_a_tie_must_be_one_that_the_rule_names() -> None:
    def rule(*tie: str, pattern: str = "employee_of_serving_firm_on_committee") -> Pack:
        who = Who(member_of=("OwnersCommittee",), with_=("PropertyFirm",), tie=tie)
        return pack("forbidden", pattern=pattern, who=who)

    def verdict(*tie: str, pattern: str = "employee_of_serving_firm_on_committee") -> str:
        return judge(employee(), ["温州市", "浙江省"], DAY, [rule(*tie, pattern=pattern)]).verdict

    assert verdict() == verdict("任职") == verdict("利害关系") == "forbidden"
    assert verdict("投资入股") == verdict("销售商品") == "no_rule"
    money = "financial_ties_with_serving_firm"
    assert verdict("任职", pattern=money) == "forbidden"
    assert {verdict(*tie, pattern=money) for tie in ((), ("利害关系",), ("经济往来",))} == {"no_rule"}
    open_tie = judge(employee(), ["温州市", "浙江省"], DAY, [rule("利害关系")])
    assert any("利害关系 is not defined" in text for text in open_tie.against)


def test_before_the_held_text_the_answer_is_unclear() -> None:
    found = at(kin(), "菏泽市", "山东省", "2019-06-15")
    assert found.verdict == "unclear" and found.norms[0]["valid"] == "2018-05-01/.."
    assert found.norms[0]["reasons"] == ["the text of that time is not held"] and found.norms[0]["article"]
    assert at(kin(), "菏泽市", "山东省", "2018-04-30").verdict == "no_rule", "before the law itself"
    seats = Seat("p", "居委会委员", "r", "ResidentsCommittee"), Seat("p", "委员", "m", "MediationCommittee")
    lower = Facts("supervisor_in_supervised", seats, (("r", "ResidentsCommittee"), ("m", "MediationCommittee")))
    assert at(lower, "某某市", "某某省", "2019-06-15").verdict == "allowed"
    assert at(lower, "某某市", "某某省", "2010-06-15").verdict == "unclear", "a national law that speaks of it"
    assert at(secretary(), "白云区", "广州市", "2015-06-15").verdict == "unclear", "a policy whose start is not known"


def test_of_two_versions_the_one_of_the_day_counts() -> None:
    since = ("2000-01-01", "~")
    old, new = (
        replace(p, name="某条例", law=law, in_force=since, text_held=held, rules=(replace(p.rules[0], in_force=since),))
        for p, law, held in (
            (pack("allowed"), "old", ("2018-01-01", "2021-01-01")),
            (pack("forbidden"), "new", ("2021-01-01", "~")),
        )
    )
    days = {"1999-12-31": "no_rule", "2017-12-31": "unclear", "2018-01-01": "allowed", "2020-12-31": "allowed"}
    days["2021-01-01"] = "forbidden"
    for day, verdict in days.items():
        assert judge(secretary(), ["温州市"], day, [new, old]).verdict == verdict, day


def test_a_rule_can_end_before_its_law() -> None:
    short = pack("forbidden", in_force=("2020-01-01", "2021-01-01"))
    found = [judge(secretary(), ["温州市"], day, [short]).verdict for day in ("2020-12-31", "2021-01-01")]
    assert found == ["forbidden", "no_rule"]


@pytest.mark.parametrize(
    ("packs", "verdict", "contradiction"),
    [
        ([pack("forbidden", "law", place="中华人民共和国"), pack("encouraged")], "forbidden", "higher"),
        ([pack("allowed", "province", place="浙江省"), pack("forbidden")], "allowed", "higher"),
        ([pack("forbidden", since="2019-01-01"), pack("allowed", since="2020-01-01")], "allowed", "later"),
        ([pack("encouraged", "policy"), pack("forbidden")], "forbidden", "higher"),
        ([pack("encouraged", "policy"), pack("unclear")], "unclear", None),
        ([pack("forbidden", "policy"), pack("unclear")], "forbidden", None),
        ([pack("forbidden", "policy"), pack("allowed")], "allowed", "higher"),
        ([pack("unclear", "law", place="中华人民共和国"), pack("forbidden")], "forbidden", None),
        ([pack("unclear", "law", place="中华人民共和国"), pack("allowed")], "allowed", None),
        ([pack("allowed", "law", place="中华人民共和国"), pack("must_declare")], "must_declare", None),
        ([pack("allowed", "law", place="中华人民共和国"), pack("encouraged", "policy")], "encouraged", None),
        ([pack("encouraged", "policy", place="浙江省"), pack("forbidden", "policy")], "encouraged", "higher"),
        ([pack("encouraged", "policy")], "encouraged", None),
    ],
)  # fmt: skip
def test_rank_decides_between_norms_that_contradict(packs: list[Pack], verdict: str, contradiction: str | None) -> None:
    for given in (packs, packs[::-1]):
        found = judge(secretary(), ["花园小区", "温州市", "浙江省"], DAY, given)
        assert found.verdict == verdict
        assert len(found.norms) == len(packs), "all are shown"
        named = [text for text in found.against if "counts" in text]
        assert [f"the {contradiction} one" in text for text in named] == ([True] if contradiction else [])


def test_an_exception_takes_the_case_out_of_its_rule() -> None:
    base = pack("forbidden")
    exception = replace(base.rules[0], id="e", verdict="allowed")
    both = replace(base, rules=(replace(base.rules[0], exceptions=("e",)), exception))
    found = judge(secretary(), ["温州市"], DAY, [both])
    assert found.verdict == "allowed" and len(found.norms) == 2


@pytest.mark.parametrize(
    ("chain", "applies"),
    [
        (["花园小区", "温州市", "浙江省"], True), (["花园小区", "温州市"], True), (["花园小区", "浙江省温州市"], True),
        (["花园小区", "温州市", "某某省"], False), (["花园小区", "鹿城区", "温州市", "浙江省"], True),
        (["温州市场小区", "宁波市", "浙江省"], False), (["温州市花园小区", "宁波市", "浙江省"], False), ([], False),
    ],
)  # fmt: skip
def test_a_pack_is_law_at_its_place_alone(chain: list[str], applies: bool) -> None:
    found = judge(secretary(), chain, DAY, [pack("forbidden")])
    assert found.verdict == ("forbidden" if applies else "no_rule")
    assumed = any("taken to be 浙江省温州市" in text for text in found.against)
    assert assumed == (chain == ["花园小区", "温州市"])


def test_a_norm_that_wants_the_double_post_speaks_against_the_conflict() -> None:
    assert any("encourages" in text for text in at(secretary(), "绍兴市", "浙江省").against)
    other = at(secretary("supervisor_in_supervised"), "绍兴市", "浙江省")
    assert other.verdict == "no_rule" and any("第十八条 encourages" in text for text in other.against)
    chair = "branch_secretary_as_chair"
    only = [replace(p, rules=tuple(r for r in p.rules if r.pattern == chair)) for p in PACKS]
    member = judge(secretary("supervisor_in_supervised", chair="业委会委员"), ["绍兴市"], DAY, only)
    assert not any("encourage" in text for text in member.against), "the rule speaks of the chair"


def test_rules_of_one_law_are_read_together() -> None:
    """Approval for a post outside the office, and no pay for it, are no contradiction."""
    facts = official("paid_official", "IndustryAssociation", tie="报酬")
    found = judge(facts, ["某某市"], DAY, PACKS)
    assert found.verdict == "forbidden" and not any("counts" in text for text in found.against)
    assert [norm["article"] for norm in found.norms] == ["第三十六条", "第四十四条", "第四十四条"]


def official(pattern: str, other: str, tie: str = "任职", **more: object) -> Facts:
    seats = Seat("p", "公务员", "g", "GovDepartment"), Seat("p", None, "o", other)
    return Facts(pattern, seats, (("g", "GovDepartment"), ("o", other)), tie=tie, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("other", "town", "verdict"),
    [
        ("PropertyFirm", "某某市", "forbidden"), ("Enterprise", "某某市", "forbidden"), ("OwnersCommittee", "某某市", "must_declare"),
        ("OwnersCommittee", "潍坊市", "must_declare"), ("IndustryAssociation", "某某市", "must_declare"),
    ],
)  # fmt: skip
def test_an_official_needs_approval_and_stays_out_of_firms(other: str, town: str, verdict: str) -> None:
    found = judge(official("official_with_post", other), [town, "山东省"], "2023-06-15", PACKS)
    assert found.verdict == verdict
    assert any("encourages" in text for text in found.against) == (town == "潍坊市")


@pytest.mark.parametrize(
    ("declared", "day", "verdict", "words"),
    [
        ((), DAY, "must_declare", None),
        ((Declared("P", "局里", None, ("2021-01-01", "~"), claims=("d1",)),), DAY, "allowed", "declared: P, before 局里, of not told"),
        ((Declared("P", "局里", "某物业", ("2021-01-01", "2022-01-01")),), "2021-12-31", "allowed", "valid 2021-01-01/2021-12-31"),
        ((Declared("P", "局里", None, ("2021-01-01", "2022-01-01")),), "2022-01-01", "must_declare", "does not cover"),
        ((Declared("P", "局里", None, ("2021-07-01", "~")),), DAY, "must_declare", "does not cover"),
        ((Declared("P", "局里", "别的事", ("2021-01-01", "~"), counts=False),), DAY, "must_declare", "of 别的事"),
        ((Declared("P"),), DAY, "must_declare", "valid not told"),
    ],
)  # fmt: skip
def test_a_declaration_clears_for_its_period(
    declared: tuple[Declared, ...], day: str, verdict: str, words: str | None
) -> None:
    found = judge(official("official_with_post", "IndustryAssociation", declared=declared), ["某某市"], day, PACKS)
    assert found.verdict == verdict
    assert words is None or any(words in text for text in found.against)
    assert found.claims == [claim for one in declared for claim in one.claims]


@pytest.mark.parametrize(
    ("before", "counts", "verdict"),
    [("花园小区业主大会", True, "allowed"), ("花园小区业主大会", False, "unclear"), ("街道办事处", True, "unclear")],
)
def test_what_depends_on_the_assembly_is_cleared_by_its_leave(before: str, counts: bool, verdict: str) -> None:
    leave = Declared("P", before, None, ("2021-01-01", "~"), counts=counts, claims=("d",))
    facts = replace(secretary(), declared=(leave,))
    left_to_it = pack("unclear", depends_on="assembly")
    found = judge(facts, ["温州市", "浙江省"], DAY, [left_to_it])
    assert found.verdict == verdict and found.claims == ["d"] and any(before in text for text in found.against)
    by_rules = judge(facts, ["温州市"], DAY, [pack("unclear", depends_on="compound_rules")])
    assert by_rules.verdict == "unclear" and by_rules.claims == []


def test_a_declaration_lifts_no_bar() -> None:
    stands = (Declared("P", "局里", None, ("2015-01-01", "~")),)
    found = judge(replace(kin(), declared=stands), ["温州市", "浙江省"], DAY, PACKS)
    assert found.verdict == "forbidden" and found.against == [] and found.claims == []


@pytest.mark.parametrize(
    ("town", "province", "couple", "verdict"),
    [
        ("清远市", "广东省", False, "forbidden"), ("清远市", "广东省", True, "forbidden"), ("温州市", "浙江省", False, "no_rule"),
        ("温州市", "浙江省", True, "no_rule"), ("郑州市", "河南省", True, "unclear"), ("舟山市", "浙江省", False, "unclear"),
    ],
)  # fmt: skip
def test_a_subsidiary_is_reached_where_the_law_says_so(town: str, province: str, couple: bool, verdict: str) -> None:
    facts = replace(kin() if couple else employee(), pattern="subsidiary_and_committee", subsidiary=True)
    found = at(facts, town, province, "2023-06-15")
    assert found.verdict == verdict
    if verdict == "unclear":
        assert any("subsidiary" in str(reason) for reason in cast("list[str]", found.norms[0]["reasons"]))


@pytest.mark.parametrize(
    ("town", "province", "share", "verdict"),
    [
        ("湖州市", "浙江省", {}, "forbidden"), ("湖州市", "浙江省", {"couple": True, "kinship": "子女"}, "forbidden"),
        ("湖州市", "浙江省", {"couple": True, "kinship": "兄弟"}, "no_rule"), ("湖州市", "浙江省", {"indirect": True}, "unclear"),
        ("温州市", "浙江省", {}, "no_rule"), ("上海市", "上海市", {}, "no_rule"), ("青岛市", "山东省", {}, "forbidden"),
        ("北京市", "北京市", {}, "unclear"),
    ],
)  # fmt: skip
def test_a_share_counts_where_the_law_names_one(
    town: str, province: str, share: Mapping[str, object], verdict: str
) -> None:
    seats = (Seat("p", "业委会委员", "c", "OwnersCommittee"),)
    facts = Facts("financial_ties", seats, (COMMITTEE, FIRM), tie="投资入股", **share)  # type: ignore[arg-type]
    assert at(facts, town, province, "2022-06-15").verdict == verdict


def test_a_post_that_a_norm_prescribes_is_a_class_of_its_own() -> None:
    seats = (
        Seat("p", "居委会委员", "r", "ResidentsCommittee"),
        Seat("p", "物业管理委员会主任", "m", "PropertyManagementCommittee"),
    )
    bodies = ("r", "ResidentsCommittee"), ("m", "PropertyManagementCommittee")
    facts = Facts("stand_in_chair", seats, bodies)
    en, zh = (judge(facts, ["北京市"], "2024-06-15", PACKS, lang) for lang in LANGS)
    assert (en.verdict, [norm["id"] for norm in en.norms]) == ("required", ["beijing-property-2024-a054-2"])
    assert en.against == ["ex officio: 《北京市物业管理条例》第五十四条 prescribes this double post"]
    assert zh.against == ["职务上当然兼任：《北京市物业管理条例》第五十四条规定了这一兼任"]
    member = replace(facts, seats=(seats[0], replace(seats[1], role="物业管理委员会委员")))
    assert judge(member, ["北京市"], "2024-06-15", PACKS).verdict == "no_rule", "who sits there is another matter"
    other = replace(facts, pattern="supervisor_in_supervised")
    assert any("ex officio" in text for text in judge(other, ["北京市"], "2024-06-15", PACKS).against)


def test_silence_says_what_was_searched() -> None:
    found = at(kin(), "绍兴市", "浙江省")
    assert found.against == [
        "no rule on this was found in 《绍兴市物业管理条例》、《浙江省物业管理条例》 or in national law"
    ]
    assert at(kin(), "某某市", "某某省").against == [
        "no law of this place is held here; only national law was searched"
    ]

    assert judge(kin(), ["花园小区"], DAY, PACKS).against == [
        "the graph does not say in which city this is; only national law was searched"
    ]


def test_the_days_on_which_a_verdict_may_change() -> None:
    assert turning_days(kin(), ["温州市"], PACKS)[-1] == "2017-05-01"
    assert turning_days(kin(), ["上海市"], PACKS) == [
        "2011-04-01", "2017-07-01", "2018-11-22", "2020-05-14", "2020-12-30",
    ]  # fmt: skip
    declared = replace(kin(), declared=(Declared("P", None, None, ("2021-01-01", "~")),))
    assert "2021-01-01" in turning_days(declared, ["某某市"], PACKS)


def test_what_is_only_practised_binds_nobody() -> None:
    given = pack("allowed", "policy")
    practice = replace(given, rules=(replace(given.rules[0], verdict=None, strength="practised"),))
    found = judge(secretary(), ["温州市"], DAY, [practice])
    assert (found.verdict, found.norms) == ("no_rule", [])


def test_messages_exist_in_both_languages() -> None:
    assert MESSAGES.exists() and messages("zh").keys() == messages("en").keys()
    en, zh = (judge(kin(None), ["温州市"], DAY, PACKS, lang) for lang in LANGS)
    assert en.against and zh.against and en.against != zh.against
    assert zh.norms[0]["summary"] == "委员的近亲属不得在本小区物业公司任职。"


def test_an_example_pack_of_a_lawyer_judges(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "norms.md").read_text("utf-8")
    file = tmp_path / "example.yaml"
    file.write_text(text.partition("```yaml\n")[2].partition("```")[0], "utf-8")
    found = judge(kin("兄弟姐妹"), ["花园小区", "示例市", "浙江省"], DAY, [read_pack(file)])
    assert found.verdict == "forbidden" and found.norms[0]["consequence"]
