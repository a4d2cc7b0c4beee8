"""Secret keys of 32 bytes, each in a file of its own in hexadecimal, outside the database."""

from __future__ import annotations

import os
import secrets
from functools import lru_cache
from pathlib import Path

KEY_BYTES = 32


def read_key(path: Path) -> bytes:
    """The key in ``path``; read anew only when the file was changed. Raises OSError where there is none, ValueError
    where it is no key."""
    return _read(str(path), os.stat(path).st_mtime_ns)


@lru_cache(maxsize=16)
def _read(file: str, _changed: int) -> bytes:
    key = bytes.fromhex(Path(file).read_text("ascii").strip())
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    return key


def make_key(path: Path) -> bytes:
    """A new key, written whole or not at all; where two processes make one, both use the first. An older file is never
    overwritten."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return read_key(path)
