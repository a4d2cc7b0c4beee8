"""What people tell of themselves, their team, and an absence."""

from __future__ import annotations

from datetime import timedelta

from lockgate.people.models import Person
from lockgate.profiles import operations as profiles
from lockgate.profiles.types import Written
from tests.leaks.world import ACTORS, HOUSE, World, picture


def plant_told(world: World, nadia: Person, theo: Person) -> None:
    """What people tell of themselves: whole for the house, and next to nothing of it for guests in their rooms."""
    here = HOUSE | {"guest here", "guest elsewhere"}
    profiles.write(
        by=nadia,
        at=world.later(),
        written=Written(
            works_on=f"Rings, {world.canary('workson', HOUSE)}.",
            ask_about=(f"Rings {world.canary('askabout', HOUSE)}",),
            skills=(world.canary("skill", HOUSE),),
            languages=(world.canary("tongue", here),),
            spoken=world.canary("spoken", here),
            phone="+33 5 61 55 01 23",
        ),
    )
    profiles.set_photo(by=nadia, at=world.later(), content=picture(200))
    world.keep("photo", nadia.slug, here)
    team = profiles.open_team(
        by=nadia, at=world.later(), name="Hush team", about=f"For {world.canary('team', HOUSE)}."
    )
    world.keep("team", team.slug, HOUSE)
    profiles.add_to_team(by=nadia, at=world.later(), slug=team.slug, person=theo)
    profiles.draw_line(by=None, at=world.later(), person=nadia, manager=world.cast.chief)
    absence = profiles.note_absence(
        by=theo,
        at=world.at,
        first_on=world.at.date(),
        last_on=world.at.date() + timedelta(days=60),
        deputy=ACTORS["stranger"],
        words=f"Rings, {world.canary('away', HOUSE)}",
    )
    world.keep("absence", absence.pk, {"colleague"})
