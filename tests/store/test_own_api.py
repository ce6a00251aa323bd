"""The interface of those who receive orders: one batch in order, each item once, woken at once."""

from __future__ import annotations

import asyncio
import typing
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import insert
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import principal_context, service
from dashboard.domain.principal import Principal
from dashboard.store import tables
from dashboard.store.store import StoreBusy
from data_feeds.http import own_api
from data_feeds.http.answering import ApiParts, add_fault_answers
from data_feeds.http.attachments_api import attachments_router
from layouts.refusal import refusal_text
from tests.browser.hand_server import FoldedLog, NothingMalformed
from tests.store.centre import Centre, done, officer
from tests.store.pictures import jpeg


class As:
    """Every request acts as one person, as behind the gate."""

    def __init__(self, app: ASGIApp, person: Principal) -> None:
        self._app = app
        self.person = person

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = principal_context.enter(self.person)
        try:
            await self._app(scope, receive, send)
        finally:
            principal_context.leave(token)


@pytest.fixture
def unit(centre: Centre) -> str:
    return centre.units(1)[0]


@pytest.fixture
def log(centre: Centre) -> FoldedLog:
    folded = FoldedLog(centre.services)
    object.__setattr__(centre.services, "after_commit", folded.look)
    return folded


@pytest_asyncio.fixture
async def page(centre: Centre, unit: str, log: FoldedLog) -> AsyncIterator[httpx.AsyncClient]:
    parts = ApiParts(centre.services, centre.clock, log, NothingMalformed(), refusal_text)  # type: ignore[arg-type]
    log.start()
    async with client(parts, officer("unit_liaison", unit=unit, name="郑爱国")) as opened:
        yield opened


def client(parts: ApiParts, person: Principal) -> httpx.AsyncClient:
    """A person's page: the interface of receivers, and the one that takes photos."""
    app = FastAPI()
    add_fault_answers(app)
    app.include_router(own_api.own_router(parts))
    app.include_router(attachments_router(parts))
    return httpx.AsyncClient(transport=httpx.ASGITransport(As(app, person)), base_url="http://unit")


def item(kind: str, key: str, **given: Any) -> dict[str, Any]:
    return {"kind": kind, "key": key} | given


async def send(page: httpx.AsyncClient, *items: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await page.post("/api/v1/own/answers", json={"items": list(items)})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_a_batch_is_done_in_order_and_a_second_time_changes_nothing(
    page: httpx.AsyncClient, centre: Centre, unit: str
) -> None:
    command = done(centre.dispatch(centre.order(), unit))["id"]
    batch = [
        item("answer", f"key-{number:06d}", command_id=command, stage=stage, said_at=centre.now)
        for number, stage in enumerate(("accepted", "en_route"))
    ]
    batch.append(item("note", "key-note-1", matter_id=centre.log()[-1].matter_id, text="路上堵车"))
    first = await send(page, *batch)
    assert [one["status"] for one in first] == ["done"] * 3
    seq = centre.seq()
    again = await send(page, *batch)
    assert [one["seq"] for one in again] == [one["seq"] for one in first]
    assert centre.seq() == seq


async def test_a_phone_that_was_offline_sends_the_photo_and_then_the_result_that_names_it(
    centre: Centre, log: FoldedLog
) -> None:
    """In order, as the queue of `/field` does; a result whose photo was refused is refused in words, and nothing of it
    is done."""
    grid = next(one.code for one in centre.pack.divisions.at_level("grid"))
    row = {
        "slot": 0, "worker_id": "w-1", "name": "刘强", "grid": grid, "township": grid[:9], "region": grid[:6],
        "assessed": True, "device_id": "d-1",
    }  # fmt: skip
    with centre.services.store.write() as connection:
        connection.execute(insert(tables.roster), row)
    order = service.Dispatch(
        centre.order()["id"], (service.ReceiverOrder("worker", "w-1"),), "看", override_reason="就近"
    )
    command = done(centre.do(service.dispatch, order, expected_version=None))
    parts = ApiParts(centre.services, centre.clock, log, NothingMalformed(), refusal_text)  # type: ignore[arg-type]
    worker = Principal("account:w-1", "刘强", "officer", "grid_worker", grid, worker="w-1")
    said = {"command_id": command["id"], "stage": "done", "result": "已清", "said_at": centre.now}
    address = f"/api/v1/attachments?matter={command['matter_id']}&command={command['id']}"
    async with client(parts, worker) as phone:
        sent = await phone.post(address, content=b"no picture", headers={"idempotency-key": "photo-00001"})
        assert sent.status_code == 409
        (answer,) = await send(phone, item("answer", "key-000001", **said))
        assert (answer["status"], answer["error"]) == ("refused", "photos_missing")
        assert "至少 1 张" in answer["words"]
        photo = {"content": jpeg(), "headers": {"idempotency-key": "photo-00002"}}
        kept = [(await phone.post(address, **photo)).json()["value"]["id"] for _ in range(2)]
        assert kept[0] == kept[1], "sent twice on a bad line, kept once"
        answers = await send(
            phone,
            item("answer", "key-000002", **(said | {"stage": "arrived"}), accuracy_m=10),
            item("answer", "key-000003", **said, photos=kept[:1]),
        )
    assert [one["status"] for one in answers] == ["done", "done"]
    assert answers[1]["value"]["state"] == "done"


async def test_a_refused_item_does_not_hold_up_the_next(
    page: httpx.AsyncClient, centre: Centre, unit: str
) -> None:
    command = done(centre.dispatch(centre.order(), unit))["id"]
    answers = await send(
        page,
        item("answer", "key-000001", command_id="nowhere", stage="accepted"),
        item("answer", "key-000002", command_id=command),
        item("answer", "key-000003", command_id=command, stage="accepted"),
    )
    assert [(one["status"], one.get("error")) for one in answers] == [
        ("refused", "no_such_command"),
        ("refused", "item_incomplete"),
        ("done", None),
    ]
    assert all(one["words"] for one in answers[:2])


async def test_after_a_busy_store_the_rest_waits_for_later(
    page: httpx.AsyncClient, centre: Centre, unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = done(centre.dispatch(centre.order(), unit))["id"]

    def busy(*_given: Any, **_named: Any) -> Any:
        raise StoreBusy("locked")

    monkeypatch.setitem(own_api._PERFORM, "note", busy)
    answers = await send(
        page,
        item("answer", "key-000001", command_id=command, stage="accepted"),
        item("note", "key-000002", matter_id="m", text="记"),
        item("answer", "key-000003", command_id=command, stage="en_route"),
    )
    assert [one["status"] for one in answers] == ["done", "later", "later"]


async def test_nobody_answers_for_another_unit(page: httpx.AsyncClient, centre: Centre) -> None:
    other = centre.units(2)[1]
    command = done(centre.dispatch(centre.order(), other))["id"]
    (answer,) = await send(page, item("answer", "key-000001", command_id=command, stage="accepted"))
    assert answer["error"] == "no_such_command"
    (answer,) = await send(
        page, item("step", "key-000002", matter_id=centre.log()[-1].matter_id, to="HANDLING")
    )
    assert answer["error"] == "no_such_matter"


async def test_a_waiting_page_is_woken_by_its_own_news_only_and_long_before_its_wait_is_over(
    page: httpx.AsyncClient, centre: Centre, unit: str
) -> None:
    seq = (await page.get("/api/v1/own/inbox")).json()["value"]["seq"]
    waiting = asyncio.create_task(page.get("/api/v1/own/inbox", params={"after": seq, "wait": 25}))
    await asyncio.sleep(0.05)
    await asyncio.to_thread(centre.dispatch, centre.order(), centre.units(2)[1])
    await asyncio.sleep(0.3)
    assert not waiting.done()
    matter = centre.order()
    await asyncio.to_thread(lambda: done(centre.dispatch(matter, unit)))
    answer = (await asyncio.wait_for(waiting, 30)).json()["value"]
    assert [row["matter_id"] for row in answer["commands"]] == [matter["id"]]
    assert int((await page.get("/api/v1/own/inbox")).headers["x-server-now"]) == centre.now


async def test_a_page_without_news_is_told_so_and_not_given_everything_again(page: httpx.AsyncClient) -> None:
    seq = (await page.get("/api/v1/own/inbox")).json()["value"]["seq"]
    answer = await page.get("/api/v1/own/inbox", params={"after": seq, "wait": 0.05})
    assert answer.json()["value"] == {"seq": seq, "unchanged": True}


async def test_a_workers_page_is_told_with_every_answer_how_the_fleet_sees_the_worker(
    centre: Centre, log: FoldedLog
) -> None:
    grid = next(one.code for one in centre.pack.divisions.at_level("grid"))
    worker = Principal("account:w-1", "刘强", "officer", "grid_worker", grid, worker="w-1")
    parts = ApiParts(centre.services, centre.clock, log, NothingMalformed(), refusal_text)  # type: ignore[arg-type]
    log.start()
    seen = log.duty_of("w-1", centre.now)
    async with client(parts, worker) as phone:
        whole = (await phone.get("/api/v1/own/inbox")).json()["value"]
        held = await phone.get("/api/v1/own/inbox", params={"after": whole["seq"], "wait": 0.05})
    assert whole["duty"] == seen
    assert held.json()["value"] == {"seq": whole["seq"], "unchanged": True, "duty": seen}


async def test_a_page_that_has_the_rest_is_told_only_of_the_matters_that_changed(
    page: httpx.AsyncClient, centre: Centre, unit: str
) -> None:
    mine = centre.order(status="TO_SIGN", unit=unit, dispatched_at=centre.now)
    other = centre.order()
    done(centre.dispatch(other, unit))
    await asyncio.sleep(0)  # what was committed is folded
    whole = (await page.get("/api/v1/own/inbox")).json()["value"]
    assert {row["id"] for row in whole["matters"]} == {mine["id"], other["id"]}
    assert whole["of"] is None
    asked = {"after": whole["seq"], "wait": 5, "changes": True}

    fresh = centre.order(category="0101", title="河道里有人乱倒垃圾")  # like none of the others
    await asyncio.to_thread(lambda: done(centre.dispatch(fresh, unit)))
    news = (await page.get("/api/v1/own/inbox", params=asked)).json()["value"]
    assert news["of"] == [fresh["id"]]
    assert [row["id"] for row in news["matters"]] == [fresh["id"]]
    assert [row["matter_id"] for row in news["commands"]] == [fresh["id"]]

    # A matter that is taken from the unit is named, and nothing of it is there any more.
    away = service.Transfer(mine["id"], centre.units(2)[1], "职责所属")
    await asyncio.to_thread(lambda: done(centre.do(service.transfer, away, expected_version=None)))
    asked["after"] = news["seq"]
    gone = (await page.get("/api/v1/own/inbox", params=asked)).json()["value"]
    assert (gone["of"], gone["matters"], gone["commands"]) == ([mine["id"]], [], [])
    now = (await page.get("/api/v1/own/inbox")).json()["value"]
    assert {row["id"] for row in now["matters"]} == {other["id"], fresh["id"]}


async def test_a_page_that_is_too_far_behind_is_told_everything(
    page: httpx.AsyncClient, centre: Centre, unit: str, log: FoldedLog
) -> None:
    done(centre.dispatch(centre.order(), unit))
    await asyncio.sleep(0)
    log.bells.reloaded(log.picture)
    asked = {"after": 1, "wait": 5, "changes": True}
    whole = (await page.get("/api/v1/own/inbox", params=asked)).json()["value"]
    assert whole["of"] is None
    assert len(whole["commands"]) == 1


async def test_a_citizens_phone_is_shown_for_a_reason_and_written_down(
    page: httpx.AsyncClient, centre: Centre, unit: str
) -> None:
    matter = centre.order()
    done(centre.dispatch(matter, unit))
    path = f"/api/v1/own/matters/{matter['id']}/citizen"
    headers = {"idempotency-key": "key-reveal-1"}
    assert (await page.post(path, json={"reason": ""}, headers=headers)).status_code == 409
    shown = await page.post(path, json={"reason": "联系诉求人"}, headers={"idempotency-key": "key-reveal-2"})
    assert shown.json()["value"]["phone"] == "13812345678"
    assert [one.params["reason"] for one in centre.log("CitizenRevealed")] == ["联系诉求人"]
    detail = (await page.get(f"/api/v1/own/matters/{matter['id']}")).text
    assert "13812345678" not in detail


@pytest.mark.parametrize(
    "body",
    [
        {}, {"items": []}, {"items": [{"key": "short"}]}, {"items": [{"key": "k" * 12, "kind": "dispatch"}]},
        {"items": [{"key": "k" * 12, "receiver_id": "other"}]}, {"items": [{"key": "k" * 12, "fields": {"<b>": 1}}]},
        {"items": [{"key": "k" * 12, "lon": 1e9}]}, {"items": [{"key": "k" * 12, "photos": ["../../etc/passwd"]}]},
        {"items": [{"key": "k" * 12}] * 51},
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_refused_before_anything_is_done(
    page: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    assert (await page.post("/api/v1/own/answers", json=body)).status_code == 422


async def test_the_figures_come_with_the_time_of_the_server(page: httpx.AsyncClient, centre: Centre) -> None:
    answer = await page.get("/api/v1/own/statistics")
    assert answer.json()["value"]["whistles"]["called"] == 0
    assert answer.headers["x-server-rate"] == str(centre.clock.rate)


def test_every_kind_of_item_has_its_act() -> None:
    assert set(typing.get_args(own_api.OwnItem.model_fields["kind"].annotation)) == set(own_api._PERFORM)
