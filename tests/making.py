"""Files made on the spot for the tests of the readers: a PDF with Chinese text, an encrypted one, a zip with a lie in it."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence


def pdf(pages: Sequence[Sequence[str]], *, encrypted: bool = False, picture: bool = False) -> bytes:
    """A PDF with lines of Chinese text on each page. An empty page is blank, or with `picture` a drawing without text."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo"
        b" << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 5 0 R /DW 1000 >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0"
        b" /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    )
    objects += font
    kids: list[int] = []
    for lines in pages:
        drawn = [
            b"BT /F1 12 Tf 50 %d Td <%s> Tj ET" % (780 - 18 * i, line.encode("utf-16-be").hex().encode())
            for i, line in enumerate(lines)
        ]
        content = b"\n".join(drawn) or (b"100 100 200 200 re f" if picture else b"")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>"
            % len(objects)
        )
        kids.append(len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids))
    trailer = b"<< /Size %d /Root 1 0 R" % (len(objects) + 1)
    if encrypted:  # sums that no password fits
        objects.append(b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >>" % (b"11" * 32, b"22" * 32))
        trailer += b" /Encrypt %d 0 R /ID [<%s> <%s>]" % (len(objects), b"33" * 16, b"33" * 16)
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer\n%s >>\nstartxref\n%d\n%%%%EOF\n" % (trailer, start))


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_flag(archive: bytes, flag: int) -> bytes:
    """The archive with a flag set for each of its files: 1 says that it is encrypted."""
    out = bytearray(archive)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = out.find(magic)
        while at >= 0:
            (flags,) = struct.unpack_from("<H", out, at + offset)
            struct.pack_into("<H", out, at + offset, flags | flag)
            at = out.find(magic, at + 4)
    return bytes(out)


def encrypted_office() -> bytes:
    """What a spreadsheet or a document becomes under a password: a compound file with a stream EncryptedPackage."""
    return compound({"EncryptionInfo": b"\4\0\4\0" + bytes(4092), "EncryptedPackage": bytes(4096)})


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file (OLE) with these streams, each of at least 4096 bytes."""
    sector, free, end, fat_mark = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    fat = [fat_mark, end]
    body = b""
    entries = [_entry("Root Entry", 5, child=1 if streams else free, start=end, size=0)]
    for number, (name, data) in enumerate(sorted(streams.items(), key=lambda item: (len(item[0]), item[0])), 1):
        padded = data + bytes(-len(data) % sector)
        first, count = len(fat), len(padded) // sector
        fat += [*range(first + 1, first + count), end]
        body += padded
        entries.append(
            _entry(name, 2, right=number + 1 if number < len(streams) else free, start=first, size=len(data))
        )
    entries += [bytes(128)] * (-len(entries) % 4)
    assert len(entries) == 4 and len(fat) <= 128
    table = struct.pack("<128I", *fat, *[free] * (128 - len(fat)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0, 0)
    header += struct.pack("<108I", *[free] * 108)
    return header + table + b"".join(entries) + body


def _entry(name: str, kind: int, *, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le")
    head = encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded) + 2, kind, 1, 0xFFFFFFFF, right, child)
    return head + bytes(16 + 4 + 16) + struct.pack("<IQ", start, size)
