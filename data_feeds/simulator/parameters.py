"""The numbers of the simulated city, read from `parameters.toml`; each carries its source there."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import msgspec

FILE = Path(__file__).with_name("parameters.toml")


class FleetParameters(msgspec.Struct, frozen=True):
    """Workers and their phones."""

    on_duty_peak: float
    on_duty_night: float
    shape: tuple[float, ...]
    weekend_share: float
    full_time_share: float
    moving_interval_ms: int
    stopped_interval_ms: int
    moving_share: float
    walk_mps: tuple[float, float]
    ebike_mps: tuple[float, float]
    ebike_share: float
    lost_share: float
    outside_share: float
    sos_per_day: float
    osmand_share: float
    dead_zone_townships: tuple[str, ...]
    dead_zone_share: float
    dead_zone_ms: tuple[int, int]


class SeatShift(msgspec.Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """Answering seats from one local hour to another; the end may lie past midnight.

    With `desks` its first seats serve the special desks, one each.
    """

    name: str
    start: int
    end: int
    seats: int
    desks: bool = False

    def covers(self, hour: float) -> bool:
        """Say whether the shift is on at a local hour."""
        if self.start < self.end:
            return self.start <= hour < self.end
        return hour >= self.start or hour < self.end


class HourHint(msgspec.Struct, frozen=True):
    """A category that is called about more at some hours."""

    category: str
    hours: tuple[int, int]
    factor: float


class CallParameters(msgspec.Struct, frozen=True):
    """The hotline."""

    per_day: float
    weekday: tuple[float, ...]
    weekend: tuple[float, ...]
    day_factor: tuple[float, ...]
    month_factor: tuple[float, ...]
    day_spread: float
    talk_median_ms: int
    talk_sigma: float
    wrap_median_ms: int
    wrap_sigma: float
    patience_mean_ms: int
    order_share: float
    directory_order_share: float
    phone_share: float
    origin_numbers: dict[str, float]
    special_desks: dict[str, tuple[str, ...]]
    shifts: tuple[SeatShift, ...]
    hints: tuple[HourHint, ...]


class OrderParameters(msgspec.Struct, frozen=True):
    """Orders and their lives."""

    dispatch_median_ms: int
    quick_reply_median_ms: int
    close_median_ms: int
    sigma: float
    quick_share: float
    slow_reply_workdays: float
    slow_sigma: float
    open_stock: int
    on_time: float
    sign_late: float
    returned: float
    extended: float
    redone: float
    satisfied: float
    resolved: float
    secret: float
    history_days: int
    closed_days: int
    superior_share: float
    superior_sources: tuple[str, ...]


class EventParameters(msgspec.Struct, frozen=True):
    """Grid events and their lives."""

    per_day: float
    mean_open: int
    levels: tuple[float, float, float, float]
    qr_share: float
    shape: tuple[float, ...]
    history_days: int


class ReceiverParameters(msgspec.Struct, frozen=True):
    """Units and workers who are given commands."""

    acknowledge_median_ms: int
    arrive_median_ms: int
    arrive_p95_ms: int
    late_share: float
    silent_share: float
    decline_share: float
    claim_share: float
    worker_mps: float
    done_median_ms: int


class HeartbeatParameters(msgspec.Struct, frozen=True):
    """The platforms other than the hotline and the grid."""

    late_platform: str
    late_share: float
    visits_per_day: tuple[int, int]
    mediation_per_day: float
    legal_per_day: float
    internet_per_day: float
    whistles_per_day: tuple[int, int]


class Parameters(msgspec.Struct, frozen=True):
    """All of them."""

    seed: int
    fleet: FleetParameters
    calls: CallParameters
    orders: OrderParameters
    events: EventParameters
    receivers: ReceiverParameters
    heartbeats: HeartbeatParameters


@cache
def parameters() -> Parameters:
    """Return the parameters of the file beside this module."""
    return msgspec.convert(tomllib.loads(FILE.read_text(encoding="utf-8")), Parameters)
