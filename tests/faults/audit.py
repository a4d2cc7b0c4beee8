"""Looks through an installation's database after the faults and says what does not hold together.

Run as a program, in the environment of the installation. Reads JSON on stdin: what was acknowledged
(``{"messages": {id: body}, "signed": [request id], "recalls": [passage id]}``) and what the channel knows
(``{"ever": {token: times}, "standing": [token]}``). Prints ``{"amiss": [sentence], "counts": {…}}``.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any


def audit(acknowledged: dict[str, Any], channel: dict[str, Any]) -> dict[str, Any]:
    import django

    django.setup()
    from django.db import connection

    from lockgate.approvals.models import Request, SignOff
    from lockgate.archive.models import Entry
    from lockgate.gateway.models import Message, Passage
    from lockgate.policy.types import Outcome
    from lockgate.publishing.models import Delivery, ReadBack

    amiss: list[str] = []
    entries: dict[str, Counter[str]] = {}
    for action, record in Entry.objects.values_list("action", "record"):
        entries.setdefault(action, Counter())[record] += 1

    def told(action: str) -> Counter[str]:
        return entries.get(action, Counter())

    def same(what: str, rows: set[str], action: str) -> None:
        recorded = told(action)
        amiss.extend(f"{what} {one} has no entry {action}" for one in sorted(rows - set(recorded)))
        amiss.extend(
            f"an entry {action} tells of {one}, which is not there" for one in sorted(set(recorded) - rows)
        )
        amiss.extend(
            f"{action} is told {times} times of {one}" for one, times in recorded.items() if times > 1
        )

    # What was acknowledged is there, as it was written.
    bodies = {str(row.pk): row.body for row in Message.objects.all()}
    for number, body in acknowledged["messages"].items():
        if number not in bodies:
            amiss.append(f"message {number} was acknowledged and is lost")
        elif bodies[number] != body:
            amiss.append(f"message {number} says something else")
    signed = {row.request_id for row in SignOff.objects.all()}
    amiss += [
        f"signature {one} was acknowledged and is lost" for one in acknowledged["signed"] if one not in signed
    ]

    # A change and its record are one.
    same("message", {f"m:{one}" for one in bodies}, "gateway.message.submitted")
    same("sign-off", {f"r:{one}" for one in signed}, "approvals.request.approved")
    same(
        "request",
        {f"r:{one}" for one in Request.objects.values_list("pk", flat=True)},
        "approvals.request.asked",
    )
    passages = {row.pk: row for row in Passage.objects.select_related("ruling")}
    same("passage", {f"x:{one}" for one in passages}, "gateway.passage.ruled")
    delivered = told("gateway.passage.delivered")
    for row in passages.values():
        if row.state in ("delivered", "recalling") and not delivered[f"x:{row.pk}"]:
            amiss.append(f"passage {row.pk} is {row.state} without an entry")
    amiss += [f"{one} was delivered {times} times" for one, times in delivered.items() if times > 1]
    seen = Counter(f"d:{one}" for one in ReadBack.objects.values_list("delivery_id", flat=True))
    if seen != told("publishing.delivery.read_back"):
        amiss.append("what was read back is not what is recorded")

    # What was held and stands outside was signed.
    signed_passages = set(
        SignOff.objects.filter(decision="approve").values_list("request__passage_id", flat=True)
    )

    # What stands on the channel, and what stood there ever.
    deliveries = {row.token: row for row in Delivery.objects.all()}
    amiss += [f"{token} was posted {times} times" for token, times in channel["ever"].items() if times > 1]
    standing = set(channel["standing"])
    for token, row in deliveries.items():
        passage = passages[row.passage_id]
        if row.state not in ("live", "refused", "recalled"):
            amiss.append(f"delivery {token} came to no end: {row.state}, {row.sentence}")
        if (row.state == "live") != (token in standing):
            amiss.append(
                f"delivery {token} is {row.state}, and {'is' if token in standing else 'is not'} there"
            )
        if row.state == "live" and passage.state != "delivered":
            amiss.append(f"delivery {token} is live, its passage {passage.state}")
        if passage.ruling.outcome == Outcome.HOLD and row.passage_id not in signed_passages:
            amiss.append(f"delivery {token} was held and never signed")
    for token in channel["ever"]:
        row = deliveries.get(token)
        if row is None:
            amiss.append(f"{token} stands on the channel and nobody sent it")
        elif not delivered[f"x:{row.passage_id}"]:
            amiss.append(f"{token} was delivered without its entry ({row.state})")
    for passage_id in acknowledged["recalls"]:
        if passages[passage_id].state != "recalled":
            amiss.append(f"passage {passage_id} was recalled and is {passages[passage_id].state}")

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM archive_pending")
        waiting = cursor.fetchone()[0]
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check")
            if (found := cursor.fetchall()) != [("ok",)]:
                amiss.append(f"integrity_check: {found[:3]}")
    if waiting:
        amiss.append(f"{waiting} entries have no place in the log")
    counts = {
        "messages": len(bodies),
        "signed": len(signed),
        "deliveries": dict(Counter(row.state for row in deliveries.values())),
        "attempts": sum(row.attempts for row in deliveries.values()),
        "entries": Entry.objects.count(),
    }
    return {"amiss": amiss, "counts": counts}


if __name__ == "__main__":
    given = json.load(sys.stdin)
    print(json.dumps(audit(given["acknowledged"], given["channel"])))
