"""Proof that a receiver is on site: by position, or by a person of the command who is there or was telephoned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dashboard.domain.recommendation import distance_m

Proof = Literal["position", "officer"]
Fault = Literal["", "placeless", "nowhere", "far", "vague", "unsaid"]
"""Why a position proves nothing: the command has no point, no position came, too far, not exact enough, or how exact it
is was not said. "" when it proves the arrival."""


@dataclass(frozen=True, slots=True)
class ArrivalRule:
    """The city's rows for a proof by position.

    `within_m`: how near to the command's place counts as there. `fix_fresh_ms`: how old a worker's own last position
    may be to go before what a browser says.
    """

    within_m: int
    fix_fresh_ms: int


@dataclass(frozen=True, slots=True)
class Fix:
    """A worker's own last position from the live fleet: WGS-84 degrees, and when it was there (UTC ms).

    `is_vague`: known less exactly than `within_m`, or nobody said how exactly.
    """

    lon: float
    lat: float
    fix_at: int
    is_vague: bool


@dataclass(frozen=True, slots=True)
class Attendee:
    """A person of a unit who signs the register on site; `post` is what it is in its unit."""

    name: str
    post: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """How far from the place a receiver is: metres (None: nobody knows), and what stands against that as a proof."""

    metres: int | None
    fault: Fault

    @property
    def proves(self) -> bool:
        """True when the position alone proves the arrival."""
        return self.fault == ""


def measure(
    place: tuple[float, float] | None,
    said: tuple[float, float] | None,
    accuracy_m: int | None,
    fix: Fix | None,
    rule: ArrivalRule,
    now: int,
) -> Measured:
    """Measure how far a receiver is from a command's place.

    Args:
        place: where the command is (lon, lat), None when it names no point: then no position proves anything.
        said: what the receiver's own device says, None without a position.
        accuracy_m: how exact the device says that is; vaguer than the rule's radius proves nothing, and a position of
            which nobody says how exact it is (a mast, a network address) neither: a person has to vouch.
        fix: the fleet's position of a worker; while fresh it goes before `said`. A vague one does not: it only says how
            far the worker is where the device says nothing, and proves nothing.
    """
    fresh = fix if fix is not None and now - fix.fix_at <= rule.fix_fresh_ms else None
    is_fleets = fresh is not None and not (fresh.is_vague and said is not None)
    at = (fresh.lon, fresh.lat) if fresh is not None and is_fleets else said
    if place is None:
        return Measured(None, "placeless")
    if at is None:
        return Measured(None, "nowhere")
    metres = round(distance_m(at, place))
    if metres > rule.within_m:
        return Measured(metres, "far")
    if fresh is not None and is_fleets:
        return Measured(metres, "vague" if fresh.is_vague else "")
    if accuracy_m is None:
        return Measured(metres, "unsaid")
    return Measured(metres, "vague" if accuracy_m > rule.within_m else "")


def said_between(said_at: int | None, earliest_at: int, now: int) -> int | None:
    """Return the device's time of a step, kept between the order and now: a wrong clock must not tell of the future."""
    return None if said_at is None else min(max(said_at, earliest_at), now)
