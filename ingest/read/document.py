"""What a reader hands on: one text, or tables of text cells, with the hash of the file they came from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

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
class Document:
    """A file as read. `text` has LF line ends and no byte order mark; offsets of claims are characters of it.

    `refusals` are lines of the file that could not be used ("LINE: reason", without the name of the file), `notes` what
    the user may want to know. `encoding` is that of the file, None where the format has its own.
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


def of_text(path: Path, data: bytes, text: str, encoding: str | None) -> Document:
    """A document of one text."""
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
    """A document of tables alone."""
    return Document(path, path.name, "tables", None, tables, sha256_of(data), encoding, refusals, notes)


def sha256_of(data: bytes) -> str:
    """The hash by which a file is known, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
