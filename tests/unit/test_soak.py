"""What the soak calls growth: a leak shows, a peak and what was before the last three quarters do not; and what makes a
run worth nothing."""

from __future__ import annotations

import random

import pytest

from tools.soak import BARS_MB, MOST_MORE_ROWS, bar_of, data_faults, ended, growth


@pytest.mark.parametrize("name", sorted(BARS_MB))
def test_a_leak_of_a_megabyte_a_minute_is_over_every_bar_through_the_noise(name: str) -> None:
    noise = random.Random(1)
    leaking = [200 + number / 6 + noise.uniform(-2, 2) for number in range(60)]  # one sample each 10 s
    assert growth(leaking) == pytest.approx(7.3, abs=1.0)
    assert growth(leaking) > bar_of(name)


def test_noise_and_a_single_peak_are_not_growth() -> None:
    noise = random.Random(2)
    level = [200 + noise.uniform(-2, 2) for _ in range(60)]
    level[40] = 260
    assert abs(growth(level)) < 1.5


def test_what_a_process_takes_at_its_start_is_not_growth() -> None:
    assert growth([100 + 10 * number for number in range(15)] + [250.0] * 45) == 0.0


def test_too_few_samples_grow_by_nothing() -> None:
    assert growth([]) == growth([1.0]) == 0.0


@pytest.mark.parametrize(
    ("name", "kind"),
    [("feeds1", "feeds"), ("worker2", "worker"), ("web2", "web"), ("web2.1", "web"), ("redis", "redis")],
)
def test_each_process_is_held_to_the_bar_of_its_kind(name: str, kind: str) -> None:
    assert bar_of(name) == BARS_MB[kind]


def test_a_process_that_died_or_was_started_anew_is_a_fault_however_flat_it_looks() -> None:
    started = {"worker1": 11, "worker2": 12, "web1": 13, "web1.1": 14}
    assert ended(started, started) == []
    now = {"worker2": 12, "web1": 13, "web1.1": 15}
    assert ended(started, now) == ["web1.1 ended or was started anew", "worker1 ended or was started anew"]


def test_a_run_whose_data_grew_says_nothing_of_the_processes() -> None:
    before = {"matters": 530, "commands": 100}
    assert data_faults(before, {"matters": 531, "commands": 100 + MOST_MORE_ROWS}) == []
    (fault,) = data_faults(before, {"matters": 531, "commands": 101 + MOST_MORE_ROWS})
    assert "commands" in fault
