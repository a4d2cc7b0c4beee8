"""Files of messages, as they stand and as they stood. Who asks has asked whether the viewer hears the message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lockgate.base.ids import floor_id
from lockgate.gateway import rules
from lockgate.gateway.models import Attachment, FileWords, Revision
from lockgate.gateway.types import AttachmentView, EarlierFile, PassageState, ReadFile, RevisionView


def attachment_view(row: Attachment) -> AttachmentView:
    return AttachmentView(
        row.pk,
        row.name,
        row.media_type,
        row.size,
        row.sha256,
        row.alt,
        row.width,
        row.height,
        row.version,
        row.excerpt,
    )


def attachments_of(message_ids: Iterable[int]) -> dict[int, list[AttachmentView]]:
    """Attachments by message id, as they stand now. The caller has asked whether the viewer hears those messages."""
    gathered: dict[int, list[AttachmentView]] = {}
    rows = Attachment.objects.filter(message_id__in=list(message_ids), replaced_at__isnull=True)
    for row in sorted(rows, key=slot_of):
        gathered.setdefault(row.message_id or 0, []).append(attachment_view(row))
    return gathered


def read_files(files: Sequence[AttachmentView]) -> list[ReadFile]:
    """The files with the words that were found in them when they came: for the gate, and for who may see its findings.
    One question, and none where there are only pictures."""
    papers = [one.id for one in files if not one.is_image]
    known = {row.pk: row for row in FileWords.objects.filter(pk__in=papers)} if papers else {}
    return [
        ReadFile(one, row.words, row.is_whole)
        if (row := known.get(one.id)) is not None
        else ReadFile(one, "", one.is_image)
        for one in files
    ]


def whole_text(body: str, files: Sequence[AttachmentView]) -> str:
    """All the words that travel with a message, those of its files included: what is protected, and in what the offsets
    of findings hold."""
    return rules.text_of(rules.what_is_read(body, read_files(files)))


def words_before(message_id: int) -> list[str]:
    """What a message said before, its words and those of its replaced files. Who heard them has them, so they are
    protected for as long as the message is."""
    bodies = Revision.objects.filter(message_id=message_id).order_by("number").values_list("body", flat=True)
    replaced = Attachment.objects.filter(message_id=message_id, replaced_at__isnull=False)
    words = (
        FileWords.objects.filter(pk__in=replaced.values("pk")).order_by("pk").values_list("words", flat=True)
    )
    return [*bodies, *words]


def slot_of(row: Attachment) -> int:
    """Where a file stands among those of its message: a new version stands where the first stood."""
    return row.slot or row.pk


def earlier_files(
    files: Sequence[Attachment], shown: Sequence[PassageState], *, is_insider: bool
) -> tuple[EarlierFile, ...]:
    """The versions that were replaced, the newest first. Who only hears the message gets those that stood when it was
    delivered to them: what was replaced while it waited was perhaps what the gate, or a signer, would not let out."""
    current = {slot_of(one): one.pk for one in files if one.replaced_at is None}
    # By its position, not by its date: what was moved here later keeps the date of its words.
    since = min((one.position for one in shown if one.position is not None), default=None)
    return tuple(
        EarlierFile(attachment_view(one), one.replaced_at, current[slot_of(one)])
        for one in sorted(files, key=lambda row: (slot_of(row), -row.version))
        if one.replaced_at is not None
        and (is_insider or (since is not None and floor_id(one.replaced_at) > since))
    )


def earlier_words(
    revisions: Iterable[Revision], shown: Sequence[PassageState], *, is_insider: bool
) -> tuple[RevisionView, ...]:
    """The wordings that were replaced, the newest first. Who only hears the message gets those that stood where they
    hear it, as with files: what was changed while it waited they never heard."""
    since = min((one.position for one in shown if one.position is not None), default=None)
    return tuple(
        RevisionView(one.number, one.body, one.replaced_at)
        for one in sorted(revisions, key=lambda row: -row.number)
        if is_insider or (since is not None and floor_id(one.replaced_at) > since)
    )
