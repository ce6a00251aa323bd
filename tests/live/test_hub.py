"""Screens of a running hub: joined, resumed, filtered, true through outages, never in each other's way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

import data_feeds.live_socket as live_socket
from dashboard.live.fleet import ASSESSED, LOST, REPORTING, STALE, Fleet
from dashboard.live.fleet_frames import pack_fixes, pack_snapshot
from dashboard.live.movement_frames import COARSE, FINE
from dashboard.live.view import ScopeFilter, view_snapshot
from dashboard.live.wire import Kind
from data_feeds import bus_names as names
from tests.live.live_city import CITY, DIVISIONS, NOW, City, Screen, city, officer, worker


def row(row_id: str, *scope: str, **values: Any) -> dict[str, Any]:
    return {"id": row_id, "scope": list(scope or (CITY,)), **values}


def fresh(town: City, jurisdiction: str = CITY) -> dict[str, Any]:
    return view_snapshot(town.hub.picture, ScopeFilter(jurisdiction, CITY, DIVISIONS.is_within))


async def until(holds: Any, timeout_s: float = 30.0) -> None:
    async with asyncio.timeout(timeout_s):
        while not holds():
            await asyncio.sleep(0.01)


def has_all(screen: Screen) -> bool:
    return screen.model is not None and screen.movement is not None and Kind.HEALTH in screen.latest


async def test_a_new_screen_gets_hello_picture_fleet_and_the_newest_pictures(redis_flush: str) -> None:
    async with city(redis_flush) as town, town.screen() as screen:
        await screen.until(has_all)
        assert screen.kinds[0] is Kind.HELLO
        assert screen.hello["view"] == {"jurisdiction": CITY, "surface": "desk", "resumed": False}
        assert screen.hello["release"] == "r1"
        assert screen.model is not None
        assert screen.model.equals(fresh(town))
        assert screen.movement is not None
        assert screen.movement.slots.tolist() == [0, 1, 2]
        await screen.until(lambda it: Kind.ROSTER in it.latest)
        assert screen.latest[Kind.ROSTER]["workers"][0] == [
            0,
            "w0",
            "王**",
            "371102001001G01",
            "371102001",
            "371102",
        ]


@pytest.mark.parametrize("wraps_send", [False, True], ids=["transport", "send"])
async def test_changes_reach_a_screen_and_keep_it_equal_to_a_fresh_one(
    redis_flush: str, wraps_send: bool
) -> None:
    async with city(redis_flush, wraps_send=wraps_send) as town, town.screen() as screen:
        await screen.until(has_all)
        await until(lambda: town.hub.stats()["bus"] == "up")
        for version in range(30):
            await town.relay.relay(town.truth.commit(matters=[row("m1", version=version)]))
        await town.relay.relay(
            town.truth.commit(
                kind="MatterClosed", gone={"matters": ["m1"]}, commands=[row("c1") | {"matter_id": "m1"}]
            )
        )
        await screen.until(lambda it: it.model.seq == 31)
        assert screen.model is not None
        assert screen.model.equals(fresh(town))
        assert list(screen.model.commands) == ["c1"]
        assert (town.hub.stats()["sent_directly"] > 0) is not wraps_send


async def test_a_lost_notification_and_a_trimmed_stream_are_mended_from_the_truth(redis_flush: str) -> None:
    async with city(redis_flush) as town, town.screen() as screen:
        await screen.until(has_all)
        await until(lambda: town.hub.stats()["bus"] == "up")
        town.truth.commit(matters=[row("m1")])  # never relayed at all
        await town.relay.relay(town.truth.commit(matters=[row("m2")]))
        await screen.until(lambda it: it.model.seq == 2)
        await town.relay.relay(town.truth.commit(matters=[row("m3")]), channel=False)
        await screen.until(lambda it: it.model.seq == 3)
        assert screen.model is not None
        assert set(screen.model.matters) == {"m1", "m2", "m3"}
        assert town.truth.snapshots_read == 1


async def test_a_screen_returns_with_its_cursor_and_gets_only_what_it_missed(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        await until(lambda: town.hub.stats()["bus"] == "up" and town.hub.is_ready)
        async with town.screen() as screen:
            await screen.until(has_all)
            left = screen.model
        assert left is not None
        for number in range(3):
            await town.relay.relay(town.truth.commit(matters=[row(f"m{number}")]))
        await until(lambda: town.hub.picture.seq == 3)
        async with town.screen(f"epoch={left.epoch}&seq={left.seq}") as screen:
            screen.model = left
            await screen.until(lambda it: it.model.seq == 3 and it.hello)
            assert screen.hello["view"]["resumed"] is True
            assert Kind.PICTURE not in screen.kinds
            assert left.equals(fresh(town))


async def test_a_screen_that_missed_only_what_is_not_its_own_goes_on_without_a_hole(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        town.who["principal"] = officer("371103")
        await until(lambda: town.hub.stats()["bus"] == "up" and town.hub.is_ready)
        async with town.screen() as screen:
            await screen.until(has_all)
            left = screen.model
        await until(lambda: town.hub.stats()["screens"] == 0)
        await town.relay.relay(town.truth.commit(scope=["371102"], matters=[row("not", "371102")]))
        await until(lambda: town.hub.picture.seq == 1)
        async with town.screen("epoch=epoch-1&seq=0") as screen:
            screen.model = left
            await screen.until(lambda it: it.hello and Kind.HEALTH in it.latest)
            assert screen.hello["view"]["resumed"]
            await town.relay.relay(town.truth.commit(scope=["371103"], matters=[row("mine", "371103001")]))
            await screen.until(lambda it: it.model.seq == 2)
            assert screen.model is not None
            assert screen.model.equals(fresh(town, "371103"))


@pytest.mark.parametrize(
    "query", ["epoch=other&seq=1", "epoch=epoch-1&seq=999", "epoch=epoch-1&seq=x", "seq=1"]
)
async def test_a_cursor_that_means_nothing_gets_a_snapshot(redis_flush: str, query: str) -> None:
    async with city(redis_flush) as town, town.screen(query) as screen:
        await screen.until(has_all)
        assert screen.hello["view"]["resumed"] is False


async def test_an_officer_of_one_county_sees_that_county_alone(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        town.who["principal"] = officer("371103")
        await until(lambda: town.hub.stats()["bus"] == "up" and town.hub.is_ready)
        await town.bus.put_and_publish(
            names.RATES, b'{"at":1,"regions":[{"region":"371102"},{"region":"371103"}]}'
        )
        async with town.screen() as screen:
            await screen.until(lambda it: has_all(it) and it.latest.get(Kind.RATES))
            await town.relay.relay(
                town.truth.commit(scope=["371102"], matters=[row("mine", "371103001"), row("not", "371102")])
            )
            # Told of both at once, a screen would be told nothing: the row would have come and gone.
            await screen.until(lambda it: it.model.seq == 1)
            assert screen.model is not None
            assert list(screen.model.matters) == ["mine"]
            await town.relay.relay(town.truth.commit(matters=[row("mine", "371102")]))
            await screen.until(lambda it: it.model.seq == 2)
            assert screen.model.matters == {}
            assert screen.model.log == []
            assert screen.movement is not None
            assert screen.movement.slots.tolist() == [2]
            assert [each["region"] for each in screen.latest[Kind.RATES]["regions"]] == ["371103"]
            await screen.until(lambda it: Kind.ROSTER in it.latest)
            assert [each[0] for each in screen.latest[Kind.ROSTER]["workers"]] == [2]


async def test_a_wall_learns_whose_grid_each_slot_is_and_nobodys_name(redis_flush: str) -> None:
    async with city(redis_flush) as town:
        town.who["principal"] = officer("371103")
        async with town.screen("view=wall") as wall:
            await wall.until(lambda it: Kind.POSTS in it.latest)
            posts = wall.latest[Kind.POSTS]
            assert posts["of"] == [-1, -1, 0], "the slots before it are of another county"
            assert posts["places"] == [["371103001001", "371103001", "371103"]]
            assert set(posts) == {"revision", "places", "of"}


async def test_positions_flow_and_nobody_off_duty_has_a_live_one(redis_flush: str) -> None:
    async with city(redis_flush) as town, town.screen() as desk, town.screen("view=wall") as wall:
        await desk.until(has_all)
        await wall.until(has_all)
        assert desk.movement is not None
        assert wall.movement is not None
        assert (desk.movement.quantum, wall.movement.quantum) == (FINE, COARSE)
        await wall.until(lambda it: Kind.POSTS in it.latest)
        assert (Kind.ROSTER in wall.kinds, Kind.POSTS in desk.kinds) == (False, False)
        await until(lambda: town.hub.stats()["bus"] == "up")
        fixes = pack_fixes(
            1, NOW, [0, 1], [119_470_000] * 2, [35_430_000] * 2, [REPORTING, 0], [NOW, NOW], roster=town.mark
        )
        await town.bus.publish(names.fleet_channel("371102"), fixes)
        for screen in (desk, wall):
            await screen.until(lambda it: it.movement.state[0] == ASSESSED | REPORTING)
            state = screen.movement
            assert state is not None
            assert abs(state.x[0] * state.quantum.lon_e6 - 119_470_000) <= state.quantum.lon_e6 / 2
            assert abs(state.x[1] * state.quantum.lon_e6 - 119_461_000) <= state.quantum.lon_e6 / 2
            assert state.state[1] == ASSESSED
        assert town.hub.fleet.summary(NOW)["on_duty"] == 1


async def test_the_fleet_survives_a_restart_through_its_kept_snapshot(redis_flush: str) -> None:
    fleet = Fleet(3)
    fleet.state[2], fleet.fix_at[2], fleet.lon_e6[2], fleet.lat_e6[2] = (
        REPORTING,
        NOW,
        119_330_000,
        35_120_000,
    )
    async with city(redis_flush) as town:
        await town.bus.put(names.FLEET_SNAPSHOT, pack_snapshot(fleet.snapshot(NOW, town.mark)))
    async with city(redis_flush) as town, town.screen() as screen:
        await screen.until(
            lambda it: it.movement is not None and it.movement.state[2] == ASSESSED | REPORTING
        )


async def test_a_worker_grows_stale_and_lost_by_the_clock_alone(redis_flush: str) -> None:
    async with city(redis_flush) as town, town.screen() as screen:
        await screen.until(has_all)
        await until(lambda: town.hub.stats()["bus"] == "up")
        fixes = pack_fixes(1, NOW, [0], [119_470_000], [35_430_000], [REPORTING], [NOW], roster=town.mark)
        await town.bus.publish(names.fleet_channel("371102"), fixes)
        await screen.until(lambda it: it.movement.state[0] == ASSESSED | REPORTING)
        town.clock.advance(minutes=2)
        await screen.until(lambda it: it.movement.state[0] == ASSESSED | REPORTING | STALE)
        assert screen.movement is not None
        assert screen.movement.fix_at[0] == NOW
        town.clock.advance(minutes=10)
        await screen.until(lambda it: it.movement.state[0] == ASSESSED | REPORTING | LOST)


async def test_a_changed_roster_reaches_open_screens(redis_flush: str) -> None:
    async with city(redis_flush) as town, town.screen() as screen:
        await screen.until(has_all)
        await until(lambda: town.hub.stats()["bus"] == "up")
        town.truth.workers.append(worker(3, "371103"))
        await town.bus.publish(names.NUDGE_FEEDS, b"roster")
        await screen.until(lambda it: it.movement.n == 4)


async def test_while_redis_is_away_screens_follow_the_truth_and_say_so(
    redis_flush: str, tmp_path: Any
) -> None:
    del redis_flush
    async with _city_without_redis(tmp_path) as town, town.screen() as screen:
        await screen.until(has_all)
        town.truth.commit(matters=[row("m1")])
        await screen.until(lambda it: it.model.seq == 1)
        assert screen.latest[Kind.HEALTH]["live"]["bus"] == "down"
        assert town.hub.broken() == "bus"
        assert town.hub.stats()["picture"] == "polling"


def _city_without_redis(folder: Any) -> Any:
    from contextlib import asynccontextmanager
    from unittest.mock import patch

    from tests.live import live_city

    async def nothing(self: Any) -> None:
        return None

    @asynccontextmanager
    async def opened() -> Any:
        with patch.object(live_city.Relay, "open", nothing):
            async with city(f"unix://{folder}/no.sock") as town:
                yield town

    return opened()


async def test_another_epoch_is_a_fresh_snapshot(redis_flush: str) -> None:
    async with city(redis_flush) as town, town.screen() as screen:
        await screen.until(has_all)
        town.truth.epoch = "epoch-2"
        town.truth.entries.clear()
        town.truth.commit(matters=[row("new")])
        await screen.until(lambda it: it.model.epoch == "epoch-2")
        assert screen.model is not None
        assert screen.model.equals(fresh(town))


async def test_a_busy_store_keeps_the_picture_and_its_recovery_mends_it(redis_flush: str) -> None:
    async with city(redis_flush) as town, town.screen() as screen:
        await screen.until(has_all)
        town.truth.is_busy = True
        await screen.until(lambda it: it.latest[Kind.HEALTH]["live"]["store"] == "down")
        town.truth.commit(matters=[row("m1")])
        town.truth.is_busy = False
        await screen.until(lambda it: it.model.seq == 1)


@pytest.mark.parametrize("said", ["x1", "t", "t" + "1" * 64, "tNaN", b"\x00\x01"], ids=repr)
async def test_a_screen_that_says_more_than_it_may_is_closed(redis_flush: str, said: Any) -> None:
    async with city(redis_flush) as town, town.screen() as screen:
        await screen.until(has_all)
        await screen.socket.send(said)
        with pytest.raises(ConnectionClosed) as closed:
            await screen.until(lambda _: False)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008


async def test_a_screen_may_ask_the_time_and_acknowledge(redis_flush: str) -> None:
    async with city(redis_flush) as town, town.screen() as screen:
        await screen.until(has_all)
        await screen.socket.send("a0")
        await screen.socket.send("t123.5")
        await screen.until(lambda it: any(time.echo == 123.5 for time in it.times))
        assert screen.times[-1].now == NOW


async def test_a_screen_ends_with_its_session(redis_flush: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_socket, "RECHECK_EVERY_S", 0.05)
    async with city(redis_flush) as town:
        town.recheck["call"] = lambda: town.who["principal"]
        async with town.screen() as screen:
            await screen.until(has_all)
            await asyncio.sleep(0.2)
            town.recheck["call"] = None
            town.who["principal"] = None
            with pytest.raises(ConnectionClosed) as closed:
                await screen.until(lambda _: False)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4401
            assert screen.notices[-1]["code"] == "signed_out"


async def test_stopping_tells_every_screen(redis_flush: str) -> None:
    async with city(redis_flush) as town, town.screen() as screen:
        await screen.until(has_all)
        await town.hub.stop()
        with pytest.raises(ConnectionClosed) as closed:
            await screen.until(lambda _: False)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
        assert town.hub.stats()["screens"] == 0


@pytest.mark.parametrize("wraps_send", [False, True], ids=["transport", "send"])
async def test_one_stalled_screen_costs_the_others_nothing_and_is_closed(
    redis_flush: str, wraps_send: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import data_feeds.live_outbox as live_outbox

    monkeypatch.setattr(live_outbox, "STALL_S", 1.0)
    async with city(redis_flush, wraps_send=wraps_send) as town:
        reader, writer = await asyncio.open_connection("127.0.0.1", town.port, limit=1024)
        writer.write(
            b"GET /live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        async with town.screen() as screen:
            await screen.until(has_all)
            await until(lambda: town.hub.stats()["bus"] == "up")
            filler = "x" * 200_000
            for version in range(40):
                await town.relay.relay(town.truth.commit(matters=[row("m1", version=version, filler=filler)]))
                await screen.until(lambda it, version=version: it.model.seq == version + 1)
            await until(lambda: town.hub.stats()["screens"] == 1)
            stats = town.hub.stats()
            assert stats["closed_slow"] + stats["resnapshots"] > 0
        writer.close()
