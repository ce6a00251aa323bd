"""The code on a grid's poster leads to the grid's own report page."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from dashboard.citypack import CityPack, load_pack
from dashboard.domain.divisions import UnknownDivision
from dashboard.grid_codes import code_svg, poster_svg, report_address
from tests.conftest import PROJECT_ROOT

GRID = "371102002020001"


@pytest.fixture(scope="module")
def pack() -> CityPack:
    return load_pack(PROJECT_ROOT / "citypacks" / "rizhao")


def test_an_address_names_the_grid_whatever_the_end_of_the_web_address() -> None:
    assert report_address("https://zs.example.cn/", GRID) == f"https://zs.example.cn/report/{GRID}"


def test_a_code_is_a_drawing_with_its_blank_border() -> None:
    drawing = ElementTree.fromstring(code_svg("https://zs.example.cn/report/1"))
    assert drawing.attrib["viewBox"].split()[:2] == ["0", "0"] and "width" not in drawing.attrib


def test_a_poster_says_which_grid_it_is_for(pack: CityPack) -> None:
    drawing = poster_svg(pack.divisions, GRID, "https://zs.example.cn")
    ElementTree.fromstring(drawing)
    assert "荣安社区" in drawing and GRID in drawing and "12345" in drawing


def test_there_is_no_poster_of_a_grid_that_does_not_exist(pack: CityPack) -> None:
    with pytest.raises(UnknownDivision):
        poster_svg(pack.divisions, "371102002020999", "https://zs.example.cn")
