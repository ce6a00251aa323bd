"""The morning that is already under way when a demonstration begins: matters at every stage of urgency."""

from __future__ import annotations

from dashboard.citypack import CityPack
from data_feeds.simulator.scenarios import HAIQU_EAST, RONGAN, Effects, Scenario, wish_for
from data_feeds.simulator.stories import Course, Storyteller


def morning(pack: CityPack, teller: Storyteller, started_at: int) -> Effects:
    """Emergencies and urgent matters begun in the last hour, and four that ask for a whistle."""

    def village(township: str, number: int = 0) -> str:
        return pack.divisions.children(township)[number]

    burst = teller.order(
        -17, HAIQU_EAST, "0203", 1, "热力一次管网爆管", [(1.2, "TO_SIGN", {}), (2.0, "HANDLING", {})],
        unit="rz-heating", words="路面冒热气，暖气全凉了。",
    )  # fmt: skip
    sewage = teller.order(
        -46, village("371122102"), "0305", 2, "养殖污水排入灌渠", [(3.0, "TO_SIGN", {}), (7.0, "HANDLING", {})],
        unit="rz-371122-environment",
    )  # fmt: skip
    wages = teller.order(
        -15, village("371103101"), "0401", 2, "工地欠薪，20 余人聚集", [(4.0, "TO_SIGN", {}), (9.0, "HANDLING", {})],
        unit="rz-371103-hr",
    )  # fmt: skip
    lift = teller.order(
        -75, village("371122001"), "0201", 2, "高层电梯停运纠纷", [(4.0, "TO_SIGN", {}), (11.0, "HANDLING", {})],
        unit="rz-371122-housing",
    )  # fmt: skip
    orders = (
        burst,
        sewage,
        wages,
        lift,
        teller.order(-5, village("371171007", 2), "0204", 1, "燃气异味，疑似泄漏",
                     [(1.4, "TO_SIGN", {}), (7.4, "HANDLING", {})], unit="rz-gas"),
        teller.order(-19, village("371121001"), "0503", 1, "井盖缺失",
                     [(1.0, "TO_SIGN", {}), (2.4, "HANDLING", {}), *_ended(112)],
                     unit="rz-371121-urban"),
        teller.order(-80, village("371122001", 3), "0503", 1, "路面塌陷",
                     [(1.0, "TO_SIGN", {}), (3.0, "HANDLING", {}), *_ended(116)],
                     unit="rz-371122-urban"),
        teller.order(-7, village("371171003"), "0202", 2, "供水主管漏水",
                     [(3.5, "TO_SIGN", {}), (16.0, "HANDLING", {}), (320, "REPLIED", {})], unit="rz-water"),
        teller.order(-32, HAIQU_EAST, "0203", 2, "整栋楼停暖",
                     [(5.0, "TO_SIGN", {}), (9.0, "HANDLING", {}), (150, "REPLIED", {})], unit="rz-heating"),
        teller.order(-11, village("371102001", 5), "0201", 1, "电梯困人",
                     [(0.8, "TO_SIGN", {}), (1.6, "HANDLING", {}), *_ended(44)],
                     unit="rz-371102-housing"),
    )  # fmt: skip
    rubbish = teller.event(
        -11, pack.divisions.children(RONGAN)[1], "2101", 2, 3, "楼道堆物，消防通道受阻",
        [(0.5, "VERIFYING", {}), (3.0, "CALLED", {}), (5.0, "TRIAGED", {}), (7.5, "ASSIGNED", {}),
         (21.0, "ACCEPTED", {}), (60, "ON_SITE", {}), *_checked(95)],
        unit="rz-town-371102002",
    )  # fmt: skip
    charging = teller.event(
        -12, pack.divisions.children(HAIQU_EAST)[1], "2101", 2, 1, "楼道电动车充电",
        [(0.4, "VERIFYING", {}), (20.0, "SELF_HANDLING", {}), *_checked(75)],
    )  # fmt: skip
    wishes = (
        wish_for(lift, ("rz-town-371122001", "rz-371122-housing", "rz-371122-market", "rz-371122-justice"),
                    ("电梯何时恢复", "维修费用如何分担"), "城阳街道", 20_000),
        wish_for(sewage, ("rz-town-371122102", "rz-371122-agriculture", "rz-371122-environment"),
                    ("排污口何时封堵", "灌渠水样由谁检测"), "生态环境局莒县分局", 30_000),
        wish_for(burst,
                    ("rz-town-371102004", "rz-heating", "rz-traffic-police", "rz-urban", "rz-emergency"),
                    ("关断哪一段阀门、何时完成", "道路封闭范围和绕行路线", "停暖楼栋的临时供暖安排"),
                    "热力公司", 45_000),
        wish_for(wages, ("rz-town-371103101", "rz-hr", "rz-371103-police", "rz-housing"),
                    ("工资由谁先行垫付", "何时发放到位"), "市人力资源和社会保障局", 60_000),
    )  # fmt: skip
    return Effects(orders=orders, events=(rubbish, charging), whistles=wishes)


def _ended(replied: float) -> Course:
    """An emergency's end: replied, called back and closed within the hour."""
    return [(replied, "REPLIED", {}), (replied + 28, "TO_CALLBACK", {}), (replied + 60, "CLOSED", {})]


def _checked(disposed: float) -> Course:
    """An event's end: disposed, checked, closed."""
    return [(disposed, "DISPOSED", {}), (disposed + 3, "CHECKING", {}), (disposed + 25, "CLOSED", {})]


MORNING = Scenario("morning", "演示开始时已在进行的上午", "The morning under way at the start", morning)
"""Played once by itself at the first start of a demonstration; not listed."""
