"""The hotline picture: counted event by event or all at once, it says the same, and says it honestly."""

from __future__ import annotations

import random
from datetime import date

import pytest

from dashboard.analysis.call_day import CallDay
from dashboard.analysis.expected import VolumePrior, expect_day
from dashboard.analysis.hotline_picture import OpenedOrder, hotline_picture
from dashboard.analysis.topics import DAY_MS, TopicMix, blended_mix, topic_rows
from dashboard.domain.readings import CallReading

MIDNIGHT = 1_795_363_200_000  # 2026-11-23 00:00 in the city
NOW = MIDNIGHT + 10 * 3_600_000 + 42 * 60_000 + 18_000
DAY = date(2026, 11, 23)
SECOND = 1_000
MINUTE = 60_000
PRIOR = VolumePrior(1_600, (1.0,) * 24, (1.0,) * 24, (1.0,) * 7, (1.0,) * 12)
MIX = TopicMix({"0203": 0.02, "0201": 0.05, "0101": 0.93}, 1.0)


def picture(calls, *, orders=(), seats=None, mix=MIX, now=NOW, state="fresh") -> dict:
    day = CallDay(MIDNIGHT)
    day.take(calls)
    expectation = expect_day(PRIOR, [], DAY, "weekday")
    return hotline_picture(day, DAY, seats or {}, orders, expectation, mix, state, now - 1000, now)


def call(
    number: int,
    at: int,
    answered_after_ms: int | None = None,
    talk_ms: int | None = None,
    *,
    abandoned_after_ms: int | None = None,
    category: str = "",
    order_no: str = "",
) -> list[CallReading]:
    name = f"c{number}"
    events = [CallReading(name, "arrived", at)]
    if answered_after_ms is not None:
        events.append(CallReading(name, "answered", at + answered_after_ms, agent="A01"))
        if talk_ms is not None:
            ended = at + answered_after_ms + talk_ms
            events.append(CallReading(name, "ended", ended, category=category, order_no=order_no))
    if abandoned_after_ms is not None:
        events.append(CallReading(name, "abandoned", at + abandoned_after_ms))
    return events


def test_an_empty_day_is_a_whole_picture_without_rates() -> None:
    found = picture([])
    assert found["today"] == {"calls": 0, "expected_now": 714, "answered": 0, "abandoned": 0, "orders": 0}
    assert found["queue"] == {
        "waiting": 0,
        "longest_wait_ms": 0,
        "within_15s": None,
        "within_15s_of": [0, 0],
        "target": 0.8,
    }
    assert found["connected_24h"] is None
    assert len(found["bins"]["actual"]) == 128
    assert [len(found["bins"][name]) for name in ("expected", "low", "high")] == [288] * 3
    assert found["topics"] == []
    assert found["day"] == "2026-11-23"


def test_events_in_any_order_and_twice_give_the_same_picture() -> None:
    events = [
        event
        for number in range(60)
        for event in call(
            number, NOW - 3_500_000 + number * 55_000, 8_000 + number * 300, 200_000, category="0203"
        )
    ]
    events += call(99, NOW - 20 * SECOND)
    straight = picture(events)
    shuffled = [*events, *events[:50]]
    random.Random(3).shuffle(shuffled)
    assert picture(shuffled) == straight
    one_by_one = CallDay(MIDNIGHT)
    for event in events:
        one_by_one.take([event])
    assert one_by_one.bins(NOW) == straight["bins"]["actual"]


def test_who_waits_is_who_arrived_and_was_neither_answered_nor_gone() -> None:
    events = [*call(1, NOW - 38 * SECOND), *call(2, NOW - 10 * SECOND), *call(3, NOW - 60 * SECOND, 20_000),
              *call(4, NOW - 90 * SECOND, abandoned_after_ms=60_000), *call(5, NOW - 31 * MINUTE)]  # fmt: skip
    queue = picture(events)["queue"]
    assert (queue["waiting"], queue["longest_wait_ms"]) == (2, 38_000)


def test_a_channel_that_never_says_what_became_of_its_calls_has_no_queue() -> None:
    recorded = [
        CallReading(f"r{number}", "arrived", NOW - number * SECOND, channel="recorded")
        for number in range(30)
    ]
    alone = picture(recorded)["queue"]
    assert (alone["waiting"], alone["longest_wait_ms"], alone["within_15s"]) == (None, 0, None)
    beside = picture([*recorded, *call(1, NOW - 10 * SECOND), *call(2, NOW - MINUTE, 5_000)])
    assert (beside["queue"]["waiting"], beside["queue"]["within_15s"]) == (1, 1.0)
    assert beside["today"]["calls"] == 32


def test_answered_in_time_counts_the_last_hour_and_those_who_gave_up() -> None:
    events = [*call(1, NOW - 30 * MINUTE, 15_000), *call(2, NOW - 30 * MINUTE, 15_001),
              *call(3, NOW - 30 * MINUTE, abandoned_after_ms=5_000), *call(4, NOW - 61 * MINUTE, 60_000),
              *call(5, NOW - 10 * SECOND)]  # fmt: skip
    assert picture(events)["queue"]["within_15s"] == pytest.approx(1 / 3, abs=1e-4)


def test_connected_looks_back_a_whole_day_beyond_midnight() -> None:
    events = [*call(1, MIDNIGHT - 3_600_000, 5_000), *call(2, MIDNIGHT - 3_600_000, abandoned_after_ms=90_000),
              *call(3, NOW - 25 * 3_600_000, abandoned_after_ms=90_000), *call(4, NOW - MINUTE, 5_000)]  # fmt: skip
    found = picture(events)
    assert found["connected_24h"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["today"]["calls"] == 1


def test_only_whole_five_minutes_are_compared_with_the_band() -> None:
    events = [*call(1, NOW - 3 * MINUTE), *call(2, NOW - 1 * MINUTE)]
    actual = picture(events)["bins"]["actual"]
    assert len(actual) * 5 == 640
    assert actual[-1] == 1, "10:39:18 lies in the bin that ended at 10:40, 10:41:18 in the one that runs"


def test_seats_are_short_by_what_erlang_c_misses() -> None:
    events = [event for number in range(88) for event in call(number, NOW - 20_000 * number, 5_000)]
    agents = picture(events, seats={"talk": 16, "wrap": 2, "idle": 1, "rest": 3, "off": 40})["agents"]
    assert agents["talk"] == 16
    assert agents["rest"] == 3
    assert agents["needed"] == 21
    assert agents["short"] == 2


def test_a_request_counts_once_whether_it_came_as_a_call_or_an_order() -> None:
    events = [*call(1, NOW - 30 * MINUTE, 5_000, 100_000, category="0203", order_no="N1"),
              *call(2, NOW - 30 * MINUTE, 5_000, 100_000, category="0203"),
              *call(3, NOW - 30 * MINUTE, 5_000, 100_000, category="0203", order_no="N9")]  # fmt: skip
    orders = [
        OpenedOrder("N1", NOW - 28 * MINUTE, "0203", "phone"),
        OpenedOrder("N2", NOW - MINUTE, "0201", "wechat"),
    ]
    found = picture(events, orders=orders)
    assert {row["category"]: row["count"] for row in found["topics"]} == {"0203": 3, "0201": 1}
    assert found["channels"] == [{"code": "phone", "count": 3}, {"code": "wechat", "count": 1}]
    assert found["today"]["orders"] == 2


def test_a_topic_surges_beyond_chance_and_not_before() -> None:
    mix = TopicMix({"0203": 0.02, "0101": 0.98}, 1.0)

    def rows(number: int) -> dict[str, dict]:
        requests = [(NOW - place * 300_000, "0203") for place in range(number)] + [(NOW - 1000, "0101")] * 120
        return {row["category"]: row for row in topic_rows(requests, mix, 700.0, 133.0, NOW)}

    assert not rows(4)["0203"]["surge"]
    assert not rows(7)["0203"]["surge"]
    surging = rows(13)
    assert surging["0203"]["surge"]
    assert not surging["0101"]["surge"]
    assert next(iter(surging)) == "0203", "a surge comes first, however few it still is"
    assert surging["0203"]["expected"] == 14.0
    assert surging["0203"]["ratio"] == 0.93
    assert sum(surging["0203"]["spark"]) == 13
    assert surging["0203"]["spark"][-1] == 2


def test_a_topic_stands_beside_what_came_by_the_same_time_of_yesterday() -> None:
    yesterday = [
        (NOW - DAY_MS - 1, "0203"),
        (NOW - DAY_MS, "0203"),
        (NOW - DAY_MS + 1, "0203"),
        (NOW, "0203"),
    ]
    requests = [(NOW, "0203"), (NOW, "0101")]
    rows = {row["category"]: row["yesterday"] for row in topic_rows(requests, MIX, 9.0, 1.0, NOW, yesterday)}
    assert rows == {"0203": 2, "0101": 0}
    assert [row["yesterday"] for row in topic_rows(requests, MIX, 9.0, 1.0, NOW)] == [None, None]


def test_a_topic_without_a_usual_share_is_counted_and_not_judged() -> None:
    (row,) = topic_rows(
        [(NOW - number, "09") for number in range(50)], TopicMix({"0203": 1.0}, 1.0), 100.0, 20.0, NOW
    )
    assert (row["count"], row["ratio"], row["surge"]) == (50, None, False)


def test_a_quiet_day_raises_no_more_than_one_false_surge_in_twenty_looks() -> None:
    chance = random.Random(5)
    codes = [f"{number:04d}" for number in range(100)]
    mix = TopicMix(dict.fromkeys(codes, 0.01), 1.0)
    looks = 0
    for _ in range(200):
        requests = [(NOW - chance.randrange(7_200_000), chance.choice(codes)) for _ in range(150)]
        looks += any(row["surge"] for row in topic_rows(requests, mix, 150.0, 150.0, NOW))
    assert looks <= 10


def test_the_mix_moves_from_the_prior_to_the_citys_own_counts() -> None:
    assert blended_mix({"a": 3.0, "b": 1.0}, {}, 0) == TopicMix({"a": 0.75, "b": 0.25}, 1.0)
    mix = blended_mix({"a": 3.0, "b": 1.0}, {"b": 4_500}, 9_500)
    assert mix.shares["b"] == pytest.approx(0.925)
    assert mix.per_call == pytest.approx(0.5)
