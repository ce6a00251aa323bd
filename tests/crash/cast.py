"""Who acts while everything is killed: accounts, matters and keys made for them before anything starts."""

from __future__ import annotations

import sqlalchemy

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.readings import HotlineOrderReading
from dashboard.store import tables
from tests.crash.conferring import Chair, Guest
from tests.crash.duty import Citizen, PostHolder
from tests.crash.installation import Installation
from tests.crash.people import Gateway, Liaison, Officer, Person

MINUTE_MS = 60_000
DECIDED_AFTER_MS = 90 * MINUTE_MS  # of the accelerated clock: its units' chains have run out by then
UNITS = ("rz-heating", "rz-371102-urban", "rz-371102-emergency", "rz-power", "rz-gas", "rz-water")
SILENT = frozenset(("rz-heating", "rz-power"))  # never answer: their chains must run to the end
PASSWORD = "a-password-for-the-test"
COUNTY, OTHER_COUNTY = "371102", "371103"
SPECIALIST = service.Specialist("E1", "expert", "张建民", "供热", "热力设计院", "0633-8770001", ())
CONFERRED_ON = 4  # matters that rooms are opened on, again and again
# Those who confer and hand over are slower than those who order: what they do is many acts on few matters.
UNHURRIED_S = 0.6


def cast(city: Installation, matters_each: int, whistle_share: float, reports: int) -> list[Person]:
    """Officers with matters of their own, a gateway and a liaison who answer; who confers, who is on duty, a citizen.

    Nobody shares a matter or a unit's answers with another, so that what each is told is what happened.
    """
    return [
        *_ordering(city, matters_each, whistle_share),
        *_conferring(city),
        *_on_duty(city),
        Citizen(
            city.address, 20, grids=_grids(city), category=_event_category(city), most=reports,
            every_s=8 * MINUTE_MS / 1000 / city.clock.rate,
        ),
    ]  # fmt: skip


def _ordering(city: Installation, matters_each: int, whistle_share: float) -> list[Person]:
    services = city.services
    units = [unit for unit in UNITS if unit in services.pack.units]
    talking = _talking(city)
    assert len(units) >= 4 and len(talking) >= 3, "the city pack names its units otherwise"
    made: list[Person] = []
    for number in (1, 2):
        name = _account(city, f"officer-{number}", f"值班员{number}", "duty_officer")
        made.append(
            Officer(
                city.address, number, name_=name, password=PASSWORD, matters=_matters(city, number, matters_each),
                units=units, whistle_share=whistle_share,
                decide_after_s=DECIDED_AFTER_MS / 1000 / city.clock.rate,
            )
        )  # fmt: skip
    name = _account(city, "liaison", "联络员", "unit_liaison", unit=talking[0])
    made.append(Liaison(city.address, 3, name_=name, password=PASSWORD, now=city.clock.now_ms))
    opened = service.open_gateway_key(
        services, _system(city), "receivers", services.city, tuple(talking[1:]), city.clock.now_ms()
    )
    assert isinstance(opened, service.Done)
    made.append(Gateway(city.address, 4, key=opened.value.token, units=frozenset(talking[1:])))
    return made


def _conferring(city: Installation) -> list[Person]:
    services, units = city.services, _talking(city)[1:]
    keeper = Principal("keeper", "keeper", "officer", "sysadmin", services.city)
    listed = service.import_specialists(services, keeper, [SPECIALIST], city.clock.now_ms())
    assert isinstance(listed, service.Done), listed
    guests = [*(("unit", unit) for unit in units), ("centre", OTHER_COUNTY)]
    chair = Chair(
        city.address, 10, name_=_account(city, "chair", "主持", "duty_officer"), password=PASSWORD, shown="主持",
        pause_s=UNHURRIED_S, matters=_matters(city, 3, CONFERRED_ON), guests=guests, specialist=SPECIALIST.id,
        now=city.clock.now_ms,
    )  # fmt: skip
    member = _account(city, "member", "参会联络员", "unit_liaison", unit=units[0])
    neighbour = _account(city, "neighbour", "邻县值班员", "duty_officer", jurisdiction=OTHER_COUNTY)
    return [
        chair,
        Guest(city.address, 11, name_=member, password=PASSWORD, shown="参会联络员", pause_s=UNHURRIED_S),
        Guest(city.address, 12, name_=neighbour, password=PASSWORD, shown="邻县值班员", pause_s=UNHURRIED_S),
    ]


def _on_duty(city: Installation) -> list[Person]:
    """Two who share post A of the county in which no matter lies: its alarms would be another test."""
    made: list[Person] = []
    for number in (1, 2):
        shown = f"值守员{number}"
        name = _account(city, f"post-{number}", shown, "duty_officer", jurisdiction=OTHER_COUNTY)
        made.append(
            PostHolder(
                city.address, 15 + number, name_=name, password=PASSWORD, shown=shown, pause_s=UNHURRIED_S
            )
        )
    return made


def _talking(city: Installation) -> list[str]:
    return [unit for unit in UNITS if unit in city.services.pack.units and unit not in SILENT]


def _system(city: Installation) -> Principal:
    return Principal("test", "test", "system", "system", city.services.city)


def _account(
    city: Installation, name: str, shown: str, role: str, *, unit: str | None = None, jurisdiction: str = ""
) -> str:
    account = service.NewAccount(name, shown, role, jurisdiction or city.services.city, unit)
    now = city.clock.now_ms()
    outcome = service.create_account(city.services, _system(city), account, PASSWORD, now, must_change=False)
    assert isinstance(outcome, service.Done), outcome
    return name


def _matters(city: Installation, number: int, count: int) -> list[str]:
    now = city.clock.now_ms()
    orders = [
        HotlineOrderReading(f"{number}-{n}", now, "0203", 2, title="供热管道漏水", region=COUNTY)
        for n in range(count)
    ]
    service.intake_orders(city.services, orders, now)
    chosen = sqlalchemy.select(tables.matters.c.id).where(tables.matters.c.external_id.like(f"{number}-%"))
    with city.services.store.read() as connection:
        return list(connection.execute(chosen).scalars())


def _grids(city: Installation) -> list[str]:
    divisions = city.services.pack.divisions
    return [one.code for one in divisions.at_level("grid") if divisions.is_within(one.code, COUNTY)][:7]


def _event_category(city: Installation) -> str:
    return next(one.code for one in city.services.pack.categories if one.tree == "event" and one.level == 2)
