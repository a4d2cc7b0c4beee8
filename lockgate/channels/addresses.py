"""Which addresses a channel may have. A connector speaks to hosts that people typed in, so it must not become
a way to reach what stands behind the company's walls: every address is checked after its name was looked up,
and the connection goes to the very address that was checked."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from lockgate.base.environment import Environment

_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # IPv4 behind a translator: may lead inside


class UnreachableError(Exception):
    """The name has no address now."""


class ForbiddenError(Exception):
    """The name leads to an address inside, and nobody allowed that."""


def allowed_inside() -> frozenset[str]:
    """Hosts that may be private or spoken to without TLS: LOCKGATE_OUTGOING_ALLOW, by default none."""
    return frozenset(word.casefold().strip("[]") for word in Environment.read().words("OUTGOING_ALLOW", []))


def is_public(address: str) -> bool:
    """Whether ``address`` (an IPv4 or IPv6 literal) lies on the public network."""
    ip = ipaddress.ip_address(address.split("%", 1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour is not None or ip.teredo is not None or ip in _TRANSLATED:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_unspecified


def permitted(host: str, port: int) -> list[str]:
    """The addresses of ``host`` that may be connected to, in the resolver's order.

    Raises UnreachableError when it has none, and ForbiddenError when any one lies inside: a name that answers now with
    a public and now with a private address is not to be trusted with either.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        found = []
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses:
        raise UnreachableError(host)
    if host.casefold().strip("[]") not in allowed_inside() and not all(map(is_public, addresses)):
        raise ForbiddenError(host)
    return addresses


def address_complaint(base_url: str) -> str:
    """What is wrong with ``base_url`` as a channel's address; empty when nothing is. Asks no name server."""
    try:
        parts = urlsplit(base_url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return _("The address is not one that a browser would understand.")
    if parts.scheme not in {"http", "https"} or not host:
        return _("The address must begin with https:// and name a server.")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        return _("The address must not hold a user name or a password.")
    if parts.query or parts.fragment:
        return _("The address must not hold a “?” or a “#”.")
    if host.casefold() in allowed_inside():
        return ""
    if parts.scheme != "https":
        return _("The address must begin with https://, or passwords would travel in the clear.")
    try:
        inside = not is_public(host)
    except ValueError:
        return ""  # a name, not a literal: checked when it is connected to
    return (
        _("The address lies inside the company's network; LOCKGATE_OUTGOING_ALLOW does not name it.")
        if inside
        else ""
    )
