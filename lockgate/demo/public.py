"""What was meant for the public: submitted, ruled on, signed by those whom the story names; and what the
channels answered, which only the story knows."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import F

from lockgate.approvals.models import Desk
from lockgate.approvals.queries import of_passage
from lockgate.base.markings import Marking
from lockgate.base.refusal import Refusal
from lockgate.channels.queries import connector, facts
from lockgate.demo.story import Story
from lockgate.gateway.models import Passage, State
from lockgate.gateway.operations import escalate, recall, settle, sign_off, submit
from lockgate.people.models import Person
from lockgate.publishing.models import Delivery, ReadBack
from lockgate.publishing.posts import post_of
from lockgate.publishing.types import Claim, DeliveryState, Settled

_MINUTE = timedelta(minutes=1)


def tell(story: Story, posts: list[Any]) -> None:
    """Put each public post into the story: its submission, its signatures, its arrival, its recall."""
    for number, post in enumerate(posts):
        key = f"public/{number}"
        at = story.moment(post["at"])
        story.happens(at, partial(_submit, story, key, post))
        for signature in post.get("signoffs") or []:
            signed_at = max(story.moment(signature["at"]), at + _MINUTE)
            story.happens(signed_at, partial(_sign, story, key, signature))
        last = max([at, *(story.moment(one["at"]) for one in post.get("signoffs") or [])])
        story.happens(last + 2 * _MINUTE, partial(_arrive, story, key, post))
        if post.get("recall"):
            story.happens(story.moment(post["recall"]["at"]), partial(_recall, story, key, post))


def _passages(story: Story, key: str) -> list[Passage]:
    if key not in story.passages:
        return []
    return list(Passage.objects.filter(message_id=story.passages[key], account__isnull=False).order_by("id"))


def _submit(story: Story, key: str, post: Any, at: datetime) -> None:
    later = story.moment(post["schedule"]) if post.get("schedule") else None
    try:
        said = submit(
            by=story.persons[post["by"]],
            at=at,
            body=post["body"].strip(),
            marking=Marking.PUBLIC,
            places=post["places"],
            deliver_at=later if later and later > at else None,
            justification=post.get("justification") or "",
            slot="",
        )
    except Refusal:
        # Every place refused: nothing was sent, the attempt is in the archive.
        return
    story.passages[key] = said.message_id


def _sign(story: Story, key: str, signature: Any, at: datetime) -> None:
    for passage in _passages(story, key):
        for request in of_passage(passage.pk, at):
            if not request.is_open or request.desk != signature["desk"]:
                continue
            by = story.persons[signature["by"]]
            if signature["decision"] == "escalate":
                to = (
                    story.persons[signature["to"]]
                    if signature.get("to") in story.persons
                    else _head(signature)
                )
                if to is None or to.name in request.waits_for:
                    # The deputy was named: they may sign already, and do so next in the story.
                    continue
                escalate(request_id=request.request_id, by=by, to=to, word=signature["word"], at=at)
                continue
            sign_off(
                request_id=request.request_id,
                by=by,
                decision=signature["decision"],
                word=signature["word"],
                at=at,
            )


def _head(signature: Any) -> Person | None:
    desk = Desk.objects.filter(slug=signature.get("to", "")).select_related("approver").first()
    return desk.approver if desk else None


def _arrive(story: Story, key: str, post: Any, at: datetime) -> None:
    for passage in _passages(story, key):
        if passage.state != State.QUEUED:
            continue
        delivery = Delivery.objects.select_related("account").get(passage_id=passage.pk)
        answer = _answered(delivery, passage, post)
        # The steps that a delivery takes, one by one: the database knows no other way.
        for state in (DeliveryState.CLAIMED, DeliveryState.SENT):
            Delivery.objects.filter(pk=delivery.pk).update(
                state=state.value, fence=F("fence") + 1, due_at=at + _MINUTE, sent_at=at
            )
        delivery.refresh_from_db()
        claim = Claim(delivery.pk, passage.pk, delivery.fence, DeliveryState.CLAIMED)
        settle(claim, answer, at=at)
        if answer.state is DeliveryState.LIVE:
            ReadBack.objects.create(delivery=delivery, at=at + _MINUTE, is_there=True, differences=[])
            Delivery.objects.filter(pk=delivery.pk).update(read_back_due_at=None)


def _answered(delivery: Delivery, passage: Passage, post: Any) -> Settled:
    state = post["state"]
    note = post.get("note") or ""
    if state == "failed":
        return Settled(delivery.pk, passage.pk, DeliveryState.REFUSED, note)
    if state == "unknown":
        return Settled(delivery.pk, passage.pk, DeliveryState.UNKNOWN, note)
    account = delivery.account
    if account.connector == "feed":
        published = connector("feed").publish(post_of(delivery, None), facts(account))
        return Settled(
            delivery.pk,
            passage.pk,
            DeliveryState.LIVE,
            note,
            reference=published.reference,
            url=published.url,
        )
    return Settled(
        delivery.pk,
        passage.pk,
        DeliveryState.LIVE,
        note,
        reference=delivery.token,
        url=f"{account.base_url}/{delivery.token}",
    )


def _recall(story: Story, key: str, post: Any, at: datetime) -> None:
    word = post["recall"]
    for passage in _passages(story, key):
        if passage.state != State.DELIVERED:
            continue
        state = recall(by=story.persons[word["by"]], at=at, passage_id=passage.pk, why=word["why"])
        if state != State.RECALLING:
            continue
        delivery = Delivery.objects.get(passage_id=passage.pk)
        claim = Claim(delivery.pk, passage.pk, delivery.fence, DeliveryState.RECALLING)
        settle(claim, Settled(delivery.pk, passage.pk, DeliveryState.RECALLED, ""), at=at)
