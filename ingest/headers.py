"""Which row of a table is its header, and what each column means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import cast

from govgraph.graph.errors import BadInput

from .cells import clean, is_void
from .read import Table
from .text import simplify
from .words import words

SEARCHED = 20
"""Rows at the top of a sheet among which the header is looked for."""
DEEPEST = 3
"""Rows of a header."""
LARGEST = 1_000_000
"""Cells under merged ranges."""
PLACES = ("province", "city", "district", "sub_district", "community")
DATES = ("founded", "from", "to", "range")
SCOPES = ("committee", "branch", "firm", "station", "firm_post", "person")
IGNORED = "ignore"


@dataclass(frozen=True)
class Cell:
    """A cell with its place in the sheet; row and column from 0, as the cell in which the text really stands."""

    row: int
    column: int
    text: str


@dataclass(frozen=True)
class Meaning:
    """What a column says: a field of `headers.yaml`, a post, a date, `exists` or `count`, and of which kind of body."""

    field: str
    scope: str | None = None


@dataclass(frozen=True)
class Column:
    """A column with a meaning; `header` is the cell that gave it, `title` the words of that cell."""

    index: int
    meaning: Meaning
    header: Cell
    title: str


@dataclass(frozen=True)
class Layout:
    """One table within a sheet: its columns, the rows [start, end) below the header, what each date column dates."""

    columns: tuple[Column, ...]
    header_row: int
    start: int
    end: int
    terms: Mapping[str, Mapping[str, Column]]
    unknown: tuple[str, ...]

    @cached_property
    def by_field(self) -> dict[str, Column]:
        """The first column of each field."""
        found: dict[str, Column] = {}
        for column in self.columns:
            found.setdefault(column.meaning.field, column)
        return found

    def of(self, field: str) -> list[Column]:
        """All columns of a field, from left to right."""
        return [column for column in self.columns if column.meaning.field == field]

    def shared_terms(self) -> list[tuple[Column, list[str]]]:
        """Date columns that were read as those of several kinds of posts."""
        scopes: dict[Column, list[str]] = {}
        for scope, dates in self.terms.items():
            for column in dates.values():
                scopes.setdefault(column, []).append(scope)
        return [(column, found) for column, found in scopes.items() if len(found) > 1]


class Grid:
    """The cells of a sheet, merged ranges resolved to the cell in which their text stands."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.height = len(table.rows)
        self.width = max(map(len, table.rows), default=0)
        self._anchors: dict[tuple[int, int], tuple[int, int]] = {}
        covered = sum((min(b, self.height) - t + 1) * (min(r, self.width) - c + 1) for t, c, b, r in table.merged)
        if covered > LARGEST:
            raise BadInput(f"merged cells of sheet {table.sheet} cover more than {LARGEST:,} cells; undo the merging")
        for top, left, bottom, right in table.merged:
            for row in range(top, min(bottom + 1, self.height)):
                for column in range(left, min(right + 1, self.width)):
                    self._anchors[row, column] = top, left

    def cell(self, row: int, column: int) -> Cell:
        """The cell whose text stands at a place; an empty one outside of the sheet."""
        row, column = self._anchors.get((row, column), (row, column))
        cells = self.table.rows[row] if row < self.height else ()
        return Cell(row, column, cells[column] if column < len(cells) else "")

    def filled(self, row: int) -> list[Cell]:
        """The different cells of a row that hold something."""
        return [cell for cell in dict.fromkeys(self.cell(row, i) for i in range(self.width)) if cell.text]

    def begins(self, cell: Cell, row: int) -> bool:
        """Whether a cell belongs to a row alone, or to the first of several rows over which it reaches."""
        return cell.row == row

    def own(self, row: int) -> list[Cell]:
        """The filled cells that begin in this row."""
        return [cell for cell in self.filled(row) if cell.row == row]


def letters(column: int) -> str:
    """The name a spreadsheet gives to a column (from 0)."""
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def layouts(grid: Grid, mapping: Mapping[str, object] | None = None, start: int = 0) -> list[Layout]:
    """The tables of a sheet from a row on, one below the other. None where no row looks like a header.

    Raises BadInput for a mapping that names an unknown meaning or a column that is not there.
    """
    if mapping is not None:
        return [_mapped(grid, mapping)]
    found: list[Layout] = []
    row = start
    while row < grid.height and (header := _header(grid, row, SEARCHED if not found else 1)):
        top, depth = header
        end = _next_header(grid, top + depth)
        found.append(_layout(grid, top, depth, end, _meanings(grid, top, depth)))
        row = end
    return found


@lru_cache(1 << 14)
def meaning(text: str) -> Meaning | None:
    """What a header means, or None."""
    plain = _plain(text)
    for candidate in _variants(plain):
        if found := _index().get(candidate) or _dated(candidate):
            return found
    return next(iter(posts(text)), None)


@lru_cache(1 << 14)
def posts(text: str) -> tuple[Meaning, ...]:
    """The posts of a header that is about several at once ("支部书记兼业委会主任"), which one person holds."""
    parts = re.split("兼任|兼|、|/|及|和|暨", _plain(text))
    if len(parts) < 2 or not all(parts):
        return ()
    found = [_index().get(candidate) for part in parts for candidate in _variants(part)[:1]]
    return tuple(m for m in found if m) if all(m and m.field in words().posts for m in found) else ()


@cache
def _index() -> dict[str, Meaning]:
    known, index = words(), dict[str, Meaning]()
    for header in known.ignored:
        index[_plain(header)] = Meaning(IGNORED)
    for counted, headers in known.count_headers.items():
        index |= {_plain(header): Meaning("count", counted) for header in headers}
    for scope, body in known.bodies.items():
        for template in known.exists:
            index |= {
                _plain(template.format(name)): Meaning("exists", scope)
                for name in (*known.fields[scope], *body.generic)
            }
    for kind, headers in known.dates.items():
        index |= {_plain(header): Meaning(kind) for header in headers}
    for fields in (known.post_headers, known.fields):
        for field, headers in fields.items():
            index |= {_plain(header): Meaning(field, _scope_of_field(field)) for header in headers}
    return index


def _scope_of_field(field: str) -> str | None:
    known = words()
    if field == "firm_head":
        return "firm_post"
    return field if field in known.bodies else known.posts[field].body if field in known.posts else None


def _dated(text: str) -> Meaning | None:
    """A date after a word that tells whose it is."""
    for scope, headers in words().scopes.items():
        for word in headers:
            if text.startswith(word) and (rest := text.removeprefix(word)):
                found = _index().get(rest)
                if found and found.field in DATES:
                    return Meaning(found.field, scope)
    return None


def _plain(text: str) -> str:
    """A header without blanks, marks, numbering and what stands in brackets; traditional characters simplified."""
    text = re.sub(r"\s", "", simplify(clean(text)))
    text = re.sub(r"（[^（）]*）", "", text) or text
    return re.sub(r"^[\d.、*★#]+|[:：*★/、。]+$", "", text)


def _variants(text: str) -> list[str]:
    """The header as it stands, and without the words that change nothing."""
    known = words()
    back = next((text.removesuffix(word) for word in known.strip_back if text.endswith(word)), "")
    found = [text, back]
    for part in (text, back):
        found += [part.removeprefix(word) for word in known.strip_front if part.startswith(word)]
    return [part for part in found if part]


def _header(grid: Grid, start: int, searched: int) -> tuple[int, int] | None:
    """Row and depth of the header that gives a meaning to most columns."""
    best: tuple[int, int, int] | None = None
    for row in range(start, min(start + searched, grid.height)):
        for depth in range(1, min(DEEPEST, grid.height - row) + 1):
            score = _score(grid, row, depth)
            if score and (best is None or score > best[0]):
                best = score, row, depth
    return best and (best[1], best[2])


def _score(grid: Grid, row: int, depth: int) -> int:
    """How many columns get a meaning; 0 where they are too few to be sure, or the lower rows hold no headers."""
    if not grid.own(row):
        return 0
    found = [m for m in _meanings(grid, row, depth) if m]
    telling = {m for m in found if m.field not in (IGNORED, "phone", "id_number", *DATES)}
    total = len({cell for i in range(grid.width) if (cell := _leaf(grid, row, depth, i)).text})
    if not telling or (len(found) < 2 and total > 1):
        return 0
    return len(set(found)) if len(found) >= 0.4 * total else 0


def _leaf(grid: Grid, row: int, depth: int, column: int) -> Cell:
    """The lowest cell of a header that holds something."""
    cells = [grid.cell(row + i, column) for i in range(depth)]
    return next((cell for cell in reversed(cells) if cell.text), cells[0])


def _meanings(grid: Grid, row: int, depth: int) -> list[Meaning | None]:
    groups = [""] * depth
    found: list[Meaning | None] = []
    for column in range(grid.width):
        parts: list[Cell] = []
        for i in range(depth):
            cell = grid.cell(row + i, column)
            last = i == depth - 1
            if cell.text:
                groups[i] = cell.text
            elif not last and grid.cell(row + i + 1, column).text and not parts:
                cell = Cell(cell.row, cell.column, groups[i])  # a group that is not merged stands over its first column
            if cell.text and cell not in parts:
                parts.append(cell)
        found.append(_combined([part.text for part in parts]))
    return found


def _combined(parts: Sequence[str]) -> Meaning | None:
    """A header over several rows: the words together, the last with the kind of body of those above, the last alone."""
    if not parts:
        return None
    *groups, leaf = parts
    if found := meaning("".join(parts)):
        return found
    if not groups:
        return None
    scope = next((scope for group in reversed(groups) if (scope := _scope_in(_plain(group)))), None)
    own = meaning(leaf)
    if scope:
        if found := meaning(words().scopes[scope][0] + leaf):
            return found
        if own and own.scope is None and own.field in DATES:
            return Meaning(own.field, scope)
    if own is None and _plain(leaf) in words().strip_back:
        return meaning(groups[-1])
    return own


def _scope_in(text: str) -> str | None:
    return next((s for s, headers in words().scopes.items() if any(word in text for word in headers)), None)


def _next_header(grid: Grid, start: int) -> int:
    """The row at which another table begins, or the end of the sheet."""
    for row in range(start, grid.height):
        cells = grid.own(row)
        if len(cells) < 3:
            continue
        known = [m for cell in cells if not is_void(cell.text) and (m := meaning(cell.text))]
        if len(known) >= 0.8 * len(cells) and len(set(known)) >= 3:
            return row
    return grid.height


def _layout(grid: Grid, top: int, depth: int, end: int, meanings: Sequence[Meaning | None]) -> Layout:
    columns: list[Column] = []
    unknown: list[str] = []
    for index, found in enumerate(meanings):
        header = _leaf(grid, top, depth, index)
        title = " ".join(header.text.split())
        if found is None:
            unknown += [title] if title else []
        else:
            columns += [Column(index, each, header, title) for each in dict.fromkeys((found, *posts(header.text)))]
    return Layout(tuple(columns), top, top + depth, end, _terms(columns), tuple(dict.fromkeys(unknown)))


def layout_of(columns: Sequence[Column], header_row: int, start: int, end: int) -> Layout:
    """A layout of columns that are known."""
    return Layout(tuple(columns), header_row, start, end, _terms(columns), ())


def _terms(columns: Sequence[Column]) -> dict[str, dict[str, Column]]:
    """The date columns of each kind of body or post, keyed by scope, and by "founded", "from", "to", "range".

    A date that does not say whose it is belongs to what stands before it, back to the date before that: a founding date
    to the nearest body, a term to all posts of committee and branch there, or else to the firm.
    """
    terms: dict[str, dict[str, Column]] = {}
    long = any(column.meaning.field == "person" for column in columns)
    governed: list[str] = []
    before: list[str] = []
    for place, column in enumerate(columns):
        field, scope = column.meaning.field, column.meaning.scope
        if field not in DATES:
            if before and scope:
                governed, before = [], []
            governed += [scope] if scope and field not in ("exists", "count") else []
            continue
        if scope:
            scopes = [scope]
        elif field == "founded":
            scopes = [s for s in governed if s in words().bodies][-1:] or _first_body(columns)
        elif long:
            scopes = ["person"]
        else:
            scopes = before or _termed(governed) or _termed([c.meaning.scope or "" for c in columns[place:]])
            before = scopes
        for found in scopes:
            terms.setdefault(found, {}).setdefault(field, column)
    return terms


def _termed(scopes: Sequence[str]) -> list[str]:
    posts = [scope for scope in ("committee", "branch") if scope in scopes]
    return posts or [scope for scope in ("firm", "firm_post") if scope in scopes]


def _first_body(columns: Sequence[Column]) -> list[str]:
    return [c.meaning.scope for c in columns if c.meaning.scope in words().bodies][:1]


def _mapped(grid: Grid, mapping: Mapping[str, object]) -> Layout:
    """The layout that a --map file gives; see `tables.table_claims` for its form."""
    inner = mapping.get("columns")
    named = cast(Mapping[object, object], inner) if isinstance(inner, Mapping) else mapping
    wanted = {str(key).strip(): _named(str(value)) for key, value in named.items() if key not in OPTIONS}
    if (header := _mapped_header(grid, mapping, wanted)) is None:
        return _headless(grid, wanted)
    top, depth = header
    meanings = _meanings(grid, top, depth)
    titles = [_plain(_leaf(grid, top, depth, i).text) for i in range(grid.width)]
    for key, found in wanted.items():
        places = [i for i, title in enumerate(titles) if title == _plain(key)]
        if not places and re.fullmatch("[A-Za-z]{1,3}", key):
            places = [i for i in range(grid.width) if letters(i) == key.upper()]
        if not places:
            sheet = grid.table.sheet
            raise BadInput(f"the map names a column {key}, which {sheet} does not have; use its header or letter")
        for place in places:
            meanings[place] = found
    return _layout(grid, top, depth, grid.height, meanings)


def _headless(grid: Grid, wanted: Mapping[str, Meaning]) -> Layout:
    """The layout of a table that begins with its first row of data; its columns are named by their letters."""
    columns: list[Column] = []
    for index in range(grid.width):
        if found := wanted.get(letters(index)) or wanted.get(letters(index).lower()):
            columns.append(Column(index, found, Cell(0, index, ""), f"column {letters(index)}"))
    known = {letters(column.index) for column in columns}
    if missing := [key for key in wanted if key.upper() not in known]:
        width = letters(max(grid.width - 1, 0))
        raise BadInput(f"the map names a column {missing[0]}, and {grid.table.sheet} has the columns A to {width}")
    return layout_of(columns, 0, 0, grid.height)


OPTIONS = ("header_row", "fill_down")


def _named(text: str) -> Meaning:
    """A meaning by its name in `headers.yaml` or by any header that has it."""
    text = text.strip()
    known = words()
    if text in (IGNORED, "-"):
        return Meaning(IGNORED)
    if text in known.fields or text in known.posts:
        return Meaning(text, _scope_of_field(text))
    scope, _, kind = text.rpartition(".")
    if kind in (*DATES, "exists") and (not scope or scope in SCOPES):
        return Meaning(kind, scope or None)
    if found := meaning(text):
        return found
    usable = ", ".join((*known.fields, *known.posts, *DATES, IGNORED))
    raise BadInput(f"the map gives a column the meaning {text}, which is not known; use one of {usable}")


def _mapped_header(grid: Grid, mapping: Mapping[str, object], wanted: Mapping[str, Meaning]) -> tuple[int, int] | None:
    row = mapping.get("header_row")
    if row == 0:
        return None
    if isinstance(row, int):
        top = row - grid.table.first_row
        if not 0 <= top < grid.height:
            raise BadInput(f"the map has header_row {row}, and {grid.table.sheet} has {grid.height} rows")
        return _header(grid, top, 1) or (top, 1)
    keys = {_plain(key) for key in wanted}
    for index in range(min(SEARCHED, grid.height)):
        if any(_plain(cell.text) in keys for cell in grid.own(index)):
            return index, 1
    if found := _header(grid, 0, SEARCHED):
        return found
    if all(re.fullmatch("[A-Za-z]{1,3}", key) for key in wanted):
        return None
    return next((i for i in range(grid.height) if len(grid.own(i)) > 1), 0), 1
