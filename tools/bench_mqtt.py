"""The fleet's fixes through a real broker: paho sends, mosquitto hands on, our feeds take in.

Part of `make bench`; alone: `python -m tools.bench_mqtt`. 4,383 fixes a second with QoS 1, into one process of the
feeds and into two that share the messages; beside them the least that a team would write on the same library (no keys,
rules, limits or publishing). What counts is processor time a fix; skipped by name where mosquitto is not installed.
"""

from __future__ import annotations

import shutil
import sys

from feeds import raise_file_limit
from tests.feeds.broker import PROGRAM_PATHS
from tests.feeds.throughput import WORKERS
from tests.feeds.throughput_mqtt import Taken, measure, measure_reader
from tools.bench_rows import Row, skip, tell

SECONDS = 15
READER = "aiomqtt, json.loads, last fix kept: a fix"


def main() -> int:
    """Measure and print; 0 where every fix was taken."""
    if shutil.which("mosquitto", path=PROGRAM_PATHS) is None:
        skip("MQTT", "mosquitto is not installed (tools/ensure_services.sh installs it)")
        return 0
    raise_file_limit()
    reader = measure_reader(WORKERS, SECONDS)
    reader_us = _us_a_fix(reader, "reader")
    tell(Row(READER, reader_us, "us", note=_in_words(reader)))
    is_kept = True
    for feeds in (1, 2):
        found = measure(WORKERS, SECONDS, feeds)
        us = _us_a_fix(found, "feeds")
        way = f"ours, {feeds} process{'es' if feeds > 1 else ''} of the feeds"
        tell(
            Row(f"{way}: a fix", us, "us", times=us / reader_us, of="the bare reader", note=_in_words(found))
        )
        share = 100 * found.outcomes.get("mqtt.accepted", 0) / found.fixes
        is_kept &= tell(Row(f"{way}: accepted of {found.fixes:,}", share, "%", 100, is_least=True))
    return 0 if is_kept else 1


def _us_a_fix(found: Taken, of: str) -> float:
    used_s = sum(seconds for name, seconds in found.used_s.items() if name.startswith(of))
    return used_s / found.fixes * 1e6


def _in_words(found: Taken) -> str:
    cores = ", ".join(f"{name} {seconds / found.taken_s:.2f}" for name, seconds in found.used_s.items())
    behind_s = max(0.0, found.taken_s - found.sent_s)
    return (
        f"cores: {cores}; sent at {found.fixes / found.sent_s:,.0f}/s, the last taken {behind_s:.1f} s later"
    )


if __name__ == "__main__":
    sys.exit(main())
