"""Who knows about something, for a viewer: by what was said where they sit, and by what people tell of themselves.

Everything that was said is asked of search, whose statements bear the viewer's own audiences: what is hidden from them
is not looked at, counted, or weighed, so that it changes nothing of the answer.
"""

from __future__ import annotations

from datetime import datetime

from lockgate.expertise import rules
from lockgate.expertise.types import Expert, Experts, Told
from lockgate.people.models import Person
from lockgate.people.queries import cards
from lockgate.profiles.queries import told_like
from lockgate.search import queries as search
from lockgate.search.types import Hit
from lockgate.spaces.queries import known_to

LOOKED_THROUGH = 150
SHOWN = 12
HITS_SHOWN = 2


def who_knows(viewer: Person, question: str, *, at: datetime) -> Experts:
    """The people who seem to know most about what ``question`` names, without the viewer; at most ``SHOWN``."""
    found = search.search(viewer, rules.subject(question), at=at, limit=search.MOST)
    asked = found.asked
    if not asked.terms:
        return Experts(False, ())
    hits = list(found.hits)
    while found.older is not None and len(hits) < LOOKED_THROUGH:
        found = search.search(viewer, rules.subject(question), at=at, before=found.older, limit=search.MOST)
        hits += found.hits
    said: dict[int, list[Hit]] = {}
    for hit in hits:
        said.setdefault(hit.author.id, []).append(hit)
    told: dict[int, list[tuple[Told, frozenset[int]]]] = {}
    for person, kind, words in told_like(viewer, search.beginnings(asked), at):
        if places := search.terms_in(asked, words):
            told.setdefault(person, []).append((Told(kind, words), places))
    people = {*said, *told} - {viewer.pk}
    if not viewer.firm.is_house:
        people &= known_to(viewer, at)
    named = cards(people)
    here = set(Person.objects.filter(pk__in=people, is_active=True).values_list("pk", flat=True))
    ranked: list[tuple[float, Expert]] = []
    for one in here:
        theirs, own = said.get(one, []), told.get(one, [])
        answers = sum(hit.is_answer for hit in theirs)
        of_told = rules.told_score(len(asked.terms), [(each.kind, places) for each, places in own])
        score = of_told + rules.said_score(answers, len(theirs) - answers)
        if score:
            reasons = tuple(each for each, _places in own) if of_told else ()
            ranked.append((score, Expert(named[one], reasons, len(theirs), tuple(theirs[:HITS_SHOWN]))))
    ranked.sort(key=lambda pair: (-pair[0], pair[1].card.name, pair[1].card.id))
    return Experts(True, tuple(expert for _score, expert in ranked[:SHOWN]))
