"""What the scenes beside the overview need of the fixed morning: grid events, posts, asks, shares, whistles' record."""

from __future__ import annotations

from typing import Any

from dashboard.domain.command import Decision
from dashboard.domain.divisions import Divisions
from dashboard.service.rows import agenda_row
from tests.browser.wall_morning import HOUR, MINUTE, NOW, at

STAGES = ("REPORTED", "SELF_HANDLING", "CALLED", "ASSIGNED", "DISPOSING", "CHECKING")
TIERS = (1, 1, 2, 1, 3, 4)  # of the stages above
YESTERDAY = (61, 40, 29, 35, 22, 24)
SHARED = ("m-G0426", "m-G0428")


def with_scenes(picture: dict[str, Any], divisions: Divisions) -> dict[str, Any]:
    """Return the morning with everything that the further scenes show; nothing that the overview shows changes."""
    events = [row for row in picture["matters"] if row["title"] == "道路积水"][::4]
    for number, row in enumerate(events):
        row |= {
            "kind": "event",
            "stage": STAGES[number % len(STAGES)],
            "tier": TIERS[number % len(TIERS)],
            "region": row["unit_region"] if row["unit_region"] in divisions else "371102",
        }
    for row in picture["matters"]:
        if row["id"] in SHARED:
            row["shared_with"] = ["371103"]
    for topic, count in zip(picture["hotline"]["topics"], YESTERDAY, strict=True):
        topic["yesterday"] = count
    picture["hotline"]["queue"]["within_15s_of"] = [208, 272]
    for number, row in enumerate(picture["rates"]["regions"]):
        row["whistles"] = {
            "raised_today": 1 if number < 4 else 0,
            "resolved_today": 2 if number == 0 else 0,
            "on_site_30d": [52 + number, 54 + number],
        }
    for row in picture["commands"]:
        if row["kind"] == "whistle":
            row |= agenda(row["no"])
    return picture | {"asks": asks(), "posts": posts(divisions)}


QUESTIONS = {
    "哨01": ("电梯今晚能否恢复，不能时老人怎么下楼", "维修费由谁先垫"),
    "哨02": ("排污口今日封堵", "下游三村取水点是否停用"),
    "哨03": (
        "海曲东路东半幅是否封闭",
        "关断 DN500 阀门",
        "独居老人今夜的临时供暖由谁落实",
        "恢复时间对外口径",
    ),
    "哨04": ("工资由谁垫付、何时到账", "现场 20 余人的安置"),
}


def agenda(no: str) -> dict[str, Any]:
    """Return what is asked on a whistle; the first two questions of the burst main are decided."""
    made = 2 if no == "哨03" else 0
    items = [
        agenda_row(
            Decision(
                f"c-{no}",
                number,
                question,
                *(("照办", "", None, None, NOW - MINUTE) if number <= made else ()),
            )
        )
        for number, question in enumerate(QUESTIONS.get(no, ()), 1)
    ]
    return {
        "agenda": items,
        "decisions": {"made": made, "open": len(items) - made},
        "decider": "秦楼街道 主任" if no == "哨03" else "",
    }


def asks() -> list[dict[str, Any]]:
    proposals = (
        ("1", "G0412", "路面塌陷", "莒县", "五莲县", "移交", NOW - 3 * HOUR, NOW - 12 * MINUTE),
        ("2", "G0426", "商铺二层堆积建筑垃圾", "东港区", "经开区", "共享", NOW - HOUR, NOW + 25 * MINUTE),
        ("3", "G0422", "工地欠薪 20 余人聚集", "岚山区", "东港区", "共享", NOW - HOUR, at(18, 0)),
    )
    return [
        {
            "id": f"district:{number}",
            "kind": "district",
            "matter_id": f"m-{no}",
            "no": no,
            "title": title,
            "scope": [],
            "made_at": made_at,
            "due_at": due_at,
            "params": {"from": sender, "to": receiver, "what": what, "tone": ""},
        }
        for number, no, title, sender, receiver, what, made_at, due_at in proposals
    ]


def posts(divisions: Divisions) -> dict[str, Any]:
    """Return the body of the frame that tells a wall whose each slot's grid is; slots in the pack's order of grids."""
    places: dict[tuple[str, str, str], int] = {}
    of = []
    for grid in divisions.at_level("grid"):
        key = (
            divisions.village_of(grid.code) or "",
            divisions.township_of(grid.code) or "",
            divisions.region_of(grid.code) or "",
        )
        of.append(places.setdefault(key, len(places)))
    return {"revision": 1, "places": [list(key) for key in places], "of": of}
