"""The gate's own rules, pure: what a message's content is, what a channel's limits add to a ruling, and what
the button says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from lockgate.gateway.types import (
    KEEPS_ITS_THREADS,
    WHERE_UNREAD,
    AttachmentView,
    Part,
    PlaceChoice,
    PlaceRuling,
    ReadFile,
)
from lockgate.policy.types import Finding, Outcome, Ruling

_CONTENT = b"lockgate content v1\n"


def canonical_content(
    body: str, marking: int, attachments: Sequence[AttachmentView] = (), *, shows: int | None = None
) -> bytes:
    """The bytes that a content hash, a signature and the archive's sealed body stand on (UTF-8 JSON). ``shows`` is the
    message that this one quotes or boosts, by its number: its words are its own."""
    return json.dumps(
        {
            "attachments": [{"alt": one.alt, "name": one.name, "sha256": one.sha256} for one in attachments],
            "body": body,
            "marking": marking,
        }
        | ({"shows": f"m:{shows}"} if shows is not None else {}),
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    ).encode()


def content_hash(canonical: bytes) -> bytes:
    """SHA-256 over a domain word and the canonical content; 32 bytes."""
    return hashlib.sha256(_CONTENT + canonical).digest()


def what_is_read(body: str, files: Sequence[ReadFile]) -> tuple[Part, ...]:
    """All the words that would travel: first the body with each file's name and alternative text, then the words of
    each file that holds some.

    Findings count through all of it: offsets below ``len(body)`` point into the body, those above into the files.
    """
    said = "".join(f"\n\n{one.view.name}\n{one.view.alt}" for one in files)
    parts = [Part(0, body + said)]
    for one in files:
        if one.words:
            parts.append(Part(parts[-1].end + len(_BETWEEN), one.words, one.view.id, one.view.name))
    return tuple(parts)


def text_of(parts: Sequence[Part]) -> str:
    """The parts as one text, in which the offsets of findings hold."""
    return _BETWEEN.join(one.text for one in parts)


def joined(parts: Sequence[Part], rulings: Sequence[Ruling]) -> Ruling:
    """One ruling of those of all parts, the first one's first: the gravest outcome, every finding where it stands in
    the whole. What the gate says of the whole is said once."""
    if len(parts) == 1:
        return rulings[0]
    end = parts[-1].end
    findings = [replace(one, end=end) if one.rule.startswith("gate/") else one for one in rulings[0].findings]
    for part, ruling in zip(parts[1:], rulings[1:], strict=True):
        findings += [
            replace(one, start=one.start + part.start, end=one.end + part.start)
            for one in ruling.findings
            if not one.rule.startswith("gate/")
        ]
    return replace(
        rulings[0],
        outcome=max(one.outcome for one in rulings),
        findings=tuple(findings),
        least_marking=max(one.least_marking for one in rulings),
    )


def with_unread(ruling: Ruling, kind: str, body: str, files: Sequence[ReadFile], *, said: Finding) -> Ruling:
    """``ruling`` with a finding, in the words of ``said``, for each paper or archive whose words the gate could not
    read, or not all of them.

    Beside guests that is worth a word; what leaves the house waits until somebody has looked into it.
    """
    outcome = WHERE_UNREAD[kind]
    unread = [one for one in files if not one.is_whole and not one.view.is_image]
    if outcome is Outcome.ALLOW or not unread:
        return ruling
    findings, at = [], len(body)
    for one in files:
        start = at + len(_BETWEEN)
        at = start + len(one.view.name) + 1 + len(one.view.alt)
        if one in unread:
            findings.append(_not_read(said, one.view.name, outcome, start))
    return replace(ruling, outcome=max(ruling.outcome, outcome), findings=(*ruling.findings, *findings))


def _not_read(said: Finding, name: str, outcome: Outcome, start: int) -> Finding:
    return replace(said, rule=UNREAD, outcome=outcome, start=start, end=start + len(name))


_BETWEEN: Final = "\n\n"
UNREAD: Final = "gate/unread-file"
EXCERPT_LINES = 8
EXCERPT_CHARACTERS = 600


def excerpt(content: bytes) -> str:
    """The first lines of a text file, as they are shown beside it; "" of what is no text."""
    begun = content[: 4 * EXCERPT_CHARACTERS]
    if b"\x00" in begun:
        return ""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            # The cut may have gone through the middle of a letter.
            text = begun.decode(encoding) if len(content) <= len(begun) else _whole_letters(begun, encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        return ""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")[:EXCERPT_LINES]
    shown = "\n".join(line.rstrip() for line in lines)[:EXCERPT_CHARACTERS]
    return "".join(one for one in shown if one in "\n\t" or (one.isprintable() and one not in _TURNING))


# Marks that turn the order of what follows: beside a file's name they could make words read as others.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _whole_letters(begun: bytes, encoding: str) -> str:
    for cut in range(4):
        try:
            return begun[: len(begun) - cut].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(begun) - 4:
                raise
    return begun.decode(encoding)


def with_limits(
    ruling: Ruling, place: PlaceChoice, sentences: Sequence[str], *, title: str, length: int
) -> Ruling:
    """What the channel itself would not take is refused at the gate, in the channel's own words."""
    if not sentences:
        return ruling
    findings = tuple(
        Finding(
            rule=f"{place.key}/limits",
            version=1,
            title=title,
            outcome=Outcome.REFUSE,
            start=0,
            end=length,
            explanation=sentence,
            mend="",
        )
        for sentence in sentences
    )
    return replace(ruling, outcome=Outcome.REFUSE, findings=(*ruling.findings, *findings))


def desks_of(ruling: Ruling, place: PlaceChoice) -> tuple[str, ...]:
    """The desks whose signatures a held passage waits for: each rule's own, else the channel's, else compliance."""
    named = [finding.desk or place.desk for finding in ruling.findings if finding.outcome == Outcome.HOLD]
    return tuple(dict.fromkeys(desk or "compliance" for desk in named)) or ("compliance",)


def may_go(ruling: Ruling, justification: str) -> bool:
    """Whether the words may be delivered without anybody's signature."""
    return ruling.outcome <= Outcome.TIP or (
        ruling.outcome == Outcome.JUSTIFY and bool(justification.strip())
    )


def why_it_stays(
    *, space_kind: str, in_lane: bool, marking: int, place: PlaceChoice, is_covered: bool
) -> str:
    """Why a post of a space of this kind may not be quoted or boosted in ``place``: "channel", "few", "marking" or
    "wider"; "" where it may.

    ``is_covered`` says that everybody who sits in ``place`` hears all of the room where it was said. Nobody is to
    learn from a boost or a quote what they do not hear already; where that is in doubt, it stays.
    """
    if place.is_public:
        return "channel"
    if in_lane or "/" in place.key or {space_kind, place.space_kind} & KEEPS_ITS_THREADS:
        return "few"
    if not is_covered:
        return "wider"
    return "marking" if marking > place.ceiling else ""


def may_give_versions(stands: Sequence[tuple[str, str]]) -> bool:
    """Whether a file of a message may be given anew, by the state and place key of its passages: while all of it waits,
    or while it stands in spaces alone. A channel's readers have what they have."""
    states = {state for state, _place in stands} - _OVER
    if not states:
        return False
    if states <= {"held", "returned"}:
        return True
    return states == {"delivered"} and not any(
        place.startswith("channel:") and state not in _OVER for state, place in stands
    )


def may_amend(stands: Sequence[tuple[str, str]]) -> bool:
    """Whether the words of a message may be corrected where they stand, by the state and place key of its passages:
    while all that is left of it stands in spaces. What waits is revised; a channel's readers have what they have."""
    states = {state for state, _place in stands} - _OVER
    return states == {"delivered"} and may_give_versions(stands)


_OVER = frozenset({"recalled", "refused", "rejected", "failed"})


def action(rulings: Sequence[PlaceRuling], *, has_words: bool, justification: str, is_scheduled: bool) -> str:
    """What the button will do, as a word that the page turns into a sentence."""
    if not has_words:
        return "write"
    if not rulings:
        return "choose-place"
    outcomes = [one.ruling.outcome for one in rulings]
    if all(outcome == Outcome.REFUSE for outcome in outcomes):
        return "mend"
    if any(outcome == Outcome.JUSTIFY for outcome in outcomes) and not justification.strip():
        return "give-reason"
    if any(outcome == Outcome.HOLD for outcome in outcomes):
        return "send-for-approval"
    return "schedule" if is_scheduled else "post"
