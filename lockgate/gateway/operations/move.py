"""Move a thread to another space. Who may hear a passage never changes, so the words are said anew there, and what
stood here is taken back in the same transaction: whoever does not sit there hears it no more, on any road."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lockgate.approvals import operations as approvals
from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.markings import Marking
from lockgate.base.refusal import NotFound
from lockgate.base.transactions import change
from lockgate.gateway import events, rules
from lockgate.gateway.judging import Judgement, chosen, judge
from lockgate.gateway.models import Boost, Passage, State
from lockgate.gateway.operations.place import delivered_fact, protect, ruled_fact, ruling_row
from lockgate.gateway.operations.release import locked
from lockgate.gateway.queries import attachments_of
from lockgate.gateway.refusals import NotMovable
from lockgate.gateway.types import KEEPS_ITS_THREADS, AttachmentView, PlaceChoice
from lockgate.notices.operations import announce
from lockgate.people.models import Person
from lockgate.policy import operations as policy
from lockgate.policy.types import Outcome
from lockgate.spaces import queries as spaces

MOST_MOVED = 200
_WAITS = (State.HELD, State.RETURNED, State.SCHEDULED)
_Alongside = Callable[[Mapping[int, int], int], None]


def move(
    *, by: Person, at: datetime, passage_id: int, to: str, carried: Collection[str], alongside: _Alongside
) -> int:
    """Move the post ``passage_id`` with its answers to the space ``to`` ("space:<slug>"); answers its new passage.

    ``by`` owns both spaces. The gate rules on each of the messages for the new place; where somebody hears it there who
    did not hear it here, all of them must be free to go without a signature. What hangs on a passage and is not among
    ``carried`` ("room.Model") keeps it where it is; ``alongside`` is called in the transaction with {old passage: new}
    and the new audience, to carry the rest. Raises NotFound for who does not hear it, or owns not both, NotMovable with
    the reason for all else.
    """
    root = (
        Passage.objects.filter(pk=passage_id, state=State.DELIVERED, account=None, thread=None)
        .select_related("audience__space")
        .first()
    )
    if root is None or not _owns(by, root.audience_id, at):
        raise NotFound
    place = chosen(by, [to], at)[0]
    if place.is_public or not _owns(by, place.audience_id, at):
        raise NotFound
    _refuse_rooms(root, place)
    moved = _standing(root)
    files = attachments_of({one.message_id for one in moved})
    _refuse_what_stays(moved, place, carried, at)
    judged = _judged(moved, files, place, root.audience_id, at)
    with change():
        # The rooms may have changed while we read: seats and states are asked for again inside.
        if spaces.speaks_in(by, at, {root.audience_id, place.audience_id}) != {
            root.audience_id,
            place.audience_id,
        }:
            raise NotFound
        if not (_owns(by, root.audience_id, at) and _owns(by, place.audience_id, at)):
            raise NotFound
        rows = [found for one in moved if (found := locked(one.pk)) is not None]
        if [(one.pk, one.ruling_id) for one in rows if one.position is not None] != [
            (one.pk, one.ruling_id) for one in moved
        ]:
            raise NotMovable(_("Something in this thread has just changed."), _("Look again, then move it."))
        _refuse_what_stays(moved, place, carried, at)
        return _lay_down_anew(by, at, rows, files, judged, place, alongside)


def _owns(by: Person, audience_id: int, at: datetime) -> bool:
    return audience_id in spaces.audible(by, at) and spaces.role_in(by, audience_id, at) == "owner"


def _standing(root: Passage) -> list[Passage]:
    """The post and its delivered answers, in their order."""
    answers = Passage.objects.filter(thread=root, state=State.DELIVERED).select_related("message__author")
    whole = [
        Passage.objects.select_related("message__author").get(pk=root.pk),
        *answers.order_by("position")[: MOST_MOVED + 1],
    ]
    if len(whole) > MOST_MOVED:
        raise NotMovable(
            _("This thread has more than %(most)s posts, which is too long to move.") % {"most": MOST_MOVED},
            _("Begin a new one where it belongs, and link this."),
        )
    return whole


def _refuse_rooms(root: Passage, place: PlaceChoice) -> None:
    """Who heard what, and when, is the whole point of a deal room; what was said in a circle was said to those few."""
    if place.audience_id == root.audience_id:
        raise NotMovable(_("It stands in this space already."), _("Choose another one."))
    kinds = {place.space_kind, root.audience.space.kind if root.audience.space else ""}
    if kinds & KEEPS_ITS_THREADS or root.audience.lane or root.audience.sealed_until or "/" in place.key:
        raise NotMovable(
            _("Nothing is moved into a deal room, a circle or a talk, or out of one."),
            _("Say it anew where it belongs."),
        )


def _refuse_what_stays(
    moved: Sequence[Passage], place: PlaceChoice, carried: Collection[str], at: datetime
) -> None:
    if any(one.marking > place.ceiling for one in moved):
        highest = Marking(max(one.marking for one in moved)).label
        raise NotMovable(
            _("%(place)s does not take what is marked %(marking)s.")
            % {"place": place.name, "marking": highest},
            _("Choose a space that may hear it."),
        )
    numbers = [one.pk for one in moved]
    if any(one.shows_id for one in moved):
        raise NotMovable(
            _("A post that shows another one stays where everybody hears both."),
            _("Quote it anew where it belongs."),
        )
    # A table that nobody taught how to follow keeps the post where it is, also one that is added tomorrow.
    for relation in Passage._meta.related_objects:
        model = relation.related_model
        # That it is boosted or quoted elsewhere is no affair of who moves it: those follow it, see below.
        if model._meta.label in carried or model is Passage or model is Boost:
            continue
        rows = apps.get_model(model._meta.label)._default_manager
        if rows.filter(**{f"{relation.field.name}__in": numbers}).exists():
            raise NotMovable(
                _("Announcements, polls, events, records and decisions stay with those they were made for."),
                _("Make it anew where it belongs."),
            )
    messages = [one.message_id for one in moved]
    if Passage.objects.filter(message__in=messages, audience=place.audience_id).exists():
        raise NotMovable(
            _("Some of this stands, or stood, in %(place)s already.") % {"place": place.name},
            _("Take it back here, or say it anew there."),
        )
    if place.kind == "guests":
        authors = {one.message.author_id: one.message.author.name for one in moved}
        sitting = {person for _room, person in spaces.sitting(authors, {place.audience_id}, at)}
        if absent := sorted(name for number, name in authors.items() if number not in sitting):
            raise NotMovable(
                ngettext(
                    "%(names)s does not sit in %(place)s, and guests would read them there.",
                    "%(names)s do not sit in %(place)s, and guests would read them there.",
                    len(absent),
                )
                % {"names": ", ".join(absent[:5]), "place": place.name},
                _("Give them a seat there first, or say it in your own words."),
            )


def _judged(
    moved: Sequence[Passage],
    files: Mapping[int, Sequence[AttachmentView]],
    place: PlaceChoice,
    source: int,
    at: datetime,
) -> list[Judgement]:
    """A judgement of each for the new place. Its own fingerprints count: carried to others, it is a copy."""
    is_narrower = source in spaces.covering(place.audience_id, at)
    judged = []
    for one in moved:
        found = judge(
            body=one.message.body,
            marking=one.message.marking,
            places=[place],
            attachments=files.get(one.message_id, ()),
            at=at,
            message_id=one.message_id if is_narrower else None,
        )
        ruling = found.rulings[0].ruling
        # All who hear it there have heard it here, perhaps by a signature: to them nothing is said anew.
        may_go = (
            ruling.outcome < Outcome.REFUSE
            if is_narrower
            else rules.may_go(ruling, one.message.justification)
        )
        if not may_go or found.marking != one.marking:
            why = dict.fromkeys(each.explanation for each in ruling.findings if each.explanation)
            raise NotMovable(
                _("%(place)s is heard by others, and the gate would not let this through to them: %(why)s")
                % {"place": place.name, "why": " ".join(why) or _("it bears a higher marking.")},
                _("Say there what may be said; the gate then asks whoever signs."),
            )
        judged.append(found)
    return judged


def _lay_down_anew(
    by: Person,
    at: datetime,
    rows: Sequence[Passage],
    files: Mapping[int, Sequence[AttachmentView]],
    judged: Sequence[Judgement],
    place: PlaceChoice,
    alongside: _Alongside,
) -> int:
    root, source = rows[0], rows[0].audience_id
    # Ids of one millisecond have no order of their own.
    positions = sorted(new_id(at) for _one in rows)
    new_root = new_id(at)
    numbers = {one.pk: new_root if one is root else new_id(at) for one in rows}
    facts: list[Fact] = []
    for old, found, position in zip(rows, judged, positions, strict=True):
        number, one = numbers[old.pk], found.rulings[0]
        ruling = ruling_row(new_id(at), old.message_id, old.message.revision, one, found.digest, at)
        ruling.save(force_insert=True)
        Passage(
            id=number,
            message_id=old.message_id,
            audience_id=place.audience_id,
            thread_id=None if old is root else new_root,
            ruling=ruling,
            marking=old.marking,
            state=State.DELIVERED,
            position=position,
            delivered_at=old.delivered_at,
            answers_count=len(rows) - 1 if old is root else 0,
        ).save(force_insert=True)
        facts += [
            ruled_fact(number, old.message_id, one, old.marking, at),
            _fact(events.PASSAGE_MOVED, number, old, by, at),
        ]
        if old is root:
            facts.append(delivered_fact(number, old.message_id, old.marking, at, by.pseudonym))
        # What shows it shows it still, to those who hear it where it stands now.
        Passage.objects.filter(shows=old.pk).update(shows=number)
        Boost.objects.filter(original=old.pk).update(original=number)
        _take_away(old)
        facts.append(_fact(events.PASSAGE_RECALLED, old.pk, old, by, at))
        policy.forget(old.message_id, audience_id=source)
        protect(
            old.message_id,
            [place],
            old.message.body,
            files.get(old.message_id, ()),
            old.marking,
            at,
        )
    for waits in Passage.objects.select_for_update().filter(thread=root, state__in=_WAITS):
        approvals.void(passage_id=waits.pk, why=_moved_away(), at=at, by=by)
        _take_away(waits)
        facts.append(_fact(events.PASSAGE_RECALLED, waits.pk, waits, by, at))
    record(facts)
    alongside(numbers, place.audience_id)
    announce([(source, root.pk, "recalled"), (place.audience_id, new_root, "delivered")], at=at)
    return new_root


def _take_away(passage: Passage) -> None:
    passage.state = State.RECALLED
    passage.position = None
    passage.answers_count = 0
    passage.version += 1
    # Not where to: the author may not know of that space.
    passage.last_word = _moved_away()
    passage.save()


def _moved_away() -> str:
    return _("The thread was moved to another space.")


def _fact(action: str, number: int, old: Passage, by: Person, at: datetime) -> Fact:
    return Fact(action, f"x:{number}", by.pseudonym, at, parent=f"m:{old.message_id}", marking=old.marking)
