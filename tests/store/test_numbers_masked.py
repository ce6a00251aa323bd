"""A telephone number in what people write stays with whom it was written for: nothing that leaves carries it whole."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import insert, select, update

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.service import Refused
from dashboard.service.policies.webhooks import open_webhook
from dashboard.store import tables
from tests.store.centre import MINUTE_MS, Centre, done, officer
from tests.store.pictures import jpeg

NUMBER, IDENTITY = "13987654321", "371102198001011234"
WORDS = f"请打{NUMBER}找张三（{IDENTITY}）"


def liaison(unit: str) -> Principal:
    return officer("unit_liaison", unit=unit, name="郑爱国")


def busy_morning(centre: Centre) -> dict[str, Any]:
    """Say the number in every act that takes words; returns the matter's row."""
    one, two, three = centre.units(3)
    matter = centre.event(level=3, status="CALLED", title=f"管道漏水 {NUMBER}", place=f"店铺 {NUMBER}")
    orders = tuple(
        service.ReceiverOrder("unit", unit, role, WORDS)
        for unit, role in ((one, "lead"), (two, "assist"), (three, "assist"))
    )
    command = done(
        centre.do(service.dispatch, service.Dispatch(matter["id"], orders, WORDS), expected_version=None)
    )
    requests: list[tuple[Any, Any, Principal | None]] = [
        (service.note, service.Note(matter["id"], WORDS), None),
        (service.urge, service.Urge(matter["id"], WORDS), None),
        (service.supervise, service.Supervise(matter["id"], WORDS), centre.leader),
        (service.reveal_citizen, service.RevealCitizen(matter["id"], WORDS), None),
        (service.answer, service.Answer(command["id"], two, "declined", reason=WORDS), liaison(two)),
        (service.rule_decline, service.RuleDecline(command["id"], two, "insisted", WORDS), None),
        (service.answer, service.Answer(command["id"], two, "done", result=WORDS), liaison(two)),
        (service.recall_receiver, service.RecallReceiver(command["id"], three, WORDS), None),
        (service.answer, service.Answer(command["id"], one, "accepted"), liaison(one)),
        (service.confirm_arrival, service.ConfirmArrival(command["id"], one, WORDS), None),
        (
            service.keep_attachment,
            service.NewAttachment(matter["id"], None, None, "photo", f"{NUMBER}.jpg", jpeg()),
            None,
        ),
    ]
    for act, request, actor in requests:
        outcome = centre.do(act, request, actor)
        assert not isinstance(outcome, Refused) or outcome.code == "no_citizen", (request, outcome)
    urgency = service.SetUrgency(matter["id"], 2 if matter["urgency"] != 2 else 3, WORDS)
    done(centre.do(service.set_urgency, urgency, expected_version=None))
    called = service.RaiseWhistle(
        matter["id"], (two,), (WORDS,), decider=WORDS, place=WORDS, reception=WORDS, fallback=WORDS
    )
    whistle = done(centre.do(service.raise_whistle, called, expected_version=None))
    done(
        centre.do(
            service.record_decision, service.RecordDecision(whistle["id"], 1, WORDS, WORDS, owner_unit=two)
        )
    )
    done(
        centre.do(service.complete_decision, service.CompleteDecision(whistle["id"], 1, WORDS), liaison(two))
    )
    room = done(centre.do(service.open_room, service.OpenRoom(matter["id"], WORDS, (one,))))["room_id"]
    done(centre.do(service.say, service.Say(room, WORDS)))
    done(centre.do(service.decide_in_room, service.DecideInRoom(room, WORDS, WORDS)))
    centre.wait(minutes=45)
    return matter | {"room": room, "one": one, "two": two, "command": command["id"]}


def carries(value: Any) -> bool:
    found = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=repr)
    return NUMBER in found or IDENTITY in found


def test_no_line_row_ask_telling_or_audit_row_carries_it(centre: Centre) -> None:
    place = centre.services.city
    done(
        open_webhook(
            centre.services, officer("sysadmin"), "平台", "https://platform.example/in", place, centre.now
        )
    )
    matter = busy_morning(centre)
    with centre.services.store.read() as connection:
        for table in ("log", "tellings", "audit"):
            for row in connection.execute(select(tables.metadata.tables[table])).mappings():
                assert not carries(dict(row)), (table, dict(row))
    assert not carries(repr(service.snapshot(centre.services)))
    for sent in service.take_due(centre.services, "w1", centre.now + MINUTE_MS):
        assert not carries(repr(sent))
    for read in (service.matter_detail, service.matter_loop, service.attachments_of, service.tellings_of):
        assert not carries(repr(read(centre.services, centre.leader, matter["id"], centre.now))), read


def test_its_own_receiver_reads_the_order_whole_and_the_room_what_was_said_in_it(centre: Centre) -> None:
    matter = busy_morning(centre)
    commands = service.own_inbox(centre.services, liaison(matter["two"]), centre.now).commands
    order = next(one for one in commands if one["id"] == matter["command"])
    assert order["objective"] == WORDS == order["mine"]["objective"] == order["mine"]["result"]
    whistle = next(one for one in commands if one["kind"] == "whistle")
    assert (whistle["agenda"][0]["question"], whistle["decider"]) == (WORDS, WORDS)
    room = service.room_view(centre.services, liaison(matter["one"]), matter["room"], centre.now)
    assert not isinstance(room, Refused)
    assert WORDS in [one["text"] for one in room["messages"]]
    gateway = Principal("g", "", "gateway", "gateway", centre.services.city)
    (entry, *_) = service.inbox(centre.services, gateway, 0, now=centre.now).commands
    assert entry["command"]["objective"] == WORDS, "who carries an order carries it whole"


def test_what_was_written_down_before_is_masked_when_it_is_read(centre: Centre) -> None:
    matter = centre.order()
    done(centre.do(service.note, service.Note(matter["id"], "打过电话")))
    with centre.services.store.write() as connection:
        last = centre.log("NoteWritten")[-1]
        old = json.dumps(last.params | {"text": WORDS}, ensure_ascii=False)
        connection.execute(update(tables.log).where(tables.log.c.seq == last.seq).values(params=old))
        asked = {
            "matter_id": matter["id"],
            "n": 1,
            "unit": "u",
            "reason": WORDS,
            "asked_at": 1,
            "asked_by": "x",
        }
        connection.execute(insert(tables.returns), asked)
    assert "139****4321" in centre.log("NoteWritten")[-1].params["text"]
    assert not carries(repr(centre.detail(matter["id"])))
    assert not carries(repr(service.matter_loop(centre.services, centre.leader, matter["id"], centre.now)))


def test_a_large_sum_that_looks_like_a_telephone_does_not_end_an_act(centre: Centre) -> None:
    case = service.RegisterDispute(
        "工程款", "2201", "李小明", "王小红", "欠款", division="371102", amount_yuan=13_812_345_678
    )
    done(centre.do(service.register_dispute, case))
