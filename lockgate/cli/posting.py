"""`lockgate post`: words from a file or a pipe, through the same gate as any page."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockgate.cli.markings import marking_named
from lockgate.cli.troubles import BAD_INPUT, NO_INPUT, NOT_PERMITTED, Trouble

if TYPE_CHECKING:
    from lockgate.gateway.types import PassageState, PlaceRuling
    from lockgate.people.models import Person

# As `lockgate check` answers: the gravest place decides.
DELIVERED, HELD, REFUSED, REASON_NEEDED = 0, 3, 4, 5
WAITS = {"held"}
REFUSES = {"refused", "failed", "rejected"}


def run_post(
    *,
    file: str,
    speaker: str,
    to: Sequence[str],
    marking: str,
    at: str,
    reason: str,
    attach: Sequence[Path],
    alt: Sequence[str],
    as_json: bool,
    dry: bool,
) -> int:
    """Submit the words to each place, say what became of them, and answer the exit code."""
    body = _words(file)
    from lockgate.cli.serve import with_tables

    with_tables()
    from lockgate.base.clock import now
    from lockgate.conversations import operations as talk
    from lockgate.gateway import operations as gateway
    from lockgate.gateway import queries as gate
    from lockgate.gateway.refusals import ReasonNeeded, RefusedByPolicy

    level = marking_named(marking)
    moment = now()
    by = speaking(speaker, moment)
    if dry:
        seen = gate.preview(
            by,
            body=body,
            marking=level,
            places=list(to),
            at=moment,
            justification=reason,
            is_scheduled=bool(at),
        )
        return _show_rulings(seen.rulings, as_json)
    files = [
        gateway.attach(by=by, at=moment, name=path.name, content=_bytes(path), alt=text).id
        for path, text in zip(attach, [*alt, *[""] * len(attach)], strict=False)
    ]
    try:
        done = talk.submit(
            by=by,
            at=moment,
            body=body,
            marking=level,
            places=list(to),
            attachments=files,
            deliver_at=_time(at),
            justification=reason,
            slot="",
        )
    except (ReasonNeeded, RefusedByPolicy) as refusal:
        for number in files:
            gateway.detach(by=by, attachment_id=number)
        _show_rulings(refusal.rulings, as_json)
        print(str(refusal), file=sys.stderr)
        return REASON_NEEDED if isinstance(refusal, ReasonNeeded) else REFUSED
    return _show_passages(by, done.message_id, done.passages, moment, as_json)


def speaking(speaker: str, at: datetime) -> Person:
    """The person behind an address (who runs this command may read the database anyway) or an access token."""
    from lockgate.people import queries as people

    if speaker.startswith("lgt_"):
        by = people.by_token_digest(hashlib.sha256(speaker.encode()).hexdigest(), at)
    else:
        by = people.by_email(speaker)
    if by is None or not by.is_active:
        raise Trouble(
            "Nobody here can be spoken for by that."
            if speaker.startswith("lgt_")
            else f"There is no {speaker} here.",
            "Give --as the e-mail address of a person here, or an access token (lockgate token).",
            code=NOT_PERMITTED,
        )
    return by


def _show_passages(
    by: Person, message_id: int, passages: Sequence[PassageState], at: datetime, as_json: bool
) -> int:
    from lockgate.approvals import queries as approvals

    asked = approvals.of_passages([one.passage_id for one in passages], at, viewer=by)
    told = []
    for one in passages:
        told.append(
            {
                "place": one.place,
                "state": one.state,
                "outcome": one.outcome.word,
                "policy": one.policy_version,
                "waits_for": [
                    {"desk": each.desk_name, "people": list(each.waits_for), "due": each.due_at.isoformat()}
                    for each in asked.get(one.passage_id, [])
                    if each.is_open
                ],
                "findings": [_finding(each) for each in one.findings],
            }
        )
    if as_json:
        print(json.dumps({"message": str(message_id), "passages": told}, ensure_ascii=False))
    else:
        for line in told:
            _print_place(line)
    states = {one.state for one in passages}
    return REFUSED if states & REFUSES else HELD if states & WAITS else DELIVERED


def _show_rulings(rulings: Sequence[PlaceRuling], as_json: bool) -> int:
    from lockgate.policy.types import Outcome

    told: list[dict[str, Any]] = [
        {
            "place": one.place.key,
            "outcome": one.ruling.outcome.word,
            "policy": one.ruling.policy_version,
            "waits_for": [{"desk": "", "people": list(one.waits_for), "due": ""}] if one.waits_for else [],
            "findings": [_finding(each) for each in one.ruling.findings],
        }
        for one in rulings
    ]
    if as_json:
        print(json.dumps({"rulings": told}, ensure_ascii=False))
    else:
        for line in told:
            _print_place(line)
    gravest = max((one.ruling.outcome for one in rulings), default=Outcome.ALLOW)
    return {Outcome.JUSTIFY: REASON_NEEDED, Outcome.HOLD: HELD, Outcome.REFUSE: REFUSED}.get(
        gravest, DELIVERED
    )


def _print_place(told: dict[str, Any]) -> None:
    print(f"{told['place']}: {told.get('state', told['outcome'])} ({told['policy']})")
    for waits in told["waits_for"]:
        names = " or ".join(waits["people"])
        due = f", answer due {waits['due'][:16].replace('T', ' ')} UTC" if waits["due"] else ""
        print(f"  waits for {waits['desk'] + ': ' if waits['desk'] else ''}{names}{due}")
    for finding in told["findings"]:
        print(
            f"  {finding['start']}-{finding['end']} {finding['outcome']}: {finding['title']} [{finding['rule']}]"
        )
        print(f"    {finding['explanation']} {finding['mend']}".rstrip())


def _finding(one: Any) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "version": one.version,
        "title": one.title,
        "outcome": one.outcome.word,
        "start": one.start,
        "end": one.end,
        "explanation": one.explanation,
        "mend": one.mend,
    }


def _time(told: str) -> datetime | None:
    if not told:
        return None
    try:
        moment = datetime.fromisoformat(told)
    except ValueError as error:
        raise Trouble(
            f"{told} is not a time.", "Write it like 2026-03-04T09:30:00+01:00.", code=BAD_INPUT
        ) from error
    if moment.tzinfo is None:
        raise Trouble(
            f"{told} names no time zone.", "Write it like 2026-03-04T09:30:00+01:00.", code=BAD_INPUT
        )
    return moment


def _words(file: str) -> str:
    try:
        held = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Trouble(f"{file} cannot be read: {error.strerror}.", code=NO_INPUT) from error
    try:
        return held.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Trouble(
            f"{file} is not UTF-8 text (byte {error.start}).", "Convert it first.", code=BAD_INPUT
        ) from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}.", code=NO_INPUT) from error
