"""The first page of a PDF as a picture: drawn by a child that a hostile file cannot take the worker with."""

from __future__ import annotations

import io
import sys
import time
import zlib
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image

from lockgate.conversations import operations as talk
from lockgate.demo.cast import Cast
from lockgate.gateway.files import path_of, small_path_of
from lockgate.gateway.models import Attachment, Passage
from lockgate.gateway.operations import attach, detach, draw_next_paper, open_small
from lockgate.gateway.rendering import SECONDS, first_page
from lockgate.gateway.tests.papers import form, pdf

LONG_ROW = b"0 0 595 842 re f " * 400_000


def written(folder: Path, content: bytes) -> Path:
    path = folder / "paper.pdf"
    path.write_bytes(content)
    return path


def test_a_page_is_drawn_small(tmp_path: Path) -> None:
    drawn = first_page(written(tmp_path, pdf()))
    assert drawn is not None
    content, width, height = drawn
    assert (width, height) == (509, 720)
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (509, 720))
        red, green, blue = picture.convert("RGB").getpixel((130, 520))
        assert red > 200 > 60 > max(green, blue)
        assert picture.convert("L").getpixel((500, 10)) > 245


def _image(side: int) -> bytes:
    """A picture of so many pixels, all alike, that is a thousandth of its size as it lies."""
    content = zlib.compress(b"\x00" * (side * side), 9)
    return (
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8"
        b"/Filter/FlateDecode/Length %d>>stream\n" % (side, side, len(content)) + content + b"\nendstream"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"no pdf at all",
        b"%PDF-1.4\n%%EOF",
        pdf()[:300],
        pdf(box="0 0 1 100000"),
        pdf(box="0 0 99999999 99999999"),
        pdf(box="0 0 2 4000"),
        pdf(kids="2 0 R"),
        pdf(kids=""),
    ],
)
def test_what_is_no_page_has_no_picture(tmp_path: Path, content: bytes) -> None:
    assert first_page(written(tmp_path, content)) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        pdf(b"/X Do", more=form(b"/X Do " * 50)),
        pdf(b"q " * 500_000),
        pdf(b"/X Do", more=_image(30_000)),
        pdf(LONG_ROW),
    ],
    ids=["draws itself", "nested", "bomb", "long"],
)
def test_a_hostile_page_costs_a_bounded_time_and_no_more(tmp_path: Path, content: bytes) -> None:
    begins = time.monotonic()
    drawn = first_page(written(tmp_path, content))
    assert time.monotonic() - begins < SECONDS + 2
    assert drawn is None or len(drawn[0]) < 1_000_000


@pytest.mark.slow
@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(60)",
        "while True: pass",
        "import sys\nwhile True: sys.stdout.buffer.write(bytes(1 << 20))",
        "import os; os.abort()",
        "import os; os.kill(os.getpid(), 9)",
        "import sys; sys.exit(3)",
        "import sys, struct; sys.stdout.buffer.write(struct.pack('>III', 700, 700, 2800))",
        "import sys, struct; sys.stdout.buffer.write(struct.pack('>III', 60000, 60000, 4) + bytes(16))",
        "import sys, struct; sys.stdout.buffer.write(struct.pack('>III', 2, 2, 0) + bytes(16))",
    ],
)
def test_whatever_the_child_does_its_caller_goes_on(tmp_path: Path, program: str) -> None:
    begins = time.monotonic()
    command = (sys.executable, "-I", "-c", program)
    assert first_page(written(tmp_path, pdf()), command=command, seconds=1.0) is None
    assert time.monotonic() - begins < 3


def test_the_child_may_take_so_much_and_no_more(tmp_path: Path) -> None:
    """What it takes is bounded before a byte of the file is read: no file, no child, no large memory, little time."""
    program = (
        "import runpy, sys, resource, struct, os\n"
        f"module = runpy.run_path({str(Path(first_page.__code__.co_filename).with_name('page_renderer.py'))!r})\n"
        "module['_bounded']()\n"
        "tried = 0\n"
        "try: open('/etc/hostname')\n"
        "except OSError: tried += 1\n"
        "try: bytearray(2 << 30)\n"
        "except MemoryError: tried += 1\n"
        "if resource.getrlimit(resource.RLIMIT_CPU)[1] <= 3: tried += 1\n"
        "if resource.getrlimit(resource.RLIMIT_FSIZE) == (0, 0): tried += 1\n"
        "sys.stdout.buffer.write(struct.pack('>III', 1, 1, 4) + bytes([0, 0, 0, 0] if tried == 4 else []))\n"
        "sys.stdout.flush()\n"
        "os._exit(0)\n"
    )
    drawn = first_page(written(tmp_path, pdf()), command=(sys.executable, "-I", "-c", program))
    assert drawn is not None


@pytest.mark.django_db
def test_the_worker_draws_each_once_and_shows_it(cast: Cast, at: datetime) -> None:
    kept = attach(by=cast.author, at=at, name="sheet.pdf", content=pdf())
    broken = attach(by=cast.author, at=at, name="broken.pdf", content=b"%PDF-1.4 broken")
    note = attach(by=cast.author, at=at, name="note.txt", content=b"Monday.")
    assert open_small(kept.id) is None
    sent = talk.submit(
        by=cast.author,
        at=at,
        body="The sheet.",
        marking=1,
        places=["space:valve-7"],
        attachments=[kept.id, broken.id],
    )
    passage = Passage.objects.get(pk=sent.passages[0].passage_id)
    assert [draw_next_paper(at=at) for _turn in range(3)] == [True, True, False]
    row = Attachment.objects.get(pk=kept.id)
    assert (row.width, row.height) == (509, 720)
    assert (Attachment.objects.get(pk=broken.id).width, open_small(broken.id)) == (0, None)
    assert Attachment.objects.get(pk=note.id).width is None
    assert open_small(kept.id) == small_path_of(kept.id).read_bytes()
    # What stands is drawn anew, once for each picture that there is now.
    assert Passage.objects.get(pk=passage.pk).version == passage.version + 1


@pytest.mark.django_db
def test_what_was_taken_away_leaves_no_picture(
    cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = attach(by=cast.author, at=at, name="sheet.pdf", content=pdf())

    def meanwhile(path: Path) -> tuple[bytes, int, int] | None:
        detach(by=cast.author, attachment_id=kept.id)
        return first_page(written(path.parent, pdf()))

    monkeypatch.setattr("lockgate.gateway.operations.draw.first_page", meanwhile)
    assert draw_next_paper(at=at)
    assert not small_path_of(kept.id).exists()
    assert not path_of(kept.id).exists()
    assert draw_next_paper(at=at) is False
