"""The frame of every letter: who it is from and to, its headers, its foot, its HTML part."""

from __future__ import annotations

import hmac
import re
from email.utils import formataddr
from hashlib import sha256

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.html import escape, linebreaks, urlize
from django.utils.translation import gettext as _

from lockgate.mail.keys import token_key
from lockgate.people.models import Person


def framed(
    person: Person, subject: str, body: str, headers: dict[str, str], *, author: str = "", reply: str = ""
) -> EmailMultiAlternatives:
    headers |= {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Lockgate": "letter",
    }
    sender = formataddr((phrase(author or settings.COMPANY), settings.MAIL_FROM), charset="utf-8")
    made = EmailMultiAlternatives(
        subject=" ".join(subject.split())[:180],
        body=body,
        from_email=sender,
        to=[person.email],
        reply_to=[reply] if reply else None,
        headers=headers,
    )
    made.attach_alternative(_html(body), "text/html")
    return made


def _html(body: str) -> str:
    words = linebreaks(urlize(escape(body), nofollow=True, autoescape=False), autoescape=False)
    return f'<!doctype html><html><body style="font-family:sans-serif;max-width:40em">{words}</body></html>'


def list_headers(name: str, slug: str, reply: str) -> dict[str, str]:
    """What mail programs keep a room apart by, and end it with. ``reply`` is the reader's own address there."""
    token = reply.partition("@")[0].partition("+")[2]
    return {
        "List-Id": f"{phrase(name)} <{slug}.spaces.{settings.MAIL_DOMAIN}>",
        "List-Post": f"<mailto:space+{slug}@{settings.MAIL_DOMAIN}>",
        **({"List-Unsubscribe": f"<mailto:u+{token}@{settings.MAIL_DOMAIN}>"} if token else {}),
    }


def foot(link: str, *, has_account: bool = True) -> str:
    lines = []
    if link and settings.PUBLIC_URL:
        lines.append(address_of(link))
    words = (
        _("%(company)s sends this by Lockgate. Choose what comes by e-mail on your own page.")
        if has_account
        else _("%(company)s sends this by Lockgate.")
    )
    lines.append(words % {"company": settings.COMPANY})
    return "\n".join(lines)


def address_of(link: str) -> str:
    return settings.PUBLIC_URL.rstrip("/") + link


def own_id(family: str, number: int, person: Person) -> str:
    """The Message-ID of a letter: the same whenever it is asked for, and another for each reader."""
    seal = hmac.new(token_key(), f"id {family} {number} {person.pk}".encode(), sha256).hexdigest()[:12]
    return f"<lg.{family}{number}.{seal}@{settings.MAIL_DOMAIN.lower()}>"


def first_words(body: str, most: int = 70) -> str:
    """The first words, on one line, without the marks of Markdown."""
    plain = " ".join(re.sub(r"[*_`#>\[\]]", "", body).split())
    return plain if len(plain) <= most else plain[: most - 1].rsplit(" ", 1)[0] + "…"


def phrase(name: str) -> str:
    return " ".join(re.sub(r'[\x00-\x1f"<>\\@,;:]', " ", name).split())[:80]
