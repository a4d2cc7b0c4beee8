"""What one viewer may do with a post or a thread, for the page that shows it."""

from __future__ import annotations

from datetime import datetime

from lockgate.conversations import rules
from lockgate.conversations.models import (
    Acceptance,
    Announcement,
    Event,
    FaqEntry,
    Pin,
    Poll,
    Question,
    Receipt,
)
from lockgate.conversations.queries.announcements import sees_readers
from lockgate.conversations.queries.gatherings import event_view
from lockgate.conversations.queries.hearing import heard
from lockgate.conversations.queries.polls import poll_view
from lockgate.conversations.types import Tools
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces


def tools(viewer: Person, passage_id: int, at: datetime) -> Tools:
    """Raises NotFound where ``viewer`` does not hear the post."""
    passage = heard(viewer, passage_id, at)
    role = spaces.role_in(viewer, passage.audience_id, at)
    number, is_author = passage.passage_id, passage.author_id == viewer.pk
    poll = Poll.objects.filter(pk=number).first()
    asked = Question.objects.filter(pk=number).exists()
    announced = Announcement.objects.filter(pk=number).exists()
    event = Event.objects.filter(pk=number).select_related("passage").first()
    accepted = (
        Acceptance.objects.filter(question=number).values_list("answer_id", flat=True).first()
        if asked
        else None
    )
    return Tools(
        tends=rules.tends(role),
        is_author=is_author,
        may_react=role not in ("", "observer"),
        may_pin=rules.tends(role) and not passage.is_public and passage.thread_id is None,
        is_pinned=Pin.objects.filter(pk=number).exists(),
        may_accept=asked and rules.may_accept(is_asker=is_author, role=role),
        accepted_id=accepted,
        may_put_in_faq=accepted is not None and rules.tends(role),
        is_in_faq=asked and FaqEntry.objects.filter(pk=number).exists(),
        event=event_view(viewer, event, passage, at, role=role) if event is not None else None,
        asks_receipt=announced and not is_author,
        has_receipt=announced and Receipt.objects.filter(announcement=number, person=viewer).exists(),
        sees_readers=announced and sees_readers(viewer, passage, at),
        poll=poll_view(viewer, poll, passage, at, role=role) if poll is not None else None,
    )
