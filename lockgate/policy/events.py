"""Facts of this room, in the past tense."""

VERSION_PROPOSED = "policy.version.proposed"
VERSION_REVIEWED = "policy.version.reviewed"
VERSION_PUBLISHED = "policy.version.published"
