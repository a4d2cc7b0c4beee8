"""What is not done about a rumour, by name."""

from __future__ import annotations

from lockgate.base.refusal import Refusal


class TooFewToHide(Refusal):
    code = "too-few-to-hide"
    status = 422


class NobodyKnows(Refusal):
    code = "nobody-knows"
    status = 422


class AskedAlready(Refusal):
    code = "asked-already"


class AskedEnough(Refusal):
    code = "asked-enough"
    status = 429


class AnsweredAlready(Refusal):
    code = "answered-already"


class NotAskedLikeThis(Refusal):
    code = "not-asked-like-this"
    status = 422
