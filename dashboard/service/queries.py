"""What screens read: the queue, one matter with its history, the snapshot."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from dashboard.domain.address import mask_address, mask_doors
from dashboard.domain.command import OPEN_STATES, Decision, Receipt
from dashboard.domain.deadline import Deadline
from dashboard.domain.masking import mask_all, mask_name, mask_phone, mask_text
from dashboard.domain.matter import Matter
from dashboard.domain.policy import Policies
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refusal, Refused
from dashboard.domain.rights import may, no_right
from dashboard.service.act import Act
from dashboard.service.asks import open_asks
from dashboard.service.districts.reading import readable_matter
from dashboard.service.receiver_view import (
    shown_command,
    shown_lines,
    shown_matter,
    shows_clock,
    standing_of,
)
from dashboard.service.rows import Row, command_row, matter_row
from dashboard.service.services import Services
from dashboard.store import citizens, event_log, tables
from dashboard.store.records import COMMANDS, DECISIONS, MATTERS, RECEIPTS
from dashboard.store.seal import Unsealable

logger = logging.getLogger(__name__)

LOG_LINES = 200


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One consistent read: every open matter, command and ask, the newest log lines, and the place in the log."""

    epoch: str
    seq: int
    matters: list[Row]
    commands: list[Row]
    log: list[Row]
    asks: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MatterDetail:
    """All the asker may see of a matter: its row, the masked citizen, history, commands, decisions, clocks, steps.

    A unit or a worker is shown what is its own (`dashboard.service.receiver_view`); who only has an order on the matter
    gets the headline as `row`, no `fields` and no `steps`, and the citizen while it has a part in the order.
    `read_only`: another county proposes it; it can be read here and nothing can be done to it.
    """

    row: Row
    citizen: Row | None
    fields: Row
    timeline: list[Row]
    commands: list[Row]
    decisions: list[Row]
    clocks: list[Row]
    steps: list[str]
    read_only: bool = False


def snapshot(services: Services) -> Snapshot:
    """Return everything a screen starts from, as of one instant; the web process filters by scope."""
    with services.store.read() as connection:
        epoch = connection.execute(
            select(tables.meta.c.value).where(tables.meta.c.key == "epoch")
        ).scalar_one()
        seq = event_log.last_seq(connection)
        is_open = tables.matters.c.closed_at.is_(None)
        matters = [
            matter_row(MATTERS.value(row), services.pack)
            for row in connection.execute(MATTERS.select().where(is_open))
        ]
        commands = command_rows(connection)
        lines = [one.line() for one in event_log.newest(connection, LOG_LINES)]
        asks = open_asks(services, connection)
    return Snapshot(str(epoch), seq, matters, commands, lines, asks)


def queue(services: Services, actor: Principal, now: int) -> list[Row]:
    """Return the open matters the actor may see, the nearest end first."""
    if not may(actor, "see"):
        return []
    with services.store.read() as connection:
        statement = (
            MATTERS.select().where(tables.matters.c.closed_at.is_(None)).order_by(tables.matters.c.due_at)
        )
        act = Act(services, connection, actor, now)
        found = [MATTERS.value(row) for row in connection.execute(statement)]
        if actor.own_receiver is not None:
            act.work.commands_of([one.id for one in found])
        visible = [one for one in found if act.is_visible(one)]
        return [shown_matter(act, one) for one in visible]


def matter_detail(services: Services, actor: Principal, matter_id: str, now: int) -> MatterDetail | Refused:
    """Return all the actor may see of a matter, the citizen masked. Refused: no_right, no_such_matter."""
    refused = no_right(actor, "see")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        act = Act(services, connection, actor, now)
        try:
            matter, read_only = readable_matter(act, matter_id)
        except Refusal as refusal:
            return refusal.refused
        standing = standing_of(act, matter)
        handles = standing is None or standing.handles
        commands = [
            one for one in act.work.commands_of([matter.id]) if standing is None or one.id in standing.orders
        ]
        history = [one.as_dict() | {"rows": None} for one in event_log.of_matter(connection, matter.id)]
        timeline = shown_lines(act, standing, history)
        names = _actor_names(connection, {one["actor"] for one in timeline})
        sees_citizen = standing is None or standing.takes_part
        citizen = _citizen(services, connection, matter.id) if sees_citizen else None
        policies = services.steps_of(matter.policy_version)
        hidden = citizen is not None and citizen.secret and actor.own_receiver is not None
        return MatterDetail(
            row=shown_matter(act, matter),
            citizen=None if citizen is None else _masked(citizen, hidden),
            fields=_fields(matter) if handles else {},
            timeline=[_line(one, names) for one in timeline],
            commands=[shown_command(act, one) for one in sorted(commands, key=lambda one: -one.issued_at)],
            decisions=[_decision(one) for command in commands for one in act.work.decisions_of(command.id)],
            clocks=[
                _clock(one, policies)
                for one in sorted(act.work.clocks_of(matter.id), key=lambda one: one.due_at)
                if standing is None or shows_clock(standing, one)
            ],
            steps=[
                one.target
                for one in matter.machine.exits(matter.stage)
                if actor.role in one.who and handles and not read_only
            ],
            read_only=read_only,
        )


def command_rows(connection: Connection) -> list[Row]:
    """Return the rows of commands that are open or belong to an open matter; the rest is history."""
    command, matter = tables.commands.c, tables.matters.c
    of_open_matters = select(matter.id).where(matter.closed_at.is_(None))
    shown = command.state.in_(OPEN_STATES) | command.matter_id.in_(of_open_matters)
    ids = select(command.id).where(shown)
    receipts: dict[str, list[Receipt]] = {}
    for row in connection.execute(
        RECEIPTS.select()
        .where(tables.receipts.c.command_id.in_(ids))
        .order_by(tables.receipts.c.command_id, tables.receipts.c.position)
    ):
        receipts.setdefault(row.command_id, []).append(RECEIPTS.value(row))
    decisions: dict[str, list[Decision]] = {}
    for row in connection.execute(DECISIONS.select().where(tables.decisions.c.command_id.in_(ids))):
        decisions.setdefault(row.command_id, []).append(DECISIONS.value(row))
    return [
        command_row(one, receipts.get(one.id, []), decisions.get(one.id, []))
        for one in map(COMMANDS.value, connection.execute(COMMANDS.select().where(shown)))
    ]


def _citizen(services: Services, connection: Connection, matter_id: str) -> citizens.Citizen | None:
    """Open a citizen's data; a matter must stay workable when another secret sealed them."""
    if services.secret is None:
        return None
    try:
        return citizens.find(connection, services.seal, matter_id)
    except Unsealable:
        logger.critical(
            "the citizen's data of %s do not open: is this the installation's secret file?", matter_id
        )
        return None


def _masked(citizen: citizens.Citizen, hidden: bool) -> Row:
    name = "" if hidden else mask_name(citizen.name)
    address = mask_text(mask_address(citizen.address))
    words = citizen.words.replace(citizen.address, address) if citizen.address else citizen.words
    words = mask_text(mask_doors(words))
    if citizen.name:
        words = words.replace(citizen.name, name or "**")  # people say who they are: "我叫李小明"
    if hidden and citizen.phone:
        words = words.replace(mask_phone(citizen.phone), "**")
    return {
        "name": name,
        "phone": "" if hidden else mask_phone(citizen.phone),
        "address": "" if hidden else address,
        "words": words,
        "secret": citizen.secret,
    }


def _fields(matter: Matter) -> Row:
    return {
        "external_id": matter.external_id,
        "source": matter.source,
        "channel": matter.channel,
        "origin_number": matter.origin_number,
        "superior_source": matter.superior_source,
        "request_type": matter.request_type,
        "grid_level": matter.grid_level,
        "returned": matter.returned,
        "signed_at": matter.signed_at,
        "replied_at": matter.replied_at,
        "closed_at": matter.closed_at,
        "final_due_at": matter.final_due_at,
        "missed_due_at": matter.missed_due_at,
        "policy_version": matter.policy_version,
        "resolved": matter.resolved,
        "satisfied": matter.satisfied,
        "result": mask_all(matter.result),
    }


def _line(entry: Row, names: dict[str, str]) -> Row:
    shown = {name: entry[name] for name in ("seq", "at", "kind", "params", "command_id", "tone")}
    return shown | {"by": names.get(entry["actor"], "")}


def _actor_names(connection: Connection, ids: set[str]) -> dict[str, str]:
    column = tables.accounts.c
    rows = connection.execute(select(column.id, column.display_name).where(column.id.in_(ids)))
    return {row[0]: mask_name(row[1]) for row in rows}


def _decision(one: Decision) -> Row:
    words = {name: getattr(one, name) for name in ("question", "decision", "owner", "reviewer")}
    masked: Row = mask_all(words)
    return masked | {
        "command_id": one.command_id,
        "item": one.item,
        "due_at": one.due_at,
        "decided_at": one.decided_at,
        "owner_unit": one.owner_unit,
        "completed_at": one.completed_at,
        "completed_by": mask_name(one.completed_by or ""),
    }


def _clock(one: Deadline, policies: Policies) -> Row:
    steps = policies.steps(one.applies_to, one.stage, one.urgency)
    step = next((step for step in steps if step.policy_id == one.policy_id), steps[-1])
    return {
        "id": one.id,
        "due_for": one.purpose,
        "due_at": one.objective_at,
        "limit_ms": one.limit_ms,
        "command_id": one.command_id,
        "receiver_id": one.receiver_id,
        "level": one.level,
        "must_act": one.must_act,
        "next_at": one.due_at,
        "next_step": step.name,
        "next_step_en": step.name_en,
        "phase": one.phase,
        "extended_ms": one.extended_ms,
    }
