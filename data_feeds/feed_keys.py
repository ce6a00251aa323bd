"""Who may feed: a phone with its device's key, a platform with its own, both derived from one secret; and gateways with
keys that an administrator opened, which sign for one of those."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, Protocol

from dashboard.domain.device_keys import device_key, matches, payload_key, platform_key
from data_feeds.position_board import RosterEntry

DEVICE_KEY_ID: Final = "device:"  # followed by the device's id: the key id of its own derived key
PLATFORM_KEY_ID: Final = "platform:"


class OpenedKey(Protocol):
    """What is needed of a key that an administrator opened; `dashboard.service.feed_keys_in_use` returns such."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def of(self) -> str: ...
    @property
    def secret(self) -> str: ...
    @property
    def signed_only(self) -> bool: ...


class Sender(NamedTuple):
    """For whom something came: one of the two is set. `key_id` and `secret` are of the key that signed, empty where
    a plain key came with it."""

    platform: str | None
    device: str | None
    key_id: str = ""
    secret: str = ""


class FeedKeys:
    """Expected keys, computed once per roster so that a request costs one comparison.

    Args:
        signed_only: whether those for whom no key was opened have to sign where their wire can carry a signature.
    """

    def __init__(self, secret: bytes, platforms: Iterable[str], *, signed_only: bool = False) -> None:
        self._secret = secret
        self._platforms = [(platform, platform_key(secret, platform)) for platform in platforms]
        self._devices: dict[str, str] = {}
        self._generations: dict[str, int] = {}
        self._signed_only = signed_only
        self._opened: dict[str, OpenedKey] = {}
        self._modes: dict[tuple[str, str], bool] = {}

    def know_devices(self, roster: Sequence[RosterEntry]) -> None:
        """Take the devices of a roster in place of the ones before."""
        self._devices = {
            row.device_id: device_key(self._secret, row.device_id, row.key_generation) for row in roster
        }
        self._generations = {row.device_id: row.key_generation for row in roster}

    def know_opened(self, opened: Sequence[OpenedKey]) -> None:
        """Take the keys that administrators opened in place of the ones before."""
        self._opened = {one.id: one for one in opened}
        modes: dict[tuple[str, str], bool] = {}
        for one in opened:  # of several keys for one sender the strict one decides
            modes[(one.kind, one.of)] = one.signed_only or modes.get((one.kind, one.of), False)
        self._modes = modes

    def has_to_sign(self, sender: Sender) -> bool:
        """Say whether a plain key of this sender is refused on the wires that can carry a signature."""
        kind, of = ("platform", sender.platform) if sender.platform else ("device", sender.device)
        return self._modes.get((kind, of or ""), self._signed_only)

    def signer_of(self, key_id: str) -> Sender | None:
        """Return for whom a key signs, with its secret; None for a key of nobody."""
        opened = self._opened.get(key_id)
        if opened is not None and opened.kind == "platform":
            known = any(opened.of == platform for platform, _ in self._platforms)
            return Sender(opened.of, None, key_id, opened.secret) if known else None
        if opened is not None:
            return Sender(None, opened.of, key_id, opened.secret) if opened.of in self._devices else None
        if key_id.startswith(DEVICE_KEY_ID):
            device = key_id.removeprefix(DEVICE_KEY_ID)
            secret = self._devices.get(device)
            return None if secret is None else Sender(None, device, key_id, secret)
        for platform, secret in self._platforms:
            if key_id == f"{PLATFORM_KEY_ID}{platform}":
                return Sender(platform, None, key_id, secret)
        return None

    def is_device(self, device_id: str, key: str) -> bool:
        """Say whether the key is this device's; an unknown device and a wrong key look the same, and so does a device
        for which a key was opened that it has to sign with: no wire takes its plain key any more."""
        return self.is_plain_key(device_id, key) and not self._modes.get(("device", device_id))

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
        """Return the device of `Device <id>:<key>`, None where the key is not its own.

        A device that has to sign is known by its key here too: it is told so, and no more.
        """
        scheme, _, pair = authorization.partition(" ")
        device_id, _, key = pair.strip().rpartition(":")
        return device_id if scheme.lower() == "device" and self.is_plain_key(device_id, key) else None

    def is_plain_key(self, device_id: str, key: str) -> bool:
        """Say whether the key is this device's, whether or not a plain key of it is still enough."""
        expected = self._devices.get(device_id)
        return matches(expected if expected is not None else "-" * 26, key) and expected is not None
