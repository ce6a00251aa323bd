"""Whatever is killed, and whenever: nothing acknowledged is missing, and what was due happened once.

Twenty kills run with every test; `make test-crash` runs two hundred on each database (`DB=sqlite`, `DB=postgres`,
`KILLS=n` to choose). Each database is a run of its own, so one that was interrupted is run again alone.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crash.battery import run
from tests.crash.installation import Installation
from tools.bench_rows import Row, tell

RATE = 240  # accelerated seconds per second: a whistle's forty minutes take ten seconds
LONG_RATE = 60  # slower for the long run: more of its kills fall between two steps of one chain
MATTERS_EACH = 20
LONG_MATTERS_EACH = 60
REPORTS = 8
LONG_REPORTS = 40

ACTS = frozenset(
    (
        "whistle", "dispatch", "receipt", "batch",
        "room", "invite", "say", "file", "read", "room_decision",
        "take_post", "begin_handover", "confirm_item", "complete_handover", "report",
    )
)  # fmt: skip
"""What the short run goes on for until it was told to somebody, however slow the machine."""
LONG_ACTS = ACTS | {
    "decision", "recall", "completed", "move", "remove", "booking", "answered", "minutes", "sign", "close",
    "leave_post",
}  # fmt: skip

City = Callable[..., Installation]


@pytest.fixture
def city_at() -> Iterator[City]:
    """Makes an installation in a folder of its own, and stops it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="zs-crash-"))
    made: list[Installation] = []

    def make(rate: int, database_url: str | None = None) -> Installation:
        made.append(Installation(folder, rate, database_url))
        return made[-1]

    yield make
    for city in made:
        city.stop()
    shutil.rmtree(folder)


@pytest.mark.crash
@pytest.mark.timeout(900)  # waits for facts, and on a machine that others keep busy they take their time
def test_twenty_kills_lose_and_repeat_nothing(city_at: City):
    figures = run(
        city_at(RATE), kills=20, matters_each=MATTERS_EACH, whistle_share=0.4, seed=20, reports=REPORTS,
        wanted=ACTS,
    )  # fmt: skip
    print(figures)
    assert sum(figures.acts.values()) >= 20
    assert set(figures.acts) >= ACTS
    assert figures.silent_units > 0


@pytest.mark.crash_long
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_two_hundred_kills_lose_and_repeat_nothing(
    city_at: City, database: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
):
    url = None
    if database == "postgres":
        url = request.getfixturevalue("postgres_database").replace("+psycopg", "")
    kills = int(os.environ.get("KILLS") or 200)
    with capsys.disabled():
        print(f"\n{database}: {kills} kills", flush=True)
        city = city_at(LONG_RATE, url)
        figures = run(
            city, kills, matters_each=LONG_MATTERS_EACH, whistle_share=6 / kills, seed=kills,
            reports=LONG_REPORTS, wanted=LONG_ACTS,
        )  # fmt: skip
        print(f"{database}\n{figures}", flush=True)
    # What `run` found to be otherwise has failed above.
    by_whom = ", ".join(f"{name} {count}" for name, count in sorted(figures.kills.items()))
    acts, escalations = sum(figures.acts.values()), figures.escalations
    tell(
        Row(
            f"{database}, {kills} kill -9: acknowledged acts lost or done twice",
            0,
            f"of {acts:,}",
            0,
            note=by_whom,
        )
    )
    tell(Row(f"{database}: escalations lost, fired twice or early", 0, f"of {escalations:,}", 0))
    tell(Row(f"{database}: gaps in the log", 0, f"in {figures.entries:,}", 0, note="audit chain whole"))
    assert sum(figures.kills.values()) == kills
    assert set(figures.acts) >= LONG_ACTS
