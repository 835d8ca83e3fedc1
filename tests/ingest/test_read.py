"""Readers: the content decides, and what cannot be read is said in one line."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import docx
import openpyxl
import pytest
from making import compound, encrypted_office, pdf, with_flag, zipped

from govgraph.graph.errors import BadInput
from govgraph.ingest.read import Document, Table, archive, read, read_each, suffixes, unpack
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
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a document of an old office format"),
        ("a.rtf", rb"{\rtf1\ansi a}", "a document in RTF"),
        ("a.rar", b"Rar!\x1a\x07\x00", "an archive .rar."),
        ("a.docx", b"PK\x03\x04 no document", "a damaged Word document"),
        ("a.pdf", b"%PDF-1.7 and no more", "a damaged PDF"),
        ("a.pdf", pdf([["一"]], encrypted=True), "is protected by a password"),
        ("a.pdf", pdf([[], []], picture=True), "a scan: its 2 pages are pictures without text"),
        ("a.pdf", pdf([[]]), "is empty; expected pages with text"),
        ("a.xlsx", encrypted_office(), "is protected by a password"),
        ("a.docx", encrypted_office(), "is protected by a password"),
        ("a.html", b"<html><body><script>x</script></body></html>", "a page without text"),
        ("a.zip", b"PK\x05\x06" + bytes(18), "an archive with nothing in it"),
        ("a.zip", b"PK\x03\x04 no archive", "a damaged archive"),
        ("a.zip", zipped({"a.txt": b"a", "b.txt": b"b"}), "an archive of 2 files"),
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
    assert {".txt", ".md", ".csv", ".tsv", ".xlsx", ".xls", ".ods", ".docx", ".pdf", ".html", ".zip"} <= set(suffixes())


# --- Word -------------------------------------------------------------------------------------------------------------
def word(paragraphs: Sequence[str] = (), cells: Sequence[Sequence[str]] = ()) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if cells:
        table = document.add_table(len(cells), len(cells[0]))
        for row, texts in zip(table.rows, cells, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_word_text_tables_and_headers(make: Make) -> None:
    document = docx.Document()
    document.add_paragraph("阳光花园的业委会主任是张三。")
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "横"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "竖"
    table.cell(1, 1).text, table.cell(2, 2).text = "甲", "乙\n丙"
    document.add_paragraph("他也是党支部书记。")
    document.sections[0].header.paragraphs[0].text = "试验区文件"
    out = io.BytesIO()
    document.save(out)
    found = read(make("a.txt", out.getvalue()))  # the content decides
    assert found.text == "阳光花园的业委会主任是张三。\n他也是党支部书记。\n试验区文件" and found.kind == "text"
    (read_table,) = found.tables
    assert read_table.rows == (("横", "", ""), ("竖", "甲", ""), ("", "", "乙\n丙"))
    assert set(read_table.merged) == {(0, 0, 0, 1), (1, 0, 2, 0)}
    assert [(part.start, part.locator) for part in found.parts] == [
        (0, {}),
        (found.text.index("试验区"), {"part": "header"}),
    ]


def changed(data: bytes, part: str, old: str, new: str) -> bytes:
    """A Word document with the XML of a part changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in files[part]
    return zipped(files | {part: files[part].replace(old.encode(), new.encode())})


def test_word_revisions_notes_and_boxes(make: Make) -> None:
    deleted = "<w:r><w:t>张三</w:t></w:r><w:del><w:r><w:delText>李四</w:delText></w:r></w:del><w:ins><w:r><w:t>、王五</w:t></w:r></w:ins>"
    data = changed(word(["XX"]), "word/document.xml", "<w:r><w:t>XX</w:t></w:r>", deleted)
    assert read(make("a.docx", data)).text == "张三、王五"
    control = "<w:sdt><w:sdtContent><w:p><w:r><w:t>控件</w:t></w:r></w:p></w:sdtContent></w:sdt><w:sectPr"
    assert read(make("b.docx", changed(word(["甲"]), "word/document.xml", "<w:sectPr", control))).text == "甲\n控件"


def test_a_table_that_only_arranges_a_page_is_text(make: Make) -> None:
    prose = "阳光花园小区召开业主大会，选举产生了首届业主委员会，张三当选为主任，李四当选为副主任。街道和社区派人到会祝贺，物业公司也作了发言，会议开得很好。"
    found = read(make("a.docx", word(cells=[["标题", prose], ["日期", prose]])))
    assert found.tables == () and found.text is not None and found.text.count(prose) == 2


def test_a_document_of_tables_alone(make: Make) -> None:
    found = read(make("a.docx", word(cells=[["小区", "主任"], ["甲园", "张三"]])))
    assert found.kind == "tables" and found.text is None and rows(found)[1] == ("甲园", "张三")


# --- PDF --------------------------------------------------------------------------------------------------------------
def test_pdf_pages_and_lines(make: Make) -> None:
    prose = "阳光花园小区的业委会主任是张三，他同时担任小区党支部的书记，另外月亮花园小区的业委会主任由李四担任，任期从二零一九年起共五年。"
    lines = [prose[i : i + 16] for i in range(0, len(prose), 16)]
    found = read(
        make(
            "a.pdf",
            pdf(
                [["试验区简报", *lines, "— 1 —"], ["试验区简报", "第二页的话。", "— 2 —"], ["试验区简报", "完。", "3"]]
            ),
        )
    )
    assert found.text is not None and prose in found.text
    assert "简报" not in found.text and "1" not in found.text  # a running title and the numbers of pages are no text
    starts = {part.start: part.locator for part in found.parts}
    assert starts[found.text.index("第二页")] == {"page": 2} and starts[found.text.index("完。")] == {"page": 3}


def test_a_scanned_page_among_others_is_named(make: Make) -> None:
    found = read(make("a.pdf", pdf([["第一页。"], [], ["第三页。"]], picture=True)))
    assert found.text is not None and "第三页" in found.text
    assert found.refusals == (
        "0: pages without text, scanned and not read: 2; run text recognition (OCR) on them first",
    )


def test_a_cut_pdf(make: Make) -> None:
    whole = pdf([["一"]])
    with pytest.raises(BadInput, match="a damaged PDF"):
        read(make("a.pdf", whole[:200]))


# --- web pages --------------------------------------------------------------------------------------------------------
PAGE = """<!DOCTYPE html><html><head>{meta}<title>阳光花园成立业委会_试验区政府网</title><meta name="PubDate" content="2020-12-01 09:30"></head>
<body><div class="nav"><a href="/">首页</a> <a href="/x">新闻动态</a></div><div class="content"><h1>阳光花园成立业委会</h1>
<p>11月30日，阳光花园召开业主大会，选举产生首届业委会，张三当选主任。街道党工委、社区党委派人到会祝贺，并对选举全过程进行了监督指导。</p>
<p>据悉，业委会任期五年，将与物业公司、小区党支部一起，每月召开一次联席会议，商议停车、绿化、维修等小区公共事务，并接受业主监督。</p>
<table><tr><th rowspan="2">小区</th><th colspan="2">业委会</th></tr><tr><td>主任</td><td>委员</td></tr><tr><td>阳光花园</td><td>张三</td><td>王五<br>赵六</td></tr></table>
</div><div class="footer">版权所有</div></body></html>"""


@pytest.mark.parametrize(
    "meta", ["", '<meta charset="gb2312">', '<meta http-equiv="Content-Type" content="text/html; charset=gbk">']
)
@pytest.mark.parametrize("name", ["a.html", "a.txt", "a.xls"])
def test_a_page_in_gbk(make: Make, meta: str, name: str) -> None:
    found = read(make(name, PAGE.format(meta=meta).encode("gb18030")))
    assert (
        found.text is not None
        and "张三当选主任" in found.text
        and "版权" not in found.text
        and "赵六" not in found.text
    )
    assert (found.title, found.published, found.encoding) == ("阳光花园成立业委会", "2020-12-01", "gb18030")
    (table,) = found.tables
    assert table.rows == (("小区", "业委会", ""), ("", "主任", "委员"), ("阳光花园", "张三", "王五\n赵六"))
    assert set(table.merged) == {(0, 0, 1, 0), (0, 1, 0, 2)}


def test_a_short_page_keeps_its_text(make: Make) -> None:
    found = read(make("a.html", "<html><body><p>阳光花园的主任是张三。</p></body></html>".encode()))
    assert found.text == "阳光花园的主任是张三。"


def test_a_page_of_tables_for_layout_only(make: Make) -> None:
    text = "阳光花园召开业主大会，选举产生首届业委会，张三当选主任，任期五年，街道和社区派人到会祝贺，物业公司也到会。"
    found = read(make("a.html", f"<html><body><table><tr><td>{text}</td></tr></table></body></html>".encode()))
    assert found.tables == () and found.text == text


# --- archives ---------------------------------------------------------------------------------------------------------
def inside(path: Path) -> dict[str, str]:
    """What each file of an archive holds, or what is wrong with it, by its path behind that of the archive."""
    found = read_each(path)
    return {
        str(p).removeprefix(f"{path}/"): str(d) if isinstance(d, BadInput) else str(d.text or d.tables)
        for p, d in found
    }


def test_an_archive_of_all_kinds(make: Make) -> None:
    files = {
        "文件/通知.txt": TEXT.encode("gb18030"),
        "表.csv": TABLE.encode(),
        "深/里.zip": zipped({"a.md": TEXT.encode(), "b.pdf": pdf([["页。"]])}),
        "__MACOSX/._x": b"x",
        ".DS_Store": b"x",
        "坏.pdf": b"%PDF-",
        "空.txt": b"",
    }
    path = make("a.zip", zipped(files))
    found = inside(path)
    assert found["文件/通知.txt"] == TEXT and "月亮花园" in found["表.csv"]
    assert found["深/里.zip/a.md"] == TEXT and found["深/里.zip/b.pdf"] == "页。"
    assert "damaged PDF" in found["坏.pdf"] and "is empty" in found["空.txt"] and len(found) == 6
    assert all(str(path) in text for name, text in found.items() if name.startswith(("坏", "空")))


def test_names_of_an_archive_from_a_chinese_system(make: Make) -> None:
    data = zipped({"ABCD.txt": TEXT.encode()}).replace(b"ABCD", "通知".encode("gbk"))
    assert inside(make("a.zip", data)) == {"通知.txt": TEXT}


def test_passwords_and_damage_in_an_archive(make: Make) -> None:
    assert "protected by a password" in inside(make("a.zip", with_flag(zipped({"a.txt": b"abc"}), 1)))["a.txt"]
    data = bytearray(zipped({"a.txt": TEXT.encode() * 50, "b.txt": TEXT.encode()}))
    data[60:64] = b"\xff\xff\xff\xff"
    found = inside(make("b.zip", bytes(data)))
    assert "damaged in the archive" in found["a.txt"] and found["b.txt"] == TEXT


@pytest.mark.parametrize(
    "name", ["../../x.txt", "/etc/x.txt", "C:\\x.txt", "a\\..\\..\\x.txt", "a\nb.txt", "a\u202etxt.exe"]
)
def test_names_that_play_tricks(make: Make, name: str, tmp_path: Path) -> None:
    found = inside(make("a.zip", zipped({name: b"text", "good.txt": TEXT.encode()})))
    assert found.pop("good.txt") == TEXT
    ((shown, said),) = found.items()
    assert "pack it anew with plain relative names" in said and (shown + said).isprintable()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip"]  # nothing is ever unpacked to disk


def test_a_link_in_an_archive(make: Make) -> None:
    info = zipfile.ZipInfo("link.txt")
    info.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert "a link to another file" in inside(make("a.zip", out.getvalue()))["link.txt"]


def test_archives_within_archives_to_a_bound(make: Make) -> None:
    data = TEXT.encode()
    for depth in range(archive.DEEPEST):
        data = zipped({f"{depth}.zip" if depth else "a.txt": data})
    assert list(inside(make("a.zip", data)).values()) == [TEXT]
    assert "more than 3 archives in one another" in str(inside(make("b.zip", zipped({"x.zip": data}))))


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.docx", "bomb.xlsx"])
def test_bombs(make: Make, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "HARMLESS", 1 << 20)
    inner = {"bomb.zip": "a.txt", "bomb.docx": "word/document.xml", "bomb.xlsx": "xl/workbook.xml"}[name]
    with pytest.raises(BadInput, match="times larger when unpacked"):
        read(make(name, zipped({inner: bytes(8 << 20)})))


def test_a_bomb_spread_over_nested_archives(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive.Budget.__init__, "__defaults__", (3 << 20, 100))
    part = zipped({"a.txt": b"a" * (1 << 20)})
    found = inside(make("a.zip", zipped({f"{i}.zip": part for i in range(5)})))
    assert sum("GB when unpacked" in said for said in found.values()) == 3 and len(found) == 5


def test_a_file_that_is_larger_than_it_says(make: Make) -> None:
    data = bytearray(word(["甲"]))
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    with pytest.raises(BadInput, match="a damaged Word document"):
        read(make("a.docx", bytes(data)))


# --- what is too much -------------------------------------------------------------------------------------------------
def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with open(path, "wb") as file:
        file.write(TABLE.encode())
        file.truncate(500 << 20)
    started = time.monotonic()
    with pytest.raises(BadInput, match=r"larger than 200 MB \(500 MB\); split it"):
        read(path)
    assert time.monotonic() - started < 1


def test_a_long_table_is_refused(make: Make) -> None:
    with pytest.raises(BadInput, match="a table of more than 100,000 rows; split it"):
        read(make("a.csv", b"a,b\n" * 100_001))


def test_memory_of_a_large_table_is_bounded(make: Make) -> None:
    """64 MB of one table, read in a process of its own so that its memory can be told."""
    path = make("a.csv", ("小区,社区\n" + "阳光花园,东风社区\n" * 2_300_000).encode())
    code = (
        "import re, sys\nfrom pathlib import Path\nfrom govgraph.ingest.read import read_each\n"
        "print(list(read_each(Path(sys.argv[1])))[0][1])\n"
        "print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])"  # ru_maxrss counts the parent
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    said, kilobytes = done.stdout.splitlines()
    assert "rows; split it" in said and int(kilobytes) < 500 << 10


def test_a_long_text_is_refused(make: Make) -> None:
    with pytest.raises(BadInput, match="more than 3,000,000 characters"):
        read(make("a.txt", "阳光花园。\n".encode() * 600_001))


def test_formulas_without_values(make: Make, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["小区", "户数"], ["甲园", "=1+1"], ["=A2", 3]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    found = read(tmp_path / "a.xlsx")
    assert found.refusals == (
        "0: cells with a formula whose value is not stored (B2, A3); open the file in a spreadsheet and save it",
    )


def test_text_written_as_a_formula(make: Make) -> None:
    assert rows(read(make("a.csv", '小区,编号\n甲园,="001"\n'.encode())))[1] == ("甲园", "001")


OPEN_DOCUMENT = """<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="甲"><table:table-row table:number-rows-repeated="{rows}"><table:table-cell office:value-type="string"
table:number-columns-repeated="{columns}"><text:p>甲园</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""


def test_equal_rows_that_are_written_once(make: Make) -> None:
    def ods(rows: int, columns: int) -> bytes:
        manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        files = {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": OPEN_DOCUMENT.format(rows=rows, columns=columns),
            "META-INF/manifest.xml": manifest,
        }
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        return out.getvalue()

    assert len(rows(read(make("a.ods", ods(3, 2))))) == 3
    with pytest.raises(BadInput, match="more than 5,000,000 cells"):
        read(make("b.ods", ods(1_000_000, 16_384)))


def test_a_compound_file_that_is_no_office_document(make: Make) -> None:
    with pytest.raises(BadInput, match="an old office format"):
        read(make("a.doc", compound({"WordDocument": bytes(4096)})))


def test_an_old_workbook() -> None:
    """Made with xlwt: a merged cell, a date, a number that may have been meant as October."""
    found = read(Path(__file__).parent / "files" / "register.xls")
    (table,) = found.tables
    assert table == Table(
        "登记",
        (("小区", "业委会主任", "任期开始"), ("阳光花园", "张三", "2019-09-01"), ("", "李四", "2019.1")),
        ((1, 0, 2, 0),),
        1,
        frozenset({(2, 2)}),
    )


def test_no_heavy_library_is_loaded_for_a_plain_text(make: Make) -> None:
    path = make("a.txt", TEXT.encode())
    heavy = "trafilatura", "docx", "pypdfium2", "lxml"
    code = f"import sys\nfrom pathlib import Path\nfrom govgraph.ingest.read import read\nread(Path(sys.argv[1]))\nprint([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
