"""Facts of this room, in the past tense."""

ACCOUNT_OPENED = "channels.account.opened"
ACCOUNT_PAUSED = "channels.account.paused"
ACCOUNT_RESUMED = "channels.account.resumed"
SECRET_RENEWED = "channels.secret.renewed"  # noqa: S105 (a fact's name, not a secret)
