"""Norm packs: the shipped ones are whole and say what the laws say; a mistake in one is named with its line."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import cast

import pytest
import yaml
from typer.testing import CliRunner, Result

from govgraph.api.cli import app
from govgraph.graph.errors import BadInput
from govgraph.graph.period import ALWAYS, LOW, day_before
from govgraph.queries.conflicts.judge import Facts, Seat, judge, written
from govgraph.queries.conflicts.packs import (
    SHIPPED,
    Rule,
    Who,
    chosen,
    load_packs,
    problems,
    read_pack,
    tried,
    units,
)
from govgraph.queries.conflicts.pattern import conflict_patterns
from govgraph.queries.conflicts.terms import (
    KIN,
    LEVELS,
    PATTERNS,
    PATTERNS_ZH,
    POST,
    SHARE,
    STRENGTHS,
    TIES,
    VERDICTS,
)

ROOT = Path(__file__).parents[2]
LAWS = ROOT.parent / "shared" / "domain" / "norms"
PACKS = {pack.law: pack for pack in load_packs(patterns=conflict_patterns())}
POLICIES = {law for law, pack in PACKS.items() if pack.level == "policy"}
needs_laws = pytest.mark.skipif(not LAWS.exists(), reason=f"needs the texts of the laws in {LAWS}")

PACK = """\
law: example-2021
name: 示例市物业管理条例
level: city
place: 浙江省示例市
in_force: 2018-05-01/..
text_held: 2021-01-01/..
rules:
  - id: a017-1
    article: 第十七条
    pattern: kin_in_serving_firm
    who: {member_of: OwnersCommittee, kin: 近亲属, tie: 任职, with: PropertyFirm}
    verdict: forbidden
    summary: A member has no near relative in the firm.
"""


def _lines(name: str) -> list[dict[str, object]]:
    file = LAWS / name
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


CASES = {str(case["id"]): case for case in _lines("cases.jsonl")}
SILENCES = [(str(line["law"]), str(line["pattern"])) for line in _lines("silence.jsonl")]


def test_the_shipped_packs_have_no_problems() -> None:
    assert problems(patterns=conflict_patterns()) == []
    assert len(PACKS) == 29 + len(POLICIES)


def test_every_shipped_rule_is_told_in_both_languages() -> None:
    for pack in PACKS.values():
        for rule in pack.rules:
            zh, en = rule.told("zh"), rule.told("en")
            assert zh[0] != en[0] and rule.summary_zh, f"{pack.law}-{rule.id}"
            assert (zh[1] is None) == (en[1] is None) and (zh[1] is None or zh[1] != en[1]), f"{pack.law}-{rule.id}"


def test_a_pack_is_read_as_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "example.yaml"
    file.write_text(PACK, "utf-8")
    pack = read_pack(file)
    (rule,) = pack.rules
    assert pack.units == ("浙江省", "示例市")
    assert (pack.in_force, pack.text_held) == (("2018-05-01", "~"), ("2021-01-01", "~"))
    assert (rule.who.member_of, rule.who.kin, rule.who.tie) == (("OwnersCommittee",), ("近亲属",), ("任职",))
    assert (rule.verdict, rule.strength, rule.in_force) == ("forbidden", None, pack.in_force)


def test_a_policy_has_strengths_that_count_as_verdicts(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    for strength, verdict in STRENGTHS.items():
        file.write_text(PACK.replace("verdict: forbidden", f"strength: {strength}"), "utf-8")
        assert read_pack(file).rules[0].verdict == verdict


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("kin_in_serving_firm", "kin_in_serving_frim", 8, "do you mean kin_in_serving_firm?"),
        ("verdict: forbidden", "verdict: banned", 8, "use one of forbidden"),
        ("verdict: forbidden", "strength: strong", 8, "use one of must"),
        ("    verdict: forbidden\n", "", 8, "either a verdict or"),
        ("verdict: forbidden", "verdict: forbidden\n    strength: must", 8, "either a verdict or"),
        ("    article: 第十七条\n", "", 8, "article is missing"),
        ("    summary: A member has no near relative in the firm.\n", "", 8, "summary is missing"),
        ("浙江省示例市", "温州", 1, "write 中华人民共和国, or every unit"),
        ("place: 浙江省示例市\n", "", 1, "place is missing"),
        ("2018-05-01/..", "2018-02-30/..", 1, "in_force: 2018-02-30"),
        ("level: city", "level: town", 1, "level town is not known"),
        ("kin: 近亲属", "kin: 兄弟", 11, "do you mean 兄弟姐妹?"),
        ("tie: 任职", "tie: 上班", 11, "tie 上班 is not known"),
        ("tie: 任职", "subsidiaries: 是", 11, "write true, or leave it out"),
        ("member_of: OwnersCommittee", "member_of: OwnersComittee", 11, "the nearest is OwnersCommittee"),
        ("with: PropertyFirm", "width: PropertyFirm", 11, "field width is not known (do you mean with?)"),
        ("who: {member_of: OwnersCommittee,", "who: {", 11, "either member_of"),
        ("verdict: forbidden", "verdict: forbidden\n    exceptions: [a018]", 1, "has the exception a018"),
        ("name: 示例市物业管理条例", "name: 示例市物业管理条例\nname: 又一部", 1, "name stands twice"),
        ("law: example-2021", "law: [", 3, "docs/norms.md"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    file = tmp_path / "bad.yaml"
    assert old in PACK
    file.write_text(PACK.replace(old, new), "utf-8")
    found = problems([tmp_path])
    assert any(one.startswith(f"{file}:{line}: ") and words in one for one in found), found
    with pytest.raises(BadInput):
        load_packs([tmp_path])


def test_a_rule_needs_an_id_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(PACK.replace("- id: a017-1\n    article", "- article"), "utf-8")
    assert "id is missing" in problems([tmp_path])[0]
    rule = PACK[PACK.index("  - id") :]
    file.write_text(PACK + rule, "utf-8")
    assert "stands twice" in problems([tmp_path])[0]


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    bad = PACK.replace("level: city", "level: town").replace("verdict: forbidden", "verdict: banned")
    (tmp_path / "bad.yaml").write_text(bad, "utf-8")
    (tmp_path / "no.yaml").write_text("- a list\n", "utf-8")
    assert len(problems([tmp_path])) == 3


def test_versions_of_one_law_do_not_overlap(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(PACK, "utf-8")
    later = PACK.replace("example-2021", "example-2023")
    (tmp_path / "b.yaml").write_text(later, "utf-8")
    (found,) = problems([tmp_path])
    assert "b.yaml:1: text_held overlaps that of a.yaml" in found
    earlier = PACK.replace("text_held: 2021-01-01/..", "text_held: 2021-01-01/2022-12-31")
    (tmp_path / "a.yaml").write_text(earlier, "utf-8")
    (tmp_path / "b.yaml").write_text(later.replace("2021-01-01/..", "2023-01-01/.."), "utf-8")
    assert problems([tmp_path]) == []
    (tmp_path / "c.yaml").write_text(later.replace("示例市", "另一市"), "utf-8")
    assert "law example-2023 is taken by b.yaml" in problems([tmp_path])[0]


def test_a_pack_of_ones_own_replaces_the_shipped_one(tmp_path: Path) -> None:
    shipped = (SHIPPED / "wenzhou-property-2017.yaml").read_text("utf-8")
    (tmp_path / "mine.yaml").write_text(shipped.replace("forbidden", "unclear"), "utf-8")
    mine = {pack.law: pack for pack in load_packs([SHIPPED, tmp_path], conflict_patterns())}
    assert len(mine) == len(PACKS)
    assert "forbidden" not in {rule.verdict for rule in mine["wenzhou-property-2017"].rules}


def test_a_pack_is_tried_with_and_without(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine.yaml", tmp_path / "packs"
    mine.write_text(PACK, "utf-8")
    other.mkdir()
    without, with_it = tried([other], mine)
    assert ([pack.law for pack in without], [pack.law for pack in with_it]) == ([], ["example-2021"])
    (other / "on.yaml").write_text(PACK.replace("forbidden", "unclear"), "utf-8")
    without, with_it = tried([other], mine)
    assert [pack.rules[0].verdict for pack in (*without, *with_it)] == ["unclear", "forbidden"], (
        "it would replace the one"
    )
    without, with_it = tried([other], other / "on.yaml")
    assert (len(without), len(with_it)) == (0, 1), "one that is switched on is compared with its absence"
    mine.write_text(PACK.replace("example-2021", "example-2022"), "utf-8")
    with pytest.raises(BadInput, match=r"mine\.yaml:1: text_held overlaps that of on\.yaml"):
        tried([other], mine)
    mine.write_text(PACK.replace("forbidden", "forbiden"), "utf-8")
    with pytest.raises(BadInput, match=r"mine\.yaml:8: .*do you mean forbidden"):
        tried([other], mine)


def test_the_command_line_lists_shows_and_checks_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    file = tmp_path / "packs" / "mine.yaml"
    file.write_text(PACK, "utf-8")

    def ran(lang: str, *command: str) -> Result:
        options = ["--workspace", str(tmp_path), "--lang", lang, "--format", "table", "norms"]
        return CliRunner().invoke(app, [*options, *command])

    assert "your own" in ran("en", "list").stdout and "自有" in ran("zh", "list").stdout
    assert "市级法规" in ran("zh", "list").stdout
    shown = [ran(lang, "show", "example-2021").stdout for lang in ("en", "zh")]
    assert "owners' committee – property management firm (近亲属)" in shown[0] and "forbidden" in shown[0]
    assert "业主委员会 – 物业服务企业 (近亲属)" in shown[1] and "禁止" in shown[1]
    assert (ran("en", "check").exit_code, ran("en", "check", str(file)).exit_code) == (0, 0)
    file.write_text(PACK.replace("forbidden", "forbiden"), "utf-8")
    found = ran("zh", "check", str(file))
    assert found.exit_code == 1 and "do you mean forbidden?" in found.stdout and "文件" in found.stdout


def test_packs_are_chosen_by_name() -> None:
    packs = list(PACKS.values())
    assert [pack.law for pack in chosen(packs, ["wenzhou-property-2017"])] == ["wenzhou-property-2017"]
    assert len(chosen(packs, None)) == len(packs)
    with pytest.raises(BadInput, match="do you mean wenzhou-property-2017"):
        chosen(packs, ["wenzhou-property"])


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("浙江省温州市", "浙江省 温州市"), ("北京市", "北京市"), ("河南省新乡市", "河南省 新乡市"),
        ("江西省景德镇市", "江西省 景德镇市"),
        ("湖北省荆州市沙市区", "湖北省 荆州市 沙市区"), ("山西省临汾市乡宁县", "山西省 临汾市 乡宁县"),
        ("内蒙古自治区呼和浩特市", "内蒙古自治区 呼和浩特市"), ("广东省广州市白云区", "广东省 广州市 白云区"),
        ("湖南省常德市津市市", "湖南省 常德市 津市市"), ("温州", ""), ("花园", ""),
    ],
)  # fmt: skip
def test_a_place_falls_into_its_units(place: str, expected: str) -> None:
    assert " ".join(units(place)) == expected


@needs_laws
def test_the_packs_hold_the_cases_of_their_laws_and_nothing_else() -> None:
    rules = {f"{law}-{rule.id}" for law, pack in PACKS.items() if law not in POLICIES for rule in pack.rules}
    assert rules == CASES.keys() and len(rules) == 274


@needs_laws
@pytest.mark.parametrize("name", CASES)
def test_a_case_comes_out_as_recorded(name: str) -> None:
    case = CASES[name]
    pack = PACKS[str(case["law"])]
    rule = next(rule for rule in pack.rules if f"{pack.law}-{rule.id}" == name)
    span = max(rule.in_force[0], pack.text_held[0]), min(rule.in_force[1], pack.text_held[1])
    held = [None if end == ".." else end for end in written(span).split("/")]
    mine = (pack.place, rule.article, rule.pattern, rule.verdict, rule.depends_on, held)
    theirs = [case[key] for key in ("place", "article", "pattern", "verdict")]
    assert mine == (*theirs, case.get("depends_on"), [case["valid_from"], case["valid_to"]])
    subject = cast("dict[str, object]", case["subject"])
    assert rule.value == subject.get("value")
    assert (rule.consequence is not None) == (case["consequence"] is not None)
    assert rule.consequence_article == case.get("consequence_article")
    assert not case.get("exception") or case["exception"] in {f"{pack.law}-{id}" for id in rule.exceptions}
    assert subject["org_kind_a"] in (rule.who.member_of or rule.who.body)
    if subject["org_kind_b"] and rule.who.with_:
        assert subject["org_kind_b"] in rule.who.with_


DOUBLE_POSTS = {
    "branch_secretary_as_chair": "secretary_chairs_committee",
    "cooling_off_years": "cooling_off",
    "cross_post_lower_body": "supervisor_in_supervised",
    "cross_post_village_bodies": "village_company",
    "employee_of_serving_firm_on_committee": "firm_and_committee",
    "kin_in_serving_firm": "kin_in_firm",
    "official_on_owners_committee": "official_with_post",
    "official_post_in_firm": "official_with_post",
    "residents_committee_member_on_owners_committee": "residents_and_owners_committee",
    "serving_firm_staff_on_preparatory_group": "preparatory_group_and_firm",
    "supervisors_vs_committee": "auditor_tied",
}
"""Patterns of norms about two bodies, and a conflict pattern that finds such people."""


def _facts(pattern: str, rule: Rule) -> Facts:
    """Somebody, or a couple, in the bodies that a rule sets against each other."""
    who, couple = rule.who, pattern == "kin_in_firm"
    first = Seat("p", next(iter(who.roles), None), "a", who.member_of[0])
    second = Seat("q" if couple else "p", next(iter(who.with_roles), None), "b", who.with_[0])
    share = SHARE if SHARE in who.tie else POST
    bodies = (("a", who.member_of[0]), ("b", who.with_[0]))
    return Facts(pattern, (first, second), bodies, couple, "配偶" if couple else None, share)


@needs_laws
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case["pattern"] in DOUBLE_POSTS])
def test_a_case_of_two_bodies_is_judged_as_recorded(name: str) -> None:
    case, pack = CASES[name], PACKS[str(CASES[name]["law"])]
    rule = next(rule for rule in pack.rules if f"{pack.law}-{rule.id}" == name)
    facts = _facts(DOUBLE_POSTS[rule.pattern], rule)
    chain = list(reversed(pack.units)) or ["某省"]
    first = str(case["valid_from"])
    found = judge(facts, chain, first, [pack])
    assert any(norm["id"] == name and norm["verdict"] == case["verdict"] for norm in found.norms)
    before = judge(facts, chain, day_before(first), [pack])
    assert before.verdict == ("unclear" if pack.in_force[0] < pack.text_held[0] else "no_rule")
    if case["valid_to"]:
        after = (date.fromisoformat(str(case["valid_to"])) + timedelta(1)).isoformat()
        versions = [other for other in PACKS.values() if other.identity == pack.identity]
        assert name not in {norm["id"] for norm in judge(facts, chain, after, versions).norms}


@needs_laws
@pytest.mark.parametrize("law", sorted(PACKS.keys() - POLICIES))
def test_a_pack_begins_and_ends_with_its_law(law: str) -> None:
    pack = PACKS[law]
    head = yaml.safe_load((LAWS / "law" / f"{law}.md").read_text("utf-8").split("---")[1])
    assert (pack.name, pack.place) == (head["name"], head["place"])
    end = str(head["text_valid_to"]) if head["text_valid_to"] else ".."
    assert written(pack.text_held) == f"{head['text_valid_from']}/{end}"
    assert pack.in_force[0] == str(head["law_in_force_from"] or LOW)


@needs_laws
@pytest.mark.parametrize(("law", "pattern"), SILENCES)
def test_a_pack_is_silent_where_its_law_is(law: str, pattern: str) -> None:
    pack = PACKS[law]
    assert pattern not in {rule.pattern for rule in pack.rules}
    if pattern in ("kin_in_serving_firm", "supervisors_vs_committee"):
        sides = (
            ("OwnersCommittee", "PropertyFirm") if pattern[0] == "k" else ("OwnersSupervisoryBoard", "OwnersCommittee")
        )
        who = Who(member_of=(sides[0],), with_=(sides[1],))
        rule = Rule("r", "", pattern, who, None, "", ALWAYS.possible)
        chain = list(reversed(pack.units)) or ["某省"]
        assert judge(_facts(DOUBLE_POSTS[pattern], rule), chain, pack.text_held[0], [pack]).verdict == "no_rule"


SEEDS = LAWS.parents[1] / "seeds"


@pytest.mark.skipif(not SEEDS.exists(), reason=f"needs the documents in {SEEDS}")
def test_no_pack_holds_a_sentence_of_a_document() -> None:
    texts = "".join(file.read_text("utf-8") for file in SEEDS.glob("*.txt"))
    for law in POLICIES:
        rules = (SHIPPED / f"{law}.yaml").read_text("utf-8").partition("rules:")[2]
        for run in re.findall(r"[\u3400-\u9fff\uff0c、\uff1b]{12,}", re.sub("article: .*", "", rules)):
            assert run not in texts, f"{law}: {run}"


@needs_laws
def test_no_pack_holds_a_sentence_of_a_law() -> None:
    texts = "".join(file.read_text("utf-8") for file in (LAWS / "law").glob("*.md"))
    for file in SHIPPED.glob("*.yaml"):
        rules = file.read_text("utf-8").partition("rules:")[2]
        for run in re.findall(r"[\u3400-\u9fff\uff0c、\uff1b]{12,}", rules):
            assert run not in texts, f"{file.name}: {run}"


def test_the_documentation_names_every_word() -> None:
    text = (ROOT / "docs" / "norms.md").read_text("utf-8")
    for word in (*PATTERNS, *LEVELS, *VERDICTS, *STRENGTHS, *KIN, *TIES, *PACKS, *conflict_patterns()):
        assert f"`{word}`" in text, f"{word} is not in docs/norms.md"
    assert PATTERNS.keys() == PATTERNS_ZH.keys()


def test_the_examples_of_the_documentation_are_whole(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "norms.md").read_text("utf-8")
    for language, suffix in (("yaml", "yaml"), ("cypher", "cypher")):
        (block,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
        (tmp_path / f"two_committees.{suffix}").write_text(block, "utf-8")
    assert problems([tmp_path]) == []
    assert list(conflict_patterns([tmp_path])) == ["two_committees"]
