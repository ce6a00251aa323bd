"""A fleet in motion on a running centre: its roster, its feeds, and every phone's fix each second over HTTP.

`python -m tools.bench_fleet FILE` sends the fixes until it is ended; `Traffic` writes the file and starts it, so that
sending costs the measuring process nothing.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import httpx

from dashboard import administration, service
from dashboard.child_process import ending_with
from dashboard.domain.device_keys import device_key, platform_key
from dashboard.live.fleet import METRES_PER_DEGREE
from dashboard.service import Done, RosterWorker
from dashboard.settings import PROJECT_ROOT
from dashboard.store.secret_file import ensure_secret
from data_feeds.simulator.parameters import parameters
from data_feeds.simulator.roster import make_roster, write_roster
from tests.crash.installation import Installation, Process
from tools.bench_motion import QUANTUM_M, motion

PLATFORM = "grid"
SECONDS = 120  # of motion; then the same again, backwards, so that nobody leaps
SLICES = 10  # requests a second: phones do not all report in one instant


def import_fleet(installation: Installation) -> list[RosterWorker]:
    """Give the city its demonstration roster of 4,383 workers; before the centre starts."""
    services = installation.services
    file = installation.folder / "roster.csv"
    write_roster(file, make_roster(services.pack, parameters()))
    workers = service.read_roster_file(services, file)
    operator = administration.operator(services.city)
    done = service.import_roster(services, operator, workers, installation.clock.now_ms())
    assert isinstance(done, Done), done
    return workers


def start_feeds(installation: Installation) -> Process:
    """Start the feeds of a centre and wait until they take fixes."""
    feeds = Process(
        "feeds", [sys.executable, "feeds.py"], installation.web.environ, installation.folder / "feeds.log"
    )
    feeds.start()
    address = feeds_address(installation)

    def answers() -> bool:
        try:
            return httpx.get(f"{address}/healthz", timeout=2.0, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    installation.until("the feeds answer", answers, 60.0)
    return feeds


def feeds_address(installation: Installation) -> str:
    """Return where the feeds listen."""
    return f"http://127.0.0.1:{installation.settings.feeds_port}"


@dataclass(frozen=True)
class Phone:
    """One worker's phone, and the post that it starts from, WGS-84 degrees."""

    slot: int
    device: str
    key: str
    lon: float
    lat: float


def phones(installation: Installation, workers: Sequence[RosterWorker]) -> list[Phone]:
    """Return the phones of a roster with their keys."""
    secret = ensure_secret(installation.settings.secret_file)
    divisions = installation.services.pack.divisions
    return [
        Phone(
            one.slot,
            one.device_id,
            device_key(secret, one.device_id, one.key_generation),
            divisions.get(one.grid).lon,
            divisions.get(one.grid).lat,
        )
        for one in workers
    ]


class Traffic:
    """Fixes of a fleet, each phone once a second, while the context is open.

    Args:
        without: slots that stay silent, because the measuring process reports for them.
    """

    def __init__(
        self, installation: Installation, fleet: Sequence[Phone], without: Collection[int] = ()
    ) -> None:
        secret = ensure_secret(installation.settings.secret_file)
        plan = {
            "address": feeds_address(installation),
            "key": platform_key(secret, PLATFORM),
            "clock_ahead_ms": installation.clock.now_ms() - time.time() * 1_000,
            "phones": [[one.device, one.lon, one.lat] for one in fleet if one.slot not in without],
        }
        self._file = installation.folder / "traffic.json"
        self._file.write_text(json.dumps(plan), encoding="utf-8")

    def __enter__(self) -> Traffic:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.bench_fleet", str(self._file)],
            cwd=PROJECT_ROOT,
            preexec_fn=ending_with(os.getpid()),
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()

    @property
    def pid(self) -> int:
        """The sending process."""
        return self._process.pid


def send(plan: dict[str, object]) -> None:
    """Send without end, a slice of the fleet at a time."""
    fleet: list[tuple[str, float, float]] = plan["phones"]  # type: ignore[assignment]
    moved = motion(SECONDS, workers=len(fleet), settle_s=30)
    ahead = float(plan["clock_ahead_ms"])  # type: ignore[arg-type]
    east = [QUANTUM_M / (METRES_PER_DEGREE * math.cos(math.radians(lat))) for _, _, lat in fleet]
    north = QUANTUM_M / METRES_PER_DEGREE
    slices = [range(start, len(fleet), SLICES) for start in range(SLICES)]
    turn = [*range(SECONDS), *range(SECONDS - 2, 0, -1)]
    client = httpx.Client(
        base_url=str(plan["address"]), headers={"authorization": f"Bearer {plan['key']}"}, trust_env=False
    )
    began = time.monotonic()
    step = 0
    while True:
        second = turn[step // SLICES % len(turn)]
        at = int(time.time() * 1_000 + ahead)
        x, y = moved.x[second] - moved.x[0], moved.y[second] - moved.y[0]
        fixes = [
            {
                "id": fleet[i][0],
                "at": at,
                "lon": round(fleet[i][1] + float(x[i]) * east[i], 6),
                "lat": round(fleet[i][2] + float(y[i]) * north, 6),
                "duty": True,
            }
            for i in slices[step % SLICES]
        ]
        answer = client.post("/v1/positions", json={"fixes": fixes})
        if answer.status_code != 200:
            raise SystemExit(f"the feeds answered {answer.status_code}: {answer.text[:200]}")
        step += 1
        time.sleep(max(0.0, began + step / SLICES - time.monotonic()))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        send(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
