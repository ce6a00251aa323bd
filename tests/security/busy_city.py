"""A city in which everything is under way: one of each thing that can be named in a request, and the people who ask."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.wall import DEFAULT_NAME, wall_id
from dashboard.store import tables
from dashboard.store.tokens import token_hash
from layouts.catalogue import text
from tests.store.centre import CITY, DONGGANG, LANSHAN, MINUTE_MS, Centre, done, officer
from tests.store.pictures import jpeg

GRID = "371102002020001"
WORKER = "w-0001"
ADDRESS = "192.0.2.7"
DAY_MS = 24 * 60 * MINUTE_MS

# Who asks: the role, where, and whom a person of a unit or of the field speaks for. The matters lie in 东港区, the unit
# "lead" handles them, whistles call "called"; "elsewhere" sits in 岚山区, "other" has nothing to do with them.
PEOPLE: dict[str, tuple[str, str, str | None]] = {
    "duty_officer": ("duty_officer", DONGGANG, None),
    "relief": ("duty_officer", DONGGANG, None),
    "duty_leader": ("duty_leader", DONGGANG, None),
    "commander": ("commander", CITY, None),
    "leader": ("leader", DONGGANG, None),
    "elsewhere": ("duty_leader", LANSHAN, None),
    "liaison_lead": ("unit_liaison", CITY, "lead"),
    "liaison_called": ("unit_liaison", CITY, "called"),
    "liaison_other": ("unit_liaison", CITY, "other"),
    "grid_worker": ("grid_worker", DONGGANG, WORKER),
    "worker_other": ("grid_worker", DONGGANG, "w-0002"),
    "sysadmin": ("sysadmin", CITY, None),
    "secadmin": ("secadmin", CITY, None),
    "auditor": ("auditor", CITY, None),
}
KEYS = ("kiosk", "gateway", "nobody")
UNITS = ("lead", "called", "refusing", "other")


def person(centre: Centre, name: str) -> Principal:
    """One of `PEOPLE`, as the gate knows them."""
    role, place, speaks_for = PEOPLE[name]
    is_worker = role == "grid_worker"
    unit = None if is_worker or speaks_for is None else unit_of(centre, speaks_for)
    worker = speaks_for if is_worker else None
    return Principal(f"account-{name}", "王大明", "officer", role, place, unit, ADDRESS, worker=worker)


def unit_of(centre: Centre, name: str) -> str:
    """The id of one of `UNITS`."""
    return centre.units(len(UNITS))[UNITS.index(name)]


def enrol(centre: Centre) -> dict[str, str]:
    """Give everybody an account and a session, walls and gateways their tokens; returns the secrets by who has them."""
    secrets = {"nobody": ""}
    roster = [
        {
            "slot": slot, "worker_id": worker, "name": "刘强", "grid": GRID, "township": GRID[:9], "region": DONGGANG,
            "assessed": True, "device_id": f"d-{worker}",
        }
        for slot, worker in enumerate((WORKER, "w-0002"))
    ]  # fmt: skip
    with centre.services.store.write() as connection:
        connection.execute(insert(tables.roster), roster)
        for name in PEOPLE:
            one = person(centre, name)
            account = {
                "id": one.id, "name": name, "display_name": one.name, "role": one.role, "unit": one.unit,
                "jurisdiction": one.jurisdiction, "worker": one.worker, "password_hash": "", "created_at": centre.now,
            }  # fmt: skip
            secrets[name] = f"token-of-{name}"
            session = {
                "token_hash": token_hash(secrets[name]), "account_id": one.id, "address": ADDRESS,
                "opened_at": centre.now, "seen_at": centre.now + DAY_MS, "ends_at": centre.now + 1000 * DAY_MS,
            }  # fmt: skip
            connection.execute(insert(tables.accounts), account)
            connection.execute(insert(tables.sessions), session)
    security = officer("secadmin")
    kiosk = service.open_kiosk_token(centre.services, security, "大屏", CITY, centre.now)
    gateway = service.open_gateway_key(centre.services, security, "专线", CITY, (), centre.now)
    return secrets | {"kiosk": done(kiosk).token, "gateway": done(gateway).token}


def fill(centre: Centre) -> dict[str, str]:
    """Bring everything under way; returns the ids by what they are."""
    there = {"city": CITY, "region": LANSHAN, "grid": GRID, "worker": WORKER, "specialist": "E1"}
    there |= {name: unit_of(centre, name) for name in UNITS} | {
        "local": centre.units(1, DONGGANG)[0],
        "township": GRID[:9],
    }
    there |= _matters(centre) | _administration(centre)
    there |= _on_the_matter(centre, there["matter"])
    there |= _shift(centre) | {"wall": _wall(centre), "brief": _brief(centre), "wording": _wording(centre)}
    centre.clock.advance(minutes=4)
    centre.fire()
    with centre.services.store.read() as connection:
        called = tables.tellings.select().where(tables.tellings.c.means == "phone")
        telling = connection.execute(called).first()
    assert telling is not None
    running = centre.armed(there["matter"])
    return there | {"telling": telling.id, "deadline": max(running, key=lambda one: one.due_at).id}


def _wall(centre: Centre) -> str:
    """The hall of 东港区, which its own officers and those of the city may drive."""
    wall = wall_id(DONGGANG, DEFAULT_NAME)
    done(centre.do(service.drive_wall, service.DriveWall(wall, "grid"), officer(jurisdiction=DONGGANG)))
    return wall


def _brief(centre: Centre) -> str:
    """A brief of 东港区, not yet approved."""
    surge = service.MakeBrief(category="0203", from_at=centre.now - DAY_MS, until_at=centre.now + 1)
    made = centre.do(service.make_brief, surge, officer(jurisdiction=DONGGANG), say=text)
    return str(done(made)["id"])


def _wording(centre: Centre) -> str:
    """What agents are to say of 东港区."""
    request = service.GiveWording("管网抢修中，11 时更新恢复时间")
    given = done(centre.do(service.give_wording, request, officer(jurisdiction=DONGGANG)))
    return str(given["id"])


def _matters(centre: Centre) -> dict[str, str]:
    """Matters at the stages from which the most can be done, and a pair that was merged."""
    lead, other = unit_of(centre, "lead"), unit_of(centre, "other")
    numbers = iter(range(1, 40))

    def order(**given: Any) -> str:
        # Each at a place and of words of its own, lest they be proposed for merging.
        number = next(numbers)
        place = {"lon": 119.51 + number * 0.002, "lat": 35.40, "village": None, "title": f"事由{number}"}
        return str(centre.order(**(place | given))["id"])

    found = {
        "matter": order(), "fresh": order(), "foreign": order(status="TO_SIGN", unit=other, dispatched_at=centre.now),
        "signed": order(status="HANDLING", unit=lead, dispatched_at=centre.now),
        "replied": order(status="REPLIED", unit=lead, dispatched_at=centre.now, replied_at=centre.now),
        "proposed": order(), "carrier": order(title="整栋停暖"), "carried": order(title="家里停暖"),
        "alike": order(title="小区停暖"),
        "event": centre.event(status="CALLED")["id"], "checking": centre.event(status="CHECKING", unit=lead)["id"],
    }  # fmt: skip
    done(centre.dispatch(centre.matter(found["matter"]), lead))
    returning = order(status="TO_SIGN", unit=lead, dispatched_at=centre.now)
    back = service.Advance(returning, "RETURN_REQUESTED", {"reason": "别家的话"})
    done(centre.do(service.advance, back, person(centre, "liaison_lead"), expected_version=None))
    merge = service.MergeMatters(found["carrier"], (found["carried"],))
    done(centre.do(service.merge, merge, expected_version=None))
    share = service.ProposeShare(found["proposed"], LANSHAN, "一起办")
    proposal = centre.do(service.propose_share, share, person(centre, "duty_officer"), expected_version=None)
    case = service.RegisterDispute("邻里", "2201", "李小明", "王小红", "漏水", division=DONGGANG)
    dispute = done(centre.do(service.register_dispute, case))["id"]
    return found | {"returning": returning, "dispute": dispute, "proposal": done(proposal)["proposal"]}


def _on_the_matter(centre: Centre, matter: str) -> dict[str, str]:
    lead, called, refusing = (unit_of(centre, name) for name in ("lead", "called", "refusing"))
    with centre.services.store.read() as connection:
        command = connection.execute(tables.commands.select()).first()
    worker = service.ReceiverOrder("worker", WORKER, "assist")
    order = service.Dispatch(matter, (worker,), "入户查看", override_reason="熟悉")
    for_worker = done(centre.do(service.dispatch, order, expected_version=None))["id"]
    whistle = done(centre.whistle(centre.matter(matter), called, refusing))["id"]
    done(centre.answer(whistle, refusing, "declined", reason="别家的话"))
    done(centre.answer(whistle, called, "arrived"))
    people = service.SignRegister(whistle, called, (service.Attendee("张三"), service.Attendee("李四")))
    register = done(centre.do(service.sign_register, people))
    room = done(centre.do(service.open_room, service.OpenRoom(matter, "何时恢复", (called,))))["room_id"]
    done(centre.do(service.say, service.Say(room, "在"), person(centre, "liaison_called")))
    item = done(centre.do(service.decide_in_room, service.DecideInRoom(room, "修", "甲", called)))["item"]
    wanted = service.BookSpecialist(room, "E1", "看", centre.now + DAY_MS)
    booking = done(centre.do(service.book_specialist, wanted))["booking_id"]
    done(centre.do(service.edit_minutes, service.EditMinutes(room, "议定", 0)))
    photo = service.NewAttachment(matter, None, None, "photo", "a.jpg", jpeg())
    attachment = done(centre.do(service.keep_attachment, photo))["id"]
    done(centre.do(service.supervise, service.Supervise(matter, "快办"), centre.leader))
    # A whistle of its own that is decided and waits for its owner.
    event = centre.event(status="ASSIGNED", unit=lead)
    decided = done(centre.whistle(event, called, actor=person(centre, "commander")))["id"]
    decision = service.RecordDecision(decided, 1, "清空", "甲", centre.now + DAY_MS, owner_unit=called)
    done(centre.do(service.record_decision, decision))
    with centre.services.store.read() as connection:
        supervision = connection.execute(tables.supervisions.select()).first()
    assert command is not None and supervision is not None
    return {
        "command": command.id, "worker_command": for_worker, "whistle": whistle, "decided": decided, "room": room,
        "item": str(item), "booking": booking, "attachment": attachment, "supervision": supervision.id,
        "leaving": register[0]["id"], "taking_over": register[1]["id"],
    }  # fmt: skip


def _administration(centre: Centre) -> dict[str, str]:
    expert = service.Specialist("E1", "expert", "张建民", "供热", "院", "13900001111", ())
    service.import_specialists(centre.services, officer("sysadmin"), [expert], centre.now)
    service.ensure_policy(centre.services, centre.now)
    system = officer("sysadmin")
    hook = service.open_webhook(centre.services, system, "平台", "https://a.example/", CITY, centre.now)
    citizens_own = service.CitizenReport(grid=GRID, category="21", text="电线垂落")
    told = done(service.report(centre.services, citizens_own, "192.0.2.9", centre.now, "report-key-1"))
    with centre.services.store.read() as connection:
        token = connection.execute(tables.tokens.select()).first()
    assert token is not None
    return {"webhook": done(hook).id, "code": told["code"], "token": token.id}


def _shift(centre: Centre) -> dict[str, str]:
    """The county's A hands over; nobody has begun to take over."""
    holder = person(centre, "duty_officer")
    done(centre.do(service.take_post, service.TakePost("A"), holder))
    begun = done(centre.do(service.begin_handover, service.BeginHandover("A", ("一",)), holder))
    with centre.services.store.read() as connection:
        lines = connection.execute(tables.handover_items.select()).all()
    return {"handover": begun["handover_id"], "refs": " ".join(one.ref for one in lines)}
