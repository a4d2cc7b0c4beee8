"""People who have no account: invited by e-mail, with as much of the past as was chosen; they answer, and leave."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from lockgate.archive.models import Entry
from lockgate.base.refusal import BadInput, NotFound
from lockgate.conversations import queries as conversations
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Message
from lockgate.gateway.operations import attach, submit
from lockgate.mail import rules
from lockgate.mail.models import Invitation, Mailing
from lockgate.mail.operations import TooManyInvited, invite, write_to
from lockgate.mail.tests.conftest import comes, soon
from lockgate.mail.tests.test_out_and_in import text
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces
from lockgate.spaces.models import Space
from lockgate.spaces.operations import SeatTaken, end_seat, keep_words
from lockgate.spaces.types import Backlog

Post = Callable[[datetime], list[EmailMessage]]
MARIA = "Maria Lopez <maria.lopez@lopez.example>"
ADDRESS = "maria.lopez@lopez.example"


def talk(cast: Cast, at: datetime, *addresses: str, **more: object) -> str:
    told: dict[str, object] = {"persons": [cast.colleague], "admits_guests": True} | more
    return write_to(by=cast.author, at=at, addresses=addresses, name="Seal trials", **told)  # type: ignore[arg-type]


def says(cast: Cast, at: datetime, slug: str, words: str, marking: int = 1) -> None:
    submit(by=cast.author, at=at, body=words, marking=marking, places=[f"space:{slug}"])


def invites(cast: Cast, at: datetime, slug: str, backlog: Backlog, address: str = MARIA) -> Person:
    return invite(by=cast.author, at=at, key=f"space:{slug}", address=address, backlog=backlog)


def letter_of(letters: list[EmailMessage], address: str = ADDRESS) -> EmailMessage:
    (one,) = [letter for letter in letters if letter["To"] == address]
    return one


def away(letter: EmailMessage) -> str:
    """The address that a mail program writes to when one presses "unsubscribe"."""
    return str(letter["List-Unsubscribe"]).strip().removeprefix("<mailto:").removesuffix(">")


def test_who_is_nobody_here_becomes_a_guest_without_a_password(
    cast: Cast, at: datetime, posted: Post
) -> None:
    slug = talk(cast, soon(at), MARIA)
    maria = Person.objects.get(email=ADDRESS)
    assert (maria.name, maria.firm.name, maria.firm.is_house) == ("Maria Lopez", "lopez.example", False)
    assert not maria.has_usable_password()
    (place,) = spaces.places_of(maria, soon(at))
    assert (place.slug, place.kind, place.role, place.space_kind) == (slug, "guests", "guest", "circle")
    assert place.ceiling == 1
    actions = list(Entry.objects.values_list("action", flat=True))
    assert {"people.person.admitted", "spaces.seat.begun", "mail.invitation.made"} <= set(actions)
    entry = Entry.objects.get(action="mail.invitation.made")
    assert "maria" not in (entry.record + entry.parent + entry.actor).casefold()


def test_the_letter_says_who_and_how(cast: Cast, at: datetime, posted: Post) -> None:
    talk(cast, soon(at), MARIA)
    letter = letter_of(posted(soon(at, 2)))
    words = text(letter)
    assert f"{cast.author.name} (" in words
    assert "invites you to the talk “Seal trials”" in words
    assert cast.colleague.name in words
    assert "To leave, answer with one word: stop" in words
    assert "/welcome/maria-lopez/" in words
    assert "your own page" not in words
    assert away(letter).startswith("u+")
    assert str(letter["Reply-To"]).startswith("r+")
    assert Mailing.objects.get(kind="invite").state == "sent"


@pytest.mark.parametrize(
    ("backlog", "heard"),
    [(Backlog.NOTHING, []), (Backlog.DAY, ["Of today."]), (Backlog.ALL, ["Of long ago.", "Of today."])],
)
def test_they_get_as_much_of_the_past_as_was_chosen(
    cast: Cast, at: datetime, posted: Post, backlog: Backlog, heard: list[str]
) -> None:
    slug = talk(cast, soon(at))
    says(cast, soon(at, 2), slug, "Of long ago.")
    later = at + timedelta(days=3)
    says(cast, later - timedelta(hours=2), slug, "Of today.")
    maria = invites(cast, later, slug, backlog)
    letter = text(letter_of(posted(soon(later, 2))))
    assert [one for one in ("Of long ago.", "Of today.") if one in letter] == heard
    feed = conversations.items([one.passage_id for one in conversations.home(maria, soon(later)).keys])
    assert sorted(one.body for one in feed.values()) == sorted(heard)
    # Told once: what stands in the letter does not come again as a mail of its own.
    assert posted(soon(later, 3)) == []


def test_nobody_lets_another_hear_what_they_may_not(cast: Cast, at: datetime, posted: Post) -> None:
    slug = talk(cast, soon(at))
    says(cast, soon(at, 2), slug, "Before Pavel came.")
    invite(
        by=cast.author,
        at=soon(at, 3),
        key=f"space:{slug}",
        address=cast.stranger.email,
        backlog=Backlog.NOTHING,
    )
    says(cast, soon(at, 4), slug, "After Pavel came.")
    invite(by=cast.stranger, at=soon(at, 5), key=f"space:{slug}", address=MARIA, backlog=Backlog.ALL)
    letter = text(letter_of(posted(soon(at, 7))))
    assert "After Pavel came." in letter
    assert "Before Pavel came." not in letter


def test_confidential_words_are_not_in_the_letter(cast: Cast, at: datetime, posted: Post) -> None:
    from lockgate.base.markings import Marking

    slug = talk(cast, soon(at), ceiling=Marking.CONFIDENTIAL)
    says(cast, soon(at, 2), slug, "The open part.")
    says(cast, soon(at, 3), slug, "The seal secret is tungsten.", marking=2)
    invites(cast, soon(at, 4), slug, Backlog.ALL)
    letter = letter_of(posted(soon(at, 6)))
    assert "The open part." in text(letter)
    assert "tungsten" not in letter.as_string()
    assert "1 more was said" in text(letter)


def test_words_of_a_talk_that_keeps_them_are_not_in_the_letter(
    cast: Cast, at: datetime, posted: Post
) -> None:
    slug = talk(cast, soon(at))
    says(cast, soon(at, 2), slug, "The ring is tungsten.")
    keep_words(by=cast.author, at=soon(at, 3), slug=slug, is_on=True)
    invites(cast, soon(at, 4), slug, Backlog.ALL)
    letter = letter_of(posted(soon(at, 6)))
    assert "tungsten" not in letter.as_string()
    assert "1 more was said" in text(letter)


def test_they_answer_and_hear_by_mail(cast: Cast, at: datetime, posted: Post) -> None:
    slug = talk(cast, soon(at), MARIA)
    letter = letter_of(posted(soon(at, 2)))
    assert comes(ADDRESS, str(letter["Reply-To"]), "Good morning from Sevilla.", soon(at, 3)).code == 250
    (said,) = conversations.items(
        [one.passage_id for one in conversations.of_space(cast.author, slug, soon(at, 4)).keys]
    ).values()
    assert (said.body, said.author.name, said.author.is_guest) == (
        "Good morning from Sevilla.",
        "Maria Lopez",
        True,
    )
    submit(by=cast.author, at=soon(at, 5), body="How warm is it?", marking=1, answers=said.passage_id)
    further = letter_of(posted(soon(at, 6)))
    assert "How warm is it?" in text(further)
    assert "answer with one word: stop" in text(further)
    assert comes(ADDRESS, str(further["Reply-To"]), "Thirty degrees.", soon(at, 7)).code == 250
    assert [one.body for one in conversations.answers(cast.colleague, said.passage_id, soon(at, 8))] == [
        "How warm is it?",
        "Thirty degrees.",
    ]


@pytest.mark.parametrize(
    "way", ["stop", "Stop.\n\nMaria", "Stop\n\nOn Thursday, Nadia wrote:\n> Come in.\n", "unsubscribe"]
)
def test_they_leave_by_answering(cast: Cast, at: datetime, posted: Post, way: str) -> None:
    slug = talk(cast, soon(at), MARIA)
    letter = letter_of(posted(soon(at, 2)))
    to = str(letter["Reply-To"])
    if way == "unsubscribe":
        to, way = away(letter), "Bye."
    assert comes(ADDRESS, to, way, soon(at, 3)).code == 250
    maria = Person.objects.get(email=ADDRESS)
    assert spaces.audible(maria, soon(at, 4)) == {}
    assert not Message.objects.exists()
    assert "You have left." in text(letter_of(posted(soon(at, 4))))
    says(cast, soon(at, 5), slug, "She left.")
    assert posted(soon(at, 6)) == []
    with pytest.raises(BadInput, match="has left"):
        invites(cast, soon(at, 6), slug, Backlog.ALL)
    assert spaces.audible(maria, soon(at, 6)) == {}
    # The address is nothing any more, and says so as for one that never was.
    comes(ADDRESS, str(letter["Reply-To"]), "I am back.", soon(at, 7))
    assert "nothing here any more" in text(letter_of(posted(soon(at, 8))))


def test_of_who_signs_in_a_stop_is_a_word(cast: Cast, at: datetime, posted: Post) -> None:
    from lockgate.mail.tests.conftest import hears

    slug = talk(cast, soon(at))
    hears(cast.colleague, soon(at), posts="now")
    says(cast, soon(at), slug, "Shall we go on?")
    letter = letter_of(posted(soon(at, 2)), cast.colleague.email)
    assert "one word: stop" not in text(letter)
    comes(cast.colleague, str(letter["Reply-To"]), "Stop", soon(at, 3))
    assert Message.objects.latest("id").body == "Stop"
    # Their mail program's "unsubscribe" ends the letters, and not the seat.
    to = away(letter)
    comes(cast.colleague, to, "", soon(at, 4), number="2")
    assert slug in {one.slug for one in spaces.places_of(cast.colleague, soon(at, 5))}
    posted(soon(at, 5))
    says(cast, soon(at, 6), slug, "And now?")
    assert posted(soon(at, 7)) == []


def test_they_ask_for_an_account(cast: Cast, at: datetime, posted: Post) -> None:
    talk(cast, soon(at), MARIA)
    letter = letter_of(posted(soon(at, 2)))
    comes(ADDRESS, str(letter["Reply-To"]), "account", soon(at, 3))
    assert "/welcome/maria-lopez/" in text(letter_of(posted(soon(at, 4))))
    assert not Message.objects.exists()


def test_files_of_the_past_are_named_and_stay_here(cast: Cast, at: datetime, posted: Post) -> None:
    slug = talk(cast, soon(at))
    file = attach(by=cast.author, at=soon(at), name="curve.csv", content=b"bar,K\n700,90\n")
    submit(
        by=cast.author,
        at=soon(at, 2),
        body="The curve.",
        marking=1,
        places=[f"space:{slug}"],
        attachments=[file.id],
    )
    invites(cast, soon(at, 3), slug, Backlog.ALL)
    letter = letter_of(posted(soon(at, 5)))
    assert "Files: curve.csv" in text(letter)
    assert not list(letter.iter_attachments())


def test_who_was_cleared_meanwhile_gets_no_letter(cast: Cast, at: datetime, posted: Post) -> None:
    slug = talk(cast, soon(at), MARIA)
    (place,) = spaces.places_of(cast.author, soon(at), slugs=[slug])
    maria = Person.objects.get(email=ADDRESS)
    end_seat(by=cast.author, at=soon(at), person=maria, audience_id=place.audience_id)
    assert posted(soon(at, 2)) == []
    assert Mailing.objects.get(kind="invite").state == "moot"


@pytest.mark.parametrize("actor", ["colleague", "stranger", "guest", "administrator"])
def test_an_answer_address_is_of_no_use_to_anybody_else(
    cast: Cast, at: datetime, posted: Post, actor: str
) -> None:
    talk(cast, soon(at), MARIA)
    letter = letter_of(posted(soon(at, 2)))
    for to in (str(letter["Reply-To"]), away(letter)):
        comes(getattr(cast, actor), to, "stop", soon(at, 3), number=to)
    assert not Message.objects.exists()
    assert spaces.places_of(Person.objects.get(email=ADDRESS), soon(at, 4))


def test_who_may_invite(cast: Cast, at: datetime, posted: Post) -> None:
    slug = talk(cast, soon(at), persons=[cast.colleague, cast.guest])
    # Every member of a circle; no guest, and nobody who does not sit there: to them it is not there.
    invite(by=cast.colleague, at=soon(at), key=f"space:{slug}", address=MARIA, backlog=Backlog.ALL)
    for other in (cast.guest, cast.stranger, cast.administrator):
        with pytest.raises(NotFound):
            invite(by=other, at=soon(at), key=f"space:{slug}", address="x@y.example", backlog=Backlog.ALL)
    assert not Person.objects.filter(email="x@y.example").exists()
    with pytest.raises(SeatTaken):
        invites(cast, soon(at), slug, Backlog.ALL)


def test_a_company_may_admit_its_guests_itself(cast: Cast, at: datetime, posted: Post, settings: Any) -> None:
    settings.INVITE_BY_EMAIL = False
    slug = talk(cast, soon(at))
    with pytest.raises(BadInput, match="admits guests itself"):
        invites(cast, soon(at), slug, Backlog.ALL)
    assert not Person.objects.filter(email=ADDRESS).exists()
    assert invites(cast, soon(at), slug, Backlog.ALL, cast.guest.email) == cast.guest


def test_a_room_that_admits_no_guests_stays_so(cast: Cast, at: datetime, posted: Post) -> None:
    slug = talk(cast, soon(at), admits_guests=False)
    assert spaces.place(cast.author, slug, soon(at)).kind == "inside"
    with pytest.raises(NotFound):
        invites(cast, soon(at), slug, Backlog.ALL)
    assert not Person.objects.filter(email=ADDRESS).exists()


def test_one_who_cannot_be_seated_and_nobody_is(cast: Cast, at: datetime, posted: Post) -> None:
    with pytest.raises(BadInput):
        talk(cast, soon(at), MARIA, "someone.new@haldenvalve.example")
    assert not Person.objects.filter(email=ADDRESS).exists()
    assert not Space.objects.filter(name="Seal trials").exists()
    with pytest.raises(NotFound):
        write_to(by=cast.guest, at=at, persons=[cast.author], addresses=[])
    with pytest.raises(BadInput, match="at least one"):
        write_to(by=cast.author, at=at, persons=[cast.author], addresses=[])
    with pytest.raises(BadInput, match="at most"):
        write_to(by=cast.author, at=at, persons=[], addresses=[f"p{n}@lopez.example" for n in range(50)])


def test_their_nda_holds(cast: Cast, at: datetime, posted: Post) -> None:
    from lockgate.base.markings import Marking
    from lockgate.spaces.operations import AboveTheirNda, file_nda

    file_nda(by=None, at=at, person=cast.guest, ends_at=at + timedelta(days=9), ceiling=2, reference="N-1")
    slug = talk(cast, soon(at), ceiling=Marking.CONTROLLED)
    with pytest.raises(AboveTheirNda):
        invites(cast, soon(at), slug, Backlog.ALL, cast.guest.email)
    slug = talk(cast, soon(at), ceiling=Marking.CONFIDENTIAL)
    invites(cast, soon(at), slug, Backlog.ALL, cast.guest.email)
    seat = spaces.seats_at(soon(at)).get(person=cast.guest, audience__space__slug=slug)
    assert seat.ends_at == at + timedelta(days=9)


def test_people_of_a_known_firm_are_of_it(cast: Cast, at: datetime, posted: Post) -> None:
    domain = cast.guest.email.rpartition("@")[2]
    talk(cast, soon(at), f"eva.kern@{domain}", "somebody@gmail.com")
    eva = Person.objects.get(email=f"eva.kern@{domain}")
    assert (eva.name, eva.firm_id) == ("Eva Kern", cast.guest.firm_id)
    assert Person.objects.get(email="somebody@gmail.com").firm.name == "gmail.com"


def test_a_day_has_its_most(cast: Cast, at: datetime, posted: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["lockgate.mail.operations.invite"], "MOST_A_DAY", 2)
    slug = talk(cast, soon(at), "a@lopez.example", "b@lopez.example")
    with pytest.raises(TooManyInvited):
        invites(cast, soon(at), slug, Backlog.ALL)
    invites(cast, soon(at) + timedelta(days=1), slug, Backlog.ALL)
    assert Invitation.objects.count() == 3


@pytest.mark.parametrize(
    ("typed", "name", "address"),
    [
        ("Maria Lopez <Maria@Lopez.example>", "Maria Lopez", "maria@lopez.example"),
        ("maria.lopez@lopez.example", "Maria Lopez", "maria.lopez@lopez.example"),
        ('"Lopez, Maria" <m@lopez.example>', "Lopez, Maria", "m@lopez.example"),
        ("M\u202earia\x07 <m@lopez.example>", "Maria", "m@lopez.example"),
        ("jürgen@lopez.example", None, None),
        ("x@y@z.example", None, None),
        ("a@b.example, c@d.example", None, None),
        ("boss@haldenvalve.example <m@lopez.example>", None, None),
        ("Maria\r\nBcc: all@x.example <m@lopez.example>", None, None),
        ("maria", None, None),
        ("", None, None),
    ],
)
def test_what_is_typed(typed: str, name: str | None, address: str | None) -> None:
    found = rules.invited(typed)
    assert (found and found.name, found and found.address) == (name, address)


@pytest.mark.parametrize(
    ("words", "wished"),
    [
        ("stop", "stop"),
        ("STOP!", "stop"),
        ("Abmelden", "stop"),
        ("Arrêt", "stop"),
        ("stop the test", ""),
        ("Konto", "account"),
        ("", ""),
    ],
)
def test_what_is_wished(words: str, wished: str) -> None:
    assert rules.wish(words) == wished
