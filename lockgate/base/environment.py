"""Where settings come from: a TOML file that LOCKGATE_SETTINGS names, and over it the environment."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

# What SQLite's log may grow to, in pages, when nobody carries it over (64 MB): the background process may be down.
FRAMES_UNATTENDED = 16_000


class SettingsError(Exception):
    """A setting cannot be used; the sentence names it."""


@dataclass(frozen=True)
class Environment:
    """Reads LOCKGATE_<NAME> from the environment, then <name> from the file, then the default."""

    variables: Mapping[str, str]
    file: Mapping[str, Any]

    @classmethod
    def read(cls) -> Self:
        variables = dict(os.environ)
        named = variables.get("LOCKGATE_SETTINGS", "")
        if not named:
            return cls(variables, {})
        try:
            return cls(variables, tomllib.loads(Path(named).read_text("utf-8")))
        except OSError as error:
            raise SettingsError(f"The settings file {named} cannot be read: {error.strerror}.") from error
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"The settings file {named} is not TOML: {error}.") from error

    def _value(self, name: str) -> Any:
        return self.variables.get(f"LOCKGATE_{name}", self.file.get(name.lower()))

    def text(self, name: str, default: str) -> str:
        value = self._value(name)
        return default if value is None else str(value)

    def flag(self, name: str, default: bool) -> bool:
        value = self._value(name)
        if value is None:
            return default
        word = str(value).strip().lower()
        if word in {"1", "true", "yes", "on"}:
            return True
        if word in {"0", "false", "no", "off", ""}:
            return False
        raise SettingsError(f"LOCKGATE_{name} is {value!r}; it takes yes or no.")

    def number(self, name: str, default: int) -> int:
        value = self._value(name)
        try:
            return default if value is None else int(value)
        except ValueError as error:
            raise SettingsError(f"LOCKGATE_{name} is {value!r}; it takes a whole number.") from error

    def words(self, name: str, default: list[str]) -> list[str]:
        value = self._value(name)
        if value is None:
            return default
        if isinstance(value, list):
            return [str(word) for word in value]
        return [word.strip() for word in str(value).split(",") if word.strip()]

    def path(self, name: str, default: Path) -> Path:
        return Path(self.text(name, str(default))).expanduser().resolve()

    def database(self, sqlite: Path) -> dict[str, Any]:
        """Django's DATABASES entry: PostgreSQL by DATABASE_URL, else SQLite in WAL at ``sqlite``.

        SQLite is opened with synchronous FULL, because a record must not be lost when the power goes, and
        takes its write lock at the start of a transaction (IMMEDIATE), because a lock upgraded half-way
        fails at once instead of waiting.
        """
        url = self.variables.get("DATABASE_URL") or self.text("DATABASE_URL", "")
        if not url or url.startswith("sqlite:"):
            file = Path(url.removeprefix("sqlite:///")) if url.removeprefix("sqlite:///") else sqlite
            return {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(file),
                "CONN_MAX_AGE": None,
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 20,
                    "init_command": (
                        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                        " PRAGMA secure_delete=ON; PRAGMA cache_size=-32000; PRAGMA mmap_size=268435456;"
                        " PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864;"
                        f" PRAGMA wal_autocheckpoint={FRAMES_UNATTENDED}"
                    ),
                },
            }
        parts = urlsplit(url)
        if parts.scheme not in {"postgres", "postgresql"}:
            raise SettingsError(
                f"DATABASE_URL begins with {parts.scheme or 'nothing'}://; it takes postgresql:// or sqlite:///."
            )
        options: dict[str, Any] = dict(parse_qsl(parts.query))
        host = options.pop("host", "") or unquote(parts.hostname or "")
        # Statements that come again are parsed and planned once a connection: it halves the server's work for a post.
        # A pooler that hands connections on between transactions cannot keep them: ?prepare=no for such a one.
        if options.pop("prepare", "yes").lower() in {"yes", "1", "true", "on"}:
            options |= {"server_side_binding": True, "prepare_threshold": 3}
        return {
            "ENGINE": "lockgate.base.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": host,
            "PORT": str(parts.port or options.pop("port", "")),
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
        }
