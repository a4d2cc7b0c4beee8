"""Reads of policy: what stands, what stood, what a text repeats. Also the door to the pure rules."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from lockgate.base.rows import fetched, stored
from lockgate.policy.check import check
from lockgate.policy.fingerprint_key import fingerprint_key
from lockgate.policy.models import PackVersion, PolicyPack, Publication
from lockgate.policy.notation import PackError
from lockgate.policy.pack import Kind, Pack, Rule
from lockgate.policy.parsing import parse_pack
from lockgate.policy.policy import Policy, compiled_pack
from lockgate.policy.reading import Reading, read
from lockgate.policy.repeating import WasHeard, known_question
from lockgate.policy.repeating import repeats as _repeats
from lockgate.policy.repeating import stored as grams_of
from lockgate.policy.repeating import unheard as _unheard
from lockgate.policy.rules import least_marking, rule
from lockgate.policy.shipped import SHIPPED, shipped_source
from lockgate.policy.types import (
    Finding,
    Outcome,
    PackView,
    PlaceFacts,
    Repeat,
    RuleView,
    SignedOff,
    Tried,
    VersionView,
)

__all__ = [
    "SHIPPED",
    "PackError",
    "Policy",
    "Reading",
    "check",
    "difference",
    "finding_from_json",
    "finding_to_json",
    "least_marking",
    "packs",
    "questions",
    "read",
    "repeats",
    "rule",
    "shipped_source",
    "standing",
    "try_out",
    "unheard",
    "version",
    "versions",
]

_STANDING = (
    "SELECT k.slug, v.number, v.digest, v.id FROM policy_publication p"
    " JOIN policy_packversion v ON v.id = p.version_id JOIN policy_policypack k ON k.id = v.pack_id"
    " WHERE p.id IN (SELECT max(q.id) FROM policy_publication q"
    " JOIN policy_packversion w ON w.id = q.version_id WHERE q.at <= %s GROUP BY w.pack_id) ORDER BY k.slug"
)
# Whether anything was published since. The newest number alone would miss one of two that were published at once, whose
# smaller number is committed later.
_LAST_PUBLISHED = "SELECT count(*), max(id), max(at) FROM policy_publication WHERE at <= %s"
_MOST_COMPILED = 4

_compiled: dict[tuple[tuple[str, int, str], ...], Policy] = {}
_compiling = threading.Lock()
_last: dict[tuple[Any, ...], Policy] = {}
"""What stands, by what ``_LAST_PUBLISHED`` answered: one, the newest."""


def forget_standing() -> None:
    """For whoever puts another database in place of this one."""
    _last.clear()


def standing(at: datetime) -> Policy:
    """The policy in force at ``at``, compiled; kept by the set of its versions.

    One small query a call, so that a publication by another process holds at the next ruling. Compiling (once a process
    and publication) takes some tens of milliseconds for the shipped packs.
    """
    published = fetched(_LAST_PUBLISHED, [stored(at)])[0]
    known = _last.get(published)
    if known is None:
        known = _compiled_for(at)
        _last.clear()
        _last[published] = known
    return known


def _compiled_for(at: datetime) -> Policy:
    rows = fetched(_STANDING, [stored(at)])
    key = tuple((slug, number, digest) for slug, number, digest, _id in rows)
    policy = _compiled.get(key)
    if policy is None:
        with _compiling:
            policy = _compiled.get(key)
            if policy is None:
                sources = dict(
                    PackVersion.objects.filter(pk__in=[row[3] for row in rows]).values_list("pk", "source")
                )
                policy = Policy((parse_pack(sources[row[3]]), row[1]) for row in rows)
                while len(_compiled) >= _MOST_COMPILED:
                    _compiled.pop(next(iter(_compiled)))
                _compiled[key] = policy
    return policy


def questions(reading: Reading, at: datetime) -> list[tuple[str, list[Any]]]:
    """What ``standing`` and ``repeats`` will mostly ask the database of ``reading`` at ``at``, for ``rows.ahead``."""
    _words, grams = grams_of(reading, fingerprint_key())
    asked: list[tuple[str, list[Any]]] = [(_LAST_PUBLISHED, [stored(at)])]
    return [*asked, known_question(grams)] if grams else asked


def repeats(
    reading: Reading, *, except_audiences: Collection[int] = (), except_message: int | None = None
) -> tuple[Repeat, ...]:
    """Runs of 8 or more words that ``reading`` shares with protected messages, longest first.

    Messages heard by ``except_audiences`` (the place itself, or rooms that hold everyone who will hear it) do
    not count, nor does ``except_message`` (the one being revised). At most 50. Raises FingerprintKeyMissing.
    """
    return _repeats(
        reading, fingerprint_key(), except_audiences=except_audiences, except_message=except_message
    )


def unheard(
    reading: Reading,
    found: Sequence[Repeat],
    *,
    among: Collection[int],
    was_heard: WasHeard,
    except_message: int | None = None,
) -> tuple[Repeat, ...]:
    """What is left of ``found`` without the words that ``among`` (audiences) have heard in messages of their own.

    It does not matter who else holds the same words: where they were said, repeating them tells nothing, and a hold
    would tell that they were said elsewhere, too. ``was_heard`` answers which of the (message, audience) it is given
    were really delivered: what is only held there was heard by nobody. Fewer than 8 words in a row left: nothing.
    """
    return _unheard(
        reading,
        fingerprint_key(),
        found=found,
        among=among,
        except_message=except_message,
        was_heard=was_heard,
    )


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """A finding as it is stored with its ruling."""
    return {**asdict(finding), "outcome": finding.outcome.word}


def finding_from_json(stored: dict[str, Any]) -> Finding:
    return Finding(**{**stored, "outcome": Outcome[stored["outcome"].upper()]})


def packs(at: datetime) -> list[PackView]:
    """Every pack with what stands of it at ``at``, by name."""
    return [_pack_view(pack, versions(pack.slug, at=at)) for pack in PolicyPack.objects.order_by("slug")]


def versions(pack: str, *, at: datetime | None = None) -> list[VersionView]:
    """All versions of the pack with this slug, newest first."""
    rows = (
        PackVersion.objects.filter(pack__slug=pack)
        .select_related("pack", "proposed_by")
        .prefetch_related("reviews__reviewer", "publications__by")
        .order_by("-number")
    )
    latest = Publication.objects.filter(version__pack__slug=pack)
    if at is not None:
        latest = latest.filter(at__lte=at)
    standing_id = latest.order_by("-pk").values_list("version_id", flat=True).first()
    return [_view(row, standing_id) for row in rows]


def version(version_id: int) -> VersionView | None:
    """One version by its id; None where there is none."""
    slug = PackVersion.objects.filter(pk=version_id).values_list("pack__slug", flat=True).first()
    return next((v for v in versions(slug) if v.id == version_id), None) if slug else None


def difference(before: str, after: str) -> list[str]:
    """Unified diff lines ("@@", " ", "-", "+" first) from one source to another, without the file heads."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3)
    return list(lines)[2:]


def try_out(
    source: str, text: str, kinds: Sequence[str] = ("inside", "guests", "outside"), *, on: date
) -> Tried:
    """What the pack written in ``source`` alone would say of ``text``; nothing is kept."""
    try:
        policy = compiled_pack(source)
    except PackError as error:
        return Tried({}, error.sentence, error.line)
    reading = read(text)
    rulings = {}
    for kind in kinds:
        place = PlaceFacts(key="", kind=kind, ceiling=0 if kind == "outside" else 3)
        rulings[kind] = rule(reading, place, policy, on=on, content_hash=bytes(32), marking=0)
    return Tried(rulings)


def _view(row: PackVersion, standing_id: int | None) -> VersionView:
    published = max(row.publications.all(), key=lambda p: p.pk, default=None)
    return VersionView(
        id=row.pk,
        pack=row.pack.slug,
        number=row.number,
        title=row.title,
        source=row.source,
        digest=row.digest,
        proposed_by_id=row.proposed_by_id,
        proposed_by=row.proposed_by.name,
        proposed_at=row.proposed_at,
        reviews=tuple(SignedOff(r.reviewer_id, r.reviewer.name, r.word, r.at) for r in row.reviews.all()),
        published_at=published.at if published else None,
        published_by=published.by.name if published else "",
        is_standing=row.pk == standing_id,
    )


def _pack_view(pack: PolicyPack, found: list[VersionView]) -> PackView:
    stands = next((one for one in found if one.is_standing), None)
    newest = stands or (found[0] if found else None)
    read_pack: Pack | None = parse_pack(newest.source) if newest else None
    after = stands.number if stands else 0
    return PackView(
        slug=pack.slug,
        title=read_pack.title if read_pack else pack.slug,
        about=read_pack.about if read_pack else "",
        applies=read_pack.applies if read_pack else (),
        rules=tuple(_rule_view(one) for one in read_pack.rules) if read_pack else (),
        standing=stands,
        waiting=sum(1 for one in found if one.number > after),
    )


def _rule_view(one: Rule) -> RuleView:
    names = sum(len(named.words) for named in one.names)
    near = sum(len(pair.a) * len(pair.b) for pair in one.near)
    return RuleView(
        id=one.id,
        kind=one.kind,
        title=one.title,
        why=one.why,
        mend=one.mend,
        desk=one.desk,
        outcomes={audience: outcome.word for audience, outcome in one.outcomes.items()},
        looks_for=1
        if one.kind is Kind.REPEATS
        else len(one.terms) + len(one.patterns) + len(one.of) + names + near,
    )
