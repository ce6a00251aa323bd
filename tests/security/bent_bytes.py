"""Good messages of every wire, and how an attacker bends them: seeded, so that each can be had again."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from typing import Any

from tests.feeds.cot_client import CAPTURED, alert, auth, event, message, ours
from tests.feeds.cot_client import frame as cot_frame
from tests.feeds.feed_city import NOW, key_of
from tests.feeds.jt808_terminal import authentication, batch, in_parts, phone_of, registration
from tests.feeds.jt808_terminal import frame as jt_frame
from tests.feeds.jt808_terminal import location as jt_location
from tests.feeds.owntracks_messages import body_of as owntracks_body
from tests.feeds.owntracks_messages import captured, encrypted
from tests.feeds.owntracks_messages import location as owntracks_location
from tests.feeds.packing import packed

VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**63, -(2**63), 10**40, 0.5, -0.0, 1e308, float("nan"), float("inf"), "", "\x00",
    "\ud800", "\u202e", "x" * 5_000, "字" * 700, "../../etc", "<script>", "' OR 1=1 --", "1e999", "２０２６", [], {},
    [[[]]], {"a": {"b": []}}, NOW, NOW + 10**9, -NOW,
)  # fmt: skip
TOKENS = (
    b"\x00", b"\xff\xfe", b"\xbf", b"\x7e", b"\x7d", b"\x7d\x03", b"<", b"</event>", b"<!DOCTYPE a [", b"&x;", b"]]>",
    b"{", b"}", b"[" * 300, b'"', b"NaN", b"1e999", b"%", b"%zz", b"&" * 40, b"=", b"\r\n\r\n", b"A" * 3_000,
    "日照".encode(), b"\xed\xa0\x80", b"\xff" * 10,
)  # fmt: skip

_FIX = {
    "id": "dev-0", "at": NOW, "lat": 35.4, "lon": 119.5, "speed_mps": 1.2, "bearing": 10.0, "accuracy_m": 8.0,
    "duty": True, "task": False, "alarm": True, "datum": "gcj02",
}  # fmt: skip
_CALL = {
    "call_id": "c1", "kind": "ended", "at": NOW, "agent": "A07", "category": "0203", "order_no": "N1",
}  # fmt: skip
_ORDER = {
    "order_no": "2611", "opened_at": NOW - 600_000, "category": "0203", "urgency": 2, "status": "HANDLING",
    "title": "停暖", "lon": 119.525, "lat": 35.428, "citizen_phone": "138 1234-5678", "due_at": NOW + 86_400_000,
}  # fmt: skip
_EVENT = {
    "event_no": "RA-7", "grid": "g1", "category": "2301", "level": 2, "reported_at": NOW - 900_000,
    "status": "VERIFYING", "urgency": 2, "title": "建筑垃圾", "lon": 119.541, "lat": 35.389,
}  # fmt: skip
JSON_GOOD: dict[str, list[Any]] = {
    "positions": [{"fixes": [_FIX]}, {"fixes": [_FIX, {**_FIX, "id": "dev-1"}]}],
    "calls": [{"events": [_CALL]}],
    "orders": [{"orders": [_ORDER]}],
    "events": [{"events": [_EVENT]}],
    "heartbeat": [{"platform": "grid", "at": NOW, "count_today": 3}],
    "owntracks": [owntracks_location(), [owntracks_location(), {"_type": "waypoint"}]],
    "mqtt": [
        {"key": key_of("dev-0"), "at": NOW, "lat": 35.4, "lon": 119.5, "duty": True},
        {"key": key_of("dev-0"), "fixes": [{"at": NOW, "lat": 35.4, "lon": 119.5}]},
    ],
}
_OSMAND = b"id=dev-0&key=%s&timestamp=%d&lat=35.4&lon=119.5&speed=2.5&bearing=182.3&accuracy=8&alarm=sos"
_PACKABLE = {name: value for name, value in _FIX.items() if name != "datum"}
BYTES_GOOD: dict[str, list[bytes]] = {
    "osmand": [_OSMAND % (key_of("dev-0").encode(), NOW), b"deviceid=dev-0&key=K&lat=1&lon=2&timestamp=1"],
    "packed": [packed([_PACKABLE]), packed([_PACKABLE, {**_PACKABLE, "id": "dev-1"}])],
    "owntracks": [*captured().values(), encrypted(owntracks_location()), owntracks_body(owntracks_location())],
    "cot": [event(ours()), alert(), cot_frame(message(ours())), auth(), *CAPTURED.values()],
    "cot datagram": [event(ours()), b"\xbf\x01\xbf" + message(ours()), alert()],
    "jt808": [
        jt_frame(0x0100, registration(), phone=phone_of(0)),
        jt_frame(0x0102, authentication(key_of("dev-0")), phone=phone_of(0), serial=1),
        jt_frame(0x0200, jt_location(), phone=phone_of(0), serial=2),
        jt_frame(0x0704, batch(jt_location(), jt_location(NOW - 1_000)), phone=phone_of(0), serial=3),
        b"".join(in_parts(0x0704, batch(*[jt_location()] * 20), 200, serial=30, phone=phone_of(0))),
    ],
}  # fmt: skip


def bent_json(rng: random.Random, good: Any) -> bytes:
    """A good body with fields left out, replaced and added, then perhaps with bytes bent too."""
    found = json.loads(json.dumps(good))
    for _ in range(rng.randrange(4)):
        place = found
        while isinstance(place, list | dict) and place and rng.random() < 0.8:
            inner = (
                place[rng.randrange(len(place))] if isinstance(place, list) else rng.choice([*place.values()])
            )
            if not isinstance(inner, list | dict):
                break
            place = inner
        if isinstance(place, list):
            place.append(deepcopy(rng.choice(VALUES)))
        elif isinstance(place, dict):
            name = rng.choice([*place, "unknown", "__class__", ""])
            if rng.random() < 0.2:
                place.pop(name, None)
            else:
                place[name] = deepcopy(rng.choice(VALUES))
    body = json.dumps(found, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
    return bent(rng, body) if rng.random() < 0.3 else body


def bent(rng: random.Random, good: bytes) -> bytes:
    """A good message with bytes changed, cut out, doubled and put in; now and then nothing but noise."""
    if rng.random() < 0.05:
        return rng.randbytes(rng.randrange(300))
    found = bytearray(good)
    for _ in range(rng.randrange(6)):
        place = rng.randrange(len(found) + 1)
        what = rng.randrange(5)
        if what == 0 and place < len(found):
            found[place] = rng.randrange(256)
        elif what == 1:
            del found[place : place + rng.randrange(1, 30)]
        elif what == 2:
            found[place:place] = found[place : place + rng.randrange(1, 60)]
        elif what == 3:
            found[place:place] = rng.choice(TOKENS)
        else:
            found[place : place + 4] = rng.randbytes(4)
    return bytes(found)


def message_of(rng: random.Random, wire: str) -> bytes:
    """One message of a wire, bent or not."""
    json_good, bytes_good = JSON_GOOD.get(wire, []), BYTES_GOOD.get(wire, [])
    chosen = rng.randrange(len(json_good) + len(bytes_good))
    if chosen < len(json_good):
        return bent_json(rng, json_good[chosen])
    return bent(rng, bytes_good[chosen - len(json_good)])
