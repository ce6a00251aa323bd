"""What the audit keeps of a request: everything but personal data, which stays sealed in one place only."""

from __future__ import annotations

import json
import re
from dataclasses import Field, fields, is_dataclass
from typing import Any, Final

from dashboard.domain.masking import mask_phone

SEALED: Final = {"sealed": True}
"""Metadata of a request's field that holds a citizen's name, number or words: the audit says only that it was given."""

# Mobile numbers, and identity numbers by the birthday inside them; ids, division codes and instants stay readable.
_PERSONAL = re.compile(
    r"(?<![0-9])(?:1[3-9][0-9]{9}|[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9][0-9]{3}[0-9Xx])(?![0-9])"
)


def said(request: object) -> str:
    """Return a request as the audit keeps it: sealed fields as stars, numbers of persons inside any text masked."""
    return _masked(_shown(request))


def without_numbers(changes: dict[str, Any]) -> dict[str, Any]:
    """Return what an act changed with numbers of persons masked inside its texts."""
    kept: dict[str, Any] = json.loads(_masked(json.dumps(changes, ensure_ascii=False, default=str)))
    return kept


def _masked(text: str) -> str:
    return _PERSONAL.sub(lambda found: mask_phone(found.group()), text)


def _shown(value: Any) -> str:
    if isinstance(value, tuple | list):
        return f"({', '.join(_shown(one) for one in value)})"
    if not is_dataclass(value) or isinstance(value, type):
        return repr(value)
    parts = [f"{one.name}={_field(one, getattr(value, one.name))}" for one in fields(value) if one.repr]
    return f"{type(value).__name__}({', '.join(parts)})"


def _field(one: Field[Any], value: Any) -> str:
    return "***" if one.metadata.get("sealed") and value else _shown(value)
