"""Pure rules of the edge: scopes, where an app may be sent back to, PKCE, who is mentioned."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

FAVOURITE = "agree"
"""The one of our six reactions that a client's star or heart stands for."""

EMOJI = {"agree": "👍", "thanks": "🙏", "well-done": "👏", "idea": "💡", "smile": "🙂", "with-you": "🤝"}
"""Our reactions as a client names them."""

OOB = "urn:ietf:wg:oauth:2.0:oob"

_PARTS = {
    "read": (
        "accounts",
        "blocks",
        "bookmarks",
        "favourites",
        "filters",
        "follows",
        "lists",
        "mutes",
        "notifications",
        "search",
        "statuses",
    ),
    "write": (
        "accounts",
        "blocks",
        "bookmarks",
        "conversations",
        "favourites",
        "filters",
        "follows",
        "lists",
        "media",
        "mutes",
        "notifications",
        "reports",
        "statuses",
    ),
}
SCOPES: tuple[str, ...] = (
    "profile",
    "read",
    *(f"read:{part}" for part in _PARTS["read"]),
    "write",
    *(f"write:{part}" for part in _PARTS["write"]),
    "follow",
    "push",
)
_FOLLOW = {f"{verb}:{part}" for verb in ("read", "write") for part in ("blocks", "follows", "mutes")}


def scopes_in(words: str) -> tuple[str, ...]:
    """The scopes that ``words`` names, each once; "read" where it names none."""
    return tuple(dict.fromkeys(words.replace("+", " ").split())) or ("read",)


def unknown_scopes(scopes: Collection[str]) -> list[str]:
    """Those that are not offered: the administrator's scopes among them."""
    return [one for one in scopes if one not in SCOPES]


def covers(held: Collection[str], wanted: str) -> bool:
    """Whether ``held`` scopes allow what asks for ``wanted`` ("read:statuses"); "" asks for nothing."""
    if not wanted or wanted in held:
        return True
    if wanted == "profile":
        return "read" in held or "read:accounts" in held
    if wanted.partition(":")[0] in held:
        return True
    return wanted in _FOLLOW and "follow" in held


def beyond(held: Collection[str], asked: Sequence[str]) -> list[str]:
    """Scopes of ``asked`` that an app registered with ``held`` may not ask for."""
    return [one for one in asked if not covers(held, one)]


_NEVER = {"javascript", "data", "vbscript", "file", "blob", "about", "ftp", "ws", "wss", "mailto", "tel"}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,60}")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def may_return_to(uri: str, allowed_origins: Collection[str]) -> bool:
    """Whether an app may be sent back to ``uri`` with a code.

    A phone or desktop app has a scheme of its own, or listens on this very machine. A web client receives the code, and
    so the token, on somebody's server: only origins that the administrator named.
    """
    if uri == OOB:
        return True
    if len(uri) > 500 or any(one.isspace() or ord(one) < 32 for one in uri):
        return False
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
        port = parts.port
    except ValueError:
        return False
    scheme = parts.scheme.lower()
    if parts.fragment or scheme in _NEVER or not _SCHEME.fullmatch(scheme) or "@" in parts.netloc:
        return False
    if scheme == "http" and host in _LOOPBACK:
        return True
    if scheme in {"http", "https"}:
        origin = f"{scheme}://{host}" + (f":{port}" if port else "")
        return bool(host) and origin in {one.rstrip("/").lower() for one in allowed_origins}
    return True


def challenge_of(verifier: str) -> str:
    """What PKCE's S256 makes of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def is_challenge(words: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_-]{43}", words) is not None


_MENTION = re.compile(
    r"(?<![\w/@.])@([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)(?:@([A-Za-z0-9.-]+(?::[0-9]+)?))?"
)


def mentions(text: str, host: str) -> list[str]:
    """The names that ``text`` mentions here, in order, each once: @name, or @name@host. Other hosts are only words."""
    found = [
        name.lower()
        for name, domain in _MENTION.findall(text)
        if not domain or domain.lower() in {host.lower(), host.lower().partition(":")[0]}
    ]
    return list(dict.fromkeys(found))


def without_leading(text: str, name: str) -> str:
    """``text`` without a mention of ``name`` that it begins with: that was an address and no word."""
    found = _MENTION.match(text.lstrip())
    if found is None or found[1].lower() != name:
        return text
    rest = text.lstrip()[found.end() :].lstrip(" ,:\n")
    return rest or text


def holds(text: str, words: str, *, is_whole: bool) -> bool:
    """Whether a text holds these words, in any case; as whole words where ``is_whole``."""
    pattern = re.escape(words)
    if is_whole:
        # Only beside a letter does a word begin or end: "C++" is whole in "C++ and".
        pattern = (r"\b" if words[:1].isalnum() else "") + pattern + (r"\b" if words[-1:].isalnum() else "")
    return re.search(pattern, text, re.IGNORECASE) is not None
