"""Masked data stays masked, keys stay apart, guessing gets slow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.device_keys import KEY_LENGTH, device_key, matches, platform_key
from dashboard.domain.masking import mask_name, mask_phone, mask_text
from dashboard.domain.throttle import FREE_TRIES, LONGEST_WAIT_MS, wait_ms

SECRET = b"s" * 32


@pytest.mark.parametrize(
    ("name", "masked"),
    [("李小明", "李**"), ("欧阳娜", "欧阳**"), ("王", "王**"), ("", ""), (" 陈红 ", "陈**")],
)
def test_a_name_keeps_its_surname(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138****5678"),
        ("138-1234-5678", "138****5678"),
        ("0633-8781234", "063****1234"),
        ("110", "****10"),
        ("", ""),
    ],
)
def test_a_phone_keeps_its_ends(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@given(st.text(), st.from_regex(r"1[3-9]\d{9}", fullmatch=True), st.text())
def test_no_text_carries_a_whole_phone_number(before: str, phone: str, after: str) -> None:
    assert phone not in mask_text(before + phone + after)


def test_a_withdrawn_key_generation_has_another_key() -> None:
    keys = {
        device_key(SECRET, "d1", 1),
        device_key(SECRET, "d1", 2),
        device_key(SECRET, "d2", 1),
        platform_key(SECRET, "d1"),
    }
    assert len(keys) == 4
    assert all(len(key) == KEY_LENGTH for key in keys)


def test_a_key_matches_only_itself() -> None:
    key = device_key(SECRET, "d1", 1)
    assert matches(key, key)
    assert not matches(key, key[:-1])
    assert not matches(key, "密钥")


@given(st.integers(0, 10_000))
def test_waiting_grows_and_never_locks_anybody_out(failures: int) -> None:
    assert wait_ms(failures) <= wait_ms(failures + 1) <= LONGEST_WAIT_MS
    assert (wait_ms(failures) == 0) == (failures < FREE_TRIES)
