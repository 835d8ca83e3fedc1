"""A mapping file proposed for a table: what each column seems to be, and what would come out of the first rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from govgraph.graph.errors import BadInput

from .cells import BadCell, clean, is_void, partial, people, sensitive, span
from .headers import DATES, IGNORED, Grid, Layout, Meaning, layouts, letters
from .read import Document, Table, read
from .sheet import Claim, printable
from .tables import table_claims
from .words import words

__all__ = ["Guess", "Proposal", "as_yaml", "propose_mapping"]

ROWS = 10
"""Rows that are shown as claims."""
SAMPLE = 200
"""Rows that are looked at to guess what a column holds."""
MOST = 0.7
"""Share of the cells of a column that must fit a guess."""
PEOPLE = "people: say which post, such as chair, secretary, firm_head"


@dataclass(frozen=True)
class Guess:
    """What a column seems to be: its letter, header, meaning (a name of a --map file), and two cells of it.

    `why` is "header" or "content", or what the user should decide.
    """

    letter: str
    header: str
    means: str
    why: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """A mapping for one sheet, and the claims that its first ten rows give with it."""

    sheet: str
    mapping: dict[str, object]
    guesses: tuple[Guess, ...]
    claims: list[Claim]
    refusals: list[str]
    notes: list[str]


def propose_mapping(path: Path, *, place: str | None = None, published: str | None = None) -> list[Proposal]:
    """What a --map file for a table could say, one proposal for each sheet. Nothing is stored.

    Raises BadInput for a file without a table.
    """
    document = read(path)
    if not document.tables:
        raise BadInput(f"{path}: a text, and a map is for tables; `govgraph load` reads it as it is")
    return [_proposal(document, table, place, published) for table in document.tables]


def as_yaml(proposals: Sequence[Proposal]) -> str:
    """The proposals as a --map file, each column with a comment that tells what stands in it."""
    if len(proposals) == 1:
        return _block(proposals[0], "")
    blocks = [f"  {_quoted(proposal.sheet)}:\n{_block(proposal, '    ')}" for proposal in proposals]
    return "sheets:\n" + "".join(blocks)


def _proposal(document: Document, table: Table, place: str | None, published: str | None) -> Proposal:
    grid = Grid(table)
    found = layouts(grid)
    guesses, header = _known(grid, found[0]) if found else _unknown(grid)
    mapping: dict[str, object] = {"columns": {_key(guess, guesses): guess.means for guess in guesses}}
    mapping |= {"header_row": 0 if header is None else header + table.first_row}
    start = 0 if header is None else (found[0].start if found else header + 1)
    top = replace(table, rows=table.rows[: start + ROWS], merged=tuple(m for m in table.merged if m[0] < start + ROWS))
    shown = table_claims(top, source_id="preview", published=published, place=place, mapping=mapping)
    return Proposal(table.sheet, mapping, guesses, shown.claims, shown.refusals, shown.notes)


def _known(grid: Grid, layout: Layout) -> tuple[tuple[Guess, ...], int]:
    """The columns of a table whose header is known; those that it does not tell are guessed by what they hold."""
    by_index = {column.index: column for column in reversed(layout.columns)}
    guesses: list[Guess] = []
    for index in range(grid.width):
        column = by_index.get(index)
        cells = _cells(grid, index, layout.start)
        title = column.title if column else _header_text(grid, layout, index)
        if column:
            guesses.append(Guess(letters(index), title, _name_of(column.meaning), "header", cells[:2]))
        elif cells or title:
            guesses.append(_guess(index, title, cells))
    return tuple(guesses), layout.header_row


def _header_text(grid: Grid, layout: Layout, index: int) -> str:
    texts = [grid.cell(row, index).text for row in range(layout.header_row, layout.start)]
    return " ".join(next((text for text in reversed(texts) if text), "").split())


def _unknown(grid: Grid) -> tuple[tuple[Guess, ...], int | None]:
    """The columns of a table whose header is not known, or that has none."""
    first = next((row for row in range(grid.height) if len(grid.own(row)) > 1), 0)
    columns = [(index, _cells(grid, index, first + 1)) for index in range(grid.width)]
    guessed = [(index, cells, _content(cells)) for index, cells in columns]
    tops = [(grid.cell(first, index).text, means) for index, _, means in guessed]
    telling = [_content((text,)) == means for text, means in tops if means and text]
    if telling and sum(telling) >= len(telling) / 2:  # the first row is like the others: data
        return tuple(_guess(i, "", _cells(grid, i, first)) for i, cells, _ in guessed if cells), None
    return tuple(_guess(i, " ".join(grid.cell(first, i).text.split()), cells) for i, cells, _ in guessed), first


def _cells(grid: Grid, index: int, start: int) -> tuple[str, ...]:
    cells = (grid.cell(row, index).text for row in range(start, min(grid.height, start + SAMPLE)))
    return tuple(cell for cell in cells if not is_void(cell))


def _guess(index: int, header: str, cells: Sequence[str]) -> Guess:
    means = _content(cells)
    if means == "person":
        return Guess(letters(index), header, IGNORED, PEOPLE, tuple(cells[:2]))
    why = "content" if means else "not known: say what it is, or leave it out"
    return Guess(letters(index), header, means or IGNORED, why, tuple(cells[:2]))


def _content(cells: Sequence[str]) -> str | None:
    """What the cells of a column are, if most of them are of one kind."""
    for means, fits in CONTENT:
        if cells and sum(map(fits, cells)) >= MOST * len(cells):
            return means
    return None


def _ends(*endings: str) -> Callable[[str], bool]:
    return lambda text: clean(text).endswith(endings) and len(clean(text)) <= 30


def _reads(read_cell: Callable[[str], object]) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        try:
            read_cell(text)
        except BadCell:
            return False
        return True

    return fits


def _is_people(text: str) -> bool:
    return _reads(people)(text) and all(2 <= len(name) <= 4 or "·" in name for name, _ in people(text))


CONTENT: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("id_number", lambda text: sensitive(text)[1] > 0),
    ("phone", lambda text: sensitive(text)[0] > 0),
    (IGNORED, lambda text: re.fullmatch(r"\d{1,3}", text) is not None),
    ("from", _reads(partial)),
    ("range", _reads(span)),
    ("branch", _ends("党支部", "党总支", "支部", "党委", "党组织")),
    ("committee", _ends("业委会", "业主委员会")),
    ("station", _ends("党群服务站", "党群服务中心", "党群服务室")),
    ("firm", lambda text: "物业" in text or clean(text).endswith("公司")),
    ("community", _ends("社区", "居委会", "村委会")),
    ("sub_district", _ends("街道", "镇", "乡")),
    ("district", _ends("区", "县")),
    ("compound", _ends(*words().compound_endings)),
    ("city", _ends("市")),
    ("form", lambda text: any(clean(text) in said for said in words().forms.values())),
    ("person", _is_people),
)


def _name_of(found: Meaning) -> str:
    """A meaning as a --map file writes it."""
    if found.field in (*DATES, "exists"):
        return f"{found.scope}.{found.field}" if found.scope else found.field
    return words().count_headers[str(found.scope)][0] if found.field == "count" else found.field


def _key(guess: Guess, guesses: Sequence[Guess]) -> str:
    """The header where it is the only one of its name, else the letter."""
    alone = sum(other.header == guess.header for other in guesses) == 1
    return guess.header if guess.header and alone and not re.fullmatch("[A-Za-z]{1,3}", guess.header) else guess.letter


def _block(proposal: Proposal, indent: str) -> str:
    lines = ["columns:"]
    for key, guess in zip(_columns(proposal), proposal.guesses, strict=True):
        said = "" if guess.why == "header" else f" ({guess.why})"
        held = printable("、".join(_masked(cell) for cell in guess.examples))
        lines.append(f"  {_quoted(key)}: {guess.means}  # {guess.letter}: {held[:60]}{said}")
    lines += [f"{name}: {value}" for name, value in proposal.mapping.items() if name != "columns"]
    return "".join(f"{indent}{line}\n" for line in lines)


def _columns(proposal: Proposal) -> list[str]:
    columns = proposal.mapping["columns"]
    assert isinstance(columns, dict)
    return list(columns)


def _masked(cell: str) -> str:
    return "(number)" if any(sensitive(cell)) else cell


def _quoted(text: str) -> str:
    """A text as YAML reads it back."""
    return yaml.safe_dump(text, allow_unicode=True, width=10_000).removesuffix("\n...\n").strip()
