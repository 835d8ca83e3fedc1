"""What a reader hands on: a text, tables of text cells, or both, with the hash of the file they came from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from govgraph.graph.errors import BadInput

ROWS = 100_000
"""Rows of a table at most: twice as many as the compounds of the largest city, at ten claims a row."""
CHARACTERS = 3_000_000
"""Characters of a text at most: reading by rules holds all sentences of a document at once."""

Block = tuple[int, int, int, int]
"""A merged range: first row, first column, last row, last column; from 0, inside the rows of its table."""


@dataclass(frozen=True)
class Table:
    """One sheet. Every cell is text: dates in ISO form, whole numbers without a fraction, nothing as "".

    `rows` may differ in length. `first_row` is the number a spreadsheet gives to `rows[0]`. The text of a merged range
    stands in its first cell alone, as in the file; `merged` says how far it reaches. `numbers` are the cells (row,
    column, from 0) that the file holds as fractions, where 2019.1 may have been meant as 2019.10.
    """

    sheet: str
    rows: tuple[tuple[str, ...], ...]
    merged: tuple[Block, ...] = ()
    first_row: int = 1
    numbers: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class Part:
    """A stretch of a text with a place of its own in the file; it reaches from `start` to the next one.

    `locator` is what the locator of a quote from it says besides: `{"page": 3}`, `{"part": "footnote 2"}`.
    """

    start: int
    locator: Mapping[str, object]


@dataclass(frozen=True)
class Document:
    """A file as read. `text` has LF line ends and no byte order mark; offsets of claims are characters of it.

    `kind` is "text" where there is a text, beside which there may be tables. `sha256` is that of the file.
    `title` and `published` are what the file says of itself outside of its text. `refusals` are lines of the file that
    could not be used ("LINE: reason", without the name of the file), `notes` what the user may want to know. `encoding`
    is that of the file, None where the format has its own.
    """

    path: Path
    name: str
    kind: Literal["text", "tables"]
    text: str | None
    tables: tuple[Table, ...]
    sha256: str
    encoding: str | None
    refusals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    title: str | None = None
    published: str | None = None

    @property
    def content_sha256(self) -> str:
        """The hash of the text as read, to which offsets refer; of the file where there are tables alone."""
        return self.sha256 if self.text is None else sha256_of(self.text.encode("utf-8", "surrogatepass"))


def of_text(path: Path, data: bytes, text: str, encoding: str | None) -> Document:
    """A document of one text. Raises BadInput for one that is longer than a large book."""
    if len(text) > CHARACTERS:
        raise BadInput(f"{path}: more than {CHARACTERS:,} characters ({len(text):,}); split it into smaller files")
    return Document(path, path.name, "text", text, (), sha256_of(data), encoding)


def of_tables(
    path: Path,
    data: bytes,
    tables: tuple[Table, ...],
    encoding: str | None = None,
    *,
    refusals: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
) -> Document:
    """A document of tables alone. Raises BadInput for a table with too many rows."""
    if any(len(table.rows) > ROWS for table in tables):
        raise too_long(path)
    return Document(path, path.name, "tables", None, tables, sha256_of(data), encoding, refusals, notes)


def of_both(path: Path, data: bytes, text: str, tables: tuple[Table, ...], encoding: str | None = None) -> Document:
    """A document of a text with tables in it; of tables alone where the text is empty."""
    if not text.strip():
        return of_tables(path, data, tables, encoding)
    return replace(of_text(path, data, text, encoding), tables=tables)


def too_long(path: Path) -> BadInput:
    """What to say of a table that is too long."""
    return BadInput(f"{path}: a table of more than {ROWS:,} rows; split it into several files, such as one a place")


def sha256_of(data: bytes) -> str:
    """The hash by which a file is known, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
