"""The last clause of a question, taken apart: what it returns, and in which order.

Rows are put into order here and not in the engine, which takes longer to sort them than to find them: ArcadeDB works
out the keys anew for each comparison. So the order is the same on both engines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from ..evidence import Row

KEYS = "order_keys"
"""The column of those keys of the order that no other column shows."""

_ALIAS = re.compile(r"(.+)\sAS\s+(\w+)", re.DOTALL)
_WORD = re.compile(r"(?<![.\w$'])[a-z_]\w*\b(?!\()")
_AGGREGATE = re.compile(r"\b(?:count|collect|sum|min|max|avg)\(", re.IGNORECASE)
_OPEN, _CLOSE, _QUOTES = "([{", ")]}", "'\""


@dataclass(frozen=True, slots=True)
class Returned:
    """`head` is the query up to its last RETURN, `columns` holds the expression of each column, `order` the keys that
    rows are sorted by, the first one first, each with whether it descends."""

    head: str
    columns: Mapping[str, str]
    order: tuple[tuple[str, bool], ...]

    @property
    def aggregates(self) -> bool:
        """Whether one row may stand for several, which a further column would change."""
        return any(_AGGREGATE.search(expression) for expression in self.columns.values())

    def text(self, columns: Mapping[str, str]) -> str:
        """The query with other columns, and without order."""
        return f"{self.head}\nRETURN " + ", ".join(f"{of} AS {name}" for name, of in columns.items())


@cache
def returned(text: str) -> Returned | None:
    """The last clause of a query that ends with RETURN and a line of ORDER BY; None of any other, and of a union."""
    body, _, order = text.rpartition("\nORDER BY ")
    head, _, columns = body.rpartition("\nRETURN ")
    if not head or "\n" in order or "\nUNION " in head:
        return None
    found = [_ALIAS.fullmatch(part) for part in _parts(columns)]
    keys = [(key.removesuffix(" DESC"), key.endswith(" DESC")) for key in _parts(order)]
    return Returned(head, {match[2]: match[1] for match in found if match}, tuple(keys)) if all(found) else None


@cache
def unsorted(text: str) -> tuple[str, Callable[[list[Row]], list[Row]]]:
    """A query without its order, and what puts its rows into that order. One whose rows only the engine can sort is
    left as it is."""
    last = returned(text)
    if last is None or last.aggregates:
        return text, lambda rows: rows
    own = {name for name, of in last.columns.items() if of != name}
    shown = [_shown(key, last.columns) for key, _ in last.order]
    hidden = [key for (key, _), at in zip(last.order, shown, strict=True) if at is None]
    if any(own & set(_WORD.findall(key)) for key in hidden):
        return text, lambda rows: rows
    numbers = iter(range(len(hidden)))
    places = [at or (KEYS, next(numbers)) for at in shown]
    ways = [
        (down, [place for place, _ in same])
        for down, same in groupby(zip(places, (down for _, down in last.order), strict=True), itemgetter(1))
    ]
    columns = dict(last.columns) | ({KEYS: f"[{', '.join(hidden)}]"} if hidden else {})

    def put(rows: list[Row]) -> list[Row]:
        for down, keys in reversed(ways):  # a sort keeps what an earlier one has done
            values = list(zip(*(_values(rows, *key) for key in keys), strict=True))
            rows = [rows[n] for n in sorted(range(len(rows)), key=values.__getitem__, reverse=down)]
        for row in rows if hidden else ():
            del row[KEYS]
        return rows

    return last.text(columns), put


def _shown(key: str, columns: Mapping[str, str]) -> tuple[str, str | None] | None:
    """Where a row shows a key: in a column, or in one field of a column that holds an actor."""
    if key in columns:
        return key, None
    variable, _, field = key.partition(".")
    actor = re.compile(rf"{re.escape(variable)} {{.*\.{re.escape(field)}\b.*}}")
    return next(((name, field) for name, of in columns.items() if field and actor.fullmatch(of)), None)


def _values(rows: list[Row], column: str, at: str | int | None) -> list[object]:
    """What a key says of each row; null comes last, as in Cypher."""
    found: list[Any] = [row[column] for row in rows]
    if at is not None:
        found = [value and value[at] for value in found]
    return [(value is None, value) for value in found] if None in found else found


def _parts(text: str) -> list[str]:
    """What stands between the commas that are in no bracket and no quote."""
    parts, depth, quote = [""], 0, ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in _QUOTES:
            quote = sign
        depth += 0 if quote else (sign in _OPEN) - (sign in _CLOSE)
        if sign == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]
