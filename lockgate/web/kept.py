"""Pages of which little changes from one answer to the next: drawn once with slots in them, then the slots are filled.

A template takes 3 ms to draw the composer with twenty places and the frame around it; filling takes a twentieth of
a millisecond. What may be kept is only what the key names: whoever draws a page so puts into the key everything
that shows in it and is not a slot.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping

from django.utils.safestring import SafeString, mark_safe

# Nobody who names a space can guess it, so nobody can put a slot where there is none.
_CHANCE = secrets.token_hex(8)
_MARK = re.compile(f"\ue000{_CHANCE}:([a-z_]+)\ue000")


def slot(name: str) -> SafeString:
    """What stands in the context of a template in the place of a value that is filled in later."""
    return mark_safe(f"\ue000{_CHANCE}:{name}\ue000")  # noqa: S308 (a mark of our own)


class Kept:
    """Drawn pieces of HTML, the newest ``most`` of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._drawn: OrderedDict[Hashable, list[str]] = OrderedDict()
        self._lock = threading.Lock()

    def filled(self, key: Hashable, draw: Callable[[], str], values: Mapping[str, str]) -> str:
        """The piece kept under ``key``, drawn first by ``draw`` if need be, with ``values`` (HTML, by the name of their
        slot) in their places. A slot may stand in a piece any number of times."""
        pieces = self._drawn.get(key)
        if pieces is None:
            # Every second piece is the name of a slot.
            pieces = _MARK.split(draw())
            with self._lock:
                self._drawn[key] = pieces
                while len(self._drawn) > self._most:
                    self._drawn.popitem(last=False)
        whole = pieces.copy()
        whole[1::2] = [values[name] for name in pieces[1::2]]
        return "".join(whole)

    def clear(self) -> None:
        """Draw everything anew."""
        self._drawn.clear()


pages = Kept(4096)
"""Frames of whole pages: one for a person, their seats and a page."""
