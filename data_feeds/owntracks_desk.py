"""What OwnTracks apps send, over HTTP or through a broker: once it is known whose it is, through the door."""

from __future__ import annotations

import base64
from typing import Final

from data_feeds.decoders.errors import DecodeError
from data_feeds.decoders.owntracks import SOURCE, OwnTracksBatch, declared_datum, decode_owntracks
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import FixDoor

_BASIC_LIMIT: Final = 512  # characters; an id and a key are under a hundred


class OwnTracksDesk:
    """Takes one app's messages; each counts as `owntracks`, whatever brought it."""

    def __init__(self, door: FixDoor, tally: FeedTally) -> None:
        self._door = door
        self._tally = tally

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
        try:
            batch = decode_owntracks(body, device, now=now, datum=declared_datum(device_name))
        except DecodeError as error:
            self._note(error, body, device, address, now)
            return
        if batch.readings:
            self._door.take_batch(batch, device, now, SOURCE)
        self._tally.count(SOURCE, "ignored", batch.ignored)
        self._keep_faults(batch, device, address, now)

    def _keep_faults(self, batch: OwnTracksBatch, device: str, address: str, now: int) -> None:
        for fault in batch.faults:
            self._note(fault, batch.refused_items[fault.offset], device, address, now)

    def _note(self, error: DecodeError, payload: bytes, device: str, address: str, now: int) -> None:
        sender = f"device {device}"
        self._door.note_fault(error, sender=sender, payload=payload, address=address, now=now, device=device)


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
