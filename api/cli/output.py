"""Answers on stdout: a table for people, JSON or CSV for programs. Everything else goes to stderr."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Row = dict[str, object]


class Format(StrEnum):
    """How answers are written."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading in both languages and what of a row it shows."""

    zh: str
    en: str
    show: Callable[[Row], object]


def path(*names: str) -> Callable[[Row], object]:
    """Show a value inside a row, such as person → name."""

    def show(row: Row) -> object:
        value: object = row
        for name in names:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    return show


def write(rows: Sequence[Row], format: Format, columns: Sequence[Column] = (), lang: str = "en") -> None:
    """Write rows to stdout in the format asked for. Without `columns` a table shows every top field."""
    if format is Format.json:
        print(json.dumps(rows, ensure_ascii=False))
    elif format is Format.jsonl:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
    elif format is Format.csv:
        sys.stdout.write(as_csv(rows))
    else:
        _table(
            rows,
            columns or [Column(name, name, path(name)) for name in dict.fromkeys(n for row in rows for n in row)],
            lang,
        )


def text(value: object) -> str:
    """A value as a cell shows it: names instead of objects, lists joined, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return text(value.get("name", json.dumps(value, ensure_ascii=False)))
    if isinstance(value, list):
        return "、".join(map(text, value))
    return str(value)


def flat(row: Row, prefix: str = "", *, lists: bool = True) -> Row:
    """A row without objects in it: a field of one is `object.field`. With `lists` a list is a text of JSON."""
    found: Row = {}
    for name, value in row.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{name}.", lists=lists)
        else:
            texted = lists and isinstance(value, list)
            found[prefix + name] = json.dumps(value, ensure_ascii=False) if texted else value
    return found


def as_csv(rows: Sequence[Row]) -> str:
    """Rows as CSV with a heading: a field of an object is `object.field`, a list stands as JSON."""
    rows = [flat(row) for row in rows]
    names = list(dict.fromkeys(name for row in rows for name in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _harmless(value) for name, value in row.items()} for row in rows)
    return buffer.getvalue()


def _harmless(value: object) -> object:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _table(rows: Sequence[Row], columns: Sequence[Column], lang: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", collapse_padding=True)
    for column in columns:
        table.add_column(column.zh if lang == "zh" else column.en, overflow="fold")
    for row in rows:
        table.add_row(*(Text(text(column.show(row))) for column in columns))
    Console(width=None if sys.stdout.isatty() else 1000, highlight=False).print(table)
