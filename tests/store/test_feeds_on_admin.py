"""What the administrators' page shows and does about feeds: keys, devices that are kept apart, what was turned away."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from callbacks.admin.feeds import _asked, _open_key, _shown, counts_of
from callbacks.admin.given import Malformed
from callbacks.admin.overview import standing
from dashboard.service.feed_keys import feed_keys_in_use
from dashboard.service.quarantine import held_devices, hold_device, quarantines
from dashboard.service.services import Services
from layouts.catalogue import LANGUAGES
from tests.store.centre import officer

NOW = 1_795_401_600_000
HEALTH = {"feeds": {"positions": {"replayed": 3, "per_s": None}, "calls": {"replayed": 4, "badly_signed": 1}}}


def drawn(component: object) -> str:
    """All that a component would send to the page."""
    return json.dumps(
        component.to_plotly_json(), ensure_ascii=False, default=lambda one: one.to_plotly_json()
    )


@pytest.fixture
def sealed(services: Services) -> Services:
    return replace(services, secret=b"s" * 32)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_device_is_shown_with_reason_and_since_and_let_out_with_a_reason(
    sealed: Services, language: str
) -> None:
    actor = replace(officer("secadmin"), language=language)
    hold_device(sealed, "dev-7", {"impossible_speed": 31}, NOW)
    shown = drawn(_shown(sealed, actor, HEALTH, NOW))
    assert "dev-7" in shown
    assert {"zh": "不可能的速度 31 次", "en": "impossible speed 31 times"}[language] in shown
    assert "11-23 10:40" in shown
    assert {"zh": "1 台设备在隔离", "en": "1 devices kept apart"}[language] in drawn(
        standing(sealed, actor, NOW)
    )
    found = quarantines(sealed, actor, NOW)
    assert not hasattr(found, "code")
    held = found[0]["id"]
    assert "refused" in drawn(_asked(sealed, actor, "release", held, "", NOW))
    assert held_devices(sealed) == {"dev-7": NOW}
    assert "done" in drawn(_asked(sealed, actor, "release", held, "换了手机", NOW))
    assert held_devices(sealed) == {}
    assert "换了手机" in drawn(_shown(sealed, actor, HEALTH, NOW))


def test_a_key_is_opened_shown_once_and_revoked(sealed: Services) -> None:
    actor = officer("secadmin")
    once = drawn(_open_key(sealed, actor, ["网关", "platform", "grid", "signed"], NOW))
    (key,) = feed_keys_in_use(sealed)
    assert key.secret in once
    assert key.signed_only
    later = drawn(_shown(sealed, actor, {}, NOW))
    assert key.id in later
    assert key.secret not in later
    _asked(sealed, actor, "revoke", key.id, "", NOW)
    assert feed_keys_in_use(sealed) == []


@pytest.mark.parametrize("given", [["a", "worker", "x", "signed"], ["a", "platform", "grid", "maybe"]])
def test_what_the_form_does_not_offer_is_malformed(sealed: Services, given: list[str]) -> None:
    with pytest.raises(Malformed):
        _open_key(sealed, officer("secadmin"), given, NOW)
    with pytest.raises(Malformed):
        _asked(sealed, officer("secadmin"), "something", "x", "", NOW)


def test_what_was_turned_away_is_counted_over_all_feeds() -> None:
    counted = counts_of(HEALTH)
    assert (counted["replayed"], counted["badly_signed"], counted["unsigned"]) == (7, 1, 0)
