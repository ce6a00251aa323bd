"""Whose rights are asked again, and when."""

from __future__ import annotations

from typing import Any

from data_feeds.live_screens import RECHECK_AT_ONCE, Screen, due_for_recheck

EVERY_S = 10.0


def screen(asked_s: float, *, asks: bool = True) -> Screen:
    nothing: Any = None
    return Screen(
        id="1-1", principal=nothing, channel=nothing, outbox=nothing, recheck=(lambda: None) if asks else None,
        asked_s=asked_s,
    )  # fmt: skip


def test_a_screen_is_asked_about_once_its_time_is_up_and_not_before():
    young, old = screen(1.0), screen(0.0)
    assert due_for_recheck([young, old], 9.99, EVERY_S) == []
    assert due_for_recheck([young, old], 10.0, EVERY_S) == [old]
    assert due_for_recheck([young, old], 11.0, EVERY_S) == [old, young]


def test_a_screen_without_a_question_is_never_asked_about():
    assert due_for_recheck([screen(0.0, asks=False)], 100.0, EVERY_S) == []


def test_of_many_that_are_due_together_the_longest_waiting_come_first_and_few_at_once():
    hall = [screen(number / 1_000) for number in reversed(range(500))]
    first = due_for_recheck(hall, 20.0, EVERY_S)
    assert first == hall[: -RECHECK_AT_ONCE - 1 : -1]


def test_a_storm_of_any_size_is_asked_about_within_half_the_time_between_two_questions():
    for size in (50, 1_000, 10_000):
        hall = [screen(0.0) for _ in range(size)]
        rounds = 0
        while due := due_for_recheck(hall, 10.0 + rounds * EVERY_S / 100, EVERY_S):
            for one in due:
                one.asked_s = 10.0 + rounds * EVERY_S / 100
            rounds += 1
        assert rounds <= 50
        assert all(one.asked_s <= 15.0 for one in hall)
