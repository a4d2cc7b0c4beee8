"""Facts of push, in the past tense, as the archive names them. Neither addresses nor words."""

SUBSCRIBED = "push.subscription.opened"
ENDED = "push.subscription.ended"
SENT = "push.message.sent"
FAILED = "push.message.failed"
