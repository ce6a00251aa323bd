"""Instants and durations as the desk writes them; the city's zone exists only here, at the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

CITY_ZONE: Final = ZoneInfo("Asia/Shanghai")
SECOND_MS: Final = 1_000
MINUTE_MS: Final = 60_000
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 86_400_000


def time_of_day(at: int, *, seconds: bool = True) -> str:
    """`HH:MM:SS` (or `HH:MM`) in the city's zone of the instant `at` (UTC ms)."""
    local = datetime.fromtimestamp(at / SECOND_MS, CITY_ZONE)
    return local.strftime("%H:%M:%S" if seconds else "%H:%M")


def date_and_time(at: int) -> str:
    """`MM-DD HH:MM` in the city's zone, for instants that may lie on another day."""
    return datetime.fromtimestamp(at / SECOND_MS, CITY_ZONE).strftime("%m-%d %H:%M")


def moment(at: int) -> str:
    """`YYYY-MM-DD HH:MM:SS` in the city's zone, for records that are kept for years."""
    return datetime.fromtimestamp(at / SECOND_MS, CITY_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def whole_minutes(duration_ms: int) -> int:
    """Minutes, rounded up: nobody is said to arrive earlier than computed."""
    return -(-max(0, duration_ms) // MINUTE_MS)
