"""Sent to the SAML provider with a question, and come back with its answer.

The answer comes by a form that the provider's page posts, to which a browser adds no cookie of ours. So the question is
a row, found by a word that only this browser carries; the answer uses it up, and the browser's next step, with its
cookie, fetches who it was.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings

from lockgate.base.transactions import change
from lockgate.people.models import Person
from lockgate.signin import saml
from lockgate.signin.models import Question
from lockgate.signin.operations.identities import person_for

ASKED_FOR = timedelta(minutes=15)
FETCHED_IN = timedelta(minutes=2)


def begin_saml(*, at: datetime, base: str) -> tuple[str, str]:
    """(where to send the browser, the word that its session keeps). Raises AnswerRefused."""
    word = secrets.token_urlsafe(32)
    address, number = saml.asking(base, word)
    with change():
        Question.objects.filter(until__lt=at).delete()
        Question.objects.create(digest=_digest(word), number=number, until=at + ASKED_FOR)
    return address, word


def answer_saml(*, at: datetime, base: str, word: str, answer: str) -> None:
    """Take the provider's answer. The question is used up by it, whatever it says. Raises AnswerRefused, NoAccount."""
    with change():
        row = (
            Question.objects.select_for_update()
            .filter(digest=_digest(word), until__gt=at, answered_at__isnull=True)
            .first()
        )
        if row is not None:
            Question.objects.filter(pk=row.pk).update(answered_at=at)
    if row is None:
        raise saml.refused("nothing was asked, or it was answered already")
    told = saml.believed(base, answer, row.number)
    person = person_for(
        at=at,
        issuer=told.issuer,
        subject=told.subject,
        email=told.email,
        # SAML has no word for a verified address: with these settings the administrator says that all of them are.
        is_verified=settings.SAML_LINK or settings.SAML_JOIN,
        name=told.name,
        may_link=settings.SAML_LINK,
        may_join=settings.SAML_JOIN,
    )
    Question.objects.filter(pk=row.pk).update(person=person)


def come_back_by_saml(*, at: datetime, word: str) -> Person | None:
    """Who it was that answered the question with this word; told once, to the browser that asked it."""
    with change():
        row = (
            Question.objects.select_for_update(of=("self",))
            .filter(digest=_digest(word), answered_at__gt=at - FETCHED_IN, person__is_active=True)
            .select_related("person__firm")
            .first()
        )
        if row is None:
            return None
        Question.objects.filter(pk=row.pk).delete()
    return row.person


def _digest(word: str) -> str:
    return hashlib.sha256(word.encode("utf-8", "replace")).hexdigest()
