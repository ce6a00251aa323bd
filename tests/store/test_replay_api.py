"""The interface of the after-action page through its router: parsed, one reading, packed for who can unpack."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from dashboard import principal_context, service
from dashboard.citypack import CityPack
from dashboard.service import Services
from dashboard.store import audit
from dashboard.store.store import Store
from data_feeds.http.access import find_address
from data_feeds.http.answering import ApiParts, add_fault_answers
from data_feeds.http.replay_api import replay_router
from layouts.refusal import refusal_text
from tests.store.centre import MINUTE_MS, SECRET, Centre, done, refusal


@pytest.fixture
def centre(pack: CityPack, migrated_file: Path, tmp_path: Path) -> Iterator[Centre]:
    shutil.copy(migrated_file, tmp_path / "centre.sqlite3")
    store = Store(f"sqlite:///{tmp_path / 'centre.sqlite3'}")
    yield Centre(Services(store, pack, secret=SECRET))
    store.close()


@pytest.fixture
def client(centre: Centre) -> Iterator[TestClient]:
    app = FastAPI()
    parts = ApiParts(centre.services, centre.clock, None, None, refusal_text)  # type: ignore[arg-type]

    @app.middleware("http")
    async def as_officer(request: Any, call_next: Any) -> Any:
        token = principal_context.enter(centre.officer)
        try:
            return await call_next(request)
        finally:
            principal_context.leave(token)

    app.include_router(replay_router(parts))
    add_fault_answers(app)
    with TestClient(app) as opened:
        yield opened


def get(client: TestClient, encoding: str = "identity", **query: Any) -> Any:
    assert find_address("GET", "/api/v1/replay") is not None
    return client.get("/api/v1/replay", params=query, headers={"accept-encoding": encoding})


def audited(centre: Centre) -> list[str]:
    """What came of each replay that was asked for, as the audit has it."""
    with centre.services.store.read() as connection:
        rows = audit.rows_between(connection, 1, None)
        return [one["result"] for one in rows if one["act"] == "see_replay"]


def test_a_matters_replay_is_the_same_packed_and_plain(client: TestClient, centre: Centre) -> None:
    matter = centre.order()
    whistle = done(centre.whistle(matter, *centre.units(2)))
    centre.wait(minutes=21)
    plain, packed = (get(client, encoding, matter=matter["id"]) for encoding in ("identity", "gzip, br"))
    assert plain.json() == packed.json()
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])
    value = plain.json()["value"]
    assert value["matter"]["no"] == matter["no"]
    assert value["changes"][-1]["upserts"]["commands"][0]["id"] == whistle["id"]
    assert [one["at"] for one in value["changes"]] == sorted(one["at"] for one in value["changes"])
    assert "13812345678" not in plain.text
    assert plain.headers["x-server-now"] == str(centre.now)


def test_what_is_no_period_is_told_in_words(client: TestClient, centre: Centre) -> None:
    assert get(client, matter="no such").status_code == 422
    assert get(client, **{"from": -1}).status_code == 422
    unknown = get(client, matter="nothing")
    assert (unknown.status_code, unknown.json()["error"]) == (409, "no_such_matter")
    long = get(client, **{"from": centre.now - 24 * 60 * MINUTE_MS, "to": centre.now})
    assert (long.status_code, long.json()["words"]) == (409, "一次最多回放 12 小时，请把时段选短些")


def test_a_replay_that_was_given_up_does_not_take_its_turn(centre: Centre) -> None:
    """Whoever waits behind it is read next, and it leaves no trace of having been seen."""
    matter = centre.order()
    statuses: dict[str, int] = {}

    async def ask(app: FastAPI, name: str, gone: asyncio.Event | None) -> None:
        asked = iter(({"type": "http.request", "body": b""}, {"type": "http.disconnect"}))

        async def receive() -> Any:
            if (message := next(asked))["type"] == "http.disconnect":
                if gone is None:
                    await asyncio.Event().wait()  # it waits for its answer
                else:
                    gone.set()
            return message

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses[name] = message["status"]

        address = {"path": "/api/v1/replay", "raw_path": b"/api/v1/replay", "root_path": ""}
        scope = {
            "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "headers": [],
            "query_string": f"matter={matter['id']}".encode(), **address,
        }  # fmt: skip
        token = principal_context.enter(centre.officer)
        try:
            await app(scope, receive, send)
        finally:
            principal_context.leave(token)

    async def morning() -> None:
        turn, gone = asyncio.Lock(), asyncio.Event()
        app = FastAPI()
        app.include_router(
            replay_router(
                ApiParts(centre.services, centre.clock, None, None, refusal_text),  # type: ignore[arg-type]
                turn,
            )
        )
        async with asyncio.timeout(30), asyncio.TaskGroup() as asking:
            await turn.acquire()  # another one is being read
            asking.create_task(ask(app, "given up", gone))
            asking.create_task(ask(app, "patient", None))
            await gone.wait()
            turn.release()

    asyncio.run(morning())
    assert statuses == {"given up": 499, "patient": 200}
    assert audited(centre) == ["done"]


def test_a_replay_that_is_given_up_while_it_is_read_stops_and_says_so_in_the_audit(centre: Centre) -> None:
    matter = centre.order()
    asked = service.ReadReplay(matter["id"], None, None)
    found = service.read_replay(centre.services, centre.officer, asked, centre.now, is_wanted=lambda: False)
    assert refusal(found) == "replay_given_up"
    assert audited(centre) == ["replay_given_up"]
