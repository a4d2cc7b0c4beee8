import io

import pytest
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from lockgate.channels import images
from lockgate.channels.types import Capabilities, ChannelRefused, Image

CANARY = b"Canary-of-Nadia"
TAKES = Capabilities(
    label="Channel",
    text_limit=100,
    max_images=4,
    image_types=("image/jpeg", "image/png", "image/gif", "image/webp"),
    image_bytes=1_000_000,
    needs_alt_text=True,
)


def picture(size=(60, 40), mode="RGB"):
    made = Pillow.new(mode, size, "red" if mode != "P" else 1)
    if mode == "RGB":
        for x in range(size[0] // 2):
            for y in range(size[1]):
                made.putpixel((x, y), (0, 0, 255))  # blue on the left
    return made


def exif(orientation=1):
    made = Pillow.Exif()
    made[0x0112] = orientation
    made[0x010F] = CANARY.decode()
    made.get_ifd(0x8825)[2] = (43.0, 36.0, 16.0)
    return made


def saved(made, kind, **more):
    out = io.BytesIO()
    made.save(out, kind, **more)
    return out.getvalue()


def image(content, name="photo.jpg", alt="A valve"):
    return Image(name, "application/octet-stream", alt, content, "")


def text_chunk():
    info = PngInfo()
    info.add_text("Author", CANARY.decode())
    info.add_itxt("XML:com.adobe.xmp", CANARY.decode())
    return info


FULL_OF_TRACES = {
    "jpeg": lambda: saved(picture(), "JPEG", exif=exif(), comment=CANARY, xmp=CANARY),
    "jpeg turned": lambda: saved(picture(), "JPEG", exif=exif(6), comment=CANARY, xmp=CANARY),
    "png": lambda: saved(picture(), "PNG", exif=exif(), pnginfo=text_chunk()),
    "webp": lambda: saved(picture(), "WEBP", exif=exif(), xmp=CANARY),
    "gif": lambda: saved(picture().convert("P"), "GIF", comment=CANARY),
    "moving gif": lambda: saved(
        picture().convert("P"),
        "GIF",
        save_all=True,
        append_images=[Pillow.new("RGB", (60, 40), "green")],
        comment=CANARY,
    ),
    "moving webp": lambda: saved(
        picture(),
        "WEBP",
        save_all=True,
        append_images=[Pillow.new("RGB", (60, 40), "green")],
        exif=exif(),
        xmp=CANARY,
    ),
}


@pytest.mark.parametrize("kind", FULL_OF_TRACES)
def test_what_a_camera_wrote_stays_here(kind):
    content = FULL_OF_TRACES[kind]()
    assert CANARY in content
    ready = images.prepare(image(content), TAKES)
    assert CANARY not in ready.content
    with Pillow.open(io.BytesIO(ready.content)) as left:
        assert not left.getexif()
        assert not {"comment", "xmp", "exif", "XML:com.adobe.xmp", "Author"} & set(left.info)
        assert getattr(left, "n_frames", 1) == (2 if "moving" in kind else 1)
    assert images.prepare(image(content), TAKES) == ready  # the same in, the same out


def test_it_is_turned_upright():
    ready = images.prepare(image(saved(picture(), "JPEG", exif=exif(6), quality=95)), TAKES)
    with Pillow.open(io.BytesIO(ready.content)) as upright:
        assert upright.size == (40, 60)
        top, bottom = upright.convert("RGB").getpixel((20, 5)), upright.convert("RGB").getpixel((20, 55))
    assert top[2] > 200 > top[0]  # what was left is up after a quarter turn
    assert bottom[0] > 200 > bottom[2]


def test_an_upright_photograph_loses_next_to_nothing():
    smooth = Pillow.linear_gradient("L").convert("RGB")
    content = saved(smooth, "JPEG", quality=90, exif=exif())
    ready = images.prepare(image(content), TAKES)
    with Pillow.open(io.BytesIO(content)) as before, Pillow.open(io.BytesIO(ready.content)) as after:
        assert before.quantization == after.quantization
        off = [abs(a - b) for a, b in zip(before.tobytes(), after.tobytes(), strict=True)]
        assert sum(off) / len(off) < 0.2


def test_transparency_and_colour_profile_stay():
    half = Pillow.new("RGBA", (10, 10), (255, 0, 0, 100))
    ready = images.prepare(image(saved(half, "PNG", icc_profile=b"profile" * 30), "x.png"), TAKES)
    with Pillow.open(io.BytesIO(ready.content)) as after:
        assert after.getpixel((5, 5)) == (255, 0, 0, 100)
        assert after.info["icc_profile"] == b"profile" * 30


def test_the_type_is_told_by_the_content():
    ready = images.prepare(image(saved(picture(), "PNG"), "holiday photo é.jpeg"), TAKES)
    assert ready.media_type == "image/png"
    assert ready.name == "holiday-photo.png"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_too_many_bytes_are_made_fewer(kind):
    import random

    noise = Pillow.frombytes("RGB", (900, 900), random.Random(7).randbytes(900 * 900 * 3))
    content = saved(noise, kind, **({"quality": 95} if kind != "PNG" else {}))
    limit = Capabilities(label="Channel", text_limit=1, max_images=1, image_bytes=150_000)
    assert len(content) > limit.image_bytes
    ready = images.prepare(image(content), limit)
    assert len(ready.content) <= limit.image_bytes
    with Pillow.open(io.BytesIO(ready.content)) as after:
        assert after.format == kind


def bomb():
    """A picture of a few kilobytes that would unfold to gigabytes."""
    return saved(Pillow.new("1", (20_000, 20_000)), "PNG")


BAD = {
    "no picture": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
    "empty": (b"", "not a picture"),
    "cut short": (saved(picture((400, 400)), "PNG")[:300], "not a picture"),
    "a pdf": (b"%PDF-1.7\n%canary", "not a picture"),
    "a bitmap": (saved(picture(), "BMP"), "not a picture"),
    "a bomb": (bomb(), "million pixels"),
    "too many bytes": (b"\xff" * (images.MOST_BYTES + 1), "the most is"),
}


@pytest.mark.parametrize(("content", "about"), BAD.values(), ids=BAD)
def test_a_bad_picture_is_named_and_refused(content, about):
    (said,) = images.complaints((image(content, "nadia.png"),), TAKES)
    assert "nadia.png" in said
    assert about in said
    with pytest.raises(ChannelRefused, match=about):
        images.prepare(image(content, "nadia.png"), TAKES)


def test_a_good_one_has_no_complaint():
    assert images.complaints((image(saved(picture(), "PNG")),), TAKES) == ()


def test_too_many_no_words_and_the_wrong_kind():
    good = image(saved(picture(), "PNG"))
    assert "5 images of 4" in images.complaints((good,) * 5, TAKES)[0]
    assert "no alternative text" in images.complaints((image(good.content, alt="  "),), TAKES)[0]
    none = Capabilities(label="Channel", text_limit=1)
    assert images.complaints((good,), none)[0] == "Channel takes no images."
    jpeg = Capabilities(label="Channel", text_limit=1, max_images=1, image_types=("image/jpeg",))
    assert "image/png" in images.complaints((good,), jpeg)[0]


def test_a_moving_picture_is_not_made_smaller_behind_its_authors_back():
    moving = FULL_OF_TRACES["moving gif"]()
    small = Capabilities(label="Channel", text_limit=1, max_images=1, image_bytes=100)
    assert "MB at most" in images.complaints((image(moving),), small)[0]


def test_looking_twice_decodes_once(monkeypatch):
    content = saved(picture((33, 44)), "PNG")
    assert (images.look(content).width, images.look(content).height) == (33, 44)
    monkeypatch.setattr(images.Pillow, "open", None)
    assert images.look(content).trouble == ""


@pytest.mark.parametrize("kind", FULL_OF_TRACES)
def test_inside_too_nothing_of_the_camera_is_kept(kind):
    content = FULL_OF_TRACES[kind]()
    left = images.without_traces(content)
    assert CANARY not in left
    assert images.look(left).trouble == ""
    assert images.without_traces(left) == left


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_without_traces_stays_as_it_is(kind):
    content = saved(picture(), kind)
    assert images.without_traces(content) == content
