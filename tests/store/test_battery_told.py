"""The crash battery's checks of what people were told can fail: each is shown what it must not let pass."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from dashboard import service
from dashboard.citypack import CityPack
from dashboard.domain.principal import Principal
from dashboard.service import Services
from dashboard.service.field.report import citizen
from dashboard.store import tables
from dashboard.store.store import Store
from tests.crash import kept_truth
from tests.crash.people import Acknowledged
from tests.crash.same import same
from tests.store.centre import RONGAN, SECRET, Centre, officer
from tests.store.pictures import jpeg


@dataclass
class Morning:
    """A morning as its people were told it, and where its files lie."""

    centre: Centre
    folder: Path
    told: list[Acknowledged] = field(default_factory=list)

    def act(self, kind: str, done_: service.Done, actor: Principal, body: dict[str, Any], about: Any) -> Any:
        sent = {"body": body, "about": about}
        self.told.append(Acknowledged(f"k{len(self.told)}", kind, done_.seq, done_.value, sent, actor.name))
        return done_.value

    def do(
        self,
        kind: str,
        function: Any,
        request: Any,
        actor: Principal,
        body: dict[str, Any],
        about: Any = None,
    ) -> Any:
        outcome = self.centre.do(function, request, actor)
        assert isinstance(outcome, service.Done), outcome
        return self.act(kind, outcome, actor, body, about)

    def hold(self, connection: Connection) -> tuple[int, int]:
        return kept_truth.kept(connection, self.told, self.centre.services, self.folder)


@pytest.fixture
def morning(store: Store, pack: CityPack, tmp_path: Path) -> Morning:
    folder = tmp_path / "attachments"
    centre = Centre(Services(store, pack, secret=SECRET, attachments_dir=folder))
    made = Morning(centre, folder)
    confer(made)
    hand_over(made)
    report(made)
    return made


def confer(morning: Morning) -> None:
    centre, chair, unit = morning.centre, officer(name="主持"), morning.centre.units(1)[0]
    guest = officer("unit_liaison", name="联络员", unit=unit)
    matter = centre.order()["id"]
    body: dict[str, Any] = {"units": [unit]}
    room = morning.do("room", service.open_room, service.OpenRoom(matter, "议", (unit,)), chair, body)[
        "room_id"
    ]
    content = jpeg()
    photo = service.NewAttachment(matter, None, room, "photo", "a.jpg", content)
    kept = centre.do(service.keep_attachment, photo, guest)
    assert isinstance(kept, service.Done)
    sha256 = hashlib.sha256(content).hexdigest()
    sent = {"sha256": sha256, "about": room}
    morning.told.append(Acknowledged("file", "file", kept.seq, kept.value, sent, guest.name))
    body = {"text": "看照片", "attachments": [kept.value["id"]]}
    morning.do("say", service.say, service.Say(room, "看照片", (kept.value["id"],)), guest, body, room)
    morning.do("read", service.read_room, service.ReadRoom(room, 2), chair, {"up_to": 2}, room)
    body = {"decision": "修", "owner": "甲", "owner_unit": unit, "due_at": centre.now + 3_600_000}
    decide = service.DecideInRoom(room, "修", "甲", unit, body["due_at"])
    item = morning.do("room_decision", service.decide_in_room, decide, chair, body, room)["item"]
    morning.do(
        "completed",
        service.complete_room_decision,
        service.CompleteRoomDecision(room, item, "已修"),
        guest,
        {},
        room,
    )


def hand_over(morning: Morning) -> None:
    first, second = officer(name="值守甲"), replace(officer(name="值守乙"), id="officer-second")
    morning.do("take_post", service.take_post, service.TakePost("A"), first, {"post": "A"})
    lines = {"lines": ["看着停暖"]}
    begin = service.BeginHandover("A", ("看着停暖",), ())
    sheet = morning.do("begin_handover", service.begin_handover, begin, first, lines)["handover_id"]
    board = service.duty_board(morning.centre.services, second, morning.centre.now)
    assert isinstance(board, dict)
    for line in board["handover"]["items"]:
        confirm = service.ConfirmItem(sheet, line["ref"])
        morning.do("confirm_item", service.confirm_item, confirm, second, {"ref": line["ref"]}, sheet)
    morning.do("complete_handover", service.complete_handover, service.EndHandover(sheet), second, {}, sheet)


def report(morning: Morning) -> None:
    centre = morning.centre
    grid = next(one.code for one in centre.pack.divisions.at_level("grid") if one.code.startswith(RONGAN))
    category = next(one.code for one in centre.pack.categories if one.tree == "event" and one.level == 2)
    body = {"grid": grid, "category": category, "text": "堆了垃圾", "phone": "13800000000", "name": "李小明"}
    sent = service.report(centre.services, service.CitizenReport(**body), "10.0.0.1", centre.now, "report")
    assert isinstance(sent, service.Done), sent
    morning.act("report", sent, citizen(centre.services, "10.0.0.1"), body, None)


def test_a_morning_is_kept_as_it_was_told(morning: Morning) -> None:
    with morning.centre.services.store.read() as connection:
        assert morning.hold(connection) == (1, 1)


Break = Callable[[Morning, Connection], object]


def change(table: Any, **values: Any) -> Break:
    return lambda _morning, connection: connection.execute(update(table).values(**values))


def drop(table: Any) -> Break:
    return lambda _morning, connection: connection.execute(delete(table))


def again(table: Any, **values: Any) -> Break:
    """One more row like the last: something that nobody was told of."""

    def insert_again(_morning: Morning, connection: Connection) -> None:
        row = dict(connection.execute(select(table)).mappings().all()[-1])
        connection.execute(insert(table), row | values)

    return insert_again


def unsaid(kind: str) -> Break:
    """Everything was kept, but nobody was told of one act."""

    def forget(morning: Morning, _connection: Connection) -> None:
        morning.told = [one for one in morning.told if one.kind != kind]

    return forget


def spoil(morning: Morning, _connection: Connection) -> None:
    for file in morning.folder.glob("*/*"):
        file.write_bytes(b"something else")


def vanish(morning: Morning, _connection: Connection) -> None:
    for file in morning.folder.glob("*/*"):
        file.unlink()


BREAKS: dict[str, Break] = {
    "a message lost": drop(tables.room_messages),
    "a message of other words": change(tables.room_messages, text="别的话"),
    "a message without its file": change(tables.room_messages, attachments="[]"),
    "a message nobody was told of": again(tables.room_messages, no=9),
    "a message told and not written": unsaid("say"),
    "a receipt lost": drop(tables.room_reads),
    "a receipt nobody gave": again(tables.room_reads, no=9),
    "a receipt told of too little": unsaid("read"),
    "a decision of another owner": change(tables.room_decisions, owner="乙"),
    "a decision of another end": change(tables.room_decisions, due_at=1),
    "a decision undone again": change(tables.room_decisions, completed_at=None),
    "a decision lost": drop(tables.room_decisions),
    "a decision nobody was told of": unsaid("room_decision"),
    "a file's row lost": drop(tables.attachments),
    "a file of other bytes": change(tables.attachments, received_sha256="0" * 64),
    "a file nobody was told of": unsaid("file"),
    "bytes that changed": spoil,
    "bytes that are gone": vanish,
    "a post nobody holds": change(tables.posts, ended_at=1),
    "a post that was lost": drop(tables.posts),
    "a post taken without a word": unsaid("complete_handover"),
    "a sheet lost": drop(tables.handovers),
    "a sheet that never ended": change(tables.handovers, ended_at=None),
    "a line confirmed by nobody": unsaid("confirm_item"),
    "a line that was forgotten": change(tables.handover_items, confirmed_at=None),
    "a report lost": drop(tables.reports),
    "a report of another code": change(tables.reports, code_hash="0" * 64),
    "a report nobody was told of": unsaid("report"),
    "a citizen's words lost": drop(tables.citizens),
    "acts without audit": drop(tables.audit),
}


def test_the_battery_sees_whatever_is_broken(morning: Morning) -> None:
    told = morning.told
    files = {file: file.read_bytes() for file in morning.folder.glob("*/*")}
    unseen = []
    for what, break_it in BREAKS.items():
        with morning.centre.services.store.write() as connection:
            savepoint = connection.begin_nested()
            break_it(morning, connection)
            try:
                morning.hold(connection)
                unseen.append(what)
            except AssertionError:
                pass
            savepoint.rollback()
        morning.told = told
        for file, content in files.items():
            file.write_bytes(content)
    assert unseen == []


def test_a_difference_is_said_with_what_is_missing_and_what_is_too_much() -> None:
    with pytest.raises(AssertionError, match=r"orders\n  missing 1: .*'b'.*\n  there and not told: 1: .*'c'"):
        same("orders", ["a", "c"], ["a", "b"])
    with pytest.raises(AssertionError, match=r"missing 1: .*'a', 2.*\n.*told: 1: .*'a', 1"):
        same("numbers", {"a": 1}, {"a": 2})
    same("nothing", {}, {})
    same("twice", ["a", "a"], ["a", "a"])
