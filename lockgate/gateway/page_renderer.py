"""The first page of a PDF as pixels: a program of its own, since a PDF of a stranger is read by a million lines of C++.

It is started by ``rendering.py`` as a file, isolated (-I) and with an empty environment, and imports nothing of ours.
The PDF is its standard input; what it may take is bounded before a byte of that is read. It answers a header (width,
height and bytes a row, big-endian) and the pixels, four bytes each, and nothing where there is no page to show. No
script of a PDF runs: this PDFium is built without an engine for them.
"""

from __future__ import annotations

import contextlib
import os
import resource
import struct
import sys

import pypdfium2
import pypdfium2.raw as pdfium

_MEMORY = 768 * 1024 * 1024
_CPU_SECONDS = 3
_MOST_BYTES = 10 * 1024 * 1024
_NARROWEST = 0.1


def _bounded() -> None:
    """Memory, time, no file to write, none more to open, no process to start."""
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        # macOS bounds no address space; there the time and the pixels hold alone.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
    with contextlib.suppress(OSError):
        os.nice(10)


def _first_page(content: bytes, side: int) -> bytes:
    document = pypdfium2.PdfDocument(content)
    if len(document) < 1:
        return b""
    page = document[0]
    wide, high = page.get_size()
    # What is no number fails both comparisons, and so is no page.
    if not (1 <= wide <= 20_000 and 1 <= high <= 20_000) or min(wide, high) / max(wide, high) < _NARROWEST:
        return b""
    bitmap = page.render(
        scale=side / max(wide, high),
        force_bitmap_format=pdfium.FPDFBitmap_BGRx,
        rev_byteorder=True,
        fill_color=(255, 255, 255, 255),
    )
    head = struct.pack(">III", bitmap.width, bitmap.height, bitmap.stride)
    return head + bytes(bitmap.buffer)[: bitmap.stride * bitmap.height]


def main() -> int:
    _bounded()
    content = sys.stdin.buffer.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        return 1
    sys.stdout.buffer.write(_first_page(content, int(sys.argv[1])))
    sys.stdout.buffer.flush()
    # Not by the interpreter's own end: a broken document is closed by nobody.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
