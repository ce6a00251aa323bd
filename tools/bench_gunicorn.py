"""The product's gunicorn configuration without keep-alive pings, for what a frame costs alone (`bench_fanout`)."""

from __future__ import annotations

import runpy
from typing import Any

from dashboard.settings import PROJECT_ROOT

_PRODUCT: dict[str, Any] = runpy.run_path(str(PROJECT_ROOT / "gunicorn.conf.py"))
_ScreenWorker: Any = _PRODUCT["ScreenWorker"]


class FrameWorker(_ScreenWorker):  # type: ignore[misc]
    """The product's worker, which asks no screen for a sign of life."""

    CONFIG_KWARGS = {**_ScreenWorker.CONFIG_KWARGS, "ws_ping_interval": None, "ws_ping_timeout": None}  # noqa: RUF012


bind = _PRODUCT["bind"]
workers = 1
worker_class = FrameWorker
loglevel = _PRODUCT["loglevel"]
accesslog = None
control_socket_disable = True
post_fork = _PRODUCT["post_fork"]
