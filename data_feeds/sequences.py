"""Numbers that senders count their messages with: which is news, and which is old or was there before."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, NamedTuple

from data_feeds.rate_limits import BUCKETS_KEPT

JSON_NUMBERS: Final = 1 << 32  # `seq` counts from 0 to one less and begins anew
JT808_NUMBERS: Final = 1 << 16  # 流水号: a word in each header


class Numbered(NamedTuple):
    """A message's number, and the run of its sender that it is of: a later run counts anew."""

    boot: int
    seq: int


def is_later(seq: int, last: int, numbers: int) -> bool:
    """Say whether a number comes after another one where they wrap (as RFC 1982): within half of all numbers ahead."""
    return 0 < (seq - last) % numbers < numbers // 2


class Sequences:
    """The last number of each sender, of so many senders at most; the one that was silent longest is forgotten."""

    def __init__(self, kept: int = BUCKETS_KEPT) -> None:
        self._kept = kept
        self._last: OrderedDict[str, Numbered] = OrderedDict()

    def is_news(self, sender: str, number: Numbered) -> bool:
        """Say whether a message is later than all that were taken: of a later run, or later in the same one."""
        last = self._last.get(sender)
        if last is None or number.boot != last.boot:
            return last is None or number.boot > last.boot
        return is_later(number.seq, last.seq, JSON_NUMBERS)

    def note(self, sender: str, number: Numbered) -> None:
        """Remember what was taken."""
        self._last[sender] = number
        self._last.move_to_end(sender)
        if len(self._last) > self._kept:
            self._last.popitem(last=False)
