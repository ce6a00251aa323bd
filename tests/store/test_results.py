"""What the worker keeps of the month's results, read from the store: only what changed, and each by an index."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from dashboard import service
from dashboard.service import mark_citizens, result_reads
from dashboard.service.hotline_board_reads import open_by_stage, open_of_superiors, opened_by_origin
from dashboard.store import tables
from data_feeds.hotline_results import OVERLAP_MS, HotlineResults
from tests.store.centre import MINUTE_MS, Centre, done
from tests.store.statements import plan_of, statements_of

DAY_MS = 86_400_000


def closed(centre: Centre, number: int, **given: Any) -> None:
    centre.take(
        centre.reading(
            order_no=f"N{number}", opened_at=centre.now - 600_000, dispatched_at=centre.now - 500_000,
            signed_at=centre.now - 490_000, closed_at=centre.now, status="CLOSED", **given,
        )
    )  # fmt: skip


def city_of(results: HotlineResults, centre: Centre) -> dict[str, Any]:
    results.read(centre.now)
    return dict(results.picture(centre.now)["city"])


def test_what_changed_since_is_counted_and_what_came_in_closed_too(centre: Centre) -> None:
    results = HotlineResults(centre.services, centre.now)
    assert city_of(results, centre)["resolved"] == [0, 0]
    centre.wait(minutes=3)
    closed(centre, 1, resolved=True, satisfied=False)
    closed(centre, 2, resolved=False)
    found = city_of(results, centre)
    assert (found["resolved"], found["satisfied"], found["causes"]) == ([1, 2], [0, 1], [("0203", 1)])
    fresh = HotlineResults(centre.services, centre.now).picture(centre.now)
    assert results.picture(centre.now)["regions"] == fresh["regions"]
    assert results.picture(centre.now)["townships"] == fresh["townships"]


def test_open_orders_stand_beside_the_rates(centre: Centre) -> None:
    centre.order()
    results = HotlineResults(centre.services, centre.now)
    row = next(one for one in results.picture(centre.now)["regions"] if one["region"] == "371102")
    assert (row["open"], row["redo"]) == (1, 0)


def test_one_number_that_asks_again_and_again_is_shown_masked(centre: Centre) -> None:
    for phone in ("13812345678", "+86 138-1234-5678", "13812345678", "13900000000"):
        centre.order(citizen_phone=phone)
    results = HotlineResults(centre.services, centre.now)
    (row,) = results.picture(centre.now)["repeats"]
    assert (row["caller"], row["count"], row["open"], row["region"]) == ("138****5678 李**", 3, 3, "371102")


def test_numbers_that_were_kept_without_a_mark_are_marked_by_the_worker(centre: Centre) -> None:
    for _ in range(3):
        centre.order()
    with centre.services.store.write() as connection:
        connection.execute(update(tables.citizens).values(phone_mark=None))
    results = HotlineResults(centre.services, centre.now)
    assert [row["count"] for row in results.picture(centre.now)["repeats"]] == [3]
    with centre.services.store.read() as connection:
        marks = set(connection.execute(select(tables.citizens.c.phone_mark)).scalars())
    assert len(marks) == 1
    assert all(len(mark) == 16 and mark[:3] != "138" for mark in marks)


def test_a_matter_that_many_asked_for_is_a_group_matter(centre: Centre) -> None:
    head, *others = [centre.order() for _ in range(5)]
    request = service.MergeMatters(head["id"], tuple(one["id"] for one in others))
    done(centre.do(service.merge, request, expected_version=None))
    (row,) = HotlineResults(centre.services, centre.now).picture(centre.now)["groups"]
    assert (row["no"], row["citizens"]) == (head["no"], 5)


def test_a_county_is_told_its_own_first_ones_whatever_other_counties_have(centre: Centre) -> None:
    for phone in ("13812345678", "13900000000"):
        for _ in range(4):
            centre.order(citizen_phone=phone)
    lanshan = next(
        one.code for one in centre.pack.divisions.at_level("village") if one.code.startswith("371103")
    )
    for _ in range(3):
        centre.order(citizen_phone="13700000000", village=lanshan)
    # A grid event of the same number is no order: neither counted nor shown as the last one.
    newest = centre.order(citizen_phone="13700000000", village=lanshan)
    with centre.services.store.write() as connection:
        own = tables.matters.c.id == newest["id"]
        connection.execute(update(tables.matters).where(own).values(kind="event", opened_at=centre.now + 1))
    rows, counts = result_reads.repeat_callers(centre.services, centre.now - DAY_MS, 3, 1)
    assert [(row["region"], row["count"]) for row in rows] == [("371102", 4), ("371103", 3)]
    assert rows[1]["no"] != newest["no"]
    assert counts == {"371102": 2, "371103": 1}
    with centre.services.store.write() as connection:
        connection.execute(update(tables.matters).values(merged=5))
    groups, counts = result_reads.group_matters(centre.services, 5, 2)
    assert sorted(row["region"] for row in groups) == ["371102", "371102", "371103", "371103"]
    assert counts == {"371102": 8, "371103": 3}
    picture = HotlineResults(centre.services, centre.now).picture(centre.now)
    assert picture["group_counts"] == [{"region": "371102", "count": 8}, {"region": "371103", "count": 3}]


def test_what_a_higher_level_handed_down_and_was_merged_is_counted_with_its_carrier(centre: Centre) -> None:
    first, second = (centre.order(superior_source="问政山东") for _ in range(2))
    done(centre.do(service.merge, service.MergeMatters(first["id"], (second["id"],)), expected_version=None))
    (row,) = open_of_superiors(centre.services, centre.now)
    assert row.open == 1


def test_an_order_of_no_region_is_open_and_said_to_be_of_none(centre: Centre) -> None:
    centre.order()
    lost = centre.order()
    with centre.services.store.write() as connection:
        own = tables.matters.c.id == lost["id"]
        connection.execute(update(tables.matters).where(own).values(region=None, township=None))
    city = HotlineResults(centre.services, centre.now).picture(centre.now)["city"]
    assert (city["open"], city["unplaced"]) == (2, 1)


def test_an_order_of_last_month_that_was_dispatched_in_this_one_counts_for_its_unit(centre: Centre) -> None:
    unit = centre.units(1)[0]
    done(centre.dispatch(centre.order(opened_at=centre.now - 40 * DAY_MS), unit))
    with centre.services.store.write() as connection:
        connection.execute(update(tables.matters).values(returned=1))
    results = HotlineResults(centre.services, centre.now)
    (row,) = results.picture(centre.now)["units"]
    assert (row["unit"], row["dispatched"], row["bounced"]) == (unit, 1, 1)
    assert results.picture(centre.now)["city"]["response"] == [0, 0]


def test_a_unit_is_told_what_it_sent_back(centre: Centre) -> None:
    unit = centre.units(1)[0]
    with centre.services.store.write() as connection:
        connection.execute(
            tables.returns.insert(),
            [
                {"matter_id": f"m{n}", "n": 1, "unit": unit, "reason": "不归口", "asked_at": centre.now - n,
                 "asked_by": "u", "ruling": ruling}
                for n, ruling in enumerate(("upheld", "forced", "forced", None))
            ],
        )  # fmt: skip
    (row,) = HotlineResults(centre.services, centre.now).picture(centre.now)["units"]
    assert {name: row[name] for name in ("unit", "asked", "upheld", "forced", "waiting")} == {
        "unit": unit, "asked": 4, "upheld": 1, "forced": 2, "waiting": 1,
    }  # fmt: skip


INDEX_OF = {
    "matters.opened_at >=": "ix_matters_opened_at",
    "matters.touched_at >=": "ix_matters_touched_at",
    "FROM returns": "ix_returns_asked_at",
}


def test_whatever_the_store_holds_is_read_by_what_is_wanted(centre: Centre) -> None:
    store = centre.services.store
    if not store.is_sqlite:
        pytest.skip("PostgreSQL plans by what it has counted; SQLite by the indexes alone")
    centre.order()
    now = centre.now
    with statements_of(store) as asked:
        result_reads.results_of_month(centre.services, now - 20 * DAY_MS)
        result_reads.results_touched(centre.services, now - OVERLAP_MS)
        result_reads.returns_by_unit(centre.services, now - 20 * DAY_MS)
        result_reads.answers_per_day(centre.services, now - 56 * DAY_MS, now)
        result_reads.group_matters(centre.services, 5, 30)
        result_reads.repeat_callers(centre.services, now - 30 * DAY_MS, 3, 30)
        mark_citizens(centre.services, now - 30 * DAY_MS)
        result_reads.open_by_place(centre.services)
        open_by_stage(centre.services)
        open_of_superiors(centre.services, now)
        opened_by_origin(centre.services, now - 600 * MINUTE_MS, now)
    looks = [(" ".join(sql.split()), given) for sql, given in asked if "FROM" in sql]
    assert len(looks) == 14
    for sql, given in looks:
        plan = plan_of(store, sql, given)
        assert "SCAN matters" not in plan, (sql, plan)
        assert "phone_mark" not in plan, (sql, plan)
        for condition, index in INDEX_OF.items():
            if condition in sql:
                assert index in plan, (sql, plan)
