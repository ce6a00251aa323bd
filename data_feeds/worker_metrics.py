"""What one worker counts of itself and of the analysis that it has computed, for the monitoring program."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from data_feeds.analysis_publisher import AnalysisFigures
from data_feeds.metrics_page import ReadWhenAsked

# Seconds; an empty look at the deadlines takes one or two milliseconds, a storm of escalations some seconds.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class WorkerMetrics:
    """The figures of a worker's process.

    Args:
        is_bus_up, lag_ms: asked at each scrape, in its thread.
        analysis: what the analysis publisher counted.
    """

    def __init__(
        self, is_bus_up: Callable[[], bool], lag_ms: Callable[[], int], analysis: AnalysisFigures
    ) -> None:
        self.registry = registry = CollectorRegistry()
        self.escalations = Counter(
            "zhongshu_worker_escalations", "Steps that fired because their time was up", registry=registry
        )
        self.fire_seconds = Histogram(
            "zhongshu_worker_fire_seconds", "One look for what is due, with what it fired", buckets=BUCKETS,
            registry=registry,
        )  # fmt: skip
        self._waits = Counter(
            "zhongshu_worker_waits", "Times a loop waited because store or Redis was away", ("loop",),
            registry=registry,
        )  # fmt: skip
        for loop in ("deadlines", "relay", "retention"):
            self._waits.labels(loop)
        self._is_bus_up, self._lag_ms, self._analysis = is_bus_up, lag_ms, analysis
        registry.register(ReadWhenAsked(self._now))
        ProcessCollector(registry=registry)
        # The analysis is a child of the worker that holds its lease; without one there is nothing to read.
        ProcessCollector("zhongshu_analysis", pid=lambda: analysis.pid or "none", registry=registry)

    def waited(self, loop: str) -> None:
        """Count that a loop has to wait: `deadlines`, `relay` or `retention`."""
        self._waits.labels(loop).inc()

    def _now(self) -> Iterable[Metric]:
        analysis = self._analysis
        yield GaugeMetricFamily(
            "zhongshu_worker_bus_up", "1 while this worker reaches Redis", float(self._is_bus_up())
        )
        lag = self._lag_ms() / 1000
        yield GaugeMetricFamily("zhongshu_worker_relay_lag_seconds", "Age of the oldest entry not sent", lag)
        yield GaugeMetricFamily(
            "zhongshu_analysis_runs", "1 while this worker has the analysis computed", float(analysis.pid > 0)
        )
        turns = CounterMetricFamily("zhongshu_analysis_turns", "Turns of the analysis", labels=["outcome"])
        turns.add_metric(["done"], analysis.turns)
        turns.add_metric(["died"], analysis.deaths)
        yield turns
        yield CounterMetricFamily(
            "zhongshu_analysis_computed_seconds",
            "Processor time of the turns that were done",
            analysis.used_s,
        )
