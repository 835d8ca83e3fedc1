"""Findings: terms are intersected and grouped, the best one speaks, the norms of its place judge it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest

from govgraph.graph import engine
from govgraph.graph.errors import BadInput, NotFound, Refused
from govgraph.graph.period import Period, period, together
from govgraph.graph.settings import Settings
from govgraph.graph.workspace import Workspace
from govgraph.queries.conflicts import conflict_patterns, conflicts, trial
from govgraph.queries.conflicts.findings import last_day
from govgraph.queries.conflicts.packs import SHIPPED
from govgraph.queries.conflicts.quotes import article
from govgraph.queries.conflicts.statements import policies
from govgraph.queries.conflicts.trial import try_pack

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
    return {"nodes": [P, F, K, C, P], "relations": relations, "places": PLACES, "within": [["k", "t"], PLACES]}


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
        self.on_file: list[Row] = []
        self.decided: list[dict[str, str]] = []

    @contextmanager
    def reader(self) -> Generator[Graph]:
        yield self

    @contextmanager
    def attach(self) -> Generator[Graph]:
        yield self

    def told(self, step: str, things: list[Any], total: int) -> list[Any]:
        return things

    def version(self) -> str:
        return str((self.root / "texts").exists())

    def execute(self, sql: str) -> Graph:
        return self

    def decisions(self) -> list[dict[str, str]]:
        return self.decided

    def fetchall(self) -> list[tuple[str, str]]:
        return [("温州市物业管理条例", "hash")] if (self.root / "texts").exists() else []

    def day(self) -> str:
        return SEEN

    def evidence(self, claims: Iterable[str], look: object = None) -> dict[str, list[Row]]:
        return {claim: [{"claim": claim, "quote": f"quote of {claim}"}] for claim in claims}

    def read_untrusted(self, cypher: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
        self.untrusted = True
        return self.read(cypher, parameters)

    def recall(
        self,
        cypher: str,
        parameters: Mapping[str, object] | None = None,
        *,
        ids: Callable[[Row], Iterable[str]] = lambda row: (),
        of: Collection[str] | None = None,
    ) -> list[Row]:
        return [row for row in self.read(cypher, parameters) if of is None or not set(of).isdisjoint(ids(row))]

    def read(self, cypher: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
        self.asked.append(parameters or {})
        if ":DECLARED" in cypher:
            return self.on_file
        if "p.keys" in cypher:
            return [
                {"id": id, "keys": [f"a/{id}", f"b/{id}"]} for id in cast("list[str]", (parameters or {})["people"])
            ]
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
        "from": P, "relation": "HOLDS_POST", "to": F, "role": "项目经理", "kinship": None, "valid": "2015-01-01/..",
        "sure": ["2015-01-01", "2022-04-01"], "possible": ["2015-01-01", None], "reversed": False,
        "claims": ["c-w"],
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
    assert any("from when to when: P holds a post in 某物业" in text for text in en["against"])
    assert any("P在某物业任职" in text for text in zh["against"])
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
    assert row["holds"] == "yes" and not any("from when to when" in text for text in row["against"])
    dated = rel("b", "BASED_IN", C, "2019-01-01/..")
    assert ask(Graph(tmp_path, firm_and_committee=[both(based=dated)]), as_of="2016-01-01") == []
    loose = rel("s", "SERVES", F, None)
    (row,) = ask(Graph(tmp_path, firm_and_committee=[both(serves=loose)]), as_of="2016-01-01")
    assert row["holds"] == "possibly" and len(row["against"]) == 3


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
    assert "sources disagree on who or when: P holds a post in 某物业" in row["against"]


def test_a_relation_is_told_in_its_own_direction_and_once(tmp_path: Path) -> None:
    seat = rel("h", "HOLDS_POST", P, None, role="业委会委员")
    other = rel("h2", "HOLDS_POST", P, None, role="业委会主任")
    serves = rel("s", "SERVES", F, None)
    rows = [both(seat=one, serves=serves) for one in (seat, other)]
    (row,) = ask(Graph(tmp_path, firm_and_committee=rows))
    undated = [text for text in row["against"] if "from when to when" in text]
    assert undated == ["no source says from when to when: 某物业 serves 花园小区; P holds a post in 花园小区业委会"]
    dated = both(seat=rel("h3", "HOLDS_POST", P, "2018-01-01/2018-12-31", None), serves=serves)
    (row,) = ask(Graph(tmp_path, firm_and_committee=[*rows, dated]))
    assert any("when: 某物业 serves 花园小区" in text and "P holds" not in text for text in row["against"]), (
        "one source dates it"
    )


def test_a_post_held_by_virtue_of_office_is_a_class_of_its_own(tmp_path: Path) -> None:
    (row,) = ask(Graph(tmp_path, firm_and_committee=[both(work=rel("w", "HOLDS_POST", P, manner="ex_officio"))]))
    assert "ex officio: a source says that P holds a post in 某物业 by virtue of office" in row["against"]


def test_one_name_in_two_sources_is_a_doubt_until_somebody_confirms_it(tmp_path: Path) -> None:
    def row(work: list[str], seat: list[str], decided: list[dict[str, str]] | None = None) -> list[str]:
        one = both(rel("w", "HOLDS_POST", P, sources=work), rel("h", "HOLDS_POST", P, sources=seat))
        graph = Graph(tmp_path, firm_and_committee=[one])
        graph.decided = decided or []
        return [text for text in ask(graph)[0]["against"] if "rests on name" in text]

    assert row(["a"], ["b"]) == [
        "that P is one person in different sources rests on name and circumstances; nobody has confirmed it"
    ]
    assert row(["a", "b"], ["b"]) == [], "one source has both"
    same = {"id": "d1", "kind": "same", "a": "a/p", "b": "b/p"}
    assert row(["a"], ["b"], [same]) == []
    assert row(["a"], ["b"], [same, {"id": "d2", "kind": "undo", "decision": "d1"}])


def test_a_declaration_on_file_clears_what_must_be_declared(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "mine.yaml").write_text(pack_of("must_declare"), "utf-8")
    paper = {
        "id": "p", "person": "P", "type": "Declaration", "name": "申报表", "about": None, "date": "2019-05-01", "outcome": None,
        "before": "街道办", "valid": None, "claims": ["c-d"],
    }  # fmt: skip

    def asked(*on_file: Row, day: str = "2020-01-01") -> Row:
        graph = Graph(tmp_path, firm_and_branch=[both()])
        graph.on_file = list(on_file)
        return ask(graph, as_of=day)[0]

    assert asked()["verdict"] == "must_declare"
    row = asked(paper)
    assert row["verdict"] == "allowed" and "c-d" in row["claims"]
    assert "declared: P, before 街道办, of not told, valid 2019-05-01/.." in row["against"]
    assert row["parts"] == [
        {"from": "2015-01-01", "to": "2019-05-01", "verdict": "must_declare", "norms": ["mine-r"]},
        {"from": "2019-05-01", "to": "2022-04-01", "verdict": "allowed", "norms": ["mine-r"]},
    ]
    assert asked(paper, day="2019-04-30")["verdict"] == "must_declare"
    assert asked({**paper, "valid": "2019-05-01/2019-12-31"})["verdict"] == "must_declare", "it has run out"
    assert asked({**paper, "outcome": "不予批准"})["verdict"] == "must_declare"
    assert asked({**paper, "about": "另有一处房产"})["verdict"] == "must_declare", "it is about something else"
    assert asked({**paper, "about": "在某物业任职"})["verdict"] == "allowed"
    assert asked({**paper, "date": "某日"})["verdict"] == "must_declare"
    plain = {**paper, "type": "OwnersCommittee", "name": "花园小区业委会", "before": None, "valid": "2019/.."}
    assert "declared: P, before 花园小区业委会, of not told, valid 2019-01-01/.." in asked(plain)["against"]


def pack_of(verdict: str, pattern: str = "firm_and_branch", since: str = "2015-01-01") -> str:
    return (
        f"law: mine\nname: 某规定\nlevel: city\nplace: 浙江省温州市\nin_force: {since}/..\ntext_held: {since}/..\n"
        f"rules:\n  - id: r\n    article: 第一条\n    pattern: {pattern}\n    who: {{member_of: PropertyFirm}}\n"
        f"    verdict: {verdict}\n    summary: Mine.\n"
    )


def test_a_change_of_law_splits_a_finding(tmp_path: Path) -> None:
    (row,) = ask(Graph(tmp_path, firm_and_committee=[both()]))
    assert row["parts"] == [
        {"from": "2015-01-01", "to": "2017-05-01", "verdict": "no_rule", "norms": []},
        {"from": "2017-05-01", "to": "2022-04-01", "verdict": "forbidden", "norms": ["wenzhou-property-2017-a017-2"]},
    ]
    later = rel("w", "HOLDS_POST", P, "2018-01-01/2019-12-31")
    (row,) = ask(Graph(tmp_path, firm_and_committee=[both(work=later)]))
    assert row["parts"] == []


def test_a_pack_is_tried_before_it_is_switched_on(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    graph = Graph(tmp_path, firm_and_committee=[both()], firm_and_branch=[both()])

    def tried(text: str, at: Path = file) -> list[tuple[object, ...]]:
        at.write_text(text, "utf-8")
        rows = try_pack(cast("Any", graph), at)
        return [tuple(row[key] for key in ("change", "pattern", "before", "after", "norms_after")) for row in rows]

    assert tried(pack_of("allowed")) == [("gained", "firm_and_branch", "no_rule", "allowed", ["mine-r"])]
    both_norms = ["mine-r", "wenzhou-property-2017-a017-2"]
    assert tried(pack_of("allowed", "firm_and_committee").replace("2015", "2016")) == [
        ("changed", "firm_and_committee", "forbidden", "forbidden", ["wenzhou-property-2017-a017-2", "mine-r"])
    ]
    assert tried(pack_of("allowed", "firm_and_committee").replace("city", "province")) == [
        ("changed", "firm_and_committee", "forbidden", "allowed", both_norms)
    ]
    assert tried(pack_of("allowed").replace("温州市", "台州市")) == []
    shipped = (SHIPPED / "wenzhou-property-2017.yaml").read_text("utf-8")
    silent = re.sub(r"  - id: a017-.*?(?=  - id: a018)", "", shipped, flags=re.DOTALL)
    assert tried(silent) == [("lost", "firm_and_committee", "forbidden", "no_rule", [])]
    (tmp_path / "packs").mkdir()
    on = tmp_path / "packs" / "mine.yaml"
    assert tried(pack_of("allowed"), on)[0][0] == "gained", "one that is switched on is compared with its absence"
    with pytest.raises(BadInput, match=r"mine\.yaml:8"):
        tried(pack_of("alowed"))


def test_packs_are_listed_shown_and_checked(tmp_path: Path) -> None:
    graph = cast("Any", Graph(tmp_path))
    (tmp_path / "packs").mkdir()
    own = tmp_path / "packs" / "mine.yaml"
    own.write_text(pack_of("allowed"), "utf-8")
    listed = {row["law"]: row for row in trial.packs(graph)}
    assert listed["mine"]["own"] and not listed["wenzhou-property-2017"]["own"] and listed["mine"]["rules"] == 1
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "hash.txt").write_text("第十七条 甲。\n第十八条 乙。\n", "utf-8")
    rows = {row["id"]: row for row in trial.rules(graph, "wenzhou-property-2017")}
    shown = rows["wenzhou-property-2017-a017-1"]
    assert (shown["quote"], shown["verdict"], shown["valid"]) == ("第十七条 甲。", "forbidden", "2017-05-01/..")
    assert cast("Row", shown["who"])["kin"] == ["本人", "近亲属"]
    with pytest.raises(BadInput, match="do you mean mine"):
        trial.rules(graph, "mina")
    assert trial.check(graph) == trial.check(graph, [own]) == []
    own.write_text(pack_of("alowed"), "utf-8")
    (found,) = trial.check(graph)
    assert trial.check(graph, [own]) == [found]
    assert (found["file"], found["line"]) == (str(own), 8) and "do you mean allowed?" in str(found["problem"])


@pytest.mark.parametrize(
    ("role", "held", "work", "sure", "possible"),
    [
        ("公务员", "2015-01-01/2019-06-30", "2020-01-01/2020-12-31", ["2020-01-01", "2020-12-31"], ["2020-01-01", "2021-01-01"]),
        ("公务员", "2015-01-01/2019-06-30", "2015-01-01/2020-12-31", ["2019-07-01", "2020-12-31"], ["2019-06-30", "2021-01-01"]),
        ("公务员", "2015-01-01/2019-06-30", "2021-06-29/..", ["2021-06-29", "2021-06-30"], ["2021-06-29", "2021-07-01"]),
        ("公务员", "2015-01-01/2019-06-30", "2021-06-30/..", None, ["2021-06-30", "2021-07-01"]),
        ("公务员", "2015-01-01/2019-06-30", "2021-07-01/..", None, None),
        ("局长", "2015-01-01/2019-06-30", "2021-07-01/..", ["2021-07-01", "2022-04-01"], ["2021-07-01", "2022-07-01"]),
        ("公务员", "2015-01-01/2019", "2021-06-01/..", None, ["2021-06-01", "2022-01-01"]),
        ("公务员", "2015-01-01/..", "2016-01-01/..", None, None),
        ("公务员", "2012-03-01/2020-02-29", "2022-02-28/..", ["2022-02-28", "2022-03-01"], ["2022-02-28", "2022-03-01"]),
    ],
)  # fmt: skip
def test_a_cooling_off_period_begins_when_the_office_ends(
    tmp_path: Path, role: str, held: str, work: str, sure: list[str] | None, possible: list[str] | None
) -> None:
    office = {"id": "g", "name": "某局", "type": "GovDepartment"}
    watches = rel("s", "SUPERVISES", office, "2010-01-01/..")
    seen = None if "2016" in work else SEEN
    relations = [rel("h", "HOLDS_POST", P, held, None, role=role), watches, rel("w", "HOLDS_POST", P, work, seen)]
    found = ask(Graph(tmp_path, cooling_off=[{"nodes": [P, office, F, P], "relations": relations, "places": PLACES}]))
    assert [(row["sure"], row["possible"]) for row in found] == ([(sure, possible)] if possible else [])
    assert not found or found[0]["verdict"] == "forbidden"


def test_options_narrow_the_answer_and_are_checked(tmp_path: Path) -> None:
    graph = Graph(tmp_path, firm_and_committee=[both()], firm_and_branch=[both()])
    assert [row["pattern"] for row in ask(graph)] == ["firm_and_branch", "firm_and_committee"]
    assert [row["pattern"] for row in ask(graph, patterns=["firm_and_committee"])] == ["firm_and_committee"]
    assert [row["pattern"] for row in ask(graph, verdicts=["no_rule"])] == ["firm_and_branch"]
    assert {row["verdict"] for row in ask(graph, packs=["taizhou-property-2021"])} == {"no_rule"}
    assert len(ask(graph, place="温州市")) == 2
    elsewhere = Graph(tmp_path, firm_and_committee=[both() | {"within": [["k"], None]}], firm_and_branch=[both()])
    assert [row["pattern"] for row in ask(elsewhere, place="温州市")] == ["firm_and_branch"]
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
    assert list(known) == sorted(known) and known.keys() == FOUND.keys()
    for id, pattern in known.items():
        assert pattern.id == id and pattern.title["zh"] and pattern.title["en"]
        assert pattern.finds and pattern.does_not_show
        assert "AS within" in pattern.text and not pattern.values(["t"], "2020-01-01").keys() & {"places", "as_of"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("// id: two_committees\n", "", "id is missing"),
        ("two_committees", "other", "not the name of the file"),
        ("| One person", "One person", "the title has one language"),
        ("// finds:", "// shows:", "finds is missing"),
        ("AS relations", "AS links", "returns no relations"),
        ("a.id < b.id", "a.id < $spot", ":6: parameter spot is not known"),
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
TOWN = {
    "t": ("City", "温州市"), "k": ("Compound", "丙小区"), "l": ("Compound", "丁小区"), "f": ("PropertyFirm", "丙物业公司"),
    "e": ("PropertyFirm", "丙物业分公司"), "h": ("PropertyFirm", "丁物业公司"), "c": ("OwnersCommittee", "丙小区业委会"),
    "b": ("PreparatoryGroup", "丁小区筹备组"), "r": ("ResidentsCommittee", "丙社区居委会"), "g": ("GovDepartment", "住建局"),
    "s": ("IndustryAssociation", "丙协会"), "w": ("PropertyManagementCommittee", "丁小区物管委"), "j": ("JointStockCompany", "丙公司"),
    "m": ("MajorMatter", "续聘物业"), "n": ("Person", "甲一"), "o": ("Person", "甲二"), "p": ("Person", "甲三"), "q": ("Person", "甲四"),
    "u": ("Person", "甲五"), "v": ("Person", "甲六"), "x": ("Person", "甲七"), "y": ("Person", "甲八"), "z": ("Person", "甲九"),
    "a": ("Person", "乙一"), "i": ("Person", "乙二"), "d": ("Person", "乙三"), "D": ("Declaration", "申报表"),
}  # fmt: skip
TIES = """
k LOCATED_IN t          l LOCATED_IN t          f SERVES k              h SERVES l              c BASED_IN k
b BASED_IN l            e SUBSIDIARY_OF f       g SUPERVISES f          g PURCHASES_SERVICE_FROM f  g PURCHASES_SERVICE_FROM h
c DECIDED m             m BENEFITS f            q FAMILY_OF p           s FUNDS v               j INVESTS_IN f
n HOLDS_POST c 业委会委员  n HOLDS_POST e 财务       p HOLDS_POST c 业委会主任  q HOLDS_POST e 员工       q INVESTS_IN f
o HOLDS_POST c 业委会委员  o OWNS_SHARE_IN j       o HOLDS_POST r 居委会委员  y HOLDS_POST r 居委会工作人员  y HOLDS_POST c 业委会委员
u HOLDS_POST b 筹备组成员  u HOLDS_POST h 经理       v HOLDS_POST g 公务员     v HOLDS_POST s 理事        x HOLDS_POST w 物业管理委员会主任
x HOLDS_POST r 居委会主任  z HOLDS_POST w 物业管理委员会委员  z HOLDS_POST r 居委会委员  a HOLDS_POST f 总经理  a HOLDS_POST g 公务员 2012-01-01/2017-06-30
v DECLARED D            D DECLARED g
i HOLDS_POST h 经理       i HOLDS_POST g 公务员 2012-01-01/2015-06-30      d HOLDS_POST g 网格员     d HOLDS_POST h 员工
"""
FOUND: dict[str, set[str]] = {
    "auditor_tied": {"q c s", "pq c s"},
    "buys_from_supervised": set(),
    "cooling_off": set(),
    "financial_ties": set(),
    "firm_and_branch": {"n f z"},
    "firm_and_committee": {"p c f", "n c f"},
    "hired_firm_of_kin": set(),
    "kin_in_firm": {"pq c f"},
    "official_with_post": set(),
    "owned_firm_serves": {"x f j z", "a c f j"},
    "paid_official": set(),
    "preparatory_group_and_firm": set(),
    "rated_by_own": {"p f i"},
    "residents_and_owners_committee": set(),
    "same_post_many": {"o c d"},
    "seal_and_seat": {"y c u"},
    "secretary_chairs_committee": {"o c z", "o d z"},
    "stand_in_chair": set(),
    "subsidiary_and_committee": set(),
    "supervisor_in_supervised": {"p c z", "o c z", "n c z", "w c u v z", "y c u z", "x j z"},
    "two_of_four_steps": {"p c z", "o c z", "n c z", "y c u"},
    "village_company": {"x g j z"},
}
IN_TOWN = {
    "buys_from_supervised": {"v f g", "d f g"},
    "cooling_off": {"a f g"},
    "financial_ties": {"o c f j", "pq c f"},
    "hired_firm_of_kin": {"pq c f"},
    "official_with_post": {"v g s"},
    "paid_official": {"v g s"},
    "preparatory_group_and_firm": {"u b h"},
    "residents_and_owners_committee": {"o c r"},
    "stand_in_chair": {"x r w"},
    "subsidiary_and_committee": {"n c e f", "pq c e f"},
}


@pytest.fixture
def workspace(settings: Settings, tmp_path: Path) -> Iterator[Workspace]:
    yield Workspace(tmp_path / "workspace", settings)
    engine.stop(tmp_path / "workspace" / "engine")


def village(actors: Mapping[str, tuple[str, str]], links: str) -> Iterator[Row]:
    """Claims in which patterns have something to find, and something that they must not find."""
    proof = {"source": "v", "locator": {"row": 1, "column": "A"}, "quote": "x", "method": "human"}
    yield {"kind": "source", "id": "v", "title": "village", "type": "table", "published": SEEN}
    for key, (type, name) in actors.items():
        yield {"kind": "entity", "key": f"v/{key}", "type": type, "name": name, "evidence": proof}
    for link in (link for line in links.splitlines() for link in line.split("  ") if link.strip()):
        start, relation, end, *more = link.split()
        role, valid = (*more, None, None)[:2]
        yield {
            "kind": "relation", "subject": f"v/{start}", "relation": relation, "object": f"v/{end}",
            "valid": valid or "2018-01-01/..", "attributes": {"role": role} if role else {},
            "observed": None if valid else SEEN, "evidence": proof,
        }  # fmt: skip


def load(workspace: Workspace, actors: Mapping[str, tuple[str, str]], links: str) -> None:
    with workspace.loading("the village") as loading:
        assert all([loading.add(claim) for claim in village(actors, links)]), loading.report.refusals


def keys(row: Row, actors: Mapping[str, tuple[str, str]]) -> str:
    """The people and bodies of a finding by their letters."""
    key = {name: key for key, (_, name) in actors.items()}
    return " ".join(
        ["".join(sorted(key[x["name"]] for x in row["people"])), *sorted(key[x["name"]] for x in row["bodies"])]
    )


def test_every_pattern_finds_what_is_there_and_nothing_else(workspace: Workspace) -> None:
    load(workspace, ACTORS, LINKS)
    found: dict[str, set[str]] = {id: set() for id in FOUND}
    for row in conflicts(workspace):
        found[str(row["pattern"])].add(keys(row, ACTORS))
        assert row["holds"] == "yes" and row["sure"] == ["2018-01-01", "2022-04-01"]
    assert found == FOUND
    assert conflicts(workspace, as_of="2017-12-31") == []
    somewhere = {id for id, findings in FOUND.items() if findings}
    here = {row["pattern"] for row in conflicts(workspace, place="温州市")}
    assert here == somewhere - {"rated_by_own", "village_company"}
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


def test_the_patterns_of_a_town_find_what_is_there_and_nothing_else(workspace: Workspace) -> None:
    load(workspace, TOWN, TIES)
    found: dict[str, set[str]] = {}
    for row in conflicts(workspace, patterns=list(IN_TOWN)):
        found.setdefault(str(row["pattern"]), set()).add(keys(row, TOWN))
        assert row["holds"] in ("yes", "possibly")
        path = cast("list[Row]", row["path"])
        assert path[0]["from"]["id"] == cast("list[Row]", row["people"])[0]["id"] == path[-1]["to"]["id"]
    assert found == IN_TOWN
    days = {id: {keys(row, TOWN) for row in conflicts(workspace, patterns=[id], as_of="2017-12-31")} for id in IN_TOWN}
    assert days == {id: set() for id in IN_TOWN}, "every one of them began on the next day"
    first = [keys(row, TOWN) for row in conflicts(workspace, patterns=["cooling_off"], as_of="2018-01-01")]
    last = [keys(row, TOWN) for row in conflicts(workspace, patterns=["cooling_off"], as_of="2019-07-01")]
    assert (first, last) == (["a f g"], [])
    begun = {id: {keys(row, TOWN) for row in conflicts(workspace, patterns=[id], as_of="2018-01-01")} for id in IN_TOWN}
    assert begun == IN_TOWN
    (tie,) = conflicts(workspace, patterns=["subsidiary_and_committee"], place="丙小区")[:1]
    assert tie["verdict"] == "no_rule", "Wenzhou's law does not name subsidiaries"
    (paid,) = conflicts(workspace, patterns=["paid_official"])
    assert paid["verdict"] == "forbidden"
    (post,) = conflicts(workspace, patterns=["official_with_post"])
    assert post["verdict"] == "allowed", "it was declared"
    assert "declared: 甲六, before 住建局, of not told, valid 2018-01-01/.." in cast("list[str]", post["against"])


# --- the same walks, looked for by brute force ------------------------------------------------------------------------

ROLES = {
    "OwnersCommittee": ("业委会主任", "业委会委员"), "ResidentsCommittee": ("居委会委员", "居委会工作人员"), "VillageCommittee": ("村委会委员",),
    "Government": ("公务员", "网格员"), "GovDepartment": ("公务员",), "PreparatoryGroup": ("筹备组成员",),
    "PropertyManagementCommittee": ("物业管理委员会主任", "物业管理委员会委员"), "IndustryAssociation": ("协会理事",),
    "PropertyFirm": ("经理", "员工"), "Enterprise": ("员工",), "JointStockCompany": ("股份公司班子成员",),
}  # fmt: skip
FIRMS = ("PropertyFirm", "Enterprise", "JointStockCompany")
OFFICES = ("Government", "GovDepartment")
KINDS = {
    "p": ("Person",), "q": ("Person",), "k": ("Compound",), "c": ("OwnersCommittee",), "f": ("PropertyFirm",), "d": FIRMS,
    "j": FIRMS, "v": ("ResidentsCommittee", "VillageCommittee"), "g": OFFICES, "b": ("PreparatoryGroup",),
    "o": (*FIRMS, "OwnersCommittee", "IndustryAssociation"), "w": ("PropertyManagementCommittee",), "m": ("MajorMatter",), "a": tuple(ROLES),
}  # fmt: skip
WALKS = {
    "subsidiary_and_committee": [
        "p >HOLDS_POST d >SUBSIDIARY_OF f >SERVES k <BASED_IN c <HOLDS_POST p",
        "p >HOLDS_POST c >BASED_IN k <SERVES f <SUBSIDIARY_OF d <HOLDS_POST q -FAMILY_OF p",
    ],
    "financial_ties": [
        "p >HOLDS_POST c >BASED_IN k <SERVES f <INVESTS_IN p",
        "p >HOLDS_POST c >BASED_IN k <SERVES f <INVESTS_IN j <INVESTS_IN|OWNS_SHARE_IN p",
        "p >HOLDS_POST c >BASED_IN k <SERVES f <INVESTS_IN q -FAMILY_OF p",
        "p >HOLDS_POST c >BASED_IN k <SERVES f <INVESTS_IN j <INVESTS_IN|OWNS_SHARE_IN q -FAMILY_OF p",
    ],
    "preparatory_group_and_firm": [
        "p >HOLDS_POST f >SERVES k <BASED_IN b <HOLDS_POST p",
        "p >HOLDS_POST b >BASED_IN k <SERVES f <HOLDS_POST q -FAMILY_OF p",
    ],
    "hired_firm_of_kin": [
        "p >HOLDS_POST c >DECIDED m >BENEFITS f <INVESTS_IN p",
        "p >HOLDS_POST c >DECIDED m >BENEFITS f <INVESTS_IN q -FAMILY_OF p",
    ],
    "residents_and_owners_committee": ["p >HOLDS_POST v <HOLDS_POST p >HOLDS_POST c <HOLDS_POST p"],
    "official_with_post": ["p >HOLDS_POST g <HOLDS_POST p >HOLDS_POST o <HOLDS_POST p"],
    "paid_official": ["p >HOLDS_POST g <HOLDS_POST p >HOLDS_POST a >FUNDS p"],
    "buys_from_supervised": ["p >HOLDS_POST g >PURCHASES_SERVICE_FROM f <SUPERVISES|RATES g <HOLDS_POST p"],
    "stand_in_chair": ["p >HOLDS_POST a <HOLDS_POST p >HOLDS_POST w <HOLDS_POST p"],
}
"""The patterns as walks: a letter is somebody or something of a kind, the same letter the same one."""
Link = tuple[str, str, str]


def random_town(random: Random) -> tuple[dict[str, tuple[str, str]], dict[Link, str]]:
    """Actors by letter, and links, each with its role where it is a post."""
    many = {
        "Person": 9,
        "PropertyFirm": 3,
        "MajorMatter": 2,
        **dict.fromkeys(("Compound", "JointStockCompany"), 2),
        **dict.fromkeys(ROLES, 2),
    }
    named = [(type, f"{type}{n}") for type, number in many.items() for n in range(number)]
    actors = {f"n{n}": actor for n, actor in enumerate(named)}
    of = {type: [key for key, (kind, _) in actors.items() if kind == type] for type in many}
    bodies = [key for type in ROLES for key in of[type]]
    firms = [key for type in FIRMS for key in of[type]]
    offices = [key for type in OFFICES for key in of[type]]
    ends = {
        "HOLDS_POST": (of["Person"], bodies, 60), "SERVES": (of["PropertyFirm"], of["Compound"], 4), "FAMILY_OF": (of["Person"], of["Person"], 5),
        "BASED_IN": (of["OwnersCommittee"] + of["PreparatoryGroup"], of["Compound"], 5), "SUBSIDIARY_OF": (firms, of["PropertyFirm"], 5),
        "INVESTS_IN": (of["Person"] + firms, firms, 12), "OWNS_SHARE_IN": (of["Person"], of["JointStockCompany"], 5),
        "FUNDS": (bodies, of["Person"], 30), "PURCHASES_SERVICE_FROM": (offices, of["PropertyFirm"], 6),
        "SUPERVISES": (offices, of["PropertyFirm"], 5), "RATES": (offices, of["PropertyFirm"], 3),
        "DECIDED": (of["OwnersCommittee"], of["MajorMatter"], 3), "BENEFITS": (of["MajorMatter"], of["PropertyFirm"], 4),
    }  # fmt: skip
    links: dict[Link, str] = {}
    for relation, (starts, stops, number) in ends.items():
        for _ in range(number):
            start, stop = random.choice(starts), random.choice(stops)
            if start != stop and (relation != "FAMILY_OF" or (stop, relation, start) not in links):
                roles = ROLES.get(actors[stop][0], ("",)) if relation == "HOLDS_POST" else ("",)
                links.setdefault((start, relation, stop), random.choice(roles))
    return actors, links


def walked(walk: str, actors: Mapping[str, tuple[str, str]], links: Mapping[Link, str]) -> Iterator[dict[str, str]]:
    """Every way to put actors for the letters of a walk."""
    first, *steps = walk.split()
    found = [{first: key} for key, (type, _) in actors.items() if type in KINDS[first]]
    here = first
    for step, letter in zip(steps[::2], steps[1::2], strict=True):
        relations, longer = step[1:].split("|"), []
        for bound in found:
            for start, relation, stop in links:
                ways = (
                    [(start, stop)]
                    if step[0] == ">"
                    else [(stop, start)]
                    if step[0] == "<"
                    else [(start, stop), (stop, start)]
                )
                for one, other in ways if relation in relations else ():
                    fits = bound.get(letter, other) == other and actors[other][0] in KINDS[letter]
                    if one == bound[here] and fits:
                        longer.append({**bound, letter: other})
        found, here = longer, letter
    yield from found


def counts(pattern: str, bound: Mapping[str, str], links: Mapping[Link, str]) -> bool:
    """What a pattern asks of the posts beside the walk."""

    def role(letter: str) -> str:
        return links[bound["p"], "HOLDS_POST", bound[letter]] if letter in bound else ""

    if "a" in bound and bound["a"] in (bound.get("g"), bound.get("w")):
        return False
    if pattern == "stand_in_chair":
        return role("w") == "物业管理委员会主任"
    return role("v") != "居委会工作人员" and (pattern == "buys_from_supervised" or role("g") != "网格员")


@pytest.mark.parametrize("seed", range(2))
def test_brute_force_finds_the_same(workspace: Workspace, seed: int) -> None:
    actors, links = random_town(Random(seed))
    text = "\n".join(f"{start} {relation} {stop} {role}".strip() for (start, relation, stop), role in links.items())
    load(workspace, actors, text)
    key = {name: key for key, (_, name) in actors.items()}

    def of(*names: Iterable[Row]) -> frozenset[str]:
        return frozenset(key[str(one["name"])] for part in names for one in part)

    for pattern, walks in WALKS.items():
        bound = [one for walk in walks for one in walked(walk, actors, links) if counts(pattern, one, links)]
        organized = [
            {value for value in one.values() if actors[value][0] not in ("Compound", "MajorMatter")} for one in bound
        ]
        rows = conflicts(workspace, patterns=[pattern])
        found = {of(cast("list[Row]", row["people"]), cast("list[Row]", row["bodies"])) for row in rows}
        assert found == {frozenset(one) for one in organized}, f"{pattern}, seed {seed}"
