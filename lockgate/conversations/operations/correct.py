"""Other words where a post or an answer stands, with what it asks of its readers: what they have answered to stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.conversations import rules
from lockgate.conversations.models import Announcement, LinkPreview, Mention, Poll, Praise, Receipt
from lockgate.conversations.operations.mentions import note_mentions
from lockgate.conversations.refusals import BadPoll, BadPraise, WasConfirmed
from lockgate.gateway import operations as gateway
from lockgate.gateway.types import MessageView
from lockgate.people.models import Person
from lockgate.people.queries import named_by_slug


def correct(*, by: Person, at: datetime, seen: MessageView, body: str) -> MessageView:
    """``gateway.operations.amend`` for a message that ``by`` sees as ``seen``.

    The options of a poll stay; they may be left out of ``body``. Who is named for the first time is told, who is named
    no more and was not told yet is not. Raises what that raises; WasConfirmed for an announcement that somebody has
    confirmed; BadPoll; BadPraise.
    """
    passages = [one.passage_id for one in seen.passages]
    if Receipt.objects.filter(announcement__in=Announcement.objects.filter(pk__in=passages)).exists():
        raise WasConfirmed(
            _("Somebody has confirmed that they read these words, so they stay as they are."),
            _("Answer below with what is to be added, or announce it anew."),
        )
    body = body.replace("\r\n", "\n")
    if Poll.objects.filter(pk__in=passages).exists():
        body = _with_its_options(seen.body, body)
    mentioned = rules.mentioned(body)
    if Praise.objects.filter(pk__in=passages).exists():
        _check_praise(by, seen.body, mentioned)
    is_answer = seen.thread_id is not None

    def alongside(standing: Sequence[int]) -> None:
        named = [person for person, _name in named_by_slug(mentioned).values()]
        gone = Mention.objects.filter(passage__in=standing, settled_at__isnull=True)
        gone.exclude(person__in=named).delete()
        if mentioned:
            note_mentions(by=by, at=at, passages=standing, body=body)
        if not is_answer:
            _look_anew(standing, rules.first_link(body))

    return gateway.amend(by=by, at=at, message_id=seen.id, body=body, alongside=alongside)


def _with_its_options(before: str, body: str) -> str:
    _words, standing = rules.options_of(before)
    words, options = rules.options_of(body)
    if options and options != standing:
        raise BadPoll(
            _("The options of a poll stay as they are: somebody may have chosen one."),
            _("Change the words above them, or open another poll."),
        )
    return rules.with_options(words, standing) if words.strip() else body


def _check_praise(by: Person, before: str, mentioned: Sequence[str]) -> None:
    """Whoever was praised stays praised; others may be named besides."""
    praised = {person for person, _name in named_by_slug(rules.mentioned(before)).values()} - {by.pk}
    if not praised <= {person for person, _name in named_by_slug(mentioned).values()}:
        raise BadPraise(
            _("Whoever was praised here stays named."), _("Take the praise back if it was not meant.")
        )


def _look_anew(passages: Sequence[int], link: str) -> None:
    """What the first link says of itself is asked again where it is another link now."""
    LinkPreview.objects.filter(pk__in=passages).exclude(address=link).delete()
    if link:
        LinkPreview.objects.bulk_create(
            [LinkPreview(passage_id=one, address=link) for one in passages], ignore_conflicts=True
        )
