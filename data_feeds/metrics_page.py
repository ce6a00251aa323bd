"""The figures of a process that serves no screens (worker, feeds), for the monitoring program alone.

On a port of its own, never the public one, in a thread of its own: a scrape waits for no deadline and holds up no fix.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.core import Metric
from prometheus_client.exposition import ThreadingWSGIServer
from prometheus_client.registry import Collector

from dashboard.settings import Settings
from data_feeds.monitor_check import monitor_check

_LOG = logging.getLogger(__name__)
PATH: Final = "/metrics"

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class ReadWhenAsked(Collector):
    """Figures that are read at the moment of a scrape, in its thread: of values that one step of Python reads."""

    def __init__(self, figures: Callable[[], Iterable[Metric]]) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        """Return them as they are now."""
        return self._figures()


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """A line for each scrape would bury the others."""


def open_metrics_page(registry: CollectorRegistry, settings: Settings, port: int) -> WSGIServer | None:
    """Answer `/metrics` from a thread until the process ends; None where it is off or the port is taken.

    A taken port is logged and no more: the alarm that this process is not seen is worth less than the process.
    """
    if not port:
        return None
    app = _guarded(make_wsgi_app(registry), monitor_check(settings.metrics_token, settings.metrics_addresses))
    try:
        server = make_server(settings.metrics_bind, port, app, ThreadingWSGIServer, _Quiet)
    except OSError as error:
        _LOG.error("no figures on %s:%d: %s", settings.metrics_bind, port, error)
        return None
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def _guarded(figures: WsgiApp, is_monitor: Callable[[str, str], bool]) -> WsgiApp:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        kind, _, sent = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
        token = sent if kind.lower() == "bearer" else ""
        if not is_monitor(token, str(environ.get("REMOTE_ADDR", ""))):
            start_response("403 Forbidden", [("Content-Type", "text/plain")])
            return [b"forbidden\n"]
        if environ["PATH_INFO"] != PATH:
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"not found\n"]
        return figures(environ, start_response)

    return app
