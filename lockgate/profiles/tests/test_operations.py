"""Profiles, photos, lines, teams, absences: changed, recorded, refused."""

from __future__ import annotations

import io
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from lockgate.archive.models import Entry
from lockgate.base.refusal import BadInput, NotFound
from lockgate.people.operations import set_time_zone
from lockgate.profiles import events, operations, queries, rules
from lockgate.profiles.models import Absence, Line, Photo
from lockgate.profiles.operations.absences import AwayAlready
from lockgate.profiles.operations.organisation import ComesRound, TeamTaken
from lockgate.profiles.types import Written

pytestmark = pytest.mark.django_db


def recorded(*actions: str) -> list[str]:
    return list(
        Entry.objects.filter(action__startswith="profiles.").order_by("pk").values_list("action", flat=True)
    )


def photograph(width=400, height=600, kind="JPEG", turned=1):
    picture = Image.new("RGB", (width, height), (200, 150, 100))
    picture.paste((10, 20, 30), (0, 0, width, height // 4))
    drawn = io.BytesIO()
    traces = Image.Exif()
    traces[0x0112] = turned
    traces[0x010F] = "Zebrafish camera"
    traces.get_ifd(0x8825)[2] = (43.0, 36.0, 16.0)
    more = {} if kind == "GIF" else {"exif": traces}
    picture.save(drawn, kind, **more)
    return drawn.getvalue()


def test_what_is_written_is_read_and_recorded_without_its_words(cast, at):
    said = Written(
        works_on="Lip seals.\r\n\r\n\r\n\r\nZebrafish.",
        ask_about=("wear, seals",),
        skills=("Tribology", "tribology"),
        languages=("French",),
        spoken=" NAH-dya\x07 ROO ",
        phone="+33 5 61 55 01 42",
    )
    assert operations.write(by=cast.author, at=at, written=said)
    kept = queries.written_by(cast.author)
    assert kept.works_on == "Lip seals.\n\nZebrafish."
    assert (kept.ask_about, kept.skills, kept.spoken) == (("wear", "seals"), ("Tribology",), "NAH-dya ROO")
    assert recorded() == [events.PROFILE_CHANGED]
    entry = Entry.objects.get(action=events.PROFILE_CHANGED)
    assert "Zebrafish" not in str(vars(entry))
    # Said again, nothing changes and nothing is recorded.
    assert not operations.write(by=cast.author, at=at, written=kept)
    assert recorded() == [events.PROFILE_CHANGED]


@pytest.mark.parametrize(
    "said",
    [
        Written(works_on="x" * (rules.WORKS_ON_MOST + 1)),
        Written(skills=tuple(f"skill {n}" for n in range(rules.NAMES_MOST + 1))),
        Written(skills=("x" * (rules.NAME_MOST + 1),)),
        Written(pronouns="x" * (rules.LINE_MOST + 1)),
        Written(phone="ring me"),
    ],
)
def test_what_is_too_much_is_refused_and_nothing_changes(cast, at, said):
    with pytest.raises(BadInput):
        operations.write(by=cast.author, at=at, written=said)
    assert queries.written_by(cast.author) == Written()
    assert recorded() == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_photo_is_cut_square_and_bears_no_traces(cast, at, kind):
    operations.set_photo(by=cast.author, at=at, content=photograph(kind=kind))
    kept = bytes(Photo.objects.get(person=cast.author).content)
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (384, 384)
        assert not picture.getexif()
    assert b"Zebrafish" not in kept
    assert b"Exif" not in kept
    assert recorded() == [events.PHOTO_SET]
    operations.remove_photo(by=cast.author, at=at)
    operations.remove_photo(by=cast.author, at=at)
    assert recorded() == [events.PHOTO_SET, events.PHOTO_REMOVED]


def test_a_photo_that_lies_on_its_side_is_turned(cast, at):
    operations.set_photo(by=cast.author, at=at, content=photograph(turned=6))
    with Image.open(io.BytesIO(bytes(Photo.objects.get(person=cast.author).content))) as picture:
        dark = picture.getpixel((370, 190))
        light = picture.getpixel((10, 190))
    assert sum(dark) < sum(light)  # what was at the top is now at the right


@pytest.mark.parametrize(
    "content", [b"", b"<svg/>", b"GIF89a", photograph(40, 40), b"x" * (10 * 1024 * 1024 + 1)]
)
def test_what_is_no_photograph_is_refused(cast, at, content):
    with pytest.raises(BadInput):
        operations.set_photo(by=cast.author, at=at, content=content)
    assert not Photo.objects.exists()


def test_a_line_is_drawn_moved_and_ended(cast, at):
    operations.draw_line(by=None, at=at, person=cast.author, manager=cast.colleague)
    operations.draw_line(by=None, at=at, person=cast.author, manager=cast.colleague)
    operations.draw_line(by=cast.administrator, at=at, person=cast.author, manager=cast.chief)
    assert Line.objects.get(person=cast.author).manager_id == cast.chief.pk
    operations.draw_line(by=None, at=at, person=cast.author, manager=None)
    assert recorded() == [events.LINE_DRAWN, events.LINE_DRAWN, events.LINE_ENDED]


def test_nobody_comes_to_stand_above_themselves(cast, at):
    ring = [cast.author, cast.colleague, cast.approver, cast.chief]
    for below, above in pairwise(ring):
        operations.draw_line(by=None, at=at, person=below, manager=above)
    for below in ring[1:]:
        with pytest.raises(ComesRound):
            operations.draw_line(by=None, at=at, person=below, manager=cast.author)
    with pytest.raises(ComesRound):
        operations.draw_line(by=None, at=at, person=cast.author, manager=cast.author)
    assert Line.objects.count() == 3


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_the_database_itself_refuses_what_the_rule_refuses(cast, lines):
    people = [cast.author, cast.colleague, cast.approver, cast.chief, cast.stranger, cast.deputy]
    Line.objects.all().delete()
    drawn: dict[int, int] = {}
    for below, above in lines:
        refused = rules.comes_round(below, above, drawn)
        try:
            with transaction.atomic():
                Line.objects.update_or_create(person=people[below], defaults={"manager": people[above]})
        except IntegrityError:
            assert refused
        else:
            assert not refused
            drawn[below] = above


def test_only_an_administrator_draws_lines_and_only_among_colleagues(cast, at):
    for nobody in (cast.author, cast.chief, cast.supervisor, cast.guest):
        with pytest.raises(NotFound):
            operations.draw_line(by=nobody, at=at, person=cast.colleague, manager=cast.chief)
    with pytest.raises(BadInput):
        operations.draw_line(by=cast.administrator, at=at, person=cast.guest, manager=cast.chief)
    with pytest.raises(BadInput):
        operations.draw_line(by=cast.administrator, at=at, person=cast.author, manager=cast.guest)


def test_a_team_is_founded_joined_left_and_closed(cast, at):
    team = operations.open_team(by=cast.author, at=at, name="Third run", about="Seals.")
    operations.add_to_team(by=cast.author, at=at, slug=team.slug, person=cast.colleague)
    seen = queries.team(cast.stranger, team.slug)
    assert [one.slug for one in seen.members] == ["nadia-roux", "theo-mercier"]
    for nobody in (cast.colleague, cast.stranger, cast.administrator):
        with pytest.raises(NotFound):
            operations.add_to_team(by=nobody, at=at, slug=team.slug, person=cast.stranger)
        with pytest.raises(NotFound):
            operations.close_team(by=nobody, at=at, slug=team.slug)
    with pytest.raises(NotFound):
        operations.take_from_team(by=cast.stranger, at=at, slug=team.slug, person=cast.colleague)
    with pytest.raises(BadInput):
        operations.add_to_team(by=cast.author, at=at, slug=team.slug, person=cast.guest)
    with pytest.raises(BadInput):
        operations.take_from_team(by=cast.author, at=at, slug=team.slug, person=cast.author)
    operations.take_from_team(by=cast.colleague, at=at, slug=team.slug, person=cast.colleague)
    operations.close_team(by=cast.author, at=at, slug=team.slug)
    with pytest.raises(NotFound):
        queries.team(cast.author, team.slug)
    with pytest.raises(TeamTaken):
        operations.open_team(by=cast.colleague, at=at, name="Third run")
    with pytest.raises(NotFound):
        operations.open_team(by=cast.guest, at=at, name="Guests")


def test_an_absence_runs_from_the_first_day_to_the_last_where_one_is(cast, at):
    set_time_zone(by=cast.author, at=at, zone="Pacific/Auckland")
    cast.author.refresh_from_db()
    first = at.date() + timedelta(days=3)
    operations.note_absence(
        by=cast.author, at=at, first_on=first, last_on=first, deputy="theo-mercier", words="Sailing."
    )
    row = Absence.objects.get()
    assert row.ends_at - row.begins_at in {timedelta(hours=one) for one in (23, 24, 25)}
    assert row.begins_at.hour in {11, 12}  # midnight there
    assert queries.away(cast.stranger, cast.author, at) is None
    during = row.begins_at + timedelta(hours=1)
    seen = queries.away(cast.stranger, cast.author, during)
    assert seen is not None
    assert seen.deputy is not None
    assert (seen.deputy.slug, seen.words) == ("theo-mercier", "Sailing.")
    assert queries.away_ids([cast.author.pk, cast.colleague.pk], during) == {cast.author.pk}
    assert queries.away(cast.stranger, cast.author, row.ends_at) is None


def test_nobody_is_away_twice_at_once(cast, at):
    today = at.date()
    kept = operations.note_absence(by=cast.author, at=at, first_on=today, last_on=today + timedelta(days=5))
    with pytest.raises(AwayAlready):
        operations.note_absence(by=cast.author, at=at, first_on=today, last_on=today + timedelta(days=9))
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(
            id=kept.pk + 1,
            person=cast.author,
            begins_at=at,
            ends_at=at + timedelta(days=1),
            first_on=today,
            last_on=today,
        )
    with pytest.raises(NotFound):
        operations.end_absence(by=cast.colleague, at=at, absence_id=kept.pk)
    operations.end_absence(by=cast.author, at=at + timedelta(hours=1), absence_id=kept.pk)
    with pytest.raises(NotFound):
        operations.end_absence(by=cast.author, at=at + timedelta(hours=2), absence_id=kept.pk)
    later = at + timedelta(hours=2)
    assert queries.away(cast.stranger, cast.author, later) is None
    operations.note_absence(by=cast.author, at=later, first_on=today, last_on=today)


def test_what_is_no_absence_is_refused(cast, at):
    today = at.date()
    for first, last in (
        (today, today - timedelta(days=1)),
        (today - timedelta(days=3), today - timedelta(days=2)),
    ):
        with pytest.raises(BadInput):
            operations.note_absence(by=cast.author, at=at, first_on=first, last_on=last)
    with pytest.raises(BadInput):
        operations.note_absence(by=cast.author, at=at, first_on=today, last_on=today + timedelta(days=900))
    with pytest.raises(BadInput):
        operations.note_absence(by=cast.author, at=at, first_on=today, last_on=today, deputy=cast.author.slug)
    # A guest cannot find out by naming a deputy who is here.
    for slug in ("pavel-novak", "never-was"):
        with pytest.raises(NotFound):
            operations.note_absence(by=cast.guest, at=at, first_on=today, last_on=today, deputy=slug)
    assert not Absence.objects.exists()
