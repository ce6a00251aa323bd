"""Traccar's test generator times the fleet, against a server and a Redis of its own; not a test, run by hand.

python -m tests.feeds.throughput_traccar [SECONDS]
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

import psutil
import redis as redis_client

from dashboard.domain.device_keys import device_key
from data_feeds.bus_names import FEED_COUNTERS
from data_feeds.embedded_redis import EmbeddedRedis, find_program
from feeds import raise_file_limit
from tests.feeds import throughput
from tools.drive_traccar import drive


def main(seconds: int) -> None:
    """Start, send, print what was sent and what the server counted."""
    raise_file_limit()
    with tempfile.TemporaryDirectory(prefix="zs-traccar-") as folder:
        redis = EmbeddedRedis(Path(folder), Path(folder) / "redis.sock", find_program())
        redis.start()
        server = multiprocessing.get_context("spawn").Process(target=throughput.serve, args=(redis.url,))
        server.start()
        try:
            throughput.wait_until_up()
            process = psutil.Process(server.pid)
            keys = {
                row.device_id: device_key(throughput.SECRET, row.device_id, 1) for row in throughput.ROSTER
            }

            def used_s() -> float:
                times = process.cpu_times()
                return times.user + times.system

            asyncio.run(drive(f"http://127.0.0.1:{throughput.PORT}", keys, seconds, used_s))
            time.sleep(1.5)  # counts are written once a second
            with redis_client.Redis.from_url(redis.url) as client:
                counted = {
                    name.decode(): int(number) for name, number in client.hgetall(FEED_COUNTERS).items()
                }
            print(
                "outcomes:", dict(sorted(counted.items())), f"server {process.memory_info().rss / 1e6:.0f} MB"
            )
        finally:
            server.terminate()
            server.join()
            redis.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
