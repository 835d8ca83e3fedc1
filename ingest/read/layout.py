"""Tables that are none: documents and web pages use them to arrange text on a page."""

from __future__ import annotations

from collections.abc import Sequence

LONG = 60
"""Characters with full stops that make prose of a cell."""


def is_prose(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table only arranges text: a single row or column, or mostly long sentences."""
    cells = [cell for row in rows for cell in row if cell.strip()]
    if not cells:
        return False
    columns = {i for row in rows for i, cell in enumerate(row) if cell.strip()}
    height = sum(1 for row in rows if any(cell.strip() for cell in row))
    if len(columns) == 1 or height == 1:
        return True
    wordy = sum(len(cell) for cell in cells if len(cell) > LONG and "。" in cell)
    return wordy > 0.5 * sum(map(len, cells)) and len(cells) < 30
