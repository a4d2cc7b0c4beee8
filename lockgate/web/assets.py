"""The one stylesheet, the one script and the fonts, read once at start and served under names that hold their hash.

The script is the modules of ``static/web/js`` in one scope, with htmx from the django-htmx package before them:
no build step, no copy, and one request. A module imports another in one line, and no two declare the same name.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_FOLDER = files("lockgate.web") / "static" / "web"
_FONTS = ("hanken-grotesk-latin.woff2", "hanken-grotesk-latin-ext.woff2", "geist-mono-latin.woff2")
ICONS = ("icon.svg", "icon-180.png", "icon-192.png", "icon-512.png", "icon-maskable-512.png")
_MODULES = (
    "words.js",
    "times.js",
    "layers.js",
    "keys.js",
    "palette.js",
    "code.js",
    "live.js",
    "underlines.js",
    "keeping.js",
    "autosave.js",
    "naming.js",
    "composer.js",
    "reading.js",
    "marks.js",
    "pages.js",
    "passkeys.js",
    "push.js",
    "start.js",
)
_IMPORT = re.compile(r"^import [^;]+;\n", re.MULTILINE)  # our own files, never a person's text
# Comments and indentation are for us: a fourteenth of what would be sent. No string of ours runs over a line.
_ASIDE = re.compile(r"^\s*(?://|/\*\*).*\n|^ +", re.MULTILINE)
# Blanks that a style sheet is read by people with, and not those inside of its quoted words.
_LOOSE = re.compile(r'"[^"]*"|/\*.*?\*/|\s*[{};]\s*|[:,]\s+', re.DOTALL)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) )", re.MULTILINE)
PREFIX = "/assets/"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent: ``body`` plain, ``packed`` gzipped ("" bytes where packing gains nothing)."""

    name: str
    media_type: str
    body: bytes
    packed: bytes


def script_text() -> str:
    """htmx and the modules as one module."""
    htmx = (files("django_htmx") / "static" / "django_htmx" / "htmx-2.min.js").read_text("utf-8")
    parts = [htmx, "globalThis.htmx = htmx"]
    for name in _MODULES:
        text = (_FOLDER / "js" / name).read_text("utf-8")
        parts.append(_EXPORT.sub("", _IMPORT.sub("", text)))
    return ";\n".join(parts)


def _hashed(name: str, body: bytes) -> str:
    stem, _dot, ending = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{ending}"


def _tight(css: str) -> str:
    """``css`` without comments and needless blanks."""
    return _LOOSE.sub(
        lambda found: (
            found.group()
            if found.group()[0] == '"'
            else ""
            if found.group()[:2] == "/*"
            else found.group().strip()
        ),
        css,
    )


@cache
def all_assets() -> tuple[dict[str, str], dict[str, Asset]]:
    """Plain name to address, and hashed name to asset."""
    addresses: dict[str, str] = {}
    served: dict[str, Asset] = {}

    def put(name: str, media_type: str, body: bytes, pack: bool) -> None:
        hashed = _hashed(name, body)
        packed = gzip.compress(body, 9, mtime=0) if pack else b""
        served[hashed] = Asset(hashed, media_type, body, packed)
        addresses[name] = PREFIX + hashed

    for font in _FONTS:
        put(font, "font/woff2", (_FOLDER / "fonts" / font).read_bytes(), pack=False)
    css = (_FOLDER / "lockgate.css").read_text("utf-8")
    for font in _FONTS:
        css = css.replace(f"fonts/{font}", addresses[font])
    put("lockgate.css", "text/css; charset=utf-8", _tight(_ASIDE.sub("", css)).encode(), pack=True)
    put("lockgate.js", "text/javascript; charset=utf-8", _ASIDE.sub("", script_text()).encode(), pack=True)
    for icon in ICONS:
        kind = "image/svg+xml" if icon.endswith("svg") else "image/png"
        put(icon, kind, (_FOLDER / "icons" / icon).read_bytes(), pack=icon.endswith("svg"))
    offline = (_FOLDER / "offline" / "offline.js").read_text("utf-8")
    put("offline.js", "text/javascript; charset=utf-8", _ASIDE.sub("", offline).encode(), pack=True)
    put("mark.svg", "image/svg+xml", (_FOLDER / "mark.svg").read_bytes(), pack=True)
    return addresses, served


def address(name: str) -> str:
    """Where the asset ``name`` ("lockgate.css") is served."""
    return all_assets()[0][name]


def find(hashed: str) -> Asset | None:
    return all_assets()[1].get(hashed)


@cache
def worker_text() -> str:
    """The service worker, with the shell that it keeps; another text as soon as a file of the shell is another."""
    files_kept = [
        address(name)
        for name in ("lockgate.css", "lockgate.js", "offline.js", "mark.svg", "icon-192.png", *_FONTS)
    ]
    version = hashlib.sha256("".join(files_kept).encode()).hexdigest()[:12]
    text = (_FOLDER / "offline" / "worker.js").read_text("utf-8")
    return text.replace("{version}", version).replace(
        "const FILES = [];", f"const FILES = {json.dumps(files_kept)};"
    )
