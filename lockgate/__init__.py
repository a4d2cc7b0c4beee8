"""Lockgate: the company's private social network, and the one gate from it to the public ones."""

__version__ = "0.1.0"
