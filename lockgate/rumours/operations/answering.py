"""Answering once, for all; or handing on, putting together, setting aside."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.transactions import change
from lockgate.gateway import operations as gateway
from lockgate.gateway.types import Submitted
from lockgate.notices.operations import tell
from lockgate.people.models import Person
from lockgate.rumours import events, queries, rules
from lockgate.rumours.models import Rumour, Wish
from lockgate.rumours.refusals import AnsweredAlready, NobodyKnows
from lockgate.spaces import queries as spaces


def answer(
    *, by: Person, at: datetime, rumour_id: int, verdict: str, words: str, justification: str = ""
) -> Submitted:
    """Say what is true, as a post in the place where it was asked, rumour and answer in one: what the gate rules on is
    what everybody there reads. Raises NotFound for whoever may not answer; BadInput; AnsweredAlready; else what the
    gate raises."""
    words = words.strip()
    if verdict not in rules.VERDICTS or not words:
        raise BadInput(_("Choose whether it is true, and say what you know."))
    seen = queries.rumour(by, rumour_id, at)
    _may(by, rumour_id, at)
    verdicts = {
        "true": _("It is true."),
        "partly": _("It is partly true."),
        "false": _("It is not true."),
        "open": _("It is not decided."),
    }
    body = f"{_('Is it true that …')}\n\n> {seen.words}\n\n**{verdicts[verdict]}** {words}"

    def alongside(sent: Submitted) -> None:
        row = Rumour.objects.select_for_update(of=("self",)).select_related("answer").get(pk=rumour_id)
        # Two who know may answer at one moment: the second is told so, and what they wrote is undone.
        if queries.state_of(row) not in {"waiting", "set-aside"}:
            raise _answered()
        if row.same_as_id is not None:
            raise NotFound
        row.answer_id = sent.passages[0].passage_id
        row.save(update_fields=["answer"])
        record([_fact(row, events.RUMOUR_ANSWERED, by, at)])

    return gateway.submit(
        by=by,
        at=at,
        body=body,
        marking=_marking(seen.place_key, by, at),
        places=[seen.place_key],
        justification=justification,
        slot="",
        alongside=alongside,
    )


def pass_on(*, by: Person, at: datetime, rumour_id: int, desk: str) -> None:
    """Somebody else knows: another desk, or ("") those who tend the space. Raises NotFound for whoever may not answer,
    NobodyKnows where nobody of that desk sits there."""
    with change():
        row = _may(by, rumour_id, at)
        know = queries.answerers(row.audience_id, desk, at) - {row.asker_id}
        if not know:
            raise NobodyKnows(_("Nobody of that desk sits in this space."), _("Choose another."))
        row.desk = desk
        row.save(update_fields=["desk"])
        record([_fact(row, events.RUMOUR_PASSED_ON, by, at, desk.encode() or b"those who tend the space")])
        others = [one for one in know if one is not None and one != by.pk]
        tell(others, "rumour-asked", words={}, message_id=None, at=at)


def put_together(*, by: Person, at: datetime, rumour_id: int, same_as: int) -> None:
    """Two ask the same: who wants to know the one is told with the other. Raises NotFound unless ``by`` may answer both
    and they were asked in one place; BadInput for one with itself."""
    with change():
        row, kept = _may(by, rumour_id, at), _may(by, same_as, at)
        if row.pk == kept.pk:
            raise BadInput(_("Choose another question."))
        if row.audience_id != kept.audience_id:
            raise NotFound
        known = set(Wish.objects.filter(rumour=kept).values_list("person_id", flat=True))
        Wish.objects.filter(rumour=row).exclude(person__in=known).update(rumour=kept)
        Wish.objects.filter(rumour=row).delete()
        row.same_as = kept
        row.save(update_fields=["same_as"])
        record([_fact(row, events.RUMOUR_JOINED, by, at)])


def set_aside(*, by: Person, at: datetime, rumour_id: int, why: str) -> None:
    """It will not be answered, and all who may know of it read why. Raises NotFound for whoever may not answer,
    BadInput without a reason."""
    why = " ".join(why.split())[:300]
    if not why:
        raise BadInput(_("Say in a few words why it is not answered."))
    with change():
        row = _may(by, rumour_id, at)
        row.set_aside_why = why
        row.save(update_fields=["set_aside_why"])
        record([_fact(row, events.RUMOUR_SET_ASIDE, by, at, why.encode())])


def _may(by: Person, rumour_id: int, at: datetime) -> Rumour:
    seen = queries.rumour(by, rumour_id, at)
    row = Rumour.objects.select_related("answer").get(pk=seen.id)
    knows = by.pk in queries.answerers(row.audience_id, row.desk, at) and row.asker_id != by.pk
    if not knows or row.same_as_id is not None:
        raise NotFound
    if queries.state_of(row) in {"answered", "answering"}:
        raise _answered()
    return row


def _marking(key: str, by: Person, at: datetime) -> int:
    return min(1, spaces.place_of_key(by, key, at).ceiling)


def _answered() -> AnsweredAlready:
    return AnsweredAlready(_("This has been answered already."))


def _fact(row: Rumour, action: str, by: Person, at: datetime, body: bytes | None = None) -> Fact:
    parent = f"x:{row.answer_id}" if action == events.RUMOUR_ANSWERED else f"a:{row.audience_id}"
    return Fact(action, f"r:{row.pk}", by.pseudonym, at, parent=parent, body=body)
