"""Findings as a work list, in words, in a file, and before an appointment is made."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

import pytest
from openpyxl import load_workbook
from short import claim, graph, load

from govgraph.graph.errors import BadInput, NotFound
from govgraph.graph.store import Store
from govgraph.graph.workspace import Workspace
from govgraph.queries.conflicts import conflicts
from govgraph.queries.conflicts.explain import explain
from govgraph.queries.conflicts.report import export, masked
from govgraph.queries.conflicts.whatif import would_arise
from govgraph.queries.conflicts.worklist import findings, history, mark

Row = dict[str, Any]
SURE = {"valid": "2018-01-01/..", "observed": "2023-12-31"}
ACTORS: dict[str, Row] = {
    "fp": {"type": "Province", "name": "浙江省"},
    "fc": {"type": "City", "name": "温州市", "place": "fp"},
    "fk": {"type": "Compound", "name": "查处花园", "place": "fc"},
    "ff": {"type": "PropertyFirm", "name": "查处物业服务有限公司"},
    "fo": {"type": "OwnersCommittee", "name": "查处花园业主委员会"},
    "fb": {"type": "PartyOrg", "name": "查处花园党支部"},
    "pa": {"type": "Person", "name": "甲某"},
    "pb": {"type": "Person", "name": "乙某"},
    "pc": {"type": "Person", "name": "丙某"},
}
TIES = [
    ("ff", "SERVES", "fk", SURE),
    ("fo", "BASED_IN", "fk", SURE),
    ("fb", "BASED_IN", "fk", SURE),
    ("pa", "HOLDS_POST", "ff", {"role": "项目经理", "observed": "2023-12-31"}),
    ("pa", "HOLDS_POST", "fo", {"role": "业委会委员"} | SURE),
    ("pb", "HOLDS_POST", "fo", {"role": "业委会委员"} | SURE),
    ("pb", "FAMILY_OF", "pc", {"kinship": "兄弟姐妹"}),
]


PACK = """
law: own
name: 某规定
level: city
place: 浙江省温州市
in_force: 2015-01-01/..
text_held: 2015-01-01/..
rules:
  - {id: r, article: 第一条, pattern: firm_and_committee, who: {member_of: PropertyFirm}, verdict: must_declare, summary: Own.}
"""


@pytest.fixture(scope="module")
def workspace(shared_workspace: Workspace, private_server: Path) -> Workspace:
    if not (shared_workspace.root / "engine").exists():  # on Neo4j the check before an appointment uses it as well
        (shared_workspace.root / "engine").symlink_to(private_server, target_is_directory=True)
    load(shared_workspace, graph("findings", ACTORS, TIES))
    return shared_workspace


def the(rows: list[Row]) -> Row:
    (row,) = rows
    return row


# --- the work list ----------------------------------------------------------------------------------------------------
def test_a_mark_stays_and_says_what_has_changed(workspace: Workspace) -> None:
    row = the(findings(workspace))
    assert (row["status"], row["changed"], row["pattern"]) == ("new", [], "firm_and_committee")
    assert mark(workspace, row["id"], "explained", "临时代班")["status"] == "explained"
    row = the(findings(workspace))
    assert (row["status"], row["note"], row["changed"]) == ("explained", "临时代班", []) and row["who"] and row["when"]
    workspace.rebuild()
    assert the(findings(workspace, statuses=["explained"]))["id"] == row["id"]
    assert findings(workspace, statuses=["new"]) == []

    post: Row = {"subject": "pa", "relation": "HOLDS_POST", "object": "ff", "attributes": {"role": "项目经理"}}
    second: Row = {"kind": "source", "id": "findings2", "title": "x", "type": "note"}
    load(workspace, [second, claim("findings2", "relation", "又说", **post, observed="2023-12-31")])
    assert the(findings(workspace))["changed"] == ["claims"], "one more source says so"
    workspace.retract("findings2")
    assert the(findings(workspace))["changed"] == []

    packs = workspace.root / "packs"
    packs.mkdir()
    (packs / "own.yaml").write_text(PACK, "utf-8")
    assert {"norms"} <= set(the(findings(workspace))["changed"])
    (packs / "own.yaml").unlink()
    assert the(findings(workspace))["changed"] == []

    workspace.retract("findings")
    gone = the(findings(workspace))
    assert (gone["changed"], gone["status"]) == (["gone"], "explained")
    assert [person["name"] for person in gone["people"]] == ["甲某"]
    assert findings(workspace, patterns=["kin_in_firm"]) == [], "a narrowed list cannot tell what is gone"
    load(workspace, graph("findings", ACTORS, TIES))
    assert the(findings(workspace))["changed"] == []
    mark(workspace, row["id"], "new")
    assert [said["status"] for said in history(workspace, row["id"])] == ["explained", "new"]
    assert history(workspace, "f0") == []


def test_marks_that_cannot_be(workspace: Workspace) -> None:
    row = the(conflicts(workspace))
    with pytest.raises(BadInput, match="status maybe is not known; use new, confirmed"):
        mark(workspace, row["id"], "maybe")
    with pytest.raises(BadInput, match="status maybe"):
        findings(workspace, statuses=["maybe"])
    with pytest.raises(NotFound, match=f"no finding f0.*nearest is {row['id']}"):
        mark(workspace, "f0", "dismissed")
    assert not any(said["finding"] == "f0" for said in history(workspace))


def test_marks_are_no_part_of_the_graph(workspace: Workspace) -> None:
    with workspace.reader() as store:
        before = store.version()
    mark(workspace, the(conflicts(workspace))["id"], "dismissed")
    with workspace.reader() as store:
        assert store.version() == before


# --- in words ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_sentence_can_be_traced(workspace: Workspace, lang: Any) -> None:
    row = the(conflicts(workspace, lang=lang))
    said = cast("Row", explain(workspace, row["id"], lang))
    assert said["claims"] == row["claims"] and {e["claim"] for e in said["evidence"]} <= set(row["claims"])
    facts = [s for s in said["sentences"] if s["about"] == "fact"]
    assert len(facts) == 4 and all(fact["claims"] for fact in facts)
    assert {claim for fact in facts for claim in fact["claims"]} == set(row["claims"])
    norms = {norm["id"] for norm in row["norms"]}
    assert {id for s in said["sentences"] if s["about"] == "norm" for id in s["norms"]} == norms and norms
    for about in ("pattern", "period", "verdict", "against"):
        assert any(s["about"] == about for s in said["sentences"]), about
    numbers = {e["number"] for e in said["evidence"]}
    assert {int(n) for n in re.findall(r"\[(\d+)\]", said["text"])} == numbers
    post = {
        "en": "甲某 is 业委会委员 of 查处花园业主委员会 (from 2018-01-01",
        "zh": "甲某在查处花园业主委员会任业委会委员（2018-01-01",
    }
    assert post[lang] in said["text"]


def test_kinship_in_words_and_no_such_finding(workspace: Workspace) -> None:
    load(workspace, graph("kin", {}, [("pc", "HOLDS_POST", "ff", {"role": "经理"} | SURE)]))
    kin = the(conflicts(workspace, patterns=["kin_in_firm"]))
    text = str(explain(workspace, kin["id"], "zh")["text"])
    assert "有亲属关系（兄弟姐妹）" in text and "禁止" in text
    workspace.retract("kin")
    with pytest.raises(NotFound, match="there is no finding"):
        explain(workspace, kin["id"])


# --- for an auditor ---------------------------------------------------------------------------------------------------
class Page(HTMLParser):
    """The text of a page, and what it would load or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.outside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.outside += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href") or name.startswith("on")]
        self.outside += [tag] if tag in ("script", "img", "iframe", "b") else []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_document_and_the_list(workspace: Workspace, tmp_path: Path) -> None:
    hostile = "丁某<b onclick=alert(1)>"
    actors = {"pd": {"type": "Person", "name": hostile}}
    posts = [
        ("pd", "HOLDS_POST", "ff", {"role": "经理"} | SURE),
        ("pd", "HOLDS_POST", "fo", {"role": "业委会委员"} | SURE),
    ]
    load(workspace, graph("hostile", actors, posts))
    mark(workspace, the(conflicts(workspace, person="甲某"))["id"], "confirmed", "=1+1")
    assert export(workspace, tmp_path / "a.html", "zh") == 2
    page = Page((tmp_path / "a.html").read_text("utf-8"))
    text = "".join(page.words)
    assert page.outside == [] and hostile in text and "温州市物业管理条例" in text and "项目经理" in text
    assert export(workspace, tmp_path / "b.html", "zh") == 2
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()

    assert export(workspace, tmp_path / "a.xlsx", "zh", statuses=["confirmed"]) == 1
    heading, row = load_workbook(tmp_path / "a.xlsx").active.iter_rows(values_only=True)  # type: ignore[union-attr]
    told = dict(zip(heading, row, strict=True))
    assert told["人员"] == "甲某" and told["结论"] == "禁止" and told["备注"] == "=1+1"
    cells = [cell for line in load_workbook(tmp_path / "a.xlsx").active.iter_rows() for cell in line]  # type: ignore[union-attr]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"} and not any(c.data_type == "f" for c in cells)
    with pytest.raises(BadInput, match=r"written as \.html or \.xlsx"):
        export(workspace, tmp_path / "a.pdf")
    with pytest.raises(BadInput, match="cannot be written"):
        export(workspace, tmp_path / "none" / "a.html")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.html", "a.xlsx", "b.html"]
    workspace.retract("hostile")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("王某，男，52岁，中共党员，任委员", "王某，男，■■■，■■■■，任委员"),
        ("王某（党员）住址：幸福路3号，电话13800138000", "王某（■■）■■■■■■■■，电话■■■■■■■■■■■"),
        ("正式党员王某，1970年5月生", "■■■■王某，■■■■■■■■"),
        ("身份证110101197005010011", "身份证■■■■■■■■■■■■■■■■■■"),
        ("家住3栋2单元501室，王某", "■■■■■■■■■■■，王某"),
        ("党员活动室设在3栋，小区党员代表大会2020年召开", "党员活动室设在3栋，小区党员代表大会2020年召开"),
    ],
)
def test_quotes_show_people_in_their_public_roles(text: str, left: str) -> None:
    assert masked(text) == left


# --- before an appointment --------------------------------------------------------------------------------------------
def test_what_would_arise(workspace: Workspace) -> None:
    before = conflicts(workspace)
    row = the(would_arise(workspace, "乙某", "项目经理", "查处物业服务有限公司", "2023-06-01"))
    assert (row["pattern"], row["arises"], row["verdict"]) == ("firm_and_committee", "new", "forbidden")
    assert row["holds"] == "yes" and row["sure"] == ["2023-06-01", "2024-01-01"]
    (step,) = (step for step in row["path"] if step["to"]["id"] and not step["claims"])
    assert step["role"] == "项目经理" and step["valid"] == "2023-06-01/.."
    later = the(would_arise(workspace, "乙某", "项目经理", "查处物业服务有限公司", "2024-06-01"))
    assert later["holds"] == "possibly", "nobody says whether he is on the committee then"
    kin = the(would_arise(workspace, "丙某", "保安", "查处物业服务有限公司"))
    assert (kin["pattern"], kin["verdict"]) == ("kin_in_firm", "forbidden")
    assert would_arise(workspace, "丙某", "支部书记", "查处花园党支部") == []
    again = the(would_arise(workspace, "甲某", "总经理", "查处物业服务有限公司"))
    assert again["arises"] == "already"
    chair = would_arise(workspace, "乙某", "支部书记", "查处花园党支部")
    assert [r["pattern"] for r in chair] == [] or all(r["arises"] == "new" for r in chair)
    assert conflicts(workspace) == before


def test_appointments_that_cannot_be(workspace: Workspace) -> None:
    with pytest.raises(NotFound, match="nobody and nothing is called 戊某"):
        would_arise(workspace, "戊某", "项目经理", "查处物业服务有限公司")
    with pytest.raises(BadInput, match="cannot hold a post"):
        would_arise(workspace, "查处花园", "项目经理", "查处物业服务有限公司")
    with pytest.raises(BadInput, match="2023-02-30"):
        would_arise(workspace, "乙某", "项目经理", "查处物业服务有限公司", "2023-02-30")


def test_findings_of_a_person(workspace: Workspace) -> None:
    assert len(conflicts(workspace, person="甲某")) == 1 and conflicts(workspace, person="乙某") == []
    with pytest.raises(NotFound, match="戊某"):
        conflicts(workspace, person="戊某")


def test_a_failed_check_leaves_nothing(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from govgraph.graph import engine
    from govgraph.graph.arcade import Arcade
    from govgraph.graph.settings import Settings

    def broken(self: Store, *args: object, **more: object) -> None:
        raise KeyboardInterrupt

    with engine.lease(workspace.root / "engine", Settings()) as address:
        before = sorted(Arcade(address).databases())
        monkeypatch.setattr("govgraph.queries.conflicts.whatif.find", broken)
        with pytest.raises(KeyboardInterrupt):
            would_arise(workspace, "乙某", "项目经理", "查处物业服务有限公司")
        assert sorted(Arcade(address).databases()) == before
