"""What belongs to one matter, unit, worker or carrier is looked up by it, however much else is open."""

from __future__ import annotations

import pytest

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.store import merges
from tests.store.centre import CITY, Centre, done
from tests.store.statements import Asked, plan_of, statements_of


def look_everything_up(centre: Centre) -> Asked:
    """Ask for one matter, for what waits for one unit and one worker, and for what a carrier carries."""
    matter = centre.order()
    unit = centre.units(1)[0]
    done(centre.dispatch(matter, unit))
    liaison = Principal("officer:l", "李小红", "officer", "unit_liaison", CITY, unit=unit)
    worker = Principal("officer:g", "赵大山", "officer", "grid_worker", CITY, worker="371102001001-1")
    with statements_of(centre.services.store) as asked:
        centre.detail(matter["id"])
        service.own_inbox(centre.services, liaison, centre.now)
        service.own_inbox(centre.services, worker, centre.now)
        with centre.services.store.read() as connection:
            merges.with_state(connection, matter["id"], "merged")
    return asked


INDEX_OF = {
    "FROM deadlines WHERE deadlines.matter_id IN": "ix_deadlines_matter_id_state",
    "closed_at IS NULL AND matters.unit": "ix_matters_unit_closed_at",
    "closed_at IS NULL AND matters.worker": "ix_matters_worker_closed_at",
    "FROM merges WHERE merges.carrier_id": "ix_merges_carrier_id_state",
}


def test_what_belongs_to_somebody_is_found_by_whom_it_belongs_to(centre: Centre) -> None:
    store = centre.services.store
    if not store.is_sqlite:
        pytest.skip("PostgreSQL plans by what it has counted; SQLite by the indexes alone")
    asked = [(" ".join(sql.split()), given) for sql, given in look_everything_up(centre)]
    for condition, index in INDEX_OF.items():
        looking = [(sql, given) for sql, given in asked if condition in sql]
        assert looking, condition
        for sql, given in looking:
            assert index in plan_of(store, sql, given), sql
