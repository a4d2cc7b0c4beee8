"""Facts of rumours, in the past tense, as the archive names them."""

RUMOUR_ASKED = "rumours.rumour.asked"
RUMOUR_PASSED_ON = "rumours.rumour.passed_on"
RUMOUR_JOINED = "rumours.rumour.joined"
RUMOUR_SET_ASIDE = "rumours.rumour.set_aside"
RUMOUR_ANSWERED = "rumours.rumour.answered"
