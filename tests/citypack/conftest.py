"""Packs for the tests of the loader."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.citypack import CityPack, load_pack
from tests.citypack.small_pack import RIZHAO, write_small_pack


@pytest.fixture
def small_pack(tmp_path: Path) -> Path:
    return write_small_pack(tmp_path / "small")


@pytest.fixture(scope="session")
def rizhao() -> CityPack:
    return load_pack(RIZHAO)
