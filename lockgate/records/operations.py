"""Takes in what another system tells: compares it with what was told before, and says it through the gate."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.db import IntegrityError
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.ids import new_id
from lockgate.base.refusal import BadInput, Refusal
from lockgate.gateway.operations import submit
from lockgate.gateway.types import Submitted
from lockgate.people.models import Person
from lockgate.records import events, queries, rules
from lockgate.records.models import Record, RecordState
from lockgate.records.types import Change, Put, Told
from lockgate.spaces import queries as spaces

_INTERNAL = 1


def put(*, by: Person, at: datetime, key: str, told: Told, justification: str = "") -> Put:
    """Take in one record, in the place with this key. A new one is a post; what changed is an answer below it, with the
    old and the new value; what did not change says nothing. Raises NotFound where ``by`` may not write there, BadInput;
    what the gate refuses is answered as "refused"."""
    place = spaces.place_of_key(by, key, at)
    told = _sound(told)
    known = Record.objects.filter(audience=place.audience_id, system=told.system, number=told.number).first()
    before = queries.state_before(known.pk) if known is not None else None
    changed = rules.changes(dict(before.values) if before else {}, told.values)
    if before is not None and not changed and before.title == told.title:
        return Put(told.number, "same")

    def alongside(sent: Submitted) -> None:
        passage = sent.passages[0].passage_id
        row = known
        if row is None:
            row = Record.objects.create(
                id=new_id(at),
                audience_id=place.audience_id,
                system=told.system,
                kind=told.kind,
                number=told.number,
                root_id=passage,
            )
        RecordState.objects.create(
            record=row,
            passage_id=passage,
            title=told.title,
            address=told.address,
            values=[*told.values.items()],
        )
        action = events.RECORD_BEGUN if known is None else events.RECORD_CHANGED
        record([Fact(action, f"o:{row.pk}", by.pseudonym, at, parent=f"x:{passage}")])

    try:
        sent = submit(
            by=by,
            at=at,
            body=_body(told, changed, is_new=known is None),
            marking=min(_INTERNAL, place.ceiling),
            places=[] if known is not None else [key],
            answers=known.root_id if known is not None else None,
            justification=justification,
            slot="",
            alongside=alongside,
        )
    except IntegrityError:
        # Told twice at one moment: one of the two stands.
        return Put(told.number, "same")
    except Refusal as refusal:
        if known is None and refusal.status == 404:
            raise
        return Put(told.number, "refused", str(refusal))
    if sent.passages[0].state != "delivered":
        return Put(told.number, "held")
    return Put(told.number, "new" if known is None else "changed")


def put_csv(*, by: Person, at: datetime, key: str, content: bytes, justification: str = "") -> list[Put]:
    """Take in a file with a head: system, kind, number, title, address, and any further columns as values. Raises
    BadInput for a file that is none, with more than 200 rows, or with a row that is not sound, before anything is
    taken in."""
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(_("This is not a CSV file in UTF-8."), _("Save it as CSV UTF-8.")) from error
    if not rows or len(rows) > rules.MOST_ROWS:
        raise BadInput(_("A file holds one to 200 rows below its head."), _("Split it."))
    told = [_row(one) for one in rows]
    spaces.place_of_key(by, key, at)
    return [put(by=by, at=at, key=key, told=one, justification=justification) for one in told]


def _row(row: dict[str, str]) -> Told:
    cells = {str(name or "").strip(): value for name, value in row.items() if isinstance(value, str)}
    fixed = {name: cells.get(name, "") for name in rules.FIXED}
    return _sound(
        Told(
            system=fixed["system"],
            kind=fixed["kind"] or "other",
            number=fixed["number"],
            title=fixed["title"],
            address=fixed["address"],
            values={name: value for name, value in cells.items() if name not in rules.FIXED},
        )
    )


def _sound(told: Told) -> Told:
    system, number = rules.plain(told.system, 40), rules.plain(told.number, 60)
    if not system or not number:
        raise BadInput(_("A record has a system and a number."))
    if told.kind not in rules.KINDS:
        raise BadInput(_("A record is an order, project, ticket, machine or other."))
    values = rules.tidy(told.values)
    if len(values) > rules.MOST_VALUES:
        raise BadInput(_("A record has 20 values at most."))
    address = told.address.strip()
    if address and (urlsplit(address).scheme not in {"http", "https"} or len(address) > 500):
        raise BadInput(_("The address of a record begins with https://."))
    return Told(system, told.kind, number, rules.plain(told.title), values, address)


def _body(told: Told, changed: Sequence[Change], *, is_new: bool) -> str:
    kinds = {
        "order": _("Order"),
        "project": _("Project"),
        "ticket": _("Ticket"),
        "machine": _("Machine"),
        "other": _("Record"),
    }
    head = f"**{kinds[told.kind]} {told.number}** ({told.system})" + (f": {told.title}" if told.title else "")
    if told.address and is_new:
        head += f" <{told.address}>"
    if is_new:
        return "\n".join([head, "", *(f"- {one.name}: {one.new}" for one in changed)]).strip()
    lines = [f"- {one.name}: {one.old or _('nothing')} → **{one.new or _('nothing')}**" for one in changed]
    return "\n".join([head, "", *lines]).strip()
