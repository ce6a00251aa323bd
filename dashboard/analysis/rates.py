"""The three rates of each region, never without their denominators."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Final, Protocol

SignDueAt = Callable[[int, int], int]
"""(urgency, dispatched_at) -> when the unit must have signed; working time counts where the limit says so."""


class RatedOrder(Protocol):
    """What the rates need of an order; instants UTC ms."""

    @property
    def region(self) -> str | None: ...
    @property
    def urgency(self) -> int: ...
    @property
    def opened_at(self) -> int: ...
    @property
    def dispatched_at(self) -> int | None: ...
    @property
    def signed_at(self) -> int | None: ...
    @property
    def replied_at(self) -> int | None: ...
    @property
    def closed_at(self) -> int | None: ...
    @property
    def resolved(self) -> bool | None: ...
    @property
    def satisfied(self) -> bool | None: ...


class UnitOrder(RatedOrder, Protocol):
    """An order with the unit that has it."""

    @property
    def unit(self) -> str | None: ...


COUNTS: Final = (
    "opened", "closed", "response_yes", "response_all", "resolved_yes", "resolved_all", "satisfied_yes",
    "satisfied_all",
)  # fmt: skip
"""What is counted of a day, as the store's columns name it."""


def daily_rates(
    orders: Iterable[UnitOrder], day_at: int, end_at: int, now: int, sign_due_at: SignDueAt
) -> dict[tuple[str, str], dict[str, int]]:
    """Return (region, unit) -> `COUNTS` of one local day [day_at, end_at).

    By the rules of `monthly_rates`, an order's response on the day it was opened, what its citizen said on the day it
    was closed: the days of a month add up to it. Orders of no region count nowhere; a unit is "" before one has it.
    """
    found: dict[tuple[str, str], dict[str, int]] = {}
    for order in orders:
        if not order.region:
            continue
        counts = found.setdefault((order.region, order.unit or ""), dict.fromkeys(COUNTS, 0))
        if day_at <= order.opened_at < end_at:
            counts["opened"] += 1
            if (in_time := answered_in_time(order, now, sign_due_at)) is not None:
                counts["response_yes"] += in_time
                counts["response_all"] += 1
        if order.closed_at is not None and day_at <= order.closed_at < end_at:
            counts["closed"] += 1
            for name, said in (("resolved", order.resolved), ("satisfied", order.satisfied)):
                if said is not None:
                    counts[f"{name}_yes"] += said
                    counts[f"{name}_all"] += 1
    return found


def answered_in_time(order: RatedOrder, now: int, sign_due_at: SignDueAt) -> bool | None:
    """Say whether a dispatched order was answered within the sign limit of its urgency; None while that is open."""
    if order.dispatched_at is None:
        return None
    due_at = sign_due_at(order.urgency, order.dispatched_at)
    said = answered_by(order, due_at)
    return said if said is not None or now <= due_at else False


def answered_by(order: RatedOrder, due_at: int) -> bool | None:
    """Say whether the first answer, a signature or a reply, came by `due_at`; None while there is none."""
    answered = [at for at in (order.signed_at, order.replied_at) if at is not None]
    return min(answered) <= due_at if answered else None


def monthly_rates(
    orders: Iterable[RatedOrder],
    regions: Sequence[str],
    month: date,
    month_at: int,
    now: int,
    sign_due_at: SignDueAt,
) -> dict[str, Any]:
    """Return the object that docs/feeds.md describes under `zs:rates`; each rate is [numerator, denominator].

    response: of the month's dispatched orders whose answer came or whose limit has passed, those answered (signed
    or replied to) within the sign limit of their urgency. resolved, satisfied: of orders closed this month whose
    citizen gave that answer, those who said yes; the two answers are counted apart. Orders of no region count
    nowhere.

    Args:
        orders: orders opened or closed since `month_at`, each once.
        regions: codes in the order wanted; a region without an order keeps its row.
        month: first day of the month, local.
        month_at: its midnight, UTC ms.
    """
    counts = {region: {"response": [0, 0], "resolved": [0, 0], "satisfied": [0, 0]} for region in regions}
    for order in orders:
        rates = counts.get(order.region or "")
        if rates is None:
            continue
        if order.opened_at >= month_at:
            in_time = answered_in_time(order, now, sign_due_at)
            if in_time is not None:
                rates["response"][0] += in_time
                rates["response"][1] += 1
        if order.closed_at is not None and order.closed_at >= month_at:
            for name, said in (("resolved", order.resolved), ("satisfied", order.satisfied)):
                if said is not None:
                    rates[name][0] += said
                    rates[name][1] += 1
    return {
        "at": now,
        "month": f"{month:%Y-%m}",
        "regions": [{"region": region, **counts[region]} for region in regions],
    }
