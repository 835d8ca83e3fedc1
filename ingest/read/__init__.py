"""Files to documents. A format is one module in this folder, found by being there.

Such a module has:

- `SUFFIXES`: the endings of its files, with the dot;
- `fits(data, suffix) -> int`: `SURE` where the bytes themselves say so, `LIKELY` where the ending does and nothing
  speaks against it, `POSSIBLE` where the content would do, `NO`. The highest wins, so a wrong ending does no harm;
- `read(path, data) -> Document`: raises BadInput for a file that it cannot read. A format that holds other files has
  `members(path, data, budget, depth)` instead, which gives their paths and bytes.

What only such a module needs is imported where it is used, so that a command waits for no library it does not use.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Protocol, cast

from govgraph.graph.errors import BadInput

from . import archive
from .archive import Budget
from .document import Document, Part, Table, sha256_of
from .encoding import EXPECTED, broken_at, without_mark

__all__ = ["Document", "Part", "Table", "read", "read_each", "suffixes"]

LARGEST = 200 << 20
"""Bytes of a file at most. The formats have narrower bounds of their own, by what their content costs."""

Wanted = Callable[[Path, str], bool]


class Reader(Protocol):
    """What a module of this folder offers."""

    SUFFIXES: tuple[str, ...]

    def fits(self, data: bytes, suffix: str) -> int: ...

    def read(self, path: Path, data: bytes) -> Document: ...


class Archive(Protocol):
    """What a module offers whose files hold other files."""

    def members(
        self, path: Path, data: bytes, budget: Budget, depth: int
    ) -> Iterator[tuple[Path, bytes | BadInput]]: ...


def read(path: Path) -> Document:
    """Read a file with the reader that fits its content. Raises BadInput, which names the file and what to do."""
    found = list(read_each(path))
    if len(found) != 1:
        raise BadInput(f"{path}: an archive of {len(found)} files, and one document is expected; give one of them")
    if isinstance(found[0][1], BadInput):
        raise found[0][1]
    return found[0][1]


def read_each(path: Path, wanted: Wanted = lambda path, sha256: True) -> Iterator[tuple[Path, Document | BadInput]]:
    """Read a file, or all files in an archive: each with its path (`a.zip/folder/b.docx`), or what is wrong with it.

    A file for whose path and hash `wanted` is false is passed over.
    """
    try:
        yield from _read_each(path, _bytes(path), wanted, Budget(), 0)
    except BadInput as error:
        yield path, error


def _read_each(
    path: Path, data: bytes, wanted: Wanted, budget: Budget, depth: int
) -> Iterator[tuple[Path, Document | BadInput]]:
    try:
        reader = _reader(path, data)
        if not hasattr(reader, "members"):
            if wanted(path, sha256_of(data)):
                yield path, reader.read(path, data)
            return
        any_inside = False
        for inner, content in cast(Archive, reader).members(path, data, budget, depth + 1):
            any_inside = True
            if isinstance(content, BadInput):
                yield inner, content
            else:
                yield from _read_each(inner, content, wanted, budget, depth + 1)
        if not any_inside:
            raise BadInput(f"{path} is an archive with nothing in it; expected documents or tables")
    except BadInput as error:
        yield path, error


def _reader(path: Path, data: bytes) -> Reader:
    if not without_mark(data).strip(b" \t\r\n\0"):
        raise BadInput(f"{path} is empty; expected text or a table")
    suffix = path.suffix.lower()
    best = max(_readers(), key=lambda reader: reader.fits(data, suffix))
    if not best.fits(data, suffix):
        raise BadInput(f"{path}: {_nature(data)}; readable are {', '.join(suffixes())}: save it as one of these")
    return best


def is_archive(path: Path) -> bool:
    """Whether a file is a zip of other files, by its list of names alone. One that is damaged is not."""
    try:
        with open(path, "rb") as file:
            return file.read(2) == b"PK" and archive.holds_files(file)
    except OSError:
        return False


def suffixes() -> tuple[str, ...]:
    """The endings of all files that can be read."""
    return tuple(sorted(suffix for reader in _readers() for suffix in reader.SUFFIXES))


@cache
def _readers() -> tuple[Reader, ...]:
    return tuple(_modules())


def _modules() -> Iterator[Reader]:
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        module: ModuleType = importlib.import_module(f"{__name__}.{info.name}")
        if hasattr(module, "SUFFIXES"):
            yield cast(Reader, module)


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise BadInput(f"{path} is a folder; expected a file")
        if path.exists() and not path.is_file():
            raise BadInput(f"{path} is a device or a pipe; expected a file")
        if (size := path.stat().st_size) > LARGEST:
            limit = f"larger than {LARGEST >> 20} MB ({size >> 20} MB)"
            raise BadInput(f"{path}: {limit}; split it into smaller files, such as one for each place")
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file; check the path") from None
    except PermissionError:
        raise BadInput(f"{path}: not allowed to read it; give yourself the right to read the file") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"{path}: cannot be read ({error}); copy it to a local disk and try again") from None


KINDS = (
    (b"%PDF", "a PDF"),
    (b"PK", "a zip archive or a document of another office format"),
    (b"\xd0\xcf\x11\xe0", "a document of an old office format"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"Rar!", "an archive (rar)"),
    (b"7z\xbc\xaf", "an archive (7z)"),
    (b"\x1f\x8b", "an archive (gz)"),
    (b"{\\rtf", "a document in RTF"),
    (b"<", "XML that is no web page"),
)


def _nature(data: bytes) -> str:
    start = data.lstrip()[:8]
    kind = next((kind for magic, kind in KINDS if start.startswith(magic)), None)
    if kind:
        return f"{kind}, for which there is no reader"
    if at := broken_at(data):
        return f"UTF-8, but damaged at byte {at}"
    return f"neither {EXPECTED} nor a known kind of file"
