"""What is said in the hidden room: early, late, asked, held, signed, scheduled and taken back."""

from __future__ import annotations

from datetime import timedelta

from lockgate.base.markings import Marking
from lockgate.conversations import operations as talk
from lockgate.conversations.types import Asks
from lockgate.gateway.operations import escalate, recall, revise, sign_off
from lockgate.people.models import Person
from lockgate.spaces.operations import end_seat, seat
from tests.leaks.planted_talk import plant_talk
from tests.leaks.world import (
    HEAR_ALL,
    HEAR_NOW,
    HOLDS_OUTSIDE,
    HOLDS_WITH_GUESTS,
    ROOM,
    SIGNERS,
    World,
    file,
    keep_message,
    passage,
    requests,
    say,
)


def plant_words(world: World, nadia: Person, theo: Person) -> None:
    julie = world.cast.approver
    early = say(
        world,
        nadia,
        f"Said early, {world.canary('early', HEAR_ALL)}.",
        attachments=[file(world, nadia, "early", HEAR_ALL)],
        marking=Marking.CONFIDENTIAL,
    )
    keep_message(world, early, HEAR_ALL)
    answer = say(
        world,
        theo,
        f"An answer, {world.canary('answer', HEAR_ALL)}.",
        answers=passage(early),
        attachments=[file(world, theo, "answer", HEAR_ALL)],
        places=(),
    )
    keep_message(world, answer, HEAR_ALL)
    for gone in ("ex-member", "cleared guest"):
        if gone == "cleared guest":
            end_seat(by=nadia, at=world.later(), person=world.person(gone), audience_id=world.room.pk)
    late = world.person("late member")
    seat(by=nadia, at=world.later(), person=late, audience_id=world.room.pk, hears_past=False)
    newer = say(world, theo, f"Said later, {world.canary('later', HEAR_NOW)}.")
    keep_message(world, newer, HEAR_NOW)

    _asked(world, nadia, theo)

    mine = {"author"} | SIGNERS
    reasoned = say(
        world,
        nadia,
        f"{HOLDS_OUTSIDE}, {world.canary('reasoned', HEAR_NOW)}.",
        justification=f"They build it with us, {world.canary('reason', {'author'})}",
    )
    assert reasoned.passages[0].state == "delivered", reasoned
    keep_message(world, reasoned, HEAR_NOW)

    held = say(
        world,
        nadia,
        f"{HOLDS_WITH_GUESTS}, {world.canary('held', mine)}.",
        justification=f"Because {world.canary('why', mine)}",
        attachments=[file(world, nadia, "held", mine)],
    )
    keep_message(world, held, mine)
    requests(world, passage(held), mine)

    escalated = say(world, nadia, f"{HOLDS_WITH_GUESTS}, {world.canary('escalated', mine | {'colleague'})}.")
    keep_message(world, escalated, mine | {"colleague"})
    (asked,) = requests(world, passage(escalated), mine | {"colleague"})
    escalate(
        request_id=asked,
        by=julie,
        to=theo,
        word=f"Look, {world.canary('escalation', mine | {'colleague'})}",
        at=world.later(),
    )

    both = say(
        world,
        nadia,
        f"{HOLDS_WITH_GUESTS}, {world.canary('returned', mine)}.",
    )
    keep_message(world, both, mine)
    (asked,) = requests(world, passage(both), mine)
    sign_off(
        request_id=asked,
        by=julie,
        decision="change",
        word=f"Change {world.canary('changeword', mine)}",
        at=world.later(),
    )

    reworded = say(world, nadia, f"{HOLDS_WITH_GUESTS}, {world.canary('firstwording', mine)}.")
    keep_message(world, reworded, mine)
    revise(
        by=nadia,
        at=world.later(),
        message_id=reworded.message_id,
        body=f"{HOLDS_WITH_GUESTS}, {world.canary('secondwording', mine)}.",
        marking=Marking.INTERNAL,
    )
    requests(world, passage(reworded), mine)

    rejected = say(world, nadia, f"{HOLDS_WITH_GUESTS}, {world.canary('rejected', mine)}.")
    keep_message(world, rejected, mine)
    (asked,) = requests(world, passage(rejected), mine)
    sign_off(
        request_id=asked,
        by=julie,
        decision="reject",
        word=f"No, {world.canary('rejectword', mine)}",
        at=world.later(),
    )

    scheduled = say(
        world,
        nadia,
        f"For tomorrow, {world.canary('scheduled', {'author'})}.",
        deliver_at=world.at + timedelta(days=3),
    )
    keep_message(world, scheduled, {"author"})

    back = say(world, nadia, f"Taken back, {world.canary('recalled', {'author'})}.")
    keep_message(world, back, {"author"})
    recall(
        by=nadia,
        at=world.later(),
        passage_id=passage(back),
        why=f"Wrong, {world.canary('recallword', {'author'})}",
    )


def _asked(world: World, nadia: Person, theo: Person) -> None:
    """A question with its answer, an announcement and a poll, each marked by those who hear them."""
    question = talk.submit(
        by=nadia,
        at=world.later(),
        body=f"Does it hold, {world.canary('question', HEAR_NOW)}?",
        marking=Marking.INTERNAL,
        places=[f"space:{ROOM}"],
        asks=Asks("question"),
    )
    keep_message(world, question, HEAR_NOW)
    reply = say(
        world,
        theo,
        f"It does, {world.canary('reply', HEAR_NOW)}.",
        answers=passage(question),
        places=(),
    )
    keep_message(world, reply, HEAR_NOW)
    world.keep("reply", passage(reply), HEAR_NOW)
    told = talk.submit(
        by=nadia,
        at=world.later(),
        body=f"We move, {world.canary('announced', HEAR_NOW)}, @theo-mercier and @pavel-novak.",
        marking=Marking.INTERNAL,
        places=[f"space:{ROOM}"],
        asks=Asks("announcement"),
    )
    keep_message(world, told, HEAR_NOW)
    world.keep("announcement", passage(told), HEAR_NOW)
    # Only its author sees who has read it; a word of the reason why one need not stands there alone.
    world.keep("readers", passage(told), {"author"})
    late = world.person("late member")
    talk.exempt(
        by=nadia,
        at=world.later(),
        passage_id=passage(told),
        person_id=late.pk,
        why=f"Away, {world.canary('exempt', {'author'})}",
    )
    poll = talk.submit(
        by=nadia,
        at=world.later(),
        body="When do we meet?",
        marking=Marking.INTERNAL,
        places=[f"space:{ROOM}"],
        asks=Asks("poll", (f"Monday {world.canary('option', HEAR_NOW)}", "Tuesday")),
    )
    keep_message(world, poll, HEAR_NOW)
    world.keep("poll", passage(poll), HEAR_NOW)
    talk.vote(by=theo, at=world.later(), passage_id=passage(poll), options=[1])
    for gone in ("ex-member",):
        for one in (passage(told), passage(poll)):
            talk.react(by=world.person(gone), at=world.later(), passage_id=one, kind="thanks")
            talk.save(by=world.person(gone), at=world.later(), passage_id=one)
    talk.pin(by=nadia, at=world.later(), passage_id=passage(told))
    plant_talk(world, nadia, theo, question=passage(question), reply=passage(reply))
    talk.tell_mentioned(at=world.later())


def plant_of_the_one_who_left(world: World) -> None:
    """What the ex-member said, and what was answered about it after they had left."""
    ruben = world.person("ex-member")
    said = say(world, ruben, f"I was here, {world.canary('exsaid', HEAR_NOW)}.")
    keep_message(world, said, HEAR_NOW)
    waits = say(world, ruben, f"{HOLDS_WITH_GUESTS}, {world.canary('exheld', SIGNERS)}.")
    keep_message(world, waits, SIGNERS)
    (asked,) = requests(world, passage(waits), SIGNERS)
    end_seat(by=world.cast.author, at=world.later(), person=ruben, audience_id=world.room.pk)
    sign_off(
        request_id=asked,
        by=world.cast.approver,
        decision="change",
        word=f"After you left, {world.canary('exword', SIGNERS)}",
        at=world.later(),
    )
