"""Archives: a zip of documents, of tables, and of further zips. Nothing is ever written to disk."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from govgraph.graph.errors import BadInput

from .encoding import decode
from .fit import LIKELY, NO, POSSIBLE
from .unpack import DAMAGE, UNPACKED, ZIP, check, names

SUFFIXES = (".zip",)
EMPTY = b"PK\x05\x06"
OFFICE = ("[Content_Types].xml", "mimetype", "META-INF/manifest.xml", "META-INF/MANIFEST.MF", "content.xml")
DEEPEST = 3
"""Zips within one another at most."""
MANY = 20_000
UTF8_NAME, ENCRYPTED = 0x800, 0x1
LARGEST = 200 << 20
"""Bytes of one file in an archive."""


@dataclass
class Budget:
    """What is left for one file of the user's, all that is nested in it together."""

    bytes: int = UNPACKED
    files: int = MANY


def fits(data: bytes, suffix: str) -> int:
    """A zip that is no document of an office programme; a damaged one by its first bytes and its ending."""
    if not data.startswith((ZIP, EMPTY)):
        return NO
    found = names(data)
    if any(name in found for name in OFFICE):
        return NO
    return LIKELY if found or suffix in SUFFIXES else POSSIBLE


def holds_files(file: IO[bytes]) -> bool:
    """Whether an open file is a zip, and no document of an office programme."""
    try:
        with zipfile.ZipFile(file) as archive:
            found = archive.namelist()
    except (*DAMAGE, RuntimeError):
        return False
    return not any(name in found for name in OFFICE)


def members(path: Path, data: bytes, budget: Budget, depth: int) -> Iterator[tuple[Path, bytes | BadInput]]:
    """The files of an archive, one after the other; what cannot be had is named.

    Raises BadInput for an archive that is damaged or asks for more than `budget` or `depth` allow.
    """
    if depth > DEEPEST:
        raise BadInput(f"{path}: more than {DEEPEST} archives in one another; unpack it yourself and give the folder")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check(path, archive, len(data))
            infos = [info for info in archive.infolist() if not info.is_dir()]
            budget.files -= len(infos)
            budget.bytes -= sum(info.file_size for info in infos)
            if budget.files < 0:
                raise BadInput(f"{path}: more than {MANY} files in it; unpack it yourself and give the folder")
            if budget.bytes < 0:
                raise BadInput(f"{path}: more than {UNPACKED >> 30} GB when unpacked; split it into smaller files")
            for info in infos:
                name = _name(info)
                inner = path / _shown(name)
                if not _is_hidden(name):
                    yield inner, _content(inner, archive, info, name)
    except DAMAGE as error:
        raise BadInput(f"{path}: a damaged archive ({error}); pack it anew") from None


def _content(inner: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes | BadInput:
    if trick := _trick(name, info):
        return BadInput(f"{inner}: {trick}; pack it anew with plain relative names")
    if info.flag_bits & ENCRYPTED:
        return BadInput(f"{inner} is protected by a password; pack it anew without one")
    if info.file_size > LARGEST:
        return BadInput(f"{inner}: larger than {LARGEST >> 20} MB; split it into smaller files")
    try:
        return archive.read(info)
    except (*DAMAGE, RuntimeError) as error:
        return BadInput(f"{inner}: damaged in the archive ({error}); pack it anew")


def _name(info: zipfile.ZipInfo) -> str:
    """The name as its writer meant it: without a mark for UTF-8 it is in the encoding of the writer's system."""
    name = info.orig_filename
    if info.flag_bits & UTF8_NAME or name.isascii():
        return name
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    found = decode(raw)
    if found and found[1] == "utf-8" and not any(c > "\u07ff" for c in found[0]):
        return raw.decode("gb18030", errors="replace")  # two Chinese characters may look like two of UTF-8
    return found[0] if found else name


def _trick(name: str, info: zipfile.ZipInfo) -> str | None:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not name.isprintable():
        return "a name with control characters"
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name) or ".." in parts:
        return "a name that points out of the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a link to another file"
    return None


def _shown(name: str) -> str:
    """The name as it can stand behind that of the archive."""
    plain = "".join(c if c.isprintable() else "?" for c in name.replace("\\", "/"))
    return "/".join(part for part in plain.split("/") if part not in ("", ".", "..")) or "?"


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return any(part.startswith((".", "~$", "__MACOSX")) and part not in (".", "..") for part in parts)
