"""Names of the archive's own facts, past tense."""

BODY_ERASED = "archive.body.erased"
RECORD_VIEWED = "archive.record.viewed"
EXPORT_MADE = "archive.export.made"
KEY_RENEWED = "archive.key.renewed"
