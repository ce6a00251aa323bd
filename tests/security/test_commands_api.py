"""The interface of commands that are out, through the router alone: parsed, one act, answered in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from dashboard import principal_context, service
from dashboard.citypack import load_pack
from dashboard.service import Services
from dashboard.store.store import Store
from data_feeds.http.access import find_address
from data_feeds.http.answering import ApiParts, add_fault_answers
from data_feeds.http.commands_api import commands_router
from layouts.refusal import refusal_text
from tests.conftest import PROJECT_ROOT
from tests.store.centre import SECRET, Centre, done


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    store = Store(f"sqlite:///{tmp_path / 'centre.sqlite3'}")
    store.migrate()
    yield Centre(Services(store, load_pack(PROJECT_ROOT / "citypacks" / "rizhao"), secret=SECRET))
    store.close()


@pytest.fixture
def client(centre: Centre) -> Iterator[TestClient]:
    live: Any = SimpleNamespace(fix_of=lambda _worker: None)
    app = FastAPI()
    parts = ApiParts(centre.services, centre.clock, live, None, refusal_text)  # type: ignore[arg-type]

    @app.middleware("http")
    async def as_officer(request: Any, call_next: Any) -> Any:
        token = principal_context.enter(centre.officer)
        try:
            return await call_next(request)
        finally:
            principal_context.leave(token)

    app.include_router(commands_router(parts))
    add_fault_answers(app)
    with TestClient(app) as opened:
        yield opened


def post(client: TestClient, path: str, body: dict[str, Any], key: str = "key-0001") -> Any:
    assert find_address("POST", path) is not None, f"{path} is in no line of the access table"
    return client.post(path, json=body, headers={"idempotency-key": f"{key}-{path[-20:]}"})


def test_a_whistle_is_led_to_its_end_by_the_interface(client: TestClient, centre: Centre) -> None:
    units = centre.units(4)
    row = done(centre.whistle(centre.order(), *units[:3]))
    at = f"/api/v1/commands/{row['id']}"
    order = {"kind": "unit", "id": units[3]}
    assert post(client, f"{at}/receivers", {"receivers": [order]}).status_code == 200
    taken = post(client, f"{at}/recall", {"receiver_id": units[3], "reason": "不用了"})
    assert taken.status_code == 200
    done(centre.answer(row["id"], units[2], "declined", reason="不属本单位职责"))
    ruling = {"receiver_id": units[2], "ruling": "released", "reason": "确非"}
    assert post(client, f"{at}/rulings", ruling).status_code == 200
    for unit in units[:2]:
        assert post(client, f"{at}/arrivals", {"receiver_id": unit, "word": "电话"}, unit).status_code == 200
    people = {"receiver_id": units[0], "people": [{"name": "周建国"}, {"name": "钱一", "post": "科员"}]}
    signed = post(client, f"{at}/register", people).json()["value"]
    swap = {"receiver_id": units[0], "leaving": signed[0]["id"], "taking_over": signed[1]["id"]}
    assert post(client, f"{at}/replacements", swap).status_code == 200
    refused = post(client, f"{at}/leave", {"receiver_id": units[0]}, "early")
    assert (refused.status_code, refused.json()["error"]) == (409, "whistle_undecided")
    decision = {"item": 1, "decision": "清空", "owner": "街道", "due_at": centre.now + 60_000}
    assert post(client, f"{at}/decisions", decision).status_code == 200
    assert post(client, f"{at}/decisions/1/completion", {"result": "已清"}).status_code == 200
    for unit in units[:2]:
        assert post(client, f"{at}/leave", {"receiver_id": unit}, unit).status_code == 200
    rating = {"receiver_id": units[0], "punctual": 5, "competent": 4, "solved": 5}
    assert post(client, f"{at}/ratings", rating).status_code == 200
    figures = client.get("/api/v1/whistles/statistics", params={"unit": units[0]}).json()["value"]
    assert [(one["unit"], one["on_time"], one["punctual"]) for one in figures] == [(units[0], 1, 5.0)]
    register = client.get(f"/api/v1/matters/{row['matter_id']}/register").json()["value"]
    assert [one["name"] for one in register["register"]] == ["周**", "钱**"]


@pytest.mark.parametrize(
    "body",
    [
        {"receiver_id": "u", "punctual": 6, "competent": 1, "solved": 1},
        {"receiver_id": "u\0", "punctual": 5, "competent": 1, "solved": 1},
        {"receiver_id": "u", "punctual": 5, "competent": 1, "solved": 1, "more": 1},
    ],
)
def test_what_does_not_fit_is_named_and_not_echoed(
    client: TestClient, centre: Centre, body: dict[str, Any]
) -> None:
    answer = post(client, "/api/v1/commands/c1/ratings", body)
    assert answer.status_code == 422
    assert "u\0" not in answer.text


def test_what_is_said_of_an_unknown_command_is_refused_in_words(client: TestClient, centre: Centre) -> None:
    answer = post(client, "/api/v1/commands/nothing/arrivals", {"receiver_id": "u"})
    assert (answer.status_code, answer.json()["error"]) == (409, "no_such_command")
    assert isinstance(service.whistle_statistics(centre.services, centre.officer, centre.now), list)
