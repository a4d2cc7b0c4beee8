"""Mastodon's streaming API: what happens, as it happens, to apps that hold a token."""

from lockgate.mastodon.streaming.application import AppStreams

__all__ = ["AppStreams"]
