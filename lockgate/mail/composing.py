"""What a letter says, asked at the moment of sending: what its reader may no longer hear makes no letter at all.

One recipient a letter. Plain text first, with a simple HTML part. Of what is Confidential or above, or said in a space
that keeps its words, no word leaves by e-mail, only that there is something.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from lockgate.approvals import queries as approvals
from lockgate.base.markings import Marking
from lockgate.base.refusal import NotFound
from lockgate.gateway import operations as gateway
from lockgate.gateway import queries as gate
from lockgate.gateway.types import MessageView, PassageState
from lockgate.mail.asking import asked
from lockgate.mail.framing import address_of, first_words, foot, framed, list_headers, own_id
from lockgate.mail.inviting import how_to_leave, invitation
from lockgate.mail.keys import token_key
from lockgate.mail.models import Mailing
from lockgate.mail.queries import has_account, takes_mail, unreachable
from lockgate.mail.reading import LINE
from lockgate.mail.shown import shown_lines
from lockgate.mail.tokens import ReplyToken, approval_token, bounce_token, reply_token
from lockgate.notices import queries as notices
from lockgate.notices.types import NoticeView
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces

MOST_ENCLOSED_BYTES = 8 * 1024 * 1024
MOST_IN_A_DIGEST = 60


def _sentence(notice: NoticeView) -> str:
    """A notice in the words that the pages have for it. They stand above this room, so the setting names them."""
    words: Callable[[NoticeView], str] = import_string(settings.NOTICE_WORDS)
    return words(notice)


@dataclass(frozen=True, slots=True)
class _Told:
    """One thing as a letter says it. ``reply`` is the address that answers it."""

    subject: str
    heading: str
    words: str
    link: str
    reply: str = ""
    how_to_reply: str = ""
    author: str = ""
    list_name: str = ""
    list_slug: str = ""
    files: tuple[int, ...] = ()


def compose(mailings: Sequence[Mailing], at: datetime) -> EmailMultiAlternatives | None:
    """The one letter for these mailings (several only for a daily one), all to the same person. None where nothing is
    left that they may be told at ``at``."""
    person = mailings[0].person
    if not person.is_active or not person.email or unreachable([person.pk]):
        return None
    with override(person.language):
        made = _made(mailings, person, at)
    if made is not None and takes_mail():
        # The envelope's sender tells which letter it was, should it come back.
        made.extra_headers["From"] = made.from_email
        token = bounce_token(token_key(), mailings[0].pk, person.pk)
        made.from_email = f"b+{token}@{settings.MAIL_DOMAIN}"
    return made


def _made(mailings: Sequence[Mailing], person: Person, at: datetime) -> EmailMultiAlternatives | None:
    if mailings[0].kind == "answer":
        return _answer(mailings[0], person)
    if mailings[0].kind == "invite":
        return invitation(mailings[0], person, at)
    if not mailings[0].is_daily:
        told = _told(mailings[0], person, at)
        return None if told is None else _single(mailings[0], person, told)
    items = [one for one in (_told(mailing, person, at) for mailing in mailings) if one is not None]
    return _digest(mailings[0], person, items) if items else None


def _told(mailing: Mailing, person: Person, at: datetime) -> _Told | None:
    try:
        if mailing.kind == "post":
            return _post(mailing, person, at)
        if mailing.kind == "request":
            return _request(mailing, person, at)
        return _notice(mailing, person, at)
    except NotFound:
        return None


def _post(mailing: Mailing, person: Person, at: datetime) -> _Told | None:
    found = gate.message(person, mailing.message_id or 0, at)
    state = _heard(found, mailing.about_id)
    seat = spaces.seats_at(at).filter(person=person, audience_id=state.audience_id).first() if state else None
    if state is None or seat is None or found.is_mine:
        return None
    thread = mailing.thread_id or state.passage_id
    asks = asked(person, state.passage_id, at)
    if notices.is_muted(person, thread) and not asks.is_duty:
        return None
    # The asker's address names the answer itself, so that they can accept it; it joins the same thread.
    answered = state.passage_id if asks.may_accept else thread
    token = reply_token(token_key(), ReplyToken(answered, seat.pk, person.pk))
    who = people.cards([found.author_id])[found.author_id].name
    slug = state.place.removeprefix("space:")
    is_answer = mailing.thread_id is not None
    if _stays(found):
        subject = words = _("There is something new in %(place)s.") % {"place": state.place_name}
        words += "\n\n" + _("Sign in to read it: its words do not travel by e-mail.")
        return _Told(subject, "", words, f"/messages/{found.id}", list_name=state.place_name, list_slug=slug)
    heading = _("%(who)s answers in %(place)s") if is_answer else _("%(who)s in %(place)s")
    shown = shown_lines(person, found, at)
    if found.is_boost and not shown:
        return None
    first = (
        _thread_words(mailing, person, at) if is_answer else first_words(found.body) or _("A boosted post")
    )
    return _Told(
        subject=f"{'Re: ' if is_answer else ''}[{state.place_name}] {first}",
        heading=heading % {"who": who, "place": state.place_name},
        words="\n\n".join(one for one in (asks.words or found.body, shown) if one) + _named_files(found),
        link=f"/messages/{found.id}",
        reply=f"r+{token}@{settings.MAIL_DOMAIN}",
        how_to_reply="\n\n".join(
            one
            for one in (
                asks.how,
                _("Answer this mail to answer there. Everybody in %(place)s reads it.")
                % {"place": state.place_name},
                "" if has_account(person) else how_to_leave(),
            )
            if one
        ),
        author=_("%(who)s in %(place)s") % {"who": who, "place": state.place_name},
        list_name=state.place_name,
        list_slug=slug,
        files=_enclosed(found),
    )


def _heard(found: MessageView, passage_id: int) -> PassageState | None:
    """The passage, where it was delivered and stands; ``gate.message`` shows only those that the person may see."""
    return next(
        (one for one in found.passages if one.passage_id == passage_id and one.state == "delivered"), None
    )


def _stays(found: MessageView) -> bool:
    """Whether no word of it leaves: by its marking, or because a space where the reader hears it says so."""
    return found.marking >= Marking.CONFIDENTIAL or spaces.words_stay(
        {one.audience_id for one in found.passages}
    )


def _thread_words(mailing: Mailing, person: Person, at: datetime) -> str:
    """The first words of what is answered, so that mail programs keep the thread together."""
    try:
        root = gate.message(person, int(mailing.words.get("thread_message", 0)), at)
    except NotFound:
        return _("An answer")
    return ("" if _stays(root) else first_words(root.body)) or _("An answer")


def _request(mailing: Mailing, person: Person, at: datetime) -> _Told | None:
    asked = approvals.request(person, mailing.about_id, at)
    if not asked.is_open or asked.author_id == person.pk:
        return None
    found = gate.message(person, asked.message_id, at)
    state = next((one for one in found.passages if one.passage_id == asked.passage_id), None)
    if state is None:
        return None
    subject = _("Your approval is asked for: %(place)s") % {"place": state.place_name}
    link = f"/approvals/{asked.request_id}"
    if _stays(found):
        return _Told(
            subject, "", _("Sign in to read and answer it: its words do not travel by e-mail."), link
        )
    token = approval_token(
        token_key(),
        request_id=asked.request_id,
        person_id=person.pk,
        content_hash=asked.content_hash,
        policy_version=asked.policy_version,
    )
    reasons = "\n".join(f"- {one.title}: {one.explanation}" for one in state.findings)
    shown = shown_lines(person, found, at)
    lines = [
        found.body + _named_files(found),
        *(["", shown] if shown else []),
        "",
        _("Why it waits:"),
        reasons,
    ]
    if asked.justification:
        lines += ["", _("The author's reason: %(reason)s") % {"reason": asked.justification}]
    return _Told(
        subject=subject,
        heading=_("%(who)s wants to say this in %(place)s")
        % {"who": asked.author_name, "place": state.place_name},
        words="\n".join(lines),
        link=link,
        reply=f"a+{token}@{settings.MAIL_DOMAIN}",
        how_to_reply=_(
            "Answer this mail with one of these on its first line, and your reason after the colon:\n"
            "approve: …\nchange: …\nreject: …"
        ),
        files=_enclosed(found),
    )


def _notice(mailing: Mailing, person: Person, at: datetime) -> _Told | None:
    notice = notices.one(person, mailing.about_id)
    if notice is None or notice.is_seen or notices.is_muted(person, notice.thread_id):
        return None
    if notice.message_id is None:
        return _Told(_("A notice for you"), "", _sentence(notice), "/approvals?tab=told")
    places = gate.places_seen(person, [notice.message_id], at).get(notice.message_id, set())
    if not places or notice.words.get("place", next(iter(places))) not in places:
        return None
    words = _sentence(notice)
    if _stays(gate.message(person, notice.message_id, at)):
        words = _("There is news of something that concerns you. Sign in to read it.")
    link = f"/messages/{notice.message_id}"
    if notice.kind == "announcement" and (reply := _reply_to(person, notice.message_id, at)):
        how = asked(person, reply[0], at).how
        return _Told(_("A notice for you"), "", words, link, reply=reply[1], how_to_reply=how)
    return _Told(_("A notice for you"), "", words, link)


def _reply_to(person: Person, message_id: int, at: datetime) -> tuple[int, str] | None:
    """The passage of a message that the person hears, and their address to answer it."""
    for one in gate.message(person, message_id, at).passages:
        seat = spaces.seats_at(at).filter(person=person, audience_id=one.audience_id).first()
        if one.state == "delivered" and seat is not None:
            token = reply_token(token_key(), ReplyToken(one.passage_id, seat.pk, person.pk))
            return one.passage_id, f"r+{token}@{settings.MAIL_DOMAIN}"
    return None


def _single(mailing: Mailing, person: Person, told: _Told) -> EmailMultiAlternatives:
    below = [told.how_to_reply] if told.reply else []
    body = "\n\n".join(
        one
        for one in (
            LINE if told.reply else "",
            told.heading,
            told.words,
            "-- ",
            *below,
            foot(told.link, has_account=has_account(person)),
        )
        if one
    )
    about = mailing.thread_id or mailing.about_id
    root = own_id(_family(mailing.kind), about, person)
    is_root = mailing.thread_id is None
    headers = {"Message-ID": root if is_root else own_id("p", mailing.about_id, person)}
    if not is_root:
        headers |= {"In-Reply-To": root, "References": root}
    if told.list_slug:
        headers |= list_headers(told.list_name, told.list_slug, told.reply)
    made = framed(person, told.subject, body, headers, author=told.author, reply=told.reply)
    for number in told.files:
        file = gate.attachment(person, number, mailing.due_at)
        made.attach(file.name, gateway.open_bytes(number), file.media_type)
    return made


def _digest(mailing: Mailing, person: Person, items: Sequence[_Told]) -> EmailMultiAlternatives:
    parts = []
    for one in items[:MOST_IN_A_DIGEST]:
        lines = [
            one.heading or one.subject,
            one.words if one.heading else one.words.partition("\n\n")[2] or one.words,
        ]
        if one.reply:
            lines.append(_("To answer, write to %(address)s") % {"address": one.reply})
        if one.link and settings.PUBLIC_URL:
            lines.append(address_of(one.link))
        parts.append("\n\n".join(lines))
    more = len(items) - MOST_IN_A_DIGEST
    if more > 0:
        parts.append(ngettext("And %(n)d more.", "And %(n)d more.", more) % {"n": more})
    count = len(items)
    subject = ngettext("%(n)d new thing today", "%(n)d new things today", count) % {"n": count}
    body = "\n\n* * *\n\n".join(parts) + "\n\n-- \n" + foot("")
    return framed(person, subject, body, {"Message-ID": own_id("d", mailing.pk, person)})


def _answer(mailing: Mailing, person: Person) -> EmailMultiAlternatives:
    """Our answer to a mail of theirs: the gate's own reasons, and nothing that they did not write or may not know."""
    words = mailing.words
    headers = {"Message-ID": own_id("w", mailing.about_id, person)}
    if words.get("answers"):
        headers |= {"In-Reply-To": words["answers"], "References": words["answers"]}
    subject = f"Re: {words['subject']}" if words.get("subject") else _("Your mail")
    reply = words.get("reply", "")
    return framed(person, subject, words.get("body", "") + "\n\n-- \n" + foot(""), headers, reply=reply)


def _family(kind: str) -> str:
    return {"post": "p", "request": "q", "notice": "n"}[kind]


def _named_files(found: MessageView) -> str:
    names = ", ".join(one.name for one in found.attachments)
    return "\n\n" + _("Files: %(names)s") % {"names": names} if names else ""


def _enclosed(found: MessageView) -> tuple[int, ...]:
    whole = sum(one.size for one in found.attachments)
    return tuple(one.id for one in found.attachments) if whole <= MOST_ENCLOSED_BYTES else ()
