"""What this room refuses."""

from __future__ import annotations

from lockgate.base.refusal import BadInput, Refusal


class AddressTaken(BadInput):
    code = "address-taken"


class NotAnEmployee(BadInput):
    """Duties are for the company's own people."""

    code = "not-an-employee"


class DutyAsItWas(Refusal):
    """The duty is held already, or is not held."""

    code = "duty-as-it-was"


class HasLeft(Refusal):
    code = "has-left"


class IsHere(Refusal):
    """Who has not left cannot be taken back."""

    code = "is-here"
