"""What needs a leader's word: raised by escalation, a whistle, an objection, two counties, a late 督办单."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from dashboard.domain.leading import Need, is_raised
from dashboard.domain.masking import mask_all
from dashboard.service.commands.declines import read_declines
from dashboard.service.districts.waiting import open_proposals
from dashboard.service.leading.open_matters import OpenMatter
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import tables
from dashboard.store.records import COMMANDS, DECISIONS, RECEIPTS

WAITING_STATES = ("running", "conferring", "consultation")


def found_needs(
    services: Services, connection: Connection, known: dict[str, OpenMatter], now: int
) -> list[tuple[Need, Row]]:
    """Return every need of the matters in `known` with what the page says of it; several may be on one matter."""
    found = [
        (Need(one.id, "raised", one.due_at), {"must_act": one.must_act})
        for one in known.values()
        if is_raised(one.level, one.must_act)
    ]
    found += _whistles(connection, known, now)
    found += _asked(services, connection, known, now)
    found += _supervisions(services, connection, known, now)
    return found


def _whistles(connection: Connection, known: dict[str, OpenMatter], now: int) -> list[tuple[Need, Row]]:
    """Whistles that confer without a decision, and those to which a unit did not come in time."""
    command = tables.commands.c
    rows = connection.execute(
        COMMANDS.select().where((command.kind == "whistle") & command.state.in_(WAITING_STATES))
    )
    whistles = {one.id: one for one in map(COMMANDS.value, rows) if one.matter_id in known}
    receipts: dict[str, list[Any]] = {one: [] for one in whistles}
    decisions: dict[str, list[Any]] = {one: [] for one in whistles}
    ids = list(whistles)
    for row in connection.execute(RECEIPTS.select().where(tables.receipts.c.command_id.in_(ids))):
        receipts[row.command_id].append(RECEIPTS.value(row))
    for row in connection.execute(DECISIONS.select().where(tables.decisions.c.command_id.in_(ids))):
        decisions[row.command_id].append(DECISIONS.value(row))
    clock = tables.deadlines.c
    deciding = select(clock.command_id, clock.objective_at).where(
        clock.command_id.in_(ids) & (clock.state == "armed") & (clock.purpose == "decide")
    )
    decide_by = {row.command_id: int(row.objective_at) for row in connection.execute(deciding)}
    found = []
    for one in whistles.values():
        called = [each for each in receipts[one.id] if not each.is_out]
        missing = [each for each in called if each.arrived_at is None]
        late = [each for each in missing if each.due_at <= now]
        is_conferring = one.state in ("conferring", "consultation")
        if not late and not is_conferring:
            continue
        # Until everybody is there the clock is theirs; afterwards it is that of the decision.
        due_at, from_at = (min(each.due_at for each in late), one.issued_at) if late else (None, one.state_at)
        if due_at is None:
            due_at = decide_by.get(one.id)
        open_items = [each.question for each in decisions[one.id] if each.is_open]
        said = {
            "no": one.no, "state": one.state, "on_site": len(called) - len(missing), "called": len(called),
            "late": [{"id": each.receiver_id, "name": each.name} for each in late],
            "open_items": len(open_items), "items": len(decisions[one.id]),
            "limit_ms": one.limit_ms if due_at is None else max(due_at - from_at, 0),
        }  # fmt: skip
        found.append((Need(one.matter_id, "whistle", due_at), said))
    return found


def _asked(
    services: Services, connection: Connection, known: dict[str, OpenMatter], now: int
) -> Iterable[tuple[Need, Row]]:
    """Objections that nobody has ruled on, and proposals between counties that were not answered in time."""
    for row in map(mask_all, read_declines(services, connection)):
        if row["matter_id"] in known:
            params = row["params"]
            said = {"no": params["no"], "receiver": params["receiver"], "why": params["reason"]}
            yield Need(row["matter_id"], "declined", row["due_at"]), said
    for row in map(mask_all, open_proposals(services, connection)):
        if row["matter_id"] in known and row["due_at"] <= now:
            params = row["params"]
            said = {name: params[name] for name in ("from", "to", "what", "what_en")}
            yield Need(row["matter_id"], "district", row["due_at"]), said


def _supervisions(
    services: Services, connection: Connection, known: dict[str, OpenMatter], now: int
) -> Iterable[tuple[Need, Row]]:
    """Supervision orders whose answer is overdue; their armed clock knows since when."""
    order, clock = tables.supervisions.c, tables.deadlines.c
    statement = (
        select(order.matter_id, order.no, order.unit, clock.objective_at)
        .join_from(
            tables.supervisions,
            tables.deadlines,
            (clock.matter_id == order.matter_id)
            & (clock.state == "armed")
            & (clock.chain == "supervision:" + order.id),
        )
        .where((order.level == "order") & order.answered_at.is_(None) & (clock.objective_at <= now))
        .order_by(clock.objective_at)
    )
    for row in connection.execute(statement):
        if row.matter_id in known:
            said = {"no": row.no, "unit": unit_name(services, row.unit)}
            yield Need(row.matter_id, "supervision", row.objective_at), said


def unit_name(services: Services, unit: str | None) -> str:
    """Return a unit's short name, "" for none that is known."""
    units = services.pack.units
    return units.get(unit).short if unit and unit in units else ""
