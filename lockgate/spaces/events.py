"""Facts of this room, in the past tense."""

SPACE_OPENED = "spaces.space.opened"
SEAT_BEGUN = "spaces.seat.begun"
SEAT_ENDED = "spaces.seat.ended"
