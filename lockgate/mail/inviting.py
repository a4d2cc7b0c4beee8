"""The letter by which somebody without an account is invited: who invites, what was said, how to answer and leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lockgate.base.ids import floor_id
from lockgate.base.markings import Marking
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import Heard
from lockgate.gateway import queries as gate
from lockgate.mail.framing import address_of, foot, framed, list_headers, own_id
from lockgate.mail.keys import token_key
from lockgate.mail.models import Invitation, Mailing
from lockgate.mail.reading import LINE
from lockgate.mail.tokens import ReplyToken, reply_token
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces

MOST_SAID = 100
MOST_CHARACTERS = 60_000
MOST_NAMED = 20


def how_to_leave() -> str:
    return _("To leave, answer with one word: stop")


def account_address(person: Person) -> str:
    """Where ``person`` sets a first password; "" where this installation has no address of its own."""
    if not settings.PUBLIC_URL:
        return ""
    return address_of(f"/welcome/{person.slug}/{default_token_generator.make_token(person)}")


def invitation(mailing: Mailing, person: Person, at: datetime) -> EmailMultiAlternatives | None:
    """The letter of one invitation. None where they do not sit there any more."""
    made = Invitation.objects.select_related("by__firm", "seat").filter(pk=mailing.about_id).first()
    if made is None:
        return None
    # The seat itself: who was cleared and invited again has another letter.
    seat = (
        spaces.seats_at(at).filter(pk=made.seat_id, person=person).select_related("audience__space").first()
    )
    if seat is None or seat.audience.space is None:
        return None
    place = seat.audience.title
    names = {"who": made.by.name, "company": made.by.firm.name, "place": place}
    reply = f"r+{reply_token(token_key(), ReplyToken(0, seat.pk, person.pk))}@{settings.MAIL_DOMAIN}"
    said = conversations.said_before(
        person, seat.audience_id, floor_id(seat.begins_at), at, limit=MOST_SAID + 1
    )
    body = "\n\n".join(
        one
        for one in (
            LINE,
            _("%(who)s (%(company)s) invites you to the talk “%(place)s”.") % names,
            _who(person, seat.audience_id, at),
            _backlog(said, made.backlog, person, stays=spaces.words_stay({seat.audience_id})),
            "-- ",
            _("Answer this mail to say something there. Everybody in %(place)s reads it.") % names,
            _("What is said there from now on comes to you by e-mail."),
            how_to_leave(),
            _account(person),
            foot("", has_account=False),
        )
        if one
    )
    headers = {"Message-ID": own_id("i", made.pk, person)}
    headers |= list_headers(place, seat.audience.space.slug, reply)
    subject = _("%(who)s invites you: %(place)s") % names
    return framed(person, subject, body, headers, author=made.by.name, reply=reply)


def _who(person: Person, audience_id: int, at: datetime) -> str:
    """Who reads what they write, as the pages name it."""
    others = [one.person_id for one in spaces.sitters(person, audience_id, at) if one.person_id != person.pk]
    cards = people.cards(others[:MOST_NAMED])
    named = [f"{cards[one].name} ({cards[one].firm})" for one in others[:MOST_NAMED] if one in cards]
    more = len(others) - len(named)
    if more > 0:
        named.append(ngettext("%(n)d more", "%(n)d more", more) % {"n": more})
    return _("With you there: %(names)s.") % {"names": ", ".join(named)} if named else ""


def _backlog(said: Sequence[Heard], backlog: str, person: Person, *, stays: bool) -> str:
    """``stays``: the room keeps its words, whatever their marking."""
    if backlog == "nothing":
        return _("You hear what is said from now on, and nothing from before.")
    if not said:
        return _("Nothing was said there that you could read here.")
    # A boost says nothing of its own.
    said = [one for one in said if one.body]
    kept, room, silent = [], MOST_CHARACTERS, 0
    zone = ZoneInfo(person.time_zone)
    files = gate.attachments_of({one.message_id for one in said if one.marking < Marking.CONFIDENTIAL})
    for one in reversed(said[-MOST_SAID:]):
        # Of what is Confidential or above no word leaves by e-mail, nor who said it.
        if stays or one.marking >= Marking.CONFIDENTIAL:
            silent += 1
            continue
        when = one.delivered_at.astimezone(zone)
        line = f"{one.author_name}, {when:%Y-%m-%d %H:%M}:\n{one.body}"
        if names := ", ".join(file.name for file in files.get(one.message_id, ())):
            line += "\n" + _("Files: %(names)s") % {"names": names}
        room -= len(line)
        if room < 0:
            break
        kept.append(line)
    heading = _("What was said in the last day:") if backlog == "day" else _("What was said so far:")
    lines = [heading]
    if len(kept) + silent < len(said):
        lines.append(_("Older words are not in this letter. With an account you can read them here."))
    lines += reversed(kept)
    if silent:
        told = ngettext(
            "%(n)d more was said whose words do not travel by e-mail. With an account you can read it here.",
            "%(n)d more were said whose words do not travel by e-mail. With an account you can read them here.",
            silent,
        )
        lines.append(told % {"n": silent})
    return "\n\n".join(lines)


def _account(person: Person) -> str:
    address = account_address(person)
    if not address or person.has_usable_password():
        return ""
    return "\n".join(
        [
            _("If you want an account, choose a password here, within three days:"),
            address,
            _("Later, answer with one word: account"),
        ]
    )
