"""The machines by the interface: the same steps, refused in the same words, and nothing else gets in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest_asyncio
from fastapi import FastAPI

from dashboard import service
from data_feeds.http.answering import ApiParts, add_fault_answers
from data_feeds.http.machines_api import machines_router
from layouts.refusal import refusal_text
from tests.browser.hand_server import FoldedLog, NothingMalformed
from tests.store.centre import RONGAN, Centre, done, officer
from tests.store.test_own_api import As

CASE = {
    "title": "楼上漏水索赔", "category": "2201", "applicant": "李小明", "opponent": "王小红", "words": "要求修复",
    "division": RONGAN,
}  # fmt: skip


@pytest_asyncio.fixture
async def desk(centre: Centre) -> AsyncIterator[httpx.AsyncClient]:
    log = FoldedLog(centre.services)
    parts = ApiParts(centre.services, centre.clock, log, NothingMalformed(), refusal_text)  # type: ignore[arg-type]
    app = FastAPI()
    add_fault_answers(app)
    app.include_router(machines_router(parts))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(As(app, officer("duty_leader", name="陈建国"))), base_url="http://desk"
    ) as client:
        yield client


async def post(desk: httpx.AsyncClient, path: str, key: str, body: dict[str, Any]) -> httpx.Response:
    return await desk.post(f"/api/v1/{path}", json=body, headers={"Idempotency-Key": f"key-{key:->8}"})


async def test_a_dispute_by_the_interface_may_not_go_to_court_before_mediation(
    centre: Centre, desk: httpx.AsyncClient
) -> None:
    registered = await post(desk, "disputes", "register", CASE)
    assert registered.status_code == 200, registered.text
    assert "李小明" not in registered.text
    assert "王小红" not in registered.text
    case = registered.json()["value"]["id"]
    steps = f"matters/{case}/steps"
    unit = centre.units(1)[0]
    sort = {"to": "SORTED", "fields": {"unit": unit, "window": "12"}}
    listed = (await desk.get("/api/v1/windows")).json()["value"]
    assert [one["code"] for one in listed] == [f"{n:02}" for n in range(1, 34)]
    unknown = await post(
        desk, steps, "elsewhere", {"to": "SORTED", "fields": {"unit": unit, "window": "东边"}}
    )
    assert (unknown.status_code, unknown.json()["error"]) == (409, "no_such_window")
    assert "没有“东边”这个窗口" in unknown.json()["words"]
    assert (await post(desk, steps, "sort", sort)).status_code == 200
    sorted_to = (await desk.get(f"/api/v1/matters/{case}/loop")).json()["value"]["details"]
    assert (sorted_to["window"], sorted_to["window_name"]) == ("12", "劳动人事争议仲裁")
    assert (
        await post(desk, steps, "talk", {"to": "INTERVIEWED", "fields": {"handling": "x"}})
    ).status_code == 200
    refused = await post(desk, steps, "court", {"to": "LITIGATION", "fields": {"body": "法院"}})
    assert refused.status_code == 409
    assert refused.json()["error"] == "mediation_first"
    assert "须先调解" in refused.json()["words"]
    loop = (await desk.get(f"/api/v1/matters/{case}/loop")).json()["value"]
    court = next(one for one in loop["steps"] if one["to"] == "LITIGATION")
    assert "须先调解" in court["refused"]
    assert court["required"] == ["body"]


async def test_call_backs_and_supervision_orders_by_the_interface(
    centre: Centre, desk: httpx.AsyncClient
) -> None:
    unit = centre.units(1)[0]
    matter = centre.order(status="TO_CALLBACK", unit=unit, dispatched_at=centre.now, replied_at=centre.now)
    done(centre.do(service.supervise, service.Supervise(matter["id"], "限期"), centre.leader))
    (order,) = (await desk.get(f"/api/v1/matters/{matter['id']}/loop")).json()["value"]["supervisions"]
    call = {"result": "answered", "resolved": True, "satisfaction": "satisfied"}
    said = await post(desk, f"matters/{matter['id']}/callbacks", "call", call)
    assert said.json()["value"]["proof"] == "answered"
    close = f"matters/{matter['id']}/steps"
    assert (await post(desk, close, "close", {"to": "CLOSED"})).json()["error"] == "supervision_unanswered"
    answer = f"matters/{matter['id']}/supervisions/{order['id']}/answer"
    assert (await post(desk, answer, "answer", {"text": "已整改"})).status_code == 200
    assert (await post(desk, close, "again", {"to": "CLOSED"})).status_code == 200
    pressure = (await desk.get(f"/api/v1/units/{unit}/pressure")).json()["value"]
    assert pressure["orders"] == {"issued": 1, "answered": 1}


async def test_what_is_not_of_its_kind_is_malformed(centre: Centre, desk: httpx.AsyncClient) -> None:
    matter = centre.order()
    for body in (
        {"to": "HANDLING", "fields": {"reason": ["x"]}},
        {"to": "HANDLING", "fields": {"reason": "x" * 2_001}},
        {"to": "HANDLING", "fields": {f"f{n}": "x" for n in range(60)}},
        {"to": "HANDLING", "fields": {"until_at": 1.5}},
        {"to": "HANDLING", "made_up": 1},
    ):
        assert (await post(desk, f"matters/{matter['id']}/steps", "wrong", body)).status_code == 422, body
    assert (await post(desk, "disputes", "wrong", CASE | {"people": 1})).status_code == 422
    assert (await post(desk, "disputes", "wrong", CASE | {"division": "371102'; --"})).status_code == 422
