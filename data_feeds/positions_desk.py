"""Batches of fixes, JSON or packed, for whoever's key came with them; HTTP and WebSocket bring them here alike."""

from __future__ import annotations

import contextlib
from collections import Counter

from data_feeds.decoders.errors import Batch, DecodeError, Refused
from data_feeds.decoders.packed_positions import CONTENT_TYPE, MAGIC, PackedBatch, decode_packed
from data_feeds.decoders.positions import SOURCE, FixItem, decode_positions
from data_feeds.feed_answers import Answer, answer_to_batch
from data_feeds.feed_keys import Sender
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import FixDoor, TurnedAway
from data_feeds.sequences import Numbered, Sequences


class PositionsDesk:
    """Answers the batches of those whom `FeedProof` let in."""

    def __init__(self, door: FixDoor, tally: FeedTally) -> None:
        self._door = door
        self._tally = tally
        self._sequences = Sequences()

    def take(self, body: bytes, sender: Sender, now: int, content_type: str = "") -> Answer:
        """Take `{"fixes": [...]}`, or the same packed.

        Args:
            content_type: of whoever says it. A packed body is known by its first bytes too.

        Raises:
            DecodeError: the body as a whole cannot be read; counted and kept already.
            TurnedAway: nothing was taken: more than the device's limit.
            BusDown: nothing was taken.
        """
        platform, device = sender.platform, sender.device
        named = platform or f"device {device}"
        batch: Batch[FixItem] | PackedBatch
        try:
            if body.startswith(MAGIC) or content_type.lower().startswith(CONTENT_TYPE):
                batch = decode_packed(body, now=now)
                outcomes = self._door.take_packed(batch, device, now, SOURCE)
            else:
                batch = decode_positions(body, now=now)
                outcomes = self._take_numbered(batch, sender, now)
        except DecodeError as error:
            self._note(error, named, body, device, now)
            raise
        self._keep_faults(batch, named, device, now)
        if platform:
            self._tally.hear(platform, now)
        return answer_to_batch(batch, outcomes["accepted"] + outcomes["late"], outcomes)

    def _take_numbered(self, batch: Batch[FixItem], sender: Sender, now: int) -> Counter[str]:
        """Take a batch, unless its sender counts and it is an older one or the same again: then only its calls for
        help are heard, which are judged by their own instants."""
        if batch.number is None:
            return self._door.take_batch(batch, sender.device, now, SOURCE)
        counter, number = sender.key_id or sender.device or sender.platform or "", Numbered(*batch.number)
        if not self._sequences.is_news(counter, number):
            self._door.hear_help_of(batch, sender.device, now)
            self._tally.count(SOURCE, "old_sequence", len(batch.readings))
            return Counter(old_sequence=len(batch.readings))
        outcomes = self._door.take_batch(batch, sender.device, now, SOURCE)
        self._sequences.note(counter, number)
        return outcomes

    def _keep_faults(self, batch: Refused, sender: str, device: str | None, now: int) -> None:
        for fault in batch.faults:
            payload = batch.refused_items.get(fault.offset)
            if payload is not None:  # one that was read but is not the sender's is counted by the door
                with contextlib.suppress(TurnedAway):  # counted; the others of the batch were taken
                    self._note(fault, sender, payload, device, now)

    def _note(self, error: DecodeError, sender: str, payload: bytes, device: str | None, now: int) -> None:
        """Count and keep what could not be read: a device's against its limit, a platform's without one.

        Raises:
            TurnedAway: more than the device's limit.
        """
        if device is None:
            self._tally.refuse(SOURCE, error.offset, error.reason, at=now, sender=sender, payload=payload)
        else:
            self._door.note_fault(error, sender=sender, payload=payload, address="", now=now, device=device)
