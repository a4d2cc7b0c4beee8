"""That something was brought in from elsewhere: so that it is brought in once, and what answers it finds its thread."""

from django.db import models
from django.db.models import UniqueConstraint

from lockgate.base.fields import TimeIdField


class Imported(models.Model):
    """One thing of an export, by its digest. No word, name or address of it."""

    id = TimeIdField(primary_key=True)
    audience = models.ForeignKey(
        "spaces.Audience", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    digest = models.BinaryField(max_length=32)
    message_id = models.BigIntegerField()
    thread_id = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["audience", "digest"], name="a_thing_is_brought_into_a_room_once")
        ]
