"""What compose.yml starts, started: its own commands, settings and limits, without the containers around them.

In a mount namespace the root is read-only, /tmp is empty, only the two volumes can be written, without a capability,
as in its containers; PostgreSQL and Redis are the machine's own. Not tried: the image's build, the networks between
containers.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from dashboard import service
from dashboard.citypack import load_pack
from dashboard.deployment.host_files import read_environment, write_compose_environment
from dashboard.domain.principal import Principal
from dashboard.domain.readings import HotlineOrderReading
from dashboard.service import Services
from dashboard.settings import PROJECT_ROOT
from dashboard.store import audit
from dashboard.store.secret_file import open_secrets
from dashboard.store.store import Store
from tests.free_port import free_port
from tests.machines.two_machines import Stores
from tests.throwaway_postgres import PostgresUnavailable
from tools.bench_rows import Row, tell

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

HOST = "zs.example.cn"
PASSWORD = "a-password-for-the-test"
PATIENCE_S = 120.0
# Places that every Debian has, in place of the container's own: the data, the backups, the product.
DATA, BACKUPS, PRODUCT = "/mnt", "/media", "/srv"
CONTAINED = f"""
set -e
mount --bind "$1" {DATA}; mount --bind "$2" {BACKUPS}; mount --rbind "$3" {PRODUCT}
mount -o remount,bind,ro {PRODUCT}; mount -o remount,bind,ro /
mount -t tmpfs tmpfs /tmp
shift 3; cd {PRODUCT}
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
"""


class Composition:
    """The services of compose.yml on this machine."""

    def __init__(self, folder: Path, stores: Stores) -> None:
        made = yaml.safe_load((PROJECT_ROOT / "deploy" / "compose.yml").read_text(encoding="utf-8"))
        self.services: dict[str, Any] = made["services"]
        write_compose_environment(HOST, folder / "compose.env")
        self.given = read_environment((folder / "compose.env").read_text(encoding="utf-8"))
        self.stores, self.folder = stores, folder
        self.port, self.feeds_port = free_port(), free_port()
        self.data, self.backups = folder / "data", folder / "backups"
        for place in (self.data, self.backups):
            place.mkdir(mode=0o700)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def environment(self, name: str) -> dict[str, str]:
        """A service's settings, with the machine's addresses and free ports in place of the network's."""
        own = {key: str(value) for key, value in self.services[name]["environment"].items()}
        assert self.services[name]["env_file"] == ["compose.env"]
        assert own["ZHONGSHU_VAR_DIR"] == "/var/lib/zhongshu"
        assert own["REDIS_URL"] == "redis://redis:6379/0"
        return (
            {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/lib/postgresql/15/bin"}
            | self.given | own
            | {
                "DATABASE_URL": self.stores.database_url, "REDIS_URL": self.stores.redis_url,
                "ZHONGSHU_VAR_DIR": DATA, "PORT": str(self.port), "ZHONGSHU_FEEDS_PORT": str(self.feeds_port),
            }
        )  # fmt: skip

    def contained(self, words: list[str]) -> list[str]:
        """The command as a container of it would run."""
        assert words[0] == "python"
        inside = [f"{PRODUCT}/.venv/bin/python", *words[1:]]
        return [
            "unshare", "--mount", "sh", "-c", CONTAINED, "sh", str(self.data), str(self.backups),
            str(PROJECT_ROOT), *inside,
        ]  # fmt: skip

    def run(self, name: str, *words: str) -> tuple[int, str]:
        """`docker compose run NAME WORDS`, or the service's own command."""
        command = self.contained(list(words) or self.services[name]["command"])
        done = subprocess.run(
            command,
            env=self.environment(name),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        return done.returncode, done.stdout + done.stderr

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                self.contained(self.services[name]["command"]),
                env=self.environment(name),
                stdout=log,
                stderr=log,
            )

    def stop(self, name: str) -> None:
        process = self.running.pop(name)
        process.terminate()
        process.wait(20)

    def is_healthy(self) -> bool:
        """What the service's health check finds."""
        kind, *words = self.services["web"]["healthcheck"]["test"]
        assert kind == "CMD"
        return self.run("web", *words)[0] == 0

    def until_healthy(self) -> float:
        began = time.monotonic()
        while not self.is_healthy():
            said = (self.folder / "web.log").read_text(errors="replace")[-1500:]
            assert time.monotonic() - began < PATIENCE_S, said
        return time.monotonic() - began


@pytest.fixture
def composed() -> Iterator[Composition]:
    if shutil.which("unshare") is None or shutil.which("setpriv") is None:
        pytest.skip("unshare and setpriv (util-linux) are not installed")
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    if tried.returncode != 0:
        pytest.skip("mount namespaces need root")
    try:
        stores = Stores("127.0.0.1")
    except PostgresUnavailable as missing:
        pytest.skip(str(missing))
    folder = Path(tempfile.mkdtemp(prefix="zs-compose-"))
    made = Composition(folder, stores)
    yield made
    for name in list(made.running):
        made.stop(name)
    stores.stop()
    shutil.rmtree(folder)


def test_everything_that_compose_starts_serves_orders_and_can_be_copied(composed: Composition) -> None:
    status, said = composed.run("migrate")
    assert status == 0, said
    status, said = composed.run("worker", "python", "-m", "dashboard.administration", "first-accounts")
    assert status == 0, said
    for name in ("web", "worker", "feeds"):
        composed.start(name)
    ready_s = composed.until_healthy()
    matter = an_order(composed)
    command = dispatched(composed, matter)
    composed.stop("web")
    composed.start("web")
    composed.until_healthy()
    assert command in kept_commands(composed, matter), "an order outlives its process"
    for name in ("worker", "feeds"):
        assert composed.running[name].poll() is None, (composed.folder / f"{name}.log").read_text()[-1500:]
    status, said = composed.run(
        "worker", "python", "-m", "dashboard.deployment", "backup", "/media", "--keep", "30"
    )
    assert status == 0, said
    (backup,) = composed.backups.iterdir()
    status, said = composed.run(
        "worker", "python", "-m", "dashboard.deployment", "check-backup", f"/media/{backup.name}"
    )
    assert status == 0, said
    status, said = composed.run("worker", "python", "-c", "open('/srv/written', 'w')")
    assert status != 0 and "Read-only file system" in said
    tell(Row("compose: from the start to a healthy web service", ready_s, "s", PATIENCE_S))
    tell(Row("compose: an order given, kept over a restart and in a whole backup; not so", 0, "of 1", 0))


def opened(composed: Composition) -> Services:
    pack = load_pack(PROJECT_ROOT / "citypacks" / "rizhao")
    return Services(
        Store(composed.stores.database_url), pack, secret=open_secrets(composed.data / "secret.key")
    )


def an_order(composed: Composition) -> str:
    """Take a matter in and make an officer; returns the matter's id."""
    services, now = opened(composed), time.time_ns() // 1_000_000
    system = Principal("test", "test", "system", "system", services.city)
    account = service.NewAccount("officer", "值班员", "duty_officer", services.city, None)
    made = service.create_account(services, system, account, PASSWORD, now, must_change=False)
    assert isinstance(made, service.Done), made
    taken = HotlineOrderReading("1", now, "0203", 2, title="供热管道漏水", region="371102")
    service.intake_orders(services, [taken], now)
    with services.store.read() as connection:
        assert audit.first_break(connection) is None
    services.store.close()
    with closing(officer(composed)) as client:
        (row,) = client.get("/api/v1/matters").json()["matters"]
        return str(row["id"])


def officer(composed: Composition) -> httpx.Client:
    """A browser behind the proxy with TLS: the host's name, its cookie sent though this line is plain."""
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{composed.port}",
        timeout=30,
        headers={"host": HOST, "origin": f"https://{HOST}"},
    )
    signed = client.post("/sign-in", data={"name": "officer", "password": PASSWORD})
    assert signed.status_code == 303, signed.text
    cookie = signed.headers["set-cookie"]
    assert cookie.startswith("__Host-zhongshu_session=")
    assert "Secure" in cookie
    client.cookies.clear()
    client.headers["cookie"] = cookie.partition(";")[0]
    return client


def dispatched(composed: Composition, matter: str) -> str:
    with closing(officer(composed)) as client:
        row = client.get(f"/api/v1/matters/{matter}").json()["value"]["row"]
        body = {
            "matter_id": matter, "expected_version": row["version"], "objective": "到现场核实",
            "receivers": [{"kind": "unit", "id": "rz-heating", "role": "assist"}],
        }  # fmt: skip
        sent = client.post("/api/v1/commands", json=body, headers={"idempotency-key": "a-key-of-the-test"})
        assert sent.status_code == 200, sent.text
        return str(sent.json()["value"]["id"])


def kept_commands(composed: Composition, matter: str) -> str:
    with closing(officer(composed)) as client:
        return client.get(f"/api/v1/matters/{matter}").text
