"""A centre that a test drives in its own words: people, matters, acts, and time."""

from __future__ import annotations

import itertools
from typing import Any

from sqlalchemy import select

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.readings import GridEventReading, HotlineOrderReading
from dashboard.service import Done, Outcome, Refused, Services
from dashboard.store import event_log, tables
from dashboard.store.records import DEADLINES
from layouts.catalogue import text
from tests.fake_clock import FakeClock

SECRET = b"a secret of thirty-two bytes...."
MONDAY_1000 = 1_795_399_200_000  # 2026-11-23 10:00 in Rizhao
MINUTE_MS = 60_000
CITY, DONGGANG, LANSHAN = "371100", "371102", "371103"
# 荣安社区 of 石臼街道 in 东港区, the article's own place.
RONGAN = "371102002020"


def officer(
    role: str = "duty_officer", jurisdiction: str = CITY, name: str = "王大明", unit: str | None = None
) -> Principal:
    return Principal(
        f"officer:{role}:{jurisdiction}:{name}", name, "officer", role, jurisdiction, unit, "10.0.0.1"
    )


class Centre:
    """One city's services with a clock that the test moves."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.pack = services.pack
        self.clock = FakeClock(MONDAY_1000)
        self.officer = officer()
        self.leader = officer("duty_leader", name="陈建国")
        self._keys = (f"key-{number}" for number in itertools.count(1))
        self._orders = itertools.count(1)

    @property
    def now(self) -> int:
        return self.clock.now

    def key(self) -> str:
        return next(self._keys)

    # -- matters come in ------------------------------------------------------------------------------------

    def reading(self, **given: Any) -> HotlineOrderReading:
        number = next(self._orders)
        fields: dict[str, Any] = {
            "order_no": f"261123100000{number:06d}",
            "opened_at": self.now,
            "category": "0203",
            "urgency": 2,
            "title": "整栋停暖",
            "village": RONGAN,
            "citizen_name": "李小明",
            "citizen_phone": "13812345678",
            "text": "家里没有暖气，请打 13812345678",
        }
        return HotlineOrderReading(**(fields | given))

    def event_reading(self, **given: Any) -> GridEventReading:
        number = next(self._orders)
        grid = next(one.code for one in self.pack.divisions.at_level("grid") if one.parent == RONGAN)
        fields: dict[str, Any] = {
            "event_no": f"E{number:06d}", "grid": grid, "category": "2201", "level": 2, "reported_at": self.now,
            "title": "商铺堆积建筑垃圾",
        }  # fmt: skip
        return GridEventReading(**(fields | given))

    def take(self, *readings: HotlineOrderReading) -> service.Taken:
        return service.intake_orders(self.services, readings, self.now)

    def order(self, **given: Any) -> dict[str, Any]:
        """A hotline order in the centre; returns its screen row."""
        reading = self.reading(**given)
        self.take(reading)
        return self.row_of(reading.order_no)

    def event(self, **given: Any) -> dict[str, Any]:
        """A grid event in the centre; returns its screen row."""
        reading = self.event_reading(**given)
        service.intake_grid_events(self.services, [reading], self.now)
        return self.row_of(reading.event_no)

    def row_of(self, external_id: str) -> dict[str, Any]:
        with self.services.store.read() as connection:
            matter_id = connection.execute(
                select(tables.matters.c.id).where(tables.matters.c.external_id == external_id)
            ).scalar_one()
        return self.matter(matter_id)

    def matter(self, matter_id: str) -> dict[str, Any]:
        detail = service.matter_detail(self.services, officer("commander"), matter_id, self.now)
        assert not isinstance(detail, Refused), detail
        return detail.row

    def detail(self, matter_id: str) -> service.MatterDetail:
        detail = service.matter_detail(self.services, officer("commander"), matter_id, self.now)
        assert not isinstance(detail, Refused), detail
        return detail

    # -- units ----------------------------------------------------------------------------------------------

    def units(self, count: int, region: str = CITY) -> list[str]:
        return [one.id for one in self.pack.units if one.region == region][:count]

    # -- acts -----------------------------------------------------------------------------------------------

    def do(self, act: Any, request: Any, actor: Principal | None = None, **more: Any) -> Outcome:
        """Run an act by the officer on duty, with a fresh idempotency key, now."""
        named = {"now": self.now, "idempotency_key": self.key()} | more
        outcome: Outcome = act(self.services, actor or self.officer, request, **named)
        return outcome

    def dispatch(
        self, matter: dict[str, Any], *units: str, actor: Principal | None = None, **more: Any
    ) -> Outcome:
        receivers = tuple(
            service.ReceiverOrder("unit", unit, "assist" if number else "lead")
            for number, unit in enumerate(units)
        )
        request = service.Dispatch(matter["id"], receivers, "到现场处置", **more)
        return self.do(service.dispatch, request, actor, expected_version=matter["version"])

    def whistle(
        self,
        matter: dict[str, Any],
        *units: str,
        agenda: tuple[str, ...] = ("限几时清空",),
        actor: Principal | None = None,
    ) -> Outcome:
        request = service.RaiseWhistle(matter["id"], units, agenda, decider="石臼街道 分管副主任")
        return self.do(service.raise_whistle, request, actor, expected_version=matter["version"])

    def answer(
        self, command: str, unit: str, stage: str, actor: Principal | None = None, **more: Any
    ) -> Outcome:
        return self.do(service.answer, service.Answer(command, unit, stage, **more), actor)

    def fire(self) -> int:
        """Let the worker look at the clocks now; returns how many escalations fired."""
        return service.fire_due(self.services, self.now).count

    def wait(self, **amount: float) -> int:
        """Move time on from clock to clock, the worker looking each time; returns how many escalations fired."""
        end = self.now + FakeClock(0).advance(**amount)
        fired = 0
        while self.now < end:
            due_at = service.next_due_at(self.services)
            self.clock.advance_to(end if due_at is None else max(min(due_at, end), self.now + 1))
            fired += self.fire()
        return fired

    def wait_days(self, days: int) -> int:
        """Like `wait` with a worker that looks four times a day: what nobody answered is not said each ten minutes."""
        return sum(self._look_in(6 * 60 * MINUTE_MS) for _ in range(4 * days))

    def _look_in(self, wait_ms: int) -> int:
        self.clock.advance_to(self.now + wait_ms)
        return self.fire()

    # -- what was written ---------------------------------------------------------------------------------------

    def log(self, kind: str | None = None) -> list[event_log.Entry]:
        """The log in order, of one kind or whole."""
        with self.services.store.read() as connection:
            entries = event_log.read_after(connection, 0, 100_000)
        return [one for one in entries if kind is None or one.kind == kind]

    def seq(self) -> int:
        with self.services.store.read() as connection:
            return event_log.last_seq(connection)

    def armed(self, matter_id: str | None = None) -> list[Any]:
        """The armed clocks, soonest first."""
        column = tables.deadlines.c
        statement = DEADLINES.select().where(column.state == "armed").order_by(column.due_at)
        if matter_id is not None:
            statement = statement.where(column.matter_id == matter_id)
        with self.services.store.read() as connection:
            return [DEADLINES.value(row) for row in connection.execute(statement)]

    def count(self, table: str) -> int:
        with self.services.store.read() as connection:
            return len(connection.execute(select(tables.metadata.tables[table])).all())


def done(outcome: Outcome) -> Any:
    """The value of an act that must have been done."""
    assert isinstance(outcome, Done), outcome
    return outcome.value


def refusal(outcome: Any) -> str:
    """The code of an act that must have been refused, in words that exist in both languages."""
    assert isinstance(outcome, Refused), outcome
    for language in ("zh", "en"):
        assert text(outcome.key, language, **outcome.params)
    return outcome.code
