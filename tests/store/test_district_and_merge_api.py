"""Counties and merges by the interface: the same acts as on the desk, refused in the same words."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from dashboard import principal_context
from dashboard.domain.principal import Principal
from data_feeds.http.access import find_address
from data_feeds.http.answering import ApiParts, add_fault_answers
from data_feeds.http.districts_api import districts_router
from data_feeds.http.merging_api import merging_router
from layouts.refusal import refusal_text
from tests.store.centre import CITY, DONGGANG, LANSHAN, Centre, done, officer


class Asker:
    """Asks the interface as one officer after another."""

    def __init__(self, centre: Centre) -> None:
        unused: Any = None
        app, parts = FastAPI(), ApiParts(centre.services, centre.clock, unused, unused, refusal_text)
        add_fault_answers(app)
        app.include_router(districts_router(parts))
        app.include_router(merging_router(parts))
        self._client = TestClient(app)
        self._centre = centre

    def ask(self, who: Principal, path: str, body: Any = None) -> tuple[int, Any]:
        method = "GET" if body is None else "POST"
        assert find_address(method, path) is not None, "the gate does not know this address"
        token = principal_context.enter(who)
        try:
            key = {"idempotency-key": f"interface-{self._centre.key()}"}
            answer = self._client.request(method, path, json=body, headers=key)
        finally:
            principal_context.leave(token)
        return answer.status_code, answer.json()


def test_a_move_is_declined_and_overridden_by_the_interface(centre: Centre) -> None:
    asker, matter = Asker(centre), centre.order()
    ours, theirs = officer(jurisdiction=DONGGANG), officer(jurisdiction=LANSHAN)
    path = f"/api/v1/matters/{matter['id']}/proposals"
    status, answer = asker.ask(ours, path, {"kind": "move", "to_region": LANSHAN, "reason": "管线在岚山"})
    assert status == 200
    proposal = answer["value"]["proposal"]
    status, shown = asker.ask(theirs, path)
    assert shown["value"]["read_only"] and shown["value"]["proposals"][0]["may"] == ["accept", "decline"]
    assert asker.ask(theirs, f"/api/v1/proposals/{proposal}/answer", {"accept": False})[0] == 409
    assert (
        asker.ask(theirs, f"/api/v1/proposals/{proposal}/answer", {"accept": False, "reason": "不是"})[0]
        == 200
    )
    status, refused = asker.ask(
        ours, f"/api/v1/proposals/{proposal}/override", {"accept": True, "reason": "应由岚山"}
    )
    assert (status, refused["error"]) == (409, "not_city_level")
    city = officer(jurisdiction=CITY)
    status, ruled = asker.ask(
        city, f"/api/v1/proposals/{proposal}/override", {"accept": True, "reason": "应由岚山"}
    )
    assert (status, ruled["value"]["matter"]["region"]) == (200, LANSHAN)
    assert asker.ask(city, path, {"kind": "give", "to_region": LANSHAN, "reason": "x"})[0] == 422


def test_a_shared_matter_lets_the_other_countys_unit_be_ordered(centre: Centre) -> None:
    asker, matter = Asker(centre), centre.order()
    ours, theirs = officer(jurisdiction=DONGGANG), officer(jurisdiction=LANSHAN)
    unit = centre.units(1, LANSHAN)[0]
    outcome = centre.dispatch(matter, unit, actor=ours)
    assert getattr(outcome, "code", "") == "receiver_outside"
    path = f"/api/v1/matters/{matter['id']}/proposals"
    _, answer = asker.ask(ours, path, {"kind": "share", "to_region": LANSHAN, "reason": "交界"})
    asker.ask(theirs, f"/api/v1/proposals/{answer['value']['proposal']}/answer", {"accept": True})
    command = done(centre.dispatch(centre.matter(matter["id"]), unit, actor=ours))
    end = f"/api/v1/matters/{matter['id']}/shares/{LANSHAN}/end"
    assert asker.ask(theirs, end, {"reason": "完工"})[0] == 200
    (after,) = [one for one in centre.detail(matter["id"]).commands if one["id"] == command["id"]]
    assert after["state"] == "recalled"


def test_matters_are_merged_and_taken_apart_by_the_interface(centre: Centre) -> None:
    asker, actor = Asker(centre), centre.officer
    first, second, third = (centre.order(lon=119.5412, lat=35.3893, village=None) for _ in range(3))
    path = f"/api/v1/matters/{first['id']}/merges"
    _, shown = asker.ask(actor, path)
    assert {one["id"] for one in shown["value"]["alike"]} == {second["id"], third["id"]}
    rejected = {"matter_ids": [third["id"]], "reason": "另一栋"}
    assert asker.ask(actor, f"{path}/reject", rejected)[0] == 200
    status, merged = asker.ask(actor, path, {"numbers": [second["no"]], "expected_version": first["version"]})
    assert (status, merged["value"]["merged"]) == (200, [second["id"]])
    assert asker.ask(actor, path)[1]["value"]["carried"][0]["no"] == second["no"]
    assert asker.ask(actor, f"/api/v1/matters/{second['id']}/unmerge", {"reason": "另有原因"})[0] == 200
    assert asker.ask(actor, path, {"matter_ids": ["x"] * 201})[0] == 422
