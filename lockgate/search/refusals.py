"""What search will not do, by name."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lockgate.base.refusal import Refusal


class TookTooLong(Refusal):
    """For whoever cannot show ``Found.is_given_up`` on a page."""

    code = "took-too-long"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            _("This search took too long."), _("It was ended. Add a word that is used less, a room or a day.")
        )
