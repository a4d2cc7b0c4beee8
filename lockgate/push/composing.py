"""What a message says, asked at the moment of sending: of what its reader may no longer know there is no message.

Of what is Confidential or above, or said in a space that keeps its words, no word leaves, not the place nor whose it
is: only that something waits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from lockgate.approvals import queries as approvals
from lockgate.base.markings import Marking
from lockgate.base.refusal import NotFound
from lockgate.gateway import queries as gate
from lockgate.gateway.types import MessageView
from lockgate.notices import queries as notices
from lockgate.notices.types import NoticeView
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces

MOST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Told:
    """One message: its words, where it leads, and which earlier one of the same thing it takes the place of."""

    words: str
    link: str
    tag: str


def compose(person: Person, kind: str, about: int, at: datetime) -> Told | None:
    """What ``person`` is told of this, in their language; None where they may not, or need not, be told at ``at``."""
    with override(person.language):
        try:
            return _request(person, about, at) if kind == "request" else _notice(person, about, at)
        except NotFound:
            return None


def _notice(person: Person, number: int, at: datetime) -> Told | None:
    notice = notices.one(person, number)
    if notice is None or notice.is_seen or notices.is_muted(person, notice.thread_id):
        return None
    tag = f"n{number}"
    if notice.message_id is None:
        return Told(_cut(_sentence(notice)), "/approvals?tab=told", tag)
    places = gate.places_seen(person, [notice.message_id], at).get(notice.message_id, set())
    if not places or notice.words.get("place", next(iter(places))) not in places:
        return None
    found = gate.message(person, notice.message_id, at)
    words = _nothing_told() if _stays(found) else _cut(_sentence(notice))
    return Told(words, f"/messages/{notice.message_id}", tag)


def _request(person: Person, number: int, at: datetime) -> Told | None:
    asked = approvals.request(person, number, at)
    if not asked.is_open or asked.author_id == person.pk:
        return None
    found = gate.message(person, asked.message_id, at)
    state = next((one for one in found.passages if one.passage_id == asked.passage_id), None)
    if state is None:
        return None
    words = _("Your approval is asked for: %(place)s") % {"place": state.place_name}
    if _stays(found):
        words = _nothing_told()
    return Told(_cut(words), f"/approvals/{number}", f"q{number}")


def _stays(found: MessageView) -> bool:
    """Whether no word of it leaves: by its marking, or because a space where the reader hears it says so."""
    return found.marking >= Marking.CONFIDENTIAL or spaces.words_stay(
        {one.audience_id for one in found.passages}
    )


def _nothing_told() -> str:
    return _("Something waits for you.")


def _cut(words: str) -> str:
    return words if len(words) <= MOST_WORDS else words[: MOST_WORDS - 1].rstrip() + "…"


def _sentence(notice: NoticeView) -> str:
    """A notice in the words that the pages have for it. They stand above this room, so the setting names them."""
    words: Callable[[NoticeView], str] = import_string(settings.NOTICE_WORDS)
    return words(notice)
