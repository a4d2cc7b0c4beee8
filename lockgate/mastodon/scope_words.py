"""What scopes allow, in words for the page that asks."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from lockgate.mastodon import rules


def in_words(scopes: Collection[str]) -> list[str]:
    """A few plain lines: what an app with these scopes may do."""
    lines = []
    if any(one == "read" or one.startswith("read:") for one in scopes):
        lines.append(_("read what you may read: the rooms where you sit, their people, what you are told"))
    if any(rules.covers(scopes, one) for one in ("write:statuses", "write:media")):
        lines.append(_("write in your name; every word passes the gate as always"))
    if any(rules.covers(scopes, one) for one in ("write:accounts", "write:notifications", "write:follows")):
        lines.append(_("keep where you have read to"))
    if "push" in scopes:
        lines.append(_("tell you on your device what you are told here, also while it is closed"))
    if not lines:
        lines.append(_("know who you are"))
    return lines
