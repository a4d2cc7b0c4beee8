"""Facts of this room, in the past tense."""

PERSON_ADMITTED = "people.person.admitted"
FIRM_OPENED = "people.firm.opened"
PERSON_LEFT = "people.person.left"
PERSON_RETURNED = "people.person.returned"
PERSON_AMENDED = "people.person.amended"
DUTY_BEGUN = "people.duty.begun"
DUTY_ENDED = "people.duty.ended"
TOKEN_MADE = "people.token.made"  # noqa: S105 (a fact's name, not a secret)
PASSWORD_SET = "people.password.set"  # noqa: S105 (a fact's name, not a secret)
TOKEN_ENDED = "people.token.ended"  # noqa: S105 (a fact's name, not a secret)
BOT_MADE = "people.bot.made"
TIME_ZONE_SET = "people.time_zone.set"
