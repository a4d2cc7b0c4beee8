"""The gate's named refusals. Nothing was changed when one is raised, and the draft is still there."""

from __future__ import annotations

from collections.abc import Sequence

from lockgate.base.refusal import BadInput, Refusal
from lockgate.gateway.types import PlaceRuling


class NothingToSay(BadInput):
    code = "nothing-to-say"


class NoPlace(BadInput):
    code = "no-place"


class RefusedByPolicy(Refusal):
    """Every place refuses these words; ``rulings`` say why."""

    code = "refused-by-policy"
    status = 422

    def __init__(self, sentence: str, mend: str, rulings: Sequence[PlaceRuling]) -> None:
        super().__init__(sentence, mend)
        self.rulings = tuple(rulings)


class ReasonNeeded(Refusal):
    """A rule lets the words through with a reason, and none was given."""

    code = "reason-needed"
    status = 422

    def __init__(self, sentence: str, mend: str, rulings: Sequence[PlaceRuling]) -> None:
        super().__init__(sentence, mend)
        self.rulings = tuple(rulings)


class NotRevisable(Refusal):
    code = "not-revisable"


class NotScheduled(Refusal):
    """Something has a time to be changed only while it waits for that time."""

    code = "not-scheduled"


class SignedForLater(Refusal):
    """Who signed saw when it would go: no sooner than that."""

    code = "signed-for-later"


class NotMovable(Refusal):
    code = "not-movable"


class NotShowable(Refusal):
    """A post stays with those who hear it: here it is not shown again."""

    code = "not-showable"
    status = 403


class NotRecallable(Refusal):
    code = "not-recallable"


class AttachmentRefused(BadInput):
    code = "attachment-refused"
