"""Each request has a name: in its answer, in what was logged meanwhile, and in what a failure says."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from dashboard import request_id
from dashboard.log_lines import FIELDS, formatter
from dashboard.store.store import StoreBusy
from data_feeds.http.answering import add_fault_answers
from data_feeds.http.trace import Traced

logger = logging.getLogger("tests.trace")


def application() -> FastAPI:
    app = FastAPI()
    add_fault_answers(app)

    @app.get("/thread")
    async def thread() -> str:
        await asyncio.to_thread(logger.warning, "in a thread")
        return request_id.current()

    @app.get("/busy")
    async def busy() -> None:
        raise StoreBusy("secret words of the driver")

    @app.get("/fault/{code}")
    async def fault(code: str) -> None:
        raise ZeroDivisionError(f"secret words {code}")

    return app


class Watched:
    """The traced application, what it told of each answer, and the lines it logged."""

    def __init__(self, app: Any) -> None:
        self.told: list[tuple[str, int]] = []
        self.written = io.StringIO()
        traced = Traced(app, lambda method, status, _seconds: self.told.append((method, status)))
        self.client = TestClient(traced, raise_server_exceptions=False)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.written.getvalue().splitlines()]


@pytest.fixture
def watched(request: pytest.FixtureRequest) -> Iterator[Watched]:
    made = Watched(application())
    handler = logging.StreamHandler(made.written)
    handler.setFormatter(formatter("json", "web"))
    logging.getLogger().addHandler(handler)
    yield made
    logging.getLogger().removeHandler(handler)


def test_an_answer_and_its_lines_carry_one_name(watched: Watched) -> None:
    answer = watched.client.get("/thread")
    name = answer.headers["x-request-id"]
    assert answer.json() == name
    (line,) = [one for one in watched.lines() if one["logger"] == "tests.trace"]
    assert (line["request_id"], line["words"], line["part"], line["level"]) == (
        *(name, "in a thread", "web"),
        "warning",
    )
    assert watched.client.get("/thread").headers["x-request-id"] != name


def test_a_proxys_name_is_kept_and_one_that_is_none_is_not(watched: Watched) -> None:
    given = "7d0f3c2e9a5b4c1d8e6f001122334455"
    assert watched.client.get("/thread", headers={"x-request-id": given}).json() == given
    for wrong in ("short", 'a"b' * 8, "x" * 65, "\x1b[31m-red-red"):
        assert watched.client.get("/thread", headers={"x-request-id": wrong}).json() != wrong


def test_a_refusal_for_a_dead_store_says_its_name(watched: Watched) -> None:
    answer = watched.client.get("/busy")
    assert answer.status_code == 503
    assert answer.json() == {"error": "store_busy", "request_id": answer.headers["x-request-id"]}
    assert "secret" not in answer.text
    assert watched.told == [("GET", 503)]


def test_a_fault_is_told_by_its_name_and_logged_with_its_trace_but_no_citizens_code(watched: Watched) -> None:
    code = "abcdefgh23456789abcd"
    answer = watched.client.get(f"/fault/{code}")
    assert answer.status_code == 500
    assert answer.json() == {"error": "internal_fault", "request_id": answer.headers["x-request-id"]}
    assert watched.told == [("GET", 500)]
    (line,) = [one for one in watched.lines() if one["logger"] == "data_feeds.http.trace"]
    assert (line["path"], line["status"]) == ("/fault/…", 500)
    assert line["request_id"] == answer.headers["x-request-id"]


def test_a_bare_application_that_fails_is_answered_too() -> None:
    async def fails(_scope: Any, _receive: Any, _send: Any) -> None:
        raise ZeroDivisionError("secret")

    watched = Watched(fails)
    answer = watched.client.get("/")
    assert (answer.status_code, answer.json()["error"]) == (500, "internal_fault")


def test_a_line_is_one_object_whatever_its_words_hold() -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 0, "two\nlines %s", ('"',), None)
    setattr(record, FIELDS, {"words": "not replaced", "unit": "甲"})
    line = formatter("json", "feeds").format(record)
    assert "\n" not in line
    said = json.loads(line)
    assert (said["words"], said["unit"], said["part"]) == ('two\nlines "', "甲", "feeds")
    assert "request_id" not in said


def test_text_lines_end_with_the_name() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "done", (), None)
    plain = formatter("text", "web")

    async def named() -> str:
        request_id.begin("0123456789abcdef")
        return plain.format(record)

    assert asyncio.run(named()).endswith("web INFO done [0123456789abcdef]")
