"""Places of an installation by their keys, for commands that nobody in particular gives."""

from __future__ import annotations

from lockgate.cli.troubles import BAD_INPUT, Trouble
from lockgate.policy.types import PlaceFacts
from lockgate.spaces.types import split_key


def facts_of(word: str, slug: str) -> PlaceFacts:
    """What the policy needs to know of "space" or "channel" ``slug``."""
    from lockgate.base.refusal import NotFound
    from lockgate.channels import queries as channels
    from lockgate.spaces.models import Audience

    key = f"{word}:{slug}"
    if word == "space":
        name, lane = split_key(key)
        audience = Audience.objects.filter(space__slug=name, lane=lane).first()
        if audience is not None:
            return PlaceFacts(key, audience.kind, audience.ceiling)
    else:
        try:
            return PlaceFacts(key, "outside", 0, channels.account(slug).connector)
        except NotFound:
            pass
    raise Trouble(
        f"There is no place {key} here.",
        "Check its name; LOCKGATE_DATA says which installation.",
        code=BAD_INPUT,
    )
