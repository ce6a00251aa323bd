"""What screens read: the queue, one matter with its history, the snapshot, an inbox, a recommendation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from dashboard.domain import recommendation as rules
from dashboard.domain.command import Decision
from dashboard.domain.deadline import Deadline
from dashboard.domain.masking import mask_name, mask_phone, mask_text
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.recommendation import KnownUnit, KnownWorker, Recommendation, WorkerFix
from dashboard.domain.refusal import Outcome, Refusal, Refused
from dashboard.domain.rights import may, no_right
from dashboard.service.act import Act, is_inside, perform
from dashboard.service.commanding import required_text
from dashboard.service.requests import RevealCitizen
from dashboard.service.roster import workers_where
from dashboard.service.rows import Row, command_row, matter_row
from dashboard.service.services import Services
from dashboard.store import citizens, event_log, tables, tokens
from dashboard.store.records import COMMANDS, DECISIONS, MATTERS, RECEIPTS

LOG_LINES = 200
NEAREST_WORKERS = 60


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One consistent read: every open matter and command row, the newest log lines, and the place in the log."""

    epoch: str
    seq: int
    matters: list[Row]
    commands: list[Row]
    log: list[Row]


@dataclass(frozen=True, slots=True)
class MatterDetail:
    """All an officer may see of a matter: its row, the masked citizen, history, commands, decisions, clocks, steps."""

    row: Row
    citizen: Row | None
    fields: Row
    timeline: list[Row]
    commands: list[Row]
    decisions: list[Row]
    clocks: list[Row]
    steps: list[str]


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Commands for a gateway: {"seq", "receivers": [ids], "command": row, "agenda": [questions]} each, and the place in
    the log to ask from next."""

    seq: int
    commands: list[Row]


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
            for row in connection.execute(select(tables.matters).where(is_open))
        ]
        commands = _command_rows(connection, {one["id"] for one in matters})
        lines = [one.line() for one in event_log.newest(connection, LOG_LINES)]
    return Snapshot(str(epoch), seq, matters, commands, lines)


def queue(services: Services, actor: Principal, now: int) -> list[Row]:
    """Return the open matters the actor may see, the nearest end first."""
    if not may(actor, "see"):
        return []
    with services.store.read() as connection:
        statement = (
            select(tables.matters)
            .where(tables.matters.c.closed_at.is_(None))
            .order_by(tables.matters.c.due_at)
        )
        act = Act(services, connection, actor, now)
        found = [MATTERS.value(row) for row in connection.execute(statement)]
        if actor.role == "unit_liaison":
            act.work.commands_of([one.id for one in found if one.unit != actor.unit])
        visible = [one for one in found if act.is_visible(one)]
    return [matter_row(one, services.pack) for one in visible]


def matter_detail(services: Services, actor: Principal, matter_id: str, now: int) -> MatterDetail | Refused:
    """Return all the actor may see of a matter, the citizen masked. Refused: no_right, no_such_matter."""
    refused = no_right(actor, "see")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        act = Act(services, connection, actor, now)
        try:
            matter = act.matter(matter_id)
        except Refusal as refusal:
            return refusal.refused
        commands = act.work.commands_of([matter.id])
        timeline = [one.as_dict() | {"rows": None} for one in event_log.of_matter(connection, matter.id)]
        names = _actor_names(connection, {one["actor"] for one in timeline})
        citizen = citizens.find(connection, services.seal, matter.id) if services.secret is not None else None
        hidden = citizen is not None and citizen.secret and actor.role == "unit_liaison"
        return MatterDetail(
            row=matter_row(matter, services.pack),
            citizen=None if citizen is None else _masked(citizen, hidden),
            fields=_fields(matter),
            timeline=[_line(one, names) for one in timeline],
            commands=[act.command_row(one) for one in sorted(commands, key=lambda one: -one.issued_at)],
            decisions=[_decision(one) for command in commands for one in act.work.decisions_of(command.id)],
            clocks=[
                _clock(one, services)
                for one in sorted(act.work.clocks_of(matter.id), key=lambda one: one.due_at)
            ],
            steps=[one.target for one in matter.machine.exits(matter.stage) if actor.role in one.who],
        )


def reveal_citizen(
    services: Services, actor: Principal, request: RevealCitizen, now: int, idempotency_key: str
) -> Outcome:
    """Show a citizen's whole data for a stated reason; `Done.value` is {"name", "phone", "words"}.

    Written to the audit log and to the matter's history; never stored with the idempotency key. Refused:
    reason_missing, no_citizen, citizen_secret (the handling unit of an order with secrecy).
    """
    seen: dict[str, str] = {}

    def decide(act: Act) -> Row:
        matter = act.matter(request.matter_id)
        required_text(request.reason, "reason_missing")
        citizen = citizens.find(act.connection, services.seal, matter.id)
        if citizen is None:
            raise Refusal("no_citizen", no=matter.no)
        if citizen.secret and actor.role == "unit_liaison":
            raise Refusal("citizen_secret", no=matter.no)
        seen.update(name=citizen.name, phone=citizen.phone, words=citizen.words)
        act.tell(
            "CitizenRevealed", matter=matter.id, no=matter.no, by=mask_name(actor.name), reason=request.reason
        )
        return {}

    outcome = perform(
        services,
        actor,
        "reveal_citizen",
        f"matter:{request.matter_id}",
        now,
        idempotency_key,
        request,
        decide,
    )
    if isinstance(outcome, Refused):
        return outcome
    if not seen:
        return Refused("key_reused")
    return type(outcome)(seen, outcome.seq)


def recommend(
    services: Services, actor: Principal, matter_id: str, workers: Sequence[WorkerFix], now: int
) -> Recommendation | Refused:
    """Rank units and workers for a matter. `workers` are fixes around it (any number; off-duty ones too, so that
    they can be named as left out). Refused: no_right, no_such_matter."""
    refused = no_right(actor, "recommend")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        act = Act(services, connection, actor, now)
        try:
            matter = act.matter(matter_id)
        except Refusal as refusal:
            return refusal.refused
        place = None if matter.lon is None or matter.lat is None else (matter.lon, matter.lat)
        nearest = sorted(
            workers, key=lambda one: rules.distance_m((one.lon, one.lat), place) if place else one.slot
        )
        fixes = {one.slot: one for one in nearest[:NEAREST_WORKERS]}
        known = [
            KnownWorker(one.worker_id, mask_name(one.name), one.grid, one.skills, fixes[one.slot])
            for one in workers_where(connection, fixes)
            if act.in_jurisdiction((one.grid,))
        ]
        units = services.pack.units.for_category(matter.category, matter.region, matter.township)
        inside = [one for one in units if act.in_jurisdiction((one.region,))]
        loads = _unit_loads(connection, [one.id for one in inside])
        known_units = [
            KnownUnit(one.id, one.short, one.code, one.region, one.lon, one.lat, *loads[one.id])
            for one in inside
        ]
    return rules.recommend(
        place, matter.grid, matter.category, known_units, known, services.pack.divisions, now
    )


def inbox(services: Services, actor: Principal, after_seq: int, now: int = 0, limit: int = 200) -> InboxPage:
    """Return what was addressed to the gateway's receivers after a place in the log, oldest first.

    The command's row is as it stands now, so a receiver that was away sees the end of a recalled order, not its start.
    Ask again with the page's `seq`. A role without an inbox gets an empty page.
    """
    if not may(actor, "inbox"):
        return InboxPage(after_seq, [])
    column = tables.inbox.c
    with services.store.read() as connection:
        carried = tokens.receivers_of(connection, actor.id)
        statement = select(tables.inbox).where(column.seq > after_seq).order_by(column.seq).limit(limit)
        if carried:
            statement = statement.where(column.receiver_id.in_(carried))
        entries: dict[tuple[int, str], list[str]] = {}
        rows = connection.execute(statement).all()
        if len(rows) == limit and rows[0].seq != rows[-1].seq:
            rows = [row for row in rows if row.seq != rows[-1].seq]  # the last place may be cut in two
        for row in rows:
            entries.setdefault((row.seq, row.command_id), []).append(row.receiver_id)
        act = Act(services, connection, actor, now)
        found: list[Row] = []
        for (seq, command_id), receivers in entries.items():
            command = act.work.command(command_id)
            if command is None or not is_inside(services.pack.divisions, command.scope, actor.jurisdiction):
                continue
            agenda = [one.question for one in act.work.decisions_of(command_id)]
            found.append(
                {"seq": seq, "receivers": receivers, "command": act.command_row(command), "agenda": agenda}
            )
        return InboxPage(rows[-1].seq if rows else after_seq, found)


def _command_rows(connection: Any, open_matters: set[str]) -> list[Row]:
    commands = [COMMANDS.value(row) for row in connection.execute(select(tables.commands))]
    shown = [one for one in commands if one.is_open or one.matter_id in open_matters]
    receipts: dict[str, list[Any]] = {one.id: [] for one in shown}
    decisions: dict[str, list[Any]] = {one.id: [] for one in shown}
    for row in connection.execute(select(tables.receipts).order_by(tables.receipts.c.position)):
        if row.command_id in receipts:
            receipts[row.command_id].append(RECEIPTS.value(row))
    for row in connection.execute(select(tables.decisions).order_by(tables.decisions.c.item)):
        if row.command_id in decisions:
            decisions[row.command_id].append(DECISIONS.value(row))
    return [command_row(one, receipts[one.id], decisions[one.id]) for one in shown]


def _unit_loads(connection: Any, units: list[str]) -> dict[str, tuple[int, int]]:
    matters = tables.matters.c
    open_matters = dict(
        connection.execute(
            select(matters.unit, func.count())
            .where(matters.closed_at.is_(None) & matters.unit.in_(units))
            .group_by(matters.unit)
        ).all()
    )
    receipts, commands = tables.receipts.c, tables.commands.c
    whistles = dict(
        connection.execute(
            select(receipts.receiver_id, func.count())
            .join_from(tables.receipts, tables.commands, receipts.command_id == commands.id)
            .where(
                (commands.kind == "whistle")
                & commands.state.in_(("running", "conferring"))
                & receipts.receiver_id.in_(units)
                & receipts.left_at.is_(None)
            )
            .group_by(receipts.receiver_id)
        ).all()
    )
    return {unit: (open_matters.get(unit, 0), whistles.get(unit, 0)) for unit in units}


def _masked(citizen: citizens.Citizen, hidden: bool) -> Row:
    if hidden:
        return {"name": "", "phone": "", "words": mask_text(citizen.words), "secret": True}
    return {
        "name": mask_name(citizen.name),
        "phone": mask_phone(citizen.phone),
        "words": mask_text(citizen.words),
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
        "resolved": matter.resolved,
        "satisfied": matter.satisfied,
        "result": matter.result,
    }


def _line(entry: Row, names: dict[str, str]) -> Row:
    shown = {name: entry[name] for name in ("seq", "at", "kind", "params", "command_id", "tone")}
    return shown | {"by": names.get(entry["actor"], "")}


def _actor_names(connection: Any, ids: set[str]) -> dict[str, str]:
    column = tables.accounts.c
    rows = connection.execute(select(column.id, column.display_name).where(column.id.in_(ids)))
    return {row[0]: mask_name(row[1]) for row in rows}


def _decision(one: Decision) -> Row:
    return {
        "command_id": one.command_id,
        "item": one.item,
        "question": one.question,
        "decision": one.decision,
        "owner": one.owner,
        "due_at": one.due_at,
        "reviewer": one.reviewer,
        "decided_at": one.decided_at,
    }


def _clock(one: Deadline, services: Services) -> Row:
    steps = services.policies.steps(one.applies_to, one.stage, one.urgency)
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
