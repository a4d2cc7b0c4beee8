"""The real servers of the peers' tests, for journeys too."""

from tests.peers.conftest import bluesky_server, mastodon_server, wordpress_server

__all__ = ["bluesky_server", "mastodon_server", "wordpress_server"]
