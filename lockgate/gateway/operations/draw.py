"""Draw the first pages of PDFs, behind the commit. Whoever may open the file may see its picture; nobody's rights are
used for it, since the words are read by nobody here."""

from __future__ import annotations

from datetime import datetime

from lockgate.base.transactions import change
from lockgate.gateway.files import path_of, small_path_of
from lockgate.gateway.models import Attachment, Passage, State
from lockgate.gateway.operations.attach import keep_small
from lockgate.gateway.operations.redraw import redraw
from lockgate.gateway.refusals import AttachmentRefused
from lockgate.gateway.rendering import first_page
from lockgate.gateway.types import PDF


def draw_next_paper(*, at: datetime) -> bool:
    """Draw one PDF that nobody has looked at; answers whether there was one. For the work process.

    A width of 0 says that it was tried: what cannot be drawn, or takes more than it may, is not tried again. Two that
    draw the same at once keep the same picture. A process that dies in between leaves it to the next one.
    """
    row = Attachment.objects.filter(media_type=PDF, width__isnull=True).order_by("id").first()
    if row is None:
        return False
    drawn = first_page(path_of(row.pk)) if path_of(row.pk).is_file() else None
    width = height = 0
    if drawn is not None:
        try:
            keep_small(row.pk, drawn[0])
            _content, width, height = drawn
        except AttachmentRefused:
            # The disk is full: the file stays as it is without a picture.
            width = height = 0
    with change():
        # Taken away again meanwhile: then its picture goes, too.
        if not Attachment.objects.filter(pk=row.pk).update(width=width, height=height):
            small_path_of(row.pk).unlink(missing_ok=True)
            return True
        if width:
            _show(row.pk, at)
    return True


def _show(attachment_id: int, at: datetime) -> None:
    """What stands already is drawn anew, and open pages are woken."""
    standing = Passage.objects.filter(
        message__attachments=attachment_id, state=State.DELIVERED, position__isnull=False
    )
    for passage, audience, thread in standing.values_list("pk", "audience_id", "thread_id"):
        redraw(passage_id=passage, audience_id=audience, thread_id=thread, at=at)
