"""The key of reply tokens: a file of settings.KEYS_DIR. Without it no token can be made or would hold."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from lockgate.base.keyfile import make_key, read_key

NAME = "mail-tokens.key"


def token_key() -> bytes:
    """The key, made at first use. With another key every reply address sent before is void, and nothing else."""
    path = Path(settings.KEYS_DIR) / NAME
    try:
        return read_key(path)
    except FileNotFoundError:
        return make_key(path)
