"""What a command says when it cannot do what was asked: a sentence, what to do, and an exit code."""

from __future__ import annotations

# sysexits.h, where it has a word for it.
BAD_INPUT = 65
NO_INPUT = 66
UNAVAILABLE = 69
INTERNAL = 70
CANNOT_CREATE = 73
TRY_LATER = 75
NOT_PERMITTED = 77
BAD_SETTINGS = 78


class Trouble(Exception):
    """``sentence`` says what and why, ``mend`` what to do; ``code`` is the exit code."""

    def __init__(self, sentence: str, mend: str = "", *, code: int = UNAVAILABLE) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.mend = mend
        self.code = code
