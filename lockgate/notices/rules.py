"""When somebody is left in peace, without tables, clock or network."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from lockgate.notices.types import QuietHours

MOST_DAYS = 60


def quiet_until(hours: QuietHours, zone: ZoneInfo, at: datetime) -> datetime | None:
    """When the quiet in which ``at`` lies ends; None where it lies in none. Spans that touch are one."""
    moment = at
    for _step in range(20):
        ends = _one_span(hours, zone, moment)
        if ends is None or ends <= moment:
            break
        moment = ends
    return moment if moment > at else None


def _one_span(hours: QuietHours, zone: ZoneInfo, at: datetime) -> datetime | None:
    if hours.until is not None and hours.until > at:
        return hours.until
    here = at.astimezone(zone)
    if here.weekday() in hours.days:
        return _midnight(here, zone, 1)
    if hours.begins is None or hours.ends is None or hours.begins == hours.ends:
        return None
    minute = here.hour * 60 + here.minute
    if hours.begins < hours.ends:
        return _at(here, zone, hours.ends) if hours.begins <= minute < hours.ends else None
    if minute >= hours.begins:
        return _at(here + timedelta(days=1), zone, hours.ends)
    return _at(here, zone, hours.ends) if minute < hours.ends else None


def _midnight(here: datetime, zone: ZoneInfo, days: int) -> datetime:
    return datetime.combine(here.date() + timedelta(days=days), time(), zone).astimezone(zone)


def _at(here: datetime, zone: ZoneInfo, minute: int) -> datetime:
    return datetime.combine(here.date(), time(minute // 60, minute % 60), zone)
