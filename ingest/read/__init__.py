"""Files to documents. A format is one module in this folder, found by being there.

Such a module has:

- `SUFFIXES`: the endings of its files, with the dot;
- `fits(data, suffix) -> int`: `SURE` where the bytes themselves say so, `LIKELY` where the ending does and nothing
  speaks against it, `POSSIBLE` where the content would do, `NO`. The highest wins, so a wrong ending does no harm;
- `read(path, data) -> Document`: raises BadInput for a file that it cannot read.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Protocol, cast

from govgraph.graph.errors import BadInput

from .document import Document, Table
from .encoding import EXPECTED, broken_at, without_mark

__all__ = ["Document", "Table", "read", "suffixes"]


class Reader(Protocol):
    """What a module of this folder offers."""

    SUFFIXES: tuple[str, ...]

    def fits(self, data: bytes, suffix: str) -> int: ...

    def read(self, path: Path, data: bytes) -> Document: ...


def read(path: Path) -> Document:
    """Read a file with the reader that fits its content. Raises BadInput, which names the file and what to do."""
    data = _bytes(path)
    suffix = path.suffix.lower()
    best = max(_readers(), key=lambda reader: reader.fits(data, suffix))
    if not best.fits(data, suffix):
        raise BadInput(f"{path}: {_nature(data)}; readable are {', '.join(suffixes())}: save it as one of these")
    return best.read(path, data)


def suffixes() -> tuple[str, ...]:
    """The endings of all files that can be read."""
    return tuple(sorted(suffix for reader in _readers() for suffix in reader.SUFFIXES))


@cache
def _readers() -> tuple[Reader, ...]:
    return tuple(_modules())


def _modules() -> Iterator[Reader]:
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{__name__}.{info.name}")
        if hasattr(module, "SUFFIXES"):
            yield cast(Reader, module)


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise BadInput(f"{path} is a folder; expected a file")
        if path.exists() and not path.is_file():
            raise BadInput(f"{path} is a device or a pipe; expected a file")
        data = path.read_bytes()
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file; check the path") from None
    except PermissionError:
        raise BadInput(f"{path}: not allowed to read it; give yourself the right to read the file") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"{path}: cannot be read ({error}); copy it to a local disk and try again") from None
    if not without_mark(data).strip(b" \t\r\n\0"):
        raise BadInput(f"{path} is empty; expected text or a table")
    return data


KINDS = (
    (b"%PDF", "a PDF"),
    (b"PK", "a zip archive or a document of another office format"),
    (b"\xd0\xcf\x11\xe0", "a document of an old office format"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"<", "a web page or XML"),
)


def _nature(data: bytes) -> str:
    start = data.lstrip()[:8]
    kind = next((kind for magic, kind in KINDS if start.startswith(magic)), None)
    if kind:
        return f"{kind}, for which there is no reader"
    if at := broken_at(data):
        return f"UTF-8, but damaged at byte {at}"
    return f"neither {EXPECTED} nor a known kind of file"
