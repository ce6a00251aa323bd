"""Who may feed: a phone with its device's key, a platform with its own, both derived from one secret; and gateways with
keys that an administrator opened, which sign for one of those."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple, Protocol

from dashboard.domain.device_keys import device_key, matches, payload_key, platform_key
from dashboard.store.secret_file import Secrets
from data_feeds.position_board import RosterEntry

DEVICE_KEY_ID: Final = "device:"  # followed by the device's id: the key id of its own derived key
PLATFORM_KEY_ID: Final = "platform:"
OLD_USE_NOTED_MS: Final = 10 * 60_000  # a fleet of thousands costs some writes a second


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
    """Expected keys, derived once per roster and list of secrets so that a request costs a comparison for each secret.

    Args:
        secret: the installation's, or its file, which may change.
        real_ms: the machine's time.
        signed_only: whether those for whom no key was opened have to sign where their wire can carry a signature.
    """

    def __init__(
        self,
        secret: bytes | Secrets,
        platforms: Iterable[str],
        *,
        signed_only: bool = False,
        real_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._secret = secret
        self._platforms = tuple(platforms)
        self._derived_of: tuple[bytes, ...] = ()
        self._derived: dict[tuple[str, str], tuple[str, ...]] = {}
        self._generations: dict[str, int] = {}
        self._signed_only = signed_only
        self._opened: dict[str, OpenedKey] = {}
        self._modes: dict[tuple[str, str], bool] = {}
        self._real_ms = real_ms
        self._noted: dict[str, int] = {}
        self._old_uses: dict[str, int] = {}

    def know_devices(self, roster: Sequence[RosterEntry]) -> None:
        """Take the devices of a roster in place of the ones before."""
        self._generations = {row.device_id: row.key_generation for row in roster}
        self._derived.clear()

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

    def signers_of(self, key_id: str) -> tuple[Sender, ...]:
        """Return for whom a key signs, once with each secret that it may sign with, the newest first; nothing for a key
        of nobody."""
        opened = self._opened.get(key_id)
        if opened is not None and opened.kind == "platform":
            return (Sender(opened.of, None, key_id, opened.secret),) if opened.of in self._platforms else ()
        if opened is not None:
            known = opened.of in self._generations
            return (Sender(None, opened.of, key_id, opened.secret),) if known else ()
        if key_id.startswith(DEVICE_KEY_ID):
            device = key_id.removeprefix(DEVICE_KEY_ID)
            return tuple(Sender(None, device, key_id, one) for one in self._keys_of("device", device))
        platform = key_id.removeprefix(PLATFORM_KEY_ID)
        if key_id.startswith(PLATFORM_KEY_ID) and platform in self._platforms:
            return tuple(Sender(platform, None, key_id, one) for one in self._keys_of("platform", platform))
        return ()

    def note_signed(self, sender: Sender) -> None:
        """Note who signed with a key of an older secret."""
        kind, of = ("platform", sender.platform) if sender.platform else ("device", sender.device)
        if sender.key_id not in self._opened and sender.secret != self._keys_of(kind, of or "")[0]:
            self.note_old(kind, of or "")

    def note_old(self, kind: str, of: str) -> None:
        """Note that a device or a platform came with a key of an older secret, at most every ten minutes."""
        name, now = f"{kind}:{of}", self._real_ms()
        if now - self._noted.get(name, 0) >= OLD_USE_NOTED_MS:
            self._noted[name] = self._old_uses[name] = now

    def take_old_uses(self) -> dict[str, int]:
        """Return who came with a key of an older secret since the last call: `device:<id>` -> UTC ms."""
        taken, self._old_uses = self._old_uses, {}
        return taken

    def put_back_old_uses(self, uses: dict[str, int]) -> None:
        """Take back what could not be written down."""
        self._old_uses = uses | self._old_uses

    def is_device(self, device_id: str, key: str) -> bool:
        """Say whether the key is this device's; an unknown device and a wrong key look the same, and so does a device
        for which a key was opened that it has to sign with: no wire takes its plain key any more."""
        return self.is_plain_key(device_id, key) and not self._modes.get(("device", device_id))

    def key_of(self, device_id: str) -> str | None:
        """Return the key that a device has to send, None for an unknown one."""
        return next(iter(self._keys_of("device", device_id)), None)

    def payload_keys_of(self, device_id: str) -> tuple[str, ...]:
        """Return the keys that a device's OwnTracks app may encrypt with, the newest first; none for a stranger."""
        return self._keys_of("payload", device_id)

    def key_of_generation(self, device_id: str, generation: int) -> str | None:
        """Return the key that a device has to send if it is of that generation, None for an older or unknown one."""
        return self.key_of(device_id) if self._generations.get(device_id) == generation else None

    def platform_of(self, authorization: str) -> str | None:
        """Return the platform of `Bearer <key>`, None for a key of nobody."""
        scheme, _, key = authorization.partition(" ")
        found = None
        if scheme.lower() == "bearer":
            for platform in self._platforms:
                if self._is_one_of("platform", platform, key.strip()):
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
        return self._is_one_of("device", device_id, key)

    def _is_one_of(self, kind: str, of: str, key: str) -> bool:
        expected = self._keys_of(kind, of)
        found = [
            matches(one, key) for one in expected or ("-" * 26,)
        ]  # an unknown one costs what a wrong key costs
        if not any(found) or not expected:
            return False
        if not found[0]:
            self.note_old(kind, of)
        return True

    def _keys_of(self, kind: str, of: str) -> tuple[str, ...]:
        """Return the keys of a device or a platform, the newest secret's first; they are derived once."""
        secrets = (self._secret,) if isinstance(self._secret, bytes) else self._secret.all()
        if secrets != self._derived_of:
            self._derived_of = secrets
            self._derived.clear()
        found = self._derived.get((kind, of))
        if found is None:
            found = self._derive(secrets, kind, of)
            if found:
                self._derived[(kind, of)] = found
        return found

    def _derive(self, secrets: tuple[bytes, ...], kind: str, of: str) -> tuple[str, ...]:
        if kind == "platform":
            return tuple(platform_key(one, of) for one in secrets)
        generation = self._generations.get(of)
        if generation is None:
            return ()
        derive = device_key if kind == "device" else payload_key
        return tuple(derive(one, of, generation) for one in secrets)
