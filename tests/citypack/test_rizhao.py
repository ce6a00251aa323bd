"""The default city: its counts, its tree, its units and rules, as the sources give them."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta, timezone

import pytest

from dashboard.citypack import CityPack
from dashboard.domain.masking import mask_numbers
from tests.citypack.small_pack import RIZHAO

CHINA = timezone(timedelta(hours=8))


def at(words: str) -> int:
    return int(datetime.strptime(words, "%Y-%m-%d %H:%M").replace(tzinfo=CHINA).timestamp() * 1000)


def said(instant: int) -> str:
    return datetime.fromtimestamp(instant / 1000, UTC).astimezone(CHINA).strftime("%m-%d %H:%M")


def test_both_worker_counts_keep_their_definitions(rizhao: CityPack) -> None:
    assert (rizhao.workers.platform_total, rizhao.workers.assessed_total) == (4383, 4374)
    assert rizhao.workers.platform_definition != rizhao.workers.assessed_definition


def test_the_tree_holds_every_division(rizhao: CityPack) -> None:
    counts = [len(rizhao.divisions.at_level(level)) for level in ("region", "township", "village", "grid")]
    assert counts == [7, 56, 1679, 4383]


def test_no_code_of_a_division_is_taken_for_a_person(rizhao: CityPack) -> None:
    levels = ("region", "township", "village", "grid")
    codes = [one.code for level in levels for one in rizhao.divisions.at_level(level)]
    assert len(codes) > 6_000
    assert [code for code in codes if mask_numbers(code) != code] == []


def test_the_community_of_the_article_lies_where_it_should(rizhao: CityPack) -> None:
    village = rizhao.divisions.get("371102002020")
    assert village.name == "荣安社区"
    assert village.place_known
    grid = rizhao.divisions.locate(village.lon, village.lat)
    assert grid is not None
    assert rizhao.divisions.is_within(grid, "371102002")
    assert rizhao.divisions.place_name(grid).startswith("石臼街道 荣安社区 第")


def test_zones_stand_beside_the_counties(rizhao: CityPack) -> None:
    divisions = rizhao.divisions
    assert divisions.region_of("371171003") == "371171"
    assert divisions.region_of("371102008") == "RZ-SHT"
    assert not divisions.is_within("371102008", "371102")
    assert divisions.children("RZ-GXQ") == ()  # to be named by the city in zones.csv


def test_a_point_at_sea_is_in_no_grid(rizhao: CityPack) -> None:
    assert rizhao.divisions.locate(119.9, 35.05) is None
    assert rizhao.locator.locate_all([119.9, 119.53302], [35.05, 35.39946])[0] is None


def test_every_grid_holds_its_own_point(rizhao: CityPack) -> None:
    grids = rizhao.divisions.at_level("grid")
    found = rizhao.locator.locate_all([one.lon for one in grids], [one.lat for one in grids])
    assert found == [one.code for one in grids]


def test_a_village_whose_place_is_unknown_is_not_named_on_the_map(rizhao: CityPack) -> None:
    named = {
        feature["properties"]["code"]: feature["properties"]["name"]
        for feature in rizhao.boundaries.geojson("villages")["features"]
    }
    assert named["371102002020"] == "荣安社区"
    for division in rizhao.divisions.at_level("village"):
        assert bool(named[division.code]) == division.place_known


def test_outlines_carry_no_more_than_five_decimals(rizhao: CityPack) -> None:
    for name in ("counties_light", "townships", "grids"):
        text = rizhao.boundaries.path(name).read_text(encoding="utf-8")
        assert "." in text
        assert not any(
            len(part.split(".")[-1]) > 5 for part in text.replace("]", ",").split(",") if "." in part
        )


@pytest.mark.parametrize(
    ("category", "region", "township", "units"),
    [
        ("0203", "371102", "371102004", ["rz-heating", "rz-371102-urban", "rz-town-371102004"]),
        ("0207", "371122", None, ["rz-371122-urban"]),
        ("0101", "371121", None, ["rz-education"]),
        ("0702", "371102", "371102110", ["rz-town-371102110", "rz-371102-agriculture"]),
        ("050301", "RZ-SHT", "371102008", ["rz-sht-urban", "rz-town-371102008", "rz-sht-emergency"]),
        ("2302", "371102", "371102002", ["rz-town-371102002", "rz-371102-urban"]),
        ("9999", "371102", None, []),
    ],
)
def test_the_directory_names_lead_then_assists(
    rizhao: CityPack, category: str, region: str, township: str | None, units: list[str]
) -> None:
    assert [unit.id for unit in rizhao.units.for_category(category, region, township)] == units


def test_people_call_units_by_short_names(rizhao: CityPack) -> None:
    assert rizhao.units.find("供电")[0].id == "rz-power"
    assert rizhao.units.find("暖气")[0].id == "rz-heating"
    assert rizhao.units.find("石臼")[0].id == "rz-town-371102002"
    assert rizhao.units.find("") == ()


def test_every_township_has_its_own_unit_and_every_unit_one_character(rizhao: CityPack) -> None:
    for township in rizhao.divisions.at_level("township"):
        unit = rizhao.units.of_township(township.code)
        assert unit is not None
        assert unit.region == rizhao.divisions.region_of(township.code)
    assert all(len(unit.code) == 1 for unit in rizhao.units)
    assert all(unit.duty_phone is None for unit in rizhao.units)  # none has a source yet


def test_limits_take_the_most_exact_row(rizhao: CityPack) -> None:
    limits = rizhao.limits

    def limit(kind: str, stage: str, urgency: int, category: str) -> tuple[int, str]:
        found = limits.find(kind, stage, urgency, category)
        assert found is not None
        return found.value, found.unit

    assert limit("order", "feedback", 2, "020301") == (3, "h")
    assert limit("order", "feedback", 2, "0202") == (24, "h")
    assert limit("order", "feedback", 3, "0207") == (5, "workday")
    assert limit("order", "feedback", 1, "0203") == (2, "h")
    assert limit("event", "feedback", 3, "2302") == (4, "workday")
    assert limit("event", "feedback", 1, "2302") == (2, "h")
    assert limits.find("order", "polish", 3, "0207") is None


def test_a_whistle_is_amber_at_twenty_minutes_and_red_at_thirty(rizhao: CityPack) -> None:
    start_at = at("2026-11-23 10:21")
    due_at = start_at + 30 * 60_000
    fired = [
        (said(step.fires_at(start_at, due_at, rizhao.calendar)), step.card, step.raise_to_level)
        for step in rizhao.policies.steps("whistle_receiver")
    ]
    assert fired == [
        ("11-23 10:24", "none", 1),
        ("11-23 10:41", "amber", 2),
        ("11-23 10:51", "red", 3),
        ("11-23 11:01", "red", 4),
    ]


def test_an_ordinary_order_gets_a_yellow_card_one_working_day_before_and_a_red_one_after(
    rizhao: CityPack,
) -> None:
    start_at = at("2026-11-23 10:42")
    limit = rizhao.limits.find("order", "feedback", 3, "0207")
    assert limit is not None
    due_at = limit.due_at(start_at, rizhao.calendar)
    assert said(due_at) == "11-30 18:00"
    steps = rizhao.policies.steps("order", "feedback", 3)
    assert [(step.card, said(step.fires_at(start_at, due_at, rizhao.calendar))) for step in steps[-2:]] == [
        ("yellow", "11-30 08:30"),
        ("red", "12-01 08:31"),
    ]


def test_nothing_goes_quiet(rizhao: CityPack) -> None:
    """The last step of every chain repeats until somebody acts."""
    chains: dict[tuple[str, str, int | None], list[int]] = {}
    for step in rizhao.policies:
        group = step.applies_to if step.applies_to.endswith("receiver") else f"{step.applies_to} {step.stage}"
        chains.setdefault((group, "", step.urgency), []).append(step.step)
    for (group, _, urgency), numbers in chains.items():
        applies_to, _, stage = group.partition(" ")
        last = rizhao.policies.steps(applies_to, stage or None, urgency)[-1]
        assert last.step == max(numbers)
        assert last.repeat_ms, last.policy_id


def test_shares_of_the_hotline_tree_add_up(rizhao: CityPack) -> None:
    tops = [one.share_pct or 0 for one in rizhao.categories.at_level(1)]
    assert sum(tops) == pytest.approx(100, abs=0.1)
    for top in rizhao.categories.at_level(1):
        inside = sum(child.share_pct or 0 for child in rizhao.categories.children(top.code))
        assert inside == pytest.approx(top.share_pct or 0, abs=0.6), top.code


def test_a_finer_code_of_a_newer_list_still_finds_its_group(rizhao: CityPack) -> None:
    found = rizhao.categories.get("020399")
    assert found is not None
    assert found.code == "0203"


def test_seven_platforms(rizhao: CityPack) -> None:
    assert [one.id for one in rizhao.platforms] == [
        "visits", "hotline", "mediation", "legal", "command", "grid", "internet",
    ]  # fmt: skip


def test_thirty_three_windows_of_which_the_article_names_seven(rizhao: CityPack) -> None:
    rows = csv.DictReader((RIZHAO / "windows.csv").read_text(encoding="utf-8").splitlines())
    assert {one["name"] for one in rows if one["source"] == "S-SEED"} == {
        "综合受理", "来访接待", "人民调解", "行政复议", "公证", "法律援助", "法律咨询",
    }  # fmt: skip
    assert len(rizhao.windows) == 33
    assert [one.code for one in rizhao.windows] == [f"{n:02}" for n in range(1, 34)]


def test_a_dispute_finds_the_windows_of_its_category_the_closest_first(rizhao: CityPack) -> None:
    assert [one.name for one in rizhao.windows.for_category("0403")] == ["劳动人事争议仲裁", "职工维权"]
    assert [one.name for one in rizhao.windows.for_category("010203")] == ["医疗纠纷调解"]
    assert rizhao.windows.for_category("22") == rizhao.windows.for_category(None) == ()
    every = {one.code for one in rizhao.categories.disputes()} - {"22"}
    assert {code for code in every if not rizhao.windows.for_category(code)} == set()
