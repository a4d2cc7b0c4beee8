"""Who sees what of whom."""

from __future__ import annotations

import pytest

from lockgate.base.refusal import NotFound
from lockgate.people.operations import let_go
from lockgate.profiles import operations, queries
from lockgate.profiles.types import Written

pytestmark = pytest.mark.django_db

SAID = Written(
    works_on="Reseller training.",
    ask_about=("price lists",),
    skills=("channel sales",),
    languages=("German",),
    spoken="RALF",
    pronouns="he/him",
    phone="+49 621 55 05 07",
)


@pytest.fixture
def ralf(cast, at):
    person = cast.persons["ralf-dietrich"]
    operations.write(by=person, at=at, written=SAID)
    operations.draw_line(by=None, at=at, person=person, manager=cast.persons["sabine-vogt"])
    operations.open_team(by=person, at=at, name="Price list")
    operations.note_absence(
        by=person, at=at, first_on=at.date(), last_on=at.date(), deputy="pavel-novak", words="Dentist."
    )
    return person


def test_a_colleague_sees_all_of_it(cast, at, ralf):
    seen = queries.profile(cast.stranger, ralf.slug, at)
    assert seen.written == SAID
    assert seen.manager is not None
    assert seen.manager.slug == "sabine-vogt"
    assert [one.name for one in seen.teams] == ["Price list"]
    assert seen.away is not None
    assert seen.away.words == "Dentist."


def test_a_guest_in_the_same_room_sees_what_guests_may(cast, at, ralf):
    seen = queries.profile(cast.guest, ralf.slug, at)
    assert seen.written == Written(languages=("German",), spoken="RALF", pronouns="he/him")
    assert (seen.manager, seen.reports, seen.teams) == (None, (), ())
    assert seen.away is not None
    assert (seen.away.words, seen.away.deputy) == ("", None)
    assert queries.told_like(cast.guest, ["price", "sales"], at) == [
        row for row in queries.told_like(cast.guest, ["sales"], at) if row[1] == "title"
    ]


def test_a_guest_elsewhere_finds_nobody(cast, at, ralf):
    elsewhere = cast.persons["lars-eklund"]
    for read in (queries.profile, queries.photo):
        with pytest.raises(NotFound) as one:
            read(elsewhere, ralf.slug, at)
        with pytest.raises(NotFound) as other:
            read(elsewhere, "never-was", at)
        assert str(one.value) == str(other.value)
    assert ralf.pk not in {one.id for one in queries.directory(elsewhere, at)[0]}
    for read in (lambda: queries.chart(elsewhere, at), lambda: queries.teams(elsewhere)):
        with pytest.raises(NotFound):
            read()


def test_a_guest_finds_nobody_by_their_skills(cast, at, ralf):
    assert ralf.pk in {one.id for one in queries.directory(cast.stranger, at, words="channel sales")[0]}
    assert ralf.pk in {one.id for one in queries.directory(cast.guest, at, words="ralf")[0]}
    assert queries.directory(cast.guest, at, words="price lists") == ([], 0)


def test_who_has_left_is_found_by_nobody_and_leads_nobody(cast, at, ralf):
    let_go(by=cast.administrator, at=at, person=cast.persons["sabine-vogt"])
    assert queries.profile(cast.stranger, ralf.slug, at).manager is None
    with pytest.raises(NotFound):
        queries.profile(cast.stranger, "sabine-vogt", at)
    assert ralf.pk in {one.card.id for one in queries.chart(cast.stranger, at)}


def test_names_are_found_without_their_accents(cast, at):
    found, count = queries.directory(cast.stranger, at, words="theo mercier")
    assert ([one.name for one in found], count) == (["Théo Mercier"], 1)
    assert queries.directory(cast.stranger, at, words="theo", site="Mannheim") == ([], 0)


def test_nobody_is_found_by_the_firm_that_all_their_colleagues_bear(cast, at):
    assert queries.directory(cast.stranger, at, words=cast.author.firm.name) == ([], 0)
    assert queries.called(cast.stranger, "halden", at) == []
    assert "stefan-bauer" in {one.slug for one in queries.called(cast.stranger, "bauer armaturen", at)}
    assert {one.firm for one in queries.called(cast.guest, "halden", at)} == {cast.author.firm.name}
    assert queries.called(cast.stranger, "@", at) == []


def test_an_address_and_a_short_name_find_as_the_name_does(cast, at):
    for words in ("theo-mercier", "theo.mercier", "theo.mercier@haldenvalve.example", "@theo-mercier"):
        found, _count = queries.directory(cast.stranger, at, words=words)
        assert [one.slug for one in found] == ["theo-mercier"]
        assert queries.directory(cast.persons["lars-eklund"], at, words=words) == ([], 0)
