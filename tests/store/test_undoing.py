"""What was just done is taken back while nobody knows of it, by an act of its own; and the reasons why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.readings import HotlineOrderReading
from dashboard.store import tables
from tests.browser.desk_city import NOW, OFFICER, DeskCity

OTHER = Principal("officer-2", "陈秀英", "officer", "duty_officer", "371100")
BURST = "热力一次管网爆管"


@pytest.fixture
def city(tmp_path: Path) -> DeskCity:
    return DeskCity(tmp_path)


def undo(city: DeskCity, of: str, actor: Principal = OFFICER, key: str = "z") -> service.Outcome:
    return service.undo(city.services, actor, service.Undo(of), city.clock.now_ms(), key)


def dispatched(city: DeskCity, kind: str = "heating", role: str = "lead", key: str = "act") -> dict:
    row = city.matter(BURST)
    unit = next(one.id for one in city.pack.units if one.kind == kind)
    order = service.Dispatch(row["id"], (service.ReceiverOrder("unit", unit, role),), "抢修")
    done = service.dispatch(city.services, OFFICER, order, row["version"], city.clock.now_ms(), key)
    assert isinstance(done, service.Done), done
    return done.value


def helped(city: DeskCity) -> dict:
    """A further order on a matter that is in its unit's hands already."""
    dispatched(city, key="first")
    return dispatched(city, kind="water", role="assist")


def kinds(city: DeskCity) -> list[str]:
    return [line["kind"] for line in service.snapshot(city.services).log]


def test_a_dispatch_that_nobody_has_received_is_taken_back_and_the_log_holds_both(city: DeskCity) -> None:
    command = helped(city)
    before = city.matter(BURST)
    city.clock.advance(seconds=5)
    done = undo(city, "act")
    assert isinstance(done, service.Done) and done.value == {"act": "dispatch", "count": 1}
    (row,) = [one for one in city.picture()["commands"] if one["id"] == command["id"]]
    assert row["state"] == "recalled"
    after = city.matter(BURST)
    assert {name: after[name] for name in ("unit", "stage", "due_at")} == {
        name: before[name] for name in ("unit", "stage", "due_at")
    }
    assert {"CommandRecalled", "CommandIssued"} & set(kinds(city)) >= {"CommandRecalled"}
    assert undo(city, "act") == done  # the key pressed twice


def test_what_a_receiver_has_is_not_taken_back(city: DeskCity) -> None:
    command = dispatched(city)
    city.answer(command, command["receivers"][0]["id"], "delivered")
    refused = undo(city, "act")
    assert isinstance(refused, service.Refused) and refused.code == "undo_told"
    assert refused.params["who"] == command["receivers"][0]["name"]
    assert "CommandRecalled" not in kinds(city)


def test_what_a_receiver_accepted_without_a_sign_of_delivery_is_not_taken_back(city: DeskCity) -> None:
    command = helped(city)
    city.answer(command, command["receivers"][0]["id"], "accepted")
    refused = undo(city, "act")
    assert isinstance(refused, service.Refused) and refused.code == "undo_told"


def test_an_order_that_gave_the_matter_to_a_unit_is_not_taken_back_as_if_it_had_not(city: DeskCity) -> None:
    command = dispatched(city)
    refused = undo(city, "act")
    assert isinstance(refused, service.Refused) and refused.code == "undo_moved"
    assert refused.params["no"] == command["no"]
    assert "CommandRecalled" not in kinds(city)


def test_after_ten_seconds_it_stands(city: DeskCity) -> None:
    dispatched(city)
    city.clock.advance(seconds=13)
    refused = undo(city, "act")
    assert isinstance(refused, service.Refused) and refused.code == "undo_late"


def test_only_ones_own_act_is_taken_back(city: DeskCity) -> None:
    dispatched(city)
    refused = undo(city, "act", OTHER)
    assert isinstance(refused, service.Refused) and refused.code == "undo_nothing"


def test_a_merge_is_taken_apart_and_every_matter_stands_again(city: DeskCity) -> None:
    cold = [
        HotlineOrderReading(
            order_no=f"26112310901{number}", opened_at=NOW - 60_000, category="0203", urgency=2, title="整栋停暖",
            township="371102001", place="金阳社区", lon=119.45, lat=35.42, text="家里没有暖气",
        )
        for number in range(3)
    ]  # fmt: skip
    service.intake_orders(city.services, cold, NOW)
    before = [row for row in city.picture()["matters"] if row["title"] == "整栋停暖"]
    first, *rest = [row["id"] for row in before]
    merged = service.merge(
        city.services, OFFICER, service.MergeMatters(first, tuple(rest)), None, city.clock.now_ms(), "act"
    )
    assert isinstance(merged, service.Done)
    done = undo(city, "act")
    assert isinstance(done, service.Done) and done.value == {"act": "merge", "count": 2}
    after = [row for row in city.picture()["matters"] if row["title"] == "整栋停暖"]
    assert {row["id"] for row in after} == {first, *rest}
    assert {row["merged"] for row in after} == {1}


def test_a_note_stays_written(city: DeskCity) -> None:
    note = service.Note(city.matter(BURST)["id"], "已联系")
    assert isinstance(service.note(city.services, OFFICER, note, NOW, "act"), service.Done)
    refused = undo(city, "act")
    assert isinstance(refused, service.Refused) and refused.code == "undo_never"


def test_a_merge_that_ended_an_order_is_not_taken_apart_as_if_it_had_not(city: DeskCity) -> None:
    dispatched(city, key="first")
    burst = city.matter(BURST)
    reading = HotlineOrderReading(
        order_no="261123109999", opened_at=NOW - 60_000, category=burst["category"], urgency=2, title="又一处爆管",
        township="371102001", place="金阳社区", lon=119.45, lat=35.42, text="路上冒水",
    )  # fmt: skip
    service.intake_orders(city.services, [reading], NOW)
    (other,) = [row for row in city.picture()["matters"] if row["title"] == "又一处爆管"]
    city.clock.advance(seconds=1)
    merged = service.merge(
        city.services,
        OFFICER,
        service.MergeMatters(other["id"], (burst["id"],)),
        None,
        city.clock.now_ms(),
        "act",
    )
    assert isinstance(merged, service.Done), merged
    refused = undo(city, "act")
    assert (
        isinstance(refused, service.Refused) and refused.code == "undo_ended" and refused.params["count"] == 1
    )


def test_a_refused_undo_is_in_the_audit(city: DeskCity) -> None:
    undo(city, "nothing")
    with city.services.store.read() as connection:
        rows = connection.execute(
            select(tables.audit.c.result).where(tables.audit.c.subject == "act:nothing")
        )
        assert rows.scalars().all() == ["undo_nothing"]
