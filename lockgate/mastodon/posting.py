"""From a client's words to the gate: where they go, under which marking, and what is answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from lockgate.base.clock import now
from lockgate.base.ids import read_id
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound
from lockgate.conversations import operations as talk
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import Asks, FeedItem
from lockgate.gateway import queries as gate
from lockgate.gateway.types import Opened
from lockgate.mail import operations as mail
from lockgate.mastodon import operations, queries, rules
from lockgate.mastodon.operations import StillSaying
from lockgate.mastodon.reading import Reader, is_for_all, is_of_talk, later, status, talk_among
from lockgate.mastodon.speaking import Asked
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import PlaceInSpace

LONGEST_POLL_SECONDS = 2_629_746
VISIBILITIES = ("public", "unlisted", "private", "direct")


class Nowhere(BadInput):
    """These words have no place to go."""

    code = "nowhere"


@dataclass(frozen=True, slots=True)
class Going:
    """Where words go: into a room, as an answer, or into a talk that begins with them."""

    body: str
    marking: int
    place: PlaceInSpace | None = None
    answers: int | None = None
    opens: Callable[[], Opened] | None = None


def say(asked: Asked, reader: Reader) -> dict[str, Any]:
    """Through the gate, once for each Idempotency-Key. Answers a status, or a scheduled one."""
    key = asked.request.headers.get("Idempotency-Key", "").strip()[:200]
    if not key:
        return _submitted(asked, reader)[1]
    said = _claimed(asked, key)
    if said is not None:
        return _told(asked, reader, said)
    try:
        message_id, answer = _submitted(asked, reader)
    except BaseException:
        operations.drop_claim(by=asked.viewer, key=key)
        raise
    operations.keep_claim(by=asked.viewer, key=key, message_id=message_id)
    return answer


def _claimed(asked: Asked, key: str) -> int | None:
    """The same request twice at once: the second waits a little for what the first says."""
    for _turn in range(10):
        try:
            return operations.claim(by=asked.viewer, key=key, at=asked.at)
        except StillSaying:
            time.sleep(0.1)
            if (said := queries.said_once(asked.viewer, key)) is not None:
                return said
    return operations.claim(by=asked.viewer, key=key, at=asked.at)


def _submitted(asked: Asked, reader: Reader) -> tuple[int, dict[str, Any]]:
    fields = asked.fields
    quoted = _quoted(asked, reader)
    asks = _poll(asked)
    words = fields.text("status")
    if spoiler := fields.text("spoiler_text").strip():
        words = f"{spoiler}\n\n{words}"
    files = _media(asked)
    if not words.strip() and files:
        raise BadInput(_("A file goes with some words here."), _("Say what it is."))
    going = where(asked, reader, words, quoted)
    deliver_at = moment(fields.text("scheduled_at"))
    done = talk.submit(
        by=asked.viewer,
        at=asked.at,
        body=going.body,
        marking=going.marking,
        places=[going.place.key] if going.place else (),
        answers=going.answers,
        attachments=files,
        deliver_at=deliver_at,
        slot="",
        asks=asks,
        shows=quoted.passage_id if quoted is not None else None,
        opens=going.opens,
    )
    if going.opens is not None:
        # Somebody else may have opened this talk after this request came in.
        asked = replace(asked, at=max(asked.at, now()))
    return done.message_id, _told(asked, Reader.of(asked), done.message_id)


def _told(asked: Asked, reader: Reader, message_id: int) -> dict[str, Any]:
    state = gate.message(asked.viewer, message_id, asked.at).passages[0]
    if state.state == "scheduled":
        return later.one(asked, reader, state.passage_id)
    return status(reader, state.passage_id)


def _quoted(asked: Asked, reader: Reader) -> FeedItem | None:
    """The post that these words quote, if they do. Raises NotFound."""
    said = asked.fields.text("quoted_status_id")
    if not said:
        return None
    number = read_id(said)
    if number is None:
        raise NotFound
    shown = gate.shown_id(reader.viewer, number, reader.at)
    return conversations.shown_of(reader.viewer, {shown}, reader.at)[shown]


def where(asked: Asked, reader: Reader, words: str, quoted: FeedItem | None = None) -> Going:
    """Which room hears these words.

    An answer goes to its thread, with what it quotes. Else the room that is mentioned. Else a quote to where the post
    was said. Else, where the visibility is "public", the company's own. Never to more people than were meant: what
    names a room that is not there goes nowhere. And nobody comes to hear something because they are mentioned.
    """
    names = rules.mentions(words, asked.host)
    rooms = [one for name in names if (one := reader.place_named(name)) is not None]
    wanted = asked.fields.text("visibility") or "public"
    if wanted not in VISIBILITIES:
        raise BadInput(_("A visibility is public, unlisted, private or direct."))
    answers = asked.fields.text("in_reply_to_id")
    if answers:
        number = read_id(answers)
        if number is None:
            raise NotFound
        # "Only to whom I mention", below what many hear, is a word aside: it must not go to the many.
        if wanted != "direct" or is_of_talk(reader, number):
            return Going(words, Marking.INTERNAL, answers=number)
        _refuse_quote(quoted)
        return _to_a_few(asked, reader, words, names)
    if len(rooms) > 1:
        raise Nowhere(
            _("This names more than one space: %(names)s.") % {"names": ", ".join(one.name for one in rooms)},
            _("Mention the one that it is for."),
        )
    if rooms:
        _refuse_who_does_not_sit(asked, reader, names, rooms[0])
        body = rules.without_leading(words, rooms[0].slug)
        return Going(body, min(Marking.INTERNAL, rooms[0].ceiling), rooms[0])
    if wanted == "direct":
        _refuse_quote(quoted)
    persons = _named(reader, names)
    if wanted == "direct" and persons:
        return _to_a_few(asked, reader, words, names)
    there = reader.place_named(quoted.place.removeprefix("space:")) if quoted is not None else None
    if there is not None and there.may_write:
        return Going(words, min(Marking.INTERNAL, there.ceiling), there)
    company = next((one for one in reader.seated.places if is_for_all(one) and one.may_write), None)
    if wanted == "public" and company is not None:
        return Going(words, min(Marking.INTERNAL, company.ceiling), company)
    if company is None:
        raise Nowhere(
            _("These words name no space."),
            _("Begin with the space that they are for, such as @%(name)s.")
            % {"name": next((one.slug for one in reader.seated.places if one.may_write), "space")},
        )
    raise Nowhere(
        _("Following lets nobody hear more, so “%(visibility)s” reaches no one.") % {"visibility": wanted},
        _("Mention the space that these words are for, or choose “public”: that is all our own people."),
    )


def _refuse_quote(quoted: FeedItem | None) -> None:
    if quoted is not None:
        raise Nowhere(
            _("A talk shows no post again, so nothing was sent."), _("Say it in your own words there.")
        )


def _named(reader: Reader, names: list[str]) -> list[Person]:
    """Who is mentioned. Raises Nowhere for a name that the reader may not know of, as for one that is nobody's."""
    persons = [found for name in names if (found := people.by_slug(name)) is not None]
    known = spaces.known_to(reader.viewer, reader.at, among=[one.pk for one in persons])
    unknown = set(names) - {one.slug for one in persons if one.pk in known}
    if unknown:
        raise Nowhere(
            _("There is no “@%(name)s” that you can write to.")
            % {"name": next(one for one in names if one in unknown)[:80]},
            _("Mention one of your spaces, or nobody."),
        )
    return persons


def _to_a_few(asked: Asked, reader: Reader, words: str, names: list[str]) -> Going:
    """Into the talk of exactly these people, which begins with this where there is none yet. A mention lets them hear
    this talk, and nothing that was said anywhere else."""
    persons = [one for one in _named(reader, names) if one.pk != reader.viewer.pk]
    if not persons:
        raise Nowhere(
            _("These words name nobody, so they would reach no one."), _("Mention whom they are for.")
        )
    if not words.strip():
        raise BadInput(_("There are no words to send yet."))
    among = {one.pk for one in persons}
    place = talk_among(reader, among)
    if place is not None:
        return Going(words, min(Marking.INTERNAL, place.ceiling), place)
    return Going(words, Marking.INTERNAL, opens=_opening(asked, persons))


def _opening(asked: Asked, persons: Sequence[Person]) -> Callable[[], Opened]:
    """How the talk of these people is opened, if the gate lets its first words in."""
    by = asked.viewer
    if not by.firm.is_house or by.is_bot:
        raise Nowhere(
            _("You have no talk with these people."),
            _("Somebody of the company begins one; then you can write there."),
        )
    return partial(mail.open_talk, by=by, at=asked.at, persons=persons, addresses=())


def _refuse_who_does_not_sit(asked: Asked, reader: Reader, names: list[str], room: PlaceInSpace) -> None:
    """Whoever writes "@somebody" believes that they read it. In a confidential room that is said before."""
    if room.ceiling < Marking.CONFIDENTIAL:
        return
    sitting = {one.person_id for one in spaces.sitters(asked.viewer, room.audience_id, asked.at)}
    known = reader.knows()
    for name in names:
        found = people.by_slug(name) if name != room.slug else None
        if found is not None and found.pk in known and found.pk not in sitting:
            raise Nowhere(
                _("%(person)s does not sit in %(space)s and would not read this.")
                % {"person": found.name, "space": room.name},
                _("Leave the name out, or ask the owner of the space for a seat for them."),
            )


def _poll(asked: Asked) -> Asks | None:
    """The poll that comes with a status. ``hide_totals`` is our anonymous kind, whose result shows when it closes."""
    poll = asked.fields.within("poll")
    options = tuple(one for one in poll.texts("options") if one.strip())
    if not options:
        return None
    seconds = read_id(poll.text("expires_in"))
    if seconds is not None and not 300 <= seconds <= LONGEST_POLL_SECONDS:
        raise BadInput(_("A poll stays open for five minutes to a month."))
    begins = moment(asked.fields.text("scheduled_at")) or asked.at
    return Asks(
        "poll",
        options,
        is_multiple=poll.flag("multiple"),
        is_anonymous=poll.flag("hide_totals"),
        closes_at=begins + timedelta(seconds=seconds) if seconds else None,
    )


def _media(asked: Asked) -> list[int]:
    numbers = []
    for words in asked.fields.texts("media_ids"):
        number = read_id(words)
        if number is None:
            raise NotFound
        numbers.append(number)
    return numbers


def moment(words: str) -> datetime | None:
    if not words:
        return None
    try:
        at = datetime.fromisoformat(words)
    except ValueError as error:
        raise BadInput(_("“scheduled_at” is a time as ISO 8601 writes it.")) from error
    if at.tzinfo is None:
        raise BadInput(
            _("“scheduled_at” names no time zone."), _("End it with Z, or an offset such as +01:00.")
        )
    if not 2020 <= at.year <= 2088:
        raise BadInput(_("That time is too far away."), _("Choose a nearer one."))
    return at
