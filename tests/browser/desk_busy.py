"""A busy morning for the desk's tests: every part of the drawer, the asks and the hand-over has something to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dash import Dash

import callbacks.desk
from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.readings import HotlineOrderReading
from dashboard.domain.wall import DEFAULT_NAME, wall_id
from dashboard.service import Settled
from data_feeds.http.answering import ApiParts, add_fault_answers
from data_feeds.http.map_api import map_router
from data_feeds.http.presence_api import presence_router
from data_feeds.http.shift_api import shift_router
from data_feeds.http.tellings_api import tellings_router
from data_feeds.http.walls_api import walls_router
from layouts.refusal import refusal_text
from tests.browser.desk_city import MINUTE, NOW, OFFICER, DeskCity
from tests.browser.desk_server import DeskServer
from tests.browser.loop_desk import LoopDesk
from tests.store.pictures import jpeg

BURST = "热力一次管网爆管"
GARBAGE = "商铺二层堆积建筑垃圾，易发生火灾"
SMOKE = "油烟直排"
SCHOOL = "学区划片答复"
LIFT = "电梯年检到期"
CARD = "预付卡停业不退"
COLD = "小区整栋停暖"
LEAK = "楼上漏水索赔"
HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE
PLACE = (119.525, 35.428)  # where the heating main burst
COLD_CALLS = 9
FIVE_UNITS = ("rz-heating", "rz-traffic-police", "rz-urban", "rz-emergency", "rz-health")

SECOND = Principal("officer-2", "陈秀英", "officer", "duty_officer", "371100", address="127.0.0.2")
LEADER = Principal("leader-1", "李卫东", "officer", "leader", "371100", address="127.0.0.3")
DONGGANG = Principal("officer-3", "孙立", "officer", "duty_officer", "371102", address="127.0.0.4")
LANSHAN = Principal("officer-4", "韩梅", "officer", "duty_officer", "371103", address="127.0.0.5")
SYSTEM_ADMINISTRATOR = Principal("admin-1", "赵管理", "officer", "sysadmin", "371100")


def nothing_beside(_city: DeskCity) -> dict[str, Any]:
    return {}


@contextmanager
def busy_desk(
    folder: Path, beside: Callable[[DeskCity], dict[str, Any]] = nothing_beside
) -> Iterator[LoopDesk]:
    """A served desk on the busy morning; what fails on its pages fails the test when it is left.

    `beside` gives what the live picture carries beside the rows: hotline, health, workers.
    """
    city = DeskCity(folder)
    object.__setattr__(city.services, "attachments_dir", folder / "attachments")
    BusyMorning(city).whole()
    opened = LoopDesk(city)
    opened.server = DeskServer(
        OFFICER,
        lambda: opened.picture() | beside(city),
        register=register_whole_desk(city),
        place_names={one.code: one.name for one in city.pack.divisions.at_level("township")},
    )
    opened.server.start()
    yield opened
    opened.server.stop()
    assert opened.faults == []


class BusyLive:
    """What the live hub knows beside the picture: the hall's wall and who else is in a matter; no rates, no health."""

    def __init__(self, city: DeskCity) -> None:
        self.city = city

    async def walls(self) -> dict[str, dict[str, Any]]:
        """The hall shows the hotline, for a minute and 23 s."""
        now = self.city.clock.now_ms()
        hall = {
            "connected": True, "scene": "hotline", "matter_id": None, "since_at": now - 83_000, "heard_at": now,
        }  # fmt: skip
        return {wall_id(OFFICER.jurisdiction, DEFAULT_NAME): hall}

    async def presence(self, principal: Principal) -> list[dict[str, Any]]:
        """B has the burst open."""
        matter = self.city.matter(BURST)["id"]
        return [{"matter_id": matter, "name": "陈**", "since_at": self.city.clock.now_ms() - MINUTE}]

    def fleet_summary(self, principal: Principal, now: int) -> dict[str, Any]:
        return {}

    def health(self) -> dict[str, Any]:
        return {}

    def rates(self, jurisdiction: str) -> dict[str, Any]:
        return {}


def register_whole_desk(city: DeskCity) -> Callable[[Dash], None]:
    """The desk's callbacks with the addresses that its shift, tellings, walls, presence and map speak to."""

    def register(app: Dash) -> None:
        callbacks.desk.register(app, city.services, city.live, city.clock)
        parts = ApiParts(city.services, city.clock, BusyLive(city), None, refusal_text)  # type: ignore[arg-type]
        built = (shift_router, tellings_router, walls_router, presence_router, map_router)
        for router in (one(parts) for one in built):
            app.server.router.routes[:0] = router.routes  # before Dash's own catch-all address
        add_fault_answers(app.server)

    return register


class BusyMorning:
    """Acts on a `DeskCity` as its people do; each act must be done, and has a key of its own."""

    def __init__(self, city: DeskCity) -> None:
        self.city = city
        self.acts = 0

    def do(self, act: Callable[..., Any], request: Any, who: Principal = OFFICER, *more: Any) -> Any:
        """Perform `act` now and return its value."""
        self.acts += 1
        outcome = act(self.city.services, who, request, *more, self.city.clock.now_ms(), f"busy-{self.acts}")
        assert isinstance(outcome, service.Done), (act.__name__, outcome)
        return outcome.value

    def wait(self, minutes: float) -> None:
        """Let time pass, and every deadline in it fire."""
        self.city.clock.advance(minutes=minutes)
        service.fire_due(self.city.services, self.city.clock.now_ms())

    def liaison(self, unit: str) -> Principal:
        return Principal(f"liaison-{unit}", "赵敏", "officer", "unit_liaison", "371100", unit)

    def say(self, command: str, unit: str, stage: str, **more: Any) -> None:
        """Let a unit say something itself, so that its arrival needs a proof."""
        self.do(service.answer, service.Answer(command, unit, stage, **more), self.liaison(unit))

    def step(self, title: str, to: str, who: Principal = OFFICER, **fields: Any) -> None:
        matter = self.city.matter(title)
        self.do(service.advance, service.Advance(matter["id"], to, fields), who, None)

    def whole(self) -> None:
        """Cause everything, in the order of the clock."""
        self.shift()
        self.orders()
        self.whistle()
        self.asks()
        self.tellings()
        self.city.picture()

    def shift(self) -> None:
        """A, B and the leader come on duty."""
        for who, post in ((OFFICER, "A"), (SECOND, "B"), (LEADER, "leader")):
            self.do(service.take_post, service.TakePost(post), who)

    def orders(self) -> None:
        """Orders that are bounced, extended, parked, called back, overdue with cards; a dispute; a burst of calls."""
        services, now = self.city.services, self.city.clock.now_ms()
        old = [
            _order(
                "9001", NOW - 9 * DAY, "0503", 3, "宅基地确权未答复", "371122102", "长岭镇", "rz-resources"
            ),
            _order(
                "9002", NOW - 5 * DAY, "0101", 3, "校园餐质量反映", "371102001", "金阳社区", "rz-education"
            ),
        ]
        service.intake_orders(services, old, now)
        service.fire_due(services, now)
        cold = [_cold(number) for number in range(COLD_CALLS)]
        for one in cold:  # one by one: a burst is found against what is there
            service.intake_orders(services, [one], now)
        reply = {
            "request_true": True, "contacted": True, "contacted_at": now, "resolved": True, "handling": "已答复",
            "public_reply": "已答复",
        }  # fmt: skip
        for to, fields in (("HANDLING", {}), ("REPLIED", reply), ("TO_CALLBACK", {})):
            self.step(SCHOOL, to, **fields)
        call = service.RecordCallback(self.city.matter(SCHOOL)["id"], "no_answer")
        self.do(service.record_callback, call)
        self.step(
            SMOKE, "RETURN_REQUESTED", self.liaison("rz-urban"), reason="餐饮油烟归生态环境部门，不属我局职责"
        )
        self.step(LIFT, "HANDLING", self.liaison("rz-housing"))
        self.step(
            LIFT,
            "EXTENSION_APPLIED",
            self.liaison("rz-housing"),
            reason="配件自外地发运",
            until_at=now + 20 * DAY,
        )
        self.do(service.supervise, service.Supervise(self.city.matter(CARD)["id"], "两日内答复群众并报结果"))
        self.do(
            service.register_dispute,
            service.RegisterDispute(
                LEAK, "0204", "李小明", "王小红", "楼上漏水三个月，要求修复并赔偿", "13812345678",
                place="荣安社区", division="371102002", people=3, amount_yuan=8_000,
            ),
        )  # fmt: skip

    def whistle(self) -> str:
        """Five units to the burst: proven, vouched for, claimed, unwilling and late; decisions, register, room."""
        row = self.city.matter(BURST)
        called = service.RaiseWhistle(
            row["id"], (service.ReceiverOrder("unit", FIVE_UNITS[0], "lead"), *FIVE_UNITS[1:]),
            ("关断 DN500 阀门，何时恢复", "海曲东路东半幅封闭与绕行", "临时供暖与独居老人安置"),
            decider="秦楼街道 值班领导", place="海曲东路社区 北门", lon=PLACE[0], lat=PLACE[1],
            message="海曲东路热力一次管网爆管，请 30 分钟内到场。", reception="网格员 王**", fallback="带班领导",
        )  # fmt: skip
        command = str(self.do(service.raise_whistle, called, OFFICER, row["version"])["id"])
        heating, police, urban, emergency, health = FIVE_UNITS
        for unit in FIVE_UNITS[:4]:
            self.say(command, unit, "delivered")
        self.wait(1)
        self.say(command, health, "declined", reason="现场无伤员，急救力量需留作备勤")
        for unit in (heating, police, urban):
            self.say(command, unit, "read")
            self.say(command, unit, "accepted")
        self.wait(4)
        self.say(command, heating, "arrived", lon=PLACE[0], lat=PLACE[1], accuracy_m=12)
        self.say(command, urban, "en_route", eta_at=self.city.clock.now_ms() + 6 * MINUTE)
        self.wait(3)
        self.say(command, police, "arrived", lon=PLACE[0], lat=PLACE[1] + 0.02, accuracy_m=12)
        self.do(service.confirm_arrival, service.ConfirmArrival(command, police, "电话中由带队科长报到"))
        self.say(command, urban, "arrived", lon=PLACE[0], lat=PLACE[1] + 0.013, accuracy_m=12)
        self.say(command, emergency, "accepted")
        self.say(command, emergency, "en_route", eta_at=self.city.clock.now_ms() + 33 * MINUTE)
        people = (service.Attendee("周建国", "副主任"), service.Attendee("钱一", "班长"))
        self.do(service.sign_register, service.SignRegister(command, heating, people))
        decided = service.RecordDecision(
            command, 1, "10:50 前关断，12:00 前恢复", "热力公司", self.city.clock.now_ms() + 20 * MINUTE,
            owner_unit=heating,
        )  # fmt: skip
        self.do(service.record_decision, decided)
        room = self.do(service.open_room, service.OpenRoom(row["id"], "爆管抢修与临时供暖"))["room_id"]
        expert = service.Specialist("E1", "expert", "张建民", "供热", "市热力设计院", "13900001111", ())
        service.import_specialists(
            self.city.services, SYSTEM_ADMINISTRATOR, [expert], self.city.clock.now_ms()
        )
        wanted_at = self.city.clock.now_ms() + 30 * MINUTE
        self.do(service.book_specialist, service.BookSpecialist(room, "E1", "阀门能否带压更换", wanted_at))
        for number in range(3):
            photo = service.NewAttachment(row["id"], None, None, "photo", f"现场{number + 1}.jpg", jpeg())
            self.do(service.keep_attachment, photo)
        return command

    def asks(self) -> None:
        """A move and a share between counties, and overdue matters that the sheet proposes."""
        leak = self.city.matter("供水主管漏水")
        self.do(
            service.propose_move,
            service.ProposeMove(leak["id"], "371103", "阀门井在岚山一侧"),
            DONGGANG,
            None,
        )
        burst = self.city.matter(BURST)
        shared = service.ProposeShare(burst["id"], "371103", "停暖范围跨两区")
        proposal = self.do(service.propose_share, shared, DONGGANG, None)["proposal"]
        self.do(service.answer_proposal, service.AnswerProposal(proposal, True), LANSHAN)
        for number, title in enumerate((GARBAGE, "燃气异味"), 1):
            row = self.city.matter(title)
            unit = service.ReceiverOrder("unit", "rz-urban", "lead")
            agenda = ("清空时限", "费用由谁承担")
            called = service.RaiseWhistle(
                row["id"], (unit,), agenda, decider="值班领导", place=f"现场 {number}"
            )
            self.do(service.raise_whistle, called, OFFICER, row["version"])

    def tellings(self) -> None:
        """Let the duty phones ring unheard: calls that were given up, one that is tried again."""
        self.wait(4)
        later = self.city.clock.now_ms()
        calls = [one for one in service.take_due(self.city.services, "w", later) if one.means == "phone"]
        settled = [Settled(one.id, one.attempt, fault="no_answer", is_final=True) for one in calls]
        service.settle(self.city.services, settled, later)

    def hand_over(self) -> str:
        """A writes the sheet for B; returns its id."""
        lines = ("独居老人 37 户，已入户 9", "爆管恢复口径未定，11:00 更新 12345")
        begun = self.do(service.begin_handover, service.BeginHandover("A", lines))
        return str(begun["handover_id"])


def _order(
    no: str, at: int, category: str, urgency: int, title: str, township: str, place: str, unit: str
) -> HotlineOrderReading:
    return HotlineOrderReading(
        f"26111400{no}", at, category, urgency, title=title, township=township, place=place, text="请尽快答复",
        citizen_name="李秀英", citizen_phone="13812345678", status="TO_SIGN", unit=unit, dispatched_at=at,
    )  # fmt: skip


def _cold(number: int) -> HotlineOrderReading:
    return HotlineOrderReading(
        f"261123109{number:03d}", NOW - 600_000 + number * 10_000, "0203", 2, title=COLD, township="371102001",
        place="金阳社区", lon=119.45 + number * 0.0001, lat=35.42, text="家里没有暖气",
        citizen_name="李秀英", citizen_phone=f"138123456{number:02d}",
    )  # fmt: skip
