"""Every way in has both limits: a device's own, and an address's for what comes without a valid key."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from data_feeds.cot_desk import CotCaller, CotDesk
from data_feeds.decoders.cot.session import Session
from data_feeds.fix_door import ADDRESS_FAULTS_BURST, DEVICE_FIXES_BURST, TurnedAway
from data_feeds.mqtt_desk import MqttDesk
from data_feeds.owntracks_desk import OwnTracksDesk
from tests.fake_clock import FakeClock
from tests.feeds.cot_client import auth, event, ours
from tests.feeds.entrance import Entrance
from tests.feeds.feed_city import NOW, client_of, key_of, open_ingest
from tests.feeds.jt808_line import Line
from tests.feeds.jt808_terminal import LIST, frame, location

WRONG = "A" * 26
FIX = {"id": "dev-0", "at": NOW, "lat": 35.4, "lon": 119.5}


def quiet(act: Callable[[], Any]) -> None:
    """Do it; a sender that is turned away hears nothing on these wires, or is hung up on."""
    try:
        act()
    except TurnedAway:
        return


def jt808(entrance: Entrance, *, has_key: bool) -> str:
    line = Line(entrance, list(LIST))
    if has_key:
        line.authenticate()
    quiet(lambda: line.raw(frame(0x0200, location(NOW), serial=9, **line.options)))
    return "jt808"


def cot_tcp(entrance: Entrance, *, has_key: bool) -> str:
    desk, caller = CotDesk(entrance.door, entrance.tally, entrance.keys), CotCaller(Session(0.0), "10.0.0.1")

    def say(stream: bytes) -> None:
        caller.session.feed(stream)
        for said in caller.session.said(0.0):
            desk.hear(caller, said, NOW)

    if has_key:
        say(auth())
    quiet(lambda: say(event()))
    return "cot"


def cot_udp(entrance: Entrance, *, has_key: bool) -> str:
    desk = CotDesk(entrance.door, entrance.tally, entrance.keys)
    own = ours(device="dev-0", key=key_of("dev-0") if has_key else WRONG)
    quiet(lambda: desk.hear_datagram(event(detail=own), "10.0.0.1", NOW))
    return "cot"


def mqtt(entrance: Entrance, *, has_key: bool) -> str:
    owntracks = OwnTracksDesk(entrance.door, entrance.tally, entrance.keys)
    desk = MqttDesk(entrance.door, entrance.tally, entrance.keys, owntracks, "key")
    payload = json.dumps({**FIX, "key": key_of("dev-0") if has_key else WRONG}).encode()
    desk.hear("zhongshu/positions/dev-0", payload, NOW)
    return "mqtt"


WIRES = {"jt808": (jt808, "10.0.0.1"), "cot over tcp": (cot_tcp, "10.0.0.1"), "cot over udp": (cot_udp, "10.0.0.1"),
         "mqtt": (mqtt, "mqtt")}  # fmt: skip


@pytest.mark.parametrize("wire", WIRES)
def test_a_device_over_its_limit_is_not_taken(wire: str) -> None:
    send, _ = WIRES[wire]
    entrance = Entrance()
    source = send(entrance, has_key=True)
    assert entrance.counts[f"{source}.accepted"] == 1
    full = Entrance()
    assert full.door._devices.take("dev-0", NOW, DEVICE_FIXES_BURST) == 0
    send(full, has_key=True)
    assert full.counts[f"{source}.limited"] >= 1
    assert f"{source}.accepted" not in full.counts
    assert full.board.take_changes() == []


@pytest.mark.parametrize("wire", WIRES)
def test_an_address_over_its_limit_is_charged_for_wrong_keys_and_shuts_no_device_out(wire: str) -> None:
    send, address = WIRES[wire]
    entrance = Entrance()
    source = send(entrance, has_key=False)
    assert entrance.counts[f"{source}.unauthorised"] >= 1
    full = Entrance()
    assert full.door._addresses.take(address, NOW, ADDRESS_FAULTS_BURST) == 0
    send(full, has_key=False)
    assert full.counts[f"{source}.limited"] >= 1
    assert f"{source}.unauthorised" not in full.counts
    send(full, has_key=True)
    assert full.counts[f"{source}.accepted"] == 1


def test_broken_frames_of_a_known_terminal_use_up_its_own_limit_and_not_its_address() -> None:
    entrance = Entrance()
    line = Line(entrance, list(LIST)).authenticate()
    for _ in range(3):
        line.raw(b"\x7e\x02\x00\x7e")
    assert entrance.counts["jt808.malformed"] == 3
    assert entrance.door._addresses.take("10.0.0.1", NOW, ADDRESS_FAULTS_BURST) == 0
    assert entrance.door._devices.take("dev-0", NOW, DEVICE_FIXES_BURST - 2) > 0


@pytest.mark.asyncio
async def test_over_http_both_limits_hold_on_every_address_that_a_device_sends_to(bus) -> None:
    ingest = open_ingest(bus, FakeClock(NOW))
    await ingest.start()
    await bus.wait_until_up()
    body = json.dumps({"fixes": [FIX]}).encode()

    def requests(key: str) -> dict[str, tuple]:
        basic = base64.b64encode(f"dev-0:{key}".encode()).decode()
        ours = {"authorization": f"Device dev-0:{key}"}
        point = json.dumps({"_type": "location", "lat": 35.4, "lon": 119.5, "tst": NOW // 1000}).encode()
        return {
            "/osmand": ("GET", f"/osmand?id=dev-0&lat=35.4&lon=119.5&timestamp={NOW}&key={key}", {}, None),
            "/v1/positions": ("POST", "/v1/positions", ours, body),
            "a broken body": ("POST", "/v1/positions", ours, b"{"),
            "/owntracks": ("POST", "/owntracks", {"authorization": f"Basic {basic}"}, point),
        }

    try:
        async with client_of(ingest) as client:

            async def statuses(key: str) -> dict[str, int]:
                return {
                    name: (await client.request(method, url, headers=headers, content=content)).status_code
                    for name, (method, url, headers, content) in requests(key).items()
                }

            right, wrong = key_of("dev-0"), WRONG
            assert list((await statuses(right)).values()) == [200, 200, 400, 200]
            assert set((await statuses(wrong)).values()) == {401}
            assert ingest.door._addresses.take("127.0.0.1", NOW, ADDRESS_FAULTS_BURST - 4) == 0
            assert set((await statuses(wrong)).values()) == {429}
            assert list((await statuses(right)).values()) == [200, 200, 400, 200]
            while not ingest.door._devices.take("dev-0", NOW, 1):
                pass
            assert set((await statuses(right)).values()) == {429}
    finally:
        await ingest.stop()
