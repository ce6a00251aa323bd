"""call_volume.csv: the usual volume of the hotline as the pack states it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.citypack import PackError, load_pack
from dashboard.citypack.call_volume import UNKNOWN_VOLUME


def test_a_pack_without_the_file_expects_every_hour_alike(small_pack: Path) -> None:
    assert load_pack(small_pack).call_volume == UNKNOWN_VOLUME


def test_a_figure_the_file_leaves_out_counts_as_one(small_pack: Path) -> None:
    (small_pack / "call_volume.csv").write_text(
        "figure,place,value,source\ncalls_per_day,0,1600,s\nmonth,12,1.06,s\n", encoding="utf-8"
    )
    volume = load_pack(small_pack).call_volume
    assert volume.calls_per_day == 1600
    assert volume.month_factors == (1.0,) * 11 + (1.06,)


@pytest.mark.parametrize("row", ["hour,0,1,s", "weekday_hour,24,1,s", "day_of_week,0,1,s", "month,1,-1,s"])
def test_a_figure_that_cannot_be_is_named_with_its_row(small_pack: Path, row: str) -> None:
    (small_pack / "call_volume.csv").write_text(f"figure,place,value,source\n{row}\n", encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_pack(small_pack)
    assert [(fault.file, fault.row) for fault in caught.value.faults] == [("call_volume.csv", 2)]


def test_rizhaos_hours_and_factors_are_all_stated() -> None:
    volume = load_pack(Path(__file__).resolve().parents[2] / "citypacks" / "rizhao").call_volume
    assert volume.calls_per_day == 1600
    assert 0.99 < sum(volume.weekday_hours) < 1.01
    assert 0.99 < sum(volume.weekend_hours) < 1.01
    assert volume.day_factors[0] == 1.12
    assert volume.month_factors[10] == 1.05
