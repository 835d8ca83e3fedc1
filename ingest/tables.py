"""Registers to claims: which compounds there are, which bodies they have, who holds which post, and for how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from govgraph.graph.errors import BadInput
from govgraph.graph.vocabulary import vocabulary

from .cells import clean, is_void
from .form import FormGrid, with_form
from .headers import Column, Grid, Layout, layouts, letters
from .read import Table
from .rows import Block, Row, counted, squeezed
from .sheet import Claim, Extraction, Sheet
from .words import words

__all__ = ["Claim", "Extraction", "table_claims"]

WIDEST = 512
"""Columns of a table; registers have a tenth of that."""


def table_claims(
    table: Table,
    *,
    source_id: str,
    published: str | None,
    place: str | None,
    complete: Sequence[str] = (),
    mapping: Mapping[str, object] | None = None,
) -> Extraction:
    """The claims of one sheet: entity, relation, figure and register, without ids, each with the cell behind it.

    `published` is a date of the contract, `place` the name of the place that the table is about, `complete` the types
    (or HOLDS_POST) of which the table lists every one that the place has. A cell that cannot be read is refused and the
    rest of its row stays.

    `mapping` is the content of a --map file, for headers that are not known. It maps a header or the letter of a column
    to a name of `headers.yaml`, to any header that is known, or to "ignore":

        columns: {楼盘: compound, D: 业委会主任, 届起: committee.from, 届止: committee.to, 备用: ignore}
        header_row: 3          # optional, as a spreadsheet counts; 0 where there is no header
        fill_down: [街道, 社区]  # optional: an empty cell of these means the same as the cell above it

    Dates are `founded`, `from`, `to` and `range`, alone or after the kind of body and a dot.

    Raises BadInput for a type, a mapping or an option that cannot be used.
    """
    grid = Grid(table)
    _check_complete(complete, place, published)
    if (filled := len({i for row in table.rows for i, cell in enumerate(row) if cell})) > WIDEST:
        said = f"sheet {table.sheet} has {filled} columns; at most {WIDEST} are read: leave out the others"
        return Extraction(refusals=[f"{table.first_row}: {said}"])
    grid, found = _read_as(grid, mapping)
    sheet = Sheet(grid, source_id, published, place)
    if not found:
        sheet.refuse_table()
        return sheet.out
    for layout in found:
        _read(Block(sheet, layout, _filled(layout, mapping)))
    sheet.finish()
    if isinstance(grid, FormGrid) and not sheet.entities:
        sheet.note("a form that is not filled in")
    sheet.register(complete, found[0])
    return sheet.out


def is_known(table: Table) -> bool:
    """Whether a table has a header that is known, or is a form."""
    return bool(_read_as(Grid(table), None)[1])


def _read_as(grid: Grid, mapping: Mapping[str, object] | None) -> tuple[Grid, list[Layout]]:
    return with_form(grid) if mapping is None else (grid, layouts(grid, mapping))


def _check_complete(complete: Sequence[str], place: str | None, published: str | None) -> None:
    for name in complete:
        if name != "HOLDS_POST":
            vocabulary().type(name)
    if complete and not place:
        raise BadInput("a register is complete for a place, and none is given; say which with --place NAME")
    if complete and not published:
        raise BadInput("a register is complete at a date, and none is given; say which with --published DATE")


def _filled(layout: Layout, mapping: Mapping[str, object] | None) -> list[Column]:
    wanted = (mapping or {}).get("fill_down")
    if not isinstance(wanted, list):
        return []
    names = set(map(str, cast(list[object], wanted)))
    return [c for c in layout.columns if {c.title, letters(c.index), c.meaning.field} & names]


def _read(block: Block) -> None:
    """All rows of one table, each as what it is: the header again, sums, a remark, a place for rows below, data."""
    grid, layout = block.grid, block.layout
    titles = {column.header.text for column in layout.columns}
    if isinstance(grid, FormGrid) and layout.end == layout.start + 1:
        Row(block, layout.start).read()
        return _notes(block)
    for row in range(layout.start, layout.end):
        own = grid.own(row)
        if not own or (len(own) > 1 and all(cell.text in titles for cell in own)):
            continue
        if any(squeezed(cell.text).startswith(words().totals) for cell in own[:2]):
            _totals(block, row)
        elif len(own) <= 2 and clean(own[0].text).startswith(words().remarks):
            continue
        elif len(layout.columns) == 1 or len(grid.filled(row)) > 1 or not block.open_section(row, own[0]):
            Row(block, row).read()
    _notes(block)


def _totals(block: Block, row: int) -> None:
    """A row of sums gives figures, no compounds."""
    for column in block.layout.columns:
        cell = block.grid.cell(row, column.index)
        if counted(column) and cell.text and not squeezed(cell.text).startswith(words().totals):
            block.figure(cell, column, block.sheet.place)


def _notes(block: Block) -> None:
    sheet, layout = block.sheet, block.layout
    if layout.unknown:
        sheet.note(f"columns not used: {', '.join(layout.unknown)}; say with --map FILE what they mean")
    for column, scopes in layout.shared_terms():
        sheet.note(f"{column.title} is read as the term of the posts in {' and '.join(scopes)}")
    for column in layout.of("phone") + layout.of("id_number"):
        cells = {block.grid.cell(row, column.index) for row in range(layout.start, layout.end)}
        filled = sum(not is_void(cell.text) for cell in cells)
        sheet.hidden["telephone" if column.meaning.field == "phone" else "identity"] += filled
