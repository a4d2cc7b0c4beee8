"""Following people, topics and threads. It draws attention to what one hears, and lets nobody hear anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive import queries as archive
from lockgate.attention import rules
from lockgate.attention.models import Follow, FollowedUp, Topic
from lockgate.attention.refusals import FollowsEnough
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import Heard, ShownOf
from lockgate.gateway.events import MESSAGE_BROUGHT_IN, PASSAGE_AMENDED, PASSAGE_DELIVERED
from lockgate.notices import queries as notices
from lockgate.notices.operations import tell
from lockgate.people.models import Person
from lockgate.people.queries import by_slug
from lockgate.spaces import queries as spaces

SOME = 300
"""Delivered passages that are looked at in one turn."""
_Wanted = dict[int, tuple[str, str]]


def follow(*, by: Person, at: datetime, kind: str, key: str) -> None:
    """Be told of what a person (``key`` is their slug), a topic or a thread (the id of a passage in it) brings. Raises
    NotFound for a person that ``by`` may not know of and a thread that they do not hear; BadInput, FollowsEnough."""
    key = _key(by, at, kind, key)
    with change():
        if Follow.objects.filter(person=by).count() >= rules.MOST_FOLLOWED:
            raise FollowsEnough(
                _("You follow 500 things, and no more can be."), _("Unfollow something first.")
            )
        Follow.objects.get_or_create(person=by, kind=kind, key=key, defaults={"at": at})


def unfollow(*, by: Person, at: datetime, kind: str, key: str) -> None:
    """Follow it no longer. Whoever may no longer know of a person or hear a thread may still let go of it."""
    try:
        known = _key(by, at, kind, key)
    except NotFound:
        known = key
    with change():
        Follow.objects.filter(person=by, kind=kind, key__in={known, key}).delete()


def _key(by: Person, at: datetime, kind: str, key: str) -> str:
    if kind == "person":
        found = by_slug(key)
        if found is None or found.pk == by.pk or found.pk not in spaces.known_to(by, at, among=[found.pk]):
            raise NotFound
        return str(found.pk)
    if kind == "topic":
        word = rules.topic(key)
        if not word:
            raise BadInput(_("A topic is one word of letters, digits and hyphens."))
        return word
    if kind == "thread":
        number = int(key) if key.isascii() and key.isdigit() and len(key) <= 19 else 0
        return str(conversations.heard(by, number, at).root_id)
    raise BadInput(_("One follows a person, a topic or a thread."))


def follow_up(*, at: datetime) -> bool:
    """Note the topics of what was delivered since the last look, and tell those who follow it, its author or its thread
    and hear it; answers whether there is more to look at. For the work process.

    It follows the archive's log, as search does: its places have no gaps, so nothing is missed or looked at twice. What
    was brought in from elsewhere is found under its topics, and nobody is told of it.
    """
    kept, size = FollowedUp.objects.first(), archive.log_size()
    if kept is None:
        # What was said before anybody looked stands under its topics, and is told to nobody.
        _note_all(size)
        with change():
            FollowedUp.objects.get_or_create(id=1, defaults={"place": size})
        return False
    lines = archive.told_of_action(PASSAGE_DELIVERED, kept.place, size, SOME)
    ends = lines[-1][0] + 1 if len(lines) == SOME else size
    # Other words may name other topics; nobody is told of them a second time.
    reworded = archive.told_of_action(PASSAGE_AMENDED, kept.place, ends, SOME)
    if len(reworded) == SOME:
        ends = reworded[-1][0] + 1
        lines = [one for one in lines if one[0] < ends]
    if ends == kept.place:
        return False
    # Read outside of the transaction: SQLite has one write lock, and posts wait for it.
    found, topics = _read(lines)
    anew, new_topics = _read(reworded)
    topics |= new_topics
    showing = conversations.showing([one.passage_id for one in found])
    wanted = _wanted(found, topics)
    with change():
        now = FollowedUp.objects.select_for_update().get(id=1)
        if now.place != kept.place:
            return True  # another one has done this meanwhile
        if anew:
            Topic.objects.filter(passage__in=[one.passage_id for one in anew]).delete()
        _note([*found, *anew], topics)
        for one in found:
            if one.passage_id in showing:
                _tell_author(one, showing[one.passage_id], at)
        for one, persons in wanted:
            _tell(one, persons, at)
        now.place = ends
        now.save(update_fields=["place"])
    return ends < size


def _note_all(size: int) -> None:
    """The topics of all that the log tells of, in short pieces; begun anew where it is broken off."""
    place = 0
    while lines := archive.told_of_action(PASSAGE_DELIVERED, place, size, SOME):
        found, topics = _read(lines)
        with change():
            _note(found, topics)
        place = lines[-1][0] + 1


def _read(lines: Sequence[tuple[int, str]]) -> tuple[list[Heard], dict[int, tuple[str, ...]]]:
    numbers = [int(record.removeprefix("x:")) for _place, record in lines]
    found = [one for one in conversations.all_delivered(numbers) if not one.is_public]
    return found, {one.passage_id: rules.topics(one.body) for one in found}


def _note(found: Sequence[Heard], topics: Mapping[int, Collection[str]]) -> None:
    Topic.objects.bulk_create(
        [
            Topic(passage_id=one.passage_id, audience_id=one.audience_id, word=word)
            for one in found
            for word in topics[one.passage_id]
        ],
        ignore_conflicts=True,
    )


def _wanted(found: Sequence[Heard], topics: Mapping[int, Collection[str]]) -> list[tuple[Heard, _Wanted]]:
    """Whom each of these might be told to, with the first reason; whether they hear it is asked when they are told."""
    keys: dict[str, set[str]] = {kind: set() for kind in rules.KINDS}
    for one in found:
        keys["person"].add(str(one.author_id))
        keys["topic"].update(topics[one.passage_id])
        if one.thread_id is not None:
            keys["thread"].add(str(one.thread_id))
    followers: dict[tuple[str, str], list[int]] = {}
    for kind, some in keys.items():
        rows = Follow.objects.filter(kind=kind, key__in=some) if some else Follow.objects.none()
        for key, person in rows.values_list("key", "person_id"):
            followers.setdefault((kind, key), []).append(person)
    if not followers:
        return []
    wanted: list[tuple[Heard, _Wanted]] = []
    for one in found:
        reasons = [("person", str(one.author_id)), *(("topic", word) for word in topics[one.passage_id])]
        if one.thread_id is not None:
            reasons.append(("thread", str(one.thread_id)))
        persons: _Wanted = {}
        for reason in reasons:
            for person in followers.get(reason, ()):
                persons.setdefault(person, reason)
        persons.pop(one.author_id, None)
        if persons:
            wanted.append((one, persons))
    brought = archive.having(MESSAGE_BROUGHT_IN, {f"m:{one.message_id}" for one, _persons in wanted})
    return [(one, persons) for one, persons in wanted if f"m:{one.message_id}" not in brought]


def _tell_author(one: Heard, shown: ShownOf, at: datetime) -> None:
    """Whose post was quoted or boosted, if they hear where, and still what."""
    author = Person.objects.select_related("firm").get(pk=shown.author_id)
    if author.pk == one.author_id:
        return
    both = conversations.all_heard(author, [one.passage_id, shown.passage_id], at)
    heard = {each.passage_id: each.root_id for each in both}
    if len(heard) == 2:
        tell(
            [author.pk],
            "boosted" if shown.is_boost else "quoted",
            words={"who": one.author_name, "place": one.place_name},
            message_id=one.message_id,
            thread=heard[shown.passage_id],
            at=at,
        )


def _tell(one: Heard, wanted: _Wanted, at: datetime) -> None:
    """Each who hears it now: a follow never lets anybody hear what they would not hear without it."""
    hears = set(spaces.hearing(one.audience_id, one.position, at))
    told = notices.told_of(one.message_id)
    by_reason: dict[tuple[str, str], list[int]] = {}
    for person, reason in wanted.items():
        if person in hears and person not in told and not conversations.names(one, person):
            by_reason.setdefault(reason, []).append(person)
    for (kind, key), persons in by_reason.items():
        tell(
            persons,
            f"followed-{kind}",
            words={"who": one.author_name, "place": one.place_name, "word": key if kind == "topic" else ""},
            message_id=one.message_id,
            thread=one.root_id,
            at=at,
        )
