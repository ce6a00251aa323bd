"""`data-*` and `aria-*` attributes, which Dash takes as free keywords that its type hints do not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def attributes(values: Mapping[str, str]) -> dict[str, Any]:
    """Return `values` (`{"data-act": "urge"}`) as keywords for a Dash component."""
    return dict(values)
