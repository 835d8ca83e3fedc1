"""PDF: the text of each page, with the page as locator. A page without text is a picture of one, and is named."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from govgraph.graph.errors import BadInput

from .document import Document, Part, of_text
from .fit import LIKELY, NO, SURE

if TYPE_CHECKING:
    import pypdfium2  # type: ignore[import-untyped]

SUFFIXES = (".pdf",)
MAGIC = b"%PDF-"
LONGEST = 20_000_000
"""Characters of a file."""
PAGES = 20_000
PASSWORD = 4  # of FPDF_GetLastError
BREAK = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
HYPHEN = re.compile(r"[\x02\ufffe\xad]\n?")
"""What the library puts where a word is broken at the end of a line."""
NUMBER = re.compile(r"\W*(?:第\s*)?\d{1,4}\s*(?:页|/\s*\d{1,4})?(?:\s*共\s*\d{1,4}\s*页)?\W*")
REPEATED = 3
"""Pages that begin or end with the same line, which then is a running title and no part of the text."""
FULL = 0.92
"""A line of this part of the usual width is full: what follows continues it."""


def fits(data: bytes, suffix: str) -> int:
    """Known by its first bytes, which some programmes write a little late."""
    if data.startswith(MAGIC):
        return SURE
    return LIKELY if MAGIC in data[:1024] and suffix in SUFFIXES else NO


def read(path: Path, data: bytes) -> Document:
    """The text of all pages, lines joined to paragraphs, page numbers and running titles left out."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(data) as pdf:
            if len(pdf) > PAGES:
                raise BadInput(f"{path}: {len(pdf)} pages; at most {PAGES} are read: split it into smaller files")
            pages, unread = _pages(path, pdf)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == PASSWORD:
            raise BadInput(f"{path} is protected by a password; save a copy without one") from None
        raise BadInput(f"{path}: a damaged PDF ({error}); print it to a new PDF") from None
    if not any(pages):
        raise BadInput(
            f"{path}: a scan: its {len(pages)} pages are pictures without text; run text recognition (OCR) on it first"
            if unread
            else f"{path} is empty; expected pages with text"
        )
    text, parts = _joined(_without_running(pages))
    said = f"0: pages without text, scanned and not read: {_listed(unread)}; run text recognition (OCR) on them first"
    return replace(of_text(path, data, text, None), parts=parts, refusals=(said,) if unread else ())


def _pages(path: Path, pdf: pypdfium2.PdfDocument) -> tuple[list[list[str]], list[int]]:
    """The lines of each page, and the numbers of those that show something but hold no text."""
    pages: list[list[str]] = []
    unread: list[int] = []
    length = 0
    for number in range(len(pdf)):
        page = pdf[number]
        textpage = page.get_textpage()
        raw = textpage.get_text_range()
        textpage.close()
        lines = _lines(raw)
        length += len(raw)
        if length > LONGEST:
            raise BadInput(f"{path}: more than {LONGEST:,} characters; split it into smaller files")
        if not lines and next(iter(page.get_objects(max_depth=2)), None) is not None:
            unread.append(number + 1)
        page.close()
        pages.append(lines)
    return pages, unread


def _lines(raw: str) -> list[str]:
    text = HYPHEN.sub("", BREAK.sub("\n", raw)).replace("\0", "")
    return [line.strip() for line in text.split("\n") if line.strip()]


def _without_running(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """The pages without the numbers and the titles that stand at the edge of several of them."""
    edges = Counter(line for page in pages for line in {_bare(line) for line in (*page[:2], *page[-2:])})
    running = {line for line, count in edges.items() if count >= max(REPEATED, len(pages) / 3)}
    return [_trimmed(list(page), running) for page in pages]


def _trimmed(page: list[str], running: set[str]) -> list[str]:
    for at in (0, -1):
        for _ in range(2):
            if len(page) > 1 and (NUMBER.fullmatch(page[at]) or _bare(page[at]) in running):
                page.pop(at)
    return page


def _bare(line: str) -> str:
    return re.sub(r"[\d\s]+", "", line)


def _joined(pages: Sequence[Sequence[str]]) -> tuple[str, tuple[Part, ...]]:
    parts: list[Part] = []
    pieces: list[str] = []
    length = 0
    for number, page in enumerate(pages, 1):
        parts.append(Part(length, {"page": number}))
        for piece in (*_paragraphs(page), "") if page else ():
            pieces.append(piece)
            length += len(piece) + 1
    return "\n".join(pieces[:-1]), tuple(parts)


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Lines joined where one is as wide as the page allows and the next goes on."""
    widths = [_width(line) for line in lines]
    full = _usual(widths)
    held = ""
    for line, width in zip(lines, widths, strict=True):
        held += (" " if held and _is_latin(held[-1]) and _is_latin(line[0]) else "") + line
        if full is None or width < FULL * full or held.endswith(("。", "！", "？", "；", "：")):
            yield held
            held = ""
    if held:
        yield held


def _usual(widths: Sequence[float]) -> float | None:
    """The width of most full lines of a page; None where too few are alike to speak of one."""
    if len(widths) < 4:
        return None
    rounded = Counter(round(width) for width in widths)
    near = {w: sum(rounded[w + d] for d in (-1, 0, 1)) for w in rounded}
    width = max(near, key=lambda w: (near[w], w))
    return width if near[width] >= max(3, 0.3 * len(widths)) and width >= 8 else None


def _width(line: str) -> float:
    """In the width of a Chinese character."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in line)


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:20]))
    return shown if len(numbers) <= 20 else f"{shown} and {len(numbers) - 20} more"
