"""How the called units were, said by the one who blew the whistle, once it is over."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, insert, select

from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.service.act import Act, perform
from dashboard.service.commanding import MAX_TEXT
from dashboard.service.commands.requests import RateUnit
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.settling import current_row
from dashboard.store import tables

BEST = 5


def rate_unit(
    services: Services, actor: Principal, request: RateUnit, now: int, idempotency_key: str
) -> Outcome:
    """Rate a unit that came to a whistle which has ended; `Done.value` is the command's row.

    Refused: not_a_whistle, not_your_whistle, whistle_not_over, never_came, no_such_mark, already_rated.
    """

    def decide(act: Act) -> Row:
        command = act.command(request.command_id)
        receipt = act.work.receipts.get(command.id, request.receiver_id)
        if receipt is None:
            raise Refusal("no_such_receiver")
        if command.kind != "whistle":
            raise Refusal("not_a_whistle", no=command.no)
        if command.issued_by != actor.id:
            raise Refusal("not_your_whistle", no=command.no, by=mask_name(command.issued_name))
        if command.state != "done":
            raise Refusal("whistle_not_over", no=command.no)
        if receipt.arrived_at is None:
            raise Refusal("never_came", receiver=receipt.name)
        marks = (request.punctual, request.competent, request.solved)
        if not all(1 <= mark <= BEST for mark in marks):
            raise Refusal("no_such_mark", best=BEST)
        column = tables.ratings.c
        known = act.connection.execute(
            select(column.rated_at).where(
                (column.command_id == command.id) & (column.receiver_id == receipt.receiver_id)
            )
        ).first()
        if known is not None:
            raise Refusal("already_rated", receiver=receipt.name)
        act.connection.execute(
            insert(tables.ratings),
            {
                "command_id": command.id,
                "receiver_id": receipt.receiver_id,
                "punctual": request.punctual,
                "competent": request.competent,
                "solved": request.solved,
                "words": request.words.strip()[:MAX_TEXT],
                "rated_at": now,
                "rated_by": actor.id,
                "rated_name": actor.name,
            },
        )
        act.tell(
            "UnitRated", matter=command.matter_id, command=command.id, no=command.no, receiver=receipt.name,
            receiver_id=receipt.receiver_id, punctual=request.punctual, competent=request.competent,
            solved=request.solved,
        )  # fmt: skip
        return current_row(act, command.id)

    subject = f"command:{request.command_id}"
    return perform(services, actor, "rate_unit", subject, now, idempotency_key, request, decide)


def rating_rows(connection: Connection, command_ids: Collection[str]) -> list[Row]:
    """Return how the units of some commands were rated."""
    column = tables.ratings.c
    statement = select(tables.ratings).where(column.command_id.in_(list(command_ids)))
    return [
        {
            "command_id": row.command_id,
            "receiver_id": row.receiver_id,
            "punctual": row.punctual,
            "competent": row.competent,
            "solved": row.solved,
            "words": row.words,
            "rated_at": row.rated_at,
            "by": mask_name(row.rated_name),
        }
        for row in connection.execute(statement.order_by(column.rated_at, column.receiver_id))
    ]
