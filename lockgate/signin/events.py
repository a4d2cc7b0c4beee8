"""Facts of this room, in the past tense. None of them holds a name or a secret."""

FACTOR_ADDED = "signin.factor.added"
FACTOR_REMOVED = "signin.factor.removed"
CODES_MADE = "signin.codes.made"
CODE_USED = "signin.code.used"
DEMAND_BEGUN = "signin.demand.begun"
DEMAND_ENDED = "signin.demand.ended"
IDENTITY_LINKED = "signin.identity.linked"
