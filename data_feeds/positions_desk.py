"""JSON batches of fixes, for whoever's key came with them; HTTP and WebSocket bring them here alike."""

from __future__ import annotations

from data_feeds.decoders.errors import Batch, DecodeError
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

    def take(self, body: bytes, platform: str | None, device: str | None, now: int) -> Answer:
        """Take `{"fixes": [...]}` of a sender that `sender_of` returned.

        Raises:
            DecodeError: the body as a whole cannot be read; counted and kept already.
            TurnedAway: nothing was taken: more than the device's limit.
            BusDown: nothing was taken.
        """
        sender = platform or f"device {device}"
        try:
            batch = decode_positions(body, now=now)
        except DecodeError as error:
            self._tally.refuse(SOURCE, error.offset, error.reason, at=now, sender=sender, payload=body)
            raise
        outcomes = self._door.take_batch(batch, device, now, SOURCE)
        self._keep_faults(batch, sender, now)
        if platform:
            self._tally.hear(platform, now)
        return answer_to_batch(batch, outcomes["accepted"] + outcomes["late"], outcomes)

    def _keep_faults(self, batch: Batch[FixItem], sender: str, now: int) -> None:
        for fault in batch.faults:
            payload = batch.refused_items.get(fault.offset)
            if payload is not None:  # one that was read but is not the sender's is counted by the door
                self._tally.refuse(SOURCE, fault.offset, fault.reason, at=now, sender=sender, payload=payload)
