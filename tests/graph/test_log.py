"""The log: what goes in stays in, what is taken back goes exactly, what comes again comes back as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from govgraph.graph import log as log_module
from govgraph.graph.log import Log

Book = Any
Make = Callable[..., Any]


def branch(says: Make, source: str = "s", person: str = "张某", published: str | None = "2020-11-30") -> Any:
    s = says(source, published)
    s.post(s.entity("p", "Person", person), s.entity("b", "PartyOrg", "东岸小区党支部"), "支部书记", "2019/..")
    return s


def test_loading_twice_changes_nothing(book: Book, says: Make) -> None:
    first = book.take(branch(says))
    version, bytes_ = book.log.version(), book.compile()[1]
    again = book.take(branch(says))
    assert (first.claims, first.known, again.claims, again.known) == (4, 0, 0, 4)
    assert book.log.version() == version and book.compile()[1] == bytes_ and len(book.log.parts()) == 1


def test_ends_must_be_declared_and_fit(book: Book, says: Make) -> None:
    s = branch(says)
    s.relation("s/p", "HOLDS_POST", "s/nobody", role="支部书记")
    s.relation("s/b", "HOLDS_POST", "s/p", role="支部书记")
    s.entity("b", "Person", "一人")
    report = book.take(s)
    assert [r.line for r in report.refusals] == [5, 6, 7]
    assert (
        "s/nobody" in str(report.refusals[0])
        and "HOLDS_POST" in str(report.refusals[1])
        and "PartyOrg already" in str(report.refusals[2])
    )
    assert len(book.rows("relations")) == 1


def test_ends_may_come_later_or_be_known_already(book: Book, says: Make) -> None:
    s = branch(says)
    assert not book.take([s.rows[0], s.rows[3], s.rows[1], s.rows[2]]).refusals
    more = says("t")
    more.post("s/p", "s/b", "副书记")
    assert not book.take(more).refusals
    assert {r["role"] for r in book.rows("relations")} == {"支部书记", "副书记"}


def test_a_known_id_with_other_content_is_refused(book: Book, says: Make) -> None:
    s = branch(says)
    named = [*s.rows[:3], s.rows[3] | {"id": "c1"}]
    book.take(named)
    report = book.take([*s.rows[:3], s.rows[3] | {"id": "c1", "valid": "2018/.."}])
    assert [r.line for r in report.refusals] == [4] and "c1 is known with other content" in str(report.refusals[0])
    twice = says("u")
    report = book.take([twice.rows[0], s.rows[1] | {"id": "c2"}, s.rows[1] | {"id": "c2", "name": "另一人"}])
    assert [r.line for r in report.refusals] == [3]


def test_a_more_special_type_may_be_said_later(book: Book, says: Make) -> None:
    s = says("s")
    s.entity("o", "Organization", "某组织")
    s.entity("o", "PartyOrg", "某组织")
    assert not book.take(s).refusals
    assert [n["type"] for n in book.named("某组织")] == ["PartyOrg"]


def test_a_retracted_source_takes_what_rested_on_it_alone_and_comes_back_to_the_byte(book: Book, says: Make) -> None:
    one, other = branch(says, "one"), branch(says, "other", "李某")
    shared = {**one.rows[1], "key": "one/s", "name": "王某", "evidence": [one.evidence(), other.evidence()]}
    post = {**one.rows[3], "subject": "one/s", "evidence": [one.evidence(), other.evidence()]}
    book.take([*one.rows])
    book.take([*other.rows, shared, post])
    before = book.compile()[1]
    book.take([], retract="other")
    assert [len(book.named(name)) for name in ("张某", "李某", "王某")] == [1, 0, 1]
    assert all(r["sources"] == ["one"] for r in book.rows("relations"))
    book.take([*other.rows, shared, post])
    assert book.compile()[1] == before


def test_a_corrected_file_of_a_retracted_source_brings_back_only_what_it_says(book: Book, says: Make) -> None:
    s = branch(says)
    s.entity("q", "Person", "孙某")
    book.take(s)
    book.take([], retract="s")
    book.take(s.rows[:4])
    assert len(book.named("张某")) == 1 and book.named("孙某") == []


def test_a_new_version_of_a_file_replaces_what_it_no_longer_says(book: Book, says: Make) -> None:
    book.take(branch(says))
    before = book.compile()[1]
    new = branch(says)
    new.rows[0]["title"] = "second edition"
    new.rows[3]["valid"] = "2018/.."
    report = book.take(new, replaces=["s"])
    assert (report.withdrawn, len(report.refusals)) == (1, 0)
    assert [r["valid"] for r in book.rows("relations")] == ["2018/.."]
    book.take(branch(says), replaces=["s"])
    assert book.compile()[1] == before


def test_a_part_that_was_not_finished_is_not_there(book: Book, says: Make, tmp_path: Path) -> None:
    book.take(branch(says))
    version = book.log.version()
    (book.folder / ".000002-000002.new").write_bytes(b"half of a part")
    (book.folder / ".staging-x").mkdir()
    assert book.log.version() == version and len(book.rows("relations")) == 1


def test_many_parts_are_merged_without_a_change(book: Book, says: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "MERGE_AT", 3)
    for source in "abc":
        book.take(branch(says, source))
    before = book.compile()[1]
    book.log.merge()
    assert len(book.log.parts()) == 1 and book.compile()[1] == before
    book.take(branch(says, "d"))
    book.log.merge()
    assert len(book.log.parts()) == 2 and len(list(book.folder.glob("*.parquet"))) == 2


def test_decisions_survive_a_torn_line(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.decide({"kind": "same", "a": "x", "b": "y"})
    with open(log.journal.file, "a") as file:
        file.write('{"id": "d2", "kind": "sa')
    assert [d["id"] for d in log.decisions()] == ["d1"]
    assert log.decide({"kind": "undo", "decision": "d1"})["id"] == "d2"
    assert [d["kind"] for d in log.decisions()] == ["same", "undo"]
