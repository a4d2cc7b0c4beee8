"""Filters that a person keeps for their apps: kept, changed, and found in what they read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lockgate.base.ids import new_id
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.mastodon import rules
from lockgate.mastodon.entities import instant
from lockgate.mastodon.models import Filter, FilteredPost, Keyword
from lockgate.people.models import Person

CONTEXTS = ("home", "notifications", "public", "thread", "account")
ACTIONS = ("warn", "hide", "blur")
MOST_FILTERS = 100
MOST_KEYWORDS = 100
MOST_POSTS = 500


def of(viewer: Person) -> list[dict[str, Any]]:
    return [drawn(one) for one in mine(viewer)]


def one(viewer: Person, number: int) -> dict[str, Any]:
    return drawn(filter_of(viewer, number))


def keyword(viewer: Person, number: int) -> dict[str, Any]:
    return _keyword_drawn(keyword_of(viewer, number))


def standing(viewer: Person, at: datetime) -> list[Filter]:
    """Those that have not run out, for a page of posts; three statements at most."""
    return list(mine(viewer).filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at)))


def found_in(filters: Sequence[Filter], text: str, passage_id: int) -> list[dict[str, Any]]:
    """What a client calls ``filtered``: the filters whose words are in ``text``, and those that name this very post."""
    told = []
    for row in filters:
        hits = [
            one.words for one in row.keywords.all() if rules.holds(text, one.words, is_whole=one.is_whole)
        ]
        is_named = any(one.passage_id == passage_id for one in row.posts.all())
        if hits or is_named:
            told.append(
                {
                    "filter": drawn_briefly(row),
                    "keyword_matches": hits or None,
                    "status_matches": [str(passage_id)] if is_named else None,
                }
            )
    return told


def keep(
    *,
    by: Person,
    at: datetime,
    title: str,
    contexts: Sequence[str],
    action: str,
    expires_at: datetime | None,
    words: Sequence[tuple[str, bool]],
) -> dict[str, Any]:
    """A new filter. What somebody does not want to meet is no communication: the archive is not told."""
    check(title, contexts, action)
    with change():
        if Filter.objects.filter(person=by).count() >= MOST_FILTERS:
            raise BadInput(_("You have a hundred filters already."), _("Remove one first."))
        row = Filter.objects.create(
            id=new_id(at),
            person=by,
            title=title.strip()[:200],
            contexts=list(contexts),
            action=action,
            expires_at=expires_at,
        )
        for said, is_whole in words:
            _add(row, said, is_whole, at)
        return drawn(row)


def alter(
    *,
    by: Person,
    number: int,
    title: str | None,
    contexts: Sequence[str] | None,
    action: str | None,
    expires_at: datetime | None,
    changes_expiry: bool = False,
) -> dict[str, Any]:
    """Only what is given is changed; with ``changes_expiry`` also until when, None for good. Raises NotFound for a
    filter that is not theirs."""
    with change():
        row = filter_of(by, number)
        row.title = row.title if title is None else title.strip()[:200]
        row.contexts = row.contexts if contexts is None else list(contexts)
        row.action = action or row.action
        row.expires_at = expires_at if changes_expiry else row.expires_at
        check(row.title, row.contexts, row.action)
        row.save(update_fields=["title", "contexts", "action", "expires_at"])
        return drawn(row)


def remove(*, by: Person, number: int) -> None:
    with change():
        filter_of(by, number).delete()


def add_keyword(*, by: Person, at: datetime, number: int, words: str, is_whole: bool) -> dict[str, Any]:
    with change():
        return _keyword_drawn(_add(filter_of(by, number), words, is_whole, at))


def alter_keyword(*, by: Person, number: int, words: str, is_whole: bool) -> dict[str, Any]:
    with change():
        row = keyword_of(by, number)
        row.words, row.is_whole = words_of(words), is_whole
        row.save(update_fields=["words", "is_whole"])
        return _keyword_drawn(row)


def remove_keyword(*, by: Person, number: int) -> None:
    with change():
        keyword_of(by, number).delete()


def post(viewer: Person, number: int) -> dict[str, Any]:
    return _post_drawn(_post(viewer, number))


def add_post(*, by: Person, at: datetime, number: int, passage_id: int) -> dict[str, Any]:
    """This filter is for this post, too. Whoever calls this has asked whether ``by`` may read it. Raises BadInput for
    one that it names already."""
    with change():
        row = filter_of(by, number)
        if row.posts.count() >= MOST_POSTS:
            raise BadInput(
                _("This filter names %(n)d posts already.") % {"n": MOST_POSTS}, _("Remove one first.")
            )
        named, is_new = FilteredPost.objects.get_or_create(
            filter=row, passage_id=passage_id, defaults={"id": new_id(at)}
        )
        if not is_new:
            raise BadInput(_("This filter names that post already."))
        return _post_drawn(named)


def remove_post(*, by: Person, number: int) -> None:
    with change():
        _post(by, number).delete()


def drawn_briefly(row: Filter) -> dict[str, Any]:
    """A filter beside a post: what it does, without all that it looks for."""
    return {
        "id": str(row.pk),
        "title": row.title,
        "context": row.contexts,
        "expires_at": instant(row.expires_at) if row.expires_at else None,
        "filter_action": row.action,
    }


def drawn(row: Filter) -> dict[str, Any]:
    return drawn_briefly(row) | {
        "keywords": [_keyword_drawn(one) for one in row.keywords.all()],
        "statuses": [_post_drawn(one) for one in row.posts.all()],
    }


def _keyword_drawn(row: Keyword) -> dict[str, Any]:
    return {"id": str(row.pk), "keyword": row.words, "whole_word": row.is_whole}


def _post_drawn(row: FilteredPost) -> dict[str, Any]:
    return {"id": str(row.pk), "status_id": str(row.passage_id)}


def _add(row: Filter, words: str, is_whole: bool, at: datetime) -> Keyword:
    if row.keywords.count() >= MOST_KEYWORDS:
        raise BadInput(_("This filter has a hundred words already."), _("Remove one first."))
    return Keyword.objects.create(id=new_id(at), filter=row, words=words_of(words), is_whole=is_whole)


def words_of(words: str) -> str:
    said = " ".join(words.split())[:200]
    if not said:
        raise BadInput(_("A filter looks for some words."))
    return said


def check(title: str, contexts: Sequence[str], action: str) -> None:
    if not title.strip():
        raise BadInput(_("A filter has a title."))
    if not contexts or not set(contexts) <= set(CONTEXTS):
        raise BadInput(_("A filter is for some of: %(names)s.") % {"names": ", ".join(CONTEXTS)})
    if action not in ACTIONS:
        raise BadInput(_("A filter does one of: %(names)s.") % {"names": ", ".join(ACTIONS)})


def mine(person: Person) -> QuerySet[Filter]:
    return Filter.objects.filter(person=person).prefetch_related("keywords", "posts").order_by("-id")


def filter_of(person: Person, number: int) -> Filter:
    row = mine(person).filter(pk=number).first()
    if row is None:
        raise NotFound
    return row


def keyword_of(person: Person, number: int) -> Keyword:
    row = Keyword.objects.filter(pk=number, filter__person=person).first()
    if row is None:
        raise NotFound
    return row


def _post(person: Person, number: int) -> FilteredPost:
    row = FilteredPost.objects.filter(pk=number, filter__person=person).first()
    if row is None:
        raise NotFound
    return row
