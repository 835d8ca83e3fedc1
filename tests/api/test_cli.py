"""The command line: help that teaches, output that pipes, bad input answered with the thing, the expectation, the remedy."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from govgraph.api.cli import app

COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
SOURCE = {"kind": "source", "id": "s", "title": "一份通知", "type": "notice", "published": "2024-05-01"}


def evidence(quote: str = "x") -> dict[str, Any]:
    return {"source": "s", "locator": {"row": 1, "column": "A"}, "quote": quote}


SMALL: list[dict[str, Any]] = [
    SOURCE,
    {"kind": "entity", "key": "s/p", "type": "Person", "name": "甘若水", "evidence": evidence("甘若水")},
    {"kind": "entity", "key": "s/b", "type": "PartyOrg", "name": "东岸小区党支部", "evidence": evidence()},
    {
        "kind": "relation",
        "subject": "s/p",
        "relation": "HOLDS_POST",
        "object": "s/b",
        "attributes": {"role": "支部书记"},
        "valid": "2020-01-01/..",
        "evidence": evidence(),
    },
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(govgraph: Any, command: str) -> None:
    ran = govgraph(command, "--help")
    assert ran.code == 0 and "Usage" in ran.out and len(ran.out) > 200


def test_the_formats_say_the_same(demo: Any) -> None:
    ask = ("roles", "林望舒")
    rows = demo.rows(*ask)
    assert json.loads(demo(*ask, options=("--format", "json")).out) == rows
    table = list(csv.DictReader(io.StringIO(demo(*ask, options=("--format", "csv")).out)))
    assert [r["organization.name"] for r in table] == [r["organization"]["name"] for r in rows]
    shown = demo(*ask, options=("--format", "table", "--lang", "zh")).out
    assert "姓名" in shown and "林望舒" in shown and "支部书记" in shown


def test_what_is_for_people_goes_to_stderr_and_quiet_silences_it(demo: Any) -> None:
    ran = demo("coverage", "--of", "station")
    assert "as of 2025-06-30" in ran.err and ran.rows
    assert demo("coverage", "--of", "station", options=("--quiet",)).err == ""


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("roles", "没有这个人"), 2, "nobody and nothing is called 没有这个人"),
        (("coverage", "--of", "moonbase"), 2, "moonbase"),
        (("coverage", "--as-of", "2021-02-30"), 2, "2021-02-30 is not a day of the calendar"),
        (("coverage", "--as-of", "2021"), 2, "2021 is not a full day; write YYYY-MM-DD"),
        (("coverage", "--place", "亚特兰蒂斯"), 2, "no place 亚特兰蒂斯 is known"),
        (("conflicts", "--place", "亚特兰蒂斯"), 2, "亚特兰蒂斯"),
        (("conflicts", "--pattern", "gossip"), 2, "gossip"),
        (("conflicts", "--verdict", "guilty"), 2, "guilty"),
        (("conflicts", "--norms", "atlantis-2020"), 2, "atlantis-2020"),
        (("query", "Q99"), 2, "Q99"),
        (("query", "Q05"), 2, "person"),
        (("query", "Q05", "-p", "person"), 2, "write -p name=value"),
        (("cypher", "MATCH (n RETURN n"), 2, ""),
        (("cypher", "CREATE (:Evil)"), 2, ""),
        (("source", "show", "nothing"), 2, "no source nothing was ever loaded"),
        (("source", "retract", "nothing"), 2, "no source nothing was ever loaded"),
        (("undo", "d99"), 2, "no decision d99"),
        (("same", "林望舒", "望潮花园"), 2, "林望舒"),
        (("same", "林望舒", "林望舒"), 2, "林望舒"),
        (("load", "no-such-file.txt"), 2, "no-such-file.txt"),
        (("import", "no-such-file.jsonl"), 2, "no-such-file.jsonl"),
        (("why", "林望舒", "没有这个人"), 2, "没有这个人"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_printed(
    demo: Any, words: tuple[str, ...], code: int, said: str
) -> None:
    ran = demo(*words)
    assert (ran.code, ran.out) == (code, "") and said in ran.err and ran.err.strip(), ran.err


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"GOVGRAPH_QUERY_TIMEOUT": "soon"}, "GOVGRAPH_QUERY_TIMEOUT"),
        ({"GOVGRAPH_ENGINE_MEMORY": "lots"}, "GOVGRAPH_ENGINE_MEMORY"),
        ({"GOVGRAPH_URI": "localhost:7687"}, "GOVGRAPH_URI"),
    ],
)
def test_a_bad_setting_fails_at_the_start(govgraph: Any, env: dict[str, str], said: str) -> None:
    ran = govgraph("decisions", env=env)
    assert ran.code == 2 and said in ran.err


def test_import_keeps_the_good_lines_and_names_the_bad(govgraph: Any, write: Callable[..., Path]) -> None:
    file = write(
        "bad.jsonl",
        *SMALL,
        {**SMALL[1], "key": "s/q", "type": "SpaceStation"},
        "{not json",
        {**SMALL[3], "valid": "2019-02-30/.."},
    )
    ran = govgraph("import", file)
    assert ran.code == 1
    said = [line for line in ran.err.splitlines() if line.startswith(str(file))]
    assert [re.sub(r".*?:(\d+): .*", r"\1", line) for line in said] == ["5", "6", "7"]
    assert "ServiceStation" in said[0] and "2019-02-30" in said[2]
    assert len(govgraph.rows("roles", "甘若水")) == 1


def test_nothing_is_loaded_where_nothing_can_be_read(govgraph: Any, tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 this is no workbook")
    ran = govgraph("load", tmp_path / "broken.xlsx")
    assert ran.code == 2 and "broken.xlsx" in ran.err
    assert govgraph.rows("source", "list") == []


def test_of_a_folder_the_good_files_are_kept(govgraph: Any, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04 this is no workbook")
    (folder / "empty.txt").write_text("")
    (folder / "table.csv").write_text(
        "小区名称,社区,业委会主任,任期开始\n东岸花园,东岸社区,甘若水,2019-02-30\n西岸花园,东岸社区,蒋一帆,2020-03\n",
        "utf-8",
    )
    ran = govgraph("load", folder, "--place", "浙江省温州市望江区", "--published", "2024-06-30")
    assert ran.code == 1 and "broken.xlsx" in ran.err and "empty.txt" in ran.err and "2019-02-30" in ran.err
    assert {r["compound"]["name"]: r["verdict"] for r in govgraph.rows("coverage", "--of", "committee")} == {
        "东岸花园": "covered",
        "西岸花园": "covered",
    }


def test_a_changed_file_replaces_what_it_said(govgraph: Any, tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    head = "小区名称,业委会主任\n"
    for content, expected in (
        ("东岸花园,甘若水\n", ["甘若水"]),
        ("东岸花园,蒋一帆\n", ["蒋一帆"]),
        ("东岸花园,甘若水\n", ["甘若水"]),
    ):
        file.write_text(head + content, "utf-8")
        assert govgraph("load", file, "--published", "2024-06-30").code == 0
        assert [r["person"]["name"] for r in govgraph.rows("roles", "东岸花园业主委员会")] == expected
    assert len(govgraph.rows("source", "list")) == 1
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "register.csv").write_text(head + "北苑,蒋一帆\n", "utf-8")
    govgraph("load", other / "register.csv")
    assert len(govgraph.rows("source", "list")) == 2, "a file of the same name from another folder is another source"


def test_a_second_writer_is_told_who_writes_and_readers_go_on(govgraph: Any, write: Callable[..., Path]) -> None:
    file = write("small.jsonl", *SMALL)
    assert govgraph("import", file).code == 0
    with open(govgraph.root / "lock", "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        lock.write("import big.jsonl, process 4711")
        lock.flush()
        ran = govgraph("import", file)
        assert ran.code == 2 and "process 4711" in ran.err and "try again" in ran.err
        assert len(govgraph.rows("roles", "甘若水")) == 1
    assert govgraph("import", file).code == 0


def test_a_workspace_of_a_newer_version_is_left_alone(govgraph: Any) -> None:
    govgraph.root.mkdir()
    (govgraph.root / "workspace.json").write_text('{"format": 99, "id": "x"}')
    ran = govgraph("roles", "甘若水")
    assert ran.code == 2 and "newer govgraph" in ran.err
    assert os.listdir(govgraph.root) == ["workspace.json"]


def test_a_full_disk_leaves_nothing_half_written(govgraph: Any, write: Callable[..., Path], tmp_path: Path) -> None:
    """A file size limit stands for the disk: writes fail as they do when it is full."""
    file = write("small.jsonl", *SMALL)
    assert govgraph("import", file).code == 0
    before = sorted(p.name for p in (govgraph.root / "claims").iterdir())
    many = write("many.jsonl", SOURCE, *({**SMALL[1], "key": f"s/{n}", "name": f"甘{n}"} for n in range(3000)))
    command = (
        f"ulimit -f 8; exec {Path(sys.executable).with_name('govgraph')} --workspace {govgraph.root} import {many}"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120)
    assert done.returncode in (2, 3) and done.stderr.strip() and "Traceback" not in done.stderr, done.stderr
    assert sorted(p.name for p in (govgraph.root / "claims").iterdir()) == before
    assert len(govgraph.rows("roles", "甘若水")) == 1


def test_exports_come_out_the_same_twice_and_from_another_order(
    govgraph: Any, write: Callable[..., Path], tmp_path: Path
) -> None:
    govgraph("import", write("small.jsonl", *SMALL))
    for what in ("claims", "cypher"):
        govgraph("export", what, tmp_path / f"{what}-1")
        govgraph("export", what, tmp_path / f"{what}-2")
        assert (tmp_path / f"{what}-1").read_bytes() == (tmp_path / f"{what}-2").read_bytes()
    assert "CREATE" in (tmp_path / "cypher-1").read_text("utf-8")
    ran = govgraph("export", "graph", tmp_path / "no" / "such" / "folder" / "x")
    assert ran.code == 0 and (tmp_path / "no/such/folder/x/nodes.jsonl").exists()
    assert govgraph("export", "claims", tmp_path / "nowhere" / "claims.jsonl").code == 2


def test_decisions_are_listed_with_who_and_when(govgraph: Any, write: Callable[..., Path]) -> None:
    govgraph("import", write("two.jsonl", *SMALL, {**SMALL[1], "key": "s/q"}))
    govgraph.rows("same", "s/p", "s/q")
    govgraph.rows("undo", "d1")
    first, second = govgraph.rows("decisions")
    assert (first["kind"], first["in_force"], second["kind"], second["decision"]) == ("same", False, "undo", "d1")
    assert first["who"] and first["when"]


def test_doctor_finds_nothing_wrong_and_names_open_questions(demo: Any) -> None:
    rows = demo.rows("doctor")
    assert {r["result"] for r in rows} <= {"good", "note"} and any("may be one actor" in r["detail"] for r in rows)


def test_the_engine_tells_a_client_where_to_connect(demo: Any) -> None:
    import neo4j

    (at,) = demo.rows("engine", "status")
    with neo4j.GraphDatabase.driver(at["uri"], auth=(at["user"], at["password"])) as driver:
        records, _, _ = driver.execute_query("MATCH (k:Compound) RETURN count(k) AS n", database_=at["database"])
        assert records[0]["n"] == 40
        with pytest.raises(neo4j.exceptions.Neo4jError):
            driver.execute_query("CREATE (:Evil)", database_=at["database"])


def test_ctrl_c_leaves_things_whole(govgraph: Any, write: Callable[..., Path]) -> None:
    assert govgraph("import", write("small.jsonl", *SMALL)).code == 0
    before = sorted(p.name for p in (govgraph.root / "claims").iterdir())
    many = write("many.jsonl", SOURCE, *({**SMALL[1], "key": f"s/{n}", "name": f"甘{n}"} for n in range(200_000)))
    process = subprocess.Popen(
        [govgraph.command, "--workspace", govgraph.root, "import", many], stderr=subprocess.PIPE, text=True
    )
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130 and "interrupted" in said and "Traceback" not in said
    assert sorted(p.name for p in (govgraph.root / "claims").iterdir()) == before
    assert len(govgraph.rows("roles", "甘若水")) == 1


def test_a_finding_is_marked_explained_and_exported(demo: Any, tmp_path: Path) -> None:
    row = demo.rows("conflicts", "--verdict", "forbidden")[0]
    assert row["status"] == "new"
    assert demo.rows("findings", "mark", row["id"], "dismissed", "--note", "核实过")[0]["status"] == "dismissed"
    (listed,) = demo.rows("findings", "list", "--status", "dismissed")
    assert (listed["id"], listed["note"]) == (row["id"], "核实过")
    assert len(demo.rows("findings")) == len(demo.rows("conflicts"))
    assert demo.rows("findings", "history", row["id"])[0]["finding"] == row["id"]
    told = demo("conflicts", "--explain", row["id"], options=("--format", "table", "--lang", "zh"))
    assert told.code == 0 and "[1]" in told.out and "禁止" in told.out
    assert demo("findings", "export", tmp_path / "f.xlsx").code == 0 and (tmp_path / "f.xlsx").stat().st_size > 4000
    assert demo("findings", "mark", "f0", "dismissed").code == 2
    assert demo("findings", "mark", row["id"], "new").code == 0


def test_an_appointment_is_checked_before_it_is_made(demo: Any) -> None:
    asked = ("conflicts", "--person", "林望舒", "--would-hold", "项目经理", "--in", "安澜里物业服务有限公司")
    rows = demo.rows(*asked, "--from", "2025-07-01")
    assert {(row["pattern"], row["arises"], row["verdict"]) for row in rows} == {
        ("firm_and_committee", "new", "forbidden"),
        ("firm_and_branch", "new", "no_rule"),
    }
    assert demo.rows(*asked, "--from", "2025-07-01") == rows and demo("conflicts", "--would-hold", "x").code == 2
