"""Asking for a signature, giving it, passing it on, voiding it, and reminding. Each is one transaction with
its record in the archive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lockgate.approvals import events, rules
from lockgate.approvals.desks import open_desk, staff_desk
from lockgate.approvals.models import Desk, Escalation, Reminder, Request, SignOff, Voiding
from lockgate.approvals.queries import desks_at
from lockgate.approvals.refusals import AlreadyDecided, DeskTaken, NoLongerAsked, NoOneCanSign
from lockgate.approvals.types import Decision, Nudge, ReminderKind, Standing, Verdict
from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.people.models import Person

__all__ = [
    "AlreadyDecided",
    "DeskTaken",
    "NoLongerAsked",
    "NoOneCanSign",
    "ask",
    "escalate",
    "open_desk",
    "remind",
    "sign_off",
    "staff_desk",
    "void",
]

SYSTEM = "system"


def ask(
    *,
    passage_id: int,
    message_id: int,
    author: Person,
    place_key: str,
    desks: Sequence[str],
    content_hash: bytes,
    policy_version: str,
    justification: str,
    at: datetime,
) -> list[Request]:
    """Ask each desk (by slug) to sign this content under this policy; answers the requests made.

    Where the author is a desk's approver the deputy is asked; where neither can, the desk "compliance". Two
    desks that come to the same one are asked once. Raises NoOneCanSign where even there nobody can, BadInput
    for a desk that does not exist: in both nothing is asked, and the passage must go on waiting.
    """
    if len(content_hash) != 32:
        raise ValueError("content_hash is SHA-256, 32 bytes")
    if not desks:
        raise ValueError("a held passage names at least one desk")
    rows = {
        desk.slug: desk
        for desk in Desk.objects.filter(slug__in=[*desks, rules.COMPLIANCE]).select_related(
            "approver", "deputy"
        )
    }
    missing = [slug for slug in desks if slug not in rows]
    if missing:
        raise BadInput(
            _("No desk is called “%(slug)s”, so nobody can be asked to sign.") % {"slug": missing[0]},
            _("Ask a channel manager to open that desk."),
        )
    facts = desks_at(rows, at)
    made = rules.asks(author.pk, [facts[slug] for slug in desks], facts.get(rules.COMPLIANCE))
    if isinstance(made, str):
        raise NoOneCanSign(
            _("Nobody but you can sign for %(desk)s.") % {"desk": rows[made].name},
            _("Ask a channel manager to name another approver or a deputy."),
        )
    with change():
        requests = Request.objects.bulk_create(
            [
                Request(
                    id=new_id(at),
                    passage_id=passage_id,
                    message_id=message_id,
                    place_key=place_key,
                    author=author,
                    desk=rows[one.desk],
                    asked_id=one.asked,
                    content_hash=content_hash,
                    policy_version=policy_version,
                    justification=justification.strip(),
                    asked_at=at,
                    due_at=rules.due_at(at, rows[one.desk].answer_hours),
                )
                for one in made
            ]
        )
        record([_fact(events.ASKED, request, author.pseudonym, at, justification) for request in requests])
    return requests


def sign_off(*, request_id: int, by: Person, decision: Verdict | str, word: str, at: datetime) -> Decision:
    """Answer a request: approve, ask for a change, or reject, with a word of reason (1 to 500 characters).

    May be called inside the caller's transaction, so that what follows from the answer is one change with it.
    A no, or a wish for change, makes the open requests of the same passage void. Raises NotFound for whoever
    may not sign (the author always), AlreadyDecided for whoever comes second, NoLongerAsked where the words
    changed meanwhile.
    """
    try:
        verdict = Verdict(decision)
    except ValueError as error:
        raise BadInput(_("An answer is approve, change or reject.")) from error
    said = _word(word)
    with change():
        together = _locked_with_its_passage(request_id)
        request = together[request_id]
        _may_sign_or_not_found(request, by)
        _refuse_if_closed(request_id)
        try:
            # A savepoint, so that losing the race leaves the caller's transaction usable.
            with transaction.atomic():
                SignOff.objects.create(
                    request=request,
                    signer=by,
                    author_id=request.author_id,
                    decision=verdict.value,
                    word=said,
                    content_hash=bytes(request.content_hash),
                    policy_version=request.policy_version,
                    at=at,
                )
        except IntegrityError:
            _refuse_if_closed(request_id)
            raise
        record([_fact(events.DECIDED[verdict], request, by.pseudonym, at, said)])
        if verdict is not Verdict.APPROVE:
            _void(
                [one for one in together.values() if one.pk != request_id],
                _("Another desk has answered, so this signature is no longer needed."),
                at,
                only_open=True,
            )
        standing = _standing(request.passage_id)
    return Decision(
        request_id=request.pk,
        passage_id=request.passage_id,
        message_id=request.message_id,
        author_id=request.author_id,
        desk=request.desk.slug,
        verdict=verdict,
        word=said,
        signer_id=by.pk,
        at=at,
        standing=standing,
        was_late=at > request.due_at,
        content_hash=bytes(request.content_hash),
        policy_version=request.policy_version,
    )


def escalate(*, request_id: int, by: Person, to: Person, word: str, at: datetime) -> Escalation:
    """Pass a request on to ``to``, who may then sign as well as those who could before.

    Raises NotFound for whoever may not sign, BadInput where ``to`` cannot (the author, a guest, one who has
    left, oneself, or one who may sign already), AlreadyDecided or NoLongerAsked where it is closed.
    """
    said = _word(word)
    with change():
        request = _locked_with_its_passage(request_id)[request_id]
        _may_sign_or_not_found(request, by)
        _refuse_if_closed(request_id)
        if to.pk == request.author_id:
            raise BadInput(_("%(name)s wrote this and cannot sign it.") % {"name": to.name})
        if not to.is_active or to.is_bot or not to.firm.is_house:
            raise BadInput(_("%(name)s cannot sign for the company.") % {"name": to.name})
        if _may_sign(request, to):
            raise BadInput(_("%(name)s may sign this already.") % {"name": to.name})
        escalation = Escalation.objects.create(request=request, by=by, to=to, word=said, at=at)
        record([_fact(events.ESCALATED, request, by.pseudonym, at, said)])
    return escalation


def void(*, passage_id: int, why: str, at: datetime, by: Person | None = None) -> int:
    """No request of this passage, open or answered, counts any more; answers how many were made void.

    Call it in the transaction that changes the words, or takes the passage back.
    """
    with change():
        requests = list(Request.objects.select_for_update().filter(passage_id=passage_id).order_by("pk"))
        return _void(requests, why, at, only_open=False, by=by)


def remind(*, at: datetime, limit: int = 200) -> list[Nudge]:
    """Who must be told now that a request waits. Each kind is told once for each request; an overdue request
    stays open. The caller sends the notices in the same transaction."""
    with change():
        waiting = list(
            Request.objects.select_for_update(of=("self",))
            .filter(sign_off__isnull=True, voiding__isnull=True)
            .exclude(reminders__kind=Reminder.Kind.OVERDUE)
            .select_related("desk")
            .prefetch_related("escalations", "reminders")
            .order_by("due_at")[:limit]
        )
        nudges: list[Nudge] = []
        facts: list[Fact] = []
        for request in waiting:
            told = {reminder.kind for reminder in request.reminders.all()}
            if at >= request.due_at:
                kind, action = ReminderKind.OVERDUE, events.OVERDUE
            elif at >= rules.remind_from(request.asked_at, request.due_at) and not told:
                kind, action = ReminderKind.DUE, events.REMINDED
            else:
                continue
            Reminder.objects.create(request=request, kind=kind.value, at=at)
            facts.append(_fact(action, request, SYSTEM, at))
            nudges.append(_nudge(kind, request))
        record(facts)
    return nudges


def _nudge(kind: ReminderKind, request: Request) -> Nudge:
    persons = [request.asked_id, request.desk.approver_id, request.desk.deputy_id]
    persons += [escalation.to_id for escalation in request.escalations.all()]
    signers = dict.fromkeys(one for one in persons if one is not None and one != request.author_id)
    return Nudge(
        kind=kind,
        request_id=request.pk,
        passage_id=request.passage_id,
        message_id=request.message_id,
        place_key=request.place_key,
        desk_name=request.desk.name,
        due_at=request.due_at,
        author_id=request.author_id,
        signer_ids=tuple(signers),
    )


def _locked_with_its_passage(request_id: int) -> dict[int, Request]:
    """All requests of the same passage, locked in order of id.

    Why all: two desks that sign in the same moment must not each find the other's answer missing, or the
    passage would wait for ever although everybody has signed.
    """
    passage_id = Request.objects.filter(pk=request_id).values_list("passage_id", flat=True).first()
    if passage_id is None:
        raise NotFound
    rows = (
        Request.objects.select_for_update(of=("self",)).filter(passage_id=passage_id).select_related("desk")
    )
    return {row.pk: row for row in rows.order_by("pk")}


def _may_sign(request: Request, person: Person) -> bool:
    return (
        person.is_active
        and not person.is_bot
        and rules.may_sign(
            person.pk,
            author=request.author_id,
            approver=request.desk.approver_id,
            deputy=request.desk.deputy_id,
            escalated_to=Escalation.objects.filter(request=request).values_list("to_id", flat=True),
        )
    )


def _may_sign_or_not_found(request: Request, by: Person) -> None:
    if not _may_sign(request, by):
        raise NotFound


def _refuse_if_closed(request_id: int) -> None:
    answer = SignOff.objects.filter(request_id=request_id).select_related("signer").first()
    voiding = Voiding.objects.filter(request_id=request_id).first()
    if voiding is not None:
        raise NoLongerAsked(_("This signature is no longer asked for: %(why)s") % {"why": voiding.why})
    if answer is not None:
        raise AlreadyDecided(answer.signer.name, Verdict(answer.decision), answer.at, answer.word)


def _void(
    requests: Sequence[Request], why: str, at: datetime, *, only_open: bool, by: Person | None = None
) -> int:
    ids = [request.pk for request in requests]
    closed = set(Voiding.objects.filter(request_id__in=ids).values_list("request_id", flat=True))
    if only_open:
        closed |= set(SignOff.objects.filter(request_id__in=ids).values_list("request_id", flat=True))
    moot = [request for request in requests if request.pk not in closed]
    if not moot:
        return 0
    why = why.strip()[: rules.WORD_LIMIT]
    Voiding.objects.bulk_create([Voiding(request=request, why=why, at=at) for request in moot])
    actor = by.pseudonym if by else SYSTEM
    record([_fact(events.VOIDED, request, actor, at, why) for request in moot])
    return len(moot)


def _standing(passage_id: int) -> Standing:
    answers = Request.objects.filter(passage_id=passage_id, voiding__isnull=True)
    verdicts = answers.values_list("sign_off__decision", flat=True)
    return rules.standing([Verdict(one) if one else None for one in verdicts])


def _word(word: str) -> str:
    wrong = rules.what_is_wrong_with_word(word)
    if wrong == "missing":
        raise BadInput(_("A word of reason is missing."), _("Write a short reason; the author reads it."))
    if wrong == "long":
        raise BadInput(
            _("The reason is longer than %(limit)d characters.") % {"limit": rules.WORD_LIMIT},
            _("Shorten it."),
        )
    return word.strip()


def _fact(action: str, request: Request, actor: str, at: datetime, word: str = "") -> Fact:
    return Fact(
        action=action,
        record=f"r:{request.pk}",
        parent=f"m:{request.message_id}",
        actor=actor,
        at=at,
        rule=request.policy_version,
        body=word.encode() if word else None,
    )
