"""Keys of an older secret are taken until it is retired, and noted, on each wire that derives them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.domain.device_keys import device_key, payload_key, platform_key
from dashboard.store.secret_file import Secrets, open_secrets, write_secrets
from data_feeds.feed_keys import OLD_USE_NOTED_MS, FeedKeys
from tests.feeds.feed_city import PLATFORMS, ROSTER


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    return open_secrets(tmp_path / "secret.key")


def opened(secrets: Secrets, now: list[int]) -> FeedKeys:
    keys = FeedKeys(secrets, PLATFORMS, real_ms=lambda: now[0])
    keys.know_devices(ROSTER)
    return keys


def test_a_plain_key_of_an_older_secret_is_taken_and_noted_until_it_is_retired(secrets: Secrets) -> None:
    now = [OLD_USE_NOTED_MS]
    keys, old = opened(secrets, now), secrets.all()[0]
    plain, bearer = device_key(old, "dev-0", 1), f"Bearer {platform_key(old, 'grid')}"
    assert keys.is_device("dev-0", plain)
    assert keys.take_old_uses() == {}
    write_secrets(secrets.file, secrets.list().with_new())
    new = secrets.all()[0]
    assert keys.key_of("dev-0") == device_key(new, "dev-0", 1)  # what a terminal that registers is given
    assert keys.is_device("dev-0", device_key(new, "dev-0", 1))
    assert keys.take_old_uses() == {}
    assert keys.is_device("dev-0", plain)
    assert keys.device_of(f"Device dev-0:{plain}") == "dev-0"
    assert keys.platform_of(bearer) == "grid"
    assert not keys.is_device("dev-1", plain)
    assert keys.take_old_uses() == {"device:dev-0": now[0], "platform:grid": now[0]}
    assert keys.is_device("dev-0", plain)
    assert keys.take_old_uses() == {}
    write_secrets(secrets.file, secrets.list().without_older())
    assert not keys.is_device("dev-0", plain)
    assert keys.platform_of(bearer) is None


def test_signatures_and_encrypted_payloads_are_of_either_secret(secrets: Secrets) -> None:
    keys, old = opened(secrets, [OLD_USE_NOTED_MS]), secrets.all()[0]
    write_secrets(secrets.file, secrets.list().with_new())
    new = secrets.all()[0]
    assert [one.secret for one in keys.signers_of("device:dev-0")] == [
        device_key(one, "dev-0", 1) for one in (new, old)
    ]
    assert [one.secret for one in keys.signers_of("platform:grid")] == [
        platform_key(one, "grid") for one in (new, old)
    ]
    assert keys.payload_keys_of("dev-0") == tuple(payload_key(one, "dev-0", 1) for one in (new, old))
    keys.note_signed(keys.signers_of("device:dev-0")[0])
    assert keys.take_old_uses() == {}
    keys.note_signed(keys.signers_of("device:dev-0")[1])
    assert list(keys.take_old_uses()) == ["device:dev-0"]
    write_secrets(secrets.file, secrets.list().without_older())
    assert [one.secret for one in keys.signers_of("device:dev-0")] == [device_key(new, "dev-0", 1)]
    assert keys.signers_of("device:nobody") == keys.payload_keys_of("nobody") == ()
