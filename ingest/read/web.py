"""Web pages: the article without what stands around it, its headline and date, and its tables."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from govgraph.graph.errors import BadInput

from .document import Document, Table, of_both
from .encoding import EXPECTED, decode
from .fit import FOREIGN, LIKELY, NO, POSSIBLE, SURE
from .layout import is_prose

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

SUFFIXES = (".htm", ".html", ".shtml", ".xhtml")
LARGEST = 30 << 20
"""Bytes of a page."""
START = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|table|div|article|p)\b", re.I)
SURELY = re.compile(rb"<(?:!doctype\s+html|html)\b", re.I)
CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w-]{2,20})""", re.I)
CHINESE = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030"}
"""What such pages call their encoding, and what holds their names: gbk lacks rare characters."""
TITLES = ("articletitle", "og:title")
DATES = ("pubdate", "publishdate", "article:published_time", "firstpublishedtime", "publishtime")
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})")
SITE = re.compile(r"\s*[-_|－—]+\s*[^-_|－—]*(?:网|政府|门户|平台|客户端|频道)[^-_|－—]*$")
GONE = ("script", "style", "noscript", "template", "svg", "iframe", "select", "button")
BLOCKS = {
    *("p", "div", "li", "tr", "td", "th", "dd", "dt", "br", "section", "article", "blockquote", "caption"),
    *("h1", "h2", "h3", "h4", "h5", "h6"),
}
DEEPEST = 10_000
"""Columns and rows that a cell may claim to span."""
AREA = 200_000
"""Cells of a table, merged ones in full."""


def fits(data: bytes, suffix: str) -> int:
    """A page by the element at its beginning; fragments by theirs and the ending."""
    start = data[:2000]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.replace(b"\0", b"")
    elif data.startswith(FOREIGN) or b"\0" in start:
        return NO
    start = re.sub(rb"^(?:\s|\xef\xbb\xbf|\xff\xfe|\xfe\xff|<\?xml[^>]*>|<!--.*?-->)+", b"", start, flags=re.S)
    if SURELY.match(start):
        return SURE
    if suffix in SUFFIXES:
        return LIKELY if START.search(data[:20_000]) else POSSIBLE if b"<" in start else NO
    return LIKELY if START.match(start) else NO


def read(path: Path, data: bytes) -> Document:
    """The article and the tables of the page; all of its text where no article can be told."""
    if len(data) > LARGEST:
        raise BadInput(f"{path}: a web page of more than {LARGEST >> 20} MB; split it into smaller files")
    text, encoding = _decoded(path, data)
    tree = _tree(path, text)
    title, published = _title(tree), _published(tree)
    for element in list(tree.iter(*GONE)):
        element.drop_tree()
    tables = tuple(_tables(tree))
    article = _article(tree)
    if not article.strip() and not tables:
        raise BadInput(f"{path} is a page without text; save the page once it is shown in full")
    if title and article.strip() and title not in article[: 2 * len(title) + 80]:
        article = f"{title}\n\n{article}"
    return replace(of_both(path, data, article, tables, encoding), title=title, published=published)


def _decoded(path: Path, data: bytes) -> tuple[str, str]:
    found = decode(data)
    declared = CHARSET.search(data[:4096])
    if declared and (found is None or found[1] in ("gb18030", "big5")):  # the bytes decide wherever they can
        name = CHINESE.get(declared[1].decode("ascii").lower(), declared[1].decode("ascii").lower())
        try:
            text = data.decode(name, errors="replace")
        except LookupError:
            text = ""
        if text and text.count("\ufffd") <= len(text) / 1000:
            return text.replace("\r\n", "\n").replace("\r", "\n"), name
    if found is None:
        raise BadInput(f"{path}: not {EXPECTED}; save the page as UTF-8")
    return found


def _tree(path: Path, text: str) -> HtmlElement:
    from lxml import etree, html  # type: ignore[import-untyped]

    try:
        # a declaration inside decoded text contradicts it
        return html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).replace("\0", ""))
    except (etree.LxmlError, ValueError) as error:
        raise BadInput(f"{path}: a damaged web page ({error}); save it anew") from None


def _title(tree: HtmlElement) -> str | None:
    metas = _metas(tree)
    headings = [_flat(heading) for heading in tree.iter("h1")]
    titles = [SITE.sub("", _flat(element)) for element in tree.iter("title")]
    found = [*(metas[name] for name in TITLES if name in metas), *(headings if len(headings) == 1 else ()), *titles]
    return next((text for text in found if 2 < len(text) <= 120), None)


def _published(tree: HtmlElement) -> str | None:
    metas = _metas(tree)
    days = (DAY.search(metas[name]) for name in DATES if name in metas)
    return next((f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}" for day in days if day), None)


def _metas(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (element.get("name") or element.get("property") or "").lower()
        content = " ".join((element.get("content") or "").split())
        if name and content:
            found.setdefault(name, content)
    return found


def _article(tree: HtmlElement) -> str:
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    whole = _plain(tree)
    try:
        found = trafilatura.extract(tree, favor_recall=True, include_comments=False, include_tables=True)
    except (RecursionError, ValueError, TypeError, AttributeError, KeyError):  # it stumbles over broken pages
        found = None
    # on short notices it may keep a side column and drop the notice
    return found if found and len(found) * 5 >= len(whole) else whole


def _plain(tree: HtmlElement) -> str:
    """All text of the page, a line for each block."""
    return _lines("".join(_walk(next(tree.iter("body"), tree))))


def _walk(top: HtmlElement) -> Iterator[str]:
    """Texts in their order, without recursion: pages may be nested as deep as they like."""
    stack: list[tuple[HtmlElement, bool]] = [(top, False)]
    while stack:
        element, done = stack.pop()
        is_block = element.tag in BLOCKS
        if done:
            yield ("\n" if is_block else "") + ((element.tail or "") if element is not top else "")
            continue
        stack.append((element, True))
        if isinstance(element.tag, str):
            yield ("\n" if is_block else "") + (element.text or "")
            stack += [(child, False) for child in reversed(element)]


def _lines(text: str) -> str:
    lines = (re.sub(r"[ \t\u00a0\r\f\v]+", " ", line).strip(" ") for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _flat(element: HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())


def _tables(tree: HtmlElement) -> Iterator[Table]:
    """The tables of the page, which are taken out of it; one that only arranges text stays in it as blocks."""
    number = 0
    for element in reversed(list(tree.iter("table"))):  # inner ones first
        if element.getparent() is None:
            continue
        table = _table(element, "")
        if table is None or is_prose(table.rows) or next(element.iterdescendants("table"), None) is not None:
            _as_blocks(element)
    for element in list(tree.iter("table")):
        if element.getparent() is not None and (table := _table(element, f"表{number + 1}")):
            number += 1
            yield table
            element.drop_tree()


def _as_blocks(table: HtmlElement) -> None:
    for element in [table, *table.iterdescendants("tbody", "thead", "tfoot", "tr", "td", "th", "caption")]:
        element.tag = "p" if element.tag in ("td", "th", "caption") and not len(element) else "div"


def _table(element: HtmlElement, name: str) -> Table | None:
    """The cells of a table; None for one that claims more than is sensible."""
    caption = next((text for c in element.iter("caption") if (text := _flat(c))), name)
    rows: list[list[str]] = []
    taken: dict[tuple[int, int], bool] = {}
    merged: list[tuple[int, int, int, int]] = []
    for r, row in enumerate(element.iter("tr")):
        cells: list[str] = []
        for cell in row.iterchildren("td", "th"):
            while (r, len(cells)) in taken:
                cells.append("")
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            column = len(cells)
            if len(taken) + width * height > AREA:
                return None
            if width * height > 1:
                merged.append((r, column, r + height - 1, column + width - 1))
                taken |= {(r + i, column + j): True for i in range(height) for j in range(width)}
            cells += [_cell(cell), *[""] * (width - 1)]
        rows.append(cells)
    merged = [(top, left, min(bottom, len(rows) - 1), right) for top, left, bottom, right in merged]
    return Table(caption or name, tuple(map(tuple, rows)), tuple(merged)) if any(map(any, rows)) else None


def _cell(cell: HtmlElement) -> str:
    return "\n".join(line for line in _lines("".join(_walk(cell))).split("\n") if line)


def _span(cell: HtmlElement, name: str) -> int:
    text: str = (cell.get(name) or "1").strip()
    return max(1, min(int(text), DEEPEST)) if text.isdigit() else 1
