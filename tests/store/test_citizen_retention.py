"""Citizens are forgotten when their time is over, and never those of a matter that still needs them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from dashboard import service
from dashboard.service.citizen_retention import DAY_MS
from dashboard.service.retention import forget_old
from dashboard.store import audit, tables
from dashboard.store.citizens import Citizen, find
from tests.store.centre import Centre

KEPT_MS = 30 * DAY_MS


@pytest.fixture
def keeping(centre: Centre) -> Centre:
    """A centre that keeps citizens for thirty days after closing."""
    centre.services = replace(centre.services, citizens_kept_ms=KEPT_MS)
    return centre


def set_on(centre: Centre, matter_id: str, **values: object) -> None:
    with centre.services.store.write() as connection:
        connection.execute(update(tables.matters).where(tables.matters.c.id == matter_id).values(**values))


def citizen(centre: Centre, matter_id: str) -> Citizen | None:
    with centre.services.store.read() as connection:
        return find(connection, centre.services.seal, matter_id)


def test_a_closed_matter_outlives_its_citizen_and_an_open_one_does_not(keeping: Centre) -> None:
    closed, late, opened = (keeping.order(secret=True)["id"] for _ in range(3))
    set_on(keeping, closed, closed_at=keeping.now)
    set_on(keeping, late, closed_at=keeping.now + DAY_MS)
    end = keeping.now + KEPT_MS
    assert forget_old(keeping.services, end).citizens == 0  # the last instant of the period
    assert service.citizens_due(keeping.services, end + 1) == 1  # the dry run counts and changes nothing
    assert citizen(keeping, closed) != Citizen("", "", "", secret=True)
    assert forget_old(keeping.services, end + 1).citizens == 1
    assert citizen(keeping, closed) == Citizen("", "", "", secret=True)
    for stays in (late, opened):
        found = citizen(keeping, stays)
        assert found is not None
        assert found.phone == "13812345678"
    assert service.citizens_due(keeping.services, end + 1) == 0
    assert forget_old(keeping.services, end + 1).citizens == 0
    assert keeping.matter(closed)["title"] == "整栋停暖"  # the matter itself stays
    with keeping.services.store.read() as connection:
        rows = connection.execute(select(tables.audit).where(tables.audit.c.act == "forget_citizens")).all()
        assert [(row.actor, row.result) for row in rows] == [("worker:retention", "done")]
        assert audit.first_break(connection) is None
        marks = select(tables.citizens.c.phone_mark).where(tables.citizens.c.matter_id == closed)
        assert connection.execute(marks).scalar_one() is None  # nor is the number known again


def test_a_matter_that_carries_an_open_one_keeps_its_citizen(keeping: Centre) -> None:
    carrier, carried = (keeping.order()["id"] for _ in range(2))
    set_on(keeping, carrier, closed_at=keeping.now)
    set_on(keeping, carried, carrier=carrier)
    later = keeping.now + KEPT_MS + 1
    assert service.forget_citizens(keeping.services, later) == 0
    set_on(keeping, carried, closed_at=keeping.now)
    assert service.forget_citizens(keeping.services, later) == 2


def test_without_a_period_nothing_is_forgotten(centre: Centre) -> None:
    matter = centre.order()["id"]
    set_on(centre, matter, closed_at=1)
    assert service.citizens_due(centre.services, centre.now) == 0
    assert service.forget_citizens(centre.services, centre.now) == 0
    assert citizen(centre, matter) is not None
