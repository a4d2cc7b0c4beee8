"""Facts of coming and going, in the past tense, as the archive names them. Ids alone: no words and no names."""

IMPORT_ENDED = "portability.import.ended"
EXPORT_MADE = "portability.export.made"
