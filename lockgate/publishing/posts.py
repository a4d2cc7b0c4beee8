"""From what the outbox keeps to what a connector is given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from lockgate.base.clock import rfc3339
from lockgate.base.refusal import Refusal
from lockgate.channels.types import Image, OutboundPost
from lockgate.publishing.models import Delivery
from lockgate.publishing.types import Attached

OpenAttachment = Callable[[str], bytes]


class AttachmentUnusable(Refusal):
    """A file cannot be read as it was when it was submitted; the sentence says which."""

    code = "attachment-unusable"


def payload(
    *,
    markdown: str,
    title: str,
    categories: Sequence[str],
    language: str,
    intended_at: datetime,
    attachments: Sequence[Attached],
) -> dict[str, Any]:
    """What the outbox keeps of a post, as JSON."""
    return {
        "markdown": markdown,
        "title": title,
        "categories": list(categories),
        "language": language,
        "intended_at": rfc3339(intended_at),
        "attachments": [asdict(one) for one in attachments],
    }


def post_of(delivery: Delivery, open_attachment: OpenAttachment | None) -> OutboundPost:
    """The post to be sent, with the bytes of its images. Raises AttachmentUnusable."""
    given = delivery.payload.get("attachments", [])
    return _post(delivery, tuple(_image(one, open_attachment or from_folder) for one in given))


def likeness_of(delivery: Delivery) -> OutboundPost:
    """The post for looking it up and comparing it: a file that is missing by now must not hinder that, so
    images have no bytes here."""
    given = delivery.payload.get("attachments", [])
    images = (
        Image(
            name=one["name"], media_type=one["media_type"], alt=one["alt"], content=b"", sha256=one["sha256"]
        )
        for one in given
    )
    return _post(delivery, tuple(images))


def from_folder(path: str) -> bytes:
    """The bytes at ``path`` under the attachments folder, and nowhere else."""
    folder = Path(settings.ATTACHMENTS_DIR).resolve()
    file = (folder / path).resolve()
    if not file.is_relative_to(folder):
        raise FileNotFoundError(path)
    return file.read_bytes()


def _image(one: Mapping[str, str], open_attachment: OpenAttachment) -> Image:
    try:
        content = open_attachment(one["path"])
    except OSError as error:
        raise AttachmentUnusable(
            _("The file “%(name)s” cannot be read, so nothing was sent.") % {"name": one["name"]}
        ) from error
    # What leaves must be what was read and signed, to the byte.
    if hashlib.sha256(content).hexdigest() != one["sha256"]:
        raise AttachmentUnusable(
            _("The file “%(name)s” is not the one that was submitted, so nothing was sent.")
            % {"name": one["name"]}
        )
    return Image(
        name=one["name"], media_type=one["media_type"], alt=one["alt"], content=content, sha256=one["sha256"]
    )


def _post(delivery: Delivery, images: tuple[Image, ...]) -> OutboundPost:
    kept = delivery.payload
    return OutboundPost(
        token=delivery.token,
        markdown=kept["markdown"],
        images=images,
        intended_at=datetime.fromisoformat(kept["intended_at"]),
        title=kept.get("title", ""),
        categories=tuple(kept.get("categories", ())),
        language=kept.get("language", "en"),
    )
