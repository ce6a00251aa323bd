"""What is kept of a refused payload names nobody and opens nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_feeds.malformed import PAYLOAD_LIMIT_BYTES, malformed_entry, masked_payload
from tests.feeds.fuzzing import PATIENT


@pytest.mark.parametrize(
    ("payload", "kept"),
    [
        ('{"citizen_name":"李小明","urgency":9}', '{"citizen_name":"***","urgency":9}'),
        ('{"text": "说 \\"不热\\" 三天", "level": 7}', '{"text": "***", "level": 7}'),
        ('{"text": "没有结束的引号', '{"text": "***'),
        ("打 13812345678 或 0633-8781234", "*** 138****5678 *** 0633****"),
        ("+86 138 1234 5678", "138****5678"),
        ("身份证 371102199001011234", "*** 371****4"),
        ('{"caller":"李小明","who":["李小明"]}', '{"caller":"***","who":["***"]}'),
        ('{"李小明":1}', '{"***":1}'),
        ('{"caller":"\\u674e\\u5c0f\\u660e"}', '{"caller":"***"}'),
        ('{"order_no":"26112310400011540912"}', '{"order_no":"26112310400011540912"}'),
        ("id=a&key=SECRETKEY&lat=95", "id=a&key=***&lat=95"),
        ("key=SECRETKEY", "key=***"),
        ('{"key": "SECRETKEY", "id": 1}', '{"key": "***", "id": 1}'),
        ('{"k":["ABCDEFGHIJKLMNOPQRSTUVWX27"', '{"k":["***"'),
        ("lat=9&ABCDEFGHIJKLMNOP", "lat=9&***"),
        (
            '{"SSID":"Wang home","desc":"work","inregions":["home","work"]}',
            '{"SSID":"***","desc":"***","inregions":[***]}',
        ),
    ],
)
def test_names_words_numbers_and_keys_are_masked(payload: str, kept: str) -> None:
    assert masked_payload(payload.encode()).decode() == kept


def test_the_reason_names_nobody_either() -> None:
    entry = malformed_entry(
        "orders", 0, "unknown field `李小明13812345678`", at=1, sender="hotline", payload=b"{}"
    )
    assert entry["reason"].decode() == "unknown field `***138****5678`"
    entry = malformed_entry("mqtt", 0, f"unknown field `{'ABCDEFGH27' * 2}`", at=1, sender="", payload=b"")
    assert entry["reason"].decode() == "unknown field `***`"


def test_masking_comes_before_cutting() -> None:
    payload = b"x" * (PAYLOAD_LIMIT_BYTES - 5) + b" 13812345678"
    assert b"13812" not in masked_payload(payload)
    assert len(masked_payload(b"y" * 500_000)) == PAYLOAD_LIMIT_BYTES


@PATIENT
@given(st.binary(max_size=400))
def test_anything_can_be_kept(payload: bytes) -> None:
    assert len(masked_payload(payload)) <= PAYLOAD_LIMIT_BYTES
