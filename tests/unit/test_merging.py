"""Which matters say the same: rules on values, and how few the index compares among five thousand."""

from __future__ import annotations

import random

import pytest

from dashboard.domain import merging
from dashboard.domain.merging import (
    Alike,
    Described,
    DuplicateIndex,
    MergeRules,
    compare,
    earliest,
    grams_of,
    text_likeness,
)

HOUR_MS = 3_600_000
RULES = MergeRules(near_m=800, apart_ms=24 * HOUR_MS, least_text=0.15, likeness=0.55)
LON, LAT = 119.525, 35.428
METRE = 1 / 111_320.0


def described(
    number: int,
    text: str = "整栋停暖",
    *,
    east_m: float = 0,
    north_m: float = 0,
    after_ms: int = 0,
    category: str = "0203",
) -> Described:
    lon = LON + east_m * METRE / 0.815
    return Described(f"m-{number}", "order", category, lon, LAT + north_m * METRE, after_ms, grams_of(text))


def test_the_same_words_at_the_same_door_are_the_same() -> None:
    found = compare(described(1), described(2), RULES)
    assert found is not None
    assert (found.likeness, found.metres, found.text) == (1.0, 0, 1.0)


@pytest.mark.parametrize(
    "other",
    [
        described(2, category="0202"),
        described(2, north_m=801),
        described(2, after_ms=24 * HOUR_MS + 1),
        described(2, "电梯困人"),
        described(2, "停水了", north_m=700, after_ms=20 * HOUR_MS),
        Described("m-2", "event", "0203", LON, LAT, 0, grams_of("整栋停暖")),
        Described("m-2", "order", "0203", None, None, 0, grams_of("整栋停暖")),
    ],
)
def test_another_kind_category_place_day_or_wording_is_another_matter(other: Described) -> None:
    assert compare(described(1), other, RULES) is None


def test_signs_digits_and_width_do_not_make_two_texts_of_one() -> None:
    assert grams_of("3号楼 停暖！") == grams_of("１２号楼，停暖")
    assert text_likeness(grams_of("家里没有暖气"), grams_of("没有暖气，家里冷")) > 0.6
    assert text_likeness(grams_of(""), grams_of("停暖")) == 0.0
    assert grams_of("冷") == {"冷"}


def test_neighbours_over_the_edge_of_a_cell_are_found() -> None:
    around = [
        described(number, east_m=700 * (number % 3 - 1), north_m=700 * (number // 3 - 1))
        for number in range(9)
    ]
    index = DuplicateIndex(MergeRules(800, HOUR_MS, 0.15, 0.5), around)
    found = {one.id for one in index.alike(described(99))}
    assert found == {f"m-{number}" for number in (1, 3, 4, 5, 7)}


def test_the_index_finds_what_comparing_with_everybody_finds() -> None:
    dice = random.Random(4)
    words = ("整栋停暖", "家里暖气不热", "暖气停了一天", "没有暖气", "爆管喷水")
    crowd = [
        described(number, dice.choice(words), east_m=dice.uniform(-3000, 3000), north_m=dice.uniform(-3000, 3000),
                  after_ms=dice.randrange(0, 72 * HOUR_MS))
        for number in range(400)
    ]  # fmt: skip
    index = DuplicateIndex(RULES, crowd)
    for one in crowd[:60]:
        slow = {other.id for other in crowd if other.id != one.id and compare(one, other, RULES)}
        assert {alike.id for alike in index.alike(one)} == slow


def test_one_new_matter_among_five_thousand_is_compared_with_its_neighbours_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dice = random.Random(7)
    categories = [f"{number:04d}" for number in range(80)]
    crowd = [
        described(number, "小区整栋停暖" if number % 2 else "路灯不亮影响出行", category=dice.choice(categories),
                  east_m=dice.uniform(-15_000, 15_000), north_m=dice.uniform(-15_000, 15_000),
                  after_ms=dice.randrange(0, 48 * HOUR_MS))
        for number in range(4_700)
    ]  # fmt: skip
    # A burst: three hundred of one category in one quarter of the town, all within two hours.
    crowd += [
        described(10_000 + number, "整栋停暖", east_m=dice.uniform(-400, 400), north_m=dice.uniform(-400, 400),
                  after_ms=dice.randrange(0, 2 * HOUR_MS))
        for number in range(300)
    ]  # fmt: skip
    index = DuplicateIndex(RULES, crowd)
    compared: list[str] = []

    def counting(one: Described, other: Described, rules: MergeRules) -> Alike | None:
        compared.append(other.id)
        return compare(one, other, rules)

    monkeypatch.setattr(merging, "compare", counting)
    found = index.alike(described(20_000, "整栋停暖"))
    assert len(found) >= 200
    assert len(found) <= len(compared) == len(set(compared)) <= 310
    compared.clear()
    assert index.likeliest(described(20_001, "整栋停暖")) is not None
    assert 0 < len(compared) <= 310


def test_nobody_waits_longer_because_matters_were_merged() -> None:
    assert earliest(30, None, 20) == 20
    assert earliest(None, None) is None
