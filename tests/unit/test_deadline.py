"""A clock's walk along its policy, with a pack of two steps that the test writes itself."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import date

from dashboard.domain import deadline as clock
from dashboard.domain.clocks import Wanted
from dashboard.domain.due_state import due_state
from dashboard.domain.policy import NET_REPEAT_MS, NetStep, Policies
from dashboard.domain.workdays import WorkingCalendar

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
CALENDAR = WorkingCalendar(8 * HOUR_MS, ((8 * HOUR_MS, 16 * HOUR_MS),), frozenset[date](), frozenset[date]())


@dataclass(frozen=True)
class Step:
    policy_id: str
    after_ms: int
    unless: str = ""
    repeat_ms: int | None = None
    raise_to_level: int = 1
    card: str = "amber"
    must_act: str = "duty_leader"
    name: str = "步骤"
    name_en: str = "step"
    tell: tuple[str, ...] = ()
    means: tuple[str, ...] = ()

    def fires_at(self, start_at: int, due_at: int, calendar: WorkingCalendar) -> int:
        return start_at + self.after_ms


AMBER = Step("amber", 20 * MINUTE_MS, "arrived")
LATE = Step("late", 30 * MINUTE_MS, "arrived", repeat_ms=10 * MINUTE_MS, raise_to_level=3, card="red")
ANSWER = Step("answer", 3 * MINUTE_MS, "accepted")
STEPS = (ANSWER, AMBER, LATE)
WANTED = Wanted("receiver:w:u", "on_site", "whistle_receiver", "", 0, 30 * MINUTE_MS, "unit_liaison")


def ids() -> str:
    return f"d{next(_NUMBERS)}"


_NUMBERS = itertools.count()


def nothing(_unless: str) -> bool:
    return False


def armed_at(now: int, relieved: clock.Relieved = nothing) -> clock.Deadline:
    return clock.arm(WANTED, "m", 1, STEPS, CALENDAR, now, ids, relieved)


def walk(start: clock.Deadline, until: int) -> list[tuple[int, str, str]]:
    """Fire everything up to `until`, each on time; returns (when, step, phase)."""
    fired, at = [], start
    while at.due_at <= until:
        step = next(one for one in STEPS if one.policy_id == at.policy_id)
        fired.append((at.due_at // MINUTE_MS, at.policy_id, at.phase))
        at = clock.next_after_fire(clock.reach(at, step), STEPS, CALENDAR, at.due_at, ids, nothing)
    return fired


def test_a_chain_fires_each_step_at_its_time_and_then_repeats() -> None:
    assert walk(armed_at(0), 51 * MINUTE_MS) == [
        (3, "answer", "step"), (20, "amber", "step"), (30, "late", "step"),
        (40, "late", "repeat"), (50, "late", "repeat"),
    ]  # fmt: skip


def test_taking_over_late_starts_at_what_was_reached() -> None:
    found = armed_at(25 * MINUTE_MS)
    assert (found.policy_id, found.level, found.card, found.must_act) == ("late", 1, "amber", "duty_leader")


def test_taking_over_after_the_last_step_waits_for_its_next_repeat() -> None:
    found = armed_at(47 * MINUTE_MS)
    assert (found.policy_id, found.phase, found.due_at) == ("late", "repeat", 50 * MINUTE_MS)


def test_repeats_missed_in_an_outage_are_skipped() -> None:
    late = replace(armed_at(0), policy_id="late", due_at=30 * MINUTE_MS)
    found = clock.next_after_fire(late, STEPS, CALENDAR, 73 * MINUTE_MS, ids, nothing)
    assert found.due_at == 80 * MINUTE_MS


def test_a_next_step_that_is_overdue_too_keeps_its_own_time() -> None:
    found = clock.next_after_fire(armed_at(0), STEPS, CALENDAR, 73 * MINUTE_MS, ids, nothing)
    assert (found.policy_id, found.due_at) == ("amber", 20 * MINUTE_MS)


def test_acknowledging_a_repeat_arms_a_follow_up_and_not_the_same_step() -> None:
    repeat = replace(armed_at(0), policy_id="late", phase="repeat", due_at=40 * MINUTE_MS, level=3)
    found = clock.acknowledged(repeat, STEPS, CALENDAR, 33 * MINUTE_MS, ids)
    assert found is not None
    assert (found.phase, found.due_at) == ("follow_up", 53 * MINUTE_MS)


def test_acknowledging_leaves_a_step_that_is_still_ahead_alone() -> None:
    assert clock.acknowledged(armed_at(0), STEPS, CALENDAR, MINUTE_MS, ids) is None


def test_a_step_is_stopped_in_favour_of_the_next() -> None:
    found = clock.stopped(armed_at(0), STEPS, CALENDAR, MINUTE_MS, ids)
    assert found.policy_id == "amber"


def test_accepting_relieves_the_call_and_lowers_what_it_raised() -> None:
    called = replace(armed_at(0), policy_id="amber", level=1, due_at=20 * MINUTE_MS)
    found = clock.after_progress(
        called, STEPS, CALENDAR, 4 * MINUTE_MS, ids, lambda unless: unless == "accepted"
    )
    assert found is not None
    assert (found.policy_id, found.level, found.due_at) == ("amber", 0, 20 * MINUTE_MS)


def test_an_extension_moves_every_step_that_hangs_on_the_end() -> None:
    by_end = (NetStep(),)
    first = clock.arm(WANTED, "m", 1, by_end, CALENDAR, 0, ids, nothing)
    found = clock.extended(first, 45 * MINUTE_MS, by_end, CALENDAR, MINUTE_MS, ids, nothing)
    assert (found.objective_at, found.due_at, found.extended_ms) == (
        45 * MINUTE_MS,
        45 * MINUTE_MS,
        15 * MINUTE_MS,
    )


def test_a_pack_without_a_row_is_caught_by_the_net() -> None:
    class Empty:
        def find(self, *_: object) -> None:
            return None

        def steps(self, *_: object) -> tuple[()]:
            return ()

    policies = Policies(Empty(), Empty())
    assert policies.steps("order", "nowhere", 3) == (NetStep(),)
    assert policies.limit_or_net("order", "nowhere", 3).due_at(0, CALENDAR) > 0
    found = clock.arm(WANTED, "m", 3, (NetStep(),), CALENDAR, 31 * MINUTE_MS, ids, nothing)
    assert found.due_at == 30 * MINUTE_MS + NET_REPEAT_MS


def test_a_clock_is_at_risk_in_its_last_third_fifth_or_working_day() -> None:
    half_hour, day = 30 * MINUTE_MS, 24 * HOUR_MS
    assert due_state(half_hour, half_hour, 20 * MINUTE_MS - 1) == "ok"
    assert due_state(half_hour, half_hour, 20 * MINUTE_MS) == "risk"
    assert due_state(half_hour, half_hour, half_hour) == "risk"
    assert due_state(half_hour, half_hour, half_hour + 1) == "overdue"
    assert due_state(day, day, day - day // 5 - 1) == "ok"
    assert due_state(day, day, day - day // 5) == "risk"
    assert due_state(5 * day, 5 * day, 5 * day - 8 * HOUR_MS - 1) == "ok"
    assert due_state(5 * day, 5 * day, 5 * day - 8 * HOUR_MS) == "risk"
    assert due_state(None, 0, 0) == "ok"
