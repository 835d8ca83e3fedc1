"""Findings for an auditor: a document to read (HTML) and the list to work through (XLSX).

Whoever is handed such a file sees people in their public roles only: words behind a finding that tell of somebody's
party membership, age, home or numbers are blacked out in the quotes, and the wording is that of `explain`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from string import Template
from typing import cast

from govgraph.graph.errors import BadInput
from govgraph.graph.formats.files import replacing
from govgraph.graph.workspace import Workspace

from ..evidence import Row
from .explain import told
from .findings import known_patterns
from .judge import Lang, messages
from .worklist import findings

TEMPLATE = Path(__file__).with_name("report.html")
PRIVATE = re.compile(
    r"""(?:中共)?(?:正式|预备)党员 | 中共党员 | 党龄\d+年 | 入党(?:时间)? | (?<=[，、；（(\s])党员(?=[，、；）)。\s]|$)
      | (?:现年|年龄)?\d{1,3}\s*(?:周)?岁 | (?:19|20)\d{2}年(?:\d{1,2}月)?(?:\d{1,2}日)?(?:出)?生
      | (?:家庭住址|住址|现住|居住地址|家住)[：:]?[^，。；、\s]*
      | \d+\s*(?:栋|幢|号楼)\s*(?:\d+\s*单元)?\s*\d+\s*(?:室|号房)
      | (?<!\d)\d{17}[\dXx](?!\d) | (?<!\d)1\d{10}(?!\d) | (?<!\d)0\d{2,3}-?\d{7,8}(?!\d)""",
    re.VERBOSE,
)
"""What tells of a person beside the post: membership and years in the party, age, home, identity and phone numbers."""
BLACK = "■"
COLUMNS: dict[str, dict[str, str]] = {
    "id": {"zh": "编号", "en": "id"},
    "status": {"zh": "处理状态", "en": "status"},
    "changed": {"zh": "变化", "en": "changed"},
    "verdict": {"zh": "结论", "en": "verdict"},
    "title": {"zh": "类型", "en": "finding"},
    "people": {"zh": "人员", "en": "people"},
    "bodies": {"zh": "组织", "en": "bodies"},
    "place": {"zh": "所在地", "en": "place"},
    "holds": {"zh": "是否成立", "en": "holds"},
    "from": {"zh": "起", "en": "from"},
    "to": {"zh": "止", "en": "to"},
    "norms": {"zh": "条款", "en": "norms"},
    "against": {"zh": "反面情况", "en": "against"},
    "note": {"zh": "备注", "en": "note"},
}


def export(workspace: Workspace, out: Path, lang: Lang = "en", **asked: object) -> int:
    """Write the findings that `findings(**asked)` gives as .html or .xlsx, whole or not at all; gives their number.

    Raises BadInput for another suffix.
    """
    write = _WRITERS.get(out.suffix.casefold())
    if write is None:
        raise BadInput(f"{out.name}: findings are written as {' or '.join(_WRITERS)}; name the file so")
    rows = [row for row in findings(workspace, lang=lang, **asked) if row["changed"] != ["gone"]]  # type: ignore[arg-type]
    limits = {id: pattern.does_not_show for id, pattern in known_patterns(workspace).items()}
    with replacing(out) as file:
        file.buffer.write(write(rows, limits, lang))
    return len(rows)


def masked(text: str) -> str:
    """A quote without what it tells of people beside their posts; as long as it was."""
    return PRIVATE.sub(lambda found: BLACK * len(found[0]), text)


def _html(rows: Sequence[Row], limits: Mapping[str, str], lang: Lang) -> bytes:
    say = messages(lang)
    parts = [_section(row, told(row, limits[str(row["pattern"])], lang)) for row in rows]
    title = say["report"]
    page = Template(TEMPLATE.read_text("utf-8")).substitute(
        lang="zh-CN" if lang == "zh" else "en",
        title=escape(title),
        intro=escape(say["report_intro"].format(count=len(rows))),
        sections="\n".join(parts),
    )
    return page.encode()


def _section(row: Row, words: Row) -> str:
    evidence = cast("list[Row]", words["evidence"])
    sentences = "".join(
        f'<p class="{one["about"]}">{escape(masked(str(one["text"])))}{_marks(one, evidence)}</p>'
        for one in cast("list[Row]", words["sentences"])
    )
    quotes = "".join(
        f'<li value="{one["number"]}" id="{row["id"]}-{one["number"]}"><q>{escape(masked(str(one["quote"])))}</q>'
        f"<cite>{escape(str(one['title']))}</cite></li>"
        for one in _distinct(evidence)
    )
    said = " · ".join(escape(str(text)) for text in (row["id"], row["status"], row["note"]) if text)
    return (
        f'<section class="{row["verdict"]}"><h2>{escape(str(row["title"]))}</h2><p class="mark">{said}</p>'
        f"{sentences}<ol>{quotes}</ol></section>"
    )


def _marks(sentence: Row, evidence: Sequence[Row]) -> str:
    claims = cast("list[str]", sentence["claims"])
    return "".join(f"<sup>{one['number']}</sup>" for one in _distinct(q for q in evidence if q["claim"] in claims))


def _distinct(evidence: Iterable[Row]) -> list[Row]:
    """One for each number, in order."""
    first = {one["number"]: one for one in reversed(list(evidence))}
    return [first[number] for number in sorted(cast("list[int]", list(first)))]


def _xlsx(rows: Sequence[Row], limits: Mapping[str, str], lang: Lang) -> bytes:
    from openpyxl import Workbook  # late: only this needs it
    from openpyxl.styles import Alignment, Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(messages(lang)["report"])
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, words[lang], Font(bold=True)) for words in COLUMNS.values()])
    for row in rows:
        sheet.append([_cell(sheet, text, None, Alignment(wrap_text=True, vertical="top")) for text in _flat(row, lang)])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: object, text: str, *styles: object) -> object:
    """A cell of text: what begins like a formula is none."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=text)  # type: ignore[arg-type]
    cell.data_type = "s"
    for name, style in zip(("font", "alignment"), styles, strict=False):
        if style is not None:
            setattr(cell, name, style)
    return cell


def _flat(row: Row, lang: Lang) -> list[str]:
    say = messages(lang)
    span = cast("list[str | None]", row["sure"] or row["possible"] or [None, None])
    names = {key: "、".join(str(one["name"]) for one in cast("list[Row]", row[key])) for key in ("people", "bodies")}
    norms = [f"《{norm['name']}》{norm['article']}" for norm in cast("list[Row]", row["norms"])]
    said = {
        **row,
        **names,
        "verdict": say[str(row["verdict"])],
        "changed": "、".join(cast("list[str]", row["changed"])),
        "from": span[0],
        "to": span[1],
        "norms": "；".join(norms),
        "against": "\n".join(masked(text) for text in cast("list[str]", row["against"])),
    }
    return [str(said[name] or "") for name in COLUMNS]


_WRITERS: dict[str, Callable[[Sequence[Row], Mapping[str, str], Lang], bytes]] = {".html": _html, ".xlsx": _xlsx}
