"""Spreadsheets: xlsx, and what the same library reads beside it (xls, xlsb, ods). Hidden sheets are noted, not read."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from govgraph.graph.errors import BadInput

from .document import Document, Table, of_tables
from .fit import LIKELY, NO, SURE

SUFFIXES = (".ods", ".xls", ".xlsb", ".xlsx")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
PARTS = ("xl/workbook.xml", "xl/workbook.bin")
OLE_NAMES = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book", "EncryptedPackage"))
UNPACKED = 1 << 30
"""Bytes that a workbook may take when unpacked."""
CELLS = 20_000_000
"""Cells between the first and the last filled one of a sheet: the library makes room for all of them at once."""
CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>')


def fits(data: bytes, suffix: str) -> int:
    """Known by its parts; a damaged one by its first bytes and its ending."""
    if data.startswith(ZIP):
        names = _names(data)
        is_ods = "content.xml" in names and b"opendocument.spreadsheet" in data[:200]
        if is_ods or any(part in names for part in PARTS):
            return SURE
        return LIKELY if suffix in SUFFIXES and not names else NO
    if data.startswith(OLE):
        return SURE if any(name in data for name in OLE_NAMES) else LIKELY if suffix in SUFFIXES else NO
    return NO


def read(path: Path, data: bytes) -> Document:
    """One table a sheet, in the order of the workbook."""
    _check_size(path, data)
    tables: list[Table] = []
    notes: list[str] = []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for info in book.sheets_metadata:
                if info.typ != SheetTypeEnum.WorkSheet:
                    continue
                if info.visible != SheetVisibleEnum.Visible:
                    notes.append(f"hidden sheet {info.name} left out")
                    continue
                tables.append(_table(book.get_sheet_by_name(info.name)))
    except PasswordError:
        raise BadInput(f"{path} is protected by a password; save a copy without one") from None
    except CalamineError as error:
        raise BadInput(f"{path}: a damaged spreadsheet ({error}); open it in a spreadsheet and save it anew") from None
    filled = tuple(table for table in tables if any(map(any, table.rows)))
    if not filled:
        raise BadInput(f"{path}: no visible sheet holds anything; expected a table")
    return of_tables(path, data, filled, notes=tuple(notes))


Cell = int | float | str | bool | time | date | datetime | timedelta


def _table(sheet: CalamineSheet) -> Table:
    raw = sheet.to_python(skip_empty_area=False)
    numbers = {(r, c) for r, row in enumerate(raw) for c, cell in enumerate(row) if _is_fraction(cell)}
    merged = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
    return Table(sheet.name, tuple(tuple(map(_text, row)) for row in raw), merged, 1, frozenset(numbers))


def _is_fraction(cell: Cell) -> bool:
    return isinstance(cell, float) and not cell.is_integer()


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).replace("\r\n", "\n").strip()


def _names(data: bytes) -> frozenset[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError):
        return frozenset()


def _check_size(path: Path, data: bytes) -> None:
    """A workbook of a few kilobytes can ask for more memory than there is, which would end the whole process."""
    if not data.startswith(ZIP):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > UNPACKED:
                raise BadInput(f"{path}: more than {UNPACKED >> 30} GB when unpacked; split it into smaller files")
            for name in archive.namelist():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    _check_area(path, archive.read(name))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, EOFError, ValueError) as error:
        raise BadInput(f"{path}: a damaged spreadsheet ({error}); open it in a spreadsheet and save it anew") from None


def _check_area(path: Path, xml: bytes) -> None:
    rows, columns = [1], [1]
    for column, row in CELL.findall(xml):
        rows.append(int(row))
        columns.append(_number(column))
    if max(rows) * max(columns) > CELLS:
        found = f"cells as far as row {max(rows)} and column {max(columns)}"
        raise BadInput(f"{path}: {found}; delete what stands far outside the table")


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
