"""The call hall: seats by shift, a queue, callers who give up; stepped from event to event."""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dashboard.domain.workdays import DAY_MS, HOUR_MS
from data_feeds.simulator.calls import PlannedCall
from data_feeds.simulator.parameters import CallParameters

REST_SHARE = 0.10  # assumed: after so many calls an agent takes a short rest
REST_MS = (2 * 60_000, 6 * 60_000)  # assumed
# What happens at one instant happens in this order.
SHIFT, FREE, GIVE_UP, HANG_UP, RING = range(5)


@dataclass(slots=True)
class _Agent:
    name: str
    shift: int
    state: str = "off"
    leaves: bool = False
    desk: str = ""


@dataclass(frozen=True, slots=True)
class EndedCall:
    """A call that was answered and is over."""

    call: PlannedCall
    ended_at: int


class CallHall:
    """Plays planned calls; `advance` returns what the switch reports, in order.

    Args:
        offset_ms: local time minus UTC, for the shifts.
        begins_at: the instant from which it plays (a local midnight).
    """

    def __init__(self, parameters: CallParameters, seed: int, offset_ms: int, begins_at: int) -> None:
        self._parameters = parameters
        self._chance = random.Random(seed)
        self._offset_ms = offset_ms
        self._events: list[tuple[int, int, int, Any]] = []
        self._count = 0
        self._queue: deque[PlannedCall] = deque()
        self._idle: deque[_Agent] = deque()
        self._agents: dict[int, list[_Agent]] = {
            index: [_Agent(f"{letter}{number:02d}", index) for number in range(1, shift.seats + 1)]
            for index, (letter, shift) in enumerate(zip("ABCDEFGH", parameters.shifts, strict=False))
        }
        for index, shift in enumerate(parameters.shifts):
            if shift.desks:
                for agent, desk in zip(self._agents[index], parameters.special_desks, strict=False):
                    agent.desk = desk
        self._desk_for = {
            category: desk for desk, asked in parameters.special_desks.items() for category in asked
        }
        self._reports: list[dict[str, Any]] = []
        self.ended: list[EndedCall] = []
        self._push(begins_at, SHIFT, None)

    def add(self, calls: Iterable[PlannedCall]) -> None:
        """Take in planned calls that lie ahead."""
        for call in calls:
            self._push(call.at, RING, call)

    def advance(self, until: int) -> list[dict[str, Any]]:
        """Play up to `until` and return the reports; answered calls that ended are added to `ended`."""
        while self._events and self._events[0][0] <= until:
            at, kind, _, what = heapq.heappop(self._events)
            if kind == RING:
                self._ring(what, at)
            elif kind == HANG_UP:
                call, agent = what
                self._hang_up(call, agent, at)
            elif kind == FREE:
                self._free(what, at)
            elif kind == GIVE_UP:
                self._give_up(what, at)
            else:
                self._change_shift(at)
        reports, self._reports = self._reports, []
        return reports

    def take_ended(self) -> list[EndedCall]:
        """Return the calls that ended since the last time."""
        ended, self.ended = self.ended, []
        return ended

    def seats(self) -> list[tuple[str, str]]:
        """Return every agent's name and state."""
        return [(agent.name, agent.state) for agents in self._agents.values() for agent in agents]

    def _push(self, at: int, kind: int, what: Any) -> None:
        self._count += 1
        heapq.heappush(self._events, (at, kind, self._count, what))

    def _tell(self, call: PlannedCall, kind: str, at: int, **more: str) -> None:
        self._reports.append(
            {"call_id": call.call_id, "kind": kind, "at": at, "origin_number": call.origin_number, **more}
        )

    def _set(self, agent: _Agent, state: str, at: int) -> None:
        agent.state = state
        self._count += 1
        # An event needs a name of its own; the count is the same whenever the same calls are played.
        name = f"seat-{agent.name}-{at}-{state}"
        report = {"call_id": name, "kind": "agent", "at": at, "agent": agent.name, "agent_state": state}
        self._reports.append(report | ({"desk": agent.desk} if agent.desk else {}))

    def _ring(self, call: PlannedCall, at: int) -> None:
        desk = self._desk_for.get(call.category, "")
        self._tell(call, "arrived", at, **({"desk": desk} if desk else {}))
        if self._idle:
            # The special desk's own seat first; where it talks anybody, so that nobody waits beside an idle seat.
            agent = next((one for one in self._idle if one.desk == desk), self._idle[0])
            self._idle.remove(agent)
            self._answer(call, agent, at)
        else:
            self._queue.append(call)
            self._push(at + call.patience_ms, GIVE_UP, call)

    def _answer(self, call: PlannedCall, agent: _Agent, at: int) -> None:
        self._tell(call, "answered", at, agent=agent.name)
        self._set(agent, "talk", at)
        self._push(at + call.talk_ms, HANG_UP, (call, agent))

    def _hang_up(self, call: PlannedCall, agent: _Agent, at: int) -> None:
        self.ended.append(EndedCall(call, at))
        order_no = order_no_of(call, self._offset_ms) if call.becomes_order else ""
        self._tell(call, "ended", at, agent=agent.name, category=call.category, order_no=order_no)
        self._set(agent, "wrap", at)
        self._push(at + call.wrap_ms, FREE, agent)

    def _give_up(self, call: PlannedCall, at: int) -> None:
        if call in self._queue:
            self._queue.remove(call)
            self._tell(call, "abandoned", at)

    def _free(self, agent: _Agent, at: int) -> None:
        if agent.leaves:
            agent.leaves = False
            self._set(agent, "off", at)
        elif self._queue:
            self._answer(self._queue.popleft(), agent, at)
        elif agent.state == "wrap" and self._chance.random() < REST_SHARE:
            self._set(agent, "rest", at)
            self._push(at + round(self._chance.uniform(*REST_MS)), FREE, agent)
        else:
            self._set(agent, "idle", at)
            self._idle.append(agent)

    def _change_shift(self, at: int) -> None:
        """Let agents come and go at the full hour, and look again an hour later."""
        hour = ((at + self._offset_ms) % DAY_MS) // HOUR_MS
        for index, shift in enumerate(self._parameters.shifts):
            for agent in self._agents[index]:
                if shift.covers(hour):
                    agent.leaves = False
                    if agent.state == "off":
                        self._free(agent, at)
                elif agent in self._idle:
                    self._idle.remove(agent)
                    self._set(agent, "off", at)
                elif agent.state != "off":
                    agent.leaves = True
        self._push(at - (at + self._offset_ms) % HOUR_MS + HOUR_MS, SHIFT, None)


def order_no_of(call: PlannedCall, offset_ms: int) -> str:
    """Return the order number of a call: local time of arrival and six digits, as the platforms number them."""
    seconds = (call.at + offset_ms) // 1000
    days, rest = divmod(seconds, 86_400)
    day = f"{date(1970, 1, 1) + timedelta(days=days):%y%m%d}"
    # C123.. are the day's calls, S1.. to S8.. those of surges, O.. requests by other channels.
    block = {"C": 0, "O": 9}.get(call.call_id[0], int(call.call_id[1]) % 9 if call.call_id[0] == "S" else 0)
    digits = block * 100_000 + int(call.call_id[-5:])
    return f"{day}{rest // 3600:02d}{rest // 60 % 60:02d}{rest % 60:02d}{digits:06d}"
