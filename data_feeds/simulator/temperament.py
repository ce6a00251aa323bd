"""How a called receiver behaves: prompt, slow to answer, late, unwilling or silent; drawn once per call."""

from __future__ import annotations

import math
from dataclasses import dataclass

from data_feeds.simulator.parameters import ReceiverParameters
from data_feeds.simulator.seeded import log_normal, stream

MINUTE_MS = 60_000
SLOW_SHARE = 0.10  # assumed: answer only after the automatic call
SLOW_ANSWER_MS = (4 * MINUTE_MS, 9 * MINUTE_MS)
DECLINE_REASON = "不属本单位职责"
P95_DEVIATIONS = 1.6449  # the 95th percentile of a normal lies so many deviations above its mean


@dataclass(frozen=True, slots=True)
class Plan:
    """When a receiver says what, ms after the call; None where it never does.

    `declined_ms` excludes everything after reading. `claimed_ms` is when it says to be there and is not yet.
    """

    delivered_ms: int
    read_ms: int | None = None
    accepted_ms: int | None = None
    declined_ms: int | None = None
    en_route_ms: int | None = None
    arrived_ms: int | None = None
    done_ms: int | None = None
    people: int = 1
    claimed_ms: int | None = None

    def stages(self) -> list[tuple[int, str]]:
        """Return (ms after the call, stage) in order."""
        named = {
            "delivered": self.delivered_ms,
            "read": self.read_ms,
            "accepted": self.accepted_ms,
            "declined": self.declined_ms,
            "en_route": self.en_route_ms,
            "claimed": self.claimed_ms,
            "arrived": self.arrived_ms,
            "done": self.done_ms,
        }
        return sorted((ms, stage) for stage, ms in named.items() if ms is not None)


def unit_plan(
    parameters: ReceiverParameters, seed: int, command: str, receiver: str, *, is_whistle: bool
) -> Plan:
    """Draw how a unit answers: on site after a median of 21 min, 95 % within 29, about 3 % late.

    A whistle ends on site: nobody is done before the matter is decided.
    """
    chance = stream(seed, "unit", command, receiver)
    delivered_ms = round(chance.uniform(1_500, 6_000))
    if chance.random() < parameters.silent_share:
        return Plan(delivered_ms)
    if chance.random() < SLOW_SHARE:
        read_ms = round(chance.uniform(*SLOW_ANSWER_MS))
    else:
        read_ms = delivered_ms + round(log_normal(chance, parameters.acknowledge_median_ms * 0.5, 0.5))
    if not is_whistle and chance.random() < parameters.decline_share:
        return Plan(delivered_ms, read_ms, declined_ms=read_ms + round(chance.uniform(20_000, 90_000)))
    accepted_ms = read_ms + round(log_normal(chance, parameters.acknowledge_median_ms * 0.35, 0.5))
    sigma = math.log(parameters.arrive_p95_ms / parameters.arrive_median_ms) / P95_DEVIATIONS
    arrived_ms = round(log_normal(chance, parameters.arrive_median_ms, sigma))
    arrived_ms = max(arrived_ms, accepted_ms + 4 * MINUTE_MS)
    # Whoever arrives soon set out soon; the others got ready first.
    ready_share = chance.uniform(0.15, 0.4)
    en_route_ms = accepted_ms + round((arrived_ms - accepted_ms) * ready_share)
    done_ms = None
    if not is_whistle:
        done_ms = arrived_ms + round(log_normal(chance, parameters.done_median_ms * 2, 0.6))
    people = chance.randint(2, 9)
    claimed_ms = None
    if chance.random() < parameters.claim_share:
        claimed_ms = en_route_ms + round((arrived_ms - en_route_ms) * chance.uniform(0.5, 0.8))
    return Plan(
        delivered_ms, read_ms, accepted_ms, None, en_route_ms, arrived_ms, done_ms, people, claimed_ms
    )


def worker_plan(
    parameters: ReceiverParameters, seed: int, command: str, receiver: str, metres: float, detour: float
) -> Plan:
    """Draw how a grid worker answers who is `metres` away in a straight line; ways are `detour` times that."""
    chance = stream(seed, "worker", command, receiver)
    delivered_ms = round(chance.uniform(800, 3_000))
    if chance.random() < parameters.silent_share:
        return Plan(delivered_ms)
    read_ms = delivered_ms + round(log_normal(chance, parameters.acknowledge_median_ms * 0.4, 0.7))
    if chance.random() < parameters.decline_share:
        return Plan(delivered_ms, read_ms, declined_ms=read_ms + round(chance.uniform(10_000, 60_000)))
    accepted_ms = read_ms + round(log_normal(chance, parameters.acknowledge_median_ms * 0.2, 0.6))
    en_route_ms = accepted_ms + round(chance.uniform(10_000, 80_000))
    travel_ms = max(40_000, round(metres * detour / parameters.worker_mps * 1000))
    arrived_ms = en_route_ms + travel_ms
    done_ms = arrived_ms + round(log_normal(chance, parameters.done_median_ms, 0.6))
    return Plan(delivered_ms, read_ms, accepted_ms, None, en_route_ms, arrived_ms, done_ms)
