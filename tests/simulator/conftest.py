"""The simulated city for its tests."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dashboard.citypack import CityPack, load_pack
from data_feeds.simulator.parameters import Parameters, parameters
from data_feeds.simulator.roster import RosterRow, make_roster

RIZHAO = Path(__file__).parents[2] / "citypacks" / "rizhao"


def local(words: str) -> int:
    """Return the instant of a local time like "2026-11-23 10:30"."""
    return int(datetime.fromisoformat(words).replace(tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)


@pytest.fixture(scope="session")
def pack() -> CityPack:
    return load_pack(RIZHAO)


@pytest.fixture(scope="session")
def numbers() -> Parameters:
    return parameters()


@pytest.fixture(scope="session")
def roster(pack: CityPack, numbers: Parameters) -> list[RosterRow]:
    return make_roster(pack, numbers)
