"""`make bench-analysis`: the analysis under the hotline page on the recorded real data, beside its baselines.

Prints Markdown; with `--write` puts it into docs/hotline.md between the marks of its part.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tools import analysis_duplicates, analysis_hot_spots, analysis_routing, analysis_surge, analysis_volume
from tools.analysis_recordings import PROJECT_ROOT, recordings_folder

DOCUMENT: Final = PROJECT_ROOT / "docs" / "hotline.md"
PARTS: Final[dict[str, Callable[[Path], list[str]]]] = {
    "volume": analysis_volume.report,
    "surge": analysis_surge.report,
    "hot_spots": analysis_hot_spots.report,
    "duplicates": analysis_duplicates.report,
    "routing": analysis_routing.report,
}


def main() -> int:
    """Run the chosen parts; 2 where the recordings are absent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help=f"parts, comma between: {', '.join(PARTS)}")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/hotline.md")
    asked = parser.parse_args()
    folder = recordings_folder()
    if not folder.is_dir():
        print(f"the recorded real data is not at {folder}; set ZHONGSHU_REAL_DATA", file=sys.stderr)
        return 2
    chosen = [name for name in asked.only.split(",") if name] or list(PARTS)
    for name in chosen:
        began_s = time.perf_counter()
        lines = PARTS[name](folder)
        print(f"\n## {name} ({time.perf_counter() - began_s:.0f} s, load {os.getloadavg()[0]:.1f})\n")
        print("\n".join(lines), flush=True)
        if asked.write:
            write(DOCUMENT, name, lines)
    return 0


def write(document: Path, name: str, lines: list[str], command: str = "bench-analysis") -> None:
    """Replace what stands between the marks of a part that a command of `make` writes.

    Raises:
        ValueError: the document lacks the marks.
    """
    begin, end = f"<!-- {command} {name} -->", f"<!-- end {name} -->"
    before, found, rest = document.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{document.name} has no marks for {name}")
    document.write_text("\n".join([before + begin, *lines, end]) + after, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
