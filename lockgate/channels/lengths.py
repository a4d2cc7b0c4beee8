"""How channels count. A letter that a person sees is a grapheme, however many code points it takes."""

from __future__ import annotations

import regex
from django.utils.translation import gettext as _

_GRAPHEME = regex.compile(r"\X")


def graphemes(text: str) -> int:
    """Extended grapheme clusters (UAX 29) in ``text``."""
    return sum(1 for _found in _GRAPHEME.finditer(text))


def too_long(channel: str, count: int, limit: int) -> tuple[str, ...]:
    """The sentence for a post of ``count`` where ``limit`` fit, or nothing."""
    if count <= limit:
        return ()
    return (
        _("%(count)s of %(limit)s characters: too long for %(channel)s. Shorten it by %(over)s.")
        % {"count": count, "limit": limit, "channel": channel, "over": count - limit},
    )
