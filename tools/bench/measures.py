"""The measurements by name. Every one finishes by itself."""

from __future__ import annotations

from collections.abc import Callable

from tools.bench import large, pages, telling
from tools.bench.databases import Database
from tools.bench.engines import archive, directory, fingerprints, rulings, verification
from tools.bench.figures import Figure
from tools.bench.sitting import Sitting
from tools.bench.starting import start

OfDatabase = Callable[[Database, Sitting], list[Figure]]
WITH_COMPANY: dict[str, OfDatabase] = {
    "posts": pages.posts,
    "home": pages.pages,
    "typing": pages.typing,
    "search": pages.searching,
    "streams": telling.streams,
    "archive": archive,
    "directory": directory,
}
WITH_LARGE_COMPANY: dict[str, OfDatabase] = {
    "large-pages": large.pages,
    "large-read": large.marking,
    "large-search": large.searches,
    "large-active": large.active,
    "large-streams": large.streams,
    "large-plans": large.plans,
}
OF_DATABASE = {"fingerprints": fingerprints}
ALONE: dict[str, Callable[[Sitting], list[Figure]]] = {
    "rulings": rulings,
    "verify": verification,
    "start": start,
}
NAMES = [*WITH_COMPANY, *OF_DATABASE, *ALONE]
LARGE_NAMES = [*WITH_LARGE_COMPANY]
