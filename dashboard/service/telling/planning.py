"""Tellings of a step that fires: rows written in the firing's own transaction, before anybody is told."""

from __future__ import annotations

import hashlib

from dashboard.domain.telling import SENT_MEANS, Telling, failed
from dashboard.service.act import Act
from dashboard.service.fired import Firing
from dashboard.service.telling.failing import show_failed
from dashboard.service.telling.recipients import Recipient, recipients

MOST_CHARACTERS = 45  # of what is said: it is read out twice, and a text message stays one message


def plan_tellings(act: Act, firing: Firing) -> list[Telling]:
    """Keep one telling per role, means and recipient of the step; returns them.

    A means that no gateway serves is not pretended: its telling has failed from the start, and waits on the desks for
    somebody who tells by hand.
    """
    said, said_en = words(firing)
    made: dict[str, Telling] = {}
    for role, means, recipient in recipients(act, firing):
        one = _telling(act, firing, role, means, recipient, said, said_en)
        made[one.id] = one
    for one in made.values():
        act.work.tellings.put(one)
    if any(one.state == "failed" for one in made.values()):
        show_failed(act, firing.matter)
    return list(made.values())


def words(firing: Firing) -> tuple[str, str]:
    """Return what is said in Chinese and English: number, place, event and what happened; no citizen's data."""
    matter, step, receipt = firing.matter, firing.step, firing.receipt
    no = firing.command.no if firing.command is not None else matter.no
    who = f"{receipt.name} " if receipt is not None else ""
    happened = who + step.name.partition("：")[0]
    rest = MOST_CHARACTERS - len(no) - len(happened) - 2
    about = f"{matter.place} {matter.title}".strip()
    said = "，".join(part for part in (no, about[: max(rest, 0)], happened) if part)
    said_en = f"{no}, {about}: {who}{step.name_en.partition(':')[0]}"
    return said[:MOST_CHARACTERS], said_en[:160]


def _telling(
    act: Act, firing: Firing, role: str, means: str, recipient: Recipient, said: str, said_en: str
) -> Telling:
    deadline, matter = firing.deadline, firing.matter
    # The same firing written twice (it cannot be, but for a fault) would meet itself here, not tell twice.
    identity = f"{deadline.id}:{role}:{means}:{recipient.kind}:{recipient.id}"
    is_sent = means in SENT_MEANS
    telling = Telling(
        id=f"t{hashlib.sha256(identity.encode()).hexdigest()[:24]}",
        deadline_id=deadline.id,
        chain=deadline.chain,
        matter_id=matter.id,
        command_id=deadline.command_id,
        policy_id=firing.step.policy_id,
        role=role,
        means=means,
        recipient_kind=recipient.kind,
        recipient=recipient.id,
        recipient_name=recipient.name,
        scope=matter.scope,
        text=said,
        text_en=said_en,
        level=firing.step.raise_to_level,
        made_at=act.now,
        next_at=act.now if is_sent else None,
    )
    if is_sent and means not in act.services.means_served:
        return failed(telling, "no_gateway", act.now, is_final=True)
    return telling
