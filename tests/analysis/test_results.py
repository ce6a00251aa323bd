"""The three rates keep their denominators, never stand in for each other, and count each order as it stands now."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import date

from dashboard.analysis.results import CITY, MonthResults

MONTH_AT = 1_793_462_400_000  # 2026-11-01 00:00 in the city
HOUR = 3_600_000
NOW = MONTH_AT + 20 * 24 * HOUR
LIMITS_MS = {2: HOUR // 4, 3: 4 * HOUR}


_IDS = itertools.count()


@dataclass(frozen=True)
class Order:
    id: str = field(default_factory=lambda: f"m{next(_IDS)}")
    region: str | None = "371102"
    urgency: int = 3
    opened_at: int = MONTH_AT
    dispatched_at: int | None = MONTH_AT
    signed_at: int | None = None
    replied_at: int | None = None
    closed_at: int | None = None
    resolved: bool | None = None
    satisfied: bool | None = None
    township: str | None = "371102002"
    unit: str | None = "heat"
    category: str = "0203"
    stage: str = "HANDLING"
    returned: int = 0
    is_carried: bool = False


def month() -> MonthResults:
    return MonthResults(date(2026, 11, 1), MONTH_AT, sign_due_at)


def sign_due_at(urgency: int, dispatched_at: int) -> int:
    return dispatched_at + LIMITS_MS[urgency]


def rates(*orders: Order, now: int = NOW) -> dict:
    results = month()
    results.take(orders)
    found = results.rates(["371102", "371122"], now)
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


def city_of(results: MonthResults, now: int = NOW) -> dict:
    (row,) = results.rows([CITY], now)
    return row


def test_an_order_that_changed_counts_once_as_it_stands_now() -> None:
    results, closed = month(), MONTH_AT + HOUR
    order = Order(signed_at=MONTH_AT)
    results.take([order])
    done = replace(order, stage="CLOSED", closed_at=closed, resolved=False, satisfied=True)
    results.take([done, done])
    assert city_of(results)["resolved"] == [0, 1]
    assert city_of(results)["causes"] == [("0203", 1)]
    results.take([replace(done, resolved=True)])
    assert city_of(results)["resolved"] == [1, 1]
    assert city_of(results)["causes"] == []
    assert city_of(results)["response"] == [1, 1]
    assert len(results) == 1


def test_an_order_that_was_merged_counts_with_the_one_that_carries_it() -> None:
    results = month()
    order = Order(closed_at=MONTH_AT + HOUR, resolved=True)
    results.take([order])
    results.take([replace(order, is_carried=True)])
    assert (city_of(results)["resolved"], len(results)) == ([0, 0], 0)


def test_changes_in_any_order_come_to_what_a_fresh_count_says() -> None:
    begun = [Order(id=f"m{number}", unit=f"u{number % 3}", returned=number % 4) for number in range(12)]
    ended = [
        replace(
            one, stage="TO_CALLBACK" if number % 4 == 0 else "CLOSED", township=f"37110200{number % 3}",
            closed_at=None if number % 4 == 0 else MONTH_AT + number * HOUR, signed_at=MONTH_AT + number * HOUR,
            resolved=None if number % 4 == 0 else number % 3 > 0, satisfied=None if number % 5 else True,
        )
        for number, one in enumerate(begun)
    ]  # fmt: skip
    kept, fresh = month(), month()
    kept.take(begun)
    for one in reversed(ended):
        kept.take([one])
    fresh.take(ended)
    places = [CITY, "371102", "371102000", "371102001", "371102002"]
    assert kept.rows(places, NOW) == fresh.rows(places, NOW)
    assert kept.units() == fresh.units()


def test_who_waits_to_be_called_back_stands_beside_who_was() -> None:
    results, closed = month(), MONTH_AT + HOUR
    results.take(
        [
            Order(closed_at=closed, resolved=True, stage="CLOSED"),
            Order(closed_at=closed, stage="CLOSED"),
            Order(stage="TO_CALLBACK"),
            Order(stage="TO_CALLBACK", opened_at=MONTH_AT - 40 * 24 * HOUR),
        ]
    )
    assert city_of(results)["call_back"] == {"asked": 1, "waiting": 2, "closed": 2}


def test_a_township_counts_its_own_and_a_region_what_has_no_township() -> None:
    results = month()
    results.take([Order(signed_at=MONTH_AT), Order(signed_at=MONTH_AT, township=None)])
    found = {row["place"]: row["response"] for row in results.rows([CITY, "371102", "371102002"], NOW)}
    assert found == {CITY: [2, 2], "371102": [2, 2], "371102002": [1, 1]}


def test_a_unit_is_told_what_it_was_given_after_others_had_sent_it_back() -> None:
    results = month()
    results.take([Order(returned=0), Order(returned=1), Order(returned=3), Order(unit=None, returned=2)])
    # What was opened before this month counts where it was dispatched in it, and only then.
    results.take([Order(opened_at=MONTH_AT - HOUR, dispatched_at=MONTH_AT - HOUR, returned=1)])
    assert results.units() == {"heat": {"dispatched": 3, "bounced": 2, "twice": 1}}
    results.take([Order(opened_at=MONTH_AT - HOUR)])
    assert results.units()["heat"]["dispatched"] == 4
    assert results.rows([CITY], NOW)[0]["response"] == [0, 4]
