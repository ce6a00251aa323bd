"""The interface of the after-action page through its router: parsed, one reading, packed for who can unpack."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from dashboard import principal_context
from dashboard.citypack import CityPack
from dashboard.service import Services
from dashboard.store.store import Store
from data_feeds.http.access import find_address
from data_feeds.http.answering import ApiParts, add_fault_answers
from data_feeds.http.replay_api import replay_router
from layouts.refusal import refusal_text
from tests.store.centre import MINUTE_MS, SECRET, Centre, done


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
