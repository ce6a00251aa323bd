"""An address ends at the community: whatever names a door is cut, and what names none stays as it was said."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from dashboard.citypack import load_pack
from dashboard.domain.address import (
    community_of,
    doors_in,
    mask_address,
    mask_doors,
    whole_address,
    without_doors,
)

PLACES = {
    "荣安社区3号楼2单元301室": "荣安社区",
    "秦楼街道荣安小区12号楼": "秦楼街道荣安小区",
    "荣安小区３号楼２单元１０１": "荣安小区",
    "荣安小区三号楼二单元四零一": "荣安小区",
    "荣安小区12号楼３单元五层东户": "荣安小区",
    "荣安社区三栋": "荣安社区",
    "荣安小区一栋501": "荣安小区",
    "安泰花园A栋1201": "安泰花园",
    "安泰花园12-301": "安泰花园",
    "凯莱苑B座": "凯莱苑",
    "碧桂园甲座1602室": "碧桂园",
    "金海家园12幢": "金海家园",
    "金海家园12-3-501": "金海家园",
    "金海花园二期8号楼": "金海花园二期",
    "阳光城3#楼2单元": "阳光城",
    "阳光城3#301": "阳光城",
    "丽城花园（12号楼）": "丽城花园",
    "万平口社区5、6号楼之间": "万平口社区",
    "荣安社区门牌12": "荣安社区",
    "公安局家属院2号楼1单元": "公安局家属院",
    "蔡家滩村12号": "蔡家滩村",
    "蔡家滩村三排5号": "蔡家滩村",
    "北关村东街８号院": "北关村东街",
    "海曲东路386号": "海曲东路",
    "海曲路168": "海曲路",
    "日照路12号附2号": "日照路",
    "日照路12号-3": "日照路",
    "海曲路29号2号楼5层": "海曲路",
    "北京路168号李某家": "北京路",
    "12号楼": "",
    # What is named behind the number of a house finds the place as well.
    "海曲东路386号市政务服务中心": "海曲东路市政务服务中心",
    "北京路168号荣安小区3号楼": "北京路荣安小区",
}
STAY = (
    "荣安社区",
    "秦楼街道海曲东路社区",
    "海曲东路社区 北门",
    "荣安社区商用二层",
    "金海花园一期",
    "二号小区",
    "七号公馆",
    "1号线车站",
    "3号桥下",
    "北京路23号路灯",
    "北京路与3号路交叉口",
    "海滨五路与北京路路口",
    "G204国道12公里+300米",
    "第三人民医院",
    "第十中学",
    "三里河村",
    "三庄镇",
    "十里社区",
    "",
)
TITLES = {
    "荣安社区3号楼停暖": "荣安社区停暖",
    "荣安小区3、5号楼电梯故障": "荣安小区电梯故障",
    "荣安小区12-2-501漏水": "荣安小区漏水",
    "安泰花园1201室漏水": "安泰花园漏水",
    "7号楼6楼漏水": "漏水",
    "3号楼2单元301停暖": "停暖",
    "北京路168号路面塌陷": "北京路路面塌陷",
}
TITLES_STAY = (
    "整栋停暖",
    "40户停暖",
    "一栋居民楼起火",
    "两栋楼之间积水",
    "二十栋别墅违建",
    "一座桥损坏",
    "三室一厅漏水",
    "六楼漏水",
    "5号停水通知",
    "本月5号未供暖",
    "2026-12-01停电",
    "三号井几点能修好",
    "8号公交不停站",
    "1号线晚点",
    "12345热线占线",
    "办公室无人",
    "家里20度",
)


@pytest.mark.parametrize(("said", "community"), PLACES.items())
def test_a_place_ends_where_its_door_begins(said: str, community: str) -> None:
    assert community_of(said) == community
    assert community_of(community) == community  # what was cut once is not cut again


@pytest.mark.parametrize("said", STAY)
def test_a_place_that_names_no_door_stays(said: str) -> None:
    assert community_of(said) == said


def test_no_name_of_the_city_is_taken_for_a_door() -> None:
    pack = load_pack(Path(__file__).resolve().parents[2] / "citypacks" / "rizhao")
    names = [pack.divisions.place_name(code) for code in pack.divisions.by_code]
    names += [one.name for one in pack.units]
    assert len(names) > 4_000
    assert [name for name in names if community_of(name) != name or without_doors(name) != name] == []


@pytest.mark.parametrize(("said", "shown"), TITLES.items())
def test_a_title_loses_its_doors_and_says_the_rest(said: str, shown: str) -> None:
    assert without_doors(said) == shown
    assert "".join(doors_in(said)) != ""


@pytest.mark.parametrize("said", TITLES_STAY)
def test_a_title_that_counts_or_dates_stays(said: str) -> None:
    assert without_doors(said) == said
    assert doors_in(said) == []


def test_words_show_stars_for_a_door() -> None:
    assert mask_doors("我住荣安小区5号楼2单元301室，没有暖气") == "我住荣安小区***，没有暖气"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("荣安小区3号楼2单元301", "荣安小区***"),
        ("东港区秦楼街道荣安社区老李家", "东港区秦楼街道荣安社区***"),  # no door that is known as one
        ("海曲路李家后院", "海曲路***"),
        ("老李家", "***"),
        ("3号楼", "***"),
        (" ", ""),
    ],
)
def test_an_address_is_masked_behind_its_community_known_as_a_door_or_not(address: str, shown: str) -> None:
    assert mask_address(address) == shown


@pytest.mark.parametrize(
    ("address", "place", "title", "kept"),
    [
        ("", "荣安社区", "停暖", ""),  # nothing that is not shown anyway
        ("", "荣安社区3号楼", "停暖", "荣安社区3号楼"),
        ("", "荣安社区", "3号楼停暖", "荣安社区 3号楼"),
        ("荣安小区3号楼301", "荣安社区", "3号楼停暖", "荣安小区3号楼301"),
        ("荣安小区3号楼", "荣安小区3号楼2单元", "停暖", "荣安小区3号楼 荣安小区3号楼2单元"),
    ],
)
def test_nothing_that_is_cut_is_lost(address: str, place: str, title: str, kept: str) -> None:
    assert whole_address(address, place, title) == kept


@pytest.mark.parametrize(
    "part", ["1-", "1", "a1", "一", " ", "1 ", "村1号", "1号、", "3号楼", "，的", "一、", "室"]
)
def test_a_text_made_to_be_slow_is_not(part: str) -> None:
    text = part * (4_000 // len(part))
    before = time.process_time()
    community_of(text)
    mask_doors(text)
    assert time.process_time() - before < 1.0  # at most 60 ms where this was written
