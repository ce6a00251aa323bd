"""A grid worker's own result stands on photos; units, gateways and officers have their own ways."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert

from callbacks.desk.asked import read_form
from callbacks.desk.commands import COMMANDS
from callbacks.desk.feature import Opened
from dashboard import service
from dashboard.citypack.settings_file import FieldResults
from dashboard.domain.principal import Principal
from dashboard.service import ReceiverOrder, Refused
from dashboard.store import tables
from tests.store.centre import CITY, DONGGANG, RONGAN, Centre, done, officer, refusal
from tests.store.pictures import PDF_BYTES, jpeg
from tests.store.test_own_inbox import give_in_charge

WORKER = "grid-worker-01"
OTHER = "grid-worker-02"


def worker(own: str = WORKER) -> Principal:
    return Principal(f"account:{own}", "林秀", "officer", "grid_worker", RONGAN, None, "10.0.0.9", worker=own)


@pytest.fixture(autouse=True)
def roster(centre: Centre) -> None:
    grid = next(one.code for one in centre.pack.divisions.at_level("grid") if one.parent == RONGAN)
    rows = [
        {
            "slot": slot, "worker_id": one, "name": "林秀", "grid": grid, "township": grid[:9], "region": DONGGANG,
            "assessed": True, "device_id": f"d-{one}",
        }
        for slot, one in enumerate((WORKER, OTHER))
    ]  # fmt: skip
    with centre.services.store.write() as connection:
        connection.execute(insert(tables.roster), rows)


def ordered(centre: Centre, *workers: str) -> dict[str, Any]:
    receivers = tuple(ReceiverOrder("worker", one, "assist") for one in workers or (WORKER,))
    matter = centre.order()
    request = service.Dispatch(matter["id"], receivers, "到现场看看", override_reason="就近")
    return done(centre.do(service.dispatch, request, expected_version=None))


def keep(centre: Centre, row: dict[str, Any], actor: Principal, **more: Any) -> str:
    """A picture in the matter; returns its id."""
    said = {"command_id": row["id"], "kind": "photo", "content": jpeg((70, 50 + len(str(more))))} | more
    request = service.NewAttachment(
        row["matter_id"], said["command_id"], None, said["kind"], "现场", said["content"]
    )
    return str(done(centre.do(service.keep_attachment, request, actor))["id"])


def finish(centre: Centre, row: dict[str, Any], actor: Principal | None = None, **more: Any) -> Any:
    own = actor.worker if actor is not None and actor.worker else WORKER
    return centre.answer(row["id"], own, "done", actor or worker(), result="已清理", **more)


def test_a_workers_own_result_is_refused_without_a_photo_and_says_how_many(centre: Centre) -> None:
    row = ordered(centre)
    refused = finish(centre, row)
    assert refusal(refused) == "photos_missing"
    assert isinstance(refused, Refused)
    assert refused.params == {"least": 1, "count": 0}
    kept = keep(centre, row, worker())
    assert done(finish(centre, row, photos=(kept,)))["state"] == "done"


def test_a_photo_kept_with_the_order_counts_without_being_named(centre: Centre) -> None:
    """A page of an earlier release keeps the photo with the order first and sends the act after it."""
    row = ordered(centre)
    keep(centre, row, worker())
    assert done(finish(centre, row))["state"] == "done"


def test_only_an_own_picture_of_this_matter_kept_since_the_order_counts(centre: Centre) -> None:
    before = keep(centre, {"id": None, "matter_id": centre.order()["id"]}, centre.officer)
    row = ordered(centre, WORKER, OTHER)
    theirs = keep(centre, row, worker(OTHER))
    paper = keep(centre, row, worker(), kind="document", content=PDF_BYTES)
    for photo in (before, theirs, paper, "no-such-photo"):
        assert refusal(finish(centre, row, photos=(photo,))) == "photos_missing"
    loose = keep(centre, row, worker(), command_id=None)
    assert refusal(finish(centre, row)) == "photos_missing", "kept with the matter alone, it has to be named"
    centre.clock.advance(minutes=5)
    again = done(
        centre.do(
            service.dispatch,
            service.Dispatch(
                row["matter_id"], (ReceiverOrder("worker", WORKER),), "再看", override_reason="就近"
            ),
            expected_version=None,
        )
    )
    assert refusal(finish(centre, again, photos=(loose,))) == "photos_missing", "it shows the earlier work"
    done(finish(centre, row, photos=(loose,)))


def test_how_many_is_the_citys_row_and_the_same_picture_twice_is_one(centre: Centre) -> None:
    pack = replace(centre.pack, results=FieldResults(2))
    strict = Centre(replace(centre.services, pack=pack))
    row = ordered(strict)
    twice = [keep(strict, row, worker(), content=jpeg()) for _ in range(2)]
    assert refusal(finish(strict, row, photos=tuple(twice))) == "photos_missing"
    more = keep(strict, row, worker(), content=jpeg((80, 60)))
    done(finish(strict, row, photos=(*twice, more)))


def test_a_city_that_asks_for_none_gets_results_in_words(centre: Centre) -> None:
    lax = Centre(replace(centre.services, pack=replace(centre.pack, results=FieldResults(0))))
    done(finish(lax, ordered(lax)))


def test_an_officer_records_it_instead_with_a_reason_that_stays(centre: Centre) -> None:
    row = ordered(centre)
    assert refusal(finish(centre, row, centre.officer)) == "worker_done_reason"
    value = done(finish(centre, row, centre.officer, reason="手机进水，电话核实"))
    assert value["state"] == "done"
    assert "值班员代记：手机进水，电话核实" in centre.log("ReceiptRecorded")[-1].params["stage_name"]


def test_the_desk_offers_to_record_it_where_a_worker_is_at_it(centre: Centre) -> None:
    row = ordered(centre)
    live: Any = None  # neither the part nor the form looks at the fleet
    opened = Opened(
        centre.services,
        live,
        centre.officer,
        centre.detail(row["matter_id"]),
        centre.now,
        "zh",
        {"command": row["id"]},
    )
    assert COMMANDS.part is not None
    assert "record_done" in str(COMMANDS.part(opened))
    (act,) = [one for one in COMMANDS.acts if one.act == "record_done"]
    assert "代记办结" in str(act.form(opened))
    data = {
        "act": act.act, "key": centre.key(), "lang": "zh", "matter_id": row["matter_id"], "picked": [],
        "args": {"command": row["id"]}, "receiver": WORKER, "result": "已清", "reason": "手机进水",
    }  # fmt: skip
    done(act.perform(centre.services, centre.officer, read_form(data), centre.now))
    after = replace(opened, detail=centre.detail(row["matter_id"]))
    assert "record_done" not in str(COMMANDS.part(after))


def test_units_and_gateways_answer_as_they_always_did(centre: Centre) -> None:
    unit = centre.units(1)[0]
    order = done(centre.dispatch(centre.order(), unit))
    done(centre.answer(order["id"], unit, "done", officer("unit_liaison", unit=unit), result="已修好"))
    carrier = Principal("gateway:1", "专线", "gateway", "gateway", CITY)
    done(finish(centre, ordered(centre), carrier))


def event_in_hand(centre: Centre) -> dict[str, Any]:
    """An event that the worker found and handles alone."""
    found = service.EventReport("2201", "楼道堆物", "self", None, None, None, None)
    return done(centre.do(service.report_event, found, worker()))


def step(centre: Centre, matter_id: str, to: str, *photos: str, **fields: Any) -> Any:
    request = service.Advance(matter_id, to, fields, photos)
    return centre.do(service.advance, request, worker(), expected_version=None)


def test_an_events_result_and_its_check_need_a_photo_each(centre: Centre) -> None:
    matter_id = event_in_hand(centre)["id"]
    row = {"id": None, "matter_id": matter_id}
    assert refusal(step(centre, matter_id, "DISPOSED", handling="已清")) == "photos_missing"
    first = keep(centre, row, worker())
    done(step(centre, matter_id, "DISPOSED", first, handling="已清"))
    centre.clock.advance(minutes=1)
    done(step(centre, matter_id, "CHECKING"))
    checked = {"handling": "已清", "resolved": True}
    assert refusal(step(centre, matter_id, "CLOSED", **checked)) == "photos_missing"
    assert refusal(step(centre, matter_id, "CLOSED", first, **checked)) == "photos_missing"
    second = keep(centre, row, worker(), content=jpeg((90, 60)))
    done(step(centre, matter_id, "CLOSED", second, **checked))


def test_an_event_found_untrue_is_ended_in_words_because_there_is_nothing_to_photograph(
    centre: Centre,
) -> None:
    """The sources ask for a photo where a result is checked (网格员核查，现场照片比对), not where nothing was."""
    event = centre.event()
    give_in_charge(centre, event["id"], WORKER)
    done(step(centre, event["id"], "VERIFYING"))
    assert refusal(step(centre, event["id"], "CLOSED")) == "fields_missing"
    ended = done(step(centre, event["id"], "CLOSED", handling="到现场看过，没有堆物", resolved=True))
    assert ended["stage"] == "CLOSED"
    assert centre.log("MatterClosed")[-1].params["step"] == "found_untrue"
