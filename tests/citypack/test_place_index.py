"""Places and units by what people call them."""

from __future__ import annotations

import pytest

from dashboard.citypack import CityPack
from dashboard.citypack.place_index import (
    BEGINS,
    EXACT,
    HOLDS,
    INITIALS,
    INNER_INITIALS,
    NOT_FOUND,
    PlaceIndex,
    fit_of,
)

CITY, DONGGANG, LANSHAN = "371100", "371102", "371103"


@pytest.fixture(scope="module")
def index(rizhao: CityPack) -> PlaceIndex:
    return PlaceIndex(rizhao.divisions, rizhao.units)


def names(index: PlaceIndex, pack: CityPack, *words: str, place: str = CITY) -> list[str]:
    return [pack.divisions.get(one.code).name for one in index.places(index.ranks(words), place)]


def test_what_is_written_out_goes_before_initials():
    assert fit_of("石臼街道", ["石臼街道"]) == EXACT
    assert fit_of("石臼", ["石臼街道"]) == BEGINS
    assert fit_of("街道", ["石臼街道"]) == HOLDS
    assert fit_of("sjjd", ["石臼街道"]) == INITIALS
    assert fit_of("zl", ["朱里"]) == INITIALS
    assert fit_of("sl", ["朱里"]) == INNER_INITIALS  # a reading that hardly anybody means
    assert fit_of("石臼镇", ["石臼街道"]) == NOT_FOUND


def test_a_township_is_found_by_name_and_by_initials_before_what_lies_in_it(
    index: PlaceIndex, rizhao: CityPack
):
    assert names(index, rizhao, "秦楼")[0] == "秦楼街道"
    assert names(index, rizhao, "qljd")[0] == "秦楼街道"


def test_a_second_word_says_where(index: PlaceIndex, rizhao: CityPack):
    found = index.places(index.ranks(("石臼", "荣安")), CITY)
    assert found
    assert rizhao.divisions.get(found[0].code).name == "荣安社区"
    assert all(rizhao.divisions.township_of(one.code) == "371102002" for one in found)


def test_a_word_that_only_the_holder_fits_does_not_bring_all_it_holds(index: PlaceIndex, rizhao: CityPack):
    assert "海曲东路社区" not in names(index, rizhao, "秦楼街道")


def test_a_code_finds_the_division_and_what_lies_in_it(index: PlaceIndex):
    found = index.places(index.ranks(("371102002020",)), CITY)
    assert found[0].code == "371102002020"
    assert {one.level for one in found} == {"village", "grid"}


def test_nothing_outside_the_place_is_found(index: PlaceIndex, rizhao: CityPack):
    assert names(index, rizhao, "石臼", place=LANSHAN) == []
    assert "石臼街道" in names(index, rizhao, "石臼", place=DONGGANG)


@pytest.mark.parametrize("word", ["供电", "gd"])
def test_a_unit_is_found_by_alias_and_initials(index: PlaceIndex, rizhao: CityPack, word: str):
    found = [rizhao.units.get(one.unit_id) for one in index.units((word,), DONGGANG)]
    assert any("供电" in (one.name + "".join(one.aliases)) for one in found)


def test_a_county_finds_the_citys_units_and_its_own_and_no_other_countys(index: PlaceIndex, rizhao: CityPack):
    found = {rizhao.units.get(one.unit_id).region for one in index.units(("局",), LANSHAN)}
    assert found == {CITY, LANSHAN}


def test_grids_of_a_village_have_their_outlines(rizhao: CityPack):
    village = "371102002020"
    grid = rizhao.divisions.children(village)[0]
    (ring, *_) = rizhao.boundaries.rings(grid)
    assert ring[0] == ring[-1]
    assert all(119.4 < lon < 119.7 and 35.3 < lat < 35.5 for lon, lat in ring)
    assert rizhao.boundaries.rings(village)
    assert rizhao.boundaries.rings(DONGGANG) == []  # the base map has it already
