"""Real servers on loopback, for tests and for showing: WordPress, a Bluesky PDS, a Mastodon API.

Never part of the product. ``python -m tools.peers all`` starts them and prints where they are.
"""
