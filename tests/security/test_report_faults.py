"""What a stranger may send to the citizens' address: whatever it is, the answer is a refusal in words or a report."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from dashboard.citypack import load_pack
from dashboard.service import Services
from dashboard.store.store import Store
from data_feeds.http.answering import ApiParts, add_fault_answers
from data_feeds.http.reports_api import reports_router
from layouts.refusal import refusal_text
from tests.browser.hand_server import FoldedLog, NothingMalformed
from tests.conftest import PROJECT_ROOT
from tests.fake_clock import FakeClock
from tests.store.centre import MONDAY_1000, SECRET

GRID = "371102002020001"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "centre.sqlite3"
    store = Store(f"sqlite:///{file}")
    store.migrate()
    store.close()
    return file


@pytest.fixture
def app(template: Path, tmp_path: Path) -> Iterator[FastAPI]:
    file = tmp_path / "centre.sqlite3"
    shutil.copy(template, file)
    store = Store(f"sqlite:///{file}")
    pack = load_pack(PROJECT_ROOT / "citypacks" / "rizhao")
    services = Services(store, pack, secret=SECRET, attachments_dir=tmp_path / "attachments")
    made = FastAPI()
    add_fault_answers(made)
    parts = ApiParts(
        services,
        FakeClock(MONDAY_1000),
        FoldedLog(services),
        NothingMalformed(),
        refusal_text,  # type: ignore[arg-type]
    )
    made.include_router(reports_router(parts))
    yield made
    store.close()


def sender(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://centre")


@pytest.mark.parametrize(
    "fields",
    [
        '"text":"\\ud800"', '"text":"a\\u0000b"', '"text":"x","lon":NaN,"lat":1', '"text":"x","lon":1e999,"lat":1',
        '"text":"x","phone":"<b>"', '"text":"x","extra":1', '"text":"' + "x" * 501 + '"', '"text":"x"}{',
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_named_and_never_echoed(app: FastAPI, fields: str) -> None:
    body = f'{{"grid":"{GRID}","category":"21",{fields}}}'.encode()
    async with sender(app) as client:
        answer = await client.post(
            "/api/v1/reports",
            content=body,
            headers={"idempotency-key": "fault-key-1", "content-type": "application/json"},
        )
    assert answer.status_code == 422 and "<b>" not in answer.text and "x" * 50 not in answer.text


async def test_a_script_in_the_words_stays_words_and_leaves_no_trace_on_the_follow_page(app: FastAPI) -> None:
    script = "<script>alert(1)</script>"
    async with sender(app) as client:
        body = {"grid": GRID, "category": "21", "text": script, "name": script[:20], "place": script}
        answer = await client.post("/api/v1/reports", json=body, headers={"idempotency-key": "script-key-1"})
        code = answer.json()["value"]["code"]
        shown = await client.get(f"/api/v1/reports/{code}")
    assert answer.status_code == 200 and "script" not in shown.text


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg onload=alert(1)>", b"GIF89a" + bytes(50), b"%PDF-1.4 x", b"\xff\xd8\xff\xe0" + bytes(99)],
)
async def test_a_photograph_that_is_none_is_refused(app: FastAPI, content: bytes) -> None:
    async with sender(app) as client:
        body = {"grid": GRID, "category": "21", "text": "电线垂落"}
        sent = await client.post("/api/v1/reports", json=body, headers={"idempotency-key": "photo-key-0"})
        code = sent.json()["value"]["code"]
        answer = await client.post(
            f"/api/v1/reports/{code}/photos", content=content, headers={"idempotency-key": "photo-key-1"}
        )
    assert answer.status_code == 409 and answer.json()["error"].startswith("attachment_")
