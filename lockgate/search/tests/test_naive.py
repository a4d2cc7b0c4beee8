"""What search finds is what reading everything that one hears would find: whatever was said, by whom and where."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.demo.cast import Cast
from lockgate.gateway.models import Passage
from lockgate.gateway.operations import recall, submit
from lockgate.people.models import Person
from lockgate.search import rules
from lockgate.search.queries import search
from lockgate.search.tests.conftest import Clock, caught_up
from lockgate.spaces.models import Seat
from lockgate.spaces.operations import end_seat, seat

WORDS = (  # noqa: SIM905  (a line of words reads better than a list of them)
    "seal seals sealing valve vannes vanne Ventile Ventil Prüfungen Prüfung ring rings the DN-50 dn 50 é x"
    " 弁座 弁座の漏れ 座 밸브 l'essai essais stopped stop _ *"
).split()
OPERATORS = [
    "from:nadia-roux",
    "from:mercier",
    "in:valve-7",
    "in:everyone",
    "has:file",
    "is:answer",
    "from:me",
]
PLACES = {
    "everyone": ("nadia-roux", "theo-mercier", "pavel-novak"),
    "valve-7": ("nadia-roux", "theo-mercier"),
    "resellers-dach": ("stefan-bauer",),
}
VIEWERS = ("nadia-roux", "theo-mercier", "pavel-novak", "stefan-bauer")

spoken = st.sampled_from(sorted(PLACES)).flatmap(
    lambda place: st.tuples(
        st.just(place),
        st.sampled_from(PLACES[place]),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=7).map(" ".join),
    )
)
word = st.sampled_from(WORDS)
piece = st.one_of(
    word,
    word.map(lambda one: one[:3] + "*"),
    word.map(lambda one: "*" + one[1:4]),
    st.tuples(word, word).map(lambda two: f'"{two[0]} {two[1]}"'),
    st.sampled_from(OPERATORS),
)
asked = st.lists(piece, min_size=1, max_size=3).map(" ".join)


def heard_by(viewer: Person, at: datetime) -> set[int]:
    """Ids of the passages that ``viewer`` hears, read seat by seat."""
    found: set[int] = set()
    for one in Seat.objects.filter(person=viewer):
        if one.begins_at <= at and (one.ends_at is None or one.ends_at > at):
            rows = Passage.objects.filter(audience_id=one.audience_id, position__gte=one.hears_from)
            found |= set(rows.values_list("pk", flat=True))
    return found


def scanned(viewer: Person, question: str, at: datetime) -> list[int]:
    """The naive search: read it all, newest first."""
    wanted = rules.ask(question)
    if not wanted.is_searchable:
        return []
    names = {"nadia-roux": "nadia-roux", "mercier": "theo-mercier", "me": viewer.slug}
    people = set(
        Person.objects.filter(slug__in=[names[one] for one in wanted.people]).values_list("pk", flat=True)
    )
    found = []
    for one in Passage.objects.filter(pk__in=heard_by(viewer, at)).select_related(
        "message", "audience__space"
    ):
        space = one.audience.space
        if wanted.places and (space is None or space.slug not in wanted.places):
            continue
        read = rules.document(
            one.message.body,
            author=one.message.author_id,
            has_file=one.message.attachments.exists(),
            is_answer=one.thread_id is not None,
        )
        if rules.matches(read, wanted, people):
            found.append((one.position or 0, one.pk))
    return [pk for _position, pk in sorted(found, reverse=True)]


@settings(max_examples=40)
@given(
    talk=st.lists(spoken, min_size=1, max_size=8),
    later=st.lists(spoken, max_size=2),
    taken_back=st.integers(0, 7),
    moved=st.booleans(),
    questions=st.lists(asked, min_size=1, max_size=5),
)
def test_search_finds_what_a_scan_finds(
    cast: Cast,
    clock: Clock,
    talk: list[tuple[str, str, str]],
    later: list[tuple[str, str, str]],
    taken_back: int,
    moved: bool,
    questions: list[str],
) -> None:
    said: list[tuple[Person, int]] = []

    def speak(some: list[tuple[str, str, str]]) -> None:
        for place, author, body in some:
            sent = submit(
                by=cast.persons[author], at=clock.later(), body=body, marking=1, places=[f"space:{place}"]
            )
            said.extend(
                (cast.persons[author], one.passage_id) for one in sent.passages if one.state == "delivered"
            )

    with transaction.atomic():
        speak(talk)
        caught_up(clock.later())
        if taken_back < len(said):
            author, passage = said[taken_back]
            recall(by=author, at=clock.later(), passage_id=passage, why="Wrong.")
        if moved:
            room = cast.audiences["valve-7"].pk
            end_seat(by=cast.author, at=clock.later(), person=cast.colleague, audience_id=room)
            seat(by=cast.author, at=clock.later(), person=cast.stranger, audience_id=room, hears_past=False)
        # Who was cleared from the room says nothing there any more.
        speak([one for one in later if not (moved and one[:2] == ("valve-7", "theo-mercier"))])
        caught_up(clock.later())
        at = clock.later() + timedelta(seconds=1)
        for viewer in VIEWERS:
            for question in questions:
                person = cast.persons[viewer]
                found = [one.passage_id for one in search(person, question, at=at, limit=50).hits]
                assert found == scanned(person, question, at), (viewer, question)
        transaction.set_rollback(True)
