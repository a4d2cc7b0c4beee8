"""Where the bytes of attachments lie: beside the database, each under its id."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def stored_at(attachment_id: int) -> str:
    """The path of an attachment's bytes, relative to the attachments folder."""
    word = str(attachment_id)
    return f"{word[-2:]}/{word}"


def path_of(attachment_id: int) -> Path:
    """The same, whole."""
    return Path(settings.ATTACHMENTS_DIR) / stored_at(attachment_id)


def small_path_of(attachment_id: int) -> Path:
    """Where the small version of a picture lies, once it was made."""
    return path_of(attachment_id).with_suffix(".small")
