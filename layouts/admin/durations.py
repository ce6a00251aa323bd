"""Times of the policy as an administrator writes and reads them: an amount and a unit instead of milliseconds.

The file keeps milliseconds. On the working clock a day is a working day, because that is what the clock counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from layouts.catalogue import text

SECOND_MS: Final = 1_000
MINUTE_MS: Final = 60_000
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 86_400_000
MOST_PLACES: Final = (-9, 15)  # a billionth, and more milliseconds than a thousand years have
UNITS: Final = ("second", "minute", "hour", "day")
ELAPSED: Final = "elapsed"
WORKING: Final = "working"  # the policy's words for its two clocks; this one runs in working hours only


def unit_ms(unit: str, clock: str, workday_ms: int) -> int:
    """Return how long one unit is; a day of the working clock is `workday_ms`."""
    return {"second": SECOND_MS, "hour": HOUR_MS, "day": workday_ms if clock == WORKING else DAY_MS}.get(
        unit, MINUTE_MS
    )


def amount_of(cell: str, clock: str, workday_ms: int) -> tuple[str, str]:
    """Return a cell of milliseconds as (amount, unit) of the largest unit that suits it; without its sign.

    What is no number is returned as it stands, so that whoever wrote it sees it beside its error.
    """
    if not cell.strip():
        return "", "minute"
    number = number_of(cell)
    if number is None or number != number.to_integral_value():
        return cell, "minute"
    milliseconds = abs(int(number))
    if milliseconds == 0:
        return "0", "minute"
    for unit in reversed(UNITS):
        size = unit_ms(unit, clock, workday_ms)
        halves = 2 if unit == "hour" and milliseconds > 2 * HOUR_MS else 1  # 7.5 hours, but 90 minutes
        if milliseconds * halves % size == 0:
            return f"{Decimal(milliseconds) / size:f}", unit
    return f"{Decimal(milliseconds) / SECOND_MS:f}", "second"


def cell_of(amount: str, unit: str, clock: str, workday_ms: int, *, is_before: bool = False) -> str:
    """Return the cell of an amount and a unit; what is no number stays as it was written."""
    number = number_of(amount)
    if number is None:
        return amount.strip()
    whole = int((number * unit_ms(unit, clock, workday_ms)).to_integral_value())
    return str(-whole if is_before else whole)


def percent_of(cell: str) -> str:
    """Return a share of the limit as per cent; what is no number as it stands."""
    share = number_of(cell or "0")
    return cell if share is None else f"{(share * 100).normalize():f}"


def share_of(percent: str) -> str:
    """Return per cent as a share of the limit; what is no number as it was written."""
    part = number_of(percent)
    return percent.strip() if part is None else f"{(part / 100).normalize():f}"


def number_of(written: str) -> Decimal | None:
    """Return a number as people write them, None for anything else; "1e400000" would fill the memory."""
    try:
        number = Decimal(written.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and MOST_PLACES[0] <= number.adjusted() <= MOST_PLACES[1] else None


def duration(milliseconds: int, clock: str, workday_ms: int, lang: str) -> str:
    """Return "1 小时 30 分钟"; on the working clock "1 个工作日" and "4 个工作小时"."""
    left, said = abs(milliseconds), []
    for unit in reversed(UNITS):
        size = unit_ms(unit, clock, workday_ms)
        count, left = divmod(left, size)
        if count:
            said.append(_counted(count, unit, clock, lang))
    return " ".join(said) or _counted(0, "minute", clock, lang)


def _counted(count: int, unit: str, clock: str, lang: str) -> str:
    kind = "working" if clock == WORKING else "elapsed"
    number = "one" if count == 1 else "many"
    return text(f"admin.duration.{kind}.{unit}.{number}", lang, count=count)


def when(cells: Mapping[str, str], workday_ms: int, lang: str) -> str:
    """Say when a step fires, from its share of the limit and what is added to it."""
    clock, after, share = (
        cells["clock"],
        cells["after_ms"].strip() or "0",
        cells["share_of_limit"].strip() or "0",
    )
    try:
        milliseconds, part = int(after), Decimal(share)
    except (ValueError, InvalidOperation):
        return text("admin.when.unreadable", lang)
    said = duration(milliseconds, clock, workday_ms, lang)
    side = "on" if milliseconds == 0 else "after" if milliseconds > 0 else "before"
    base = "start" if part == 0 else "end" if part == 1 else "share"
    return text(f"admin.when.{base}.{side}", lang, duration=said, percent=percent_of(share))


def repeat(cell: str, lang: str) -> str:
    """Say how often a step is said again; "" for one that is said once. Repeats go by clock time on either clock."""
    if not cell.strip():
        return ""
    every = number_of(cell)
    said = cell if every is None else duration(int(every), ELAPSED, DAY_MS, lang)
    return text("admin.repeat.every", lang, duration=said)
