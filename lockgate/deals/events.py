"""Facts of this room, in the past tense."""

DECISION_CALLED = "deals.decision.called"
VOTE_CAST = "deals.vote.cast"
DECISION_TAKEN = "deals.decision.taken"
