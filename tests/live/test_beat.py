"""When screens get a frame: once all have spoken who spoke at the last tick, soon after where somebody is late."""

from __future__ import annotations

from itertools import pairwise

import pytest

from data_feeds.live_beat import APART_S, AT_ONCE, LATE_S, Beat

TICK_S = 0.1
COUNTIES = ("371102", "371103")
ONE_FEEDS = [(1, county) for county in COUNTIES]
TWO_FEEDS = [(feeds, county) for feeds in (1, 2) for county in COUNTIES]


def tick(beat: Beat, at_s: float, speakers: list[tuple[int, str]]) -> float:
    """Everybody speaks at `at_s`, and screens are told when they are to be; returns that instant."""
    for speaker in speakers:
        beat.hear(speaker)
        beat.want(at_s)
    due_s = beat.due_s(at_s)
    assert due_s is not None
    beat.sent(due_s)
    return due_s


@pytest.fixture
def beat() -> Beat:
    """Of a web process that has heard two feeds processes for three ticks, the last one at -0.1 s."""
    found = Beat()
    for number in (3, 2, 1):
        tick(found, -number * TICK_S, TWO_FEEDS)
    return found


def test_nothing_is_due_before_something_changed(beat: Beat) -> None:
    beat.hear(TWO_FEEDS[0])
    assert beat.due_s(0.0) is None


def test_the_last_of_those_who_spoke_at_the_last_tick_lets_the_frame_go_at_once(beat: Beat) -> None:
    for place, speaker in enumerate(TWO_FEEDS):
        at_s = place / 1000
        beat.hear(speaker)
        beat.want(at_s)
        due_s = beat.due_s(at_s)
        assert due_s == (at_s if speaker is TWO_FEEDS[-1] else pytest.approx(LATE_S))


def test_who_says_nothing_new_has_spoken_too(beat: Beat) -> None:
    for speaker in TWO_FEEDS[:-1]:
        beat.hear(speaker)
        beat.want(0.0)
    beat.hear(TWO_FEEDS[-1])  # a frame in which nothing is new to us
    assert beat.due_s(0.003) == 0.003


def test_whoever_is_late_is_waited_for_a_little_and_then_has_a_frame_of_its_own(beat: Beat) -> None:
    for speaker in TWO_FEEDS[:-1]:
        beat.hear(speaker)
        beat.want(0.0)
    assert beat.due_s(0.002) == pytest.approx(LATE_S)
    beat.sent(LATE_S)
    beat.hear(TWO_FEEDS[-1])
    beat.want(0.02)
    assert beat.due_s(0.02) == 0.02  # not with the next tick


def test_a_feeds_process_that_ended_is_waited_for_once(beat: Beat) -> None:
    assert tick(beat, 0.0, ONE_FEEDS) == pytest.approx(LATE_S)
    assert tick(beat, TICK_S, ONE_FEEDS) == TICK_S


def test_one_that_begins_is_waited_for_from_the_next_tick_on() -> None:
    beat = Beat()
    tick(beat, 0.0, ONE_FEEDS)
    tick(beat, TICK_S, TWO_FEEDS)
    for speaker in ONE_FEEDS:
        beat.hear(speaker)
        beat.want(2 * TICK_S)
    assert beat.due_s(2 * TICK_S) == pytest.approx(2 * TICK_S + LATE_S)


def test_feeds_that_tick_apart_are_both_told_at_once_for_ever(beat: Beat) -> None:
    for number in range(10):  # the clock of one of the machines is 40 ms late
        at_s = number * TICK_S
        assert tick(beat, at_s, TWO_FEEDS[:2]) <= at_s + LATE_S
        assert tick(beat, at_s + 0.04, TWO_FEEDS[2:]) == at_s + 0.04


def test_however_often_the_feeds_speak_no_screen_gets_more_than_twenty_frames_a_second(beat: Beat) -> None:
    at_s, sent = 0.0, []
    while at_s < 10.0:
        at_s = tick(beat, at_s + 0.001, ONE_FEEDS)
        sent.append(at_s)
    assert len(sent) <= 10.0 / APART_S + AT_ONCE
    # And it is a steady flow, not two at once and then a pause.
    assert all(after - before > APART_S * 0.9 for before, after in pairwise(sent[5:]))
