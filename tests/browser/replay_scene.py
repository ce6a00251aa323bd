"""A morning to be looked at again: a burst pipe, a whistle of five units, one of them late, and a busy board."""

from __future__ import annotations

from typing import Any

from starlette.routing import Mount

from callbacks.hand_pages import replay_html
from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.readings import CallReading
from data_feeds.http.assets import assets
from data_feeds.http.hand_pages import hand_route
from data_feeds.http.page_files import modules_of
from layouts.hand.shell import ENTRY, HandFiles
from tests.browser.hand_server import ROOT, HandServer
from tests.store.centre import MINUTE_MS, Centre, done, officer

CHIEF = officer("duty_leader", name="赵建国")
RELEASE = "7b"
AROUND = (
    ("爆管次生", 1), ("欠薪聚集", 2), ("井盖缺失", 1), ("整栋停暖", 2), ("商铺堆积垃圾", 2), ("路面塌陷", 1),
    ("楼道电动车充电", 3), ("燃气异味", 1),
)  # fmt: skip
ANSWERS = (
    # minutes after the whistle: accepted, on the way, on site
    (1, 2, 10), (2, 3, 15), (1, 4, 17), (2, 8, 25), (8, 12, 33),
)  # fmt: skip


def morning(centre: Centre) -> dict[str, Any]:
    """Play it through the acts of the product; returns the matter, the whistle and the instants of interest."""
    villages = sorted(one.code for one in centre.pack.divisions.at_level("village"))
    for number, (title, urgency) in enumerate(AROUND):
        row = centre.order(title=title, urgency=urgency, village=villages[60 + 130 * number])
        if number != 2:
            order = done(centre.dispatch(row, centre.units(20)[10 + number]))
            if number != 5:
                done(centre.answer(order["id"], centre.units(20)[10 + number], "accepted"))
        centre.wait(minutes=1)
    begins = centre.now
    calls(centre, begins)
    matter = centre.order(title="热力一次管网爆管", urgency=1)
    centre.wait(minutes=4)
    units = centre.units(5)
    lon, lat = matter["lon"], matter["lat"]
    started = [
        (lon - 0.03, lat + 0.02),
        (lon + 0.025, lat - 0.01),
        (lon - 0.01, lat - 0.03),
        (lon + 0.03, lat + 0.03),
        (lon - 0.045, lat + 0.012),
    ]
    whistle = done(centre.whistle(matter, *units, agenda=("先关哪几只阀", "何时恢复供暖")))
    blown_at = centre.now
    acts = sorted(
        (minute, place, stage)
        for place, answer in enumerate(ANSWERS)
        for minute, stage in zip(answer, ("accepted", "en_route", "arrived"), strict=True)
    )
    decided = False
    for minute, place, stage in acts:
        centre.wait(minutes=max(0, (blown_at + minute * MINUTE_MS - centre.now) / MINUTE_MS))
        where = (
            {"lon": started[place][0], "lat": started[place][1], "eta_at": centre.now + 15 * MINUTE_MS}
            if stage == "en_route"
            else {}
        )
        done(centre.answer(whistle["id"], units[place], stage, **where))
        if minute >= 25 and not decided:
            decided = True
            request = service.RecordDecision(
                whistle["id"], 1, "关 3 号、5 号阀", "热力公司", due_at=centre.now + 60 * MINUTE_MS
            )
            done(centre.do(service.record_decision, request))
    centre.wait(minutes=12)
    request = service.RecordDecision(
        whistle["id"], 2, "13:00 前恢复", "热力公司", due_at=centre.now + 40 * MINUTE_MS
    )
    done(centre.do(service.record_decision, request))
    centre.wait(minutes=15)
    return {
        "matter": matter,
        "whistle": whistle,
        "units": units,
        "begins": begins,
        "blown_at": blown_at,
        "due_at": whistle["due_at"],
    }


def calls(centre: Centre, begins: int) -> None:
    """The surge of calls around it, kept as the call hall reports them."""
    minutes = [
        2,
        3,
        2,
        4,
        6,
        9,
        14,
        19,
        17,
        22,
        20,
        18,
        21,
        16,
        15,
        12,
        13,
        9,
        10,
        7,
        8,
        6,
        5,
        6,
        4,
        5,
        3,
        4,
        2,
        3,
    ]
    readings = [
        CallReading(f"c{minute}-{number}", "arrived", begins + minute * MINUTE_MS + number * 2_000)
        for minute, count in enumerate(minutes)
        for number in range(count)
    ]
    service.record_calls(centre.services, readings, centre.now)


def replay_server(centre: Centre, person: Principal = CHIEF) -> HandServer:
    """The page and the city's borders on a port of its own."""
    folder = ROOT / "assets"
    files = HandFiles(RELEASE, modules_of(folder, [ENTRY, "replay/page.mjs"]))
    page = replay_html(centre.pack, files, "/citypack/boundaries/townships.geojson", demonstration=True)
    borders = assets(ROOT / "citypacks" / "rizhao" / "boundaries", "", kept_by="private")
    routes = [
        hand_route("/replay", page),
        hand_route("/replay/{matter_id}", page),
        Mount("/citypack/boundaries", borders),
    ]
    return HandServer(centre.services, centre.clock, person, routes, release=RELEASE)
