"""Rows of the matrix for people, their pages, and what a device keeps."""

from __future__ import annotations

from tests.leaks.rows import Row, row
from tests.leaks.world import EVERYBODY, HOUSE, SIGNED_IN

PEOPLE_ROWS: dict[str, Row] = {
    "manifest.webmanifest": row(EVERYBODY, "/manifest.webmanifest"),
    "service-worker.js": row(EVERYBODY, "/service-worker.js"),
    "offline": row(EVERYBODY, "/offline"),
    "offline/home": row(SIGNED_IN, "/offline/home"),
    "people/<slug:slug>/photo": row(SIGNED_IN, "/people/{photo}/photo", "/people/{photo}/photo?small=1"),
    "people/<slug:slug>/manager": row(
        SIGNED_IN, posts=[("/people/{person}/manager", {"manager": "claire-laurent"})], acts={"administrator"}
    ),
    "profile": row(
        SIGNED_IN,
        "/profile",
        posts=[
            ("/profile", {"works_on": "Seals.", "skills": "rings", "zone": "Europe/Oslo"}),
            ("/profile", {}),
        ],
    ),
    "profile/photo": row(SIGNED_IN, posts=[("/profile/photo", {})]),
    "profile/photo/removal": row(SIGNED_IN, posts=[("/profile/photo/removal", {})]),
    "profile/absences": row(
        SIGNED_IN,
        posts=[
            (
                "/profile/absences",
                {"first_on": "2080-01-01", "last_on": "2080-01-09", "deputy": "mira-lund", "words": "Away."},
            ),
            ("/profile/absences", {"first_on": "", "last_on": "never"}),
        ],
    ),
    "profile/absences/<int:absence_id>/end": row(
        SIGNED_IN, posts=[("/profile/absences/{absence}/end", {})], acts={"colleague"}
    ),
    "experts": row(SIGNED_IN, "/experts", "/experts?q=zq*", "/experts?q=who+knows+about+morning"),
    "organisation": row(HOUSE, "/organisation"),
    "teams": row(
        HOUSE,
        "/teams",
        "/teams?q=zq",
        posts=[("/teams", {"name": "Rings", "about": ""}), ("/teams", {"name": ""})],
    ),
    "teams/<slug:slug>": row(HOUSE, "/teams/{team}"),
    "teams/<slug:slug>/description": row(
        HOUSE, posts=[("/teams/{team}/description", {"name": "Hush team", "about": ""})], acts={"author"}
    ),
    "teams/<slug:slug>/members": row(
        HOUSE, posts=[("/teams/{team}/members", {"person": "theo-mercier"})], acts={"author"}
    ),
    "teams/<slug:slug>/members/<slug:person_slug>/end": row(
        HOUSE, posts=[("/teams/{team}/members/theo-mercier/end", {})], acts={"author", "colleague"}
    ),
    "teams/<slug:slug>/closing": row(HOUSE, posts=[("/teams/{team}/closing", {})], acts={"author"}),
    "api/v1/experts": Row(SIGNED_IN, ["/api/v1/experts?q=zq*", "/api/v1/experts"], is_json=True),
}

PEOPLE_MISSING = {"photo": "never-was", "team": "never-was", "absence": "9000000000000000001"}
