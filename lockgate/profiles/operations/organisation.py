"""Who reports to whom, and who works together."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.base.transactions import change
from lockgate.people.models import Person
from lockgate.profiles import events, rules
from lockgate.profiles.models import Line, Membership, Team
from lockgate.profiles.queries import may_draw_lines


class ComesRound(Refusal):
    """Somebody would stand above themselves."""

    code = "comes-round"


class TeamTaken(BadInput):
    code = "team-taken"


def draw_line(*, by: Person | None, at: datetime, person: Person, manager: Person | None) -> None:
    """``person`` reports to ``manager`` from now on; to nobody with None. ``by`` is None for the directory and the
    shell.

    Raises NotFound for whoever is no administrator, BadInput for guests, ComesRound where ``manager`` stands below
    ``person`` already, at any depth.
    """
    if by is not None and not may_draw_lines(by, at):
        raise NotFound
    for one in (person, manager):
        if one is not None and (not one.firm.is_house or not one.is_active):
            raise BadInput(
                _("%(name)s does not work here, and stands in no line.") % {"name": one.name},
                _("Choose a colleague."),
            )
    actor = by.pseudonym if by else "system"
    with change():
        if manager is None:
            if Line.objects.filter(person=person).delete()[0]:
                record([Fact(events.LINE_ENDED, person.pseudonym, actor, at)])
            return
        if Line.objects.filter(person=person, manager=manager).exists():
            return
        try:
            with transaction.atomic():  # the trigger refuses, and the caller's transaction stays usable
                Line.objects.update_or_create(person=person, defaults={"manager": manager})
        except IntegrityError as error:
            raise ComesRound(
                _("%(manager)s reports to %(name)s already, directly or through others.")
                % {"manager": manager.name, "name": person.name},
                _("Change that first, or choose somebody else."),
            ) from error
        record([Fact(events.LINE_DRAWN, person.pseudonym, actor, at, parent=manager.pseudonym)])


def open_team(*, by: Person, at: datetime, name: str, about: str = "") -> Team:
    """``by`` founds a project team and leads it. Raises NotFound for a guest, BadInput, TeamTaken."""
    if not by.firm.is_house:
        raise NotFound
    called, said = _described(name, about)
    slug = slugify(called)[:60].strip("-")
    if not slug:
        raise BadInput(_("A team's name has letters or digits."))
    try:
        with change():
            team = Team.objects.create(
                id=new_id(at), slug=slug, name=called, about=said, lead=by, opened_at=at
            )
            Membership.objects.create(team=team, person=by)
            record(
                [
                    Fact(events.TEAM_OPENED, f"team:{team.pk}", by.pseudonym, at),
                    Fact(events.TEAM_JOINED, f"team:{team.pk}", by.pseudonym, at, parent=by.pseudonym),
                ]
            )
    except IntegrityError as error:
        raise TeamTaken(
            _("There is, or was, a team called “%(name)s”.") % {"name": called}, _("Choose another name.")
        ) from error
    return team


def describe_team(*, by: Person, at: datetime, slug: str, name: str, about: str) -> None:
    """Its lead says anew what a team is called and for. Raises NotFound for all others."""
    called, said = _described(name, about)
    with change():
        team = _led(by, slug)
        team.name, team.about = called, said
        team.save(update_fields=["name", "about"])
        record([Fact(events.TEAM_CHANGED, f"team:{team.pk}", by.pseudonym, at)])


def add_to_team(*, by: Person, at: datetime, slug: str, person: Person) -> None:
    """Its lead takes a colleague into a team. Raises NotFound for all others, BadInput for a guest or a full team."""
    if not person.is_active or not person.firm.is_house:
        raise BadInput(
            _("%(name)s does not work here.") % {"name": person.name},
            _("Guests are given a seat in a space with partners."),
        )
    with change():
        team = _led(by, slug)
        if Membership.objects.filter(team=team).count() >= rules.TEAM_MOST:
            raise BadInput(_("A team has 150 people at most."))
        _row, is_new = Membership.objects.get_or_create(team=team, person=person)
        if is_new:
            record([Fact(events.TEAM_JOINED, f"team:{team.pk}", by.pseudonym, at, parent=person.pseudonym)])


def take_from_team(*, by: Person, at: datetime, slug: str, person: Person) -> None:
    """Somebody leaves a team, by themselves or by its lead, who cannot leave. Raises NotFound for all others."""
    with change():
        team = Team.objects.select_for_update().filter(slug=slug, closed_at__isnull=True).first()
        if team is None or by.pk not in (team.lead_id, person.pk):
            raise NotFound
        if person.pk == team.lead_id:
            raise BadInput(_("Who leads a team cannot leave it."), _("Close the team."))
        if not Membership.objects.filter(team=team, person=person).delete()[0]:
            raise NotFound
        record([Fact(events.TEAM_LEFT, f"team:{team.pk}", by.pseudonym, at, parent=person.pseudonym)])


def close_team(*, by: Person, at: datetime, slug: str) -> None:
    """The work is done: the team stands in no list any more. Raises NotFound for whoever does not lead it."""
    with change():
        team = _led(by, slug)
        team.closed_at = at
        team.save(update_fields=["closed_at"])
        record([Fact(events.TEAM_CLOSED, f"team:{team.pk}", by.pseudonym, at)])


def _led(by: Person, slug: str) -> Team:
    team = Team.objects.select_for_update().filter(slug=slug, closed_at__isnull=True, lead=by).first()
    if team is None or not by.is_active:
        raise NotFound
    return team


def _described(name: str, about: str) -> tuple[str, str]:
    called, said = rules.line(name), rules.line(about)
    if not 0 < len(called) <= rules.LINE_MOST:
        raise BadInput(_("A team's name has 1 to 80 characters."))
    if len(said) > 300:
        raise BadInput(_("What the team is for is longer than 300 characters."), _("Make it shorter."))
    return called, said
