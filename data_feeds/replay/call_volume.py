"""Recorded call volume, calls per five minutes, as single calls spread over their bins."""

from __future__ import annotations

import random
from collections.abc import Iterator

from data_feeds.replay.table_files import TableFile
from data_feeds.replay.timed import RecordingError, Timed

BIN_MS = 300_000
RECORDED = "recorded"  # a channel of its own: the recording does not say what became of a call
MOST_CALLS = 100_000  # in one bin; more is a mistake in the file


def read_calls(table: TableFile, run: str) -> Iterator[Timed]:
    """Return one arrived call for each counted call, in order of time.

    Args:
        table: columns DateTime, Calls; or start_at, calls.
        run: name of this run; with the row it makes call numbers that never meet those of another run.
    """
    if table.has("DateTime", "Calls"):
        start, count = "DateTime", "Calls"
    elif table.has("start_at", "calls"):
        start, count = "start_at", "calls"
    else:
        raise RecordingError(f"{table.path.name}: calls need the columns DateTime, Calls or start_at, calls")
    # The recording says how many calls came, not when within the bin: evenly by chance, the same each time.
    chance = random.Random(run)
    for row in table.rows():
        start_at = row.moment(start)
        offsets = sorted(chance.randrange(BIN_MS) for _ in range(row.whole(count, 0, MOST_CALLS)))
        for number, offset in enumerate(offsets):
            call = {"call_id": f"R-{run}-{row.number}-{number}", "kind": "arrived", "channel": RECORDED}
            yield Timed(start_at + offset, "calls", call, {"at": start_at + offset})
