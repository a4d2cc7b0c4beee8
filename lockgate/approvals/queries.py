"""What waits, what was answered, and whether a passage is signed. Reads, always for a viewer, save
``is_signed`` and ``of_passage``, whose callers have settled who may ask."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from lockgate.approvals.models import Desk, Escalation, Request
from lockgate.approvals.rules import COMPLIANCE, DeskFacts, asks
from lockgate.approvals.types import DeskView, RequestView, Verdict
from lockgate.base.ids import floor_id
from lockgate.base.refusal import NotFound
from lockgate.base.rows import fetched
from lockgate.people.models import Person
from lockgate.profiles.queries import away_ids

DECIDED_SHOWN = 100


def is_signed(passage_id: int, content_hash: bytes, policy_version: str) -> bool:
    """Whether every desk asked has approved exactly this content under exactly this policy.

    False when nobody was asked, when any request that is not void is open or was answered otherwise, or when
    any of them speaks of other content or another policy: in doubt, it is not signed.
    """
    rows = Request.objects.filter(passage_id=passage_id, voiding__isnull=True).values_list(
        "sign_off__decision", "sign_off__content_hash", "sign_off__policy_version"
    )
    answers = [
        decision == Verdict.APPROVE and bytes(signed or b"") == content_hash and policy == policy_version
        for decision, signed, policy in rows
    ]
    return bool(answers) and all(answers)


def waiting_for(viewer: Person, at: datetime) -> list[RequestView]:
    """Open requests that ``viewer`` may answer, the most urgent first."""
    rows = _rows().filter(_may_sign(viewer), sign_off__isnull=True, voiding__isnull=True)
    return [_view(row, at) for row in rows.order_by("due_at", "pk").distinct()]


def waiting_count(viewer: Person) -> int:
    """How many open requests ``viewer`` may answer; one query, plain because every page asks it."""
    if not viewer.is_active:
        return 0
    return int(fetched(*waiting_question(viewer))[0][0])


def waiting_question(viewer: Person) -> tuple[str, list[Any]]:
    """What ``waiting_count`` asks the database, for ``rows.ahead``."""
    return _WAITING, [viewer.pk] * 5


# The same rule as ``_may_sign``; a test asks both of everybody. It begins at the viewer's own desks and at what was
# passed on to them, so that it stays as quick when a hundred thousand requests have been answered.
_OPEN = (
    " AND asked.author_id <> %s"
    " AND NOT EXISTS (SELECT 1 FROM approvals_signoff answer WHERE answer.request_id = asked.id)"
    " AND NOT EXISTS (SELECT 1 FROM approvals_voiding void WHERE void.request_id = asked.id)"
)
_WAITING = (
    "SELECT COUNT(*) FROM (SELECT asked.id FROM approvals_desk desk"  # noqa: S608 (our own text)
    " JOIN approvals_request asked ON asked.desk_id = desk.id"
    f" WHERE (desk.approver_id = %s OR desk.deputy_id = %s){_OPEN}"
    " UNION SELECT asked.id FROM approvals_escalation passed"
    " JOIN approvals_request asked ON asked.id = passed.request_id"
    f" WHERE passed.to_id = %s{_OPEN}) waiting"
)


def decided_by(viewer: Person, at: datetime, limit: int = DECIDED_SHOWN) -> list[RequestView]:
    """What ``viewer`` has answered, the latest first."""
    rows = _rows().filter(sign_off__signer=viewer).order_by("-sign_off__at")[:limit]
    return [_view(row, at) for row in rows]


def of_passage(passage_id: int, at: datetime) -> list[RequestView]:
    """All that was asked for a passage, the latest first: where it waits, for whom, and what was answered.

    The caller has made sure that its reader is the author or somebody who may sign.
    """
    return [_view(row, at) for row in _rows().filter(passage_id=passage_id).order_by("-asked_at", "pk")]


def of_passages(passage_ids: list[int], at: datetime, *, viewer: Person) -> dict[int, list[RequestView]]:
    """The same for several passages, in one read. A guest reads the desks' names in place of the signers'."""
    found: dict[int, list[RequestView]] = {one: [] for one in passage_ids}
    for row in _rows().filter(passage_id__in=passage_ids).order_by("-asked_at", "pk"):
        found[row.passage_id].append(_told(_view(row, at), viewer))
    return found


def request(viewer: Person, request_id: int, at: datetime) -> RequestView:
    """One request, for its author and for those who may sign or did. Anybody else finds nothing there."""
    row = (
        _rows()
        .filter(Q(author=viewer) | Q(sign_off__signer=viewer) | _may_sign(viewer), pk=request_id)
        .distinct()
        .first()
    )
    if row is None:
        raise NotFound
    return _told(_view(row, at), viewer)


def may_see_passage(viewer: Person, passage_id: int) -> bool:
    """Whether ``viewer`` was asked to sign this passage (and so must be able to read it)."""
    asked = Q(sign_off__signer=viewer) | _may_sign(viewer)
    return Request.objects.filter(asked, passage_id=passage_id).exists()


def may_see_message(viewer: Person, message_id: int) -> bool:
    """Whether ``viewer`` was asked to sign any passage of this message."""
    asked = Q(sign_off__signer=viewer) | _may_sign(viewer)
    return Request.objects.filter(asked, message_id=message_id).exists()


def passages_asked_of(viewer: Person, message_id: int) -> set[int]:
    """Ids of those passages of a message that ``viewer`` was asked to sign, or has signed."""
    asked = Q(sign_off__signer=viewer) | _may_sign(viewer)
    rows = Request.objects.filter(asked, message_id=message_id)
    return set(rows.values_list("passage_id", flat=True))


def asked_about(passage_ids: Collection[int]) -> set[int]:
    """Those of these passages about which somebody is asked, or has answered, and it still counts."""
    rows = Request.objects.filter(passage_id__in=passage_ids, voiding__isnull=True)
    return set(rows.values_list("passage_id", flat=True))


def passage_of(request_id: int) -> int | None:
    """The passage that a request is about, so that a caller can lock it before the request's own rows."""
    return Request.objects.filter(pk=request_id).values_list("passage_id", flat=True).first()


def signers(slugs: Collection[str], *, author: Person, at: datetime) -> dict[str, str]:
    """For each desk that would be asked, the name of the person it would be asked of if ``author`` wrote it.

    A desk that does not exist, or where nobody could sign, is left out. A guest is told the desk's name instead: who
    works in the house is known to those who sit with them.
    """
    rows = {
        row.slug: row
        for row in Desk.objects.filter(slug__in=[*slugs, COMPLIANCE]).select_related("approver", "deputy")
    }
    facts = desks_at(rows, at)
    names = {
        person.pk: person.name
        for row in rows.values()
        for person in (row.approver, row.deputy)
        if person is not None
    }
    found: dict[str, str] = {}
    for slug in slugs:
        if slug in facts:
            made = asks(author.pk, [facts[slug]], facts.get(COMPLIANCE))
            if not isinstance(made, str):
                found[slug] = rows[slug].name if _is_guest(author) else names[made[0].asked]
    return found


def desks_at(rows: Mapping[str, Desk], at: datetime) -> dict[str, DeskFacts]:
    """Desks as the rules see them at ``at``, by slug: whoever has left is not there, and who is away is known to be.
    One query where there is a desk."""
    staff = {one for row in rows.values() for one in (row.approver_id, row.deputy_id) if one is not None}
    away = frozenset(away_ids(staff, at)) if staff else frozenset()
    return {slug: _desk_facts(row, away) for slug, row in rows.items()}


def _desk_facts(row: Desk, away: frozenset[int]) -> DeskFacts:
    deputy = row.deputy
    return DeskFacts(
        slug=row.slug,
        approver=row.approver.pk if row.approver.is_active else None,
        deputy=deputy.pk if deputy is not None and deputy.is_active else None,
        away=away,
    )


def desks() -> list[DeskView]:
    """All desks, by name."""
    rows = Desk.objects.select_related("approver", "deputy").order_by("name")
    return [
        DeskView(
            slug=row.slug,
            name=row.name,
            approver_name=row.approver.name,
            approver_slug=row.approver.slug,
            deputy_name=row.deputy.name if row.deputy else "",
            deputy_slug=row.deputy.slug if row.deputy else "",
            answer_hours=row.answer_hours,
        )
        for row in rows
    ]


def _may_sign(viewer: Person) -> Q:
    if not viewer.is_active:
        return Q(pk__in=[])
    asked = Q(desk__approver=viewer) | Q(desk__deputy=viewer) | Q(escalations__to=viewer)
    return asked & ~Q(author=viewer)


def _rows() -> QuerySet[Request]:
    return Request.objects.select_related(
        "author", "asked", "desk__approver", "desk__deputy", "sign_off__signer", "voiding"
    ).prefetch_related(Prefetch("escalations", Escalation.objects.select_related("by", "to").order_by("at")))


def _is_guest(person: Person) -> bool:
    return not person.firm.is_house


def _told(view: RequestView, viewer: Person) -> RequestView:
    if not _is_guest(viewer):
        return view
    return replace(
        view,
        waits_for=(view.desk_name,) if view.waits_for else (),
        decided_by=view.desk_name if view.decided_by else "",
        escalated_from="",
        escalated_word="",
    )


def _view(row: Request, at: datetime) -> RequestView:
    passed_on = list(row.escalations.all())
    persons = [row.asked, row.desk.approver, row.desk.deputy, *(one.to for one in reversed(passed_on))]
    names = dict.fromkeys(one.name for one in persons if one is not None and one.pk != row.author_id)
    answer = getattr(row, "sign_off", None)
    voiding = getattr(row, "voiding", None)
    is_open = answer is None and voiding is None
    return RequestView(
        request_id=row.pk,
        passage_id=row.passage_id,
        message_id=row.message_id,
        place_key=row.place_key,
        author_id=row.author_id,
        author_name=row.author.name,
        author_slug=row.author.slug,
        desk=row.desk.slug,
        desk_name=row.desk.name,
        asked_at=row.asked_at,
        due_at=row.due_at,
        is_overdue=is_open and at > row.due_at,
        justification=row.justification,
        policy_version=row.policy_version,
        content_hash=bytes(row.content_hash),
        waits_for=tuple(names),
        escalated_from=passed_on[-1].by.name if passed_on else "",
        escalated_word=passed_on[-1].word if passed_on else "",
        verdict=Verdict(answer.decision) if answer else None,
        decided_by=answer.signer.name if answer else "",
        decided_at=answer.at if answer else None,
        word=answer.word if answer else "",
        voided_why=voiding.why if voiding else "",
        voided_at=voiding.at if voiding else None,
    )


def asked_between(begins: datetime, ends: datetime) -> list[tuple[int, int, int]]:
    """(request id, message id, person id) for everybody who came to wait for an answer of theirs in a span of time, by
    being asked or by having it passed on to them. Whoever tells them asks ``request`` for each again."""
    rows = Request.objects.filter(
        pk__gte=floor_id(begins), pk__lt=floor_id(ends), sign_off__isnull=True, voiding__isnull=True
    ).select_related("desk")
    asked = [
        (row.pk, row.message_id, person)
        for row in rows.order_by("pk")
        for person in dict.fromkeys((row.asked_id, row.desk.approver_id, row.desk.deputy_id))
        if person is not None and person != row.author_id
    ]
    passed_on = Escalation.objects.filter(at__gte=begins, at__lt=ends, request__sign_off__isnull=True)
    return asked + list(passed_on.values_list("request_id", "request__message_id", "to_id"))
