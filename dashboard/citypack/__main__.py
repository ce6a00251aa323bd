"""Check a city pack from the command line: `python -m dashboard.citypack check PATH`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dashboard.citypack import CityPack, PackError, load_pack


def main(arguments: list[str] | None = None) -> int:
    """Print every fault and return 1, or what the pack holds and return 0."""
    parser = argparse.ArgumentParser(prog="python -m dashboard.citypack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="check a pack and say what is wrong with file and row")
    check.add_argument("path", type=Path)
    check.add_argument("--lang", choices=("zh", "en"), default="zh")
    options = parser.parse_args(arguments)
    try:
        pack = load_pack(options.path)
    except PackError as error:
        for fault in error.faults:
            print(fault.text(options.lang))
        print(f"共 {len(error.faults)} 处" if options.lang == "zh" else f"{len(error.faults)} faults")
        return 1
    print(_summary(pack, options.lang))
    return 0


def _summary(pack: CityPack, lang: str) -> str:
    townships, villages, grids = (
        len(pack.divisions.at_level(level)) for level in ("township", "village", "grid")
    )
    if lang == "zh":
        return (
            f"{pack.name} {pack.code}：{len(pack.regions)} 个区县和功能区，{townships} 个镇街，"
            f"{villages} 个村居，{grids} 个网格；{len(pack.units)} 个单位，"
            f"{len(pack.categories)} 个类别，{len(pack.limits)} 条时限，"
            f"{len(pack.policies)} 个升级步骤。没有问题"
        )
    return (
        f"{pack.name_en} {pack.code}: {len(pack.regions)} regions, {townships} townships, "
        f"{villages} villages, {grids} grids; {len(pack.units)} units, "
        f"{len(pack.categories)} categories, {len(pack.limits)} limits, "
        f"{len(pack.policies)} escalation steps. No faults"
    )


if __name__ == "__main__":
    sys.exit(main())
