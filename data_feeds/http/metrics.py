"""Figures for a monitoring program, in Prometheus's text form: of all web processes, and of the city as they see it.

Counters of a process lie in files that its siblings read (`metrics_folder`); without such a folder, in a test or under
another server, a process answers for itself alone.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from data_feeds.http.metrics_folder import VARIABLE
from data_feeds.live_socket import LiveHub

LOOK_EVERY_S: Final = 2.0
# Seconds; acts take milliseconds, a long poll half a minute.
BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 60.0)
_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
# What the live hub counts since the process began -> the counter it feeds and what that says.
_COUNTED: Final[Mapping[str, tuple[str, str]]] = {
    "opened": ("zhongshu_screens_opened", "Live sockets that were opened"),
    "sent": ("zhongshu_live_frames_sent", "Frames sent to screens"),
    "sent_bytes": ("zhongshu_live_bytes_sent", "Bytes of those frames"),
    "movement_dropped": (
        "zhongshu_live_movement_dropped",
        "Movement frames left out for a screen that was slow",
    ),
    "closed_slow": ("zhongshu_screens_closed_slow", "Screens closed because they took nothing"),
    "closed_dead": ("zhongshu_screens_closed_dead", "Screens closed because they no longer answered"),
    "reloads": ("zhongshu_picture_reloads", "Times the picture was read anew from the store"),
    "holes": ("zhongshu_picture_holes", "Holes in the log that were mended"),
    "malformed_frames": ("zhongshu_fleet_malformed_frames", "Position frames that could not be read"),
}


class Metrics:
    """What one web process counts, and the text that answers for all of them."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._answers = Counter(
            "zhongshu_http_answers", "Answers to HTTP requests", ("method", "status"), registry=registry
        )
        self._seconds = Histogram(
            "zhongshu_http_answer_seconds", "Until an answer was whole", buckets=BUCKETS, registry=registry
        )
        self._counted = {
            key: Counter(name, said, registry=registry) for key, (name, said) in _COUNTED.items()
        }
        self._before = dict.fromkeys(_COUNTED, 0)

        def gauge(name: str, said: str, mode: Any) -> Gauge:
            return Gauge(name, said, registry=registry, multiprocess_mode=mode)

        self._processes = gauge("zhongshu_web_processes", "Web processes that run", "livesum")
        self._screens = gauge("zhongshu_screens", "Live sockets that are open", "livesum")
        self._waiting = gauge(
            "zhongshu_screen_waiting_bytes", "Most bytes that wait for one screen", "livemax"
        )
        self._ready = gauge("zhongshu_picture_ready", "1 when every process has a picture", "livemin")
        self._bus = gauge("zhongshu_bus_up", "1 when every process hears Redis", "livemin")
        self._store = gauge("zhongshu_store_up", "1 when every process reads the store", "livemin")
        self._first = gauge("zhongshu_log_seq_first", "Log entry of the process that is ahead", "livemax")
        self._last = gauge("zhongshu_log_seq_last", "Log entry of the process that is behind", "livemin")

    def answered(self, method: str, status: int, seconds: float) -> None:
        """Count one answer; a method that nobody serves is counted as `other`."""
        self._answers.labels(method if method in _METHODS else "other", str(status)).inc()
        self._seconds.observe(seconds)

    def look(self, stats: Mapping[str, Any]) -> None:
        """Take over what the live hub says of itself (`LiveHub.stats`)."""
        for key, counter in self._counted.items():
            counter.inc(max(0, stats[key] - self._before[key]))
            self._before[key] = stats[key]
        self._processes.set(1)
        self._screens.set(stats["screens"])
        self._waiting.set(stats["most_waiting_bytes"])
        self._ready.set(stats["picture"] != "starting")
        self._bus.set(stats["bus"] == "up")
        self._store.set(stats["store"] == "up")
        self._first.set(stats["seq"])
        self._last.set(stats["seq"])

    async def keep_looking(self, hub: LiveHub) -> None:
        """Look every two seconds, so that a sibling that is asked tells what is so here, until cancelled."""
        while True:
            self.look(hub.stats())
            await asyncio.sleep(LOOK_EVERY_S)

    def text(self, stats: Mapping[str, Any], health: Mapping[str, Any], now: int, release: str) -> bytes:
        """Return all figures; reads the siblings' files, so off the event loop.

        Args:
            stats, health: `LiveHub.stats` and `LiveHub.health` of this instant.
            now: the product's time, UTC ms.
        """
        self.look(stats)
        own = self._registry
        if os.environ.get(VARIABLE):
            own = CollectorRegistry()
            MultiProcessCollector(own)  # type: ignore[no-untyped-call]
        city = CollectorRegistry()
        city.register(_City(lambda: _city_figures(stats, health, now, release)))
        return generate_latest(own) + generate_latest(city)


class _City(Collector):
    """Figures that are the same in each process: read when they are asked for."""

    def __init__(self, figures: Callable[[], Iterable[Metric]]) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        return self._figures()


def _city_figures(
    stats: Mapping[str, Any], health: Mapping[str, Any], now: int, release: str
) -> Iterable[Metric]:
    yield _one("zhongshu_release_info", "The release that answers", {"release": release}, 1)
    yield _one("zhongshu_matters", "Matters in the picture", {}, stats["matters"])
    yield _one("zhongshu_commands", "Orders and whistles in the picture", {}, stats["commands"])
    yield _one("zhongshu_roster_workers", "Grid workers on the roster", {}, stats["workers"])
    yield _ages(
        "zhongshu_age_seconds", "Since something was last heard of, in the product's time", now,
        {"positions": stats["last_tick_at"], "worker": health.get("worker_at"), "health": health.get("at")},
    )  # fmt: skip
    platforms = {one["id"]: one["last_at"] for one in health.get("platforms", ())}
    yield _ages("zhongshu_platform_age_seconds", "Since a platform last fed", now, platforms)
    if health.get("relay_lag_ms") is not None:
        lag_s = health["relay_lag_ms"] / 1000
        yield _one("zhongshu_relay_lag_seconds", "How far the log's way to Redis is behind", {}, lag_s)
    faults = CounterMetricFamily(
        "zhongshu_picture_faults", "Pictures that could not be made and were left out", labels=["picture"]
    )
    for name, fault in health.get("faults", {}).items():
        faults.add_metric([name], fault["count"])
    yield faults
    wires = GaugeMetricFamily("zhongshu_wire_up", "1 while a wire beside HTTP is up", labels=["wire"])
    for wire, state in health.get("wires", {}).items():
        wires.add_metric([wire], float(state == "up"))
    yield wires
    readings = CounterMetricFamily("zhongshu_feed_readings", "Readings of a feed", labels=["feed", "outcome"])
    waiting = GaugeMetricFamily("zhongshu_feed_waiting", "Readings that wait for the store", labels=["feed"])
    for feed, counts in health.get("feeds", {}).items():
        for outcome, count in counts.items():
            if outcome == "waiting":
                waiting.add_metric([feed], count)
            elif outcome != "per_s":  # a rate is the reader's to make
                readings.add_metric([feed, outcome], count)
    yield readings
    yield waiting


def _one(name: str, said: str, labels: Mapping[str, str], value: float) -> Metric:
    family = GaugeMetricFamily(name, said, labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return family


def _ages(name: str, said: str, now: int, instants: Mapping[str, int | None]) -> Metric:
    family = GaugeMetricFamily(name, said, labels=["of"])
    for of, at in instants.items():
        if at is not None:
            family.add_metric([of], max(0, now - at) / 1000)
    return family
