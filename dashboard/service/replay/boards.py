"""The boards of a past period out of the log: what stood on them when it began, and every change, by jurisdiction.

An entry of the log keeps the full new rows of what it changed for two days (`dashboard.service.retention`). What did
not change since then is as the store has it now; what did change, and only later than the period, cannot be known
any more and is counted instead of guessed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from sqlalchemy import Connection, func, select

from dashboard.domain.past import TABLES, PastFold, PastStep, Row, Sees
from dashboard.domain.refusal import Refusal
from dashboard.service.queries import command_rows
from dashboard.service.rows import matter_row
from dashboard.service.services import Services
from dashboard.store import event_log, tables
from dashboard.store.event_log import Entry
from dashboard.store.records import MATTERS

One = TypeVar("One")
IsWanted = Callable[[], bool]
"""Whether somebody still waits for the answer; asked in the reading's own thread."""

MOST_ENTRIES: Final = 20_000  # of the period: some ten busy hours of a city of three million
MOST_READ: Final = 100_000  # in all, with what lies before and after the period
CHUNK: Final = 500  # entries; a row is about 1 kB
IDS_AT_ONCE: Final = 500  # bound parameters of one statement


@dataclass(frozen=True, slots=True)
class Boards:
    """Boards from `from_at` on (None: their rows are forgotten already), and the period's entries.

    The entries are without their rows, which the steps have. `missing` counts the rows that stood on a board and are
    not known any more.
    """

    from_at: int | None
    base: dict[str, list[Row]]
    steps: list[PastStep]
    entries: list[Entry]
    missing: int


def read_boards(
    services: Services, connection: Connection, sees: Sees, from_at: int, to_at: int,
    is_wanted: IsWanted = lambda: True,
) -> Boards:  # fmt: skip
    """Fold the log over a period, both ends included. Refused: replay_too_much, replay_given_up."""

    def chunks(read: Callable[[Connection, int, int], list[One]], first: int, after: int) -> Iterator[One]:
        return _in_chunks(read, connection, first, after, is_wanted)

    last = event_log.last_seq(connection)
    first = event_log.first_seq_from(connection, from_at)
    after = event_log.first_seq_from(connection, to_at + 1)
    if after - first > MOST_ENTRIES:
        raise Refusal("replay_too_much", count=after - first, most=MOST_ENTRIES)
    entries = [replace(one, rows={}) for one in chunks(event_log.read_after, first, after) if sees(one.scope)]
    kept = max(event_log.first_seq_with_rows(connection), last - MOST_READ + 1)
    if kept >= after and kept > 1:
        return Boards(None, {name: [] for name in TABLES}, [], entries, 0)
    fold, base, steps, begins_at = PastFold(sees), None, [], from_at
    for seq, at, rows in chunks(event_log.rows_after, kept, after):
        if seq >= first and base is None:
            base = _shown(fold)
            begins_at = max(from_at, at) if seq == kept and kept > 1 else from_at
        step = fold.take(seq, at, rows)
        if base is not None and step is not None:
            steps.append(step)
    if base is None:
        base = _shown(fold)
    missing = 0
    if kept > 1:
        known = {key for key, at in fold.first_seen.items() if at < begins_at}
        for taken in chunks(event_log.rows_after, after, last + 1):
            fold.take(*taken)
        missing = _add_untouched(services, connection, sees, fold, base, known, kept, begins_at)
    return Boards(begins_at, base, steps, entries, missing)


def _shown(fold: PastFold) -> dict[str, list[Row]]:
    return {name: list(table.values()) for name, table in fold.rows.items()}


def _in_chunks(
    read: Callable[[Connection, int, int], list[One]], connection: Connection, first: int, after: int,
    is_wanted: IsWanted,
) -> Iterator[One]:  # fmt: skip
    """What `read` gives of the entries with first <= seq < after, a chunk at a time: the log has no hole.

    Refused: replay_given_up, between two chunks.
    """
    for place in range(first - 1, after - 1, CHUNK):
        if not is_wanted():
            raise Refusal("replay_given_up")
        yield from read(connection, place, min(CHUNK, after - 1 - place))


def _add_untouched(
    services: Services,
    connection: Connection,
    sees: Sees,
    fold: PastFold,
    base: dict[str, list[Row]],
    known: set[tuple[str, str]],
    kept: int,
    begins_at: int,
) -> int:
    """Put what no kept entry names into the base as it is now; return how many rows of the base cannot be known."""
    matter = tables.matters.c
    is_open = MATTERS.select().where(matter.closed_at.is_(None) & (matter.opened_at <= begins_at))
    for row in connection.execute(is_open):
        found = matter_row(MATTERS.value(row), services.pack)
        if ("matters", found["id"]) not in fold.first_seen and sees(tuple(found["scope"])):
            base["matters"].append(found)
    for found in command_rows(connection):
        is_untouched = ("commands", found["id"]) not in fold.first_seen and found["issued_at"] <= begins_at
        if is_untouched and sees(tuple(found["scope"])):
            base["commands"].append(found)
    later = [key for key in fold.first_seen if key not in known]
    older = _matters_before(connection, [row_id for name, row_id in later if name == "matters"], kept, sees)
    return older + _commands_before(
        connection, [row_id for name, row_id in later if name == "commands"], begins_at, sees
    )


def _matters_before(connection: Connection, ids: list[str], kept: int, sees: Sees) -> int:
    """How many of these matters, as their scope is now, the log knew before the first entry that kept its rows."""
    counted = 0
    matter = tables.matters.c
    for some in _parts(ids):
        first = (
            select(tables.log.c.matter_id, func.min(tables.log.c.seq).label("seq"))
            .where(tables.log.c.matter_id.in_(some))
            .group_by(tables.log.c.matter_id)
            .subquery()
        )
        found = (
            select(MATTERS.table.c.scope)
            .join(first, first.c.matter_id == matter.id)
            .where(first.c.seq < kept)
        )
        counted += sum(sees(_scope(row.scope)) for row in connection.execute(found))
    return counted


def _commands_before(connection: Connection, ids: list[str], begins_at: int, sees: Sees) -> int:
    counted = 0
    command = tables.commands.c
    for some in _parts(ids):
        found = select(command.scope).where(command.id.in_(some) & (command.issued_at < begins_at))
        counted += sum(sees(_scope(row.scope)) for row in connection.execute(found))
    return counted


def _parts(ids: list[str]) -> Iterator[list[str]]:
    for place in range(0, len(ids), IDS_AT_ONCE):
        yield ids[place : place + IDS_AT_ONCE]


def _scope(kept: str) -> tuple[str, ...]:
    return tuple(json.loads(kept))
