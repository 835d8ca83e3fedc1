"""Word documents (docx): the text in its order, then headers, footers and notes; tables as tables."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from govgraph.graph.errors import BadInput

from .document import Document, Part, Table, of_both
from .fit import LIKELY, NO, SURE
from .layout import is_prose
from .unpack import ZIP, check_office, names

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

SUFFIXES = (".docm", ".docx")
XML = 64 << 20
"""Bytes of one part of the document: as a tree it takes several times that."""
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
GONE = {f"{W}del", f"{W}moveFrom", FALLBACK, f"{W}instrText"}
"""What was struck out, moved away, is said twice, or is the programme of a field."""
AROUND = {f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo")}
"""What may stand around paragraphs and tables and says nothing itself."""
SIGNS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
MARKS = (("/header", "header"), ("/footer", "footer"), ("/footnotes", "footnote"), ("/endnotes", "endnote"))


def fits(data: bytes, suffix: str) -> int:
    """Known by its parts; a damaged one by its first bytes and its ending."""
    if not data.startswith(ZIP):
        return NO
    found = names(data)
    if any(name.startswith("word/document") for name in found):
        return SURE
    return LIKELY if suffix in SUFFIXES and not found else NO


def read(path: Path, data: bytes) -> Document:
    """Text and tables. A merged cell is read once; text that was struck out in a revision is left out."""
    from docx import Document as open_docx
    from lxml.etree import LxmlError

    check_office(path, data, "Word document")
    _check_parts(path, data)
    try:
        document = open_docx(io.BytesIO(data))
        body = document.element.body
        content = _Content()
        content.take(body)
        for mark, part in _marked(document.part.package.iter_parts()):
            content.take_part(mark, part)
    except (KeyError, ValueError, LxmlError, AttributeError) as error:
        raise BadInput(f"{path}: a damaged Word document ({error}); open it in Word and save it anew") from None
    if not any(line.strip() for line in content.lines) and not content.tables:
        raise BadInput(f"{path}: holds pictures or nothing, no text; run text recognition (OCR) on it first")
    found = of_both(path, data, "\n".join(content.lines), tuple(content.tables))
    return replace(found, parts=tuple(content.parts))


def _check_parts(path: Path, data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        large = next((i for i in archive.infolist() if i.filename.endswith(".xml") and i.file_size > XML), None)
    if large:
        raise BadInput(f"{path}: more than {XML >> 20} MB of text in {large.filename}; split it into smaller files")


def _marked(parts: object) -> Iterator[tuple[str, _Element]]:
    """Headers, footers and notes, in this order, those of one kind by name."""
    from lxml import etree  # type: ignore[import-untyped]

    found: list[tuple[int, str, str, bytes]] = []
    for part in parts:  # type: ignore[attr-defined]
        name = str(part.partname)
        for rank, (ending, mark) in enumerate(MARKS):
            if name.startswith(f"/word{ending}"):
                found.append((rank, name, mark, part.blob))
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for _, _, mark, blob in sorted(found):
        yield mark, etree.fromstring(blob, parser)


@dataclass
class _Content:
    """Collects lines, tables and parts."""

    lines: list[str] = field(default_factory=list[str])
    tables: list[Table] = field(default_factory=list[Table])
    parts: list[Part] = field(default_factory=list[Part])
    said: set[str] = field(default_factory=set[str])

    def take(self, above: _Element) -> None:
        """The paragraphs and tables below an element."""
        for element in above:
            if element.tag == f"{W}p":
                self._paragraph(element)
            elif element.tag == f"{W}tbl":
                self._table(element)
            elif element.tag in AROUND:
                self.take(element)

    def take_part(self, mark: str, root: _Element) -> None:
        """A header or footer, once whatever the number of sections; each note under its number."""
        notes = [e for e in root if e.tag in (f"{W}footnote", f"{W}endnote")]
        for element in notes or [root]:
            if element.get(f"{W}type") not in (None, "normal"):
                continue  # the line above the notes
            inner = _Content()
            inner.take(element)
            lines = [line for line in inner.lines if line.strip()]
            text = "\n".join(lines)
            if not text or (not notes and text in self.said) or text.isdigit():
                continue
            self.said.add(text)
            number = f" {element.get(f'{W}id')}" if notes else ""
            if not self.parts:
                self.parts.append(Part(0, {}))
            self.parts.append(Part(sum(len(line) + 1 for line in self.lines), {"part": mark + number}))
            self.lines += lines

    def _paragraph(self, element: _Element) -> None:
        self.lines += _text(element).split("\n")
        for box in element.iter(f"{W}txbxContent"):
            if not any(above.tag == FALLBACK for above in box.iterancestors()):
                self.take(box)

    def _table(self, element: _Element) -> None:
        """A table; one that only arranges a page is read as the text that it holds."""
        table, nested = _rows(element, f"表{len(self.tables) + 1}")
        if is_prose(table.rows):
            for cell in element.iter(f"{W}tc"):
                if cell.getparent().getparent() is element:
                    self.take(cell)
            return
        if any(map(any, table.rows)):
            self.tables.append(table)
        for inner in nested:
            self._table(inner)


def _text(element: _Element) -> str:
    """The text of a paragraph, without that of the boxes anchored in it."""
    found: list[str] = []
    for child in element:
        if child.tag == f"{W}t":
            found.append(child.text or "")
        elif child.tag in SIGNS:
            found.append(SIGNS[child.tag])
        elif child.tag not in GONE and child.tag not in (f"{W}txbxContent", f"{W}pPr", f"{W}rPr"):
            found.append(_text(child))
    return "".join(found)


def _rows(element: _Element, name: str) -> tuple[Table, list[_Element]]:
    rows: list[list[str]] = []
    merged: dict[tuple[int, int], tuple[int, int, int, int]] = {}
    nested: list[_Element] = []
    open_: dict[int, list[int]] = {}  # column → [first row, first column, last column] of a cell that goes on below
    for r, row in enumerate(_each(element, "tr")):
        cells: list[str] = [""] * _number(row, "trPr", "gridBefore", 0)
        for cell in _each(row, "tc"):
            column, span = len(cells), max(1, min(_number(cell, "tcPr", "gridSpan", 1), 1000))
            vertical = cell.find(f"{W}tcPr/{W}vMerge")
            goes_on = vertical is not None and vertical.get(f"{W}val", "continue") == "continue" and column in open_
            text = "" if goes_on else "\n".join(_text(p) for p in _each(cell, "p")).strip()
            nested += _each(cell, "tbl")
            cells += [text, *[""] * (span - 1)]
            if goes_on:
                top = open_[column]
                merged[top[0], top[1]] = top[0], top[1], r, top[2]
                continue
            open_.pop(column, None)
            if vertical is not None:
                open_[column] = [r, column, column + span - 1]
            if span > 1:
                merged[r, column] = r, column, r, column + span - 1
        rows.append(cells)
    return Table(name, tuple(map(tuple, rows)), tuple(merged.values())), nested


def _each(above: _Element, name: str) -> list[_Element]:
    """The children of a name, also those in content controls."""
    found: list[_Element] = []
    for element in above:
        if element.tag == f"{W}{name}":
            found.append(element)
        elif element.tag in AROUND:
            found += _each(element, name)
    return found


def _number(element: _Element, properties: str, name: str, otherwise: int) -> int:
    value = element.find(f"{W}{properties}/{W}{name}")
    text = value.get(f"{W}val", "") if value is not None else ""
    return int(text) if text.isdigit() else otherwise
