"""Rebuild the generated files of `citypacks/rizhao` from the source material.

    python tools/build_rizhao_pack.py SOURCES [--out citypacks/rizhao]

SOURCES holds `data/rizhao/` (boundaries, villages, gazetteer) and `domain/` (categories, departments).
Generated: townships, villages, grids, boundaries, gazetteer, categories, units, calendar. Kept by hand,
never written here: pack.toml, regions, zones, platforms, limits, policies, units_for_category, windows.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from chinese_calendar import constants as published
from shapely.geometry import mapping, shape

CITY = "371100"
DECIMALS = 5  # 1e-5 degrees is about a metre: finer than the outlines themselves
LIGHT_TOLERANCE_DEG = 0.0012  # about 120 m, a pixel of the whole city on a 1920 px screen
OFFICE_SUFFIXES = ("社区居民委员会", "居民委员会", "村民委员会", "居委会", "村委会")

# The urban centre, from which assumed department places are laid out (admin_rizhao.json, city.center).
CENTRE = (119.5267, 35.4154)

# Curated beside this script: city units with assumed places, and the second level of grid events.
CURATED = Path(__file__).parent / "rizhao"
ASSUMED_RING_M = 1400.0  # departments without a place of their own stand on a ring around the urban centre

# kind, id part, map character, aliases; names per region follow below.
BUREAUS = (
    ("urban", "城", "城管;综合执法"),
    ("emergency", "应", "应急"),
    ("environment", "环", "环保;环境局"),
    ("housing", "建", "住建"),
    ("police", "警", "公安;派出所"),
    ("hr", "人", "人社;劳动局"),
    ("market", "市", "市场局;工商"),
    ("justice", "法", "司法"),
    ("agriculture", "农", "农业局"),
)
BUREAU_NAMES = {
    "urban": ("{region}综合行政执法局", "{region}城管局"),
    "emergency": ("{region}应急管理局", "{region}应急局"),
    "environment": ("市生态环境局{region}分局", "环境局{region}分局"),
    "housing": ("{region}住房和城乡建设局", "{region}住建局"),
    "police": ("{region}公安局", "{region}公安局"),
    "hr": ("{region}人力资源和社会保障局", "{region}人社局"),
    "market": ("{region}市场监督管理局", "{region}市场监管局"),
    "justice": ("{region}司法局", "{region}司法局"),
    "agriculture": ("{region}农业农村局", "{region}农业农村局"),
}
POLICE_BRANCHES = {"371102": "东港公安分局", "371103": "岚山公安分局", "371171": "经开公安分局"}
POLICE_BRANCHES |= {"RZ-GXQ": "高新公安分局", "RZ-SHT": "山海天公安分局"}
# Where a region's offices are taken to stand: its seat township, or for a zone the point of regions.csv.
SEATS = {"371102": "371102001", "371103": "371103002", "371121": "371121001", "371122": "371122001"}
SEATS |= {"371171": "371171007", "RZ-SHT": "371102008"}

LEAD_URGENCY = {"U1": 1, "U2": 2, "U3": 3, "U4": 4}
# Fixed by law (State Council decision 2024, in force 2025) for a year whose arrangement is not published yet.
STATUTORY = {
    2027: (
        ("元旦", "New Year's Day", (date(2027, 1, 1),)),
        ("春节", "Spring Festival", tuple(date(2027, 2, 5) + timedelta(days=n) for n in range(4))),
        ("清明节", "Tomb-sweeping Day", (date(2027, 4, 5),)),
        ("劳动节", "Labour Day", (date(2027, 5, 1), date(2027, 5, 2))),
        ("端午节", "Dragon Boat Festival", (date(2027, 6, 9),)),
        ("中秋节", "Mid-autumn Festival", (date(2027, 9, 15),)),
        ("国庆节", "National Day", tuple(date(2027, 10, n) for n in (1, 2, 3))),
    )
}


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a CSV file with Unix line ends; None becomes an empty field. Return the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(["" if value is None else value for value in row])
            count += 1
    return count


def read_table(path: Path) -> list[dict[str, str]]:
    """Read a CSV file into rows by column name."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_features(path: Path) -> list[dict[str, Any]]:
    """Read the features of a GeoJSON file."""
    features: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["features"]
    return features


def rounded(coordinates: Any) -> Any:
    """Round coordinates to the pack's precision, at any depth."""
    if isinstance(coordinates[0], int | float):
        return [round(coordinates[0], DECIMALS), round(coordinates[1], DECIMALS)]
    return [rounded(part) for part in coordinates]


def write_features(path: Path, features: Iterable[tuple[dict[str, object], dict[str, Any]]]) -> int:
    """Write (properties, geometry) pairs as compact GeoJSON, one feature a line: changes can be read."""
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "properties": properties,
                "geometry": {"type": geometry["type"], "coordinates": rounded(geometry["coordinates"])},
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for properties, geometry in features
    ]
    path.write_text(
        '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8"
    )
    return len(lines)


def short_village_name(name: str) -> str:
    """日升社区居委会 -> 日升社区, 叩官村村民委员会 -> 叩官村."""
    for suffix in OFFICE_SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            return name.removesuffix(suffix) + ("社区" if suffix.startswith("社区") else "")
    return name


def light(geometry: dict[str, Any]) -> dict[str, Any]:
    """Thin an outline for small scales, keeping it valid."""
    outline = shape(geometry)
    thin = outline.simplify(LIGHT_TOLERANCE_DEG, preserve_topology=True)
    return dict(mapping(thin if thin.is_valid and not thin.is_empty else outline))


def build_boundaries(source: Path, out: Path) -> None:
    """Copy outlines at full precision and as thin copies for small scales."""
    folder = out / "boundaries"
    folder.mkdir(parents=True, exist_ok=True)
    for level in ("city", "counties", "towns", "villages"):
        features = read_features(source / f"{level}.geojson")
        named = [({"code": f["properties"]["id"]}, f["geometry"]) for f in features]
        target = {"towns": "townships"}.get(level, level)
        write_features(folder / f"{target}.geojson", named)
        if level in ("city", "counties", "towns"):
            write_features(folder / f"{target}_light.geojson", [(p, light(g)) for p, g in named])
    write_features(
        folder / "grids.geojson",
        [({"code": f["properties"]["id"]}, f["geometry"]) for f in read_features(source / "grids.geojson")],
    )
    keep = ("kind", "name", "code")
    write_features(
        folder / "basemap.geojson",
        [
            ({key: f["properties"][key] for key in keep if key in f["properties"]}, f["geometry"])
            for f in read_features(source / "basemap.geojson")
            if f["geometry"]["coordinates"]
        ],
    )


def build_divisions(source: Path, out: Path) -> None:
    """Write townships, villages and grids with a point inside each."""
    kinds = {"街道": "street", "镇": "town", "乡": "township"}
    towns = read_table(source / "towns.csv")
    county_of_parent = {"371171": "371102"}  # the zone's statistical code lies in 东港区 on the map
    write_table(
        out / "townships.csv",
        ("code", "name", "kind", "county", "lon", "lat", "position_source"),
        (
            (
                town["code"],
                town["name"],
                next((kind for end, kind in kinds.items() if town["name"].endswith(end)), "economic_zone"),
                county_of_parent.get(town["county"], town["county"]),
                round(float(town["lon"]), DECIMALS),
                round(float(town["lat"]), DECIMALS),
                "assumed" if town["src"].startswith("ASSUMED") else town["src"],
            )
            for town in towns
        ),
    )
    outlines = {f["properties"]["id"]: f for f in read_features(source / "villages.geojson")}
    known = {
        row["code"]: (row["lon_wgs84"], row["lat_wgs84"])
        for row in read_table(source / "gazetteer.csv")
        if row["kind"] == "village"
    }

    def village_rows() -> Iterable[Sequence[object]]:
        for village in read_table(source / "villages.csv"):
            outline = outlines[village["code"]]
            inside = shape(outline["geometry"]).representative_point()
            place_known = outline["properties"]["s"] == 0
            lon, lat = known.get(village["code"], (None, None)) if place_known else (None, None)
            kind = "community" if village["kind"] == "居委会" else "village"
            yield (
                village["code"],
                short_village_name(village["name"]),
                village["name"],
                kind,
                village["town"],
                lon or round(inside.x, DECIMALS),
                lat or round(inside.y, DECIMALS),
                int(place_known),
            )

    write_table(
        out / "villages.csv",
        ("code", "name", "official_name", "kind", "township", "lon", "lat", "place_known"),
        village_rows(),
    )
    villages = {row["code"]: row["name"] for row in read_table(out / "villages.csv")}

    def grid_rows() -> Iterable[Sequence[object]]:
        for grid in read_features(source / "grids.geojson"):
            code, village = grid["properties"]["id"], grid["properties"]["v"]
            inside = shape(grid["geometry"]).representative_point()
            kind = "urban" if grid["properties"]["k"] == 1 else "rural"
            name = f"{villages[village]}第{int(code[12:])}网格"
            place_known = int(grid["properties"]["s"] == 0)
            yield code, name, kind, village, round(inside.x, 5), round(inside.y, 5), place_known

    write_table(
        out / "grids.csv", ("code", "name", "kind", "village", "lon", "lat", "place_known"), grid_rows()
    )
    current = villages.keys() | {town["code"] for town in towns}
    write_table(
        out / "gazetteer.csv",
        ("kind", "code", "name", "lon", "lat", "source"),
        (
            (
                r["kind"] if r["code"] in current else "former_" + r["kind"],
                *(r[column] for column in ("code", "name", "lon_wgs84", "lat_wgs84")),
                r["source"] or "Amap points (GCJ->WGS)",
            )
            for r in read_table(source / "gazetteer.csv")
            if r["lon_wgs84"] and not r["source"].startswith("ASSUMED")
        ),
    )


def build_categories(source: Path, out: Path) -> None:
    """Write the hotline tree (three levels) and the grid event tree (two levels)."""
    tree = json.loads((source / "category_tree.json").read_text(encoding="utf-8"))

    def rows() -> Iterable[Sequence[object]]:
        for top in tree["tree"]:
            yield top["code"], None, "hotline", top["zh"], top["en"], top["share_pct"], None, None, top["src"]
            for child in top["children"]:
                mark = "assumed" if child["src"] == "A" else child["src"]
                urgency = LEAD_URGENCY[child["urgency"]]
                named = child["code"], top["code"], "hotline", child["zh"], child["en"]
                yield *named, child["share_pct"], urgency, child["lead"], mark
                for number, leaf in enumerate(child["l3"], start=1):
                    found = re.fullmatch(r"(.*?)\((.*)\)", leaf)
                    name, note = (found[1], found[2]) if found else (leaf, "")
                    level = re.search(r"U([1-4])", note)
                    yield (
                        f"{child['code']}{number:02}", child["code"], "hotline", name, None, None,
                        int(level[1]) if level else urgency, child["lead"], "assumed",
                    )  # fmt: skip
        shares = tree["grid_event_mix"]
        for row in read_table(CURATED / "event_categories.csv"):
            share, mark = row["share_pct"], "assumed"
            if not row["parent"]:
                share, mark = shares[row["name"]], shares["src"]
            names = (row["name"], row["name_en"])
            yield row["code"], row["parent"], "event", *names, share, row["urgency"], None, mark

    header = ("code", "parent", "tree", "name", "name_en", "share_pct", "urgency", "lead", "source")
    write_table(out / "categories.csv", header, rows())
    shares = [
        (kind, row["zh"], row.get("en"), row["share_pct"], tree[f"{kind}_src"])
        for kind in ("request_type", "channel")
        for row in tree[kind]
    ]
    write_table(out / "request_shares.csv", ("kind", "name", "name_en", "share_pct", "source"), shares)


def near(lon: float, lat: float, step: int, of: int, metres: float) -> tuple[float, float]:
    """Return the `step`-th of `of` places on a ring around a point: a stated assumption, not a survey."""
    angle = 2 * math.pi * step / of
    return (
        round(lon + metres * math.sin(angle) / (111_320 * math.cos(math.radians(lat))), DECIMALS),
        round(lat + metres * math.cos(angle) / 110_940, DECIMALS),
    )


def build_units(out: Path) -> None:
    """Write city departments, utilities, the bureaus of each region, and one unit a township."""
    townships = {row["code"]: row for row in read_table(out / "townships.csv")}
    zone_of = {row["township"]: row["zone"] for row in read_table(out / "zones.csv")}
    regions = read_table(out / "regions.csv")

    def rows() -> Iterable[Sequence[object]]:
        city_units = read_table(CURATED / "city_units.csv")
        for step, unit in enumerate(city_units):
            lon: object
            lat: object
            lon, lat = unit["assumed_lon"], unit["assumed_lat"]
            if not lon:
                lon, lat = near(*CENTRE, step, len(city_units), ASSUMED_RING_M)
            named = (unit[column] for column in ("unit_id", "name", "short", "code"))
            yield *named, CITY, unit["kind"], unit["aliases"], lon, lat, "assumed", None, "departments.json"
        for region in regions:
            seat = townships.get(SEATS.get(region["code"], ""), region)
            place = (float(seat["lon"]), float(seat["lat"]))
            slug = region["code"].removeprefix("RZ-").lower()
            if region["kind"] == "zone":
                name, short = f"{region['full_name']}管理委员会", f"{region['name']}管委会"
                yield (
                    f"rz-{slug}-committee", name, short, "管", region["code"], "committee",
                    f"{region['short']}管委会", *place, "assumed", None, "assumed",
                )  # fmt: skip
            for step, (kind, mark, aliases) in enumerate(BUREAUS):
                name, short = (text.format(region=region["name"]) for text in BUREAU_NAMES[kind])
                if kind == "police" and region["code"] in POLICE_BRANCHES:
                    name = short = POLICE_BRANCHES[region["code"]]
                at = near(*place, step, len(BUREAUS), 900)
                yield (
                    f"rz-{slug}-{kind}", name, short, mark, region["code"], kind,
                    ";".join(region["short"] + alias for alias in aliases.split(";")), *at, "assumed", None,
                    "assumed: usual county set-up",
                )  # fmt: skip
        for code, town in townships.items():
            mark = {"street": "街", "town": "镇", "township": "乡"}.get(town["kind"], "管")
            short = town["name"]
            alias = short.removesuffix("街道").removesuffix("镇").removesuffix("乡")
            known = "assumed" if town["position_source"] == "assumed" else "seat"
            yield (
                f"rz-town-{code}", short, short, mark, zone_of.get(code, town["county"]), "town", alias,
                town["lon"], town["lat"], known, None, f"townships.csv {code}",
            )  # fmt: skip

    header = (
        "unit_id", "name", "short", "code", "region", "kind", "aliases", "lon", "lat", "position_source",
        "duty_phone", "source",
    )  # fmt: skip
    write_table(out / "units.csv", header, rows())


def build_calendar(out: Path) -> None:
    """Write holidays and make-up working days 2025-2027."""
    names = {
        "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节",
        "Labour Day": "劳动节", "Dragon Boat Festival": "端午节", "National Day": "国庆节",
        "Mid-autumn Festival": "中秋节",
    }  # fmt: skip

    def rows() -> Iterable[Sequence[object]]:
        unpublished = "statutory day; arrangement not yet published"
        arranged = "State Council arrangement, as published (chinesecalendar)"
        for kind, days in (("holiday", published.holidays), ("make_up", published.workdays)):
            for day, name_en in days.items():
                if day.year in (2025, 2026):
                    yield day.isoformat(), kind, names[name_en], name_en, 1, arranged
        for festivals in STATUTORY.values():
            for name, name_en, off in festivals:
                for day in off:
                    yield day.isoformat(), "holiday", name, name_en, 0, unpublished

    write_table(
        out / "calendar.csv",
        ("date", "kind", "name", "name_en", "published", "source"),
        sorted(rows(), key=lambda row: str(row[0])),
    )


def main() -> None:
    """Build every generated file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", type=Path)
    parser.add_argument("--out", type=Path, default=Path("citypacks/rizhao"))
    arguments = parser.parse_args()
    build_boundaries(arguments.sources / "data" / "rizhao", arguments.out)
    build_divisions(arguments.sources / "data" / "rizhao", arguments.out)
    build_categories(arguments.sources / "domain", arguments.out)
    build_units(arguments.out)
    build_calendar(arguments.out)


if __name__ == "__main__":
    main()
