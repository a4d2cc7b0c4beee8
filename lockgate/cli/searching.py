"""`lockgate search`: finding what was said, and tending the index."""

from __future__ import annotations

import json

from lockgate.cli.posting import speaking
from lockgate.cli.troubles import BAD_INPUT, UNAVAILABLE, Trouble


def run_index() -> int:
    """Walk all that was said and index it anew, while everybody goes on searching."""
    from lockgate.cli.serve import with_tables

    with_tables()
    from lockgate.base.clock import now
    from lockgate.search.operations import rebuild

    count = rebuild(at=now())
    print(f"{count} messages can be found.")
    return 0


def run_find(words: str, *, speaker: str, order: str, limit: int, as_json: bool) -> int:
    """Print what the speaker hears that ``words`` ask for."""
    if order not in ("recent", "best"):
        raise Trouble(f"There is no order “{order}”.", "Give --order recent or --order best.", code=BAD_INPUT)
    from lockgate.cli.serve import with_tables

    with_tables()
    from lockgate.base.clock import now, rfc3339
    from lockgate.search.queries import search
    from lockgate.search.types import Order

    at = now()
    found = search(speaking(speaker, at), words, at=at, limit=limit, order=Order(order))
    if found.is_given_up:
        raise Trouble(
            "This search took too long and was ended.", "Add a word that is used less.", code=UNAVAILABLE
        )
    for hit in found.hits:
        text = "".join(part.text for part in hit.snippet)
        if as_json:
            said = {
                "id": str(hit.message_id),
                "author": hit.author.slug,
                "place": hit.place,
                "delivered_at": rfc3339(hit.delivered_at),
                "snippet": text,
            }
            print(json.dumps(said, ensure_ascii=False))
        else:
            print(f"{hit.delivered_at:%Y-%m-%d %H:%M}  {hit.author.name}, {hit.place_name}: {text}")
    return 0 if found.hits else 1
