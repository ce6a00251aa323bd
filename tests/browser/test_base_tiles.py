"""Tiles under the desk's outlines: where they lie in each datum, and what the desk says when none comes."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, get_args

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from dashboard.domain.datum import Datum, to_wgs84
from dashboard.domain.map_base import map_base
from tests.browser.desk_city import NOW, OFFICER
from tests.browser.desk_server import DeskServer
from tests.browser.waiting import eventually

pytestmark = pytest.mark.browser

MIDDLE, ZOOM = (119.53, 35.42), 15
# Where each tile is on the screen, by its address: [z, x, y, left, top] in the map's window.
TILES = """() => {
    const map = window.desk.map.getContainer().getBoundingClientRect();
    return [...document.querySelectorAll(".leaflet-tile-loaded")].map((tile) => {
        const box = tile.getBoundingClientRect();
        const [z, x, y] = new URL(tile.src).pathname.match(/\\d+/g).map(Number);
        return [z, x, y, box.left - map.left, box.top - map.top];
    });
}"""
AT = "([lon, lat]) => { const { x, y } = window.desk.map.latLngToContainerPoint([lat, lon]); return [x, y]; }"


def corner(z: int, x: int, y: int) -> tuple[float, float]:
    """North-west corner of a tile of the ordinary grid, degrees, in whatever datum the tile is."""
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / 2**z))))
    return x / 2**z * 360 - 180, lat


def picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (256, 256), "#cfd8dc").save(written, "PNG")
    return written.getvalue()


@contextmanager
def served(datum: Datum) -> Iterator[DeskServer]:
    base = map_base("/srv/tiles", "", datum, "审图号 GS(2026)1", (3, 18), ".png")
    nothing = {"now": NOW, "matters": [], "commands": [], "asks": [], "log": []}
    desk = DeskServer(OFFICER, lambda: nothing, base=base)
    desk.start()
    yield desk
    desk.stop()


def open_desk(chromium: Browser, server: DeskServer, tiles: Any) -> Page:
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.route("**/map/tiles/**", tiles)
    page.goto(server.url)
    page.wait_for_function("() => window.desk?.tools")
    page.evaluate(
        "([lon, lat, zoom]) => { window.desk.map.setView([lat, lon], zoom, { animate: false }); }",
        [*MIDDLE, ZOOM],
    )
    return page


@pytest.mark.parametrize("datum", get_args(Datum))
def test_a_tile_lies_where_its_own_datum_says_before_and_after_the_map_moves(
    chromium: Browser, datum: Datum
) -> None:
    tile = picture()

    def lies_right(page: Page) -> bool:
        shown = [one for one in page.evaluate(TILES) if one[0] == ZOOM]
        inner = [one for one in shown if 0 <= one[3] <= 400 and 0 <= one[4] <= 300]
        for z, x, y, left, top in inner:
            at_x, at_y = page.evaluate(AT, to_wgs84(*corner(z, x, y), datum))
            assert abs(at_x - left) <= 1.5, (datum, at_x, left)
            assert abs(at_y - top) <= 1.5, (datum, at_y, top)
        return len(inner) > 0

    with served(datum) as desk:
        page = open_desk(chromium, desk, lambda route: route.fulfill(body=tile, content_type="image/png"))
        eventually(lambda: lies_right(page), "a tile in sight")
        # 0.4 degrees on, without a zoom: the shift is another one there.
        page.evaluate("() => { window.desk.map.panBy([9000, -2500], { animate: false }); }")
        eventually(lambda: lies_right(page), "a tile in sight after the move")
        expect(page.locator(".map-source")).to_have_text("审图号 GS(2026)1")
        page.close()


def test_while_no_tile_comes_the_desk_says_so_and_its_outlines_stay_filled(chromium: Browser) -> None:
    away = [True]
    tile = picture()

    def give(route: Route) -> None:
        if away[0]:
            route.abort()
        else:
            route.fulfill(body=tile, content_type="image/png")

    with served("wgs84") as desk:
        page = open_desk(chromium, desk, give)
        note = page.locator("#map-note")
        expect(note).to_have_text("底图取不到，只有离线轮廓")
        assert page.evaluate("window.zhongshu.baseMap.township().fillOpacity") == 1
        away[0] = False
        page.click("#map-layers")  # with one switch more they have no room in one row
        page.click("[data-layer=base]")
        expect(note).to_be_hidden()
        page.click("[data-layer=base]")
        page.wait_for_function("() => window.zhongshu.baseMap.township().fillOpacity === 0")
        expect(note).to_be_hidden()
        page.close()
