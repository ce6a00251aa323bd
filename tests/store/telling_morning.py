"""A published policy, and a call that fails, is tried again, arrives late, and another that is told by hand."""

from __future__ import annotations

from dashboard import service
from dashboard.service import GatewayReceipt, Settled
from tests.store.centre import Centre, done, officer


def tell(centre: Centre) -> None:
    """Cause every kind of event that policies and tellings have."""
    services, sysadmin = centre.services, officer("sysadmin", name="吴某某")
    service.ensure_policy(services, centre.now)
    shown = service.policy_rows(services, sysadmin, None, centre.now)
    assert isinstance(shown, dict)
    row = next(one for one in shown["rows"] if one["policy_id"] == "whistle-late") | {"name": "改过"}
    request = service.edit_of(shown["version"], [row], [], "演练")
    done(service.edit_policy(services, sysadmin, request, centre.now, centre.key()))
    matter = centre.event()
    (unit,) = centre.units(1)
    done(centre.whistle(matter, unit))
    centre.wait(minutes=4)

    def fail() -> str:
        (call,) = [
            one for one in service.take_due(services, "w", centre.now) if one.matter_id == matter["id"]
        ]
        refused = Settled(call.id, call.attempt, fault="no_number", is_final=True)
        service.settle(services, [refused], centre.now)
        return call.id

    fail()
    done(centre.do(service.retry_tellings, service.RetryTellings(matter["id"])))
    call_id = fail()
    service.note_receipts(services, [GatewayReceipt(call_id, "received")], centre.now)
    centre.wait(minutes=27)
    for one in service.take_due(services, "w", centre.now):
        refused = Settled(one.id, one.attempt, fault="no_number", is_final=True)
        service.settle(services, [refused], centre.now)
    done(centre.do(service.told_by_hand, service.ToldByHand(matter["id"], "已电话告知")))
