"""Pictures, before they leave: opened with care, turned upright, and stripped of what cameras write into them
(where, when, with which device). The type is told by the content, never by the name."""

from __future__ import annotations

import hashlib
import io
import threading
import warnings
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image as Pillow
from PIL import ImageOps

from lockgate.channels.types import Capabilities, ChannelRefused, Image

MOST_PIXELS = 50_000_000
MOST_BYTES = 25 * 1024 * 1024
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
_SMALLEST_SIDE = 64
_MOST_KEPT = 500
_kept: dict[bytes, Looked] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Looked:
    """What a picture turned out to be. ``trouble`` is "", "unreadable" or
    "too-many-pixels"."""

    media_type: str
    width: int
    height: int
    frames: int
    trouble: str = ""


def complaints(images: tuple[Image, ...], takes: Capabilities) -> tuple[str, ...]:
    """Plain sentences on what a channel with these capabilities would not take of ``images``."""
    said: list[str] = []
    if len(images) > takes.max_images:
        if takes.max_images:
            said.append(
                _("%(count)s images of %(limit)s at most on %(channel)s.")
                % {"count": len(images), "limit": takes.max_images, "channel": takes.label}
            )
        else:
            said.append(_("%(channel)s takes no images.") % {"channel": takes.label})
    for image in images:
        if trouble := _complaint(image, takes):
            said.append(trouble)
        if takes.needs_alt_text and not image.alt.strip():
            said.append(
                _("“%(name)s” has no alternative text. Say in a sentence what it shows.")
                % {"name": image.name}
            )
    return tuple(said)


def _complaint(image: Image, takes: Capabilities) -> str:
    if len(image.content) > MOST_BYTES:
        return _("“%(name)s” is %(size)s MB; the most is %(limit)s MB.") % {
            "name": image.name,
            "size": _megabytes(len(image.content)),
            "limit": _megabytes(MOST_BYTES),
        }
    seen = look(image.content)
    if seen.trouble == "too-many-pixels":
        return _("“%(name)s” has more than %(limit)s million pixels.") % {
            "name": image.name,
            "limit": MOST_PIXELS // 1_000_000,
        }
    if seen.trouble:
        return _("“%(name)s” is not a picture that can be opened.") % {"name": image.name}
    if takes.image_types and seen.media_type not in takes.image_types:
        return _("“%(name)s” is of a kind (%(type)s) that %(channel)s does not take.") % {
            "name": image.name,
            "type": seen.media_type,
            "channel": takes.label,
        }
    # A still picture is made smaller to fit; one that moves would lose its movement.
    if seen.frames > 1 and takes.image_bytes and len(image.content) > takes.image_bytes:
        return _("“%(name)s” is %(size)s MB; %(channel)s takes %(limit)s MB at most.") % {
            "name": image.name,
            "size": _megabytes(len(image.content)),
            "channel": takes.label,
            "limit": _megabytes(takes.image_bytes),
        }
    return ""


def look(content: bytes) -> Looked:
    """Opens and decodes ``content``. What was seen is kept by its digest, since a composer asks at every pause
    in typing. Never raises."""
    digest = hashlib.sha256(content).digest()
    seen = _kept.get(digest)
    if seen is None:
        seen = _look(content)
        with _lock:
            if len(_kept) >= _MOST_KEPT:
                _kept.pop(next(iter(_kept)), None)
            _kept[digest] = seen
    return seen


def _look(content: bytes) -> Looked:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
            with Pillow.open(io.BytesIO(content), formats=list(_FORMATS.values())) as picture:
                width, height = picture.size
                frames = int(getattr(picture, "n_frames", 1))
                if width * height > MOST_PIXELS or width * height * frames > 4 * MOST_PIXELS:
                    return Looked("", width, height, frames, "too-many-pixels")
                picture.load()  # a picture cut short is found out here and not at the channel
                return Looked(Pillow.MIME.get(picture.format or "", ""), width, height, frames)
    except Pillow.DecompressionBombError:
        return Looked("", 0, 0, 0, "too-many-pixels")
    except Exception:  # Pillow's decoders raise almost anything on hostile bytes
        return Looked("", 0, 0, 0, "unreadable")


def prepare(image: Image, takes: Capabilities) -> Image:
    """``image`` as it may leave: upright, without metadata, named by its type, within the channel's bytes.

    The same bytes in give the same bytes out. Raises ChannelRefused for what `complaints` would have named.
    """
    seen = look(image.content)
    if trouble := _complaint(image, takes):
        raise ChannelRefused(trouble)
    content = _stripped(image.content, seen)
    limit = takes.image_bytes
    if limit and len(content) > limit:
        content = _fitted(content, seen, limit)
        if len(content) > limit:
            raise ChannelRefused(
                _("“%(name)s” cannot be made small enough for %(channel)s.")
                % {"name": image.name, "channel": takes.label}
            )
    stem = image.name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    stem = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in stem).strip("-")[:60]
    return Image(
        name=f"{stem or 'image'}.{_ENDINGS[seen.media_type]}",
        media_type=seen.media_type,
        alt=image.alt.strip(),
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
    )


# What Pillow's decoders leave in ``info`` of what a camera or a program wrote about the picture and its maker.
_TRACES = {"comment", "xmp", "exif", "XML:com.adobe.xmp", "photoshop"}


def without_traces(content: bytes) -> bytes:
    """The picture without what a camera or a program wrote into it (where, when, by whom); the same bytes where nothing
    was. ``look`` has found no trouble with it."""
    with Pillow.open(io.BytesIO(content), formats=list(_FORMATS.values())) as picture:
        picture.load()
        written = set(picture.info) & _TRACES or picture.getexif() or getattr(picture, "text", None)
    return _stripped(content, look(content)) if written else content


PORTRAIT_SIDE = 384
_SMALLEST_PORTRAIT = 96


def portrait(content: bytes) -> bytes | None:
    """A face as JPEG: upright, its middle cut square, at most ``PORTRAIT_SIDE`` wide, and drawn anew so that nothing
    which a camera or a program wrote is left. None where it cannot be opened, or is too small to show anybody."""
    seen = look(content)
    if seen.trouble or not seen.media_type or min(seen.width, seen.height) < _SMALLEST_PORTRAIT:
        return None
    with Pillow.open(io.BytesIO(content), formats=list(_FORMATS.values())) as picture:
        picture.load()
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    ground = Pillow.new("RGBA", upright.size, "white")
    flat = Pillow.alpha_composite(ground, upright).convert("RGB")
    side = min(PORTRAIT_SIDE, *flat.size)
    # A little above the middle: that is where faces are in a photograph that stands.
    square = ImageOps.fit(flat, (side, side), Pillow.Resampling.LANCZOS, centering=(0.5, 0.4))
    square.info = {}
    out = io.BytesIO()
    square.save(out, "JPEG", quality=86, optimize=True, exif=b"")
    return out.getvalue()


SMALL_SIDE = 720


def small(content: bytes, side: int = SMALL_SIDE) -> bytes | None:
    """The picture as WebP, at most ``side`` wide and high, upright, without what was written into it; of one that
    moves, its first frame. None where it cannot be opened."""
    seen = look(content)
    if seen.trouble or not seen.media_type:
        return None
    with Pillow.open(io.BytesIO(content), formats=list(_FORMATS.values())) as picture:
        # A large photograph is read at a fraction of its size: an eighth of the time, and of the memory.
        picture.draft("RGB", (2 * side, 2 * side))
        picture.load()
        drawn = ImageOps.exif_transpose(picture).convert("RGBA" if picture.mode in _MAY_BE_CLEAR else "RGB")
    drawn.thumbnail((side, side), Pillow.Resampling.LANCZOS)
    drawn.info = {}
    out = io.BytesIO()
    drawn.save(out, "WEBP", quality=80, exif=b"", xmp=b"")
    return out.getvalue()


_MAY_BE_CLEAR = {"RGBA", "LA", "PA", "P", "La", "RGBa"}


def _stripped(content: bytes, seen: Looked) -> bytes:
    with Pillow.open(io.BytesIO(content), formats=list(_FORMATS.values())) as picture:
        colours = picture.info.get("icc_profile")
        if seen.frames > 1:
            return _moving(picture, seen.media_type)
        turned = picture.getexif().get(0x0112, 1) != 1
        upright: Pillow.Image = ImageOps.exif_transpose(picture) if turned else picture
        upright.load()
        # Encoders fall back to what the decoder left in ``info`` (XMP, comments), so that is emptied.
        transparency = upright.info.get("transparency")
        upright.info = {} if transparency is None else {"transparency": transparency}
        out = io.BytesIO()
        if seen.media_type == "image/jpeg":
            # "keep" re-uses the picture's own tables, so that an upright photograph loses next to nothing.
            upright.save(out, "JPEG", quality=92 if turned else "keep", icc_profile=colours, exif=b"")
        elif seen.media_type == "image/png":
            upright.save(out, "PNG", icc_profile=colours, optimize=False)
        elif seen.media_type == "image/webp":
            upright.save(out, "WEBP", quality=90, icc_profile=colours, exif=b"", xmp=b"")
        else:
            upright.save(out, "GIF")
        return out.getvalue()


def _moving(picture: Pillow.Image, media_type: str) -> bytes:
    """Each frame anew with its time; comments and metadata stay behind."""
    frames: list[Pillow.Image] = []
    times: list[int] = []
    for number in range(int(getattr(picture, "n_frames", 1))):
        picture.seek(number)
        times.append(int(picture.info.get("duration", 100)) or 100)
        frame = picture.convert("RGBA")
        frame.info = {}
        frames.append(frame)
    out = io.BytesIO()
    frames[0].save(
        out,
        _FORMATS[media_type],
        save_all=True,
        append_images=frames[1:],
        duration=times,
        **({"loop": int(picture.info["loop"])} if "loop" in picture.info else {}),
        **({"disposal": 2} if media_type == "image/gif" else {}),
    )
    return out.getvalue()


def _fitted(content: bytes, seen: Looked, limit: int) -> bytes:
    """Smaller by steps until it fits: first the quality, then the size."""
    with Pillow.open(io.BytesIO(content)) as opened:
        opened.load()
        colours = opened.info.get("icc_profile")
        picture: Pillow.Image = opened.copy()
    if seen.frames > 1:
        return content
    picture.info = {}
    side = max(picture.size)
    for step in (2400, 2000, 1600, 1280, 1000, 800, 600, 400, 200, _SMALLEST_SIDE):
        if step > side and step != 2400:
            continue
        small = picture.copy()
        if picture.mode == "P":
            small = small.convert("RGBA")
        small.thumbnail((step, step), Pillow.Resampling.LANCZOS)
        for quality in (88, 76):
            out = io.BytesIO()
            if seen.media_type in {"image/jpeg", "image/webp"}:
                small.save(out, _FORMATS[seen.media_type], quality=quality, icc_profile=colours, exif=b"")
            else:
                small.save(out, _FORMATS[seen.media_type], optimize=True)
            if out.tell() <= limit:
                return out.getvalue()
            if seen.media_type not in {"image/jpeg", "image/webp"}:
                break
    return content


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f}"
