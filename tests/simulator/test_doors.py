"""The doors: keys, batches in order, retries while shut, heartbeats at their intervals, the officer's whistle."""

from __future__ import annotations

import asyncio
import contextlib
import json
from itertools import pairwise
from typing import Any

import httpx
import pytest

from dashboard.citypack import CityPack
from dashboard.domain.device_keys import device_key, platform_key
from data_feeds.simulator.duty_officer import Credentials, DutyOfficer
from data_feeds.simulator.feed_door import ITEMS_AT_ONCE, FeedDoor, Lane
from data_feeds.simulator.heartbeats import Heartbeats
from data_feeds.simulator.parameters import Parameters
from data_feeds.simulator.phones import Fix
from data_feeds.simulator.roster import RosterRow
from data_feeds.simulator.scenarios import WhistleWish
from tests.fake_clock import FakeClock
from tests.simulator.conftest import local

NOW = local("2026-11-23 10:30")
SECRET = bytes(range(32))


class Feeds:
    """Answers like the feeds: notes requests, and fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.requests: list[httpx.Request] = []
        self.failures = failures

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.failures:
            self.failures -= 1
            return httpx.Response(503, json={"error": "unavailable"})
        self.requests.append(request)
        return httpx.Response(200, json={"accepted": 1, "ignored": {}, "refused": []})


def door_to(feeds: Any, roster: list[RosterRow]) -> FeedDoor:
    return FeedDoor("http://feeds", SECRET, roster, httpx.MockTransport(feeds))


def fix(slot: int, **changes: Any) -> Fix:
    values = {"lon": 119.5, "lat": 35.4, "speed_mps": 1.0, "accuracy_m": 8.0, "duty": True, "task": False}
    return Fix(slot=slot, at=NOW, alarm=False, **{**values, **changes})


async def test_a_batch_carries_the_platform_s_key_and_each_device(roster: list[RosterRow]) -> None:
    feeds = Feeds()
    assert await door_to(feeds, roster).send_fixes([fix(0), fix(7, duty=False)], "grid")
    (request,) = feeds.requests
    assert request.headers["authorization"] == f"Bearer {platform_key(SECRET, 'grid')}"
    fixes = json.loads(request.content)["fixes"]
    assert [one["id"] for one in fixes] == ["RZ00001", "RZ00008"]
    assert [one["duty"] for one in fixes] == [True, False]


async def test_an_older_phone_sends_its_own_key_and_speed_in_knots(roster: list[RosterRow]) -> None:
    feeds = Feeds()
    assert await door_to(feeds, roster).send_osmand(fix(3, speed_mps=1.0))
    query = feeds.requests[0].url.params
    assert query["id"] == "RZ00004"
    assert query["key"] == device_key(SECRET, "RZ00004", 1)
    assert float(query["speed"]) == pytest.approx(1.94, abs=0.01)
    assert "alarm" not in query


async def test_a_lane_keeps_its_order_through_a_shut_door(
    roster: list[RosterRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_feeds.simulator.feed_door.RETRY_S", (0.0,))
    feeds = Feeds(failures=3)
    lane = Lane(door_to(feeds, roster), "/v1/calls", "events", "hotline")
    lane.put([{"number": number} for number in range(ITEMS_AT_ONCE + 5)])
    running = asyncio.create_task(lane.run())
    while len(feeds.requests) < 2:
        await asyncio.sleep(0)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    batches = [json.loads(request.content)["events"] for request in feeds.requests]
    assert [len(batch) for batch in batches] == [ITEMS_AT_ONCE, 5]
    assert [item["number"] for batch in batches for item in batch] == list(range(ITEMS_AT_ONCE + 5))


async def test_a_refused_request_is_not_sent_again(roster: list[RosterRow]) -> None:
    door = door_to(lambda request: httpx.Response(422, json={"error": "malformed"}), roster)
    assert await door.post("/v1/calls", "hotline", {"events": []})


async def test_the_door_is_open_when_the_feeds_know_the_whole_roster(roster: list[RosterRow]) -> None:
    known = {"devices": 10}
    door = door_to(lambda request: httpx.Response(200, json=known), roster)
    assert not await door.is_open()
    known["devices"] = len(roster)
    assert await door.is_open()


def test_each_platform_beats_at_its_interval_and_the_late_one_is_sometimes_silent(
    pack: CityPack, numbers: Parameters
) -> None:
    beats = Heartbeats(pack.platforms, {"hotline": lambda now: 717}, numbers, pack.calendar)
    heard: dict[str, list[int]] = {}
    for second in range(0, 8 * 3_600, 5):
        for beat in beats.due(NOW + second * 1_000):
            heard.setdefault(str(beat["platform"]), []).append(NOW + second * 1_000)
    assert set(heard) == {platform.id for platform in pack.platforms}
    intervals = {platform.id: platform.interval_ms for platform in pack.platforms}
    for platform, times in heard.items():
        gaps = [later - earlier for earlier, later in pairwise(times)]
        assert min(gaps) >= intervals[platform]
        if platform == numbers.heartbeats.late_platform:
            assert max(gaps) > 2 * intervals[platform]
        else:
            assert max(gaps) <= intervals[platform] + 5_000


def test_a_heartbeat_that_did_not_arrive_is_beaten_again(pack: CityPack, numbers: Parameters) -> None:
    beats = Heartbeats(pack.platforms, {}, numbers, pack.calendar)
    assert len(beats.due(NOW)) == len(pack.platforms)
    assert beats.due(NOW + 100) == []
    beats.take_back("grid")
    assert [beat["platform"] for beat in beats.due(NOW + 200)] == ["grid"]


class Web:
    """Answers like the web process: a sign-in, a list of matters, whistles."""

    def __init__(self) -> None:
        self.signed_in = False
        self.whistles: list[dict[str, Any]] = []
        self.rows = [
            {"id": "m" * 20, "no": "G0001", "title": "热力一次管网爆管", "opened_at": NOW, "version": 3,
             "whistle": None, "place": "秦楼街道 海曲东路社区", "lon": 119.5, "lat": 35.4},
        ]  # fmt: skip

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/sign-in":
            assert b"password=secret" in request.content
            self.signed_in = True
            return httpx.Response(303)
        if not self.signed_in:
            return httpx.Response(401, json={"error": "sign_in"})
        if request.url.path == "/api/v1/matters":
            return httpx.Response(200, json={"matters": self.rows})
        assert request.headers["origin"] == "http://web"
        self.whistles.append(json.loads(request.content))
        return httpx.Response(200, json={"value": {}, "seq": 1})


async def test_the_officer_signs_in_and_blows_each_whistle_once() -> None:
    web, clock = Web(), FakeClock(NOW + 60_000)
    wish = WhistleWish("热力一次管网爆管", NOW, ("rz-heating", "rz-urban"), ("何时恢复",), "热力公司", 0)
    wishes = [(wish, NOW)]
    account = Credentials("yanshi", "secret")
    officer = DutyOfficer("http://web", account, wishes, clock, httpx.MockTransport(web))
    for _ in range(4):
        await officer.grant_due(clock.now_ms())
    (whistle,) = web.whistles
    assert [one["role"] for one in whistle["units"]] == ["lead", "assist"]
    assert whistle["expected_version"] == 3
    assert wishes == []
