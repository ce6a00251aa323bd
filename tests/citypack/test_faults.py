"""Each file is broken one way at a time, and the fault is named with its file and row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.citypack import PackError, load_pack
from dashboard.citypack.__main__ import main
from dashboard.citypack.faults import _texts
from tests.citypack.small_pack import OUTLINES, square, write_outlines


def faults_of(folder: Path) -> list[tuple[str, int | None, str]]:
    try:
        load_pack(folder)
    except PackError as error:
        return [(fault.file, fault.row, fault.code) for fault in error.faults]
    return []


def test_the_small_pack_is_good(small_pack: Path) -> None:
    assert faults_of(small_pack) == []


def change(file: str, old: str, new: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        path = folder / file
        content = path.read_text(encoding="utf-8")
        assert old in content
        path.write_text(content.replace(old, new, 1), encoding="utf-8")

    return apply


def remove(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).unlink()


def redraw(name: str, **changes: object) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        outlines = {**OUTLINES[name], **{code.lstrip("c"): rings for code, rings in changes.items()}}
        kept = {code: rings for code, rings in outlines.items() if rings is not None}
        write_outlines(folder / "boundaries" / f"{name}.geojson", kept)  # type: ignore[arg-type]

    return apply


BOW_TIE = [[[119.5, 35.39], [119.54, 35.43], [119.54, 35.39], [119.5, 35.43], [119.5, 35.39]]]
GRID, GRIDS = "371102002020001", "boundaries/grids.geojson"

BREAKS: list[tuple[str, Callable[[Path], None], tuple[str, int | None, str]]] = [
    ("no settings", remove("pack.toml"), ("pack.toml", None, "file_missing")),
    ("bad toml", change("pack.toml", "[map]", "[map"), ("pack.toml", None, "file_broken")),
    ("missing key", change("pack.toml", 'plate = "鲁L"', ""), ("pack.toml", None, "key_missing")),
    ("wrong value", change("pack.toml", "480", '"eight"'), ("pack.toml", None, "key_value")),
    ("bad hours", change("pack.toml", '"08:30"', '"13:30"'), ("pack.toml", None, "key_value")),
    ("no means", change("pack.toml", "called_off =", "off ="), ("pack.toml", None, "key_missing")),
    ("a loudspeaker", change("pack.toml", '"unit_page", "screen"', '"sound"'), ("pack.toml", None, "key_value")),
    ("nobody told", change("pack.toml", 'signed = ["unit_page", "screen", "webhook"]', "signed = []"),
     ("pack.toml", None, "key_value")),
    ("worker count", change("pack.toml", "= 2\n", "= 3\n"), ("pack.toml", None, "workers_differ")),
    ("no table", remove("grids.csv"), ("grids.csv", None, "file_missing")),
    ("missing column", change("zones.csv", "zone,", ""), ("zones.csv", 1, "column_missing")),
    ("unknown column", change("zones.csv", "zone,", "zone,colour,"), ("zones.csv", 1, "column_unknown")),
    ("comma unquoted", change("zones.csv", "SHT,x", "SHT,x,y"), ("zones.csv", 2, "row_width")),
    ("region kind", change("regions.csv", ",district,", ",dist,"), ("regions.csv", 2, "cell_choice")),
    ("zone unknown", change("zones.csv", "RZ-SHT", "RZ-GXQ"), ("zones.csv", 2, "zone_unknown")),
    ("county as zone", change("zones.csv", "RZ-SHT", "371102"), ("zones.csv", 2, "zone_unknown")),
    ("zone of nobody", change("zones.csv", "371102008", "371102099"), ("zones.csv", 2, "township_unknown")),
    ("township parent", change("townships.csv", "街道,street,371102,119.52", "街道,street,371109,119.52"),
     ("townships.csv", 2, "parent_unknown")),
    ("village parent", change("villages.csv", "371102008,", "371102,"), ("villages.csv", 3, "parent_level")),
    ("village twice", change("villages.csv", "371102008001", "371102002020"), ("villages.csv", 3, "code_twice")),
    ("grid parent", change("grids.csv", "371102008001,119", "371102008009,119"), ("grids.csv", 3, "parent_unknown")),
    ("bad number", change("grids.csv", "119.56", "一一九"), ("grids.csv", 3, "cell_number")),
    ("not a number", change("grids.csv", "119.56", "nan"), ("grids.csv", 3, "cell_range")),
    ("out of range", change("grids.csv", "35.45", "95.45"), ("grids.csv", 3, "cell_range")),
    ("flag", change("grids.csv", "35.45,0", "35.45,no"), ("grids.csv", 3, "cell_choice")),
    ("point outside grid", change("grids.csv", "119.52", "119.62"), ("grids.csv", 2, "point_outside")),
    ("point outside county", change("townships.csv", "119.52", "119.92"), ("townships.csv", 2, "point_outside")),
    ("no outline", redraw("grids", c371102002020001=None), (GRIDS, None, "outline_missing")),
    ("outline of nobody", redraw("grids", c371102009999001=square(119.6, 35.5, 0.01)),
     (GRIDS, None, "outline_unknown")),
    ("crossed outline", redraw("grids", c371102002020001=BOW_TIE), (GRIDS, None, "outline_crossed")),
    ("no outline file", remove("boundaries/villages.geojson"), ("boundaries/villages.geojson", None, "file_missing")),
    ("no light file", remove("boundaries/city_light.geojson"),
     ("boundaries/city_light.geojson", None, "file_missing")),
    ("place unknown", change("gazetteer.csv", "371102002", "371102111"), ("gazetteer.csv", 2, "parent_unknown")),
    ("category parent", change("categories.csv", "0203,02,", "0203,03,"), ("categories.csv", 3, "category_parent")),
    ("category twice", change("categories.csv", "020301", "0203"), ("categories.csv", 4, "code_twice")),
    ("urgency", change("categories.csv", "100,2,热", "100,5,热"), ("categories.csv", 3, "cell_range")),
    ("unit outside tree", change("units.csv", "城,371102", "城,371109"), ("units.csv", 3, "region_unknown")),
    ("unit of no town", change("units.csv", "rz-town-371102002", "rz-town-371102077"),
     ("units.csv", 5, "parent_unknown")),
    ("unit twice", change("units.csv", "rz-urban", "rz-heating"), ("units.csv", 4, "code_twice")),
    ("map character", change("units.csv", ",热,", ",热力,"), ("units.csv", 2, "cell_one_character")),
    ("unit nameless", change("units.csv", "rz-urban,市城市管理局", "rz-urban,"), ("units.csv", 4, "cell_empty")),
    ("no such kind", change("units_for_category.csv", "heating", "steam"),
     ("units_for_category.csv", 2, "kind_unknown")),
    ("directed nowhere", change("units_for_category.csv", "0203", "0299"),
     ("units_for_category.csv", 2, "category_unknown")),
    ("undirected", change("units_for_category.csv", "0203", "02"),
     ("units_for_category.csv", None, "category_undirected")),
    ("window twice", change("windows.csv", "12,供热", "01,供热"), ("windows.csv", 3, "code_twice")),
    ("window nameless", change("windows.csv", "供热纠纷,heating", ",heating"), ("windows.csv", 3, "cell_empty")),
    ("window unmanned", change("windows.csv", "heating;urban", ""), ("windows.csv", 3, "cell_empty")),
    ("window of nobody", change("windows.csv", "heating;urban", "steam"), ("windows.csv", 3, "kind_unknown")),
    ("window for nothing", change("windows.csv", "0203,x", "0299,x"), ("windows.csv", 3, "category_unknown")),
    ("window's long code", change("windows.csv", "12,供热", "窗" * 21 + ",供热"), ("windows.csv", 3, "cell_long")),
    ("no windows", remove("windows.csv"), ("windows.csv", None, "file_missing")),
    ("limit unit", change("limits.csv", "24,h", "24,hours"), ("limits.csv", 3, "cell_choice")),
    ("limit twice", change("limits.csv", "2,0203", "2,"), ("limits.csv", 4, "limit_twice")),
    ("limit category", change("limits.csv", "2,0203", "2,0299"), ("limits.csv", 4, "category_unknown")),
    ("policy nowhere", change("policies.csv", "order,feedback", "order,polish"), ("policies.csv", 3, "policy_nowhere")),
    ("policy timeless", change("policies.csv", "elapsed,0,0.5", "elapsed,,"),
     ("policies.csv", 2, "policy_without_time")),
    ("policy role", change("policies.csv", "Reminder,unit_liaison", "Reminder,mayor"),
     ("policies.csv", 2, "role_unknown")),
    ("policy step", change("policies.csv", "yellow,order,feedback,3", "yellow,order,sign,"),
     ("policies.csv", 3, "policy_step_twice")),
    ("interval", change("platforms.csv", "5000", "5"), ("platforms.csv", 2, "cell_range")),
    ("date", change("calendar.csv", "2026-10-01", "2026-13-01"), ("calendar.csv", 2, "cell_date")),
    ("date twice", change("calendar.csv", "2026-10-10,make_up", "2026-10-01,holiday"),
     ("calendar.csv", 3, "date_twice")),
    ("make-up weekday", change("calendar.csv", "2026-10-10", "2026-10-09"), ("calendar.csv", 3, "make_up_weekday")),
    ("unpublished", change("calendar.csv", "2026-10-01", "2031-10-01"), ("calendar.csv", 2, "year_unpublished")),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "fault"), [one[1:] for one in BREAKS], ids=[one[0] for one in BREAKS])
def test_each_fault_is_named_with_file_and_row(
    small_pack: Path, damage: Callable[[Path], None], fault: tuple[str, int | None, str]
) -> None:
    damage(small_pack)
    assert fault in faults_of(small_pack)


def test_a_file_that_is_not_utf8_says_where(small_pack: Path) -> None:
    (small_pack / "zones.csv").write_bytes("township,zone,source\n371102008,RZ-SHT,街道\n".encode("gb18030"))
    assert ("zones.csv", None, "file_not_text") in faults_of(small_pack)


def test_a_file_that_excel_saved_with_a_byte_order_mark_is_read(small_pack: Path) -> None:
    path = small_pack / "zones.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert faults_of(small_pack) == []


def test_every_fault_is_reported_at_once(small_pack: Path) -> None:
    for file, old, new in (
        ("grids.csv", "119.56", "x"),
        ("units.csv", ",热,", ",热力,"),
        ("calendar.csv", "2026-10-01", "soon"),
    ):
        change(file, old, new)(small_pack)
    found = {(file, row) for file, row, _ in faults_of(small_pack)}
    assert {("grids.csv", 3), ("units.csv", 2), ("calendar.csv", 2)} <= found


def test_the_check_command_prints_faults_in_both_languages(
    small_pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change("units.csv", "城,371102", "城,371109")(small_pack)
    assert main(["check", str(small_pack)]) == 1
    assert "units.csv 第 3 行：region 371109 不是本市的区县或功能区" in capsys.readouterr().out
    assert main(["check", str(small_pack), "--lang", "en"]) == 1
    assert (
        "units.csv row 3: region 371109 is neither the city nor one of its regions" in capsys.readouterr().out
    )


def test_the_check_command_says_what_a_good_pack_holds(
    small_pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(small_pack)]) == 0
    assert "2 个网格" in capsys.readouterr().out


def test_every_fault_text_has_both_languages_with_the_same_parameters() -> None:
    for code, texts in _texts().items():
        assert set(texts) == {"zh", "en"}, code
        assert all(text.strip() for text in texts.values()), code
