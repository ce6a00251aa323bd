"""Who may feed: a phone with its device's key, a platform with its own, both derived from one secret."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dashboard.domain.device_keys import device_key, matches, payload_key, platform_key
from data_feeds.position_board import RosterEntry


class FeedKeys:
    """Expected keys, computed once per roster so that a request costs one comparison."""

    def __init__(self, secret: bytes, platforms: Iterable[str]) -> None:
        self._secret = secret
        self._platforms = [(platform, platform_key(secret, platform)) for platform in platforms]
        self._devices: dict[str, str] = {}
        self._generations: dict[str, int] = {}

    def know_devices(self, roster: Sequence[RosterEntry]) -> None:
        """Take the devices of a roster in place of the ones before."""
        self._devices = {
            row.device_id: device_key(self._secret, row.device_id, row.key_generation) for row in roster
        }
        self._generations = {row.device_id: row.key_generation for row in roster}

    def is_device(self, device_id: str, key: str) -> bool:
        """Say whether the key is this device's; an unknown device and a wrong key look the same."""
        expected = self._devices.get(device_id)
        return matches(expected if expected is not None else "-" * 26, key) and expected is not None

    def key_of(self, device_id: str) -> str | None:
        """Return the key that a device has to send, None for an unknown one."""
        return self._devices.get(device_id)

    def payload_key_of(self, device_id: str) -> str | None:
        """Return the key that a device's OwnTracks app encrypts with, None for an unknown device."""
        generation = self._generations.get(device_id)
        return None if generation is None else payload_key(self._secret, device_id, generation)

    def key_of_generation(self, device_id: str, generation: int) -> str | None:
        """Return the key that a device has to send if it is of that generation, None for an older or unknown one."""
        expected = self._devices.get(device_id)
        return expected if expected == device_key(self._secret, device_id, generation) else None

    def platform_of(self, authorization: str) -> str | None:
        """Return the platform of `Bearer <key>`, None for a key of nobody."""
        scheme, _, key = authorization.partition(" ")
        found = None
        if scheme.lower() == "bearer":
            for platform, expected in self._platforms:
                if matches(expected, key.strip()):
                    found = platform
        return found

    def device_of(self, authorization: str) -> str | None:
        """Return the device of `Device <id>:<key>`, None where the key is not its own."""
        scheme, _, pair = authorization.partition(" ")
        device_id, _, key = pair.strip().rpartition(":")
        return device_id if scheme.lower() == "device" and self.is_device(device_id, key) else None
