"""Tables as text: comma, semicolon or tab between the cells, quoted cells may hold line ends."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from govgraph.graph.errors import BadInput

from .document import ROWS, Document, Table, of_tables, too_long
from .encoding import EXPECTED, decode
from .fit import LIKELY, NO, POSSIBLE, SURE, is_plain

SUFFIXES = (".csv", ".tsv")
DELIMITERS = (",", "\t", ";")
TRIED = 50
HEAD = 1 << 18
"""Characters that are enough to tell a table."""
LARGEST = 64 << 20
"""Bytes of a table as text."""
SEVERAL = 3
"""Columns that make a table of a file whose ending does not say so."""
LONGEST = 60
"""Characters of a cell of a header at most; a line of prose with commas has longer parts."""


def fits(data: bytes, suffix: str) -> int:
    """Regular columns are a table whatever the ending; a single column only where the ending says so."""
    found = decode(data) if is_plain(data) else None
    if found is None:
        return NO
    named = suffix in SUFFIXES
    if _columns(found[0]) >= (2 if named else SEVERAL):
        return SURE
    return NO if not named else POSSIBLE if _is_prose(found[0]) else LIKELY


def read(path: Path, data: bytes) -> Document:
    """One table. A row with more or fewer cells than the others is refused with its line; all other rows stay."""
    if len(data) > LARGEST:
        raise BadInput(f"{path}: a table of more than {LARGEST >> 20} MB; split it into files, such as one a place")
    found = decode(data)
    if found is None:
        raise BadInput(f"{path}: not {EXPECTED}; save it as UTF-8")
    text, encoding = found
    delimiter, text = _declared(text)
    try:
        records = list(islice(_records(text, delimiter or _delimiter(text)), ROWS + 1))
    except csv.Error as error:
        raise BadInput(f"{path}: {error}; expected one row a line, quotation marks in pairs: save it anew") from None
    if len(records) > ROWS:
        raise too_long(path)
    rows, refusals = _even(records)
    return of_tables(path, data, (Table(path.stem, rows),), encoding, refusals=refusals)


def _declared(text: str) -> tuple[str | None, str]:
    """Spreadsheets take a first line "sep=;" as the name of the delimiter and do not show it."""
    first, _, rest = text.partition("\n")
    declared = first.strip().strip('"')
    if declared.lower().startswith("sep=") and declared[4:] in DELIMITERS:
        return declared[4:], rest
    return None, text


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each begins."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            yield line, [_value(cell.strip()) for cell in row]
            line = reader.line_num + 1
    except csv.Error as error:
        raise csv.Error(f"line {line}: {error}") from None


def _value(cell: str) -> str:
    """Spreadsheets write ="001" for a text that looks like a number."""
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') and cell.count('"') == 2 else cell


def _even(records: list[tuple[int, list[str]]]) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Rows of the usual width; an odd one leaves an empty row behind, so that the numbers of the others stay right."""
    usual = _usual([row for _, row in records])
    rows: list[tuple[str, ...]] = []
    refusals: list[str] = []
    for line, row in records:
        filled = len(_trimmed(row))
        if len(row) == usual or filled <= 1 or (len(row) > usual >= filled):  # a title, or commas at the end
            rows.append(tuple(row[:usual]))
        else:
            rows.append(())
            refusals.append(f"{line}: {len(row)} cells where the other rows have {usual}; add or quote what is missing")
    return tuple(rows), tuple(refusals)


def _usual(rows: list[list[str]]) -> int:
    widths = Counter(len(row) for row in rows if len(_trimmed(row)) > 1)
    return widths.most_common(1)[0][0] if widths else max((len(row) for row in rows), default=0)


def _trimmed(row: list[str]) -> list[str]:
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return row[:end]


def _delimiter(text: str) -> str:
    """The one that splits most rows alike: names listed within a cell split fewer."""
    return max(DELIMITERS, key=lambda delimiter: _regular(text, delimiter)[::-1])


def _columns(text: str) -> int:
    """Columns of a text that is a table beyond doubt, else 0."""
    return max(_regular(text, delimiter)[0] for delimiter in DELIMITERS)


def _regular(text: str, delimiter: str) -> tuple[int, int]:
    """Columns that most rows share, none where the rows are too few, too uneven or too long; and how many rows do."""
    rows: list[list[str]] = []
    try:
        rows += [row for _, row in islice(_records(text[:HEAD], delimiter), TRIED)]
    except csv.Error:
        if len(text) <= HEAD:  # else it was cut in the middle of a cell
            return 0, 0
    split = [row for row in rows if len(row) > 1]
    if not split:
        return 0, 0
    width, number = Counter(map(len, split)).most_common(1)[0]
    wordy = any(len(cell) > LONGEST or cell.endswith("。") for cell in split[0])
    even = number >= 2 and number >= 0.6 * sum(any(row) for row in rows)
    return (width, number) if even and not wordy else (0, number)


def _is_prose(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    return sum(line.rstrip().endswith("。") for line in lines) > len(lines) / 2
