"""Findings: terms are intersected and grouped, the best one speaks, the norms of its place judge it."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from govgraph.graph import engine
from govgraph.graph.errors import BadInput, NotFound, Refused
from govgraph.graph.period import Period, period, together
from govgraph.graph.settings import Settings
from govgraph.graph.workspace import Workspace
from govgraph.queries.conflicts import conflict_patterns, conflicts
from govgraph.queries.conflicts.findings import last_day
from govgraph.queries.conflicts.quotes import article
from govgraph.queries.conflicts.statements import policies

Row = dict[str, Any]
SEEN = "2022-03-31"
P, Q = ({"id": id, "name": id.upper(), "type": "Person"} for id in "pq")
F = {"id": "f", "name": "某物业", "type": "PropertyFirm"}
K = {"id": "k", "name": "花园小区", "type": "Compound"}
C = {"id": "c", "name": "花园小区业委会", "type": "OwnersCommittee"}
PLACES = ["花园小区", "温州市", "浙江省"]


def rel(
    id: str, type: str, start: Row, valid: str | None = "2015-01-01/..", seen: str | None = SEEN, **more: object
) -> Row:
    """A relation as the graph holds it: its dates are those that a source wrote, seen on a day."""
    bounds = period(valid, seen).bounds()
    return {"id": id, "type": type, "start": start["id"], "valid": valid, "claims": [f"c-{id}"], **bounds, **more}


def both(work: Row | None = None, seat: Row | None = None, serves: Row | None = None, based: Row | None = None) -> Row:
    """A row of firm_and_committee."""
    relations = [
        work or rel("w", "HOLDS_POST", P, role="项目经理"),
        serves or rel("s", "SERVES", F),
        based or rel("b", "BASED_IN", C),
        seat or rel("h", "HOLDS_POST", P, role="业委会委员"),
    ]
    return {"nodes": [P, F, K, C, P], "relations": relations, "places": PLACES}


def couple(member: Row, relative: Row, kin: Row, seat: str = "h", work: str = "w", **dates: str) -> Row:
    """A row of kin_in_firm."""
    relations = [
        rel(seat, "HOLDS_POST", member, role="业委会委员", **dates),
        rel("b", "BASED_IN", C),
        rel("s", "SERVES", F),
        rel(work, "HOLDS_POST", relative, role="经理"),
        kin,
    ]
    return {"nodes": [member, C, K, F, relative, member], "relations": relations, "places": PLACES}


class Graph:
    """A workspace whose graph answers each pattern with rows given in advance."""

    def __init__(self, root: Path, statements: list[Row] | None = None, **rows: list[Row]) -> None:
        self.root = root
        texts = {pattern.text: id for id, pattern in conflict_patterns().items()}
        self.rows = {text: rows.get(id, []) for text, id in texts.items()}
        self.statements = statements or []
        self.asked: list[Mapping[str, object]] = []
        self.log = self
        self.untrusted = False

    @contextmanager
    def reader(self) -> Generator[Graph]:
        yield self

    @contextmanager
    def attach(self) -> Generator[Graph]:
        yield self

    def execute(self, sql: str) -> Graph:
        return self

    def fetchall(self) -> list[tuple[str, str]]:
        return [("温州市物业管理条例", "hash")] if (self.root / "texts").exists() else []

    def day(self) -> str:
        return SEEN

    def evidence(self, claims: Iterable[str]) -> dict[str, list[Row]]:
        return {claim: [{"claim": claim, "quote": f"quote of {claim}"}] for claim in claims}

    def read_untrusted(self, cypher: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
        self.untrusted = True
        return self.read(cypher, parameters)

    def read(self, cypher: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
        self.asked.append(parameters or {})
        if ":Statement" in cypher:
            return self.statements
        if ":Source" in cypher:
            return [{"id": "s1", "title": "一篇报道", "published": "2020-11-30"}]
        if ":Place" in cypher:
            return [{"id": "t"}] if (parameters or {})["name"] == "温州市" else []
        if "place_names RETURN n.id" in cypher:
            return []
        return self.rows[cypher]


def ask(graph: Graph, **options: Any) -> list[Row]:
    return conflicts(cast("Any", graph), **options)


def test_a_row_tells_people_bodies_path_and_period(tmp_path: Path) -> None:
    (row,) = ask(Graph(tmp_path, firm_and_committee=[both()]), as_of="2021-06-15")
    assert row["pattern"] == "firm_and_committee" and row["title"].startswith("A post in the property firm")
    assert row["people"] == [{"id": "p", "name": "P"}] and row["bodies"] == [F, C]
    assert [(x["from"]["id"], x["relation"], x["to"]["id"], x["reversed"]) for x in row["path"]] == [
        ("p", "HOLDS_POST", "f", False), ("f", "SERVES", "k", False),
        ("k", "BASED_IN", "c", True), ("c", "HOLDS_POST", "p", True),
    ]  # fmt: skip
    assert row["path"][0] == {
        "from": P, "relation": "HOLDS_POST", "to": F, "role": "项目经理", "valid": "2015-01-01/..",
        "sure": ["2015-01-01", "2022-04-01"], "possible": ["2015-01-01", None], "reversed": False,
    }  # fmt: skip
    assert (row["holds"], row["sure"], row["possible"]) == ("yes", ["2015-01-01", "2022-04-01"], ["2015-01-01", None])
    assert row["claims"] == ["c-w", "c-s", "c-b", "c-h"] and row["place"] == "花园小区"
    assert [x["quote"] for x in row["evidence"]] == [f"quote of {claim}" for claim in row["claims"]]
    assert row["verdict"] == "forbidden" and row["norms"] and row["against"] == []
    assert [term["sure"] for term in row["terms"]] == [row["sure"]]


def test_titles_and_doubts_come_in_two_languages(tmp_path: Path) -> None:
    graph = Graph(tmp_path, firm_and_committee=[both(work=rel("w", "HOLDS_POST", P, None))])
    (zh,), (en,) = ask(graph, lang="zh"), ask(graph, lang="en")
    assert "物业公司" in zh["title"] and any("没有来源" in text for text in zh["against"])
    assert any("no source dates HOLDS_POST from P to 某物业" in text for text in en["against"])
    assert zh["id"] == en["id"]


def test_the_period_is_the_intersection_and_an_empty_one_is_no_finding(tmp_path: Path) -> None:
    work = rel("w", "HOLDS_POST", P, "2016-03-01/2018-06-30", None)
    seat = rel("h", "HOLDS_POST", P, "2017/2020", None)
    (row,) = ask(Graph(tmp_path, firm_and_committee=[both(work, seat)]))
    assert (row["sure"], row["possible"]) == (["2017-12-31", "2018-06-30"], ["2017-01-01", "2018-07-01"])
    later = rel("h", "HOLDS_POST", P, "2018-07-01/..", None)
    assert ask(Graph(tmp_path, firm_and_committee=[both(work, later)])) == []


def test_kinship_and_a_seat_narrow_it_only_where_they_are_dated(tmp_path: Path) -> None:
    undated = rel("b", "BASED_IN", C, None)
    (row,) = ask(Graph(tmp_path, firm_and_committee=[both(based=undated)]), as_of="2016-01-01")
    assert row["holds"] == "yes" and row["against"] == []
    dated = rel("b", "BASED_IN", C, "2019-01-01/..")
    assert ask(Graph(tmp_path, firm_and_committee=[both(based=dated)]), as_of="2016-01-01") == []
    loose = rel("s", "SERVES", F, None)
    (row,) = ask(Graph(tmp_path, firm_and_committee=[both(serves=loose)]), as_of="2016-01-01")
    assert row["holds"] == "possibly" and len(row["against"]) == 2


def test_terms_of_the_same_people_and_bodies_are_one_row(tmp_path: Path) -> None:
    short = rel("w1", "HOLDS_POST", P, "2015-01-01/2016-01-01", None, role="经理")
    long = rel("w2", "HOLDS_POST", P, "2015-06-01/2019-01-01", None, role="总经理")
    vague = rel("w3", "HOLDS_POST", P, None, None, role="项目经理")
    rows = [both(work=work) for work in (vague, short, long, short)]
    (row,) = ask(Graph(tmp_path, firm_and_committee=rows))
    assert [term["path"][0]["role"] for term in row["terms"]] == ["总经理", "经理", "项目经理"], "the best one first"
    assert row["sure"] == ["2015-06-01", "2019-01-01"] and row["path"] == row["terms"][0]["path"]
    assert row["claims"] == ["c-w2", "c-s", "c-b", "c-h", "c-w1", "c-w3"]
    (row,) = ask(Graph(tmp_path, firm_and_committee=rows), as_of="2015-02-01")
    assert (row["holds"], row["path"][0]["role"]) == ("yes", "经理")
    (row,) = ask(Graph(tmp_path, firm_and_committee=rows), as_of="2020-01-01")
    assert (row["holds"], row["path"][0]["role"]) == ("possibly", "项目经理")
    assert [term["holds"] for term in row["terms"]] == ["possibly", "no", "no"]


def test_a_couple_is_one_row_whoever_sits_where(tmp_path: Path) -> None:
    kin = rel("a", "FAMILY_OF", P, None, kinship="配偶")
    rows = [couple(P, Q, kin, valid="2021-01-01/.."), couple(Q, P, kin, "h2", "w2")]
    (row,) = ask(Graph(tmp_path, kin_in_firm=rows))
    assert [x["id"] for x in row["people"]] == ["q", "p"], "of two that end together the longer one is the best"
    assert row["path"][0]["from"]["id"] == row["people"][0]["id"] == row["path"][-1]["to"]["id"]
    (one,), (other,) = (ask(Graph(tmp_path, kin_in_firm=[x])) for x in rows)
    assert one["id"] == other["id"] == row["id"] and row["verdict"] == "forbidden" and len(row["terms"]) == 2


def test_ids_tell_findings_apart(tmp_path: Path) -> None:
    other = {**both(), "nodes": [P, F, {**K, "id": "k2"}, C, P]}
    rows = ask(Graph(tmp_path, firm_and_committee=[both(), other], firm_and_branch=[both()]))
    assert len({row["id"] for row in rows}) == 3
    again = ask(Graph(tmp_path, firm_and_branch=[both()], firm_and_committee=[other, both()]))
    assert again == rows, "the order of rows in the graph does not matter"


def test_kinship_and_shares_reach_the_norms(tmp_path: Path) -> None:
    for kinship, verdict in (("兄弟姐妹", "forbidden"), ("叔侄", "no_rule"), (None, "unclear")):
        kin = rel("a", "FAMILY_OF", P, None, kinship=kinship)
        (row,) = ask(Graph(tmp_path, kin_in_firm=[couple(P, Q, kin)]))
        assert row["verdict"] == verdict


def test_the_norms_of_the_last_sure_day_count(tmp_path: Path) -> None:
    before = rel("w", "HOLDS_POST", P, "2015-01-01/2017-04-30", None)
    (row,) = ask(Graph(tmp_path, firm_and_committee=[both(work=before)]))
    assert row["verdict"] == "no_rule" and row["norms"] == []
    after = rel("w", "HOLDS_POST", P, "2015-01-01/2017-05-02", None)
    (row,) = ask(Graph(tmp_path, firm_and_committee=[both(work=after)]))
    assert row["verdict"] == "forbidden"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Period(("2019-01-01", "2020-01-01"), ("2018-01-01", "2023-01-01")), "2019-12-31"),
        (Period(None, ("2018-01-01", "2020-01-01")), "2019-12-31"),
        (Period(None, ("2018-01-01", "~")), SEEN),
        (Period(("2019-01-01", "2030-01-01"), ("2018-01-01", "~")), SEEN),
    ],
)
def test_the_last_day_is_at_most_the_newest_that_counts(found: Period, expected: str) -> None:
    assert last_day(found, SEEN) == expected


def test_disagreeing_sources_speak_against(tmp_path: Path) -> None:
    (row,) = ask(Graph(tmp_path, firm_and_committee=[both(work=rel("w", "HOLDS_POST", P, disagrees=["c9"]))]))
    assert "sources disagree about P and 某物业" in row["against"]


def test_options_narrow_the_answer_and_are_checked(tmp_path: Path) -> None:
    graph = Graph(tmp_path, firm_and_committee=[both()], firm_and_branch=[both()])
    assert [row["pattern"] for row in ask(graph)] == ["firm_and_branch", "firm_and_committee"]
    assert [row["pattern"] for row in ask(graph, patterns=["firm_and_committee"])] == ["firm_and_committee"]
    assert [row["pattern"] for row in ask(graph, verdicts=["no_rule"])] == ["firm_and_branch"]
    assert {row["verdict"] for row in ask(graph, packs=["taizhou-property-2021"])} == {"no_rule"}
    assert len(ask(graph, place="温州市")) == 2 and any(x.get("places") == ["t"] for x in graph.asked)
    for wrong in ({"patterns": ["none"]}, {"packs": ["none"]}, {"verdicts": ["none"]}, {"as_of": "2021-02-30"}):
        with pytest.raises(BadInput, match=r"none|2021-02-30"):
            ask(graph, **wrong)
    with pytest.raises(NotFound, match="no place 北海 is known"):
        ask(graph, place="北海")


def test_a_pattern_that_returns_no_closed_walk_is_refused(tmp_path: Path) -> None:
    for broken in ({**both(), "nodes": [P, F, K, C, Q]}, {**both(), "nodes": [P, F, K, P]}):
        with pytest.raises(BadInput, match="firm_and_committee returned no walk"):
            ask(Graph(tmp_path, firm_and_committee=[broken]))


def test_statements_of_documents_count_as_policies(tmp_path: Path) -> None:
    said = {
        "id": "c4", "subject": "PropertyFirm", "object": "OwnersCommittee", "relation": "CROSS_APPOINTED_WITH",
        "strength": "promoted", "place": "浙江省", "valid": None, "observed": None, "quote": "原话", "sources": ["s1"],
    }  # fmt: skip
    graph = Graph(tmp_path, [said], firm_and_committee=[both()])
    (row,) = ask(graph, as_of="2021-06-15", packs=None)
    assert row["verdict"] == "forbidden", "a policy lifts no bar"
    assert any("一篇报道" in text and "the higher one counts" in text for text in row["against"])
    shown = row["norms"][-1]
    assert (shown["law"], shown["name"], shown["quote"], shown["verdict"]) == ("c4", "一篇报道", "原话", "encouraged")
    assert "c4" in row["claims"] and shown["valid"] == "2020-11-30/.."
    elsewhere = {**both(), "places": ["宁波市", "浙江省"]}
    (row,) = ask(Graph(tmp_path, [said, {**said, "id": "c5"}], firm_and_committee=[elsewhere]))
    assert row["verdict"] == "encouraged" and [norm["id"] for norm in row["norms"]] == ["c4", "c5"]
    (row,) = ask(graph, as_of="2019-06-15", packs=["wenzhou-property-2017"])
    assert row["norms"][-1]["law"] == "wenzhou-property-2017", "packs that are named count alone"
    (dated,) = policies(cast("Any", Graph(tmp_path, [{**said, "valid": "2019/2020"}])))
    assert dated.text_held == ("2019-01-01", "2021-01-01")
    assert policies(cast("Any", Graph(tmp_path, [{**said, "place": "某处"}]))) == ()


def test_an_article_is_quoted_from_a_loaded_law(tmp_path: Path) -> None:
    held = "第十七条 成员应当：\r\n（一）乙；\n（二）丙。"
    text = f"第十六条 甲。\n\n## 第十七条\n\n{held}\n\n## 第十八条\n\n第十八条 丁。\n"
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "hash.txt").write_text(text, "utf-8", newline="")
    (row,) = ask(Graph(tmp_path, firm_and_committee=[both()]))
    assert {norm["quote"] for norm in row["norms"]} == {held}
    assert article(text, "第十八条") == "第十八条 丁。" and article(text, "第十九条") is None


def test_the_users_own_patterns_and_packs_are_found_by_being_there(tmp_path: Path) -> None:
    docs = (Path(__file__).parents[2] / "docs" / "norms.md").read_text("utf-8")
    (tmp_path / "patterns").mkdir()
    (tmp_path / "packs").mkdir()
    pattern = docs.partition("```cypher\n")[2].partition("```")[0]
    (tmp_path / "patterns" / "two_committees.cypher").write_text(pattern, "utf-8")
    (tmp_path / "packs" / "mine.yaml").write_text(
        "law: mine\nname: 某规定\nlevel: policy\nplace: 浙江省\nin_force: 2015-01-01/..\ntext_held: 2015-01-01/..\n"
        "rules:\n  - id: r\n    article: 一\n    pattern: two_committees\n    who: {member_of: OwnersCommittee}\n"
        "    strength: forbidden\n    summary: Nobody sits on two committees.\n",
        "utf-8",
    )
    graph = Graph(tmp_path)
    text = conflict_patterns([tmp_path / "patterns"])["two_committees"].text
    other = {**C, "id": "c2"}
    seats = [rel(id, "HOLDS_POST", P, role="业委会委员") for id in ("v", "v", "w", "w")]
    graph.rows[text] = [{"nodes": [P, C, P, other, P], "relations": seats, "places": PLACES}]
    (row,) = ask(graph)
    assert (row["pattern"], row["verdict"]) == ("two_committees", "forbidden")
    assert [norm["id"] for norm in row["norms"]] == ["mine-r"] and graph.untrusted
    own = pattern.replace("two_committees", "firm_and_branch")
    (tmp_path / "patterns" / "firm_and_branch.cypher").write_text(own, "utf-8")
    found = [row["pattern"] for row in ask(graph)]
    assert found == ["firm_and_branch", "two_committees"], "it replaces the shipped one"


def test_the_registry_tells_what_each_pattern_finds() -> None:
    known = conflict_patterns()
    assert list(known) == sorted(known) and len(known) == 12
    for id, pattern in known.items():
        assert pattern.id == id and pattern.title["zh"] and pattern.title["en"]
        assert pattern.finds and pattern.does_not_show
        assert set(pattern.parameters) == {"places"}
        assert pattern.values(["t"], None)["places"] == ["t"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("// id: two_committees\n", "", "id is missing"),
        ("two_committees", "other", "not the name of the file"),
        ("| One person", "One person", "the title has one language"),
        ("// finds:", "// shows:", "finds is missing"),
        ("AS relations", "AS links", "returns no relations"),
        ("$places IS NULL", "$spot IS NULL", ":7: parameter spot is not known"),
    ],
)
def test_a_pattern_that_is_not_whole_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    docs = (Path(__file__).parents[2] / "docs" / "norms.md").read_text("utf-8")
    text = docs.partition("```cypher\n")[2].partition("```")[0]
    file = tmp_path / "two_committees.cypher"
    file.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(BadInput, match=words):
        conflict_patterns([tmp_path])


def test_seen_twice_is_sure_between(tmp_path: Path) -> None:
    spans = together([period(None, "2019-01-01"), period(None, "2021-01-01")])
    work = {**rel("w", "HOLDS_POST", P, None), **spans.bounds()}
    (row,) = ask(Graph(tmp_path, firm_and_committee=[both(work=work)]))
    assert row["sure"] == ["2019-01-01", "2021-01-02"]


# --- on every engine --------------------------------------------------------------------------------------------------

ACTORS = {
    "t": ("City", "温州市"), "k": ("Compound", "甲小区"), "l": ("Compound", "乙小区"), "g": ("ResidentsGroup", "甲居民小组"),
    "f": ("PropertyFirm", "甲物业公司"), "c": ("OwnersCommittee", "甲小区业委会"), "d": ("OwnersCommittee", "乙小区业委会"),
    "z": ("PartyOrg", "甲小区党支部"), "u": ("PartyOrg", "甲社区党委"), "v": ("PartyOrg", "甲街道党工委"),
    "j": ("JointStockCompany", "甲股份合作公司"), "s": ("OwnersSupervisoryBoard", "甲小区业主监事会"), "m": ("MajorMatter", "选聘物业"),
    "i": ("IndustryAssociation", "物业协会"), "p": ("Person", "张一"), "q": ("Person", "李二"), "o": ("Person", "王三"),
    "n": ("Person", "赵四"), "w": ("Person", "钱五"), "x": ("Person", "孙六"), "y": ("Person", "周七"), "a": ("Person", "吴八"),
}  # fmt: skip
LINKS = """
k LOCATED_IN t          l LOCATED_IN t          f SERVES k              c BASED_IN k            d BASED_IN l
z COVERS k              z COVERS l              s BASED_IN k            u LEADS z               v GUIDES u
z SUPERVISES c          i RATES f               j BASED_IN g            z SUPERVISES j          z PROPOSES m
c DELIBERATES m         u REVIEWS m             u HOLDS_SEAL_OF c       j INVESTS_IN f          q FAMILY_OF p
p HOLDS_POST f 项目经理  p HOLDS_POST c 业委会委员  p HOLDS_POST z 党建指导员  p HOLDS_POST i 常务理事
q HOLDS_POST c 业委会委员  q HOLDS_POST s 监事      o HOLDS_POST z 支部书记    o HOLDS_POST c 业委会主任  o HOLDS_POST d 业委会主任
n HOLDS_POST z 副书记     n HOLDS_POST c 业委会主任  n HOLDS_POST f 经理       w HOLDS_POST v 委员        w HOLDS_POST c 业委会委员
x HOLDS_POST g 居民小组组长  x HOLDS_POST j 股份合作公司董事长  x HOLDS_POST z 支部书记  y HOLDS_POST u 党委委员  y HOLDS_POST c 业委会委员
a HOLDS_POST j 股份公司班子成员  a HOLDS_POST c 业委会委员
"""
FOUND = {
    "auditor_tied": {"q c s", "pq c s"},
    "firm_and_branch": {"n f z"},
    "firm_and_committee": {"p c f", "n c f"},
    "kin_in_firm": {"pq c f"},
    "owned_firm_serves": {"x f j z", "a c f j"},
    "rated_by_own": {"p f i"},
    "same_post_many": {"o c d"},
    "seal_and_seat": {"y c u"},
    "secretary_chairs_committee": {"o c z", "o d z"},
    "supervisor_in_supervised": {"p c z", "o c z", "n c z", "w c u v z", "y c u z", "x j z"},
    "two_of_four_steps": {"p c z", "o c z", "n c z", "y c u"},
    "village_company": {"x g j z"},
}


@pytest.fixture
def workspace(settings: Settings, tmp_path: Path) -> Iterator[Workspace]:
    yield Workspace(tmp_path / "workspace", settings)
    engine.stop(tmp_path / "workspace" / "engine")


def village() -> Iterator[Row]:
    """Claims in which every pattern has something to find, and something that it must not find."""
    proof = {"source": "v", "locator": {"row": 1, "column": "A"}, "quote": "x", "method": "human"}
    yield {"kind": "source", "id": "v", "title": "village", "type": "table", "published": SEEN}
    for key, (type, name) in ACTORS.items():
        yield {"kind": "entity", "key": f"v/{key}", "type": type, "name": name, "evidence": proof}
    for link in (link for line in LINKS.splitlines() for link in line.split("  ") if link.strip()):
        start, relation, end, *role = link.split()
        yield {
            "kind": "relation", "subject": f"v/{start}", "relation": relation, "object": f"v/{end}", "valid": "2018-01-01/..",
            "attributes": {"role": role[0]} if role else {}, "observed": SEEN, "evidence": proof,
        }  # fmt: skip


def test_every_pattern_finds_what_is_there_and_nothing_else(workspace: Workspace) -> None:
    with workspace.loading("the village") as loading:
        assert all([loading.add(claim) for claim in village()]), loading.report.refusals
    key = {name: key for key, (_, name) in ACTORS.items()}
    found: dict[str, set[str]] = {}
    for row in conflicts(workspace):
        people = "".join(sorted(key[x["name"]] for x in cast("list[Row]", row["people"])))
        bodies = sorted(key[x["name"]] for x in cast("list[Row]", row["bodies"]))
        found.setdefault(str(row["pattern"]), set()).add(" ".join([people, *bodies]))
        assert row["holds"] == "yes" and row["sure"] == ["2018-01-01", "2022-04-01"]
    assert found == FOUND
    assert conflicts(workspace, as_of="2017-12-31") == []
    assert {row["pattern"] for row in conflicts(workspace, place="温州市")} == found.keys() - {
        "rated_by_own",
        "village_company",
    }
    verdicts = {row["verdict"] for row in conflicts(workspace, place="甲小区", patterns=["kin_in_firm"])}
    assert verdicts == {"unclear"}, "no kinship is told"

    (workspace.root / "patterns").mkdir()
    docs = (Path(__file__).parents[2] / "docs" / "norms.md").read_text("utf-8")
    pattern = docs.partition("```cypher\n")[2].partition("```")[0]
    own = workspace.root / "patterns" / "two_committees.cypher"
    own.write_text(pattern, "utf-8")
    assert [row["pattern"] for row in conflicts(workspace, patterns=["two_committees"])] == ["two_committees"]
    own.write_text(pattern.replace("RETURN", "SET p.x = 1\nRETURN", 1), "utf-8")
    with pytest.raises(Refused):
        conflicts(workspace, patterns=["two_committees"])
