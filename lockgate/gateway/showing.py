"""Which post somebody may show again, and where: the one rule of quotes and boosts.

A post is shown again only where everybody hears all of the room in which it was said. What is shown is drawn for each
reader when they read, and only if they hear it then; so this rule keeps out what would be shown to nobody, and the
reading keeps the promise.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.base.ids import MOST
from lockgate.base.refusal import NotFound
from lockgate.gateway import rules
from lockgate.gateway.attached import attachments_of
from lockgate.gateway.judging import Judgement, judge
from lockgate.gateway.models import Passage, State
from lockgate.gateway.refusals import NotShowable
from lockgate.gateway.types import PlaceChoice
from lockgate.people.models import Person
from lockgate.policy.types import Outcome
from lockgate.spaces import queries as spaces


def original_of(by: Person, passage_id: int, at: datetime) -> Passage:
    """The delivered post that ``by`` hears and may show; of a boost, what it boosts. Raises NotFound alike for what is
    not and for what they do not hear."""
    if not 0 < passage_id <= MOST:
        raise NotFound
    row = (
        Passage.objects.filter(pk=passage_id, state=State.DELIVERED)
        .select_related("message", "audience__space", "thread")
        .first()
    )
    heard = spaces.audible(by, at)
    if row is None or not all(_hears(one, heard) for one in (row, row.thread) if one is not None):
        raise NotFound
    if not row.message.is_boost:
        return row
    if row.shows_id is None:
        raise NotFound
    return original_of(by, row.shows_id, at)


def _hears(row: Passage, heard: dict[int, int]) -> bool:
    return row.position is not None and heard.get(row.audience_id, row.position + 1) <= row.position


def quotable(by: Person, passage_id: int, places: Sequence[PlaceChoice], at: datetime) -> Passage:
    """The post ``passage_id``, if ``by`` may show it in all of these places. Raises NotFound, NotShowable."""
    original = original_of(by, passage_id, at)
    ruled(original, places, at)
    return original


def ruled(original: Passage, places: Sequence[PlaceChoice], at: datetime) -> Judgement:
    """What the gate says of the words of ``original`` in these places. Raises NotShowable where one of them may not
    show it, or its policy refuses them: all who hear it there have heard it here, perhaps by a signature."""
    for place in places:
        _refuse(place, why_it_stays(original, place, at))
    found = judge(
        body=original.message.body,
        marking=original.marking,
        places=places,
        attachments=attachments_of([original.message_id]).get(original.message_id, ()),
        at=at,
        message_id=original.message_id,
    )
    for one in found.rulings:
        if one.ruling.outcome == Outcome.REFUSE:
            why = dict.fromkeys(each.explanation for each in one.ruling.findings if each.explanation)
            raise NotShowable(
                _("%(place)s does not take these words: %(why)s")
                % {"place": one.place.name, "why": " ".join(why)},
                _("Say there in your own words what may be said."),
            )
        _refuse(one.place, "marking" if found.marking > one.place.ceiling else "")
    return found


def why_it_stays(original: Passage, place: PlaceChoice, at: datetime) -> str:
    """``rules.why_it_stays`` of a post and a place. Only who hears the post may be told."""
    space = original.audience.space
    in_lane = bool(original.audience.lane or original.audience.sealed_until)
    kind = space.kind if space is not None else ""

    def why(is_covered: bool) -> str:
        return rules.why_it_stays(
            space_kind=kind, in_lane=in_lane, marking=original.marking, place=place, is_covered=is_covered
        )

    # Who sits there is asked only where nothing else keeps it.
    return why(True) or why(spaces.covers(original.audience_id, place.audience_id, at))


def _refuse(place: PlaceChoice, why: str) -> None:
    names = {"place": place.name}
    if why == "channel":
        raise NotShowable(
            _("%(place)s is public, and a post of ours is not shown there.") % names,
            _("Write there in your own words; the gate rules on them."),
        )
    if why == "few":
        raise NotShowable(
            _("What is said in a deal room, a circle or a talk stays there, and nothing is shown in one."),
            _("Say it anew where it belongs."),
        )
    if why == "wider":
        raise NotShowable(
            _("Not everybody in %(place)s hears the space where this was said.") % names,
            _("Choose a space whose people all sit there too, or say it in your own words."),
        )
    if why == "marking":
        raise NotShowable(
            _("%(place)s does not take what is marked this high.") % names,
            _("Choose a space that may hear it."),
        )


def shown_by(passage: Passage) -> Passage | None:
    """What a passage shows, for the gate's own use."""
    return Passage.objects.filter(pk=passage.shows_id).first() if passage.shows_id else None


def shown_message(passage: Passage) -> int | None:
    """The message that a passage shows: a part of its content."""
    shown = shown_by(passage)
    return shown.message_id if shown is not None else None
