"""What the composer shows and what comes out of it: fields in, sentences out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import QueryDict
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lockgate.base.clock import now
from lockgate.base.ids import read_id
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput
from lockgate.conversations import queries as conversations
from lockgate.conversations.types import Asks
from lockgate.gateway.queries import text_of
from lockgate.gateway.types import AttachmentView, DraftView, Part, Preview
from lockgate.people.models import Person
from lockgate.policy.types import Finding, Outcome
from lockgate.spaces.types import Hearers
from lockgate.web.absences import away_note
from lockgate.web.shell import Offered

MOST_PLACES = 40
MOST_FILES = 10
MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Composed:
    """The fields of a composer, bounded and of the right kinds; whether they may go is the gate's affair."""

    body: str
    marking: int
    places: tuple[str, ...]
    attachments: tuple[int, ...]
    justification: str
    deliver_at: datetime | None
    answers: int | None
    slot: str
    inside_only: bool
    asks: Asks | None = None
    shows: int | None = None
    # Of an answer: the address of the post that it quotes, as it was typed.
    quotes: str = ""

    @property
    def whole(self) -> str:
        """The words as the gate reads them, the options of a poll among them."""
        body = self.body.replace("\r\n", "\n")
        if self.asks is None or not self.asks.options or not body.strip():
            return body
        return conversations.with_options(body, self.asks.options)


def read_fields(given: QueryDict, person: Person) -> Composed:
    """What was typed. Raises BadInput for a field that is no number or no time; words are never cut."""
    answers = _number(given.get("answers", "")) if given.get("answers") else None
    places = [key[:80] for key in given.getlist("places")[:MOST_PLACES]]
    inside_only = given.get("act") == "inside-only"
    if inside_only:
        places = [key for key in places if not key.startswith("channel:")]
    return Composed(
        body=given.get("body", ""),
        marking=_number(given.get("marking", "1")),
        places=tuple(dict.fromkeys(places)),
        attachments=tuple(_number(one) for one in given.getlist("attachments")[: MOST_FILES + 1]),
        justification=given.get("justification", "")[:500],
        deliver_at=local_time(given.get("deliver_at", ""), given.get("time_zone", "") or person.time_zone),
        answers=answers,
        slot=given.get("slot", "new")[:40] or "new",
        inside_only=inside_only,
        asks=_asks(given, person) if answers is None else None,
        shows=_number(given.get("shows", "")) if given.get("shows") else None,
        quotes=given.get("quotes", "").strip()[:300] if answers is not None else "",
    )


def _asks(given: QueryDict, person: Person) -> Asks | None:
    kind = given.get("asks", "")[:20]
    if not kind:
        return None
    zone = given.get("time_zone", "") or person.time_zone
    if kind == "event":
        return Asks(
            kind,
            begins_at=local_time(given.get("begins_at", ""), zone),
            ends_at=local_time(given.get("ends_at", ""), zone),
            time_zone=zone[:40],
        )
    if kind != "poll":
        return Asks(kind)
    lines = [" ".join(line.split()) for line in given.get("options", "").splitlines()[:MOST_LINES]]
    return Asks(
        kind,
        options=tuple(line for line in lines if line),
        is_multiple=given.get("multiple") == "yes",
        is_anonymous=given.get("anonymous") == "yes",
        closes_at=local_time(given.get("closes_at", ""), zone),
    )


def _number(text: str) -> int:
    number = read_id(text)
    if number is None:
        raise BadInput(_("“%(text)s” is not a number.") % {"text": text[:40]})
    return number


def local_time(text: str, zone: str) -> datetime | None:
    """A field's local time ("2026-11-23T14:00") in the zone of the reader, as UTC; None where it is empty."""
    if not text.strip():
        return None
    try:
        local = datetime.fromisoformat(text.strip())
        known = ZoneInfo(zone)
    except (ValueError, ZoneInfoNotFoundError, OSError) as error:
        raise BadInput(
            _("“%(text)s” is not a time that can be read.") % {"text": text[:40]},
            _("Choose a day and a time."),
        ) from error
    if local.tzinfo is None:
        local = local.replace(tzinfo=known)
    if not 2020 <= local.year <= 2088:
        raise BadInput(_("That time is too far away."), _("Choose a nearer one."))
    return local.astimezone(UTC)


def composer(
    person: Person,
    places: Sequence[Offered],
    *,
    draft: DraftView | None,
    chosen: Sequence[str] = (),
    slot: str = "new",
    answers: int | None = None,
    heading: str = "",
    fixed: Offered | None = None,
    problem: str = "",
    typed: Composed | None = None,
    preview: Preview | None = None,
    attachments: Sequence[AttachmentView] = (),
    kept: Asks | None = None,
    shows: int | None = None,
    least: int = Marking.INTERNAL,
) -> dict[str, Any]:
    """All that ``parts/composer.html`` needs. ``fixed`` is an answer's one place; ``typed`` wins over ``draft``,
    and over what the draft asks (``kept``). ``shows`` is the post that is quoted, ``least`` the
    marking that it bears."""
    picked = set(typed.places if typed else draft.places if draft and draft.places else chosen)
    body = typed.body if typed else draft.body if draft else ""
    marking = typed.marking if typed else draft.marking if draft else int(Marking.INTERNAL)
    if shows is not None and not typed:
        marking = max(marking, least)
    groups = [
        (legend, [(one, one.key in picked) for one in places if one.kind == kind])
        for legend, kind in (
            (_("Spaces"), "inside"),
            (_("With partners"), "guests"),
            (_("Outside"), "outside"),
        )
    ]
    answer_only = fixed is not None
    said = spoken(preview, person, body) if preview else None
    asks = typed.asks if typed else kept
    return {
        "slot": slot,
        "answers": answers,
        "fixed": fixed,
        "body": body,
        "marking": marking,
        "markings": [(int(one), str(one.label)) for one in Marking],
        "groups": [(legend, rows) for legend, rows in groups if rows],
        "justification": typed.justification if typed else draft.justification if draft else "",
        "attachments": attachments or (draft.attachments if draft and not answer_only else ()),
        "heading": heading or _("Write"),
        "problem": problem,
        "said": said,
        "is_answer": answer_only,
        "kinds": _kinds(places, asks),
        "asks": asks,
        "options": "\n".join(asks.options) if asks else "",
        "moments": {
            name: _local(getattr(asks, name) if asks else None, person)
            for name in ("closes_at", "begins_at", "ends_at")
        },
        "checks_first": preview is None,
        "shows": typed.shows if typed else shows,
        "quotes": typed.quotes if typed else "",
    }


def _local(moment: datetime | None, person: Person) -> str:
    """A moment as the field of a form writes it, in the person's own zone."""
    if moment is None:
        return ""
    try:
        return moment.astimezone(ZoneInfo(person.time_zone)).strftime("%Y-%m-%dT%H:%M")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""


def _kinds(places: Sequence[Offered], asks: Asks | None) -> list[tuple[str, str, bool]]:
    """What a post can be; an announcement for those who tend one of these places."""
    kinds = [("", _("Post")), ("question", _("Question"))]
    if any(one.tends for one in places):
        kinds.append(("announcement", _("Announcement")))
    kinds += [("poll", _("Poll")), ("praise", _("Praise")), ("event", _("Event"))]
    chosen = asks.kind if asks else ""
    return [(kind, label, kind == chosen) for kind, label in kinds]


def spoken(preview: Preview, person: Person, body: str) -> dict[str, Any]:
    """The gate's preview in words: findings, who hears, what the buttons do, which words to underline. ``body`` is what
    stands in the box; the gate read more, perhaps: the options of a poll, the words of files."""
    return {
        "findings": findings_html(preview),
        "who": who_hears(preview, person) + away_note(person, body, now()),
        "buttons": buttons_html(preview),
        "spans": [
            {
                "start": finding.start,
                "end": min(finding.end, len(body)),
                "outcome": finding.outcome.word,
                "grave": int(finding.outcome),
            }
            for finding, _places in preview.findings
            if finding.start < min(finding.end, len(body)) and finding.end - finding.start < len(body)
        ],
        "asks_reason": any(one.ruling.outcome in (Outcome.JUSTIFY, Outcome.HOLD) for one in preview.rulings),
    }


def findings_html(preview: Preview) -> SafeString:
    """Each finding once, under its gravest outcome, with the places where it comes to which."""
    everywhere = len(preview.rulings)
    read = text_of(preview.parts)
    rows = []
    for finding, _places in preview.findings:
        comes_to = _outcomes_of(finding, preview)
        gravest = max(comes_to)
        is_plain = len(comes_to) == 1 and len(comes_to[gravest]) == everywhere
        rows.append(
            {
                "outcome": gravest.word,
                "sign": "●" if gravest >= Outcome.HOLD else "○",
                "words": quoted(finding, read),
                "file": file_of(finding, preview.parts),
                "title": finding.title,
                "explanation": finding.explanation,
                "mend": finding.mend,
                "rule": finding.rule,
                # What only a channel refuses for its marking is mended by one press, if the author says so.
                "marks_public": finding.rule == "gate/marking"
                and all(
                    one.place.is_public
                    for one in preview.rulings
                    if any(same.rule == finding.rule for same in one.ruling.findings)
                ),
                "verdicts": [
                    (verdict(outcome), "" if is_plain else ", ".join(comes_to[outcome]))
                    for outcome in sorted(comes_to, reverse=True)
                ],
            }
        )
    html = get_template("parts/findings.html").render({"findings": rows}).strip()
    return mark_safe(html)  # noqa: S308 (drawn by our own template, which escapes)


def _outcomes_of(finding: Finding, preview: Preview) -> dict[Outcome, list[str]]:
    """Names of places by what this finding comes to there."""
    found: dict[Outcome, list[str]] = {}
    for one in preview.rulings:
        for same in one.ruling.findings:
            if (same.rule, same.start, same.end) == (finding.rule, finding.start, finding.end):
                found.setdefault(same.outcome, []).append(one.place.name)
                break
    return found or {finding.outcome: []}


def quoted(finding: Finding, body: str) -> str:
    """The words that a finding underlines, shortened in the middle; "" where it is about the whole."""
    words = " ".join(body[finding.start : finding.end].split())
    if not words or finding.end - finding.start >= len(body.strip()) > 60:
        return ""
    return words if len(words) <= 70 else f"{words[:40].rstrip()} … {words[-22:].lstrip()}"


def file_of(finding: Finding, parts: Sequence[Part]) -> str:
    """The name of the file among whose words a finding stands; "" where it is about the message itself."""
    return next((one.name for one in parts if one.name and one.start <= finding.start < one.end), "")


def verdict(outcome: Outcome) -> str:
    return {
        Outcome.ALLOW: _("Allowed"),
        Outcome.TIP: _("A tip"),
        Outcome.JUSTIFY: _("Needs a reason"),
        Outcome.HOLD: _("Needs approval"),
        Outcome.REFUSE: _("Blocks"),
    }[outcome]


def who_hears(preview: Preview, person: Person) -> SafeString:
    """Exactly who would hear: how many people, guests by name, channels by name, and who signs before."""
    sentences: list[SafeString | str] = []
    if preview.hearers.people:
        sentences.append(_inside(preview.hearers, person))
    if preview.channels:
        sentences.append(_outside(preview))
    if not sentences:
        return format_html("{}", _("Nobody hears this yet: no place is chosen."))
    return format_html_join(" ", "{}", ((one,) for one in sentences))


def _inside(hearers: Hearers, person: Person) -> SafeString:
    guests = [one for one in hearers.guests if (one.name, one.firm) != (person.name, person.firm.name)]
    others = hearers.people - len(hearers.guests) - (1 if person.firm.is_house else 0)
    colleagues = format_html(
        "<b>{}</b>",
        (
            ngettext("%(n)s colleague", "%(n)s colleagues", others)
            if person.firm.is_house
            else ngettext("%(n)s person of the house", "%(n)s people of the house", others)
        )
        % {"n": others},
    )
    if not guests:
        return format_html(_("Heard by {}."), colleagues)
    named = ", ".join(f"{one.name} ({one.firm})" for one in guests)
    counted = format_html(
        "<b>{}</b>", ngettext("%(n)s guest", "%(n)s guests", len(guests)) % {"n": len(guests)}
    )
    return format_html(_("Heard by {} and {}: {}."), colleagues, counted, named)


def _outside(preview: Preview) -> SafeString:
    signers = list(
        dict.fromkeys(name for one in preview.rulings if one.place.is_public for name in one.waits_for)
    )
    names = format_html_join(", ", "<b>{}</b>", ((name,) for name in preview.channels))
    refused = [one for one in preview.rulings if one.place.is_public and one.ruling.outcome == Outcome.REFUSE]
    if refused and len(refused) == len(preview.channels):
        return format_html(_("Not outside: {} will not take these words."), names)
    if signers:
        bold = [format_html("<b>{}</b>", name) for name in signers]
        if len(bold) == 1:
            return format_html(_("Everyone outside, on {}, after {} approves."), names, bold[0])
        first = format_html_join(", ", "{}", ((name,) for name in bold[:-1]))
        return format_html(_("Everyone outside, on {}, after {} and {} approve."), names, first, bold[-1])
    if any(one.place.is_public and one.ruling.outcome == Outcome.HOLD for one in preview.rulings):
        return format_html(_("Everyone outside, on {}, once it is approved."), names)
    return format_html(_("Everyone outside, on {}."), names)


def buttons_html(preview: Preview) -> SafeString:
    """What will happen is what the button says; its colour is who will hear."""
    kinds = [one.place.kind for one in preview.rulings if one.ruling.outcome != Outcome.REFUSE]
    widest = "outside" if "outside" in kinds else "guest" if "guests" in kinds else "inside"
    inside = "guest" if "guests" in kinds else "inside"
    action = preview.action
    label = {
        "post": _("Post"),
        "send-for-approval": _("Send for approval"),
        "schedule": _("Schedule"),
        "give-reason": _("Say why first"),
        "mend": _("Change the words first"),
        "choose-place": _("Choose a place first"),
        "write": _("Post"),
    }[action]
    ready = action in {"post", "send-for-approval", "schedule"}
    html = SafeString("")
    if preview.inside_goes and action == "send-for-approval":
        html += format_html(
            '<button class="{}" name="act" value="inside-only">{}</button>',
            "to-" + inside,
            _("Post inside and with guests only")
            if {"inside", "guests"} <= set(kinds)
            else _("Post with guests only")
            if inside == "guest"
            else _("Post inside only"),
        )
    return html + format_html(
        '<button class="primary {}" name="act" value="send"{}>{}</button>',
        widest if ready else "",
        "" if ready else SafeString(" disabled"),
        label,
    )
