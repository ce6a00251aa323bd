"""The division tree answers who lies where."""

from __future__ import annotations

import pytest

from dashboard.domain.divisions import Division, Divisions, Level, UnknownDivision


def node(code: str, level: Level, parent: str | None, name: str = "") -> Division:
    return Division(code, name or code, level, parent, 119.5, 35.4, "any", True)


def small_city() -> list[Division]:
    return [
        node("3711", "city", None, "日照市"),
        node("371102", "region", "3711", "东港区"),
        node("RZ-SHT", "region", "3711", "山海天"),
        node("371102002", "township", "371102", "石臼街道"),
        node("371102008", "township", "RZ-SHT", "卧龙山街道"),
        node("371102002020", "village", "371102002", "荣安社区"),
        node("371102002020003", "grid", "371102002020", "荣安社区第3网格"),
    ]


def test_a_grid_lies_within_all_above_it_and_itself() -> None:
    tree = Divisions(small_city())
    for above in ("371102002020003", "371102002020", "371102002", "371102", "3711"):
        assert tree.is_within("371102002020003", above)


def test_a_township_of_a_zone_is_not_within_the_county_it_lies_in_on_the_map() -> None:
    tree = Divisions(small_city())
    assert tree.region_of("371102008") == "RZ-SHT"
    assert not tree.is_within("371102008", "371102")


def test_a_county_is_not_within_its_townships_and_an_unknown_code_is_nowhere() -> None:
    tree = Divisions(small_city())
    assert not tree.is_within("371102", "371102002")
    assert not tree.is_within("999999", "3711")
    assert not tree.is_within("371102", "999999")


def test_codes_above_a_level_have_no_division_of_it() -> None:
    tree = Divisions(small_city())
    assert tree.region_of("3711") is None
    assert tree.township_of("371102") is None
    assert tree.township_of("371102002020003") == "371102002"
    assert tree.village_of("371102002020003") == "371102002020"


def test_a_place_is_named_as_people_say_it() -> None:
    tree = Divisions(small_city())
    assert tree.place_name("371102002020003") == "石臼街道 荣安社区 第3网格"
    assert tree.place_name("371102") == "东港区"
    assert tree.place_name("3711") == "日照市"


def test_an_unknown_code_is_named_in_the_error() -> None:
    with pytest.raises(UnknownDivision, match="371199"):
        Divisions(small_city()).get("371199")


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        (node("371102", "region", "3711"), "twice"),
        (node("371103001", "township", "371103"), "unknown parent"),
        (node("371102003", "township", "371102002"), "cannot lie in"),
        (node("3712", "city", None), "one city"),
    ],
)
def test_a_broken_tree_is_not_built(extra: Division, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Divisions([*small_city(), extra])


def test_locating_needs_boundaries() -> None:
    with pytest.raises(LookupError):
        Divisions(small_city()).locate(119.5, 35.4)
    assert Divisions(small_city(), lambda lon, lat: "371102002020003").locate(119.5, 35.4) is not None
