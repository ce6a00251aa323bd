"""A city that a leader looks at: a late whistle, an objection, long-overdue orders, and a real server."""

from __future__ import annotations

from typing import Any

from starlette.routing import Route

from callbacks.hand_pages import leader_html
from dashboard.domain.principal import Principal
from data_feeds.http.hand_pages import hand_route
from data_feeds.http.page_files import modules_of
from data_feeds.http.page_shell import shell_files, shell_routes
from layouts.hand.installable import manifest
from layouts.hand.shell import ENTRY, HandFiles
from layouts.leader.page import STYLES, WORDS
from tests.browser.hand_server import ROOT, HandServer
from tests.store.centre import MINUTE_MS, Centre, done, officer

RELEASE = "7a"
MAYOR = officer("leader", name="李为民")
DAY_MS = 24 * 60 * MINUTE_MS
TITLES = (
    ("宅基地确权", "371122101", 3, "0301"), ("医保报销失败", "371102001", 3, "010201"),
    ("电梯费用分摊", "371121100", 3, "0201"), ("占道经营", "371103100", 3, "0201"),
    ("路灯不亮", "371102003", 3, "020901"), ("整栋停暖", "371121101", 2, "0203"),
)  # fmt: skip
UNITS = ("emergency", "police", "environment", "urban", "hr", "housing", "market", "fire")
TODAY = (
    ("停暖", "0203"), ("停暖", "0203"), ("暖气不热", "0203"), ("报销失败", "010201"),
    ("报销失败", "010201"), ("路灯不亮", "020901"),
)  # fmt: skip
RATES = {
    "month": "2026-11",
    "regions": [
        {"region": "371102", "response": [1_202, 1_207], "resolved": [701, 790], "satisfied": [744, 788]},
        {"region": "371122", "response": [640, 644], "resolved": [311, 352], "satisfied": [330, 350]},
    ],
}
SILENT = {"platforms": [{"id": "internet", "last_at": 0, "interval_ms": 60_000}]}


def quiet_city(centre: Centre) -> dict[str, Any]:
    """One order that a unit handles in time; nothing needs a word."""
    matter = centre.order(title="污水入渠", urgency=2)
    done(centre.dispatch(matter, centre.units(1)[0]))
    return centre.matter(matter["id"])


def busy_city(centre: Centre) -> dict[str, Any]:
    """The morning of the sketch: what was late for days, a whistle that is late, one that runs, an objection."""
    places = {one.code for one in centre.pack.divisions.at_level("village")}
    units = [f"rz-{name}" for name in UNITS]
    now = centre.now
    centre.clock.skip(-4 * DAY_MS / MINUTE_MS)  # type: ignore[attr-defined]
    late_on = [
        centre.order(
            title=title,
            urgency=urgency,
            category=category,
            village=next(one for one in sorted(places) if one > code),
        )
        for title, code, urgency, category in TITLES
    ]
    for number, matter in enumerate(late_on[:3]):
        done(centre.dispatch(matter, units[number]))
    centre.clock.skip((now - centre.now) / MINUTE_MS - 33)  # type: ignore[attr-defined]
    centre.fire()
    village = sorted(places)[len(places) // 2]
    late = centre.order(title="污水入渠", urgency=1, village=village)
    whistle = done(centre.whistle(late, *units[:3]))
    for unit in units[:2]:
        done(centre.answer(whistle["id"], unit, "arrived"))
    done(centre.answer(whistle["id"], units[2], "accepted"))
    refused = centre.order(title="欠薪聚集", urgency=2, village=sorted(places)[-40])
    command = done(centre.dispatch(refused, units[4]))
    done(centre.answer(command["id"], units[4], "declined", reason="工地在开发区，不属我单位"))
    meeting = centre.order(
        title="电梯停运", urgency=2, village=next(one for one in sorted(places) if one > "371122100")
    )
    conferring = done(centre.whistle(meeting, *units[5:8], agenda=("谁先垫付", "几时修好")))
    for unit in units[5:8]:
        done(centre.answer(conferring["id"], unit, "arrived"))
    centre.clock.skip(33)  # type: ignore[attr-defined]
    centre.fire()
    for title, category in TODAY:
        centre.order(title=title, urgency=3, category=category)
    return {"late": late, "refused": refused, "whistle": whistle, "units": units}


def leader_server(centre: Centre, person: Principal = MAYOR) -> HandServer:
    """The page of a release on a port of its own, with everything that makes it installable."""
    assets = ROOT / "assets"
    files = HandFiles(RELEASE, modules_of(assets, [ENTRY, "leader/page.mjs"]))
    page = leader_html(centre.pack, files, demonstration=True)
    kept = shell_files("leader", assets, WORDS, files.address, STYLES)
    routes: list[Route] = [
        hand_route("/leader", page),
        *shell_routes("leader", assets, kept, manifest("leader", "zh")),
    ]
    return HandServer(centre.services, centre.clock, person, routes, release=RELEASE)
