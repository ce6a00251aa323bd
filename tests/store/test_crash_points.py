"""Nothing half done: a death at any step of a transaction leaves the store as it was before the act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from dashboard import service
from dashboard.store import tables
from tests.store.centre import Centre, done


class Died(BaseException):
    """Stands for the process that is gone: no handler in the product may catch it."""


class Deaths:
    """Counts statements and dies before the n-th one that the store is asked to run."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._at: int | None = None
        self.seen = 0
        event.listen(engine, "before_cursor_execute", self._before)

    def die_at(self, number: int | None) -> None:
        self._at, self.seen = number, 0

    def close(self) -> None:
        event.remove(self._engine, "before_cursor_execute", self._before)

    def _before(self, *_: Any) -> None:
        self.seen += 1
        if self._at is not None and self.seen == self._at:
            raise Died


def everything(connection: Connection) -> dict[str, list[Any]]:
    return {
        table.name: sorted(map(repr, connection.execute(select(table)).all()))
        for table in tables.metadata.sorted_tables
    }


def acts(centre: Centre) -> dict[str, Callable[[], Any]]:
    """Four acts that write to nearly every table."""
    unit, other = centre.units(2)
    matter = centre.order()
    whistled = centre.order()
    whistle = done(centre.whistle(whistled, unit))
    late = centre.order()
    done(centre.dispatch(late, other))
    centre.clock.advance(minutes=3)
    reading = centre.reading()
    return {
        "dispatch": lambda: centre.dispatch(matter, unit, other),
        "answer": lambda: centre.answer(whistle["id"], unit, "arrived"),
        "escalate": lambda: service.fire_due(centre.services, centre.now),
        "intake": lambda: service.intake_orders(centre.services, [reading], centre.now),
    }


@pytest.mark.parametrize("name", ["dispatch", "answer", "escalate", "intake"])
def test_dying_at_any_step_leaves_nothing_half_done(centre: Centre, name: str) -> None:
    store = centre.services.store
    act = acts(centre)[name]
    deaths = Deaths(store._engine)
    with store.read() as connection:
        before = everything(connection)
    died, state = 0, before
    for number in range(1, 200):
        deaths.die_at(number)
        try:
            act()
        except Died:
            died += 1
        else:
            break
        deaths.die_at(None)
        with store.read() as connection:
            now = everything(connection)
        # All or nothing: it may die after its commit, but then nothing more is left to do.
        assert now in (before, state) or state == before, f"half done after dying at statement {number}"
        state = now
    deaths.close()
    with store.read() as connection:
        after = everything(connection)
    assert died > 8
    assert after != before
    assert state in (before, after)
    if name == "escalate":
        assert len(centre.log("EscalationFired")) == 2
