"""A disk that is full: told as what it is, by whatever layer met it first."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from lockgate.base.refusal import Refusal

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_POSTGRESQL_DISK_FULL = "53100"
# SQLite says "disk I/O error" where it cannot make its shared memory or journal longer.
_IO_ERROR = 10
_LEFT_BYTES = 1024 * 1024


class DiskFull(Refusal):
    """Nothing was changed: what was not committed whole is not there at all."""

    code = "disk-full"
    status = 507


def disk_full(error: BaseException) -> DiskFull | None:
    """A DiskFull that says so, where ``error`` or what caused it is a full disk; else None."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        if _says_full(cause):
            return DiskFull(
                _("The disk of this Lockgate is full, so nothing was kept of what you just did."),
                _(
                    "What was there before is safe. Keep your words, tell an administrator, and try again then."
                ),
            )
        seen.add(id(cause))
        cause = cause.__cause__ or cause.__context__
    return None


def _says_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in _NO_ROOM
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return code == sqlite3.SQLITE_FULL or (code == _IO_ERROR and _is_nearly_full())
    return getattr(error, "sqlstate", None) == _POSTGRESQL_DISK_FULL


def _is_nearly_full() -> bool:
    try:
        return shutil.disk_usage(Path(settings.DATA_DIR)).free < _LEFT_BYTES
    except OSError:
        return False
