"""Finds connectors. Lockgate's own are known by name; others come by the entry point group
``lockgate.connectors``. A name of ours cannot be taken by another package."""

from __future__ import annotations

import logging
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from django.utils.translation import gettext as _

from lockgate.base.refusal import Refusal
from lockgate.channels.types import Connector

GROUP = "lockgate.connectors"

# Also in pyproject.toml as entry points; a test holds the two together. Needed where the package runs from a
# checkout, which has no metadata to find entry points in.
BUILT_IN = {
    "wordpress": "lockgate.channels.connectors.wordpress:WordPress",
    "bluesky": "lockgate.channels.connectors.bluesky:Bluesky",
    "mastodon": "lockgate.channels.connectors.mastodon:Mastodon",
    "feed": "lockgate.channels.connectors.feed:CompanyFeed",
}

_log = logging.getLogger(__name__)


class ConnectorMissing(Refusal):
    code = "connector-missing"
    status = 422


def connector_names() -> tuple[str, ...]:
    """Names of all connectors installed here, ours first."""
    return tuple(BUILT_IN) + tuple(sorted(set(_others()) - set(BUILT_IN)))


def connector(name: str) -> Connector:
    """The connector called ``name``. Raises ConnectorMissing when there is none, or when it does not load."""
    if name not in BUILT_IN and name not in _others():
        raise ConnectorMissing(
            _("There is no connector called “%(name)s” here.") % {"name": name},
            _("Install the package that brings it, or choose one of: %(names)s.")
            % {"names": ", ".join(connector_names())},
        )
    return _load(name)


@cache
def _load(name: str) -> Connector:
    try:
        if name in BUILT_IN:
            module, _colon, attribute = BUILT_IN[name].partition(":")
            made = getattr(import_module(module), attribute)()
        else:
            made = _others()[name].load()()
    except Exception as error:  # whatever a foreign package raises must not take the desk down
        _log.warning("connector %s does not load: %s", name, type(error).__name__)
        raise ConnectorMissing(
            _("The connector “%(name)s” is installed but does not load (%(reason)s).")
            % {"name": name, "reason": type(error).__name__},
            _("Ask whoever installed it to mend or remove it."),
        ) from error
    if not isinstance(made, Connector):
        raise ConnectorMissing(
            _("“%(name)s” is not a connector that this version of Lockgate understands.") % {"name": name},
            _("Ask whoever installed it for a newer version."),
        )
    return made


@cache
def _others() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
