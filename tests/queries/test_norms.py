"""Norm packs: the shipped ones are whole and say what the laws say; a mistake in one is named with its line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from govgraph.graph.errors import BadInput
from govgraph.graph.period import LOW
from govgraph.queries.conflicts.judge import written
from govgraph.queries.conflicts.packs import SHIPPED, chosen, load_packs, problems, read_pack, units
from govgraph.queries.conflicts.pattern import conflict_patterns
from govgraph.queries.conflicts.terms import KIN, LEVELS, PATTERNS, STRENGTHS, TIES, VERDICTS

ROOT = Path(__file__).parents[2]
LAWS = ROOT.parent / "shared" / "domain" / "norms"
PACKS = {pack.law: pack for pack in load_packs(patterns=conflict_patterns())}
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
    return [json.loads(line) for line in (LAWS / name).read_text("utf-8").splitlines()]


def test_the_shipped_packs_have_no_problems() -> None:
    assert problems(patterns=conflict_patterns()) == []
    assert len(PACKS) == 13


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
def test_the_packs_hold_every_case_of_their_laws() -> None:
    cases = {str(case["id"]): case for case in _lines("cases.jsonl") if case["law"] in PACKS}
    rules = {f"{law}-{rule.id}": (pack, rule) for law, pack in PACKS.items() for rule in pack.rules}
    assert rules.keys() - cases.keys() == {name for name in rules if name.startswith("baiyun-")}
    assert cases.keys() <= rules.keys() and len(cases) == 84
    for name, case in cases.items():
        pack, rule = rules[name]
        span = max(rule.in_force[0], pack.text_held[0]), min(rule.in_force[1], pack.text_held[1])
        held = [None if end == ".." else end for end in written(span).split("/")]
        mine = (pack.law, pack.place, rule.article, rule.pattern, rule.verdict, rule.depends_on, held)
        theirs = [case[key] for key in ("law", "place", "article", "pattern", "verdict")]
        assert mine == (*theirs, case.get("depends_on"), [case["valid_from"], case["valid_to"]]), name
        subject = case["subject"]
        assert isinstance(subject, dict)
        assert (rule.value is not None) == ("value" in subject), name
        assert (rule.consequence is not None) == (case["consequence"] is not None) or name.endswith("a107-1"), name
        assert rule.consequence_article == case.get("consequence_article"), name
        first = rule.who.member_of or rule.who.body
        assert subject["org_kind_a"] in first, name
        if subject["org_kind_b"] and rule.who.with_:
            assert subject["org_kind_b"] in rule.who.with_, name


@needs_laws
def test_the_packs_begin_and_end_with_their_laws() -> None:
    for law, pack in PACKS.items():
        if law.startswith("baiyun-"):
            continue
        head = yaml.safe_load((LAWS / "law" / f"{law}.md").read_text("utf-8").split("---")[1])
        assert (pack.name, pack.place, pack.text_held[0]) == (head["name"], head["place"], str(head["text_valid_from"]))
        assert pack.in_force[0] == str(head["law_in_force_from"] or LOW)


@needs_laws
def test_the_packs_are_silent_where_the_laws_are() -> None:
    for line in _lines("silence.jsonl"):
        if line["law"] in PACKS:
            assert line["pattern"] not in {rule.pattern for rule in PACKS[str(line["law"])].rules}, line


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


def test_the_examples_of_the_documentation_are_whole(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "norms.md").read_text("utf-8")
    for language, suffix in (("yaml", "yaml"), ("cypher", "cypher")):
        (block,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
        (tmp_path / f"two_committees.{suffix}").write_text(block, "utf-8")
    assert problems([tmp_path]) == []
    assert list(conflict_patterns([tmp_path])) == ["two_committees"]
