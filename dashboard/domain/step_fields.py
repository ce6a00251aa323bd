"""The fields of the steps: what each is, so that a form asks for it and a wrong one is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from dashboard.domain.machine import Transition, is_blank

Kind = Literal["text", "long", "flag", "instant", "unit", "window"]

FIELD_KINDS: Final[dict[str, Kind]] = {
    "reason": "long",
    "unit": "unit",
    "request_true": "flag",
    "beyond_duty": "flag",
    "contacted": "flag",
    "contacted_at": "instant",
    "resolved": "flag",
    "unresolved_reason": "long",
    "handling": "long",
    "public_reply": "long",
    "explanation": "long",
    "plan": "long",
    "leader": "text",
    "target_at": "instant",
    "until_at": "instant",
    "granted": "flag",
    "sent_back": "flag",
    "window": "window",
    "mediator": "text",
    "agreement": "long",
    "body": "text",
    "document_no": "text",
}
"""Every field that a table names. A flag is true or false, an instant UTC ms, a unit its id, a window its code."""
LONGEST: Final = {"text": 80, "long": 2_000, "unit": 60, "window": 60}
LATEST_AT: Final = 7_258_118_400_000  # the year 2200: further on no calendar can write the day of a UTC ms


def malformed(row: Transition, fields: Mapping[str, Any]) -> list[str]:
    """Return the names of the row's fields whose value is not of their kind; an empty one is no fault here."""
    named = (*row.required, *row.optional)
    return [
        name
        for name in named
        if not is_blank(fields.get(name)) and not _fits(FIELD_KINDS[name], fields[name])
    ]


def kept(row: Transition, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that the row knows, without the empty ones: what is not asked for is not kept."""
    named = (*row.required, *row.optional)
    return {name: fields[name] for name in named if not is_blank(fields.get(name))}


def _fits(kind: Kind, value: Any) -> bool:
    if kind == "flag":
        return isinstance(value, bool)
    if kind == "instant":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LATEST_AT
    return isinstance(value, str) and len(value) <= LONGEST[kind] and "\0" not in value
