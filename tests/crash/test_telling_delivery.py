"""Delivering processes are killed at random while tellings wait: each is sent, under one id, and none is lost."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from dashboard.citypack import load_pack
from dashboard.domain.telling import Telling
from dashboard.service import Services
from dashboard.store import tables
from dashboard.store.records import TELLINGS
from dashboard.store.store import Store
from tests.crash.deliverer import PACK
from tests.store.centre import Centre

TELLINGS_WAITING = 150
KILLS = 12
PATIENCE_S = 60.0

pytestmark = pytest.mark.timeout(240)


def start(url: str, outbox: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.deliverer", url, str(outbox)],
        cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def fill(centre: Centre, now: int) -> None:
    """Put tellings of a clock that runs into the store, all due now."""
    centre.order(urgency=2, status="TO_SIGN", dispatched_at=centre.now, unit=centre.units(1)[0])
    clock = next(one for one in centre.armed() if one.purpose == "sign")
    made = [
        Telling(
            id=f"t{number:04d}", origin_id=f"d{number}", chain=clock.chain, matter_id=clock.matter_id,
            policy_id="whistle-answer", role="unit_duty", means="phone" if number % 2 else "sms",
            recipient_kind="unit", recipient="rz-heating", recipient_name="x", scope=("371100",), text="x",
            text_en="x", made_at=now, next_at=now,
        )
        for number in range(TELLINGS_WAITING)
    ]  # fmt: skip
    with centre.services.store.write() as connection:
        TELLINGS.insert(connection, made)


def states(store: Store) -> Counter[str]:
    with store.read() as connection:
        return Counter(connection.execute(select(tables.tellings.c.state)).scalars())


def test_every_telling_is_sent_whatever_dies_and_always_under_its_own_id(tmp_path: Path) -> None:
    url, outbox = f"sqlite:///{tmp_path / 'city.sqlite3'}", tmp_path / "outbox"
    store = Store(url)
    store.migrate()
    centre = Centre(Services(store, load_pack(PACK), secret=b"x" * 32))
    fill(centre, time.time_ns() // 1_000_000)
    chance = random.Random(371100)
    running = [start(url, outbox) for _ in range(2)]
    kills = 0
    try:
        for process in running:
            assert process.stdout is not None
            process.stdout.readline()
        ends_at = time.monotonic() + PATIENCE_S
        while (kills < KILLS or states(store)["waiting"]) and time.monotonic() < ends_at:
            time.sleep(chance.uniform(0.02, 0.4))
            if kills < KILLS:
                victim = chance.randrange(2)
                running[victim].kill()
                running[victim].wait()
                running[victim] = start(url, outbox)
                kills += 1
    finally:
        for process in running:
            process.kill()
            process.wait()
    lines = [
        json.loads(line)
        for file in sorted(outbox.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    sent = Counter(one["id"] for one in lines)
    print(
        f"{kills} kills, {len(sent)} of {TELLINGS_WAITING} sent, {sum(sent.values()) - len(sent)} sent again"
    )
    assert set(sent) == {f"t{number:04d}" for number in range(TELLINGS_WAITING)}
    assert states(store) == {"sent": TELLINGS_WAITING}
    assert kills == KILLS
