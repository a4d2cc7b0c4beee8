"""The four markings, in order. A place has a highest marking; the database refuses what stands above it."""

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _


class Marking(IntegerChoices):
    """How far words may travel. The numbers are stored and compared; the labels are shown."""

    PUBLIC = 0, _("Public")
    INTERNAL = 1, _("Internal")
    CONFIDENTIAL = 2, _("Confidential")
    CONTROLLED = 3, _("Controlled")
