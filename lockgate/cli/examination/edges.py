"""What comes in and goes out: ways to sign in, directories, mail."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from lockgate.base import clock
from lockgate.cli.examination.observation import Observation, Seen, amiss, well

OLD_LETTER = timedelta(minutes=10)


def ways_in() -> Seen:
    """How people come in beside a password. No network: ``directories_answer`` asks."""
    from lockgate.directory import queries as directories
    from lockgate.signin.queries import demands, look_at_saml, oidc_is_on, saml_is_on

    if oidc_is_on():
        if not settings.PUBLIC_URL:
            yield amiss(
                "sign-in",
                "LOCKGATE_PUBLIC_URL is not set, so the OpenID provider may not know where to send people back.",
                "Set it.",
            )
        yield well("sign-in", f"People come in by {settings.OIDC_ISSUER}.")
    elif settings.OIDC_ISSUER or settings.OIDC_CLIENT_ID:
        yield amiss(
            "sign-in",
            "Of LOCKGATE_OIDC_ISSUER and LOCKGATE_OIDC_CLIENT_ID only one is set, so nobody comes in by it.",
            "Set both.",
        )
    if saml_is_on():
        if why := look_at_saml():
            yield amiss(
                "sign-in", f"The SAML provider cannot be used: {why}.", "Mend LOCKGATE_SAML_CERTIFICATE."
            )
        elif not settings.PUBLIC_URL:
            yield amiss("sign-in", "LOCKGATE_PUBLIC_URL is not set, and SAML needs it.", "Set it.")
        else:
            yield well("sign-in", f"People come in by {settings.SAML_ENTITY}.")
    if directories.ldap_is_on():
        yield _people_of_ldap()
    if not demands():
        yield Observation(
            "sign-in",
            "A second factor is required of nobody.",
            mend="Require it at least of administrators, under Sign-in.",
            is_advice=True,
        )
    if (waits := directories.welcomes_waiting(clock.now() - OLD_LETTER)) and not settings.PUBLIC_URL:
        yield amiss(
            "sign-in",
            f"{waits} people wait for a letter to set their password, and LOCKGATE_PUBLIC_URL is not set.",
            "Set it, or let them come in by your OpenID provider.",
        )


def _people_of_ldap() -> Observation:
    """How the last look at the LDAP server went."""
    from lockgate.directory import queries as directories

    last = directories.last_sync(clock.now())
    named = f"People are taken over from {settings.LDAP_URL}"
    if last is None or not last.outcome:
        return well("sign-in", f"{named}; it was not asked for everybody yet.")
    if last.outcome == "failed":
        return amiss("sign-in", f"{named}, and the last time it failed: {last.why}.", "It is tried again.")
    if last.outcome == "stopped":
        return amiss(
            "sign-in",
            f"{named}, and the last time: {last.why}",
            "If that is right, run: lockgate people sync --many-leave",
        )
    if last.is_late:
        return amiss("sign-in", f"{named}, and the next look is overdue.", "Is the work process running?")
    return well(
        "sign-in",
        f"{named}: {last.joined + last.came_back} joined, {last.changed} changed, {last.left} left,"
        f" {last.same} as they were, {last.not_taken} not taken.",
    )


def directories_answer() -> Seen:
    """Whether the provider and the server answer as they should. Asks the network."""
    from lockgate.directory import queries as directories
    from lockgate.signin.queries import look_at_oidc, oidc_is_on

    if oidc_is_on() and (why := look_at_oidc()):
        yield amiss("sign-in", f"The OpenID provider cannot be used: {why}.", "Mend LOCKGATE_OIDC_ISSUER.")
    if directories.ldap_is_on() and (why := directories.look_at_ldap()):
        yield amiss(
            "sign-in",
            f"The LDAP server cannot be used: {why}.",
            "Mend LOCKGATE_LDAP_URL and those beside it.",
        )


def mail() -> Seen:
    """Whether letters can go and come as the settings say. No network: a letter's own fate stands in the outbox."""
    from lockgate.mail import queries

    host, domain = settings.EMAIL_HOST, settings.MAIL_DOMAIN
    takes = settings.MAIL_RECEIVE_PORT or settings.MAIL_IMAP_HOST
    if not host and not takes:
        return
    if not domain:
        yield amiss("mail", "LOCKGATE_MAIL_DOMAIN is not set, so no letter has an address.", "Set it.")
        return
    if settings.MAIL_TLS not in {"starttls", "tls", "none"}:
        yield amiss("mail", "LOCKGATE_MAIL_TLS takes starttls, tls or none.", "Mend it.")
    elif host and settings.MAIL_TLS == "none" and host not in {"localhost", "127.0.0.1", "::1"}:
        yield amiss("mail", f"Letters go to {host} without encryption.", "Set LOCKGATE_MAIL_TLS=starttls")
    if host and not settings.PUBLIC_URL:
        yield amiss("mail", "LOCKGATE_PUBLIC_URL is not set: letters have no links.", "Set it.")
    if takes and not settings.MAIL_AUTHSERV:
        yield Observation(
            "mail",
            "Nobody vouches for senders, so only answers to our own letters are taken in.",
            mend="Let your mail server check SPF, DKIM and DMARC, and name it in LOCKGATE_MAIL_AUTHSERV.",
            is_advice=True,
        )
    counts = queries.outbox()
    if (waits := queries.waits_since(clock.now())) > OLD_LETTER.total_seconds():
        yield amiss("mail", f"A letter has waited {waits / 60:.0f} minutes.", "Is the work process running?")
    elif host:
        yield well(
            "mail",
            f"Letters go by {host}: {counts.get('sent', 0)} sent, {counts.get('failed', 0)} not taken,"
            f" {counts.get('unknown', 0)} unknown in 30 days.",
        )
