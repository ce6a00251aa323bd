"""Where the recorded real files are, for tests marked `real_data`; they skip, saying so, without them."""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest


def real_file(name: str) -> Path:
    """The path of a real file; the test skips where it is absent."""
    root = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("ZHONGSHU_REAL_DATA") or root.parent / "shared" / "data" / "real")
    if not (folder / name).is_file():
        pytest.skip(f"{name} is not in {folder}; set ZHONGSHU_REAL_DATA to the folder that has it")
    return folder / name


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a gzipped CSV."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)
