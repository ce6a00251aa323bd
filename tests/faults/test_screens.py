"""A centre whose Redis is away and whose lines are bad: every act is committed, each screen says what is wrong and is
right again alone.

One demonstration with its feeds and simulator; its Redis is the test's own, and what its screens see of it passes
through a line that can be broken.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from playwright.sync_api import Browser

from data_feeds.bus_names import LOG
from data_feeds.embedded_redis import EmbeddedRedis, EmbeddedRedisError, find_program
from tests.browser.centre import Centre
from tests.browser.waiting import eventually
from tests.crash.people import Officer
from tests.faults.fault_proxy import FaultProxy, fault_proxy
from tests.faults.screens import HEARD, Screens, last_seq, missing, ordering, store_of
from tools.bench_rows import Row, tell

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

AWAY_S = 60.0
CAUGHT_UP_S = 5.0  # the bar, for Redis
SAYS_SO_S = 30.0  # positions come every ten seconds; without them for two of those a screen calls them late
TOLD_S = 10.0  # a line that is silent: said after 5 s, and a machine that is busy takes its time
HEALED_S = (
    15.0  # the longest wait between two tries is 6 s, and a try that nobody answers is given up after 10
)
LATENCY_S = 0.4
WATCHED_S = 15.0  # three times as long as a silence that makes a line a lost one
POSITIONS = {
    "wall": "document.querySelector('#wall-map').dataset.freshness !== 'fresh'",
    "desk": "/中断|延迟/.test(document.querySelector('#desk-map-as-of').textContent)",
}
# Each page names Redis, says what still works, and takes it back.
BUS = {
    "wall": "document.querySelector('#wall-connection').textContent.startsWith('消息总线中断')",
    "desk": "document.querySelector('#desk-connection:not([hidden])')?.textContent.startsWith('消息总线中断')",
    "leader": "document.querySelector('#hand-connection').textContent.startsWith('消息总线中断')",
}
NAMED_S = 5.0


@pytest.fixture(scope="module")
def bus() -> Iterator[EmbeddedRedis]:
    """The centre's Redis: nobody but a test starts it again."""
    try:
        program = find_program()
    except EmbeddedRedisError as error:
        pytest.skip(str(error))
    folder = Path(tempfile.mkdtemp(prefix="zs-bus-"))
    server = EmbeddedRedis(folder, folder / "redis.sock", program)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def centre(bus: EmbeddedRedis) -> Iterator[Centre]:
    folder = Path(tempfile.mkdtemp(prefix="zs-faults-"))
    with Centre(folder / "var", {"REDIS_URL": bus.url}) as running:
        yield running
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def line(centre: Centre) -> Iterator[FaultProxy]:
    with fault_proxy(urlsplit(centre.web).port or 0) as opened:
        yield opened


@pytest.fixture(scope="module")
def screens(chromium: Browser, centre: Centre, line: FaultProxy) -> Screens:
    opened = Screens(centre)
    opened.open(chromium, f"http://127.0.0.1:{line.port}")
    return opened


@pytest.fixture
def officer(centre: Centre) -> Iterator[Officer]:
    """Acts beside the broken thing, straight at the server."""
    person = ordering(centre, seed=7)
    person.start()
    eventually(lambda: done_by(person) >= 1, "the first order is sent", 60)
    yield person
    person.end.set()
    person.join(30)


def done_by(person: Officer) -> int:
    assert person.failure is None, repr(person.failure)
    return len(person.acknowledged)


def pages_say(screens: Screens, scripts: dict[str, str], told: bool) -> dict[str, float]:
    """Wait until each page says what its script looks for, or says so no more; returns the seconds of each."""
    began, took = time.monotonic(), dict[str, float]()

    def looked() -> bool:
        for name, script in scripts.items():
            if name not in took and bool(screens.pages[name].evaluate(script)) is told:
                took[name] = time.monotonic() - began
        return len(took) == len(scripts)

    eventually(looked, f"{told}: {scripts}; {took}", 60)
    return took


def test_while_redis_is_away_every_act_is_committed_and_the_screens_say_so(
    centre: Centre, bus: EmbeddedRedis, screens: Screens, officer: Officer
) -> None:
    store = store_of(centre)
    before, lost_before, killed_at = done_by(officer), officer.lost_answers, time.monotonic()
    bus.kill()
    named = pages_say(screens, BUS, True)
    said = pages_say(screens, POSITIONS, True)
    during = last_seq(store)
    eventually(lambda: screens.newest_on_desk() >= during, "what is committed meanwhile is on the desk", 30)
    time.sleep(max(0.0, killed_at + AWAY_S - time.monotonic()))
    acts, unanswered = done_by(officer) - before, officer.lost_answers - lost_before
    at_return = last_seq(store)
    bus.start()
    back_at = time.monotonic()
    with redis.Redis.from_url(bus.url) as client:

        def newest() -> int:
            found = client.xrevrange(LOG, count=1)
            return int(found[0][0].split(b"-")[0]) if found else 0

        eventually(lambda: newest() >= at_return, "the stream has caught up with the log", 60)
    caught_up_s = time.monotonic() - back_at
    taken_back = pages_say(screens, BUS, False)
    fresh = pages_say(screens, POSITIONS, False)
    eventually(lambda: screens.newest_on_desk() >= at_return, "the desk has caught up", 60)
    whole_s = time.monotonic() - back_at
    officer.end.set()
    officer.join(30)
    lost = missing(store, officer.acknowledged)
    store.close()
    away = f"Redis away {AWAY_S:g} s"
    tell(Row(f"{away}: acts not committed or not answered", unanswered + len(lost), f"of {acts}", 0))
    each = ", ".join(f"{name} {took:.1f} s" for name, took in named.items())
    tell(Row(f"{away}: wall, desk and leader name it after", max(named.values()), "s", NAMED_S, note=each))
    tell(Row(f"{away}: back, and nobody names it any more after", max(taken_back.values()), "s", NAMED_S))
    tell(Row(f"{away}: wall and desk say that positions are old after", max(said.values()), "s", SAYS_SO_S))
    tell(Row(f"{away}: back, the stream has all that was committed after", caught_up_s, "s", CAUGHT_UP_S))
    tell(
        Row(
            f"{away}: back, wall and desk are fresh again after",
            whole_s,
            "s",
            note=f"positions {max(fresh.values()):.1f} s",
        )
    )
    assert acts > 20
    assert (unanswered, lost) == (0, [])


def test_a_slow_line_is_no_lost_server(
    centre: Centre, line: FaultProxy, screens: Screens, officer: Officer
) -> None:
    store = store_of(centre)
    line.set("whole", latency_s=LATENCY_S)
    worst, ends_at = set(), time.monotonic() + 15
    while time.monotonic() < ends_at:
        worst |= {
            f"{name} {screens.says(name)}"
            for name in screens.pages
            if screens.says(name) not in ("live", "late")
        }
        time.sleep(0.2)
    wanted = last_seq(store)
    began = time.monotonic()
    eventually(lambda: screens.newest_on_desk() >= wanted, "the desk follows", 30)
    took = time.monotonic() - began
    line.set("whole")
    store.close()
    tell(Row(f"line {LATENCY_S * 1e3:g} ms slower each way: pages that call it lost", len(worst), "of 3", 0))
    tell(Row("a committed act is on the desk after", took, "s", note="beside orders without a pause"))
    assert worst == set()


BREAKS: dict[str, Callable[[FaultProxy], None]] = {
    "that stalls": lambda line: line.set("stalled"),
    "that is reset and refused": lambda line: line.reset(),
    "that is half open": lambda line: line.set("half-open"),
}


@pytest.mark.parametrize("how", BREAKS)
def test_a_broken_line_is_said_and_mended_alone(
    centre: Centre, line: FaultProxy, screens: Screens, officer: Officer, how: str
) -> None:
    screens.until_all(lambda says: says in HEARD, "every page hears the server")
    store = store_of(centre)
    BREAKS[how](line)
    said = screens.until_all(lambda says: says not in HEARD, f"a line {how} is said", 90)
    wanted = eventually(
        lambda: (newest := last_seq(store)) > screens.newest_on_desk() and newest,
        "something was committed that the desk has not heard", 60,
    )  # fmt: skip
    line.set("whole")
    healed_at = time.monotonic()
    screens.until_all(lambda says: says in HEARD, "every page hears the server again", 90)
    eventually(lambda: screens.newest_on_desk() >= wanted, "what was missed is on the desk", 60)
    whole_s = time.monotonic() - healed_at
    store.close()
    each = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in said.items())
    tell(
        Row(
            f"line {how}: wall and desk say so after", max(said["wall"], said["desk"]), "s", TOLD_S, note=each
        )
    )
    tell(Row(f"line {how}: whole again, what was missed on the desk, after", whole_s, "s", HEALED_S))
