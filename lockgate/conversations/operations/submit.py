"""Posting with something that is asked: a question, an announcement, a poll; and who is named in the words.

What asks nothing and names nobody goes to the gate as it is and costs nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput
from lockgate.base.transactions import change
from lockgate.conversations import events, rules
from lockgate.conversations.models import Announcement, DraftAsks, Event, LinkPreview, Poll, Praise, Question
from lockgate.conversations.operations.correct import correct
from lockgate.conversations.operations.mentions import note_mentions
from lockgate.conversations.refusals import BadEvent, BadPoll, BadPraise, NotForAnswers, NotYourRoom
from lockgate.conversations.types import Asks
from lockgate.gateway import operations as gateway
from lockgate.gateway.queries import message
from lockgate.gateway.refusals import NotRevisable
from lockgate.gateway.types import MessageView, Opened, PassageState, Submitted
from lockgate.people.models import Person
from lockgate.people.queries import named_by_slug
from lockgate.spaces import queries as spaces

_LONGEST_POLL = timedelta(days=366)


def submit(
    *,
    by: Person,
    at: datetime,
    body: str,
    marking: int,
    places: Sequence[str] = (),
    answers: int | None = None,
    attachments: Sequence[int] = (),
    deliver_at: datetime | None = None,
    justification: str = "",
    slot: str = "new",
    asks: Asks | None = None,
    shows: int | None = None,
    opens: Callable[[], Opened] | None = None,
) -> Submitted:
    """``gateway.operations.submit`` with what the post ``asks``. The options of a poll become a list at the end of the
    body, so that the gate reads and rules on every word of them.

    Raises what the gate raises; NotForAnswers where an answer asks; NotYourRoom where somebody announces in a room that
    they do not tend; BadPoll.
    """
    if asks is not None:
        body = checked(by=by, at=at, body=body, places=places, answers=answers, asks=asks, first=deliver_at)
    names_somebody = bool(rules.mentioned(body))
    link = rules.first_link(body) if answers is None else ""

    def opening() -> Opened:
        nonlocal at
        assert opens is not None
        opened = opens()
        # Where another opened it a moment later, by their clock, its first words are said then.
        at = max(at, opened.at)
        return opened

    def alongside(sent: Submitted) -> None:
        passages = [one for one in sent.passages if one.place.startswith("space:") and one.state != "refused"]
        if asks is not None:
            _lay(asks, passages, sent.message_id, by, at)
        if names_somebody:
            note_mentions(by=by, at=at, passages=[one.passage_id for one in passages], body=body)
        if link:
            LinkPreview.objects.bulk_create(
                [LinkPreview(passage_id=one.passage_id, address=link) for one in passages]
            )
        if asks is not None:
            DraftAsks.objects.filter(person=by, slot=slot).delete()

    return gateway.submit(
        by=by,
        at=at,
        body=body,
        marking=marking,
        places=places,
        answers=answers,
        attachments=attachments,
        deliver_at=deliver_at,
        justification=justification,
        slot=slot,
        shows=shows,
        alongside=alongside if asks is not None or names_somebody or link else None,
        opens=opening if opens is not None else None,
    )


def revise(
    *, by: Person, at: datetime, message_id: int, body: str, marking: int, justification: str = ""
) -> MessageView:
    """Other words for a message: what waits is ruled on and signed anew (``gateway.operations.revise``), what stands in
    spaces alone is corrected there (``correct``, under the marking that it has). What the post asks stays with it.
    Raises what these raise, and BadPoll where the new words of a poll end in no list of options."""
    seen = message(by, message_id, at)
    if seen.can_amend:
        if marking != seen.marking:
            raise NotRevisable(
                _("What stands keeps its marking."), _("Take it back and write it anew under the other one.")
            )
        return correct(by=by, at=at, seen=seen, body=body)
    asked = {
        place: asks
        for one in seen.passages
        for place, asks in [(one.place, asked_by(one.passage_id))]
        if asks is not None
    }
    if any(one.kind == "poll" for one in asked.values()):
        _words, options = rules.options_of(body.replace("\r\n", "\n"))
        _check_options(options)

    def alongside(sent: Submitted) -> None:
        for one in sent.passages:
            if one.place in asked and one.state != "refused":
                _lay(asked[one.place], [one], sent.message_id, by, at)

    revised = gateway.revise(
        by=by,
        at=at,
        message_id=message_id,
        body=body,
        marking=marking,
        justification=justification,
        alongside=alongside if asked else None,
    )
    if rules.mentioned(revised.body):
        inside = [one.passage_id for one in revised.passages if one.place.startswith("space:")]
        with change():
            note_mentions(by=by, at=at, passages=inside, body=revised.body)
    return revised


def checked(
    *,
    by: Person,
    at: datetime,
    body: str,
    places: Sequence[str],
    answers: int | None,
    asks: Asks,
    first: datetime | None = None,
) -> str:
    """The body as the gate is to read it, if this may be asked there by ``by``. Changes nothing."""
    if asks.kind not in rules.KINDS:
        raise BadInput(_("A post is plain, a question, an announcement, a poll, praise or an event."))
    if answers is not None:
        raise NotForAnswers(_("An answer asks nothing of its own."), _("Write a new post for that."))
    if asks.kind == "announcement":
        slugs = [key.removeprefix("space:") for key in places if key.startswith("space:")]
        roles = {one.slug: one.role for one in spaces.places_of(by, at, slugs=slugs)}
        # Of a room where they do not sit nothing is said here: the gate answers as it does for any such room.
        if any(slug in roles and not rules.tends(roles[slug]) for slug in slugs):
            raise NotYourRoom(
                _("Announcements are made by those who own or moderate a space."),
                _("Post it as plain words, or ask one of them."),
            )
    if asks.kind == "praise":
        named = named_by_slug(rules.mentioned(body))
        if not {person for person, _name in named.values()} - {by.pk}:
            raise BadPraise(
                _("Praise names somebody else."), _("Write @ and the short name of whom you praise.")
            )
    if asks.kind == "event":
        _check_event(asks, at)
    if asks.kind != "poll":
        return body
    _check_options(asks.options)
    if asks.closes_at is not None and not max(at, first or at) < asks.closes_at <= at + _LONGEST_POLL:
        raise BadPoll(_("A poll closes after it begins, and within a year."), _("Choose another time."))
    if asks.is_anonymous and asks.closes_at is None:
        raise BadPoll(
            _("An anonymous poll shows its result when it closes, so it needs a time to close."),
            _("Choose a time."),
        )
    return rules.with_options(body.replace("\r\n", "\n"), asks.options) if body.strip() else body


def _check_event(asks: Asks, at: datetime) -> None:
    begins, ends = asks.begins_at, asks.ends_at
    if begins is None or ends is None:
        raise BadEvent(_("An event has a beginning and an end."), _("Choose both."))
    if not begins < ends <= begins + rules.LONGEST_EVENT or ends <= at or begins > at + _LONGEST_POLL * 2:
        raise BadEvent(
            _("An event ends after it begins, is not over yet, and is within two years."),
            _("Choose other times."),
        )


def _check_options(options: Sequence[str]) -> None:
    if not rules.options_are_sound(options):
        raise BadPoll(
            _("A poll has two to ten options, each of other words and of 140 characters at most."),
            _("Write one option on each line."),
        )


def asked_by(passage_id: int) -> Asks | None:
    """What a passage asks. The caller has asked whether its reader may see it."""
    if Question.objects.filter(pk=passage_id).exists():
        return Asks("question")
    if Announcement.objects.filter(pk=passage_id).exists():
        return Asks("announcement")
    if Praise.objects.filter(pk=passage_id).exists():
        return Asks("praise")
    event = Event.objects.filter(pk=passage_id).first()
    if event is not None:
        return Asks("event", begins_at=event.begins_at, ends_at=event.ends_at, time_zone=event.time_zone)
    poll = Poll.objects.filter(pk=passage_id).first()
    if poll is None:
        return None
    return Asks(
        "poll", is_multiple=poll.is_multiple, is_anonymous=poll.is_anonymous, closes_at=poll.closes_at
    )


def _lay(asks: Asks, passages: Sequence[PassageState], message_id: int, by: Person, at: datetime) -> None:
    if asks.kind == "question":
        Question.objects.bulk_create(
            [Question(passage_id=one.passage_id, audience_id=one.audience_id) for one in passages]
        )
    elif asks.kind == "announcement":
        Announcement.objects.bulk_create(
            [Announcement(passage_id=one.passage_id, audience_id=one.audience_id) for one in passages]
        )
    elif asks.kind == "praise":
        Praise.objects.bulk_create([Praise(passage_id=one.passage_id) for one in passages])
    elif asks.kind == "event":
        # That both stand was asked in ``checked``, and a passage keeps them.
        begins, ends = asks.begins_at or at, asks.ends_at or at
        Event.objects.bulk_create(
            [
                Event(
                    passage_id=one.passage_id,
                    audience_id=one.audience_id,
                    begins_at=begins,
                    ends_at=ends,
                    time_zone=asks.time_zone or by.time_zone,
                )
                for one in passages
            ]
        )
    else:
        Poll.objects.bulk_create(
            [
                Poll(
                    passage_id=one.passage_id,
                    is_multiple=asks.is_multiple,
                    is_anonymous=asks.is_anonymous,
                    closes_at=asks.closes_at,
                )
                for one in passages
            ]
        )
    action = {
        "question": events.QUESTION_ASKED,
        "announcement": events.ANNOUNCEMENT_MADE,
        "poll": events.POLL_OPENED,
        "praise": events.PRAISE_GIVEN,
        "event": events.EVENT_MADE,
    }[asks.kind]
    record(
        [Fact(action, f"x:{one.passage_id}", by.pseudonym, at, parent=f"m:{message_id}") for one in passages]
    )
