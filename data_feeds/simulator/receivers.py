"""Everybody who may be given an order: units and workers, each answering by temperament, early, late or not at all."""

from __future__ import annotations

import asyncio
import heapq
import logging
from dataclasses import dataclass, field
from typing import Any, Protocol

from dashboard.citypack import CityPack
from data_feeds.simulator.parameters import ReceiverParameters
from data_feeds.simulator.temperament import DECLINE_REASON, Plan, unit_plan, worker_plan
from data_feeds.simulator.ways import DETOUR, LonLat, Way, metres_between
from data_feeds.simulator.web_door import DoorShut, WebDoor

_LOG = logging.getLogger(__name__)

ACCURACY_M = 12  # metres, assumed: a phone under an open sky; without it no position proves an arrival
STAGES = ("sent", "delivered", "read", "accepted", "en_route", "arrived", "done")
ENDED = ("done", "recalled")
LOOK_S = 0.5  # how often due answers are looked for
RETRY_MS = 3_000
HELD_MS = 60_000
AGAIN_MS = (
    45_000,
    150_000,
)  # a worker says again that it is there: its phone's position comes a little later
INSISTED_MS = (60_000, 12 * 60_000)  # an order that stands is accepted so soon, and one is on site so soon
TELL_WAY_MS = 30_000  # a unit on its way says where it is so often
SHORTEST_TELL_S = 2.0  # but not more often than this in real time, whatever the rate of the clock


class Clock(Protocol):
    """The part of the demonstration clock that receivers need."""

    @property
    def rate(self) -> float: ...
    def now_ms(self) -> int: ...


class Workers(Protocol):
    """The workers on the map, by their id."""

    def place_of(self, worker_id: str) -> LonLat | None: ...
    def send(self, worker_id: str, place: LonLat, speed_mps: float) -> None: ...
    def release(self, worker_id: str) -> None: ...


@dataclass(slots=True)
class _Call:
    """One receiver's part of one command, as far as it has come."""

    command: dict[str, Any]
    receiver: dict[str, Any]
    plan: Plan
    way: Way | None = None
    told_way_at: int = 0
    stage: str = "sent"
    is_over: bool = False


@dataclass(order=True, slots=True)
class _Due:
    at: int
    order: int
    stage: str = field(compare=False)
    call: _Call = field(compare=False)


class Receivers:
    """Reads the inbox and answers it."""

    def __init__(
        self,
        door: WebDoor,
        pack: CityPack,
        parameters: ReceiverParameters,
        seed: int,
        workers: Workers,
        clock: Clock,
    ) -> None:
        self._door = door
        self._pack = pack
        self._parameters = parameters
        self._seed = seed
        self._workers = workers
        self._clock = clock
        self._calls: dict[tuple[str, str], _Call] = {}
        self._due: list[_Due] = []
        self._count = 0
        self.held: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Read and answer until cancelled."""
        await asyncio.gather(self._read(), self._answer())

    def take(self, entry: dict[str, Any]) -> None:
        """Take in one inbox entry: a new command, or one that changed."""
        command = entry["command"]
        rows = {row["id"]: row for row in command["receivers"]}
        for call in self._calls.values():
            if call.command["id"] == command["id"]:
                call.command = command
                call.receiver = rows.get(call.receiver["id"], call.receiver)
                self._heed(call)
        if command["state"] in ENDED:
            self._end(command["id"])
            return
        for receiver_id in entry["receivers"]:
            row = rows.get(receiver_id)
            if row is not None and (command["id"], receiver_id) not in self._calls:
                self._begin(command, row)

    def _due_answers(self, now: int) -> list[tuple[_Call, str]]:
        found = []
        while self._due and self._due[0].at <= now:
            due = heapq.heappop(self._due)
            if not due.call.is_over:
                found.append((due.call, due.stage))
        return found

    def _begin(self, command: dict[str, Any], row: dict[str, Any]) -> None:
        plan = self._plan(command, row)
        call = _Call(command, row, plan, stage=row["stage"])
        self._calls[command["id"], row["id"]] = call
        reached = STAGES.index(row["stage"]) if row["stage"] in STAGES else len(STAGES)
        for after_ms, stage in plan.stages():
            if stage in ("declined", "claimed") or STAGES.index(stage) > reached:
                self._push((row.get("added_at") or command["issued_at"]) + after_ms, stage, call)
        if row["stage"] == "en_route":
            self._set_out(call, self._clock.now_ms())

    def _heed(self, call: _Call) -> None:
        """Stop when this receiver alone was taken back or let off; go after all when the order stands."""
        row = call.receiver
        if row.get("recalled_at") is not None or row.get("decline_ruling") == "released":
            if not call.is_over and row["kind"] == "worker":
                self._workers.release(row["id"])
            call.is_over = True
        elif row.get("decline_ruling") == "insisted" and call.stage == "declined":
            now = self._clock.now_ms()
            call.stage = row["stage"]
            for after_ms, stage in zip(INSISTED_MS, ("accepted", "arrived"), strict=True):
                self._push(now + after_ms, stage, call)

    def _plan(self, command: dict[str, Any], row: dict[str, Any]) -> Plan:
        if row["kind"] == "worker":
            here, place = self._workers.place_of(row["id"]), _place(command)
            metres = metres_between(here, place) if here and place else 500.0
            return worker_plan(self._parameters, self._seed, command["id"], row["id"], metres, DETOUR)
        is_whistle = command["kind"] == "whistle"
        return unit_plan(self._parameters, self._seed, command["id"], row["id"], is_whistle=is_whistle)

    def _push(self, at: int, stage: str, call: _Call) -> None:
        self._count += 1
        heapq.heappush(self._due, _Due(at, self._count, stage, call))

    def _end(self, command_id: str) -> None:
        for (ended, _), call in self._calls.items():
            if ended == command_id and not call.is_over:
                call.is_over = True
                if call.receiver["kind"] == "worker":
                    self._workers.release(call.receiver["id"])

    async def _read(self) -> None:
        after = 0
        while True:
            try:
                after, entries = await self._door.inbox(after)
            except DoorShut as error:
                _LOG.debug("inbox: %s", error)
                await asyncio.sleep(RETRY_MS / 1000)
                continue
            self.held = self._door.held
            for entry in entries:
                self.take(entry)
            if entries:
                _LOG.info("%d commands came or changed", len(entries))

    async def _answer(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            await self.answer_due(self._clock.now_ms())

    async def answer_due(self, now: int) -> None:
        """Give the answers that are due and say where those on their way are; receivers do not wait for each other."""
        together: dict[int, list[tuple[_Call, str]]] = {}
        for call, stage in self._due_answers(now):
            if call.receiver["id"] in self.held:
                # A person is signed in for it and answers itself; asked again when nobody is there any more.
                self._push(now + HELD_MS, stage, call)
                continue
            together.setdefault(id(call), []).append((call, stage))
        await asyncio.gather(*(self._give_in_turn(answers, now) for answers in together.values()))
        await self._tell_ways(now)

    async def _give_in_turn(self, answers: list[tuple[_Call, str]], now: int) -> None:
        for call, stage in answers:
            await self._give(call, stage, now)

    async def _give(self, call: _Call, stage: str, now: int) -> None:
        if stage == "claimed" and (call.way is None or call.stage == "arrived"):
            return
        if stage == "again" and call.stage == "done":
            return
        if stage == "en_route":
            self._set_out(call, now)
        body = self._body(call, stage, now)
        try:
            taken = await self._door.answer(body)
        except DoorShut as error:
            _LOG.debug("receipt: %s", error)
            self._push(now + RETRY_MS, stage, call)
            return
        if not taken:
            return
        if stage in ("claimed", "again"):
            return
        call.stage = stage
        if stage in ("arrived", "declined"):
            call.way = None
        if stage == "arrived" and call.receiver["kind"] == "worker":
            for after_ms in AGAIN_MS:
                self._push(now + after_ms, "again", call)
        if stage == "done" and call.receiver["kind"] == "worker":
            self._workers.release(call.receiver["id"])

    def _body(self, call: _Call, stage: str, now: int) -> dict[str, Any]:
        body: dict[str, Any] = {
            "command_id": call.command["id"],
            "receiver_id": call.receiver["id"],
            "stage": "arrived" if stage in ("claimed", "again") else stage,
        }
        if stage == "claimed" and call.way is not None:
            body["lon"], body["lat"] = self._here(call, now)
        if stage == "declined":
            body["reason"] = DECLINE_REASON
        if stage == "en_route" and call.way is not None:
            body["lon"], body["lat"] = self._here(call, now)
            body["eta_at"] = self._guess(call, now)
        if stage in ("arrived", "again"):
            place = _place(call.command)
            if place is not None:
                body["lon"], body["lat"] = place
            body["people"] = call.plan.people
        if "lon" in body:
            body["accuracy_m"] = ACCURACY_M
        return body

    def _set_out(self, call: _Call, now: int) -> None:
        place = _place(call.command)
        arrived_ms = call.plan.arrived_ms
        if place is None or arrived_ms is None:
            return
        row = call.receiver
        if row["kind"] == "worker":
            origin = self._workers.place_of(row["id"])
            self._workers.send(row["id"], place, self._parameters.worker_mps / DETOUR)
        else:
            origin = (row["at"] or row["origin"]) and tuple(row["at"] or row["origin"])
            if origin is None and row["id"] in self._pack.units:
                unit = self._pack.units.get(row["id"])
                origin = (unit.lon, unit.lat)
        if origin is not None:
            call.way = Way(origin, place, now, max(now + 1, call.command["issued_at"] + arrived_ms))
            call.told_way_at = now

    def _here(self, call: _Call, now: int) -> LonLat:
        if call.receiver["kind"] == "worker":
            here = self._workers.place_of(call.receiver["id"])
            if here is not None:
                return here
        assert call.way is not None
        return call.way.at(now)

    def _guess(self, call: _Call, now: int) -> int:
        """The unit's own guess of its arrival: a tenth of what is left too hopeful."""
        assert call.way is not None
        left_ms = max(0, call.way.to_at - now)
        return now + round(left_ms * 0.9)

    async def _tell_ways(self, now: int) -> None:
        pause_ms = max(TELL_WAY_MS, SHORTEST_TELL_S * 1000 * max(self._clock.rate, 1e-3))
        underway = [
            call
            for call in self._calls.values()
            if not call.is_over
            and call.receiver["id"] not in self.held
            and call.stage == "en_route"
            and call.way is not None
            and now - call.told_way_at >= pause_ms
        ]
        await asyncio.gather(*(self._tell_way(call, now) for call in underway))

    async def _tell_way(self, call: _Call, now: int) -> None:
        call.told_way_at = now
        try:
            await self._door.answer(self._body(call, "en_route", now))
        except DoorShut as error:
            _LOG.debug("way: %s", error)


def _place(command: dict[str, Any]) -> LonLat | None:
    lon, lat = command.get("lon"), command.get("lat")
    return None if lon is None or lat is None else (lon, lat)
