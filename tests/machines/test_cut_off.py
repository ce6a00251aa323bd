"""Two machines: one is cut off from the stores, then the other from everything, while people act; both are healed."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from dashboard.store.event_log import Entry
from tests.crash import battery, cast, truth
from tests.crash.installation import READY_WITHIN_S
from tests.crash.people import Person, new_key
from tests.machines.listener import Listener
from tests.machines.network import NoNamespaces
from tests.machines.two_machines import Machine, TwoMachines
from tests.throwaway_postgres import PostgresUnavailable
from tools.bench_rows import Row, tell

RATE = 60
CUT_S = 60.0
# A line without a word is given up after four seconds, a new one is tried for two, and requests wait for one another.
TOLD_WITHIN_S = 15.0
REFUSED_WITHIN_S = 20.0
PAUSE_WITHIN_S = 20.0
WHOLE_WITHIN_S = 15.0
LATE_WITHIN_S = 15.0


over: list[str] = []  # bars that were not kept; said all together at the end, with everything measured


@pytest.fixture
def city() -> Iterator[TwoMachines]:
    over.clear()
    folder = Path(tempfile.mkdtemp(prefix="zs-machines-"))
    try:
        made = TwoMachines(folder, RATE)
    except (NoNamespaces, PostgresUnavailable) as missing:
        shutil.rmtree(folder)
        pytest.skip(str(missing))
    yield made
    made.stop()
    shutil.rmtree(folder)


@pytest.mark.faults
@pytest.mark.timeout(1_800)
def test_one_machine_after_the_other_is_cut_off_and_healed(city: TwoMachines) -> None:
    people = begin(city)
    began_at = city.clock.now_ms()
    from_the_stores(city, people, CUT_S)
    altogether(city, people, CUT_S)
    hold_against_the_truth(city, people, began_at)


def begin(city: TwoMachines) -> list[Person]:
    """Start both machines and people who ask the other one when the first does not answer."""
    people = cast._ordering(city, 20, 0.4)
    addresses = [machine.address for machine in city.machines]
    for number, person in enumerate(people):
        own = number % len(addresses)
        person.address, person.elsewhere = addresses[own], (addresses[1 - own],)
    city.start()
    for person in people:
        person.start()
    city.until("people act", lambda: told(people) >= 10, READY_WITHIN_S)
    return people


def told(people: list[Person]) -> int:
    for person in people:
        assert person.failure is None, repr(person.failure)
    return sum(len(person.acknowledged) for person in people)


def from_the_stores(city: TwoMachines, people: list[Person], cut_s: float) -> None:
    """The second machine reaches neither PostgreSQL nor Redis, and holds the writer's turn as it is cut off."""
    whole, cut = city.machines
    screen = Listener(cut.address, "officer-1", cast.PASSWORD)
    screen.start()
    city.until("the screen is told", lambda: screen.told_at(0.0, bus="up", store="up"), READY_WITHIN_S)
    holder = hold_the_turn(city, cut)
    cut.host.pull("back")
    cut_at, before = time.monotonic(), told(people)
    pause_s = seconds_until(city, "acts go through", lambda: told(people) >= before + 3)
    say(
        "cut from the stores, the writer's turn in its hand: acts go through elsewhere after",
        pause_s,
        PAUSE_WITHIN_S,
    )
    bus_s = seconds_until(city, "told of the bus", lambda: screen.told_at(cut_at, bus="down"), cut_at)
    store_s = seconds_until(city, "told of the store", lambda: screen.told_at(cut_at, store="down"), cut_at)
    say("a screen that hangs on it is told that Redis is away after", bus_s, TOLD_WITHIN_S)
    say("a screen that hangs on it is told that the database is away after", store_s, TOLD_WITHIN_S)
    refuses_with_words(city, cut)
    still_lives(cut)
    hold(city, people, cut_at + cut_s)

    cut.host.plug("back")
    healed_at = time.monotonic()
    seconds = seconds_until(city, "the machine is whole", cut.has_all)
    say("plugged in again: its picture live, store and bus there, after", seconds, WHOLE_WITHIN_S)
    up_s = seconds_until(
        city, "the screen is told", lambda: screen.told_at(healed_at, bus="up", store="up"), healed_at
    )
    say("and the screen is told after", up_s, WHOLE_WITHIN_S)
    assert not screen.is_closed, "it hung on this machine all the while"
    screen.close()
    holder.send_signal(signal.SIGTERM)
    assert holder.wait(30) != 0, "what it held was rolled back long ago: its commit must fail"
    assert whole.has_all()


def altogether(city: TwoMachines, people: list[Person], cut_s: float) -> None:
    """The first machine is reached by nobody and reaches nobody."""
    cut = city.machines[0]
    cut.host.pull("front", "back")
    cut_at, before = time.monotonic(), told(people)
    pause_s = seconds_until(city, "acts go through", lambda: told(people) >= before + 3)
    say("cut from everybody: acts go through at the other machine after", pause_s, PAUSE_WITHIN_S)
    hold(city, people, cut_at + cut_s)
    cut.host.plug("front", "back")
    seconds = seconds_until(city, "the machine is whole", cut.has_all)
    say("plugged in again: whole after", seconds, WHOLE_WITHIN_S)


def hold(city: TwoMachines, people: list[Person], until_s: float) -> None:
    """Let people act until then; the whole machine takes acts all the while."""
    while time.monotonic() < until_s:
        wanted = told(people) + 1
        city.until("acts go through", lambda: told(people) >= wanted, PAUSE_WITHIN_S)  # noqa: B023
        time.sleep(0.5)


def hold_the_turn(city: TwoMachines, machine: Machine) -> subprocess.Popen[bytes]:
    """Let a process of the machine take the writer's turn, in a transaction that it would not end."""
    assert city.stores is not None
    words = [sys.executable, "-m", "tests.machines.lock_holder", city.stores.database_url]
    holder = subprocess.Popen(machine.host.command(words), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    return holder


def refuses_with_words(city: TwoMachines, machine: Machine) -> None:
    """An act is answered in time, as one that may be tried again."""
    with httpx.Client(
        base_url=machine.address, headers={"origin": machine.address}, timeout=READY_WITHIN_S
    ) as client:
        began = time.monotonic()
        answer = client.post("/sign-in", data={"name": "officer-1", "password": cast.PASSWORD})
        took_s = time.monotonic() - began
        assert answer.status_code == 503, f"{answer.status_code} {answer.text[:300]}\n{city.last_words()}"
        answer = client.post(
            "/api/v1/commands", json={}, headers={"authorization": "Bearer x", "idempotency-key": new_key()}
        )
        assert answer.status_code == 503, f"{answer.status_code} {answer.text[:300]}\n{city.last_words()}"
        took_s = max(took_s, time.monotonic() - began - took_s)
    say("what is asked of it is answered 503, to try again, after", took_s, REFUSED_WITHIN_S)


def still_lives(machine: Machine) -> None:
    """Nobody must restart it for the network's sake, and nobody must send people there."""
    lives, ready = machine.ask("/healthz"), machine.ask("/readyz")
    assert lives is not None
    assert (lives.status_code, lives.json()["status"]) == (200, "degraded")
    assert ready is not None
    assert ready.status_code == 503, ready.text


def seconds_until(
    city: TwoMachines, what: str, holds: Callable[[], object], since: float | None = None
) -> float:
    """How long it takes from now, or from `since`, until it holds; far over its bar is the end."""
    began = time.monotonic() if since is None else since
    city.until(what, holds, READY_WITHIN_S)
    return time.monotonic() - began


def hold_against_the_truth(city: TwoMachines, people: list[Person], began_at: int) -> None:
    """People stop, all that is due fires, and the store, the log and the stream are as people were told."""
    for person in people:
        person.end.set()
    city.until(
        "everybody has their answer", lambda: not any(one.is_alive() for one in people), READY_WITHIN_S
    )
    acknowledged = [act for person in people for act in person.acknowledged]
    last_act_at = city.clock.now_ms()
    settled_at = city.until(
        "all that was due is done", lambda: battery._settled_at(city, last_act_at), READY_WITHIN_S
    )
    for process in city.all():
        process.stop()
    asyncio.run(battery._relay_as_the_next_start_would(city))
    with city.services.store.read() as connection:
        entries = truth.log_is_whole(connection)
        acts = sum(truth.nothing_acknowledged_is_lost(connection, acknowledged).values())
        truth.receipts_are_kept(connection, acknowledged)
        escalations = truth.each_step_fired_once(connection, entries, settled_at)
        truth.silent_units_went_all_the_way(connection, entries, cast.SILENT, settled_at)
        truth.tellings_follow_their_step(connection, settled_at)
    truth.published_as_written(city.settings.redis_url, entries)
    late_s = latest_s(entries, began_at)
    lost = sum(person.lost_answers for person in people)
    tell(
        Row(
            "two machines: acknowledged acts lost or done twice",
            0,
            f"of {acts:,}",
            0,
            note=f"{lost} asked again",
        )
    )
    tell(Row("two machines: escalations lost, fired twice or early", 0, f"of {escalations:,}", 0))
    tell(Row("two machines: gaps in the log", 0, f"in {len(entries):,}", 0, note="audit chain whole"))
    say("two machines: an escalation fired after it was due, at most", late_s, LATE_WITHIN_S)
    assert escalations > 0
    assert over == []


def latest_s(entries: list[Entry], began_at: int) -> float:
    """Seconds of the real clock by which the latest escalation that was due since then came after it was due."""
    fired = [one.params for one in entries if one.kind in truth.FIRED_KINDS]
    late_ms = [one["fired_at"] - one["due_at"] for one in fired if one["due_at"] >= began_at]
    return max(late_ms, default=0) / 1000 / RATE


def say(what: str, seconds: float, bar: float) -> None:
    tell(Row(what, seconds, "s", bar))
    if seconds > bar:
        over.append(f"{what}: {seconds:.1f} s, {bar:g} are allowed")
