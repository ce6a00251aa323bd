"""What a called unit, the handling unit and a grid worker read of a matter: theirs, and nothing of anybody else's."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import insert

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.service import Refused
from dashboard.store import tables
from tests.store.centre import CITY, DONGGANG, LANSHAN, Centre, done, officer, refusal
from tests.store.pictures import jpeg
from tests.store.test_own_inbox import enrol

WORKER = "w-0001"
SECRET_WORD = "别家的话"  # in whatever only another unit, or the centre, may read


def person(
    centre: Centre, name: str, role: str, unit: str | None = None, worker: str | None = None
) -> Principal:
    """A person with an account: whose a line of the history is, is known by the account that wrote it."""
    account = f"account-{name}"
    row = {
        "id": account, "name": name, "display_name": name, "role": role, "jurisdiction": CITY, "unit": unit,
        "worker": worker, "password_hash": "", "created_at": centre.now,
    }  # fmt: skip
    with centre.services.store.write() as connection:
        connection.execute(insert(tables.accounts), row)
    return Principal(account, name, "officer", role, CITY, unit, worker=worker)


@dataclass
class Morning:
    """A matter that unit `lead` handles, with a whistle to `one` and `two`, and all that `two` and the centre said."""

    centre: Centre
    matter: str
    command: str
    lead: Principal
    one: Principal
    two: Principal
    worker: Principal
    photo_of_two: str


@pytest.fixture
def morning(centre: Centre) -> Morning:
    lead_unit, first, second = centre.units(3)
    lead = person(centre, "甲联络员", "unit_liaison", lead_unit)
    one = person(centre, "乙联络员", "unit_liaison", first)
    two = person(centre, "丙联络员", "unit_liaison", second)
    enrol(centre)
    worker = person(centre, "刘强", "grid_worker", worker=WORKER)
    matter = centre.order()
    done(centre.dispatch(matter, lead_unit))
    step = service.Advance(matter["id"], "HANDLING", {})
    done(centre.do(service.advance, step, lead, expected_version=None))
    row = done(centre.whistle(centre.matter(matter["id"]), first, second, agenda=("何时恢复供暖",)))
    order = service.Dispatch(matter["id"], (service.ReceiverOrder("worker", WORKER, "assist"),), "入户查看")
    done(centre.do(service.dispatch, order, expected_version=None))
    command = row["id"]
    said = {"reason": f"{SECRET_WORD}不属本单位职责", "lon": 119.123456, "lat": 35.123456}
    done(centre.answer(command, second, "declined", two, **said))
    note = service.Note(matter["id"], f"{SECRET_WORD}他们推诿")
    done(centre.do(service.note, note, two))
    done(centre.do(service.note, service.Note(matter["id"], f"{SECRET_WORD}甲单位也不积极")))
    kept = service.NewAttachment(matter["id"], command, None, "photo", f"{SECRET_WORD}.jpg", jpeg())
    photo = done(centre.do(service.keep_attachment, kept, two))["id"]
    ruling = service.RuleDecline(command, second, "insisted", f"{SECRET_WORD}你们就是管这个的")
    done(centre.do(service.rule_decline, ruling))
    done(centre.answer(command, second, "arrived"))
    signed = service.SignRegister(command, second, (service.Attendee(f"{SECRET_WORD}张三"),))
    done(centre.do(service.sign_register, signed, two))
    done(centre.do(service.reveal_citizen, service.RevealCitizen(matter["id"], f"{SECRET_WORD}核实")))
    share = service.ProposeShare(matter["id"], LANSHAN, f"{SECRET_WORD}一起办")
    done(centre.do(service.propose_share, share, officer(jurisdiction=DONGGANG), expected_version=None))
    return Morning(centre, matter["id"], command, lead, one, two, worker, photo)


Read = Callable[[service.Services, Principal, str, int], Any]
# Every read of one matter that an address gives to a liaison or a grid worker.
READS: dict[str, Read] = {
    "matters": lambda services, actor, _matter, now: service.queue(services, actor, now),
    "matter": service.matter_detail,
    "loop": service.matter_loop,
    "register": service.matter_register,
    "merges": service.merge_picture,
    "proposals": service.matter_proposals,
    "attachments": service.attachments_of,
    "tellings": service.tellings_of,
    "rooms": service.rooms_of_matter,
    "own matter": service.own_matter,
    "own inbox": lambda services, actor, _matter, now: service.own_inbox(services, actor, now),
    "own rooms": lambda services, actor, _matter, now: service.own_rooms(services, actor, now),
    "waiting": lambda services, actor, _matter, now: service.waiting_tellings(services, actor, now),
}


def read(morning: Morning, name: str, actor: Principal) -> str:
    return repr(READS[name](morning.centre.services, actor, morning.matter, morning.centre.now))


@pytest.mark.parametrize("who", ["lead", "one", "worker"])
def test_no_read_of_a_receiver_has_anything_of_another_one(morning: Morning, who: str) -> None:
    for name in READS:
        found = read(morning, name, getattr(morning, who))
        assert SECRET_WORD not in found, (name, found)
        assert "119.123456" not in found, (name, "where the other unit is")
        assert "13812345678" not in found


def test_an_answer_to_an_act_has_nothing_of_another_one_either(morning: Morning) -> None:
    centre, one = morning.centre, morning.one
    for outcome in (
        centre.answer(morning.command, one.unit or "", "accepted", one),
        centre.answer(morning.command, one.unit or "", "arrived", one),
        centre.do(service.note, service.Note(morning.matter, "在路上"), one),
        centre.do(
            service.sign_register,
            service.SignRegister(morning.command, one.unit or "", (service.Attendee("李四"),)),
            one,
        ),
    ):
        assert SECRET_WORD not in json.dumps(done(outcome), ensure_ascii=False)


def test_a_unit_reads_its_own_words_whole(morning: Morning) -> None:
    for name in ("matter", "own matter", "own inbox", "register", "attachments"):
        assert SECRET_WORD in read(morning, name, morning.two), name
    own = service.own_matter(morning.centre.services, morning.two, morning.matter, morning.centre.now)
    assert not isinstance(own, Refused)
    kinds = [line["kind"] for line in own["timeline"]]
    assert {"ReceiptDeclined", "NoteWritten", "DeclineRuled", "RegisterSigned", "WhistleRaised"} <= set(kinds)
    assert kinds.count("NoteWritten") == 1, "its own, and not the centre's"
    assert "MatterOpened" not in kinds and "CitizenRevealed" not in kinds


def test_the_centre_reads_all_of_it(morning: Morning) -> None:
    for name in ("matter", "attachments"):
        assert SECRET_WORD in read(morning, name, morning.centre.officer), name


def test_whom_else_a_whistle_calls_and_how_far_they_are_is_told(morning: Morning) -> None:
    (command,) = service.own_inbox(morning.centre.services, morning.one, morning.centre.now).commands
    (other,) = command["others"]
    assert (other["id"], other["stage"]) == (morning.two.unit, "arrived")
    assert set(other) == {"id", "kind", "code", "name", "role", "stage", "left_at"}
    assert [one["question"] for one in command["agenda"]] == ["何时恢复供暖"]


def test_who_only_has_an_order_reads_a_headline_and_no_facts(morning: Morning) -> None:
    detail = service.matter_detail(morning.centre.services, morning.one, morning.matter, morning.centre.now)
    assert not isinstance(detail, Refused)
    assert (detail.fields, detail.steps) == ({}, [])
    assert "due_at" not in detail.row and "worker" not in detail.row
    assert {one["receiver_id"] for one in detail.clocks} <= {morning.one.unit}
    assert [one["id"] for one in detail.commands] == [morning.command]
    loop = service.matter_loop(morning.centre.services, morning.one, morning.matter, morning.centre.now)
    assert not isinstance(loop, Refused) and (loop.steps, loop.returns, loop.details) == ((), [], {})


def test_the_citizens_data_are_for_who_handles_the_matter(morning: Morning) -> None:
    centre = morning.centre
    reveal = service.RevealCitizen(morning.matter, "入户")
    assert refusal(centre.do(service.reveal_citizen, reveal, morning.one)) == "not_your_matter"
    assert done(centre.do(service.reveal_citizen, reveal, morning.lead))["phone"] == "13812345678"


def test_a_receiver_that_was_taken_back_reads_only_what_was_until_then(morning: Morning) -> None:
    centre = morning.centre
    unit = morning.one.unit or ""
    assert centre.detail(morning.matter).citizen is not None
    done(centre.do(service.recall_receiver, service.RecallReceiver(morning.command, unit, "派错")))
    centre.clock.advance(minutes=1)
    done(centre.do(service.record_decision, service.RecordDecision(morning.command, 1, "今晚十点", "热力")))
    own = service.own_matter(centre.services, morning.one, morning.matter, centre.now)
    assert not isinstance(own, Refused)
    kinds = {line["kind"] for line in own["timeline"]}
    assert "ReceiverRecalled" in kinds and "DecisionRecorded" not in kinds
    assert own["citizen"] is None


def test_a_file_of_one_unit_is_no_other_units(morning: Morning) -> None:
    centre = morning.centre

    def reads(actor: Principal, attachment: str) -> bool:
        found = service.read_attachment(centre.services, actor, attachment, centre.now)
        return not isinstance(found, Refused)

    scene = service.NewAttachment(morning.matter, None, None, "photo", "现场.jpg", jpeg())
    with_order = service.NewAttachment(
        morning.matter, morning.command, None, "photo", "图纸.jpg", jpeg((9, 9))
    )
    kept = {
        "two": morning.photo_of_two,
        "scene": done(centre.do(service.keep_attachment, scene))["id"],
        "order": done(centre.do(service.keep_attachment, with_order))["id"],
    }
    people = {"lead": morning.lead, "one": morning.one, "two": morning.two, "worker": morning.worker}
    seen = {name: {what for what, one in kept.items() if reads(actor, one)} for name, actor in people.items()}
    assert seen == {"lead": {"scene"}, "one": {"order"}, "two": {"two", "order"}, "worker": set()}
    assert reads(centre.officer, kept["two"])


def test_the_next_unit_does_not_read_why_the_last_one_gave_the_matter_back(centre: Centre) -> None:
    first, second = centre.units(2)
    before, after = person(centre, "甲", "unit_liaison", first), person(centre, "乙", "unit_liaison", second)
    matter = centre.order()
    done(centre.dispatch(matter, first))
    centre.clock.advance(minutes=1)
    back = service.Advance(matter["id"], "RETURN_REQUESTED", {"reason": f"{SECRET_WORD}不归我们"})
    done(centre.do(service.advance, back, before, expected_version=None))
    hand = service.Transfer(matter["id"], second, "归口")
    done(centre.do(service.transfer, hand, expected_version=None))
    for name, ask in READS.items():
        assert SECRET_WORD not in repr(ask(centre.services, after, matter["id"], centre.now)), name
    own = service.own_matter(centre.services, after, matter["id"], centre.now)
    assert not isinstance(own, Refused) and own["is_handled_here"]
    assert [line["kind"] for line in own["timeline"]] == ["MatterTransferred", "MatterOpened"]
    loop = service.matter_loop(centre.services, centre.leader, matter["id"], centre.now)
    assert not isinstance(loop, Refused) and loop.returns[0]["reason"].startswith(SECRET_WORD)
