"""What compressed files may ask for: a few kilobytes of them can become more than a machine has."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

from govgraph.graph.errors import BadInput

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0"
UNPACKED = 1 << 30
"""Bytes that a file may take when unpacked, everything in it together."""
RATIO = 150
"""How many times larger a file may become; spreadsheets of one repeated value reach a hundred."""
HARMLESS = 64 << 20
"""Bytes up to which the ratio does not matter."""
DAMAGE = (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError, EOFError, ValueError, zlib.error)
"""What the standard library raises for a damaged archive."""


def names(data: bytes) -> frozenset[str]:
    """The names of what is in a zip file; none where it is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return frozenset(archive.namelist())
    except DAMAGE:
        return frozenset()


def check(path: Path, archive: zipfile.ZipFile, packed: int) -> None:
    """Raise BadInput for an archive of `packed` bytes that would become too large. It is judged by what it declares."""
    size = sum(info.file_size for info in archive.infolist())
    if size > UNPACKED:
        raise BadInput(f"{path}: more than {UNPACKED >> 30} GB when unpacked; split it into smaller files")
    if size > HARMLESS and size > RATIO * packed:
        raise BadInput(f"{path}: {size // packed} times larger when unpacked; no real document is: leave it out")


def check_office(path: Path, data: bytes, what: str) -> None:
    """Raise BadInput for an office document that is damaged, too large, or larger than it declares."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check(path, archive, len(data))
            bad = archive.testzip()  # reads no more than is declared, so a lie shows as a wrong sum
    except DAMAGE as error:
        raise BadInput(f"{path}: a damaged {what} ({error}); open it in its programme and save it anew") from None
    except RuntimeError:
        raise BadInput(f"{path} is protected by a password; save a copy without one") from None
    if bad:
        raise BadInput(f"{path}: a damaged {what} (in {bad}); open it in its programme and save it anew")
