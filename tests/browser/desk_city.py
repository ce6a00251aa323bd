"""A small city for the desk's tests: a real store in a file, the real city pack, a morning's orders, 40 workers."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard import service
from dashboard.citypack import CityPack, load_pack
from dashboard.domain.principal import Principal
from dashboard.domain.readings import HotlineOrderReading
from dashboard.live.fleet import Fleet
from dashboard.live.picture import Picture
from dashboard.service import RosterWorker, Services
from dashboard.store.store import Store
from tests.browser.desk_server import ROOT
from tests.fake_clock import FakeClock

NOW = 1_795_401_738_000  # 2026-11-23 10:42:18 in the city
MINUTE = 60_000
SECRET = b"desk tests only, never an installation"
OFFICER = Principal("officer-1", "王建国", "officer", "duty_leader", "371100", address="127.0.0.1")
GATEWAY = Principal("system", "系统", "system", "system", "371100")
ON_DUTY = 1

# no, minutes ago, category, urgency, title, township, place, lon, lat; then the unit that has it, if any has
MORNING = (
    ("0417", 4, "0203", 1, "热力一次管网爆管", "371102004", "海曲东路社区", 119.525, 35.428),
    ("0431", 4, "0202", 1, "燃气异味", "371171007", "大连路社区", 119.512, 35.362),
    ("0426", 11, "0503", 2, "商铺二层堆积建筑垃圾，易发生火灾", "371102002", "荣安社区", 119.541, 35.389),
    ("0428", 3, "0501", 2, "供水主管漏水", "371102004", "桂林路社区", 119.53, 35.41),
    ("0377", 60, "0101", 3, "学区划片答复", "371102001", "金阳社区", 119.45, 35.42, "rz-education"),
    ("0352", 50, "0503", 3, "油烟直排", "371102004", "尚文社区", 119.52, 35.43, "rz-urban"),
    ("0349", 45, "0601", 3, "预付卡停业不退", "371102002", "海景社区", 119.54, 35.40, "rz-market"),
    ("0341", 40, "0201", 4, "电梯年检到期", "371102001", "", 119.46, 35.43, "rz-housing"),
)


@dataclass
class LiveStandIn:
    """The part of the live hub that the desk's callbacks read."""

    fleet: Fleet
    picture: Picture

    def analysis(self, jurisdiction: str) -> dict[str, Any]:
        return {}


class DeskCity:
    """Services on a fresh database under `folder`, with a morning's matters and workers around them."""

    def __init__(self, folder: Path, pack: CityPack | None = None) -> None:
        self.pack = pack or load_pack(ROOT / "citypacks" / "rizhao")
        self.services = Services(store=_store(folder), pack=self.pack, secret=SECRET)
        self.clock = FakeClock(NOW)
        self.live = LiveStandIn(_fleet(), Picture())
        self._fill()

    def start_again(self, folder: Path) -> None:
        """Begin the morning again on a fresh database, under the same services that a running desk already holds."""
        object.__setattr__(self.services, "store", _store(folder))
        self.clock.now = NOW
        self.live.fleet = _fleet()
        self._fill()

    def _fill(self) -> None:
        service.import_roster(self.services, GATEWAY, _workers(self.pack), NOW)
        service.intake_orders(self.services, [_order(*row) for row in MORNING], NOW)
        self.picture()

    def matter(self, title: str) -> dict[str, Any]:
        """The screen row of the open matter with this title."""
        return next(row for row in service.snapshot(self.services).matters if row["title"] == title)

    def picture(self) -> dict[str, Any]:
        """What the live stream would carry now."""
        taken = service.snapshot(self.services)
        self.live.picture.matters = {row["id"]: row for row in taken.matters}
        self.live.picture.commands = {row["id"]: row for row in taken.commands}
        self.live.picture.asks = {row["id"]: row for row in taken.asks}
        return {
            "now": self.clock.now_ms(),
            "matters": taken.matters,
            "commands": taken.commands,
            "asks": taken.asks,
            "log": taken.log,
            "fleet": self.live.fleet.summary(self.clock.now_ms()),
        }

    def answer(self, command: dict[str, Any], receiver: str, stage: str, **fields: Any) -> None:
        """Let a receiver say something, as its gateway would."""
        request = service.Answer(command["id"], receiver, stage, **fields)
        outcome = service.answer(
            self.services, OFFICER, request, self.clock.now_ms(), f"{command['id']}-{receiver}-{stage}"
        )
        assert isinstance(outcome, service.Done), outcome


def _store(folder: Path) -> Store:
    store = Store(f"sqlite:///{folder / 'desk.sqlite3'}")
    store.migrate()
    return store


def _order(
    no: str, ago: int, category: str, urgency: int, title: str, township: str, place: str, lon: float, lat: float,
    unit: str | None = None,
) -> HotlineOrderReading:  # fmt: skip
    return HotlineOrderReading(
        order_no=f"26112310{no}",
        opened_at=NOW - ago * MINUTE,
        category=category,
        urgency=urgency,
        title=title,
        township=township,
        place=place,
        lon=lon,
        lat=lat,
        text="家里暖气凉了，路上冒热气",
        citizen_name="李秀英",
        citizen_phone="13812345678",
        status="TO_SIGN" if unit else "TO_DISPATCH",
        unit=unit,
        dispatched_at=NOW - ago * MINUTE if unit else None,
    )


def _workers(pack: CityPack) -> list[RosterWorker]:
    grids = [one for one in pack.divisions.at_level("grid") if one.code.startswith("371102004")][:40]
    return [
        RosterWorker(
            slot,
            f"w-{slot:04}",
            f"王{'伟芳强敏'[slot % 4]}",
            grid.code,
            "371102004",
            "371102",
            True,
            (),
            f"d-{slot}",
            1,
        )
        for slot, grid in enumerate(grids)
    ]


def _fleet() -> Fleet:
    fleet = Fleet(40)
    place = random.Random(7)
    for slot in range(40):
        fleet.lon_e6[slot] = round((119.525 + place.uniform(-0.03, 0.03)) * 1e6)
        fleet.lat_e6[slot] = round((35.428 + place.uniform(-0.03, 0.03)) * 1e6)
        fleet.state[slot] = ON_DUTY
        fleet.fix_at[slot] = NOW - place.randrange(2_000, 50_000)
    return fleet
