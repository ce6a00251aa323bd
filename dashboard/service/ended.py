"""What else ends with a matter: each ending is a function that runs in the transaction that closes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dashboard.service.act import Act
from dashboard.service.commands.ends import end_commands
from dashboard.service.districts.waiting import lapse
from dashboard.service.merging.carrying import end_carried
from dashboard.service.rooms.clocks import drop_booking_asks
from dashboard.service.telling.failing import end_failed

ENDINGS: Final[tuple[Callable[[Act, str], None], ...]] = (
    lapse, end_carried, end_failed, end_commands, drop_booking_asks,
)  # fmt: skip
"""Called with the matter's id once it is closed and its orders are taken back."""
