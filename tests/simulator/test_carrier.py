"""The demonstration's carrier answers what lies in the outbox, mostly well, and the same way in every run."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from dashboard.service import Outgoing
from data_feeds.simulator.carrier import Carrier
from data_feeds.telling.file_gateway import FileGateway
from tests.fake_clock import FakeClock

NOW = 1_795_399_200_000


def outgoing(number: int, means: str = "phone", attempt: int = 1) -> Outgoing:
    to = {"kind": "unit", "id": "u", "name": "热力公司", "role": "unit_duty", "phone": ""}
    return Outgoing(f"t{number}", attempt, means, to, "说", "say", "m", "p", 1, NOW)


def test_every_telling_is_answered_once_and_the_product_reads_it(tmp_path: Path) -> None:
    gateway, carrier = FileGateway(tmp_path), Carrier(tmp_path, FakeClock(NOW), 7)
    for number in range(200):
        gateway.send(outgoing(number, "sms" if number % 2 else "phone"), NOW)
    assert carrier.tick(NOW) == 0, "an answer takes its time"
    assert carrier.tick(NOW + 10 * 60_000) == 200
    assert carrier.tick(NOW + 20 * 60_000) == 0
    counts = Counter(one.state for one in gateway.receipts())
    assert counts.total() == 200
    assert 0 < counts["failed"] < 30


def test_the_same_call_has_the_same_luck_and_the_next_attempt_its_own(tmp_path: Path) -> None:
    said = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        gateway, carrier = FileGateway(folder), Carrier(folder, FakeClock(NOW), 7)
        for number in range(60):
            gateway.send(outgoing(number), NOW)
            gateway.send(outgoing(number, attempt=2), NOW)
        carrier.tick(NOW)
        carrier.tick(NOW + 10 * 60_000)
        said.append((folder / "receipts.jsonl").read_text(encoding="utf-8"))
    assert said[0] == said[1]
    states = [json.loads(line)["state"] for line in said[0].splitlines()]
    assert {"failed", "received"} == set(states)
