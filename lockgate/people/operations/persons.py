"""What several of these ask of a person."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lockgate.people.models import Person
from lockgate.people.refusals import HasLeft


def actor_of(by: Person | None) -> str:
    return by.pseudonym if by else "system"


def refuse_who_has_left(person: Person) -> None:
    if not Person.objects.filter(pk=person.pk, is_active=True).exists():
        raise HasLeft(_("%(name)s has left.") % {"name": person.name})
