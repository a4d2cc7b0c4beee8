"""One try at one delivery: the request, and what its outcome means.

The order of things is the whole point. ``sent`` is committed before the request leaves; what the channel
answered is settled by the caller afterwards. After each step a comment says what a crash there would mean.
"""

from __future__ import annotations

import logging
import traceback
from datetime import datetime, timedelta
from time import monotonic

from django.db import DatabaseError
from django.db.models import F
from django.utils.translation import gettext as _

from lockgate.base.refusal import Refusal
from lockgate.base.transactions import change
from lockgate.channels import queries as channels
from lockgate.channels.types import (
    AccountFacts,
    ChannelError,
    ChannelRefused,
    Connector,
    Published,
    SignInRefused,
    TryLater,
)
from lockgate.publishing import rules
from lockgate.publishing.claiming import patience
from lockgate.publishing.models import REFERENCE_LIMIT, URL_LIMIT, Delivery, Recall
from lockgate.publishing.posts import OpenAttachment, likeness_of, post_of
from lockgate.publishing.types import Claim, DeliveryState, Settled

_log = logging.getLogger(__name__)


class ClaimLost(Refusal):
    """Somebody else holds the delivery by now; there is nothing to do or to settle."""

    code = "claim-lost"


def attempt(claim: Claim, *, at: datetime, open_attachment: OpenAttachment | None = None) -> Settled:
    """One try, whatever the claim is for: send, look up, or take away. Hand the answer to ``settle``.

    Never inside a transaction. Raises ClaimLost where the fence no longer holds. Nothing that a channel or a
    connector does raises here: it becomes a state with a sentence.
    """
    delivery = _held(claim)
    if claim.state is DeliveryState.RECALLING:
        return _take_away(claim, delivery, at)
    if claim.state is DeliveryState.CLAIMED:
        return _send(claim, delivery, at, open_attachment)
    return _look_up(claim, delivery, at)


def attempt_recall(claim: Claim, *, at: datetime) -> Settled:
    """Delete at the channel, then look whether it is gone. The same as ``attempt`` of such a claim."""
    if claim.state is not DeliveryState.RECALLING:
        raise ValueError("this claim is not for a recall")
    return attempt(claim, at=at)


def _send(claim: Claim, delivery: Delivery, at: datetime, open_attachment: OpenAttachment | None) -> Settled:
    name = delivery.account.name
    # 1. Everything that can fail on our side fails here, before anything is promised.
    try:
        post = post_of(delivery, open_attachment)
        connector, account = _channel(delivery)
        complaints = connector.validate(post)
    except Refusal as error:
        return _settled(claim, DeliveryState.REFUSED, str(error))
    except DatabaseError:
        raise  # our own trouble (a full disk): nothing has left, and the lease will end
    except Exception as error:  # a connector's own fault must not stop the worker
        _tell("validate", delivery, error)
        return _settled(claim, DeliveryState.REFUSED, _broken(delivery, error))
    if complaints:
        return _settled(claim, DeliveryState.REFUSED, " ".join(complaints))
    # A crash here: the row says claimed, nothing has left; the lease ends and it is claimed again to be sent.
    # A claim that waited for others of its batch leaves later than ``at``. Were that not counted, its lease would
    # be over, and its absence believed, before the channel had its time.
    leaves_at = at + timedelta(seconds=max(int(monotonic() - claim.taken), 0))
    if not _mark_sent(claim, leaves_at):
        return _settled(claim, DeliveryState.RECALLED, _("It was taken back before it left."))
    # A crash from here on: the row says sent; whoever claims it next looks it up and does not send.
    sends = delivery.attempts + 1
    first = rules.look_up_again_at(at, 1)
    try:
        published = connector.publish(post, account)
    except SignInRefused as error:
        return _settled(claim, DeliveryState.REFUSED, _renew(name, error.sentence))
    except ChannelRefused as error:
        return _settled(claim, DeliveryState.REFUSED, error.sentence)
    except TryLater as error:
        return _later(
            claim,
            name,
            error.sentence,
            rules.send_again_at(at, sends, error.after_seconds),
            is_news=sends == 1,
        )
    except ChannelError as error:
        return _unknown(claim, name, error.sentence, first)
    except Exception as error:
        # Anything that was not foreseen may have happened after the channel took the post.
        _tell("publish", delivery, error)
        return _unknown(claim, name, _broken(delivery, error), first)
    return _live(claim, delivery, published, first)


def _look_up(claim: Claim, delivery: Delivery, at: datetime) -> Settled:
    name = delivery.account.name
    is_news = claim.state is not DeliveryState.UNKNOWN
    again = rules.look_up_again_at(at, delivery.look_ups + 1)
    try:
        connector, account = _channel(delivery)
        published = connector.look_up(likeness_of(delivery), account)
    except SignInRefused as error:
        return _unknown(claim, name, _renew(name, error.sentence), again, is_news=is_news)
    except ChannelError as error:
        return _unknown(claim, name, error.sentence, again, is_news=is_news)
    except Refusal as error:
        return _unknown(claim, name, str(error), again, is_news=is_news)
    except Exception as error:
        _tell("look up", delivery, error)
        return _unknown(claim, name, _broken(delivery, error), again, is_news=is_news)
    if published is not None:
        return _live(claim, delivery, published, again)
    sent_at = delivery.sent_at or at
    if not rules.believes_absence(at, sent_at, patience()):
        # The channel may still be at work on it. Not there yet is not the same as not there.
        then = sent_at + patience().absence
        words = _("It is not there yet; it may still come.")
        return _unknown(claim, name, words, max(then, at + timedelta(seconds=1)), is_news=is_news)
    then_again = rules.send_lost_again_at(at, delivery.attempts)
    return _later(claim, name, _("What was sent did not arrive."), then_again)


def _take_away(claim: Claim, delivery: Delivery, at: datetime) -> Settled:
    tries = Recall.objects.filter(delivery=delivery).values_list("tries", flat=True).first() or 0
    again = rules.recall_again_at(at, tries + 1)
    published = Published(delivery.reference, delivery.url, delivery.detail)
    try:
        connector, account = _channel(delivery)
        connector.delete(published, account)
        # A crash here: deleting what is gone succeeds, so the next try does both again.
        is_there = (
            connector.capabilities.can_read_back
            and connector.read_back(likeness_of(delivery), published, account).is_there
        )
    except SignInRefused as error:
        sentence = _renew(delivery.account.name, error.sentence)
    except ChannelError as error:
        sentence = error.sentence
    except Refusal as error:
        sentence = str(error)
    except Exception as error:
        _tell("delete", delivery, error)
        sentence = _broken(delivery, error)
    else:
        if not is_there:
            gone = _("It is gone from %(account)s.") % {"account": delivery.account.name}
            return _settled(
                claim, DeliveryState.RECALLED, gone, reference=delivery.reference, url=delivery.url
            )
        sentence = _("%(account)s said that it deleted it, and still shows it.") % {
            "account": delivery.account.name
        }
    if again is None:
        sentence += " " + _("Lockgate has stopped trying. Remove it there by hand, then press “try again”.")
    return _settled(
        claim,
        DeliveryState.RECALLING,
        sentence,
        due_at=again,
        reference=delivery.reference,
        url=delivery.url,
        is_news=tries == 0 or again is None,
    )


def _held(claim: Claim) -> Delivery:
    row = Delivery.objects.filter(pk=claim.delivery_id, fence=claim.fence).select_related("account").first()
    if row is None:
        raise ClaimLost(_("Somebody else has taken this up."))
    return row


def _channel(delivery: Delivery) -> tuple[Connector, AccountFacts]:
    return channels.connector(delivery.account.connector), channels.facts(delivery.account)


def _mark_sent(claim: Claim, at: datetime) -> bool:
    """Commit that the request leaves now. False where somebody asked for it back meanwhile.

    Raises ClaimLost where the fence has moved on: then somebody else sends, and we do not.
    """
    with change(durable=True):
        row = Delivery.objects.select_for_update().filter(pk=claim.delivery_id, fence=claim.fence).first()
        if row is None or row.state != DeliveryState.CLAIMED:
            raise ClaimLost(_("Somebody else has taken this up."))
        if Recall.objects.filter(delivery=row).exists():
            return False
        Delivery.objects.filter(pk=row.pk).update(
            state=DeliveryState.SENT.value,
            sent_at=at,
            attempts=F("attempts") + 1,
            look_ups=0,
            due_at=at + patience().lease,
        )
    return True


def _settled(
    claim: Claim,
    state: DeliveryState,
    sentence: str,
    *,
    due_at: datetime | None = None,
    reference: str = "",
    url: str = "",
    is_news: bool = True,
) -> Settled:
    return Settled(
        delivery_id=claim.delivery_id,
        passage_id=claim.passage_id,
        state=state,
        sentence=rules.kept(sentence),
        reference=reference,
        url=url,
        due_at=due_at,
        is_news=is_news,
    )


def _live(claim: Claim, delivery: Delivery, published: Published, again: datetime | None) -> Settled:
    name = delivery.account.name
    reference = rules.kept(published.reference)
    # Without a reference it could be neither read back nor recalled; a look-up may find a usable one.
    if not reference or len(reference) > REFERENCE_LIMIT:
        return _unknown(claim, name, _("it answered without a usable reference."), again)
    url = rules.kept(published.url)
    is_address = url.startswith(("https://", "http://")) and len(url) <= URL_LIMIT
    return Settled(
        delivery_id=claim.delivery_id,
        passage_id=claim.passage_id,
        state=DeliveryState.LIVE,
        sentence=_("It stands on %(account)s.") % {"account": name},
        reference=reference,
        url=url if is_address else "",
        detail={str(key): rules.kept(value) for key, value in published.detail.items()},
    )


def _unknown(claim: Claim, name: str, why: str, due_at: datetime | None, *, is_news: bool = True) -> Settled:
    told = _("We cannot tell yet whether it stands on %(account)s: %(why)s") % {"account": name, "why": why}
    if due_at is None:
        told += " " + _("Lockgate has stopped looking. Look there yourself, then press “try again”.")
    return _settled(claim, DeliveryState.UNKNOWN, told, due_at=due_at, is_news=is_news or due_at is None)


def _later(claim: Claim, name: str, why: str, due_at: datetime | None, *, is_news: bool = True) -> Settled:
    if due_at is None:
        told = _("%(account)s did not take it after many tries: %(why)s") % {"account": name, "why": why}
        return _settled(claim, DeliveryState.REFUSED, told)
    return _settled(claim, DeliveryState.PLANNED, why, due_at=due_at, is_news=is_news)


def _renew(name: str, why: str) -> str:
    mend = _("Ask a channel manager to renew the password of %(account)s.") % {"account": name}
    return f"{why} {mend}".strip()


def _broken(delivery: Delivery, error: Exception) -> str:
    # Only the kind of error: its text may quote a request, and a request may hold a token.
    return _("The connector for %(account)s failed (%(kind)s).") % {
        "account": delivery.account.name,
        "kind": type(error).__name__,
    }


def _tell(what: str, delivery: Delivery, error: Exception) -> None:
    # Where it failed, never what it said: an error's text may quote a request, and so a token.
    where = "".join(traceback.format_tb(error.__traceback__))
    kind = type(error).__name__
    _log.error("connector %s failed to %s: %s\n%s", delivery.account.connector, what, kind, where)
