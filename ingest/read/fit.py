"""How well a reader fits a file; the highest wins."""

from __future__ import annotations

NO, POSSIBLE, LIKELY, SURE = 0, 1, 2, 3

FOREIGN = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")
MARKUP = (b"<!doctype html", b"<html", b"<?xml")


def is_plain(data: bytes) -> bool:
    """Whether the beginning of a file does not belong to a format of its own."""
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return not data.startswith(FOREIGN) and not start.startswith(MARKUP)
