"""How the day of a wall is judged: by a rule that lets the noise of a count through and no leak."""

from __future__ import annotations

import json
import random

from tests.browser.heap_snapshot import bytes_by_constructor
from tools.bench_day import LIMIT_BYTES_AN_HOUR, growth, is_within

HOURS = 16
PAGE = 9_250_000  # bytes, as measured
NOISE = 8_000  # bytes: another alarm on the screen, a longer log line
ROW_OF_EACH_ALARM = 30 * 500  # bytes an hour


def a_day(slope: float, noise: float = NOISE) -> list[float]:
    chance = random.Random(7)
    return [PAGE + slope * hour + chance.uniform(-noise, noise) for hour in range(HOURS)]


def test_a_page_that_keeps_nothing_is_flat_whatever_the_count_wavers() -> None:
    assert is_within(a_day(0))
    assert is_within(a_day(-2_000))


def test_hours_that_hold_a_frame_besides_are_no_growth_wherever_they_lie() -> None:
    frame = 190_000
    for late in ((4, 5, 10, 11), (12, 13, 14, 15)):
        day = [count + frame * (hour in late) for hour, count in enumerate(a_day(0))]
        assert growth(day)[0] < LIMIT_BYTES_AN_HOUR
    leaking = [count + frame * (hour in (4, 5)) for hour, count in enumerate(a_day(ROW_OF_EACH_ALARM))]
    assert not is_within(leaking)


def test_one_row_of_each_alarm_is_growth() -> None:
    slope, error = growth(a_day(ROW_OF_EACH_ALARM))
    assert abs(slope - ROW_OF_EACH_ALARM) < 3 * error
    assert not is_within(a_day(ROW_OF_EACH_ALARM))
    assert not is_within(a_day(1.1 * LIMIT_BYTES_AN_HOUR, noise=0.1))


def test_a_count_that_wavers_too_much_to_tell_is_not_called_flat() -> None:
    assert not is_within(a_day(0, noise=400_000))


def test_a_snapshot_is_counted_by_constructor_without_the_engines_own() -> None:
    kinds = ["hidden", "string", "object", "code", "native"]
    strings = ["", "Map", "once", "twice", "Worker"]
    nodes = [
        (2, 1, 100),
        (2, 1, 20),
        (2, 4, 7),
        (1, 2, 16),
        (1, 3, 24),
        (3, 4, 9_000),
        (4, 4, 500),
        (0, 0, 64),
    ]
    snapshot = {
        "snapshot": {
            "meta": {
                "node_fields": ["type", "name", "id", "self_size"],
                "node_types": [kinds, "string", "number", "number"],
            }
        },
        "nodes": [value for kind, name, size in nodes for value in (kind, name, 1, size)],
        "strings": strings,
    }
    counted = bytes_by_constructor(json.dumps(snapshot))
    assert counted == {"object Map": 120, "object Worker": 7, "string": 40}
