"""Reads of profiles, always for a viewer: whom they may know of is asked of spaces, here, each time."""

from lockgate.profiles.queries.absences import away, away_among, away_ids, coming_absence
from lockgate.profiles.queries.finding import called, directory, known
from lockgate.profiles.queries.organisation import chart, managers, may_draw_lines, team, teams
from lockgate.profiles.queries.people import (
    may_know,
    photo,
    photos,
    profile,
    sites,
    small_photo,
    told_like,
    written_by,
)

__all__ = [
    "away",
    "away_among",
    "away_ids",
    "called",
    "chart",
    "coming_absence",
    "directory",
    "known",
    "managers",
    "may_draw_lines",
    "may_know",
    "photo",
    "photos",
    "profile",
    "sites",
    "small_photo",
    "team",
    "teams",
    "told_like",
    "written_by",
]
