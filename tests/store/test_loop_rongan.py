"""荣安社区: a citizen scans a grid's code, the grid's worker verifies, the unit is ordered and proves its arrival, the
worker checks with a photograph, and the follow page says each step."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.service import Done, EventPhoto, EventReport
from dashboard.service.roster import RosterWorker
from tests.store.centre import MINUTE_MS, RONGAN, Centre, done, officer, refusal

TOWN = "rz-town-371102002"
WORKER = Principal(
    "acc-1", "刘强", "officer", "grid_worker", "371102002020", address="10.0.0.9", worker="W-1"
)
LIAISON = officer("unit_liaison", "371102002", "郑明", TOWN)


def photo(colour: tuple[int, int, int] = (90, 120, 90)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def grid(centre: Centre) -> str:
    divisions = centre.pack.divisions
    code = divisions.children(RONGAN)[0]
    worker = RosterWorker(
        slot=0, worker_id="W-1", name="刘强", grid=code, township=divisions.township_of(code) or "",
        region=divisions.region_of(code) or "", assessed=True, skills=(), device_id="D-1", key_generation=1,
    )  # fmt: skip
    done(service.import_roster(centre.services, officer("sysadmin"), [worker], centre.now))
    return code


def reached(centre: Centre, code: str) -> str:
    seen = service.follow(centre.services, code, centre.now)
    assert seen is not None
    return [one.name for one in seen.steps if one.is_reached][-1]


def step(
    centre: Centre, actor: Principal, matter_id: str, to: str, photos: tuple[str, ...] = (), **fields: Any
) -> Any:
    request = service.Advance(matter_id, to, fields, photos)
    return centre.do(service.advance, request, actor, expected_version=None)


def kept(centre: Centre, matter_id: str) -> str:
    """A photo of the worker in the matter; returns its id."""
    file = service.NewAttachment(matter_id, None, None, "photo", "", photo((200, 200, 200)))
    return str(done(service.keep_attachment(centre.services, WORKER, file, centre.now, centre.key()))["id"])


def test_the_whole_case_from_the_scan_to_the_follow_page(centre: Centre, grid: str) -> None:
    here = centre.pack.divisions.get(grid)
    request = service.CitizenReport(
        grid,
        "2101",
        "商铺二层堆积大量建筑垃圾，容易发生火灾",
        lon=here.lon,
        lat=here.lat,
        phone="13905551234",
    )
    sent = done(service.report(centre.services, request, "203.0.113.7", centre.now, centre.key()))
    code = sent["code"]
    assert reached(centre, code) == "received"
    # The sender is told until when somebody comes to look, and until when it is closed.
    seen = service.follow(centre.services, code, centre.now)
    assert seen is not None
    assert (seen.check_by, seen.due_at) == (sent["check_by"], sent["close_by"])
    assert seen.check_by == centre.now + 30 * MINUTE_MS < seen.due_at
    added = service.add_report_photo(centre.services, code, photo(), "203.0.113.7", centre.now, centre.key())
    assert done(added) == {"photos": 1}

    # The grid's worker finds it in the inbox and verifies it on the spot.
    centre.clock.advance(minutes=6)
    [mine] = service.own_inbox(centre.services, WORKER, centre.now).matters
    assert mine["no"] == sent["no"] and {one["to"] for one in mine["next"]} >= {"CALLED", "SELF_HANDLING"}
    assert done(step(centre, WORKER, mine["id"], "CALLED"))["stage"] == "CALLED"
    assert reached(centre, code) == "verified"

    # The duty officer triages and orders the township.
    matter = done(step(centre, centre.officer, mine["id"], "TRIAGED"))
    command = done(centre.dispatch(matter, TOWN))
    assert centre.matter(mine["id"])["unit"] == TOWN
    assert reached(centre, code) == "assigned"
    # The worker stays in charge of the check, and signs nothing in the unit's name.
    [waits] = service.own_inbox(centre.services, WORKER, centre.now).matters
    assert waits["next"] == [] and waits["waiting"] and not waits["is_help"]
    for to in ("ACCEPTED", "ON_SITE"):
        assert refusal(step(centre, WORKER, mine["id"], to)) == "not_your_matter"

    # The unit accepts and goes; too far away it is only a claim, at the place it counts.
    centre.clock.advance(minutes=3)
    done(centre.answer(command["id"], TOWN, "accepted", LIAISON))
    done(
        centre.answer(
            command["id"], TOWN, "arrived", LIAISON, lon=here.lon + 0.02, lat=here.lat, accuracy_m=12
        )
    )
    assert reached(centre, code) == "assigned"
    done(centre.answer(command["id"], TOWN, "arrived", LIAISON, lon=here.lon, lat=here.lat, accuracy_m=12))
    assert reached(centre, code) == "on_site"
    done(centre.answer(command["id"], TOWN, "done", LIAISON, result="垃圾清运完毕，通道畅通"))
    assert centre.matter(mine["id"])["stage"] == "DISPOSED"
    assert reached(centre, code) == "handled"

    # The worker checks with a photograph and closes; nobody can close without saying what was found.
    centre.clock.advance(minutes=20)
    done(step(centre, WORKER, mine["id"], "CHECKING"))
    assert refusal(step(centre, WORKER, mine["id"], "CLOSED")) == "fields_missing"
    checked = {"handling": "现场已清，通道畅通", "resolved": True}
    assert refusal(step(centre, WORKER, mine["id"], "CLOSED", **checked)) == "photos_missing"
    done(step(centre, WORKER, mine["id"], "CLOSED", (kept(centre, mine["id"]),), **checked))
    seen = service.follow(centre.services, code, centre.now)
    assert seen is not None and seen.is_closed and seen.resolved is True and seen.unit
    assert reached(centre, code) == "closed"
    # Each step has its own time, in order: verified after six minutes, on site after nine, closed after twenty-nine.
    began = seen.reported_at
    minutes = [None if one.at is None else (one.at - began) // MINUTE_MS for one in seen.steps]
    assert minutes == [0, 6, 6, 9, 9, 29]
    assert service.own_inbox(centre.services, WORKER, centre.now).matters == []


def test_nobody_verifies_in_another_ones_grid(centre: Centre, grid: str) -> None:
    request = service.CitizenReport(grid, "21", "电线垂落")
    done(service.report(centre.services, request, "203.0.113.7", centre.now, centre.key()))
    [row] = service.queue(centre.services, officer(), centre.now)
    other = Principal("acc-2", "赵六", "officer", "grid_worker", "371102002020", worker="W-2")
    assert refusal(step(centre, other, row["id"], "CALLED")) == "no_such_matter"
    assert service.own_inbox(centre.services, other, centre.now).matters == []


def test_photos_end_with_their_number_and_with_their_time(centre: Centre, grid: str) -> None:
    rules = centre.pack.citizen_reports
    request = service.CitizenReport(grid, "21", "电线垂落")
    code = done(service.report(centre.services, request, "203.0.113.7", centre.now, centre.key()))["code"]

    def add(content: bytes) -> Any:
        return service.add_report_photo(centre.services, code, content, "", centre.now, centre.key())

    for number in range(rules.photos):
        done(add(photo((number, 0, 0))))
    assert refusal(add(photo((99, 0, 0)))) == "report_photos_full"
    assert refusal(add(b"<html>no picture")) in ("attachment_type", "report_photos_full")
    centre.clock.advance(ms=rules.photos_ms + MINUTE_MS)
    assert refusal(add(photo((98, 0, 0)))) == "report_photos_late"
    unknown = service.add_report_photo(centre.services, "a" * 20, photo(), "", centre.now, centre.key())
    assert refusal(unknown) == "no_such_report"


# -- what a worker tells without being asked ----------------------------------------------------------------------


def found(centre: Centre, key: str = "", **given: Any) -> Any:
    here = centre.pack.divisions.get(centre.pack.divisions.children(RONGAN)[0])
    fields = {
        "category": "2104",
        "text": "便道下陷约半米",
        "handling": "township",
        "lon": here.lon,
        "lat": here.lat,
    }
    request = EventReport(**(fields | given))
    return service.report_event(
        centre.services, WORKER, request, now=centre.now, idempotency_key=key or centre.key()
    )


@pytest.mark.parametrize(
    ("handling", "stage", "urgency"),
    [("self", "SELF_HANDLING", 2), ("township", "CALLED", 2), ("emergency", "CALLED", 1)],
)
def test_a_found_event_begins_where_the_worker_says_who_handles_it(
    centre: Centre, grid: str, handling: str, stage: str, urgency: int
) -> None:
    row = done(found(centre, handling=handling))
    assert (row["stage"], row["urgency"], row["worker"], row["grid"]) == (stage, urgency, "W-1", grid)
    assert centre.armed(row["id"])


def test_an_event_written_down_offline_has_its_clock_from_its_arrival_and_says_when_it_was_written(
    centre: Centre, grid: str
) -> None:
    said_at = centre.now
    centre.clock.advance(minutes=40)
    row = done(found(centre, said_at=said_at, key="phone-key-7"))
    assert row["opened_at"] == centre.now
    [line] = centre.log("EventSentLate")
    assert line.params["said"].endswith("10:00")
    assert done(found(centre, said_at=said_at, key="phone-key-7")) == row
    assert centre.count("matters") == 1


def test_a_photograph_finds_its_event_by_the_key_the_phone_sent_it_under(centre: Centre, grid: str) -> None:
    row = done(found(centre, key="phone-key-8"))
    file = EventPhoto("phone-key-8", photo())
    kept = service.add_event_photo(centre.services, WORKER, file, centre.now, "photo-key-1")
    assert done(kept)["matter_id"] == row["id"]
    again = service.add_event_photo(centre.services, WORKER, file, centre.now, "photo-key-1")
    assert isinstance(again, Done) and centre.count("attachments") == 1
    stranger = EventPhoto("phone-key-9", photo())
    outcome = service.add_event_photo(centre.services, WORKER, stranger, centre.now, "photo-key-2")
    assert refusal(outcome) == "no_such_report"


def test_a_call_for_help_is_an_emergency_and_a_second_one_moves_it(centre: Centre, grid: str) -> None:
    here = centre.pack.divisions.get(grid)

    def call(lon: float) -> Any:
        request = service.CallForHelp(lon, here.lat, 12)
        return done(
            service.call_for_help(
                centre.services, WORKER, request, now=centre.now, idempotency_key=centre.key()
            )
        )

    first = call(here.lon)
    assert (first["urgency"], first["acknowledged"]) == (1, False)
    centre.clock.advance(minutes=1)
    second = call(here.lon + 0.001)
    assert second["id"] == first["id"] and second["lon"] == pytest.approx(here.lon + 0.001)
    assert centre.count("matters") == 1 and len(centre.log("HelpCalledAgain")) == 1


def test_only_a_worker_reports_from_the_field(centre: Centre, grid: str) -> None:
    for actor in (officer(), LIAISON, Principal("x", "", "officer", "grid_worker", RONGAN)):
        outcome = service.report_event(
            centre.services, actor, EventReport("2104", "下陷", "self"), now=centre.now,
            idempotency_key=centre.key(),
        )  # fmt: skip
        assert refusal(outcome) in ("no_right", "no_worker")


def test_the_day_counts_what_was_done_reported_and_late(centre: Centre, grid: str) -> None:
    row = done(found(centre, handling="self"))
    done(step(centre, WORKER, row["id"], "DISPOSED", (kept(centre, row["id"]),), handling="已围挡"))
    done(found(centre))
    day = service.worker_day(centre.services, WORKER, centre.now)
    assert (day.done, day.open, day.reported, day.late) == (0, 2, 2, 0)
    assert service.worker_day(centre.services, officer(), centre.now).reported == 0
