"""D20 and D21 for messages to devices: asked again when they are sent, and without a word of what is Confidential."""

from __future__ import annotations

import pytest
from django.utils.translation import gettext as _
from django.utils.translation import override

from lockgate.approvals.models import Request
from lockgate.base.clock import now
from lockgate.base.ids import new_id
from lockgate.base.markings import Marking
from lockgate.gateway.models import Message, Passage
from lockgate.notices.models import Notice
from lockgate.people.models import Person
from lockgate.push.binding import Opened, stands
from lockgate.push.composing import Told, compose
from lockgate.push.types import Keys
from lockgate.spaces.operations import keep_words
from tests.leaks.test_matrix import CANARY
from tests.leaks.world import ACTORS, HEAR_NOW, ROOM, SIGNERS, World


def told_of_everything(person: Person) -> dict[int, Passage]:
    """A notice of each passage there is, as if each had been told while this person might still know of it; with its
    words in it, as a notice may quote them."""
    found: dict[int, Passage] = {}
    for passage in Passage.objects.select_related("message__author", "audience__space", "account"):
        place = passage.account.name if passage.account else passage.audience.space.name
        number = new_id(now())
        words = {"who": passage.message.author.name, "place": place, "why": passage.message.body}
        Notice.objects.create(
            id=number, person=person, kind="stopped", message_id=passage.message_id, words=words, at=now()
        )
        found[number] = passage
    return found


@pytest.mark.parametrize("actor", ACTORS)
def test_no_message_tells_more_than_its_reader_may_know(actor: str, world: World) -> None:
    person = world.person(actor)
    passages = told_of_everything(person)
    sent: list[Told] = []
    for number, passage in passages.items():
        told = compose(person, "notice", number, now())
        if told is None:
            continue
        sent.append(told)
        if passage.message.marking >= Marking.CONFIDENTIAL:
            with override(person.language):
                assert told.words == _("Something waits for you.")
    for asked in Request.objects.all():
        told = compose(person, "request", asked.pk, now())
        if told is not None:
            sent.append(told)
    # Of somebody else's notice there is none.
    others = Notice.objects.exclude(person=person).values_list("pk", flat=True)
    assert all(compose(person, "notice", number, now()) is None for number in others)
    heard = {word.lower() for one in sent for word in CANARY.findall(one.words.encode())}
    wrong = {word for word in heard if actor not in world.canaries.get(word.decode(), set())}
    assert not wrong
    secret = {
        word.lower()
        for one in Message.objects.filter(marking__gte=Marking.CONFIDENTIAL)
        for word in CANARY.findall(one.body.encode())
    }
    assert not heard & secret
    if actor in HEAR_NOW:
        assert sent


@pytest.mark.parametrize("actor", sorted(HEAR_NOW | SIGNERS))
def test_no_message_says_a_word_of_a_space_that_keeps_them(actor: str, world: World) -> None:
    keep_words(by=world.cast.author, at=now(), slug=ROOM, is_on=True)
    person = world.person(actor)
    notices = told_of_everything(person)
    told = [compose(person, "notice", number, now()) for number in notices]
    told += [compose(person, "request", asked.pk, now()) for asked in Request.objects.all()]
    heard = {word.lower() for one in told if one is not None for word in CANARY.findall(one.words.encode())}
    kept = {
        word.lower()
        for one in Message.objects.filter(passages__audience=world.room)
        for word in CANARY.findall(one.body.encode())
    }
    assert kept
    # Not the place either.
    assert not heard & (kept | {b"zqroomnamekx"})


def test_nobody_who_has_left_is_told_whatever_they_hold(world: World) -> None:
    person = world.person("deactivated")
    held = Opened(Keys("https://push.example/1", "", ""), "", str(person.get_session_auth_hash()))
    assert not stands(person, held)
    person.is_active = True
    assert stands(person, held)
