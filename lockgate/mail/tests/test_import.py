"""A mailbox comes into a space: every mail through the gate, threads kept, nothing lost without a word."""

from __future__ import annotations

import mailbox as stdlib_mailbox
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.archive.models import Entry
from lockgate.base.refusal import BadInput, NotFound
from lockgate.conversations.queries import answers, of_space
from lockgate.demo.cast import Cast
from lockgate.gateway.models import Message, Passage
from lockgate.mail import mailbox, threads
from lockgate.mail.models import Imported, Mailing
from lockgate.mail.operations import gather, import_mailbox
from lockgate.mail.tests.conftest import hears, soon
from lockgate.mail.types import MailboxImport
from lockgate.notices.models import Notice
from lockgate.people.models import Person
from lockgate.search import queries as search
from lockgate.search.operations import rebuild

LONG_AGO = datetime.fromisoformat("2003-05-12T08:30:00+00:00")


def a_mail(
    number: int, words: str = "The valve is at the dock.", *, minutes: int = 0, **headers: str
) -> EmailMessage:
    made = EmailMessage()
    made["From"] = headers.pop("sender", f"Una Writer <una{number}@elsewhere.example>")
    made["To"] = "list@elsewhere.example"
    made["Date"] = format_datetime(LONG_AGO + timedelta(minutes=minutes or number))
    made["Message-ID"] = f"<{number}@elsewhere.example>"
    for name, value in {"subject": "The valve"}.items() | headers.items():
        if name not in headers or headers[name] == value:
            made[name.replace("_", "-")] = value
    made.set_content(words)
    return made


def mbox(path: Path, mails: Sequence[EmailMessage]) -> Path:
    box = stdlib_mailbox.mbox(path)
    for one in mails:
        box.add(one)
    box.close()
    return path


def brought(cast: Cast, at: datetime, source: Path, **more: Any) -> MailboxImport:
    given = {"by": cast.author, "slug": "everyone", "marking": 1} | more
    return import_mailbox(clock=lambda: soon(at, 5), source=source, **given)


def test_a_thread_stays_a_thread(cast: Cast, at: datetime, tmp_path: Path) -> None:
    source = mbox(
        tmp_path / "box",
        [
            a_mail(2, "It is.", in_reply_to="<1@elsewhere.example>", subject="Re: The valve"),
            a_mail(1, "Is the valve at the dock?"),
            a_mail(
                3, "Good.", references="<1@elsewhere.example> <2@elsewhere.example>", subject="Re: The valve"
            ),
            a_mail(4, "Something else entirely.", subject="Lunch"),
        ],
    )
    done = brought(cast, at, source)
    assert (done.found, done.brought, done.threads, done.left_out) == (4, 4, 2, ())
    lunch, valve = of_space(cast.colleague, "everyone", soon(at, 6)).keys
    assert [
        one.body.rpartition("\n\n")[2] for one in answers(cast.colleague, valve.passage_id, soon(at, 6))
    ] == [
        "It is.",
        "Good.",
    ]
    assert Passage.objects.get(pk=valve.passage_id).answers_count == 2
    assert not answers(cast.colleague, lunch.passage_id, soon(at, 6))


def test_who_wrote_it_stands_in_the_words_and_is_no_account(cast: Cast, at: datetime, tmp_path: Path) -> None:
    people = Person.objects.count()
    brought(cast, at, mbox(tmp_path / "box", [a_mail(1)]))
    message = Message.objects.get()
    assert message.body == (
        "**The valve**\n\nWritten by Una Writer (una1@elsewhere.example) on 2003-05-12 08:31, by e-mail.\n\n"
        "The valve is at the dock."
    )
    assert (message.author, message.written_at) == (cast.author, LONG_AGO + timedelta(minutes=1))
    assert Person.objects.count() == people


def test_a_name_in_a_file_makes_nobody_speak(cast: Cast, at: datetime, tmp_path: Path) -> None:
    claimed = a_mail(1, sender=f"{cast.colleague.name} <{cast.colleague.email}>")
    brought(cast, at, mbox(tmp_path / "box", [claimed]))
    assert Message.objects.get().author == cast.author


def test_it_may_be_begun_again(cast: Cast, at: datetime, tmp_path: Path) -> None:
    all_of_it = [a_mail(1, "First."), a_mail(2, "Second.", in_reply_to="<1@elsewhere.example>")]
    brought(cast, at, mbox(tmp_path / "half", all_of_it[:1]))
    again = brought(cast, at, mbox(tmp_path / "whole", all_of_it))
    assert (again.found, again.brought, again.known, again.threads) == (2, 1, 1, 0)
    third = mbox(tmp_path / "third", [a_mail(3, "Third.", references="<1@elsewhere.example>")])
    assert brought(cast, at, third).threads == 0
    assert Passage.objects.filter(thread__isnull=False).count() == 2


def test_a_thread_that_was_taken_back_is_not_answered(cast: Cast, at: datetime, tmp_path: Path) -> None:
    from lockgate.gateway.operations import recall

    brought(cast, at, mbox(tmp_path / "one", [a_mail(1, "First.")]))
    recall(by=cast.author, at=soon(at, 6), passage_id=Passage.objects.get().pk, why="Twice.")
    later = mbox(tmp_path / "two", [a_mail(2, "Second.", in_reply_to="<1@elsewhere.example>")])
    assert brought(cast, at, later).threads == 1


def test_a_rehearsal_changes_nothing(cast: Cast, at: datetime, tmp_path: Path) -> None:
    entries = Entry.objects.count()
    done = brought(cast, at, mbox(tmp_path / "box", [a_mail(1)]), is_rehearsal=True)
    assert (done.brought, Message.objects.count(), Imported.objects.count()) == (1, 0, 0)
    assert Entry.objects.count() == entries


def test_what_the_gate_keeps_out_is_told_with_its_rule(cast: Cast, at: datetime, tmp_path: Path) -> None:
    source = mbox(
        tmp_path / "box",
        [
            a_mail(1, "COMPANY CONFIDENTIAL\n\nThe price is 12."),
            a_mail(2, "The price is 12.", in_reply_to="<1@elsewhere.example>"),
            a_mail(3, "", subject="Nothing"),
            a_mail(4, "x" * 60_000),
            a_mail(2, "The price is 12.", in_reply_to="<1@elsewhere.example>"),
        ],
    )
    done = brought(cast, at, source)
    assert (done.found, done.brought, done.threads) == (5, 1, 1)
    assert Counter(one.why.partition(" (")[0] for one in done.left_out) == {
        "It is refused there": 1,
        "It has no words and no files.": 1,
        "It has 60002 characters; 49000 is the most that fits.": 1,
        "The same mail stands in this mailbox a second time.": 1,
    }
    assert [one.where for one in done.left_out if "second" in one.why] == ["box, 5"]
    assert not any("12" in one.why for one in done.left_out)


def test_a_marking_above_the_ceiling_is_refused_before_anything(
    cast: Cast, at: datetime, tmp_path: Path
) -> None:
    with pytest.raises(BadInput):
        brought(cast, at, mbox(tmp_path / "box", [a_mail(1)]), marking=3)
    assert not Message.objects.exists()


def test_only_where_one_may_speak(cast: Cast, at: datetime, tmp_path: Path) -> None:
    source = mbox(tmp_path / "box", [a_mail(1)])
    for by, slug in ((cast.stranger, "engineering"), (cast.guest, "everyone"), (cast.author, "nowhere")):
        with pytest.raises(NotFound):
            brought(cast, at, source, by=by, slug=slug)


def test_nobody_is_told_and_everybody_finds_it(
    cast: Cast, at: datetime, tmp_path: Path, mailing: None
) -> None:
    gather(at=at)
    hears(cast.colleague, at, posts="now")
    notices = Notice.objects.count()
    brought(cast, at, mbox(tmp_path / "box", [a_mail(1, "Ask @theo-mercier about the zirconium gasket.")]))
    gather(at=soon(at, 10))
    assert (Mailing.objects.count(), Notice.objects.count()) == (0, notices)
    rebuild(at=soon(at, 10))
    assert len(search.search(cast.colleague, "zirconium", at=soon(at, 11)).hits) == 1


def test_files_come_with_it_and_what_is_not_taken_is_noted(cast: Cast, at: datetime, tmp_path: Path) -> None:
    one = a_mail(1)
    one.add_attachment(b"a,b\n1,2\n", maintype="text", subtype="csv", filename="figures.csv")
    one.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="setup.exe")
    done = brought(cast, at, mbox(tmp_path / "box", [one]))
    assert [file.name for file in Message.objects.get().attachments.all()] == ["figures.csv"]
    assert (done.brought, len(done.noted)) == (1, 1)
    assert "setup.exe" in done.noted[0].why


def test_a_maildir_and_a_folder_of_files(cast: Cast, at: datetime, tmp_path: Path) -> None:
    box = stdlib_mailbox.Maildir(tmp_path / "maildir")
    box.add(a_mail(1, "From a Maildir."))
    box.add_folder("Sent").add(a_mail(2, "From its folder."))
    (tmp_path / "maildir" / "tmp" / "half").write_bytes(b"From: half")
    (tmp_path / "maildir" / "dovecot.index").write_bytes(b"\x00")
    assert brought(cast, at, tmp_path / "maildir").brought == 2
    folder = tmp_path / "eml" / "deep"
    folder.mkdir(parents=True)
    (folder / "one.eml").write_bytes(a_mail(3, "From a file.").as_bytes())
    (folder / "empty.eml").write_bytes(b"")
    done = brought(cast, at, tmp_path / "eml")
    assert (done.found, done.brought, len(done.left_out)) == (2, 1, 1)


def test_a_sentence_that_begins_with_from_begins_no_mail(tmp_path: Path) -> None:
    source = tmp_path / "box"
    source.write_bytes(
        b"From a@b.example Mon May 12 08:30:00 2003\r\nSubject: one\r\n\r\nHello\r\n\r\nFrom here it is far.\r\n"
        b">From me, too\r\n\r\nFrom c@d.example Mon May 12 08:31:00 2003\r\nSubject: two\r\n\r\nBye\r\n"
    )
    one, two = (lies.raw() for lies in mailbox.mails(source))
    assert b"From here it is far.\r\nFrom me, too" in one
    assert two.startswith(b"Subject: two")


def _head(**more: Any) -> threads.Head:
    given: dict[str, Any] = {
        "mail_id": "",
        "answers": (),
        "subject": "the valve",
        "is_answer": False,
        "people": frozenset({"a@x.example"}),
        "at": LONG_AGO,
    }
    return threads.Head(**given | more)


@pytest.mark.parametrize(
    ("second", "same"),
    [
        (_head(is_answer=True), True),
        (_head(), False),
        (_head(is_answer=True, people=frozenset({"b@x.example"})), False),
        (_head(is_answer=True, at=LONG_AGO + timedelta(days=61)), False),
        (_head(is_answer=True, subject="lunch"), False),
        (_head(is_answer=True, answers=("<gone@x.example>",)), False),
        (_head(answers=("<1@x.example>",), subject="lunch", people=frozenset()), True),
    ],
)
def test_what_belongs_together(second: threads.Head, same: bool) -> None:
    first, other = threads.conversations([_head(mail_id="<1@x.example>"), second])
    assert (first == other) is same


def test_two_answers_to_a_mail_that_is_not_here_belong_together() -> None:
    heads = [_head(mail_id=f"<{n}@x.example>", answers=("<gone@x.example>",)) for n in range(3)]
    assert threads.conversations(heads) == [0, 0, 0]


@given(st.lists(st.tuples(st.integers(0, 9), st.lists(st.integers(0, 9), max_size=3)), max_size=12))
def test_a_conversation_is_numbered_by_its_first(mails: list[tuple[int, list[int]]]) -> None:
    heads = [
        _head(mail_id=f"<{own}>", answers=tuple(f"<{one}>" for one in answers), subject="")
        for own, answers in mails
    ]
    numbers = threads.conversations(heads)
    assert all(number <= place and numbers[number] == number for place, number in enumerate(numbers))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff",
        b"Subject: =?utf-8?q?=FF?=\n\n\xff",
        b"Content-Type: multipart/mixed\n\nx",
        b"Date: no\n\nHello",
    ],
)
def test_whatever_lies_there_is_counted(cast: Cast, at: datetime, tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "one.eml").write_bytes(raw)
    done = brought(cast, at, tmp_path)
    assert done.found == 1 == done.brought + len(done.left_out)
