"""What the audit keeps of a request: everything but personal data, which stays sealed in one place only."""

from __future__ import annotations

import json
from dataclasses import Field, fields, is_dataclass
from typing import Any, Final

from dashboard.domain.masking import mask_all, mask_numbers

SEALED: Final = {"sealed": True}
"""Metadata of a request's field that holds a citizen's name, number or words: the audit says only that it was given."""


def said(request: object) -> str:
    """Return a request as the audit keeps it: sealed fields as stars, numbers of persons inside any text masked."""
    return mask_numbers(_shown(request))


def without_numbers(changes: dict[str, Any]) -> dict[str, Any]:
    """Return what an act changed with numbers of persons masked inside its texts."""
    kept: dict[str, Any] = mask_all(json.loads(json.dumps(changes, ensure_ascii=False, default=str)))
    return kept


def _shown(value: Any) -> str:
    if isinstance(value, tuple | list):
        return f"({', '.join(_shown(one) for one in value)})"
    if not is_dataclass(value) or isinstance(value, type):
        return repr(value)
    parts = [f"{one.name}={_field(one, getattr(value, one.name))}" for one in fields(value) if one.repr]
    return f"{type(value).__name__}({', '.join(parts)})"


def _field(one: Field[Any], value: Any) -> str:
    return "***" if one.metadata.get("sealed") and value else _shown(value)
