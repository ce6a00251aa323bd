"""保密: who asked for secrecy is no name and no number to the handling unit, whatever way the data leaves by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done
from dashboard.service.exporting.tables import TABLES
from dashboard.store import tables
from tests.store.centre import Centre, done, officer, refusal

# Who is shown what does not depend on the database: one is enough.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NAME, PHONE = "欧阳秘密", "13877776666"
WORDS = f"我叫{NAME}，电话{PHONE}，邻居晚上施工"
TRACES_OF_WHO = (NAME, "欧阳**", PHONE, "138****6666")
WHOLE = (NAME, PHONE)


@pytest.fixture
def handled(centre: Centre) -> tuple[Centre, str, str]:
    """A matter with secrecy that a unit handles: (centre, matter id, unit id)."""
    matter = centre.order(citizen_name=NAME, citizen_phone=PHONE, text=WORDS, secret=True)
    (unit,) = centre.units(1)
    done(centre.dispatch(matter, unit))
    return centre, matter["id"], unit


Way = Callable[[Centre, Principal, str], Any]
# Every reading that a person of a unit may ask for, whatever screen or address it is behind.
WAYS: dict[str, Way] = {
    "desk and API: a matter": lambda c, who, m: service.matter_detail(c.services, who, m, c.now),
    "hand page: a matter": lambda c, who, m: service.own_matter(c.services, who, m, c.now),
    "hand page: the inbox": lambda c, who, m: service.own_inbox(c.services, who, c.now),
    "queue": lambda c, who, m: service.queue(c.services, who, c.now),
    "what it carries": lambda c, who, m: service.merge_picture(c.services, who, m, c.now),
    "rooms": lambda c, who, m: (
        service.rooms_of_matter(c.services, who, m, c.now),
        service.own_rooms(c.services, who, c.now),
    ),
    "search by name": lambda c, who, m: service.find_on_map(c.services, who, NAME, c.now),
    "search by number": lambda c, who, m: service.find_on_map(c.services, who, PHONE, c.now),
    "the loop": lambda c, who, m: service.matter_loop(c.services, who, m, c.now),
    "tellings": lambda c, who, m: service.tellings_of(c.services, who, m, c.now),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_handling_unit_learns_of_nobody(handled: tuple[Centre, str, str], way: str) -> None:
    centre, matter, unit = handled
    said = repr(WAYS[way](centre, officer("unit_liaison", unit=unit), matter))
    if way.startswith("search"):
        said = said.replace(f"'words': {NAME!r}", "").replace(f"'words': {PHONE!r}", "")
    assert [trace for trace in TRACES_OF_WHO if trace in said] == []


def test_the_matter_itself_reaches_the_unit(handled: tuple[Centre, str, str]) -> None:
    """Without this the test above could pass because nothing was shown at all."""
    centre, matter, unit = handled
    seen = service.matter_detail(centre.services, officer("unit_liaison", unit=unit), matter, centre.now)
    assert isinstance(seen, service.MatterDetail)
    words = "我叫**，电话**，邻居晚上施工"
    assert seen.citizen == {"name": "", "phone": "", "address": "", "words": words, "secret": True}
    assert "整栋停暖" in repr(
        service.own_inbox(centre.services, officer("unit_liaison", unit=unit), centre.now)
    )


def test_no_reason_opens_it_to_the_unit_and_one_does_to_an_officer(handled: tuple[Centre, str, str]) -> None:
    centre, matter, unit = handled
    request = service.RevealCitizen(matter, "核对地址")
    assert (
        refusal(centre.do(service.reveal_citizen, request, officer("unit_liaison", unit=unit)))
        == "citizen_secret"
    )
    assert done(centre.do(service.reveal_citizen, request))["phone"] == PHONE
    assert refusal(centre.do(service.reveal_citizen, service.RevealCitizen(matter, " "))) == "reason_missing"


@pytest.mark.parametrize("role", ["duty_officer", "commander", "leader", "viewer_wall"])
def test_without_a_reason_nobody_is_given_the_whole(handled: tuple[Centre, str, str], role: str) -> None:
    centre, matter, _ = handled
    who = officer(role)
    ways = [way(centre, who, matter) for name, way in WAYS.items() if not name.startswith(("hand", "search"))]
    ways += [service.snapshot(centre.services), service.leader_day(centre.services, who, centre.now)]
    for table in TABLES:
        taken = service.take_table(centre.services, who, service.TakeTable(table), centre.now)
        if isinstance(taken, Done):
            ways += [list(taken.value.rows())]
    said = repr(ways)
    assert [whole for whole in WHOLE if whole in said] == []


def test_no_row_that_is_kept_says_who_it_is(handled: tuple[Centre, str, str]) -> None:
    """The log, the audit, tellings and everything else at rest, after an officer looked."""
    centre, matter, _ = handled
    done(centre.do(service.reveal_citizen, service.RevealCitizen(matter, f"打{PHONE}找{'他'}")))
    with centre.services.store.read() as connection:
        kept = {
            table.name: repr(connection.execute(select(table)).all())
            for table in tables.metadata.sorted_tables
        }
    assert matter in kept["citizens"]
    assert {name for name, rows in kept.items() if any(whole in rows for whole in WHOLE)} == set()
