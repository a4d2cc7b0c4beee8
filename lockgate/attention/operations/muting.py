"""Muting a thread: told of nothing that comes of it, by no road. Every word of it is read as before, and nobody else is
told. What is asked of one as a duty comes all the same."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.attention import rules
from lockgate.attention.refusals import MutesEnough
from lockgate.base.transactions import change
from lockgate.conversations import queries as conversations
from lockgate.notices import operations as notices
from lockgate.notices import queries as told
from lockgate.people.models import Person


def mute_thread(*, by: Person, at: datetime, passage_id: int) -> None:
    """The thread of a post or answer that ``by`` hears: answers, mentions and marks in it are told to them no more.
    Raises NotFound where they do not hear it, MutesEnough."""
    thread = conversations.heard(by, passage_id, at).root_id
    with change():
        muted = told.muted_threads(by)
        if thread not in muted and len(muted) >= rules.MOST_MUTED:
            raise MutesEnough(
                _("You have muted 1,000 threads, and no more can be."), _("Let one be heard again first.")
            )
        notices.mute_thread(by=by.pk, at=at, thread=thread)


def unmute_thread(*, by: Person, at: datetime, passage_id: int) -> None:
    """Be told of it again, from now on. Raises NotFound where ``by`` does not hear it."""
    thread = conversations.heard(by, passage_id, at).root_id
    notices.unmute_thread(by=by.pk, thread=thread)
