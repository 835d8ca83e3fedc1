"""A look-up in the sorted files finds what a look through the tables finds; answers with and without it are the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govgraph.graph import lookup
from govgraph.graph.compile import actor_id
from govgraph.graph.errors import NotFound
from govgraph.graph.log import connect
from govgraph.graph.lookup import Lookup
from govgraph.graph.settings import Settings
from govgraph.graph.workspace import FEW, Workspace
from govgraph.queries.names import called, find, places
from govgraph.queries.roles import posts, roles

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=6)
EVIDENCE = {"locator": {"row": 1, "column": "A"}, "quote": "q"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(1, 99).map("e{}".format), st.lists(texts, max_size=3, unique=True)),
        max_size=8,
        unique_by=lambda node: node[0],
    ),
    st.lists(st.tuples(texts, texts), max_size=8),
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=8),
)
def test_it_finds_what_stands_in_the_tables(
    tmp_path: Path,
    nodes: list[tuple[str, list[str]]],
    said: list[tuple[str, str]],
    held: list[tuple[int, int]],
) -> None:
    posts = [
        (nodes[a][0], "HOLDS_POST" if a else "SERVES", nodes[b][0], f'{{"id":"r{number}"}}')
        for number, (a, b) in enumerate(held)
        if max(a, b) < len(nodes)
    ]
    with connect() as con:
        con.execute(
            "CREATE TABLE n (id VARCHAR, labels VARCHAR[], type VARCHAR, name VARCHAR, aliases VARCHAR[], "
            "properties VARCHAR)"
        )
        con.execute('CREATE TABLE r ("from" VARCHAR, relation VARCHAR, "to" VARCHAR, properties VARCHAR)')
        for post in posts:
            con.execute("INSERT INTO r VALUES (?, ?, ?, ?)", post)
        con.execute("CREATE TABLE e (claim VARCHAR, source VARCHAR, title VARCHAR, locator VARCHAR, quote VARCHAR)")
        for id, aliases in nodes:
            con.execute(
                "INSERT INTO n VALUES (?, ['Entity'], 'Person', 'name ' || ?, ?, ?)",
                [
                    id,
                    id,
                    aliases,
                    json.dumps(
                        {"keys": [f"k{id}", "z"], "ids": [id, f"old{id}"]}, ensure_ascii=False, separators=(",", ":")
                    ),
                ],
            )
        for claim, quote in said:
            con.execute("INSERT INTO e VALUES (?, 's', 't', '{\"row\":1}', ?)", [claim, quote])
        for table, name in (("n", "nodes"), ("r", "relations"), ("e", "evidence")):
            con.execute(f"COPY {table} TO '{tmp_path / name}.parquet' (FORMAT parquet)")
        lookup.write(con, tmp_path)
    look = Lookup(tmp_path)
    for id, aliases in nodes:
        for text in (*aliases, f"k{id}", f"old{id}", f"name {id}"):
            called = {n for n, a in nodes if text in (*a, f"k{n}", "z", n, f"old{n}", f"name {n}")}
            assert set(look.named(text)) == called
        found = sorted((str(post[0]), str(post[2]), json.dumps(post[6])) for post in look.posts(id))
        mine = [post for post in posts if post[1] == "HOLDS_POST" and id in (post[0], post[2])]
        assert found == sorted((a, b, json.dumps(json.loads(text))) for a, _, b, text in mine)
    for claim, _ in said:
        assert sorted(str(e[3]) for e in look.evidence(claim)) == sorted(q for c, q in said if c == claim)
    assert look.named("\x00 nobody") == [] and look.evidence("\ud800") == []
    assert list(look.posts("nobody")) == []
    look.close()


def town(workspace: Workspace) -> None:
    with workspace.loading("test") as loading:
        for source in ("a", "b"):
            assert loading.add(
                {"kind": "source", "id": source, "title": source, "type": "table", "published": "2021-01-01"}
            )
            evidence = EVIDENCE | {"source": source}
            rows: list[dict[str, object]] = [
                {
                    "kind": "entity",
                    "key": f"{source}/k",
                    "type": "Compound",
                    "name": "望江小区",
                    "aliases": ["望江", "甘一"],
                },
                {
                    "kind": "entity",
                    "key": f"{source}/c",
                    "type": "OwnersCommittee",
                    "name": "望江小区业主委员会",
                    "place": f"{source}/k",
                },
                {"kind": "entity", "key": f"{source}/p", "type": "Person", "name": "甘一", "aliases": ["老甘"]},
                {
                    "kind": "relation",
                    "subject": f"{source}/p",
                    "relation": "HOLDS_POST",
                    "object": f"{source}/c",
                    "attributes": {"role": "业委会主任"},
                },
            ]
            for row in rows:
                assert loading.add(row | {"evidence": evidence})


def test_names_are_found_alike_by_index_and_by_scan(workspace_root: Path, settings: Settings) -> None:
    workspace = Workspace(workspace_root, settings)
    town(workspace)
    with workspace.reader() as store:
        assert store.lookup
        names = [
            "望江小区",
            "望江",
            "甘一",
            "老甘",
            "a/k",
            "b/k",
            "a/p",
            "b/c",
            actor_id("a/k"),
            actor_id("b/k"),
            "无此人",
        ]
        for name in names:
            for label in ("Entity", "Place", "Person"):
                store.lookup, kept = None, store.lookup
                by_scan = called(store, name, label)
                store.lookup = kept
                assert sorted(map(str, called(store, name, label))) == sorted(map(str, by_scan)), name
        assert [row["name"] for row in find(store, "甘一")] == [
            "望江小区",
            "甘一",
        ]  # a name of one, an alias of another
        assert places(store, "望江") == [actor_id("a/k")]
        with pytest.raises(NotFound):
            find(store, "无此人")


def test_posts_are_the_same_from_the_look_ups_and_from_the_graph(workspace_root: Path, settings: Settings) -> None:
    workspace = Workspace(workspace_root, settings)
    town(workspace)
    with workspace.kept(), workspace.reader() as store:
        for name in ("甘一", "老甘", "望江小区业主委员会", "a/c", actor_id("b/p"), "望江小区"):
            found = {way: posts(workspace, **{way: name}) for way in ("person", "organization")}
            store.lookup, kept = None, store.lookup
            with patch.object(workspace, "_current", return_value=True):  # which would put the look-ups there again
                assert found == {way: posts(workspace, **{way: name}) for way in found}, name
            store.lookup = kept
            assert any(found.values()) == (name != "望江小区")


def test_kept_open_it_follows_what_others_load(workspace_root: Path, settings: Settings) -> None:
    workspace, other = Workspace(workspace_root, settings), Workspace(workspace_root, settings)
    town(workspace)
    with workspace.kept():
        before = roles(workspace, "老甘")
        assert before == roles(other, "老甘") and before
        other.retract("b")
        assert [row["claims"] for row in roles(workspace, "老甘")] != [row["claims"] for row in before]
        other.retract("a")
        with pytest.raises(NotFound):
            roles(workspace, "老甘")


def test_many_claims_have_the_evidence_that_few_have(workspace_root: Path, embedded_settings: Settings) -> None:
    workspace = Workspace(workspace_root, embedded_settings)
    town(workspace)
    with workspace.log.attach() as con:
        ids = [id for (id,) in con.execute("SELECT id FROM live WHERE kind <> 'source'").fetchall()]
    many = workspace.evidence([*ids, *(f"none{n}" for n in range(FEW))])
    assert {id: many[id] for id in ids} == workspace.evidence(ids) and all(many[id] for id in ids)


POSTS = "MATCH (p:Person)-[r:HOLDS_POST]->(c) RETURN p.id AS id, r.role AS role, r.claims AS claims ORDER BY id"


def by_person(row: dict[str, object]) -> list[str]:
    return [str(row["id"])]


def test_rows_are_remembered_for_one_version_of_the_graph(
    workspace_root: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(workspace_root, settings)
    town(workspace)
    with workspace.reader() as store:
        fresh = store.read(POSTS)
        assert store.recall(POSTS, ids=by_person) == fresh and len(fresh) == 1
    with workspace.reader() as store:
        monkeypatch.setattr(store, "read", lambda *asked: pytest.fail("the graph was asked again"))
        assert store.recall(POSTS, ids=by_person) == fresh
        assert store.recall(POSTS, ids=by_person, of=[actor_id("a/p")]) == fresh
        assert store.recall(POSTS, ids=by_person, of=["nobody"]) == []
    workspace.retract("a")
    with workspace.reader() as store:
        assert store.recall(POSTS, ids=by_person) == store.read(POSTS) != fresh


def test_no_row_is_remembered_that_may_be_of_another_version(workspace_root: Path, settings: Settings) -> None:
    workspace = Workspace(workspace_root, settings)
    town(workspace)
    with workspace.reader() as store:
        store.known, known = "another", store.known
        fresh = store.recall(POSTS, ids=by_person)
        assert fresh == store.read(POSTS)
        assert not list((workspace.tables() / lookup.KEPT).glob("*"))
        store.known = known
        store.recall(POSTS, ids=by_person)
        (kept,) = (workspace.tables() / lookup.KEPT).iterdir()
        assert {file.name for file in kept.iterdir()} == {lookup.ROWS, lookup.IDS}


@given(st.lists(st.lists(texts, max_size=3), max_size=8), st.lists(texts, max_size=4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_kept_rows_are_found_by_each_of_their_ids(tmp_path: Path, ids: list[list[str]], wanted: list[str]) -> None:
    rows: list[dict[str, object]] = [{"n": n, "ids": some, "text": "行\n"} for n, some in enumerate(ids)]
    for name in (lookup.NAMES, lookup.POSTS, lookup.EVIDENCE):
        (tmp_path / name).touch()
    shutil.rmtree(tmp_path / lookup.KEPT, ignore_errors=True)
    look = Lookup(tmp_path)
    assert look.kept("k") is None
    look.keep("k", rows, lambda row: ids[int(str(row["n"]))])
    kept = look.kept("k")
    assert kept and kept.rows() == rows
    assert kept.rows(wanted) == [row for row, some in zip(rows, ids, strict=True) if set(wanted) & set(some)]
    look.keep("k", [], by_person)  # another was quicker
    again = Lookup(tmp_path).kept("k")
    assert again and again.rows() == rows
    look.keep("other", [{"n": object()}], by_person)  # nothing that a file can hold
    assert look.kept("other") is None and len(list((tmp_path / lookup.KEPT).iterdir())) == 1
    look.close()


def test_many_lines_of_one_text_are_found_among_others(tmp_path: Path) -> None:
    texts = [*("common" for _ in range(3000)), *(f"rare {number}" for number in range(2000)), "once"]
    lines = sorted(b"%s\t%d\n" % (lookup._hash(text), number) for number, text in enumerate(texts))
    for some in (lines, lines[:1], lines[-2:], []):
        (tmp_path / "lines").write_bytes(b"".join(some))
        found = lookup._Lines(tmp_path / "lines")
        for text in ("common", "once", "nobody", *(f"rare {number}" for number in range(0, 2000, 97))):
            start = lookup._hash(text) + b"\t"
            assert found.of(text) == tuple(line[len(start) : -1].decode() for line in some if line.startswith(start))
        found.close()
