"""Workers: exact counts, shifts, rounds inside the own grid, and what the phones say."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from dashboard.citypack import CityPack
from data_feeds.simulator.ground import Ground
from data_feeds.simulator.parameters import Parameters
from data_feeds.simulator.patrol import Patrol
from data_feeds.simulator.people import FICTIONAL_PREFIX
from data_feeds.simulator.phones import Fix, Phones
from data_feeds.simulator.roster import COLUMNS, RosterRow, make_roster, write_roster
from data_feeds.simulator.shifts import Shifts
from data_feeds.simulator.workforce import Workforce
from tests.simulator.conftest import local

MONDAY = "2026-11-23"


@pytest.fixture(scope="module")
def ground(pack: CityPack, numbers: Parameters) -> Ground:
    return Ground(pack, numbers.seed)


@pytest.fixture(scope="module")
def shifts(pack: CityPack, numbers: Parameters, roster: list[RosterRow]) -> Shifts:
    return Shifts(numbers.fleet, pack.calendar, np.array([row.full_time for row in roster]), numbers.seed)


def test_one_worker_per_grid_and_nine_outside_assessment(pack: CityPack, roster: list[RosterRow]) -> None:
    assert len(roster) == 4383
    assert sum(row.assessed for row in roster) == 4374
    assert [row.slot for row in roster] == list(range(4383))
    assert {row.grid for row in roster} == {grid.code for grid in pack.divisions.at_level("grid")}
    assert len({row.device_id for row in roster}) == len({row.worker_id for row in roster}) == 4383


def test_the_same_seed_gives_the_same_roster(
    pack: CityPack, numbers: Parameters, roster: list[RosterRow], tmp_path: Path
) -> None:
    assert make_roster(pack, numbers) == roster
    write_roster(tmp_path / "roster.csv", roster)
    with (tmp_path / "roster.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 4383


def test_no_phone_number_can_be_dialled(roster: list[RosterRow]) -> None:
    assert all(row.phone.startswith(FICTIONAL_PREFIX) and len(row.phone) == 11 for row in roster)


@pytest.mark.parametrize(
    ("at", "low", "high"),
    [
        (f"{MONDAY} 09:30", 0.69, 0.74),
        (f"{MONDAY} 10:30", 0.69, 0.74),
        (f"{MONDAY} 12:45", 0.38, 0.52),
        (f"{MONDAY} 03:00", 0.015, 0.06),
        ("2026-11-22 10:00", 0.38, 0.50),  # a Sunday
        ("2026-10-01 10:00", 0.38, 0.50),  # National Day
        ("2026-10-10 10:00", 0.66, 0.74),  # a Saturday worked for it
    ],
)
def test_shifts_follow_the_hour_and_the_calendar(shifts: Shifts, at: str, low: float, high: float) -> None:
    assert low <= shifts.on_duty(local(at)).mean() <= high


def test_full_time_workers_are_called_on_first(shifts: Shifts, roster: list[RosterRow]) -> None:
    full_time = np.array([row.full_time for row in roster])
    on_duty = shifts.on_duty(local(f"{MONDAY} 13:00"))
    assert on_duty[full_time].mean() > on_duty[~full_time].mean() + 0.3


def test_rounds_stay_inside_the_own_grid_but_for_errands(
    pack: CityPack, numbers: Parameters, ground: Ground, shifts: Shifts
) -> None:
    now = local(f"{MONDAY} 10:30")
    patrol = Patrol(ground, numbers.fleet, numbers.seed)
    on_duty = shifts.on_duty(now)
    for _ in range(120):
        now += 10_000
        patrol.advance(now, on_duty)
    places = patrol.degrees(np.arange(len(ground.codes)))
    found = pack.locator.locate_all(places[:, 0].tolist(), places[:, 1].tolist())
    outside = np.array([one != own for one, own in zip(found, ground.codes, strict=True)])
    assert outside.mean() < 0.02
    assert 0.4 < patrol.moving(now)[on_duty].mean() < 0.7


def test_nobody_is_faster_than_an_electric_bicycle(
    numbers: Parameters, ground: Ground, shifts: Shifts
) -> None:
    now = local(f"{MONDAY} 10:30")
    patrol = Patrol(ground, numbers.fleet, numbers.seed)
    on_duty = shifts.on_duty(now)
    patrol.advance(now, on_duty)
    for _ in range(60):
        before = patrol.at.copy()
        now += 1_000
        patrol.advance(now, on_duty)
        steps = np.hypot(*(patrol.at - before).T)
        assert steps.max() <= numbers.fleet.ebike_mps[1] + 1e-6


def test_a_called_worker_goes_straight_there_and_home_again(
    numbers: Parameters, ground: Ground, shifts: Shifts
) -> None:
    now = local(f"{MONDAY} 10:30")
    patrol = Patrol(ground, numbers.fleet, numbers.seed)
    everybody = np.ones(len(ground.codes), dtype=bool)
    patrol.advance(now, everybody)
    lon, lat = (ground.to_degrees(ground.homes[5]) + np.array([0.01, 0.0])).tolist()
    patrol.send(5, lon, lat, 4.0)
    for _ in range(600):
        now += 1_000
        patrol.advance(now, everybody)
    assert patrol.metres_to(5, lon, lat) < 5
    patrol.release(5)
    for _ in range(900):
        now += 1_000
        patrol.advance(now, everybody)
    assert patrol.metres_to(5, lon, lat) > 300


def played(workforce: Workforce, begin: int, seconds: int) -> list[tuple[int, Fix]]:
    found = []
    for second in range(seconds):
        batch, single = workforce.tick(begin + second * 1_000)
        found += [(begin + second * 1_000, fix) for fix in (*batch, *single)]
    return found


def test_everybody_is_known_within_fifteen_seconds(
    pack: CityPack, numbers: Parameters, roster: list[RosterRow]
) -> None:
    begin = local(f"{MONDAY} 10:30")
    sent = played(Workforce(pack, numbers, roster), begin, 15)
    assert len({fix.slot for _, fix in sent}) == 4383
    on_duty = {fix.slot for _, fix in sent if fix.duty}
    assert 0.69 < len(on_duty) / 4383 < 0.74


def test_a_phone_off_duty_never_tells_where_it_is(
    pack: CityPack, numbers: Parameters, roster: list[RosterRow], ground: Ground
) -> None:
    begin = local(f"{MONDAY} 10:30")
    homes = ground.to_degrees(ground.homes)
    for _, fix in played(Workforce(pack, numbers, roster), begin, 30):
        if not fix.duty:
            assert (fix.lon, fix.lat) == pytest.approx(tuple(homes[fix.slot]), abs=1e-6)


def test_phones_report_in_their_intervals_and_some_are_lost(
    pack: CityPack, numbers: Parameters, roster: list[RosterRow]
) -> None:
    begin = local(f"{MONDAY} 10:30")
    seconds = 300
    sent = played(Workforce(pack, numbers, roster), begin, seconds)
    rate = sum(at > begin + 15_000 for at, _ in sent) / (seconds - 15)
    assert 60 < rate < 110
    last: dict[int, int] = {}
    duty: set[int] = set()
    for _, fix in sent:
        last[fix.slot] = max(last.get(fix.slot, 0), fix.at)
        (duty.add if fix.duty else duty.discard)(fix.slot)
    lost = [slot for slot in duty if begin + seconds * 1_000 - last[slot] > 10 * 60_000]
    assert 0.008 < len(lost) / len(duty) < 0.035


def test_fixes_from_a_dead_zone_come_late_in_a_batch_and_in_order(
    pack: CityPack, numbers: Parameters, roster: list[RosterRow]
) -> None:
    begin = local(f"{MONDAY} 09:00")
    workforce = Workforce(pack, numbers, roster)
    late: dict[int, list[int]] = {}
    for second in range(0, 2_400, 5):
        now = begin + second * 1_000
        for fix in [fix for part in workforce.tick(now) for fix in part]:
            if second > 20 and fix.at < now - 60_000:
                late.setdefault(fix.slot, []).append(fix.at)
    townships = {pack.divisions.township_of(roster[slot].grid) for slot in late}
    assert townships
    assert townships <= set(numbers.fleet.dead_zone_townships)
    assert all(times == sorted(times) for times in late.values())
    assert max(len(times) for times in late.values()) >= 5


def test_a_refused_fix_is_reported_again(
    pack: CityPack, numbers: Parameters, roster: list[RosterRow], ground: Ground, shifts: Shifts
) -> None:
    begin = local(f"{MONDAY} 10:30")
    patrol = Patrol(ground, numbers.fleet, numbers.seed)
    phones = Phones(ground, patrol, shifts, numbers.fleet, numbers.seed)
    for second in range(16):
        phones.tick(begin + second * 1_000)
    fixes = [fix for fix in phones.tick(begin + 16_000) if fix.at == begin + 16_000][:3]
    phones.take_back(fixes, begin + 16_000)
    again = phones.tick(begin + 19_000)
    assert {fix.slot for fix in fixes} <= {fix.slot for fix in again}
