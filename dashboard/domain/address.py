"""What of an address may stand in the open: the community (小区、社区、村), never the door.

A building, a unit, a room and the number of a house name a home; a road, a compound, a village and a public place do
not (docs/decisions/addresses-end-at-the-community.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable

_FIGURES = "0-9０-９"
_LETTER = "A-Za-zＡ-Ｚａ-ｚ"
_ARABIC = f"[{_LETTER}]?[{_FIGURES}]{{1,5}}[{_LETTER}]?"
_CHINESE = "[一二三四五六七八九十百零〇]{1,5}"
_NUMBER = f"(?:{_ARABIC}|{_CHINESE})"
_DASH = "[-－—–‐]"
_JOINT = rf"\s*(?:{_DASH}|[、/~～,，和及至到附])\s*"
_NUMBERS = rf"{_NUMBER}(?:号?{_JOINT}{_NUMBER}){{0,6}}"  # bounded: texts come from outside
_HASH = "[#＃]"

_COMPOUND = (
    "小区|社区|花园|花苑|家园|嘉园|新村|公寓|公馆|庄园|山庄|别墅|家属院|家属楼|宿舍|大院|新城|国际城|名城|雅居|名居"
    "|苑|府|邸|庭|湾|里|村|庄|屯|疃"
)
_ROAD = "大街|大道|路|街|巷|道|胡同|弄|段"
_PUBLIC = (
    "中心|医院|学校|小学|中学|大学|幼儿园|广场|商场|商城|超市|市场|公园|景区|车站|酒店|宾馆|银行|派出所|法院|大厦|大楼"
    "|公司|工厂|厂区|厂|局|所|馆|院|站"
)
_NAMES = re.compile(f"[\u4e00-\u9fff]{{1,20}}(?:{_COMPOUND}|{_PUBLIC})")
_COMMUNITY = re.compile(f"小区|社区|居委会|村委会|{_COMPOUND}")
_WIDER = re.compile(f"街道|镇|乡|{_ROAD}|[区县市]")

# 一栋楼, 两幢民房 and 一座桥 count houses and name none.
_BUILDING = rf"""(?:
    {_NUMBERS}\s*(?:号|{_HASH})\s*(?:住宅楼|居民楼|宿舍楼|公寓楼|家属楼|楼|栋|幢|座|院)
    |{_NUMBERS}\s*(?:住宅楼|居民楼|宿舍楼|公寓楼|家属楼|楼栋|楼座)
    |{_ARABIC}(?:{_JOINT}{_ARABIC}){{0,6}}\s*(?:栋|幢|座(?!桥|山|位|厕|机))
    |[二三四五六七八九十][一二三四五六七八九十]?(?:栋|幢)(?!楼|房|居|民|住|老|旧|建|危|别|大)
    |(?<=[\u4e00-\u9fff])一(?:栋|幢)(?=[{_FIGURES}一二三四五六七八九东西]|$)
    |(?<![{_LETTER}])[{_LETTER}甲乙丙丁]\s*(?:座|栋|幢)
    |{_ARABIC}\s*{_HASH}|{_HASH}\s*{_ARABIC}
)"""
_UNIT = rf"(?:{_NUMBERS}|[东西中甲乙丙{_LETTER}])\s*(?:单元|门洞)"
# 三室一厅 is a flat's plan.
_ROOM = rf"(?:{_ARABIC}(?:{_JOINT}{_ARABIC}){{0,6}}|{_CHINESE})\s*室(?![一二两三四{_FIGURES}]?\s*厅)"
_ROW = rf"{_NUMBER}\s*排\s*{_NUMBER}\s*[号户栋]?"
# 2-3-501; a date is no door, and neither is a part of a longer number.
_CHAIN = rf"(?<![{_FIGURES}.+])(?!(?:19|20)\d\d{_DASH})(?:{_ARABIC}{_DASH}){{2,4}}{_ARABIC}(?![{_FIGURES}])"
# What numbers a thing, a gate or a day: 1号线, 3号井, 2号门, 5号下午.
_NO_HOUSE = (
    "线|路(?!面|边|段|东|西|南|北)|桥|井|杆|灯|门(?!市|面|头|洞|牌)|口|库|泵|站|码头|机|车|公|标|高速|国道|省道|街|巷"
    "|小区|社区|广场|箱|闸|阀|锅炉|电|变|信|船|楼长|上午|下午|晚|凌晨|早|开始|停|起|前|后|至|到"
)
_HOUSE = rf"(?:门牌\s*号?\s*)?{_NUMBERS}\s*号(?:\s*(?:{_DASH}|附|之)\s*{_ARABIC}\s*号?)?(?!{_NO_HOUSE})"
# A number that ends an address right behind a name: 安泰花园12-301, 海曲路168.
_BARE = (
    rf"(?<=[区园苑村寓馆庄墅院宿舍城居府邸庭湾里屯疃路街巷弄道])\s*{_ARABIC}(?:{_DASH}{_ARABIC}){{0,6}}\s*楼?"
    r"(?=$|[\s,，。;；、)）(（]|家|东户|西户|中户)"
)
_STRONG = rf"{_BUILDING}|{_UNIT}|{_ROOM}|{_ROW}|{_CHAIN}|(?:门牌|房号|门牌号)\s*号?\s*[:：]?\s*{_NUMBERS}"
_PLACE_DOOR = re.compile(
    rf"(?P<door>{_STRONG})|(?P<house>(?<![第年月{_FIGURES}]){_HOUSE}|{_BARE})", re.VERBOSE
)
# In a sentence a bare 号 is a house only behind what has houses: 北京路168号, but not 本月5号.
_HOUSE_IN_WORDS = rf"(?<=[路街巷道里弄同村庄区园苑城院庭府湾屯疃崖沟岭厦段寓墅邸])\s*{_HOUSE}"
_GOES_ON = (
    rf"(?:[\s,，、的和及至到]|{_DASH}){{0,2}}(?:{_UNIT}|{_ROOM}|{_BUILDING}|{_NUMBER}\s*(?:层|楼)|顶[层楼]|阁楼"
    rf"|[东西中南北]间?户(?!型|外|籍|口|部)|(?<![{_FIGURES}])[{_FIGURES}]{{2,5}}(?![{_FIGURES}年月日号户人个次天米度点元万千]))"
)
_RUN = re.compile(rf"(?:{_STRONG}|{_HOUSE_IN_WORDS}|{_BARE})(?:{_GOES_ON})*", re.VERBOSE)
_LOOSE_ENDS = " \t　,，、;；:：-－—–(（第附"


def community_of(place: str) -> str:
    """Return an address in words cut at its first door; what names no door is returned as it is.

    The number of a house goes too, and the compound or public place named behind it stays: 海曲路168号荣安小区3号楼 is
    海曲路荣安小区. "" where nothing but a door was said.
    """
    found = _PLACE_DOOR.search(place)
    if found is None:
        return place
    before = place[: found.start()].rstrip(_LOOSE_ENDS)
    if found["door"]:
        return before
    behind = place[found.end() :].lstrip(_LOOSE_ENDS)
    following = _PLACE_DOOR.search(behind)
    named = _NAMES.match(behind[: following.start()] if following else behind)
    return before + (named.group() if named else "")


def without_doors(sentence: str) -> str:
    """Return a sentence, a matter's title, with every door taken out of it: 荣安社区3号楼停暖 is 荣安社区停暖."""
    return _replaced(sentence, lambda _: "").strip()


def mask_doors(words: str) -> str:
    """Return running words with three stars for every door."""
    return _replaced(words, lambda _: "***")


def doors_in(sentence: str) -> list[str]:
    """Return the doors that `without_doors` takes out of a sentence."""
    return [one.group().strip() for one in _RUN.finditer(sentence)]


def mask_address(address: str) -> str:
    """Return the community of an address and three stars; three stars alone where none is recognised in it."""
    address = address.strip()
    if not address:
        return ""
    community = community_of(address)
    if community == address:  # no door that is known as one: only what surely is a community may be shown
        ends = _COMMUNITY.search(address) or next(reversed(list(_WIDER.finditer(address))), None)
        community = address[: ends.end()] if ends else ""
    return f"{community}***"


def whole_address(address: str, place: str, title: str) -> str:
    """Return what a report said of the door, wherever it said it and each part once: what has to be sealed.

    "" where it said nothing that is not shown in the open anyway.
    """
    doors = doors_in(title)
    parts = [address.strip()] if address.strip() else []
    if place.strip() and (community_of(place) != place or (doors and not parts)):
        parts.append(place.strip())
    kept: list[str] = []
    for one in (*parts, *doors):
        if not any(one in other for other in kept):
            kept.append(one)
    return " ".join(kept)


def _replaced(text: str, by: Callable[[re.Match[str]], str]) -> str:
    return _RUN.sub(by, text)
