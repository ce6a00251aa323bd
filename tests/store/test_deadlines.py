"""Deadlines fire once, in due order, whatever happened meanwhile; nothing open goes quiet."""

from __future__ import annotations

import threading

from dashboard import service
from dashboard.domain.hotline_order import HOTLINE_ORDER
from dashboard.service import Services
from dashboard.store import event_log
from dashboard.store.store import Store
from tests.store.centre import MINUTE_MS, SECRET, Centre, done, officer
from tests.store.statements import plan_of, statements_of


def test_after_an_outage_late_deadlines_fire_in_due_order_and_say_when_they_were_due(centre: Centre) -> None:
    matter = centre.order()
    row = done(centre.whistle(matter, *centre.units(3)))
    centre.clock.advance(minutes=45)
    assert centre.fire() > 0
    fired = [one for one in centre.log() if one.kind.startswith("Escalation")]
    due = [one.params["due_at"] for one in fired]
    assert due == sorted(due)
    assert {one.params["fired_at"] for one in fired} == {centre.now}
    for receiver in row["receivers"]:
        steps = [one.params["policy_id"] for one in fired if one.params["receiver_id"] == receiver["id"]]
        assert steps == ["whistle-answer", "whistle-amber", "whistle-late", "whistle-commander"]
    assert centre.fire() == 0


def test_a_reminder_missed_during_an_outage_is_said_once_not_many_times(centre: Centre) -> None:
    done(centre.whistle(centre.order(), *centre.units(1)))
    centre.wait(minutes=41)
    before = len(centre.log("EscalationRepeated"))
    centre.clock.advance(minutes=95)
    centre.fire()
    repeated = [one for one in centre.log("EscalationRepeated")[before:] if one.params["receiver_id"]]
    assert len(repeated) == 1


def test_two_workers_never_fire_the_same_deadline(centre: Centre, database_url: str) -> None:
    for _ in range(20):
        done(centre.whistle(centre.order(), *centre.units(2)))
    centre.clock.advance(minutes=31)
    second = Services(Store(database_url), centre.pack, secret=SECRET)
    counts: list[int] = []

    def work(services: Services) -> None:
        counts.append(service.fire_due(services, centre.now).count)

    workers = [threading.Thread(target=work, args=(each,)) for each in (centre.services, second)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    second.store.close()
    fired = [one for one in centre.log() if one.kind.startswith("Escalation")]
    said = [
        (one.params["policy_id"], one.matter_id, one.params["receiver_id"], one.params["repeat_no"])
        for one in fired
    ]
    assert len(said) == len(set(said)) == sum(counts)


def test_a_deadline_does_not_fire_before_it_is_due(centre: Centre) -> None:
    done(centre.whistle(centre.order(), *centre.units(1)))
    next_at = service.next_due_at(centre.services)
    assert next_at is not None
    centre.clock.advance_to(next_at - 1)
    assert centre.fire() == 0
    centre.clock.advance(ms=1)
    assert centre.fire() == 1


def test_every_open_matter_has_an_armed_clock_in_every_stage(centre: Centre) -> None:
    unit = centre.units(1)[0]
    for stage in sorted(HOTLINE_ORDER.states - HOTLINE_ORDER.terminal):
        matter = centre.order(status=stage, unit=unit, dispatched_at=centre.now)
        assert centre.armed(matter["id"]), stage
        assert matter["due_at"] is not None, stage
        assert matter["must_act"], stage
        centre.clock.advance(hours=24 * 40)
        centre.fire()
        assert centre.armed(matter["id"]), stage
        assert min(one.due_at for one in centre.armed(matter["id"])) > centre.now, stage


def test_an_order_taken_over_late_does_not_repeat_its_past_alarms(centre: Centre) -> None:
    ten_days_ago = centre.now - 10 * 24 * 60 * MINUTE_MS
    matter = centre.order(
        urgency=3, category="0101", status="HANDLING", unit=centre.units(1)[0], opened_at=ten_days_ago,
        dispatched_at=ten_days_ago,
    )  # fmt: skip
    assert (matter["level"], matter["card"]) == (3, "red")
    assert centre.fire() == 0
    assert not [one for one in centre.log() if one.kind.startswith("Escalation")]


def test_a_yellow_card_comes_one_working_day_before_and_a_red_one_after(centre: Centre) -> None:
    matter = centre.order(
        urgency=3, category="0101", status="HANDLING", unit=centre.units(1)[0], dispatched_at=centre.now
    )
    centre.wait_days(8)
    fired = {one.params["policy_id"]: one.params["due_at"] for one in centre.log("EscalationFired")}
    due_at = matter["due_at"]
    calendar = centre.pack.calendar
    assert calendar.working_ms_between(fired["order-yellow-3"], due_at) == calendar.workday_ms
    assert calendar.local_date(fired["order-red-3"]) > calendar.local_date(due_at)


def test_a_bounce_does_not_reset_the_clock(centre: Centre) -> None:
    unit, other = centre.units(2)
    matter = centre.order(urgency=3, category="0101")
    done(centre.dispatch(matter, unit))
    due_at = centre.detail(matter["id"]).fields["final_due_at"]
    centre.clock.advance(hours=3)
    returned = service.Advance(matter["id"], "RETURN_REQUESTED", {"reason": "不属职责"})
    done(centre.do(service.advance, returned, officer("unit_liaison", unit=unit), expected_version=None))
    upheld = service.Advance(matter["id"], "TO_DISPATCH", {"reason": "同意"})
    done(centre.do(service.advance, upheld, expected_version=None))
    done(centre.dispatch(centre.matter(matter["id"]), other))
    after = centre.detail(matter["id"])
    assert after.fields["final_due_at"] == due_at
    assert after.row["returned"] == 1


def test_a_parked_matter_gets_its_paused_time_back(centre: Centre) -> None:
    unit = centre.units(1)[0]
    matter = centre.order(status="TO_CALLBACK", unit=unit, dispatched_at=centre.now, replied_at=centre.now)
    due_at = centre.detail(matter["id"]).fields["final_due_at"]
    plan = {"plan": "分期", "leader": "李某", "target_at": centre.now + 40 * 86_400_000}
    parked = service.Advance(matter["id"], "SUSPENDED", plan)
    done(centre.do(service.advance, parked, centre.leader, expected_version=None))
    centre.clock.advance(hours=50)
    done(centre.do(service.advance, service.Advance(matter["id"], "HANDLING"), expected_version=None))
    assert centre.detail(matter["id"]).fields["final_due_at"] == due_at + 50 * 60 * MINUTE_MS


def open_orders(centre: Centre, count: int) -> None:
    unit = centre.units(1)[0]
    given = {
        "status": "HANDLING",
        "unit": unit,
        "dispatched_at": centre.now,
        "urgency": 3,
        "category": "0101",
    }
    centre.take(*(centre.reading(**given) for _ in range(count)))


def test_a_cycle_asks_the_database_no_more_when_more_clocks_are_armed(centre: Centre) -> None:
    store = centre.services.store
    done(centre.whistle(centre.order(), *centre.units(1)))

    def cycle() -> int:
        with statements_of(store) as idle:
            assert centre.fire() == 0
        centre.clock.advance_to(int(service.next_due_at(centre.services) or 0))
        with statements_of(store) as firing:
            assert centre.fire() == 1
        return len(idle) * 1_000 + len(firing)

    few = cycle()
    open_orders(centre, 300)
    assert len(centre.armed()) > 300
    assert cycle() == few


def test_clocks_are_looked_for_in_their_index(centre: Centre) -> None:
    """How long a cycle over 5,000 clocks takes is printed by `make bench`; that it reads no others is held here."""
    open_orders(centre, 300)
    centre.clock.advance(minutes=24 * 60 * 9)
    with statements_of(centre.services.store) as asked:
        centre.fire()
    looking = [(sql, given) for sql, given in asked if "min(deadlines.due_at)" in sql or "due_at <=" in sql]
    assert len(looking) >= 2
    for sql, given in looking:
        plan = plan_of(centre.services.store, sql, given)
        assert "ix_deadlines_state_due_at" in plan, (sql, plan)


def test_the_log_has_no_hole_under_many_writers(centre: Centre, database_url: str) -> None:
    matters = [centre.order() for _ in range(4)]
    stores = [Store(database_url) for _ in range(4)]

    def write_notes(store: Store, matter: dict[str, object]) -> None:
        services = Services(store, centre.pack, secret=SECRET)
        for number in range(15):
            request = service.Note(str(matter["id"]), f"第 {number} 条")
            service.note(services, officer(), request, centre.now, f"{matter['id']}-{number}")

    threads = [threading.Thread(target=write_notes, args=pair) for pair in zip(stores, matters, strict=True)]
    seen: list[int] = []
    for each in threads:
        each.start()
    while any(each.is_alive() for each in threads):
        with centre.services.store.read() as connection:
            seen += [one.seq for one in event_log.read_after(connection, seen[-1] if seen else 0, 1_000)]
    with centre.services.store.read() as connection:
        seen += [one.seq for one in event_log.read_after(connection, seen[-1], 1_000)]
    for store in stores:
        store.close()
    assert seen == list(range(1, centre.seq() + 1))
    assert len(centre.log("NoteWritten")) == 60
