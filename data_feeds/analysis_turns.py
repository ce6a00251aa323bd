"""The process that computes the analysis: asked on its standard input it answers in JSON, and ends with the input.

Alone in a process of its own because words and classifier take memory and whole seconds of a processor, which neither
screens nor deadlines may wait for. It holds nothing that the store does not: one that is started anew reads it there.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Mapping
from concurrent.futures import Executor
from typing import Any, Final

import msgspec
import numpy as np

from dashboard.allocator import keep_few_heaps
from dashboard.analysis.expected import follow_day
from dashboard.analysis.hotline_picture import (
    ANSWER_SHARE,
    ANSWER_TARGET_MS,
    USUAL_COUNTS_AS,
    USUAL_TALK_MS,
    USUAL_WRAP_MS,
)
from dashboard.analysis.impatience import mean_patience_ms
from dashboard.analysis.seat_outlook import Hall, SeatNeed, ShiftBegin, seat_outlook
from dashboard.citypack import load_pack
from dashboard.service import Services, agents_now
from dashboard.service.analysis_reads import seats_that_answered
from dashboard.settings import Settings
from dashboard.store.store import Store, StoreBusy
from data_feeds.analysis_requests import DAY_MS, DayRequests
from data_feeds.analysis_texts import OrderTexts
from data_feeds.hotline_day import HotlineDay

NICENESS: Final = 10  # whoever serves screens or deadlines goes first
LATELY_MS: Final = 60 * 60_000  # patience is estimated from the calls of the last hour
ANSWERING: Final = ("talk", "wrap", "idle")
CLOCK_MARGIN_MS: Final = 10_000


class Analysis:
    """What is known between two turns; `turn` blocks.

    Args:
        aside: where routing is learnt; a thread beside the turns unless it is given.
    """

    def __init__(self, services: Services, aside: Executor | None = None) -> None:
        self._services = services
        self._day: HotlineDay | None = None
        self._requests: DayRequests | None = None
        self._texts = OrderTexts(services, aside)

    def turn(self, now: int, rate: float) -> dict[str, Any]:
        """Return the analysis at `now`, but for how it reaches the screens (docs/wire.md, kind 12).

        Args:
            now: UTC ms.
            rate: how much faster than real the clock runs: what is on its way to the store is so much older.
        """
        day, requests = self._day, self._requests
        if day is None or requests is None or not day.holds(now):
            day = HotlineDay(self._services, now)
            requests = DayRequests(self._services, day)
            self._day, self._requests = day, requests  # both or none: the store may be away between the two
        margin_ms = round(CLOCK_MARGIN_MS * rate)
        day.read_calls(now, margin_ms)
        requests.read(now, margin_ms)
        return {
            "at": now,
            "history_days": len(day.history),
            "surges": requests.surges(now),
            "hot_spots": requests.hot_spots(now),
            **self._texts.turn(now),
            "seats": self._seats(day, now),
        }

    def _seats(self, day: HotlineDay, now: int) -> dict[str, Any]:
        calls = day.calls
        talks = calls.talk_times_ms()
        talk_ms = (sum(talks) + USUAL_COUNTS_AS * USUAL_TALK_MS) / (len(talks) + USUAL_COUNTS_AS)
        patience_ms = mean_patience_ms(calls.waits(now - LATELY_MS, now))
        hall = Hall(talk_ms + USUAL_WRAP_MS, patience_ms, ANSWER_TARGET_MS, ANSWER_SHARE)
        answering = sum(seat.state in ANSWERING for seat in agents_now(self._services))
        followed = follow_day(day.expectation, calls.bins(now))
        plan, is_known = self._plan(day.midnight_at, answering, now)
        here, change = seat_outlook(
            calls.arrived_at(now - LATELY_MS, now),
            np.concatenate([followed.expected, day.tomorrow.expected]),
            day.midnight_at,
            answering,
            plan,
            hall,
            now,
        )
        return {
            "now": _need(here),
            "change": None if change is None else _need(change),
            "change_from": "yesterday" if is_known else "now",
        }

    def _plan(self, midnight_at: int, answering: int, now: int) -> tuple[list[ShiftBegin], bool]:
        """The next two changes of shift, with the seats that answered in the hour after the same one a day before.

        Shifts go on over midnight: the evening's next change is tomorrow's first.
        """
        at_all = (
            midnight_at + day_ms + begin
            for day_ms in (0, DAY_MS)
            for begin, _ in self._services.pack.shifts_ms
        )
        begins = sorted(at for at in at_all if at > now)[:2]
        plan, is_known = [], False
        for place, at in enumerate(begins):
            before = at - DAY_MS
            seats = seats_that_answered(self._services, before, before + LATELY_MS)
            is_known = is_known or (place == 0 and seats > 0)
            plan.append(ShiftBegin(at, seats or answering))
        return plan, is_known


def _need(one: SeatNeed) -> list[Any]:
    return [
        one.at,
        round(one.calls_per_hour, 1),
        one.needed,
        one.seats,
        one.short,
        round(one.meets.in_time, 3),
        round(one.meets.abandoned, 3),
    ]


def main(environ: Mapping[str, str]) -> None:
    """Answer turns until the input ends: whoever asks has gone."""
    settings = Settings.from_environment(environ)
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s analysis %(levelname)s %(message)s"
    )
    keep_few_heaps()
    os.nice(NICENESS)
    analysis = Analysis(Services(Store(settings.database_url), load_pack(settings.city_pack)))
    learnt_s = 0.0
    for line in sys.stdin.buffer:
        asked = msgspec.json.decode(line)
        began_s = time.thread_time()
        try:
            answer = analysis.turn(asked["now"], asked["rate"])
        except StoreBusy as error:
            logging.warning("the store is busy, the analysis waits: %s", error)
            answer = {}
        answer["used_s"] = time.thread_time() - began_s
        aside_s = time.process_time() - time.thread_time()
        answer["aside_s"], learnt_s = aside_s - learnt_s, aside_s
        sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(os.environ)
