"""Forms: a label, and beside it what was filled in. A form speaks of one thing, and may hold a list of people below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .cells import clean
from .headers import DATES, IGNORED, Cell, Column, Grid, Layout, Meaning, layout_of, layouts, meaning
from .read import Table

DEEPEST = 60
"""Rows of a form."""
FEWEST = 3
"""Labels that make a form."""
LONGEST = 14
"""Characters of a label."""
INLINE = re.compile(r"\s*([^：:\n]{2,14})[：:]([^：:\n]+?)\s*")


@dataclass(frozen=True)
class Field:
    """A label that has a meaning, and the cell beside it, which may be empty."""

    label: Cell
    meaning: Meaning
    value: Cell


class FormGrid(Grid):
    """A sheet with the fields of its form as further columns, the same in every row."""

    def __init__(self, table: Table, fields: Sequence[Field], first: int) -> None:
        super().__init__(table)
        self.inner, self.fields, self.first = self.width, fields, first
        self.width += len(fields)

    def cell(self, row: int, column: int) -> Cell:
        return self.fields[column - self.inner].value if column >= self.inner else super().cell(row, column)

    def filled(self, row: int) -> list[Cell]:
        return [cell for cell in dict.fromkeys(self.cell(row, i) for i in range(self.inner)) if cell.text]

    def begins(self, cell: Cell, row: int) -> bool:
        return row == self.first or super().begins(cell, row)


def fields(grid: Grid) -> tuple[list[Field], int]:
    """The fields of the form at the top of a sheet, none where it is no form, and the row at which it ends."""
    found: list[Field] = []
    rows = 0
    for row in range(min(grid.height, DEEPEST)):
        cells = list(dict.fromkeys(grid.cell(row, i) for i in range(grid.width)))
        cells = [cell for cell in cells if cell.row == row]
        following = [*cells[1:], Cell(row, grid.width, "")]
        here = [field for label, value in zip(cells, following, strict=True) for field in _field(label, value)]
        labels = sum(bool(cell.text and meaning(cell.text)) for cell in cells)
        if labels >= FEWEST and labels > len(here):
            return (found, row) if _is_form(found, rows) else ([], row)
        if here and labels <= len(here) and not _is_turned(cells, here):
            found += here
            rows += 1
    return (found, grid.height) if _is_form(found, rows) else ([], grid.height)


def _is_form(found: Sequence[Field], rows: int) -> bool:
    said = {field.meaning for field in found if field.meaning.field not in (IGNORED, *DATES)}
    return rows >= 2 and len(said) >= FEWEST


def _is_turned(cells: Sequence[Cell], here: Sequence[Field]) -> bool:
    """Whether several values follow one label: a register with a column for each compound, which is no form."""
    used = {cell for field in here for cell in (field.label, field.value)}
    return sum(bool(cell.text) for cell in cells if cell not in used) > len(here)


def _field(label: Cell, value: Cell) -> list[Field]:
    text = clean(label.text)
    if (inline := INLINE.fullmatch(label.text)) and (known := meaning(inline[1])):
        return [Field(replace(label, text=inline[1]), known, replace(label, text=inline[2].strip()))]
    known = meaning(text) if text and len(text) <= LONGEST else None
    if known is None or (value.text and meaning(value.text) is not None and len(clean(value.text)) <= LONGEST):
        return []
    return [Field(label, known, value)]


def with_form(grid: Grid) -> tuple[Grid, list[Layout]]:
    """The tables of a sheet. Where it begins with a form, a list of people below has its fields in every row."""
    found, end = fields(grid)
    if not found:
        return grid, layouts(grid)
    tables = layouts(grid, start=end)
    first = tables[0] if tables and "person" in tables[0].by_field else None
    start = first.start if first else found[0].value.row
    new = FormGrid(grid.table, found, start)
    columns = [
        Column(new.inner + i, field.meaning, field.label, " ".join(field.label.text.split()))
        for i, field in enumerate(found)
    ]
    if first is None:
        return new, [layout_of(columns, found[0].label.row, start, start + 1), *tables]
    return new, [layout_of([*columns, *first.columns], first.header_row, first.start, first.end), *tables[1:]]
