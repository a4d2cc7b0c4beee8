"""The tile that stands for a person or a room where a client wants a picture."""

from __future__ import annotations

import colorsys
import io
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

_SIDE = 160


@lru_cache(maxsize=1024)
def tile(hue: int, letters: str) -> bytes:
    """A PNG of one hue with up to two letters; "-" for none."""
    red, green, blue = colorsys.hls_to_rgb(hue / 360, 0.38, 0.42)
    ground = (round(red * 255), round(green * 255), round(blue * 255))
    picture = Image.new("RGB", (_SIDE, _SIDE), ground)
    if letters.strip("-"):
        ImageDraw.Draw(picture).text(
            (_SIDE / 2, _SIDE / 2),
            letters,
            fill=(255, 255, 255),
            anchor="mm",
            font=ImageFont.load_default(64),
        )
    drawn = io.BytesIO()
    picture.save(drawn, "PNG", optimize=True)
    return drawn.getvalue()
