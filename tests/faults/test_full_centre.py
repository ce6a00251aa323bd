"""A whole centre on a disk that fills up, and a desk before a database that is locked: both are said, nothing
acknowledged is lost, and both go on alone.

The data folder lies on the disk that is filled, the Redis of the centre's own and the feeds' records with it. What one
act is answered then is held by the store's own tests.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.store.engine import BUSY_TIMEOUT_MS
from layouts.catalogue import text
from tests.browser.centre import Centre
from tests.browser.waiting import eventually
from tests.crash.people import new_key
from tests.faults.screens import DESK, missing, opened, ordering, store_of
from tools.bench_rows import Row, tell

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

DISK_MB = 192
OWN_MOUNTS = 0x20000  # CLONE_NEWNS, sched.h; Python has it from 3.12 on
HELD_S = 45.0  # longer than a writer waits for another
TELLS_WITHIN_S = BUSY_TIMEOUT_MS / 1_000 + 10.0  # it waits its turn before it says that it cannot
ALONE_WITHIN_S = 30.0
# Said by the server, or by the desk itself where it waits no longer.
NOT_DONE = ("服务器暂时不能写入，什么都没有发生。请再发一次。", text("desk.send.unanswered"))
DONE = ".outcome.shown[data-outcome=done]"


@pytest.fixture(scope="module")
def disk() -> Iterator[Path]:
    """A small disk of its own where one may be mounted, else a folder.

    Mounted for this process and those that it starts alone, so that it is gone with them however they end.
    """
    folder = Path(tempfile.mkdtemp(prefix="zs-disk-"))
    if sys.platform == "linux" and ctypes.CDLL(None).unshare(OWN_MOUNTS) == 0:
        options = f"size={DISK_MB}m,mode=700"
        for command in (
            ("--make-rprivate", "/"),
            ("-t", "tmpfs", "-o", options, "zhongshu-faults", str(folder)),
        ):
            subprocess.run(["mount", *command], check=False, capture_output=True)
    yield folder
    if os.path.ismount(folder):
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def centre(disk: Path) -> Iterator[Centre]:
    with Centre(disk / "var", {}) as running:
        yield running


@pytest.fixture(scope="module")
def desk(chromium: Browser, centre: Centre) -> Page:
    page = opened(chromium, f"{centre.web}/desk")
    centre.sit_down(page, DESK)
    page.wait_for_selector("#desk-queue .ag-row")
    return page


@pytest.fixture
def client(centre: Centre) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=centre.web, timeout=90, headers={"origin": centre.web}) as made:
        answer = made.post("/sign-in", data={"name": "zhibanyuan", "password": centre.accounts["zhibanyuan"]})
        assert answer.status_code == 303, answer.text
        yield made


def order(client: httpx.Client, place: int) -> tuple[str, dict[str, Any]]:
    """An order that is ready to be sent, with its key."""
    rows = [row for row in client.get("/api/v1/matters").json()["matters"] if not row["whistle"]]
    body = {
        "matter_id": rows[place]["id"], "expected_version": rows[place]["version"], "objective": "到现场核实",
        "receivers": [{"kind": "unit", "id": "rz-gas", "role": "assist"}],
    }  # fmt: skip
    return new_key(), body


def send(client: httpx.Client, key: str, body: dict[str, Any]) -> httpx.Response:
    return client.post("/api/v1/commands", json=body, headers={"idempotency-key": key})


def is_whole(centre: Centre) -> str:
    with contextlib.closing(sqlite3.connect(centre.var_dir / "zhongshu.sqlite3", timeout=60)) as opened_file:
        return str(opened_file.execute("PRAGMA integrity_check").fetchone()[0])


def ordered_at(desk: Page, row: int) -> None:
    """Choose the row so many below and send an order on it by the keyboard."""
    desk.keyboard.press("4")
    for _ in range(row):
        desk.keyboard.press("j")
    expect(desk.locator(".matter-title")).to_be_visible()
    desk.keyboard.press("d")
    expect(desk.locator(".picked")).to_contain_text("已选 1")
    desk.keyboard.press("Enter")


def tell_whole(centre: Centre, what: str, took_s: float, alone_s: float) -> None:
    whole = is_whole(centre)
    tell(Row(f"{what}: told to try again (503) after", took_s, "s", TELLS_WITHIN_S))
    tell(
        Row(
            f"{what}: acts taken again after it is over",
            alone_s,
            "s",
            ALONE_WITHIN_S,
            note="nobody did anything",
        )
    )
    tell(Row(f"{what}: faults that the integrity check finds", int(whole != "ok"), "", 0))
    assert whole == "ok"


def test_a_locked_database_is_said_on_the_desk_and_the_act_is_done_after_it(
    centre: Centre, desk: Page, client: httpx.Client
) -> None:
    key, body = order(client, 0)
    holding = sqlite3.connect(
        centre.var_dir / "zhongshu.sqlite3", timeout=60, isolation_level=None, check_same_thread=False
    )
    holding.execute("BEGIN IMMEDIATE")
    freed = threading.Timer(HELD_S, holding.execute, ("ROLLBACK",))
    freed.start()
    began = time.monotonic()
    answers: list[httpx.Response] = []
    asking = threading.Thread(target=lambda: answers.append(send(client, key, body)))
    asking.start()
    ordered_at(desk, 1)
    line = desk.locator(".dialog-refusal")
    eventually(
        lambda: line.is_visible() and line.inner_text() in NOT_DONE, "the desk says that it is not done", 60
    )
    said_s = time.monotonic() - began
    asking.join(60)
    (answer,) = answers
    took_s = time.monotonic() - began
    assert (answer.status_code, answer.json()["error"]) == (503, "store_busy")
    assert answer.headers["retry-after"]
    freed.join()
    holding.close()
    began = time.monotonic()
    eventually(lambda: send(client, *order(client, 2)).status_code == 200, "an act is done again", 60)
    alone_s = time.monotonic() - began

    def sent_again() -> bool:
        if not desk.locator(DONE).count():
            desk.keyboard.press("Enter")  # the desk has kept the order, and its key
            desk.wait_for_timeout(500)
        return desk.locator(DONE).count() > 0

    eventually(sent_again, "the desk's own order is done", 60)
    tell(Row("database locked: the desk says that its order is not done after", said_s, "s", TELLS_WITHIN_S))
    tell_whole(centre, f"database locked for {HELD_S:g} s", took_s, alone_s)


def test_a_full_disk_is_said_and_left_behind_alone(centre: Centre, disk: Path, client: httpx.Client) -> None:
    if not os.path.ismount(disk):
        pytest.skip("a small disk cannot be mounted here: that takes root")
    officer = ordering(centre, seed=11)
    officer.start()
    eventually(lambda: len(officer.acknowledged) >= 5, "orders are sent", 60)
    began = time.monotonic()
    ballast = disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as out:
        while True:
            out.write(bytes(1 << 16))
    with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as out:
        while True:
            out.write(bytes(256))

    def refused() -> httpx.Response | None:
        answer = send(client, *order(client, 1))
        assert answer.status_code in (200, 409, 503), answer.text
        return answer if answer.status_code == 503 else None

    answer = eventually(refused, "an act is refused as the disk is full", 60)
    took_s = time.monotonic() - began
    assert answer.json()["error"] in ("store_full", "store_busy", "bus_down")
    assert httpx.get(f"{centre.web}/healthz", timeout=10).status_code == 200
    time.sleep(10)  # so that whatever else writes meets it too
    full_acts = len(officer.acknowledged)
    ballast.unlink()
    began = time.monotonic()
    eventually(lambda: len(officer.acknowledged) > full_acts, "acts are done again", 60)
    eventually(
        lambda: httpx.get(f"{centre.web}/healthz", timeout=10).json()["status"] == "ok",
        "store and bus are up",
        60,
    )
    alone_s = time.monotonic() - began
    officer.end.set()
    officer.join(30)
    assert officer.failure is None, repr(officer.failure)
    store = store_of(centre)
    lost = missing(store, officer.acknowledged)
    store.close()
    acts = len(officer.acknowledged)
    tell(Row(f"disk of {DISK_MB} MB full: acknowledged acts lost", len(lost), f"of {acts}", 0))
    tell_whole(centre, f"disk of {DISK_MB} MB full", took_s, alone_s)
    assert lost == []
