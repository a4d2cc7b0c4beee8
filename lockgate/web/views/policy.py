"""Policy: what may be said where, its versions, and the three steps to a new one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lockgate.base.clock import now
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.policy import operations as policy
from lockgate.policy import queries as policies
from lockgate.policy.types import PackView, Tried, VersionView
from lockgate.web.composing import quoted, verdict
from lockgate.web.shell import fragment, page, viewer
from lockgate.web.states import outcome_words

LONGEST_SOURCE = 1_000_000
LONGEST_TEXT = 20_000


def _employee(request: HttpRequest) -> Person:
    person = viewer(request)
    if not person.firm.is_house:
        raise NotFound
    return person


def _pack(slug: str) -> PackView:
    for one in policies.packs(now()):
        if one.slug == slug:
            return one
    raise NotFound


@require_safe
def packs(request: HttpRequest) -> HttpResponse:
    person, at = _employee(request), now()
    duties = people.duties(person, at)
    context = {"packs": policies.packs(at), "writes": policy.AUTHOR in duties}
    return page(request, "web/policy.html", context, person=person, current="policy", at=at)


@require_safe
def pack(request: HttpRequest, slug: str) -> HttpResponse:
    person, at = _employee(request), now()
    found = _pack(slug)
    duties = people.duties(person, at)
    context = {
        "pack": found,
        "rules": [
            (rule, [(kind, word, outcome_words(word)) for kind, word in rule.outcomes.items()])
            for rule in found.rules
        ],
        "versions": policies.versions(slug, at=at),
        "writes": policy.AUTHOR in duties,
    }
    return page(request, "web/pack.html", context, person=person, current="policy", at=at)


@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    return _version_page(request, slug, number)


def _version_page(
    request: HttpRequest, slug: str, number: int, *, problem: Refusal | None = None
) -> HttpResponse:
    person, at = _employee(request), now()
    rows = policies.versions(slug, at=at)
    found = _numbered(rows, number)
    duties = people.duties(person, at)
    before = _before(rows, found)
    reviewed = {one.reviewer_id for one in found.reviews}
    context = {
        "version": found,
        "before": before,
        "diff": diff_lines(before.source if before else "", found.source) if before else [],
        "may_review": policy.REVIEWER in duties
        and person.pk != found.proposed_by_id
        and person.pk not in reviewed,
        "is_own": person.pk == found.proposed_by_id,
        "may_publish": bool(duties & {policy.AUTHOR, policy.REVIEWER})
        and bool(found.reviews)
        and not found.is_standing,
        "problem": problem,
    }
    return page(
        request,
        "web/version.html",
        context,
        person=person,
        current="policy",
        at=at,
        status=problem.status if problem else 200,
    )


def _numbered(rows: list[VersionView], number: int) -> VersionView:
    for one in rows:
        if one.number == number:
            return one
    raise NotFound


def _before(rows: list[VersionView], found: VersionView) -> VersionView | None:
    """What a version is compared with: the one in force, or for that one the number before it."""
    if not found.is_standing:
        standing = next((one for one in rows if one.is_standing), None)
        if standing is not None:
            return standing
    return next((one for one in rows if one.number < found.number), None)


def diff_lines(before: str, after: str) -> list[tuple[str, str]]:
    """(kind, line): "at", "add", "del" or ""."""
    kinds = {"@": "at", "+": "add", "-": "del"}
    return [(kinds.get(line[:1], ""), line) for line in policies.difference(before, after)]


@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Write the next version: its difference from the one in force, a box to try words in, and proposing it."""
    person, at = _employee(request), now()
    if policy.AUTHOR not in people.duties(person, at):
        raise NotFound
    standing = _standing_source(slug) if slug else ""
    source = request.POST.get("source", standing)
    text = request.POST.get("text", "")
    problem: Refusal | None = None
    if request.method == "POST":
        if len(source) > LONGEST_SOURCE or len(text) > LONGEST_TEXT:
            problem = BadInput(
                _("That is longer than can be taken."), _("Shorten the pack, or the words to try.")
            )
        elif request.POST.get("act") == "propose":
            try:
                made = policy.propose(by=person, at=at, source=source)
            except NotFound:
                raise
            except Refusal as refusal:
                problem = refusal
            else:
                return HttpResponseRedirect(f"/policy/{made.pack.slug}/{made.number}")
    tried = None if problem else _tried(source, text, at.date())
    context: dict[str, Any] = {
        "slug": slug,
        "source": source,
        "text": text,
        "problem": problem,
        "line": getattr(problem, "line", 0) or (tried.line if tried else 0),
        "tried": tried,
        "tries": _tries(tried, text) if tried else [],
        "diff": diff_lines(standing, source.replace("\r\n", "\n")) if standing else [],
    }
    if request.headers.get("HX-Request"):
        return fragment(request, "parts/tried.html", context)
    status = problem.status if problem else 200
    return page(request, "web/proposal.html", context, person=person, current="policy", at=at, status=status)


def _standing_source(slug: str) -> str:
    found = _pack(slug)
    if found.standing:
        return found.standing.source
    newest = policies.versions(slug)
    return newest[0].source if newest else ""


def _tried(source: str, text: str, on: Any) -> Tried | None:
    if not source.strip():
        return None
    return policies.try_out(source, text, on=on)


def _tries(tried: Tried, text: str) -> list[dict[str, Any]]:
    names = {"inside": _("Inside"), "guests": _("With guests"), "outside": _("Outside")}
    return [
        {
            "kind": kind,
            "name": names.get(kind, kind),
            "outcome": outcome_words(ruling.outcome.word),
            "findings": [(quoted(one, text), one.title, verdict(one.outcome)) for one in ruling.findings],
        }
        for kind, ruling in tried.rulings.items()
    ]


@require_POST
def review(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    person = _employee(request)
    found = _numbered(policies.versions(slug), number)
    try:
        policy.review(by=person, at=now(), version_id=found.id, word=request.POST.get("word", "")[:500])
    except NotFound:
        raise
    except Refusal as refusal:
        return _version_page(request, slug, number, problem=refusal)
    return HttpResponseRedirect(f"/policy/{slug}/{number}")


@require_POST
def publication(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    person = _employee(request)
    found = _numbered(policies.versions(slug), number)
    try:
        policy.publish(by=person, at=now(), version_id=found.id)
    except NotFound:
        raise
    except Refusal as refusal:
        return _version_page(request, slug, number, problem=refusal)
    return HttpResponseRedirect(f"/policy/{slug}")
