"""What the reader attends to: what they follow, what is read, when they are left in peace, and why they see a post."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lockgate.attention import operations as attention
from lockgate.attention import queries
from lockgate.attention.types import Reason
from lockgate.base.clock import now
from lockgate.base.ids import read_id
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.conversations import queries as conversations
from lockgate.notices import operations as notices
from lockgate.notices import queries as told
from lockgate.notices.types import QuietHours
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.web import posts, waiting
from lockgate.web.composing import local_time
from lockgate.web.shell import forget_standings, page, standing, viewer
from lockgate.web.views import push

MOST = 100


@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """What one follows, quiet hours, and who leads."""
    return _settings(request, viewer(request))


def _settings(request: HttpRequest, person: Person, problem: Refusal | None = None) -> HttpResponse:
    at = now()
    hours = told.quiet_hours(person.pk)
    administers = "administrator" in standing(person, at).duties
    context: dict[str, Any] = {
        "followed": queries.followed(person, at),
        "muted": queries.muted(person, at),
        "hours": hours,
        "begins": _clock(hours.begins),
        "ends": _clock(hours.ends),
        "days": [(day, name, day in hours.days) for day, name in enumerate(_week())],
        "quiet_until": told.quiet_until(person.pk, at),
        "until": _local(hours.until, person) if hours.until and hours.until > at else "",
        "zone": person.time_zone,
        "leaders": queries.leaders() if person.firm.is_house else [],
        "administers": administers,
        "everyone": [one for one in people.everyone(limit=2000) if not one.is_guest] if administers else [],
        "problem": problem,
        **push.shown(person),
    }
    status = problem.status if problem else 200
    return page(request, "web/attention.html", context, person=person, current="people", at=at, status=status)


def _week() -> list[str]:
    return [
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
    ]  # fmt: skip


def _clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02}:{minute % 60:02}"


def _local(moment: datetime, person: Person) -> str:
    try:
        return moment.astimezone(ZoneInfo(person.time_zone)).strftime("%Y-%m-%dT%H:%M")
    except (ValueError, OSError):
        return ""


@require_POST
def quiet(request: HttpRequest) -> HttpResponse:
    """When the reader is not to be disturbed."""
    person = viewer(request)
    try:
        hours = QuietHours(
            _minute(request.POST.get("begins", "")),
            _minute(request.POST.get("ends", "")),
            frozenset(int(one) for one in request.POST.getlist("days")[:7] if one in set("0123456")),
            # Their own zone, as the daily hours are: not that of the browser they happen to sit at.
            local_time(request.POST.get("until", ""), person.time_zone),
        )
        notices.keep_quiet(by=person.pk, at=now(), hours=hours)
    except Refusal as refusal:
        return _settings(request, person, refusal)
    return HttpResponseRedirect("/attention")


def _minute(text: str) -> int | None:
    if not text:
        return None
    hour, _colon, minute = text[:5].partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise BadInput(_("“%(text)s” is not a time that can be read.") % {"text": text[:10]})
    return int(hour) * 60 + int(minute)


@require_POST
def follows(request: HttpRequest) -> HttpResponse:
    """Follow a person, a topic or a thread, or no longer."""
    person, at = viewer(request), now()
    kind, key = request.POST.get("kind", "")[:10], request.POST.get("key", "")[:80]
    verb = attention.follow if request.POST.get("on") == "1" else attention.unfollow
    verb(by=person, at=at, kind=kind, key=key)
    return HttpResponseRedirect(_back(request, "/attention"))


def _back(request: HttpRequest, otherwise: str) -> str:
    back = request.POST.get("back", "")[:300]
    return back if back.startswith("/") and url_has_allowed_host_and_scheme(back, None) else otherwise


@require_POST
def mute(request: HttpRequest, passage_id: int) -> HttpResponse:
    """Told of nothing more that comes of a thread, or told of it again."""
    person, at = viewer(request), now()
    verb = attention.mute_thread if request.POST.get("on") == "1" else attention.unmute_thread
    verb(by=person, at=at, passage_id=passage_id)
    return HttpResponseRedirect(_back(request, "/attention"))


@require_safe
def followed(request: HttpRequest) -> HttpResponse:
    """What those whom and what the reader follows brought, as far as the reader hears it."""
    person, at = viewer(request), now()
    keys = queries.followed_feed(person, at)
    context = {"posts": posts.joined(keys), "is_empty": not keys}
    return page(request, "web/followed.html", context, person=person, current="home", at=at)


@require_safe
def topic(request: HttpRequest, word: str) -> HttpResponse:
    """What was said on a topic where the reader sits. One on which nothing was said looks like one that is hidden."""
    person, at = viewer(request), now()
    plain = queries.topic(word)
    if not plain:
        raise NotFound
    keys = queries.of_topic(person, plain, at)
    context = {
        "topic": plain,
        "posts": posts.joined(keys),
        "is_empty": not keys,
        "follows": queries.is_followed(person, "topic", plain),
    }
    return page(request, "web/topic.html", context, person=person, current="home", at=at)


@require_safe
def why(request: HttpRequest, passage_id: int) -> HttpResponse:
    """Why do I see this? A few sentences, from what stands now."""
    person, at = viewer(request), now()
    reasons = queries.why(person, passage_id, at)
    passage = conversations.heard(person, passage_id, at)
    key = conversations.one(person, passage_id, at)
    context: dict[str, Any] = {
        "passage": passage,
        "root_id": key.passage_id,
        "back": f"/messages/{conversations.heard(person, key.passage_id, at).message_id}",
        "reasons": [reason_words(one) for one in reasons],
        "author": people.cards([passage.author_id]).get(passage.author_id),
        "is_mine": passage.author_id == person.pk,
        "follows_author": queries.is_followed(person, "person", str(passage.author_id)),
        "follows_thread": queries.is_followed(person, "thread", str(key.passage_id)),
    }
    return page(request, "web/why.html", context, person=person, current="home", at=at)


def reason_words(reason: Reason) -> str:
    """A reason as a sentence."""
    words = {"who": "", "place": "", "since": "", "topic": "", **reason.words}
    sentences = {
        "own": _("You wrote it."),
        "named": _("%(who)s named you in it."),
        "leader": _("%(who)s leads the company: such posts stand first until you have seen them."),
        "person": _("You follow %(who)s."),
        "topic": _("You follow #%(topic)s."),
        "thread": _("You follow this thread."),
        "public": _("It is public: everybody in the company sees what the company says outside."),
        "company": _("Everybody in the company hears %(place)s."),
        "seat": _("You have a seat in %(place)s since %(since)s."),
    }
    return sentences[reason.kind] % words


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark read: all up to a position (``up_to``), these (``of``), or ``keep`` one unread."""
    person, at = viewer(request), now()
    if "keep" in request.POST:
        attention.keep_unread(by=person, at=at, passage_id=read_id(request.POST["keep"]) or 0)
    elif "of" in request.POST:
        numbers = [read_id(word) for word in request.POST["of"].split(",")[:MOST]]
        attention.mark_read(by=person, at=at, passages=[one for one in numbers if one is not None])
    else:
        attention.mark_all_read(by=person, at=at, up_to=read_id(request.POST.get("up_to", "")) or None)
    waiting.forget(person)
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"read": True})
    return HttpResponseRedirect(_back(request, "/"))


@require_POST
def leaders(request: HttpRequest) -> HttpResponse:
    """Whose posts stand first until they are seen; for administrators."""
    person = viewer(request)
    whom = people.by_slug(request.POST.get("person", "")[:80])
    if whom is None or "administrator" not in people.duties(person, now()):
        raise NotFound
    verb = attention.name_leader if request.POST.get("on") == "1" else attention.no_leader
    verb(by=person, at=now(), person=whom)
    waiting.forget_leaders()
    forget_standings()
    return HttpResponseRedirect("/attention")
