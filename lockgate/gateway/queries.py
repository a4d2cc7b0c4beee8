"""Reads of the gate, always for a viewer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime

from django.db.models import Count, Max, Q
from django.db.models.functions import TruncDate

from lockgate.approvals import queries as approvals
from lockgate.base.ids import floor_id
from lockgate.base.refusal import NotFound
from lockgate.base.rows import fetched
from lockgate.gateway import rules
from lockgate.gateway.attached import (
    attachment_view,
    attachments_of,
    earlier_files,
    earlier_words,
    read_files,
    slot_of,
)
from lockgate.gateway.judging import check_words, chosen, judge, named, places_for
from lockgate.gateway.models import Attachment, Draft, Message, Passage, Revision, State
from lockgate.gateway.permissions import may_recall
from lockgate.gateway.rules import text_of
from lockgate.gateway.scheduled import scheduled_of
from lockgate.gateway.showing import original_of, why_it_stays
from lockgate.gateway.types import (
    AttachmentView,
    DraftView,
    FileVersion,
    Heard,
    MessageView,
    Part,
    PassageState,
    PlaceRuling,
    Preview,
    ShownAgain,
)
from lockgate.people.models import Person
from lockgate.people.queries import duties
from lockgate.policy.queries import finding_from_json
from lockgate.policy.types import Outcome
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import Hearers

__all__ = [
    "amended_at",
    "attachment",
    "attachment_message",
    "attachment_view",
    "attachments_of",
    "draft",
    "heard_of",
    "marking_heard",
    "message",
    "parts_read",
    "places_for",
    "places_seen",
    "preview",
    "read_files",
    "said_between",
    "scheduled_of",
    "shown_again",
    "shown_id",
    "text_of",
    "versions",
    "waiting_of",
]


def preview(
    viewer: Person,
    *,
    body: str,
    marking: int,
    places: Sequence[str],
    at: datetime,
    attachments: Sequence[int] = (),
    justification: str = "",
    is_scheduled: bool = False,
) -> Preview:
    """What the gate would do with these words, for each place, and exactly who would hear them. Changes nothing."""
    body = check_words(body)
    choices = chosen(viewer, places, at)
    files = _own_attachments(viewer, attachments)
    has_words = bool(body.strip())
    ruled: list[PlaceRuling] = []
    if (has_words or files) and choices:
        judged = judge(body=body, marking=marking, places=choices, attachments=files, at=at)
        ruled = named(judged.rulings, viewer, at)
    private = [choice.audience_id for choice in choices if not choice.is_public]
    return Preview(
        rulings=tuple(ruled),
        hearers=spaces.hearers(private, at) if private else Hearers(0, ()),
        channels=tuple(choice.name for choice in choices if choice.is_public),
        action=rules.action(
            ruled, has_words=has_words, justification=justification, is_scheduled=is_scheduled
        ),
        inside_goes=any(not one.place.is_public and rules.may_go(one.ruling, justification) for one in ruled)
        and any(one.place.is_public for one in ruled),
        parts=rules.what_is_read(body, read_files(files)),
    )


def parts_read(found: MessageView) -> tuple[Part, ...]:
    """What the gate read of a message as it stands, in the parts through which the offsets of its findings count. For
    those who may see these findings: the words of its files are in it."""
    return rules.what_is_read(found.body, read_files(found.attachments))


def draft(viewer: Person, slot: str = "new") -> DraftView | None:
    """The viewer's own draft in ``slot``, or None."""
    # Home asks this each time and most people have none: only where there is one is it worth the ORM's while.
    if not fetched("SELECT 1 FROM gateway_draft WHERE author_id = %s AND slot = %s", [viewer.pk, slot]):
        return None
    row = Draft.objects.filter(author=viewer, slot=slot).first()
    if row is None:
        return None
    return DraftView(
        slot=row.slot,
        body=row.body,
        marking=row.marking,
        places=tuple(row.places),
        deliver_at=row.deliver_at,
        justification=row.justification,
        saved_at=row.saved_at,
        attachments=tuple(
            attachment_view(one)
            for one in Attachment.objects.filter(owner=viewer, message__isnull=True).order_by("id")
        )
        if slot == "new"
        else (),
    )


def attachment(viewer: Person, attachment_id: int, at: datetime) -> AttachmentView:
    """A file that ``viewer`` may open: their own unsent one, or one of a message they may see; else NotFound."""
    row = Attachment.objects.filter(pk=attachment_id).first()
    if row is None or (row.message_id is None and row.owner_id != viewer.pk):
        raise NotFound
    if row.message_id is not None:
        seen = message(viewer, row.message_id, at)
        if row.replaced_at is not None and row.pk not in {one.file.id for one in seen.earlier_files}:
            raise NotFound
    return attachment_view(row)


def attachment_message(viewer: Person, attachment_id: int, at: datetime) -> int:
    """The message that a file which ``viewer`` may open goes with; NotFound for one that is not sent yet."""
    attachment(viewer, attachment_id, at)
    number = Attachment.objects.values_list("message_id", flat=True).get(pk=attachment_id)
    if number is None:
        raise NotFound
    return number


def versions(viewer: Person, attachment_id: int, at: datetime) -> list[FileVersion]:
    """What stands in the slot of a file and what stood there, the newest first, as far as ``viewer`` may open it.
    Raises NotFound as ``attachment`` does."""
    row = Attachment.objects.filter(pk=attachment_id).first()
    if row is None or row.message_id is None:
        return [FileVersion(attachment(viewer, attachment_id, at), None)]
    seen = message(viewer, row.message_id, at)
    earlier = {one.file.id: one for one in seen.earlier_files}
    now_id = row.pk if row.replaced_at is None else earlier[row.pk].now_id if row.pk in earlier else None
    standing = next((one for one in seen.attachments if one.id == now_id), None)
    if standing is None:
        raise NotFound
    before = [one for one in seen.earlier_files if one.now_id == standing.id]
    return [FileVersion(standing, None), *(FileVersion(one.file, one.replaced_at) for one in before)]


def message(viewer: Person, message_id: int, at: datetime) -> MessageView:
    """One message as ``viewer`` may see it. Raises NotFound alike where it is not and where they may not.

    The author sees every passage with its state; a signer, the passages asked of them; a channel manager, what was
    cleared for the public and is stuck; everybody else, only what was delivered to an audience that they hear
    now. Earlier wordings are shown to the author and to signers alone.
    """
    row = Message.objects.filter(pk=message_id).first()
    if row is None:
        raise NotFound
    heard = spaces.audible(viewer, at)
    mine = row.author_id == viewer.pk
    asked = set() if mine else approvals.passages_asked_of(viewer, message_id)
    shown = []
    rows = list(
        Passage.objects.filter(message=row)
        .select_related("audience__space", "account", "ruling")
        .order_by("id")
    )
    for passage in rows:
        own = mine and _is_own_still(passage, heard)
        tends = _tends_delivery(viewer, passage, at)
        if not (own or tends or passage.pk in asked or _hears(passage, heard)):
            continue
        shown.append(_state(passage, viewer, with_reasons=own or tends or passage.pk in asked, at=at))
    if not shown:
        raise NotFound
    insider = mine or bool(asked)
    shows = next((one.shows_id for one in rows if one.shows_id), None)
    files = sorted(Attachment.objects.filter(message=row), key=slot_of)
    stands = [(one.state, one.place) for one in shown]
    return MessageView(
        id=row.pk,
        author_id=row.author_id,
        body=row.body,
        marking=row.marking,
        revision=row.revision,
        justification=row.justification if insider else "",
        written_at=row.written_at,
        passages=tuple(shown),
        attachments=tuple(attachment_view(one) for one in files if one.replaced_at is None),
        revisions=earlier_words(row.revisions.all(), shown, is_insider=insider) if row.revision > 1 else (),
        is_mine=mine,
        thread_id=next((one.thread_id for one in rows if one.thread_id), None),
        shows_id=shows,
        is_boost=row.is_boost,
        can_revise=mine and any(one.state in (State.HELD, State.RETURNED) for one in shown),
        earlier_files=earlier_files(files, shown, is_insider=insider),
        can_give_versions=mine and rules.may_give_versions(stands),
        can_amend=mine and not row.is_boost and rules.may_amend(stands),
    )


def shown_again(viewer: Person, passage_id: int, at: datetime) -> ShownAgain:
    """A post that ``viewer`` hears (of a boost, what it boosts), with the keys of those of their places where they may
    quote or boost it. Raises NotFound."""
    original = original_of(viewer, passage_id, at)
    inside = [one for one in places_for(viewer, at) if not one.is_public]
    return ShownAgain(
        original.pk, frozenset(one.key for one in inside if not why_it_stays(original, one, at))
    )


def shown_id(viewer: Person, passage_id: int, at: datetime) -> int:
    """The post itself, for one that ``viewer`` hears; of a boost, what it boosts. Raises NotFound."""
    return int(original_of(viewer, passage_id, at).pk)


def _tends_delivery(viewer: Person, passage: Passage, at: datetime) -> bool:
    """A channel manager looks after what was cleared for the public and has not arrived; it is public but for
    that."""
    stuck = (State.QUEUED, State.UNKNOWN, State.FAILED, State.RECALLING)
    if passage.account_id is None or passage.state not in stuck or not viewer.firm.is_house:
        return False
    return "channel_manager" in duties(viewer, at)


def _hears(passage: Passage, heard: Mapping[int, int]) -> bool:
    """Whether it was delivered where somebody who hears ``heard`` (audience id to lowest position) hears it."""
    return (
        passage.state == State.DELIVERED
        and passage.position is not None
        and heard.get(passage.audience_id, passage.position + 1) <= passage.position
    )


def _is_own_still(passage: Passage, heard: Mapping[int, int]) -> bool:
    """An author who was cleared from the room keeps no window into it by way of what they once said there."""
    return passage.audience_id in heard or passage.account_id is not None


def amended_at(rows: Collection[Passage]) -> dict[int, datetime]:
    """When the words of delivered passages (with their messages) were last changed where they stand, by passage; the
    others are left out, and where none was ever reworded nothing is asked. The caller has asked who hears them."""
    reworded = [one for one in rows if one.message.revision > 1]
    if not reworded:
        return {}
    revisions = Revision.objects.filter(message_id__in={one.message_id for one in reworded})
    last = dict(revisions.values_list("message_id").annotate(Max("replaced_at")))
    return {
        one.pk: last[one.message_id]
        for one in reworded
        if one.position is not None and floor_id(last[one.message_id]) > one.position
    }


def places_seen(viewer: Person, message_ids: Collection[int], at: datetime) -> dict[int, set[str]]:
    """For each of these messages that ``viewer`` may see at ``at``, the names of the places where; the others
    are left
    out. What was told about a message is shown only while this still names its place."""
    if not message_ids:
        return {}
    heard = spaces.audible(viewer, at)
    seen: dict[int, set[str]] = {}
    asked: dict[int, set[int]] = {}
    rows = Passage.objects.filter(message_id__in=message_ids).select_related(
        "message", "audience__space", "account"
    )
    for passage in rows:
        number = passage.message_id
        if passage.message.author_id == viewer.pk:
            shown = _is_own_still(passage, heard)
        elif not (shown := _hears(passage, heard)):
            if number not in asked:
                asked[number] = approvals.passages_asked_of(viewer, number)
            shown = passage.pk in asked[number]
        if shown:
            space = passage.audience.space
            name = passage.account.name if passage.account else space.name if space else ""
            seen.setdefault(number, set()).add(name)
    return seen


def waiting_of(viewer: Person, at: datetime) -> list[tuple[int, str, PassageState]]:
    """The viewer's own passages that are not through: (message id, first words, state), newest first."""
    heard = spaces.audible(viewer, at)
    rows = (
        Passage.objects.filter(message__author=viewer)
        .exclude(state__in=[State.DELIVERED, State.RECALLED])
        .select_related("audience__space", "account", "ruling", "message")
        .order_by("-id")[:50]
    )
    return [
        (row.message_id, row.message.body[:140], _state(row, viewer, with_reasons=True, at=at))
        for row in rows
        if row.audience_id in heard or row.account_id
    ]


def _state(passage: Passage, viewer: Person, *, with_reasons: bool, at: datetime) -> PassageState:
    if passage.account is not None:
        key, name = f"channel:{passage.account.slug}", passage.account.name
    else:
        key, name = passage.audience.key, passage.audience.title
    return PassageState(
        passage_id=passage.pk,
        place=key,
        place_name=name,
        kind=passage.audience.kind,
        state=passage.state,
        deliver_at=passage.deliver_at,
        delivered_at=passage.delivered_at,
        outside_url=passage.outside_url,
        last_word=passage.last_word if with_reasons else "",
        outcome=Outcome(passage.ruling.outcome),
        findings=tuple(finding_from_json(one) for one in passage.ruling.findings) if with_reasons else (),
        policy_version=passage.ruling.policy_version,
        audience_id=passage.audience_id,
        position=passage.position,
        can_recall=may_recall(viewer, passage, at),
    )


def _own_attachments(viewer: Person, ids: Sequence[int]) -> list[AttachmentView]:
    if not ids:
        return []
    rows = {
        row.pk: row
        for row in Attachment.objects.filter(owner=viewer, message__isnull=True, pk__in=list(ids)[:10])
    }
    return [attachment_view(rows[one]) for one in ids if one in rows]


def heard_of(happened: Collection[tuple[int, str]], since: datetime) -> list[Heard]:
    """What these happenings (passage id, kind) of spaces delivered at ``since`` or later: posts themselves, and the
    answers of threads. Ids alone: whoever carries them further asks ``message`` for each reader."""
    posts = [passage for passage, kind in happened if kind == "delivered"]
    threads = [passage for passage, kind in happened if kind == "answered"]
    if not posts and not threads:
        return []
    rows = Passage.objects.filter(
        Q(pk__in=posts, thread__isnull=True) | Q(thread__in=threads),
        state=State.DELIVERED,
        account__isnull=True,
        position__gte=floor_id(since),
    )
    values = rows.order_by("position").values_list(
        "pk", "message_id", "audience_id", "position", "thread_id", "thread__message_id", "message__author_id"
    )
    return [
        Heard(number, message, audience, position or 0, thread, thread_message, author)
        for number, message, audience, position, thread, thread_message, author in values
    ]


def said_between(begins: datetime, ends: datetime) -> list[tuple[int, date, int]]:
    """(audience id, day, how many) of what was delivered in spaces and stands; numbers alone."""
    rows = Passage.objects.filter(
        position__gte=floor_id(begins), position__lt=floor_id(ends), account__isnull=True
    )
    days = rows.annotate(day=TruncDate("delivered_at", tzinfo=UTC)).values_list("audience_id", "day")
    return list(days.annotate(count=Count("pk")).order_by("audience_id", "day"))


def marking_heard(viewer: Person, passage_id: int, at: datetime) -> int | None:
    """The marking of a delivered post that ``viewer`` hears at ``at``; None alike where there is none and where they
    do not."""
    row = Passage.objects.filter(pk=passage_id).first()
    return row.marking if row is not None and _hears(row, spaces.audible(viewer, at)) else None


def written_by(author: Person) -> list[int]:
    """Ids of all that ``author`` has submitted, the oldest first. What of it they may see still, ``message`` says."""
    return list(Message.objects.filter(author=author).order_by("pk").values_list("pk", flat=True))


def drafts(author: Person) -> list[DraftView]:
    """All drafts of ``author``, by slot."""
    found = [draft(author, slot) for slot in _slots(author)]
    return [one for one in found if one is not None]


def _slots(author: Person) -> list[str]:
    return list(Draft.objects.filter(author=author).order_by("slot").values_list("slot", flat=True))


def has_written(person: Person) -> bool:
    """Whether ``person`` ever sent anything through the gate."""
    return Message.objects.filter(author=person).exists()
