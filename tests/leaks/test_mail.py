"""D20, D21 and D22: letters are asked again when they are sent, hold nothing Confidential, and a reply address is good
for nobody but whom it was sent to."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from lockgate.approvals.models import Request
from lockgate.base.clock import now
from lockgate.base.ids import new_id
from lockgate.base.markings import Marking
from lockgate.gateway.models import Message, Passage
from lockgate.mail.composing import compose
from lockgate.mail.keys import token_key
from lockgate.mail.models import Invitation, Mailing
from lockgate.mail.operations import receive
from lockgate.mail.tokens import ReplyToken, reply_token
from lockgate.notices.models import Notice
from lockgate.spaces.models import Seat
from lockgate.spaces.operations import end_seat, keep_words
from tests.leaks.test_matrix import CANARY
from tests.leaks.world import ACTORS, HEAR_NOW, ROOM, SIGNERS, World

DOMAIN = "lockgate.haldenvalve.example"


@pytest.fixture(autouse=True)
def _mails(settings: Any) -> None:
    settings.EMAIL_HOST = "127.0.0.1"
    settings.MAIL_DOMAIN = DOMAIN
    settings.MAIL_FROM = f"lockgate@{DOMAIN}"
    settings.MAIL_AUTHSERV = ""


def whole(letter: EmailMultiAlternatives) -> bytes:
    """All that would travel, decoded."""
    parts = [letter.subject, str(letter.body), letter.from_email, *letter.to, *letter.reply_to]
    parts += [f"{name}: {value}" for name, value in letter.extra_headers.items()]
    parts += [str(one.content) for one in letter.alternatives]
    parts += [
        str(one[0]) if isinstance(one, tuple) else str(one.get_filename()) for one in letter.attachments
    ]
    return "\n".join(parts).encode()


def due(world: World, actor: str) -> list[Mailing]:
    """A letter about everything there is, as if each had been gathered while this person might still be told."""
    person, at = world.person(actor), now()
    made = [
        Mailing(
            id=new_id(at),
            person=person,
            kind="post",
            about_id=one.pk,
            message_id=one.message_id,
            thread_id=one.thread_id,
            words={"thread_message": str(one.thread.message_id)} if one.thread else {},
            due_at=at,
        )
        for one in Passage.objects.select_related("thread")
    ]
    for asked in Request.objects.all():
        made.append(
            Mailing(
                id=new_id(at),
                person=person,
                kind="request",
                about_id=asked.pk,
                message_id=asked.message_id,
                due_at=at,
            )
        )
    # An invitation into every seat that there ever was, other people's among them, with all of the past.
    for seat in Seat.objects.all():
        invited = Invitation.objects.get_or_create(
            seat=seat,
            defaults={"id": new_id(at), "by": world.cast.author, "backlog": "all", "invited_at": at},
        )[0]
        made.append(Mailing(id=new_id(at), person=person, kind="invite", about_id=invited.pk, due_at=at))
    for number in Notice.objects.values_list("pk", flat=True):
        made.append(Mailing(id=new_id(at), person=person, kind="notice", about_id=number, due_at=at))
    return made


@pytest.mark.parametrize("actor", ACTORS)
def test_no_letter_tells_more_than_its_reader_may_know(actor: str, world: World) -> None:
    confidential = Message.objects.filter(marking__gte=Marking.CONFIDENTIAL)
    secret = {word.encode().lower() for one in confidential for word in _canaries(one.body)}
    letters = []
    rows = due(world, actor)
    for one in rows:
        letters.append(compose([one], now()))
    for one in rows:
        one.is_daily = True
    letters.append(compose(rows, now()))
    sent = [whole(one) for one in letters if one is not None]
    heard = {word.lower() for one in sent for word in CANARY.findall(one)}
    wrong = {word for word in heard if actor not in world.canaries.get(word.decode(), set())}
    assert not wrong
    assert not heard & secret
    if actor in HEAR_NOW - {"author", "colleague"}:
        assert b"zqlaterkx" in heard
    if actor == "deactivated":
        assert not sent


@pytest.mark.parametrize("actor", sorted(HEAR_NOW | SIGNERS))
def test_no_letter_says_a_word_of_a_space_that_keeps_them(actor: str, world: World) -> None:
    """Not of what is Internal there, nor in an invitation, a digest or to whom a signature is asked of."""
    keep_words(by=world.cast.author, at=now(), slug=ROOM, is_on=True)
    said = Message.objects.filter(passages__audience=world.room).distinct()
    kept = {word.encode().lower() for one in said for word in _canaries(one.body)}
    kept |= {
        word.encode().lower()
        for one in said
        for file in one.attachments.all()
        for word in _canaries(file.name)
    }
    rows = due(world, actor)
    letters = [compose([one], now()) for one in rows]
    for one in rows:
        one.is_daily = True
    letters.append(compose(rows, now()))
    heard = {word.lower() for one in letters if one is not None for word in CANARY.findall(whole(one))}
    assert kept
    assert not heard & kept


def _canaries(body: str) -> list[str]:
    return [word.decode() for word in CANARY.findall(body.encode())]


def written(address: str, to: str, words: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = address, to, "Re: hello"
    made["Message-ID"] = f"<{abs(hash((address, to, words)))}@theirs.example>"
    made.set_content(words)
    return made.as_bytes()


def test_a_reply_address_is_good_for_its_own_reader_in_their_own_seat(world: World) -> None:
    """D22 and C13: not for another member, not by a forged sender, not after the room was cleared."""
    root = next(
        one
        for one in Passage.objects.filter(audience=world.room, thread__isnull=True, position__isnull=False)
    )
    guest = world.person("guest here")
    seat = Seat.objects.get(person=guest, audience=world.room, ends_at__isnull=True)
    to = f"r+{reply_token(token_key(), ReplyToken(root.pk, seat.pk, guest.pk))}@{DOMAIN}"
    said = Message.objects.count()
    for actor in ("colleague", "stranger", "guest elsewhere", "ex-member"):
        other = world.person(actor).email
        receive(raw=written(other, to, "I am not they."), sender=other, recipient=to, at=now())
        # A From that names the reader, from an envelope that does not.
        receive(raw=written(guest.email, to, f"I say so, {actor}."), sender=other, recipient=to, at=now())
        assert Message.objects.count() == said, actor
    receive(raw=written(guest.email, to, "It is I."), sender=guest.email, recipient=to, at=now())
    assert Message.objects.count() == said + 1
    end_seat(by=world.cast.author, at=now(), person=guest, audience_id=world.room.pk)
    receive(
        raw=written(guest.email, to, "Still here?"),
        sender=guest.email,
        recipient=to,
        at=now() + timedelta(seconds=1),
    )
    assert Message.objects.count() == said + 1
