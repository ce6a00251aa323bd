"""How gunicorn runs the screens: read from the same settings as everything else."""

from __future__ import annotations

import os
import sys
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from uvicorn_worker import UvicornWorker

from dashboard.allocator import keep_few_heaps
from dashboard.child_process import ending_with
from dashboard.log_lines import formatter, set_up
from dashboard.settings import Settings
from data_feeds.http.metrics_folder import open_folder, remove_folder
from data_feeds.live_server import SERVED
from data_feeds.quiet_server import QuietServer

_SETTINGS = Settings.from_environment(os.environ)
keep_few_heaps()  # its children inherit it
set_up("web", _SETTINGS.log_level, _SETTINGS.log_format)


class ScreenWorker(UvicornWorker):  # type: ignore[misc]  # the package is not typed
    """One web process: uvloop, and the live socket as `data_feeds.live_server` serves it."""

    CONFIG_KWARGS = {  # noqa: RUF012 - the parent's own form
        "loop": "uvloop",
        "http": "httptools",
        **SERVED,
        "forwarded_allow_ips": list(_SETTINGS.trusted_proxies),
        "server_header": False,
        "timeout_graceful_shutdown": 5,
    }

    async def _serve(self) -> None:
        """As the parent's own, with our server."""
        self.config.app = self.wsgi
        server = QuietServer(self.config)
        self._install_sigquit_handler()
        await server.serve(sockets=self.sockets)
        if not server.started:
            sys.exit(Arbiter.WORKER_BOOT_ERROR)


class ScreenLogger(Logger):  # type: ignore[misc]  # the package is not typed
    """gunicorn's and uvicorn's own lines in the form of all others."""

    def setup(self, cfg: Any) -> None:
        """As the parent's own, with our formatter."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(formatter(_SETTINGS.log_format, "web"))


def on_starting(_server: Any) -> None:
    """The master's beginning, once: a reload reads this file again but keeps the folder of those that still run."""
    open_folder(_SETTINGS.var_dir, _SETTINGS.port)


def child_exit(_server: Any, worker: Any) -> None:
    """A process that ended has no screens any more; what it counted stays counted."""
    from prometheus_client.multiprocess import mark_process_dead  # it looks for its folder as it is imported

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    """The master's end."""
    remove_folder()


def post_fork(_server: Any, worker: Any) -> None:
    """A web process ends with its master, even when that is killed: nobody else would free the port."""
    ending_with(worker.ppid)()


_host = f"[{_SETTINGS.bind}]" if ":" in _SETTINGS.bind else _SETTINGS.bind
bind = f"{_host}:{_SETTINGS.port}"
workers = _SETTINGS.web_concurrency
worker_class = ScreenWorker
logger_class = ScreenLogger
graceful_timeout = 5
timeout = 60
keepalive = 30
backlog = 2048  # a hall's screens reconnect together
loglevel = _SETTINGS.log_level
accesslog = None
control_socket_disable = True  # it would sit outside the data folder; the launcher has signals
errorlog = "-"
proc_name = "zhongshu-web"
