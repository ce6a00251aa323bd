"""An arrival counts when it is proven: by position, or by somebody of the command."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.service import Attendee, Fix
from layouts.catalogue import text
from tests.store.centre import CITY, MINUTE_MS, Centre, done, officer, refusal

# About 78 m and 2.2 km north of the place that `here` returns.
NEAR, FAR = 0.0007, 0.02


def here(row: dict) -> tuple[float, float]:
    assert row["lon"] is not None
    return row["lon"], row["lat"]


def liaison(unit: str) -> Principal:
    return officer("unit_liaison", unit=unit, name="赵敏")


def called(centre: Centre, count: int = 2) -> tuple[list[str], dict]:
    matter = centre.order(lon=119.5203, lat=35.3852)
    units = centre.units(count)
    return units, done(centre.whistle(matter, *units))


def receiver(row: dict, unit: str) -> dict:
    return next(one for one in row["receivers"] if one["id"] == unit)


def test_a_position_within_a_hundred_metres_proves_an_arrival(centre: Centre) -> None:
    (unit, _), row = called(centre)
    lon, lat = here(row)
    shown = receiver(
        done(
            centre.answer(row["id"], unit, "arrived", liaison(unit), lon=lon, lat=lat + NEAR, accuracy_m=15)
        ),
        unit,
    )
    assert (shown["stage"], shown["proof"], shown["proof_m"]) == ("arrived", "position", 78)
    assert centre.log("ReceiptRecorded")[-1].params["stage_name"] == "已到场（定位 78 m）"


def test_an_arrival_from_afar_is_a_claim_and_the_clock_runs_on(centre: Centre) -> None:
    (unit, other), row = called(centre)
    lon, lat = here(row)
    value = done(
        centre.answer(row["id"], unit, "arrived", liaison(unit), lon=lon, lat=lat + FAR, accuracy_m=15)
    )
    shown = receiver(value, unit)
    assert (shown["arrived_at"], shown["claimed_at"], shown["stage"]) == (None, centre.now, "en_route")
    assert value["claim"]["metres"] == 2219
    assert value["claim"]["within_m"] == 100
    assert value["claim"]["who"] == "值班员"
    assert unit in {one.receiver_id for one in centre.armed() if one.command_id == row["id"]}
    assert centre.log("ArrivalClaimed")[-1].tone == "note"
    centre.answer(row["id"], other, "accepted")
    centre.wait(minutes=31)
    assert receiver(centre.detail(row["matter_id"]).commands[0], unit)["late"]


@pytest.mark.parametrize(
    ("said", "fault", "told"),
    [
        ({}, "nowhere", "没有定位"),
        ({"lat": FAR, "accuracy_m": 15}, "far", "定位距现场 2219 m"),
        ({"lat": 0.0, "accuracy_m": 900}, "vague", "定位距现场 0 m，但精度不够"),
        # An old client, or a terminal that asked a mast: whoever does not say how exact it is proves nothing alone.
        ({"lat": 0.0}, "unsaid", "定位距现场 0 m，但未报精度"),
    ],
)
def test_what_proves_nothing_is_a_claim_that_says_why(
    centre: Centre, said: dict, fault: str, told: str
) -> None:
    (unit, _), row = called(centre)
    lon, lat = here(row)
    where = {"lon": lon, **said, "lat": lat + said["lat"]} if said else {}
    value = done(centre.answer(row["id"], unit, "arrived", liaison(unit), **where))
    shown = receiver(value, unit)
    assert (shown["arrived_at"], shown["claim_fault"], value["claim"]["fault"]) == (None, fault, fault)
    assert text(f"claim.{fault}", metres=shown["proof_m"]) == told
    assert centre.log("ArrivalClaimed")[-1].params["distance"] == told
    assert text(f"desk.receipts.claim.{fault}", distance="2.2 km")


def test_a_claim_of_unsaid_accuracy_is_proven_once_somebody_there_vouches_or_the_device_says_it(
    centre: Centre,
) -> None:
    (first, second), row = called(centre)
    lon, lat = here(row)
    for unit in (first, second):
        done(centre.answer(row["id"], unit, "arrived", liaison(unit), lon=lon, lat=lat))
    exact = {"lon": lon, "lat": lat, "accuracy_m": 15}
    shown = receiver(done(centre.answer(row["id"], first, "arrived", liaison(first), **exact)), first)
    assert (shown["proof"], shown["proof_m"]) == ("position", 0)
    vouched = service.ConfirmArrival(row["id"], second)
    done(centre.do(service.confirm_arrival, vouched, liaison(first)))
    shown = receiver(centre.detail(row["matter_id"]).commands[0], second)
    assert (shown["proof"], shown["proof_by"]) == ("officer", centre.pack.units.get(first).short)


def test_a_gateway_that_says_no_accuracy_still_reports_and_its_receiver_is_on_its_way(centre: Centre) -> None:
    (unit, _), row = called(centre)
    lon, lat = here(row)
    carrier = Principal("gateway:1", "专线", "gateway", "gateway", CITY)
    value = done(centre.answer(row["id"], unit, "arrived", carrier, lon=lon, lat=lat))
    assert (receiver(value, unit)["stage"], value["claim"]["fault"]) == ("en_route", "unsaid")
    value = done(centre.answer(row["id"], unit, "arrived", carrier, lon=lon, lat=lat, accuracy_m=20))
    assert receiver(value, unit)["proof"] == "position"


def test_the_fleets_own_fix_proves_an_arrival_whose_phone_does_not_say_how_exact_it_is(
    centre: Centre,
) -> None:
    (unit, _), row = called(centre)
    lon, lat = here(row)
    fix = Fix(lon, lat + NEAR, centre.now - 5_000, is_vague=False)
    said = {"lon": lon, "lat": lat}
    shown = receiver(done(centre.answer(row["id"], unit, "arrived", liaison(unit), fix=fix, **said)), unit)
    assert (shown["proof"], shown["proof_m"]) == ("position", 78)


def test_an_arrival_kept_offline_without_accuracy_waits_for_a_person_and_counts_when_it_is_confirmed(
    centre: Centre,
) -> None:
    (unit, _), row = called(centre)
    lon, lat = here(row)
    said_at = centre.now + 20 * MINUTE_MS
    centre.clock.advance(minutes=35)
    kept = {"lon": lon, "lat": lat, "said_at": said_at}
    value = done(centre.answer(row["id"], unit, "arrived", liaison(unit), **kept))
    assert value["claim"]["fault"] == "unsaid"
    value = done(centre.do(service.confirm_arrival, service.ConfirmArrival(row["id"], unit)))
    assert receiver(value, unit)["late"], "the clock goes by the server, whoever vouches"


def test_the_fleet_knows_better_than_a_browser_where_a_worker_is(centre: Centre) -> None:
    (unit, _), row = called(centre)
    lon, lat = here(row)
    far = Fix(lon, lat + FAR, centre.now - 30_000, is_vague=False)
    said = {"lon": lon, "lat": lat, "accuracy_m": 15}
    assert (
        receiver(done(centre.answer(row["id"], unit, "arrived", liaison(unit), fix=far, **said)), unit)[
            "arrived_at"
        ]
        is None
    )
    stale = replace(far, fix_at=centre.now - 61_000)
    shown = receiver(done(centre.answer(row["id"], unit, "arrived", liaison(unit), fix=stale, **said)), unit)
    assert shown["proof"] == "position"


def test_a_vague_fix_of_the_fleet_proves_nothing_and_gives_way_to_what_the_device_says(
    centre: Centre,
) -> None:
    (unit, _), row = called(centre)
    lon, lat = here(row)
    at = Fix(lon, lat, centre.now - 5_000, is_vague=True)
    alone = done(centre.answer(row["id"], unit, "arrived", liaison(unit), fix=at))
    assert (alone["claim"]["fault"], alone["claim"]["metres"]) == ("vague", 0)
    away = replace(at, lat=lat + FAR)
    unsaid = done(centre.answer(row["id"], unit, "arrived", liaison(unit), fix=at, lon=lon, lat=lat))
    assert unsaid["claim"]["fault"] == "unsaid"
    said = {"lon": lon, "lat": lat + NEAR, "accuracy_m": 15}
    shown = receiver(done(centre.answer(row["id"], unit, "arrived", liaison(unit), fix=away, **said)), unit)
    assert (shown["proof"], shown["proof_m"]) == ("position", 78)


def test_a_phone_that_sends_again_from_elsewhere_gets_the_first_answer(centre: Centre) -> None:
    (unit, _), row = called(centre)
    lon, lat = here(row)
    named = {"idempotency_key": "kept-on-the-phone", "now": centre.now}
    first = service.Answer(row["id"], unit, "arrived", fix=Fix(lon, lat, centre.now, False))
    again = replace(first, fix=Fix(lon, lat + FAR, centre.now, False))
    assert centre.do(service.answer, first, liaison(unit), **named) == centre.do(
        service.answer, again, liaison(unit), **named
    )


def test_a_unit_on_site_vouches_for_another_and_is_named(centre: Centre) -> None:
    (first, second), row = called(centre)
    lon, lat = here(row)
    done(centre.answer(row["id"], second, "arrived", liaison(second)))
    request = service.ConfirmArrival(row["id"], second, "就在门口")
    assert refusal(centre.do(service.confirm_arrival, request, liaison(first))) == "not_a_witness"
    done(centre.answer(row["id"], first, "arrived", liaison(first), lon=lon, lat=lat, accuracy_m=15))
    value = done(centre.do(service.confirm_arrival, request, liaison(first)))
    assert "proof" not in receiver(value, second), "who vouches reads no more of the other than before"
    shown = receiver(centre.detail(row["matter_id"]).commands[0], second)
    assert (shown["proof"], shown["proof_by"]) == ("officer", centre.pack.units.get(first).short)
    assert value["state"] == "conferring"


def test_nobody_vouches_for_himself(centre: Centre) -> None:
    (unit, _), row = called(centre)
    request = service.ConfirmArrival(row["id"], unit)
    assert refusal(centre.do(service.confirm_arrival, request, liaison(unit))) == "not_a_witness"


def test_the_duty_officer_vouches_by_telephone(centre: Centre) -> None:
    (unit, _), row = called(centre)
    done(centre.answer(row["id"], unit, "arrived", liaison(unit)))
    value = done(centre.do(service.confirm_arrival, service.ConfirmArrival(row["id"], unit, "电话已核")))
    shown = receiver(value, unit)
    assert (shown["proof"], shown["proof_by"]) == ("officer", "王**")
    assert "（王** 确认：电话已核）" in centre.log("ReceiptRecorded")[-1].params["stage_name"]


def test_an_arrival_told_late_is_late_and_shows_that_it_was_in_time(centre: Centre) -> None:
    (unit, _), row = called(centre)
    lon, lat = here(row)
    centre.answer(row["id"], unit, "accepted")
    centre.wait(minutes=31)
    said_at = row["issued_at"] + 28 * MINUTE_MS
    told = {"lon": lon, "lat": lat, "accuracy_m": 15, "said_at": said_at}
    value = done(centre.answer(row["id"], unit, "arrived", liaison(unit), **told))
    shown = receiver(value, unit)
    assert shown["late"]
    assert (shown["said_in_time"], shown["said_at"], shown["arrived_at"]) == (True, said_at, centre.now)


def test_a_devices_clock_never_tells_of_the_future_or_of_before_the_order(centre: Centre) -> None:
    (one, two), row = called(centre)
    centre.clock.advance(minutes=1)
    ahead = centre.answer(row["id"], one, "read", said_at=centre.now + 60 * MINUTE_MS)
    assert receiver(done(ahead), one)["said_at"] == centre.now
    before = centre.answer(row["id"], two, "read", said_at=5)
    assert receiver(done(before), two)["said_at"] == row["issued_at"]


def test_a_whistle_is_not_ended_by_a_receiver_that_says_done(centre: Centre) -> None:
    (unit, _), row = called(centre)
    assert refusal(centre.answer(row["id"], unit, "done")) == "whistle_has_no_done"


def test_the_register_says_who_came_and_a_colleague_may_take_over(centre: Centre) -> None:
    (unit, other), row = called(centre)
    sign = service.SignRegister(row["id"], unit, (Attendee("周建国", "副主任"),))
    assert refusal(centre.do(service.sign_register, sign, liaison(unit))) == "not_on_site"
    done(centre.answer(row["id"], unit, "arrived", register=(Attendee("钱一"), Attendee("孙二", "科员"))))
    assert refusal(centre.do(service.sign_register, sign, liaison(other))) == "not_your_receipt"
    centre.clock.advance(minutes=2)
    people = done(centre.do(service.sign_register, sign, liaison(unit)))
    assert [one["name"] for one in people] == ["钱**", "孙**", "周**"]
    assert "周建国" not in repr(centre.log())
    ids = {one["name"]: one["id"] for one in people}
    swap = service.ReplaceAttendee(row["id"], unit, ids["钱**"], ids["周**"], "回单位值班")
    after = done(centre.do(service.replace_attendee, swap, liaison(unit)))
    gone = next(one for one in after if one["id"] == ids["钱**"])
    assert (gone["left_at"], gone["replaced_by"]) == (centre.now, ids["周**"])
    assert refusal(centre.do(service.replace_attendee, swap, liaison(unit))) == "not_registered"
    shown = receiver(centre.detail(row["matter_id"]).commands[0], unit)
    assert (shown["people"], shown["left_at"]) == (2, None)
    leave = service.RequestLeave(row["id"], unit)
    assert refusal(centre.do(service.request_leave, leave, liaison(unit))) == "whistle_undecided"


def test_a_units_own_people_are_named_in_full_to_itself_alone(centre: Centre) -> None:
    (unit, other), row = called(centre)
    done(centre.answer(row["id"], unit, "arrived", register=(Attendee("钱一"),)))
    own = service.matter_register(centre.services, liaison(unit), row["matter_id"], centre.now)
    theirs = service.matter_register(centre.services, liaison(other), row["matter_id"], centre.now)
    assert isinstance(own, service.OnSite)
    assert isinstance(theirs, service.OnSite)
    assert [one["name"] for one in own.register] == ["钱一"]
    assert theirs.register == []
