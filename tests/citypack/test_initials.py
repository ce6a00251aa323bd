"""Names are found by the first letters of their pinyin."""

from __future__ import annotations

import pytest

from dashboard.citypack.initials import initials_of


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("供电公司", "gdgs"),
        ("日照街道", "rz"),
        ("涛雒镇", "tlz"),
        ("碁山镇", "qsz"),
        ("丹阳社区第3网格", "dysqd3wg"),
        ("A岗", "ag"),
    ],
)
def test_a_name_is_found_from_its_beginning_by_its_initials(name: str, typed: str):
    assert initials_of(name).find(typed) == 0
    assert initials_of(name).find(typed.upper()) == 0


def test_the_middle_of_a_name_is_found_with_its_place():
    assert initials_of("东港区石臼街道").find("sj") == 3


@pytest.mark.parametrize(
    ("name", "typed"), [("重庆路", "cql"), ("重庆路", "zql"), ("长岭镇", "clz"), ("厦门路", "xml")]
)
def test_a_character_with_several_readings_is_found_by_each(name: str, typed: str):
    assert initials_of(name).find(typed) == 0


def test_letters_digits_and_punctuation():
    found = initials_of("G0417（断电）12345 热线")
    assert found.usual == "g0417dd12345rx"
    assert found.find("dd12345") == 5


@pytest.mark.parametrize("typed", ["", "gdx", "gdgsx"])
def test_what_is_not_there_is_not_found(typed: str):
    assert initials_of("供电公司").find(typed) == -1


def test_a_name_without_a_letter_has_no_initials():
    assert initials_of("（——）").usual == ""
    assert initials_of("").find("a") == -1
