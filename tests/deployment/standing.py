"""A whole centre behind nginx: two web instances, a worker, feeds, a Redis, started and stopped as a host would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx

from dashboard.deployment.readiness import wait_ready
from tests.crash.installation import READY_WITHIN_S, Installation, Process
from tests.deployment.front import Front, write_front
from tests.free_port import free_port


class Standing(Installation):
    """`address` is nginx's; processes are ended by SIGTERM and are back when they say that they are ready."""

    def __init__(self, folder: Path, rate: int) -> None:
        super().__init__(folder, rate, workers=1)
        self.environ |= {"ZHONGSHU_TRUSTED_PROXIES": "127.0.0.1", "ZHONGSHU_HTTPS": "1"}
        self.web_ports = (self.settings.port, free_port())
        second = {**self.environ, "PORT": str(self.web_ports[1])}
        self.web2 = self._process("web2", list(self.web.command), second)
        self.feeds = self._process("feeds", [sys.executable, "feeds.py"], self.environ)
        place = folder / "nginx"
        place.mkdir()
        self.front: Front = write_front(place, self.web_ports, self.settings.feeds_port)
        self.address = self.front.address
        self._nginx: subprocess.Popen[bytes] | None = None
        self._believed: str | None = None

    def start(self) -> None:
        """Start everything and wait until all of it is ready."""
        self._believed = os.environ.get("SSL_CERT_FILE")
        os.environ["SSL_CERT_FILE"] = str(self.front.authority)  # httpx believes it
        self._nginx = self.front.start()
        self.redis.start()
        for process in self.all():
            process.start()
        for process in (self.web, self.web2, self.feeds):
            self.wait_for(process)
        self.until("nginx answers", self.answers, READY_WITHIN_S)

    def all(self) -> tuple[Process, ...]:
        """Every process, in the order in which an operator restarts them."""
        return (self.web, self.web2, *self.workers, self.feeds)

    def wait_for(self, process: Process) -> None:
        """Return when a process that was just started may have work."""
        if process in (self.web, self.web2):
            port = self.web_ports[0] if process is self.web else self.web_ports[1]
            said = wait_ready(f"http://127.0.0.1:{port}", READY_WITHIN_S)
            assert said == "", f"{process.name}: {said}\n{self.last_words()}"
        elif process is self.feeds:
            self.until("the feeds answer", self._feeds_answer, READY_WITHIN_S)

    def restart(self, process: Process) -> None:
        """As `systemctl restart`: ask it to end, wait, start it, wait until it is ready."""
        process.stop()
        process.start()
        self.wait_for(process)

    def stop(self) -> None:
        """End everything."""
        for process in (self.web2, self.feeds):
            process.stop()
        super().stop()
        if self._nginx is not None:
            self._nginx.terminate()
            self._nginx.wait(10)
        os.environ.pop("SSL_CERT_FILE", None)
        if self._believed is not None:
            os.environ["SSL_CERT_FILE"] = self._believed

    def _feeds_answer(self) -> bool:
        try:
            address = f"http://127.0.0.1:{self.settings.feeds_port}/healthz"
            return httpx.get(address, timeout=2.0).status_code == 200
        except httpx.HTTPError:
            return False
