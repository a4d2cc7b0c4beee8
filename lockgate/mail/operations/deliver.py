"""What a believed mail asks for: an answer to a thread, a new post, or a sign-off; each by the gate's own verb."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.approvals import queries as approvals
from lockgate.base.markings import Marking
from lockgate.base.refusal import NotFound, Refusal
from lockgate.gateway import operations as gateway
from lockgate.gateway import queries as gate
from lockgate.gateway.refusals import ReasonNeeded, RefusedByPolicy
from lockgate.gateway.types import Submitted
from lockgate.mail import rules
from lockgate.mail.keys import token_key
from lockgate.mail.operations.acting import act, with_more
from lockgate.mail.operations.enclosing import enclose
from lockgate.mail.operations.leaving import unsubscribe, wish
from lockgate.mail.tokens import read_approval, read_reply
from lockgate.mail.types import Letter, Outcome
from lockgate.people.models import Person
from lockgate.policy.types import Finding
from lockgate.spaces import queries as spaces


def answer_thread(*, by: Person, at: datetime, token: str, letter: Letter) -> Outcome:
    """The answer of ``by`` to the thread that a reply address names."""
    found = read_reply(token_key(), token)
    if found is None or found.person_id != by.pk:
        return nothing_there()
    # The seat itself, not any seat in the room: who was cleared and asked in again has new mails to answer.
    seats = spaces.seats_at(at).filter(pk=found.seat_id, person=by).select_related("audience__space")
    seat = seats.first()
    if seat is None:
        return nothing_there()
    wanted = wish(by=by, at=at, audience_id=seat.audience_id, words=letter.words)
    if wanted:
        return with_more(wanted, rules.has_more(letter.words) or bool(letter.files))
    if not found.passage_id:
        # An answer to an invitation, which names a room and no thread.
        marking = min(Marking.INTERNAL, seat.audience.ceiling)
        return _submit(by, at, letter, marking=marking, place=seat.audience.key)
    marked = gate.marking_heard(by, found.passage_id, at)
    if marked is None:
        return nothing_there()
    asked = rules.act(letter.words)
    done = asked and act(by=by, at=at, passage_id=found.passage_id, name=asked[0], options=asked[1])
    if done:
        return with_more(done, rules.has_more(letter.words) or bool(letter.files))
    return _submit(by, at, letter, marking=max(marked, Marking.INTERNAL), answers=found.passage_id)


def say_anew(*, by: Person, at: datetime, slug: str, letter: Letter) -> Outcome:
    """A new post of ``by`` in the space that the address names; its subject opens it."""
    try:
        place = spaces.place(by, slug, at)
    except NotFound:
        return nothing_there()
    subject = rules.plain_subject(letter.subject)
    reason, words = rules.reason_of(letter.words)
    if subject and words.strip():
        words = f"**{subject.replace('*', '')}**\n\n{words}"
    letter = Letter(subject, f"reason: {reason}\n{words}" if reason else words, letter.files, letter.left_out)
    return _submit(by, at, letter, marking=min(Marking.INTERNAL, place.ceiling), place=place.key)


def sign(*, by: Person, at: datetime, token: str, letter: Letter) -> Outcome:
    """The answer of ``by`` to a request: approve, change or reject, with a word of reason."""
    found = read_approval(token)
    if found is None or found.person_id != by.pk:
        return nothing_there()
    try:
        asked = approvals.request(by, found.request_id, at)
    except NotFound:
        return nothing_there()
    # Bound to the very words and the very policy that the mail showed.
    if not found.is_sealed(token_key(), asked.content_hash, asked.policy_version):
        return nothing_there()
    decided = rules.decision(letter.words)
    if decided is None or not decided[1]:
        return Outcome("unclear", _unclear(decided is not None), may_try_again=True)
    try:
        gateway.sign_off(request_id=found.request_id, by=by, decision=decided[0], word=decided[1], at=at)
    except NotFound:
        return nothing_there()
    except Refusal as refusal:
        return Outcome("not-signed", str(refusal), may_try_again=True)
    said = {
        "approve": _("You approved it. Your answer is recorded."),
        "change": _("You asked for a change. Its author has your reason."),
        "reject": _("You rejected it. Its author has your reason."),
    }
    return Outcome("signed", said[decided[0]], asked.message_id, was_taken=True)


def no_more(*, by: Person, at: datetime, token: str) -> Outcome:
    """``by`` wants no more of what a letter was about."""
    return unsubscribe(by=by, at=at, token=token) or nothing_there()


def _unclear(lacks_reason: bool) -> str:
    why = (
        _("A word of reason is missing.")
        if lacks_reason
        else _("Your answer was not plain, so nothing was decided.")
    )
    how = _("Begin your mail with one of these, and your reason after the colon, on the same line:")
    return f"{why}\n\n{how}\n\napprove: …\nchange: …\nreject: …"


def nothing_there() -> Outcome:
    """The same words for a thread that is gone, a room that one was cleared from, and an address that never was."""
    return Outcome(
        "not-there",
        _("There is nothing here any more that you can answer by mail. Your words were not sent."),
    )


def _submit(
    by: Person,
    at: datetime,
    letter: Letter,
    *,
    marking: int,
    place: str = "",
    answers: int | None = None,
) -> Outcome:
    reason, words = rules.reason_of(letter.words)
    files, left_out = enclose(by, at, letter.files)
    left_out += [_("“%(name)s”: a mail within a mail.") % {"name": one} for one in letter.left_out]
    if not words.strip() and files:
        words = ", ".join(name for _number, name in files)
    if not words.strip():
        told = _("There were no words of your own in your mail, so nothing was sent.")
        return Outcome("empty", "\n".join([told, *left_out]), may_try_again=True)
    try:
        sent = gateway.submit(
            by=by,
            at=at,
            body=words,
            marking=marking,
            places=[place] if place else (),
            answers=answers,
            attachments=[number for number, _name in files],
            justification=reason,
            slot="",
        )
    except Refusal as refusal:
        for number, _name in files:
            gateway.detach(by=by, attachment_id=number)
        return _refused(refusal)
    return _submitted(sent, left_out)


def _refused(refusal: Refusal) -> Outcome:
    if isinstance(refusal, NotFound):
        return nothing_there()
    if isinstance(refusal, ReasonNeeded):
        lines = [
            refusal.sentence,
            *_reasons([f for one in refusal.rulings for f in one.ruling.findings]),
            _("Nothing was sent. Send it again with your reason as its first line, like this:"),
            "reason: …",
        ]
        return Outcome("reason-needed", "\n\n".join(lines), may_try_again=True)
    lines = [_("Your mail was not sent on."), refusal.sentence]
    if isinstance(refusal, RefusedByPolicy):
        lines += _reasons([f for one in refusal.rulings for f in one.ruling.findings])
    lines.append(refusal.mend)
    return Outcome("refused", "\n\n".join(line for line in lines if line), may_try_again=True)


def _submitted(sent: Submitted, left_out: Sequence[str]) -> Outcome:
    lines = []
    held = [one for one in sent.passages if one.state == "held"]
    refused = [one for one in sent.passages if one.state == "refused"]
    for one in held:
        lines.append(
            _("Your words wait for approval before %(place)s hears them.") % {"place": one.place_name}
        )
        lines += _reasons(one.findings)
        lines.append(_("You need do nothing; you are told what becomes of them."))
    for one in refused:
        lines.append(_("%(place)s does not take these words.") % {"place": one.place_name})
        lines += _reasons(one.findings)
    if left_out:
        lines.append(_("These files could not go with it:"))
        lines.append("\n".join(f"- {one}" for one in left_out))
    name = "held" if held else "refused" if refused else "delivered"
    return Outcome(name, "\n\n".join(lines), sent.message_id, was_taken=not refused)


def _reasons(findings: Sequence[Finding]) -> list[str]:
    said = dict.fromkeys(
        f"- {one.title}: {one.explanation} {one.mend}".strip() for one in findings if one.explanation
    )
    return ["\n".join(said)] if said else []
