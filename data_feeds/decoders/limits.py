"""Limits that every decoder shares; docs/feeds.md states them and a test compares."""

from __future__ import annotations

from typing import Final

BODY_LIMIT_BYTES: Final = 1_048_576  # one request; a whole fleet of 4,383 fixes takes about 600,000
QUERY_LIMIT_BYTES: Final = 2_048
FIXES_LIMIT: Final = 5_000  # one whole fleet in one request
ITEMS_LIMIT: Final = 500  # calls, orders or events in one request

FUTURE_TOLERANCE_MS: Final = 60_000  # a sender's clock may be this far ahead of ours
POSITION_AGE_LIMIT_MS: Final = 24 * 3_600_000  # a phone keeps a day of fixes through a dead zone
CALL_AGE_LIMIT_MS: Final = 7 * 24 * 3_600_000  # a switch that was cut off resends a week
BACKLOG_AGE_LIMIT_MS: Final = 10 * 366 * 24 * 3_600_000  # orders and events may be a backlog of ten years
DUE_AHEAD_LIMIT_MS: Final = 3 * 366 * 24 * 3_600_000  # no platform sets a deadline further ahead
