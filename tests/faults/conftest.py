"""Databases that threads share, and the cast in them."""

from lockgate.publishing.tests.fixtures import real_database, sqlite_template

__all__ = ["real_database", "sqlite_template"]
