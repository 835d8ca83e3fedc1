"""Whole files into a real workspace: what can be read is there with exact quotes, what cannot is named, nothing twice."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import docx
import openpyxl
import pytest
from making import encrypted_office, pdf, zipped

from govgraph.graph.checking import read_text
from govgraph.graph.errors import BadInput
from govgraph.graph.formats.claims import export_claims
from govgraph.graph.settings import Settings
from govgraph.graph.workspace import Workspace
from govgraph.ingest import load as loading
from govgraph.ingest.load import Given, load
from govgraph.ingest.workers import Workers

NOTICE = (
    "关于{0}备案的通知\n\n发布时间：2020年12月1日\n\n{0}小区于2020年3月5日选举产生业主委员会，张明华任{0}业委会主任。\n"
)
GIVEN = Given("某市试验区", "2020-12-01")


@pytest.fixture
def workspace(embedded_settings: Settings, private_server: Path, tmp_path: Path) -> Workspace:
    """An empty workspace on the shared private server."""
    root = tmp_path / "workspace"
    root.mkdir()
    (root / "engine").symlink_to(private_server, target_is_directory=True)
    return Workspace(root, embedded_settings)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for documents."""
    made = tmp_path / "documents"
    made.mkdir()
    return made


def notices(folder: Path, count: int) -> list[Path]:
    files = [folder / f"通知{i:02}.txt" for i in range(count)]
    for i, file in enumerate(files):
        file.write_text(NOTICE.format(f"东岸花园{'甲乙丙丁戊己庚辛壬癸'[i]}区"), "utf-8")
    return files


def claims(workspace: Workspace, **wanted: str) -> list[dict[str, Any]]:
    out = workspace.root / "out.jsonl"
    export_claims(workspace, out)
    found = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    return [claim for claim in found if all(claim.get(name) == value for name, value in wanted.items())]


def evidence(claim: dict[str, Any]) -> list[dict[str, Any]]:
    found = claim.get("evidence", [])
    return found if isinstance(found, list) else [found]


def parts(workspace: Workspace) -> int:
    return len(workspace.log.parts())


@pytest.fixture
def read_again(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files whose claims are made, in order."""
    names: list[str] = []
    whole = loading.document_claims  # type: ignore[attr-defined]

    def counting(document: Any, **given: Any) -> Any:
        names.append(document.path.name)
        return whole(document, **given)

    monkeypatch.setattr(loading, "document_claims", counting)
    return names


# --- every kind of file -----------------------------------------------------------------------------------------------
def test_bad_files_are_named_and_the_rest_of_the_folder_is_loaded(workspace: Workspace, folder: Path) -> None:
    notices(folder, 2)
    bad = {
        "空.txt": b"", "二进制.txt": bytes(range(256)), "密.xlsx": encrypted_office(), "密.docx": encrypted_office(),
        "密.pdf": pdf([["一"]], encrypted=True), "扫描.pdf": pdf([[]], picture=True), "截断.pdf": pdf([["一"]])[:250],
        "截断.docx": b"PK\x03\x04" + bytes(90), "炸弹.zip": zipped({"a.txt": bytes(80 << 20)}), "坏\x1b[2J名.txt": b"",
    }  # fmt: skip
    for name, data in bad.items():
        (folder / name).write_bytes(data)
    (folder / "好.zip").write_bytes(
        zipped(
            {
                "里/a.txt": NOTICE.format("西岸花园").encode(),
                "../b.txt": b"b",
                "c.csv": "小区,主任\n甲园,张三\n".encode(),
            }
        )
    )
    with open(folder / "大.csv", "wb") as file:
        file.truncate(500 << 20)
    report = load(workspace, [folder], GIVEN)
    refused = {refusal.file.rpartition("documents/")[2]: refusal.reason for refusal in report.refusals}
    assert set(refused) == {*bad, "好.zip/b.txt", "大.csv"} - {"坏\x1b[2J名.txt"} | {"坏\\x1b[2J名.txt"}
    assert all(str(refusal).isprintable() for refusal in report.refusals)
    assert len(workspace.sources()) == 4 and len(claims(workspace, kind="relation", relation="HOLDS_POST")) == 4


def test_nothing_that_can_be_read_changes_nothing(workspace: Workspace, folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"")
    with pytest.raises(BadInput, match=r"a.txt: .*empty"):
        load(workspace, [folder])
    assert not workspace.sources() and not parts(workspace)
    (folder / "empty").mkdir()
    with pytest.raises(BadInput, match="there is no file in"):
        load(workspace, [folder / "empty"])


def test_every_quote_stands_in_the_text_that_is_kept(workspace: Workspace, folder: Path) -> None:
    text = NOTICE.format("东岸花园")
    (folder / "a.txt").write_bytes(("\ufeff" + text.replace("\n", "\r\n")).encode())
    (folder / "b.html").write_bytes(
        f"<html><body><p>{text.replace(chr(10) * 2, '</p><p>')}</p></body></html>".encode("gb18030")
    )
    (folder / "c.pdf").write_bytes(pdf([["试验区简报"], text.split("\n\n")]))
    document = docx.Document()
    document.add_paragraph(text)
    document.save(str(folder / "d.docx"))
    load(workspace, [folder], GIVEN)
    found = [(claim, one) for claim in claims(workspace, relation="HOLDS_POST") for one in evidence(claim)]
    assert {one["source"] for _, one in found} == {"a", "b", "c", "d"}
    hashes = workspace.sources()
    for _, one in found:
        kept = read_text(workspace.root / "texts" / f"{hashes[one['source']]}.txt")
        assert kept[one["locator"]["start"] : one["locator"]["end"]] == one["quote"]
        assert one["locator"].get("page") == (2 if one["source"] == "c" else None)


def test_a_document_with_a_text_and_a_table_speaks_of_one_compound(workspace: Workspace, folder: Path) -> None:
    document = docx.Document()
    document.add_paragraph("关于备案的通知")
    document.add_paragraph(
        "东岸花园小区选举产生业主委员会，张明华任东岸花园业委会主任，李志国任东岸花园小区党支部书记。"
    )
    table = document.add_table(2, 3)
    for cell, said in zip(
        [c for row in table.rows for c in row.cells],
        ["小区", "业委会主任", "业委会委员", "东岸花园", "张明华", "王海燕"],
        strict=True,
    ):
        cell.text = said
    document.add_table(2, 2).cell(0, 0).text = "预算"
    document.save(str(folder / "a.docx"))
    report = load(workspace, [folder], GIVEN)
    posts = {
        (c["subject"].rpartition(":")[2].rpartition("/")[2], c["object"], c["attributes"]["role"])
        for c in claims(workspace, relation="HOLDS_POST")
    }
    assert {role for _, _, role in posts} == {"业委会主任", "业委会委员", "支部书记"}
    assert len({body for _, body, role in posts if role.startswith("业委会")}) == 1
    assert len({c["key"] for c in claims(workspace, type="Compound")}) == 1
    assert (
        len({c["key"] for c in claims(workspace, type="Person")}) == 3
    )  # who holds one post in one body is one person
    assert not report.refusals


def test_two_sheets_speak_of_one_compound_where_nothing_contradicts(workspace: Workspace, folder: Path) -> None:
    book = openpyxl.Workbook()
    sheets = {
        "小区": [
            ["小区", "社区"],
            ["甲园", "东风社区"],
            ["乙园", "东风社区"],
            ["丙园", "东风社区"],
            ["丙园", "西风社区"],
        ],
        "业委会": [
            ["小区", "社区", "业委会主任"],
            ["甲园", None, "张三"],
            ["乙园", "西风社区", "李四"],
            ["丙园", None, "王五"],
        ],
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in cast("list[list[str | None]]", rows):
            sheet.append(row)
    book.save(folder / "a.xlsx")
    load(workspace, [folder], GIVEN)
    keys = {
        name: {c["key"] for c in claims(workspace, type="Compound", name=name)} for name in ("甲园", "乙园", "丙园")
    }
    assert {name: len(found) for name, found in keys.items()} == {"甲园": 1, "乙园": 2, "丙园": 3}


def test_a_vacancy_is_in_the_log_without_a_remark(workspace: Workspace, folder: Path) -> None:
    (folder / "a.csv").write_text("小区,业委会,业委会主任\n甲园,甲园业委会,待选举\n", "utf-8")
    report = load(workspace, [folder], GIVEN)
    (vacancy,) = claims(workspace, relation="POST_IN")
    assert vacancy["attributes"] == {"role": "业委会主任", "vacant": True} and not report.notes and not report.refusals


# --- again and on -----------------------------------------------------------------------------------------------------
def test_what_is_unchanged_is_not_read_again(workspace: Workspace, folder: Path, read_again: list[str]) -> None:
    files = notices(folder, 3)
    (folder / "z.zip").write_bytes(zipped({"a.txt": NOTICE.format("西岸花园").encode()}))
    load(workspace, [folder], GIVEN)
    before = claims(workspace)
    read_again.clear()
    report = load(workspace, [folder, files[0]], GIVEN)
    assert read_again == [] and report.notes == ["unchanged since they were loaded: 4 documents"]
    assert not report.changed and parts(workspace) == 1
    files[1].write_text(NOTICE.format("南岸花园"), "utf-8")
    report = load(workspace, [folder], GIVEN)
    assert read_again == ["通知01.txt"] and report.withdrawn
    assert len(workspace.sources()) == 4 and len(claims(workspace)) == len(before)
    read_again.clear()
    load(workspace, [folder], Given("某市试验区", "2021-01-01"))  # something else was said about them
    assert len(read_again) == 4 and len(workspace.sources()) == 4


def test_new_rules_read_everything_again(
    workspace: Workspace, folder: Path, read_again: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    notices(folder, 2)
    load(workspace, [folder], GIVEN)
    monkeypatch.setattr(loading, "_rules", lambda: "other")
    report = load(workspace, [folder], GIVEN)
    assert len(read_again) == 4 and not report.changed and report.known


def test_a_file_with_a_refusal_says_so_every_time(workspace: Workspace, folder: Path) -> None:
    (folder / "a.csv").write_text("小区,业委会主任,任期开始\n甲园,张三,2019-02-30\n", "utf-8")
    for _ in range(2):
        report = load(workspace, [folder], GIVEN)
        assert [(refusal.line, "2019-02-30" in refusal.reason) for refusal in report.refusals] == [(2, True)]
    assert not report.changed


def test_a_source_that_was_taken_back_comes_back(workspace: Workspace, folder: Path) -> None:
    notices(folder, 1)
    load(workspace, [folder], GIVEN)
    before = claims(workspace)
    (source,) = workspace.sources()
    workspace.retract(source)
    assert not claims(workspace)
    load(workspace, [folder], GIVEN)
    assert claims(workspace) == before


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_a_load_that_was_stopped_goes_on(
    workspace: Workspace,
    folder: Path,
    read_again: list[str],
    monkeypatch: pytest.MonkeyPatch,
    stop: type[BaseException],
) -> None:
    notices(folder, 10)
    monkeypatch.setattr(loading, "DOCUMENTS", 3)

    def progress(step: str, done: int, total: int) -> None:
        if step == "reading" and done == 8:
            raise stop

    workspace.progress = progress
    with pytest.raises(stop):
        load(workspace, [folder], GIVEN)
    assert parts(workspace) == 2 and len(workspace.sources()) == 6  # whole batches, each whole
    assert not [path for path in (workspace.root / "claims").iterdir() if path.name.startswith(".staging")]
    read_again.clear()
    workspace.progress = None
    report = load(workspace, [folder], GIVEN)
    assert read_again == [f"通知{i:02}.txt" for i in range(6, 10)]
    assert len(workspace.sources()) == 10 and report.sources == 4
    with workspace.reader() as store:
        assert store.read("MATCH (s:Source) RETURN count(s) AS n") == [{"n": 10}]


def test_a_crash_after_the_claims_are_written_makes_no_second_source(
    workspace: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices(folder, 2)

    def crash(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patched, pytest.raises(MemoryError):
        patched.setattr(loading._Origins, "settle", crash)
        load(workspace, [folder], GIVEN)
    assert len(workspace.sources()) == 2
    assert not load(workspace, [folder], GIVEN).changed and len(workspace.sources()) == 2


def test_batches_are_small_and_the_graph_is_made_once(
    workspace: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices(folder, 10)
    monkeypatch.setattr(loading, "DOCUMENTS", 4)
    sizes: list[int] = []
    refreshed: list[int] = []
    append, refresh = loading._Taking.append, Workspace.refresh

    def counting(self: Any, batch: Sequence[Any]) -> None:
        sizes.append(len(batch))
        append(self, batch)

    def refreshing(self: Workspace, anew: bool = False) -> Any:
        refreshed.append(1)
        return refresh(self, anew)

    monkeypatch.setattr(loading._Taking, "append", counting)
    monkeypatch.setattr(Workspace, "refresh", refreshing)
    report = load(workspace, [folder], GIVEN)
    assert sizes == [4, 4, 2] and refreshed == [1] and report.sources == 10


def test_a_load_in_batches_gives_the_same_claims(
    workspace: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    notices(folder, 5)
    load(workspace, [folder], GIVEN)
    other = Workspace(tmp_path / "other", Settings())
    monkeypatch.setattr(loading, "DOCUMENTS", 2)
    monkeypatch.setattr(Workspace, "refresh", lambda self, anew=False: None)
    load(other, [folder], GIVEN)
    assert claims(other) == claims(workspace)


# --- several workers ----------------------------------------------------------------------------------------------------
def papers(folder: Path) -> None:
    notices(folder, 6)
    (folder / "z.zip").write_bytes(
        zipped({"通知01.txt": NOTICE.format("西岸花园").encode(), "b.csv": "小区,主任\n甲园,张三\n".encode()})
    )
    (folder / "c.csv").write_text("小区,业委会主任,任期开始\n甲园,张三,2019-02-30\n乙园,李四,2019-02-03\n", "utf-8")
    (folder / "空.txt").write_bytes(b"")


def test_the_claims_are_the_same_whoever_reads(workspace: Workspace, folder: Path, tmp_path: Path) -> None:
    papers(folder)
    other = Workspace(tmp_path / "other", Settings())
    reports = [load(workspace, [folder], GIVEN, workers=1)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Workspace, "refresh", lambda self, anew=False: None)
        reports.append(load(other, [folder], GIVEN, workers=3))
    assert claims(other) == claims(workspace)
    assert reports[0].refusals == reports[1].refusals and len(reports[0].refusals) == 2
    names = [[part.name for part in one.log.parts()] for one in (workspace, other)]
    assert len(names[0][0]) == len(names[1][0])
    again = load(workspace, [folder], GIVEN, workers=2)
    assert "unchanged since they were loaded: 8 documents" in again.notes and not again.changed


def test_a_worker_that_dies_takes_one_document_with_it(folder: Path) -> None:
    files = notices(folder, 4)
    with Workers[loading.Job, Any](2, loading._died) as pool:
        for number, (job, result) in enumerate(pool.map(loading.Job(file, GIVEN, file.stem) for file in files)):
            if number == 0:
                for process in list(pool._running):
                    process.kill()
            if isinstance(result, BadInput):
                assert "ended" in str(result) and str(job.path) in str(result)
        ended = list(pool._running)
        assert [loading.do(job)[0] for job, _ in pool.map(loading.Job(file, GIVEN, "s") for file in files)]
    assert all(process.poll() is not None for process in ended)


def test_ctrl_c_ends_the_workers_and_the_load_goes_on_later(
    workspace: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices(folder, 10)
    monkeypatch.setattr(loading, "DOCUMENTS", 2)
    started: list[Any] = []
    start = Workers._start

    def starting(self: Any) -> Any:
        started.append(start(self))
        return started[-1]

    monkeypatch.setattr(Workers, "_start", starting)

    def progress(step: str, done: int, total: int) -> None:
        if step == "reading" and done == 9:
            raise KeyboardInterrupt

    workspace.progress = progress
    with pytest.raises(KeyboardInterrupt):
        load(workspace, [folder], GIVEN, workers=2)
    assert started and all(process.poll() is not None for process in started)
    done = len(workspace.sources())
    workspace.progress = None
    report = load(workspace, [folder], GIVEN, workers=2)
    assert len(workspace.sources()) == 10 and report.sources == 10 - done


# --- the command that proposes a map ----------------------------------------------------------------------------------
@pytest.fixture
def command() -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [Path(sys.executable).with_name("govgraph"), *words], capture_output=True, text=True, timeout=60
        )

    yield run


def test_map(command: Callable[..., subprocess.CompletedProcess[str]], folder: Path) -> None:
    file = folder / "a.csv"
    file.write_text("楼盘,片\n阳光花园,东风社区\n", "utf-8")
    ran = command("map", file)
    assert ran.returncode == 0 and "  楼盘: compound" in ran.stdout
    assert "entity: Compound 阳光花园  [A2 “阳光花园”]" in ran.stderr
    (row,) = json.load(io.StringIO(command("--format", "json", "map", file).stdout))
    assert row["map"]["columns"] == {"楼盘": "compound", "片": "community"} and len(row["claims"]) == 3
    file.write_text("没有表格。", "utf-8")
    refused = command("map", file.rename(folder / "a.txt"))
    assert refused.returncode == 2 and "a map is for tables" in refused.stderr
    assert list(folder.iterdir()) == [folder / "a.txt"]  # nothing is stored
