"""Why somebody does not get a seat, or keeps one."""

from __future__ import annotations

from lockgate.base.refusal import Refusal


class SeatTaken(Refusal):
    code = "seat-taken"


class LastOwner(Refusal):
    code = "last-owner"


class NotForGuests(Refusal):
    code = "not-for-guests"
    status = 422


class AboveTheirNda(Refusal):
    code = "above-their-nda"
    status = 422


class CircleFull(Refusal):
    code = "circle-full"
