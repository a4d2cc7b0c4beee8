"""The first page of a PDF as a small picture, drawn by a child that may take so much and no more (page_renderer.py).

Whatever the child does, its caller waits a bounded time, reads a bounded number of bytes (bounded_child.py), and takes
these as pixels and nothing else.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from pathlib import Path

import PIL.Image as Pillow

from lockgate.gateway.bounded_child import ask, program
from lockgate.gateway.types import SMALL_SIDE

SECONDS = 10.0
_HEAD = struct.calcsize(">III")
# A row may be padded.
_MOST_PIXEL_BYTES = _HEAD + 4 * (SMALL_SIDE + 64) * (SMALL_SIDE + 1)
_RENDERER = program("page_renderer.py", str(SMALL_SIDE))


def first_page(
    pdf: Path, *, command: Sequence[str] = _RENDERER, seconds: float = SECONDS
) -> tuple[bytes, int, int] | None:
    """(WebP, width, height) of the first page, at most ``SMALL_SIDE`` wide and high; None where none can be drawn, or
    not within what it may take."""
    with pdf.open("rb") as content:
        answered = ask(command, content, seconds=seconds, most_bytes=_MOST_PIXEL_BYTES)
    if answered is None or len(answered) <= _HEAD:
        return None
    width, height, row = struct.unpack(">III", answered[:_HEAD])
    pixels = answered[_HEAD:]
    if not (1 <= width <= SMALL_SIDE + 1 and 1 <= height <= SMALL_SIDE + 1 and row >= 4 * width):
        return None
    if len(pixels) != row * height:
        return None
    picture = Pillow.frombytes("RGB", (width, height), pixels, "raw", "RGBX", row, 1)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=80)
    return out.getvalue(), width, height
