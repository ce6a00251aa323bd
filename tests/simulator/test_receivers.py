"""Receivers answer by temperament; a restart, a shut door and a recall are dealt with."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dashboard.citypack import CityPack
from data_feeds.simulator.parameters import Parameters
from data_feeds.simulator.receivers import Receivers
from data_feeds.simulator.temperament import unit_plan, worker_plan
from data_feeds.simulator.ways import Way, metres_between
from data_feeds.simulator.web_door import DoorShut
from tests.fake_clock import FakeClock
from tests.simulator.conftest import local

NOW = local("2026-11-23 10:21")
MINUTE_MS = 60_000


def test_units_arrive_as_the_sources_say(numbers: Parameters) -> None:
    plans = [
        unit_plan(numbers.receivers, 1, f"command {number}", "unit", is_whistle=True)
        for number in range(6_000)
    ]
    arrived = sorted(plan.arrived_ms / MINUTE_MS for plan in plans if plan.arrived_ms is not None)
    assert arrived[len(arrived) // 2] == pytest.approx(21, abs=0.6)
    assert arrived[int(len(arrived) * 0.95)] == pytest.approx(29, abs=0.8)
    assert sum(minutes > 30 for minutes in arrived) / len(arrived) == pytest.approx(0.03, abs=0.012)
    assert 1 - len(arrived) / len(plans) == pytest.approx(numbers.receivers.silent_share, abs=0.01)
    slow = sum(plan.accepted_ms is not None and plan.accepted_ms > 3 * MINUTE_MS for plan in plans)
    assert 0.05 < slow / len(plans) < 0.3, "some answer only after the automatic call at three minutes"


def test_answers_come_in_order_and_a_whistle_ends_on_site(numbers: Parameters) -> None:
    order = ["delivered", "read", "accepted", "en_route", "arrived", "done"]
    for number in range(800):
        for is_whistle in (True, False):
            plan = unit_plan(numbers.receivers, 2, f"c{number}", "u", is_whistle=is_whistle)
            stages = [stage for _, stage in plan.stages() if stage != "claimed"]
            assert stages == [stage for stage in order if stage in stages] or stages[-1] == "declined"
            assert not (is_whistle and "done" in stages)
            assert not (is_whistle and "declined" in stages)


def test_a_worker_takes_as_long_as_the_way(numbers: Parameters) -> None:
    near = worker_plan(numbers.receivers, 3, "c", "w", 300.0, 1.35)
    far = worker_plan(numbers.receivers, 3, "c", "w", 3_000.0, 1.35)
    assert near.arrived_ms is not None
    assert far.arrived_ms is not None
    assert far.arrived_ms - near.arrived_ms == pytest.approx(2_700 * 1.35 / 3.2 * 1000, rel=0.01)


def test_the_same_call_is_answered_the_same_way_after_a_restart(numbers: Parameters) -> None:
    plans = [unit_plan(numbers.receivers, 1, "c", "u", is_whistle=True) for _ in range(2)]
    assert plans[0] == plans[1]


def test_a_way_goes_round_one_corner_at_an_even_pace() -> None:
    way = Way((119.50, 35.40), (119.52, 35.43), NOW, NOW + 600_000)
    assert way.at(NOW - 5) == (119.50, 35.40)
    assert way.at(NOW + 900_000) == (119.52, 35.43)
    steps = [
        metres_between(way.at(NOW + second * 1000), way.at(NOW + second * 1000 + 1000))
        for second in range(600)
    ]
    assert max(steps) < 1.05 * sum(steps) / len(steps)


class NotedDoor:
    """A web door that keeps what it was given, and is shut when told to be."""

    def __init__(self) -> None:
        self.given: list[dict[str, Any]] = []
        self.is_shut = False

    async def answer(self, receipt: dict[str, Any]) -> bool:
        if self.is_shut:
            raise DoorShut("closed")
        self.given.append(receipt)
        return True


class NotedWorkers:
    def __init__(self) -> None:
        self.sent: list[str] = []
        self.released: list[str] = []

    def place_of(self, worker_id: str) -> tuple[float, float] | None:
        return (119.53, 35.40)

    def send(self, worker_id: str, place: tuple[float, float], speed_mps: float) -> None:
        self.sent.append(worker_id)

    def release(self, worker_id: str) -> None:
        self.released.append(worker_id)


def entry(
    *receivers: dict[str, Any], kind: str = "whistle", state: str = "running", number: str = "c1"
) -> dict[str, Any]:
    command = {
        "id": number,
        "kind": kind,
        "state": state,
        "issued_at": NOW,
        "lon": 119.5036,
        "lat": 35.4174,
        "receivers": list(receivers),
    }
    return {"seq": 1, "receivers": [one["id"] for one in receivers], "command": command, "agenda": []}


def unit(unit_id: str, stage: str = "sent") -> dict[str, Any]:
    return {"id": unit_id, "kind": "unit", "stage": stage, "origin": None, "at": None}


def worker(worker_id: str) -> dict[str, Any]:
    return {"id": worker_id, "kind": "worker", "stage": "sent", "origin": None, "at": None}


async def play(receivers: Receivers, clock: FakeClock, minutes: int) -> None:
    """Answer as the loop does, every half minute of the clock."""
    for _ in range(minutes * 2):
        clock.advance(seconds=30)
        await receivers.answer_due(clock.now_ms())


@pytest.fixture
def parts(pack: CityPack, numbers: Parameters) -> tuple[Receivers, NotedDoor, NotedWorkers, FakeClock]:
    door, workers, clock = NotedDoor(), NotedWorkers(), FakeClock(NOW)
    return Receivers(door, pack, numbers.receivers, 7, workers, clock), door, workers, clock  # type: ignore[arg-type]


Parts = tuple[Receivers, NotedDoor, NotedWorkers, FakeClock]


async def test_a_unit_answers_travels_and_arrives(parts: Parts) -> None:
    receivers, door, _, clock = parts
    receivers.take(entry(unit("rz-heating")))
    await play(receivers, clock, 45)
    stages = [one["stage"] for one in door.given]
    assert stages[:3] == ["delivered", "read", "accepted"]
    assert stages[-1] == "arrived"
    ways = [one for one in door.given if one["stage"] == "en_route"]
    assert len(ways) > 4, "the place is told again on the way"
    assert all("eta_at" in one and "lon" in one for one in ways)
    assert (door.given[-1]["lon"], door.given[-1]["lat"]) == (119.5036, 35.4174)


async def test_some_say_that_they_are_there_while_they_are_still_on_their_way(
    parts: Parts, numbers: Parameters
) -> None:
    receivers, door, _, clock = parts
    claims = next(
        f"c{number}"
        for number in range(500)
        if unit_plan(numbers.receivers, 7, f"c{number}", "rz-heating", is_whistle=True).claimed_ms is not None
    )
    receivers.take(entry(unit("rz-heating"), number=claims))
    await play(receivers, clock, 45)
    first, *_, last = [one for one in door.given if one["stage"] == "arrived"]
    assert metres_between((first["lon"], first["lat"]), (119.5036, 35.4174)) > 100
    assert (last["lon"], last["lat"]) == (119.5036, 35.4174)


async def test_a_receiver_taken_back_alone_answers_no_more(parts: Parts) -> None:
    receivers, door, _, clock = parts
    receivers.take(entry(unit("rz-heating")))
    await play(receivers, clock, 2)
    before = len(door.given)
    receivers.take(entry(unit("rz-heating") | {"recalled_at": NOW + MINUTE_MS}))
    await play(receivers, clock, 45)
    assert len(door.given) == before


async def test_what_was_answered_before_a_restart_is_not_answered_again(parts: Parts) -> None:
    receivers, door, _, clock = parts
    receivers.take(entry(unit("rz-heating", stage="accepted")))
    await play(receivers, clock, 45)
    assert {one["stage"] for one in door.given} == {"en_route", "arrived"}


async def test_a_shut_door_is_knocked_at_again(parts: Parts) -> None:
    receivers, door, _, clock = parts
    receivers.take(entry(unit("rz-heating")))
    door.is_shut = True
    await play(receivers, clock, 5)
    assert door.given == []
    door.is_shut = False
    await play(receivers, clock, 45)
    assert [one["stage"] for one in door.given if one["stage"] != "en_route"] == [
        "delivered", "read", "accepted", "arrived",
    ]  # fmt: skip


async def test_a_recalled_command_is_answered_no_more(parts: Parts) -> None:
    receivers, door, workers, clock = parts
    receivers.take(entry(worker("W00001"), kind="dispatch"))
    await play(receivers, clock, 3)
    before = len(door.given)
    receivers.take(entry(worker("W00001"), kind="dispatch", state="recalled"))
    await play(receivers, clock, 30)
    assert len(door.given) == before
    assert workers.released == ["W00001"]


async def test_a_worker_is_sent_and_comes_back_when_done(parts: Parts) -> None:
    receivers, door, workers, clock = parts
    receivers.take(entry(worker("W00001"), kind="dispatch"))
    await play(receivers, clock, 240)
    assert [one["stage"] for one in door.given][-1] == "done"
    assert workers.sent == ["W00001"]
    assert workers.released == ["W00001"]


async def test_news_of_a_command_does_not_begin_it_twice(parts: Parts) -> None:
    receivers, door, _, clock = parts
    for _ in range(3):
        receivers.take(entry(unit("rz-heating")))
    await play(receivers, clock, 45)
    assert sum(one["stage"] == "accepted" for one in door.given) == 1
    await asyncio.sleep(0)


async def test_nobody_answers_over_the_head_of_a_person_who_is_signed_in(parts: Parts) -> None:
    receivers, door, _workers, clock = parts
    receivers.take(entry(unit("rz-heating"), unit("rz-power")))
    receivers.held = frozenset({"rz-heating"})
    await play(receivers, clock, 40)
    assert {one["receiver_id"] for one in door.given} == {"rz-power"}
    receivers.held = frozenset()
    await play(receivers, clock, 3)
    assert "rz-heating" in {one["receiver_id"] for one in door.given}
