"""Cursors: where a list goes on. Opaque, sealed for one list, and no more than a place in it: what stands there is
asked of the viewer's seats anew with every page."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Mapping
from hashlib import sha256

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from lockgate.base.ids import MOST, read_id
from lockgate.base.refusal import BadInput

USUAL = 30
MOST_A_PAGE = 100
_SEAL = 8


def written(listing: str, place: int | None) -> str | None:
    """The cursor of ``place`` in ``listing``; None at the end."""
    if place is None:
        return None
    head = struct.pack(">Q", place)
    return base64.urlsafe_b64encode(head + _seal(listing, head)).decode().rstrip("=")


def asked(request: HttpRequest, listing: str) -> tuple[int | None, int]:
    """(place, how many) that a request asks for with ``cursor`` and ``limit``. Raises BadInput."""
    return _read(request.GET, listing), limit(request.GET)


def limit(said: Mapping[str, str], usual: int = USUAL) -> int:
    words = said.get("limit", "")
    if not words:
        return usual
    number = read_id(words)
    if number is None or not 1 <= number <= MOST_A_PAGE:
        raise BadInput(_("“limit” is a number from 1 to %(most)s.") % {"most": MOST_A_PAGE})
    return number


def _read(said: Mapping[str, str], listing: str) -> int | None:
    words = said.get("cursor", "")
    if not words:
        return None
    refused = BadInput(_("This cursor is none of this list."), _("Begin again without one."))
    try:
        data = base64.b64decode(words + "=" * (-len(words) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise refused from error
    head = data[:8]
    if len(data) != 8 + _SEAL or not constant_time_compare(data[8:], _seal(listing, head)):
        raise refused
    place: int = struct.unpack(">Q", head)[0]
    if place > MOST:
        raise refused
    return place


def _seal(listing: str, head: bytes) -> bytes:
    return salted_hmac(
        "lockgate.api.cursors", sha256(listing.encode()).digest() + head, algorithm="sha256"
    ).digest()[:_SEAL]
