"""民意通: who may send what by a grid's code, how often, and what the sender can follow."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from dashboard import service
from dashboard.domain.refusal import Outcome
from dashboard.service.field.follow import follow
from dashboard.service.field.report import CitizenReport, report
from dashboard.service.retention import forget_old
from dashboard.service.roster import RosterWorker
from dashboard.store import tables
from data_feeds.http.answering import ApiParts
from data_feeds.http.reports_api import reports_router
from layouts.refusal import refusal_text
from tests.browser.hand_server import FoldedLog, NothingMalformed
from tests.store.centre import MINUTE_MS, RONGAN, Centre, done, officer, refusal

WORDS = "商铺二层堆积大量建筑垃圾，请打 13812345678"
PHONE = "13905551234"


@pytest.fixture
def grid(centre: Centre) -> str:
    return centre.pack.divisions.children(RONGAN)[0]


def with_worker(centre: Centre, grid: str) -> str:
    division = centre.pack.divisions
    worker = RosterWorker(
        slot=0, worker_id="W-1", name="刘强", grid=grid, township=division.township_of(grid) or "",
        region=division.region_of(grid) or "", assessed=True, skills=(), device_id="D-1",
        key_generation=1,
    )  # fmt: skip
    done(service.import_roster(centre.services, officer("sysadmin"), [worker], centre.now))
    return "W-1"


def send(centre: Centre, grid: str, *, key: str = "", address: str = "203.0.113.7", **given: Any) -> Outcome:
    fields: dict[str, Any] = {"grid": grid, "category": "21", "text": WORDS, "phone": PHONE}
    return report(
        centre.services, CitizenReport(**(fields | given)), address, centre.now, key or centre.key()
    )


def open_matter(centre: Centre) -> dict[str, Any]:
    [row] = [one for one in service.queue(centre.services, officer(), centre.now) if one["kind"] == "event"]
    return row


def test_a_report_opens_an_event_with_the_grids_worker_in_charge_and_a_clock(
    centre: Centre, grid: str
) -> None:
    worker = with_worker(centre, grid)
    answer = done(send(centre, grid))
    row = open_matter(centre)
    assert row["no"] == answer["no"]
    assert (row["grid"], row["worker"], row["stage"], row["source"]) == (
        grid,
        worker,
        "VERIFYING",
        "minyitong",
    )
    assert row["due_for"] == "verify" and row["due_at"] == centre.now + 30 * MINUTE_MS
    assert centre.armed(row["id"])


def test_a_grid_without_a_worker_still_gets_its_event(centre: Centre, grid: str) -> None:
    done(send(centre, grid))
    assert open_matter(centre)["stage"] == "REPORTED"


def test_words_and_telephone_are_sealed_and_in_no_log(centre: Centre, grid: str) -> None:
    done(send(centre, grid, name="李小明"))
    row = open_matter(centre)
    detail = centre.detail(row["id"])
    assert detail.citizen is not None and detail.citizen["phone"] == "139****1234"
    assert "13812345678" not in detail.citizen["words"]
    with centre.services.store.read() as connection:
        kept = [
            json.dumps(
                [list(map(str, one)) for one in connection.execute(select(table)).all()], ensure_ascii=False
            )
            for table in (tables.audit, tables.log, tables.matters, tables.idempotency, tables.reports)
        ]
    for text in kept:
        assert PHONE not in text and "建筑垃圾" not in text and "李小明" not in text


def test_the_same_sending_twice_is_one_report_even_when_no_more_may_be_sent(
    centre: Centre, grid: str
) -> None:
    first = done(send(centre, grid, key="phone-key-1"))
    for _ in range(centre.pack.citizen_reports.per_address - 1):
        done(send(centre, grid))
    assert refusal(send(centre, grid)) == "report_too_many"
    assert done(send(centre, grid, key="phone-key-1")) == first
    assert refusal(send(centre, grid, key="phone-key-1", text="别的事")) in ("report_too_many", "key_reused")


def test_one_address_may_send_so_many_and_then_waits_as_long_as_it_is_told(centre: Centre, grid: str) -> None:
    rules = centre.pack.citizen_reports
    for _ in range(rules.per_address):
        done(send(centre, grid))
    audited = centre.count("audit")
    outcome = send(centre, grid)
    assert refusal(outcome) == "report_too_many"
    assert outcome.params["minutes"] == rules.per_address_ms // MINUTE_MS  # type: ignore[union-attr]
    assert centre.count("audit") == audited, "a flood must not fill the audit log"
    done(send(centre, grid, address="203.0.113.8"))
    centre.clock.advance(ms=rules.per_address_ms)
    done(send(centre, grid))


def test_one_grid_takes_so_many_from_whatever_addresses(centre: Centre, grid: str) -> None:
    for number in range(centre.pack.citizen_reports.per_grid):
        done(send(centre, grid, address=f"203.0.113.{number}"))
    assert refusal(send(centre, grid, address="198.51.100.1")) == "report_too_many"
    other = centre.pack.divisions.children(RONGAN)[1]
    done(send(centre, other, address="198.51.100.1"))


def test_a_place_beside_the_grid_is_taken_and_one_far_away_is_refused_with_the_metres(
    centre: Centre, grid: str
) -> None:
    here = centre.pack.divisions.get(grid)
    done(send(centre, grid, lon=here.lon, lat=here.lat))
    outcome = send(centre, grid, lon=here.lon + 0.05, lat=here.lat)
    assert refusal(outcome) == "report_too_far"
    assert outcome.params["metres"] > 3_000  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"grid": "371102002020999"}, "no_such_grid"),
        ({"grid": RONGAN}, "no_such_grid"),
        ({"text": " \n "}, "text_missing"),
        ({"text": "长" * 501}, "text_too_long"),
        ({"category": "0203"}, "no_such_category"),
        ({"category": "99"}, "no_such_category"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    centre: Centre, grid: str, given: dict[str, Any], code: str
) -> None:
    assert refusal(send(centre, **({"grid": grid} | given))) == code
    assert centre.count("matters") == 0


def test_a_follow_code_shows_plain_steps_and_no_person(centre: Centre, grid: str) -> None:
    with_worker(centre, grid)
    code = done(send(centre, grid, name="李小明"))["code"]
    assert len(code) == 20
    seen = follow(centre.services, code, centre.now)
    assert seen is not None
    assert [(one.name, one.is_reached) for one in seen.steps][:2] == [("received", True), ("verified", False)]
    assert not seen.is_closed and seen.steps[0].at == centre.now
    for private in ("李小明", PHONE, "刘强", "建筑垃圾"):
        assert private not in repr(seen)
    assert follow(centre.services, code[:-1] + ("a" if code[-1] != "a" else "b"), centre.now) is None


def test_where_a_report_came_from_is_forgotten_after_a_day(centre: Centre, grid: str) -> None:
    done(send(centre, grid))
    forget_old(centre.services, centre.now + 25 * 60 * MINUTE_MS)
    with centre.services.store.read() as connection:
        assert connection.execute(select(tables.reports.c.address_hash)).scalar_one() == ""


async def test_news_of_a_report_are_told_when_they_happen(centre: Centre, grid: str) -> None:
    """The citizen's page asks one question that is held; it does not look every so often."""
    log = FoldedLog(centre.services)
    object.__setattr__(centre.services, "after_commit", log.look)
    log.start()
    code = done(send(centre, grid))["code"]
    first_matter = open_matter(centre)["id"]
    parts = ApiParts(centre.services, centre.clock, log, NothingMalformed(), refusal_text)  # type: ignore[arg-type]
    app = FastAPI()
    app.include_router(reports_router(parts))
    path = f"/api/v1/reports/{code}"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://centre") as page:
        await asyncio.sleep(0)
        first = (await page.get(path)).json()
        nothing = (await page.get(path, params={"after": first["seq"], "wait": 0.01})).json()
        assert nothing == {"seq": first["seq"], "unchanged": True}
        asking = asyncio.ensure_future(page.get(path, params={"after": first["seq"], "wait": 25}))
        while not log.bells.waiting:
            await asyncio.sleep(0.01)
        done(send(centre, grid, text="别的事"))  # another report wakes nobody
        await asyncio.sleep(0.05)
        assert not asking.done()
        own = service.Note(first_matter, "已联系")
        note = partial(service.note, now=centre.now, idempotency_key=centre.key())
        done(await asyncio.to_thread(note, centre.services, officer(), own))
        async with asyncio.timeout(30):
            answer = (await asking).json()
        assert answer["seq"] > first["seq"]
        assert answer["value"]["no"] == first["value"]["no"]
        unknown = await page.get(path[:-1] + ("a" if path[-1] != "a" else "b"), params={"wait": 0.01})
        assert unknown.status_code == 404
