"""What waits for a person and what they were told, as the cards beside Home show it."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lockgate.approvals import queries as approvals
from lockgate.approvals.types import RequestView
from lockgate.attention import queries as attention
from lockgate.channels import queries as channels
from lockgate.conversations import queries as conversations
from lockgate.gateway import queries as gate
from lockgate.notices import queries as notices
from lockgate.notices.types import NoticeView
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces
from lockgate.web.markdown import first_words
from lockgate.web.states import state_words

SHOWN = 4
# Where a notice leads that is of no message.
_ADDRESSES = {"rumour-asked": "/rumours"}
KEPT_SECONDS = 8.0
_cards: dict[tuple[int, str, int, frozenset[int]], tuple[float, SafeString]] = {}
_none_first: dict[int, float] = {}
_leading: tuple[float, frozenset[int]] = (0.0, frozenset())
_none_announced: dict[tuple[int, frozenset[tuple[int, int]]], float] = {}


@dataclass(frozen=True, slots=True)
class Own:
    """One of the viewer's own messages that is not through everywhere."""

    message_id: int
    words: str
    place: str
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class Told:
    """A notice in words."""

    message_id: int | None
    sentence: str
    at: datetime
    is_seen: bool
    address: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    request_id: int
    place_name: str
    author_name: str
    due_at: datetime


def cards(person: Person, at: datetime, waiting_count: int, heard: Collection[int]) -> SafeString:
    """The cards, drawn at most every ``KEPT_SECONDS`` for a person unless the count of what waits, or the
    audiences that they hear (``heard``, ids), have changed: who was cleared from a room is shown nothing of it."""
    key = (person.pk, get_language() or "en", waiting_count, frozenset(heard))
    moment = time.monotonic()
    kept = _cards.get(key)
    if kept is not None and kept[0] > moment:
        return kept[1]
    asked = approvals.waiting_for(person, at) if waiting_count else []
    names = place_names(person, at) if asked else {}
    html = get_template("parts/cards.html").render(
        {
            "asked": [
                Asked(one.request_id, names.get(one.place_key, one.place_key), one.author_name, one.due_at)
                for one in asked[:SHOWN]
            ],
            "more": max(0, len(asked) - SHOWN),
            "own": own(person, at)[:SHOWN],
            "news": [one for one in told(person, at) if not one.is_seen][:SHOWN],
        }
    )
    drawn = mark_safe(html)  # noqa: S308 (drawn by our own template, which escapes)
    if len(_cards) > 10_000:
        _cards.clear()
    _cards[key] = (moment + KEPT_SECONDS, drawn)
    return drawn


def unconfirmed(person: Person, heard: Mapping[int, int], csrf: str) -> SafeString:
    """Announcements that this person has yet to confirm. That there are none is kept for ``KEPT_SECONDS``; what
    there is, is looked up each time, so that none shows that was taken back."""
    key = (person.pk, frozenset(heard.items()))
    moment = time.monotonic()
    if _none_announced.get(key, 0.0) > moment:
        return SafeString("")
    lines = conversations.unconfirmed(person, heard)
    if not lines:
        if len(_none_announced) > 10_000:
            _none_announced.clear()
        _none_announced[key] = moment + KEPT_SECONDS
        return SafeString("")
    html = get_template("parts/unconfirmed.html").render({"announcements": lines, "csrf": csrf})
    return mark_safe(html)  # noqa: S308 (drawn by our own template, which escapes)


def first(person: Person, at: datetime, csrf: str) -> SafeString:
    """What those who lead said and this person has not seen. That there is nothing is kept for ``KEPT_SECONDS``."""
    moment = time.monotonic()
    lead = leading()
    if not lead or _none_first.get(person.pk, 0.0) > moment:
        return SafeString("")
    keys = attention.leaders_first(person, lead, at)
    if not keys:
        if len(_none_first) > 10_000:
            _none_first.clear()
        _none_first[person.pk] = moment + KEPT_SECONDS
        return SafeString("")
    items = conversations.items([one.passage_id for one in keys])
    lines = [items[one.passage_id] for one in keys if one.passage_id in items]
    # An announcement stands above until it is confirmed; once is enough.
    lines = [one for one in lines if not one.is_announcement]
    if not lines:
        return SafeString("")
    ids = ",".join(str(one.passage_id) for one in lines)
    html = get_template("parts/first.html").render({"lines": lines, "ids": ids, "csrf": csrf})
    return mark_safe(html)  # noqa: S308 (drawn by our own template, which escapes)


def leading() -> frozenset[int]:
    """Whom the company names as its leaders, at most ``KEPT_SECONDS`` ago."""
    global _leading
    moment = time.monotonic()
    if _leading[0] <= moment:
        _leading = (moment + KEPT_SECONDS, frozenset(one.id for one in attention.leaders()))
    return _leading[1]


def forget_leaders() -> None:
    """After somebody was named a leader, or is one no more, in this process at once."""
    global _leading
    _leading = (0.0, frozenset())
    _none_first.clear()


def forget(person: Person) -> None:
    """After this person wrote or signed something, in this process at once."""
    for key in [key for key in list(_cards) if key[0] == person.pk]:
        _cards.pop(key, None)


def own(person: Person, at: datetime) -> list[Own]:
    return [
        Own(message_id, first_words(words, 90), state.place_name, state.kind, state_words(state))
        for message_id, words, state in gate.waiting_of(person, at)
    ]


def told(person: Person, at: datetime, limit: int = 30) -> list[Told]:
    """What this person was told, the newest first. Whether they may still know is asked now, not when it was told: of a
    room that they were cleared from, no word is shown."""
    rows = notices.of(person, limit=limit)
    seen = gate.places_seen(person, {one.message_id for one in rows if one.message_id is not None}, at)
    return [
        Told(one.message_id, sentence(one), one.at, one.is_seen, _ADDRESSES.get(one.kind, ""))
        for one in rows
        if one.message_id is None or _may_still_know(one, seen.get(one.message_id, set()))
    ]


def _may_still_know(notice: NoticeView, places: set[str]) -> bool:
    """``places`` are the names of those where its message is still to be seen."""
    return bool(places) and notice.words.get("place", next(iter(places))) in places


def place_names(person: Person, at: datetime) -> dict[str, str]:
    """Names by key of the places that this person may know of."""
    names = {one.key: one.name for one in spaces.places_of(person, at)}
    if person.firm.is_house:
        names |= {f"channel:{one.slug}": one.name for one in channels.accounts()}
    return names


def place_name(request: RequestView, names: dict[str, str]) -> str:
    """The place of a request: its name where the reader knows it, else only what it is."""
    kind, _colon, slug = request.place_key.partition(":")
    return names.get(request.place_key) or (_("a space") if kind == "space" else slug)


def sentence(notice: NoticeView) -> str:
    """A notice as a sentence; ``words`` fill what its kind leaves open."""
    words = {"place": "", "who": "", "word": "", "desk": "", "to": "", "why": "", "due": "", **notice.words}
    sentences = {
        "asked": _("%(who)s passes an approval on to you: “%(word)s”"),
        "due": _("%(desk)s: an approval is due soon."),
        "overdue": _("%(desk)s: an approval is overdue."),
        "late": _("%(desk)s has not answered in time. Your words still wait there."),
        "asked-again": _("The policy changed, so %(place)s asks for approval again."),
        "stopped": _("%(place)s did not take your words: %(why)s"),
        "signed": _("%(who)s approved it for %(place)s: “%(word)s”"),
        "signed-late": _("%(who)s approved it for %(place)s, after it was due: “%(word)s”"),
        "change-asked": _("%(who)s asks for a change for %(place)s: “%(word)s”"),
        "rejected": _("%(who)s rejected it for %(place)s: “%(word)s”"),
        "escalated": _("%(who)s passed it on to %(to)s: “%(word)s”"),
        "delivered": _("It stands on %(place)s."),
        "failed": _("%(place)s did not take it: %(word)s"),
        "unknown": _("%(place)s has not confirmed it yet; it is being looked up. %(word)s"),
        "differs": _("What stands on %(place)s is not what was sent: %(word)s"),
        "glass-broken": _("%(who)s reads %(place)s for a day, with a second person’s consent: “%(why)s”"),
        "mentioned": _("%(who)s named you in %(place)s."),
        "boosted": _("%(who)s boosted a post of yours in %(place)s."),
        "quoted": _("%(who)s quoted a post of yours in %(place)s."),
        "announcement": _("%(who)s asks you to read and confirm an announcement in %(place)s."),
        "address-dead": _(
            "The e-mail address of %(who)s takes no letters any more, so none are sent. Ask for the right one."
        ),
        "webhook-ended": _("“%(word)s” took no calls for days, so it is called no more."),
        "accepted": _("%(who)s says that your answer in %(place)s helped."),
        "mentioned-group": _("%(who)s named your team or space in %(place)s."),
        "followed-person": _("%(who)s, whom you follow, wrote in %(place)s."),
        "followed-topic": _("%(who)s wrote on #%(word)s in %(place)s."),
        "followed-thread": _("%(who)s answered in %(place)s, in a thread that you follow."),
        "rumour-asked": _("Somebody asks whether something is true. It waits for you under Rumours."),
        "rumour-answered": _("What you wanted to know is answered in %(place)s."),
        "recalled": _("It was taken back from %(place)s."),
    }
    return (sentences.get(notice.kind) or _("Something about %(place)s needs a look. %(word)s")) % words
