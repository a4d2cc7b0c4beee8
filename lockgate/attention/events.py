"""Facts of attention, in the past tense. What one follows and has read is one's own and no fact."""

LEADER_NAMED = "attention.leader.named"
LEADER_NO_MORE = "attention.leader.no_more"
