"""Submitting: what goes, what is held, what is refused, and that each leaves its record."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from lockgate.approvals.queries import of_passage, waiting_for
from lockgate.archive.models import Entry
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.conversations import queries as conversations
from lockgate.demo.cast import Cast
from lockgate.gateway import queries
from lockgate.gateway.models import Draft, Message, Passage, Ruling
from lockgate.gateway.operations import save_draft, submit
from lockgate.gateway.refusals import NoPlace, NothingToSay, RefusedByPolicy
from lockgate.people.models import Person
from lockgate.publishing.models import Delivery
from lockgate.spaces.operations import end_seat

PLAIN = "The bench is free again after lunch, and the helium is back."
HELD = "Our Valve 7 sealed for ten thousand cycles last night."


def actions(message_id: int) -> list[str]:
    rows = Entry.objects.filter(parent=f"m:{message_id}") | Entry.objects.filter(record=f"m:{message_id}")
    return sorted(rows.values_list("action", flat=True))


def heard_by(viewer: Person, at: datetime) -> set[int]:
    return {key.passage_id for key in conversations.home(viewer, at).keys}


def test_plain_words_are_delivered_at_once_and_recorded(cast: Cast, at: datetime) -> None:
    sent = submit(by=cast.author, at=at, body=PLAIN, marking=Marking.INTERNAL, places=["space:valve-7"])
    (passage,) = sent.passages
    assert passage.state == "delivered"
    assert passage.policy_version != "none"
    assert passage.passage_id in heard_by(cast.colleague, at)
    assert passage.passage_id not in heard_by(cast.stranger, at)
    assert passage.passage_id not in heard_by(cast.guest, at)
    assert actions(sent.message_id) == [
        "gateway.message.submitted",
        "gateway.passage.delivered",
        "gateway.passage.ruled",
    ]


def test_each_place_rules_for_itself(cast: Cast, at: datetime) -> None:
    sent = submit(
        by=cast.author, at=at, body=HELD, marking=Marking.PUBLIC, places=["space:valve-7", "channel:blog"]
    )
    inside, outside = sent.passages
    assert (inside.state, outside.state) == ("delivered", "held")
    assert not Delivery.objects.exists()
    (request,) = of_passage(outside.passage_id, at)
    assert request.is_open
    assert request.author_id == cast.author.pk
    assert request.request_id in {one.request_id for one in waiting_for(cast.approver, at)}
    assert not waiting_for(cast.author, at)


def test_what_may_go_outside_waits_in_the_outbox(cast: Cast, at: datetime) -> None:
    body = "Our apprentices start in September. Come and see the workshop."
    sent = submit(by=cast.author, at=at, body=body, marking=Marking.PUBLIC, places=["channel:feed"])
    assert [one.state for one in sent.passages] == ["queued"]
    assert Delivery.objects.get().passage_id == sent.passages[0].passage_id


@pytest.mark.parametrize(
    "place", ["space:steel-sourcing-2027", "space:no-such-place", "channel:no-such-channel"]
)
def test_a_place_that_is_not_there_and_one_that_is_hidden_look_the_same(
    cast: Cast, at: datetime, place: str
) -> None:
    with pytest.raises(NotFound) as refused:
        submit(by=cast.stranger, at=at, body=PLAIN, marking=Marking.INTERNAL, places=[place])
    assert refused.value.sentence == f"There is no place “{place}” where you can write."
    assert not Message.objects.exists()


def test_a_guest_never_speaks_to_the_public_or_elsewhere(cast: Cast, at: datetime) -> None:
    for place in ("channel:blog", "space:everyone", "space:valve-7"):
        with pytest.raises(NotFound):
            submit(by=cast.guest, at=at, body=PLAIN, marking=Marking.INTERNAL, places=[place])
    sent = submit(by=cast.guest, at=at, body=PLAIN, marking=Marking.INTERNAL, places=["space:resellers-dach"])
    assert sent.passages[0].state == "delivered"


def test_a_marking_above_the_places_ceiling_is_refused_and_the_attempt_recorded(
    cast: Cast, at: datetime
) -> None:
    with pytest.raises(RefusedByPolicy) as refused:
        submit(by=cast.author, at=at, body=PLAIN, marking=Marking.CONTROLLED, places=["space:everyone"])
    assert refused.value.rulings[0].place.key == "space:everyone"
    assert not Message.objects.exists()
    assert Entry.objects.filter(action="gateway.message.refused").count() == 1


def test_the_database_itself_refuses_a_higher_marking(cast: Cast, at: datetime) -> None:
    sent = submit(by=cast.author, at=at, body=PLAIN, marking=Marking.CONTROLLED, places=["space:valve-7"])
    row = Passage.objects.get(pk=sent.passages[0].passage_id)
    everyone = cast.audiences["everyone"]
    ruling = Ruling.objects.get(pk=row.ruling_id)
    ruling.pk = ruling.pk + 1
    ruling.save(force_insert=True)
    row.pk, row.audience, row.ruling = row.pk + 1, everyone, ruling
    with pytest.raises(IntegrityError, match="higher marking"), transaction.atomic():
        row.save(force_insert=True)


def test_a_ruling_never_changes(cast: Cast, at: datetime) -> None:
    submit(by=cast.author, at=at, body=PLAIN, marking=Marking.INTERNAL, places=["space:valve-7"])
    with pytest.raises(IntegrityError, match="a ruling never changes"), transaction.atomic():
        Ruling.objects.update(outcome=0, policy_version="another")


def test_no_policy_means_hold(db: None, at: datetime) -> None:
    from lockgate.demo.cast import assemble

    bare = assemble(at=at, with_policies=False)
    sent = submit(by=bare.author, at=at, body=PLAIN, marking=Marking.INTERNAL, places=["space:valve-7"])
    assert sent.passages[0].state == "held"
    assert sent.passages[0].policy_version == "none"
    assert [one.desk for one in of_passage(sent.passages[0].passage_id, at)] == ["compliance"]


def test_copied_confidential_words_are_caught_outside_and_in_wider_rooms(cast: Cast, at: datetime) -> None:
    secret = (
        "the heel of the seat ring crept by three tenths on the downstream side after six thousand cycles"
    )
    submit(by=cast.colleague, at=at, body=secret, marking=Marking.CONFIDENTIAL, places=["space:valve-7"])
    body = (
        "News from the bench: THE HEEL of the seat ring\ncrept by three tenths, on the d\u200bownstream side!"
    )
    later = at + timedelta(minutes=1)
    for place in ("space:everyone", "channel:feed"):
        found = queries.preview(cast.author, body=body, marking=Marking.PUBLIC, places=[place], at=later)
        (one,) = found.rulings
        assert one.ruling.outcome >= 3, place
        spans = [body[f.start : f.end] for f in one.ruling.findings if "repeat" in f.rule or "cop" in f.rule]
        assert any("THE HEEL of the seat ring" in span for span in spans), one.ruling.findings
    same = queries.preview(
        cast.author, body=body, marking=Marking.CONFIDENTIAL, places=["space:valve-7"], at=later
    )
    assert same.outcome < 3


def test_an_answer_joins_the_thread_of_those_who_hear_it(cast: Cast, at: datetime) -> None:
    root = submit(by=cast.author, at=at, body=PLAIN, marking=Marking.INTERNAL, places=["space:valve-7"])
    passage_id = root.passages[0].passage_id
    later = at + timedelta(minutes=1)
    answer = submit(
        by=cast.colleague, at=later, body="I take it at two.", marking=Marking.INTERNAL, answers=passage_id
    )
    answers = conversations.answers(cast.author, passage_id, later)
    assert [one.body for one in answers] == ["I take it at two."]
    # An answer to the answer joins the same thread.
    submit(
        by=cast.author,
        at=later,
        body="Good.",
        marking=Marking.INTERNAL,
        answers=answer.passages[0].passage_id,
    )
    assert len(conversations.answers(cast.author, passage_id, later)) == 2
    assert Passage.objects.get(pk=passage_id).answers_count == 2
    with pytest.raises(NotFound):
        submit(by=cast.stranger, at=later, body="Me too.", marking=Marking.INTERNAL, answers=passage_id)
    with pytest.raises(NotFound):
        conversations.answers(cast.stranger, passage_id, later)


def test_whoever_was_cleared_from_the_room_hears_and_says_nothing_more(cast: Cast, at: datetime) -> None:
    room = cast.audiences["resellers-dach"]
    sent = submit(
        by=cast.guest,
        at=at,
        body="Can we quote the draft?",
        marking=Marking.INTERNAL,
        places=["space:resellers-dach"],
    )
    later = at + timedelta(minutes=1)
    end_seat(by=cast.guest, at=later, person=cast.guest, audience_id=room.pk)
    assert heard_by(cast.guest, later) == set()
    with pytest.raises(NotFound):
        queries.message(cast.guest, sent.message_id, later)
    with pytest.raises(NotFound):
        submit(
            by=cast.guest, at=later, body="Hello?", marking=Marking.INTERNAL, places=["space:resellers-dach"]
        )


def test_a_draft_survives_and_is_gone_once_it_is_sent(cast: Cast, at: datetime) -> None:
    save_draft(by=cast.author, at=at, body="Half a th", marking=1, places=["space:valve-7"])
    assert (kept := queries.draft(cast.author)) is not None
    assert (kept.body, kept.places) == ("Half a th", ("space:valve-7",))
    assert queries.draft(cast.colleague) is None
    submit(by=cast.author, at=at, body=PLAIN, marking=Marking.INTERNAL, places=["space:valve-7"])
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("body", "places", "refusal", "words"),
    [
        ("   ", ["space:valve-7"], NothingToSay, "no words"),
        (PLAIN, [], NoPlace, "No place"),
        ("x" * 50_001, ["space:valve-7"], BadInput, "50001 characters"),
        ("half \ud800 pair", ["space:valve-7"], BadInput, "half of a pair"),
        ("nul \x00", ["space:valve-7"], BadInput, "NUL"),
        (PLAIN, [f"space:s{n}" for n in range(21)], BadInput, "20 places"),
    ],
)
def test_bad_input_is_a_clear_sentence_and_loses_nothing(
    cast: Cast, at: datetime, body: str, places: list[str], refusal: type[Exception], words: str
) -> None:
    save_draft(by=cast.author, at=at, body="kept", marking=1, places=[])
    with pytest.raises(refusal, match=words):
        submit(by=cast.author, at=at, body=body, marking=Marking.INTERNAL, places=places)
    assert not Message.objects.exists()
    assert Draft.objects.get().body == "kept"


def test_an_overlong_post_is_refused_by_the_channel_that_cannot_hold_it_alone(
    cast: Cast, at: datetime
) -> None:
    body = "word " * 80
    found = queries.preview(
        cast.author, body=body, marking=Marking.PUBLIC, places=["channel:bluesky", "channel:blog"], at=at
    )
    bluesky, blog = found.rulings
    assert bluesky.ruling.outcome == 4
    assert any("300" in finding.explanation for finding in bluesky.ruling.findings)
    assert all("/limits" not in finding.rule for finding in blog.ruling.findings)


def test_the_audience_line_is_exact_and_names_guests(cast: Cast, at: datetime) -> None:
    found = queries.preview(
        cast.guest, body=PLAIN, marking=Marking.INTERNAL, places=["space:resellers-dach"], at=at
    )
    room = cast.audiences["resellers-dach"]
    assert found.hearers.people == room.seats.filter(ends_at__isnull=True).count()
    assert ("Stefan Bauer", "Bauer Armaturen") in [(one.name, one.firm) for one in found.hearers.guests]
    both = queries.preview(
        cast.author, body=PLAIN, marking=Marking.INTERNAL, places=["space:valve-7", "space:everyone"], at=at
    )
    assert both.hearers.people == cast.audiences["everyone"].seats.filter(ends_at__isnull=True).count()


def test_words_that_bear_a_marking_of_their_own_raise_the_authors(cast: Cast, at: datetime) -> None:
    body = "CUI//SP-EXPT\n\nThe drawing of the seat ring goes to the supplier on Monday, not before."
    sent = submit(by=cast.author, at=at, body=body, marking=Marking.INTERNAL, places=["space:valve-7"])
    assert Message.objects.get(pk=sent.message_id).marking == Marking.CONTROLLED
    with pytest.raises(RefusedByPolicy):
        submit(by=cast.author, at=at, body=body, marking=Marking.INTERNAL, places=["space:everyone"])
    # And so its words are protected, though their author called them internal and they still wait.
    assert sent.passages[0].state == "held"
    copied = "By the way: the drawing of the seat ring goes to the supplier on Monday."
    found = queries.preview(
        cast.author, body=copied, marking=0, places=["channel:feed"], at=at + timedelta(minutes=1)
    )
    assert found.outcome >= 3
