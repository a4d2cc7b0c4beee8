"""Lists of one's own: people whose posts somebody reads in one column of their apps. They let nobody hear anything, and
nobody else is told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lockgate.attention import queries as attention
from lockgate.base.ids import new_id
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.mastodon.ids import own_list_id
from lockgate.mastodon.models import List, ListMember
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces

MOST = 50
MOST_MEMBERS = 500
LONGEST_TITLE = 200
POLICIES = ("followed", "list", "none")


def of(viewer: Person) -> list[List]:
    return list(List.objects.filter(person=viewer).order_by("pk"))


def one(viewer: Person, number: int) -> List:
    """A list of the viewer's own. Raises NotFound alike for somebody else's and for one that never was."""
    row = List.objects.filter(pk=number, person=viewer).first()
    if row is None:
        raise NotFound
    return row


def with_person(viewer: Person, whom: int) -> list[List]:
    """The viewer's own lists on which somebody is."""
    return list(List.objects.filter(person=viewer, members__whom=whom).order_by("pk"))


def members(row: List) -> list[tuple[int, int]]:
    """(number of the membership, id of the person), the latest first."""
    return list(_members(row).order_by("-pk").values_list("pk", "whom"))


def known_members(viewer: Person, row: List, at: datetime) -> set[int]:
    """Ids of those on it whom the viewer may know of now."""
    return spaces.known_to(viewer, at, among=set(_members(row).values_list("whom", flat=True)))


def apart(viewer: Person) -> frozenset[int]:
    """Ids of those whom the viewer reads on a list alone, and not in their home timeline."""
    rows = ListMember.objects.filter(list__person=viewer, list__exclusive=True)
    return frozenset(rows.values_list("whom", flat=True))


def showing(
    viewer: Person, numbers: Collection[int], *, author: int, answered: int | None, at: datetime
) -> list[int]:
    """Of the viewer's own lists with these numbers, those that show what ``author`` just said, in a thread of
    ``answered`` where it answers."""
    rows = list(List.objects.filter(pk__in=numbers, person=viewer, members__whom=author))
    if not rows or not spaces.known_to(viewer, at, among=[author]):
        return []
    return [row.pk for row in rows if answered is None or answered in answering(viewer, row, at)]


def answering(viewer: Person, row: List, at: datetime) -> set[int]:
    """Ids of the people in whose threads the answers of its members stand on it."""
    if row.replies_policy == "none":
        return set()
    among = known_members(viewer, row, at) | {viewer.pk}
    if row.replies_policy == "followed":
        followed = attention.follows(viewer)["person"]
        among |= spaces.known_to(viewer, at, among={int(one) for one in followed})
    return among


def keep(*, by: Person, at: datetime, title: str, replies_policy: str, exclusive: bool) -> List:
    """A new list, of nobody yet. Whom one likes to read is no communication: the archive is not told."""
    title = _title(title)
    _check(replies_policy)
    with change():
        if List.objects.filter(person=by).count() >= MOST:
            raise BadInput(_("You have %(n)d lists already.") % {"n": MOST}, _("Remove one first."))
        return List.objects.create(
            id=own_list_id(at), person=by, title=title, replies_policy=replies_policy, exclusive=exclusive
        )


def alter(
    *, by: Person, number: int, title: str | None, replies_policy: str | None, exclusive: bool | None
) -> List:
    """Only what is given is changed. Raises NotFound for a list that is not theirs."""
    with change():
        row = one(by, number)
        row.title = row.title if title is None else _title(title)
        row.replies_policy = row.replies_policy if replies_policy is None else replies_policy
        row.exclusive = row.exclusive if exclusive is None else exclusive
        _check(row.replies_policy)
        row.save(update_fields=["title", "replies_policy", "exclusive"])
        return row


def remove(*, by: Person, number: int) -> None:
    with change():
        one(by, number).delete()


def put_on(*, by: Person, at: datetime, number: int, whom: Sequence[int]) -> None:
    """All of these people (ids), or none: raises NotFound where ``by`` may not know of one of them, BadInput for who
    is on it already and for more than it holds."""
    wanted = list(dict.fromkeys(whom))
    with change():
        row = List.objects.select_for_update().filter(pk=number, person=by).first()
        if row is None or len(spaces.known_to(by, at, among=wanted)) < len(wanted):
            raise NotFound
        there = set(_members(row).values_list("whom", flat=True))
        if there & set(wanted):
            raise BadInput(_("They are on this list already."))
        if len(there) + len(wanted) > MOST_MEMBERS:
            raise BadInput(
                _("A list has %(n)d people at most.") % {"n": MOST_MEMBERS}, _("Take somebody off it first.")
            )
        # In their order, which numbers of one millisecond have not.
        numbers = sorted(new_id(at) for _one in wanted)
        ListMember.objects.bulk_create(
            [
                ListMember(id=number, list=row, whom_id=one)
                for number, one in zip(numbers, wanted, strict=True)
            ]
        )


def take_off(*, by: Person, number: int, whom: Collection[int]) -> None:
    """Who is not on it is off it already."""
    with change():
        _members(one(by, number)).filter(whom__in=list(whom)).delete()


def drawn(row: List) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "title": row.title,
        "replies_policy": row.replies_policy,
        "exclusive": row.exclusive,
    }


def _members(row: List) -> QuerySet[ListMember]:
    return ListMember.objects.filter(list=row)


def _title(said: str) -> str:
    title = " ".join(said.split())
    if not title:
        raise BadInput(_("A list has a title."))
    if len(title) > LONGEST_TITLE:
        raise BadInput(_("The title of a list has %(n)d characters at most.") % {"n": LONGEST_TITLE})
    return title


def _check(replies_policy: str) -> None:
    if replies_policy not in POLICIES:
        raise BadInput(_("“replies_policy” is one of: %(names)s.") % {"names": ", ".join(POLICIES)})
