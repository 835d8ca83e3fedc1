"""Spreadsheets: xlsx, and what the same library reads beside it (xls, xlsb, ods). Hidden sheets are noted, not read."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
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
from .unpack import DAMAGE, OLE, ZIP, check_office, names

SUFFIXES = (".ods", ".xls", ".xlsb", ".xlsm", ".xlsx")
PARTS = ("xl/workbook.xml", "xl/workbook.bin")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
OLE_NAMES = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"), ENCRYPTED)
CELLS = 5_000_000
"""Cells between the first and the last filled one of a sheet: the library makes room for all of them at once."""
CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>')
FORMULA = re.compile(
    rb'<c r="([A-Z]{1,3}\d{1,7})"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)
"""A formula without the value that it had when the file was saved."""
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
CHUNK, OVERLAP = 1 << 20, 16 << 10
SHOWN = 5


def fits(data: bytes, suffix: str) -> int:
    """Known by its parts; a damaged one by its first bytes and its ending."""
    if data.startswith(ZIP):
        found = names(data)
        is_ods = "content.xml" in found and b"opendocument.spreadsheet" in data[:200]
        if is_ods or any(part in found for part in PARTS):
            return SURE
        return LIKELY if suffix in SUFFIXES and not found else NO
    if data.startswith(OLE):
        return SURE if any(name in data for name in OLE_NAMES) else LIKELY if suffix in SUFFIXES else NO
    return NO


def read(path: Path, data: bytes) -> Document:
    """One table a sheet, in the order of the workbook."""
    if data.startswith(OLE) and ENCRYPTED in data:
        raise BadInput(f"{path} is protected by a password; save a copy without one")
    formulas = _check_sheets(path, data) if data.startswith(ZIP) else ()
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
                tables.append(_table(path, book.get_sheet_by_name(info.name)))
    except PasswordError:
        raise BadInput(f"{path} is protected by a password; save a copy without one") from None
    except CalamineError as error:
        raise BadInput(f"{path}: a damaged spreadsheet ({error}); open it in a spreadsheet and save it anew") from None
    filled = tuple(table for table in tables if any(map(any, table.rows)))
    if not filled:
        raise BadInput(f"{path}: no visible sheet holds anything; expected a table")
    return of_tables(path, data, filled, refusals=tuple(formulas), notes=tuple(notes))


Cell = int | float | str | bool | time | date | datetime | timedelta


def _table(path: Path, sheet: CalamineSheet) -> Table:
    if sheet.total_height * sheet.total_width > CELLS:
        raise _too_wide(path, sheet.total_height, sheet.total_width)
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


def _check_sheets(path: Path, data: bytes) -> list[str]:
    """A workbook of a few kilobytes can ask for more memory than there is, which would end the whole process.

    Gives refusals for cells of which only the formula is known.
    """
    check_office(path, data, "spreadsheet")
    refusals: list[str] = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    refusals += _check_sheet(path, archive, name)
                elif name == "content.xml":
                    _check_repeats(path, archive, name)
    except (*DAMAGE, SyntaxError) as error:
        raise BadInput(f"{path}: a damaged spreadsheet ({error}); open it in a spreadsheet and save it anew") from None
    return refusals


def _check_sheet(path: Path, archive: zipfile.ZipFile, name: str) -> Iterator[str]:
    last, width = 1, 1
    formulas: dict[str, None] = {}
    for xml in _chunks(archive, name):
        for column, row in CELL.findall(xml):
            last, width = max(last, int(row)), max(width, _number(column))
        formulas |= {place.decode(): None for place in FORMULA.findall(xml)}
    if last * width > CELLS:
        raise _too_wide(path, last, width)
    if formulas:
        more = f" and {len(formulas) - SHOWN} more" if len(formulas) > SHOWN else ""
        cells = ", ".join(list(formulas)[:SHOWN]) + more
        yield f"0: cells with a formula whose value is not stored ({cells}); open the file in a spreadsheet and save it"


def _check_repeats(path: Path, archive: zipfile.ZipFile, name: str) -> None:
    """An ods file writes equal rows and cells once, with a count, and the library writes them out."""
    from lxml import etree  # type: ignore[import-untyped]

    cells, width, empty = 0, 0, 0
    with archive.open(name) as file:
        for _, element in etree.iterparse(file, resolve_entities=False, no_network=True):
            if element.tag == f"{TABLE}table-cell":
                count = int(element.get(f"{TABLE}number-columns-repeated", "1"))
                width, empty = (width + empty + count, 0) if len(element) else (width, empty + count)
            elif element.tag == f"{TABLE}table-row":
                cells += int(element.get(f"{TABLE}number-rows-repeated", "1")) * width
                width, empty = 0, 0
                element.clear()
            if max(cells, width) > CELLS:
                raise BadInput(f"{path}: more than {CELLS:,} cells; delete what stands far outside the table")


def _chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """A file of an archive, a piece at a time; the pieces overlap so that nothing is cut in two in both."""
    with archive.open(name) as file:
        held = b""
        while piece := file.read(CHUNK):
            yield held + piece
            held = (held + piece)[-OVERLAP:]


def _too_wide(path: Path, row: int, column: int) -> BadInput:
    return BadInput(f"{path}: cells as far as row {row} and column {column}; delete what stands far outside the table")


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
