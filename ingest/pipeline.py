"""One file to its claims: read it, say what source it is, then extract from its text and map its tables."""

from __future__ import annotations

import os
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

from govgraph.graph.errors import BadInput

from .ask import Endpoint
from .cells import BadCell, partial
from .headers import Grid
from .one import joined
from .read import Document, Part, Table, read
from .tables import Claim, Extraction, is_known, table_claims

KINDS = (
    ("law", ("条例", "办法", "民法典", "规定", "实施细则", "法")),
    ("notice", ("通知", "公告", "公示", "通报", "意见", "方案", "决定", "函", "批复")),
)
LONGEST_TITLE = 60
_WHY = {"not reachable": "no answer (it cannot be reached)"}
TOP, BOTTOM = 12, 5
"""Lines at the head and the foot of a text among which its date is looked for."""
_DAY = (
    r"(\d{4}[-./]\d{1,2}(?:[-./]\d{1,2})?|\d{4}年\d{1,2}月(?:\d{1,2}日)?"
    r"|[〇零一二三四五六七八九○]{4}年[一二三四五六七八九十]{1,3}月(?:[一二三四五六七八九十]{1,3}日)?)"
)
_SAID = re.compile(rf"(?:(?:发布|发文|成文|印发|公布|发表|填报|填表|制表|统计)?(?:日期|时间))\s*[:：]?\s*{_DAY}")
_ISSUED = re.compile(rf"{_DAY}\s*(?:印发|发布|公布)")
_ALONE = re.compile(rf"[（(]?{_DAY}[）)]?")
_AS_OF = re.compile(rf"截[至止]到?\s*[:：]?\s*{_DAY}")


def load_document(
    path: Path,
    *,
    place: str | None = None,
    published: str | None = None,
    mapping: Mapping[str, object] | None = None,
    complete: Sequence[str] = (),
    source_id: str,
) -> Extraction:
    """The claims of one file; see `document_claims`. Raises BadInput where nothing can be read."""
    return document_claims(
        read(path), place=place, published=published, mapping=mapping, complete=complete, source_id=source_id
    )


def document_claims(
    document: Document,
    *,
    place: str | None = None,
    published: str | None = None,
    mapping: Mapping[str, object] | None = None,
    complete: Sequence[str] = (),
    source_id: str,
    endpoint: Endpoint | None = None,
) -> Extraction:
    """The claims of a document, its source first; refusals and notes do not repeat the name of the file.

    `published` is the date of the source; without it the one that the file itself states plainly is taken, if any.
    `mapping` and `complete` are for tables, see `tables.table_claims`; a mapping with `sheets` has a mapping for each
    sheet, and the others are not read. A text is put before the model of the `endpoint` as well, if one is
    given. Raises BadInput where these do not fit the document.
    """
    if complete and not document.tables:
        raise BadInput(f"{document.path}: only a table can be complete, and this is a text; leave out --complete")
    day = _given(published) or document.published or stated_date(document)
    out = Extraction([], [*document.refusals], [*document.notes], document.text, document.content_sha256)
    groups: list[list[Claim]] = []
    if document.text is not None:
        found_in_text = _of_text(document, source_id, place, day)
        if endpoint:
            found_in_text += _by_model(document.text, found_in_text, source_id, endpoint, out)
        groups.append([_placed(claim, document.parts) for claim in found_in_text])
    misfits: list[BadInput] = []
    for table, its_mapping in _tables(document, mapping, out):
        try:
            found = table_claims(
                table, source_id=source_id, published=day, place=place, complete=complete, mapping=its_mapping
            )
        except BadInput as error:
            misfits.append(error)
            continue
        groups.append(found.claims)
        out.refusals += found.refusals
        out.notes += found.notes
    if len(misfits) == len(document.tables) and misfits:
        raise misfits[0]
    out.notes += [f"not read: {error}" for error in misfits]
    out.claims = [_source(document, source_id, place, day, complete), *joined(groups)]
    if complete and not any(claim["kind"] == "register" for claim in out.claims):
        out.notes.append("no table was recognised, so nothing was declared complete")
    return out


def _tables(
    document: Document, mapping: Mapping[str, object] | None, out: Extraction
) -> Iterator[tuple[Table, Mapping[str, object] | None]]:
    """The tables to read, each with its mapping; the others are noted."""
    sheets = (mapping or {}).get("sheets")
    for table in document.tables:
        if isinstance(sheets, Mapping):
            own = cast(Mapping[str, object], sheets).get(table.sheet)
            if isinstance(own, Mapping):
                yield table, cast(Mapping[str, object], own)
            else:
                out.notes.append(f"sheet {table.sheet}: not in the map, not read")
        elif document.text is not None and mapping is None and not is_known(table):
            out.notes.append(f"{table.sheet}: a table without a header that is known, not read")
        else:
            yield table, mapping


def _placed(claim: Claim, parts: Sequence[Part]) -> Claim:
    """The claim with the page, or what else a part of the document is called, in the locators of its evidence."""
    evidence = claim.get("evidence")
    if not parts or evidence is None:
        return claim
    several = cast("list[Claim]", evidence if isinstance(evidence, list) else [evidence])
    found = [{**one, "locator": _located(cast("Claim", one["locator"]), parts)} for one in several]
    return {**claim, "evidence": found if isinstance(evidence, list) else found[0]}


def _located(locator: Claim, parts: Sequence[Part]) -> Claim:
    start = locator.get("start")
    if not isinstance(start, int):
        return locator
    index = bisect_right([part.start for part in parts], start) - 1
    return {**locator, **parts[index].locator} if index >= 0 else locator


def walk(paths: Iterable[Path]) -> Iterator[Path]:
    """The files to load: those given, and those in the folders given, sorted; hidden ones in folders are passed over.

    Raises BadInput for a path that does not exist.
    """
    for path in paths:
        if not path.exists():
            raise BadInput(f"{path}: no such file or folder; check the path")
        if not path.is_dir():
            yield path
            continue
        yield from sorted(_inside(path))


def _inside(folder: Path) -> Iterator[Path]:
    for top, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(top, name) for name in files if not name.startswith((".", "~$")))  # ~$: open in an office


def source_id_of(path: Path, taken: Container[str]) -> str:
    """A new id for a source: the name of its file, with "-" for all but letters, digits and Chinese.

    If another source has that id (`taken` are the ids in use) it ends in -2, -3 and so on.
    """
    name = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFKC", path.stem)).strip("-") or "source"
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}-{number}"
    return candidate


def stated_date(document: Document) -> str | None:
    """The date that a file gives for itself: after 发布时间 and the like, on a line alone, after 截至 in a table."""
    if document.text is not None:
        return _of_lines([line.strip() for line in document.text.splitlines() if line.strip()])
    cells = [cell for table in document.tables for cell in _outside(Grid(table))]
    return next((day for cell in cells if (day := _found(_AS_OF, cell) or _found(_SAID, cell))), None)


def _outside(grid: Grid) -> Iterator[str]:
    """The cells that stand alone in their row: titles and remarks."""
    for row in range(grid.height):
        cells = grid.own(row)
        if 0 < len(cells) <= 2:
            yield from (cell.text for cell in cells)


def _of_lines(lines: Sequence[str]) -> str | None:
    edges = [*lines[:TOP], *lines[-BOTTOM:]] if len(lines) > TOP else list(lines)
    short = [line for line in edges if len(line) <= LONGEST_TITLE]
    for pattern in (_SAID, _ISSUED):
        if found := next((day for line in short if (day := _found(pattern, line))), None):
            return found
    alone = (match[1] for line in reversed(short) if (match := _ALONE.fullmatch(line)))
    return next((day for text in alone if (day := _day(text))), None)


def _found(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return _day(match[1]) if match else None


def _day(text: str) -> str | None:
    try:
        return partial(text)
    except BadCell:
        return None


def _given(published: str | None) -> str | None:
    try:
        return partial(published) if published else None
    except BadCell as bad:
        raise BadInput(str(bad)) from None


def _source(
    document: Document, source_id: str, place: str | None, published: str | None, complete: Sequence[str]
) -> Claim:
    title = _title(document)
    claim: Claim = {"kind": "source", "id": source_id, "title": title, "type": _type(document, title, complete)}
    claim |= {"published": published} if published else {}
    claim |= {"place": place} if place else {}
    return claim | {"sha256": document.content_sha256}


def _title(document: Document) -> str:
    """What the file gives as its title, the first heading, the first short line that is no sentence, or its name."""
    if document.title:
        return document.title
    lines = [line.strip() for line in (document.text or "").splitlines() if line.strip()]
    heading = next((line for line in lines if re.match(r"#+\s", line)), None)
    if heading:
        return heading.lstrip("#").strip()
    first = lines[0] if len(lines) > 1 else ""
    is_heading = first and len(first) <= LONGEST_TITLE and not first.endswith(tuple("。；，、：;,:"))
    return first if is_heading and "。" not in first and not _ALONE.fullmatch(first) else document.path.stem


def _type(document: Document, title: str, complete: Sequence[str]) -> str:
    if complete:
        return "register"
    if document.tables and document.text is None:
        return "table"
    plain = re.sub(r"[（(].*?[）)]", "", title)
    for kind, endings in KINDS:
        if plain.endswith(endings):
            return kind
    return "article" if len(document.text or "") >= 400 else "note"


def _by_model(text: str, known: list[Claim], source_id: str, endpoint: Endpoint, out: Extraction) -> list[Claim]:
    from .model import read as read_by_model

    found = read_by_model(text, known, source_id=source_id, endpoint=endpoint)
    out.asked += found.counts
    for why, count in sorted(found.failures.items()):
        times = f" ({count} times)" if count > 1 else ""
        out.notes.append(
            f"the language model at {endpoint.shown} gave {_WHY.get(why, why)}{times}; read by rules alone"
        )
        out.unanswered = True
    return found.claims


def _of_text(document: Document, source_id: str, place: str | None, published: str | None) -> list[Claim]:
    from .extract import extract  # the words and models of extraction are not needed for tables

    assert document.text is not None
    return extract(document.text, source_id=source_id, published=published, place=place, title=_title(document))
