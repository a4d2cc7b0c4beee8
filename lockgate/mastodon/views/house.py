"""What this house says of itself beside its instance: the languages that it speaks, and what is kept of whom."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from lockgate.mastodon.speaking import Asked

# The day on which these words were written; it changes with them.
_WRITTEN_AT = "2026-11-23T00:00:00Z"


def languages(asked: Asked) -> list[dict[str, str]]:
    return [{"code": code, "name": name} for code, name in settings.LANGUAGES]


def privacy_policy(asked: Asked) -> dict[str, Any]:
    """What is kept, who reads it, and what is not kept, in the language of who asks."""
    parts = [
        (
            _("What is kept"),
            _(
                "What you post, with its files, where you said it and when. Each step of it (written, read by the "
                "gate, signed, delivered, taken back) is also an entry of an archive that nobody can change unseen. "
                "An entry names you by a pseudonym and holds no words; the words are kept sealed beside it."
            ),
        ),
        (
            _("Who reads it"),
            _(
                "Those who sit in the space where you said it, and whoever is asked to sign it. Persons whom the "
                "company named for that may look at the record, and their look is put on the record too. Nothing "
                "here is on the Internet, but what was cleared for a public channel of the company."
            ),
        ),
        (
            _("What you take back"),
            _(
                "It leaves the pages of everybody at once. That it was said, and its words in the sealed record, stay "
                "until the company has the words erased; the entry and its proof are left."
            ),
        ),
        (
            _("What your app leaves here"),
            _(
                "That you let it in, and on which day you last used it. Of its token only a digest is kept. Your "
                "filters, lists and notes, whom you mute and up to where you have read are yours, and are not in "
                "the archive."
            ),
        ),
        (
            _("Whom to ask"),
            _("%(company)s runs this server for its people. Ask its administrators what is kept of you.")
            % {"company": settings.COMPANY},
        ),
    ]
    return {
        "updated_at": _WRITTEN_AT,
        "content": str(format_html_join("", "<h2>{}</h2><p>{}</p>", parts)),
    }
