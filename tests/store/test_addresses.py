"""The door of a citizen stands under the seal alone: by whatever entrance it came, and from before it was cut."""

from __future__ import annotations

import csv
import io
import json
import logging
from typing import Any

import pytest
from sqlalchemy import LargeBinary, insert, select, update

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Refused
from dashboard.service import address_sealing
from dashboard.service.address_sealing import seal_old_addresses
from dashboard.service.exporting.tables import TABLES
from dashboard.service.field.report import CitizenReport, report
from dashboard.store import audit, tables
from dashboard.store.citizens import Citizen, find
from tests.store.centre import RONGAN, Centre, done, officer, refusal

DOOR = "7号楼9单元1803"
ADDRESS = f"荣安社区演示小区{DOOR}室"
MASKED = "荣安社区演示小区***"
TRACES = (DOOR, "7号楼", "9单元", "1803")
WORDS = f"我住{DOOR}，家里没有暖气"


def carries(value: Any) -> list[str]:
    found = value if isinstance(value, str) else repr(value)
    return [trace for trace in TRACES if trace in found]


def kept(centre: Centre, matter_id: str) -> Citizen:
    with centre.services.store.read() as connection:
        found = find(connection, centre.services.seal, matter_id)
    assert found is not None
    return found


def everything_plain(centre: Centre) -> dict[str, str]:
    """Every row of every table, without what is sealed: table -> its rows in words."""
    with centre.services.store.read() as connection:
        return {
            table.name: repr(connection.execute(select(table)).mappings().all())
            for table in tables.metadata.sorted_tables
        }


def by_every_entrance(centre: Centre) -> dict[str, str]:
    """Take the door in wherever an address comes in; entrance -> matter id."""
    grid = centre.pack.divisions.children(RONGAN)[0]
    dispute = service.RegisterDispute(
        title=f"{DOOR}漏水索赔", category="2201", applicant="李小明", opponent="王小红", words=WORDS, division=RONGAN,
        place=ADDRESS,
    )  # fmt: skip
    scanned = CitizenReport(grid=grid, category="21", text=WORDS, place=ADDRESS, phone="13905551234")
    done(report(centre.services, scanned, "203.0.113.7", centre.now, centre.key()))
    with centre.services.store.read() as connection:
        by_code = connection.execute(select(tables.reports.c.matter_id)).scalar_one()
    return {
        "order, address apart": centre.order(address=ADDRESS, place="荣安社区", text=WORDS)["id"],
        "order, all in the place": centre.order(place=ADDRESS, text=WORDS)["id"],
        "order, in the title": centre.order(title=f"{DOOR}停暖", text=WORDS)["id"],
        "grid event": centre.event(address=ADDRESS, place=ADDRESS, title=f"荣安社区{DOOR}门前堆垃圾")["id"],
        "dispute": done(centre.do(service.register_dispute, dispute))["id"],
        "dispute, address apart": done(
            centre.do(
                service.register_dispute,
                service.RegisterDispute("漏水", "2201", "甲某", "乙某", WORDS, address=ADDRESS),
            )
        )["id"],
        "a grid's code": by_code,
    }


def test_by_no_entrance_does_a_door_get_past_the_seal(
    centre: Centre, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    matters = by_every_entrance(centre)
    for entrance, matter_id in matters.items():
        assert DOOR in kept(centre, matter_id).address, entrance  # nothing is lost
        assert not carries(centre.matter(matter_id)), entrance
    done(centre.dispatch(centre.matter(matters["order, all in the place"]), *centre.units(2)))
    for matter_id in matters.values():
        done(centre.do(service.reveal_citizen, service.RevealCitizen(matter_id, "上门核实")))
    plain = everything_plain(centre)
    assert matters["dispute"] in plain["citizens"]
    assert {name: found for name, rows in plain.items() if (found := carries(rows))} == {}
    assert not carries(repr(service.snapshot(centre.services)))
    assert not carries(caplog.text)


def test_a_door_that_comes_later_is_cut_and_sealed_too(centre: Centre) -> None:
    first = centre.reading(place="荣安社区")
    centre.take(first)
    matter = centre.row_of(first.order_no)
    assert kept(centre, matter["id"]).address == ""
    centre.take(centre.reading(order_no=first.order_no, place=ADDRESS, opened_at=first.opened_at))
    assert centre.matter(matter["id"])["place"] == "荣安社区演示小区"
    assert kept(centre, matter["id"]).address == ADDRESS


def taken_tables(centre: Centre, who: Principal) -> str:
    """Every table that may be exported, as CSV."""
    written = io.StringIO()
    for table in TABLES:
        taken = service.take_table(centre.services, who, service.TakeTable(table), centre.now)
        if isinstance(taken, Done):
            csv.writer(written).writerows(list(taken.value.rows()))
    return written.getvalue()


@pytest.mark.parametrize(
    "role", ["duty_officer", "commander", "leader", "viewer_wall", "unit_liaison", "sysadmin"]
)
@pytest.mark.parametrize("secret", [False, True])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # who is shown what does not depend on it
def test_who_sees_what_of_an_address(centre: Centre, role: str, secret: bool) -> None:
    (unit,) = centre.units(1)
    matter = centre.order(
        address=ADDRESS, place=ADDRESS, text=WORDS, secret=secret, unit=unit, status="TO_SIGN",
        dispatched_at=centre.now,
    )  # fmt: skip
    who = officer(role, unit=unit if role == "unit_liaison" else None)
    seen = service.matter_detail(centre.services, who, matter["id"], centre.now)
    hidden = secret and role == "unit_liaison"
    if isinstance(seen, service.MatterDetail) and seen.citizen is not None:
        assert seen.citizen["address"] == ("" if hidden else MASKED)
        assert seen.citizen["words"] == "我住***，家里没有暖气"
    assert not carries(seen)
    assert not carries(service.leader_day(centre.services, who, centre.now))
    assert not carries(service.queue(centre.services, who, centre.now))
    assert not carries(taken_tables(centre, who))
    outcome = centre.do(service.reveal_citizen, service.RevealCitizen(matter["id"], "上门"), who)
    if role in ("duty_officer", "commander") or (role == "unit_liaison" and not secret):
        assert done(outcome)["address"] == ADDRESS
        assert refusal(centre.do(service.reveal_citizen, service.RevealCitizen(matter["id"], ""), who)) == (
            "reason_missing"
        )
    else:
        assert isinstance(outcome, Refused), role
        assert not carries(outcome)


# -- matters of before ------------------------------------------------------------------------------------------


def as_before(centre: Centre) -> tuple[str, str, str]:
    """An open matter with an order and a telling, a closed one, and one without a door, as they were kept once."""
    opened, closed, plain = (centre.order(place="荣安社区")["id"] for _ in range(3))
    command = done(centre.dispatch(centre.matter(opened), *centre.units(1)))["id"]
    with centre.services.store.write() as connection:
        for matter_id in (opened, closed):
            of_matter = tables.matters.c.id == matter_id
            connection.execute(
                update(tables.matters).where(of_matter).values(place=ADDRESS, title=f"{DOOR}停暖")
            )
        connection.execute(
            update(tables.matters).where(tables.matters.c.id == closed).values(closed_at=centre.now)
        )
        connection.execute(
            update(tables.commands)
            .where(tables.commands.c.id == command)
            .values(place=ADDRESS, title=f"{DOOR}停暖")
        )
        params = json.dumps({"no": "R1", "place": ADDRESS, "title": f"{DOOR}停暖"}, ensure_ascii=False)
        connection.execute(
            update(tables.log)
            .where(tables.log.c.matter_id.in_((opened, closed)))
            .values(params=params, rows=params)
        )
        connection.execute(
            update(tables.tellings)
            .where(tables.tellings.c.matter_id == opened)
            .values(text=f"{ADDRESS} {DOOR}停暖", text_en=f"{ADDRESS} {DOOR}停暖")
        )
    return opened, closed, plain


def test_doors_of_before_go_under_the_seal_once(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address_sealing, "_AFTER", address_sealing._AFTER.limit(2))
    opened, closed, plain = as_before(centre)
    assert {name for name, rows in everything_plain(centre).items() if carries(rows)} >= {"matters", "log"}
    before = service.snapshot(centre.services).seq
    assert seal_old_addresses(centre.services, centre.now) == 2
    assert {name: found for name, rows in everything_plain(centre).items() if (found := carries(rows))} == {}
    for matter_id in (opened, closed):
        assert kept(centre, matter_id).address.startswith(ADDRESS)
        assert kept(centre, matter_id).phone == "13812345678"  # what was sealed stays
        assert centre.matter(matter_id)["place"] == "荣安社区演示小区"
        assert centre.matter(matter_id)["title"] == "停暖"
    assert kept(centre, plain).address == ""
    picture = service.snapshot(centre.services)
    assert picture.seq > before  # screens are told of what is open
    assert not carries(picture)
    with centre.services.store.read() as connection:
        rows = connection.execute(select(tables.audit).where(tables.audit.c.act == "seal_addresses")).all()
        assert {row.actor for row in rows} == {"worker:addresses"}
        assert audit.first_break(connection) is None
    assert seal_old_addresses(centre.services, centre.now) == 0
    assert service.snapshot(centre.services).seq == picture.seq


def test_a_matter_without_a_citizen_is_sealed_too(centre: Centre) -> None:
    matter = centre.event(place="荣安社区")["id"]
    with centre.services.store.write() as connection:
        connection.execute(
            update(tables.matters).where(tables.matters.c.id == matter).values(place=f"荣安社区{DOOR}")
        )
        for number in range(3):  # of another source, to be looked through
            row = dict(
                connection.execute(select(tables.matters).where(tables.matters.c.id == matter))
                .mappings()
                .one()
            )
            again = {"id": f"zz{number}", "external_id": f"zz{number}", "place": "荣安社区"}
            connection.execute(insert(tables.matters).values(**(row | again)))
    assert seal_old_addresses(centre.services, centre.now) == 1
    assert kept(centre, matter).address == f"荣安社区{DOOR}"


def test_only_what_is_sealed_can_hold_an_address() -> None:
    """A column for an address that is not sealed would be found by nobody else."""
    named = {
        f"{table.name}.{column.name}": column.type
        for table in tables.metadata.sorted_tables
        for column in table.c
        if "address" in column.name and table.name in ("citizens", "matters", "commands")
    }
    assert [name for name, kind in named.items() if not isinstance(kind, LargeBinary)] == []
    assert named
