"""What talk will not do, by name."""

from __future__ import annotations

from lockgate.base.refusal import Refusal


class ObserversListen(Refusal):
    code = "observers-listen"


class NoSuchReaction(Refusal):
    code = "no-such-reaction"
    status = 422


class NotForAnswers(Refusal):
    code = "not-for-answers"
    status = 422


class PinsFull(Refusal):
    code = "pins-full"


class NotYourRoom(Refusal):
    code = "not-your-room"
    status = 422


class BadPoll(Refusal):
    code = "bad-poll"
    status = 422


class WasConfirmed(Refusal):
    code = "was-confirmed"


class BadPraise(Refusal):
    code = "bad-praise"
    status = 422


class BadEvent(Refusal):
    code = "bad-event"
    status = 422


class EventOver(Refusal):
    code = "event-over"


class NoAnswerYet(Refusal):
    code = "no-answer-yet"


class PollClosed(Refusal):
    code = "poll-closed"


class HasVoted(Refusal):
    code = "has-voted"


class RemindedAlready(Refusal):
    code = "reminded-already"


class StaysInFaq(Refusal):
    code = "stays-in-faq"
