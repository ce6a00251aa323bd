"""What a line of the command bar says, and what it never says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.citypack import load_pack
from dashboard.citypack.unit_words import units_named
from dashboard.domain.desk_line import VERBS, Line, NamedUnits, read_line
from tests.conftest import PROJECT_ROOT

KNOWN = {"供电": ("u-power",), "热力": ("u-heat",), "城管": ("u-city", "u-west"), "gd": ("u-power",)}


def find(word: str) -> tuple[str, ...]:
    return KNOWN.get(word, ())


@pytest.fixture(scope="module")
def units() -> tuple:
    return tuple(load_pack(PROJECT_ROOT / "citypacks" / "rizhao").units)


def test_a_whole_line_is_understood() -> None:
    assert read_line("派 供电 G0417 断电配合 30分", find) == Line(
        "dispatch", "派", ("G0417",), (NamedUnits("供电", ("u-power",)),), "断电配合", 30
    )


@pytest.mark.parametrize(
    ("written", "act"),
    [
        ("pd gd g0417", "dispatch"),
        ("派供电 g0417", "dispatch"),
        ("吹哨 供电、热力 G1 谁断电", "whistle"),
        ("转办 热力 G1 职责不符", "transfer"),
        ("督办 G1 两次未回", "supervise"),
        ("催 G1", "urge"),
        ("并单 G1 G2", "merge"),
        ("记决定 G1 关阀", "decision"),
        ("G0417", "go"),
        ("哨02", "go"),
        ("去　Ｇ０４１７", "go"),
    ],
)
def test_every_verb_has_its_words(written: str, act: str) -> None:
    assert read_line(written, find).act == act


def test_units_together_and_a_word_that_means_several() -> None:
    assert read_line("派 供电、城管 G1", find).units == (
        NamedUnits("供电", ("u-power",)),
        NamedUnits("城管", ("u-city", "u-west")),
    )
    assert read_line("派 供电、供殿 G1", find).words == "供电、供殿"


def test_a_word_of_the_objective_is_no_receiver() -> None:
    said = read_line("派 供电 请 热力 配合", find)
    assert [one.word for one in said.units] == ["供电"]
    assert said.words == "请 热力 配合"


@pytest.mark.parametrize(
    ("written", "minutes"),
    [("45分", 45), ("2小时", 120), ("半小时", 30), ("90min", 90), ("0分", None), ("30", None)],
)
def test_limits(written: str, minutes: int | None) -> None:
    assert read_line(f"派 供电 G1 {written}", find).minutes == minutes


def test_what_an_act_has_no_use_for_is_named() -> None:
    assert read_line("吹哨 供电 G1 20分", find).spare == ("20分",)


@given(st.text(max_size=300))
def test_no_text_fails_and_no_receiver_is_invented(written: str) -> None:
    said = read_line(written, find)
    for named in said.units:
        assert named.word in written.translate({0xFF01 + k: 0x21 + k for k in range(94)})
        assert named.ids == KNOWN[named.word]
    assert (said.act is None) <= (not said.units and not said.numbers)


@given(
    st.sampled_from([word for words in VERBS.values() for word in words]),
    st.lists(st.sampled_from(["供电", "G1", "g22", "30分", "断电", "城管", "、", "热力、供电"]), max_size=6),
)
def test_a_line_of_known_parts_loses_none(verb: str, parts: list[str]) -> None:
    said = read_line(" ".join([verb, *parts]), find)
    kept = [*said.numbers, *(one.word for one in said.units), *said.words.split(), *said.spare]
    for part in parts:
        assert any(piece in " ".join(kept).lower() for piece in part.lower().split("、")) or part == "30分"


def test_the_citys_units_are_named_by_alias_and_by_initials(units: tuple) -> None:
    (power,) = units_named(units, "供电")
    assert power.kind == "power"
    assert power in units_named(units, "gd")
    assert units_named(units, "不存在") == ()
    assert units_named(units, "g") == ()
    assert units_named(units, "街道") == ()


@given(st.text(max_size=12))
def test_a_unit_is_named_only_by_what_its_names_hold(units: tuple, word: str) -> None:
    for unit in units_named(units, word):
        names = (unit.name, unit.short, *unit.aliases)
        assert word.isascii() or any(word in name for name in names)
