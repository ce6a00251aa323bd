"""The bench of the analysis: what it reads, and how its figures reach the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.analysis_recordings import (
    PROJECT_ROOT,
    labelled_categories,
    labelled_duplicates,
    petitions,
    requests,
)
from tools.bench_analysis import DOCUMENT, PARTS, write


def test_figures_replace_those_between_the_marks_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "before\n<!-- bench-analysis surge -->\nold\n<!-- end surge -->\nafter\n", encoding="utf-8"
    )
    write(page, "surge", ["new"])
    write(page, "surge", ["newer", "two"])
    assert page.read_text(encoding="utf-8") == (
        "before\n<!-- bench-analysis surge -->\nnewer\ntwo\n<!-- end surge -->\nafter\n"
    )
    with pytest.raises(ValueError, match="no marks for routing"):
        write(page, "routing", [])


def test_every_part_has_its_place_on_the_page_and_has_been_run() -> None:
    page = DOCUMENT.read_text(encoding="utf-8")
    for name in PARTS:
        figures = page.partition(f"<!-- bench-analysis {name} -->")[2].partition(f"<!-- end {name} -->")[0]
        assert "|---|" in figures, name


def test_labels_name_categories_of_the_city_pack_and_no_petition_is_in_two_groups() -> None:
    pack = (PROJECT_ROOT / "citypacks" / "rizhao" / "categories.csv").read_text(encoding="utf-8")
    known = {line.split(",")[0] for line in pack.splitlines()}
    labels = labelled_categories()
    assert len(labels) == 700
    assert set(labels.values()) <= known
    same, unclear = labelled_duplicates()
    members = [number for group in same for number in group]
    assert len(members) == len(set(members)) > 200
    assert all(len(group) >= 2 for group in [*same, *unclear])


@pytest.mark.real_data
def test_the_labels_are_of_the_recorded_petitions(real_data: Path) -> None:
    known = {one.number for one in petitions(real_data)}
    assert set(labelled_categories()) <= known
    same, unclear = labelled_duplicates()
    assert {number for group in [*same, *unclear] for number in group} <= known


@pytest.mark.real_data
def test_no_request_stands_on_the_default_point(real_data: Path) -> None:
    found = requests(real_data)
    assert len(found) > 30_000
    assert not any(
        one.lat is not None and abs(one.lat - 42.3594) < 1e-5 and one.lon == -71.0587 for one in found
    )
    assert sum(one.lat is None for one in found) > 0
