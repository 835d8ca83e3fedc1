"""What people decide about claims: kept over loads and newer rules, taken back without a trace."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from govgraph.graph.errors import BadInput, NotFound
from govgraph.graph.formats.claims import export_claims
from govgraph.graph.settings import Settings
from govgraph.graph.workspace import Workspace
from govgraph.ingest.extract import lexicon
from govgraph.ingest.load import load
from govgraph.queries.review import accept, correct, history, reject, review, undo

Row = dict[str, Any]
TEXT = (
    "东岸社区东岸花园小区自党支部成立以来，开展活动6场。\n\n"
    "2021年3月，阮思齐当选为东岸花园小区业委会主任。小区业委会联合物业公司解决停车问题。\n"
)


@pytest.fixture
def workspace(embedded_settings: Settings, private_server: Path, tmp_path: Path) -> Workspace:
    """A workspace with one document loaded."""
    root = tmp_path / "workspace"
    root.mkdir()
    (root / "engine").symlink_to(private_server, target_is_directory=True)
    made = Workspace(root, embedded_settings)
    write(made, TEXT)
    return made


def write(workspace: Workspace, text: str) -> None:
    file = workspace.root.parent / "note.txt"
    file.write_text(text, "utf-8")
    load(workspace, [file])


def tables(workspace: Workspace) -> list[str]:
    folder = workspace.tables()
    return [hashlib.sha256((folder / f"{name}.parquet").read_bytes()).hexdigest() for name in ("nodes", "relations")]


def claims(workspace: Workspace, **wanted: str) -> list[Row]:
    out = workspace.root / "out.jsonl"
    export_claims(workspace, out)
    found = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    return [claim for claim in found if all(claim.get(name) == value for name, value in wanted.items())]


def one(workspace: Workspace, says: str, statuses: Sequence[str] = ("open",)) -> Row:
    return next(row for row in review(workspace, below=0.95, statuses=statuses) if str(row["says"]).startswith(says))


def newer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other rules that read the same."""
    monkeypatch.setattr(lexicon, "version", lambda: "rules-9+newer")
    monkeypatch.setattr("govgraph.ingest.load._rules", lambda: "newer")


def test_what_is_unsure_is_listed_with_its_sentence(workspace: Workspace) -> None:
    rows = review(workspace)
    branch = next(row for row in rows if row["says"] == "PartyOrg 东岸花园小区党支部")
    assert branch["why"] == ["low_confidence"]
    tie = next(row for row in rows if row["says"] == "东岸花园小区党支部 BASED_IN 东岸花园小区")
    assert tie["why"] == ["resolved", "low_confidence"]
    assert tie["sentence"] == "东岸社区东岸花园小区自党支部成立以来，开展活动6场。"
    assert str(tie["quote"]) in str(tie["sentence"])
    sure = [float(str(row["confidence"])) for row in rows]
    assert sure == sorted(sure)
    assert len(review(workspace, limit=1)) == 1
    with pytest.raises(BadInput, match="status lost is not known"):
        review(workspace, statuses=["lost"])


def test_a_rejected_claim_leaves_the_graph_and_comes_back(workspace: Workspace) -> None:
    before, known = tables(workspace), claims(workspace)
    tie = one(workspace, "东岸花园小区党支部 BASED_IN")
    (decision,) = reject(workspace, [tie["id"]], "no such branch", "李老师")
    assert (decision["id"], decision["who"], decision["note"]) == ("r1", "李老师", "no such branch")
    assert tables(workspace) != before
    assert tie["id"] not in {claim["id"] for claim in claims(workspace)}
    assert one(workspace, "东岸花园小区党支部 BASED_IN", ["rejected"])["review"] == "r1"
    undo(workspace, "r1")
    assert tables(workspace) == before
    assert claims(workspace) == known
    assert [(row["id"], row["in_force"]) for row in history(workspace)] == [("r1", False), ("r2", False)]


def test_a_rejected_entity_takes_what_is_said_of_it(workspace: Workspace) -> None:
    reject(workspace, [one(workspace, "PartyOrg")["id"]])
    with workspace.reader() as store:
        assert store.read("MATCH (a:PartyOrg) RETURN count(a) AS n")[0]["n"] == 0


def test_an_accepted_claim_is_sure(workspace: Workspace) -> None:
    tie = one(workspace, "东岸花园小区党支部 BASED_IN")
    before = tables(workspace)
    accept(workspace, [tie["id"]])
    with workspace.log.attach() as con:
        assert con.execute("SELECT confidence FROM evidence WHERE claim = ?", [tie["id"]]).fetchone() == (1.0,)
    assert tie["id"] not in {row["id"] for row in review(workspace, below=1.1)}
    undo(workspace, "r1")
    assert tables(workspace) == before


def test_a_correction_stands_in_its_place_with_the_same_words(workspace: Workspace) -> None:
    before = tables(workspace)
    post = one(workspace, "阮思齐 HOLDS_POST")
    correct(workspace, post["id"], {"role": "业委会副主任", "valid": "2021-03/"})
    (held,) = claims(workspace, relation="HOLDS_POST")
    assert held["attributes"]["role"] == "业委会副主任"
    assert held["evidence"]["method"] == "human"
    assert held["evidence"]["quote"] == post["quote"]
    assert one(workspace, "阮思齐 HOLDS_POST", ["corrected"])["now"].endswith("业委会副主任 2021-03/")
    undo(workspace, "r1")
    assert tables(workspace) == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "say what is right"),
        ({"id": "c1"}, "id cannot be corrected"),
        ({"relation": "NO_SUCH"}, "NO_SUCH"),
        ({"object": "note/Nobody:x"}, "no key of a live entity"),
        ({"relation": "FAMILY_OF"}, "FAMILY_OF"),
        ({"valid": "2019-02-30"}, "2019-02-30"),
    ],
)
def test_a_correction_must_fit_the_vocabulary(workspace: Workspace, changes: dict[str, str], message: str) -> None:
    post = one(workspace, "阮思齐 HOLDS_POST")
    with pytest.raises(BadInput, match=message):
        correct(workspace, post["id"], changes)
    assert history(workspace) == []


def test_decisions_outlive_newer_rules(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    tie, post = one(workspace, "东岸花园小区党支部 BASED_IN"), one(workspace, "阮思齐 HOLDS_POST")
    reject(workspace, [tie["id"]])
    correct(workspace, post["id"], {"role": "业委会委员"})
    newer(monkeypatch)
    write(workspace, TEXT)
    again = one(workspace, "东岸花园小区党支部 BASED_IN", ["rejected"])
    assert again["id"] != tie["id"]
    assert claims(workspace, relation="BASED_IN", subject="note/PartyOrg:东岸花园党支部") == []
    (held,) = claims(workspace, relation="HOLDS_POST")
    assert held["attributes"]["role"] == "业委会委员"


def test_a_correction_follows_its_words_into_a_new_version(workspace: Workspace) -> None:
    correct(workspace, one(workspace, "阮思齐 HOLDS_POST")["id"], {"role": "业委会委员"})
    longer = "先说一句话。\n\n" + TEXT
    write(workspace, longer)
    (held,) = claims(workspace, relation="HOLDS_POST")
    at = held["evidence"]["locator"]
    assert longer[at["start"] : at["end"]] == held["evidence"]["quote"]
    assert (held["attributes"]["role"], at["line"]) == ("业委会委员", 5)


def test_a_correction_lapses_with_its_words_and_comes_back_with_them(workspace: Workspace) -> None:
    correct(workspace, one(workspace, "阮思齐 HOLDS_POST")["id"], {"role": "业委会委员"})
    before = tables(workspace)
    write(workspace, TEXT.split("\n")[0])
    assert claims(workspace, relation="HOLDS_POST") == []
    assert [row["lapsed"] for row in history(workspace)] == [True, False]
    write(workspace, TEXT)
    assert tables(workspace) == before


def test_a_correction_goes_and_comes_with_its_source(workspace: Workspace) -> None:
    correct(workspace, one(workspace, "阮思齐 HOLDS_POST")["id"], {"role": "业委会委员"})
    before = tables(workspace)
    workspace.retract("note")
    assert claims(workspace) == []
    write(workspace, TEXT)
    assert tables(workspace) == before


def test_a_load_replaces_its_own_claims_only(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    quote = "解决停车问题"
    at = {"start": TEXT.index(quote), "end": TEXT.index(quote) + len(quote), "line": 3}
    words = {"source": "note", "locator": at, "quote": quote, "method": "human"}
    with workspace.loading("by hand") as loading:
        assert loading.add({"kind": "entity", "key": "k", "type": "Activity", "name": "停车整治", "evidence": words})
    newer(monkeypatch)
    write(workspace, TEXT)
    versions = {claim["evidence"].get("version") for claim in claims(workspace, kind="relation")}
    assert versions == {"rules-9+newer+lac"}
    assert claims(workspace, key="k")
    write(workspace, TEXT.replace(quote, "开会"))
    assert claims(workspace, key="k") == []


def test_what_is_not_there_is_named(workspace: Workspace) -> None:
    with pytest.raises(NotFound, match="no claim c0 is known"):
        accept(workspace, ["c0"])
    with pytest.raises(NotFound, match="no decision r7 was taken"):
        undo(workspace, "r7")
    assert history(workspace) == []
