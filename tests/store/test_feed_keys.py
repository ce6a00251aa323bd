"""Keys that gateways sign with: opened and revoked by the security administrator, sealed, rotated, audited."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.service.feed_keys import feed_keys, feed_keys_in_use, open_feed_key, revoke_feed_key
from dashboard.service.services import Services
from dashboard.store import tables
from dashboard.store.data_keys import DataKeys
from tests.store.centre import done, officer, refusal

NOW = 1_795_401_600_000
SECADMIN = officer("secadmin")


@pytest.fixture
def sealed(services: Services, tmp_path: Path) -> Services:
    """Services with a secret and a place for data keys, and one device on the roster."""
    found = replace(services, secret=b"s" * 32, data_keys=DataKeys(tmp_path / "keys" / "data.keys"))
    with found.store.write() as connection:
        connection.execute(
            insert(tables.roster),
            {"slot": 0, "worker_id": "w0", "name": "", "grid": "g", "township": "t", "region": "r",
             "assessed": True, "device_id": "dev-0"},
        )  # fmt: skip
    return found


def test_a_key_is_shown_once_sealed_and_signs_until_it_is_revoked(sealed: Services) -> None:
    made = done(open_feed_key(sealed, SECADMIN, " 网格平台网关 ", "platform", "grid", True, NOW))
    (in_use,) = feed_keys_in_use(sealed)
    assert (in_use.id, in_use.kind, in_use.of, in_use.signed_only) == (made.id, "platform", "grid", True)
    assert in_use.secret == made.secret
    with sealed.store.read() as connection:
        (row,) = connection.execute(select(tables.feed_keys)).all()
    assert made.secret.encode() not in row.secret_sealed
    (listed,) = feed_keys(sealed, SECADMIN, NOW)
    assert listed["name"] == "网格平台网关"
    assert made.secret not in str(listed)
    done(revoke_feed_key(sealed, SECADMIN, made.id, NOW + 1))
    assert feed_keys_in_use(sealed) == []
    assert refusal(revoke_feed_key(sealed, SECADMIN, made.id, NOW + 2)) == "no_such_token"
    rows = service.audit_rows(sealed, officer("auditor"), service.AuditQuery(limit=9))
    assert [(one["act"], one["result"]) for one in reversed(rows)] == [
        ("open_feed_key", "done"), ("revoke_feed_key", "done"), ("revoke_feed_key", "no_such_token"),
    ]  # fmt: skip
    assert made.secret not in str(rows)


@pytest.mark.parametrize(
    ("actor", "name", "kind", "sender", "code"),
    [
        (officer("sysadmin"), "a", "platform", "grid", "no_right"),
        (officer("duty_leader"), "a", "device", "dev-0", "no_right"),
        (SECADMIN, " ", "platform", "grid", "name_missing"),
        (SECADMIN, "a", "platform", "no platform", "no_such_sender"),
        (SECADMIN, "a", "device", "grid", "no_such_sender"),
        (SECADMIN, "a", "worker", "dev-0", "no_such_sender"),
    ],
)
def test_who_may_not_and_what_is_not_there_is_refused(
    sealed: Services, actor: Principal, name: str, kind: str, sender: str, code: str
) -> None:
    assert refusal(open_feed_key(sealed, actor, name, kind, sender, False, NOW)) == code
    assert feed_keys_in_use(sealed) == []


def test_a_rotation_of_the_data_keys_keeps_the_secret(sealed: Services) -> None:
    made = done(open_feed_key(sealed, SECADMIN, "a", "device", "dev-0", False, NOW))
    done(service.rotate_keys(sealed, replace(SECADMIN, role="system"), NOW))
    with sealed.store.read() as connection:
        kept = connection.execute(select(tables.feed_keys.c.secret_sealed)).scalar_one()
    assert kept.startswith(sealed.seal.head())
    assert [one.secret for one in feed_keys_in_use(sealed)] == [made.secret]


def test_a_key_that_no_longer_opens_lets_nobody_in_and_excuses_nobody(sealed: Services) -> None:
    made = done(open_feed_key(sealed, SECADMIN, "a", "platform", "grid", True, NOW))
    (left,) = feed_keys_in_use(replace(sealed, secret=b"another secret of thirty-two byte"))
    assert left.secret != made.secret
    assert left.signed_only
