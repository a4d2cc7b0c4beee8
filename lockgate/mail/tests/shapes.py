"""A hundred shapes of mail, by subject."""

from lockgate.mail.tests import (  # noqa: F401 (each adds its own)
    shapes_of_headers,
    shapes_of_parts,
    shapes_of_senders,
    shapes_of_words,
)
from lockgate.mail.tests.shape import SHAPES, Shape

__all__ = ["SHAPES", "Shape"]
