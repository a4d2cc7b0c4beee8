"""Facts of this room, in the past tense."""

APP_ALLOWED = "mastodon.app.allowed"
ACCESS_ENDED = "mastodon.access.ended"
