"""What a person noted down about others in their apps, for themselves alone."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from lockgate.base.refusal import BadInput
from lockgate.base.transactions import change
from lockgate.mastodon.models import Note
from lockgate.people.models import Person

LONGEST = 2_000


def about(viewer: Person, persons: Iterable[int]) -> dict[int, str]:
    """The viewer's own notes about these people (ids)."""
    rows = Note.objects.filter(person=viewer, whom__in=list(persons))
    return dict(rows.values_list("whom_id", "words"))


def note(*, by: Person, whom: int, words: str) -> None:
    """In place of what was noted before; no words remove it. It is said to nobody: no gate reads it and the archive is
    not told. Whoever calls this has asked whether ``by`` may know of them."""
    words = words.strip()
    if len(words) > LONGEST:
        raise BadInput(_("A note has %(n)d characters at most.") % {"n": LONGEST}, _("Shorten it."))
    with change():
        if words:
            Note.objects.update_or_create(person=by, whom_id=whom, defaults={"words": words})
        else:
            Note.objects.filter(person=by, whom=whom).delete()
