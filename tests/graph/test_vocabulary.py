"""The vocabulary: what it allows, what it refuses, how it reads the words of texts, and that its files are sound."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from govgraph.graph.errors import BadInput
from govgraph.graph.vocabulary import FOLDER, Vocabulary, Word, vocabulary
from govgraph.graph.vocabulary.check import problems

SHARED = (Path(__file__).parents[2] / "../shared").resolve()
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is missing: gold data and norms not compared")

Row = dict[str, object]


@pytest.fixture(scope="module")
def v() -> Vocabulary:
    return vocabulary()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped files, to be spoilt."""
    for file in FOLDER.glob("*.yaml"):
        shutil.copy(file, tmp_path)
    return tmp_path


def rows(file: Path) -> Iterator[Row]:
    for line in file.read_text("utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


# hierarchy and names ------------------------------------------------------------------------------------------------


def test_labels_lead_from_the_root_to_the_type(v: Vocabulary) -> None:
    assert v.labels("PartyOrg") == ("Entity", "Actor", "Organization", "PartyOrg")
    assert v.labels("Compound") == ("Entity", "Actor", "Place", "Compound")
    assert v.labels("Person") == ("Entity", "Actor", "Person")
    assert v.labels("Mechanism") == ("Entity", "Mechanism")
    assert v.labels("Entity") == ("Entity",)


def test_a_type_is_itself_and_what_stands_above_it(v: Vocabulary) -> None:
    assert v.is_a("OwnersCommittee", "OwnersCommittee")
    assert v.is_a("OwnersCommittee", "Actor")
    assert v.is_a("Grid", "Place")
    assert not v.is_a("Person", "Organization")
    assert not v.is_a("Actor", "Person")
    assert set(v.descendants("Place")) >= {"Place", "Country", "Province", "District", "Compound", "Building"}
    assert "PartyOrg" not in v.descendants("Place")


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("SpaceStation", "ServiceStation"),
        ("PartyOrgs", "PartyOrg"),
        ("owners_committee", "OwnersCommittee"),
        ("小区党支部", "PartyOrg"),
        ("物业公司", "PropertyFirm"),
    ],
)
def test_an_unknown_type_is_refused_with_the_nearest(v: Vocabulary, name: str, nearest: str) -> None:
    for ask in (v.type, v.labels, v.descendants):
        with pytest.raises(BadInput, match=rf"{name} is not a type; the nearest is {nearest}$"):
            ask(name)


@pytest.mark.parametrize(("name", "nearest"), [("SUPERVISE", "SUPERVISES"), ("holds_post", "HOLDS_POST")])
def test_an_unknown_relation_is_refused_with_the_nearest(v: Vocabulary, name: str, nearest: str) -> None:
    with pytest.raises(BadInput, match=f"{name} is not a relation; the nearest is {nearest}$"):
        v.relation(name)


# relations ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "triple",
    [
        "Person HOLDS_POST PartyOrg", "Person HOLDS_POST Community", "Person HOLDS_POST PropertyFirm",
        "PartyOrg BASED_IN Compound", "PartyOrg BASED_IN OwnersCommittee", "PartyOrg COVERS Compound",
        "PropertyFirm SERVES Compound", "PartyOrg SUPERVISES OwnersCommittee", "District SUPERVISES PropertyFirm",
        "PartyOrg PAIRED_WITH Compound", "Compound PAIRED_WITH PartyOrg", "Person FAMILY_OF Person",
        "JointStockCompany INVESTS_IN PropertyFirm", "Person INVESTS_IN PropertyFirm", "Post POST_IN PartyOrg",
        "Person FILLS Post", "Person DECLARED Declaration", "Declaration DECLARED Community",
        "OwnersCommittee HELD Meeting", "Person ATTENDED Meeting", "Mechanism DECIDES_ON CollectiveAssets",
        "MajorMatter BENEFITS PropertyFirm", "PropertyArea COVERS_AREA Compound", "Compound CHILD_PHASE_OF Compound",
        "OwnersCommittee SUCCEEDS OwnersCommittee", "Enterprise SUBSIDIARY_OF PropertyFirm",
    ],
)  # fmt: skip
def test_what_may_be_joined(v: Vocabulary, triple: str) -> None:
    subject, relation, obj = triple.split()
    v.check_relation(relation, subject, obj)


@pytest.mark.parametrize(
    "triple",
    [
        "PartyOrg HOLDS_POST Person", "Person HOLDS_POST Person", "Person HOLDS_POST Mechanism",
        "Compound SERVES PropertyFirm", "OwnersCommittee SERVES Compound", "PropertyFirm COVERS Compound",
        "Person BASED_IN Compound", "Compound BASED_IN PartyOrg", "PartyOrg FAMILY_OF Person",
        "Compound LIVES_IN Person", "PartyOrg LOCATED_IN OwnersCommittee", "Award AWARDED Community",
        "Person COVERS_AREA Compound", "Policy PAIRED_WITH Policy",
    ],
)  # fmt: skip
def test_what_may_not_be_joined(v: Vocabulary, triple: str) -> None:
    subject, relation, obj = triple.split()
    with pytest.raises(BadInput, match=f"{triple} is not allowed.*; {relation} goes from .+ to .+"):
        v.check_relation(relation, subject, obj)


def test_a_refusal_names_the_ends_and_a_reversed_arrow(v: Vocabulary) -> None:
    with pytest.raises(BadInput) as refused:
        v.check_relation("HOLDS_POST", "PartyOrg", "Person")
    assert str(refused.value) == (
        "PartyOrg HOLDS_POST Person is not allowed; the other way round it is allowed; "
        "HOLDS_POST goes from Person to Organization or Place"
    )


def test_symmetric_and_dated_relations(v: Vocabulary) -> None:
    symmetric = {name for name, relation in v.relations.items() if relation.symmetric}
    assert {"PAIRED_WITH", "CROSS_APPOINTED_WITH", "DISPUTE_WITH", "FAMILY_OF"} <= symmetric
    assert not symmetric & {"HOLDS_POST", "SUPERVISES", "SERVES", "BASED_IN"}
    assert all(v.relation(name).dated for name in ("HOLDS_POST", "SERVES", "BASED_IN", "COVERS", "FAMILY_OF"))
    assert not v.relation("ISSUED").dated


# privacy ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owner", "attribute", "tier"),
    [
        ("Person", "party_member", "restricted"), ("Person", "age", "restricted"), ("Person", "birth", "restricted"),
        ("Person", "address", "restricted"), ("Person", "phone", "restricted"), ("Person", "kind", "restricted"),
        ("PropertyFirm", "address", "public"), ("PropertyFirm", "party_members", "research"),
        ("Compound", "formal_members", "research"), ("PartyOrg", "form", "public"), ("PartyOrg", "subtype", "public"),
        ("FAMILY_OF", "kinship", "restricted"), ("HOLDS_POST", "role", "public"),
        ("HOLDS_POST", "allowance", "research"), ("HOLDS_POST", "basis", "public"),
        ("LISTED_IN", "ground", "restricted"),
        ("Person", "shoe_size", "restricted"), ("HOLDS_POST", "mood", "restricted"),
    ],
)  # fmt: skip
def test_tiers(v: Vocabulary, owner: str, attribute: str, tier: str) -> None:
    assert v.tier(owner, attribute) == tier


def test_an_unknown_owner_has_no_tier(v: Vocabulary) -> None:
    with pytest.raises(BadInput, match="nearest is Person"):
        v.tier("Persons", "age")


def test_relations_that_touch_private_life(v: Vocabulary) -> None:
    assert v.relation_tier("FAMILY_OF", "Person", "Person") == "restricted"
    assert v.relation_tier("LIVES_IN", "Person", "Compound") == "restricted"
    assert v.relation_tier("LOCATED_IN", "Person", "Compound") == "restricted"
    assert v.relation_tier("LOCATED_IN", "Compound", "Community") == "public"
    assert v.relation_tier("MEMBER_OF", "Person", "PartyOrg") == "restricted"
    assert v.relation_tier("MEMBER_OF", "PropertyFirm", "CompoundManagementCommittee") == "public"
    assert v.relation_tier("HOLDS_POST", "Person", "PartyOrg") == "public"


def test_nothing_that_tells_of_a_person_is_public_by_accident(v: Vocabulary) -> None:
    public = {name for name, attribute in v.type("Person").attributes.items() if attribute.tier == "public"}
    assert public == {"byline_role"}


# posts --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "body_type", "body", "role"),
    [
        ("支部书记", None, None, "支部书记"), ("党支部书记", None, None, "支部书记"),
        ("党组织书记", "PartyOrg", None, "支部书记"), ("支部书记", "Community", None, "支部书记"),
        ("社区党委副书记", "PartyOrg", None, "副书记"), ("党支部委员", None, None, "支部委员"),
        ("兼职委员", "PartyOrg", None, "兼职委员（支部）"),
        ("兼职委员", "OwnersCommittee", None, "兼职委员（业委会）"), ("兼职委员", None, None, None),
        ("主任", "OwnersCommittee", None, "业委会主任"), ("主任", "ResidentsCommittee", None, "居委会主任"),
        ("主任", None, None, None), ("主任", "Community", None, None), ("主任", "PropertyFirm", None, None),
        ("业主委员会委员", None, None, "业委会委员"), ("委员", "OwnersCommittee", None, "业委会委员"),
        ("书记", "PartyOrg", None, None), ("书记", "PartyOrg", "小区党支部", "支部书记"),
        ("书记", "PartyOrg", "翠湖花园党总支", "党总支书记"), ("书记", "PartyOrg", "社区党委", "党委书记"),
        ("委员", "PartyOrg", "试1街道党工委", "党委委员"), ("党委委员", "PartyOrg", None, "党委委员"),
        ("组长", "ResidentsGroup", None, "居民小组组长"), ("组长", "WorkGroup", None, "督导组组长"),
        ("项目经理", "PropertyFirm", None, "项目经理"), ("物管公司管理人员", None, None, "物管公司负责人"),
        ("首席协调官", "PartyOrg", None, None),
    ],
)  # fmt: skip
def test_roles_are_read(v: Vocabulary, text: str, body_type: str | None, body: str | None, role: str | None) -> None:
    assert v.canonical_role(text, body_type, body) == role


def test_a_title_means_a_post_and_stays_as_written(v: Vocabulary) -> None:
    post = v.post("总经理", "PropertyFirm")
    assert post is not None and post.name == "物管公司负责人"
    assert v.canonical_role("总经理", "PropertyFirm") == "总经理"


def test_heads_and_seats_come_from_the_data(v: Vocabulary) -> None:
    assert v.roles(head_of="branch") == {"支部书记", "党总支书记", "党委书记"}
    assert v.roles(head_of="committee") == {"业委会主任"}
    assert {"物管公司负责人", "总经理", "项目经理"} <= v.roles(head_of="firm")
    assert v.roles(head_of="village_company") >= {"股份合作公司董事长"}
    seats = v.roles(seat=True)
    assert {"支部书记", "副书记", "支部委员", "兼职委员（支部）", "党总支书记", "党委书记"} <= seats
    assert not seats & {"党建指导员", "业委会委员", "项目经理", "党代表"}


def test_every_variant_leads_back_to_its_post(v: Vocabulary) -> None:
    for post in v.posts.values():
        for body in post.bodies:
            for word in (*post.variants, *post.titles):
                assert v.post(word, body, "某" + (post.endings or ("支部",))[0]) is post, (word, body)


# words and values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("物业公司", Word("PropertyFirm")), ("物业", Word("PropertyFirm")), ("业委会", Word("OwnersCommittee")),
        ("业主委员会", Word("OwnersCommittee")), ("小区", Word("Compound")), ("社区", Word("Community")),
        ("党支部", Word("PartyOrg")), ("党组织", Word("PartyOrg")), ("居委会", Word("ResidentsCommittee")),
        ("住宅小区党支部", Word("PartyOrg", "subtype", "小区党支部")),
        ("社区党组织", Word("PartyOrg", "subtype", "社区党委")),
        ("花园小区", Word("Compound", "category", "花园小区")), (" “外卖地” ", Word("Compound", "category", "外卖地")),
        ("“外卖地”党支部", Word("PartyOrg", "subtype", "外卖地党支部")),
        ("业主", Word("Person", "kind", "业主")),
        ("党群服务分站点", Word("ServiceStation", "subtype", "党群服务分站点")),
        ("Owners' Committee", Word("OwnersCommittee")), ("PartyOrg", Word("PartyOrg")), ("宇宙飞船", None),
    ],
)  # fmt: skip
def test_words_of_headers_and_counted_nouns(v: Vocabulary, text: str, word: Word | None) -> None:
    assert v.by_word(text) == word


def test_values_are_read_by_their_synonyms(v: Vocabulary) -> None:
    def name(owner: str, attribute: str, text: str) -> str | None:
        found = v.value(owner, attribute, text)
        return found.name if found else None

    assert name("PartyOrg", "form", "就近片区联建") == "联合建"
    assert name("HOLDS_POST", "manner", "兼任") == "concurrent"
    assert name("FAMILY_OF", "kinship", "妻子") == "配偶"
    assert name("FAMILY_OF", "kinship", "邻居") is None
    assert name("PartyOrg", "mood", "联建") is None


def test_forms_say_what_they_count_for(v: Vocabulary) -> None:
    form = v.attribute("PartyOrg", "form")
    assert form is not None
    counted = {name: value.counts_as for name, value in form.values.items()}
    assert counted == {
        "单独建": ("covered",), "联合建": ("covered_jointly",), "区域建": ("covered_by_area",),
        "连片组建": ("covered_by_area",), "临时建": ("covered_temporarily",), "派驻建": ("covered_by_dispatch",),
        "行业建": ("nothing",), "党委/党总支": ("covered",), "一体化": ("covered",), "建在业委会": ("covered",),
    }  # fmt: skip


# against the shared data --------------------------------------------------------------------------------------------


@needs_shared
@pytest.mark.parametrize("name", ["000_longgang", "003_bantian"])
def test_gold_graphs_are_allowed_and_known(v: Vocabulary, name: str) -> None:
    gold = list(rows(SHARED / "gold" / f"{name}.jsonl"))
    types = {str(row["id"]): str(row["type"]) for row in gold if row["kind"] == "entity"}
    for row in gold:
        owner = str(row["type"] if row["kind"] == "entity" else row["relation"])
        for attribute in cast(Row, row.get("attributes", {})):
            assert v.attribute(owner, attribute), (owner, attribute)
        if row["kind"] == "relation":
            v.check_relation(str(row["relation"]), types[str(row["subject"])], types[str(row["object"])])
        else:
            v.type(owner)


@needs_shared
def test_gold_statements_are_allowed(v: Vocabulary) -> None:
    checked = 0
    for row in rows(SHARED / "gold" / "generic_000_003.jsonl"):
        if row["subject_label"] and row["object_label"]:
            v.check_relation(str(row["relation"]), str(row["subject_label"]), str(row["object_label"]))
            checked += 1
    assert checked > 50


@needs_shared
def test_the_planted_city_is_allowed(v: Vocabulary, tmp_path: Path) -> None:
    planted = [sys.executable, str(SHARED / "acceptance" / "planted.py"), str(tmp_path), "--compounds", "30"]
    subprocess.run([*planted, "--people", "100"], check=True, capture_output=True, timeout=120)
    city = list(rows(tmp_path / "claims.jsonl"))
    types = {str(row["key"]): str(row["type"]) for row in city if row["kind"] == "entity"}
    for row in city:
        if row["kind"] == "entity":
            v.type(str(row["type"]))
        elif row["kind"] == "relation":
            subject, obj = types[str(row["subject"])], types[str(row["object"])]
            v.check_relation(str(row["relation"]), subject, obj)
            if role := cast(Row, row["attributes"]).get("role"):
                assert v.canonical_role(str(role), obj) == role, "a role of the city must stand as it is"


@needs_shared
def test_bodies_named_in_norms_are_types(v: Vocabulary) -> None:
    for case in rows(SHARED / "domain" / "norms" / "cases.jsonl"):
        subject = cast(Row, case["subject"])
        for kind in (subject.get("org_kind_a"), subject.get("org_kind_b")):
            assert kind is None or v.type(str(kind))


@needs_shared
def test_relations_of_the_ontology_are_all_there_and_no_others(v: Vocabulary) -> None:
    text = (SHARED / "domain" / "ontology.md").read_text("utf-8")
    tables = text.split("### 1.9")[1].split("### 1.10")[0] + text.split("Extensions used only")[1].split("### R01")[0]
    first = "".join(line.split("|")[1] for line in tables.splitlines() if line.startswith("| `"))
    named = set(re.findall(r"[A-Z]+(?:_[A-Z]+)*", first))
    assert named == set(v.relations)


# the files ----------------------------------------------------------------------------------------------------------


def test_the_shipped_files_are_sound() -> None:
    assert problems() == []


def test_a_new_type_is_one_entry_in_one_file(copy: Path) -> None:
    entry = (
        "\nYouthCouncil:\n  parent: Organization\n  zh: 青年议事会\n  en: youth council\n"
        "  means: Young residents who discuss the affairs of a compound.\n  source: [own]\n"
    )
    with (copy / "residents.yaml").open("a", encoding="utf-8") as file:
        file.write(entry)
    assert problems(copy) == []
    v = Vocabulary(copy)
    assert v.labels("YouthCouncil") == ("Entity", "Actor", "Organization", "YouthCouncil")
    assert v.by_word("青年议事会") == Word("YouthCouncil")
    v.check_relation("HOLDS_POST", "Person", "YouthCouncil")
    assert v.tier("YouthCouncil", "credit_code") == "public"


SPOILT = [
    ("property.yaml", "PropertyFirm:\n  parent: Organization", "PropertyFirm:\n  parent: Organisation",
     ["property.yaml: PropertyFirm: parent Organisation is not a type"]),
    ("property.yaml", "PropertyFirm:\n  parent: Organization\n", "PropertyFirm:\n",
     ["property.yaml: PropertyFirm: parent is missing"]),
    ("core.yaml", "Actor:\n  parent: Entity", "Actor:\n  parent: Organization",
     ["core.yaml: Actor: is its own ancestor, by Organization and Actor"]),
    ("relations.yaml", "from: [PropertyFirm]", "from: [PropertyFirms]",
     ["relations.yaml: SERVES: from: PropertyFirms is not a type"]),
    ("posts.yaml", "bodies: [JointStockCompany]", "bodies: [StockCompany]",
     ["posts.yaml: 股份合作公司董事长: bodies: StockCompany is not a type"]),
    ("relations_members.yaml", "restricted_between: [[Person, PartyOrg]]", "restricted_between: [[Person, Party]]",
     ["relations_members.yaml: MEMBER_OF: restricted_between: Party is not a type"]),
    ("economy.yaml", "JointStockCompany:\n", "RuralCollective:\n",
     ["economy.yaml: RuralCollective: stands twice in the mapping that begins on line"]),
    ("economy.yaml", "JointStockCompany:\n", "PropertyFirm:\n",
     ["property.yaml: PropertyFirm: the name is taken by an entry of economy.yaml"]),
    ("economy.yaml", "synonyms: [公司, 企业单位]", "synonyms: [公司, 物业公司]",
     ["the word 物业公司 already means Enterprise, so it cannot mean PropertyFirm"]),
    ("government.yaml", "synonyms: [街道办]", "synonyms: [业委会]",
     ["the word 业委会 already means Government 街道办事处, so it cannot mean OwnersCommittee"]),
    ("persons.yaml", "age: {type: integer, tier: restricted}", "age: {type: integer}",
     ["persons.yaml: Person: attribute age: tier is missing"]),
    ("persons.yaml", "age: {type: integer, tier: restricted}", "age: {type: integer, tier: secret}",
     ["persons.yaml: Person: attribute age: tier is missing or none of public, research, restricted"]),
    ("persons.yaml", "age: {type: integer, tier: restricted}", "age: {type: int, tier: restricted}",
     ["persons.yaml: Person: attribute age: type is missing or none of"]),
    ("persons.yaml", "age: {type: integer, tier: restricted}", "age: restricted",
     ["persons.yaml: Person: attribute age must be a mapping"]),
    ("relations_members.yaml", "  tier: restricted\n  triggers: [配偶", "  tier: private\n  triggers: [配偶",
     ["relations_members.yaml: FAMILY_OF: tier private is none of"]),
    ("places.yaml", "Grid:\n  parent: Place\n  zh: 网格\n  en: grid", "Grid:\n  parent: Place",
     ["places.yaml: Grid: zh is missing", "places.yaml: Grid: en is missing"]),
    ("places.yaml", "  kind: category\n", "  kind: sort\n",
     ["places.yaml: Compound: kind: sort is no attribute with values"]),
    ("places.yaml", "Grid:\n  parent: Place", "Grid:\n  colour: red\n  parent: Place",
     ["places.yaml: Grid: colour is not one of the fields of a type"]),
    ("places.yaml", "Grid:\n", "grid cell:\n", ["places.yaml: grid cell: is no name of a type"]),
    ("posts.yaml", "variants: [股份公司董事长, 董事长]", "variants: [股份公司董事长, 董事长, 班子成员]",
     ["posts.yaml: 股份公司班子成员: the variant 班子成员 cannot be told from that of 股份合作公司董事长"]),
    ("posts.yaml", "variants: [股份公司董事长, 董事长]", "variants: [股份公司董事长, 支部书记]",
     ["posts.yaml: 股份合作公司董事长: the variant 支部书记 is the name of a post"]),
    ("posts.yaml", "variants: [股份公司董事长, 董事长]", "variants: 董事长",
     ["posts.yaml: 股份合作公司董事长: variants must be a list"]),
    ("relations.yaml", "SERVES:\n  zh: 物业服务\n", "SERVES: [\n", ["relations.yaml: cannot be read"]),
    ("relations.yaml", "SERVES:\n", "SERVES: firm\nSERVICE:\n",
     ["relations.yaml: cannot be read: SERVES is no mapping"]),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "reported"), SPOILT, ids=[f"{s[0]} {s[3][0][-40:]}" for s in SPOILT])
def test_a_defect_is_reported_with_file_and_entry(
    copy: Path, file: str, old: str, new: str, reported: list[str]
) -> None:
    text = (copy / file).read_text("utf-8")
    assert old in text, "the defect must hit something"
    (copy / file).write_text(text.replace(old, new, 1), "utf-8")
    found = problems(copy)
    for expected in reported:
        assert any(expected in problem for problem in found), found
