"""How well a reader fits a file; the highest wins."""

from __future__ import annotations

NO, POSSIBLE, LIKELY, SURE = 0, 1, 2, 3

FOREIGN = (
    *(b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf"),
    *(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b"),
)
MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<body", b"<meta", b"<table", b"<div")


def is_plain(data: bytes) -> bool:
    """Whether the beginning of a file does not belong to a format of its own."""
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return not data.startswith(FOREIGN) and not start.startswith(MARKUP)
