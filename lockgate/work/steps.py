"""What each loop does once. Each answers whether it found something to do."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from lockgate.archive import operations as archive
from lockgate.attention import operations as attention
from lockgate.base import clock, wal
from lockgate.conversations import operations as conversations
from lockgate.directory import operations as directory
from lockgate.gateway import operations as gateway
from lockgate.mail import operations as mail
from lockgate.notices import operations as notices
from lockgate.push import operations as push
from lockgate.rumours import operations as rumours
from lockgate.search import operations as search
from lockgate.sms import operations as sms
from lockgate.spaces import operations as spaces
from lockgate.webhooks import operations as webhooks

INDEX_PIECES = 8
HAPPENINGS_KEPT = timedelta(days=2)


def keep_archive(at: datetime) -> bool:
    """Give the waiting entries their place in the log, and sign a checkpoint when one is due."""
    return bool(archive.keep(at=at))


def carry_over(at: datetime) -> bool:  # noqa: ARG001  (a step is called with its time)
    """Bring what was committed to SQLite from its log into its file."""
    return wal.carry_over()


def index(at: datetime) -> bool:
    """Follow the archive's log: what was said is found from then on, and what was taken back leaves the index."""
    has_more = all(search.keep_up(at=at) for _piece in range(INDEX_PIECES))
    is_sorting = search.sort_words(at=at)
    return has_more or is_sorting


def deliver(at: datetime) -> bool:
    """Carry out one delivery, or look up one whose outcome is unknown."""
    return bool(gateway.deliver_next(at=at))


def release_due(at: datetime) -> bool:
    """Let go what was scheduled for now."""
    return bool(gateway.release_due(at=at))


def remind(at: datetime) -> bool:
    """Tell those who are late to sign, and those who wait for them; and who has not confirmed an announcement."""
    late = bool(gateway.remind(at=at))
    return bool(conversations.remind(at=at)) or late


def follow_up(at: datetime) -> bool:
    """Note topics, and tell those who follow a person, a topic or a thread."""
    return attention.follow_up(at=at)


def look_at_links(at: datetime) -> bool:
    """Look at the pages that posts link to."""
    return bool(conversations.look_at_links(at=at))


def tell_mentioned(at: datetime) -> bool:
    """Tell those who are named in what was delivered."""
    return bool(conversations.tell_mentioned(at=at))


def tend_rumours(at: datetime) -> bool:
    """Let out what was asked without a name and is due; tell who wanted an answer that there is one."""
    return bool(rumours.release(at=at) + rumours.tell_answered(at=at))


def tend_seats(at: datetime) -> bool:
    """Record what came by itself: seats whose end was set beforehand, sealed submissions that are open now,
    whose desks are asked then."""
    moved = spaces.record_ends(at=at) + spaces.open_sealed(at=at)
    return bool(moved + gateway.ask_for_opened(at=at))


def draw_papers(at: datetime) -> bool:
    """Draw the first page of a PDF."""
    return gateway.draw_next_paper(at=at)


def gather_mail(at: datetime) -> bool:
    """Turn what happened into letters for those who want them."""
    return mail.gather(at=at)


def send_mail(at: datetime) -> bool:  # noqa: ARG001  (rights are asked at the moment of sending, by the clock)
    """Send the letters that are due."""
    return bool(mail.send_due(clock=clock.now))


def fetch_mail(at: datetime) -> bool:  # noqa: ARG001  (each mail is taken in at its own time, by the clock)
    """Fetch what lies in our mailbox at the company's server, where one is named."""
    return bool(mail.fetch(clock=clock.now))


def follow_directory(at: datetime) -> bool:  # noqa: ARG001  (a look takes its time, and asks the clock as it goes)
    """Bring the people here in step with the company's LDAP server, where one is named and it is time."""
    return directory.sync_due(clock=clock.now)


def send_welcomes(at: datetime) -> bool:  # noqa: ARG001  (whether they are still here is asked at the moment of sending)
    """Send the letters by which new people set a password."""
    return bool(directory.send_welcomes(clock=clock.now))


def gather_texts(at: datetime) -> bool:
    """Turn what was said in talks into texts for those who have a number."""
    return sms.gather(at=at)


def send_texts(at: datetime) -> bool:  # noqa: ARG001  (rights are asked at the moment of sending, by the clock)
    """Send the texts that are due."""
    return bool(sms.send_due(clock=clock.now))


def gather_calls(at: datetime) -> bool:
    """Turn what happened into calls to the endpoints that want to be told."""
    return webhooks.gather(at=at)


def make_calls(at: datetime) -> bool:  # noqa: ARG001  (rights are asked at the moment of sending, by the clock)
    """Make the calls that are due."""
    return bool(webhooks.send_due(clock=clock.now))


def gather_pushes(at: datetime) -> bool:
    """Turn what people were told into messages for their devices."""
    return push.gather(at=at)


def send_pushes(at: datetime) -> bool:  # noqa: ARG001  (rights are asked at the moment of sending, by the clock)
    """Send the messages that are due to push services."""
    return bool(push.send_due(clock=clock.now))


def tidy(at: datetime) -> bool:
    """Sessions that are over, happenings that wake nobody any more, letters settled long ago."""
    Session.objects.filter(expire_date__lt=at).delete()
    notices.forget_happenings(before=at - HAPPENINGS_KEPT)
    mail.forget_settled(at=at)
    mail.forget_spread(at=at)
    sms.forget_settled(at=at)
    webhooks.forget_settled(at=at)
    push.forget_settled(at=at)
    push.end_of_those_who_left(at=at)
    return False
