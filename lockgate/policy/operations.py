"""Writes of policy: propose, review, publish; remember and forget the words of protected messages.

A pack takes three steps by at least two people. Each step is one transaction with its record.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lockgate.archive.operations import record
from lockgate.archive.types import Fact
from lockgate.base.markings import Marking
from lockgate.base.refusal import BadInput, NotFound, Refusal
from lockgate.base.transactions import change
from lockgate.people.models import Person
from lockgate.people.queries import duties
from lockgate.policy import events, fingerprints
from lockgate.policy.fingerprint_key import fingerprint_key, note_key
from lockgate.policy.models import Fingerprint, PackVersion, PolicyPack, Publication, Remembered, Review
from lockgate.policy.notation import PackError
from lockgate.policy.policy import compiled_pack
from lockgate.policy.reading import Reading, read
from lockgate.policy.repeating import stored
from lockgate.policy.shipped import SHIPPED, shipped_source

AUTHOR = "policy_author"
REVIEWER = "policy_reviewer"


class PackUnsound(BadInput):
    """The pack cannot be read; ``line`` says where (0: the whole)."""

    code = "pack-unsound"

    def __init__(self, error: PackError) -> None:
        super().__init__(str(error), _("Mend that line and propose the pack again. Nothing was changed."))
        self.line = error.line


class NotYours(Refusal):
    """Without the duty, one does not write or sign policy."""

    code = "not-your-duty"
    status = 403


class OwnProposal(Refusal):
    """Whoever proposed a version does not sign it."""

    code = "own-proposal"


class NotReviewed(Refusal):
    code = "not-reviewed"


class AlreadyDone(Refusal):
    """The same words stand already, or the same person signed already."""

    code = "already-done"


def propose(*, by: Person, at: datetime, source: str) -> PackVersion:
    """Keep ``source`` as the next version of the pack that it names. Its patterns compile and its examples hold, or
    it is refused. Raises PackUnsound, NotYours, AlreadyDone."""
    _demand(by, at, AUTHOR)
    clean = source.replace("\r\n", "\n")
    try:
        pack = compiled_pack(clean).packs[0][0]
    except PackError as error:
        raise PackUnsound(error) from error
    digest = _digest(clean)
    with change():
        line, _made = PolicyPack.objects.get_or_create(slug=pack.id)
        PolicyPack.objects.select_for_update().get(pk=line.pk)  # one number is given at a time
        last = PackVersion.objects.filter(pack=line).order_by("-number").first()
        if last is not None and last.digest == digest:
            raise AlreadyDone(
                _("Version %(number)s of this pack has these very words.") % {"number": last.number}
            )
        made = PackVersion.objects.create(
            pack=line,
            number=last.number + 1 if last else 1,
            title=pack.title,
            source=clean,
            digest=digest,
            proposed_by=by,
            proposed_at=at,
        )
        record([_fact(events.VERSION_PROPOSED, made, by, at, clean.encode("utf-8"))])
    return made


def review(*, by: Person, at: datetime, version_id: int, word: str = "") -> Review:
    """Sign a version that somebody else proposed. Raises NotFound, NotYours, OwnProposal, AlreadyDone."""
    _demand(by, at, REVIEWER)
    version = _version(version_id)
    if version.proposed_by_id == by.pk:
        raise _own_proposal()
    try:
        with change():
            signed = Review.objects.create(
                version=version,
                reviewer=by,
                proposer_id=version.proposed_by_id,
                word=word.strip()[:500],
                at=at,
            )
            record([_fact(events.VERSION_REVIEWED, version, by, at, word.strip()[:500].encode("utf-8"))])
    except IntegrityError as error:
        raise AlreadyDone(_("You have signed this version already.")) from error
    return signed


def publish(*, by: Person, at: datetime, version_id: int) -> Publication:
    """Put a reviewed version in force. An older one may be put in force again. Raises NotFound, NotYours,
    NotReviewed, AlreadyDone."""
    _demand(by, at, AUTHOR, REVIEWER)
    version = _version(version_id)
    with change():
        PolicyPack.objects.select_for_update().get(pk=version.pack_id)
        if not version.reviews.exists():
            raise NotReviewed(
                _("Nobody has signed this version, so it cannot be published."),
                _("Ask a policy reviewer to sign it."),
            )
        last = Publication.objects.filter(version__pack_id=version.pack_id).order_by("-pk").first()
        if last is not None and last.version_id == version.pk:
            raise AlreadyDone(_("This version is in force already."))
        made = Publication.objects.create(version=version, by=by, at=at)
        record([_fact(events.VERSION_PUBLISHED, version, by, at)])
    return made


def adopt(
    *, by: Person, reviewer: Person, at: datetime, sources: tuple[str, ...] | None = None
) -> list[PackVersion]:
    """Put ``sources`` (without any: the packs that come with Lockgate) in force in one go, for a new company; answers
    the versions that this call published. All of them or none.

    A pack in force with these words is left as it is; one that was proposed with them and got no further is signed
    (unless somebody has) and published. Raises NotYours, OwnProposal, PackUnsound.
    """
    _demand(by, at, AUTHOR)
    _demand(reviewer, at, REVIEWER)
    if by.pk == reviewer.pk:
        raise _own_proposal()
    adopted = []
    with change():
        for source in sources if sources is not None else tuple(shipped_source(name) for name in SHIPPED):
            version = _newest_with_these_words(source) or propose(by=by, at=at, source=source)
            if not version.reviews.exists():
                review(by=reviewer, at=at, version_id=version.pk)
            try:
                publish(by=by, at=at, version_id=version.pk)
            except AlreadyDone:
                continue
            adopted.append(version)
    return adopted


def _newest_with_these_words(source: str) -> PackVersion | None:
    clean = source.replace("\r\n", "\n")
    try:
        slug = compiled_pack(clean).packs[0][0].id
    except PackError as error:
        raise PackUnsound(error) from error
    newest = PackVersion.objects.filter(pack__slug=slug).order_by("-number").first()
    return newest if newest is not None and newest.digest == _digest(clean) else None


def remember(
    *,
    message_id: int,
    audience_id: int,
    marking: int,
    at: datetime,
    text: str = "",
    reading: Reading | None = None,
) -> int:
    """Keep the fingerprints of a protected message as one audience hears it; answers how many 8-word runs it has.

    Call inside the transaction that delivers it: four statements. Below Confidential nothing is kept, and of a text of
    fewer than 8 words there is nothing to keep. Remembering the same message and audience again replaces what was kept.
    """
    if marking < Marking.CONFIDENTIAL:
        return 0
    key = fingerprint_key()
    words, grams = stored(reading if reading is not None else read(text), key)
    if not grams:
        return 0
    with transaction.atomic(
        savepoint=False
    ):  # the caller's transaction: a failure here undoes the delivery too
        _drop(Remembered.objects.filter(message_id=message_id, audience_id=audience_id), key)
        note_key(key)
        Remembered.objects.create(
            message_id=message_id, audience_id=audience_id, marking=marking, at=at, words=words.hashes
        )
        _keep_grams(sorted(set(grams)), marking, audience_id, message_id)
    return len(grams)


def forget(message_id: int, *, audience_id: int | None = None) -> int:
    """Drop what is kept of a message (it was erased, recalled, or its marking was lowered), or what is kept of it for
    one audience (it was moved to another); answers for how many audiences it was kept."""
    rows = Remembered.objects.filter(message_id=message_id)
    if audience_id is not None:
        rows = rows.filter(audience_id=audience_id)
    with transaction.atomic(savepoint=False):
        return _drop(rows, None)


def _drop(kept: QuerySet[Remembered], key: bytes | None) -> int:
    """The rows and their grams, which are worked out again from the words: no index by message is needed."""
    rows = list(kept)
    for row in rows:
        grams = sorted(set(fingerprints.grams(bytes(row.words), key or fingerprint_key())))
        for first in range(0, len(grams), 500):
            Fingerprint.objects.filter(
                gram__in=grams[first : first + 500],
                marking=row.marking,
                audience_id=row.audience_id,
                message_id=row.message_id,
            ).delete()
        Remembered.objects.filter(message_id=row.message_id, audience_id=row.audience_id).delete()
    return len(rows)


def _keep_grams(grams: list[int], marking: int, audience_id: int, message_id: int) -> None:
    """One statement for all of them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "INSERT INTO policy_fingerprint (gram, marking, audience_id, message_id)"
                " SELECT g, %s, %s, %s FROM unnest(%s::bigint[]) AS t(g) ON CONFLICT DO NOTHING",
                [marking, audience_id, message_id, grams],
            )
        else:
            cursor.executemany(
                "INSERT OR IGNORE INTO policy_fingerprint (gram, marking, audience_id, message_id)"
                " VALUES (%s, %s, %s, %s)",
                [(gram, marking, audience_id, message_id) for gram in grams],
            )


def _demand(by: Person, at: datetime, *wanted: str) -> None:
    if not by.firm.is_house:
        raise NotFound
    if not duties(by, at).intersection(wanted):
        raise NotYours(
            _("This takes a duty that you do not hold: policy author to write, policy reviewer to sign."),
            _("Ask an administrator, or somebody who holds it."),
        )


def _own_proposal() -> OwnProposal:
    return OwnProposal(
        _("You proposed this version, so somebody else has to sign it."),
        _("Ask another policy reviewer."),
    )


def _digest(clean: str) -> str:
    return hashlib.sha256(clean.encode("utf-8")).hexdigest()


def _version(version_id: int) -> PackVersion:
    found = PackVersion.objects.filter(pk=version_id).select_related("pack").first()
    if found is None:
        raise NotFound
    return found


def _fact(action: str, version: PackVersion, by: Person, at: datetime, body: bytes | None = None) -> Fact:
    return Fact(
        action=action,
        record=f"v:{version.pk}",
        actor=by.pseudonym,
        at=at,
        rule=f"{version.pack.slug}@{version.number}",
        body=body or None,
    )
