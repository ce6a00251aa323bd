"""A view of the desk's queue: which rows, in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

FILTERS: Final = ("mine", "soon", "overdue", "emergency", "whistle", "today", "all")
"""The filter chips, in the order of their keys 1-7."""

ORDERS: Final = ("remaining", "level", "newest", "merged")
"""By the clock; by how far it has been escalated; the newest first; by how many calls say the same."""

LONGEST_NAME: Final = 20
LONGEST_CODE: Final = 60
MOST_VIEWS: Final = 20  # of one account: a list to choose from, not to search


@dataclass(frozen=True, slots=True)
class QueueView:
    """What narrows the queue; "" narrows nothing.

    Args:
        filter: one of `FILTERS`.
        region: a county's code.
        unit: a unit's id, the one that has the matter.
        category: the beginning of a category's code.
        order: one of `ORDERS`.
    """

    filter: str = "all"
    region: str = ""
    unit: str = ""
    category: str = ""
    order: str = "remaining"

    def as_dict(self) -> dict[str, str]:
        """Return the view as the page module takes it."""
        return {
            "filter": self.filter,
            "region": self.region,
            "unit": self.unit,
            "category": self.category,
            "order": self.order,
        }


def view_of(value: object) -> QueueView | None:
    """Read a view that came from outside; None when it is none."""
    if (
        not isinstance(value, Mapping)
        or value.get("filter") not in FILTERS
        or value.get("order") not in ORDERS
    ):
        return None
    codes = {name: _code(value.get(name, "")) for name in ("region", "unit", "category")}
    if any(code is None for code in codes.values()):
        return None
    return QueueView(
        filter=value["filter"], order=value["order"], **{name: code or "" for name, code in codes.items()}
    )


def _code(value: Any) -> str | None:
    is_code = isinstance(value, str) and len(value) <= LONGEST_CODE and value.replace("-", "").isalnum()
    return value if value == "" or (is_code and value.isascii()) else None
