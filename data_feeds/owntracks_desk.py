"""What OwnTracks apps send, over HTTP or through a broker: once it is known whose it is, through the door."""

from __future__ import annotations

import base64
from typing import Final

from data_feeds.decoders.errors import DecodeError
from data_feeds.decoders.owntracks import SOURCE, OwnTracksBatch, declared_datum, decode_owntracks
from data_feeds.feed_keys import FeedKeys
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import FixDoor

_BASIC_LIMIT: Final = 512  # characters; an id and a key are under a hundred


class OwnTracksDesk:
    """Takes one app's messages; each counts as `owntracks`, whatever brought it."""

    def __init__(self, door: FixDoor, tally: FeedTally, keys: FeedKeys) -> None:
        self._door = door
        self._tally = tally
        self._keys = keys

    def sender_of(self, authorization: str, limit_user: str, address: str, now: int) -> str:
        """Return the device that an HTTP request comes from.

        Args:
            authorization: `Basic`, of the device's id and its key.
            limit_user: `X-Limit-U`, "" where it is not sent; the app fills it with the same user, so that another
                one is another device's.

        Raises:
            TurnedAway: no such device, not its key, or the address sent too many of those.
        """
        device, key = basic_pair(authorization)
        self._door.admit(device, key, SOURCE, address, now)
        if limit_user not in ("", device):
            self._door.turn_away(SOURCE, address, now)
        return device

    def take(self, body: bytes, device: str, device_name: str, address: str, now: int) -> None:
        """Take what a device sent whose key was checked; what cannot be read or believed is counted and kept.

        Nothing of it becomes better by sending it again, and an app that is answered an error keeps it at the head of
        its queue and sends nothing else: so there is nothing to answer.

        Args:
            device_name: what the phone is called in the app; `gcj02` and `bd09` declare its datum.

        Raises:
            TurnedAway: over the device's limit: what can be read was not taken, or what cannot be was not kept.
            BusDown: nothing was taken.
        """
        batch = self._decoded(body, device, device_name, address, now, only_encrypted=False)
        if batch is not None:
            self._take(batch, device, device, address, now)

    def take_encrypted(self, body: bytes, device: str, device_name: str, address: str, now: int) -> None:
        """Take what comes without a key beside it: its payload key is the proof that a device sent it.

        Raises:
            TurnedAway: no such device, a position that is not encrypted, or too much.
            BusDown: nothing was taken.
        """
        batch = self._decoded(body, device, device_name, address, now, only_encrypted=True)
        if batch is None:
            return
        # What was not opened proves nothing: it may be anybody's, and a device is not charged for it.
        self._take(batch, device, None, address, now)
        if batch.bare:
            self._door.turn_away(SOURCE, address, now)

    def _decoded(
        self, body: bytes, device: str, device_name: str, address: str, now: int, *, only_encrypted: bool
    ) -> OwnTracksBatch | None:
        keys = self._keys.payload_keys_of(device)
        if not keys:
            self._door.turn_away(SOURCE, address, now)
        datum = declared_datum(device_name)
        try:
            batch = decode_owntracks(
                body, device, now=now, datum=datum, payload_key=keys, only_encrypted=only_encrypted
            )
        except DecodeError as error:
            self._note(error, body, device, None if only_encrypted else device, address, now)
            return None
        if batch.is_of_older_key:
            self._keys.note_old("device", device)
        return batch

    def _take(self, batch: OwnTracksBatch, device: str, charged: str | None, address: str, now: int) -> None:
        if batch.readings:
            self._door.take_batch(batch, device, now, SOURCE)
        self._tally.count(SOURCE, "ignored", batch.ignored)
        for fault in batch.faults:
            outcome = "wrong_key" if fault.offset in batch.not_opened else "malformed"
            payload = batch.refused_items.get(fault.offset, b"")
            self._note(fault, payload, device, charged, address, now, outcome)

    def _note(
        self,
        error: DecodeError,
        payload: bytes,
        device: str,
        charged: str | None,
        address: str,
        now: int,
        outcome: str = "malformed",
    ) -> None:
        self._door.note_fault(
            error,
            sender=f"device {device}",
            payload=payload,
            address=address,
            now=now,
            device=charged,
            outcome=outcome,
        )


def basic_pair(authorization: str) -> tuple[str, str]:
    """Return user and password of `Basic ...` (RFC 7617), two empty ones where it is not that."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > _BASIC_LIMIT:
        return "", ""
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:  # not base64, or not UTF-8
        return "", ""
    return (user, password) if colon else ("", "")
