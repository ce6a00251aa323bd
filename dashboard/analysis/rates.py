"""The three rates of each region, never without their denominators."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Protocol

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
        if order.opened_at >= month_at and order.dispatched_at is not None:
            answered = [at for at in (order.signed_at, order.replied_at) if at is not None]
            due_at = sign_due_at(order.urgency, order.dispatched_at)
            if answered or now > due_at:
                rates["response"][0] += bool(answered) and min(answered) <= due_at
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
