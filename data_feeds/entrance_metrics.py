"""What one process of the feeds counts of itself, for the monitoring program; the whole city's is on the web's page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from data_feeds.metrics_page import ReadWhenAsked


@dataclass(frozen=True, slots=True)
class EntranceFigures:
    """What the entrance says of itself at one moment: `readings` by "feed.outcome" since it began, wires by name."""

    is_bus_up: bool
    devices: int
    readings: Mapping[str, int]
    wires: Mapping[str, Mapping[str, Any]]


def entrance_registry(read: Callable[[], EntranceFigures]) -> CollectorRegistry:
    """Return the figures of a process of the feeds, read anew at each scrape, in its thread."""
    registry = CollectorRegistry()
    registry.register(ReadWhenAsked(lambda: _figures(read())))
    ProcessCollector(registry=registry)
    return registry


def _figures(now: EntranceFigures) -> Iterable[Metric]:
    yield GaugeMetricFamily(
        "zhongshu_entrance_bus_up", "1 while this entrance reaches Redis; without it feeds are turned away",
        float(now.is_bus_up),
    )  # fmt: skip
    yield GaugeMetricFamily("zhongshu_entrance_devices", "Devices on the roster that it knows", now.devices)
    readings = CounterMetricFamily(
        "zhongshu_entrance_readings", "Readings that came in here", labels=["feed", "outcome"]
    )
    for name, count in now.readings.items():
        feed, _, outcome = name.rpartition(".")
        readings.add_metric([feed, outcome], count)
    yield readings
    up = GaugeMetricFamily("zhongshu_entrance_wire_up", "1 while a wire beside HTTP is up", labels=["wire"])
    lines = GaugeMetricFamily("zhongshu_entrance_connections", "Devices connected now", labels=["wire"])
    for wire, health in now.wires.items():
        up.add_metric([wire], float(health.get("state", "up") == "up"))
        if "connections" in health:
            lines.add_metric([wire], health["connections"])
    yield up
    yield lines
