"""Which of the lines that processes keep saying in a hash are still being said.

Counted by the reader's own steady clock: the product's clock may run faster or slower than time does, and the clocks of
two machines need not agree. A line that is said anew differs from the one before, so a line that stays the same is one
that nobody says any more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

SAY_EVERY_S: Final = 5.0
SILENT_AFTER_S: Final = 15.0  # a process that died says nothing: three times unheard is gone

# A line that was said anew since it was read stays.
DROP_UNCHANGED: Final = """
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then return redis.call('HDEL', KEYS[1], ARGV[1]) end
return 0
"""


class HeardLines:
    """What one process has heard. A line that it sees for the first time counts as heard at that moment: after a start
    a dead one is taken for living for `SILENT_AFTER_S`.

    `steady_s` is any steady clock, s.
    """

    def __init__(self, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._steady_s = steady_s
        self._since: dict[str, tuple[bytes, float]] = {}

    def silent_s(self, lines: Mapping[str, bytes]) -> dict[str, float]:
        """Take in what a hash holds now; returns for how many seconds each line has been the same."""
        now = self._steady_s()
        since: dict[str, tuple[bytes, float]] = {}
        for field, line in lines.items():
            before = self._since.get(field)
            since[field] = before if before is not None and before[0] == line else (line, now)
        self._since = since
        return {field: now - at for field, (_, at) in since.items()}
