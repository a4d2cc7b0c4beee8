"""The way to the mail server: Django's SMTP backend, and what each end of a sending means.

The one thing that must be told truly is whether the server took the letter. Before the words were sent a broken line
means "not taken"; after, nobody knows.
"""

from __future__ import annotations

import smtplib
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

from django.core.mail import EmailMessage, get_connection

TAKEN, LATER, REFUSED, UNKNOWN = "taken", "later", "refused", "unknown"


@dataclass(frozen=True, slots=True)
class Sent:
    """``end`` is TAKEN, LATER (it was not taken, try again), REFUSED (never will be) or UNKNOWN."""

    end: str
    word: str = ""
    # The server will never take a letter for this address (it refused the recipient, not the letter).
    is_of_address: bool = False


class Line:
    """One connection to the mail server for a handful of letters, opened with the first."""

    def __init__(self) -> None:
        self._connection: Any = get_connection(fail_silently=False)
        self._is_open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def open(self) -> str:
        """Reach the server; "" or why it cannot be reached. Nothing was sent."""
        if self._is_open:
            return ""
        try:
            self._connection.open()
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return _word(error)
        self._is_open = True
        return ""

    def send(self, letter: EmailMessage) -> Sent:
        try:
            self._connection.send_messages([letter])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()), (550, b""))
            return replace(self._refused(code, words), is_of_address=code >= 500)
        except smtplib.SMTPResponseException as error:
            return self._refused(error.smtp_code, error.smtp_error)
        except smtplib.SMTPNotSupportedError as error:
            return Sent(REFUSED, _word(error))
        except (OSError, smtplib.SMTPException) as error:
            # The line broke: the server may have the whole letter, and its "250" was lost on the way.
            self._hang_up()
            return Sent(UNKNOWN, _word(error))
        except (ValueError, UnicodeError) as error:
            return Sent(REFUSED, _word(error))  # a header that no server would take; nothing was sent
        return Sent(TAKEN)

    def _refused(self, code: int, words: bytes | str) -> Sent:
        said = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
        if code == 421 or code < 0:
            self._hang_up()
        if code < 0:
            return Sent(UNKNOWN, said[:300])  # an answer that is none
        return Sent(LATER if 400 <= code < 500 else REFUSED, f"{code} {said}"[:300])

    def _hang_up(self) -> None:
        self._is_open = False
        try:
            self._connection.close()
        except (OSError, smtplib.SMTPException):
            return


def _word(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]
