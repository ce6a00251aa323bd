"""Tiles under the outlines: which addresses can be used, and what a page is allowed because of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.domain.map_base import map_base, tile_address
from dashboard.settings import SettingError, Settings

KEY = "0123456789abcdef"


def base_of(**given: str):
    return Settings.from_environment(
        {f"ZHONGSHU_MAP_{name.upper()}": value for name, value in given.items()}
    ).map_base()


def test_without_a_setting_there_are_outlines_alone():
    assert base_of() is None


def test_tianditu_is_two_layers_on_eight_servers_with_the_key_in_them():
    base = base_of(tiles="tianditu", key=KEY)
    assert base is not None
    assert base.servers == "01234567"
    assert [f"LAYER={layer}&" in one for layer, one in zip(("vec", "cva"), base.addresses, strict=True)] == [
        True,
        True,
    ]
    assert all(one.endswith(f"&tk={KEY}") and "{key}" not in one for one in base.addresses)
    assert all("TILEMATRIX={z}&TILEROW={y}&TILECOL={x}" in one for one in base.addresses)
    assert base.origins() == tuple(f"https://t{server}.tianditu.gov.cn" for server in range(8))
    assert (base.datum, base.attribution, base.has_key) == ("wgs84", "天地图", True)


def test_an_address_of_ones_own_keeps_its_datum_and_its_attribution():
    base = base_of(
        tiles="http://gis.local:8080/{z}/{x}/{-y}.png",
        datum="gcj02",
        zooms="3-17",
        attribution="审图号 GS(2026)1",
    )
    assert base is not None
    assert base.origins() == ("http://gis.local:8080",)
    assert (base.datum, base.zooms, base.attribution, base.has_key) == (
        "gcj02",
        (3, 17),
        "审图号 GS(2026)1",
        False,
    )


def test_the_names_of_wmts_are_understood():
    given = "https://gis.local/wmts?TileMatrix={TileMatrix}&TileRow={TileRow}&TileCol={TileCol}"
    assert tile_address(given) == "https://gis.local/wmts?TileMatrix={z}&TileRow={y}&TileCol={x}"


def test_a_folder_is_given_out_by_ourselves(tmp_path: Path):
    tile = tmp_path / "9" / "425" / "201.jpg"
    tile.parent.mkdir(parents=True)
    tile.write_bytes(b"")
    base = base_of(tiles=str(tmp_path), datum="bd09")
    assert base is not None
    assert base.addresses == ("/map/tiles/{z}/{x}/{y}.jpg",)
    assert base.origins() == ()


@pytest.mark.parametrize(
    "address",
    [
        "ftp://gis.local/{z}/{x}/{y}", "https:///{z}/{x}/{y}", "https://user:word@gis.local/{z}/{x}/{y}",
        "https://gis.local/{z}/{x}.png", "https://gis.local/{z}/{x}/{y}/{-y}", "https://gis.local/{z}/{x}/{y}/{style}",
        "https://gis.local/{z}/{x}/{y}; script-src *", "https://{z}.gis.local/{x}/{y}/{z}", "https://gis.local/'{z}/{x}/{y}",
        "https://t{7-0}.gis.local/{z}/{x}/{y}", "https://t{0-z}.gis.local/{z}/{x}/{y}",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_used_stops_the_start(address: str):
    with pytest.raises(SettingError, match="ZHONGSHU_MAP_TILES"):
        base_of(tiles=address)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"tiles": "tianditu"}, "ZHONGSHU_MAP_KEY"),
        ({"tiles": "https://gis.local/{z}/{x}/{y}", "key": KEY}, "ZHONGSHU_MAP_KEY"),
        ({"tiles": "https://gis.local/{z}/{x}/{y}?k={key}"}, "ZHONGSHU_MAP_KEY"),
        ({"tiles": "tianditu", "key": KEY, "datum": "gcj02"}, "ZHONGSHU_MAP_DATUM"),
        ({"key": "a b"}, "ZHONGSHU_MAP_KEY"),
        ({"datum": "cgcs2000"}, "ZHONGSHU_MAP_DATUM"),
        ({"zooms": "18-3"}, "ZHONGSHU_MAP_ZOOMS"),
        ({"zooms": "3"}, "ZHONGSHU_MAP_ZOOMS"),
        ({"attribution": "x" * 201}, "ZHONGSHU_MAP_ATTRIBUTION"),
    ],
)
def test_what_contradicts_itself_stops_the_start_and_names_the_setting(given: dict[str, str], name: str):
    with pytest.raises(SettingError, match=name):
        base_of(**given)


def test_a_folder_without_tiles_stops_the_start(tmp_path: Path):
    (tmp_path / "9" / "425").mkdir(parents=True)
    for tiles in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(SettingError, match="has no tiles"):
            base_of(tiles=str(tiles))


def test_no_error_and_no_text_of_the_settings_repeats_the_key():
    settings = Settings.from_environment({"ZHONGSHU_MAP_TILES": "tianditu", "ZHONGSHU_MAP_KEY": KEY})
    assert KEY not in repr(settings)
    with pytest.raises(ValueError, match="datum") as caught:
        map_base("tianditu", KEY, "bd09", "", (0, 18))
    assert KEY not in str(caught.value)
