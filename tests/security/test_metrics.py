"""Figures are for the monitoring program alone, and nobody may read them until somebody set up how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from data_feeds.http.metrics import Metrics
from data_feeds.monitor_check import monitor_check
from tests.security.busy_city import ADDRESS, KEYS, PEOPLE
from tests.security.whole_web import WholeWeb

TOKEN = "t" * 40
HEALTH: Mapping[str, Any] = {
    "at": 9_000, "worker_at": 8_000, "relay_lag_ms": 250,
    "platforms": [{"id": "grid", "last_at": 4_000}, {"id": "hotline", "last_at": None}],
    "wires": {"jt808": "down"},
    "feeds": {"calls": {"per_s": 1.5, "accepted": 7, "malformed": 0, "unauthorised": 2, "waiting": 3}},
    "faults": {"zs:hotline": {"count": 4, "since": None}},
}  # fmt: skip


@pytest.fixture
def monitored(web: WholeWeb, monkeypatch: pytest.MonkeyPatch) -> WholeWeb:
    monkeypatch.setattr(web.gate, "_is_monitor", monitor_check(TOKEN, ["10.9.0.0/24"]))
    return web


def test_the_token_reads_and_nothing_else_does(monitored: WholeWeb) -> None:
    bearer = {"authorization": f"Bearer {TOKEN}"}
    answer = monitored.ask("nobody", "GET", "/metrics", headers=bearer)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert "\nzhongshu_web_processes 1.0\n" in answer.text
    for wrong in (TOKEN[:-1], TOKEN + "t", "", "ключ"):
        headers = {"authorization": f"Bearer {wrong}".encode()}
        assert monitored.ask("nobody", "GET", "/metrics", headers=headers).status_code == 403
    for who in (*PEOPLE, *KEYS):
        assert monitored.ask(who, "GET", "/metrics").status_code == 403
    assert monitored.ask("nobody", "POST", "/metrics", headers=bearer).status_code == 404


def test_without_a_setting_nobody_reads() -> None:
    assert not monitor_check("", ())("", ADDRESS)
    assert not monitor_check("", ())("", "127.0.0.1")


def test_an_address_reads_when_it_is_named() -> None:
    check = monitor_check("", ["10.9.0.0/24", "::1/128"])
    assert check("", "10.9.0.77")
    assert check("wrong", "::1")
    assert not check("", "10.9.1.77")
    assert not check("", "")


def figures(metrics: Metrics, web: WholeWeb) -> dict[str, float]:
    stats = web_stats(web)
    text = metrics.text(stats, HEALTH, 10_000, "r1").decode()
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def web_stats(web: WholeWeb) -> dict[str, Any]:
    return dict(web.ask("nobody", "GET", "/healthz").json()["live"])


def test_what_is_counted_is_told(web: WholeWeb) -> None:
    metrics = Metrics()
    for method, status in (("GET", 200), ("GET", 200), ("POST", 503), ("BREW", 404)):
        metrics.answered(method, status, 0.02)
    told = figures(metrics, web)
    assert told['zhongshu_http_answers_total{method="GET",status="200"}'] == 2
    assert told['zhongshu_http_answers_total{method="POST",status="503"}'] == 1
    assert told['zhongshu_http_answers_total{method="other",status="404"}'] == 1
    assert told['zhongshu_http_answer_seconds_bucket{le="0.01"}'] == 0
    assert told['zhongshu_http_answer_seconds_bucket{le="0.025"}'] == 4
    assert told["zhongshu_picture_ready"] == 0  # nothing was started behind this process
    assert told['zhongshu_age_seconds{of="worker"}'] == 2
    assert told['zhongshu_platform_age_seconds{of="grid"}'] == 6
    assert 'zhongshu_platform_age_seconds{of="hotline"}' not in told  # never heard of: no age is known
    assert told["zhongshu_relay_lag_seconds"] == 0.25
    assert told['zhongshu_wire_up{wire="jt808"}'] == 0
    assert told['zhongshu_picture_faults_total{picture="zs:hotline"}'] == 4
    assert told['zhongshu_feed_readings_total{feed="calls",outcome="unauthorised"}'] == 2
    assert told['zhongshu_feed_waiting{feed="calls"}'] == 3


def test_a_counter_never_falls_and_takes_over_what_came_since(web: WholeWeb) -> None:
    metrics, stats = Metrics(), web_stats(web)
    for opened, counted in ((5, 5), (7, 7), (7, 7)):
        metrics.look(stats | {"opened": opened})
        text = metrics.text(stats | {"opened": opened}, {}, 0, "r1").decode()
        assert f"\nzhongshu_screens_opened_total {counted}.0\n" in text
