"""Facts of text messages, in the past tense. Ids alone: neither words nor numbers."""

NUMBER_VERIFIED = "sms.number.verified"
NUMBER_ENDED = "sms.number.ended"
TEXT_SENT = "sms.text.sent"
TEXT_FAILED = "sms.text.failed"
TEXT_UNKNOWN = "sms.text.unknown"
TEXT_RECEIVED = "sms.text.received"
TEXT_REFUSED = "sms.text.refused"
