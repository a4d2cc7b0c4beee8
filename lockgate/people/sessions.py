"""The sessions of Django's database store, read by one plain statement: every page begins with it."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.utils import timezone

from lockgate.base.rows import fetched, stored
from lockgate.people.door import meet, with_firm

# Whose a session was when it was last read here: only a guess of whom to read along with it next time.
_owners: dict[str, int] = {}
_MOST_OWNERS = 65_536


class SessionStore(DatabaseSessionStore):
    """Same table, same signed form; only reading is leaner, and brings the person along."""

    def load(self) -> dict[str, Any]:
        meet(None)
        key = self.session_key or ""
        # A key of ours is letters and digits; PostgreSQL would stumble over what else a cookie can hold.
        if not (key.isascii() and key.isalnum()):
            self._session_key = None
            return {}
        rows = fetched(_living(), [_owners.get(key), key, stored(timezone.now())])
        if not rows:
            self._session_key = None
            return {}
        held = dict(_decoded(rows[0][0]))
        meet(rows[0][1:])
        _note_owner(key, str(held.get(SESSION_KEY, "")))
        return held


@cache
def _living() -> str:
    return (
        f"SELECT session.session_data, {with_firm()} FROM django_session session"  # noqa: S608 (our own names)
        " LEFT JOIN people_person person ON person.id = %s LEFT JOIN people_firm firm ON firm.id = person.firm_id"
        " WHERE session.session_key = %s AND session.expire_date > %s"
    )


def _note_owner(key: str, person: str) -> None:
    if person.isdigit() and _owners.get(key) != int(person):
        if len(_owners) >= _MOST_OWNERS:
            _owners.clear()
        _owners[key] = int(person)


@lru_cache(maxsize=4096)
def _decoded(data: str) -> dict[str, Any]:
    """What signed session data holds; the same data always holds the same. Callers copy it."""
    return DatabaseSessionStore().decode(data)
