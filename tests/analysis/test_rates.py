"""The three rates keep their denominators and never stand in for each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dashboard.analysis.rates import monthly_rates

MONTH_AT = 1_793_462_400_000  # 2026-11-01 00:00 in the city
HOUR = 3_600_000
NOW = MONTH_AT + 20 * 24 * HOUR
LIMITS_MS = {2: HOUR // 4, 3: 4 * HOUR}


@dataclass(frozen=True)
class Order:
    region: str | None = "371102"
    urgency: int = 3
    opened_at: int = MONTH_AT
    dispatched_at: int | None = MONTH_AT
    signed_at: int | None = None
    replied_at: int | None = None
    closed_at: int | None = None
    resolved: bool | None = None
    satisfied: bool | None = None


def sign_due_at(urgency: int, dispatched_at: int) -> int:
    return dispatched_at + LIMITS_MS[urgency]


def rates(*orders: Order, now: int = NOW) -> dict:
    found = monthly_rates(orders, ["371102", "371122"], date(2026, 11, 1), MONTH_AT, now, sign_due_at)
    assert found["month"] == "2026-11"
    assert [row["region"] for row in found["regions"]] == ["371102", "371122"]
    assert found["regions"][1] == {
        "region": "371122",
        "response": [0, 0],
        "resolved": [0, 0],
        "satisfied": [0, 0],
    }
    return found["regions"][0]


def test_a_unit_that_signs_within_the_limit_has_responded() -> None:
    orders = [Order(signed_at=MONTH_AT + 4 * HOUR), Order(signed_at=MONTH_AT + 4 * HOUR + 1), Order(),
              Order(dispatched_at=None), Order(replied_at=MONTH_AT + HOUR)]  # fmt: skip
    assert rates(*orders)["response"] == [2, 4]


def test_each_urgency_has_its_own_limit() -> None:
    orders = [Order(urgency=2, signed_at=MONTH_AT + HOUR), Order(urgency=3, signed_at=MONTH_AT + HOUR)]
    assert rates(*orders)["response"] == [1, 2]


def test_an_order_whose_limit_still_runs_is_neither_good_nor_bad() -> None:
    assert rates(Order(), now=MONTH_AT + 3 * HOUR)["response"] == [0, 0]


def test_resolved_and_satisfied_are_two_answers() -> None:
    closed = MONTH_AT + HOUR
    orders = [
        Order(closed_at=closed, resolved=True, satisfied=False),
        Order(closed_at=closed, resolved=True),
        Order(closed_at=closed, resolved=False, satisfied=True),
        Order(closed_at=closed),
        Order(resolved=True),
    ]
    found = rates(*orders)
    assert found["resolved"] == [2, 3]
    assert found["satisfied"] == [1, 2]


def test_an_order_of_last_month_counts_where_it_was_closed_this_month() -> None:
    old = Order(opened_at=MONTH_AT - HOUR, dispatched_at=MONTH_AT - HOUR, closed_at=MONTH_AT, resolved=True)
    found = rates(old, Order(closed_at=MONTH_AT - 1, opened_at=MONTH_AT - HOUR, resolved=True))
    assert found["response"] == [0, 0]
    assert found["resolved"] == [1, 1]


def test_an_order_of_no_region_counts_nowhere() -> None:
    assert rates(Order(region=None), Order(region="370100"))["response"] == [0, 0]
