"""How long the attacks are: a few requests with the suite, or as many as `ZHONGSHU_FUZZ` says, at random."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings

LONG = int(os.environ.get("ZHONGSHU_FUZZ", "0"))


def some(examples: int) -> Any:
    """How many examples, and that they are the same ones at every run but a long one."""
    return settings(
        max_examples=LONG or examples, deadline=None, database=None, derandomize=not LONG,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
