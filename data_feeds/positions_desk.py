"""Batches of fixes, JSON or packed, for whoever's key came with them; HTTP and WebSocket bring them here alike."""

from __future__ import annotations

from data_feeds.decoders.errors import Batch, DecodeError, Refused
from data_feeds.decoders.packed_positions import CONTENT_TYPE, MAGIC, PackedBatch, decode_packed
from data_feeds.decoders.positions import SOURCE, FixItem, decode_positions
from data_feeds.feed_answers import Answer, answer_to_batch
from data_feeds.feed_keys import FeedKeys
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import FixDoor


class PositionsDesk:
    """Knows the sender by its `Authorization` and answers its batches."""

    def __init__(self, door: FixDoor, tally: FeedTally, keys: FeedKeys) -> None:
        self._door = door
        self._tally = tally
        self._keys = keys

    def sender_of(self, authorization: str, address: str, now: int) -> tuple[str | None, str | None]:
        """Return (platform, None) or (None, device).

        Raises:
            TurnedAway: the key is nobody's, or the address sent too many of those.
        """
        platform = self._keys.platform_of(authorization)
        device = None if platform else self._keys.device_of(authorization)
        if platform is None and device is None:
            self._door.turn_away(SOURCE, address, now)
        return platform, device

    def take(
        self, body: bytes, platform: str | None, device: str | None, now: int, content_type: str = ""
    ) -> Answer:
        """Take `{"fixes": [...]}`, or the same packed, of a sender that `sender_of` returned.

        Args:
            content_type: of whoever says it. A packed body is known by its first bytes too.

        Raises:
            DecodeError: the body as a whole cannot be read; counted and kept already.
            TurnedAway: nothing was taken: more than the device's limit.
            BusDown: nothing was taken.
        """
        sender = platform or f"device {device}"
        batch: Batch[FixItem] | PackedBatch
        try:
            if body.startswith(MAGIC) or content_type.lower().startswith(CONTENT_TYPE):
                batch = decode_packed(body, now=now)
                outcomes = self._door.take_packed(batch, device, now, SOURCE)
            else:
                batch = decode_positions(body, now=now)
                outcomes = self._door.take_batch(batch, device, now, SOURCE)
        except DecodeError as error:
            self._tally.refuse(SOURCE, error.offset, error.reason, at=now, sender=sender, payload=body)
            raise
        self._keep_faults(batch, sender, now)
        if platform:
            self._tally.hear(platform, now)
        return answer_to_batch(batch, outcomes["accepted"] + outcomes["late"], outcomes)

    def _keep_faults(self, batch: Refused, sender: str, now: int) -> None:
        for fault in batch.faults:
            payload = batch.refused_items.get(fault.offset)
            if payload is not None:  # one that was read but is not the sender's is counted by the door
                self._tally.refuse(SOURCE, fault.offset, fault.reason, at=now, sender=sender, payload=payload)
