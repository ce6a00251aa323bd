"""The base map under the outlines: which tiles, in which reading of a place, and who must be named for them.

Tiles are of the ordinary square grid (EPSG:3857, 256 px); only what is drawn in them may stand in GCJ-02 or BD-09.
Baidu's own grid is another one and cannot be used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from dashboard.domain.datum import Datum

TIANDITU: Final = {"tianditu": ("vec", "cva"), "tianditu-image": ("img", "cia")}
"""National platform (天地图), CGCS2000, which is WGS-84 to centimetres: map or picture, and the names over it."""
_TIANDITU_ADDRESS: Final = (
    "https://t{{0-7}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={{key}}"
)
TIANDITU_ATTRIBUTION: Final = "天地图"
TILE_ADDRESS: Final = "/map/tiles/{z}/{x}/{y}"
# As WMTS writes them (OGC 07-057r7, table 32), and as everybody else does.
_WMTS_NAMES: Final = {"{TileMatrix}": "{z}", "{TileRow}": "{y}", "{TileCol}": "{x}"}
_SERVERS: Final = re.compile(r"\{([0-9a-z])-([0-9a-z])\}")
_PLACEHOLDER: Final = re.compile(r"\{[^}]*\}")
_KNOWN: Final = frozenset({"{z}", "{x}", "{y}", "{-y}", "{s}", "{key}"})
TILE_NAME: Final = re.compile(r"[0-9]+\.(png|jpg|jpeg|webp)")


@dataclass(frozen=True, slots=True)
class MapBase:
    """Layers of tiles, the lowest first.

    `addresses` have `{z}` `{x}` `{y}` (or `{-y}`) and `{s}` for one of `servers`. `has_key` says that a key of the
    centre's stands in them, which some providers tie to the page's host.
    """

    addresses: tuple[str, ...]
    servers: str
    datum: Datum
    attribution: str
    zooms: tuple[int, int]
    has_key: bool

    def origins(self) -> tuple[str, ...]:
        """Origins that a browser must be allowed to take pictures from; nothing for our own."""
        found: dict[str, None] = {}
        for address in self.addresses:
            if address.startswith("/"):
                continue
            for server in self.servers or " ":
                parts = urlsplit(address.replace("{s}", server))
                found[f"{parts.scheme}://{parts.netloc}"] = None
        return tuple(found)


def tile_address(text: str) -> str:
    """Check one address of tiles and return it with our own names of its parts. Raises ValueError with the reason."""
    for theirs, ours in _WMTS_NAMES.items():
        text = text.replace(theirs, ours)
    for first, last in _SERVERS.findall(text):
        if first > last or first.isdigit() != last.isdigit():
            raise ValueError("a range of servers is digits or letters, the lower first, like {0-7} or {a-d}")
    bare = _SERVERS.sub("{s}", text)
    parts = urlsplit(bare)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.fragment:
        raise ValueError("it is neither tianditu, a folder, nor an http(s) address of tiles")
    if any(letter in text for letter in " ;,'\"\\<>"):
        raise ValueError("an address holds no blank, comma, semicolon, quote or bracket")
    named = set(_PLACEHOLDER.findall(bare))
    if unknown := sorted(named - _KNOWN):
        raise ValueError(f"{unknown[0]} is none of {{z}} {{x}} {{y}} {{-y}} {{key}} or a range like {{0-7}}")
    if not {"{z}", "{x}"} <= named or len(named & {"{y}", "{-y}"}) != 1:
        raise ValueError("it must have {z}, {x} and one of {y}, {-y}")
    if named & {"{z}", "{x}", "{y}", "{-y}", "{key}"} & set(_PLACEHOLDER.findall(parts.netloc)):
        raise ValueError("only the server's name may vary in the host, as a range like {0-7}")
    return text


def map_base(
    tiles: str, key: str, datum: Datum, attribution: str, zooms: tuple[int, int], ending: str = ""
) -> MapBase | None:
    """Return the base that the settings describe, None for the outlines alone.

    `tiles` is "", a name of `TIANDITU`, an address, or a folder's path; `ending` that of a folder's files (".png").
    Raises ValueError: a key without a place for it, or the other way round; a datum that 天地图 has not.
    """
    if not tiles:
        return None
    if tiles in TIANDITU:
        if datum != "wgs84":
            raise ValueError("tianditu is drawn in CGCS2000: its datum is wgs84")
        templates = [_TIANDITU_ADDRESS.format(layer=layer) for layer in TIANDITU[tiles]]
        attribution = attribution or TIANDITU_ATTRIBUTION
    elif "://" in tiles:
        templates = [tiles]
    else:
        templates = [TILE_ADDRESS + ending]
    wants_key = any("{key}" in one for one in templates)
    if wants_key and not key:
        raise ValueError("these tiles need a key: set ZHONGSHU_MAP_KEY")
    if key and not wants_key:
        raise ValueError("a key is set and the tiles have no place {key} for it")
    ranges = _SERVERS.search(templates[0])
    return MapBase(
        addresses=tuple(_SERVERS.sub("{s}", one).replace("{key}", key) for one in templates),
        servers=_between(*ranges.groups()) if ranges else "",
        datum=datum,
        attribution=attribution,
        zooms=zooms,
        has_key=wants_key,
    )


def _between(first: str, last: str) -> str:
    return "".join(chr(code) for code in range(ord(first), ord(last) + 1))
