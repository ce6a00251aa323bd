"""The scenarios that can be started by name, each a set of matters, surges and wishes that follows from its start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.citypack import CityPack
from data_feeds.simulator.calls import Surge
from data_feeds.simulator.grid_case import GridCase, NextStep
from data_feeds.simulator.life import Life
from data_feeds.simulator.people import phone_number
from data_feeds.simulator.seeded import stream
from data_feeds.simulator.stories import MINUTE_MS, Storyteller

HOUR_MS = 60 * MINUTE_MS
RONGAN, HAIQU_EAST = "371102002020", "371102004002"  # 荣安社区 (of the article), 海曲东路社区
QINLOU, SHIJIU, BEIJING_ROAD = "371102004", "371102002", "371171007"


@dataclass(frozen=True, slots=True)
class WhistleWish:
    """A whistle that a duty officer is expected to blow over one of the scenario's matters."""

    title: str
    opened_at: int
    units: tuple[str, ...]
    agenda: tuple[str, ...]
    decider: str
    after_ms: int


def wish_for(
    life: Life, units: tuple[str, ...], agenda: tuple[str, ...], decider: str, after_ms: int
) -> WhistleWish:
    """Return the wish for a whistle over one order."""
    return WhistleWish(life.fixed["title"], life.fixed["opened_at"], units, agenda, decider, after_ms)


@dataclass(frozen=True, slots=True)
class Effects:
    """What a scenario brings."""

    orders: tuple[Life, ...] = ()
    events: tuple[Life, ...] = ()
    surges: tuple[Surge, ...] = ()
    whistles: tuple[WhistleWish, ...] = ()
    cases: tuple[GridCase, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario: its name, what it shows, and its effects from a start on."""

    name: str
    title: str
    title_en: str
    tell: Callable[[CityPack, Storyteller, int], Effects]


def rongan(pack: CityPack, teller: Storyteller, started_at: int) -> Effects:
    """The article's case: a citizen scans the grid's code, the grid chief verifies, the district centre orders the
    township, the unit answers as every receiver does, the grid chief checks, it is closed.

    Each step waits for its time, so that a person at the centre or in the grid may be first.
    """
    grid = pack.divisions.get(pack.divisions.children(RONGAN)[0])
    report = {
        "grid": grid.code,
        "category": "2101",
        "text": "商用二层堆积大量建筑垃圾，堵塞通道，容易发生火灾，请尽快清理。",
        "place": "荣安社区商用二层",
        "lon": grid.lon,
        "lat": grid.lat,
        "phone": phone_number(stream(started_at, "rongan", "phone")),
    }
    course = {
        "VERIFYING": NextStep(6, "CALLED"),
        "CALLED": NextStep(8, "TRIAGED"),
        # The quarter of an hour in which an officer may order it.
        "TRIAGED": NextStep(22.5, unit="rz-town-371102002", objective="清运建筑垃圾，恢复通道畅通，拍照反馈"),
        "DISPOSED": NextStep(30, "CHECKING"),
        "CHECKING": NextStep(60, "CLOSED", {"handling": "现场核查：垃圾已清运，通道畅通", "resolved": True}),
    }
    case = GridCase(f"rongan-{started_at}", started_at + 3_000, report, course)
    return Effects(cases=(case,))


def whistle(pack: CityPack, teller: Storyteller, started_at: int) -> Effects:
    """A heating main bursts in 秦楼街道: an emergency, many cold flats, five units to the place."""
    main = teller.order(
        0.1,
        HAIQU_EAST,
        "0203",
        1,
        "热力一次管网爆管，路面塌陷",
        [(1.3, "TO_SIGN", {}), (2.2, "HANDLING", {})],
        unit="rz-heating",
        words="路面冒热气，已经塌陷一块，楼里暖气全凉了。",
    )
    crack = teller.event(
        1.0,
        pack.divisions.children(HAIQU_EAST)[0],
        "2403",
        2,
        3,
        "路面塌陷约 1.5 米，已围挡",
        [(0.5, "VERIFYING", {}), (4.0, "CALLED", {}), (6.0, "TRIAGED", {})],
        by_worker=True,
    )
    cold = Surge(
        "heat main",
        started_at,
        started_at + 90 * MINUTE_MS,
        1.35,
        (("0203", 60.0),),
        (QINLOU,),
        5 * MINUTE_MS,
    )
    units = ("rz-town-371102004", "rz-heating", "rz-traffic-police", "rz-urban", "rz-emergency")
    agenda = ("关断哪一段阀门、何时完成", "道路封闭范围和绕行路线", "停暖楼栋的临时供暖安排")
    wish = wish_for(main, units, agenda, "热力公司", 4 * MINUTE_MS)
    return Effects(orders=(main,), events=(crack,), surges=(cold,), whistles=(wish,))


def flood(pack: CityPack, teller: Storyteller, started_at: int) -> Effects:
    """Heavy rain: the hotline at 1.87 times its volume (S-BZ), water on roads, lost manhole covers."""
    boosts = (("0503", 6.0), ("0205", 4.0), ("0202", 3.0), ("0209", 3.0))
    rain = Surge("flood", started_at, started_at + 6 * HOUR_MS, 1.87, boosts, (), 12 * MINUTE_MS)
    places = (
        (2.0, HAIQU_EAST, "0503", 1, "下穿路段积水内涝，车辆被困"),
        (6.0, RONGAN, "0503", 1, "井盖被冲走"),
        (9.0, "371102002020", "0205", 2, "地下车库进水，小区停电"),
        (14.0, _first_village(pack, "371102110"), "0503", 2, "沿海路段积水"),
        (20.0, _first_village(pack, "371103002"), "0209", 2, "行道树倒伏压线"),
        (27.0, _first_village(pack, "371122001"), "0503", 1, "路面塌陷"),
        (33.0, _first_village(pack, "371121001"), "0503", 2, "河水漫过桥面"),
    )
    orders = tuple(
        teller.order(at, village, category, urgency, title, [(2.0, "TO_SIGN", {})])
        for at, village, category, urgency, title in places
    )
    wish = wish_for(
        orders[0],
        ("rz-town-371102004", "rz-urban", "rz-traffic-police", "rz-emergency", "rz-fire"),
        ("被困人员转移", "抽排力量调配", "道路封闭范围"),
        "市应急管理局",
        7 * MINUTE_MS,
    )
    return Effects(orders=orders, surges=(rain,), whistles=(wish,))


def heat_outage(pack: CityPack, teller: Storyteller, started_at: int) -> Effects:
    """A cold wave: flats without heating in three townships, the topic far above what is expected."""
    cold = Surge(
        "heat outage",
        started_at,
        started_at + 5 * HOUR_MS,
        1.6,
        (("0203", 25.0),),
        (QINLOU, SHIJIU, BEIJING_ROAD),
    )
    places = ((1.0, HAIQU_EAST), (4.0, RONGAN), (8.0, _first_village(pack, BEIJING_ROAD)))
    orders = tuple(
        teller.order(at, village, "0203", 2, "整个小区停暖", [(3.0, "TO_SIGN", {}), (9.0, "HANDLING", {})])
        for at, village in places
    )
    return Effects(orders=orders, surges=(cold,))


def _first_village(pack: CityPack, township: str) -> str:
    return pack.divisions.children(township)[0]


SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario("rongan", "荣安社区建筑垃圾：扫码、核实、交办、解决", "Building waste: from scan to solved", rongan),
        Scenario("whistle", "热力一次管网爆管：五个单位吹哨报到", "Heating main bursts: five units called", whistle),
        Scenario("flood", "暴雨内涝：热线来电 1.87 倍", "Heavy rain: 1.87 times the calls", flood),
        Scenario("heat_outage", "寒潮停暖：供热诉求突增", "Cold wave: heating calls surge", heat_outage),
    )
}  # fmt: skip
