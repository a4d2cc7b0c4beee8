"""Reads the words once and rules for each place. The composer's preview and the submission both stand on this,
so what one saw while typing is what the gate does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils.translation import gettext as _

from lockgate.approvals import queries as approvals
from lockgate.base.refusal import BadInput, NotFound
from lockgate.base.rows import ahead
from lockgate.base.transactions import is_postgresql
from lockgate.channels import queries as channels
from lockgate.gateway import rules
from lockgate.gateway.attached import read_files
from lockgate.gateway.limits import limits_broken
from lockgate.gateway.models import Passage
from lockgate.gateway.types import AttachmentView, PlaceChoice, PlaceRuling
from lockgate.people.models import Person
from lockgate.policy import queries as policy
from lockgate.policy.types import Finding, Outcome, Repeat
from lockgate.spaces import queries as spaces
from lockgate.spaces.types import split_key

MAX_BODY = 50_000
MAX_PLACES = 20


def places_for(viewer: Person, at: datetime) -> list[PlaceChoice]:
    """Every place where ``viewer`` may speak: the spaces they sit in, and for employees the channel accounts."""
    return [*_spaces_for(viewer, at), *_channels_for(viewer)]


def _spaces_for(viewer: Person, at: datetime, slugs: Collection[str] | None = None) -> list[PlaceChoice]:
    return [
        PlaceChoice(
            key=one.key,
            name=one.name,
            kind=one.kind,
            ceiling=one.ceiling,
            audience_id=one.audience_id,
            space_kind=one.space_kind,
        )
        for one in spaces.places_of(viewer, at, slugs=slugs)
        if one.may_write
    ]


def _channels_for(viewer: Person) -> list[PlaceChoice]:
    if not viewer.firm.is_house:
        return []
    outside = spaces.outside()
    return [
        PlaceChoice(
            key=f"channel:{account.slug}",
            name=account.name,
            kind="outside",
            ceiling=0,
            audience_id=outside.pk,
            account_id=account.pk,
            connector=account.connector,
            desk=account.desk_slug,
        )
        for account in channels.accounts(paused=False)
    ]


def chosen(viewer: Person, keys: Sequence[str], at: datetime) -> list[PlaceChoice]:
    """The places with these keys, in the order given. Raises NotFound for one that is not there for ``viewer``.
    Asks only for what was named: most posts go to one space, and then that is one small query.
    """
    if len(keys) > MAX_PLACES:
        raise BadInput(_("A message goes to %(most)s places at most.") % {"most": MAX_PLACES})
    if not keys:
        return []
    slugs = {split_key(key)[0] for key in keys if key.startswith("space:")}
    known = {choice.key: choice for choice in _spaces_for(viewer, at, slugs)}
    if any(key.startswith("channel:") for key in keys):
        known |= {choice.key: choice for choice in _channels_for(viewer)}
    found = []
    for key in dict.fromkeys(keys):
        if key not in known:
            raise NotFound(
                _("There is no place “%(place)s” where you can write.") % {"place": key[:80]},
                _("Choose one of your spaces or channels."),
            )
        found.append(known[key])
    return found


@contextmanager
def asked_ahead(viewer: Person, keys: Sequence[str], reading: policy.Reading, at: datetime) -> Iterator[None]:
    """What ``chosen`` and ``judge`` will ask of the database inside, asked in one go (where that saves anything)."""
    if not is_postgresql():
        yield
        return
    slugs = {split_key(key)[0] for key in keys[:MAX_PLACES] if key.startswith("space:")}
    places = [spaces.places_question(viewer, at, slugs)] if slugs else []
    with ahead([*places, *policy.questions(reading, at)]):
        yield


def check_words(body: str) -> str:
    """The body, if it can be stored and sent: some words, not too many, no lone surrogates or NUL."""
    if len(body) > MAX_BODY:
        raise BadInput(
            _("This text has %(count)s characters; %(most)s is the most that fits.")
            % {"count": len(body), "most": MAX_BODY},
            _("Shorten it, or attach the long part as a file."),
        )
    try:
        body.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadInput(
            _("Character %(at)s is half of a pair and cannot be stored.") % {"at": error.start}
        ) from error
    if "\x00" in body:
        raise BadInput(_("The text holds a NUL character, which cannot be stored."), _("Remove it."))
    return body.replace("\r\n", "\n")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was ruled on and what came of it: canonical content, its hash, the marking that the words bear, and a ruling
    for each place."""

    content: bytes
    digest: bytes
    marking: int
    rulings: tuple[PlaceRuling, ...]


def judge(
    *,
    body: str,
    marking: int,
    places: Sequence[PlaceChoice],
    attachments: Sequence[AttachmentView],
    at: datetime,
    message_id: int | None = None,
    reading: policy.Reading | None = None,
    shows: int | None = None,
) -> Judgement:
    """Read the words once (``reading``, where they were read already) and rule for each place. Reads the database,
    changes nothing. The words of each file are read for themselves.

    Words that bear a marking of their own (a banner, a distribution statement) raise the author's to it.
    ``message_id`` is the message being revised: its own fingerprints are no copy. ``shows`` is the message that it
    quotes, which is part of its content and not of its words.
    """
    files = read_files(attachments)
    parts = rules.what_is_read(body, files)
    readings = [reading if reading is not None and not files else policy.read(parts[0].text)]
    readings += [read_file(one.text) for one in parts[1:]]
    standing = policy.standing(at)
    least = max(policy.least_marking(one, standing, on=at.date()) for one in readings)
    marking = max(marking, least)
    content = rules.canonical_content(body, marking, attachments, shows=shows)
    digest = rules.content_hash(content)
    # Most words repeat nothing that is protected anywhere: asked once, however many places there are.
    repeating = [bool(places) and bool(policy.repeats(one, except_message=message_id)) for one in readings]
    ruled = []
    for place in places:
        rulings = [
            policy.rule(
                one,
                place.facts,
                standing,
                _repeats(one, place, at, message_id) if is_repeating else (),
                on=at.date(),
                content_hash=digest,
                marking=marking,
            )
            for one, is_repeating in zip(readings, repeating, strict=True)
        ]
        ruling = rules.joined(parts, rulings)
        if files:
            ruling = rules.with_unread(ruling, place.facts.kind, body, files, said=_unread())
        if place.is_public:
            ruling = rules.with_limits(
                ruling,
                place,
                limits_broken(place, body, attachments, at),
                title=_("The channel’s own limits"),
                length=len(body),
            )
        ruled.append(PlaceRuling(place, ruling))
    return Judgement(content, digest, marking, tuple(ruled))


def _unread() -> Finding:
    return Finding(
        rule=rules.UNREAD,
        version=0,
        title=_("A file that the gate could not read"),
        outcome=Outcome.TIP,
        start=0,
        end=0,
        explanation=_(
            "Not all words of this file could be read: it is an archive, a scan, locked, damaged or very long."
        ),
        mend=_("Attach a PDF with text, or a shorter file; or look into it yourself."),
    )


@lru_cache(maxsize=8)
def read_file(words: str) -> policy.Reading:
    """While somebody types beside a file, its words are the same: read, matched and hashed once (the reading keeps what
    was found in it)."""
    return policy.read(words)


def named(ruled: Sequence[PlaceRuling], author: Person, at: datetime) -> list[PlaceRuling]:
    """The same rulings, with the names of the desks and people that would sign."""
    wanted = {
        desk
        for one in ruled
        if one.ruling.outcome == Outcome.HOLD
        for desk in rules.desks_of(one.ruling, one.place)
    }
    if not wanted:
        return list(ruled)
    signers = approvals.signers(sorted(wanted), author=author, at=at)
    return [
        PlaceRuling(
            one.place,
            one.ruling,
            tuple(
                dict.fromkeys(
                    signers[desk] for desk in rules.desks_of(one.ruling, one.place) if desk in signers
                )
            ),
        )
        if one.ruling.outcome == Outcome.HOLD
        else one
        for one in ruled
    ]


def _repeats(
    reading: policy.Reading, place: PlaceChoice, at: datetime, message_id: int | None
) -> tuple[Repeat, ...]:
    """Runs of protected words that ``place`` would carry further than they were meant for."""
    found = policy.repeats(reading, except_audiences={place.audience_id}, except_message=message_id)
    if not found or place.is_public:
        return found
    # Only now is it worth asking whose rooms already hold everyone here: words they have heard are no leak.
    covering = spaces.covering(place.audience_id, at)
    if any(repeat.audience_id in covering for repeat in found):
        found = policy.repeats(reading, except_audiences=covering, except_message=message_id)
    if not found:
        return found
    # The same words may stand in other rooms, too: one answer to many. Said here, they are no copy, and a hold would
    # tell those who sit here that there are others.
    return policy.unheard(reading, found, among=covering, was_heard=_delivered, except_message=message_id)


def _delivered(said: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Which of these (message, audience) were delivered there, and stand there still."""
    rows = Passage.objects.filter(message_id__in={message for message, _audience in said})
    return set(rows.filter(position__isnull=False).values_list("message_id", "audience_id")) & set(said)
