"""The gate reads what is in a file as it reads what is in the box: rules, markings, copies, and search after it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lockgate.base.markings import Marking
from lockgate.demo.cast import Cast
from lockgate.gateway import judging, queries
from lockgate.gateway.models import FileWords, Message
from lockgate.gateway.operations import attach, detach, give_version, submit
from lockgate.gateway.refusals import RefusedByPolicy
from lockgate.gateway.tests.papers import lines, pdf_of
from lockgate.gateway.types import Preview
from lockgate.people.models import Person
from lockgate.policy.types import Finding, Outcome
from lockgate.search.queries import search
from lockgate.search.tests.conftest import caught_up

PLAIN = "The paper of last week is below."
CREPT = "the heel of the seat ring crept by three tenths on the downstream side after six thousand cycles"
FILLING = [f"Row {number}: the bench was quiet and nothing was noted." for number in range(400)]
MINUTE = timedelta(minutes=1)


def paper(*said: str) -> bytes:
    """A PDF whose first page says nothing of note, and whose second says this."""
    return pdf_of(lines("Bench report, week 47."), lines(*said))


def long_text(said: str) -> bytes:
    return "\n".join([*FILLING, said]).encode()


def looked(cast: Cast, at: datetime, file: int, *places: str, marking: int = 1) -> Preview:
    return queries.preview(cast.author, body=PLAIN, marking=marking, places=places, attachments=[file], at=at)


def found(seen: Preview) -> list[tuple[str, str, str]]:
    """(rule, words, file) of each finding."""
    text = queries.text_of(seen.parts)

    def file_of(one: Finding) -> str:
        return next(
            (part.name for part in seen.parts if part.file and part.start <= one.start < part.end), ""
        )

    return [(one.rule, text[one.start : one.end], file_of(one)) for one, _places in seen.findings]


@pytest.mark.parametrize(
    ("name", "content"), [("report.pdf", paper(CREPT)), ("report.txt", long_text(CREPT))]
)
def test_a_file_that_repeats_confidential_words_is_caught(
    cast: Cast, at: datetime, name: str, content: bytes
) -> None:
    submit(by=cast.colleague, at=at, body=CREPT, marking=Marking.CONFIDENTIAL, places=["space:valve-7"])
    file = attach(by=cast.author, at=at + MINUTE, name=name, content=content).id
    inside = looked(cast, at + MINUTE, file, "space:valve-7")
    assert inside.outcome is Outcome.ALLOW
    wider = looked(cast, at + MINUTE, file, "space:everyone")
    assert wider.outcome >= Outcome.HOLD
    ((rule, words, where),) = found(wider)
    assert rule.endswith("/repeats-protected")
    assert (words, where) == (CREPT, name)
    body = {"body": PLAIN, "marking": 1, "places": ["space:everyone"], "attachments": [file]}
    try:
        sent = submit(by=cast.author, at=at + MINUTE, **body)  # type: ignore[arg-type]  # a table of its own
    except RefusedByPolicy:
        assert wider.outcome is Outcome.REFUSE
    else:
        assert [one.state for one in sent.passages] == ["held"]


def test_words_that_repeat_a_confidential_file_are_caught(cast: Cast, at: datetime) -> None:
    file = attach(by=cast.colleague, at=at, name="report.pdf", content=paper(CREPT)).id
    sent = {"body": PLAIN, "places": ["space:valve-7"], "attachments": [file]}
    submit(by=cast.colleague, at=at, marking=Marking.CONFIDENTIAL, **sent)  # type: ignore[arg-type]  # as above
    seen = queries.preview(
        cast.author,
        body=f"Did you know? {CREPT.upper()}!",
        marking=1,
        places=["space:everyone"],
        at=at + MINUTE,
    )
    assert seen.outcome >= Outcome.HOLD
    assert found(seen)[0][1] == CREPT.upper()


def test_a_marking_in_a_file_marks_the_message(cast: Cast, at: datetime) -> None:
    file = attach(by=cast.author, at=at, name="a.pdf", content=paper("COMPANY CONFIDENTIAL")).id
    with pytest.raises(RefusedByPolicy):
        submit(by=cast.author, at=at, body=PLAIN, marking=0, places=["channel:blog"], attachments=[file])
    sent = submit(by=cast.author, at=at, body=PLAIN, marking=1, places=["space:valve-7"], attachments=[file])
    assert Message.objects.get(pk=sent.message_id).marking == Marking.CONFIDENTIAL


def test_a_rule_finds_the_last_line_of_a_long_file(cast: Cast, at: datetime) -> None:
    secret = 'password = "Quietly-7-Benches-Hum"'
    file = attach(by=cast.author, at=at, name="notes.md", content=long_text(secret)).id
    findings = found(looked(cast, at, file, "space:valve-7"))
    assert [where for _rule, _words, where in findings] == ["notes.md"]
    assert "Quietly-7-Benches-Hum" in findings[0][1]
    clean = attach(by=cast.author, at=at + MINUTE, name="notes 2.md", content=long_text("All well.")).id
    assert found(looked(cast, at + MINUTE, clean, "space:valve-7")) == []


def test_a_version_is_read_as_the_first_was(cast: Cast, at: datetime) -> None:
    submit(by=cast.colleague, at=at, body=CREPT, marking=Marking.CONFIDENTIAL, places=["space:valve-7"])
    file = attach(by=cast.author, at=at + MINUTE, name="a.pdf", content=paper("All is well.")).id
    submit(
        by=cast.author, at=at + MINUTE, body=PLAIN, marking=1, places=["space:everyone"], attachments=[file]
    )
    with pytest.raises(RefusedByPolicy):
        give_version(
            by=cast.author, at=at + 2 * MINUTE, attachment_id=file, name="a.pdf", content=paper(CREPT)
        )


@pytest.mark.parametrize(
    ("name", "content", "guests", "outside"),
    [
        ("all.zip", b"PK\x05\x06" + bytes(18), Outcome.TIP, Outcome.HOLD),
        ("scan.pdf", pdf_of(b"0 0 200 300 re f"), Outcome.TIP, Outcome.HOLD),
        ("broken.docx", b"no archive at all", Outcome.TIP, Outcome.HOLD),
        ("well.pdf", paper("All is well."), Outcome.ALLOW, Outcome.ALLOW),
        ("well.txt", b"All is well.", Outcome.ALLOW, Outcome.ALLOW),
    ],
)
def test_what_could_not_be_read_is_said_beside_guests_and_waits_before_it_leaves(
    cast: Cast, at: datetime, name: str, content: bytes, guests: Outcome, outside: Outcome
) -> None:
    def said(by: Person, place: str) -> list[tuple[str, str, Outcome]]:
        file = attach(by=by, at=at, name=name, content=content).id
        seen = queries.preview(by, body=PLAIN, marking=0, places=[place], attachments=[file], at=at)
        text = queries.text_of(seen.parts)
        return [
            (one.rule, text[one.start : one.end], one.outcome)
            for one, _places in seen.findings
            if one.rule == "gate/unread-file"
        ]

    assert said(cast.author, "space:valve-7") == []
    for by, place, outcome in (
        (cast.guest, "space:resellers-dach", guests),
        (cast.author, "channel:blog", outside),
    ):
        assert said(by, place) == ([("gate/unread-file", name, outcome)] if outcome else [])


def test_while_one_types_beside_a_file_it_is_read_once(
    cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = attach(by=cast.author, at=at, name="a.pdf", content=paper(CREPT)).id
    reads: list[str] = []
    real = judging.policy.read

    def told(text: str) -> object:
        reads.append(text)
        return real(text)

    judging.read_file.cache_clear()
    monkeypatch.setattr(judging.policy, "read", told)
    for _ in range(3):
        looked(cast, at, file, "space:valve-7", "space:everyone")
    assert sum(CREPT in one for one in reads) == 1
    assert len(reads) == 4


def test_words_go_with_their_file(cast: Cast, at: datetime) -> None:
    file = attach(by=cast.author, at=at, name="a.pdf", content=paper(CREPT)).id
    assert CREPT in FileWords.objects.get(pk=file).words
    detach(by=cast.author, attachment_id=file)
    assert not FileWords.objects.exists()


def test_a_file_is_found_by_its_words_by_those_who_hear_it(cast: Cast, at: datetime) -> None:
    file = attach(by=cast.author, at=at, name="report.pdf", content=paper(CREPT)).id
    sent = submit(by=cast.author, at=at, body=PLAIN, marking=1, places=["space:valve-7"], attachments=[file])
    caught_up(at)
    (hit,) = search(cast.colleague, '"seat ring crept"', at=at + MINUTE).hits
    assert hit.message_id == sent.message_id
    assert "seat ring crept" in "".join(piece.text for piece in hit.snippet if piece.is_found)
    assert search(cast.stranger, '"seat ring crept"', at=at + MINUTE).hits == ()


@pytest.mark.parametrize(
    "words",
    [
        " ".join(f"w{number:x}q{number * 7919:x}" for number in range(9_000)),
        "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(119_000)),
        "ring " * 24_000,
        "x" * 119_000,
    ],
    ids=["all different", "characters", "all the same", "one word"],
)
def test_a_long_file_of_any_kind_is_indexed(cast: Cast, at: datetime, words: str) -> None:
    file = attach(by=cast.author, at=at, name="long.txt", content=f"Zqfirst. {words}".encode()).id
    submit(by=cast.author, at=at, body=PLAIN, marking=2, places=["space:valve-7"], attachments=[file])
    caught_up(at)
    assert len(search(cast.colleague, "zqfirst", at=at + MINUTE).hits) == 1
    assert search(cast.stranger, "zqfirst", at=at + MINUTE).hits == ()
