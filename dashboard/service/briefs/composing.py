"""Which sentences a regular brief says, and when; every number in them comes from a named query."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from dashboard.domain.brief_period import BriefPeriod
from dashboard.service.briefs.asking import Asking, Params
from dashboard.service.briefs.writing import Row, Say, Writer
from dashboard.service.rates_history import RATES, WEEKS, regions_inside, weeks_before
from dashboard.store import tables

# Of the catalogue of targets in assets/wall/rate_targets.mjs, which a test holds equal.
TARGETS: Final = {"response": 99.0, "resolved": 90.0, "satisfied": 95.0}
SHOWN_TOPICS: Final = 3
URGENT: Final = 3  # 三件要紧事
# A kind of request is worth a leader's line when it has grown by half and is no handful (assumed).
GROWN_TIMES: Final = 1.5
GROWN_COUNT: Final = 10
FALLING_WEEKS: Final = 3
CHART_DAYS: Final = 7


def compose(asking: Asking, period: BriefPeriod, say: Say) -> Row:
    """Return {"sentences", "charts"} of a daily, weekly or monthly brief; see docs/briefs.md for the rules."""
    writer = Writer(asking, say)
    midnight_at = asking.services.calendar.midnight_at
    span: Params = {
        "from_at": midnight_at(period.first_day),
        "until_at": midnight_at(period.end_day),
        "before_from_at": midnight_at(period.before_first),
        "before_until_at": midnight_at(period.before_end),
    }
    topics = _topics(asking, span)
    _lead(writer, period, span, topics)
    _work(writer, asking, span)
    _rates(writer, period)
    _urgent(writer, asking, period, span, topics)
    _charts(writer, asking, period)
    return {"sentences": writer.sentences, "charts": writer.charts}


def _when(writer: Writer, period: BriefPeriod) -> str:
    if period.kind == "daily":
        return writer.words(f"leader.weekday.{(period.first_day.weekday() + 1) % 7}")
    return writer.words(f"brief.when.{period.kind}", month=period.first_day.month)


def _lead(writer: Writer, period: BriefPeriod, span: Params, topics: list[str]) -> None:
    opened = "orders_opened"
    count, before = writer.value(opened, span, "count"), writer.value(opened, span, "before")
    numbers = {"count": (opened, span, "count")}
    key = "alone"
    if count and before:
        key = "same" if count == before else "more" if count > before else "fewer"
        numbers["before"] = (opened, span, "before")
        if key != "same":
            numbers["change"] = (opened, span, "change")
    than = writer.words(f"brief.than.{period.kind}")
    words = {"when": _when(writer, period)} | ({} if key == "alone" else {"than": than})
    writer.write("lead", f"brief.say.opened_{key}", numbers, **words)
    for place, category in enumerate(topics[:SHOWN_TOPICS]):
        of = span | {"category": category}
        said = {"count": ("category_orders", of, "count"), "percent": ("category_orders", of, "percent")}
        name = writer.words("brief.quoted", name=writer.asking.category_name(category))
        writer.write("lead", f"brief.say.topic_{'first' if place == 0 else 'next'}", said, category=name)


def _work(writer: Writer, asking: Asking, span: Params) -> None:
    short = {name: span[name] for name in ("from_at", "until_at")}

    def of(query: str, *fields: str) -> dict[str, tuple[str, Params, str]]:
        return {one: (query, short, one) for one in fields}

    if writer.value("orders_closed", short, "count"):
        writer.write("work", "brief.say.closed", of("orders_closed", "count", "direct", "direct_percent"))
    else:
        writer.write("work", "brief.say.closed_none", of("orders_closed", "count"))
    writer.write(
        "work",
        "brief.say.missed",
        {"missed": ("missed_ends", short, "count"), "red": ("red_cards", short, "count")},
    )
    if asking.place == asking.services.city:
        writer.write("work", "brief.say.calls", of("calls", "arrived", "answered", "percent", "abandoned"))
    if writer.value("whistles", short, "count"):
        writer.write("work", "brief.say.whistles", of("whistles", "count", "called", "on_time", "late"))
    if writer.value("instructions", short, "count"):
        writer.write("work", "brief.say.instructions", of("instructions", "count", "done", "late"))


def _rates(writer: Writer, period: BriefPeriod) -> None:
    """A day's rates are those of its month so far: a single day has too few answers to say anything."""
    first, end = period.first_day, period.end_day
    before, before_end = period.before_first, period.before_end
    if period.kind == "daily":
        first = first.replace(day=1)
        before_end = first
        before = (first - timedelta(days=1)).replace(day=1)
    params: Params = {
        "first_day": first.isoformat(),
        "end_day": end.isoformat(),
        "before_day": before.isoformat(),
        "before_end": before_end.isoformat(),
    }
    span = writer.words(f"brief.rates_of.{period.kind}")
    region = _region_around(writer.asking)
    if region:
        span = writer.words("brief.rates_region", region=region, span=span)
    for rate in RATES:
        numbers = {
            "percent": ("rates", params, f"{rate}_percent"),
            "yes": ("rates", params, f"{rate}_yes"),
            "of": ("rates", params, f"{rate}_all"),
        }
        now, then = (
            writer.value("rates", params, f"{rate}_percent"),
            writer.value("rates", params, f"{rate}_before"),
        )
        words = {"span": span, "rate": writer.words(f"leader.rate.{rate}")}
        if now is None or then is None:
            writer.write("rates", "brief.say.rate", numbers, **words)
            continue
        key = "same" if now == then else "up" if now > then else "down"
        if key != "same":
            numbers["points"] = ("rates", params, f"{rate}_points")
        words["than"] = writer.words(f"brief.rates_than.{period.kind}")
        writer.write("rates", f"brief.say.rate_{key}", numbers, **words)


def _region_around(asking: Asking) -> str:
    """The name of the region whose rates are told of a smaller place: they are counted by region, and it is said."""
    divisions = asking.services.pack.divisions
    region = divisions.region_of(asking.place)
    return asking.place_name(region) if region and region != asking.place else ""


def _urgent(writer: Writer, asking: Asking, period: BriefPeriod, span: Params, topics: list[str]) -> None:
    """At most three: a kind that has grown, a county whose rate falls week after week with its returns."""
    said = 0
    for category in topics:
        of = span | {"category": category}
        times, count = (writer.value("category_orders", of, one) for one in ("times", "count"))
        if said < URGENT and times is not None and times >= GROWN_TIMES and (count or 0) >= GROWN_COUNT:
            numbers = {one: ("category_orders", of, one) for one in ("count", "before", "times")}
            than = writer.words(f"brief.than.{period.kind}")
            writer.write(
                "urgent",
                "brief.say.grown",
                numbers,
                category=writer.asking.category_name(category),
                than=than,
            )
            said += 1
    monday = period.end_day - timedelta(days=period.end_day.weekday())
    for region in regions_inside(asking.services, asking.place):
        for rate in RATES:
            weeks: Params = {"region": region, "rate": rate, "monday": monday.isoformat(), "weeks": 6}
            falls = writer.value("rate_weeks", weeks, "falls") or 0
            if said >= URGENT or falls < FALLING_WEEKS:
                continue
            numbers = {one: ("rate_weeks", weeks, one) for one in ("percent", "falls")}
            names = {"region": asking.place_name(region), "rate": writer.words(f"leader.rate.{rate}")}
            back: Params = {"region": region, "from_at": span["from_at"], "until_at": span["until_at"]}
            key = "brief.say.falling"
            if rate == "resolved" and writer.value("returns", back, "count"):
                key = "brief.say.falling_returns"
                numbers |= {"returned": ("returns", back, "count")}
            writer.write("urgent", key, numbers, **names)
            said += 1
    if not said:
        writer.write("urgent", "brief.say.urgent_none", {})


def _topics(asking: Asking, span: Params) -> list[str]:
    """Categories of the span by how many were opened, a tie by code; only those with a finding to them."""
    column = tables.matters.c
    found = asking.per(
        column.category,
        column.scope,
        column.kind == "order",
        (column.opened_at >= span["from_at"]) & (column.opened_at < span["until_at"]),
    )
    return sorted(found, key=lambda one: (-found[one], one))[:12]


def _charts(writer: Writer, asking: Asking, period: BriefPeriod) -> None:
    midnight_at = asking.services.calendar.midnight_at
    first = period.first_day if period.kind != "daily" else period.end_day - timedelta(days=CHART_DAYS)
    days: Params = {
        "from_at": midnight_at(first),
        "until_at": midnight_at(period.end_day),
        "before_from_at": midnight_at(first),
        "before_until_at": midnight_at(first),
    }
    rows = writer.answer("orders_opened", days).rows
    labels = [f"{date.fromisoformat(day):%m-%d}" for day, _ in rows]
    writer.chart("bars", "brief.chart.opened", ("orders_opened", days), labels, [{"name": "opened"}])
    weeks: Params = {"end_day": period.end_day.isoformat(), "weeks": WEEKS}
    labels = [f"{one:%m-%d}" for one in weeks_before(period.end_day - timedelta(days=1))]
    series: list[Row] = [
        {"name": writer.words(f"leader.rate.{rate}"), "target": TARGETS[rate]} for rate in RATES
    ]
    region = _region_around(asking)
    key, words = ("brief.chart.rates_region", {"region": region}) if region else ("brief.chart.rates", {})
    writer.chart("lines", key, ("rates_by_week", weeks), labels, series, **words)
