"""Attachments: bytes beside the database, a row in it, readable by who hears the message and nobody else."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import threading
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from lockgate.base.ids import new_id
from lockgate.base.refusal import NotFound
from lockgate.base.transactions import change
from lockgate.channels.queries import image_without_traces, look_at_image, small_image
from lockgate.gateway import rules
from lockgate.gateway.files import path_of, small_path_of
from lockgate.gateway.models import Attachment, FileWords
from lockgate.gateway.queries import attachment_view
from lockgate.gateway.refusals import AttachmentRefused
from lockgate.gateway.types import PDF, AttachmentView
from lockgate.gateway.wording import PAPERS, words_of
from lockgate.people.models import Person

MAX_BYTES = 10 * 1024 * 1024
_TYPES = {
    **PAPERS,
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".md": "text/markdown",
    ".zip": "application/zip",
}
_drawing = threading.Lock()
_IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".webp"}


def attach(*, by: Person, at: datetime, name: str, content: bytes, alt: str = "") -> AttachmentView:
    """Take a file in for a message that ``by`` is writing. The kind is told by the bytes for images, by the name for
    documents. Raises AttachmentRefused for what is too big, empty, of no known kind or no image at all.

    A picture is kept upright and without what the camera wrote into it.
    """
    name = Path(name.replace("\\", "/")).name.strip()[:160] or "file"
    if not content:
        raise AttachmentRefused(_("“%(name)s” is empty.") % {"name": name}, _("Choose another file."))
    if len(content) > MAX_BYTES:
        raise AttachmentRefused(
            _("“%(name)s” has %(size)s MB; 10 MB is the most that fits.")
            % {"name": name, "size": round(len(content) / 1_048_576, 1)},
            _("Make it smaller, or put it where your documents are and link it."),
        )
    suffix = Path(name).suffix.lower()
    width = height = None
    if suffix in _IMAGES:
        seen = look_at_image(content)
        if seen is None:
            raise AttachmentRefused(
                _("“%(name)s” is not an image that can be opened.") % {"name": name},
                _("Export it again as PNG or JPEG."),
            )
        # Where and by whom a photograph was taken is nobody's business inside either; it would travel with each copy.
        content = image_without_traces(content)
        media_type, width, height = look_at_image(content) or seen
    elif suffix in _TYPES:
        media_type = _TYPES[suffix]
    else:
        raise AttachmentRefused(
            _("Files that end in “%(suffix)s” are not taken.") % {"suffix": suffix or "…"},
            _("Images, PDF, text, CSV, Office documents and ZIP are."),
        )
    number = new_id(at)
    _keep(number, content)
    # Before the transaction: a paper takes as long as a child needs to read it.
    read = words_of(content, media_type) if not media_type.startswith("image/") else None
    with change():
        row = Attachment.objects.create(
            id=number,
            owner=by,
            name=name,
            media_type=media_type,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            alt=alt.strip()[:1500],
            width=width,
            height=height,
            excerpt=rules.excerpt(content) if media_type.startswith("text/") else "",
            created_at=at,
        )
        if read is not None:
            FileWords.objects.create(attachment=row, words=read.text, is_whole=read.is_whole)
    return attachment_view(row)


def copy_attachment(*, by: Person, at: datetime, attachment_id: int) -> int:
    """The same file again, unsent, for other words by the same author; answers its id."""
    row = Attachment.objects.filter(pk=attachment_id, owner=by).first()
    if row is None:
        raise NotFound
    return attach(by=by, at=at, name=row.name, content=open_bytes(attachment_id), alt=row.alt).id


def describe(*, by: Person, attachment_id: int, alt: str) -> None:
    """Say in words what an image shows, for those who cannot see it."""
    with change():
        if not Attachment.objects.filter(pk=attachment_id, owner=by, message__isnull=True).update(
            alt=alt.strip()[:1500]
        ):
            raise NotFound


def detach(*, by: Person, attachment_id: int) -> None:
    """Take an unsent file away again."""
    with change():
        if not Attachment.objects.filter(pk=attachment_id, owner=by, message__isnull=True).delete()[0]:
            raise NotFound
    path_of(attachment_id).unlink(missing_ok=True)
    small_path_of(attachment_id).unlink(missing_ok=True)


def open_bytes(attachment_id: int) -> bytes:
    """The bytes. Whoever calls this has asked ``queries.attachment`` first."""
    try:
        return path_of(attachment_id).read_bytes()
    except OSError as error:
        raise NotFound from error


def open_small(attachment_id: int) -> bytes | None:
    """A small version of a picture as WebP, made the first time that somebody looks; of a PDF its first page, once it
    was drawn; None of all else.
    Whoever calls this has asked ``queries.attachment`` first."""
    path = small_path_of(attachment_id)
    with contextlib.suppress(OSError):
        return path.read_bytes()
    if Attachment.objects.filter(pk=attachment_id, media_type=PDF).exists():
        # Of strangers' PDFs only the work process draws a page, in a child of its own.
        return None
    # One at a time: a page of thirty photographs must not take thirty times the memory of one.
    with _drawing:
        with contextlib.suppress(OSError):
            return path.read_bytes()
        drawn = small_image(open_bytes(attachment_id))
        if drawn is not None:
            with contextlib.suppress(AttachmentRefused):  # kept or not, it can be shown
                _write(path, drawn)
    return drawn


def keep_small(attachment_id: int, content: bytes) -> None:
    """Keep the small version of a file beside it. Raises AttachmentRefused where the disk does not take it."""
    _write(small_path_of(attachment_id), content)


def _keep(number: int, content: bytes) -> None:
    _write(path_of(number), content)


def _write(path: Path, content: bytes) -> None:
    # Written whole under another name, flushed, then renamed: a reader sees all of it or none, also after a crash.
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise AttachmentRefused(
            _("The file could not be kept: %(why)s.") % {"why": error.strerror},
            _("Tell your administrator; your words are not lost."),
        ) from error
