"""The frame of the wall as a component tree: what the page's modules find, and what may never be missing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from layouts.catalogue import LANGUAGES
from layouts.map import Bounds
from layouts.wall.city import Place, WallCity, WallPlatform
from layouts.wall.page import SCENES, build

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "wall"


@pytest.fixture
def city() -> WallCity:
    return WallCity(
        code="371100",
        name="日照市",
        centre_name="日照市社会治理服务中心",
        regions=(Place("371102", "东港区", 119.35, 35.43),),
        townships=(Place("371102004", "秦楼街道", 119.52, 35.46),),
        bounds=Bounds(118.58, 35.0, 119.95, 36.05),
        inset=Bounds(119.43, 35.32, 119.57, 35.46),
        inset_name="主城区",
        platforms=(WallPlatform("hotline", "12345 热线", 5_000),),
    )


def _ids(component: Any) -> set[str]:
    return {node.id for node in component._traverse() if getattr(node, "id", None)} | {component.id}


def test_every_slot_that_the_page_paints_is_laid_out(city: WallCity) -> None:
    sources = [
        path.read_text(encoding="utf-8") for path in (ASSETS / "page.mjs", ASSETS / "scenes" / "overview.mjs")
    ]
    painted = {name for source in sources for name in re.findall(r'\b(?:put|mark)\("([a-z-]+)"', source)}
    for panel in ("calls", "queue", "topics"):
        painted |= {panel, f"{panel}-as-of"}
    assert painted - {name.removeprefix("wall-") for name in _ids(build("zh", True, city))} == set()


def test_simulated_data_cannot_be_shown_without_its_ribbon(city: WallCity) -> None:
    assert "wall-demonstration" in _ids(build("zh", True, city))
    assert "wall-demonstration" not in _ids(build("zh", False, city))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_frame_is_whole_in_both_languages(city: WallCity, lang: str) -> None:
    assert build(lang, False, city).to_plotly_json()["props"]["data-lang"] == lang


def test_the_page_reads_the_city_from_the_root(city: WallCity) -> None:
    facts = json.loads(build("zh", False, city).to_plotly_json()["props"]["data-city"])
    assert facts["regions"][0]["name"] == "东港区"
    assert facts["inset"] == {"west": 119.43, "south": 35.32, "east": 119.57, "north": 35.46}


def test_nothing_on_the_wall_is_operable(city: WallCity) -> None:
    maps = [node for node in build("zh", True, city)._traverse() if type(node).__name__ == "MapContainer"]
    assert len(maps) == 3  # overview, its inset, grid
    for node in maps:
        props = node.to_plotly_json()["props"]
        assert props["trackViewport"] is False and props["preferCanvas"] is True
        assert not props["zoomControl"] and not props["dragging"] and not props["scrollWheelZoom"]


def test_every_scene_of_the_page_has_its_host_and_no_host_is_without_a_scene(city: WallCity) -> None:
    index = (ASSETS / "scenes" / "index.mjs").read_text(encoding="utf-8")
    modules = re.findall(r'from "\./([a-z]+)\.mjs"', index)
    named = {
        re.search(r'name: "([a-z]+)"', (ASSETS / "scenes" / f"{name}.mjs").read_text(encoding="utf-8"))[1]  # type: ignore[index]
        for name in modules
    }
    hosts = {
        name.removeprefix("wall-scene-")
        for name in _ids(build("zh", True, city))
        if name.startswith("wall-scene-")
    }
    assert named == set(modules) == hosts - {"index", "line"} == set(SCENES)
