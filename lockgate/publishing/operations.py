"""The door to publishing's verbs. Network happens in ``attempt``, ``attempt_recall`` and ``read_back`` alone,
and in none of them is a transaction open while it does."""

from lockgate.publishing.claiming import claim, claim_read_backs
from lockgate.publishing.planning import CannotRecall, CannotRetry, WasRecalled, ask_recall, plan, retry
from lockgate.publishing.reading import read_back
from lockgate.publishing.sending import ClaimLost, attempt, attempt_recall
from lockgate.publishing.settling import settle

__all__ = [
    "CannotRecall",
    "CannotRetry",
    "ClaimLost",
    "WasRecalled",
    "ask_recall",
    "attempt",
    "attempt_recall",
    "claim",
    "claim_read_backs",
    "plan",
    "read_back",
    "retry",
    "settle",
]
