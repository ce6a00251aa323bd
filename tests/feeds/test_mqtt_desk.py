"""Messages from a broker: whose they are, what they become, what is never kept of them."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.device_keys import device_key
from data_feeds.bus import BusDown
from data_feeds.decoders.device_fixes import DeviceFix, decode_device_fixes
from data_feeds.decoders.errors import DecodeError
from data_feeds.decoders.owntracks_payload import WRONG_KEY
from data_feeds.decoders.positions import FixItem
from data_feeds.fix_door import ADDRESS_FAULTS_BURST, DEVICE_FIXES_BURST
from data_feeds.mqtt_desk import MqttDesk
from data_feeds.owntracks_desk import OwnTracksDesk
from tests.feeds.entrance import Entrance
from tests.feeds.feed_city import NOW, SECRET, key_of
from tests.feeds.fuzzing import PATIENT, damaged_items, mutated
from tests.feeds.owntracks_messages import body_of, captured, encrypted, location

TOPIC = "zhongshu/positions/dev-0"
FIX = {"at": NOW, "lat": 35.4, "lon": 119.5}


def desk_of(entrance: Entrance, identity: str = "key") -> MqttDesk:
    owntracks = OwnTracksDesk(entrance.door, entrance.tally, entrance.keys)
    return MqttDesk(entrance.door, entrance.tally, entrance.keys, owntracks, identity)


def hear(
    entrance: Entrance, message: object, topic: str = TOPIC, identity: str = "key", now: int = NOW
) -> None:
    payload = message if isinstance(message, bytes) else json.dumps(message).encode()
    desk_of(entrance, identity).hear(topic, payload, now)


def keyed(**fields: object) -> dict:
    return {"key": key_of("dev-0"), **FIX, **fields}


def kept_of(entrance: Entrance) -> bytes:
    return b"\n".join(b"|".join(entry.values()) for entry in entrance.tally._refused)


def test_the_fields_of_a_fix_are_those_of_the_json_batch() -> None:
    ours, theirs = (
        {field.name: (field.type, field.default) for field in msgspec.structs.fields(kind)}
        for kind in (DeviceFix, FixItem)
    )
    del ours["id"], theirs["id"]
    assert ours == theirs


def test_one_fix_with_its_key_is_taken() -> None:
    entrance = Entrance()
    hear(entrance, keyed(alarm=True))
    assert entrance.board.fix_at[0] == NOW
    assert entrance.counts == {"mqtt.accepted": 1}


def test_several_fixes_under_one_key_are_taken_in_their_order() -> None:
    entrance = Entrance()
    fixes = [
        FIX | {"at": NOW - 90_000},
        {**FIX, "id": "dev-0"},
        {**FIX, "lat": 99},
        {**FIX, "id": "dev-1"},
        FIX,
    ]
    hear(entrance, {"key": key_of("dev-0"), "fixes": fixes})
    assert entrance.counts == {"mqtt.late": 1, "mqtt.accepted": 1, "mqtt.duplicate": 1, "mqtt.malformed": 2}
    assert list(entrance.board.fix_at[:2]) == [NOW, 0]
    assert b"field `id` is not the topic's device" in kept_of(entrance)


@pytest.mark.parametrize("key", ["", "A" * 26, key_of("dev-1"), device_key(SECRET, "dev-0", 2)])
def test_without_its_key_a_message_is_nobodys(key: str) -> None:
    entrance = Entrance()
    hear(entrance, keyed(key=key))
    hear(entrance, {"fixes": [FIX], "key": key})
    hear(entrance, {"fixes": [FIX]})
    hear(entrance, keyed(), "zhongshu/positions/dev-77")
    assert entrance.counts == {"mqtt.unauthorised": 4}
    assert entrance.board.take_changes() == []


def test_a_topic_is_believed_only_where_the_operator_says_so() -> None:
    entrance = Entrance()
    hear(entrance, FIX, identity="topic")
    hear(entrance, {"fixes": [FIX]}, "zhongshu/positions/dev-1", "topic")
    assert entrance.counts == {"mqtt.accepted": 2}
    hear(entrance, keyed(key="A" * 26, at=NOW + 1), identity="topic")  # a key that is there has to be right
    hear(entrance, FIX, "zhongshu/positions/dev-77", "topic")
    assert entrance.counts == {"mqtt.accepted": 2, "mqtt.unauthorised": 2}


def test_a_bare_owntracks_position_is_believed_only_where_topics_are() -> None:
    entrance = Entrance()
    hear(entrance, body_of(location()), "owntracks/dev-0/phone", "key")
    assert entrance.counts == {"owntracks.unauthorised": 1}
    assert entrance.board.fix_at[0] == 0
    for message in (body_of(location()), captured()["lwt"], b"", b"{", captured()["ios, moving"]):
        hear(entrance, message, "owntracks/dev-0/phone", "topic")
    hear(entrance, body_of(location()), "owntracks/dev-77/phone", "topic")
    assert entrance.counts == {
        "owntracks.accepted": 1, "owntracks.ignored": 1, "owntracks.malformed": 2, "owntracks.unauthorised": 2,
    }  # fmt: skip
    assert desk_of(entrance).topics == desk_of(entrance, "topic").topics


def test_an_encrypted_owntracks_position_proves_whose_it_is_by_its_payload_key() -> None:
    entrance = Entrance()
    hear(entrance, encrypted(location()), "owntracks/dev-0/phone")
    assert (entrance.board.fix_at[0], entrance.counts) == (NOW, {"owntracks.accepted": 1})
    hear(entrance, encrypted(location()), "owntracks/dev-0/phone")  # recorded and sent again
    hear(entrance, encrypted(location(NOW + 1000)), "owntracks/dev-1/phone")  # another's topic
    hear(entrance, encrypted(location()), "owntracks/dev-77/phone")
    hear(entrance, body_of({"_type": "lwt", "tst": 1}), "owntracks/dev-0/phone")
    assert entrance.counts == {
        "owntracks.accepted": 1, "owntracks.duplicate": 1, "owntracks.wrong_key": 1, "owntracks.unauthorised": 1,
        "owntracks.ignored": 1,
    }  # fmt: skip
    assert entrance.board.fix_at[1] == 0
    assert WRONG_KEY.encode() in kept_of(entrance)
    entrance.bus.state = "down"
    with pytest.raises(BusDown):
        hear(entrance, encrypted(location(NOW + 2000)), "owntracks/dev-0/phone")


def test_who_guesses_payload_keys_is_limited_and_the_device_is_not() -> None:
    entrance = Entrance()
    for _ in range(ADDRESS_FAULTS_BURST + 1):
        hear(entrance, b'{"_type":"encrypted","data":"AAAA"}', "owntracks/dev-0/phone")
    assert entrance.counts["owntracks.wrong_key"] == ADDRESS_FAULTS_BURST
    assert entrance.counts["owntracks.limited"] == 1
    hear(entrance, encrypted(location()), "owntracks/dev-0/phone")
    assert entrance.counts["owntracks.accepted"] == 1


def test_a_datum_is_marked_in_the_fix_or_declared_by_the_phones_name() -> None:
    entrance = Entrance()
    hear(entrance, keyed(datum="gcj02"))
    hear(entrance, body_of(location()), "owntracks/dev-1/gcj02", "topic")
    assert entrance.board.lon[0] == entrance.board.lon[1]
    assert 0.004 < 119.5 - entrance.board.lon[0] < 0.02


def test_the_doors_rules_hold() -> None:
    entrance = Entrance()
    for message in (
        keyed(),
        keyed(),  # sent again by the broker, or retained by it
        keyed(at=NOW - 1),
        keyed(at=NOW + 1000, accuracy_m=1_500),
        keyed(at=NOW + 1000, lat=36.9),
        keyed(at=NOW + 61_000),
        keyed(at=NOW - 86_401_000),
        keyed(lat=0, lon=0, at=NOW + 2000),
    ):
        hear(entrance, message)
    assert entrance.counts == {
        "mqtt.accepted": 1, "mqtt.duplicate": 1, "mqtt.out_of_order": 1, "mqtt.coarse": 1, "mqtt.impossible_speed": 1,
        "mqtt.malformed": 3,
    }  # fmt: skip


def test_over_its_limit_a_device_is_heard_only_when_it_calls_for_help() -> None:
    entrance = Entrance()
    entrance.door._charge("dev-0", "mqtt", NOW, DEVICE_FIXES_BURST)
    hear(entrance, {"key": key_of("dev-0"), "fixes": [FIX, {**FIX, "at": NOW + 1, "alarm": True}]})
    assert entrance.counts == {"mqtt.limited": 2, "mqtt.accepted": 1}
    assert entrance.board.fix_at[0] == NOW + 1


def test_without_keys_all_topics_share_one_limit_and_devices_with_keys_have_their_own() -> None:
    entrance = Entrance()
    for number in range(ADDRESS_FAULTS_BURST + 1):
        hear(entrance, b"{", f"zhongshu/positions/x-{number}")
    assert entrance.counts == {
        "mqtt.malformed": ADDRESS_FAULTS_BURST, "mqtt.malformed_not_kept": 0, "mqtt.limited": 1,
    } | {name: number for name, number in entrance.counts.items() if name.endswith("_not_kept")}  # fmt: skip
    hear(entrance, keyed())
    assert entrance.counts["mqtt.accepted"] == 1


def test_while_redis_is_away_nothing_is_taken_and_nothing_counted() -> None:
    entrance = Entrance()
    entrance.bus.state = "down"
    for message, topic in ((keyed(), TOPIC), (body_of(location()), "owntracks/dev-0/phone")):
        with pytest.raises(BusDown):
            hear(entrance, message, topic, "topic")
    assert entrance.counts == {}


@pytest.mark.parametrize(
    "message",
    [
        keyed(lat=99),
        {"key": key_of("dev-0"), "fixes": [keyed(lat=99)]},
        {"key": [key_of("dev-0")]},
        {"key": key_of("dev-0") * 3, **FIX},
        {key_of("dev-0"): 1, **keyed()},
        {"fixes": {"key": key_of("dev-0")}},
        json.dumps(keyed())[:60].encode(),
        key_of("dev-0").encode(),
        b'{"key" : "' + key_of("dev-0").encode(),
    ],
)
def test_a_key_is_never_kept(message: object, caplog: pytest.LogCaptureFixture) -> None:
    entrance = Entrance()
    hear(entrance, message, identity="topic")
    kept = kept_of(entrance)
    assert kept
    for start in range(26 - 12):
        assert key_of("dev-0")[start : start + 12].encode() not in kept
    assert caplog.text == ""


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"7",
        b"{",
        b'{"key":1}',
        b'{"fixes":[],"more":1}',
        b'{"fixes":7}',
        b"\xff",
        b'{"fixes":' * 50_000,
    ],
)
def test_what_is_no_message_is_a_decode_error(payload: bytes) -> None:
    with pytest.raises(DecodeError):
        decode_device_fixes(payload, "d", now=NOW)


TOPICS = st.one_of(
    st.sampled_from(
        [TOPIC, "owntracks/dev-0/phone", "zhongshu/positions/", "owntracks//", "$SYS/broker/uptime", ""]
    ),
    st.text(max_size=40),
)


@PATIENT
@given(
    TOPICS,
    st.one_of(
        st.binary(max_size=200),
        mutated(json.dumps(keyed()).encode()),
        mutated(json.dumps({"key": key_of("dev-0"), "fixes": [FIX, FIX]}).encode()),
        mutated(body_of(location())),
        damaged_items(keyed()).map(lambda item: json.dumps(item).encode("utf-8", "surrogatepass")),
    ),
    st.sampled_from(["key", "topic"]),
)
def test_any_message_on_any_topic_is_taken_or_counted(topic: str, payload: bytes, identity: str) -> None:
    entrance = Entrance()
    hear(entrance, payload, topic, identity)
    assert sum(entrance.counts.values()) >= 1 or (topic.startswith("owntracks/") or b"fixes" in payload)
    assert key_of("dev-0").encode() not in kept_of(entrance)
