"""Announcements: receipts, exemptions, and reminding those who have given none."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.conversations import events, rules
from lockgate.conversations.models import Announcement, Exemption, Receipt
from lockgate.conversations.queries.announcements import readers_of, sees_readers
from lockgate.conversations.queries.hearing import delivered, heard
from lockgate.conversations.refusals import RemindedAlready
from lockgate.conversations.types import Heard
from lockgate.notices.operations import tell
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces

_SOME = 50


def confirm(*, by: Person, at: datetime, passage_id: int) -> None:
    """``by`` has read it. Once is for good; again changes nothing. Raises NotFound where they do not hear it, it asks
    for no receipt, or they wrote it."""
    with change():
        passage = heard(by, passage_id, at)
        row = Announcement.objects.filter(pk=passage.passage_id).first()
        if row is None or passage.author_id == by.pk:
            raise NotFound
        _receipt, is_new = Receipt.objects.get_or_create(announcement=row, person=by, defaults={"at": at})
        if is_new:
            record([_fact(passage, events.RECEIPT_GIVEN, by.pseudonym, at)])


def exempt(*, by: Person, at: datetime, passage_id: int, person_id: int, why: str) -> None:
    """``person_id`` need not confirm. Raises NotFound unless ``by`` wrote it or tends the room, and for somebody who
    does not hear it; BadInput without a reason."""
    with change():
        passage, row = _own(by, passage_id, at)
        if person_id not in spaces.hearing(passage.audience_id, passage.position, at):
            raise NotFound
        why = " ".join(why.split())[:200]
        if not why:
            raise BadInput(_("Say in a few words why they need not confirm."))
        _exemption, is_new = Exemption.objects.get_or_create(
            announcement=row, person_id=person_id, defaults={"by": by, "why": why, "at": at}
        )
        if is_new:
            record([_fact(passage, events.READER_EXEMPTED, by.pseudonym, at, why.encode())])


def remind_now(*, by: Person, at: datetime, passage_id: int) -> int:
    """Remind all who have not confirmed; answers how many. Raises NotFound as ``exempt`` does, RemindedAlready within a
    day of the last time."""
    with change():
        passage, _row = _own(by, passage_id, at)
        row = Announcement.objects.select_for_update().get(pk=passage.passage_id)
        if row.reminded_at is not None and at < row.reminded_at + rules.BETWEEN_ASKED_REMINDERS:
            raise RemindedAlready(_("They were reminded within the last day."), _("Try again tomorrow."))
        return _remind(row, passage, by.pseudonym, at)


def remind(*, at: datetime) -> int:
    """Remind of the announcements for which it is time; answers how many people were told. For the work process."""
    told = 0
    rows = Announcement.objects.filter(
        passage__position__isnull=False,
        reminders__lt=rules.MOST_REMINDERS,
        passage__delivered_at__lte=at - rules.FIRST_REMINDER,
    ).exclude(reminded_at__gt=at - rules.BETWEEN_REMINDERS)
    for number in list(rows.order_by("pk").values_list("pk", flat=True)[:_SOME]):
        with change():
            row = Announcement.objects.select_for_update().get(pk=number)
            passage = delivered(number)
            if passage is None or not rules.is_reminder_due(
                made_at=passage.delivered_at, reminded_at=row.reminded_at, reminders=row.reminders, at=at
            ):
                continue
            told += _remind(row, passage, "system", at)
    return told


def _remind(row: Announcement, passage: Heard, actor: str, at: datetime) -> int:
    # Who hears it is asked now: nobody is reminded of what they may no longer hear.
    waits = [one.person.id for one in readers_of(row, passage, at).unread]
    row.reminders += 1
    row.reminded_at = at
    row.save(update_fields=["reminders", "reminded_at"])
    if waits:
        tell(
            waits,
            "announcement",
            words={"who": passage.author_name, "place": passage.place_name},
            message_id=passage.message_id,
            at=at,
        )
    record([_fact(passage, events.READERS_REMINDED, actor, at, str(len(waits)).encode())])
    return len(waits)


def _own(by: Person, passage_id: int, at: datetime) -> tuple[Heard, Announcement]:
    passage = heard(by, passage_id, at)
    row = Announcement.objects.filter(pk=passage.passage_id).first()
    if row is None or not sees_readers(by, passage, at):
        raise NotFound
    return passage, row


def _fact(passage: Heard, action: str, actor: str, at: datetime, body: bytes | None = None) -> Fact:
    return Fact(action, f"x:{passage.passage_id}", actor, at, parent=f"m:{passage.message_id}", body=body)
