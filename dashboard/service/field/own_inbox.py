"""What waits for one unit or one grid worker: its matters and its orders by clock, each with what can be done next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from dashboard.domain.command import OPEN_STATES, Command, Decision, Receipt
from dashboard.domain.guards import MOST_RETURNS
from dashboard.domain.matter import Matter
from dashboard.domain.own_steps import NextStep, answers_ahead, clock_of, is_for_the_unit, next_answers
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import may
from dashboard.domain.whistle import may_leave
from dashboard.service.act import Act
from dashboard.service.commands.register import register_rows
from dashboard.service.field.event_report import HELP_SOURCE
from dashboard.service.machines.reading import matter_loop
from dashboard.service.queries import matter_detail
from dashboard.service.receiver_view import HEADLINE, companions, own_receipt, standing_of
from dashboard.service.rows import Row, command_row, matter_row
from dashboard.service.services import Services
from dashboard.service.telling.reading import is_told
from dashboard.store import event_log, loop_rows, tables
from dashboard.store.records import MATTERS

# An order that ended is still shown for a shift, so that whoever comes back sees that it was recalled or finished.
ENDED_SHOWN_MS = 8 * 3_600_000
MOST_ENDED = 100
# Steps that have an act of their own and are no business of a receiver.
_NOT_OFFERED = frozenset({"dispatch", "raise_whistle", "whistle_ended"})
# Stages in which the receiver waits for somebody else.
WAITING_STAGES = frozenset(
    {"RETURN_REQUESTED", "EXTENSION_APPLIED", "REPLIED", "RETURNED", "DISPOSED", "CHECKING"}
)
_FOREVER = 2**62


@dataclass(frozen=True, slots=True)
class OwnInbox:
    """What waits for one receiver.

    `seq` is the place in the log to ask from next. A matter is its screen row with `next`, `waiting` (somebody else
    has the next step), `to_answer` (how much wants a written answer) and `is_help` (the worker's own call for help). A
    command is {"id", "no", "kind", "title", "objective", "place", "lon", "lat", "issued_at", "issued_by", "state",
    "decider", "consultation_at", "due_at" (this receiver's, None once nothing is asked), "limit_ms", "mine": receiver
    row with its own words whole, "others": who else is called and how far, "agenda": decisions, "matter": its headline,
    "next", "ahead": what `next` would be after each later answer, "leave": None or the refusal of a leave now}. `next`
    is a list of {"act", "to", "required", "optional"}. `of` are the matters that this is about, None for all: whatever
    was there of one of them before is replaced by what is here now, if anything. `told`: something was told to the
    receiver that no page has shown yet. `duty`: how the fleet sees a worker, {"state", "fix_at"}; the web process adds
    it, None for a unit.
    """

    seq: int
    receiver: str = ""
    matters: list[Row] = field(default_factory=list)
    commands: list[Row] = field(default_factory=list)
    of: list[str] | None = None
    told: bool = False
    duty: Row | None = None


def own_inbox(
    services: Services, actor: Principal, now: int, only: Collection[str] | None = None
) -> OwnInbox:
    """Return what waits for the actor's unit or for the actor, the nearest end first; empty for any other role.

    `only` leaves out everything that is on none of these matters: a page that has the rest asks for what changed.
    """
    own = actor.own_receiver
    with services.store.read() as connection:
        seq = event_log.last_seq(connection)
        of = None if only is None else sorted(only)
        if not own or not may(actor, "see"):
            return OwnInbox(seq, of=of)
        act = Act(services, connection, actor, now)
        matters = [_matter(one, act) for one in _own_matters(connection, actor, own, only)]
        commands = _own_commands(act, own, now, only)
        told = is_told(connection, actor, now)
    return OwnInbox(
        seq,
        own,
        sorted(matters, key=lambda row: (row["waiting"], row["due_at"] or _FOREVER, row["id"])),
        sorted(commands, key=lambda row: (not row["next"], row["due_at"] or _FOREVER, row["id"])),
        of,
        told,
    )


def own_matter(services: Services, actor: Principal, matter_id: str, now: int) -> Row | Refused:
    """Return one matter as its receiver may see it: facts, masked citizen, history, its own orders, what can be done.

    What of it that is: `dashboard.service.receiver_view`.

    Refused: no_right, no_such_matter.
    """
    detail = matter_detail(services, actor, matter_id, now)
    if isinstance(detail, Refused):
        return detail
    own = actor.own_receiver or ""
    with services.store.read() as connection:
        act = Act(services, connection, actor, now)
        matter = act.work.matter(matter_id)
        assert matter is not None
        act.work.commands_of([matter_id])
        commands = [row for one in act.work.commands if (row := _command(act, one, own, matter)) is not None]
        # The unit's own people, whom it named itself: their names stand in full.
        for row in commands:
            row["register"] = register_rows(connection, [row["id"]], own, masked=False)
        standing = standing_of(act, matter)
        is_handled_here = standing is not None and standing.handles
        shown_row = _matter(matter, act) if is_handled_here else detail.row | {"next": [], "waiting": False}
    return {
        "matter": shown_row,
        "is_handled_here": is_handled_here,
        "citizen": detail.citizen,
        "fields": detail.fields,
        **(_loop(services, actor, matter, now) if is_handled_here else _NO_LOOP),
        "timeline": detail.timeline,
        "commands": sorted(commands, key=lambda row: -row["issued_at"]),
    }


def _own_matters(
    connection: Connection, actor: Principal, own: str, only: Collection[str] | None
) -> list[Matter]:
    column = tables.matters.c
    mine = column.worker == own if actor.role == "grid_worker" else column.unit == own
    statement = MATTERS.select().where(column.closed_at.is_(None) & mine)
    if only is not None:
        statement = statement.where(column.id.in_(only))
    return [MATTERS.value(row) for row in connection.execute(statement)]


def _own_commands(act: Act, own: str, now: int, only: Collection[str] | None) -> list[Row]:
    receipt, command = tables.receipts.c, tables.commands.c
    is_shown = command.state.in_(OPEN_STATES) | (command.state_at > now - ENDED_SHOWN_MS)
    statement = (
        select(command.matter_id)
        .join_from(tables.receipts, tables.commands, receipt.command_id == command.id)
        .where((receipt.receiver_id == own) & is_shown)
        .order_by(command.issued_at.desc())
    )
    if only is not None:
        statement = statement.where(command.matter_id.in_(only))
    matter_ids = list(dict.fromkeys(act.connection.execute(statement).scalars()))
    act.work.load_matters(matter_ids)
    found: list[Row] = []
    ended = 0
    for one in sorted(act.work.commands_of(matter_ids), key=lambda one: -one.issued_at):
        if not one.is_open and (one.state_at <= now - ENDED_SHOWN_MS or ended >= MOST_ENDED):
            continue
        matter = act.work.matter(one.matter_id)
        row = None if matter is None else _command(act, one, own, matter)
        if row is not None:
            ended += not one.is_open
            found.append(row)
    return found


def _matter(matter: Matter, act: Act) -> Row:
    role = act.actor.role
    is_units = is_for_the_unit(role, matter.stage, matter.unit)
    waiting = is_units or matter.stage in WAITING_STAGES
    steps = (
        []
        if is_units
        else [
            NextStep(one.act, one.target, one.required, one.optional)
            for one in matter.machine.exits(matter.stage)
            if role in one.who and one.act not in _NOT_OFFERED
        ]
    )
    row = matter_row(matter, act.pack)
    return row | {
        "next": _plain(steps),
        "waiting": waiting and not steps,
        "final_due_at": matter.final_due_at,
        "to_answer": _unanswered(matter, act),
        "is_help": matter.source == HELP_SOURCE,
    }


def _unanswered(matter: Matter, act: Act) -> int:
    """How many reminders and supervision orders of a matter want the unit's written answer."""
    if matter.supervised_at is None:
        return 0
    return len(loop_rows.open_supervisions(act.connection, matter.id))


def _command(act: Act, command: Command, own: str, matter: Matter) -> Row | None:
    receipts = act.work.receipts_of(command.id)
    mine = next((one for one in receipts if one.receiver_id == own), None)
    if mine is None:
        return None
    decisions = act.work.decisions_of(command.id)
    screen = command_row(command, (), ())
    kept = (
        "id", "no", "kind", "matter_id", "title", "place", "lon", "lat", "issued_at", "issued_by", "issued_role",
        "in_charge", "state", "state_at",
        "consultation_at", "version",
    )  # fmt: skip
    brief = matter_row(matter, act.pack)
    return {name: screen[name] for name in kept} | {
        "objective": mine.objective or command.objective,
        "decider": command.decider,
        "due_at": clock_of(command, mine),
        "limit_ms": max(mine.due_at - (mine.added_at or command.issued_at), 0),
        "mine": own_receipt(mine) | _mine(mine),
        "others": companions(receipts, (own,)),
        "agenda": [_decision(one, own) for one in decisions],
        "register": [],
        "matter": {name: brief[name] for name in HEADLINE} | {"is_open": matter.is_open},
        "next": _plain(next_answers(command, mine, decisions)),
        "ahead": {stage: _plain(steps) for stage, steps in answers_ahead(command, mine, decisions).items()},
        "leave": _leave(command, mine, decisions),
    }


_NO_LOOP: Row = {"returning": None, "refused": {}, "supervisions": [], "cards": []}


def _loop(services: Services, actor: Principal, matter: Matter, now: int) -> Row:
    """What stands against each step now, until when a return is possible, cards, and what wants a written answer."""
    loop = matter_loop(services, actor, matter.id, now)
    assert not isinstance(loop, Refused)
    may_return = loop.return_until_at is not None and any(one.act == "return" for one in loop.steps)
    returning = {"until_at": loop.return_until_at, "returned": loop.returned, "most": MOST_RETURNS}
    return {
        "returning": returning if may_return else None,
        "refused": {
            one.to: {"code": one.refused.code, "params": dict(one.refused.params)}
            for one in loop.steps
            if one.refused is not None
        },
        "supervisions": [one for one in loop.supervisions if one["answered_at"] is None],
        "cards": loop.cards,
    }


def _mine(receipt: Receipt) -> Row:
    return {
        "arrival_proof": receipt.arrival_proof,
        "arrival_by": receipt.arrival_by,
        "arrival_m": receipt.arrival_m,
    }


def _decision(one: Decision, own: str) -> Row:
    return {
        "item": one.item,
        "question": one.question,
        "decision": one.decision,
        "owner": one.owner,
        "is_mine": one.owner_unit == own,
        "due_at": one.due_at,
        "decided_at": one.decided_at,
        "completed_at": one.completed_at,
    }


def _leave(command: Command, receipt: Receipt, decisions: list[Decision]) -> Row | None:
    """Why the receiver may not leave a whistle now, so that the page can say it before anybody asks."""
    if command.kind != "whistle" or not command.is_open or not receipt.has_reached("arrived"):
        return None
    refused = may_leave(command, receipt, decisions)
    return None if refused is None else {"code": refused.code, "params": dict(refused.params)}


def _plain(steps: list[NextStep] | tuple[NextStep, ...]) -> list[dict[str, Any]]:
    return [
        {"act": one.act, "to": one.to, "required": list(one.required), "optional": list(one.optional)}
        for one in steps
    ]
