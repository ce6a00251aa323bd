"""A city with thousands of open matters, put in as intake does; what the benches of the closed loop measure on."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard import service
from dashboard.domain.readings import HotlineOrderReading
from dashboard.service import Services

MATTERS = 5_000
AT_ONCE = 200  # readings to a transaction, as intake takes them
# As unlike as a day's calls are, or thousands of them would ask to be merged.
_WHAT = (
    "楼道照明损坏",
    "整栋停暖",
    "下水道堵塞",
    "夜间施工噪声",
    "井盖松动",
    "垃圾未清运",
    "自来水发黄",
    "燃气有异味",
    "路灯不亮",
    "违停堵住消防通道",
    "树枝压住电线",
    "公交站牌倒了",
    "油烟扰民",
    "污水排进河里",
    "电梯困人",
    "工资被拖欠",
    "学校门口拥堵",
)
OLDEST_MIN = 400  # minutes since the oldest came in: half of the clocks have yellow or red steps behind them


def fill(services: Services, now: int, matters: int = MATTERS) -> None:
    """Put matters of every age into the city, and fire what was due on arrival: that is not what is measured."""
    taken_in = orders(services, now, range(matters))
    for start in range(0, matters, AT_ONCE):
        service.intake_orders(services, taken_in[start : start + AT_ONCE], now)
    while service.fire_due(services, now).count:
        pass


def orders(services: Services, now: int, numbers: Iterable[int]) -> list[HotlineOrderReading]:
    """Return orders as a hotline brings them, one for each number."""
    pack = services.pack
    categories = [one.code for one in pack.categories if len(one.code) == 4]
    villages = list(pack.divisions.at_level("village"))
    units = [one.id for one in pack.units]
    return [
        HotlineOrderReading(
            order_no=f"B{number:06d}",
            opened_at=now - (number % OLDEST_MIN) * 60_000,
            category=categories[number % len(categories)],
            urgency=3 + number % 2 if number % 20 else 2,
            title=f"{villages[number % len(villages)].name}{_WHAT[number * 7 % len(_WHAT)]}",
            village=villages[number % len(villages)].code,
            place=villages[number % len(villages)].name,
            status="TO_SIGN" if number % 3 else "TO_DISPATCH",
            unit=units[number % len(units)] if number % 3 else None,
            dispatched_at=now - (number % OLDEST_MIN) * 60_000 if number % 3 else None,
        )
        for number in numbers
    ]
