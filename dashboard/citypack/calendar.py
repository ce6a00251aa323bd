"""calendar.csv: holidays and make-up working days."""

from __future__ import annotations

from datetime import date

from dashboard.citypack.settings_file import PackSettings
from dashboard.citypack.tables import Table
from dashboard.domain.workdays import WorkingCalendar

COLUMNS = ("date", "kind", "name", "name_en", "published", "source")


def read_calendar(table: Table, settings: PackSettings) -> WorkingCalendar:
    """Read calendar.csv into a working calendar, noting every fault."""
    days: dict[date, str] = {}
    for row in table:
        day, kind = row.day("date"), row.choice("kind", ("holiday", "make_up"))
        row.text("name")
        row.text("name_en")
        row.text("source")
        if row.flag("published") and row.is_good and day.year not in settings.published_years:
            row.fault("year_unpublished", date=day, year=day.year)
        if not row.is_good:
            continue
        if day in days:
            row.fault("date_twice", date=day)
        if kind == "make_up" and day.weekday() < 5:
            row.fault("make_up_weekday", date=day)
        days.setdefault(day, kind)
    return WorkingCalendar(
        offset_ms=settings.city.offset_ms,
        hours_ms=settings.hours_ms,
        holidays=frozenset(day for day, kind in days.items() if kind == "holiday"),
        make_up_days=frozenset(day for day, kind in days.items() if kind == "make_up"),
        published_years=settings.published_years,
    )
