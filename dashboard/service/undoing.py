"""Taking back what one has just done, within ten seconds, where that is still true to say.

An undo is an act of its own: the log then holds both, and nothing is deleted. What somebody has been told cannot be
taken back as if it had not been said; the refusal says who knows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.domain.rights import no_right
from dashboard.domain.words import ACT_WORDS, both
from dashboard.service.dispatch import recall
from dashboard.service.merging.merged import unmerge
from dashboard.service.merging.requests import Unmerge
from dashboard.service.requests import Recall
from dashboard.service.services import Services
from dashboard.store import tables

UNDO_WITHIN_MS: Final = 10_000  # look.md: Z undo 10 s
ON_THE_WAY_MS: Final = 2_000  # the key was pressed in time; the request may take a while
REASON: Final = "十秒内撤回"  # the log's reason, read by officers


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the actor's own act that went out under this idempotency key."""

    of: str


def undo(services: Services, actor: Principal, request: Undo, now: int, idempotency_key: str) -> Outcome:
    """Take an act back; `Done.value` is {"act": its name, "count": how many rows came back}.

    A merge is taken apart again. A dispatch or a whistle is recalled while nobody has received it. Refused:
    undo_nothing (no such act of this actor), undo_late, undo_told (with who received it), undo_never, and whatever
    `recall` and `unmerge` refuse.
    """
    refused = no_right(actor, "recall")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        mine = tables.idempotency.c
        found = connection.execute(
            select(mine.act, mine.value, mine.at).where((mine.actor == actor.id) & (mine.key == request.of))
        ).first()
    if found is None:
        return Refused("undo_nothing")
    if now - found.at > UNDO_WITHIN_MS + ON_THE_WAY_MS:
        return Refused("undo_late", {"seconds": UNDO_WITHIN_MS // 1_000})
    value = json.loads(found.value)
    if found.act == "merge":
        return _apart(services, actor, value["merged"], now, idempotency_key)
    if found.act in ("dispatch", "raise_whistle"):
        return _recalled(services, actor, value["id"], found.act, now, idempotency_key)
    return Refused("undo_never", both(ACT_WORDS, found.act, "act_name"))


def _apart(services: Services, actor: Principal, merged: list[str], now: int, key: str) -> Outcome:
    last: Outcome = Refused("undo_nothing")
    for place, matter_id in enumerate(merged):
        last = unmerge(services, actor, Unmerge(matter_id, REASON), now, f"{key}-{place}")
        if isinstance(last, Refused):
            return last
    return last if isinstance(last, Refused) else Done({"act": "merge", "count": len(merged)}, last.seq)


def _recalled(services: Services, actor: Principal, command_id: str, act: str, now: int, key: str) -> Outcome:
    told = _who_knows(services, command_id)
    if told:
        return Refused("undo_told", {"who": "、".join(told[:3]), "count": len(told)})
    outcome = recall(services, actor, Recall(command_id, REASON), now, key)
    return outcome if isinstance(outcome, Refused) else Done({"act": act, "count": 1}, outcome.seq)


def _who_knows(services: Services, command_id: str) -> list[str]:
    """Receivers that have the command, or a message about it that has left."""
    receipts, tellings = tables.receipts.c, tables.tellings.c
    with services.store.read() as connection:
        names: dict[str, Any] = dict.fromkeys(
            connection.execute(
                select(receipts.name)
                .where((receipts.command_id == command_id) & receipts.delivered_at.is_not(None))
                .order_by(receipts.position)
            ).scalars()
        )
        names |= dict.fromkeys(
            connection.execute(
                select(tellings.recipient_name).where(
                    (tellings.command_id == command_id) & tellings.sent_at.is_not(None)
                )
            ).scalars()
        )
    return list(names)
