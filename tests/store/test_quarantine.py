"""Devices that are kept apart, in the store: once each, let out with a reason, audited."""

from __future__ import annotations

from sqlalchemy import insert

from dashboard import service
from dashboard.service.quarantine import held_devices, hold_device, quarantines, release_device
from dashboard.service.services import Services
from dashboard.store import tables
from tests.store.centre import done, officer, refusal

NOW = 1_795_401_600_000
SECADMIN = officer("secadmin")


def test_a_device_is_kept_apart_once_and_let_out_with_a_reason(services: Services) -> None:
    with services.store.write() as connection:
        connection.execute(
            insert(tables.roster),
            {"slot": 0, "worker_id": "w-7", "name": "赵一", "grid": "g-7", "township": "t", "region": "r",
             "assessed": True, "device_id": "dev-7"},
        )  # fmt: skip
    assert hold_device(services, "dev-7", {"malformed": 4, "impossible_speed": 27}, NOW)
    assert not hold_device(services, "dev-7", {"malformed": 99}, NOW + 1)
    assert hold_device(services, "gone", {"malformed": 31}, NOW + 2)
    assert held_devices(services) == {"dev-7": NOW, "gone": NOW + 2}
    first, second = quarantines(services, SECADMIN, NOW)
    assert (first["device_id"], first["reason"], first["since_at"]) == ("dev-7", "impossible_speed", NOW)
    assert (first["worker_id"], first["grid"], first["detail"]["malformed"]) == ("w-7", "g-7", 4)
    assert "赵一" not in str(first)
    assert (second["device_id"], second["worker_id"]) == ("gone", "")
    assert refusal(release_device(services, SECADMIN, first["id"], "  ", NOW)) == "reason_missing"
    assert refusal(release_device(services, officer("sysadmin"), first["id"], "看过", NOW)) == "no_right"
    assert refusal(release_device(services, SECADMIN, "none", "看过", NOW)) == "no_such_quarantine"
    assert held_devices(services) == {"dev-7": NOW, "gone": NOW + 2}
    done(release_device(services, SECADMIN, first["id"], "换了手机", NOW + 9))
    assert held_devices(services) == {"gone": NOW + 2}
    assert refusal(release_device(services, SECADMIN, first["id"], "再来", NOW + 10)) == "no_such_quarantine"
    listed = quarantines(services, SECADMIN, NOW)
    assert [(one["device_id"], one["ended_at"], one["why"]) for one in listed] == [
        ("gone", None, None), ("dev-7", NOW + 9, "换了手机"),
    ]  # fmt: skip
    assert hold_device(services, "dev-7", {"malformed": 31}, NOW + 20)  # and again, as another row
    rows = service.audit_rows(
        services, officer("auditor"), service.AuditQuery(limit=20, act="release_device")
    )
    assert [one["result"] for one in reversed(rows)] == [
        "reason_missing", "no_right", "no_such_quarantine", "done", "no_such_quarantine",
    ]  # fmt: skip
    held = service.audit_rows(services, officer("auditor"), service.AuditQuery(limit=20, act="hold_device"))
    assert [one["subject"] for one in reversed(held)] == ["dev-7", "gone", "dev-7"]


def test_who_may_not_sees_nothing_of_it(services: Services) -> None:
    for role in ("sysadmin", "auditor", "duty_leader"):
        assert refusal(quarantines(services, officer(role), NOW)) == "no_right"
