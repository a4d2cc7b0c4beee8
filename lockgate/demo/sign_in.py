"""Whom to sign in as in the demo: one line a person, for the terminal and for the sign-in page."""

from __future__ import annotations

from lockgate.demo.loader import PASSWORD
from lockgate.people.models import Person

_WHO = [
    ("nadia-roux", "writes; an engineer who wants to tell the world"),
    ("julie-martin", "signs what goes public, tends the channels"),
    ("ingrid-solberg", "watches over policy and archive, signs for compliance"),
    ("henrik-dahl", "signs what export control is asked"),
    ("claire-laurent", "leads the company"),
    ("pavel-novak", "sits elsewhere: sees nothing of Valve 7"),
    ("stefan-bauer", "a guest from a reseller, in one room"),
    ("anneke-kok", "runs the systems; may not look into private rooms"),
]


def lines() -> list[str]:
    """ "address, who that is", and the one password last. Empty where no demo company is loaded."""
    people = {
        person.slug: person
        for person in Person.objects.filter(slug__in=[slug for slug, _what in _WHO], is_demo=True)
    }
    found = [f"{people[slug].email:<38} {what}" for slug, what in _WHO if slug in people]
    return [*found, f"Password for all of them: {PASSWORD}"] if found else []
