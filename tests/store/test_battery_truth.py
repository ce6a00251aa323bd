"""The crash battery's own checks can fail: each is shown what it must not let pass."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from dashboard.store import tables
from tests.crash import room_truth, truth
from tests.store.centre import MINUTE_MS, Centre, done
from tests.store.room_morning import confer

Break = Callable[[Connection], object]
TELLING, MESSAGE = tables.tellings.c, tables.room_messages.c


@pytest.fixture
def conferred(centre: Centre) -> Centre:
    confer(centre, lambda act, request, actor=None: done(centre.do(act, request, actor)))
    centre.order(status="TO_SIGN", dispatched_at=centre.now, unit=centre.units(1)[0])
    centre.wait(minutes=20)
    return centre


def hold(centre: Centre, connection: Connection) -> int:
    truth.tellings_follow_their_step(connection, centre.now - 30 * MINUTE_MS)
    return room_truth.who_was_called_was_told(connection, truth.log_is_whole(connection), centre.pack)


def sees(centre: Centre, break_it: Break) -> bool:
    """Whether the checks fail once something was broken, which is undone again."""
    with centre.services.store.write() as connection:
        savepoint = connection.begin_nested()
        break_it(connection)
        try:
            hold(centre, connection)
        except AssertionError:
            return True
        finally:
            savepoint.rollback()
    return False


def test_an_undisturbed_consultation_holds(conferred: Centre) -> None:
    with conferred.services.store.read() as connection:
        # Asked in, the time, the expert, taken out; the minutes were signed with nobody left to be told.
        assert hold(conferred, connection) == 4


def drop(policy_id: str) -> Break:
    return lambda connection: connection.execute(
        delete(tables.tellings).where(TELLING.policy_id == policy_id)
    )


def one_of(connection: Connection, origin: str) -> dict[str, object]:
    found = connection.execute(select(tables.tellings).where(TELLING.origin == origin)).mappings().first()
    assert found is not None
    return dict(found)


def twice(connection: Connection) -> None:
    """The same step said to the same unit by the same means under another role's name: the index lets it pass."""
    row = one_of(connection, "room") | {"id": "again", "role": "unit_head"}
    connection.execute(insert(tables.tellings), row)


def of_no_message(connection: Connection) -> None:
    row = one_of(connection, "room") | {"id": "again", "origin_id": "r:9"}
    connection.execute(insert(tables.tellings), row)


def of_no_clock(connection: Connection) -> None:
    row = one_of(connection, "clock") | {"id": "again", "origin_id": "d"}
    connection.execute(insert(tables.tellings), row)


def of_a_running_clock(connection: Connection) -> None:
    armed = connection.execute(
        select(tables.deadlines.c.id).where(tables.deadlines.c.state == "armed")
    ).scalars()
    row = one_of(connection, "clock") | {"id": "again", "origin_id": armed.first()}
    connection.execute(insert(tables.tellings), row)


def forgotten(connection: Connection) -> None:
    connection.execute(
        update(tables.tellings)
        .where(TELLING.id == one_of(connection, "room")["id"])
        .values(next_at=1, state="waiting")
    )


def later(connection: Connection) -> None:
    connection.execute(
        update(tables.tellings).where(TELLING.origin == "room").values(made_at=TELLING.made_at + 1)
    )


def an_invitation_without_its_message(connection: Connection) -> None:
    connection.execute(delete(tables.room_messages).where(MESSAGE.kind == "invited"))


def somebody_who_was_never_called(connection: Connection) -> None:
    row = connection.execute(select(tables.room_participants)).mappings().first()
    assert row is not None
    connection.execute(
        insert(tables.room_participants), dict(row) | {"kind": "unit", "id": "rz-gas", "left_at": None}
    )


BREAKS: dict[str, Break] = {
    "an invitation that nobody was told": drop("room-invited"),
    "a moved time that nobody was told": drop("room-moved"),
    "a calling off that nobody was told": drop("room-removed"),
    "an expert who was not told": drop("room-booked"),
    "told twice": twice,
    "told of no message": of_no_message,
    "told by no clock": of_no_clock,
    "told by a clock that runs": of_a_running_clock,
    "due and forgotten": forgotten,
    "told at another instant": later,
    "asked in without a word in the room": an_invitation_without_its_message,
    "in the room and never called": somebody_who_was_never_called,
}


def test_the_battery_sees_whatever_is_broken(conferred: Centre) -> None:
    assert [what for what, break_it in BREAKS.items() if not sees(conferred, break_it)] == []
