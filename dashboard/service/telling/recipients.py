"""Whom a step tells, in persons and places: roles of the policy become units, workers, desks and webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from dashboard.domain.masking import mask_name
from dashboard.domain.telling import UNIT_ROLES, means_for
from dashboard.domain.words import ROLE_WORDS
from dashboard.service.act import Act, is_inside
from dashboard.service.districts.waiting import told_at
from dashboard.store import tables

if TYPE_CHECKING:
    from dashboard.service.fired import Firing


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient: `kind` desk, unit, worker, specialist or webhook, `id` its code, `name` as screens may show it."""

    kind: str
    id: str
    name: str


def recipients(act: Act, firing: Firing) -> Iterator[tuple[str, str, Recipient]]:
    """Yield (role, means, recipient) for everybody whom the step tells.

    By which of the row's means each role is told: `dashboard.domain.telling.means_for`. A unit's role without a unit
    (nothing was dispatched yet, no township known) falls to the duty officer's desk.
    """
    step = firing.step
    for role in step.tell:
        found = _outside(act, firing, role) if role in UNIT_ROLES else _desk(act, firing, role)
        if found is None:
            yield "duty_officer", "screen", _desk(act, firing, "duty_officer")
            continue
        for means in means_for(role, step.tell, step.means):
            yield role, means, found
    if "webhook" in step.means:
        for webhook in webhooks_of(act, firing.matter.scope):
            yield step.tell[0], "webhook", webhook


def _desk(act: Act, firing: Firing, role: str) -> Recipient:
    place = told_at(act, firing) or firing.matter.region or act.services.city
    return Recipient("desk", f"{role}@{place}", ROLE_WORDS.get(role, (role, role))[0])


def _outside(act: Act, firing: Firing, role: str) -> Recipient | None:
    matter, receipt = firing.matter, firing.receipt
    if role == "grid_chief":
        return _worker(act, firing) or _township(act, firing)
    if receipt is not None and receipt.kind == "worker":
        return Recipient("worker", receipt.receiver_id, mask_name(receipt.name))
    if receipt is not None:
        return _unit(act, receipt.receiver_id)
    lead = None
    if firing.command is not None:
        called = [one for one in act.work.receipts_of(firing.command.id) if one.kind == "unit"]
        lead = next((one.receiver_id for one in called if one.role == "lead"), None)
        lead = lead or next((one.receiver_id for one in called), None)
    return _unit(act, lead or matter.unit) or _township(act, firing)


def _unit(act: Act, unit_id: str | None) -> Recipient | None:
    if not unit_id or unit_id not in act.pack.units:
        return None
    unit = act.pack.units.get(unit_id)
    return Recipient("unit", unit.id, unit.short)


def _township(act: Act, firing: Firing) -> Recipient | None:
    township = firing.matter.township
    unit = act.pack.units.of_township(township) if township else None
    return None if unit is None else Recipient("unit", unit.id, unit.short)


def _worker(act: Act, firing: Firing) -> Recipient | None:
    column, matter = tables.roster.c, firing.matter
    if matter.worker:
        condition = column.worker_id == matter.worker
    elif matter.grid:
        condition = column.grid == matter.grid
    else:
        return None
    statement = select(column.worker_id, column.name).where(condition).order_by(column.slot).limit(1)
    found = act.connection.execute(statement).first()
    return None if found is None else Recipient("worker", found.worker_id, mask_name(found.name))


def webhooks_of(act: Act, scope: tuple[str, ...]) -> list[Recipient]:
    """Return the open webhooks whose jurisdiction holds any of some divisions."""
    column = tables.webhooks.c
    rows = act.connection.execute(
        select(column.id, column.name, column.jurisdiction)
        .where(column.closed_at.is_(None))
        .order_by(column.made_at, column.id)
    )
    return [
        Recipient("webhook", row.id, row.name)
        for row in rows
        if is_inside(act.pack.divisions, scope, row.jurisdiction)
    ]
