"""Taking back what one has just done, within ten seconds, where that is still true to say.

An undo is an act of its own: the log then holds both, and nothing is deleted. What somebody has been told cannot be
taken back as if it had not been said, and what has moved the matter, its clocks or other orders cannot be taken back
as if nothing had happened: the refusal says who knows, or what to do instead.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row as StoredRow
from sqlalchemy import func, or_, select

from dashboard.domain.command import Command
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.rights import no_right
from dashboard.domain.words import ACT_WORDS, both, together
from dashboard.service.act import Act, perform
from dashboard.service.dispatch import take_back
from dashboard.service.merging.merged import take_out
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.settling import AFTER_WHISTLE
from dashboard.store import tables

UNDO_WITHIN_MS: Final = 10_000  # look.md: Z undo 10 s
ON_THE_WAY_MS: Final = 2_000  # the key was pressed in time; the request may take a while
REASON: Final = "十秒内撤回"  # the log's reason, read by officers
NAMED: Final = 3  # of those who know


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the actor's own act that went out under this idempotency key."""

    of: str


def undo(services: Services, actor: Principal, request: Undo, now: int, idempotency_key: str) -> Outcome:
    """Take an act back; `Done.value` is {"act": its name, "count": how many rows came back}.

    A merge is taken apart again. A dispatch or a whistle is recalled while nobody has received it. Refused:
    undo_nothing (no such act of this actor), undo_late, undo_told (with who received it), undo_moved (the order moved
    the matter to another stage or unit), undo_ended (the merge ended orders or took up what another carried),
    undo_never, and whatever `recall` and `unmerge` refuse.
    """

    def decide(act: Act) -> Row:
        done = _done(act, request)
        value = json.loads(done.value)
        if done.act == "merge":
            return {"act": done.act, "count": _apart(act, value["merged"], done)}
        if done.act in ("dispatch", "raise_whistle"):
            _recalled(act, act.command(value["id"]), done)
            return {"act": done.act, "count": 1}
        raise Refusal("undo_never", **both(ACT_WORDS, done.act, "act_name"))

    return perform(services, actor, "recall", f"act:{request.of}", now, idempotency_key, request, decide)


def _done(act: Act, request: Undo) -> StoredRow[Any, Any, Any]:
    mine = tables.idempotency.c
    found = act.connection.execute(
        select(mine.act, mine.value, mine.at).where((mine.actor == act.actor.id) & (mine.key == request.of))
    ).first()
    if found is None:
        raise Refusal("undo_nothing")
    if act.now - found.at > UNDO_WITHIN_MS + ON_THE_WAY_MS:
        raise Refusal("undo_late", seconds=UNDO_WITHIN_MS // 1_000)
    return found


def _apart(act: Act, merged: list[str], done: StoredRow[Any, Any, Any]) -> int:
    refused = no_right(act.actor, "unmerge")
    if refused is not None:
        raise Refusal(refused.code, **refused.params)
    ended = _count_ended(act, merged, done)
    if ended:
        raise Refusal("undo_ended", count=ended)
    for matter_id in merged:
        take_out(act, matter_id, REASON)
    return len(merged)


def _count_ended(act: Act, merged: list[str], done: StoredRow[Any, Any, Any]) -> int:
    """How many orders of the merged the merge ended, and how many it took out of another: neither comes back."""
    command = tables.commands.c
    orders = act.connection.execute(
        select(func.count()).where(
            command.matter_id.in_(merged) & (command.state == "recalled") & (command.state_at == done.at)
        )
    ).scalar_one()
    changes = _changes(act, done)
    carried = [
        one for one in merged if changes.get(f"matters:{one}", {}).get("carrier", [None])[0] is not None
    ]
    return int(orders) + len(carried) + int(changes.get("more", 0))


def _recalled(act: Act, command: Command, done: StoredRow[Any, Any, Any]) -> None:
    told = _who_knows(act, command)
    if told:
        raise Refusal("undo_told", count=len(told), **together(told[:NAMED], "who"))
    if _has_moved(act, command, done):
        raise Refusal("undo_moved", no=command.no)
    take_back(act, command, REASON)


def _who_knows(act: Act, command: Command) -> list[str]:
    """Receivers that have answered the command in any way, or a message to whom has left or is leaving."""
    receipts = act.work.receipts_of(command.id)
    answered = [one.name for one in receipts if one.stage != "sent" or one.declined_at is not None]
    telling = tables.tellings.c
    leaving = select(telling.recipient_name).where(
        (telling.command_id == command.id) & or_(telling.sent_at.is_not(None), telling.attempts > 0)
    )
    return list(dict.fromkeys([*answered, *act.connection.execute(leaving).scalars()]))


def _has_moved(act: Act, command: Command, done: StoredRow[Any, Any, Any]) -> bool:
    """Whether the matter would not stand, once the command is recalled, where it stood before it."""
    matter = act.work.matter(command.matter_id)
    if matter is None:
        return True
    changes = _changes(act, done).get(f"matters:{matter.id}", {})
    if "unit" in changes:
        return True
    if "stage" not in changes:
        return False
    return command.kind != "whistle" or changes["stage"][0] != AFTER_WHISTLE[matter.kind]


def _changes(act: Act, done: StoredRow[Any, Any, Any]) -> dict[str, Any]:
    """What the audit says that the act changed: {"matters:<id>": {field: [before, after]}, "more": how many others}."""
    row = tables.audit.c
    detail = act.connection.execute(
        select(row.detail)
        .where(
            (row.actor == act.actor.id) & (row.act == done.act) & (row.at == done.at) & (row.result == "done")
        )
        .order_by(row.n.desc())
    ).scalar()
    found: dict[str, Any] = {} if detail is None else json.loads(detail)["changes"]
    return found
