"""What is not done, by name."""

from __future__ import annotations

from lockgate.base.refusal import Refusal


class FollowsEnough(Refusal):
    code = "follows-enough"


class MutesEnough(Refusal):
    code = "mutes-enough"
