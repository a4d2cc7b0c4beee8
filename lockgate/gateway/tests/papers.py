"""PDFs for tests, whole and broken, written by hand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

WORDS = b"BT /F1 36 Tf 60 700 Td (Fitting sheet) Tj ET 1 0 0 rg 60 100 200 300 re f"


def pdf(content: bytes = WORDS, *, box: str = "0 0 595 842", kids: str = "4 0 R", more: bytes = b"") -> bytes:
    """A document of one page with this content stream; ``more`` are objects from 6 on."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count 1>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Resources<</Font<</F1 3 0 R>>/XObject<</X 6 0 R>>>>"
        f"/Contents 5 0 R>>".encode(),
        b"<</Length %d>>stream\n" % len(content) + content + b"\nendstream",
    ]
    if more:
        objects.append(more)
    return _document(objects)


def pdf_of(
    *pages: bytes,
    notes: Sequence[bytes] = (),
    more: Sequence[bytes] = (),
    root: bytes = b"",
    trailer: bytes = b"",
    info: bytes = b"",
) -> bytes:
    """A document of these content streams, a page each; ``notes`` are annotations of the first page, objects from 4 on,
    ``more`` are objects after them, and ``info`` is what the document says of itself."""
    first = 4 + len(notes) + len(more)
    kids = b" ".join(b"%d 0 R" % (first + 2 * number) for number in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R" + root + b">>",
        b"<</Type/Pages/Kids[" + kids + b"]/Count %d>>" % len(pages),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        *notes,
        *more,
    ]
    for number, content in enumerate(pages):
        noted = b" ".join(b"%d 0 R" % (4 + one) for one in range(len(notes))) if number == 0 else b""
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Annots["
            + noted
            + b"]/Contents %d 0 R>>" % (first + 2 * number + 1)
        )
        objects.append(b"<</Length %d>>stream\n" % len(content) + content + b"\nendstream")
    if info:
        objects.append(info)
        trailer += b"/Info %d 0 R" % len(objects)
    return _document(objects, trailer)


def lines(*said: str) -> bytes:
    """A content stream that writes these lines."""
    shown = b" ".join(
        b"(" + re.sub(rb"([()\\])", rb"\\\1", one.encode("cp1252")) + b") Tj 0 -16 Td" for one in said
    )
    return b"BT /F1 12 Tf 60 760 Td " + shown + b" ET"


def locked_pdf(password: bytes, content: bytes = WORDS) -> bytes:
    """A document of one page that is encrypted for this password (RC4 of 40 bits); without one, anybody opens it."""
    padding = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    mark, rights = b"0123456789abcdef", -4
    owner = _rc4(hashlib.md5((b"owner" + padding)[:32]).digest()[:5], (password + padding)[:32])
    key = hashlib.md5(
        (password + padding)[:32] + owner + rights.to_bytes(4, "little", signed=True) + mark
    ).digest()[:5]
    sealed = _rc4(hashlib.md5(key + (5).to_bytes(3, "little") + bytes(2)).digest()[:10], content)
    return pdf_of(
        sealed,
        trailer=b"/ID[<%s><%s>]/Encrypt<</Filter/Standard/V 1/R 2/P %d/O<%s>/U<%s>>>"
        % (
            mark.hex().encode(),
            mark.hex().encode(),
            rights,
            owner.hex().encode(),
            _rc4(key, padding).hex().encode(),
        ),
    )


def _rc4(key: bytes, content: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in content:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def _document(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + one + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    return out + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        trailer,
        table,
    )


def form(content: bytes) -> bytes:
    """An object that a page draws as /X, and that may draw itself again."""
    return (
        b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X 6 0 R>>>>/Length %d>>stream\n"
        % len(content)
        + content
        + b"\nendstream"
    )
