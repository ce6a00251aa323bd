"""Calls, orders and events: their volume against the profile, their lives against the limits."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from dashboard.citypack import CityPack
from dashboard.domain.address import community_of, mask_address, whole_address, without_doors
from dashboard.domain.readings import EVENT_STATUSES, ORDER_STATUSES
from dashboard.domain.workdays import DAY_MS, HOUR_MS
from data_feeds.decoders.calls import decode_calls
from data_feeds.decoders.grid_events import decode_grid_events
from data_feeds.decoders.orders import decode_orders
from data_feeds.simulator.call_hall import CallHall
from data_feeds.simulator.calls import CallPlanner, Surge
from data_feeds.simulator.diary import Diary
from data_feeds.simulator.event_life import EventLives, EventSeed
from data_feeds.simulator.grid_platform import GridPlatform
from data_feeds.simulator.hotline import Hotline
from data_feeds.simulator.life import Life
from data_feeds.simulator.morning import MORNING
from data_feeds.simulator.order_life import OrderLives, OrderSeed
from data_feeds.simulator.parameters import Parameters
from data_feeds.simulator.roster import RosterRow
from data_feeds.simulator.stories import Storyteller
from data_feeds.simulator.titles import titles
from tests.simulator.conftest import local

MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 22)
NOW = local("2026-11-23 10:30")


@pytest.fixture(scope="module")
def planner(pack: CityPack, numbers: Parameters) -> CallPlanner:
    return CallPlanner(pack, numbers.calls, numbers.seed)


def test_a_working_day_has_the_profile_of_working_days(
    pack: CityPack, numbers: Parameters, planner: CallPlanner
) -> None:
    days = [date(2026, 11, day) for day in (9, 10, 11, 12, 13, 16, 17, 18, 19, 20)]
    hours: Counter[int] = Counter()
    total = 0
    for day in days:
        midnight_at = pack.calendar.midnight_at(day)
        calls = planner.day(day)
        total += len(calls)
        hours.update((call.at - midnight_at) // HOUR_MS for call in calls)
    assert total == pytest.approx(sum(planner.expected(day) for day in days), rel=0.06)
    for hour, share in enumerate(numbers.calls.weekday):
        assert hours[hour] / total == pytest.approx(share, abs=0.012), hour


def test_a_holiday_has_the_profile_of_rest_days(pack: CityPack, planner: CallPlanner) -> None:
    def morning_share(day: date) -> float:
        midnight_at = pack.calendar.midnight_at(day)
        calls = planner.day(day)
        return sum(9 <= (call.at - midnight_at) / HOUR_MS < 11 for call in calls) / len(calls)

    assert morning_share(date(2026, 10, 1)) < 0.18 < morning_share(date(2026, 10, 8))


def test_the_same_day_is_the_same_in_every_run(
    pack: CityPack, numbers: Parameters, planner: CallPlanner
) -> None:
    assert CallPlanner(pack, numbers.calls, numbers.seed).day(MONDAY) == planner.day(MONDAY)
    assert CallPlanner(pack, numbers.calls, numbers.seed + 1).day(MONDAY) != planner.day(MONDAY)


def test_noise_is_called_about_in_the_evening(pack: CityPack, planner: CallPlanner) -> None:
    by_time: Counter[bool] = Counter()
    all_calls: Counter[bool] = Counter()
    for day in range(2, 22):
        midnight_at = pack.calendar.midnight_at(date(2026, 11, day))
        for call in planner.day(date(2026, 11, day)):
            is_evening = (call.at - midnight_at) / HOUR_MS >= 20
            all_calls[is_evening] += 1
            by_time[is_evening] += call.category == "0206"
    assert by_time[True] / all_calls[True] > 2 * by_time[False] / all_calls[False]


def test_a_flood_brings_its_factor_and_its_categories(
    pack: CityPack, numbers: Parameters, planner: CallPlanner
) -> None:
    from_at = local("2026-11-23 09:00")
    flood = Surge("flood", from_at, from_at + 6 * HOUR_MS, 1.87, (("0503", 6.0),))
    quiet, wet = planner.day(MONDAY), planner.day(MONDAY, [flood])

    def within(calls: list, category: str = "") -> int:
        inside = [call for call in calls if from_at + 600_000 <= call.at < from_at + 6 * HOUR_MS]
        return sum(call.category.startswith(category) for call in inside)

    assert within(wet) / within(quiet) == pytest.approx(1.87, abs=0.17)
    assert within(wet, "0503") > 3 * within(quiet, "0503")
    assert [call for call in wet if call.at < from_at] == [call for call in quiet if call.at < from_at]


def test_the_hall_answers_in_time_by_day_and_drowns_in_a_flood(
    pack: CityPack, numbers: Parameters, planner: CallPlanner
) -> None:
    midnight_at = pack.calendar.midnight_at(MONDAY)
    flood = Surge("flood", midnight_at + 9 * HOUR_MS, midnight_at + 18 * HOUR_MS, 1.87, ())
    shares = []
    for surges in ([], [flood]):
        hall = CallHall(numbers.calls, 1, pack.calendar.offset_ms, midnight_at)
        hall.add(planner.day(MONDAY, surges))
        reports = hall.advance(midnight_at + DAY_MS - 1)
        arrived = {one["call_id"]: one["at"] for one in reports if one["kind"] == "arrived"}
        ended = {one["call_id"] for one in reports if one["kind"] in ("ended", "abandoned")}
        assert len(arrived) - len(ended) < 12, "calls do not vanish"
        answered = [one for one in reports if one["kind"] == "answered"]
        shares.append(sum(one["at"] - arrived[one["call_id"]] <= 15_000 for one in answered) / len(arrived))
    assert shares[0] > 0.9
    assert shares[1] < 0.8


def test_seats_come_and_go_with_the_shifts(pack: CityPack, numbers: Parameters, planner: CallPlanner) -> None:
    midnight_at = pack.calendar.midnight_at(MONDAY)
    hall = CallHall(numbers.calls, 1, pack.calendar.offset_ms, midnight_at)
    hall.add(planner.day(MONDAY))

    def staffed(hour: float) -> int:
        hall.advance(midnight_at + round(hour * HOUR_MS))
        return sum(state != "off" for _, state in hall.seats())

    assert staffed(3) == 4
    assert 20 <= staffed(10.5) <= 23
    assert 37 <= staffed(15) <= 38
    assert 16 <= staffed(20) <= 18


def test_what_the_switch_reports_can_be_decoded(
    pack: CityPack, numbers: Parameters, planner: CallPlanner
) -> None:
    midnight_at = pack.calendar.midnight_at(MONDAY)
    hall = CallHall(numbers.calls, 1, pack.calendar.offset_ms, midnight_at)
    hall.add(planner.day(MONDAY))
    reports = hall.advance(NOW)
    assert len({(one["call_id"], one["kind"]) for one in reports}) == len(reports)
    assert refused(decode_calls, "events", reports) == []


def test_who_asks_for_a_special_desk_is_answered_there_while_its_seat_is_idle(
    pack: CityPack, numbers: Parameters, planner: CallPlanner
) -> None:
    midnight_at = pack.calendar.midnight_at(MONDAY)
    hall = CallHall(numbers.calls, 1, pack.calendar.offset_ms, midnight_at)
    hall.add(planner.day(MONDAY))
    reports = hall.advance(midnight_at + 14 * HOUR_MS)
    seat_of = {one["desk"]: one["agent"] for one in reports if one["kind"] == "agent" and "desk" in one}
    asked = {one["call_id"]: one["desk"] for one in reports if one["kind"] == "arrived" and "desk" in one}
    assert set(seat_of) == set(numbers.calls.special_desks)
    state: dict[str, str] = {}
    there = elsewhere = 0
    for one in reports:
        if one["kind"] == "agent":
            state[one["agent"]] = one["agent_state"]
        elif one["kind"] == "answered" and one["call_id"] in asked:
            seat = seat_of[asked[one["call_id"]]]
            if state.get(seat) == "idle":
                assert one["agent"] == seat
                there += 1
            else:
                elsewhere += 1
    assert there
    assert elsewhere, "nobody waits for a desk that talks while others are idle"


def refused(decode, array: str, items: list) -> list:
    import msgspec

    found = []
    for start in range(0, len(items), 500):
        body = msgspec.json.encode({array: items[start : start + 500]})
        found += [fault.reason for fault in decode(body, now=NOW, platform="hotline").faults]
    return found


@pytest.fixture(scope="module")
def orders(pack: CityPack, numbers: Parameters) -> list[Life]:
    hotline = Hotline(
        pack, numbers, lambda grid, _: (pack.divisions.get(grid).lon, pack.divisions.get(grid).lat)
    )
    _, lives = hotline.advance(NOW)
    return [*lives, *hotline.history(NOW)]


def test_about_half_of_the_calls_become_orders(numbers: Parameters, orders: list[Life]) -> None:
    per_day = len(orders) / (numbers.orders.history_days + 0.4)
    assert 680 < per_day < 880


def test_the_open_stock_and_its_overdue_are_as_counted(
    pack: CityPack, numbers: Parameters, orders: list[Life]
) -> None:
    open_now = [life for life in orders if life.is_open(NOW)]
    assert len(open_now) == pytest.approx(numbers.orders.open_stock, rel=0.15)
    overdue = 0
    for life in open_now:
        reading = life.reading(NOW)
        assert reading is not None
        if reading["status"] == "HANDLING":
            limit = pack.limits.find("order", "feedback", reading["urgency"], reading["category"])
            assert limit is not None
            due_at = reading.get("due_at") or limit.due_at(reading["dispatched_at"], pack.calendar)
            overdue += due_at < NOW
    assert 30 <= overdue <= 65


def test_orders_move_only_forward_in_time_and_in_known_statuses(orders: list[Life]) -> None:
    for life in orders[:4_000]:
        times = [step.at for step in life.steps]
        assert times == sorted(times), life
        assert {step.fields["status"] for step in life.steps} <= set(ORDER_STATUSES)
        assert life.closed_at == times[-1]


def test_orders_are_numbered_apart_and_can_be_decoded(orders: list[Life]) -> None:
    assert len({life.number for life in orders}) == len(orders)
    readings = [reading for life in orders[:3_000] if (reading := life.reading(NOW))]
    assert refused(decode_orders, "orders", readings) == []


def test_no_title_tells_of_a_person_and_every_category_has_titles(pack: CityPack, orders: list[Life]) -> None:
    for tree in ("hotline", "event"):
        for category in pack.categories.at_level(2, tree):
            assert titles()[category.code]
    for life in orders[:500]:
        assert life.fixed["citizen_name"] not in life.fixed["title"]
        assert life.fixed["citizen_phone"].startswith("100")


def test_orders_tell_of_a_door_as_platforms_do_and_no_open_field_keeps_it(orders: list[Life]) -> None:
    """Mostly beside the place, sometimes inside it: both ways have to be seen masked in a demonstration."""
    lives = [life.fixed for life in orders[:500]]
    inside = [one for one in lives if "address" not in one]
    assert 0.1 < len(inside) / len(lives) < 0.3
    for one in lives:
        whole = whole_address(one.get("address", ""), one["place"], one["title"])
        assert "号楼" in whole
        assert mask_address(whole) == community_of(whole) + "***"
        assert "号楼" not in community_of(one["place"]) + without_doors(one["title"]) + one["text"]


def test_an_emergency_is_signed_within_its_limit_nearly_always(pack: CityPack, numbers: Parameters) -> None:
    lives = OrderLives(pack, numbers.orders, numbers.seed)
    late = total = 0
    for number in range(4_000):
        life = lives.draw(OrderSeed(f"e{number}", NOW, "0204", "371102002020001", 119.53, 35.39))
        if life.fixed["urgency"] == 1:
            first = {step.fields["status"]: step.at for step in reversed(life.steps)}
            total += 1
            late += first["HANDLING"] - first["TO_SIGN"] > 5 * 60_000
    assert total > 100
    assert 0 < late / total < 0.06


@pytest.fixture(scope="module")
def events(pack: CityPack, numbers: Parameters, roster: list[RosterRow]) -> list[Life]:
    platform = GridPlatform(
        pack, numbers, lambda grid, _: (pack.divisions.get(grid).lon, pack.divisions.get(grid).lat), roster
    )
    return [*platform.new_day(NOW), *platform.history(NOW)]


def test_grid_events_have_their_daily_volume_levels_and_open_stock(
    numbers: Parameters, events: list[Life]
) -> None:
    assert len(events) / (numbers.events.history_days + 1) == pytest.approx(numbers.events.per_day, rel=0.12)
    levels = Counter(life.fixed["level"] for life in events)
    assert levels[1] / len(events) == pytest.approx(0.783, abs=0.02)
    assert 700 < sum(life.is_open(NOW) for life in events) < 1_400


def test_a_usual_morning_has_few_urgent_matters_open(
    pack: CityPack, numbers: Parameters, orders: list[Life], events: list[Life]
) -> None:
    """An officer can look at each of them: some fifty urgent ones and a handful of emergencies in all."""
    under_way = MORNING.tell(pack, Storyteller(pack, numbers.seed, MORNING.name, NOW), NOW)
    lives = [*orders, *events, *under_way.orders, *under_way.events]
    open_now = Counter(life.fixed["urgency"] for life in lives if life.is_open(NOW))
    assert 40 <= open_now[2] <= 60
    assert 4 <= open_now[1] <= 6


def test_urgent_orders_are_about_as_many_as_counted(orders: list[Life]) -> None:
    shares = Counter(life.fixed["urgency"] for life in orders)
    assert shares[1] / len(orders) == pytest.approx(0.006, abs=0.004)
    assert shares[2] / len(orders) == pytest.approx(0.06, abs=0.02)


def test_events_can_be_decoded_and_move_in_known_statuses(events: list[Life]) -> None:
    readings = [reading for life in events[:3_000] if (reading := life.reading(NOW))]
    assert refused(decode_grid_events, "events", readings) == []
    assert {step.fields["status"] for life in events[:2_000] for step in life.steps} <= set(EVENT_STATUSES)


def test_an_event_lives_the_same_life_in_every_run(pack: CityPack, numbers: Parameters) -> None:
    seed = EventSeed("WG1", NOW, "371102002020001", "2301", 3, 119.53, 35.39, "W00001")
    assert EventLives(pack, numbers.seed).draw(seed) == EventLives(pack, numbers.seed).draw(seed)


def test_a_restart_tells_the_same_story_from_where_time_stands(orders: list[Life]) -> None:
    """What a diary tells in one go up to an instant is what it would have told step by step."""
    later = NOW + 6 * HOUR_MS
    told: dict[str, dict] = {}

    def note(readings: list) -> None:
        told.update({reading["order_no"]: reading for reading in readings})

    diary = Diary(note)
    diary.take(orders[:800], NOW)
    for minute in range(0, 361, 5):
        diary.advance(NOW + minute * 60_000)
    for life in orders[:800]:
        if life.is_open(later):
            assert told[life.number] == life.reading(later)


def test_urgent_and_open_matters_are_told_first(orders: list[Life]) -> None:
    told: list[dict] = []
    Diary(told.extend, closed_ms=DAY_MS).take(orders, NOW)
    urgencies = [one["urgency"] for one in told if one["status"] != "CLOSED"]
    assert urgencies == sorted(urgencies)
    first_closed = next(place for place, one in enumerate(told) if one["status"] == "CLOSED")
    assert all(one["status"] == "CLOSED" for one in told[first_closed:])
