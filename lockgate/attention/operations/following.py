"""Following people, topics and threads. It draws attention to what one hears, and lets nobody hear anything."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from lockgate.attention import rules
from lockgate.attention.models import Follow, FollowedUp, Topic
from lockgate.attention.refusals import FollowsEnough
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.conversations import queries as conversations
from lockgate.gateway import queries as gate
from lockgate.notices import queries as notices
from lockgate.notices.operations import tell
from lockgate.people.models import Person
from lockgate.people.queries import by_slug
from lockgate.spaces import queries as spaces

LATE = timedelta(seconds=60)
STRIDE = timedelta(minutes=30)


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
        if found is None or found.pk not in spaces.known_to(by, at) or found.pk == by.pk:
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

    Looked at from behind by a minute, because what was committed late bears an earlier id; who was told of a message
    is not told of it again.
    """
    with change():
        kept, is_first = FollowedUp.objects.select_for_update().get_or_create(id=1, defaults={"until": at})
        if is_first:
            return False
        begins, ends = kept.until - LATE, min(at, kept.until + STRIDE)
        happened = {(passage, kind) for _audience, passage, kind in notices.happened_between(begins, ends)}
        for one in gate.heard_of(happened, begins):
            passage = conversations.delivered(one.passage_id)
            if passage is None:
                continue
            words = rules.topics(passage.body)
            Topic.objects.bulk_create(
                [
                    Topic(passage_id=passage.passage_id, audience_id=passage.audience_id, word=word)
                    for word in words
                ],
                ignore_conflicts=True,
            )
            wanted: dict[int, tuple[str, str]] = {}
            reasons = [("person", str(passage.author_id)), *(("topic", word) for word in words)]
            if passage.thread_id is not None:
                reasons.append(("thread", str(passage.thread_id)))
            for kind, key in reasons:
                for person in Follow.objects.filter(kind=kind, key=key).values_list("person_id", flat=True):
                    wanted.setdefault(person, (kind, key))
            wanted.pop(passage.author_id, None)
            if not wanted:
                continue
            # Asked for each, now: a follow never lets anybody hear what they would not hear without it.
            hears = set(spaces.hearing(passage.audience_id, passage.position, at))
            told = notices.told_of(passage.message_id)
            for person, (kind, key) in wanted.items():
                if person in hears and person not in told and not conversations.names(passage, person):
                    tell(
                        [person],
                        f"followed-{kind}",
                        words={
                            "who": passage.author_name,
                            "place": passage.place_name,
                            "word": key if kind == "topic" else "",
                        },
                        message_id=passage.message_id,
                        at=at,
                    )
        kept.until = ends
        kept.save(update_fields=["until"])
    return ends < at
