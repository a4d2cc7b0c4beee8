"""What a deployment must have, looked at once for `lockgate serve` (which refuses) and `lockgate doctor`
(which tells)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from lockgate.base import clock, heartbeat
from lockgate.cli.tables import applied, unapplied

SHORT_SECRET = 32
LITTLE_ROOM_BYTES = 500 * 1024 * 1024
OLD_CHECKPOINT = timedelta(minutes=1)
OLD_LETTER = timedelta(minutes=10)
CLOCK_SECONDS = 5.0
MOST_BEHIND = 5_000
OLDEST_POSTGRESQL = 140_000


@dataclass(frozen=True, slots=True)
class Observation:
    """``is_well`` False wants mending; ``is_grave`` keeps `lockgate serve` from starting, ``is_loud`` is said before
    it starts. ``is_advice``: it is well, and could be better."""

    subject: str
    sentence: str
    is_well: bool = True
    mend: str = ""
    is_grave: bool = False
    is_loud: bool = False
    is_advice: bool = False


Look = Callable[[], Iterator[Observation]]


def examine(*, may_migrate: bool = False, asks_channels: bool = False) -> list[Observation]:
    """Everything that can be seen, in the order in which one would mend it. With ``asks_channels`` the network too."""
    seen = [*_secret(), *_modes(), *_hosts(), *_folders(), *_private()]
    database = list(_database())
    seen += database
    if any(one.is_grave for one in database):
        return seen
    seen += _tables(may_migrate)
    if not unapplied():
        for look in (_people, _archive, _search, _channels, _deliveries, _mail, _ways_in, _clock):
            seen += look()
        if asks_channels:
            seen += _introductions()
            seen += _directories()
    return [*seen, *_processes()]


def _well(subject: str, sentence: str) -> Observation:
    return Observation(subject, sentence)


def _grave(subject: str, sentence: str, mend: str) -> Observation:
    return Observation(subject, sentence, False, mend, True)


def _amiss(subject: str, sentence: str, mend: str) -> Observation:
    return Observation(subject, sentence, False, mend)


def _secret() -> Iterator[Observation]:
    if settings.SECRET_KEY == settings.DEFAULT_SECRET_KEY:
        yield _grave(
            "secret",
            "The secret key is the one that everybody knows, so anybody could sign in as anybody.",
            "Set LOCKGATE_SECRET_KEY to one of your own, made by:"
            ' python3 -c "import secrets; print(secrets.token_urlsafe(48))"',
        )
    elif len(settings.SECRET_KEY) < SHORT_SECRET:
        yield _grave(
            "secret",
            f"The secret key has {len(settings.SECRET_KEY)} characters; it could be guessed.",
            f"Set LOCKGATE_SECRET_KEY to {SHORT_SECRET} characters of chance or more.",
        )
    else:
        yield _well("secret", "The secret key is your own.")


def _modes() -> Iterator[Observation]:
    if settings.DEBUG:
        yield _grave("mode", "DEBUG is on: errors would show what is inside.", "Unset LOCKGATE_DEBUG.")
    if settings.DEMO:
        yield _grave(
            "mode", "DEMO is on: its passwords are known.", "Unset LOCKGATE_DEMO, or use lockgate demo."
        )
    if not settings.SECURE_COOKIES:
        yield _amiss(
            "mode",
            "Cookies are sent over plain HTTP.",
            "Serve over HTTPS and unset LOCKGATE_SECURE_COOKIES.",
        )


def _hosts() -> Iterator[Observation]:
    hosts = set(settings.ALLOWED_HOSTS)
    if "*" in hosts:
        yield _grave("hosts", "Any host name is answered for.", "Name yours in LOCKGATE_ALLOWED_HOSTS.")
    elif hosts <= {"localhost", "127.0.0.1", "[::1]", "testserver"}:
        yield _amiss(
            "hosts",
            "Only localhost is answered for, so nobody else can reach this.",
            "Name your host in LOCKGATE_ALLOWED_HOSTS, for instance: lockgate.example.com",
        )
    else:
        yield _well("hosts", "Answers for: " + ", ".join(sorted(hosts)))


def _folders() -> Iterator[Observation]:
    for name in ("DATA_DIR", "KEYS_DIR", "ATTACHMENTS_DIR"):
        folder = Path(getattr(settings, name))
        place = folder if folder.exists() else next(one for one in folder.parents if one.exists())
        if not os.access(place, os.W_OK | os.X_OK):
            yield _grave(
                "folders",
                f"{folder} cannot be written by this user.",
                f"Mend its owner, or set LOCKGATE_{name.removesuffix('_DIR')}.",
            )
            continue
        free = shutil.disk_usage(place).free
        if free < LITTLE_ROOM_BYTES:
            yield _amiss("disk", f"{folder} has {free // 1_048_576} MB left.", "Make room.")


def _private() -> Iterator[Observation]:
    """What others on this machine could read: words, secrets, sessions. New ones are made with 0700 and 0600."""
    keys, data = Path(settings.KEYS_DIR), Path(settings.DATA_DIR)
    folders = {"folders": data, "attachments": Path(settings.ATTACHMENTS_DIR), "keys": keys}
    for subject, folder in folders.items():
        if folder.exists() and folder.stat().st_mode & 0o077:
            yield _amiss(subject, f"Others on this machine may look into {folder}.", f"chmod 700 {folder}")
    held = [("keys", file) for file in (sorted(keys.glob("*")) if keys.exists() else [])]
    if connection.vendor == "sqlite":
        name = str(settings.DATABASES["default"]["NAME"])
        held += [("database", Path(name + ending)) for ending in ("", "-wal", "-shm")]
    held.append(("folders", data / "live.sock"))
    for subject, file in held:
        is_kept = file.exists() and not file.is_dir() and file.suffix != ".checkpoint"
        if is_kept and file.stat().st_mode & 0o077:
            yield _amiss(subject, f"Others on this machine may read {file}.", f"chmod 600 {file}")


def _database() -> Iterator[Observation]:
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SHOW server_version_num")
                number = int(cursor.fetchone()[0])
                if number < OLDEST_POSTGRESQL:
                    yield _grave(
                        "database",
                        f"PostgreSQL is {number // 10_000}; 14 is the oldest that is known to work.",
                        "Upgrade it.",
                    )
                else:
                    yield _well("database", f"PostgreSQL {number // 10_000} answers.")
                cursor.execute("SHOW fsync")
                if cursor.fetchone()[0] != "on":
                    yield _amiss(
                        "database",
                        "fsync is off: a power cut can lose records.",
                        "Turn it on in postgresql.conf.",
                    )
                return
            cursor.execute("PRAGMA journal_mode")
            mode = cursor.fetchone()[0]
            if mode != "wal":
                yield _amiss(
                    "database",
                    f"SQLite's journal is {mode}, not WAL; readers and writers will wait for each other.",
                    "Put the file on a local disk.",
                )
            cursor.execute("PRAGMA quick_check")
            answer = cursor.fetchone()[0]
            if answer != "ok":
                yield _grave(
                    "database",
                    f"SQLite says that the file is damaged: {answer}",
                    "Restore it from your backup.",
                )
            yield _well("database", f"SQLite answers: {settings.DATABASES['default']['NAME']}")
            yield Observation(
                "database",
                "This is SQLite: good for a trial and a small company on one machine.",
                mend="For more, set DATABASE_URL=postgresql://…",
                is_advice=True,
            )
    except DatabaseError as error:
        yield _grave(
            "database",
            "The database cannot be reached: " + " ".join(str(error).split())[:300],
            "Check that it runs, and DATABASE_URL (host, name, user, password).",
        )


def _tables(may_migrate: bool) -> Iterator[Observation]:
    missing, unknown = unapplied(), applied()
    if not missing:
        yield _well("tables", f"All {len(unknown)} migrations are applied.")
    elif not may_migrate:
        yield _grave(
            "tables",
            f"{len(missing)} changes to the tables are not applied yet.",
            "Make a backup, then run: lockgate migrate (or start with --migrate).",
        )


def _people() -> Iterator[Observation]:
    from lockgate.people.models import Person
    from lockgate.people.queries import house

    demo = Person.objects.filter(is_demo=True, is_active=True).count()
    if demo:
        yield _grave(
            "people",
            f"The database holds {demo} people of the demo company, whose password is known.",
            "Use an empty database; a demo cannot become a company.",
        )
    if house() is None:
        yield _amiss("people", "There is nobody yet.", "Run: lockgate people first EMAIL NAME")


def _archive() -> Iterator[Observation]:
    from lockgate.archive import queries

    faults = queries.faults()
    for fault in faults:
        is_missing = "missing" in fault or "gone" in fault
        mend = "Put the keys back from your backup; for a new installation run: lockgate migrate"
        yield (_grave if is_missing else _amiss)("archive", fault, mend)
    if faults:
        return
    if (why := queries.inconsistency()) is not None:
        yield Observation("archive", why.sentence, False, why.mend, is_loud=True)
        return
    state, at = queries.state(), clock.now()
    if state.size > state.signed_size and state.signed_at and at - state.signed_at > OLD_CHECKPOINT:
        age = int((at - state.signed_at).total_seconds())
        yield _amiss(
            "archive",
            f"The last checkpoint is {age} s old, and entries wait for one.",
            "Start lockgate serve.",
        )
    elif (waits := queries.waits_since(at)) > OLD_CHECKPOINT.total_seconds():
        yield _amiss(
            "archive", f"An entry has waited {waits:.0f} s for its place in the log.", "Start lockgate serve."
        )
    else:
        signed = f", {state.signed_size} under a checkpoint" if state.signed_size else ""
        yield _well("archive", f"{state.size} entries{signed}.")


def _search() -> Iterator[Observation]:
    from lockgate.search import queries

    state = queries.state()
    if state.is_walking:
        yield Observation(
            "search",
            f"The index is being made: {state.passages} messages can be found so far.",
            mend="lockgate serve goes on with it; to have it at once run: lockgate search index",
            is_advice=True,
        )
    elif state.behind > MOST_BEHIND:
        yield _amiss(
            "search",
            f"The index is {state.behind} lines of the log behind.",
            "Start lockgate serve, or see its log.",
        )
    else:
        yield _well("search", f"{state.passages} messages can be found.")


def _channels() -> Iterator[Observation]:
    from lockgate.channels import queries, sealing

    for complaint in sealing.complaints():
        yield _amiss("channels", complaint, "")
    if not settings.PUBLIC_URL and any(one.connector == "feed" for one in queries.accounts()):
        yield _amiss("channels", "LOCKGATE_PUBLIC_URL is not set: links in feeds have no host.", "Set it.")


def _introductions() -> Iterator[Observation]:
    """What each channel says when it is asked whom it takes us for."""
    from lockgate.channels import operations, queries

    for account in queries.accounts():
        said = operations.introduce(account)
        yield Observation(f"channel:{account.slug}", said.sentence, said.works, said.mend)


def _deliveries() -> Iterator[Observation]:
    from lockgate.publishing import queries

    at = clock.now()
    late = queries.waiting(at - timedelta(minutes=10))
    if late:
        yield _amiss(
            "deliveries",
            f"{len(late)} deliveries have waited for more than ten minutes.",
            "See the channels page; is the background process running?",
        )


def _ways_in() -> Iterator[Observation]:
    """How people come in beside a password. No network: ``_directories`` asks."""
    from lockgate.directory import queries as directories
    from lockgate.signin.queries import demands, look_at_saml, oidc_is_on, saml_is_on

    if oidc_is_on():
        if not settings.PUBLIC_URL:
            yield _amiss(
                "sign-in",
                "LOCKGATE_PUBLIC_URL is not set, so the OpenID provider may not know where to send people back.",
                "Set it.",
            )
        yield _well("sign-in", f"People come in by {settings.OIDC_ISSUER}.")
    elif settings.OIDC_ISSUER or settings.OIDC_CLIENT_ID:
        yield _amiss(
            "sign-in",
            "Of LOCKGATE_OIDC_ISSUER and LOCKGATE_OIDC_CLIENT_ID only one is set, so nobody comes in by it.",
            "Set both.",
        )
    if saml_is_on():
        if why := look_at_saml():
            yield _amiss(
                "sign-in", f"The SAML provider cannot be used: {why}.", "Mend LOCKGATE_SAML_CERTIFICATE."
            )
        elif not settings.PUBLIC_URL:
            yield _amiss("sign-in", "LOCKGATE_PUBLIC_URL is not set, and SAML needs it.", "Set it.")
        else:
            yield _well("sign-in", f"People come in by {settings.SAML_ENTITY}.")
    if directories.ldap_is_on():
        yield _well("sign-in", f"People are taken over from {settings.LDAP_URL}.")
    if not demands():
        yield Observation(
            "sign-in",
            "A second factor is required of nobody.",
            mend="Require it at least of administrators, under Sign-in.",
            is_advice=True,
        )
    if (waits := directories.welcomes_waiting(clock.now() - OLD_LETTER)) and not settings.PUBLIC_URL:
        yield _amiss(
            "sign-in",
            f"{waits} people wait for a letter to set their password, and LOCKGATE_PUBLIC_URL is not set.",
            "Set it, or let them come in by your OpenID provider.",
        )


def _directories() -> Iterator[Observation]:
    """Whether the provider and the server answer as they should. Asks the network."""
    from lockgate.directory import queries as directories
    from lockgate.signin.queries import look_at_oidc, oidc_is_on

    if oidc_is_on() and (why := look_at_oidc()):
        yield _amiss("sign-in", f"The OpenID provider cannot be used: {why}.", "Mend LOCKGATE_OIDC_ISSUER.")
    if directories.ldap_is_on() and (why := directories.look_at_ldap()):
        yield _amiss(
            "sign-in",
            f"The LDAP server cannot be used: {why}.",
            "Mend LOCKGATE_LDAP_URL and those beside it.",
        )


def _mail() -> Iterator[Observation]:
    """Whether letters can go and come as the settings say. No network: a letter's own fate stands in the outbox."""
    from lockgate.mail import queries

    host, domain = settings.EMAIL_HOST, settings.MAIL_DOMAIN
    takes = settings.MAIL_RECEIVE_PORT or settings.MAIL_IMAP_HOST
    if not host and not takes:
        return
    if not domain:
        yield _amiss("mail", "LOCKGATE_MAIL_DOMAIN is not set, so no letter has an address.", "Set it.")
        return
    if settings.MAIL_TLS not in {"starttls", "tls", "none"}:
        yield _amiss("mail", "LOCKGATE_MAIL_TLS takes starttls, tls or none.", "Mend it.")
    elif host and settings.MAIL_TLS == "none" and host not in {"localhost", "127.0.0.1", "::1"}:
        yield _amiss("mail", f"Letters go to {host} without encryption.", "Set LOCKGATE_MAIL_TLS=starttls")
    if host and not settings.PUBLIC_URL:
        yield _amiss("mail", "LOCKGATE_PUBLIC_URL is not set: letters have no links.", "Set it.")
    if takes and not settings.MAIL_AUTHSERV:
        yield Observation(
            "mail",
            "Nobody vouches for senders, so only answers to our own letters are taken in.",
            mend="Let your mail server check SPF, DKIM and DMARC, and name it in LOCKGATE_MAIL_AUTHSERV.",
            is_advice=True,
        )
    counts = queries.outbox()
    if (waits := queries.waits_since(clock.now())) > OLD_LETTER.total_seconds():
        yield _amiss("mail", f"A letter has waited {waits / 60:.0f} minutes.", "Is the work process running?")
    elif host:
        yield _well(
            "mail",
            f"Letters go by {host}: {counts.get('sent', 0)} sent, {counts.get('failed', 0)} not taken,"
            f" {counts.get('unknown', 0)} unknown in 30 days.",
        )


def _clock() -> Iterator[Observation]:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        apart = abs((cursor.fetchone()[0] - clock.now()).total_seconds())
    if apart > CLOCK_SECONDS:
        yield _amiss(
            "clock", f"This machine's clock and the database's are {apart:.0f} s apart.", "Set both by NTP."
        )


def _processes() -> Iterator[Observation]:
    health = heartbeat.report()
    if health.expected and health.quiet:
        yield _amiss(
            "processes", "Not heard of: " + ", ".join(health.quiet), "Start lockgate serve, or see its log."
        )
    elif health.expected:
        yield _well("processes", "Alive: " + ", ".join(health.expected))
