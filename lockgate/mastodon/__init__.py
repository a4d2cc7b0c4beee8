"""The Mastodon client API as an edge: see README.md."""
