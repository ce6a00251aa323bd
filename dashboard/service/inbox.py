"""What is addressed to the receivers that a gateway carries."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from dashboard.domain.principal import Principal
from dashboard.domain.rights import may
from dashboard.service.act import Act, is_inside
from dashboard.service.field.held import held_receivers
from dashboard.service.receiver_view import shown_command
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import tables, tokens


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Commands for a gateway: {"seq", "receivers": [ids], "command": row, "agenda": [questions], "held": [ids]} each,
    and the place in the log to ask from next.

    `held` are the gateway's receivers for whom a person is signed in now, whether anything is addressed to them or not:
    those people answer for themselves.
    """

    seq: int
    commands: list[Row]
    held: list[str] = field(default_factory=list)


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
        held = held_receivers(connection, now)
        if carried:
            held &= set(carried)
        act = Act(services, connection, actor, now)
        found: list[Row] = []
        for (seq, command_id), receivers in entries.items():
            command = act.work.command(command_id)
            if command is None or not is_inside(services.pack.divisions, command.scope, actor.jurisdiction):
                continue
            agenda = [one.question for one in act.work.decisions_of(command_id)]
            found.append(
                {
                    "seq": seq,
                    "receivers": receivers,
                    "command": shown_command(act, command),
                    "agenda": agenda,
                    "held": [one for one in receivers if one in held],
                }
            )
        return InboxPage(rows[-1].seq if rows else after_seq, found, sorted(held))
