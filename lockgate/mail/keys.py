"""The key of reply tokens: 32 bytes in a file of settings.KEYS_DIR. Without it no token can be made or would hold."""

from __future__ import annotations

import os
import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings

NAME = "mail-tokens.key"


def token_key() -> bytes:
    """The key, made at first use. With another key every reply address sent before is void, and nothing else."""
    path = Path(settings.KEYS_DIR) / NAME
    try:
        return _read(str(path), path.stat().st_mtime_ns)
    except FileNotFoundError:
        return _made(path)


@lru_cache(maxsize=8)
def _read(file: str, _changed: int) -> bytes:
    key = bytes.fromhex(Path(file).read_text("ascii").strip())
    if len(key) != 32:
        raise ValueError("a token key has 32 bytes")
    return key


def _made(path: Path) -> bytes:
    """A new key, written whole or not at all; where two processes make one, both use the first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{NAME}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return _read(str(path), path.stat().st_mtime_ns)
