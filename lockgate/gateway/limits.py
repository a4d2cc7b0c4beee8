"""What a channel itself would not take: asked at the gate, before anybody signs or the outbox promises anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lockgate.channels import queries as channels
from lockgate.channels.types import Image, OutboundPost
from lockgate.gateway.files import path_of
from lockgate.gateway.types import AttachmentView, PlaceChoice


def limits_broken(
    place: PlaceChoice, body: str, attachments: Sequence[AttachmentView], at: datetime
) -> tuple[str, ...]:
    """Plain sentences, in the channel's own terms, on what it would refuse of these words and pictures; empty
    where it would take them. Reads files, never the network."""
    images = []
    for one in attachments:
        try:
            content = path_of(one.id).read_bytes()
        except OSError:
            content = b""
        images.append(Image(one.name, one.media_type, one.alt, content, one.sha256))
    post = OutboundPost(token="preview", markdown=body, images=tuple(images), intended_at=at)  # noqa: S106
    account = channels.account(place.key.removeprefix("channel:"))
    return channels.complaints(account, post)
