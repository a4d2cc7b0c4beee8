"""Why a vote or a decision does not stand."""

from lockgate.base.refusal import Refusal


class HasDecided(Refusal):
    code = "has-decided"


class HasVoted(Refusal):
    code = "has-voted"
