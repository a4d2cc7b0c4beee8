"""Facts of e-mail, in the past tense, as the archive names them. Ids alone: neither words nor addresses."""

MAIL_SENT = "mail.letter.sent"
MAIL_FAILED = "mail.letter.failed"
MAIL_UNKNOWN = "mail.letter.unknown"
MAIL_RECEIVED = "mail.letter.received"
MAIL_REFUSED = "mail.letter.refused"
CHOICE_MADE = "mail.choice.made"
MAILBOX_IMPORTED = "mail.mailbox.imported"
