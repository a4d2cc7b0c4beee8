"""A photograph is kept as it looks, and not with where and by whom it was taken."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from PIL import Image

from lockgate.gateway.operations import attach
from lockgate.gateway.operations.attach import open_bytes
from tests.fixtures import Cast

CAMERA = b"Camera of Nadia, Toulouse"


def photograph() -> bytes:
    """Lying on its side, as phones keep them."""
    written = Image.Exif()
    written[0x010F] = CAMERA.decode()
    written[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "JPEG", exif=written)
    return out.getvalue()


@pytest.mark.django_db
def test_the_camera_is_forgotten_and_the_picture_stands_upright(cast: Cast, at: datetime) -> None:
    given = photograph()
    assert CAMERA in given
    kept = attach(by=cast.author, at=at, name="bench.jpg", content=given, alt="The bench")
    assert (kept.width, kept.height) == (40, 60)
    assert CAMERA not in open_bytes(kept.id)
    with Image.open(io.BytesIO(open_bytes(kept.id))) as picture:
        assert picture.size == (40, 60)
