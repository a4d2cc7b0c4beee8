"""The machine and the settings: secret, modes, hosts, folders and who may read them, processes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection

from lockgate.base import heartbeat
from lockgate.cli.examination.observation import Seen, amiss, grave, well

SHORT_SECRET = 32
LITTLE_ROOM_BYTES = 500 * 1024 * 1024


def secret() -> Seen:
    if settings.SECRET_KEY == settings.DEFAULT_SECRET_KEY:
        yield grave(
            "secret",
            "The secret key is the one that everybody knows, so anybody could sign in as anybody.",
            "Set LOCKGATE_SECRET_KEY to one of your own, made by:"
            ' python3 -c "import secrets; print(secrets.token_urlsafe(48))"',
        )
    elif len(settings.SECRET_KEY) < SHORT_SECRET:
        yield grave(
            "secret",
            f"The secret key has {len(settings.SECRET_KEY)} characters; it could be guessed.",
            f"Set LOCKGATE_SECRET_KEY to {SHORT_SECRET} characters of chance or more.",
        )
    else:
        yield well("secret", "The secret key is your own.")


def modes() -> Seen:
    if settings.DEBUG:
        yield grave("mode", "DEBUG is on: errors would show what is inside.", "Unset LOCKGATE_DEBUG.")
    if settings.DEMO:
        yield grave(
            "mode", "DEMO is on: its passwords are known.", "Unset LOCKGATE_DEMO, or use lockgate demo."
        )
    if not settings.SECURE_COOKIES:
        yield amiss(
            "mode",
            "Cookies are sent over plain HTTP.",
            "Serve over HTTPS and unset LOCKGATE_SECURE_COOKIES.",
        )


def hosts() -> Seen:
    hosts = set(settings.ALLOWED_HOSTS)
    if "*" in hosts:
        yield grave("hosts", "Any host name is answered for.", "Name yours in LOCKGATE_ALLOWED_HOSTS.")
    elif hosts <= {"localhost", "127.0.0.1", "[::1]", "testserver"}:
        yield amiss(
            "hosts",
            "Only localhost is answered for, so nobody else can reach this.",
            "Name your host in LOCKGATE_ALLOWED_HOSTS, for instance: lockgate.example.com",
        )
    else:
        yield well("hosts", "Answers for: " + ", ".join(sorted(hosts)))


def folders() -> Seen:
    for name in ("DATA_DIR", "KEYS_DIR", "ATTACHMENTS_DIR"):
        folder = Path(getattr(settings, name))
        place = folder if folder.exists() else next(one for one in folder.parents if one.exists())
        if not os.access(place, os.W_OK | os.X_OK):
            yield grave(
                "folders",
                f"{folder} cannot be written by this user.",
                f"Mend its owner, or set LOCKGATE_{name.removesuffix('_DIR')}.",
            )
            continue
        free = shutil.disk_usage(place).free
        if free < LITTLE_ROOM_BYTES:
            yield amiss("disk", f"{folder} has {free // 1_048_576} MB left.", "Make room.")


def private() -> Seen:
    """What others on this machine could read: words, secrets, sessions. New ones are made with 0700 and 0600."""
    keys, data = Path(settings.KEYS_DIR), Path(settings.DATA_DIR)
    folders = {"folders": data, "attachments": Path(settings.ATTACHMENTS_DIR), "keys": keys}
    for subject, folder in folders.items():
        if folder.exists() and folder.stat().st_mode & 0o077:
            yield amiss(subject, f"Others on this machine may look into {folder}.", f"chmod 700 {folder}")
    held = [("keys", file) for file in (sorted(keys.glob("*")) if keys.exists() else [])]
    if connection.vendor == "sqlite":
        name = str(settings.DATABASES["default"]["NAME"])
        held += [("database", Path(name + ending)) for ending in ("", "-wal", "-shm")]
    held.append(("folders", data / "live.sock"))
    for subject, file in held:
        is_kept = file.exists() and not file.is_dir() and file.suffix != ".checkpoint"
        if is_kept and file.stat().st_mode & 0o077:
            yield amiss(subject, f"Others on this machine may read {file}.", f"chmod 600 {file}")


def processes() -> Seen:
    health = heartbeat.report()
    if health.expected and health.quiet:
        yield amiss(
            "processes", "Not heard of: " + ", ".join(health.quiet), "Start lockgate serve, or see its log."
        )
    elif health.expected:
        yield well("processes", "Alive: " + ", ".join(health.expected))
