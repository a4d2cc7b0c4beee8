"""A refusal is an answer, not an accident: it says what was refused, why, and what to do."""


class Refusal(Exception):
    """Raised by an operation that will not do what was asked. Nothing was changed.

    ``code`` is a stable word for machines ("not-found"), ``sentence`` tells a person what was refused
    and why, ``mend`` what to do next (may be empty). Rooms define named subclasses beside the operation
    that raises them. ``status`` is the HTTP status that pages and the API answer with.
    """

    code = "refused"
    status = 409

    def __init__(self, sentence: str, mend: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.sentence} {self.mend}".strip()


class NotFound(Refusal):
    """What is missing and what is forbidden look the same."""

    code = "not-found"
    status = 404

    def __init__(self, sentence: str = "There is nothing here that you can see.", mend: str = "") -> None:
        super().__init__(sentence, mend)


class BadInput(Refusal):
    """The words given cannot be used as they are; the sentence says which and why."""

    code = "bad-input"
    status = 422
