"""What must hold of the store once everything has been killed often enough, whatever was killed and when."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

import redis
from sqlalchemy import Connection, select

from dashboard.store import audit, event_log, tables
from dashboard.store.event_log import Entry
from tests.crash.people import KEY_PREFIX, Acknowledged
from tests.crash.same import none_of, same

MINUTE_MS = 60_000
WHISTLE_STEPS = {
    "whistle-answer": 3 * MINUTE_MS, "whistle-amber": 20 * MINUTE_MS, "whistle-late": 30 * MINUTE_MS,
    "whistle-commander": 40 * MINUTE_MS,
}  # fmt: skip
"""Step -> how long after the whistle it is due."""
# A step that was due so shortly before its whistle was decided may have been overtaken by the decision: workers that
# are started again take their time, and a minute of the accelerated clock is a second or less.
OVERTAKEN_MS = 30 * MINUTE_MS
FIRED_KINDS = ("EscalationFired", "EscalationRepeated")
STREAM_KEPT = 20_000


def nothing_acknowledged_is_lost(
    connection: Connection, acknowledged: Iterable[Acknowledged]
) -> dict[str, int]:
    """Every act that somebody was told is done is in the store under its key, once, with the number that was told.

    And the other way round: no act happened that nobody was told of, since everybody insisted on an answer.
    """
    column = tables.idempotency.c
    kept = {
        row.key: row.seq
        for row in connection.execute(select(column.key, column.seq).where(column.key.like(f"{KEY_PREFIX}%")))
    }
    told = {act.key: act.seq for act in acknowledged}
    same("acts by their keys", kept, told)
    commands = {row.id for row in connection.execute(select(tables.commands.c.id))}
    sent = [act.value["id"] for act in acknowledged if act.kind in ("dispatch", "whistle")]
    same("orders", list(commands), sent)
    return Counter(act.kind for act in acknowledged)


def receipts_are_kept(connection: Connection, acknowledged: Iterable[Acknowledged]) -> None:
    """Every receipt that a receiver was told of stands in its row."""
    rows = {
        (row.command_id, row.receiver_id): row._mapping for row in connection.execute(select(tables.receipts))
    }
    for entry in _entries_at(
        connection, [one.seq for one in acknowledged if one.kind in ("receipt", "batch")]
    ):
        if entry.kind != "ReceiptRecorded" or entry.command_id is None:
            continue
        row = rows[(entry.command_id, entry.params["receiver_id"])]
        assert row[f"{entry.params['stage']}_at"] is not None, (entry.seq, entry.params)


def each_step_fired_once(connection: Connection, entries: list[Entry], now: int) -> int:
    """Escalations in the log and fired clocks in the store are the same, one to one; and no clock that is due waits.

    So none is missing, none is there twice, and nothing that is open went quiet. Returns how many fired.
    """
    column = tables.deadlines.c
    fired = Counter(
        (
            row.matter_id,
            row.command_id,
            row.receiver_id or "",
            row.policy_id,
            row.phase,
            row.repeat_no,
            row.due_at,
        )
        for row in connection.execute(select(tables.deadlines).where(column.state == "fired"))
    )
    named = ("receiver_id", "policy_id", "phase", "repeat_no", "due_at")
    told = Counter(
        (one.matter_id, one.command_id, *(one.params[name] for name in named))
        for one in entries
        if one.kind in FIRED_KINDS
    )
    same("escalations in the log, against clocks that fired", told, fired)
    chains = Counter(
        row.chain for row in connection.execute(select(column.chain).where(column.state == "armed"))
    )
    none_of("chains with two armed clocks", [chain for chain, times in chains.items() if times > 1])
    waiting = connection.execute(
        select(column.id).where((column.state == "armed") & (column.due_at <= now))
    ).all()
    none_of("clocks that are due and did not fire", [row.id for row in waiting])
    with_clock = set(connection.execute(select(column.matter_id).where(column.state == "armed")).scalars())
    open_matters = connection.execute(select(tables.matters.c.id).where(tables.matters.c.closed_at.is_(None)))
    none_of("open matters without a clock", set(open_matters.scalars()) - with_clock)
    return sum(told.values())


def silent_units_went_all_the_way(
    connection: Connection, entries: list[Entry], silent: frozenset[str], now: int
) -> int:
    """A unit that never answered a whistle went through the steps of its chain once each, and none before its time.

    Returns how many went through all of them.
    """
    command = tables.commands.c
    joined = select(tables.receipts, command.issued_at, command.state, command.state_at).join_from(
        tables.receipts, tables.commands, tables.receipts.c.command_id == command.id
    )
    seen = Counter(
        (one.command_id, one.params["receiver_id"], one.params["policy_id"])
        for one in entries
        if one.kind == "EscalationFired" and one.params["policy_id"] in WHISTLE_STEPS
    )
    none_of("steps of a whistle that fired twice", [key for key, times in seen.items() if times > 1])
    all_the_way = 0
    for row in connection.execute(joined.where(command.kind == "whistle")):
        if row.receiver_id not in silent:
            continue
        ended_at = now if row.state == "running" else min(row.state_at, now)
        for step, after_ms in WHISTLE_STEPS.items():
            fired = seen[(row.command_id, row.receiver_id, step)]
            assert fired or row.issued_at + after_ms > ended_at - OVERTAKEN_MS, (row.command_id, step)
        all_the_way += all(seen[(row.command_id, row.receiver_id, step)] for step in WHISTLE_STEPS)
    early = [
        one for one in entries if one.kind in FIRED_KINDS and one.params["fired_at"] < one.params["due_at"]
    ]
    none_of("steps that fired early", [(one.seq, one.params) for one in early])
    return all_the_way


def tellings_follow_their_step(connection: Connection, now: int) -> Counter[str]:
    """Every telling belongs to a clock that fired or to a consultation, none is there twice, none that is due waits.

    What consultations tell is held against their messages in `tests.crash.room_truth`.
    """
    column = tables.tellings.c
    rows = connection.execute(
        select(tables.tellings, tables.deadlines.c.state.label("clock")).join_from(
            tables.tellings, tables.deadlines, column.origin_id == tables.deadlines.c.id, isouter=True
        )
    ).all()
    without = [row.id for row in rows if row.origin == "clock" and row.clock != "fired"]
    none_of("tellings of clocks that never fired", without)
    none_of("tellings of nothing", [row.id for row in rows if row.origin not in ("clock", "room")])
    none_of("a room's with a clock", [row.id for row in rows if row.origin == "room" and row.clock])
    once = Counter((row.origin_id, row.role, row.means, row.recipient_kind, row.recipient) for row in rows)
    none_of("told twice", [key for key, times in once.items() if times > 1])
    none_of("tellings that nobody took up for ten minutes", forgotten_tellings(connection, now))
    return Counter(f"{row.origin} {row.means}:{row.state}" for row in rows)


def forgotten_tellings(connection: Connection, now: int) -> list[str]:
    """The tellings that somebody should have taken up ten minutes ago."""
    column = tables.tellings.c
    return list(connection.execute(select(column.id).where(column.next_at < now - 10 * MINUTE_MS)).scalars())


def log_is_whole(connection: Connection) -> list[Entry]:
    """The sequence has no gap and the audit chain no break; returns the log."""
    broken = audit.first_break(connection)
    assert broken is None, f"the audit chain breaks at {broken}"
    entries: list[Entry] = []
    while page := event_log.read_after(connection, entries[-1].seq if entries else 0, 5_000):
        entries += page
    same("numbers of the log", [entry.seq for entry in entries], range(1, len(entries) + 1))
    return entries


def published_as_written(redis_url: str, entries: list[Entry]) -> None:
    """The stream on Redis holds the newest entries of the log, each once, in its order.

    `entries` is the log as the last relay found it.
    """
    with redis.Redis.from_url(redis_url) as client:
        rows = client.xrange("zs:log")
    kept = {place.decode(): json.loads(fields[b"b"]) for place, fields in rows}
    wanted = [f"{entry.seq}-0" for entry in entries[-max(len(kept), min(len(entries), STREAM_KEPT)) :]]
    missing = [place for place in wanted if place not in kept]
    assert list(kept) == wanted, f"{len(missing)} of {len(wanted)} not on the stream: {missing[:20]}"
    said = [(body["seq"], body["kind"]) for body in kept.values()]
    assert said == [(entry.seq, entry.kind) for entry in entries[-len(kept) :]]


def _entries_at(connection: Connection, seqs: list[int]) -> list[Entry]:
    wanted = set(seqs)
    return [one for one in log_is_whole(connection) if one.seq in wanted]
