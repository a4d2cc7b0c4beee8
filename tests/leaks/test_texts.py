"""D20 for texts: asked again when they are sent, about talks alone, and of what is Confidential only where it is."""

from __future__ import annotations

import pytest

from lockgate.base.clock import now
from lockgate.base.markings import Marking
from lockgate.gateway.models import Message, Passage
from lockgate.sms.operations.send import words_of
from lockgate.spaces import queries as spaces
from lockgate.spaces.models import Space
from tests.leaks.test_matrix import CANARY
from tests.leaks.world import ACTORS, HEAR_NOW, World


@pytest.mark.parametrize("actor", ACTORS)
def test_no_text_tells_more_than_its_reader_may_know(actor: str, world: World) -> None:
    # Every room a talk, so that all there is could be texted.
    Space.objects.all().update(kind=Space.Kind.CIRCLE, entry="private", most=150)
    person, at = world.person(actor), now()
    secret = {
        word.lower()
        for one in Message.objects.filter(marking__gte=Marking.CONFIDENTIAL)
        for word in CANARY.findall(one.body.encode())
    }
    said = b"\n".join(
        words_of(person, number, at).encode() for number in Passage.objects.values_list("pk", flat=True)
    )
    heard = {word.lower() for word in CANARY.findall(said)}
    assert not {word for word in heard if actor not in world.canaries.get(word.decode(), set())}
    assert not heard & secret
    if actor == "deactivated":
        assert not said.strip()
    if actor in HEAR_NOW - {"author", "colleague"}:
        assert heard


def test_of_rooms_that_are_no_talks_nothing_is_texted(world: World) -> None:
    talks = spaces.talks_among(set(Passage.objects.values_list("audience_id", flat=True)))
    for one in Passage.objects.exclude(audience__in=talks):
        assert not words_of(world.person("colleague"), one.pk, now())
