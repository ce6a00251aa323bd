"""The three rates day by day: days add up to the month, counting again adds nothing, a trend reads no orders."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dashboard import service
from dashboard.analysis.rates import monthly_rates
from dashboard.service.hotline_reads import order_facts, sign_due_at
from dashboard.service.rates_history import RATES, pair_of, rates_between
from data_feeds import briefs_keeper
from tests.store.centre import DONGGANG, LANSHAN, MINUTE_MS, Centre, done, officer
from tests.store.statements import plan_of, statements_of
from tests.store.test_briefs import answered

DAY_MINUTES = 24 * 60
MAYOR = officer("leader")


def count(centre: Centre) -> int:
    waiting = service.days_to_count(centre.services, centre.now)
    for day in waiting:
        briefs_keeper.count_day(centre.services, day, centre.now)
    return len(waiting)


def three_days(centre: Centre) -> None:
    unit = centre.units(1)[0]
    for day in range(3):
        orders = [centre.order(urgency=3) for _ in range(3)]
        done(centre.dispatch(orders[0], unit))
        answered(centre, orders[1], resolved=day > 0, satisfied=True)
        centre.clock.advance(minutes=DAY_MINUTES)


def test_the_days_of_a_month_add_up_to_its_rates(centre: Centre) -> None:
    three_days(centre)
    assert count(centre) == 4  # from the first order's day to today
    first, month_at = date(2026, 11, 1), centre.services.calendar.midnight_at(date(2026, 11, 1))
    regions = [DONGGANG, LANSHAN]
    facts = order_facts(centre.services, month_at, centre.now + 1)
    month = monthly_rates(facts, regions, first, month_at, centre.now, sign_due_at(centre.services))
    with centre.services.store.read() as connection:
        sums = rates_between(connection, first, date(2026, 12, 1), regions)
    (here, _) = month["regions"]
    for rate in RATES:
        assert pair_of([sums[DONGGANG]], rate) == here[rate], rate
    assert here["resolved"] == [2, 3]
    assert (sums[DONGGANG]["opened"], sums[DONGGANG]["closed"]) == (9, 3)
    assert LANSHAN not in sums


def test_a_day_is_counted_again_when_it_is_old_and_replaced_not_added(centre: Centre) -> None:
    three_days(centre)
    count(centre)
    assert count(centre) == 0
    centre.clock.advance(minutes=11)
    assert count(centre) == 2  # today and yesterday
    centre.clock.advance(minutes=12 * 60)
    assert count(centre) == 4
    with centre.services.store.read() as connection:
        sums = rates_between(connection, date(2026, 11, 1), date(2026, 12, 1), [DONGGANG], "day")
    assert [one["opened"] for one in sums.values()] == [3, 3, 3]


def test_the_history_is_one_s_own_place_and_never_ranked(centre: Centre) -> None:
    three_days(centre)
    count(centre)
    whole: Any = service.rate_history(centre.services, MAYOR, centre.now)
    assert len(whole["weeks"]) == 12 and whole["weeks"][-1] == "2026-11-23"
    assert whole["rates"]["satisfied"][-1] == [3, 3] and whole["rates"]["satisfied"][0] == [0, 0]
    codes = [one["region"] for one in whole["regions"]]
    assert codes == [one.code for one in centre.pack.divisions.regions]
    elsewhere: Any = service.rate_history(centre.services, officer("leader", LANSHAN), centre.now)
    assert [one["region"] for one in elsewhere["regions"]] == [LANSHAN]
    assert elsewhere["rates"]["satisfied"][-1] == [0, 0]


@pytest.mark.parametrize("read", ["history", "waiting"])
def test_a_trend_reads_no_orders(centre: Centre, read: str) -> None:
    three_days(centre)
    count(centre)
    with statements_of(centre.services.store) as asked:
        if read == "history":
            service.rate_history(centre.services, MAYOR, centre.now)
        else:
            service.days_to_count(centre.services, centre.now + MINUTE_MS)
    of_orders = [one for one in asked if "FROM matters" in one[0]]
    assert len(of_orders) == (0 if read == "history" else 1)  # the first order's day, which an index answers


def test_a_day_is_read_by_its_time_however_many_orders_there_are(centre: Centre) -> None:
    store = centre.services.store
    if not store.is_sqlite:
        pytest.skip("PostgreSQL plans by what it has counted; SQLite by the indexes alone")
    day_at = centre.now
    with statements_of(store) as asked:
        order_facts(centre.services, day_at, day_at + DAY_MINUTES * MINUTE_MS)
    ((statement, given),) = [one for one in asked if "matters.external_id" in one[0]]
    plan = plan_of(store, statement, given)
    assert (
        "ix_matters_opened_at" in plan
        and "ix_matters_closed_at_due_at" in plan
        and "ix_matters_carrier" not in plan
    )
