"""Asking desks to sign what is held; of what lies in a sealed box nobody is asked before its time.

Who is asked must be able to read. So while a seal holds there is no request: nothing that a page, a letter, a counter
or a signer could show. See ``opening`` for what happens then.
"""

from __future__ import annotations

from datetime import datetime

from lockgate.approvals import operations as approvals
from lockgate.people.models import Person
from lockgate.spaces import queries as spaces


def ask_desks(
    *,
    passage_id: int,
    message_id: int,
    author: Person,
    audience_id: int,
    place_key: str,
    desks: tuple[str, ...],
    content_hash: bytes,
    policy_version: str,
    justification: str,
    at: datetime,
) -> None:
    """Have a held passage signed: now, or when the seal of its box is broken."""
    if spaces.is_sealed(audience_id, at):
        return
    approvals.ask(
        passage_id=passage_id,
        message_id=message_id,
        author=author,
        place_key=place_key,
        desks=desks,
        content_hash=content_hash,
        policy_version=policy_version,
        justification=justification,
        at=at,
    )
