"""Tellings: written with the step that fires, sent at least once under one id, receipted, visible when they fail."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.telling import BACKOFF_MS, LEASE_MS, PHONE_BACKOFF_MS, RECEIPT_LIMIT_MS
from dashboard.service import GatewayReceipt, Outgoing, Services, Settled
from dashboard.service.asks import open_asks
from dashboard.service.policies.webhooks import open_webhook
from dashboard.service.retention import forget_old
from dashboard.store import audit
from dashboard.store.records import TELLINGS
from dashboard.store.store import Store
from tests.store.centre import CITY, DONGGANG, LANSHAN, MINUTE_MS, SECRET, Centre, done, officer, refusal

SECOND_MS = 1_000


def tellings(centre: Centre, **equal: Any) -> list[Any]:
    with centre.services.store.read() as connection:
        found = [TELLINGS.value(row) for row in connection.execute(TELLINGS.select())]
    kept = [one for one in found if all(getattr(one, name) == value for name, value in equal.items())]
    return sorted(kept, key=lambda one: (one.made_at, one.means, one.role))


def take(centre: Centre, worker: str = "w1", later_ms: int = 0) -> list[Outgoing]:
    return service.take_due(centre.services, worker, centre.now + later_ms)


def unanswered_whistle(centre: Centre, minutes: float = 3) -> tuple[dict[str, Any], str]:
    """A whistle that its unit has not answered for three minutes; returns the matter's row and the unit."""
    matter = centre.event()
    (unit,) = centre.units(1)
    orders = service.ReceiverOrder("unit", unit)
    done(centre.whistle(matter, orders))  # type: ignore[arg-type]
    centre.wait(minutes=minutes)
    return centre.matter(matter["id"]), unit


def asks(centre: Centre) -> list[dict[str, Any]]:
    with centre.services.store.read() as connection:
        return [one for one in open_asks(centre.services, connection) if one["kind"] == "telling_failed"]


# -- planned with the step ---------------------------------------------------------------------------------------


def test_a_step_tells_each_role_by_the_means_that_suit_where_it_sits(centre: Centre) -> None:
    matter, unit = unanswered_whistle(centre, minutes=31)
    told = [
        (one.policy_id, one.role, one.means, one.recipient_kind, one.recipient) for one in tellings(centre)
    ]
    region = matter["region"]
    assert ("whistle-answer", "unit_duty", "phone", "unit", unit) in told
    assert ("whistle-late", "unit_head", "phone", "unit", unit) in told
    assert ("whistle-late", "commander", "screen", "desk", f"commander@{region}") in told
    # The commander sits in the room: no call, because the row names somebody outside for it.
    assert not [one for one in told if one[1] == "commander" and one[2] == "phone"]
    assert not [one for one in told if one[1] == "unit_head" and one[2] == "screen"]


def test_what_is_said_names_number_place_and_event_and_no_citizen(centre: Centre) -> None:
    matter = centre.order(urgency=2, status="TO_SIGN", dispatched_at=centre.now, unit=centre.units(1)[0])
    centre.wait(hours=1)
    found = tellings(centre, matter_id=matter["id"])
    assert found
    for one in found:
        assert len(one.text) <= 45
        assert matter["no"] in one.text
        assert "李小明" not in one.text + one.text_en
        assert "13812345678" not in one.text + one.text_en


def test_tellings_are_committed_with_their_step_or_not_at_all(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    unanswered_whistle(centre, minutes=2.9)
    before = len(tellings(centre))

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(audit, "record", broken)
    centre.clock.advance(minutes=1)
    with pytest.raises(RuntimeError):
        centre.fire()
    monkeypatch.undo()
    assert len(tellings(centre)) == before
    assert not centre.log("EscalationFired")
    centre.fire()
    assert len(tellings(centre)) > before


def test_a_unit_role_without_a_unit_falls_to_the_duty_desk(centre: Centre) -> None:
    matter = centre.order(urgency=1, status="TO_SIGN", dispatched_at=centre.now, village=None, unit=None)
    centre.wait(minutes=20)
    found = tellings(centre, matter_id=matter["id"])
    assert found
    assert {one.recipient_kind for one in found} <= {"desk", "unit"}


def test_an_unserved_means_is_not_pretended(centre: Centre) -> None:
    centre.services = replace_served(centre.services, frozenset({"webhook"}))
    matter, _ = unanswered_whistle(centre)
    (call,) = tellings(centre, means="phone")
    assert (call.state, call.fault) == ("failed", "no_gateway")
    (line,) = centre.log("EscalationFired")
    assert "人工" in line.params["by_hand"]
    assert [one["matter_id"] for one in asks(centre)] == [matter["id"]]
    assert refusal(centre.do(service.retry_tellings, service.RetryTellings(matter["id"]))) == "nothing_failed"


def test_a_served_means_is_not_said_to_be_done_by_hand(centre: Centre) -> None:
    unanswered_whistle(centre)
    (line,) = centre.log("EscalationFired")
    assert line.params["by_hand"] == ""


def replace_served(services: Services, served: frozenset[str]) -> Services:
    return Services(services.store, services.pack, secret=SECRET, means_served=served)


# -- sent --------------------------------------------------------------------------------------------------------


def test_a_telling_is_sent_once_and_received_once(centre: Centre) -> None:
    unanswered_whistle(centre)
    (out,) = take(centre)
    assert (out.means, out.attempt, out.to["role"]) == ("phone", 1, "unit_duty")
    assert take(centre) == []
    service.settle(centre.services, [Settled(out.id, 1, gateway_id="c1")], centre.now)
    assert take(centre) == []
    (one,) = tellings(centre, id=out.id)
    assert (one.state, one.gateway_id) == ("sent", "c1")
    receipt = GatewayReceipt(out.id, "received", by="值班室")
    assert service.note_receipts(centre.services, [receipt], centre.now + SECOND_MS) == 1
    assert service.note_receipts(centre.services, [receipt], centre.now + 2 * SECOND_MS) == 0
    (one,) = tellings(centre, id=out.id)
    assert (one.state, one.received_at) == ("received", centre.now + SECOND_MS)


def test_a_worker_that_died_leaves_its_telling_to_the_next_under_the_same_id(centre: Centre) -> None:
    unanswered_whistle(centre)
    (first,) = take(centre, "w1")
    assert take(centre, "w2", LEASE_MS - 1) == []
    (second,) = take(centre, "w2", LEASE_MS)
    assert (second.id, second.attempt) == (first.id, 2)


def test_two_workers_never_hold_one_telling_at_once(centre: Centre, store: Store) -> None:
    for _ in range(3):
        unanswered_whistle(centre)
    elsewhere = Centre(Services(store, centre.pack, secret=SECRET))
    elsewhere.clock = centre.clock
    first, second = take(centre, "w1"), take(elsewhere, "w2")
    assert first
    assert not {one.id for one in first} & {one.id for one in second}


def test_an_attempt_that_fails_is_made_again_by_the_table_and_given_up_visibly(centre: Centre) -> None:
    matter, _ = unanswered_whistle(centre)
    at, waits = 0, []
    for number in range(len(PHONE_BACKOFF_MS) + 1):
        (out,) = take(centre, later_ms=at)
        assert out.attempt == number + 1
        service.settle(centre.services, [Settled(out.id, out.attempt, fault="busy")], centre.now + at)
        (one,) = tellings(centre, id=out.id)
        if one.next_at is not None:
            waits.append(one.next_at - centre.now - at)
            at = one.next_at - centre.now
    assert tuple(waits) == PHONE_BACKOFF_MS
    assert (one.state, one.fault) == ("failed", "busy")
    assert take(centre, later_ms=at + 10 * MINUTE_MS) == []
    (ask,) = asks(centre)
    assert (ask["matter_id"], ask["params"]["count"]) == (matter["id"], 1)
    (line,) = centre.log("TellingFailed")
    assert line.params["fault"] == "占线"
    assert line.rows["asks"][0]["id"] == ask["id"]


def test_a_gateway_that_never_confirms_counts_as_failed(centre: Centre) -> None:
    unanswered_whistle(centre)
    (out,) = take(centre)
    service.settle(centre.services, [Settled(out.id, 1, gateway_id="c1")], centre.now)
    late = RECEIPT_LIMIT_MS["phone"]
    assert take(centre, later_ms=late) == []
    (one,) = tellings(centre, id=out.id)
    assert (one.state, one.fault) == ("waiting", "no_receipt")
    (again,) = take(centre, later_ms=late + PHONE_BACKOFF_MS[0])
    assert again.id == out.id


def test_a_final_fault_is_given_up_at_once(centre: Centre) -> None:
    unanswered_whistle(centre)
    (out,) = take(centre)
    fault = Settled(out.id, 1, fault="no_number", is_final=True)
    service.settle(centre.services, [fault], centre.now)
    assert tellings(centre, id=out.id)[0].state == "failed"


def test_what_came_late_takes_its_ask_away(centre: Centre) -> None:
    unanswered_whistle(centre)
    (out,) = take(centre)
    service.settle(centre.services, [Settled(out.id, 1, fault="busy", is_final=True)], centre.now)
    assert asks(centre)
    service.note_receipts(centre.services, [GatewayReceipt(out.id, "received")], centre.now)
    assert not asks(centre)
    (line,) = centre.log("TellingArrived")
    assert line.rows["gone"]["asks"] == [f"telling_failed:{out.matter_id}"]


# -- shown -------------------------------------------------------------------------------------------------------


def shown_on_screens(centre: Centre) -> list[str]:
    unanswered_whistle(centre, minutes=21)
    return [one["id"] for line in centre.log("EscalationFired") for one in line.params["tellings"]]


def test_a_desk_of_the_scope_says_that_it_showed_it_and_the_first_counts(centre: Centre) -> None:
    ids = shown_on_screens(centre)
    assert ids
    first = officer(jurisdiction=DONGGANG, name="孙某某")
    value = done(service.receipt_shown(centre.services, first, ids, centre.now))
    assert sorted(value["received"]) == sorted(ids)
    again = done(service.receipt_shown(centre.services, officer(), ids, centre.now + SECOND_MS))
    assert again["received"] == []
    one = tellings(centre, id=ids[0])[0]
    assert (one.received_by, one.received_at) == ("孙** 值班员", centre.now)


def test_a_desk_elsewhere_cannot_say_so(centre: Centre) -> None:
    ids = shown_on_screens(centre)
    elsewhere = officer(jurisdiction=LANSHAN)
    assert done(service.receipt_shown(centre.services, elsewhere, ids, centre.now))["received"] == []
    kiosk = Principal("k", "", "kiosk", "viewer_wall", CITY)
    assert refusal(service.receipt_shown(centre.services, kiosk, ids, centre.now)) == "no_right"


def test_a_desk_that_opens_gets_what_nobody_has_shown_yet(centre: Centre) -> None:
    ids = shown_on_screens(centre)
    waiting = service.waiting_tellings(centre.services, officer(jurisdiction=DONGGANG), centre.now)
    assert not isinstance(waiting, service.Refused)
    assert {one["id"] for one in waiting} == set(ids)
    elsewhere = service.waiting_tellings(centre.services, officer(jurisdiction=LANSHAN), centre.now)
    assert elsewhere == []


def test_a_units_page_receipts_its_own_tellings_alone(centre: Centre) -> None:
    unit, other = centre.units(2)
    centre.order(urgency=2, status="TO_SIGN", dispatched_at=centre.now, unit=unit)
    centre.wait(hours=1)
    (reminder,) = tellings(centre, policy_id="order-sign-half-2")
    assert (reminder.means, reminder.recipient) == ("unit_page", unit)
    liaison, stranger = officer("unit_liaison", unit=unit), officer("unit_liaison", unit=other)
    waiting = service.waiting_tellings(centre.services, liaison, centre.now)
    assert not isinstance(waiting, service.Refused)
    assert reminder.id in {one["id"] for one in waiting}
    assert service.waiting_tellings(centre.services, stranger, centre.now) == []
    # The inbox says whether there is anything to fetch, so that a page asks for tellings only then.
    assert service.own_inbox(centre.services, liaison, centre.now).told
    assert not service.own_inbox(centre.services, stranger, centre.now).told
    assert done(service.receipt_shown(centre.services, stranger, [reminder.id], centre.now))["received"] == []
    assert done(service.receipt_shown(centre.services, liaison, [one["id"] for one in waiting], centre.now))[
        "received"
    ]
    assert not service.own_inbox(centre.services, liaison, centre.now).told


def test_what_was_never_shown_or_sent_lapses_with_its_clock(centre: Centre) -> None:
    unit = centre.units(1)[0]
    matter = centre.order(urgency=2, status="TO_SIGN", dispatched_at=centre.now, unit=unit)
    centre.wait(minutes=20)
    assert tellings(centre, matter_id=matter["id"], state="waiting")
    assert service.lapse_ended(centre.services, centre.now) == 0
    reading = centre.reading(status="HANDLING", dispatched_at=centre.now, unit=unit)
    with centre.services.store.read() as connection:
        external = connection.exec_driver_sql("SELECT external_id FROM matters").scalar_one()
    centre.take(replace(reading, order_no=external, signed_at=centre.now))
    assert service.lapse_ended(centre.services, centre.now) > 0
    assert [one.means for one in take(centre)] == []
    assert {one.state for one in tellings(centre) if ":sign" in one.chain} == {"lapsed"}


# -- what officers do about failures ---------------------------------------------------------------------------------


def given_up(centre: Centre) -> dict[str, Any]:
    matter, _ = unanswered_whistle(centre)
    (out,) = take(centre)
    service.settle(centre.services, [Settled(out.id, 1, fault="no_answer", is_final=True)], centre.now)
    return matter


def test_an_officer_says_whom_he_told_by_hand(centre: Centre) -> None:
    matter = given_up(centre)
    empty = service.ToldByHand(matter["id"], " ")
    assert refusal(centre.do(service.told_by_hand, empty)) == "text_missing"
    done(centre.do(service.told_by_hand, service.ToldByHand(matter["id"], "已电话告知值班室张某")))
    assert not asks(centre)
    (one,) = tellings(centre, means="phone")
    assert (one.state, one.received_by) == ("by_hand", "王**")
    (line,) = centre.log("ToldByHand")
    assert line.rows["gone"]["asks"] == [f"telling_failed:{matter['id']}"]
    again = service.ToldByHand(matter["id"], "再告知")
    assert refusal(centre.do(service.told_by_hand, again)) == "nothing_failed"


def test_an_officer_asks_for_another_attempt(centre: Centre) -> None:
    matter = given_up(centre)
    done(centre.do(service.retry_tellings, service.RetryTellings(matter["id"])))
    assert not asks(centre)
    (out,) = take(centre)
    assert out.attempt == 2
    found = service.tellings_of(centre.services, officer(), matter["id"], centre.now)
    assert not isinstance(found, service.Refused)
    (call,) = [one for one in found if one["means"] == "phone"]
    assert [one["result"] for one in call["tries"]] == ["no_answer", ""]


def test_an_officer_elsewhere_neither_sees_nor_settles(centre: Centre) -> None:
    matter = given_up(centre)
    elsewhere = officer(jurisdiction=LANSHAN)
    assert (
        refusal(service.tellings_of(centre.services, elsewhere, matter["id"], centre.now)) == "no_such_matter"
    )
    hand = service.ToldByHand(matter["id"], "x")
    assert refusal(centre.do(service.told_by_hand, hand, elsewhere)) == "no_such_matter"
    retry = service.RetryTellings(matter["id"])
    assert refusal(centre.do(service.retry_tellings, retry, elsewhere)) == "no_such_matter"


def test_the_administrator_sees_failures_and_no_matter(centre: Centre) -> None:
    matter = given_up(centre)
    found = service.failed_tellings(centre.services, officer("sysadmin"), centre.now)
    assert isinstance(found, dict)
    (row,) = found["failed"]
    assert (row["means"], row["fault"]) == ("phone", "no_answer")
    assert matter["title"] not in repr(row)
    assert (row["no"], row["desk"]) == (matter["no"], "东港区")
    assert (row["next_step"], row["most_tries"]) == ("20 分钟未到场：通知值班长", 3)
    assert row["next_step_at"] > centre.now
    assert found["counts"]["phone"] == {"failed": 1}
    (phone,) = [one for one in found["means"] if one["means"] == "phone"]
    assert (phone["served"], phone["failed"], phone["retrying"]) == (True, 1, 0)
    assert (phone["since"], phone["last_received_at"]) == (row["made_at"], None)
    assert refusal(service.failed_tellings(centre.services, officer(), centre.now)) == "no_right"


def test_a_gateway_may_say_what_became_of_a_call_in_its_jurisdiction(centre: Centre) -> None:
    unanswered_whistle(centre)
    (out,) = take(centre)
    service.settle(centre.services, [Settled(out.id, 1, gateway_id="c1")], centre.now)
    here = Principal("g", "", "gateway", "gateway", CITY)
    elsewhere = replace(here, jurisdiction=LANSHAN)
    said = (out.id, "received", "", centre.now)
    assert refusal(service.receipt_sent(centre.services, elsewhere, *said)) == "no_such_telling"
    assert refusal(service.receipt_sent(centre.services, officer(), *said)) == "no_such_telling"
    assert done(service.receipt_sent(centre.services, here, *said)) == {"changed": 1}


# -- webhooks --------------------------------------------------------------------------------------------------------


def test_a_webhook_gets_what_its_jurisdiction_concerns(centre: Centre) -> None:
    from tests.store.test_policies import SYSADMIN, changed, publish

    for name, place in (("东港平台", DONGGANG), ("岚山平台", LANSHAN)):
        done(open_webhook(centre.services, SYSADMIN, name, "https://platform.example/in", place, centre.now))
    service.ensure_policy(centre.services, centre.now)
    done(publish(centre, changed(centre, "whistle-answer", means="phone;webhook")))
    unanswered_whistle(centre)
    (hook,) = tellings(centre, means="webhook")
    assert hook.recipient_name == "东港平台"
    (out,) = [one for one in take(centre) if one.means == "webhook"]
    assert out.url == "https://platform.example/in"
    assert len(out.secret) > 30
    service.settle(centre.services, [Settled(out.id, 1, fault="gateway_away")], centre.now)
    assert health(centre, "东港平台") == (None, 1, hook.made_at)
    centre.clock.advance(seconds=5)
    assert [one.attempt for one in take(centre) if one.means == "webhook"] == [2]
    service.settle(centre.services, [Settled(out.id, 2, gateway_id="r1")], centre.now)
    assert tellings(centre, means="webhook")[0].state == "received"
    assert health(centre, "东港平台") == (centre.now, 0, None)
    assert health(centre, "岚山平台") == (None, 0, None)


def health(centre: Centre, name: str) -> tuple[int | None, int, int | None]:
    listed = service.webhooks(centre.services, officer("sysadmin"), centre.now)
    assert isinstance(listed, list)
    (one,) = [one for one in listed if one["name"] == name]
    return one["received_at"], one["troubled"], one["troubled_at"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x", "http://localhost:9/", "http://[::1]/", "http://169.254.169.254/latest", "ftp://x/y",
        "http://user:pass@host/", "http://host/#f", "http://0.0.0.0/", "http://[::ffff:127.0.0.1]/", "http:///x",
        "javascript:alert(1)", "http://host:99999/", "http://a b/", "http://foo.localhost/", "",
        "http://a..b/", f"http://{'a' * 70}.com/", "http://h\u2028/", "http://ⓛocalhost/", "http://100.100.100.200/",
        "http://[64:ff9b::7f00:1]/", "http://[fd00:ec2::254]/", "http://a,b/", f"http://h/{'路' * 100}",
    ],
)  # fmt: skip
def test_an_address_inside_or_of_another_kind_is_refused(centre: Centre, url: str) -> None:
    from tests.store.test_policies import SYSADMIN

    outcome = open_webhook(centre.services, SYSADMIN, "平台", url, CITY, centre.now)
    assert refusal(outcome) == "webhook_address"


def test_muting_is_on_record_with_its_reason(centre: Centre) -> None:
    silent = service.MuteSound("")
    assert refusal(centre.do(service.mute_sound, silent)) == "reason_missing"
    value = done(centre.do(service.mute_sound, service.MuteSound("电话会议")))
    assert value["until_at"] == centre.now + 15 * MINUTE_MS


def test_the_table_of_waits_is_what_the_docs_say() -> None:
    assert [one // SECOND_MS for one in BACKOFF_MS] == [5, 15, 60, 300, 600, 900]
    assert Counter(one % SECOND_MS for one in (*BACKOFF_MS, *PHONE_BACKOFF_MS)) == {0: 8}


def test_what_was_told_is_kept_for_half_a_year_and_then_forgotten(centre: Centre) -> None:
    unanswered_whistle(centre)
    (out,) = take(centre)
    service.settle(centre.services, [Settled(out.id, 1, fault="busy", is_final=True)], centre.now)
    forget_old(centre.services, centre.now + 180 * 24 * 60 * MINUTE_MS)
    assert tellings(centre, id=out.id)
    forget_old(centre.services, centre.now + 200 * 24 * 60 * MINUTE_MS)
    assert not tellings(centre, id=out.id)
    assert centre.count("telling_attempts") == 0
