"""The sessions of Django's database store, read by one plain statement: every page begins with it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.utils import timezone

from lockgate.base.rows import fetched, stored

_LIVING = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DatabaseSessionStore):
    """Same table, same signed form; only reading is leaner."""

    def load(self) -> dict[str, Any]:
        key = self.session_key or ""
        # A key of ours is letters and digits; PostgreSQL would stumble over what else a cookie can hold.
        rows = fetched(_LIVING, [key, stored(timezone.now())]) if key.isascii() and key.isalnum() else []
        if not rows:
            self._session_key = None
            return {}
        return dict(_decoded(rows[0][0]))


@lru_cache(maxsize=4096)
def _decoded(data: str) -> dict[str, Any]:
    """What signed session data holds; the same data always holds the same. Callers copy it."""
    return DatabaseSessionStore().decode(data)
