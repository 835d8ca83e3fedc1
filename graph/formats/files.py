"""Files that are written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from ..errors import BadInput


@contextmanager
def replacing(out: Path) -> Iterator[TextIO]:
    """A text file to write to, which takes the place of `out` when the block ends well.

    Raises BadInput if it cannot.
    """
    new = out.with_name(f".{out.name}.new")
    try:
        with open(new, "w", encoding="utf-8", newline="\n") as file:
            yield file
        new.replace(out)
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {error.strerror}") from None
    finally:
        new.unlink(missing_ok=True)
