"""Scenarios: what they bring, that a restart brings the same, and how they are started."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from dashboard.citypack import CityPack
from data_feeds.decoders.grid_events import decode_grid_events
from data_feeds.decoders.orders import decode_orders
from data_feeds.simulator import control
from data_feeds.simulator.grid_case import CasePlayer
from data_feeds.simulator.morning import MORNING
from data_feeds.simulator.parameters import Parameters
from data_feeds.simulator.scenarios import SCENARIOS, Effects, Scenario
from data_feeds.simulator.started import Started, read_started, write_started
from data_feeds.simulator.stories import Storyteller
from tests.simulator.conftest import local
from tests.simulator.test_matters import refused

NOW = local("2026-11-23 10:30")
ALL = [*SCENARIOS.values(), MORNING]


def told(pack: CityPack, numbers: Parameters, scenario: Scenario, started_at: int = NOW) -> Effects:
    teller = Storyteller(pack, numbers.seed, scenario.name, started_at)
    return scenario.tell(pack, teller, started_at)


@pytest.mark.parametrize("scenario", ALL, ids=lambda one: one.name)
def test_a_scenario_tells_the_same_after_a_restart(
    pack: CityPack, numbers: Parameters, scenario: Scenario
) -> None:
    assert told(pack, numbers, scenario) == told(pack, numbers, scenario)


@pytest.mark.parametrize("scenario", ALL, ids=lambda one: one.name)
def test_everything_a_scenario_says_is_taken_by_the_feeds(
    pack: CityPack, numbers: Parameters, scenario: Scenario
) -> None:
    effects = told(pack, numbers, scenario, NOW - 3_600_000)
    for lives, decode, array in (
        (effects.orders, decode_orders, "orders"),
        (effects.events, decode_grid_events, "events"),
    ):
        for life in lives:
            assert [step.at for step in life.steps] == sorted(step.at for step in life.steps)
            reading = life.reading(NOW)
            assert reading is not None
            assert refused(decode, array, [reading]) == []
            assert pack.categories.get(reading["category"]) is not None


@pytest.mark.parametrize("scenario", ALL, ids=lambda one: one.name)
def test_whistles_call_units_of_the_pack(pack: CityPack, numbers: Parameters, scenario: Scenario) -> None:
    for wish in told(pack, numbers, scenario).whistles:
        assert len(wish.units) >= 3
        assert all(one in pack.units for one in wish.units)
        assert wish.agenda


def test_two_starts_of_a_scenario_are_two_stories(pack: CityPack, numbers: Parameters) -> None:
    numbers_of = [
        {life.number for life in told(pack, numbers, SCENARIOS["flood"], started_at).orders}
        for started_at in (NOW, NOW + 60_000)
    ]
    assert not numbers_of[0] & numbers_of[1]


def test_the_article_s_case_is_reported_by_scan_and_passes_the_grid_chief(
    pack: CityPack, numbers: Parameters
) -> None:
    effects = told(pack, numbers, SCENARIOS["rongan"])
    (case,) = effects.cases
    assert not effects.events, "it comes by the citizens' own page, not by the platform"
    assert pack.divisions.village_of(case.report["grid"]) == "371102002020"
    assert list(case.course) == ["VERIFYING", "CALLED", "TRIAGED", "DISPOSED", "CHECKING"]
    waits = [step.after_min for step in case.course.values()]
    assert waits == sorted(waits) and case.course["TRIAGED"].unit == "rz-town-371102002"


async def test_a_case_is_reported_once_and_goes_on_from_whatever_stage_it_stands_in(
    pack: CityPack, numbers: Parameters
) -> None:
    (case,) = told(pack, numbers, SCENARIOS["rongan"]).cases
    sent: list[tuple[str, dict[str, object]]] = []

    def web(request: httpx.Request) -> httpx.Response:
        sent.append((request.url.path, json.loads(request.content)))
        return httpx.Response(200, json={"value": {"no": "N0001", "code": "x"}})

    async with httpx.AsyncClient(transport=httpx.MockTransport(web), base_url="http://centre") as client:
        cases = [case]
        player = CasePlayer(client, cases)
        await player.send_due(case.reported_at - 1)
        assert sent == []
        for _ in range(2):
            await player.send_due(case.reported_at)
        assert [path for path, _ in sent] == ["/api/v1/reports"]
        row = {"id": "m1", "no": "N0001", "stage": "VERIFYING", "version": 3}
        await player.step_due([row], case.reported_at + 5 * 60_000)
        assert len(sent) == 1, "the grid chief has six minutes"
        await player.step_due([row], case.reported_at + 6 * 60_000)
        assert sent[-1] == ("/api/v1/matters/m1/steps", {"to": "CALLED", "fields": {}, "expected_version": 3})
        await player.step_due([row | {"stage": "ON_SITE"}], case.reported_at + 99 * 60_000)
        assert len(sent) == 2, "the unit's own steps are the unit's"
        await player.step_due([row | {"stage": "TRIAGED"}], case.reported_at + 23 * 60_000)
        assert sent[-1][0] == "/api/v1/commands"
        await player.step_due([], case.reported_at + 99 * 60_000)
        assert cases == []


def test_the_whistle_scenario_calls_the_five_units(pack: CityPack, numbers: Parameters) -> None:
    (wish,) = told(pack, numbers, SCENARIOS["whistle"]).whistles
    assert [pack.units.get(one).code for one in wish.units] == ["街", "热", "警", "城", "应"]


def test_the_flood_is_1_87_times_the_usual(pack: CityPack, numbers: Parameters) -> None:
    (surge,) = told(pack, numbers, SCENARIOS["flood"]).surges
    assert surge.factor == 1.87
    assert dict(surge.boosts)["0503"] == 6
    assert surge.added(NOW - 1) == 0
    assert surge.added(NOW + 3_600_000) == pytest.approx(0.87)


def test_the_morning_has_emergencies_at_several_stages(pack: CityPack, numbers: Parameters) -> None:
    effects = told(pack, numbers, MORNING)
    readings = [reading for life in effects.orders if (reading := life.reading(NOW))]
    emergencies = {one["status"] for one in readings if one["urgency"] == 1}
    assert emergencies == {"TO_SIGN", "HANDLING"}
    assert len(effects.whistles) == 4


def test_started_scenarios_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "started.json"
    assert read_started(file) == []
    write_started(file, [Started("flood", NOW)])
    assert read_started(file) == [Started("flood", NOW)]


async def test_the_control_answers_and_survives_nonsense(tmp_path: Path) -> None:
    path = tmp_path / "sim.sock"
    asked: list[dict] = []

    def handle(request: dict) -> dict:
        asked.append(request)
        return {"started": request.get("scenario")}

    server = asyncio.create_task(control.serve(path, handle))
    while not path.exists():
        await asyncio.sleep(0)
    for nonsense in (b"\xff\xfe\n", b"[1]\n", b"x" * 10_000 + b"\n"):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(nonsense)
        await writer.drain()
        assert b"error" in await reader.read()
        writer.close()
    assert await control.ask(path, {"scenario": "flood"}) == {"started": "flood"}
    assert asked == [{"scenario": "flood"}]
    server.cancel()
    with pytest.raises(asyncio.CancelledError):
        await server
    assert not path.exists()
