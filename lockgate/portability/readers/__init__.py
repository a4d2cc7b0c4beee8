"""Exports of other networks, each read by a file of its own."""

from __future__ import annotations

from pathlib import Path

from lockgate.portability.readers.export import Export
from lockgate.portability.readers.mattermost import MattermostExport
from lockgate.portability.readers.slack import SlackExport
from lockgate.portability.readers.yammer import YammerExport

KINDS = ("slack", "mattermost", "yammer")

__all__ = ["KINDS", "Export", "opened"]


def opened(kind: str, path: Path) -> Export:
    """The export at ``path``. Raises BadInput where it is none of this kind, OSError where it cannot be read."""
    reader: dict[str, type[SlackExport | MattermostExport | YammerExport]] = {
        "slack": SlackExport,
        "mattermost": MattermostExport,
        "yammer": YammerExport,
    }
    return reader[kind](path)
