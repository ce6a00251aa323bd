"""Two machines with a web process and a worker each, and a third with PostgreSQL and Redis."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import redis

from data_feeds.embedded_redis import find_program
from tests.crash.installation import READY_WITHIN_S, Installation, Process
from tests.free_port import free_port
from tests.machines.network import Host, Network
from tests.throwaway_postgres import ThrowawayPostgres

WEB_PORT = 8050  # of the first machine: what a process counts lies in the data folder under its port


class Stores:
    """PostgreSQL and Redis, reachable at one address of this machine alone."""

    def __init__(self, address: str) -> None:
        """Raises `PostgresUnavailable`."""
        self.address = address
        self.postgres = ThrowawayPostgres.start()
        self.postgres._pg_ctl("stop", "-w", "-m", "fast")
        with (self.postgres.folder / "data" / "pg_hba.conf").open("a", encoding="utf-8") as file:
            file.write(f"host all all {self.address}/24 trust\n")
        self._port = free_port()
        self.postgres._pg_ctl(
            "start", "-w", "-l", str(self.postgres.folder / "log"), "-o",
            f"-k {self.postgres.folder} -c listen_addresses={self.address} -c port={self._port} -c fsync=off",
        )  # fmt: skip
        self.database_url = f"postgresql://tester@{self.address}:{self._port}/postgres"
        redis_port = free_port()
        self.redis_url = f"redis://{self.address}:{redis_port}/0"
        self._redis = subprocess.Popen(
            [
                str(find_program().path), "--bind", self.address, "--port", str(redis_port),
                "--protected-mode", "no", "--save", "", "--dir", str(self.postgres.folder.parent),
            ],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        with redis.Redis.from_url(self.redis_url) as client:
            give_up_at = time.monotonic() + READY_WITHIN_S
            while True:
                try:
                    client.ping()
                    return
                except redis.ConnectionError:
                    assert time.monotonic() < give_up_at, "Redis does not answer"
                    time.sleep(0.05)

    def stop(self) -> None:
        self._redis.kill()
        self._redis.wait()
        self.postgres.stop()


class Machine:
    """A host with its web process and its worker."""

    def __init__(self, city: TwoMachines, host: Host) -> None:
        self.host = host
        port = WEB_PORT + host.number
        self.address = f"http://{host.address('front')}:{port}"
        screens = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "web:server"]
        name = f"machine{host.number + 1}"
        environ = city.environ | {"PORT": str(port)}
        self.web = city._process(f"{name}-web", host.command(screens), environ)
        self.worker = city._process(
            f"{name}-worker", host.command([sys.executable, "worker.py"]), city.environ
        )

    def ask(self, path: str, **more: Any) -> httpx.Response | None:
        """What it answers from the people's side; None when nothing comes back."""
        try:
            return httpx.get(f"{self.address}{path}", timeout=5.0, **more)
        except httpx.HTTPError:
            return None

    def is_ready(self) -> bool:
        """Whether a balancer would send people here."""
        answer = self.ask("/readyz")
        return answer is not None and answer.status_code == 200

    def has_all(self) -> bool:
        """Whether its picture is live again: store, bus, and nothing missing."""
        answer = self.ask("/readyz")
        if answer is None or answer.status_code != 200:
            return False
        said = json.loads(answer.content)
        return (said["store"], said["bus"], said["picture"]) == ("ok", "up", "live")


class TwoMachines(Installation):
    """`machines[0]` and `machines[1]`; `address` is the first one's. Both share the data folder."""

    def __init__(self, folder: Path, rate: int) -> None:
        """Raises `NoNamespaces`, `PostgresUnavailable`."""
        self.network = Network(2)
        self.stores: Stores | None = None
        try:
            self.stores = Stores(self.network.address("back"))
            url, redis_url = self.stores.database_url, self.stores.redis_url
            super().__init__(folder, rate, url, workers=0, redis_url=redis_url)
        except BaseException:
            self._take_down()
            raise
        addresses = ",".join(host.address("front") for host in self.network.hosts)
        self.environ |= {
            "ZHONGSHU_BIND": "0.0.0.0", "ZHONGSHU_ALLOWED_HOSTS": addresses,
        }  # fmt: skip
        self.machines = [Machine(self, host) for host in self.network.hosts]
        self.address = self.machines[0].address
        self.web = self.machines[0].web
        self.workers = [machine.worker for machine in self.machines]

    def start(self) -> None:
        """Start both machines and wait until both may have people."""
        for process in self.all():
            process.start()
        for machine in self.machines:
            self.until(f"{machine.address} is ready", machine.has_all, READY_WITHIN_S)

    def all(self) -> tuple[Process, ...]:
        return tuple(process for machine in self.machines for process in (machine.web, machine.worker))

    def tend(self) -> None:
        for process in self.all():
            process.ensure_running()

    def stop(self) -> None:
        for process in self.all():
            process.stop()
        self.services.store.close()
        self._take_down()

    def last_words(self) -> str:
        logs = [process.log for process in self.all()]
        return "\n".join(
            f"-- {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in logs if log.exists()
        )

    def _take_down(self) -> None:
        if self.stores is not None:
            self.stores.stop()
        self.network.remove()
