"""Asking, with a name or without, and wishing to be told.

Without a name nothing of the asker may reach a table, the archive, a log or an answer. So: no asker, no id that
tells a time, no time but one of six a day, no fact in the archive before that moment and none that names anybody,
and how often somebody asks is counted in this process's memory alone.
"""

from __future__ import annotations

import threading
from collections import deque
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.gateway.queries import preview
from lockgate.notices.operations import tell
from lockgate.people.models import Person
from lockgate.policy.types import Outcome
from lockgate.rumours import events, queries, rules
from lockgate.rumours.models import Rumour, Wish
from lockgate.rumours.refusals import AskedEnough, NobodyKnows, NotAskedLikeThis, TooFewToHide
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import PlaceInSpace

_INTERNAL = 1
_SOME = 100

_asked: dict[int, deque[datetime]] = {}
_lock = threading.Lock()


def ask(
    *, by: Person, at: datetime, key: str, words: str, desk: str = "", is_anonymous: bool = False
) -> int | None:
    """Ask whether something is true, in the place with this key, of a desk or ("") of those who tend the space.
    Answers the rumour's id; None where it was asked without a name, since such an id would be a receipt.

    Raises NotFound where ``by`` may not write there; BadInput, NobodyKnows, TooFewToHide, AskedEnough;
    NotAskedLikeThis where the gate would refuse the words there.
    """
    place = _place(by, key, at)
    words = rules.plain(words)
    if not rules.SHORTEST <= len(words) <= rules.LONGEST:
        raise BadInput(_("Say in 8 to 400 characters what you heard."))
    if not queries.answerers(place.audience_id, desk, at) - {by.pk}:
        raise NobodyKnows(
            _("Nobody of those whom you ask sits in %(place)s.") % {"place": place.name},
            _("Ask somebody else, or in another space."),
        )
    if is_anonymous:
        if not rules.may_hide(spaces.hearers([place.audience_id], at).people):
            raise TooFewToHide(
                _("Too few people sit in %(place)s for one of them to stay unknown.") % {"place": place.name},
                _("Ask with your name, or in a larger space."),
            )
        _count(by.pk, at)
    marking = min(_INTERNAL, place.ceiling)
    ruling = preview(by, body=words, marking=marking, places=[key], at=at).rulings[0].ruling
    if ruling.outcome == Outcome.REFUSE:
        raise NotAskedLikeThis(
            " ".join(dict.fromkeys(one.explanation for one in ruling.findings if one.explanation))
            or _("These words may not stand there."),
            _("Ask in other words."),
        )
    due = rules.release_moment(at) if is_anonymous else None
    with change():
        row = Rumour.objects.create(
            audience_id=place.audience_id,
            words=words,
            asker=None if is_anonymous else by,
            desk=desk,
            policy_version=ruling.policy_version,
            # In doubt only those who answer read it, until their answer has passed the gate.
            is_shown=ruling.outcome <= Outcome.TIP,
            asked_on=(due or at).date(),
            due_at=due,
            released_at=None if is_anonymous else at,
        )
        if is_anonymous:
            return None
        Wish.objects.create(rumour=row, person=by)
        _let_out(row, by.pseudonym, at)
    return int(row.pk)


def release(*, at: datetime) -> int:
    """Let out what was asked without a name and is due, all that is due together; answers how many. For the work
    process."""
    with change():
        rows = list(Rumour.objects.filter(due_at__lte=at, released_at__isnull=True).order_by("pk")[:_SOME])
        for row in rows:
            row.released_at = row.due_at
            row.save(update_fields=["released_at"])
            _let_out(row, "system", at)
    return len(rows)


def _let_out(row: Rumour, actor: str, at: datetime) -> None:
    record(
        [
            Fact(
                events.RUMOUR_ASKED,
                f"r:{row.pk}",
                actor,
                at,
                parent=f"a:{row.audience_id}",
                rule=row.policy_version,
                body=row.words.encode(),
            )
        ]
    )
    # No words and no place: such a notice is read without asking again what its reader may hear.
    waits = queries.answerers(row.audience_id, row.desk, at) - {row.asker_id}
    tell([one for one in waits if one is not None], "rumour-asked", words={}, message_id=None, at=at)


def wish(*, by: Person, at: datetime, rumour_id: int) -> None:
    """``by`` wants to be told the answer too. Raises NotFound for a rumour that they may not know of."""
    with change():
        seen = queries.rumour(by, rumour_id, at)
        Wish.objects.get_or_create(rumour_id=seen.id, person=by)


def no_longer_wish(*, by: Person, at: datetime, rumour_id: int) -> None:
    with change():
        seen = queries.rumour(by, rumour_id, at)
        Wish.objects.filter(rumour=seen.id, person=by).delete()


def _place(by: Person, key: str, at: datetime) -> PlaceInSpace:
    place = spaces.place_of_key(by, key, at)
    if not place.may_write or not rules.may_be_asked_in(space_kind=place.space_kind, lane=place.lane):
        raise NotFound
    return place


def _count(person: int, at: datetime) -> None:
    """Five a day, counted here and nowhere else: a row that counts them would say who asked."""
    with _lock:
        recent = _asked.setdefault(person, deque())
        while recent and recent[0] <= at - timedelta(days=1):
            recent.popleft()
        if len(recent) >= rules.MOST_WITHOUT_NAME_A_DAY:
            raise AskedEnough(
                _("Five questions a day without a name are the most."), _("Ask with your name, or tomorrow.")
            )
        recent.append(at)
