"""cameras.csv: the city's own list of its cameras, if it gives one."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.citypack import CityPack, PackError, load_pack

HEAD = "camera_id,name,lon,lat,source\n"


def test_a_pack_without_the_list_knows_of_no_camera(small_pack: Path, rizhao: CityPack):
    assert load_pack(small_pack).cameras is None
    assert rizhao.cameras is None  # no source of ours has positions, and none are made up


def test_a_camera_is_in_the_grid_it_stands_in(small_pack: Path):
    (small_pack / "cameras.csv").write_text(
        HEAD + "C-1,海曲路口,119.52,35.41,x\nC-2,北村,119.56,35.45,x\n", "utf-8"
    )
    cameras = load_pack(small_pack).cameras
    assert cameras is not None
    assert [(one.id, one.grid) for one in cameras] == [("C-1", "371102002020001"), ("C-2", "371102008001001")]


@pytest.mark.parametrize(
    "row",
    ["C-1,同号,119.52,35.41,x", "C-9,海上,119.69,35.31,x", "C-9,,119.52,35.41,x", "C-9,路口,east,35.41,x"],
)
def test_a_fault_names_its_row(small_pack: Path, row: str):
    (small_pack / "cameras.csv").write_text(f"{HEAD}C-1,路口,119.52,35.41,x\n{row}\n", encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_pack(small_pack)
    assert {(fault.file, fault.row) for fault in caught.value.faults} == {("cameras.csv", 3)}
