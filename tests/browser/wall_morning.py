"""One morning of the wall as live rows: a heating main has burst, four whistles are out, 3,165 matters open.

The rows are made by what makes them in the product; the numbers are made up and belong to nobody.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from dashboard.domain.command import Command, Receipt
from dashboard.domain.matter import Matter
from dashboard.service.rows import command_row, matter_row, receiver_row

NOW = 1_795_401_738_000  # 2026-11-23 10:42:18 in the city
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
CITY = "371100"

# Open and overdue per column of the strip; the last column is the city's own departments.
COLUMNS = {
    "371102": (905, 14),
    "371103": (402, 7),
    "371121": (371, 6),
    "371122": (648, 12),
    "371171": (171, 3),
    "RZ-GXQ": (78, 1),
    "RZ-SHT": (114, 0),
    CITY: (352, 4),
}
UNASSIGNED = 124
NO_PACK: Any = SimpleNamespace(units={})  # the rows name their units themselves


def at(hour: int, minute: int, second: int = 0) -> int:
    """Return the instant of a time of that day in the city."""
    return NOW + ((hour - 10) * 3600 + (minute - 42) * 60 + second - 18) * 1000


def _row(made: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the product with some of its values changed."""
    assert fields.keys() <= made.keys(), f"no row has {sorted(fields.keys() - made.keys())}"
    return made | fields


def matter(number: str, title: str, **fields: Any) -> dict[str, Any]:
    made = Matter(
        id=f"m-{number}",
        no=number,
        kind="order",
        source="hotline",
        external_id=number,
        source_status="",
        title=title,
        urgency=2,
        category="0203",
        stage="TO_SIGN",
        stage_at=NOW - HOUR,
        opened_at=NOW - HOUR,
        scope=(CITY,),
        version=1,
        touched_at=NOW - MINUTE,
        region="371102",
        township="371102004",
        unit="unit",
        channel="phone",
        dispatched_at=NOW - HOUR,
        due_for="feedback",
        limit_ms=30 * MINUTE,
        must_act="unit_liaison",
        acknowledged=True,
    )
    return _row(matter_row(made, NO_PACK), {"unit_name": "", "unit_region": "371102"} | fields)


def receiver(code: str, name: str, stage: str = "accepted", **fields: Any) -> dict[str, Any]:
    order = ["delivered", "read", "accepted", "en_route", "arrived"]
    reached = order.index(stage) if stage in order else 2
    times = {f"{step}_at": NOW - (20 - i) * MINUTE if i <= reached else None for i, step in enumerate(order)}
    made = Receipt("c", f"u-{code}-{name}", 0, "unit", name, "assist", 0, code=code, stage=stage)
    return _row(receiver_row(made), times | {"due_at": None} | fields)


def whistle(
    number: str, matter_id: str, title: str, issued_at: int, receivers: list[Any], **fields: Any
) -> Any:
    made = Command(
        id=f"c-{number}",
        no=number,
        kind="whistle",
        matter_id=matter_id,
        title=title,
        objective=title,
        issued_at=issued_at,
        issued_by="",
        issued_name="",
        due_at=issued_at + 30 * MINUTE,
        limit_ms=30 * MINUTE,
        state="running",
        state_at=issued_at,
        scope=(CITY,),
        version=1,
        region="371102",
        township="371102004",
        must_act="unit_liaison",
    )
    undecided = {"decisions": {"made": 0, "open": 2}, "receivers": receivers}
    return _row(command_row(made, (), ()), undecided | fields)


def commands() -> list[dict[str, Any]]:
    heating = [
        receiver(
            "街",
            "秦楼街道",
            "arrived",
            accepted_at=at(10, 21, 40),
            en_route_at=at(10, 23),
            arrived_at=at(10, 31, 20),
            people=6,
        ),
        receiver(
            "热",
            "热力公司",
            "arrived",
            role="lead",
            accepted_at=at(10, 21, 47),
            en_route_at=at(10, 25),
            arrived_at=at(10, 36, 40),
            people=11,
        ),
        receiver(
            "警",
            "交警支队",
            "arrived",
            accepted_at=at(10, 22, 30),
            en_route_at=at(10, 25),
            arrived_at=at(10, 38, 5),
            people=4,
        ),
        receiver(
            "城",
            "城市管理局",
            "en_route",
            eta_at=at(10, 46, 20),
            origin=[119.466, 35.409],
            at=[119.5065, 35.4262],
        ),
        receiver(
            "应",
            "应急管理局",
            "en_route",
            eta_at=at(10, 53, 10),
            origin=[119.434, 35.452],
            at=[119.4765, 35.446],
        ),
    ]
    wages = [
        receiver("镇", "虎山镇", "arrived"),
        receiver(
            "人", "人社局", "en_route", eta_at=at(10, 59), origin=[119.527, 35.4154], at=[119.463, 35.352]
        ),
        receiver(
            "警",
            "岚山公安分局",
            "en_route",
            eta_at=at(10, 47),
            origin=[119.276, 35.129],
            at=[119.288, 35.158],
        ),
        receiver("建", "住建局", "accepted", origin=[119.462, 35.412]),
    ]
    lift = [
        receiver(code, name, "arrived")
        for code, name in (
            ("街", "城阳街道"),
            ("建", "莒县住建局"),
            ("市", "莒县市场监管局"),
            ("法", "莒县司法局"),
        )
    ]
    sewage = [
        receiver("镇", "招贤镇", "arrived"),
        receiver("农", "莒县农业农村局", "arrived"),
        receiver(
            "环",
            "环境局莒县分局",
            "en_route",
            late=True,
            eta_at=at(10, 50),
            origin=[118.905, 35.575],
            at=[118.894, 35.676],
        ),
    ]
    return [
        whistle(
            "哨03",
            "m-G0417",
            "热力爆管",
            at(10, 21),
            heating,
            lon=119.525,
            lat=35.428,
            level=1,
            decider="热力公司",
        ),
        whistle("哨04", "m-G0422", "欠薪聚集", at(10, 33, 30), wages, lon=119.30, lat=35.185),
        whistle(
            "哨01",
            "m-G0398",
            "电梯停运",
            at(9, 30),
            lift,
            lon=118.835,
            lat=35.585,
            state="conferring",
            due_at=None,
        ),
        whistle(
            "哨02",
            "m-N2198",
            "污水入渠",
            at(10, 9, 31),
            sewage,
            lon=118.885,
            lat=35.742,
            level=3,
            must_act="duty_leader",
        ),
        whistle(
            "令0132",
            "m-G0417",
            "断电配合",
            at(10, 30),
            [receiver("供", "供电公司", "arrived")],
            kind="dispatch",
            lon=119.525,
            lat=35.428,
        ),
    ]


def urgent_matters() -> list[dict[str, Any]]:
    """Return the matters that the board and the map speak of."""
    return [
        matter(
            "G0417",
            "热力一次管网爆管",
            urgency=1,
            lon=119.525,
            lat=35.428,
            whistle="c-哨03",
            due_at=at(12, 18),
            limit_ms=2 * HOUR,
        ),
        matter(
            "G0422",
            "工地欠薪 20 余人聚集",
            lon=119.30,
            lat=35.185,
            whistle="c-哨04",
            region="371103",
            unit_region="371103",
            due_at=at(12, 30),
            limit_ms=24 * HOUR,
        ),
        matter(
            "G0398",
            "高层电梯停运纠纷",
            lon=118.835,
            lat=35.585,
            whistle="c-哨01",
            region="371122",
            unit_region="371122",
            due_at=at(18, 0),
            limit_ms=24 * HOUR,
        ),
        matter(
            "N2198",
            "养殖污水排入灌渠",
            lon=118.885,
            lat=35.742,
            whistle="c-哨02",
            region="371122",
            unit_region="371122",
            due_at=at(17, 0),
            limit_ms=24 * HOUR,
        ),
        matter(
            "G0431",
            "燃气异味",
            urgency=1,
            lon=119.512,
            lat=35.362,
            due_at=NOW + 94_000,
            limit_ms=5 * MINUTE,
            due_for="sign",
            unit_name="燃气公司",
            unit_region=CITY,
            level=1,
        ),
        matter(
            "G0426",
            "商铺二层堆积建筑垃圾",
            lon=119.541,
            lat=35.389,
            due_at=NOW + 266_000,
            limit_ms=15 * MINUTE,
            due_for="sign",
            unit_name="石臼街道",
            level=1,
        ),
        matter(
            "G0428",
            "供水主管漏水",
            lon=119.451,
            lat=35.35,
            due_at=NOW + 725_000,
            limit_ms=15 * MINUTE,
            due_for="sign",
            unit_name="日照水务集团有限公司供水管网分公司",
            unit_region=CITY,
        ),
        matter(
            "G0409",
            "井盖缺失",
            urgency=1,
            lon=119.212,
            lat=35.753,
            region="371121",
            unit_region="371121",
            due_at=NOW + 860_000,
            due_for="on_site",
            unit_name="五莲县城管局",
        ),
        matter(
            "N2207",
            "楼道电动车充电",
            urgency=3,
            kind="event",
            due_at=NOW + 1_070_000,
            due_for="verify",
            unit_name="秦楼街道",
            must_act="grid_chief",
        ),
        matter(
            "G0430",
            "整栋停暖",
            due_at=NOW + 1_600_000,
            limit_ms=HOUR,
            due_for="on_site",
            unit_name="热力公司",
            unit_region=CITY,
            lon=119.46,
            lat=35.43,
        ),
        matter(
            "G0412",
            "路面塌陷",
            urgency=1,
            lon=118.872,
            lat=35.53,
            region="371122",
            unit_region="371122",
            due_at=NOW + 2_298_000,
            limit_ms=2 * HOUR,
            due_for="feedback",
            unit_name="莒县城管局",
        ),
    ]


def matters() -> list[dict[str, Any]]:
    """Return all open matters: the urgent ones, and plain ones until the columns' counts are met."""
    rows = urgent_matters()
    place = random.Random(7)
    left = {code: [count, late] for code, (count, late) in COLUMNS.items()}
    for row in rows:
        left[row["unit_region"]][0] -= 1
    for code, (count, late) in left.items():
        rows += [_plain(f"{code}-{i}", code, place, overdue=i < late) for i in range(count)]
    rows += [_plain(f"none-{i}", None, place, overdue=False) for i in range(UNASSIGNED)]
    calm = [row for row in rows[11:] if row["due_at"] > NOW + DAY]
    for row in place.sample(calm, 35):
        row["urgency"] = 2
    worst = next(row for row in rows if row["no"] == "371122-0")
    worst["due_at"] = NOW - (3 * DAY + 4 * HOUR + 12 * MINUTE)
    return rows


def _plain(number: str, column: str | None, place: random.Random, *, overdue: bool) -> dict[str, Any]:
    late_by = place.randrange(1 * HOUR, 3 * DAY)
    ahead = place.randrange(3 * HOUR, 5 * DAY)
    return matter(
        number,
        "道路积水",
        urgency=3,
        unit=None if column is None else "unit",
        unit_region=column,
        lon=118.75 + place.random() * 0.6,
        lat=35.3 + place.random() * 0.45,
        due_at=NOW - late_by if overdue else NOW + ahead,
        limit_ms=5 * DAY,
    )


# Calls per five minutes that a cold Monday usually brings, by hour.
HOURLY = (
    1.2,
    0.8,
    0.6,
    0.5,
    0.6,
    1.1,
    3.0,
    7.0,
    13.5,
    16.0,
    15.5,
    12.0,
    9.0,
    10.5,
    13.0,
    13.5,
    12.5,
    11.0,
    8.5,
    7.0,
    5.5,
    4.0,
    2.5,
    1.6,
)


def hotline(as_of: int = NOW - 1_000) -> dict[str, Any]:
    noise = random.Random(12345)
    expected = []
    for i in range(288):
        hour = i / 12
        low, high = HOURLY[int(hour)], HOURLY[(int(hour) + 1) % 24]
        expected.append(round(low + (high - low) * (hour % 1), 2))
    spread = [2.0 * math.sqrt(value) for value in expected]
    actual = [max(0, round(value + noise.gauss(0, math.sqrt(value) * 0.8))) for value in expected[:128]]
    for i in range(98, 128):
        actual[i] = round(expected[i] * 1.35 + noise.gauss(0, 2.2))
    actual[-1] = 22
    return {
        "at": as_of,
        "day": "2026-11-23",
        "today": {"calls": 717, "expected_now": 559, "answered": 690, "abandoned": 20, "orders": 402},
        "bins": {
            "start_at": at(0, 0),
            "width_ms": 300_000,
            "actual": actual,
            "expected": expected,
            "low": [max(0.0, round(value - band, 1)) for value, band in zip(expected, spread, strict=True)],
            "high": [round(value + band, 1) for value, band in zip(expected, spread, strict=True)],
        },
        "queue": {"waiting": 4, "longest_wait_ms": 38_000, "within_15s": 0.765, "target": 0.8},
        "agents": {"talk": 21, "wrap": 7, "idle": 0, "rest": 2, "needed": 30, "short": 2},
        "connected_24h": 0.972,
        "channels": [
            {"code": "phone", "count": 717},
            {"code": "wechat", "count": 25},
            {"code": "sms", "count": 6},
            {"code": "internet", "count": 3},
        ],
        "topics": [
            {
                "category": "0203",
                "count": 152,
                "expected": 36,
                "ratio": 4.2,
                "spark": [6, 5, 7, 8, 6, 9, 8, 10, 9, 13, 17, 19],
                "surge": True,
            },
            {
                "category": "0102",
                "count": 44,
                "expected": 31,
                "ratio": 1.4,
                "spark": [2, 1, 2, 2, 3, 2, 3, 2, 4, 3, 5, 6],
                "surge": True,
            },
            {
                "category": "0201",
                "count": 36,
                "expected": 26,
                "ratio": 1.4,
                "spark": [2, 3, 2, 3, 3, 2, 4, 2, 3, 3, 3, 2],
                "surge": False,
            },
            {
                "category": "0401",
                "count": 33,
                "expected": 33,
                "ratio": 1.0,
                "spark": [2, 2, 3, 2, 2, 2, 3, 3, 2, 3, 3, 3],
                "surge": False,
            },
            {
                "category": "0503",
                "count": 28,
                "expected": 19,
                "ratio": 1.5,
                "spark": [1, 2, 2, 2, 3, 2, 2, 2, 3, 2, 3, 4],
                "surge": False,
            },
            {
                "category": "0101",
                "count": 27,
                "expected": 25,
                "ratio": 1.1,
                "spark": [2, 2, 3, 2, 3, 2, 2, 3, 2, 2, 2, 2],
                "surge": False,
            },
        ],
        "source": {"state": "fresh", "as_of": as_of},
    }


def rates() -> dict[str, Any]:
    shares = {
        "371102": (0.996, 0.884, 0.941),
        "371103": (0.994, 0.907, 0.952),
        "371121": (0.998, 0.913, 0.960),
        "371122": (0.989, 0.872, 0.930),
        "371171": (0.997, 0.901, 0.948),
        "RZ-GXQ": (1.0, 0.926, 0.964),
        CITY: (0.995, 0.890, 0.944),
    }
    rows = [
        {
            "region": region,
            "response": [round(2000 * response), 2000],
            "resolved": [round(1800 * resolved), 1800],
            "satisfied": [round(900 * satisfied), 900],
        }
        for region, (response, resolved, satisfied) in shares.items()
    ]
    # Nobody has been called back in this zone this month: no denominator, no rate.
    rows.append({"region": "RZ-SHT", "response": [120, 120], "resolved": [110, 120], "satisfied": [0, 0]})
    return {"at": NOW, "month": "2026-11", "regions": rows}


AGES = {"visits": 3, "hotline": 1, "mediation": 12, "legal": 8, "command": 1, "grid": 2, "internet": 860}
INTERVALS = {
    "visits": 10,
    "hotline": 5,
    "mediation": 30,
    "legal": 30,
    "command": 5,
    "grid": 5,
    "internet": 300,
}


def health(now: int = NOW) -> dict[str, Any]:
    return {
        "at": now,
        "platforms": [
            {
                "id": name,
                "short": name,
                "interval_ms": INTERVALS[name] * 1000,
                "last_at": now - age * 1000,
                "count_today": 71,
            }
            for name, age in AGES.items()
        ],
        "feeds": {"positions": {"per_s": 146, "malformed": 0}},
        "relay_lag_ms": 12,
        "worker_at": now,
    }


def log() -> list[dict[str, Any]]:
    """Return the newest lines first; the plain ones among them are not told on the wall."""
    lines = [
        (at(10, 42, 14), "MatterOpened", "", "371102-5", {"no": "G0439", "title": "噪音"}),
        (at(10, 42, 9), "MergeCounted", "", "G0417", {"no": "G0417", "title": "热力爆管", "count": 31}),
        (at(10, 41), "EscalationFired", "risk", "G0417", _step("哨03", "应急管理局", "20 分钟未到场")),
        (at(10, 40, 2), "ReceiptRecorded", "", "G0417", _receipt("令0132", "供电公司", "read", "已读")),
        (
            at(10, 39, 31),
            "EscalationFired",
            "alarm",
            "N2198",
            _step("哨02", "环境局", "30 分钟未到场，报指挥长"),
        ),
        (
            at(10, 39, 30),
            "DecisionRecorded",
            "",
            "G0417",
            _decision("哨03", "海曲东路东半幅封闭", "交警支队"),
        ),
        (
            at(10, 38, 52),
            "MatterDispatched",
            "",
            "G0431",
            {"no": "G0431", "title": "燃气异味", "unit": "燃气公司"},
        ),
        (at(10, 38, 5), "ReceiptRecorded", "", "G0417", _receipt("哨03", "交警支队", "arrived", "已到场")),
    ]
    return [
        {
            "seq": 18_241 - place,
            "at": when,
            "kind": kind,
            "params": params,
            "matter_id": f"m-{number}",
            "command_id": None,
            "tone": tone,
            "scope": [CITY],
        }
        for place, (when, kind, tone, number, params) in enumerate(lines)
    ]


def _step(number: str, unit: str, step: str) -> dict[str, Any]:
    return {"no": number, "unit": unit, "step": step, "by_hand": ""}


def _receipt(number: str, receiver: str, stage: str, name: str) -> dict[str, Any]:
    return {"no": number, "receiver": receiver, "stage": stage, "stage_name": name, "took": "17:05"}


def _decision(number: str, decision: str, owner: str) -> dict[str, Any]:
    return {"no": number, "item": 2, "decision": decision, "owner": owner}


# State bits of the screen wire (docs/wire.md) and how many workers are in each state that morning.
REPORTING, TASKED, STALE, LOST, ASSESSED = 0x01, 0x02, 0x20, 0x40, 0x80
WORKERS = {0: 1257, REPORTING: 2451, REPORTING | TASKED: 612, REPORTING | LOST: 63}
ASSESSED_TOTAL = 4374


def fleet(posts: Sequence[tuple[float, float]]) -> list[list[int]]:
    """Return [lon e6, lat e6, state] of one worker per grid post, somewhere near it while on duty."""
    walk = random.Random(4383)
    states = [state for state, count in WORKERS.items() for _ in range(count)]
    walk.shuffle(states)
    rows = []
    for slot, ((lon, lat), state) in enumerate(zip(posts, states, strict=True)):
        spread = 0.004 if state & REPORTING else 0.0
        assessed = ASSESSED if slot < ASSESSED_TOTAL else 0
        place = [round((value + walk.gauss(0, 1) * spread) * 1e6) for value in (lon, lat)]
        rows.append([*place, state | assessed])
    return rows


def morning() -> dict[str, Any]:
    """Return the whole live picture of the morning."""
    return {
        "now": NOW,
        "matters": matters(),
        "commands": commands(),
        "log": log(),
        "hotline": hotline(),
        "rates": rates(),
        "health": health(),
    }
