"""Where a command calls to, and who is there."""

from __future__ import annotations

from typing import Any

from dashboard.domain.command import Command, Receipt
from dashboard.domain.words import ROLE_WORDS
from dashboard.service.act import Act

OFFICERS = ("duty_officer", "duty_leader", "commander")
"""Whose word, given on the telephone, is a proof of arrival."""


def place_of(act: Act, command: Command) -> tuple[float, float] | None:
    """Return the point to which a command calls, else the matter's."""
    if command.lon is not None and command.lat is not None:
        return command.lon, command.lat
    matter = act.work.matter(command.matter_id)
    if matter is not None and matter.lon is not None and matter.lat is not None:
        return matter.lon, matter.lat
    return None


def confirmers(act: Act, command: Command, receipt: Receipt) -> dict[str, Any]:
    """Return who may vouch for a receiver, in words: those on site, and always the duty officer by telephone."""
    there = [
        one.name
        for one in act.work.receipts_of(command.id)
        if one.is_on_site and one.receiver_id != receipt.receiver_id
    ]
    zh, en = ROLE_WORDS["duty_officer"]
    return {"who": "、".join([*there, zh]), "who_en": ", ".join([*there, en])}
