"""A process that lives and one that may have traffic are two questions."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.clock import Clock
from dashboard.store.store import Store, StoreBusy
from data_feeds.http import health
from data_feeds.http.metrics import Metrics


class Hub:
    """A live hub as the health pages see it."""

    def __init__(self) -> None:
        self.is_ready = True
        self.state = {"picture": "live", "bus": "up", "store": "up"}

    def stats(self) -> dict[str, Any]:
        return dict(self.state)


class FakeStore:
    def __init__(self, says: str) -> None:
        self.says = says
        self.asked = 0

    def schema(self) -> str:
        self.asked += 1
        if self.says == "busy":
            raise StoreBusy("away")
        return self.says


def client(store: Any, hub: Hub) -> TestClient:
    routes = health.health_routes(store, cast(Any, hub), cast(Metrics, None), cast(Clock, None), "r1")
    return TestClient(Starlette(routes=routes))


@pytest.mark.parametrize(
    ("says", "status", "store", "schema"),
    [
        ("current", 200, "ok", "current"), ("newer", 200, "ok", "newer"), ("older", 503, "ok", "older"),
        ("busy", 503, "busy", None),
    ],
)  # fmt: skip
def test_ready_is_who_reads_a_store_that_this_release_works_on(
    says: str, status: int, store: str, schema: str | None
) -> None:
    answer = client(FakeStore(says), Hub()).get("/readyz")
    assert (answer.status_code, answer.json()["store"], answer.json()["schema"]) == (status, store, schema)


def test_no_picture_is_not_ready_and_a_picture_without_redis_is() -> None:
    hub = Hub()
    hub.is_ready, hub.state["picture"] = False, "starting"
    assert client(FakeStore("current"), hub).get("/readyz").status_code == 503
    hub.is_ready, hub.state = True, {"picture": "polling", "bus": "down", "store": "up"}
    answer = client(FakeStore("current"), hub).get("/readyz")
    assert (answer.status_code, answer.json()["bus"]) == (200, "down")


def test_a_process_without_its_store_lives_and_says_so() -> None:
    hub, store = Hub(), FakeStore("busy")
    hub.state["store"] = "down"
    answer = client(store, hub).get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert store.asked == 0  # a store that hangs must not take the answer with it


def test_a_store_that_hangs_is_asked_once_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "READY_WITHIN_S", 0.05)
    answering = threading.Event()

    class Hangs(FakeStore):
        def schema(self) -> str:
            self.asked += 1
            answering.wait(30)
            return "current"

    store = Hangs("current")
    with client(store, Hub()) as asking:  # one event loop for all requests
        for _ in range(3):
            assert asking.get("/readyz").json()["store"] == "silent"
        answering.set()
        assert store.asked == 1


def test_a_database_says_whose_release_its_schema_is(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    assert store.schema() == "older"
    store.migrate()
    assert store.schema() == "current"
    for revision, said in (("0001", "older"), ("from a later release", "newer")):
        with store.write() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
        assert store.schema() == said
    store.close()
