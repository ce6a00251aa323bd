"""The secret rotates and the old one is retired while people act: nobody is thrown out, nothing is lost.

A running centre with its feeds: two officers, a gateway, a liaison, a citizen who reports by a code, a phone that sends
positions. Only the operator's commands are used.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from dashboard import service
from dashboard.domain.device_keys import device_key
from dashboard.settings import PROJECT_ROOT
from dashboard.store import audit, tables
from dashboard.store.secret_file import read_secrets
from tests.crash import cast, truth
from tests.crash.battery import waiting_for
from tests.crash.duty import Citizen
from tests.crash.installation import READY_WITHIN_S, Installation
from tests.crash.people import Person
from tools.bench_rows import Row, tell

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

RATE = 4
DEVICE, WORKER = "rotating-phone", "371102-w-rotating"
STILL_S = 5.0  # for so long everybody acts after each step
REFUSED_WITHIN_S = 40.0  # the feeds look at who may send every half minute


class Centre(Installation):
    """The installation with its feeds, and a phone on its roster."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, RATE, workers=1)
        self.feeds = self._process("feeds", [sys.executable, "feeds.py"], self.environ)
        self.feeds_address = f"http://127.0.0.1:{self.settings.feeds_port}"
        divisions = self.services.pack.divisions
        grid = next(one for one in divisions.at_level("grid") if divisions.is_within(one.code, cast.COUNTY))
        township = next(
            one.code for one in divisions.at_level("township") if divisions.is_within(grid.code, one.code)
        )
        worker = service.RosterWorker(
            0, WORKER, "网格员", grid.code, township, cast.COUNTY, True, (), DEVICE, 1
        )
        outcome = service.import_roster(self.services, cast._system(self), [worker], self.clock.now_ms())
        assert isinstance(outcome, service.Done), outcome

    def start(self) -> None:
        super().start()
        self.feeds.start()
        self.until("the feeds take the phone", lambda: self.fix(self.keys()[0]) == 200, READY_WITHIN_S)

    def stop(self) -> None:
        self.feeds.stop()
        super().stop()

    def keys(self) -> list[str]:
        """The phone's key of each secret that is accepted, the newest first."""
        return [device_key(one, DEVICE, 1) for one in read_secrets(self.settings.secret_file).secrets]

    def fix(self, key: str) -> int:
        """Send a position with a key; the status of the answer, 0 without one."""
        asked = {
            "id": DEVICE, "key": key, "lat": "35.42", "lon": "119.52", "accuracy": "5",
            "timestamp": str(self.clock.now_ms() // 1000),
        }  # fmt: skip
        try:
            return httpx.get(f"{self.feeds_address}/osmand", params=asked, timeout=10).status_code
        except httpx.HTTPError:
            return 0

    def administer(self, *words: str) -> tuple[int, str]:
        """Run an operator's command; returns its exit status and what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "dashboard.administration", *words], cwd=PROJECT_ROOT, env=self.environ,
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def sign_ins(self) -> int:
        column = tables.audit.c
        with self.services.store.read() as connection:
            counted = select(func.count()).where(column.act == "sign_in")
            return int(connection.execute(counted).scalar_one())


@pytest.fixture
def city() -> Iterator[Centre]:
    folder = Path(tempfile.mkdtemp(prefix="zs-rotation-"))
    opened = Centre(folder)
    yield opened
    opened.stop()
    shutil.rmtree(folder)


def test_the_secret_rotates_and_is_retired_while_people_act(city: Centre) -> None:
    people = [
        *cast._ordering(city, 20, 0.3),
        Citizen(city.address, 20, grids=cast._grids(city), category=cast._event_category(city), most=3, every_s=0.5),
    ]  # fmt: skip
    city.start()
    for person in people:
        person.start()
    all_act(city, people)
    city.until("the citizen has reported", lambda: len(people[-1].acknowledged) == 3, READY_WITHIN_S)
    followed = next(one.value["code"] for one in people[-1].acknowledged if one.kind == "report")
    assert follow(city, followed) == 200
    (old,) = city.keys()
    signed_in, unanswered = city.sign_ins(), lost(people)

    began = time.monotonic()
    status, said = city.administer("rotate-secret")
    assert status == 0, said
    rotated_s = time.monotonic() - began
    new, still_accepted = city.keys()
    assert still_accepted == old
    city.until("the new key is taken", lambda: city.fix(new) == 200, REFUSED_WITHIN_S)
    assert city.fix(old) == 200
    all_act(city, people)
    assert follow(city, followed) == 200

    status, said = city.administer("rotate-secret", "--retire")
    assert status == 1, "a phone came with the old key a moment ago"
    assert "1 devices" in said, said
    status, said = city.administer("rotate-secret", "--retire", "--even-so")
    assert status == 0, said
    assert city.keys() == [new]
    city.until("the old key is refused", lambda: city.fix(old) in (401, 403), REFUSED_WITHIN_S)
    assert city.fix(new) == 200
    all_act(city, people)
    assert follow(city, followed) == 200

    thrown_out = city.sign_ins() - signed_in
    retried = lost(people) - unanswered
    acts = kept(city, people)
    tell(Row("secret rotated and retired while people act: acts lost or done twice", 0, f"of {acts}", 0))
    tell(
        Row("sessions that ended for it, answers that had to be asked for again", thrown_out + retried, "", 0)
    )
    tell(Row("rotate-secret took", rotated_s, "s"))
    assert (thrown_out, retried) == (0, 0)


def all_act(city: Centre, people: list[Person]) -> None:
    """Everybody with work to do is told of another two acts; the citizen's few reports are sent at the beginning."""
    people = [person for person in people if not isinstance(person, Citizen)]
    before = [len(person.acknowledged) for person in people]

    def told() -> bool:
        for person in people:
            assert person.failure is None, repr(person.failure)
        counts = [len(person.acknowledged) for person in people]
        return all(now >= then + 2 for now, then in zip(counts, before, strict=True))

    city.until("everybody acts", told, READY_WITHIN_S, lambda: waiting_for(people))
    time.sleep(STILL_S)


def follow(city: Centre, code: str) -> int:
    return httpx.get(f"{city.address}/api/v1/reports/{code}", timeout=30).status_code


def lost(people: list[Person]) -> int:
    return sum(person.lost_answers for person in people)


def kept(city: Centre, people: list[Person]) -> int:
    """End everybody and hold what they were told against the store; returns how many acts that were."""
    for person in people:
        person.end.set()
    for person in people:
        person.join(READY_WITHIN_S)
        assert not person.is_alive(), person.waits_for
    acknowledged = [act for person in people for act in person.acknowledged]
    with city.services.store.read() as connection:
        counted = truth.nothing_acknowledged_is_lost(connection, acknowledged)
        truth.log_is_whole(connection)
        assert audit.first_break(connection) is None
    return sum(counted.values())
