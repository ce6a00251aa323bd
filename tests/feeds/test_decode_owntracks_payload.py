"""Encrypted OwnTracks messages: what others encrypted is opened, and nothing but the right key opens it."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.secret import SecretBox

from data_feeds.decoders.owntracks import decode_owntracks
from data_feeds.decoders.owntracks_payload import WRONG_KEY, NotOpened, opened, padded
from tests.feeds.feed_city import NOW
from tests.feeds.fuzzing import PATIENT
from tests.feeds.owntracks_messages import captured, location

KEY = "MFRGGZDFMZTWQ2LKNNWG23TPOB"


def closed(message: bytes, key: str = KEY) -> bytes:
    data = base64.b64encode(SecretBox(padded(key)).encrypt(message)).decode()
    return json.dumps({"_type": "encrypted", "data": data}).encode()


def test_what_another_implementation_encrypted_is_read() -> None:
    found = decode_owntracks(
        captured()["encrypted, by libnacl"], "dev-0", now=1000, payload_key="s3cretkey", only_encrypted=True
    )
    ((index, fix),) = found.readings
    assert (index, fix.at, fix.lat, fix.lon, fix.accuracy_m, fix.bearing) == (0, 1000, 2.0, 1.0, 60.0, 248.0)
    assert (found.faults, found.ignored, found.bare) == ([], 0, 0)


def test_a_box_of_the_published_test_of_nacl_opens() -> None:
    """Key, nonce and box of the paper's own test (nacl.cr.yp.to, tests/secretbox), which no library here made."""
    key = bytes.fromhex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389")
    nonce = bytes.fromhex("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37")
    box = bytes.fromhex(
        "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186a"
        "c0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae"
        "90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74"
        "e355a5"
    )
    message = bytes.fromhex(
        "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c6129"
        "6cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde"
        "048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705"
    )
    assert SecretBox(key).decrypt(nonce + box) == message


def test_a_key_is_filled_up_with_zeros_and_is_at_most_32_bytes() -> None:
    assert padded("钥") == "钥".encode() + b"\0" * 29
    assert padded("k" * 32) == b"k" * 32
    with pytest.raises(ValueError, match="at most 32 bytes"):
        padded("k" * 33)


@pytest.mark.parametrize(
    "data",
    ["", "AAAA", "!", "钥", base64.b64encode(b"\0" * 40).decode(), "1Vu7Owp ... W4lMnh28FB+el22GsCrl="],
)
def test_what_the_key_does_not_open_says_so_and_no_more(data: str) -> None:
    with pytest.raises(NotOpened, match="payload key"):
        opened(data, KEY)
    message = json.dumps({"_type": "encrypted", "data": data}).encode()
    found = decode_owntracks(message, "dev-0", now=NOW, payload_key=KEY)
    assert [fault.reason for fault in found.faults] == [WRONG_KEY]
    assert (found.readings, found.not_opened, found.refused_items) == ([], {0}, {0: b""})


def test_another_key_and_one_changed_bit_do_not_open() -> None:
    message = json.loads(closed(b"{}"))
    with pytest.raises(NotOpened):
        opened(message["data"], KEY[:-1])
    box = bytearray(base64.b64decode(message["data"]))
    for place in (0, 24, len(box) - 1):  # nonce, seal, message
        box[place] ^= 1
        with pytest.raises(NotOpened):
            opened(base64.b64encode(box).decode(), KEY)
        box[place] ^= 1
    assert opened(base64.b64encode(box).decode(), KEY) == b"{}"


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        (b'{"_type":"location","lat":91,"lon":1,"tst":1}', "field `lat` is not within -90 to 90"),
        (b"{", "Input data was truncated"),
        (b'{"_type":"encrypted","data":"AAAA"}', "field `_type` is none of OwnTracks'"),
        (b"[]", "Expected `object`, got `array`"),
    ],
)
def test_what_was_encrypted_is_judged_like_what_was_not(inside: bytes, reason: str) -> None:
    found = decode_owntracks(closed(inside), "dev-0", now=NOW, payload_key=KEY)
    assert [fault.reason for fault in found.faults] == [reason]
    assert (found.readings, found.not_opened) == ([], set())


def test_where_only_encrypted_ones_count_a_bare_position_is_left_and_a_bare_farewell_is_not() -> None:
    bare, secret = json.dumps(location()).encode(), closed(json.dumps(location(NOW + 1000)).encode())
    body = b'[%b,%b,{"_type":"lwt","tst":1}]' % (bare, secret)
    found = decode_owntracks(body, "dev-0", now=NOW, payload_key=KEY, only_encrypted=True)
    assert [fix.at for _, fix in found.readings] == [NOW + 1000]
    assert (found.bare, found.ignored, found.faults) == (1, 1, [])


@PATIENT
@given(
    st.one_of(st.text(max_size=80), st.binary(max_size=80).map(lambda raw: base64.b64encode(raw).decode()))
)
def test_nothing_that_others_make_up_is_opened(data: str) -> None:
    with pytest.raises(NotOpened):
        opened(data, KEY)
