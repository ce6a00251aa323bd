"""People of consultations: who leads rooms, and who was asked into them; each remembers what was acknowledged."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from PIL import Image

from tests.crash.people import Person, new_key, sign_in

MINUTE_MS = 60_000
MOST_OPEN_DECISIONS = 3
MOST_ROOMS = 2


@dataclass
class Speaker(Person):
    """Somebody who speaks in rooms: words, and photographs that no other act sends."""

    name_: str = ""
    password: str = ""
    shown: str = ""
    said: int = 0

    __hash__ = threading.Thread.__hash__

    @property
    def shown_name(self) -> str:
        return self.shown

    def enter(self, client: httpx.Client) -> None:
        sign_in(self, client, self.name_, self.password)

    def say(self, client: httpx.Client, room: str, matter: str) -> None:
        """Say something; now and then with a photograph, which is kept first, in an act of its own."""
        self.said += 1
        attached = []
        if self.chance.random() < 0.4:
            kept = self.keep_photo(client, room, matter)
            attached = [kept["id"]] if kept is not None else []
        body = {"text": f"{self.name_} 第 {self.said} 句", "attachments": attached}
        self.post(client, "say", f"/api/v1/rooms/{room}/messages", body, room)

    def keep_photo(self, client: httpx.Client, room: str, matter: str) -> Any | None:
        content, key = photo(self.chance.getrandbits(24), self.said), new_key()
        path = f"/api/v1/attachments?matter={matter}&room={room}&kind=photo&name={self.said}.jpg"
        answer = self.insist(client, "POST", path, content=content, headers={"idempotency-key": key})
        return self.told("file", key, answer, {"sha256": hashlib.sha256(content).hexdigest(), "about": room})

    def read(self, client: httpx.Client, room: str) -> Any | None:
        """Look into a room and say how far it was read; returns what was seen."""
        view = self.get(client, f"/api/v1/rooms/{room}")
        if view is not None:
            body = {"up_to": view["room"]["last_no"]}
            self.post(client, "read", f"/api/v1/rooms/{room}/reads", body, room)
        return view


def photo(colour: int, number: int) -> bytes:
    """A small JPEG unlike any other of the run."""
    out = io.BytesIO()
    size = (24 + number % 40, 24 + number // 40)
    Image.new("RGB", size, (colour >> 16, colour >> 8 & 255, colour & 255)).save(out, "JPEG")
    return out.getvalue()


@dataclass
class Room:
    """What its leader knows of a room: all of it, since every answer is insisted on."""

    id: str
    matter: str
    inside: set[str] = field(default_factory=set)
    open_items: list[int] = field(default_factory=list)
    booking: str | None = None
    minutes_version: int = 0


@dataclass
class Chair(Speaker):
    """Opens rooms, asks units and another centre in and out, moves, decides, orders a specialist, signs, ends."""

    matters: list[str] = field(default_factory=list)
    guests: list[tuple[str, str]] = field(default_factory=list)  # (kind, id)
    specialist: str = ""
    now: Callable[[], int] = int

    __hash__ = threading.Thread.__hash__

    def __post_init__(self) -> None:
        super().__post_init__()
        self._rooms: list[Room] = []

    def act(self, client: httpx.Client) -> None:
        if not self._rooms or (len(self._rooms) < MOST_ROOMS and self.matters and self.chance.random() < 0.2):
            self._open(client)
            return
        room = self.chance.choice(self._rooms)
        steps: list[tuple[float, Callable[[httpx.Client, Room], None]]] = [
            (0.28, lambda one, here: self.say(one, here.id, here.matter)),
            (0.40, lambda one, here: self.read(one, here.id) and None),
            (0.54, self._decide),
            (0.64, self._complete),
            (0.78, self._ask_in_or_out),
            (0.86, self._move),
            (0.95, self._order),
            (1.00, self._end),
        ]
        drawn = self.chance.random()
        next(step for most, step in steps if drawn < most)(client, room)

    def _open(self, client: httpx.Client) -> None:
        matter = self.matters.pop(0)
        units = [part for kind, part in self.guests if kind == "unit"][:1]
        body: dict[str, Any] = {"matter_id": matter, "topic": "何时恢复", "units": units, "host": "值班长"}
        if self.chance.random() < 0.5:
            body["meets_at"] = self._later()
        opened = self.post(client, "room", "/api/v1/rooms", body)
        if opened is None:
            self.matters.append(matter)
            return
        self._rooms.append(Room(opened["room_id"], matter, {f"unit:{one}" for one in units}))

    def _decide(self, client: httpx.Client, room: Room) -> None:
        if len(room.open_items) >= MOST_OPEN_DECISIONS:
            self._complete(client, room)
            return
        unit = self.chance.choice([None, *(one.partition(":")[2] for one in room.inside if one[0] == "u")])
        self.said += 1
        body = {
            "decision": f"决定 {self.said}", "owner": "热力公司", "owner_unit": unit,
            "due_at": self.chance.choice([None, self._later()]),
        }  # fmt: skip
        decided = self.post(client, "room_decision", f"/api/v1/rooms/{room.id}/decisions", body, room.id)
        if decided is not None:
            room.open_items.append(decided["item"])

    def _complete(self, client: httpx.Client, room: Room) -> None:
        if room.open_items:
            item = room.open_items.pop(0)  # refused when its unit has reported it itself
            path = f"/api/v1/rooms/{room.id}/decisions/{item}/done"
            self.post(client, "completed", path, {"result": "已办"}, room.id)

    def _ask_in_or_out(self, client: httpx.Client, room: Room) -> None:
        kind, part_id = self.chance.choice(self.guests)
        part = f"{kind}:{part_id}"
        path, body = f"/api/v1/rooms/{room.id}/participants", {"kind": kind, "id": part_id}
        if part in room.inside:
            removed = self.post(client, "remove", f"{path}/remove", body | {"reason": "换人"}, room.id)
            room.inside -= {part} if removed is not None else set()
        elif self.post(client, "invite", path, body, room.id) is not None:
            room.inside.add(part)

    def _move(self, client: httpx.Client, room: Room) -> None:
        self.post(client, "move", f"/api/v1/rooms/{room.id}/time", {"meets_at": self._later()}, room.id)

    def _order(self, client: httpx.Client, room: Room) -> None:
        if room.booking is None:
            body = {"specialist_id": self.specialist, "question": "能否并网", "wanted_at": self._later()}
            booked = self.post(client, "booking", f"/api/v1/rooms/{room.id}/bookings", body, room.id)
            room.booking = None if booked is None else booked["booking_id"]
            return
        answer = self.chance.choice(["declined", "cancelled"])
        path, body = f"/api/v1/bookings/{room.booking}/answer", {"answer": answer, "words": "改日"}
        if self.post(client, "answered", path, body, room.id) is not None:
            room.booking = None

    def _end(self, client: httpx.Client, room: Room) -> None:
        """Sign the minutes and end the room; its matter may be conferred on again."""
        if room.booking is not None:
            self._order(client, room)
            return
        base = f"/api/v1/rooms/{room.id}"
        text = {"text": "纪要", "minutes_version": room.minutes_version}
        self.post(client, "minutes", f"{base}/minutes", text, room.id)
        signed = {"minutes_version": room.minutes_version + 1}
        self.post(client, "sign", f"{base}/minutes/sign", signed, room.id)
        if self.post(client, "close", f"{base}/close", {}, room.id) is not None:
            self._rooms.remove(room)
            self.matters.append(room.matter)

    def _later(self) -> int:
        """Far enough ahead that an outage does not make it past, near enough that some come due."""
        return self.now() + self.chance.randint(60, 400) * MINUTE_MS


@dataclass
class Guest(Speaker):
    """Was asked into rooms for a unit or another county's centre: confirms what it was told, reads, speaks, reports."""

    confirmed: set[str] = field(default_factory=set)

    __hash__ = threading.Thread.__hash__

    def act(self, client: httpx.Client) -> None:
        if self.chance.random() < 0.3:
            self._confirm_tellings(client)
        rooms = self.get(client, "/api/v1/rooms") or []
        if not rooms:
            return
        room = self.chance.choice(rooms)
        view = self.read(client, room["id"])
        if view is None:
            return
        mine = [one for one in view["decisions"] if one["mine"] and one["completed_at"] is None]
        if mine and self.chance.random() < 0.4:
            path = f"/api/v1/rooms/{room['id']}/decisions/{mine[0]['item']}/done"
            self.post(client, "completed", path, {"result": "已办"}, room["id"])
        elif self.chance.random() < 0.5:
            self.say(client, room["id"], room["matter_id"])

    def _confirm_tellings(self, client: httpx.Client) -> None:
        ids = [one["id"] for one in self.get(client, "/api/v1/tellings/waiting") or []]
        if ids:
            answer = self.insist(client, "POST", "/api/v1/tellings/receipts", json={"ids": ids})
            assert answer.status_code == 200, f"{answer.status_code} {answer.text[:300]}"
            # An answer that was lost had confirmed them: the second one names only what was new.
            self.confirmed.update(ids)
