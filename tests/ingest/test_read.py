"""Readers: the content decides, and what cannot be read is said in one line."""


from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from govgraph.graph.errors import BadInput
from govgraph.ingest.read import Document, read, suffixes
from govgraph.ingest.read.encoding import decode

TABLE = "小区,社区,业委会主任\n阳光花园,东风社区,张三\n月亮花园,东风社区,李四\n"
TEXT = "阳光花园的业委会主任是张三。\n他也是党支部书记。\n"

Make = Callable[[str, bytes], Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def write(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def rows(document: Document) -> tuple[tuple[str, ...], ...]:
    return document.tables[0].rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_encodings(make: Make, encoding: str) -> None:
    document = read(make("a.txt", TEXT.encode(encoding)))
    assert document.kind == "text" and document.text == TEXT
    assert document.encoding == {"gbk": "gb18030"}.get(encoding, encoding)
    assert rows(read(make("a.csv", TABLE.encode(encoding))))[1] == ("阳光花园", "东风社区", "张三")


def test_big5(make: Make) -> None:
    text = "陽光花園的業委會主任是張三。"
    assert read(make("a.txt", text.encode("big5"))).text == text
    assert rows(read(make("a.csv", "小區,主任\n陽光花園,張三\n".encode("big5"))))[0] == ("小區", "主任")


@pytest.mark.parametrize("text", ["张某", "王伟", "业委会", "小区,主任\n阳光花园,张伟\n", "欧阳修", "时某甲"])
def test_few_characters_are_enough_to_tell_the_encoding(text: str) -> None:
    assert decode(text.encode("gb18030")) == (text, "gb18030")


def test_rare_characters_of_names(make: Make) -> None:
    text = "业委会主任㐂𠮷、䶮先生。"
    assert read(make("a.txt", text.encode("gb18030"))).text == text


def test_line_ends_and_mark_are_not_part_of_the_text(make: Make) -> None:
    document = read(make("a.txt", "\ufeff甲\r\n乙\r丙".encode()))
    assert document.text == "甲\n乙\n丙"


def test_hash_and_name(make: Make) -> None:
    data = TEXT.encode()
    document = read(make("通知.md", data))
    assert document.sha256 == hashlib.sha256(data).hexdigest() and document.name == "通知.md"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt", "a.xlsx", "a"])
def test_a_table_is_one_whatever_its_name(make: Make, delimiter: str, name: str) -> None:
    document = read(make(name, TABLE.replace(",", delimiter).encode()))
    assert document.kind == "tables" and rows(document)[2] == ("月亮花园", "东风社区", "李四")


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.xlsx"])
def test_a_workbook_is_one_whatever_its_name(make: Make, tmp_path: Path, name: str) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "小区"
    book.save(tmp_path / "b.xlsx")
    assert rows(read(make(name, (tmp_path / "b.xlsx").read_bytes()))) == (("小区",),)


def test_prose_with_commas_is_no_table(make: Make) -> None:
    text = "业委会,物业公司,党支部三方议事,居民参与,效果很好。\n小区,街道,社区联动,网格员也来,大家满意。\n"
    assert read(make("a.txt", text.encode())).kind == "text"


def test_csv_quotes_line_ends_and_lists_in_cells(make: Make) -> None:
    text = '小区,委员\n阳光花园,"张三\n李四"\n月亮花园,王五;陈六;赵七\n"星星""花园""",钱八;孙九\n'
    document = read(make("a.csv", text.encode()))
    assert rows(document)[1:] == (
        ("阳光花园", "张三\n李四"),
        ("月亮花园", "王五;陈六;赵七"),
        ('星星"花园"', "钱八;孙九"),
    )


def test_a_ragged_row_is_refused_and_the_others_keep_their_numbers(make: Make) -> None:
    text = '登记表\n小区,社区,"主\n任"\n阳光花园,东风社区,张三\n月亮花园,李四\n\n星星花园,东风社区,王五,,\n注:完\n'
    document = read(make("a.csv", text.encode()))
    assert rows(document)[2] == ("阳光花园", "东风社区", "张三")
    assert rows(document)[3:6] == ((), (), ("星星花园", "东风社区", "王五"))
    assert document.refusals == ("5: 2 cells where the other rows have 3; add or quote what is missing",)


def test_declared_delimiter(make: Make) -> None:
    assert rows(read(make("a.csv", "sep=;\n小区;主任\n甲,乙;丙\n".encode()))) == (("小区", "主任"), ("甲,乙", "丙"))


def test_workbook(make: Make, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "小区"
    sheet.append([])
    sheet.append(["阳光花园", datetime(2019, 9, 1), date(2020, 1, 2), 2019.1, 800, True, " 张三\n李四 "])
    sheet["A3"] = "东风社区"
    sheet.merge_cells("A3:A5")
    book.create_sheet("空")
    book.create_sheet("选项")["A1"] = "是"
    book["选项"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    document = read(tmp_path / "a.xlsx")
    (table,) = document.tables
    assert (table.sheet, table.first_row) == ("小区", 1)
    assert table.rows[1] == ("阳光花园", "2019-09-01", "2020-01-02", "2019.1", "800", "是", "张三\n李四")
    assert table.merged == ((2, 0, 4, 0),)
    assert table.numbers == {(1, 3)}
    assert document.notes == ("hidden sheet 选项 left out",)


def test_a_far_cell_does_not_end_the_process(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "小区"
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(BadInput, match="row 1048576 and column 16384; delete"):
        read(tmp_path / "a.xlsx")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.txt", b"", "is empty; expected"),
        ("a.txt", b"\xef\xbb\xbf \r\n", "is empty; expected"),
        ("a.txt", bytes(range(256)), "neither text in UTF-8"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00", "a picture"),
        ("a.csv", b"\xff\xff\xff\xff", "neither text in UTF-8"),
        ("a.txt", ("业委会主任张三，" * 9).encode()[:100] + "党".encode(), "UTF-8, but damaged at byte 100"),
        ("a.csv", '小区,主任\n阳光花园,"张三\n'.encode(), "line 2.*quotation marks"),
        ("a.xlsx", b"PK\x03\x04 no workbook", "a damaged spreadsheet"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a damaged spreadsheet"),
    ],
)
def test_what_cannot_be_read(make: Make, name: str, data: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        read(make(name, data))
    assert name in str(caught.value) and "\n" not in str(caught.value)


def test_a_cut_workbook(make: Make, tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    whole = (tmp_path / "a.xlsx").read_bytes()
    for size in (len(whole) // 2, len(whole) - 9):
        with pytest.raises(BadInput, match="damaged spreadsheet"):
            read(make("b.xlsx", whole[:size]))


def test_paths_that_are_no_files(tmp_path: Path, make: Make) -> None:
    with pytest.raises(BadInput, match="no such file"):
        read(tmp_path / "none.txt")
    with pytest.raises(BadInput, match="is a folder"):
        read(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInput, match="device or a pipe"):
        read(tmp_path / "pipe")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(make: Make) -> None:
    path = make("a.txt", TEXT.encode())
    path.chmod(0)
    with pytest.raises(BadInput, match="not allowed to read it"):
        read(path)


def test_the_formats_are_those_that_are_there() -> None:
    assert {".txt", ".md", ".csv", ".tsv", ".xlsx", ".xls", ".ods"} <= set(suffixes())
