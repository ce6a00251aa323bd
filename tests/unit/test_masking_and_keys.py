"""Masked data stays masked, keys stay apart, guessing gets slow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.device_keys import KEY_LENGTH, device_key, matches, platform_key
from dashboard.domain.masking import mask_all, mask_name, mask_numbers, mask_phone, mask_text
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


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请打13812345678找他", "请打138****5678找他"),
        ("138 1234 5678", "138****5678"),
        ("138－1234－5678", "138****5678"),
        ("+86 138-1234-5678", "861****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("phone13812345678", "phone138****5678"),
        ("座机0633-8221234", "座机063****1234"),
        ("身份证37110219800101123X号", "身份证371****1123号"),
        ("371102 19800101 1234", "371****1234"),
        ("老身份证371102800101123号", "老身份证371****1123号"),
        ("371102 560229 123，办不了", "371****9123，办不了"),  # 1956 had a 29 February
        ("３７１１０２２４０１０１１２３", "371****1123"),
        # born before 1924, where a grid's code would have a township: the word before it tells
        ("老人身份证371102120101123，百岁", "老人身份证371****1123，百岁"),
        ("身份证号码是：371102 091231 123", "身份证号码是：371****1123"),
        ("证件号：３７１１０２２３０１０１１２３", "证件号：371****1123"),
    ],
)
def test_numbers_of_persons_are_masked_as_people_write_them(text: str, masked: str) -> None:
    assert mask_numbers(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "G0417", "261123100000000001", "261123200510123456", "371102002020001", "1795399200000", "119.13812345678",
        "a13812345678bcdef0aa", "t13812345678aaaaaaaaaaaaaaaa", "0633-12345", "12345", "2026-11-23 10:00:00", "",
        # fifteen digits that are nobody's: a grid, orders by the second, numbers of a switchboard, no such day
        "371121201216001", "231123200510001", "261123200510001", "633878123487813", "371102570229123",
        "371102801301123", "99371102800101123", "371102800101123456",
    ],
)  # fmt: skip
def test_numbers_of_things_stay_readable(text: str) -> None:
    assert mask_numbers(text) == text


@given(
    st.text(alphabet=st.characters(categories=["Lo", "Po", "Zs"])),
    st.from_regex(r"1[3-9]\d{9}", fullmatch=True),
)
def test_no_words_around_a_phone_number_save_it(words: str, phone: str) -> None:
    # \d of the pattern is any script's digit; people here write these two.
    ascii_phone = "".join(str(int(digit)) for digit in phone)
    assert ascii_phone not in mask_numbers(words + ascii_phone + words)


def test_every_text_of_a_value_is_masked_and_its_numbers_stay() -> None:
    value = {"reason": "打13812345678", "at": 13812345678, "list": [{"x": ("13812345678", None, True)}]}
    assert mask_all(value) == {
        "reason": "打138****5678",
        "at": 13812345678,
        "list": [{"x": ["138****5678", None, True]}],
    }


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
