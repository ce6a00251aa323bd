"""Everything that the feeds listen to under attack; `make fuzz N=100000` is the long run."""

from __future__ import annotations

import random

import pytest

from tests.security import wire_fuzz
from tests.security.bent_bytes import BYTES_GOOD, JSON_GOOD, message_of


async def test_no_bent_message_is_more_than_read_or_refused(redis_flush: str) -> None:
    found = await wire_fuzz.attack(redis_flush, 2_000, seed=7)
    assert found.faults == []
    # What is attacked is reached: of each decoder something is read, and of the bodies something is taken.
    assert all(found.outcomes[f"decoder {name}"]["read"] for name in wire_fuzz.DECODERS)
    assert {"200", "400", "401", "404", "405", "413", "422"} <= found.outcomes["HTTP of the feeds"].keys()
    assert {"200", "400", "401"} <= found.outcomes["WebSocket /v1/stream"].keys()
    assert {"CoT server", "JT/T 808 server", "MQTT desk", "CoT datagram desk"} <= found.outcomes.keys()


def test_a_decoder_that_fails_is_a_fault_with_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_raw: bytes) -> None:
        raise IndexError("out of range")

    monkeypatch.setattr(wire_fuzz, "DECODERS", {"a broken one": ("osmand", fails)})
    wires = wire_fuzz.Wires(1)
    wires.decoders(3)
    assert len(wires.faults) == 3
    assert all("seed" in fault and "IndexError" in fault for fault in wires.faults)


@pytest.mark.parametrize("wire", sorted({*JSON_GOOD, *BYTES_GOOD}))
def test_the_same_seed_bends_the_same(wire: str) -> None:
    one, again = ([message_of(random.Random(seed), wire) for seed in range(20)] for _ in range(2))
    assert one == again
    assert len(set(one)) > 10
