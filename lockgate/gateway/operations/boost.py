"""Boost: show a post again in a place, unchanged and without a word of one's own. A message that says nothing, and a
passage that shows; so it stands in the feed like any other, is answered, taken back and exported like any other."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.gateway import events, rules
from lockgate.gateway.judging import chosen
from lockgate.gateway.models import Boost, Message, Passage, State
from lockgate.gateway.operations.place import delivered_fact, ruled_fact, ruling_row
from lockgate.gateway.operations.recall import recall
from lockgate.gateway.operations.release import locked
from lockgate.gateway.showing import original_of, ruled
from lockgate.gateway.types import Boosted, PlaceChoice
from lockgate.notices.operations import announce
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces


def boost(*, by: Person, at: datetime, passage_id: int, place: str = "") -> Boosted:
    """Show the post ``passage_id`` again in the space ``place`` ("space:<slug>"), or where it was said. Of a boost,
    what that one shows. Once more changes nothing.

    Raises NotFound for what is not there for ``by``, the post or the place; NotShowable where it stays.
    """
    original = original_of(by, passage_id, at)
    choice = _place(by, place or _own_place(original), at)
    judged = ruled(original, [choice], at)
    one = judged.rulings[0]
    digest = rules.content_hash(
        content := rules.canonical_content("", original.marking, shows=original.message_id)
    )
    with change():
        # The post may be gone, or the room cleared, since we read. Two at once wait here for each other.
        standing = locked(original.pk)
        if standing is None or standing.position is None or standing.marking != original.marking:
            raise NotFound
        if not spaces.speaks_in(by, at, {choice.audience_id}):
            raise NotFound
        kept = Boost.objects.filter(original=original, person=by, audience=choice.audience_id).first()
        if kept is not None:
            return Boosted(kept.passage_id, original.pk, choice.name, is_new=False)
        message_id, number, position = new_id(at), new_id(at), new_id(at)
        Message(
            id=message_id,
            author=by,
            body="",
            is_boost=True,
            marking=original.marking,
            content_hash=digest,
            written_at=at,
        ).save(force_insert=True)
        ruling = ruling_row(new_id(at), message_id, 1, one, digest, at)
        ruling.save(force_insert=True)
        Passage(
            id=number,
            message_id=message_id,
            audience_id=choice.audience_id,
            shows=original,
            ruling=ruling,
            marking=original.marking,
            state=State.DELIVERED,
            position=position,
            delivered_at=at,
        ).save(force_insert=True)
        Boost.objects.create(
            passage_id=number, original=original, audience_id=choice.audience_id, person=by, at=at
        )
        record(
            [
                Fact(
                    events.MESSAGE_SUBMITTED,
                    f"m:{message_id}",
                    by.pseudonym,
                    at,
                    marking=original.marking,
                    body=content,
                ),
                ruled_fact(number, message_id, one, original.marking, at),
                # Told of the new passage alone: who hears the original is not to learn where it was boosted.
                Fact(
                    events.PASSAGE_BOOSTED,
                    f"x:{number}",
                    by.pseudonym,
                    at,
                    parent=f"m:{message_id}",
                    marking=original.marking,
                ),
                delivered_fact(number, message_id, original.marking, at, by.pseudonym),
            ]
        )
        announce([(choice.audience_id, number, "delivered")], at=at)
    return Boosted(number, original.pk, choice.name, is_new=True)


def unboost(*, by: Person, at: datetime, passage_id: int, place: str = "") -> int:
    """Take one's own boosts of a post back, in one place or wherever they are; answers how many there were. Raises
    NotFound where ``by`` does not hear the post."""
    original = original_of(by, passage_id, at)
    rows = Boost.objects.filter(original=original, person=by)
    if place:
        rows = rows.filter(audience=_place(by, place, at).audience_id)
    # Whoever was cleared from a room takes nothing back there.
    heard = set(spaces.audible(by, at))
    numbers = [one.passage_id for one in rows if one.audience_id in heard]
    for number in numbers:
        recall(by=by, at=at, passage_id=number, why=_("No longer boosted."))
    return len(numbers)


def _place(by: Person, key: str, at: datetime) -> PlaceChoice:
    """The place with this key; where ``by`` may not write there, the same answer as for a post that is not."""
    try:
        return chosen(by, [key], at)[0]
    except NotFound:
        raise NotFound from None


def _own_place(original: Passage) -> str:
    if original.account_id is not None:
        raise BadInput(_("Say in which space this is to be shown."))
    return original.audience.key
