"""Getting into a space, and what its owners do with it as a whole."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from lockgate.base.clock import now
from lockgate.spaces import operations as tending
from lockgate.web.shell import viewer


@require_POST
def join(request: HttpRequest, slug: str) -> HttpResponse:
    tending.join(by=viewer(request), at=now(), slug=slug)
    return HttpResponseRedirect(f"/spaces/{slug}")


@require_POST
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    tending.ask_to_join(by=viewer(request), at=now(), slug=slug, words=request.POST.get("words", "")[:300])
    return HttpResponseRedirect(f"/spaces/{slug}")


@require_POST
def withdraw(request: HttpRequest, request_id: int) -> HttpResponse:
    tending.withdraw(by=viewer(request), at=now(), request_id=request_id)
    return HttpResponseRedirect("/spaces")


@require_POST
def accept(request: HttpRequest, request_id: int) -> HttpResponse:
    slug = tending.accept(by=viewer(request), at=now(), request_id=request_id)
    return HttpResponseRedirect(f"/spaces/{slug}/seats")


@require_POST
def decline(request: HttpRequest, request_id: int) -> HttpResponse:
    slug = tending.decline(by=viewer(request), at=now(), request_id=request_id)
    return HttpResponseRedirect(f"/spaces/{slug}/seats")


@require_POST
def entry(request: HttpRequest, slug: str) -> HttpResponse:
    """Open it, close it, or take it out of sight."""
    tending.set_entry(by=viewer(request), at=now(), slug=slug, entry=request.POST.get("entry", "")[:10])
    return HttpResponseRedirect(f"/spaces/{slug}/seats")


@require_POST
def words(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether letters, texts and messages to devices may say what is said here."""
    tending.keep_words(by=viewer(request), at=now(), slug=slug, is_on=request.POST.get("stay") == "yes")
    return HttpResponseRedirect(f"/spaces/{slug}/seats")


@require_POST
def archive(request: HttpRequest, slug: str) -> HttpResponse:
    tending.archive_space(by=viewer(request), at=now(), slug=slug)
    return HttpResponseRedirect(f"/spaces/{slug}")
