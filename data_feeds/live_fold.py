"""Keeps a process's picture equal to the log: subscribe, snapshot, catch up, follow, mend holes.

Redis carries entries fast; SQL has them for certain. The sequence is gapless, so a missing entry shows at
once, and a look at the log's end every `SAFETY_POLL_S` finds what was lost without a successor. While Redis
is away the log itself is read every `OUTAGE_POLL_S`: screens stay true, a second late.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from dashboard.live.picture import Change, OutOfOrder, Picture
from dashboard.store.store import StoreBusy
from data_feeds import bus_names as names
from data_feeds.bus import Bus, BusDown, BusState
from data_feeds.live_hearing import Hearing
from data_feeds.live_source import LiveSource

if TYPE_CHECKING:
    from dashboard.clock import Clock

SAFETY_POLL_S: Final = 3.0
OUTAGE_POLL_S: Final = 1.0
_PAGE: Final = 500  # entries read at once

FoldState = Literal["starting", "live", "polling", "behind"]
logger = logging.getLogger(__name__)


class PictureFold:
    """Owns a `Picture` and keeps it current.

    `on_changes(changes)` follows every fold, `on_reload()` every fresh snapshot (screens need one too). Both
    run in the event loop, right after the picture changed and before anything else can see it.
    """

    def __init__(
        self,
        bus: Bus,
        source: LiveSource,
        clock: Clock,
        on_changes: Callable[[Sequence[Change]], None],
        on_reload: Callable[[], None],
    ) -> None:
        self.picture = Picture()
        self.is_ready = False
        self.is_store_up = True
        self.reloads = 0
        self.holes = 0
        self._bus = bus
        self._source = source
        self.hearing = Hearing(clock.now_ms)
        self._on_changes = on_changes
        self._on_reload = on_reload
        self._look = asyncio.Event()
        self._is_stream_ours = False  # the bus may still carry the log of another database

    @property
    def state(self) -> FoldState:
        """How entries reach this picture now."""
        if not self.is_ready:
            return "starting"
        if not self.is_store_up:
            return "live" if self.hearing.is_up else "behind"
        return "live" if self.hearing.is_up else "polling"

    async def follow(self) -> None:
        """Take entries in as they come, until cancelled."""
        async for message in self._bus.subscribe((names.LOG,), on_state=self._bus_state):
            entry = _entry(message.data)
            if entry is not None and self.is_ready and self._is_stream_ours:
                self._take([entry])

    async def keep_true(self) -> None:
        """Mend after each (re)subscription, on a hole, and regularly in any case, until cancelled."""
        while True:
            try:
                await self._mend()
                self.is_store_up = True
            except StoreBusy as error:
                self.is_store_up = False
                logger.warning("the log cannot be read now: %s", error)
            wait_s = SAFETY_POLL_S if self.hearing.is_up and self.is_ready else OUTAGE_POLL_S
            self._look.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._look.wait()

    def _bus_state(self, state: BusState) -> None:
        self.hearing.say(state)
        self._look.set()

    def _take(self, entries: Sequence[Mapping[str, Any]]) -> bool:
        """Fold entries in; False, and a wake-up for the mender, when one is missing before them."""
        changes: list[Change] = []
        try:
            for entry in entries:
                change = self.picture.apply(entry)
                if change is not None:
                    changes.append(change)
        except OutOfOrder:
            self.holes += 1
            self._look.set()
            return False
        finally:
            if changes:
                self._on_changes(changes)
        return True

    async def _mend(self) -> None:
        """Bring the picture to the end of the log: by the stream as far as that goes, then by the truth."""
        if not self.is_ready:
            await self._reload()
        if self.hearing.is_up:
            await self._catch_up_from_stream()
        await self._catch_up_from_log()

    async def _catch_up_from_stream(self) -> None:
        try:
            epoch = await self._bus.get(names.LOG_EPOCH)
            self._is_stream_ours = epoch is not None and epoch.decode() == self.picture.epoch
            if not self._is_stream_ours:
                return
            while True:
                page = await self._bus.read_after(names.LOG, f"{self.picture.seq}-0", count=_PAGE)
                entries = [entry for row in page if (entry := _entry(row.fields.get("b", b""))) is not None]
                if not entries or not self._take(entries) or len(page) < _PAGE:
                    return
        except BusDown:
            return  # the log below has everything

    async def _catch_up_from_log(self) -> None:
        epoch, entries = await asyncio.to_thread(self._source.log_after, self.picture.seq, _PAGE)
        is_hole = bool(entries) and int(entries[0]["seq"]) > self.picture.seq + 1
        # Far behind, a snapshot is cheaper; and old entries may have lost their rows to retention.
        if epoch != self.picture.epoch or is_hole or len(entries) == _PAGE:
            await self._reload()
        else:
            self._take(entries)

    async def _reload(self) -> None:
        snapshot = await asyncio.to_thread(self._source.snapshot)
        if self.is_ready and snapshot.epoch == self.picture.epoch and snapshot.seq < self.picture.seq:
            return  # what came meanwhile is newer
        self.picture.load(
            snapshot.epoch, snapshot.seq, snapshot.matters, snapshot.commands, snapshot.log, snapshot.asks
        )
        self.is_ready = True
        self.reloads += 1
        self._on_reload()


def _entry(data: bytes) -> dict[str, Any] | None:
    """Read one entry; a damaged one is a hole, and holes are mended from the truth."""
    try:
        entry = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) and isinstance(entry.get("seq"), int) else None
