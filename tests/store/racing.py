"""Two officers at the same moment: two processes' worth of services on one database, let loose on each other.

Each rival has a store of its own, so that what separates them is the database's lock and nothing in this process.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import event, func, select

from dashboard.domain.command import STAGES
from dashboard.service import Done, Refused
from dashboard.store import audit, event_log, tables
from dashboard.store.store import Store
from layouts.catalogue import text
from tests.store.centre import Centre

Deed = Callable[[Centre], Any]
"""What one of two does, at the centre that it is given."""
Check = Callable[[tuple[Any, Any]], None]
"""Judges what the first and the second were told."""
Scene = Callable[[Centre], tuple[Deed, Deed, Check]]
"""Prepares a centre for two deeds; called anew for every meeting."""

RELEASES = (1, 5, 10_000)
"""At which statement of the first the second sets out: as it asks for the lock, in its middle, when it is over."""
GIVEN_UP_S = 60


@contextmanager
def rival_of(centre: Centre, url: str) -> Iterator[Centre]:
    """A second process at the same database, with the same clock."""
    store = Store(url)
    other = Centre(replace(centre.services, store=store))
    other.clock = centre.clock
    other._keys = (f"rival-{number}" for number in itertools.count(1))
    try:
        yield other
    finally:
        store.close()


def meet(centre: Centre, rival: Centre, first: Deed, second: Deed, release: int) -> tuple[Any, Any]:
    """Let both act, the second setting out once the first has asked the database `release` times; returns what each
    was told. What one of them raises is raised here."""
    go, seen = threading.Event(), itertools.count(1)

    def count(*_: Any) -> None:
        if next(seen) >= release:
            go.set()

    def begin() -> Any:
        try:
            return first(centre)
        finally:
            go.set()

    def follow() -> Any:
        assert go.wait(GIVEN_UP_S)
        return second(rival)

    engine = centre.services.store._engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        with ThreadPoolExecutor(2) as pool:
            told = pool.submit(begin), pool.submit(follow)
            return told[0].result(GIVEN_UP_S), told[1].result(GIVEN_UP_S)
    finally:
        event.remove(engine, "before_cursor_execute", count)


def play(centre: Centre, rival: Centre, scene: Scene) -> None:
    """Play a scene in every interleaving: either of the two first, the other setting out at each of `RELEASES`."""
    for release in RELEASES:
        for swapped in (False, True):
            first, second, check = scene(centre)
            if swapped:
                told = meet(centre, rival, second, first, release)
                check((told[1], told[0]))
            else:
                check(meet(centre, rival, first, second, release))
    nothing_is_broken(centre)


def in_words(outcome: Any) -> str:
    """The code of a refusal, which has its words in both languages; "" for what was done."""
    if not isinstance(outcome, Refused):
        return ""
    assert all(text(outcome.key, language, **outcome.params) for language in ("zh", "en"))
    return outcome.code


def nothing_is_broken(centre: Centre) -> None:
    """What holds of every store at every moment: a whole log and audit, one armed row a chain, a clock for each open
    matter, and behind every answer that was given a receipt that says so."""
    with centre.services.store.read() as connection:
        entries = event_log.read_after(connection, 0, 100_000)
        assert [one.seq for one in entries] == list(range(1, len(entries) + 1))
        assert audit.first_break(connection) is None
        clock, matter = tables.deadlines.c, tables.matters.c
        armed = select(clock.chain).where(clock.state == "armed").group_by(clock.chain)
        assert connection.execute(armed.having(func.count() > 1)).all() == []
        watched = select(clock.matter_id).where(clock.state == "armed")
        unwatched = select(matter.no).where(matter.closed_at.is_(None) & matter.id.not_in(watched))
        assert connection.execute(unwatched).all() == [], "open matters without a clock"
        dead = select(clock.id).join_from(tables.deadlines, tables.matters, clock.matter_id == matter.id)
        assert (
            connection.execute(dead.where((clock.state == "armed") & matter.closed_at.is_not(None))).all()
            == []
        )
        receipts = {
            (row.command_id, row.receiver_id): row for row in connection.execute(select(tables.receipts))
        }
        for entry in entries:
            if entry.kind == "ReceiptRecorded" and entry.params["stage"] in STAGES:
                row = receipts[(str(entry.command_id), entry.params["receiver_id"])]
                assert row._mapping[f"{entry.params['stage']}_at"] is not None, entry


def one_of(outcomes: tuple[Any, Any], *codes: str) -> None:
    """Exactly one was done, and the other was told why not."""
    assert [isinstance(one, Done) for one in outcomes].count(True) == 1, outcomes
    (refused,) = [in_words(one) for one in outcomes if not isinstance(one, Done)]
    assert refused in codes, refused
