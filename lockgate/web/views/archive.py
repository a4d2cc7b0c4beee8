"""The archive as supervisors see it: how the log stands, its newest lines, one entry with its proof."""

from __future__ import annotations

import json
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lockgate.archive import operations as archiving
from lockgate.archive import queries as archive
from lockgate.base.clock import now
from lockgate.base.refusal import NotFound, Refusal
from lockgate.people import queries as people
from lockgate.people.models import Person
from lockgate.web import trails
from lockgate.web.feeds import read_number
from lockgate.web.shell import may_read_archive, may_see_archive, page, viewer

LINES = 50


def _supervisor(request: HttpRequest, at: datetime) -> Person:
    person = viewer(request)
    if not person.firm.is_house or not may_read_archive(people.duties(person, at)):
        raise NotFound
    return person


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    person, at = viewer(request), now()
    duties = people.duties(person, at)
    if not person.firm.is_house or not may_see_archive(duties):
        raise NotFound
    # Who sat where, and who wrote when, tells of rooms: lines are for supervisors, not for who runs the machines.
    reads = may_read_archive(duties)
    before = read_number(request, "before") if reads else None
    rows = archive.recent(before=before, limit=LINES) if reads else []
    # Looking is a fact like any other.
    archiving.view(by=person.pseudonym, record="l:0", at=at)
    context = {
        "log": archive.state(),
        "reads": reads,
        "lines": trails.lines(rows, person, at),
        "older": rows[-1].entry_id if len(rows) == LINES else None,
        "before": before,
    }
    return page(request, "web/archive.html", context, person=person, current="archive", at=at)


@require_safe
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    at = now()
    person = _supervisor(request, at)
    leaf = archive.leaf(entry_id)
    try:
        proof, waits = archive.proof(entry_id), ""
    except NotFound:
        raise
    except Refusal as refusal:
        proof, waits = "", str(refusal)
    archiving.view(by=person.pseudonym, record=f"e:{entry_id}", at=at)
    context = {
        "entry_id": entry_id,
        "leaf": json.dumps(leaf, indent=2, ensure_ascii=False, sort_keys=True),
        "proof": proof,
        "waits": waits,
        "log": archive.state(),
    }
    return page(request, "web/entry.html", context, person=person, current="archive", at=at)


@require_safe
def proof(request: HttpRequest, entry_id: int) -> HttpResponse:
    """The proof as a file."""
    at = now()
    person = _supervisor(request, at)
    text = archive.proof(entry_id)
    archiving.view(by=person.pseudonym, record=f"e:{entry_id}", at=at)
    return _file(text, f"lockgate-{entry_id}.tlog-proof")


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The last signed checkpoint, as c2sp.org/tlog-checkpoint writes it, for everybody of the house: it names nobody
    and nothing. A guest is refused: its size would tell how much is said in rooms that they know nothing of."""
    if not viewer(request).firm.is_house:
        raise NotFound
    note = archive.state().note
    if not note:
        raise NotFound
    return _file(note, "checkpoint")


def _file(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
