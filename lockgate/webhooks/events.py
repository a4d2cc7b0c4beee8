"""Facts of webhooks, in the past tense, as the archive names them. Ids alone: neither addresses nor words."""

ENDPOINT_OPENED = "webhooks.endpoint.opened"
ENDPOINT_ENDED = "webhooks.endpoint.ended"
SOURCE_OPENED = "webhooks.source.opened"
SOURCE_ENDED = "webhooks.source.ended"
CALL_SENT = "webhooks.call.sent"
CALL_FAILED = "webhooks.call.failed"
CALL_TAKEN = "webhooks.call.taken"
