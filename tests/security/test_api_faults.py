"""Malformed requests to the JSON interface: named by field, never echoed, never a server error."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from data_feeds.http.answering import add_fault_answers
from data_feeds.http.api import api_router

NOBODY: Any = None  # none of these requests comes as far as a service
KEY = {"idempotency-key": "key-00000001", "content-type": "application/json"}
COMMAND = b'{"matter_id":"m1","expected_version":1,"objective":%b,"receivers":[{"kind":"unit","id":"u1"}]}'


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    add_fault_answers(app)
    app.include_router(api_router(NOBODY))
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"NaN", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000, b'{"\\ud800":1}',
        COMMAND % b'"\\ud800"', COMMAND % b'"a\\u0000b"', COMMAND % b"NaN", COMMAND % (b"9" * 5_000),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_without_a_server_error(client: TestClient, body: bytes) -> None:
    for path in ("commands", "whistles", "receipts", "kiosk-tokens"):
        assert client.post(f"/api/v1/{path}", content=body, headers=KEY).status_code in (400, 422)


def test_neither_a_value_nor_a_made_up_field_is_echoed(client: TestClient) -> None:
    body = '{"<script>李小明13812345678":1,"matter_id":"<script>13812345678"}'.encode()
    answer = client.post("/api/v1/commands", content=body, headers=KEY)
    assert answer.status_code == 422
    assert not any(part in answer.text for part in ("script", "李小明", "1381"))
    assert "body.receivers" in answer.text
