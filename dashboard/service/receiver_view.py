"""What a unit's liaison, a grid worker or a gateway may see of a matter and its orders: the one rule for all of them.

An officer sees a matter whole. Whoever receives orders sees its own: its order and its receipt whole; of the others who
are called their names and how far they are; no objection, result, position or lateness of anybody else; the matter's
facts, citizen and clocks when it handles the matter, of a foreign one only the headline. Every read and every answer
to an act comes through here (`docs/acts.md`, Whose view).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from dashboard.domain.command import Command, Receipt
from dashboard.domain.deadline import Deadline
from dashboard.domain.history import Standing, is_shown
from dashboard.domain.matter import Matter
from dashboard.service.rows import Row, matter_row, order_words, receiver_row
from dashboard.store import tables, tokens

if TYPE_CHECKING:
    from dashboard.service.act import Act

HEADLINE = (
    "id", "no", "kind", "title", "urgency", "category", "stage", "place", "lon", "lat", "grid", "unit_name", "version",
)  # fmt: skip
"""What of a matter is told to whoever has only an order on it."""
_COMPANION = ("id", "kind", "code", "name", "role", "stage", "left_at")
"""What of a receiver is told to the others of its order: who they are and how far."""
_COMMAND = (
    "id", "no", "kind", "matter_id", "title", "place", "lon", "lat", "issued_at", "issued_by", "due_at", "limit_ms",
    "state", "state_at", "decisions", "consultation_at", "consultation_host", "version",
)  # fmt: skip


def standing_of(act: Act, matter: Matter) -> Standing | None:
    """Return how the actor's own receiver stands towards a matter; None for everybody who sees matters whole."""
    own = act.actor.own_receiver
    if own is None:
        return None
    handled_by = matter.worker if act.actor.role == "grid_worker" else matter.unit
    orders = {
        one.id: _ended_at(receipt)
        for one in act.work.commands_of([matter.id])
        for receipt in act.work.receipts_of(one.id)
        if own and receipt.receiver_id == own
    }
    return Standing(own, bool(own) and own == handled_by, orders)


def shown_matter(act: Act, matter: Matter) -> Row:
    """Return a matter's row as the actor may see it: whole, or its headline for who only has an order on it."""
    row = matter_row(matter, act.pack)
    standing = standing_of(act, matter)
    if standing is None or standing.handles:
        return row
    return {name: row[name] for name in HEADLINE}


def shown_command(act: Act, command: Command) -> Row:
    """Return a command's row as the actor may see it: whole, or with the receivers that the actor speaks for alone."""
    row = act.command_row(command)
    receipts = act.work.receipts_of(command.id)
    own = _spoken_for(act, receipts)
    if own is None:
        return row
    mine = [own_receipt(one) for one in receipts if one.receiver_id in own]
    return (
        {name: row[name] for name in _COMMAND}
        | order_words(command)
        | {"receivers": mine + companions(receipts, own)}
    )


def own_receipt(receipt: Receipt) -> Row:
    """Return a receiver's own part of a command, its own words whole."""
    return receiver_row(receipt) | {
        "objective": receipt.objective,
        "result": receipt.result,
        "declined_reason": receipt.declined_reason,
        "recalled_reason": receipt.recalled_reason,
    }


def companions(receipts: Iterable[Receipt], own: Collection[str]) -> list[Row]:
    """Return who else is called by a command now, and how far they are; nothing of those whose part ended."""
    rows = [receiver_row(one) for one in receipts if one.receiver_id not in own and _ended_at(one) is None]
    return [{name: row[name] for name in _COMPANION} for row in rows]


def shown_lines(act: Act, standing: Standing | None, lines: list[Row]) -> list[Row]:
    """Return the lines of a matter's history that the actor may see; each has `actor`, `kind`, `params`, `at`."""
    if standing is None:
        return lines
    speaks_for = _receivers_of(act.connection, {one["actor"] for one in lines})
    speaks_for[act.actor.id] = standing.receiver
    return [
        one | {"params": {name: value for name, value in one["params"].items() if _is_plain(value)}}
        for one in lines
        if is_shown(
            standing,
            one["kind"],
            one["params"],
            one["command_id"],
            one["at"],
            speaks_for.get(one["actor"], ""),
        )
    ]


def shows_clock(standing: Standing, clock: Deadline) -> bool:
    """Say whether a clock is the receiver's: its own, or the matter's when it handles that."""
    if clock.receiver_id is not None:
        return clock.receiver_id == standing.receiver
    return clock.command_id is None and standing.handles


def shows_attachment(act: Act, matter: Matter, row: dict[str, Any]) -> bool:
    """Say whether a file that was kept outside a room is for the actor.

    One's own; with an order of one's own, what the centre kept with it; to who handles the matter, also what the
    centre, the field and the citizen kept with the matter itself.
    """
    standing = standing_of(act, matter)
    if standing is None:
        return True
    keeper = row["kept_unit"] or _receivers_of(act.connection, {row["kept_by"]}).get(row["kept_by"], "")
    if keeper == standing.receiver or row["kept_by"] == act.actor.id:
        return True
    if row["command_id"] is not None:
        return not keeper and standing.orders.get(row["command_id"], -1) is None
    return standing.handles and not row["kept_unit"]


def of_unit(standing: Standing | None, rows: Iterable[Any]) -> list[Any]:
    """Return those of a matter's rows, each written about one `unit`, that the actor may see."""
    return [one for one in rows if standing is None or one.unit == standing.receiver]


def others_among(act: Act, standing: Standing | None, accounts: Collection[str]) -> frozenset[str]:
    """Return those of the accounts that speak for another receiver than the actor; none of them for an officer."""
    if standing is None:
        return frozenset()
    spoken = _receivers_of(act.connection, accounts)
    return frozenset(one for one, receiver in spoken.items() if receiver != standing.receiver)


def _ended_at(receipt: Receipt) -> int | None:
    if receipt.recalled_at is not None:
        return receipt.recalled_at
    return receipt.ruled_at if receipt.decline_ruling == "released" else None


def _spoken_for(act: Act, receipts: Iterable[Receipt]) -> frozenset[str] | None:
    """Return the receivers that the actor speaks for, None for who sees commands whole."""
    if act.actor.own_receiver is not None:
        return frozenset({act.actor.own_receiver})
    if act.actor.role == "gateway":
        carried = tokens.receivers_of(act.connection, act.actor.id)
        return frozenset(carried or (one.receiver_id for one in receipts))
    return None


def _receivers_of(connection: Connection, accounts: Collection[str]) -> dict[str, str]:
    """Return the unit or the worker that each of these accounts speaks for, of those that speak for one."""
    column = tables.accounts.c
    rows = connection.execute(
        select(column.id, column.role, column.unit, column.worker).where(
            column.id.in_(accounts) & column.role.in_(("unit_liaison", "grid_worker"))
        )
    )
    return {row.id: (row.worker if row.role == "grid_worker" else row.unit) or "" for row in rows}


def _is_plain(value: Any) -> bool:
    """Sentences are filled with plain values; a list in a line's params is for the desks' machinery."""
    return not isinstance(value, list | dict)
