"""Tellings of a step that fires: rows written in the firing's own transaction, before anybody is told."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboard.domain.masking import mask_numbers
from dashboard.domain.matter import Matter
from dashboard.domain.telling import SENT_MEANS, Telling, failed
from dashboard.service.act import Act
from dashboard.service.telling.failing import show_failed
from dashboard.service.telling.recipients import Recipient, recipients

if TYPE_CHECKING:
    from dashboard.service.fired import Firing

MOST_CHARACTERS = 45  # of what is said: it is read out twice, and a text message stays one message


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a telling comes from, and what it says; see `Telling`."""

    origin: str
    origin_id: str
    chain: str
    matter: Matter
    policy_id: str
    said: str
    said_en: str
    command_id: str | None = None
    level: int = 0


def plan_tellings(act: Act, firing: Firing) -> list[Telling]:
    """Keep one telling per role, means and recipient of the step; returns them."""
    said, said_en = words(firing)
    occasion = Occasion(
        "clock", firing.deadline.id, firing.deadline.chain, firing.matter, firing.step.policy_id, said, said_en,
        firing.deadline.command_id, firing.step.raise_to_level,
    )  # fmt: skip
    scope = firing.matter.scope
    return keep_tellings(
        act, [telling(act, occasion, *one, scope=scope) for one in recipients(act, firing)], firing.matter
    )


def keep_tellings(act: Act, planned: list[Telling], matter: Matter) -> list[Telling]:
    """Keep tellings, each once; returns them.

    A means that no gateway serves is not pretended: its telling has failed from the start, and waits on the desks for
    somebody who tells by hand.
    """
    made = {one.id: one for one in planned}
    for one in made.values():
        act.work.tellings.put(one)
    if any(one.state == "failed" for one in made.values()):
        show_failed(act, matter)
    return list(made.values())


def words(firing: Firing) -> tuple[str, str]:
    """Return what a step says, in Chinese and English."""
    matter, step, receipt = firing.matter, firing.step, firing.receipt
    no = firing.command.no if firing.command is not None else matter.no
    who = f"{receipt.name} " if receipt is not None else ""
    return phrase(no, matter, who + step.name.partition("：")[0], who + step.name_en.partition(":")[0])


def phrase(no: str, matter: Matter, happened: str, happened_en: str) -> tuple[str, str]:
    """Return what is said in Chinese and English: number, place, event and what happened; no citizen's data."""
    # Masked before it is cut: half a number would be told whole.
    about = mask_numbers(f"{matter.place} {matter.title}".strip())
    happened, happened_en = mask_numbers(happened), mask_numbers(happened_en)
    rest = MOST_CHARACTERS - len(no) - len(happened) - 2
    said = "，".join(part for part in (no, about[: max(rest, 0)], happened) if part)
    said_en = f"{no}, {about}: {happened_en}"
    return said[:MOST_CHARACTERS], said_en[:160]


def telling(
    act: Act, occasion: Occasion, role: str, means: str, recipient: Recipient, *, scope: tuple[str, ...]
) -> Telling:
    """Return one telling of an occasion, not yet kept; `scope` says whose desks may see and settle it."""
    # The same occasion told twice (it cannot be, but for a fault) would meet itself here, not tell twice.
    identity = f"{occasion.origin_id}:{role}:{means}:{recipient.kind}:{recipient.id}"
    is_sent = means in SENT_MEANS
    made = Telling(
        id=f"t{hashlib.sha256(identity.encode()).hexdigest()[:24]}",
        origin=occasion.origin,
        origin_id=occasion.origin_id,
        chain=occasion.chain,
        matter_id=occasion.matter.id,
        command_id=occasion.command_id,
        policy_id=occasion.policy_id,
        role=role,
        means=means,
        recipient_kind=recipient.kind,
        recipient=recipient.id,
        recipient_name=recipient.name,
        scope=scope,
        text=occasion.said,
        text_en=occasion.said_en,
        level=occasion.level,
        made_at=act.now,
        next_at=act.now if is_sent else None,
    )
    if is_sent and means not in act.services.means_served:
        return failed(made, "no_gateway", act.now, is_final=True)
    return made
