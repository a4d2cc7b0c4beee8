"""Facts of records, in the past tense. What was said of them is the gate's."""

RECORD_BEGUN = "records.record.begun"
RECORD_CHANGED = "records.record.changed"
