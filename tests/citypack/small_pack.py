# ruff: noqa: E501 - tables read best one row a line
"""A city of one county, one zone and two grids: small enough to read whole, and to break one file at a time."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

RIZHAO = Path(__file__).parents[2] / "citypacks" / "rizhao"

TABLES = {
    "regions.csv": """code,name,name_en,short,kind,county,lon,lat,full_name,source
371102,东港区,Donggang,东港,district,371102,119.5,35.4,东港区,x
RZ-SHT,山海天,Shanhaitian,山海天,zone,371102,119.5,35.4,山海天旅游度假区,x
""",
    "townships.csv": """code,name,kind,county,lon,lat,position_source
371102002,石臼街道,street,371102,119.52,35.41,x
371102008,卧龙山街道,street,371102,119.56,35.45,assumed
""",
    "zones.csv": "township,zone,source\n371102008,RZ-SHT,x\n",
    "villages.csv": """code,name,official_name,kind,township,lon,lat,place_known
371102002020,荣安社区,荣安社区居委会,community,371102002,119.52,35.41,1
371102008001,北村,北村村委会,village,371102008,119.56,35.45,0
""",
    "grids.csv": """code,name,kind,village,lon,lat,place_known
371102002020001,荣安社区第1网格,urban,371102002020,119.52,35.41,1
371102008001001,北村第1网格,rural,371102008001,119.56,35.45,0
""",
    "gazetteer.csv": "kind,code,name,lon,lat,source\ntown,371102002,石臼街道,119.52,35.41,x\n",
    "categories.csv": """code,parent,tree,name,name_en,share_pct,urgency,lead,source
02,,hotline,城市综合,city operation,100,,,x
0203,02,hotline,供热,heating,100,2,热力公司,x
020301,0203,hotline,停暖,,,2,热力公司,x
""",
    "units.csv": """unit_id,name,short,code,region,kind,aliases,lon,lat,position_source,duty_phone,source
rz-heating,热力公司,热力公司,热,371100,heating,供热;暖气,119.5,35.4,assumed,,x
rz-371102-urban,东港区城管局,东港区城管局,城,371102,urban,城管,119.5,35.4,assumed,,x
rz-urban,市城市管理局,城管局,城,371100,urban,城管,119.5,35.4,assumed,,x
rz-town-371102002,石臼街道,石臼街道,街,371102,town,石臼,119.52,35.41,seat,,x
""",
    "units_for_category.csv": "category,lead,assists,level,source\n0203,heating,urban;town,city,x\n",
    "windows.csv": """code,name,name_en,units,categories,source
01,综合受理,general intake,urban,,x
12,供热纠纷,heating disputes,heating;urban,0203,x
""",
    "limits.csv": """kind,stage,urgency,category,value,unit,name,source
order,sign,2,,15,min,签收,x
order,feedback,2,,24,h,反馈,x
order,feedback,2,0203,3,h,反馈,x
order,feedback,3,,5,workday,反馈,x
""",
    "policies.csv": """policy_id,applies_to,stage,urgency,step,unless,clock,after_ms,share_of_limit,name,name_en,tell,means,must_act,card,raise_to_level,repeat_ms,source
sign-half,order,sign,,1,signed,elapsed,0,0.5,催办,Reminder,unit_liaison,unit_page,unit_liaison,none,1,,x
yellow,order,feedback,3,1,replied,working,-27000000,1,黄牌,Yellow card,unit_head,unit_page,unit_head,yellow,2,,x
""",
    "platforms.csv": """platform_id,name,name_en,short,short_en,interval_ms,count_unit,count_unit_en,source
hotline,12345热线办理,12345 hotline,12345,12345,5000,件,orders,x
""",
    "calendar.csv": """date,kind,name,name_en,published,source
2026-10-01,holiday,国庆节,National Day,1,x
2026-10-10,make_up,国庆节,National Day,1,x
""",
}  # fmt: skip


def square(west: float, south: float, side: float) -> list[list[list[float]]]:
    east, north = west + side, south + side
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


OUTLINES = {
    "city": {"371100": square(119.4, 35.3, 0.3)},
    "counties": {"371102": square(119.4, 35.3, 0.3)},
    "townships": {"371102002": square(119.5, 35.39, 0.04), "371102008": square(119.54, 35.43, 0.04)},
    "villages": {"371102002020": square(119.5, 35.39, 0.04), "371102008001": square(119.54, 35.43, 0.04)},
    "grids": {"371102002020001": square(119.5, 35.39, 0.04), "371102008001001": square(119.54, 35.43, 0.04)},
}


def write_outlines(path: Path, outlines: dict[str, list[list[list[float]]]]) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"code": code},
            "geometry": {"type": "Polygon", "coordinates": rings},
        }
        for code, rings in outlines.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


def write_small_pack(folder: Path) -> Path:
    """Write the small city into a folder and return it."""
    (folder / "boundaries").mkdir(parents=True)
    settings = (RIZHAO / "pack.toml").read_text(encoding="utf-8")
    settings = settings.replace("platform_total = 4383", "platform_total = 2")
    (folder / "pack.toml").write_text(settings, encoding="utf-8")
    for file, content in TABLES.items():
        (folder / file).write_text(content, encoding="utf-8")
    for name, outlines in OUTLINES.items():
        write_outlines(folder / "boundaries" / f"{name}.geojson", outlines)
        if name in ("city", "counties", "townships"):
            write_outlines(folder / "boundaries" / f"{name}_light.geojson", outlines)
    shutil.copy(RIZHAO / "boundaries" / "basemap.geojson", folder / "boundaries")
    return folder
