"""The three rates (响应 解决 满意) by city, region and township, kept up order by order; never without denominators.

Counted are the orders of one month. An order that changed is taken in again: what it counted before is taken back, so
nothing is read twice and the cost is that of what changed, not of the month.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

from dashboard.analysis.rates import SignDueAt, UnitOrder, answered_by

CITY: Final = ""
CAUSES: Final = 3  # topics named of what was not resolved
_TO_CALL_BACK: Final = "TO_CALLBACK"


class ResultOrder(UnitOrder, Protocol):
    """What the results need of an order besides; `returned` counts how often it came back."""

    @property
    def id(self) -> str: ...
    @property
    def township(self) -> str | None: ...
    @property
    def category(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def returned(self) -> int: ...
    @property
    def is_carried(self) -> bool: ...


@dataclass(slots=True)
class _Counted:
    """One order as it is counted now; `pending_due_at` while its unit has not answered and may still be in time."""

    places: tuple[str, ...]
    unit: str | None
    category: str
    response: bool | None
    pending_due_at: int | None
    closed: bool
    waits: bool
    resolved: bool | None
    satisfied: bool | None
    dispatched: bool
    returned: int


class _Tally:
    """What one place counts."""

    def __init__(self) -> None:
        self.response = [0, 0]
        self.resolved = [0, 0]
        self.satisfied = [0, 0]
        self.closed = self.waiting = self.asked = 0
        self.causes: Counter[str] = Counter()


class MonthResults:
    """Counts of one month.

    response: of the month's dispatched orders whose answer came or whose limit has passed, those answered (signed or
    replied to) within the sign limit of their urgency. resolved, satisfied: of orders closed this month whose citizen
    gave that answer, those who said yes; the two are counted apart. By unit: orders dispatched this month, whenever
    opened. Merged orders are left out: each is answered with the one that carries it. Orders of no region count
    nowhere.

    Args:
        month: first day of the month, local.
        month_at: its midnight, UTC ms.
        sign_due_at: the limit of signing.
    """

    def __init__(self, month: date, month_at: int, sign_due_at: SignDueAt) -> None:
        self.month, self.month_at = month, month_at
        self._sign_due_at = sign_due_at
        self._orders: dict[str, _Counted] = {}
        self._tallies: dict[str, _Tally] = {}
        self._units: dict[str, Counter[str]] = {}
        self._pending: dict[str, int] = {}  # order -> when its unit must have signed

    def __len__(self) -> int:
        return len(self._orders)

    def take(self, orders: Iterable[ResultOrder]) -> int:
        """Take orders in as they stand now; those that are not of this month are passed over. Returns how many."""
        taken = 0
        for order in orders:
            before = self._orders.pop(order.id, None)
            if before is not None:
                self._count(before, -1)
                self._pending.pop(order.id, None)
            counted = None if order.is_carried else self._counted(order)
            if counted is None:
                continue
            self._orders[order.id] = counted
            self._count(counted, 1)
            if counted.pending_due_at is not None:
                self._pending[order.id] = counted.pending_due_at
            taken += 1
        return taken

    def rates(self, regions: Sequence[str], now: int) -> dict[str, Any]:
        """Return the object that docs/feeds.md describes under `zs:rates`; each rate is [numerator, denominator]."""
        late = self._late(now)
        return {
            "at": now,
            "month": f"{self.month:%Y-%m}",
            "regions": [{"region": code, **self._three(code, late)} for code in regions],
        }

    def rows(self, places: Sequence[str], now: int) -> list[dict[str, Any]]:
        """Return what each place counts, `CITY` for all of them: the three rates, the call-backs, what was unresolved.

        `call_back`: {"asked": citizens who answered, "waiting": orders that wait for it, "closed": orders closed}.
        """
        late = self._late(now)
        rows = []
        for place in places:
            tally = self._tallies.get(place) or _Tally()
            unresolved = [(code, count) for code, count in tally.causes.items() if count > 0]
            rows.append(
                {
                    "place": place,
                    **self._three(place, late),
                    "call_back": {
                        "asked": tally.asked, "waiting": tally.waiting, "closed": tally.closed,
                    },
                    "causes": sorted(unresolved, key=lambda pair: (-pair[1], pair[0]))[:CAUSES],
                }
            )  # fmt: skip
        return rows

    def units(self) -> dict[str, dict[str, int]]:
        """Return by unit: {"dispatched", "bounced", "twice"}: orders dispatched this month that it has now, and how
        many of them had been sent back by somebody, once or more often."""
        names = ("dispatched", "bounced", "twice")
        return {
            unit: {name: counts[name] for name in names}
            for unit, counts in self._units.items()
            if counts["dispatched"]
        }

    def _three(self, place: str, late: Counter[str]) -> dict[str, list[int]]:
        tally = self._tallies.get(place) or _Tally()
        in_time, over = tally.response
        return {
            "response": [in_time, over + late[place]],
            "resolved": list(tally.resolved),
            "satisfied": list(tally.satisfied),
        }

    def _late(self, now: int) -> Counter[str]:
        """Orders that nobody has answered and whose limit has passed by `now`, by place."""
        late: Counter[str] = Counter()
        for order_id, due_at in self._pending.items():
            if now > due_at:
                late.update(self._orders[order_id].places)
        return late

    def _counted(self, order: ResultOrder) -> _Counted | None:
        if order.region is None:
            return None
        is_opened = order.opened_at >= self.month_at
        is_closed = order.closed_at is not None and order.closed_at >= self.month_at
        is_dispatched = order.dispatched_at is not None and order.dispatched_at >= self.month_at
        waits = order.stage == _TO_CALL_BACK
        if not (is_opened or is_dispatched or is_closed or waits):
            return None
        response, pending_due_at = None, None
        if is_opened and order.dispatched_at is not None:
            due_at = self._sign_due_at(order.urgency, order.dispatched_at)
            response = answered_by(order, due_at)
            pending_due_at = due_at if response is None else None
        places = tuple(dict.fromkeys((CITY, order.region, order.township or CITY)))
        return _Counted(
            places, order.unit, order.category, response, pending_due_at, is_closed, waits,
            order.resolved if is_closed else None, order.satisfied if is_closed else None,
            is_dispatched, order.returned,
        )  # fmt: skip

    def _count(self, one: _Counted, sign: int) -> None:
        for place in one.places:
            tally = self._tallies.setdefault(place, _Tally())
            if one.response is not None:
                tally.response[0] += sign * one.response
                tally.response[1] += sign
            for counts, said in ((tally.resolved, one.resolved), (tally.satisfied, one.satisfied)):
                if said is not None:
                    counts[0] += sign * said
                    counts[1] += sign
            tally.closed += sign * one.closed
            tally.waiting += sign * one.waits
            tally.asked += sign * (one.resolved is not None or one.satisfied is not None)
            if one.resolved is False:
                tally.causes[one.category] += sign
        if one.unit and one.dispatched:
            unit = self._units.setdefault(one.unit, Counter())
            unit["dispatched"] += sign
            unit["bounced"] += sign * (one.returned > 0)
            unit["twice"] += sign * (one.returned > 1)
