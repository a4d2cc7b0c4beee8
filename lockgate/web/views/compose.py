"""Writing: what the gate says while one types, drafts, files, and sending."""

from __future__ import annotations

import re
from dataclasses import replace

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lockgate.base.clock import now
from lockgate.base.ids import read_id
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.conversations import operations as talk
from lockgate.conversations import queries as conversations
from lockgate.gateway import operations as gateway
from lockgate.gateway import queries as gate
from lockgate.gateway.types import PassageState, Preview
from lockgate.people.models import Person
from lockgate.search import queries as searching
from lockgate.web.composing import Composed, read_fields, spoken
from lockgate.web.shell import viewer
from lockgate.web.states import state_words

_POST = re.compile(r"/(messages|passages)/([0-9]{1,19})(?![0-9])")
_LONG_WORD = re.compile(r"\w{4,30}")


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """The ruling for each place, its findings and who would hear, as JSON of ready HTML. Changes nothing."""
    person = viewer(request)
    fields = read_fields(request.POST, person)
    said = spoken(look(person, fields), person, fields.body.replace("\r\n", "\n"))
    is_question = fields.asks is not None and fields.asks.kind == "question"
    said["similar"] = similar_questions(person, fields.body) if is_question else ""
    return JsonResponse(said)


def similar_questions(person: Person, body: str) -> str:
    """Questions that say the same, of those that this person hears: the search asks who may, as it always does."""
    words = sorted(set(_LONG_WORD.findall(body.casefold())), key=lambda one: (-len(one), one))[:4]
    at = now()
    found: list[int] = []
    for some in (words, words[:2]):
        if len(some) >= 2 and not found:
            found = [one.passage_id for one in searching.search(person, " ".join(some), at=at).hits]
    lines = conversations.questions_among(person, found, at)[:3]
    items = conversations.items([one.passage_id for one in lines])
    pairs = [(one, items[one.passage_id].question == "answered") for one in lines if one.passage_id in items]
    return get_template("parts/similar.html").render({"similar": pairs})


def look(person: Person, fields: Composed) -> Preview:
    """The gate's preview of these fields."""
    return gate.preview(
        person,
        body=fields.whole,
        marking=fields.marking,
        places=fields.places,
        attachments=fields.attachments,
        justification=fields.justification,
        is_scheduled=fields.deliver_at is not None,
        at=now(),
    )


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Keep the words as they are now."""
    person = viewer(request)
    fields = read_fields(request.POST, person)
    _describe(request, person, fields)
    gateway.save_draft(
        by=person,
        at=now(),
        body=fields.body,
        marking=fields.marking,
        places=fields.places if fields.answers is None else (),
        deliver_at=fields.deliver_at,
        justification=fields.justification,
        slot=fields.slot,
    )
    if fields.answers is None:
        talk.keep_asks(by=person, slot=fields.slot, asks=fields.asks)
    return JsonResponse({"saved": True})


@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Through the gate. Answers JSON for the composer, or a page where no script runs; a refusal keeps every word."""
    person = viewer(request)
    fields = read_fields(request.POST, person)
    _describe(request, person, fields)
    wants_json = request.META.get("HTTP_ACCEPT", "").startswith("application/json")
    try:
        fields = _with_uploads(request, person, fields)
    except Refusal as refusal:
        if wants_json:
            raise
        return _again(request, fields, str(refusal), refusal.status)
    if not wants_json and request.POST.get("act") == "look":
        return _again(request, fields)
    try:
        done = talk.submit(
            by=person,
            at=now(),
            body=fields.body,
            marking=fields.marking,
            places=() if fields.answers is not None else fields.places,
            answers=fields.answers,
            attachments=fields.attachments,
            deliver_at=fields.deliver_at,
            justification=fields.justification,
            slot=fields.slot,
            asks=fields.asks,
            shows=quoted(person, fields),
        )
    except Refusal as refusal:
        if wants_json:
            raise
        return _again(request, fields, str(refusal), refusal.status)
    if wants_json:
        return JsonResponse({"message": str(done.message_id), "said": told(done.message_id, done.passages)})
    return HttpResponseRedirect(f"/messages/{done.message_id}")


def quoted(person: Person, fields: Composed) -> int | None:
    """The passage that is quoted: of an answer by the post's address. Raises NotFound, BadInput."""
    if not fields.quotes:
        return fields.shows
    found = _POST.search(fields.quotes)
    number = read_id(found.group(2)) if found is not None else None
    if found is None or number is None:
        raise BadInput(
            _("“%(text)s” is no address of a post.") % {"text": fields.quotes[:80]},
            _("Open the post and copy the address of its page."),
        )
    if found.group(1) == "passages":
        return number
    for one in gate.message(person, number, now()).passages:
        if one.position is not None:
            return one.passage_id
    raise NotFound


def _with_uploads(request: HttpRequest, person: Person, fields: Composed) -> Composed:
    """Files that came with the form itself, where no script sent them before."""
    uploads = [one for one in request.FILES.getlist("files")[:10] if one.size]
    taken = [
        gateway.attach(by=person, at=now(), name=one.name or "", content=one.read()).id for one in uploads
    ]
    return replace(fields, attachments=(*fields.attachments, *taken))


def _again(request: HttpRequest, fields: Composed, problem: str = "", status: int = 200) -> HttpResponse:
    from lockgate.web.views.home import writing_page

    return writing_page(request, fields, problem=problem, status=status)


def told(message_id: int, passages: tuple[PassageState, ...]) -> SafeString:
    """What became of it, a few words for each place, with the way to its own page.

    Written out and not by ``format_html``: every post is answered with it, and it was a seventh of all its work.
    """
    rows = [
        f'<span class="parts-row"><span class="dot {_dot(one.kind)}" aria-hidden="true"></span>'
        f"<span>{escape(one.place_name)}: <b>{escape(state_words(one))}</b></span></span>"
        for one in passages
    ]
    link = f'<a href="/messages/{message_id:d}">{escape(_("See it and its trail"))}</a>'
    return mark_safe("".join(rows) + link)  # noqa: S308 (every word in it is escaped above)


def _dot(kind: str) -> str:
    return {"inside": "inside", "guests": "guest"}.get(kind, "outside")


def _describe(request: HttpRequest, person: Person, fields: Composed) -> None:
    for one in fields.attachments[:10]:
        words = request.POST.get(f"alt-{one}")
        if words is not None:
            gateway.describe(by=person, attachment_id=one, alt=words)


@require_POST
def attach(request: HttpRequest) -> HttpResponse:
    """Take one file in for a message that is being written."""
    person = viewer(request)
    upload = request.FILES.get("file")
    if upload is None:
        raise BadInput(_("No file came with this."), _("Choose a file and try again."))
    if upload.size is not None and upload.size > 10 * 1024 * 1024:
        raise BadInput(
            _("“%(name)s” is larger than 10 MB.") % {"name": (upload.name or "")[:80]},
            _("Make it smaller, or put it where your documents are and link it."),
        )
    kept = gateway.attach(
        by=person, at=now(), name=upload.name or "", content=upload.read(gateway.MOST_FILE_BYTES + 1)
    )
    html = get_template("parts/attached.html").render({"one": kept})
    return JsonResponse({"id": str(kept.id), "html": html})


@require_POST
def detach(request: HttpRequest, attachment_id: int) -> HttpResponse:
    gateway.detach(by=viewer(request), attachment_id=attachment_id)
    return JsonResponse({"removed": True})


@require_safe
def attachment(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """The bytes of a file, to whoever hears its message and nobody else. Never run, never sniffed."""
    found = gate.attachment(viewer(request), attachment_id, now())
    # The browser may keep it and must ask each time: after the seat has ended, or at sign-out, it shows it no more.
    mark = f'"{found.sha256}"'
    if request.headers.get("If-None-Match") == mark:
        return _kept_by_reader(HttpResponse(status=304), mark)
    response = HttpResponse(gateway.open_bytes(found.id), content_type=found.media_type)
    shown = "inline" if found.is_image else "attachment"
    response.headers["Content-Disposition"] = f'{shown}; filename="{_ascii(found.name)}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return _kept_by_reader(response, mark)


@require_safe
def small_attachment(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """A picture, or the first page of a PDF, small: to whoever may open it whole, and asked for each time like it."""
    found = gate.attachment(viewer(request), attachment_id, now())
    if not (found.is_image or found.has_first_page):
        raise NotFound
    mark = f'"{found.sha256}-small"'
    if request.headers.get("If-None-Match") == mark:
        return _kept_by_reader(HttpResponse(status=304), mark)
    content = gateway.open_small(found.id)
    if content is None:
        raise NotFound
    response = HttpResponse(content, content_type="image/webp")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return _kept_by_reader(response, mark)


def _kept_by_reader(response: HttpResponse, mark: str) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["ETag"] = mark
    return response


def _ascii(name: str) -> str:
    return "".join(one if one.isascii() and one.isprintable() and one not in '"\\' else "_" for one in name)
