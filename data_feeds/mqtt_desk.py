"""What each message from the city's broker means, and whose it is; no sockets.

A broker says on which topic a message was published and not by whom. So either the message carries its device's key
(`key`), or the operator says that the broker lets each device publish on its own topics alone (`topic`).
"""

from __future__ import annotations

from typing import Final, Literal

from data_feeds.decoders.device_fixes import SOURCE, decode_device_fixes
from data_feeds.decoders.errors import Batch, DecodeError
from data_feeds.decoders.owntracks import SOURCE as OWNTRACKS
from data_feeds.decoders.positions import FixItem
from data_feeds.feed_keys import FeedKeys
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import FixDoor, TurnedAway
from data_feeds.owntracks_desk import OwnTracksDesk

Identity = Literal["key", "topic"]

POSITIONS_TOPIC: Final = "zhongshu/positions/+"
OWNTRACKS_TOPIC: Final = "owntracks/+/+"

# All devices are behind one broker: what comes without a valid key is limited together.
_ADDRESS: Final = "mqtt"


class MqttDesk:
    """Takes messages; there is nobody to answer, so what is not taken is counted and gone."""

    def __init__(
        self, door: FixDoor, tally: FeedTally, keys: FeedKeys, owntracks: OwnTracksDesk, identity: Identity
    ) -> None:
        self._door = door
        self._tally = tally
        self._keys = keys
        self._owntracks = owntracks
        self._trusts_topics = identity == "topic"

    @property
    def topics(self) -> list[str]:
        """What to subscribe to."""
        return [POSITIONS_TOPIC, OWNTRACKS_TOPIC]

    def hear(self, topic: str, payload: bytes, now: int) -> None:
        """Take one message.

        Args:
            now: UTC ms.

        Raises:
            BusDown: not taken: it has to be kept, unacknowledged, and heard again.
        """
        try:
            match topic.split("/"):
                case ["zhongshu", "positions", device]:
                    self._take_fixes(payload, device, now)
                case ["owntracks", device, name] if self._trusts_topics:
                    self._door.admit(device, self._keys.key_of(device) or "", OWNTRACKS, _ADDRESS, now)
                    self._owntracks.take(payload, device, name, _ADDRESS, now)
                case ["owntracks", device, name]:  # no field for a key: what it encrypts with is its proof
                    self._owntracks.take_encrypted(payload, device, name, _ADDRESS, now)
                case _:
                    self._tally.count(SOURCE, "ignored")
        except TurnedAway:
            return  # counted by the door; a broker has no way to tell a device to send later

    def _take_fixes(self, payload: bytes, device: str, now: int) -> None:
        known = self._keys.key_of(device)
        trusted = device if self._trusts_topics and known else None
        sender = f"device {device}" if known else "mqtt"
        try:
            key, batch = decode_device_fixes(payload, device, now=now)
        except DecodeError as error:
            self._door.note_fault(
                error, sender=sender, payload=payload, address=_ADDRESS, now=now, device=trusted
            )
            return
        if not key and self._trusts_topics:
            key = known or ""
        self._door.admit(device, key, SOURCE, _ADDRESS, now)
        if batch.readings:
            self._take_batch(batch, device, key, now)
        for fault in batch.faults:
            kept = batch.refused_items[fault.offset]
            self._door.note_fault(
                fault, sender=sender, payload=kept, address=_ADDRESS, now=now, device=device
            )

    def _take_batch(self, batch: Batch[FixItem], device: str, key: str, now: int) -> None:
        try:
            self._door.take_batch(batch, device, now, SOURCE)
        except TurnedAway:
            for _, fix in batch.readings:
                if fix.alarm:  # heard over the limit too
                    self._door.take(device, key, fix, now, SOURCE, _ADDRESS)
            raise
