"""What screens read of a matter's loop: the steps open to a person, and the pauses, bounces and cards there were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select

from dashboard.domain.callback import TRIES, TRY_DAYS, proof, since
from dashboard.domain.guards import details_of, return_until_at
from dashboard.domain.history import Standing
from dashboard.domain.masking import mask_all, mask_name, mask_numbers
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refusal, Refused
from dashboard.domain.rights import may, no_right
from dashboard.service.act import Act
from dashboard.service.machines.callbacks import CALLBACK_STAGES, callback_rows
from dashboard.service.machines.supervision_clock import answer_due_at
from dashboard.service.receiver_view import of_unit, others_among, standing_of
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.steps import OWN_ACTS, refused_step
from dashboard.store import loop_rows, tables
from dashboard.store.callbacks import callbacks_of

DAY_MS = 24 * 60 * 60_000
STATISTICS_MS = 30 * DAY_MS


@dataclass(frozen=True, slots=True)
class OpenStep:
    """One step that the table has from here for this person; `refused` says what stands against it now."""

    to: str
    act: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    refused: Refused | None


@dataclass(frozen=True, slots=True)
class Loop:
    """A matter's loop as its drawer shows it. Rows are plain objects, instants UTC ms, names masked."""

    steps: tuple[OpenStep, ...]
    callbacks: list[Row]
    proof: str
    may_call_back: bool
    cards: list[Row]
    pauses: list[Row]
    returns: list[Row]
    extensions: list[Row]
    supervisions: list[Row]
    returned: int
    extended: int
    suspended_until: int | None
    return_until_at: int | None
    details: Row


NOT_OURS: Final = Loop(
    steps=(), callbacks=[], proof="", may_call_back=False, cards=[], pauses=[], returns=[], extensions=[],
    supervisions=[], returned=0, extended=0, suspended_until=None, return_until_at=None, details={},
)  # fmt: skip
"""The loop of a matter for who only has an order on it."""


def open_steps(act: Act, matter: Matter) -> tuple[OpenStep, ...]:
    """Return the steps of the matter's machine that belong to the actor's role, with what stands against each now."""
    return tuple(
        OpenStep(row.target, row.act, row.required, row.optional, refused_step(act, matter, row, {})[0])
        for row in matter.machine.exits(matter.stage)
        if act.actor.role in row.who and row.act not in OWN_ACTS
    )


def matter_loop(services: Services, actor: Principal, matter_id: str, now: int) -> Loop | Refused:
    """Return a matter's loop: to its unit what concerns that unit, nothing to who only has an order on the matter.

    Refused: no_right, no_such_matter.
    """
    refused = no_right(actor, "see")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        act = Act(services, connection, actor, now)
        try:
            matter = act.matter(matter_id)
        except Refusal as refusal:
            return refusal.refused
        standing = standing_of(act, matter)
        if standing is not None and not standing.handles:
            return NOT_OURS
        steps = open_steps(act, matter) if matter.is_open and may(actor, "advance") else ()
        calls = since(callbacks_of(connection, [matter.id])[matter.id], matter.replied_at)
        can_return = any(one.act == "return" for one in steps)
        return Loop(
            steps=steps,
            callbacks=mask_all(callback_rows(act, matter)),
            proof=proof(calls),
            may_call_back=may(actor, "record_callback")
            and matter.is_open
            and matter.stage in CALLBACK_STAGES,
            cards=[_card(one) for one in of_unit(standing, _cards(act, matter))],
            pauses=_pauses(act, matter, standing),
            returns=[
                _ruled(act, one)
                for one in of_unit(standing, loop_rows.rows_of(connection, tables.returns, matter.id))
            ],
            extensions=[
                _ruled(act, one)
                for one in of_unit(standing, loop_rows.rows_of(connection, tables.extensions, matter.id))
            ],
            supervisions=[_supervision(act, matter, one) for one in of_unit(standing, _said_to(act, matter))],
            returned=matter.returned,
            extended=matter.extensions,
            suspended_until=matter.suspended_until,
            return_until_at=return_until_at(matter, services.policies, services.calendar)
            if can_return
            else None,
            details=mask_all(_details(services, matter)),
        )


def unit_pressure(services: Services, actor: Principal, unit: str, now: int) -> Row | Refused:
    """Return a unit's cards, bounces and written pressure of the last 30 days, and its red cards of this month.

    Refused: no_right, no_such_unit (also one outside the actor's jurisdiction, or another than a liaison's own).
    """
    refused = no_right(actor, "see")
    if refused is not None:
        return refused
    known = services.pack.units.get(unit) if unit in services.pack.units else None
    inside = known is not None and services.pack.divisions.is_within(known.region, actor.jurisdiction)
    if known is None or (actor.own_receiver != unit if actor.own_receiver is not None else not inside):
        return Refused("no_such_unit", {"unit": unit})
    today = services.calendar.local_date(now)
    month_at = services.calendar.midnight_at(today.replace(day=1))
    with services.store.read() as connection:
        card, said, asked = tables.cards.c, tables.supervisions.c, tables.returns.c
        issued = connection.execute(
            select(card.card, func.count())
            .where((card.unit == unit) & (card.issued_at >= now - STATISTICS_MS))
            .group_by(card.card)
        ).all()
        red = select(func.count()).where(
            (card.unit == unit) & (card.card == "red") & (card.issued_at >= month_at)
        )
        levels = connection.execute(
            select(said.level, func.count(), func.count(said.answered_at))
            .where((said.unit == unit) & (said.issued_at >= now - STATISTICS_MS))
            .group_by(said.level)
        ).all()
        bounces = connection.execute(
            select(asked.ruling, func.count())
            .where((asked.unit == unit) & (asked.asked_at >= now - STATISTICS_MS))
            .group_by(asked.ruling)
        ).all()
        red_this_month = int(connection.execute(red).scalar_one())
    cards = {str(row[0]): int(row[1]) for row in issued}
    written = {row[0]: {"issued": row[1], "answered": row[2]} for row in levels}
    none = {"issued": 0, "answered": 0}
    return {
        "unit": unit,
        "name": known.short,
        "yellow": cards.get("yellow", 0),
        "red": cards.get("red", 0),
        "red_this_month": red_this_month,
        "urges": written.get("urge", none),
        "orders": written.get("order", none),
        "returns": {str(ruling or "waiting"): count for ruling, count in bounces},
    }


def proof_needed() -> dict[str, int]:
    """Return how many tries on how many days stand in for an answered call."""
    return {"tries": TRIES, "days": TRY_DAYS}


def windows(services: Services, actor: Principal, now: int) -> list[Row] | Refused:
    """Return the windows that a dispute can be sorted to, in the order of the pack. Refused: no_right."""
    del now
    refused = no_right(actor, "see")
    if refused is not None:
        return refused
    return [
        {
            "code": one.code,
            "name": one.name,
            "name_en": one.name_en,
            "units": list(one.units),
            "categories": list(one.categories),
        }
        for one in services.pack.windows
    ]


def _details(services: Services, matter: Matter) -> Row:
    """A dispute's details; its window also by name, unless it was written in words before windows were chosen."""
    details = details_of(matter)
    window = services.pack.windows.find(str(details.get("window", "")))
    if window is None:
        return details
    return details | {"window_name": window.name, "window_name_en": window.name_en}


def _cards(act: Act, matter: Matter) -> Sequence[Any]:
    column = tables.cards.c
    statement = select(tables.cards).where(column.matter_id == matter.id).order_by(column.issued_at)
    return act.connection.execute(statement).all()


def _card(one: Any) -> Row:
    return {
        "card": one.card,
        "unit": one.unit,
        "purpose": one.purpose,
        "due_at": one.due_at,
        "issued_at": one.issued_at,
    }


def _pauses(act: Act, matter: Matter, standing: Standing | None) -> list[Row]:
    found = loop_rows.pauses_of(act.connection, matter.id)
    # The reason of another unit's application is that unit's own; that and how long it paused is the matter's.
    theirs = others_among(act, standing, {one.began_by for one in found})
    return [_pause(one) | ({"reason": ""} if one.began_by in theirs else {}) for one in found]


def _pause(one: Any) -> Row:
    return {
        "stage": one.stage,
        "began_at": one.began_at,
        "ended_at": one.ended_at,
        "by": mask_name(one.began_name) if one.began_name else "",
        "reason": mask_numbers(one.reason),
        "counted": one.counted,
    }


def _ruled(act: Act, one: Any) -> Row:
    names = ("reason", "asked_at", "ruled_at", "ruling_reason", "until_at", "granted", "sent_back", "ruling")
    row: Row = mask_all({name: getattr(one, name) for name in names if hasattr(one, name)})
    unit = act.pack.units.get(one.unit).short if one.unit and one.unit in act.pack.units else ""
    return row | {"unit": unit}


def _said_to(act: Act, matter: Matter) -> Sequence[Any]:
    column = tables.supervisions.c
    statement = (
        select(tables.supervisions).where(column.matter_id == matter.id).order_by(column.issued_at, column.id)
    )
    return act.connection.execute(statement).all()


def _supervision(act: Act, matter: Matter, one: Any) -> Row:
    return {
        "id": one.id,
        "no": one.no,
        "level": one.level,
        "cause": one.cause,
        "text": mask_numbers(one.text),
        "issued_at": one.issued_at,
        "by": mask_name(one.issued_name) if one.issued_name else "",
        "due_at": answer_due_at(act, matter, one.level, one.issued_at),
        "answered_at": one.answered_at,
        "answer": mask_numbers(one.answer),
    }
